//! What the voices are told: the idea's notes and the live ones, in one list.
//!
//! Runs on the audio thread. Whether a part is on, muted or silenced by a solo is resolved before: voices play every
//! note that they get. So is the sustain pedal of a live player: the note-off comes when the pedal is up.

use linnet_music::Part;

/// The number of the mod wheel's controller.
pub(crate) const MOD_WHEEL: u8 = 1;

/// What an event does to the voices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VoiceEventKind {
    /// A note begins.
    NoteOn {
        /// MIDI key in [0, 127]; for drums the General MIDI key.
        key: u8,
        /// How hard, in (0, 1].
        velocity: f32,
        /// Names the note for its end; unlike that of every other note that sounds.
        note: u32,
    },
    /// A note is released and goes through its release. A number that names no sounding note is ignored.
    NoteOff {
        /// The number it began with.
        note: u32,
    },
    /// A note ends at once, as fast as it can without a click. A number that names no sounding note is ignored.
    Choke {
        /// The number it began with.
        note: u32,
    },
    /// A live controller, for the lead: 1 is the mod wheel. 64 never comes.
    Controller {
        /// Controller number in [0, 127].
        number: u8,
        /// Where it stands, in [0, 1].
        value: f32,
    },
    /// A live pitch bend, for the lead.
    PitchBend {
        /// Where it stands, in [−1, 1], ± 2 semitones.
        value: f32,
    },
    /// Every note of the part ends at once, as fast as it can without a click, and its controllers return to rest.
    AllOff,
}

/// One event for the voices. A list of them is sorted by frame; within a frame their order counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VoiceEvent {
    /// Frame, counted from the first one that the same call renders; less than the number of frames rendered.
    pub frame: u32,
    /// The part that plays it; the lead for controllers and bends.
    pub part: Part,
    /// What it does.
    pub kind: VoiceEventKind,
}
