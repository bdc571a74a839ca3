//! The glides from key to key of eight voices side by side.
//!
//! Runs on the audio thread.

use crate::lanes::Lanes;
use crate::tick::share_per_tick;
use fearless_simd::{f32x8, prelude::*};

/// By how many octaves each voice is away from the key with which it started, on its way to where it should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glides {
    octaves: Lanes,
    target: Lanes,
    share: Lanes,
}

impl Glides {
    /// A glide goes 95 % of its way in its time: so many time constants.
    const TIME_CONSTANTS: f32 = 3.0;

    /// None.
    pub(super) const NONE: Self =
        Self { octaves: Lanes::ZERO, target: Lanes::ZERO, share: Lanes::splat(1.0) };

    /// `lane` comes from `octaves` away to its own key, in `glide_s`.
    pub(super) fn start(&mut self, lane: usize, octaves: f32, glide_s: f32, sample_rate_hz: f32) {
        self.octaves.0[lane] = octaves;
        self.target.0[lane] = 0.0;
        self.share.0[lane] =
            if glide_s > 0.0 { share_per_tick(glide_s / Self::TIME_CONSTANTS, sample_rate_hz) } else { 1.0 };
    }

    /// `lane` goes to `octaves` from the key with which it started.
    pub(super) fn aim(&mut self, lane: usize, octaves: f32) {
        self.target.0[lane] = octaves;
    }

    /// Where `lane` stands.
    pub(super) fn octaves(&self, lane: usize) -> f32 {
        self.octaves.0[lane]
    }

    /// Goes on by a tick.
    #[inline(always)]
    pub(super) fn tick<S: Simd>(&mut self, simd: S) -> f32x8<S> {
        let (octaves, target) = (self.octaves.load(simd), self.target.load(simd));
        let way = target - octaves;
        let is_near = way.abs().simd_le(f32x8::splat(simd, 1e-5));
        let octaves = is_near.select(target, octaves + self.share.load(simd) * way);
        self.octaves.store(octaves);
        octaves
    }
}
