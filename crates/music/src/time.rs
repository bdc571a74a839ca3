//! Musical time: beats, tempo and metre. A beat is a quarter note, whatever the metre.

use crate::OutOfRange;
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

/// A position or a length in beats (quarter notes), any finite value.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Beats(pub f64);

impl Beats {
    /// The number of samples that this length lasts at `tempo` and `sample_rate_hz`.
    pub fn to_samples(self, tempo: Tempo, sample_rate_hz: f64) -> f64 {
        self.0 * 60.0 / tempo.bpm() * sample_rate_hz
    }

    /// The length of `samples` at `tempo` and `sample_rate_hz`.
    pub fn from_samples(samples: f64, tempo: Tempo, sample_rate_hz: f64) -> Self {
        Self(samples / sample_rate_hz * tempo.bpm() / 60.0)
    }
}

impl Add for Beats {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Beats {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

/// Beats (quarter notes) per minute, in [1, 999].
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tempo(f64);

impl Tempo {
    /// The tempo nearest to `bpm` in [1, 999]; 120 where `bpm` is not a finite number.
    pub fn new(bpm: f64) -> Self {
        Self(if bpm.is_finite() { bpm.clamp(1.0, 999.0) } else { 120.0 })
    }

    /// Beats per minute, in [1, 999].
    pub fn bpm(self) -> f64 {
        self.0
    }
}

impl Default for Tempo {
    fn default() -> Self {
        Self(120.0)
    }
}

/// A metre: the numerator in [1, 32] over the denominator, a power of two in [1, 32].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SavedTimeSignature")]
pub struct TimeSignature {
    numerator: u8,
    denominator: u8,
}

/// A metre as it is saved, before it is known to be one.
#[derive(Deserialize)]
struct SavedTimeSignature {
    numerator: u8,
    denominator: u8,
}

impl TryFrom<SavedTimeSignature> for TimeSignature {
    type Error = OutOfRange;
    fn try_from(saved: SavedTimeSignature) -> Result<Self, OutOfRange> {
        Self::new(saved.numerator.into(), saved.denominator.into())
            .ok_or(OutOfRange("a metre counts 1 to 32 of a note value from 1 to 32"))
    }
}

impl TimeSignature {
    /// Four quarters in a bar.
    pub const COMMON: Self = Self { numerator: 4, denominator: 4 };

    /// The metre of these numbers, or none where they are outside their ranges.
    pub fn new(numerator: i32, denominator: i32) -> Option<Self> {
        let fits = (1..=32).contains(&numerator)
            && (1..=32).contains(&denominator)
            && (denominator as u32).is_power_of_two();
        fits.then_some(Self { numerator: numerator as u8, denominator: denominator as u8 })
    }

    /// Beats counted in a bar, in [1, 32].
    pub fn numerator(self) -> u8 {
        self.numerator
    }

    /// The note value that is counted, a power of two in [1, 32].
    pub fn denominator(self) -> u8 {
        self.denominator
    }

    /// The length of a bar in quarter notes.
    pub fn bar(self) -> Beats {
        Beats(f64::from(self.numerator) * 4.0 / f64::from(self.denominator))
    }

    /// Whether the felt beat is dotted: 6/8, 9/8, 12/8 and the like.
    pub fn is_compound(self) -> bool {
        self.denominator >= 8 && self.numerator > 3 && self.numerator.is_multiple_of(3)
    }
}

impl Default for TimeSignature {
    fn default() -> Self {
        Self::COMMON
    }
}

impl std::fmt::Display for TimeSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}
