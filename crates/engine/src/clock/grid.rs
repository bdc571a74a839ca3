//! Where bar lines and beats lie.
//!
//! Runs on the audio thread.

use linnet_handover::worker_to_audio::Start;
use linnet_music::TimeSignature;

/// Share of a step by which a position may lie past a line and still count as on it: rounding only, since at 1 bpm
/// and 768 kHz a frame is 2e-8 beats.
const ON_LINE: f64 = 1e-9;

/// The bar lines of one metre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    /// The bar line that bars are counted from, in beats.
    origin: f64,
    /// A bar line, in beats.
    anchor: f64,
    metre: TimeSignature,
}

impl Grid {
    /// The grid of a host that has a bar line at `bar_start`, or at 0 where it does not say. Bars are counted from
    /// the project's start as if the metre had never changed.
    pub(crate) fn of_host(bar_start: Option<f64>, metre: TimeSignature) -> Self {
        let anchor = bar_start.unwrap_or(0.0);
        let bar = metre.bar().0;
        Self { origin: anchor - bar * (anchor / bar).round(), anchor, metre }
    }

    /// A grid whose bars are counted from `origin`.
    pub(crate) fn counted_from(origin: f64, metre: TimeSignature) -> Self {
        Self { origin, anchor: origin, metre }
    }

    /// The bar line that bars are counted from, in beats.
    pub(crate) fn origin(&self) -> f64 {
        self.origin
    }

    /// The metre.
    pub(crate) fn metre(&self) -> TimeSignature {
        self.metre
    }

    /// The length of a bar, in beats.
    pub(crate) fn bar(&self) -> f64 {
        self.metre.bar().0
    }

    /// The last bar line at or before `beat`.
    pub(crate) fn bar_line_before(&self, beat: f64) -> f64 {
        let bar = self.bar();
        self.anchor + ((beat - self.anchor) / bar + ON_LINE).floor() * bar
    }

    /// The first bar line at or after `beat`.
    pub(crate) fn bar_line_after(&self, beat: f64) -> f64 {
        line_after(self.anchor, self.bar(), beat)
    }

    /// The first position at or after `beat` where an idea with this rule may start; `beat` itself for the rules
    /// that do not wait.
    pub(crate) fn start_after(&self, rule: Start, beat: f64) -> f64 {
        match rule {
            Start::Now | Start::At(_) => beat,
            Start::NextBeat => line_after(self.anchor, 4.0 / f64::from(self.metre.denominator()), beat),
            Start::NextBar => self.bar_line_after(beat),
            Start::NextFourBars => line_after(self.origin, 4.0 * self.bar(), beat),
        }
    }
}

/// The bar that time is in: it is found once, and not in every block.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    grid: Option<Grid>,
    start: f64,
    /// A little before the next bar line, where rounding decides.
    end: f64,
}

impl Bar {
    /// As [`Grid::bar_line_before`].
    pub(crate) fn start(&mut self, grid: &Grid, beat: f64) -> f64 {
        if self.grid.as_ref() != Some(grid) || !(self.start..self.end).contains(&beat) {
            let start = grid.bar_line_before(beat);
            *self = Self { grid: Some(*grid), start, end: start + (1.0 - 1e-6) * grid.bar() };
        }
        self.start
    }
}

/// The first of the lines `anchor` + k `step` at or after `beat`.
pub(crate) fn line_after(anchor: f64, step: f64, beat: f64) -> f64 {
    anchor + ((beat - anchor) / step - ON_LINE).ceil() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metre(numerator: i32, denominator: i32) -> TimeSignature {
        TimeSignature::new(numerator, denominator).unwrap()
    }

    #[test]
    fn the_next_line_follows_the_metre() {
        let check = |grid: Grid, rule: Start, from: f64, expect: f64| {
            assert!((grid.start_after(rule, from) - expect).abs() < 1e-9, "{rule:?} from {from} in {grid:?}");
        };
        let common = Grid::of_host(None, TimeSignature::COMMON);
        check(common, Start::NextBar, 0.1, 4.0);
        check(common, Start::NextBar, 4.0, 4.0);
        check(common, Start::NextBar, -3.9, 0.0);
        check(common, Start::NextBeat, 4.1, 5.0);
        check(common, Start::NextFourBars, 0.1, 16.0);
        check(common, Start::NextFourBars, -0.1, 0.0);
        check(common, Start::Now, 1.37, 1.37);
        let waltz = Grid::of_host(Some(7.0), metre(3, 4));
        check(waltz, Start::NextBar, 7.5, 10.0);
        check(Grid::of_host(Some(9.0), metre(3, 4)), Start::NextFourBars, 9.5, 12.0);
        check(Grid::of_host(None, metre(6, 8)), Start::NextBeat, 0.6, 1.0);
        check(Grid::of_host(None, metre(7, 8)), Start::NextBar, 3.6, 7.0);
        check(Grid::counted_from(5.0, TimeSignature::COMMON), Start::NextFourBars, 5.5, 21.0);
    }

    #[test]
    fn a_bar_that_is_kept_begins_where_the_grid_says() {
        let grids = [Grid::of_host(Some(7.0), metre(3, 4)), Grid::counted_from(5.1, metre(7, 8))];
        let mut bar = Bar::default();
        for n in -3000..3000 {
            let (grid, beat) = (grids[usize::from(n % 1000 > 500)], f64::from(n) / 100.0);
            assert_eq!(bar.start(&grid, beat), grid.bar_line_before(beat), "{beat}");
        }
    }

    #[test]
    fn a_position_just_short_of_a_line_by_rounding_is_on_it() {
        let grid = Grid::of_host(None, metre(7, 8));
        assert_eq!(grid.bar_line_before(7.0 - 1e-12), 7.0);
        assert_eq!(grid.bar_line_after(7.0 + 1e-12), 7.0);
        assert_eq!(grid.bar_line_before(6.9), 3.5);
    }
}
