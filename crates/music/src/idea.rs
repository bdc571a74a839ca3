//! An idea: what one proposal holds, and where it came from.

use crate::{Beats, ChordSpan, Controls, Key, Note, OutOfRange, Part, Phrase, TimeSignature};
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

/// One figure by which an idea was judged, beside what people's music has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it says, for users: "Notes a beat", "Chord tones on the beat".
    pub name: String,
    /// The idea's own.
    pub value: f32,
    /// From the 10th to the 90th percentile of held-out human pieces, where they were measured.
    pub human: Option<(f32, f32)>,
    /// What was asked for, where it was.
    pub asked: Option<f32>,
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
    /// Why it came first among its candidates.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// Fields of a newer version, kept and written back.
    #[serde(flatten)]
    pub unread: Map<String, Value>,
}

impl Idea {
    /// The longest length that a saved idea may have, in beats: far more than 16 bars of the longest metre.
    pub const LENGTH_MAX: Beats = Beats(65_536.0);

    /// Whether the idea can be played and shown: its number is not 0, its length is above 0 and at most
    /// [`Idea::LENGTH_MAX`], and every position is finite.
    ///
    /// # Errors
    /// Which of these it is not.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let is_length = |length: Beats| length.0 > 0.0 && length.0 <= Self::LENGTH_MAX.0;
        let spans = self.harmony.iter();
        if self.id.0 == 0 {
            return Err(OutOfRange("an idea's number is 1 or more"));
        }
        if !is_length(self.length) {
            return Err(OutOfRange("an idea lasts some time, and 65,536 beats at most"));
        }
        if self.harmony.len() > Phrase::NOTES_MAX
            || spans.clone().any(|span| !span.onset.0.is_finite() || !is_length(span.length))
        {
            return Err(OutOfRange("a chord lasts some time, and 65,536 beats at most"));
        }
        if self.started_at.is_some_and(|at| !at.0.is_finite()) {
            return Err(OutOfRange("an idea starts at a finite beat"));
        }
        if !self.controls.are_finite() {
            return Err(OutOfRange("a control of an idea is a finite number"));
        }
        Ok(())
    }

    /// The notes of `part`.
    pub fn phrase(&self, part: Part) -> &Phrase {
        &self.phrases[part.index()]
    }

    /// Its length in bars.
    pub fn bars(&self) -> u32 {
        (self.length.0 / self.metre.bar().0).round() as u32
    }
}
