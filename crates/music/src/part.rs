//! The four parts of an idea.

use serde::{Deserialize, Serialize};

/// A voice of the band. The order is that of the editor's lanes and of every array over parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The melody.
    Lead,
    /// The comping.
    Chords,
    /// The bass line.
    Bass,
    /// The kit, in General MIDI keys.
    Drums,
}

impl Part {
    /// All parts, in order.
    pub const ALL: [Self; 4] = [Self::Lead, Self::Chords, Self::Bass, Self::Drums];

    /// The place in [`Part::ALL`], in [0, 3].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name that users read.
    pub fn name(self) -> &'static str {
        ["Lead", "Chords", "Bass", "Drums"][self.index()]
    }

    /// The name in ids and files.
    pub fn id(self) -> &'static str {
        ["lead", "chords", "bass", "drums"][self.index()]
    }
}
