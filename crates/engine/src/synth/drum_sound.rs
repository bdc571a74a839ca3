//! What a drum sound is made of.
//!
//! Read on the audio thread.

use super::wave::Wave;

/// Layers of a drum sound at most.
pub(crate) const MAX_LAYERS: usize = 5;

/// What a layer starts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Source {
    /// A membrane or bar: one oscillator that falls to its pitch.
    Tone {
        /// Its spectrum.
        wave: Wave,
        /// Where its pitch ends, in Hz.
        freq_hz: f32,
        /// How far above it begins, in octaves.
        sweep_octaves: f32,
        /// Time for 60 dB of the fall, in seconds.
        sweep_s: f32,
    },
    /// A plate of metal: six square waves at the ratios of [`METAL_RATIOS`].
    Metal {
        /// The lowest, in Hz.
        freq_hz: f32,
    },
    /// White noise.
    Noise,
}

/// The pitches of a plate's oscillators: far from all simple ratios, as in a cymbal.
pub(crate) const METAL_RATIOS: [f32; 6] = [1.0, 1.342, 1.581, 2.137, 2.693, 3.489];

/// What of the source passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pass {
    /// All of it.
    All,
    /// What lies below the cutoff.
    Low,
    /// What lies around the cutoff, with gain 1 there.
    Band,
    /// What lies above the cutoff.
    High,
}

/// A source, a filter and an envelope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrumLayer {
    /// What sounds.
    pub(crate) source: Source,
    /// What of it passes.
    pub(crate) pass: Pass,
    /// In Hz.
    pub(crate) cutoff_hz: f32,
    /// Resonance.
    pub(crate) q: f32,
    /// Linear.
    pub(crate) gain: f32,
    /// How long after the note-on it begins, in seconds.
    pub(crate) delay_s: f32,
    /// Time to 95 % of its top, in seconds.
    pub(crate) attack_s: f32,
    /// Time to decay by 60 dB, in seconds.
    pub(crate) decay_s: f32,
    /// How wide, in [0, 1].
    pub(crate) width: f32,
    /// The level goes with velocity to this power, above that of the whole sound.
    pub(crate) velocity_power: f32,
}

/// One instrument of a kit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrumSound {
    /// What sounds.
    pub(crate) layers: &'static [DrumLayer],
    /// In [−1 left, 1 right].
    pub(crate) pan: f32,
    /// Level of the whole.
    pub(crate) gain_db: f32,
    /// By how much the piece is tuned, in semitones, in [−24, 24].
    pub(crate) tune_semitones: f32,
    /// Pieces of one group choke each other; 0 is none.
    pub(crate) choke_group: u8,
}

/// The choke group of the hats.
pub(crate) const HATS: u8 = 1;

/// A piece in its own tuning that nothing chokes.
pub(crate) const fn drum(layers: &'static [DrumLayer], pan: f32, gain_db: f32) -> DrumSound {
    DrumSound { layers, pan, gain_db, tune_semitones: 0.0, choke_group: 0 }
}

/// A hat.
pub(crate) const fn hat(layers: &'static [DrumLayer], gain_db: f32) -> DrumSound {
    DrumSound { pan: 0.25, choke_group: HATS, ..drum(layers, 0.0, gain_db) }
}

/// `sound`, `semitones` higher.
pub(crate) const fn retuned(sound: DrumSound, semitones: f32) -> DrumSound {
    DrumSound { tune_semitones: semitones, ..sound }
}

/// A sine that falls by `sweep_octaves` to `freq_hz` in `sweep_s` and decays in `decay_s`. What lies below hearing is cut.
pub(crate) const fn tone(
    freq_hz: f32,
    sweep_octaves: f32,
    sweep_s: f32,
    gain: f32,
    decay_s: f32,
) -> DrumLayer {
    DrumLayer {
        source: Source::Tone { wave: Wave::Sine, freq_hz, sweep_octaves, sweep_s },
        pass: Pass::High,
        cutoff_hz: 22.0,
        q: 0.6,
        gain,
        delay_s: 0.0,
        attack_s: 0.001,
        decay_s,
        width: 0.0,
        velocity_power: 0.0,
    }
}

/// Noise through a filter.
pub(crate) const fn noise(pass: Pass, cutoff_hz: f32, q: f32, gain: f32, decay_s: f32) -> DrumLayer {
    DrumLayer {
        source: Source::Noise,
        pass,
        cutoff_hz,
        q,
        gain,
        delay_s: 0.0,
        attack_s: 0.0006,
        decay_s,
        width: 0.3,
        velocity_power: 0.3,
    }
}

/// A plate of metal above `cutoff_hz`.
pub(crate) const fn metal(freq_hz: f32, cutoff_hz: f32, gain: f32, decay_s: f32) -> DrumLayer {
    DrumLayer {
        source: Source::Metal { freq_hz },
        pass: Pass::High,
        cutoff_hz,
        q: 0.7,
        gain,
        delay_s: 0.0,
        attack_s: 0.0006,
        decay_s,
        width: 0.5,
        velocity_power: 0.2,
    }
}
