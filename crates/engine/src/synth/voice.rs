//! A voice with pitch: oscillators → low-pass → amplitude. Here is what it knows of its note; what it computes in every
//! frame is in its lane of [`super::voice_group`].
//!
//! Runs on the audio thread.

use super::envelope::EnvelopeShape;
use super::oscillators::Pitch;
use super::sound::Sound;
use super::wavetable::Wavetables;
use crate::tick::gain_of_db;

/// What a voice hears of its part at a tick.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bend {
    /// In semitones.
    pub(crate) semitones: f32,
    /// Depth of the vibrato by the mod wheel, in cents.
    pub(crate) vibrato_cents: f32,
    /// The mod wheel, in [0, 1].
    pub(crate) wheel: f32,
}

/// What a note-on says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    /// MIDI key in [0, 127].
    pub(crate) key: u8,
    /// In (0, 1].
    pub(crate) velocity: f32,
    /// The number of the note.
    pub(crate) note: u32,
    /// Counts the note-ons since the reset.
    pub(crate) serial: u32,
}

/// What a note meets when it starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// By index, in [0, 2].
    pub(crate) part: usize,
    /// The sound, which the voice keeps to its end, whatever the part's strip says meanwhile.
    pub(crate) sound: &'a Sound,
    /// How its part is bent.
    pub(crate) bend: Bend,
    /// Where it glides from, in octaves from its key.
    pub(crate) from_octaves: f32,
    /// The waves.
    pub(crate) tables: &'static Wavetables,
    /// In Hz.
    pub(crate) sample_rate_hz: f32,
    /// The frame of the tick at which it starts.
    pub(crate) place: usize,
}

/// A note that sounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    /// By index, in [0, 2].
    pub(crate) part: usize,
    /// The note-on.
    pub(crate) strike: Strike,
    /// Whether its key is up.
    pub(crate) is_released: bool,
    /// The key with which it started.
    pub(crate) start_key: u8,
    /// Octaves that the cutoff rises by an octave of the key.
    pub(crate) key_follow: f32,
    /// Tables for another key, to be chosen at the next tick, and how many octaves it is away.
    pub(crate) retuned: Option<(&'static Wavetables, f32)>,
    /// The level's course.
    pub(crate) amplitude: EnvelopeShape,
    /// Cutoff of the key and velocity, with the envelope at 0.
    pub(crate) cutoff_hz: f32,
    /// Of the whole voice, linear.
    pub(crate) gain: f32,
}

impl Voice {
    /// A voice at the start of a note.
    pub(crate) fn start(strike: Strike, start: &Start) -> Self {
        let Start { part, sound, .. } = *start;
        let octaves = octaves(strike);
        let filter = &sound.filter;
        let softness = filter.velocity_octaves * (strike.velocity - 1.0);
        let decay_s = sound.amplitude.decay_s * decay_ratio(sound, octaves);
        Self {
            part,
            strike,
            is_released: false,
            start_key: strike.key,
            key_follow: filter.key_follow,
            retuned: None,
            amplitude: EnvelopeShape { decay_s, ..sound.amplitude },
            cutoff_hz: filter.cutoff_hz * (filter.key_follow * octaves + softness).exp2(),
            gain: gain_of_db(sound.gain_db) * strike.velocity.powf(sound.velocity_power),
        }
    }
}

impl Pitch {
    /// That of a voice at the start of a note.
    pub(crate) fn start(strike: Strike, start: &Start) -> Self {
        Self {
            key_hz: 440.0 * ((f32::from(strike.key) - 69.0) / 12.0).exp2(),
            // The vibrato begins at 0.
            ratio: (start.bend.semitones / 12.0 + start.from_octaves).exp2(),
            reach: (start.from_octaves + start.sound.rise_octaves()).exp2(),
            velocity: strike.velocity,
            decay_ratio: decay_ratio(start.sound, octaves(strike)),
            seed: strike.serial,
            sample_rate_hz: start.sample_rate_hz,
        }
    }
}

/// How far the key lies above middle C.
fn octaves(strike: Strike) -> f32 {
    (f32::from(strike.key) - 60.0) / 12.0
}

/// Decays of a key `octaves` above middle C take so many times as long.
fn decay_ratio(sound: &Sound, octaves: f32) -> f32 {
    (-octaves / sound.decay_key_octaves).exp2()
}
