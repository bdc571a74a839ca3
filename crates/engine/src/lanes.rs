//! Eight numbers side by side, in whatever registers the processor has.
//!
//! Runs on the audio thread. What is written here once is compiled for SSE2, SSE4.2, AVX2, AVX-512 and NEON, and the best of
//! them is chosen when the program runs ([`fearless_simd::Level`]). Only operations that round alike everywhere are used,
//! no fused ones and no estimates, so that every processor gives the same sound.

mod functions;

pub(crate) use functions::{exp2, sine, sine_over_x, tangent};

use fearless_simd::{f32x4, f32x8, f32x16, prelude::*};

/// How many.
pub(crate) const LANES: usize = 8;

/// Eight numbers in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(32))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

impl Lanes {
    /// All zero.
    pub(crate) const ZERO: Self = Self::splat(0.0);

    /// Eight times `value`.
    pub(crate) const fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    /// Into a register.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> f32x8<S> {
        f32x8::load_array_ref(simd, &self.0)
    }

    /// Out of a register.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, value: f32x8<S>) {
        value.store_array(&mut self.0);
    }
}

/// Sixteen numbers in memory: two kinds of eight lanes, or the frames of a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub(crate) struct Wide(pub(crate) [f32; 2 * LANES]);

impl Wide {
    /// All zero.
    pub(crate) const ZERO: Self = Self([0.0; 2 * LANES]);

    /// Into a register.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> f32x16<S> {
        f32x16::load_array_ref(simd, &self.0)
    }

    /// Out of a register.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, value: f32x16<S>) {
        value.store_array(&mut self.0);
    }
}

/// The same eight twice.
#[inline(always)]
pub(crate) fn twice<S: Simd>(simd: S, lanes: f32x8<S>) -> f32x16<S> {
    simd.combine_f32x8(lanes, lanes)
}

/// Four rows of four as four columns.
#[inline(always)]
pub(crate) fn transpose<S: Simd>([a, b, c, d]: [f32x4<S>; 4]) -> [f32x4<S>; 4] {
    let [low_even, high_even] = [a.zip_low(c), a.zip_high(c)];
    let [low_odd, high_odd] = [b.zip_low(d), b.zip_high(d)];
    [
        low_even.zip_low(low_odd),
        low_even.zip_high(low_odd),
        high_even.zip_low(high_odd),
        high_even.zip_high(high_odd),
    ]
}
