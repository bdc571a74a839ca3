//! Delay lines, and lengths that change without a click.
//!
//! Runs on the audio thread, but for `new`.

/// `N` delay lines that are written together.
#[derive(Debug)]
pub(super) struct DelayLines<const N: usize> {
    /// A ring; its length is a power of two.
    frames: Box<[[f32; N]]>,
    /// Where the next frame goes.
    place: usize,
    /// How many frames were written since the lines were cleared. What lies further back counts as silence, so that
    /// clearing takes no time.
    age: usize,
}

impl<const N: usize> DelayLines<N> {
    /// Silent lines for delays up to `delay_max` frames. Allocates.
    pub(super) fn new(delay_max: usize) -> Self {
        let size = (delay_max + 1).next_power_of_two();
        Self { frames: vec![[0.0; N]; size].into(), place: 0, age: 0 }
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.age = 0;
    }

    /// Writes a frame.
    #[inline]
    pub(super) fn push(&mut self, frame: [f32; N]) {
        let mask = self.frames.len() - 1;
        self.frames[self.place & mask] = frame;
        self.place = (self.place + 1) & mask;
        self.age = (self.age + 1).min(mask);
    }

    /// What was written `delay` ≥ 1 frames ago to line number `line`.
    #[inline]
    pub(super) fn read(&self, line: usize, delay: usize) -> f32 {
        let mask = self.frames.len() - 1;
        let sample = self.frames[self.place.wrapping_sub(delay) & mask][line];
        if delay <= self.age { sample } else { 0.0 }
    }

    /// The same between frames, for `delay` ≥ 2, by a cubic Hermite spline: what a straight line would take from the
    /// highs, it leaves.
    #[inline]
    pub(super) fn read_between(&self, line: usize, delay: f32) -> f32 {
        let whole = delay as usize;
        let x = delay - whole as f32;
        let [before, from, to, after] =
            [whole - 1, whole, whole + 1, whole + 2].map(|frames| self.read(line, frames));
        let slope = 0.5 * (to - before);
        let bend = before - 2.5 * from + 2.0 * to - 0.5 * after;
        let twist = 0.5 * (after - before) + 1.5 * (from - to);
        from + x * (slope + x * (bend + x * twist))
    }
}

/// Lengths of delays, in frames. New ones are faded to from the old ones; while that lasts, newer ones wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths<const N: usize> {
    from: [usize; N],
    to: [usize; N],
    /// How much of `to` is in, in [0, 1].
    share: f32,
    share_step: f32,
}

impl<const N: usize> Lengths<N> {
    /// How long the fade takes, in seconds.
    const FADE_S: f32 = 0.06;

    /// None yet: the first ones count at once.
    pub(super) fn new(sample_rate_hz: f32) -> Self {
        let share_step = 1.0 / (Self::FADE_S * sample_rate_hz).max(1.0);
        Self { from: [0; N], to: [0; N], share: 1.0, share_step }
    }

    /// Fades to `target`, unless a fade is under way. Called once a tick.
    pub(super) fn aim(&mut self, target: [usize; N]) {
        if self.to == [0; N] {
            self.to = target;
        } else if self.share >= 1.0 && self.to != target {
            (self.from, self.to, self.share) = (self.to, target, 0.0);
        }
    }

    /// Where the fade leads.
    pub(super) fn target(&self) -> [usize; N] {
        self.to
    }

    /// Goes on by a frame.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.share = (self.share + self.share_step).min(1.0);
    }

    /// What `read` gives at length number `index`.
    #[inline]
    pub(super) fn read(&self, index: usize, read: impl Fn(usize) -> f32) -> f32 {
        let new = read(self.to[index]);
        if self.share >= 1.0 { new } else { self.share * new + (1.0 - self.share) * read(self.from[index]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_give_back_what_was_written_and_nothing_from_before_the_clearing() {
        let mut lines = DelayLines::<2>::new(10);
        (0..100).for_each(|n| lines.push([n as f32, -(n as f32)]));
        assert_eq!((lines.read(0, 1), lines.read(1, 10)), (99.0, -90.0));
        lines.clear();
        lines.push([1.0; 2]);
        assert_eq!((lines.read(0, 1), lines.read(0, 2)), (1.0, 0.0));
    }

    #[test]
    fn between_frames_a_slow_sine_stays_a_sine() {
        let mut lines = DelayLines::<1>::new(64);
        let sine = |time: f32| (0.1 * time).sin();
        (0..64).for_each(|n| lines.push([sine(n as f32)]));
        for tenth in 0..10 {
            let delay = 20.0 + 0.1 * tenth as f32;
            assert!((lines.read_between(0, delay) - sine(64.0 - delay)).abs() < 1e-4);
        }
    }
}
