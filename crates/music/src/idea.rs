//! An idea: what one proposal holds, and where it came from.

use crate::{Beats, ChordSpan, Controls, Key, Note, Part, Phrase, TimeSignature};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The number of an idea in its session, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdeaId(pub u32);

/// The longest run of notes shared with one training piece, transposition and tempo disregarded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SharedRun {
    /// Notes in the run; 0 where it is shorter than the index can see.
    pub notes: u32,
    /// The set and the title of that piece; empty where there is none.
    pub piece: String,
}

/// The record of where an idea's notes came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// "name version sha256" of each model that took part.
    pub models: Vec<String>,
    /// The inference engine and its version.
    pub engine: String,
    /// Training sets with their licences, one a line.
    pub training_sets: Vec<String>,
    /// How the key and the chords were found: by which method, or by whose hand.
    pub harmony_method: String,
    /// The notes that the user had played, in beats from the first bar heard.
    pub heard: Vec<Note>,
    /// What the lead line shares with the training set.
    pub longest_shared_run: SharedRun,
}

/// Up to four phrases over one harmony, and everything that made them. Once heard, the notes are what is stored:
/// nothing composes them anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Idea {
    /// Its number.
    pub id: IdeaId,
    /// The idea that it continues, if any.
    pub parent: Option<IdeaId>,
    /// Whether the user kept it.
    #[serde(default)]
    pub kept: bool,
    /// Its length; a whole number of bars.
    pub length: Beats,
    /// The metre.
    pub metre: TimeSignature,
    /// The key it is in.
    pub key: Key,
    /// The harmony, from the idea's start, sorted, without overlap.
    pub harmony: Vec<ChordSpan>,
    /// The notes, by [`Part`].
    pub phrases: [Phrase; 4],
    /// The steering that made it.
    pub controls: Controls,
    /// Where the host's transport stood when it first sounded: replay anchors there.
    #[serde(default)]
    pub started_at: Option<Beats>,
    /// Where the notes came from.
    #[serde(default)]
    pub provenance: Provenance,
    /// Fields of a newer version, kept and written back.
    #[serde(flatten)]
    pub unread: Map<String, Value>,
}

impl Idea {
    /// The notes of `part`.
    pub fn phrase(&self, part: Part) -> &Phrase {
        &self.phrases[part.index()]
    }

    /// Its length in bars.
    pub fn bars(&self) -> u32 {
        (self.length.0 / self.metre.bar().0).round() as u32
    }
}
