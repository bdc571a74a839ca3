//! What the sequencer and the live player tell the voices.
//!
//! Runs on the audio thread.

use linnet_music::Part;

/// What a voice event does. `note` names a note from its on to its off; it is never used for two sounding notes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VoiceEventKind {
    /// A note begins.
    NoteOn {
        /// MIDI key in [0, 127].
        key: u8,
        /// How hard, in (0, 1].
        velocity: f32,
        /// Which note.
        note: u32,
    },
    /// A note is released.
    NoteOff {
        /// Which note.
        note: u32,
    },
    /// A note ends at once, without its release.
    Choke {
        /// Which note.
        note: u32,
    },
    /// Sustain pedal (64), mod wheel (1) and the like.
    Controller {
        /// Controller number in [0, 127].
        number: u8,
        /// Where it stands, in [0, 1].
        value: f32,
    },
    /// Pitch bend, ± 2 semitones.
    PitchBend {
        /// Where it stands, in [−1, 1].
        value: f32,
    },
    /// Every note of the part is released, and its controllers return to rest.
    AllOff,
}

/// An event for the voices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VoiceEvent {
    /// Frame of the block.
    pub frame: u32,
    /// Whose sound.
    pub part: Part,
    /// What it does.
    pub kind: VoiceEventKind,
}
