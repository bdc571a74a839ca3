//! Pitches as MIDI counts them: 60 is middle C.

use crate::OutOfRange;
use serde::{Deserialize, Serialize};

/// A MIDI key number in [0, 127]; 60 is middle C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Pitch(u8);

impl TryFrom<u8> for Pitch {
    type Error = OutOfRange;
    fn try_from(midi: u8) -> Result<Self, OutOfRange> {
        if midi <= 127 { Ok(Self(midi)) } else { Err(OutOfRange("a pitch is no higher than 127")) }
    }
}

impl From<Pitch> for u8 {
    fn from(pitch: Pitch) -> Self {
        pitch.0
    }
}

impl Pitch {
    /// The pitch nearest to `midi` in [0, 127].
    pub fn new(midi: i32) -> Self {
        Self(midi.clamp(0, 127) as u8)
    }

    /// The MIDI key number, in [0, 127].
    pub fn midi(self) -> u8 {
        self.0
    }

    /// The pitch class.
    pub fn class(self) -> PitchClass {
        PitchClass(self.0 % 12)
    }

    /// The frequency in hertz in equal temperament with A4 = 440 Hz.
    pub fn frequency_hz(self) -> f64 {
        440.0 * ((f64::from(self.0) - 69.0) / 12.0).exp2()
    }
}

/// One of the twelve pitch classes, 0 (C) to 11 (B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct PitchClass(u8);

impl TryFrom<u8> for PitchClass {
    type Error = OutOfRange;
    fn try_from(semitones: u8) -> Result<Self, OutOfRange> {
        if semitones < 12 { Ok(Self(semitones)) } else { Err(OutOfRange("a pitch class is 11 at most")) }
    }
}

impl From<PitchClass> for u8 {
    fn from(class: PitchClass) -> Self {
        class.0
    }
}

impl PitchClass {
    /// The class of `semitones` above C, any integer.
    pub fn new(semitones: i32) -> Self {
        Self(semitones.rem_euclid(12) as u8)
    }

    /// Semitones above C, in [0, 11].
    pub fn semitones(self) -> u8 {
        self.0
    }

    /// Semitones from `tonic` up to this class, in [0, 11].
    pub fn above(self, tonic: Self) -> u8 {
        (self.0 + 12 - tonic.0) % 12
    }

    /// The English name, with flats as is common for these roots: C, D♭ … B.
    pub fn name(self) -> &'static str {
        ["C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"][self.0 as usize]
    }

    /// The English name with flats: C, D♭ … B.
    pub fn flat_name(self) -> &'static str {
        if self.0 == 6 { "G♭" } else { self.name() }
    }

    /// The English name with sharps: C, C♯ … B.
    pub fn sharp_name(self) -> &'static str {
        ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"][self.0 as usize]
    }
}
