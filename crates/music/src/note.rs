//! Notes, and the phrases they form.

use crate::{Beats, OutOfRange, Pitch};
use serde::{Deserialize, Serialize};

/// A MIDI note-on velocity in [1, 127].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Velocity(u8);

impl TryFrom<u8> for Velocity {
    type Error = OutOfRange;
    fn try_from(midi: u8) -> Result<Self, OutOfRange> {
        if (1..=127).contains(&midi) {
            Ok(Self(midi))
        } else {
            Err(OutOfRange("a velocity lies in 1 to 127"))
        }
    }
}

impl From<Velocity> for u8 {
    fn from(velocity: Velocity) -> Self {
        velocity.0
    }
}

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

    /// Whether it is finite, begins at 0 or later and lasts some time.
    fn is_sound(&self) -> bool {
        let (onset, length) = (self.onset.0, self.length.0);
        onset.is_finite() && length.is_finite() && onset >= 0.0 && length > 0.0
    }
}

/// The notes of one part over an idea's bars, sorted by onset and then by pitch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Note>", into = "Vec<Note>")]
pub struct Phrase {
    notes: Vec<Note>,
}

impl TryFrom<Vec<Note>> for Phrase {
    type Error = OutOfRange;
    fn try_from(notes: Vec<Note>) -> Result<Self, OutOfRange> {
        if notes.len() > Self::NOTES_MAX {
            return Err(OutOfRange("a phrase has 65,536 notes at most"));
        }
        if !notes.iter().all(Note::is_sound) {
            return Err(OutOfRange("a note begins at 0 or later and lasts some time"));
        }
        Ok(Self::new(notes))
    }
}

impl From<Phrase> for Vec<Note> {
    fn from(phrase: Phrase) -> Self {
        phrase.notes
    }
}

impl Phrase {
    /// Notes that a saved phrase may have.
    pub const NOTES_MAX: usize = 65_536;

    /// A phrase of these notes, in any order. Notes that are not finite, begin before 0 or last no time are dropped.
    pub fn new(mut notes: Vec<Note>) -> Self {
        notes.retain(Note::is_sound);
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
