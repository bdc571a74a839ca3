//! Runs on the main thread. What the next proposal leaves alone: parts as a whole, and bars of parts.

use crate::params::LinnetParams;
use linnet_music::Part;

/// Bars that can be locked at most.
pub(crate) const BARS_MAX: usize = 16;

/// The locks, by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Locks {
    /// Whole parts.
    pub(crate) parts: [bool; 4],
    /// Bars of a part: bit 0 is the idea's first.
    pub(crate) bars: [u16; 4],
}

/// The first `count` bars.
fn first(count: usize) -> u16 {
    if count >= BARS_MAX { u16::MAX } else { (1 << count) - 1 }
}

impl Locks {
    /// The locks as they stand.
    pub(crate) fn of(params: &LinnetParams) -> Self {
        Self {
            parts: Part::ALL.map(|part| params.parts[part.index()].lock.value()),
            bars: params.saved.marks().locked_bars(),
        }
    }

    /// Whether `bar` of `part` stays as it is.
    pub(crate) fn holds(self, part: usize, bar: usize) -> bool {
        self.parts[part] || (bar < BARS_MAX && self.bars[part] & (1 << bar) != 0)
    }

    /// Whether `bar` stays as it is in every part.
    pub(crate) fn holds_bar(self, bar: usize) -> bool {
        (0..4).all(|part| self.holds(part, bar))
    }

    /// How many cells of an idea of `count` bars stay, of how many.
    pub(crate) fn held(self, count: usize) -> (usize, usize) {
        let held = (0..4).map(|part| (0..count).filter(|bar| self.holds(part, *bar)).count());
        (held.sum(), 4 * count)
    }

    /// Locks `bar` of an idea of `count` bars in every part, or frees it where it is locked in all.
    pub(crate) fn with_bar(self, bar: usize, count: usize) -> Self {
        let lock = !self.holds_bar(bar);
        (0..4).fold(self, |locks, part| locks.with(part, bar, count, lock))
    }

    /// Turns one cell over.
    pub(crate) fn with_cell(self, part: usize, bar: usize, count: usize) -> Self {
        self.with(part, bar, count, !self.holds(part, bar))
    }

    /// Turns a whole part over.
    pub(crate) fn with_part(mut self, part: usize) -> Self {
        self.parts[part] = !self.parts[part];
        self.bars[part] = 0;
        self
    }

    /// Frees a cell or locks it. A part that was locked as a whole keeps its other bars locked.
    fn with(mut self, part: usize, bar: usize, count: usize, lock: bool) -> Self {
        if bar >= BARS_MAX || (lock && self.parts[part]) {
            return self;
        }
        if self.parts[part] {
            self.parts[part] = false;
            self.bars[part] = first(count);
        }
        if lock {
            self.bars[part] |= 1 << bar;
        } else {
            self.bars[part] &= !(1 << bar);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_locked_in_all_parts_and_freed_again() {
        let locked = Locks::default().with_bar(1, 4);
        assert_eq!(locked, Locks { parts: [false; 4], bars: [0b10; 4] });
        assert_eq!(locked.held(4), (4, 16));
        assert_eq!(locked.with_bar(1, 4), Locks::default());
        let some = Locks { bars: [0b10, 0, 0b10, 0], ..Locks::default() };
        assert_eq!(some.with_bar(1, 4).bars, [0b10; 4], "what is locked in some is locked in all");
    }

    #[test]
    fn a_part_that_is_locked_as_a_whole_gives_one_bar_and_keeps_the_rest() {
        let bass = Locks::default().with_part(2);
        assert!(bass.parts[2] && bass.holds(2, 9));
        assert_eq!(bass.with_bar(0, 4).bars, [1, 1, 0, 1], "its whole lock stays");
        let open = bass.with_cell(2, 1, 4);
        assert_eq!((open.parts[2], open.bars[2]), (false, 0b1101));
        assert_eq!(open.with_part(2).bars[2], 0, "the whole lock takes the place of the bars'");
        let all = Locks { parts: [true; 4], ..Locks::default() }.with_bar(0, 2);
        assert_eq!(all, Locks { parts: [false; 4], bars: [0b10; 4] });
    }

    #[test]
    fn bars_beyond_the_sixteenth_cannot_be_locked() {
        assert_eq!(Locks::default().with_bar(16, 20), Locks::default());
        assert!(!Locks { bars: [u16::MAX; 4], ..Locks::default() }.holds(0, 16));
        assert_eq!(Locks::default().with_bar(15, 16).bars, [0x8000; 4]);
    }
}
