//! Delay lines, and lengths that change without a click. Both work on rows: the frames of up to a tick, side by side.
//!
//! Runs on the audio thread, but for `new`.

use crate::lanes::Wide;
use crate::tick::{FRAME_NUMBERS, TICK_FRAMES};
use fearless_simd::{f32x16, prelude::*};

/// `N` delay lines that are written together.
#[derive(Debug)]
pub(super) struct DelayLines<const N: usize> {
    /// Rings, whose length is a power of two; each has its first [`TICK_FRAMES`] once more behind its last, so that a row can
    /// be read from anywhere.
    rings: [Box<[f32]>; N],
    /// Where the next frame goes.
    place: usize,
    /// How many frames were written since the lines were cleared. What lies further back counts as silence, so that
    /// clearing takes no time.
    age: usize,
}

impl<const N: usize> DelayLines<N> {
    /// Silent lines for delays up to `delay_max` frames. Allocates.
    pub(super) fn new(delay_max: usize) -> Self {
        let size = (delay_max + 1 + TICK_FRAMES).next_power_of_two();
        let ring = || vec![0.0; size + TICK_FRAMES].into();
        Self { rings: std::array::from_fn(|_| ring()), place: 0, age: 0 }
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.age = 0;
    }

    fn size(&self) -> usize {
        self.rings.first().map_or(1, |ring| ring.len() - TICK_FRAMES)
    }

    /// Writes the first `frames` ≤ [`TICK_FRAMES`] of `row` to line number `line`; time does not go on.
    #[inline(always)]
    pub(super) fn write<S: Simd>(&mut self, line: usize, row: f32x16<S>, frames: usize) {
        let (size, place) = (self.size(), self.place);
        let ring = &mut self.rings[line];
        let row = row.to_array();
        if frames == TICK_FRAMES && place >= TICK_FRAMES && place + TICK_FRAMES <= size {
            ring[place..place + TICK_FRAMES].copy_from_slice(&row);
            return;
        }
        for (frame, sample) in row.into_iter().take(frames).enumerate() {
            let at = (place + frame) & (size - 1);
            ring[at] = sample;
            if at < TICK_FRAMES {
                ring[size + at] = sample;
            }
        }
    }

    /// Goes on by `frames` that were written to all lines.
    #[inline(always)]
    pub(super) fn advance(&mut self, frames: usize) {
        let size = self.size();
        self.place = (self.place + frames) & (size - 1);
        self.age = (self.age + frames).min(size - 1);
    }

    /// For each frame of a row that comes next, what was written `delay` ≥ 1 frames before it to line number `line`.
    /// Where that is not written yet, it is of no use.
    #[inline(always)]
    pub(super) fn read<S: Simd>(&self, simd: S, line: usize, delay: usize) -> f32x16<S> {
        let row = self.read_written(simd, line, delay);
        if self.reach(delay) {
            return row;
        }
        let zero = f32x16::splat(simd, 0.0);
        self.written(delay).load(simd).simd_gt(zero).select(row, zero)
    }

    /// 1 for each frame of a row for which `delay` leads to what was written since the lines were cleared, 0 for others.
    #[cold]
    fn written(&self, delay: usize) -> Wide {
        Wide(std::array::from_fn(|frame| if delay <= self.age + frame { 1.0 } else { 0.0 }))
    }

    /// Whether `delay` leads to what was written since the lines were cleared.
    pub(super) fn reach(&self, delay: usize) -> bool {
        delay <= self.age
    }

    /// [`Self::read`] where the lines [`Self::reach`] so far.
    #[inline(always)]
    pub(super) fn read_written<S: Simd>(&self, simd: S, line: usize, delay: usize) -> f32x16<S> {
        let start = self.place.wrapping_sub(delay) & (self.size() - 1);
        f32x16::from_slice(simd, &self.rings[line][start..start + TICK_FRAMES])
    }

    /// [`Self::read`] for one frame of a row.
    fn read_one(&self, line: usize, frame: usize, delay: usize) -> f32 {
        let at = (self.place + frame).wrapping_sub(delay) & (self.size() - 1);
        if delay <= self.age + frame { self.rings[line][at] } else { 0.0 }
    }

    /// The same between frames, for `delays` ≥ 2 that rise or fall throughout, by a cubic Hermite spline: what a straight
    /// line would take from the highs, it leaves.
    #[inline(always)]
    pub(super) fn read_between<S: Simd>(&self, simd: S, line: usize, delays: f32x16<S>) -> f32x16<S> {
        let [first, .., last] = delays.to_array();
        let whole = first as usize;
        if last as usize == whole {
            let x = delays - f32x16::splat(simd, whole as f32);
            let before = self.read(simd, line, whole - 1);
            let from = self.read(simd, line, whole);
            let to = self.read(simd, line, whole + 1);
            let after = self.read(simd, line, whole + 2);
            return spline(simd, x, [before, from, to, after]);
        }
        self.read_across(simd, line, delays.to_array())
    }

    /// [`Self::read_between`] where the lines [`Self::reach`] so far, for delays from `first` to `last`.
    #[inline(always)]
    pub(super) fn read_between_written<S: Simd>(
        &self,
        simd: S,
        line: usize,
        [first, last]: [f32; 2],
        delays: f32x16<S>,
    ) -> f32x16<S> {
        let whole = first as usize;
        if last as usize != whole {
            return self.read_across(simd, line, delays.to_array());
        }
        let point = |delay: usize| self.read_written(simd, line, delay);
        let points = [point(whole - 1), point(whole), point(whole + 1), point(whole + 2)];
        spline(simd, delays - f32x16::splat(simd, whole as f32), points)
    }

    /// The same where the delays are not all between the same two frames.
    #[inline(always)]
    fn read_across<S: Simd>(&self, simd: S, line: usize, delays: [f32; TICK_FRAMES]) -> f32x16<S> {
        let mut points = [Wide::ZERO; 4];
        let mut x = Wide::ZERO;
        for (frame, delay) in delays.into_iter().enumerate() {
            let whole = delay as usize;
            x.0[frame] = delay - whole as f32;
            for (point, of) in points.iter_mut().enumerate() {
                of.0[frame] = self.read_one(line, frame, whole + point - 1);
            }
        }
        let [before, from, to, after] = &points;
        spline(simd, x.load(simd), [before.load(simd), from.load(simd), to.load(simd), after.load(simd)])
    }
}

/// `x` in [0, 1] of the way from the second point to the third.
#[inline(always)]
fn spline<S: Simd>(simd: S, x: f32x16<S>, [before, from, to, after]: [f32x16<S>; 4]) -> f32x16<S> {
    let times = |value: f32| f32x16::splat(simd, value);
    let slope = times(0.5) * (to - before);
    let bend = before - times(2.5) * from + times(2.0) * to - times(0.5) * after;
    let twist = times(0.5) * (after - before) + times(1.5) * (from - to);
    from + x * (slope + x * (bend + x * twist))
}

/// Lengths of delays, in frames. New ones are faded to from the old ones; while that lasts, newer ones wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths<const N: usize> {
    from: [usize; N],
    to: [usize; N],
    /// Frames of the fade that are gone, and how much of `to` comes in with each.
    gone: usize,
    share_step: f32,
}

impl<const N: usize> Lengths<N> {
    /// How long the fade takes, in seconds.
    const FADE_S: f32 = 0.06;

    /// None yet: the first ones count at once.
    pub(super) fn new(sample_rate_hz: f32) -> Self {
        let share_step = 1.0 / (Self::FADE_S * sample_rate_hz).max(1.0);
        Self { from: [0; N], to: [0; N], gone: usize::MAX, share_step }
    }

    /// Forgets all: as new.
    pub(super) fn forget(&mut self) {
        (self.to, self.gone) = ([0; N], usize::MAX);
    }

    /// Fades to `target`, unless a fade is under way. Called once a tick.
    pub(super) fn aim(&mut self, target: [usize; N]) {
        if self.to == [0; N] {
            self.to = target;
        } else if self.are_still() && self.to != target {
            (self.from, self.to, self.gone) = (self.to, target, 0);
        }
    }

    /// Where the fade leads.
    pub(super) fn target(&self) -> &[usize; N] {
        &self.to
    }

    /// The longest that is read where no fade is under way.
    pub(super) fn longest(&self) -> usize {
        self.to.iter().copied().max().unwrap_or(0)
    }

    /// The shortest that is read.
    pub(super) fn shortest(&self) -> usize {
        let from = if self.are_still() { &self.to } else { &self.from };
        from.iter().chain(&self.to).copied().min().unwrap_or(0)
    }

    /// Whether no fade is under way.
    pub(super) fn are_still(&self) -> bool {
        self.gone as f32 * self.share_step >= 1.0
    }

    /// Goes on by `frames`.
    #[inline(always)]
    pub(super) fn advance(&mut self, frames: usize) {
        self.gone = self.gone.saturating_add(frames);
    }

    /// Length number `index`, and while a fade lasts, the one before with its shares in the frames of a row.
    #[inline(always)]
    pub(super) fn at<S: Simd>(&self, simd: S, index: usize) -> (usize, Option<(usize, f32x16<S>)>) {
        let before = if self.are_still() {
            None
        } else {
            let gone = f32x16::load_array(simd, FRAME_NUMBERS) + f32x16::splat(simd, 1.0 + self.gone as f32);
            let share = gone * f32x16::splat(simd, self.share_step);
            let one = f32x16::splat(simd, 1.0);
            Some((self.from[index], one - share.min(one)))
        };
        (self.to[index], before)
    }

    /// What `lines` give on line number `line` at length number `index`, `early` frames earlier than that.
    #[inline(always)]
    pub(super) fn read<S: Simd, const M: usize>(
        &self,
        simd: S,
        (line, index): (usize, usize),
        lines: &DelayLines<M>,
        early: usize,
    ) -> f32x16<S> {
        let (to, before) = self.at(simd, index);
        let new = lines.read(simd, line, to - early);
        match before {
            None => new,
            Some((from, share)) => new + share * (lines.read(simd, line, from - early) - new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    /// Writes one frame to all lines.
    fn push<const N: usize>(lines: &mut DelayLines<N>, frame: [f32; N]) {
        dispatch!(Level::new(), simd => {
            for (line, sample) in frame.into_iter().enumerate() {
                lines.write(line, f32x16::splat(simd, sample), 1);
            }
        });
        lines.advance(1);
    }

    fn read<const N: usize>(lines: &DelayLines<N>, line: usize, delay: usize) -> f32 {
        dispatch!(Level::new(), simd => lines.read(simd, line, delay).to_array()[0])
    }

    #[test]
    fn lines_give_back_what_was_written_and_nothing_from_before_the_clearing() {
        let mut lines = DelayLines::<2>::new(10);
        (0..100).for_each(|n| push(&mut lines, [n as f32, -(n as f32)]));
        assert_eq!((read(&lines, 0, 1), read(&lines, 1, 10)), (99.0, -90.0));
        lines.clear();
        push(&mut lines, [1.0; 2]);
        assert_eq!((read(&lines, 0, 1), read(&lines, 0, 2)), (1.0, 0.0));
    }

    #[test]
    fn rows_of_any_length_come_back_whole() {
        let mut lines = DelayLines::<1>::new(40);
        let mut written = 0;
        for frames in (0..200).map(|n| 1 + n * 7 % TICK_FRAMES) {
            let row: [f32; TICK_FRAMES] = std::array::from_fn(|frame| (written + frame) as f32);
            dispatch!(Level::new(), simd => lines.write(0, f32x16::load_array(simd, row), frames));
            lines.advance(frames);
            written += frames;
            let delay = TICK_FRAMES + written % 20;
            let back = dispatch!(Level::new(), simd => lines.read(simd, 0, delay).to_array());
            for (frame, sample) in back.into_iter().enumerate() {
                let expect = (written + frame).saturating_sub(delay);
                assert_eq!(sample, expect as f32, "{written} {delay}");
            }
        }
    }

    #[test]
    fn between_frames_a_slow_sine_stays_a_sine() {
        let mut lines = DelayLines::<1>::new(64);
        let sine = |time: f32| (0.1 * time).sin();
        (0..64).for_each(|n| push(&mut lines, [sine(n as f32)]));
        for tenth in 0..10 {
            for step in [0.0, 0.01, -0.2] {
                let begin = 30.0 + 0.1 * tenth as f32;
                let delays = FRAME_NUMBERS.map(|frame| begin + step * frame);
                let row = dispatch!(Level::new(), simd => {
                    lines.read_between(simd, 0, f32x16::load_array(simd, delays)).to_array()
                });
                for (frame, sample) in row.into_iter().enumerate() {
                    let time = (64 + frame) as f32 - begin - step * frame as f32;
                    assert!((sample - sine(time)).abs() < 2e-4, "{tenth} {step} {frame}");
                }
            }
        }
    }
}
