//! The steering that a request carries.

use crate::{PitchClass, Scale};
use serde::{Deserialize, Serialize};

/// How to propose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// What comes next after what was heard.
    #[default]
    Continue,
    /// A new idea from nothing but the controls.
    Invent,
    /// Drums with human timing and velocity that fit the rhythm heard; the other parts stay.
    Groove,
}

impl Mode {
    /// All modes that can be asked for.
    pub const ALL: [Self; 3] = [Self::Continue, Self::Invent, Self::Groove];

    /// The name that users read.
    pub fn name(self) -> &'static str {
        ["Continue", "Invent", "Groove"][self as usize]
    }
}

/// Everything that a user can steer about a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Controls {
    /// How to propose.
    pub mode: Mode,
    /// Length of the proposal in bars, in [1, 16].
    pub bars: u8,
    /// The same seed and the same request give the same notes.
    pub seed: u16,
    /// The tonic, or none to infer it from what was heard.
    pub key: Option<PitchClass>,
    /// The scale, or none to infer it from what was heard.
    pub scale: Option<Scale>,
    /// Whether the proposal keeps to the harmony heard.
    pub follow_chords: bool,
    /// Notes, in [0, 1]: 0 is few, 1 is many, 0.5 leaves it to the model.
    pub density: f32,
    /// How far from the likely, in [0, 1]: sampling temperature 0.5 to 1.4.
    pub surprise: f32,
    /// Octaves up or down from the register of what was heard, in [−2, 2].
    pub register: f32,
    /// Semitones between the lowest and the highest lead note at most, in [5, 36].
    pub range: u8,
    /// Delay of every second off-beat eighth, in [0, 0.75]: 0 is straight, 2/3 a triplet, of a half beat.
    pub swing: f32,
    /// Depth of human timing and velocity, in [0, 1].
    pub humanise: f32,
    /// The parts to propose; a locked part is carried over from the idea before.
    pub on: [bool; 4],
    /// The parts to leave alone.
    pub locked: [bool; 4],
}

impl Controls {
    /// Whether every control is a finite number. Others have no place in a saved session.
    pub(crate) fn are_finite(&self) -> bool {
        [self.density, self.surprise, self.register, self.swing, self.humanise]
            .iter()
            .all(|value| value.is_finite())
    }
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            mode: Mode::Continue,
            bars: 4,
            seed: 1,
            key: None,
            scale: None,
            follow_chords: true,
            density: 0.5,
            surprise: 0.5,
            register: 0.0,
            range: 19,
            swing: 0.0,
            humanise: 0.4,
            on: [true; 4],
            locked: [false; 4],
        }
    }
}
