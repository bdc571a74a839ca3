//! Runs on the composer thread. The canvas: what is known around the bars to compose, as columns of a quarter of a
//! quarter (`models/TOKENS.md`).

use super::window::Window;
use crate::tokens::drum::class_of;
use crate::tokens::line::GridNote;
use crate::tokens::{Grid, TICKS_PER_QUARTER};
use crate::vocabulary::{CANVAS_FEATURES, COLUMN_TICKS, Role};
use linnet_music::Note;
use std::f32::consts::TAU;
use std::ops::Range;

/// Where the values of a column begin.
const SCALE: usize = 24;
const MELODY: usize = 36;
const BASS: usize = 49;
const CHORDS: usize = 62;
const DRUMS: usize = 75;
const OWN: usize = 78;
const KNOWN: usize = 92;
const PHASE: usize = 95;
const PRESENT: usize = 99;
const HEIGHT: usize = 103;
/// Low, middle or high: the band of each drum class.
const DRUM_BANDS: [usize; 9] = [0, 1, 2, 2, 0, 1, 1, 2, 2];

/// Another part, and the bars of the window in which it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// What it plays; none for drums.
    pub role: Option<Role>,
    /// Its notes, in beats from the window's start.
    pub notes: Vec<Note>,
    /// Where it is known, in bars of the grid.
    pub bars: Range<usize>,
}

/// The canvas of `window`, by columns. `future` holds the part's own notes on the grid, of which those after the target
/// are shown. `f32[columns, 105]`.
pub fn canvas(window: &Window, known: &[Known], future: &[GridNote]) -> Vec<f32> {
    let mut canvas = Canvas { values: vec![0.0; window.columns() * CANVAS_FEATURES], window };
    canvas.write_frame();
    for part in known {
        canvas.show(part);
    }
    let after = window.bars() * window.bar_columns();
    canvas.write_notes(future, OWN, Some(OWN + 13), after..window.columns());
    canvas.values
}

struct Canvas<'a> {
    values: Vec<f32>,
    window: &'a Window,
}

impl Canvas<'_> {
    fn column(&mut self, column: usize) -> &mut [f32] {
        &mut self.values[column * CANVAS_FEATURES..(column + 1) * CANVAS_FEATURES]
    }

    /// Harmony, scale, phase, and which bars are to be composed.
    fn write_frame(&mut self) {
        let window = self.window;
        let (a_bar, context, bars) = (window.bar_columns(), window.span.context, window.bars());
        for index in 0..window.columns() {
            let tick = index as u32 * COLUMN_TICKS;
            let column = self.column(index);
            column[..SCALE].copy_from_slice(window.chord_values(tick));
            for (class, value) in column[SCALE..MELODY].iter_mut().enumerate() {
                *value = f32::from(window.scale >> class & 1);
            }
            let bar = index / a_bar;
            column[KNOWN + usize::from(bar >= context) + usize::from(bar >= bars)] = 1.0;
            for (at, period) in [(PHASE, window.grid.beat_ticks), (PHASE + 2, window.grid.bar_ticks)] {
                let (sin, cos) = (TAU * (tick % period) as f32 / period as f32).sin_cos();
                (column[at], column[at + 1]) = (sin, cos);
            }
        }
    }

    fn show(&mut self, part: &Known) {
        let (a_bar, columns) = (self.window.bar_columns(), self.window.columns());
        let shown = (part.bars.start * a_bar).min(columns)..(part.bars.end * a_bar).min(columns);
        let (place, bit, height) = match part.role {
            None => return self.show_drums(&part.notes, shown),
            Some(Role::Lead | Role::Counter) => (MELODY, 0, Some(HEIGHT)),
            Some(Role::Bass) => (BASS, 1, Some(HEIGHT + 1)),
            Some(Role::Chords) => (CHORDS, 2, None),
        };
        for index in shown.clone() {
            self.column(index)[PRESENT + bit] = 1.0;
        }
        let stacked = part.role.is_some_and(Role::is_stacked);
        let notes = super::line::on_grid(&part.notes, &self.window.grid, self.window.all_bars(), stacked);
        self.write_notes(&notes, place, height, shown);
    }

    /// Pitch classes that sound (12) and an onset at `place`; the mean key at `height`.
    fn write_notes(&mut self, notes: &[GridNote], place: usize, height: Option<usize>, shown: Range<usize>) {
        let tonic = i32::from(self.window.tonic.semitones());
        let mut heights = vec![(0.0, 0.0); self.window.columns()];
        for note in notes {
            let first = (note.onset / COLUMN_TICKS) as usize;
            let last = ((note.onset + note.length).div_ceil(COLUMN_TICKS) as usize).max(first + 1);
            for index in first..last.min(heights.len()) {
                heights[index].0 += note.midi as f32;
                heights[index].1 += 1.0;
                if !shown.contains(&index) {
                    continue;
                }
                let column = self.column(index);
                column[place + (note.midi - tonic).rem_euclid(12) as usize] = 1.0;
                if index == first {
                    column[place + 12] = 1.0;
                }
            }
        }
        let Some(height) = height else { return };
        // Of two melodies the second is told, where it is not on middle C.
        for index in shown {
            let (sum, count) = heights[index];
            if count > 0.0 && sum != 60.0 * count {
                self.column(index)[height] = (sum / count - 60.0) / 24.0;
            }
        }
    }

    fn show_drums(&mut self, notes: &[Note], shown: Range<usize>) {
        for index in shown.clone() {
            self.column(index)[PRESENT + 3] = 1.0;
        }
        for note in notes {
            let Some(class) = class_of(note.pitch.midi()) else { continue };
            let index = (drum_tick(note.onset.0, &self.window.grid) / COLUMN_TICKS) as usize;
            if shown.contains(&index) {
                self.column(index)[DRUMS + DRUM_BANDS[class]] = 1.0;
            }
        }
    }
}

/// The tick of the grid nearest to `beats`.
fn drum_tick(beats: f64, grid: &Grid) -> u32 {
    let (bar, tick) = grid.quantise(beats.max(0.0) * f64::from(TICKS_PER_QUARTER));
    bar as u32 * grid.bar_ticks + tick
}
