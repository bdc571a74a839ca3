//! The short fade of voices that are choked or stolen.
//!
//! Runs on the audio thread.

use crate::lanes::Lanes;
use fearless_simd::{f32x8, prelude::*};

/// A fade-out in the shape of an S, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fade {
    /// The part of its time that is left, in [0, 1].
    left: f32,
    step: f32,
}

impl Fade {
    /// Short enough to be at once, long enough to be no click.
    const LENGTH_S: f32 = 0.006;

    /// Not fading.
    pub(crate) fn none() -> Self {
        Self { left: 1.0, step: 0.0 }
    }

    /// Begins, unless it has begun.
    pub(crate) fn start(&mut self, sample_rate_hz: f32) {
        self.step = 1.0 / (Self::LENGTH_S * sample_rate_hz).max(1.0);
    }

    /// Whether it has begun.
    pub(crate) fn is_running(self) -> bool {
        self.step > 0.0
    }

    /// Whether nothing is left.
    pub(crate) fn has_ended(self) -> bool {
        self.left <= 0.0
    }

    /// The level, in [0, 1].
    pub(crate) fn level(self) -> f32 {
        self.left * self.left * (3.0 - 2.0 * self.left)
    }

    /// The level of the next frame.
    #[inline]
    pub(crate) fn next(&mut self) -> f32 {
        self.left = (self.left - self.step).max(0.0);
        self.level()
    }
}

/// The fades of eight voices side by side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fades {
    left: Lanes,
    step: Lanes,
}

impl Fades {
    /// None fades.
    pub(crate) fn none() -> Self {
        Self { left: Lanes::splat(1.0), step: Lanes::ZERO }
    }

    /// That of `lane`.
    pub(crate) fn get(&self, lane: usize) -> Fade {
        Fade { left: self.left.0[lane], step: self.step.0[lane] }
    }

    /// Sets that of `lane`.
    pub(crate) fn set(&mut self, lane: usize, fade: Fade) {
        self.left.0[lane] = fade.left;
        self.step.0[lane] = fade.step;
    }

    /// Whether none has begun.
    #[inline(always)]
    pub(crate) fn are_none<S: Simd>(&self, simd: S) -> bool {
        !self.step.load(simd).simd_gt(f32x8::splat(simd, 0.0)).any_true()
    }

    /// Those of which nothing is left, one a bit.
    #[inline(always)]
    pub(crate) fn ended<S: Simd>(&self, simd: S) -> u64 {
        self.left.load(simd).simd_le(f32x8::splat(simd, 0.0)).to_bitmask()
    }

    /// Into registers.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> FadeRegisters<S> {
        FadeRegisters { left: self.left.load(simd), step: self.step.load(simd) }
    }

    /// Out of registers.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, registers: &FadeRegisters<S>) {
        self.left.store(registers.left);
    }
}

/// The same while frames are computed.
#[derive(Clone, Copy)]
pub(crate) struct FadeRegisters<S: Simd> {
    left: f32x8<S>,
    step: f32x8<S>,
}

impl<S: Simd> FadeRegisters<S> {
    /// The levels of the next frame.
    #[inline(always)]
    pub(crate) fn next(&mut self, simd: S) -> f32x8<S> {
        self.left = (self.left - self.step).max(f32x8::splat(simd, 0.0));
        self.left * self.left * (f32x8::splat(simd, 3.0) - (self.left + self.left))
    }
}
