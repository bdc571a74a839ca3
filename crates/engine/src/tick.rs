//! The control rate: ticks of a fixed number of frames, and values that glide from tick to tick.
//!
//! Runs on the audio thread. Ticks are counted in frames since the last reset, never from the start of a block, so that
//! every split of the sound into blocks gives the same sound.

use fearless_simd::{f32x16, prelude::*};
use std::f32::consts::TAU;

/// Frames from one tick to the next.
pub(crate) const TICK_FRAMES: usize = 16;

/// The numbers of the frames of a tick, for phases.
pub(crate) const FRAME_COUNTS: [u32; TICK_FRAMES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// The same, for what glides.
pub(crate) const FRAME_NUMBERS: [f32; TICK_FRAMES] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

/// Where in the current tick we are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ticker {
    elapsed: usize,
}

impl Ticker {
    /// Whether the next frame is the first of a tick.
    pub(crate) fn is_due(self) -> bool {
        self.elapsed == 0
    }

    /// Goes on by `frames` in which ticks have next to nothing to do, and returns how many begin in them.
    pub(crate) fn skip(&mut self, frames: usize) -> usize {
        let before_next = (TICK_FRAMES - self.elapsed) % TICK_FRAMES;
        let ticks = frames.saturating_sub(before_next).div_ceil(TICK_FRAMES);
        self.advance(frames);
        ticks
    }

    /// How many frames of the tick are gone, in [0, [`TICK_FRAMES`]).
    pub(crate) fn place(self) -> usize {
        self.elapsed
    }

    /// The same for what starts now: where the next tick is due, the last one is all gone. In [1, [`TICK_FRAMES`]].
    pub(crate) fn gone(self) -> usize {
        if self.is_due() { TICK_FRAMES } else { self.elapsed }
    }

    /// How many of `frames` may be processed in one go: at most up to the next tick. In [0, [`TICK_FRAMES`]].
    pub(crate) fn chunk(self, frames: usize) -> usize {
        frames.min(TICK_FRAMES - self.elapsed)
    }

    /// Goes on by `frames`, which [`Self::chunk`] gave.
    pub(crate) fn advance(&mut self, frames: usize) {
        self.elapsed = (self.elapsed + frames) % TICK_FRAMES;
    }
}

/// The share of the way that an exponential glide with time constant `time_s` goes in one tick, in (0, 1].
pub(crate) fn share_per_tick(time_s: f32, sample_rate_hz: f32) -> f32 {
    1.0 - (-(TICK_FRAMES as f32) / (time_s * sample_rate_hz)).exp()
}

/// `share` of the way from `value` to `target`; all of it where the rest would be too small to matter.
pub(crate) fn approach(value: f32, target: f32, share: f32) -> f32 {
    let way = target - value;
    let is_near = way.abs() <= 1e-5 * target.abs().max(1.0);
    if is_near { target } else { value + share * way }
}

/// A value that follows its target: exponentially from tick to tick, in a straight line within a tick. A new one takes its
/// first target at once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ramp {
    is_set: bool,
    /// Where the tick began.
    begin: f32,
    end: f32,
    step: f32,
    /// Frames of the tick that are gone.
    gone: f32,
}

impl Ramp {
    /// At rest at `value`.
    pub(crate) const fn at(value: f32) -> Self {
        Self { is_set: true, begin: value, end: value, step: 0.0, gone: 0.0 }
    }

    /// Begins a tick: `share` of the way to `target` is gone by its end.
    pub(crate) fn aim(&mut self, target: f32, share: f32) {
        if !self.is_set {
            *self = Self::at(target);
        }
        // Most are at rest, where how many frames are gone does not matter.
        if self.end == target && self.begin == target {
            return;
        }
        self.begin = self.end;
        self.end = approach(self.end, target, share);
        self.step = (self.end - self.begin) / TICK_FRAMES as f32;
        self.gone = 0.0;
    }

    /// The value of the next frame.
    #[inline]
    pub(crate) fn next(&mut self) -> f32 {
        let value = self.after(0);
        self.gone += 1.0;
        value
    }

    /// The value after `frames` more.
    #[inline]
    pub(crate) fn after(&self, frames: usize) -> f32 {
        self.begin + (self.gone + frames as f32) * self.step
    }

    /// The values of the next frames.
    #[inline(always)]
    pub(crate) fn row<S: Simd>(&self, simd: S) -> f32x16<S> {
        let gone = f32x16::splat(simd, self.gone) + f32x16::load_array(simd, FRAME_NUMBERS);
        f32x16::splat(simd, self.begin) + gone * f32x16::splat(simd, self.step)
    }

    /// Goes on by `frames`.
    #[inline]
    pub(crate) fn skip(&mut self, frames: usize) {
        self.gone += frames as f32;
    }

    /// Where this tick ends.
    pub(crate) fn end(&self) -> f32 {
        self.end
    }

    /// Whether the value stays as it is throughout this tick.
    pub(crate) fn is_still(&self) -> bool {
        self.is_set && self.step == 0.0
    }

    /// Whether the value is exactly 0 throughout this tick.
    pub(crate) fn is_zero(&self) -> bool {
        self.end == 0.0 && self.step == 0.0
    }
}

/// A slow sine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lfo {
    /// In [0, 1).
    phase: f32,
}

impl Lfo {
    /// Goes on by `frames`.
    pub(crate) fn advance(&mut self, rate_hz: f32, frames: usize, sample_rate_hz: f32) {
        let phase = self.phase + rate_hz * frames as f32 / sample_rate_hz;
        // The fraction of what is never negative, without a call.
        self.phase = phase - phase as u32 as f32;
    }

    /// In [−1, 1].
    pub(crate) fn value(self) -> f32 {
        (TAU * self.phase).sin()
    }
}

/// `value` brought into [`min`, `max`]; not-a-number becomes `min`.
pub(crate) fn ranged(value: f32, min: f32, max: f32) -> f32 {
    value.max(min).min(max)
}

/// The linear gain of `db`.
pub(crate) fn gain_of_db(db: f32) -> f32 {
    (db * (std::f32::consts::LN_10 / 20.0)).exp()
}

/// The linear gain of a strip whose lowest position, −60 dB, is silence. Not-a-number is silence too.
pub(crate) fn fader_gain(db: f32) -> f32 {
    if db > -60.0 { gain_of_db(db.min(24.0)) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_arrives_exactly_and_stays() {
        let mut ramp = Ramp::at(1.0);
        for _ in 0..2000 {
            ramp.aim(0.0, 0.02);
            (0..TICK_FRAMES).for_each(|_| _ = ramp.next());
        }
        assert_eq!(ramp.next(), 0.0);
        assert!(ramp.is_zero());
    }

    #[test]
    fn ticks_that_are_skipped_are_counted() {
        for frames in [0, 1, 15, 16, 17, 100] {
            let (mut one, mut due) = (Ticker::default(), 0);
            let mut other = one;
            for start in [3, 13, 16, 40] {
                for _ in 0..start + frames {
                    due += usize::from(one.is_due());
                    one.advance(1);
                }
                due -= other.skip(start) + other.skip(frames);
                assert_eq!((due, one.place()), (0, other.place()));
            }
        }
    }

    #[test]
    fn ticks_do_not_depend_on_the_split() {
        let (mut ticker, mut due) = (Ticker::default(), 0);
        for frames in [1, 7, 40, 3, 16, 29] {
            let mut left = frames;
            while left > 0 {
                due += usize::from(ticker.is_due());
                let chunk = ticker.chunk(left);
                ticker.advance(chunk);
                left -= chunk;
            }
        }
        assert_eq!(due, 96 / TICK_FRAMES);
    }
}
