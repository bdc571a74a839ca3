//! The sounds of lead, chords and bass, as values.
//!
//! Read on the audio thread.

use super::envelope::EnvelopeShape;
use super::wavetable::Wave;

/// Oscillators of a voice at most, over all layers.
pub(crate) const MAX_OSCILLATORS: usize = 6;

/// Some oscillators of one wave that belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    /// Their spectrum.
    pub(crate) wave: Wave,
    /// Their pitch, as a multiple of the key's.
    pub(crate) ratio: f32,
    /// Level of all of them together, linear.
    pub(crate) gain: f32,
    /// How many.
    pub(crate) unison: usize,
    /// How far the outermost are detuned, in cents.
    pub(crate) detune_cents: f32,
    /// How far the outermost lie to the sides, in [0, 1].
    pub(crate) width: f32,
    /// How far apart their phases start, in cycles: 0 for strings that one hammer strikes, 1 for many players.
    pub(crate) scatter: f32,
    /// The layer's own time to decay by 60 dB, in seconds at middle C; infinite where it has none.
    pub(crate) decay_s: f32,
    /// The level goes with velocity to this power, above that of the whole sound.
    pub(crate) velocity_power: f32,
}

/// The low-pass filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterShape {
    /// Cutoff at middle C and full velocity with the envelope at 0, in Hz.
    pub(crate) cutoff_hz: f32,
    /// Octaves that the cutoff rises by an octave of the key.
    pub(crate) key_follow: f32,
    /// Octaves that the envelope adds at its top.
    pub(crate) envelope_octaves: f32,
    /// Octaves that the softest key lies below the hardest.
    pub(crate) velocity_octaves: f32,
    /// Resonance.
    pub(crate) q: f32,
    /// The course of the cutoff.
    pub(crate) envelope: EnvelopeShape,
}

/// A vibrato of its own that fades in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vibrato {
    /// In Hz.
    pub(crate) rate_hz: f32,
    /// Without the mod wheel, in cents.
    pub(crate) depth_cents: f32,
    /// Time until it is there, in seconds.
    pub(crate) delay_s: f32,
}

/// A sound with pitch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sound {
    /// What sounds.
    pub(crate) layers: &'static [Layer],
    /// The level's course. Its decay is that of middle C.
    pub(crate) amplitude: EnvelopeShape,
    /// Octaves of the key by which the decay halves; infinite where the key does not matter.
    pub(crate) decay_key_octaves: f32,
    /// The filter.
    pub(crate) filter: FilterShape,
    /// The vibrato.
    pub(crate) vibrato: Vibrato,
    /// The level goes with velocity to this power.
    pub(crate) velocity_power: f32,
    /// Brings the sounds of a part to one loudness.
    pub(crate) gain_db: f32,
}

const FOREVER: f32 = f32::INFINITY;
const NO_VIBRATO: Vibrato = Vibrato { rate_hz: 5.2, depth_cents: 0.0, delay_s: 0.3 };

/// One oscillator in the middle.
const fn single(wave: Wave, ratio: f32, gain: f32) -> Layer {
    Layer {
        wave,
        ratio,
        gain,
        unison: 1,
        detune_cents: 0.0,
        width: 0.0,
        scatter: 1.0,
        decay_s: FOREVER,
        velocity_power: 0.0,
    }
}

const TINE_PIANO: Sound = Sound {
    layers: &[
        Layer { unison: 2, detune_cents: 1.2, width: 0.35, scatter: 0.1, ..single(Wave::TineBody, 1.0, 1.0) },
        Layer { decay_s: 1.4, velocity_power: 1.2, ..single(Wave::TineBark, 1.0, 0.5) },
        Layer { decay_s: 0.35, velocity_power: 0.7, ..single(Wave::TineBell, 1.0, 0.16) },
    ],
    amplitude: EnvelopeShape { attack_s: 0.0025, decay_s: 6.5, sustain: 0.0, release_s: 0.32 },
    decay_key_octaves: 1.8,
    filter: FilterShape {
        cutoff_hz: 5200.0,
        key_follow: 0.5,
        envelope_octaves: 0.6,
        velocity_octaves: 1.4,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.002, decay_s: 1.2, sustain: 0.0, release_s: 0.4 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.3,
    gain_db: -10.0,
};

const SOFT_SAW: Sound = Sound {
    layers: &[
        Layer { unison: 3, detune_cents: 7.0, width: 0.6, scatter: 0.35, ..single(Wave::Saw, 1.0, 1.0) },
        single(Wave::Round, 1.0, 0.45),
    ],
    amplitude: EnvelopeShape { attack_s: 0.012, decay_s: 1.5, sustain: 0.75, release_s: 0.28 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        cutoff_hz: 1700.0,
        key_follow: 0.6,
        envelope_octaves: 1.3,
        velocity_octaves: 1.6,
        q: 0.8,
        envelope: EnvelopeShape { attack_s: 0.006, decay_s: 1.1, sustain: 0.3, release_s: 0.4 },
    },
    vibrato: Vibrato { rate_hz: 5.3, depth_cents: 5.0, delay_s: 0.5 },
    velocity_power: 1.1,
    gain_db: -10.4,
};

const GLASS_FLUTE: Sound = Sound {
    layers: &[
        single(Wave::Flute, 1.0, 1.0),
        Layer { unison: 2, detune_cents: 4.0, width: 0.5, ..single(Wave::Sine, 2.0, 0.16) },
        Layer { decay_s: 0.25, velocity_power: 0.6, ..single(Wave::TineBell, 1.0, 0.07) },
    ],
    amplitude: EnvelopeShape { attack_s: 0.045, decay_s: 1.2, sustain: 0.85, release_s: 0.25 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        cutoff_hz: 2600.0,
        key_follow: 0.6,
        envelope_octaves: 0.7,
        velocity_octaves: 1.0,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.07, decay_s: 0.9, sustain: 0.5, release_s: 0.3 },
    },
    vibrato: Vibrato { rate_hz: 5.0, depth_cents: 9.0, delay_s: 0.45 },
    velocity_power: 1.0,
    gain_db: -9.9,
};

const FELT_UPRIGHT: Sound = Sound {
    layers: &[
        Layer {
            unison: 3,
            detune_cents: 1.0,
            width: 0.5,
            scatter: 0.1,
            ..single(Wave::StruckString, 1.0, 1.0)
        },
        Layer {
            unison: 2,
            detune_cents: 0.8,
            scatter: 0.1,
            width: 0.6,
            decay_s: 0.7,
            velocity_power: 0.8,
            ..single(Wave::StringEdge, 1.0, 0.28)
        },
    ],
    amplitude: EnvelopeShape { attack_s: 0.004, decay_s: 8.0, sustain: 0.0, release_s: 0.25 },
    decay_key_octaves: 1.5,
    filter: FilterShape {
        cutoff_hz: 1500.0,
        key_follow: 0.45,
        envelope_octaves: 1.3,
        velocity_octaves: 1.6,
        q: 0.55,
        envelope: EnvelopeShape { attack_s: 0.003, decay_s: 1.3, sustain: 0.0, release_s: 0.4 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.3,
    gain_db: -16.2,
};

const WARM_PAD: Sound = Sound {
    layers: &[
        Layer { unison: 4, detune_cents: 10.0, width: 0.9, ..single(Wave::Saw, 1.0, 1.0) },
        Layer { unison: 2, detune_cents: 4.0, width: 0.5, ..single(Wave::Round, 1.0, 0.6) },
    ],
    amplitude: EnvelopeShape { attack_s: 0.22, decay_s: 2.5, sustain: 0.85, release_s: 1.3 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        cutoff_hz: 800.0,
        key_follow: 0.5,
        envelope_octaves: 0.9,
        velocity_octaves: 0.9,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.5, decay_s: 4.0, sustain: 0.5, release_s: 1.5 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 0.8,
    gain_db: -16.9,
};

const CLEAN_STRINGS: Sound = Sound {
    layers: &[
        Layer { unison: 5, detune_cents: 9.0, width: 0.8, ..single(Wave::Saw, 1.0, 1.0) },
        single(Wave::Sine, 1.0, 0.25),
    ],
    amplitude: EnvelopeShape { attack_s: 0.085, decay_s: 2.0, sustain: 0.85, release_s: 0.5 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        cutoff_hz: 2800.0,
        key_follow: 0.4,
        envelope_octaves: 0.7,
        velocity_octaves: 1.1,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.15, decay_s: 2.0, sustain: 0.6, release_s: 0.6 },
    },
    vibrato: Vibrato { rate_hz: 5.4, depth_cents: 6.0, delay_s: 0.6 },
    velocity_power: 0.9,
    gain_db: -17.4,
};

const ROUND_BASS: Sound = Sound {
    layers: &[
        single(Wave::Round, 1.0, 1.0),
        Layer { decay_s: 1.5, velocity_power: 0.6, ..single(Wave::Saw, 1.0, 0.4) },
    ],
    amplitude: EnvelopeShape { attack_s: 0.004, decay_s: 4.0, sustain: 0.55, release_s: 0.14 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        cutoff_hz: 700.0,
        key_follow: 0.5,
        envelope_octaves: 1.8,
        velocity_octaves: 1.4,
        q: 0.7,
        envelope: EnvelopeShape { attack_s: 0.003, decay_s: 0.8, sustain: 0.15, release_s: 0.2 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.0,
    gain_db: -8.2,
};

const SUB: Sound = Sound {
    layers: &[single(Wave::Sine, 1.0, 1.0), single(Wave::Round, 1.0, 0.25), single(Wave::Sine, 2.0, 0.12)],
    amplitude: EnvelopeShape { attack_s: 0.007, decay_s: 3.0, sustain: 0.85, release_s: 0.12 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        cutoff_hz: 500.0,
        key_follow: 0.6,
        envelope_octaves: 1.0,
        velocity_octaves: 1.0,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.004, decay_s: 0.5, sustain: 0.3, release_s: 0.2 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 0.9,
    gain_db: -9.7,
};

const PLUCKED_BASS: Sound = Sound {
    layers: &[
        single(Wave::PluckedString, 1.0, 1.0),
        Layer { decay_s: 0.6, velocity_power: 0.8, ..single(Wave::StringEdge, 1.0, 0.3) },
        single(Wave::Sine, 1.0, 0.3),
    ],
    amplitude: EnvelopeShape { attack_s: 0.002, decay_s: 4.5, sustain: 0.0, release_s: 0.12 },
    decay_key_octaves: 2.0,
    filter: FilterShape {
        cutoff_hz: 900.0,
        key_follow: 0.4,
        envelope_octaves: 2.0,
        velocity_octaves: 1.5,
        q: 0.65,
        envelope: EnvelopeShape { attack_s: 0.001, decay_s: 0.9, sustain: 0.0, release_s: 0.2 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.2,
    gain_db: -8.4,
};

/// The sounds of lead, chords and bass, in the order of [`super::SOUND_NAMES`].
static SOUNDS: [[Sound; 3]; 3] = [
    [TINE_PIANO, SOFT_SAW, GLASS_FLUTE],
    [FELT_UPRIGHT, WARM_PAD, CLEAN_STRINGS],
    [ROUND_BASS, SUB, PLUCKED_BASS],
];

/// The sound number `sound` of a part, by its index; the last one where the number is too high. None for the drums.
pub(crate) fn sound_of(part: usize, sound: usize) -> Option<&'static Sound> {
    SOUNDS.get(part).map(|sounds| &sounds[sound.min(2)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sound_fits_its_voice() {
        for sound in SOUNDS.iter().flatten() {
            let oscillators: usize = sound.layers.iter().map(|layer| layer.unison).sum();
            assert!(oscillators <= MAX_OSCILLATORS && oscillators > 0);
        }
    }
}
