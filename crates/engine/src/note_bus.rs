//! The notes of one block, the idea's and the live ones, in the order in which they sound.
//!
//! Runs on the audio thread.

use crate::{VoiceEvent, VoiceEventKind};
use linnet_music::Part;

/// What an event of the bus does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum NoteEventKind {
    /// A note begins.
    NoteOn {
        /// MIDI key in [0, 127].
        key: u8,
        /// How hard, in (0, 1].
        velocity: f32,
        /// Names the note for its end.
        note: u32,
    },
    /// A note ends.
    NoteOff {
        /// The key it began with.
        key: u8,
        /// The number it began with.
        note: u32,
    },
    /// A note ends without its release.
    Choke {
        /// The key it began with.
        key: u8,
        /// The number it began with.
        note: u32,
    },
    /// A live controller; `value` in [0, 1].
    Controller {
        /// Controller number in [0, 127].
        number: u8,
        /// Where it stands.
        value: f32,
    },
    /// A live pitch bend; `value` in [−1, 1].
    PitchBend {
        /// Where it stands.
        value: f32,
    },
    /// Every note of the part ends at once.
    AllOff,
}

impl NoteEventKind {
    fn ends_notes(self) -> bool {
        matches!(self, Self::NoteOff { .. } | Self::Choke { .. } | Self::AllOff)
    }
}

/// An event of the bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NoteEvent {
    /// Frame of the block.
    pub(crate) frame: u32,
    /// Whose sound.
    pub(crate) part: Part,
    /// The MIDI channel in [0, 15] that it leaves on, or none.
    pub(crate) channel: Option<u8>,
    /// Whether the voices get it.
    pub(crate) sounds: bool,
    /// What it does.
    pub(crate) kind: NoteEventKind,
}

impl NoteEvent {
    /// The same for the voices, where they get it.
    pub(crate) fn for_voices(&self) -> Option<VoiceEvent> {
        let kind = match self.kind {
            NoteEventKind::NoteOn { key, velocity, note } => VoiceEventKind::NoteOn { key, velocity, note },
            NoteEventKind::NoteOff { note, .. } => VoiceEventKind::NoteOff { note },
            NoteEventKind::Choke { note, .. } => VoiceEventKind::Choke { note },
            NoteEventKind::Controller { number, value } => VoiceEventKind::Controller { number, value },
            NoteEventKind::PitchBend { value } => VoiceEventKind::PitchBend { value },
            NoteEventKind::AllOff => VoiceEventKind::AllOff,
        };
        self.sounds.then_some(VoiceEvent { frame: self.frame, part: self.part, kind })
    }
}

/// The events of one block, sorted by frame, in a buffer of fixed capacity.
///
/// Room is kept for the ends of all notes that sound: note-ons stop at [`NoteBus::CAPACITY`] −
/// [`NoteBus::END_RESERVE`], and no more than the reserve can sound ([`crate::sequencer`] and [`crate::live`] hold 256
/// each). Every event makes at most two for MIDI out, so [`crate::OutEvents`] has room for all of them.
#[derive(Debug)]
pub(crate) struct NoteBus {
    events: Vec<NoteEvent>,
    dropped: u64,
    next_note: u32,
}

impl NoteBus {
    /// Events that a block holds at most.
    pub(crate) const CAPACITY: usize = 4096;
    /// Of these, the room that only ends of notes may use.
    pub(crate) const END_RESERVE: usize = 1024;

    /// An empty bus. Allocates.
    pub(crate) fn new() -> Self {
        Self { events: Vec::with_capacity(Self::CAPACITY), dropped: 0, next_note: 0 }
    }

    /// Adds `event` behind all events of its frame and before all later ones. Returns whether it found room.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub(crate) fn push(&mut self, event: NoteEvent) -> bool {
        let room = if event.kind.ends_notes() { Self::CAPACITY } else { Self::CAPACITY - Self::END_RESERVE };
        if self.events.len() >= room {
            self.dropped += 1;
            return false;
        }
        let place = self.events.partition_point(|other| other.frame <= event.frame);
        self.events.insert(place, event);
        true
    }

    /// A number for the next note.
    pub(crate) fn number(&mut self) -> u32 {
        self.next_note = self.next_note.wrapping_add(1);
        self.next_note
    }

    /// The events, sorted by frame.
    pub(crate) fn events(&self) -> &[NoteEvent] {
        &self.events
    }

    /// Forgets the events.
    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    /// How many events found no room since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl Default for NoteBus {
    fn default() -> Self {
        Self::new()
    }
}
