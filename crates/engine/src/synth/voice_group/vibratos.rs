//! The vibratos of eight voices side by side.
//!
//! Runs on the audio thread.

use crate::lanes::{Lanes, exp2, sine};
use crate::synth::sound::Vibrato;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x8, prelude::*};

/// They fade in with the age of the voice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vibratos {
    /// In [0, 1).
    phase: Lanes,
    phase_step: Lanes,
    depth_cents: Lanes,
    /// 1 / seconds.
    rise_rate: Lanes,
    age_s: Lanes,
}

impl Vibratos {
    /// None.
    pub(super) fn none() -> Self {
        let zero = Lanes::ZERO;
        Self { phase: zero, phase_step: zero, depth_cents: zero, rise_rate: Lanes::splat(1.0), age_s: zero }
    }

    /// That of `lane` begins.
    pub(super) fn start(&mut self, lane: usize, vibrato: &Vibrato, sample_rate_hz: f32) {
        self.phase.0[lane] = 0.0;
        self.phase_step.0[lane] = vibrato.rate_hz * TICK_FRAMES as f32 / sample_rate_hz;
        self.depth_cents.0[lane] = vibrato.depth_cents;
        self.rise_rate.0[lane] = vibrato.delay_s.recip();
        self.age_s.0[lane] = 0.0;
    }

    /// Goes on by a tick, and returns by which factors the pitches are bent: by `semitones`, and by vibratos that `wheels`
    /// deepens, in cents.
    #[inline(always)]
    pub(super) fn tick<S: Simd>(
        &mut self,
        simd: S,
        semitones: f32x8<S>,
        wheels: f32x8<S>,
        sample_rate_hz: f32,
    ) -> f32x8<S> {
        let phase = self.phase.load(simd) + self.phase_step.load(simd);
        let phase = phase - phase.floor();
        self.phase.store(phase);
        let age = self.age_s.load(simd) + f32x8::splat(simd, TICK_FRAMES as f32 / sample_rate_hz);
        self.age_s.store(age);
        let (zero, one) = (f32x8::splat(simd, 0.0), f32x8::splat(simd, 1.0));
        let risen = age * self.rise_rate.load(simd) - f32x8::splat(simd, 0.5);
        let own = self.depth_cents.load(simd) * risen.max(zero).min(one);
        let cents = (own + wheels) * sine(simd, phase);
        let octaves = semitones * f32x8::splat(simd, 1.0 / 12.0) + cents * f32x8::splat(simd, 1.0 / 1200.0);
        exp2(simd, octaves)
    }
}
