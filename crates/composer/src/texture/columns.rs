//! Runs on the composer thread. How the bars of a metre lie on the columns of a texture.

use super::roll::{BAR_COLUMNS, COLUMNS};
use crate::tokens::{Grid, TICKS_PER_QUARTER};
use crate::vocabulary::COLUMN_TICKS;
use linnet_music::TimeSignature;

/// Where a beat's four columns stand in ticks: straight, and swung as the texture's own language has it.
const STRAIGHT: [u32; 4] = [0, 6, 12, 18];
const SWUNG: [u32; 4] = [0, 8, 16, 20];

/// The columns of two bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Columns of a bar of the texture, in [1, 24].
    pub bar: usize,
    /// Columns of a beat: 6 in compound metres, 4 else.
    pub beat: usize,
    /// Bars of the texture in a bar of the metre: more than one where that is longer than six quarters. They are of
    /// equal length, so that beats may begin between theirs: a bar of 7/4 is two of 7/8.
    pub splits: usize,
    /// Whether eighths are the first and the last third of a beat.
    pub swung: bool,
}

impl Columns {
    /// The columns of `metre`; none where its bar is no whole number of sixteenths. Compound metres do not swing.
    pub fn new(metre: TimeSignature, swung: bool) -> Option<Self> {
        let sixteenths = 16 * usize::from(metre.numerator());
        let denominator = usize::from(metre.denominator());
        let whole = sixteenths / denominator;
        if whole == 0 || !sixteenths.is_multiple_of(denominator) {
            return None;
        }
        let fits = |parts: &usize| whole.is_multiple_of(*parts) && whole / parts <= BAR_COLUMNS;
        let splits = (1..=whole).find(fits)?;
        let beat = (Grid::new(metre).beat_ticks / COLUMN_TICKS) as usize;
        Some(Self {
            bar: whole / splits,
            beat,
            splits,
            swung: swung && beat == 4 && metre.denominator() <= 4,
        })
    }

    /// Columns that exist in two bars.
    pub fn count(&self) -> usize {
        2 * self.bar
    }

    /// Length of a bar of the texture in ticks.
    pub fn bar_ticks(&self) -> u32 {
        self.bar as u32 * COLUMN_TICKS
    }

    /// The place in the networks' tensors of column `at` among those that exist.
    pub fn column(&self, at: usize) -> usize {
        at / self.bar * BAR_COLUMNS + at % self.bar
    }

    /// Whether a beat begins in column `at`.
    pub fn is_beat(&self, at: usize) -> bool {
        (at % self.bar).is_multiple_of(self.beat)
    }

    /// Where column `at` begins, in ticks from the first bar line; the end of the last is that of the second bar.
    pub fn tick(&self, at: usize) -> u32 {
        let (bar, inside) = (at / self.bar, at % self.bar);
        let in_beat = if self.swung { SWUNG } else { STRAIGHT };
        let quarter = (inside / 4) as u32 * TICKS_PER_QUARTER;
        bar as u32 * self.bar_ticks() + quarter + in_beat[inside % 4]
    }

    /// The column nearest to `beats` from the first bar line, the earlier on a tie; none outside of the two bars.
    pub fn nearest(&self, beats: f64) -> Option<usize> {
        let ticks = beats * f64::from(TICKS_PER_QUARTER);
        let bar_ticks = f64::from(self.bar_ticks());
        let bar = ((ticks + 1.0) / bar_ticks).floor();
        let inside = ticks - bar * bar_ticks;
        let column = if self.swung {
            let quarter = (inside / f64::from(TICKS_PER_QUARTER)).floor();
            let rest = inside - quarter * f64::from(TICKS_PER_QUARTER);
            let steps = [4.0, 12.0, 18.0, 22.0].iter().filter(|edge| rest >= **edge).count();
            4.0 * quarter + steps as f64
        } else {
            ((inside - 1e-6) / f64::from(COLUMN_TICKS)).round()
        };
        let at = bar * self.bar as f64 + column.max(0.0);
        (at >= 0.0 && at < self.count() as f64).then_some(at as usize)
    }

    /// The networks' grid: where columns exist, and where beats begin. `f32[2, 48]`.
    pub fn grid(&self) -> [f32; 2 * COLUMNS] {
        let mut grid = [0.0; 2 * COLUMNS];
        for at in 0..self.count() {
            grid[self.column(at)] = 1.0;
            grid[COLUMNS + self.column(at)] = f32::from(u8::from(self.is_beat(at)));
        }
        grid
    }
}
