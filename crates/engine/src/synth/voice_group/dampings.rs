//! The dampings of eight filters side by side.
//!
//! Runs on the audio thread.

use crate::lanes::{Lanes, exp2, twice};
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x8, f32x16, prelude::*};

/// Each as the sound has it, and on its way, within a tick, to where the modulation has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dampings {
    of_sound: Lanes,
    now: Lanes,
    step: Lanes,
    end: Lanes,
}

impl Dampings {
    /// None.
    pub(super) const NONE: Self = Self {
        of_sound: Lanes::splat(1.0),
        now: Lanes::splat(1.0),
        step: Lanes::ZERO,
        end: Lanes::splat(1.0),
    };

    /// A note starts in `lane`, with the resonance `q` of its sound and the modulation that many octaves above. Returns the
    /// damping.
    pub(super) fn start(&mut self, lane: usize, q: f32, octaves: f32) -> f32 {
        let damping = (-octaves).exp2() / q;
        self.of_sound.0[lane] = 1.0 / q;
        (self.now.0[lane], self.step.0[lane], self.end.0[lane]) = (damping, 0.0, damping);
        damping
    }

    /// `lane` is free.
    pub(super) fn clear(&mut self, lane: usize) {
        self.of_sound.0[lane] = 1.0;
        (self.now.0[lane], self.step.0[lane], self.end.0[lane]) = (1.0, 0.0, 1.0);
    }

    /// Begins a tick, at whose end the resonances are so many `octaves` above those of the sounds.
    #[inline(always)]
    pub(super) fn go_to<S: Simd>(&mut self, simd: S, octaves: &Lanes) {
        let narrower = exp2(simd, f32x8::splat(simd, 0.0) - octaves.load(simd));
        let (begin, end) = (self.end.load(simd), self.of_sound.load(simd) * narrower);
        self.now.store(begin);
        self.step.store((end - begin) * f32x8::splat(simd, 1.0 / TICK_FRAMES as f32));
        self.end.store(end);
    }

    /// At the end of the tick.
    #[inline(always)]
    pub(super) fn end<S: Simd>(&self, simd: S) -> f32x8<S> {
        self.end.load(simd)
    }

    /// Into registers.
    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S) -> DampingRegisters<S> {
        DampingRegisters { now: twice(simd, self.now.load(simd)), step: twice(simd, self.step.load(simd)) }
    }

    /// Out of registers.
    #[inline(always)]
    pub(super) fn store<S: Simd>(&mut self, registers: &DampingRegisters<S>) {
        self.now.store(registers.now.split().0);
    }
}

/// The same while frames are computed, for the left and for the right.
#[derive(Clone, Copy)]
pub(super) struct DampingRegisters<S: Simd> {
    now: f32x16<S>,
    step: f32x16<S>,
}

impl<S: Simd> DampingRegisters<S> {
    /// Those of the next frame.
    #[inline(always)]
    pub(super) fn next(&mut self) -> f32x16<S> {
        let now = self.now;
        self.now += self.step;
        now
    }
}
