//! Notes, and the phrases they form.

use crate::{Beats, Pitch};
use serde::{Deserialize, Serialize};

/// A MIDI note-on velocity in [1, 127].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Velocity(u8);

impl Velocity {
    /// The velocity nearest to `midi` in [1, 127].
    pub fn new(midi: i32) -> Self {
        Self(midi.clamp(1, 127) as u8)
    }

    /// The velocity nearest to `unit`, where 1.0 is 127.
    pub fn from_unit(unit: f32) -> Self {
        Self::new((unit * 127.0).round() as i32)
    }

    /// The MIDI value, in [1, 127].
    pub fn midi(self) -> u8 {
        self.0
    }

    /// The value as a share of 127, in (0, 1].
    pub fn unit(self) -> f32 {
        f32::from(self.0) / 127.0
    }
}

/// One note of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// From the start of the phrase, ≥ 0.
    pub onset: Beats,
    /// > 0.
    pub length: Beats,
    /// For drums, the General MIDI key.
    pub pitch: Pitch,
    /// How hard.
    pub velocity: Velocity,
}

impl Note {
    /// Where the note ends, from the start of the phrase.
    pub fn end(&self) -> Beats {
        self.onset + self.length
    }
}

/// The notes of one part over an idea's bars, sorted by onset and then by pitch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phrase {
    notes: Vec<Note>,
}

impl Phrase {
    /// A phrase of these notes, in any order. Notes that are not finite, begin before 0 or last no time are dropped.
    pub fn new(mut notes: Vec<Note>) -> Self {
        notes.retain(|n| {
            n.onset.0.is_finite() && n.length.0.is_finite() && n.onset.0 >= 0.0 && n.length.0 > 0.0
        });
        notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
        Self { notes }
    }

    /// The notes, sorted by onset and then by pitch.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether there is no note.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }
}
