//! The wandering of the network's first lines around their lengths, so that no mode rings on.
//!
//! Runs on the audio thread.

use crate::lanes::{LANES, Lanes, sine};
use crate::tick::{FRAME_NUMBERS, Ramp, TICK_FRAMES};
use fearless_simd::{f32x8, f32x16, i32x8, prelude::*, u32x8};

/// The slow sines, one a lane.
#[derive(Debug)]
pub(super) struct Wander {
    /// Where 2³² is one cycle, and how far they go in a tick. Whole numbers, so that many ticks at once lead as far as one
    /// after another.
    phases: [u32; LANES],
    phase_steps: [u32; LANES],
    frames: Ramp,
    /// How far each line is beyond its length at the beginning of the tick, how far that goes in a frame, and how far it is at
    /// the end.
    begins: Lanes,
    steps: Lanes,
    ends: Lanes,
    /// Frames of the tick that are gone.
    gone: usize,
    is_new: bool,
}

impl Wander {
    /// For as many `lines`, whose sines start apart from each other.
    pub(super) fn new(lines: usize) -> Self {
        Self {
            phases: std::array::from_fn(|line| cycles(line as f32 / lines as f32)),
            phase_steps: [0; LANES],
            frames: Ramp::default(),
            begins: Lanes::ZERO,
            steps: Lanes::ZERO,
            ends: Lanes::ZERO,
            gone: 0,
            is_new: true,
        }
    }

    /// In the ticks that begin now `share` of the way to a depth of `frames` is gone in each, at `rate_hz`.
    pub(super) fn tick(&mut self, frames: f32, rate_hz: f32, share: f32, sample_rate_hz: f32) {
        self.frames.aim(frames, share);
        let step = rate_hz * TICK_FRAMES as f32 / sample_rate_hz;
        // Rates apart from each other, so that the lines do not swing together.
        self.phase_steps = std::array::from_fn(|line| cycles(step * (1.0 + 0.13 * line as f32)));
    }

    /// Whether the depth has arrived; the sines go on.
    pub(super) fn is_still(&self) -> bool {
        self.frames.is_still()
    }

    /// How far beyond its length a line gets at most, in frames.
    pub(super) fn furthest(&self) -> f32 {
        2.0 * self.frames.end()
    }

    /// Goes on by `ticks`, to the beginning of the last one.
    #[inline(always)]
    pub(super) fn go_on<S: Simd>(&mut self, simd: S, ticks: usize) {
        // The last tick's way begins where the one before it ends; all before that lead nowhere else.
        if ticks > 1 {
            self.turn(simd, ticks - 1);
        }
        if ticks > 0 {
            self.turn(simd, 1);
        }
    }

    #[inline(always)]
    fn turn<S: Simd>(&mut self, simd: S, ticks: usize) {
        let steps = u32x8::load_array(simd, self.phase_steps) * u32x8::splat(simd, ticks as u32);
        let phases = u32x8::load_array(simd, self.phases) + steps;
        phases.store_array(&mut self.phases);
        // The highest bits, as many as a float holds.
        let whole: f32x8<S> = (phases >> (32 - f32::MANTISSA_DIGITS)).bitcast::<i32x8<S>>().to_float();
        let phases = whole * f32x8::splat(simd, f32::EPSILON / 2.0);
        let ends = f32x8::splat(simd, self.frames.end()) * (f32x8::splat(simd, 1.0) + sine(simd, phases));
        self.begins = self.ends;
        self.ends.store(ends);
        if std::mem::take(&mut self.is_new) {
            self.begins = self.ends;
        }
        self.steps.store((ends - self.begins.load(simd)) * f32x8::splat(simd, 1.0 / TICK_FRAMES as f32));
        self.gone = 0;
    }

    /// Goes on by `frames` within a tick.
    pub(super) fn skip(&mut self, frames: usize) {
        self.gone += frames;
    }

    /// Delays of a line of `length` in the next frames, and the first and the last of them.
    #[inline(always)]
    pub(super) fn delays<S: Simd>(&self, simd: S, line: usize, length: usize) -> (f32x16<S>, [f32; 2]) {
        let (begin, step, gone) = (length as f32 + self.begins.0[line], self.steps.0[line], self.gone as f32);
        let frames = f32x16::splat(simd, gone) + f32x16::load_array(simd, FRAME_NUMBERS);
        let delays = f32x16::splat(simd, begin) + frames * f32x16::splat(simd, step);
        (delays, [begin + gone * step, begin + (gone + (TICK_FRAMES - 1) as f32) * step])
    }
}

/// The fraction of `cycles` ≥ 0, where 2³² is one cycle.
fn cycles(cycles: f32) -> u32 {
    (cycles.fract() * 4_294_967_296.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    #[test]
    fn many_ticks_at_once_lead_as_far_as_one_after_another() {
        let (mut one, mut other) = (Wander::new(4), Wander::new(4));
        for ticks in [1, 2, 3, 100, 1, 12_345] {
            for wander in [&mut one, &mut other] {
                wander.tick(13.0, 0.7, 0.1, 48_000.0);
            }
            dispatch!(Level::new(), simd => one.go_on(simd, ticks));
            (0..ticks).for_each(|_| dispatch!(Level::new(), simd => other.go_on(simd, 1)));
            assert_eq!((one.begins, one.steps, one.ends), (other.begins, other.steps, other.ends), "{ticks}");
        }
    }
}
