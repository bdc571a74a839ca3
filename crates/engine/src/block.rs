//! One block of the callback: what the host gives, and what goes back.
//!
//! Runs on the audio thread.

use crate::Settings;
use linnet_music::{Beats, Controls, Tempo, TimeSignature};

/// The host's transport at the first frame of a block. Fields are none where the host does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Transport {
    /// Whether it runs.
    pub playing: bool,
    /// Whether the host gives a transport at all. Without one, the engine's own clock runs always.
    pub present: bool,
    /// Position in beats; negative in a pre-roll.
    pub position: Option<Beats>,
    /// The start of the current bar.
    pub bar_start: Option<Beats>,
    /// The tempo.
    pub tempo: Option<Tempo>,
    /// The metre.
    pub metre: Option<TimeSignature>,
    /// Start and end of the loop, where looping is on.
    pub looped: Option<(Beats, Beats)>,
}

/// What a live event does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveKind {
    /// A key goes down; `velocity` in (0, 1].
    NoteOn {
        /// MIDI key in [0, 127].
        pitch: u8,
        /// How hard.
        velocity: f32,
    },
    /// A key goes up.
    NoteOff {
        /// MIDI key in [0, 127].
        pitch: u8,
        /// How fast, in [0, 1].
        velocity: f32,
    },
    /// The note ends at once, without its release.
    Choke {
        /// MIDI key in [0, 127].
        pitch: u8,
    },
    /// Sustain pedal (64), mod wheel (1) and the like; `value` in [0, 1].
    Controller {
        /// Controller number in [0, 127].
        number: u8,
        /// Where it stands.
        value: f32,
    },
    /// `value` in [−1, 1], ± 2 semitones.
    PitchBend {
        /// Where it stands.
        value: f32,
    },
}

/// A live event, in the order in which the host gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveEvent {
    /// Frame of the block.
    pub frame: u32,
    /// MIDI channel in [0, 15].
    pub channel: u8,
    /// What it does.
    pub kind: LiveKind,
}

/// What an event for MIDI out does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OutKind {
    /// `velocity` in (0, 1].
    NoteOn {
        /// MIDI key in [0, 127].
        pitch: u8,
        /// How hard.
        velocity: f32,
    },
    /// A note-on's end.
    NoteOff {
        /// MIDI key in [0, 127].
        pitch: u8,
    },
    /// A live controller passed on; `value` in [0, 1].
    Controller {
        /// Controller number in [0, 127].
        number: u8,
        /// Where it stands.
        value: f32,
    },
    /// A live pitch bend passed on; `value` in [−1, 1].
    PitchBend {
        /// Where it stands.
        value: f32,
    },
}

/// An event for MIDI out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutEvent {
    /// Frame of the block; never less than that of the event before.
    pub frame: u32,
    /// MIDI channel in [0, 15].
    pub channel: u8,
    /// What it does.
    pub kind: OutKind,
}

/// The events of one block for MIDI out, in a buffer of fixed capacity, sorted by frame.
///
/// Room is kept for the note-offs of every note that can sound, so that a note-off is never dropped.
#[derive(Debug)]
pub struct OutEvents {
    events: Vec<OutEvent>,
    dropped: u64,
}

impl OutEvents {
    /// Events that a block holds at most.
    pub const CAPACITY: usize = 8192;
    /// Of these, the room that only note-offs may use.
    pub const NOTE_OFF_RESERVE: usize = 2048;

    /// An empty buffer. Allocates.
    pub fn new() -> Self {
        Self { events: Vec::with_capacity(Self::CAPACITY), dropped: 0 }
    }

    /// Adds `event` behind all events of its frame and before all later ones.
    /// Returns whether it found room; where it did not, it is counted, and a note-on must not sound either.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn push(&mut self, event: OutEvent) -> bool {
        let is_off = matches!(event.kind, OutKind::NoteOff { .. });
        let room = if is_off { Self::CAPACITY } else { Self::CAPACITY - Self::NOTE_OFF_RESERVE };
        if self.events.len() >= room {
            self.dropped += 1;
            return false;
        }
        let place = self.events.partition_point(|other| other.frame <= event.frame);
        self.events.insert(place, event);
        true
    }

    /// The events, sorted by frame.
    pub fn as_slice(&self) -> &[OutEvent] {
        &self.events
    }

    /// Forgets the events.
    pub fn clear(&mut self) {
        self.events.clear();
    }

    /// How many events found no room since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl Default for OutEvents {
    fn default() -> Self {
        Self::new()
    }
}

/// One block of the callback.
pub struct Block<'a> {
    /// Left and right output, of equal length; overwritten.
    pub audio: [&'a mut [f32]; 2],
    /// The transport at the first frame.
    pub transport: Transport,
    /// Live events, sorted by frame.
    pub events: &'a [LiveEvent],
    /// For MIDI out; the engine clears it first.
    pub out: &'a mut OutEvents,
    /// The parameters.
    pub settings: &'a Settings,
    /// The steering that a proposal asked for in this block carries.
    pub controls: &'a Controls,
    /// Whether the host renders faster or slower than real time.
    pub offline: bool,
}

impl Block<'_> {
    /// Frames in the block; may be 0.
    pub fn frames(&self) -> usize {
        self.audio[0].len().min(self.audio[1].len())
    }
}
