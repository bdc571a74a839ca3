//! The wandering of the network's first lines around their lengths, so that no mode rings on.
//!
//! Runs on the audio thread.

use crate::lanes::{Lanes, sine};
use crate::tick::{FRAME_NUMBERS, Ramp, TICK_FRAMES};
use fearless_simd::{f32x8, f32x16, prelude::*};

/// The slow sines, one a lane.
#[derive(Debug)]
pub(super) struct Wander {
    /// In [0, 1), and how far they go in a tick.
    phases: Lanes,
    phase_steps: Lanes,
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
            phases: Lanes(std::array::from_fn(|line| (line as f32 / lines as f32).fract())),
            phase_steps: Lanes::ZERO,
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
        self.phase_steps = Lanes(std::array::from_fn(|line| step * (1.0 + 0.13 * line as f32)));
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
        for later in (0..ticks).rev() {
            let phases = self.phases.load(simd) + self.phase_steps.load(simd);
            self.phases.store(phases - phases.floor());
            // The last tick's way begins where the one before it ends; sines for all would be for nothing.
            if later < 2 {
                self.aim(simd);
            }
        }
    }

    #[inline(always)]
    fn aim<S: Simd>(&mut self, simd: S) {
        let one = f32x8::splat(simd, 1.0);
        let ends = f32x8::splat(simd, self.frames.end()) * (one + sine(simd, self.phases.load(simd)));
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
