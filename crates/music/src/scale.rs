//! Scales and keys.

use crate::{Pitch, PitchClass};
use serde::{Deserialize, Serialize};

/// A scale, as intervals above its tonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Ionian.
    Major,
    /// Natural minor, aeolian.
    Minor,
    /// Minor with a raised seventh.
    HarmonicMinor,
    /// Minor with a raised sixth and seventh.
    MelodicMinor,
    /// The second mode of major.
    Dorian,
    /// The third mode of major.
    Phrygian,
    /// The fourth mode of major.
    Lydian,
    /// The fifth mode of major.
    Mixolydian,
    /// Major without its fourth and seventh.
    MajorPentatonic,
    /// Minor without its second and sixth.
    MinorPentatonic,
    /// Minor pentatonic with the diminished fifth.
    Blues,
    /// All twelve pitch classes.
    Chromatic,
}

impl Scale {
    /// All scales, in the order of the `scale` parameter.
    pub const ALL: [Self; 12] = [
        Self::Major,
        Self::Minor,
        Self::HarmonicMinor,
        Self::MelodicMinor,
        Self::Dorian,
        Self::Phrygian,
        Self::Lydian,
        Self::Mixolydian,
        Self::MajorPentatonic,
        Self::MinorPentatonic,
        Self::Blues,
        Self::Chromatic,
    ];

    /// The twelve-bit mask of its pitch classes: bit n is the class n semitones above the tonic.
    pub fn mask(self) -> u16 {
        let intervals: &[u8] = match self {
            Self::Major => &[0, 2, 4, 5, 7, 9, 11],
            Self::Minor => &[0, 2, 3, 5, 7, 8, 10],
            Self::HarmonicMinor => &[0, 2, 3, 5, 7, 8, 11],
            Self::MelodicMinor => &[0, 2, 3, 5, 7, 9, 11],
            Self::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Self::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            Self::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Self::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            Self::MajorPentatonic => &[0, 2, 4, 7, 9],
            Self::MinorPentatonic => &[0, 3, 5, 7, 10],
            Self::Blues => &[0, 3, 5, 6, 7, 10],
            Self::Chromatic => return 0xFFF,
        };
        intervals.iter().fold(0, |mask, i| mask | 1 << i)
    }

    /// Whether its third is minor.
    pub fn is_minor(self) -> bool {
        self != Self::Chromatic && self.mask() & (1 << 3) != 0 && self.mask() & (1 << 4) == 0
    }

    /// The name that users read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::HarmonicMinor => "harmonic minor",
            Self::MelodicMinor => "melodic minor",
            Self::Dorian => "dorian",
            Self::Phrygian => "phrygian",
            Self::Lydian => "lydian",
            Self::Mixolydian => "mixolydian",
            Self::MajorPentatonic => "major pentatonic",
            Self::MinorPentatonic => "minor pentatonic",
            Self::Blues => "blues",
            Self::Chromatic => "chromatic",
        }
    }
}

/// A tonic and its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The home note.
    pub tonic: PitchClass,
    /// What is built on it.
    pub scale: Scale,
}

impl Key {
    /// Whether `pitch` belongs to the key.
    pub fn contains(self, pitch: Pitch) -> bool {
        self.scale.mask() & (1 << pitch.class().above(self.tonic)) != 0
    }

    /// The signature of the major or minor key on this tonic, in [−5, 6]: sharps, or flats below 0.
    pub fn fifths(self) -> i8 {
        let relative_major = self.tonic.semitones() + if self.scale.is_minor() { 3 } else { 0 };
        let fifths = (relative_major * 7 % 12) as i8;
        if fifths > 6 { fifths - 12 } else { fifths }
    }

    /// The name of `class`, spelled as this key is: G♯ in E major, A♭ in F minor.
    pub fn spell(self, class: PitchClass) -> &'static str {
        match self.fifths() {
            1.. => class.sharp_name(),
            ..=-2 => class.flat_name(),
            _ => class.name(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.spell(self.tonic), self.scale.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chord, ChordQuality};

    #[test]
    fn names_are_spelled_as_the_signature_is() {
        let check = |tonic: i32, scale: Scale, root: i32, expect: (&str, &str)| {
            let key = Key { tonic: PitchClass::new(tonic), scale };
            let chord = Chord { root: PitchClass::new(root), quality: ChordQuality::Minor };
            assert_eq!((key.to_string().as_str(), chord.symbol_in(key).as_str()), expect);
        };
        check(4, Scale::Major, 8, ("E major", "G♯m"));
        check(5, Scale::Minor, 8, ("F minor", "A♭m"));
        check(1, Scale::Minor, 6, ("C♯ minor", "F♯m"));
        check(1, Scale::Major, 10, ("D♭ major", "B♭m"));
        check(10, Scale::Dorian, 3, ("B♭ dorian", "E♭m"));
        check(10, Scale::HarmonicMinor, 6, ("B♭ harmonic minor", "G♭m"));
        check(0, Scale::Major, 8, ("C major", "A♭m"));
        check(0, Scale::Major, 6, ("C major", "F♯m"));
    }
}
