//! What moves a voice at the control rate: the second envelope and two slow triangles.
//!
//! Runs on the audio thread. "SoundFont Technical Specification 2.04", section 9.1.

use super::envelope::{Envelope, Fall};
use super::instrument::{LowFrequency, Zone};
use crate::tick::{Lfo, TICK_FRAMES};

/// How far a voice is moved now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Moves {
    pub(crate) pitch_cents: f32,
    pub(crate) cutoff_cents: f32,
    pub(crate) level_db: f32,
}

/// A triangle that runs.
#[derive(Clone, Copy, Debug, Default)]
struct Triangle {
    /// Seconds until it begins.
    delay_s: f32,
    /// In [0, 1).
    phase: f32,
}

impl Triangle {
    /// In [−1, 1], from 0 upwards.
    fn value(self) -> f32 {
        let phase = self.phase;
        if phase < 0.25 {
            4.0 * phase
        } else if phase < 0.75 {
            2.0 - 4.0 * phase
        } else {
            4.0 * phase - 4.0
        }
    }

    fn advance(&mut self, freq_hz: f32, seconds: f32) {
        if self.delay_s > 0.0 {
            self.delay_s -= seconds;
            return;
        }
        let phase = self.phase + freq_hz * seconds;
        self.phase = phase - phase.floor();
    }
}

/// The modulation of a voice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Modulation {
    envelope: Envelope,
    triangles: [Triangle; 2],
    /// The vibrato of the mod wheel.
    vibrato: Lfo,
}

/// The attack's curve: of 96 dB, so that what is straight in amplitude comes first.
fn convex(level: f32) -> f32 {
    (1.0 + 0.416_67 * level.max(1e-6).log10()).max(0.0)
}

/// The vibrato of the mod wheel.
const VIBRATO_HZ: f32 = 5.0;

impl Modulation {
    /// That of `zone` begins.
    pub(crate) fn start(zone: &Zone, sample_rate_hz: f32) -> Self {
        let times = zone.modulation.map_or_else(Default::default, |modulation| modulation.times);
        let triangle = |slow: LowFrequency| Triangle { delay_s: slow.delay_s, phase: 0.0 };
        Self {
            envelope: Envelope::start(&times, Fall::Straight, sample_rate_hz),
            triangles: zone.low_frequencies.map(triangle),
            vibrato: Lfo::default(),
        }
    }

    /// The key is up.
    pub(crate) fn release(&mut self) {
        // The attack is heard through its curve and the release as it is, which must not be a jump.
        if self.envelope.rises() {
            self.envelope.continue_from(convex(self.envelope.level()));
        }
        self.envelope.release();
    }

    /// Where it stands; `vibrato_cents` is what the mod wheel asks for.
    pub(crate) fn now(&self, zone: &Zone, vibrato_cents: f32) -> Moves {
        let mut moves = Moves { pitch_cents: vibrato_cents * self.vibrato.value(), ..Moves::default() };
        if let Some(modulation) = &zone.modulation {
            let level =
                if self.envelope.rises() { convex(self.envelope.level()) } else { self.envelope.level() };
            moves.pitch_cents += level * modulation.pitch_cents;
            moves.cutoff_cents += level * modulation.cutoff_cents;
        }
        for (slow, triangle) in zone.low_frequencies.iter().zip(self.triangles) {
            let value = triangle.value();
            moves.pitch_cents += value * slow.pitch_cents;
            moves.cutoff_cents += value * slow.cutoff_cents;
            moves.level_db += value * slow.level_db;
        }
        moves
    }

    /// Goes on by a tick.
    pub(crate) fn tick(&mut self, zone: &Zone, sample_rate_hz: f32) {
        if zone.modulation.is_some() {
            self.envelope.advance(TICK_FRAMES);
        }
        let seconds = TICK_FRAMES as f32 / sample_rate_hz;
        for (slow, triangle) in zone.low_frequencies.iter().zip(&mut self.triangles) {
            triangle.advance(slow.freq_hz, seconds);
        }
        self.vibrato.advance(VIBRATO_HZ, TICK_FRAMES, sample_rate_hz);
    }
}

#[cfg(test)]
mod tests {
    use super::super::instrument::{EnvelopeTimes, ModulationEnvelope};
    use super::*;

    #[test]
    fn a_key_that_goes_up_within_the_attack_moves_nothing_at_once() {
        let times = EnvelopeTimes { attack_s: 1.0, release_s: 1.0, ..EnvelopeTimes::default() };
        let moved = ModulationEnvelope { times, pitch_cents: 100.0, cutoff_cents: 4800.0 };
        let zone = Zone { modulation: Some(moved), ..Zone::default() };
        for ticks in [1, 30, 300, 2900] {
            let mut modulation = Modulation::start(&zone, 48_000.0);
            (0..ticks).for_each(|_| modulation.tick(&zone, 48_000.0));
            let held = modulation.now(&zone, 0.0);
            modulation.release();
            assert_eq!(modulation.now(&zone, 0.0), held, "after {ticks} ticks");
            modulation.tick(&zone, 48_000.0);
            let Moves { pitch_cents, cutoff_cents, .. } = modulation.now(&zone, 0.0);
            // A tick is a 3000th of the release.
            assert!((held.cutoff_cents - cutoff_cents).abs() < 1.7, "{held:?}: {cutoff_cents}");
            assert!((held.pitch_cents - pitch_cents).abs() < 0.04, "{held:?}: {pitch_cents}");
        }
    }
}
