//! Where the pitch bend and the mod wheel of a part stand.
//!
//! Runs on the audio thread.

use super::voice::Bend;
use crate::tick::{Ramp, share_per_tick};
use crate::voice_event::MOD_WHEEL;

/// The controllers of a part. They glide from tick to tick.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Controllers {
    bend: f32,
    wheel: f32,
    semitones: Ramp,
    vibrato_cents: Ramp,
}

impl Controllers {
    /// At either end, in semitones.
    const BEND_RANGE: f32 = 2.0;
    /// With the wheel at the top, in cents.
    const VIBRATO_CENTS_MAX: f32 = 45.0;
    /// Time constant of their moves.
    const GLIDE_S: f32 = 0.006;

    /// Controller `number` goes to `value` in [0, 1].
    pub(crate) fn set(&mut self, number: u8, value: f32) {
        if number == MOD_WHEEL && value.is_finite() {
            self.wheel = value.clamp(0.0, 1.0);
        }
    }

    /// The bend goes to `value` in [−1, 1].
    pub(crate) fn set_bend(&mut self, value: f32) {
        if value.is_finite() {
            self.bend = value.clamp(-1.0, 1.0);
        }
    }

    /// All go to rest.
    pub(crate) fn rest(&mut self) {
        (self.bend, self.wheel) = (0.0, 0.0);
    }

    /// The share of their way that they go in a tick.
    pub(crate) fn share(sample_rate_hz: f32) -> f32 {
        share_per_tick(Self::GLIDE_S, sample_rate_hz)
    }

    /// Begins a tick: `share` of the way is gone by its end.
    pub(crate) fn tick(&mut self, share: f32) {
        self.semitones.aim(Self::BEND_RANGE * self.bend, share);
        self.vibrato_cents.aim(Self::VIBRATO_CENTS_MAX * self.wheel, share);
    }

    /// Whether they stay as they are.
    pub(crate) fn are_still(&self) -> bool {
        self.semitones.is_still()
            && self.vibrato_cents.is_still()
            && self.semitones.end() == Self::BEND_RANGE * self.bend
            && self.vibrato_cents.end() == Self::VIBRATO_CENTS_MAX * self.wheel
    }

    /// Where they stand in this tick.
    pub(crate) fn now(&self) -> Bend {
        let vibrato_cents = self.vibrato_cents.end();
        let wheel = vibrato_cents / Self::VIBRATO_CENTS_MAX;
        Bend { semitones: self.semitones.end(), vibrato_cents, wheel }
    }
}
