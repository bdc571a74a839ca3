//! Chords, and where they stand.

use crate::{Beats, Key, Pitch, PitchClass};
use serde::{Deserialize, Serialize};

/// What is built on a chord's root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChordQuality {
    /// 1 3 5
    Major,
    /// 1 ♭3 5
    Minor,
    /// 1 ♭3 ♭5
    Diminished,
    /// 1 3 ♯5
    Augmented,
    /// 1 3 5 ♭7
    Dominant7,
    /// 1 3 5 7
    Major7,
    /// 1 ♭3 5 ♭7
    Minor7,
    /// 1 ♭3 ♭5 ♭7
    HalfDiminished7,
    /// 1 ♭3 ♭5 𝄫7
    Diminished7,
    /// 1 2 5
    Suspended2,
    /// 1 4 5
    Suspended4,
    /// 1 3 5 6
    Sixth,
}

impl ChordQuality {
    /// All qualities, in the order of `models/tokens.json`.
    pub const ALL: [Self; 12] = [
        Self::Major,
        Self::Minor,
        Self::Diminished,
        Self::Augmented,
        Self::Dominant7,
        Self::Major7,
        Self::Minor7,
        Self::HalfDiminished7,
        Self::Diminished7,
        Self::Suspended2,
        Self::Suspended4,
        Self::Sixth,
    ];

    /// Semitones above the root, ascending, beginning with 0.
    pub fn intervals(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Diminished => &[0, 3, 6],
            Self::Augmented => &[0, 4, 8],
            Self::Dominant7 => &[0, 4, 7, 10],
            Self::Major7 => &[0, 4, 7, 11],
            Self::Minor7 => &[0, 3, 7, 10],
            Self::HalfDiminished7 => &[0, 3, 6, 10],
            Self::Diminished7 => &[0, 3, 6, 9],
            Self::Suspended2 => &[0, 2, 7],
            Self::Suspended4 => &[0, 5, 7],
            Self::Sixth => &[0, 4, 7, 9],
        }
    }

    /// The name in `models/tokens.json`.
    pub fn token(self) -> &'static str {
        ["maj", "min", "dim", "aug", "7", "maj7", "m7", "m7b5", "dim7", "sus2", "sus4", "6"][self as usize]
    }

    /// What follows the root in a chord symbol.
    pub fn symbol(self) -> &'static str {
        ["", "m", "dim", "aug", "7", "maj7", "m7", "m7♭5", "dim7", "sus2", "sus4", "6"][self as usize]
    }
}

/// A chord symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chord {
    /// What it is built on.
    pub root: PitchClass,
    /// What is built.
    pub quality: ChordQuality,
}

impl Chord {
    /// The twelve-bit mask of its pitch classes: bit n is n semitones above C.
    pub fn mask(self) -> u16 {
        let root = u32::from(self.root.semitones());
        self.quality.intervals().iter().fold(0, |mask, i| mask | 1 << ((root + u32::from(*i)) % 12))
    }

    /// The symbol, its root spelled as in `key`.
    pub fn symbol_in(self, key: Key) -> String {
        format!("{}{}", key.spell(self.root), self.quality.symbol())
    }

    /// Whether `pitch` is a tone of the chord.
    pub fn contains(self, pitch: Pitch) -> bool {
        self.mask() & (1 << pitch.class().semitones()) != 0
    }
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.root.name(), self.quality.symbol())
    }
}

/// A chord and where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChordSpan {
    /// From the start of the idea (or of the stretch that was heard).
    pub onset: Beats,
    /// > 0.
    pub length: Beats,
    /// What sounds.
    pub chord: Chord,
}
