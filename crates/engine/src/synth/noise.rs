//! The noise of one voice. Every sample is a hash of its number, so that a tick is computed side by side.
//!
//! Runs on the audio thread. The hash is the finaliser of `MurmurHash3` (A. Appleby, 2011).

use super::envelope::share_per_frame;
use super::oscillators::{DECAY_FRAMES_MIN, Pitch, Sides, powers};
use super::sound::Noise;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x16, i32x16, prelude::*, u32x16};

/// What moves is that of the first frame of a tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoiseSource {
    gain: f32,
    /// What is left of the gain after a frame, and after a tick.
    decay: f32,
    tick_decay: f32,
    width: f32,
    /// The number of the first sample.
    number: u32,
}

impl NoiseSource {
    /// Below this it counts as silent: −120 dB.
    const SILENCE: f32 = 1e-6;
    /// Between the numbers of the left samples and those of the right ones.
    const RIGHT: u32 = 0x8000_0000;

    /// None.
    pub(crate) const NONE: Self = Self { gain: 0.0, decay: 1.0, tick_decay: 1.0, width: 0.0, number: 0 };

    /// That of a note which starts `place` frames into a tick.
    pub(crate) fn start(noise: &Noise, pitch: &Pitch, place: usize) -> Self {
        if noise.gain <= 0.0 {
            return Self::NONE;
        }
        let share = if noise.decay_s.is_finite() {
            let shortest_s = DECAY_FRAMES_MIN / pitch.sample_rate_hz;
            share_per_frame((noise.decay_s * pitch.decay_ratio).max(shortest_s), pitch.sample_rate_hz)
        } else {
            0.0
        };
        let decay = 1.0 - share;
        Self {
            gain: noise.gain * pitch.velocity.powf(noise.velocity_power) / decay.powi(place as i32),
            decay,
            tick_decay: decay.powi(TICK_FRAMES as i32),
            width: noise.width,
            number: pitch.seed.wrapping_mul(0x9e37_79b1),
        }
    }

    /// Begins a tick.
    #[inline(always)]
    pub(crate) fn tick(&mut self) {
        if self.gain == 0.0 {
            return;
        }
        self.number = self.number.wrapping_add(TICK_FRAMES as u32);
        self.gain *= self.tick_decay;
        if self.gain < Self::SILENCE {
            self.gain = 0.0;
        }
    }

    /// Adds the tick to `sides`.
    #[inline(always)]
    pub(crate) fn add<S: Simd>(&self, simd: S, sides: &mut Sides) {
        if self.gain == 0.0 {
            return;
        }
        let (one, other) = (white(simd, self.number), white(simd, self.number ^ Self::RIGHT));
        let half = f32x16::splat(simd, 0.5);
        let gain = f32x16::splat(simd, self.gain) * powers(simd, self.decay);
        let mid = half * (one + other);
        let side = f32x16::splat(simd, 0.5 * self.width) * (one - other);
        let [left, right] = sides;
        left.store(left.load(simd) + gain * (mid + side));
        right.store(right.load(simd) + gain * (mid - side));
    }
}

/// Sixteen samples in [−1, 1], from `number` on.
#[inline(always)]
fn white<S: Simd>(simd: S, number: u32) -> f32x16<S> {
    const NUMBERS: [u32; TICK_FRAMES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let x = u32x16::load_array(simd, NUMBERS) + u32x16::splat(simd, number);
    let x = (x ^ (x >> 16)) * u32x16::splat(simd, 0x85eb_ca6b);
    let x = (x ^ (x >> 13)) * u32x16::splat(simd, 0xc2b2_ae35);
    let x = x ^ (x >> 16);
    let signed: f32x16<S> = x.bitcast::<i32x16<S>>().to_float();
    signed * f32x16::splat(simd, 1.0 / 2_147_483_648.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_noise_is_a_number_at_every_place_and_ends_in_exact_silence() {
        let noise = Noise { gain: 2.0, decay_s: 0.001, width: 1.0, velocity_power: 0.0 };
        for place in 0..=TICK_FRAMES {
            let mut source = NoiseSource::start(&noise, &Pitch::TOP, place);
            assert!(source.gain.is_finite(), "{place}: {}", source.gain);
            (0..4).for_each(|_| source.tick());
            assert_eq!(source.gain, 0.0, "{place}");
        }
    }
}
