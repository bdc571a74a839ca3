//! The steering that a request carries.

use crate::{IdeaId, PitchClass, Scale, Style};
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
    /// A relative of the current idea, as near as `similarity` says.
    Vary,
    /// What lies between the current idea and the idea `morph_with`.
    Morph,
    /// The current idea with its unlocked bars and parts written anew.
    Fill,
    /// The parts that go with the melody or the chords heard.
    Accompany,
    /// A texture of drums, bass and chords.
    Sketch,
}

impl Mode {
    /// All modes that can be asked for. New ones come last: their places are saved.
    pub const ALL: [Self; 8] = [
        Self::Continue,
        Self::Invent,
        Self::Groove,
        Self::Vary,
        Self::Morph,
        Self::Fill,
        Self::Accompany,
        Self::Sketch,
    ];

    /// The name that users read.
    pub fn name(self) -> &'static str {
        ["Continue", "Invent", "Groove", "Vary", "Morph", "Fill", "Accompany", "Sketch"][self as usize]
    }

    /// Whether it needs an idea to begin from: the current one.
    pub fn needs_an_idea(self) -> bool {
        matches!(self, Self::Vary | Self::Morph | Self::Fill)
    }
}

/// What the chords part plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChordsRole {
    /// Chords.
    #[default]
    Comping,
    /// A second melody, one note at a time.
    CounterLine,
}

impl ChordsRole {
    /// All roles. New ones come last: their places are saved.
    pub const ALL: [Self; 2] = [Self::Comping, Self::CounterLine];
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
    /// The style at blend 0; none leaves it to the models.
    pub style_a: Option<Style>,
    /// The style at blend 1; none leaves it to the models.
    pub style_b: Option<Style>,
    /// From `style_a` to `style_b`, in [0, 1].
    pub style_blend: f32,
    /// Mood from −1, dark, to +1, bright; 0 leaves it to the models.
    pub valence: f32,
    /// From 0, calm, to 1, driving; 0.5 leaves it to the models.
    pub energy: f32,
    /// Syncopation and rich chords, in [0, 1]; 0.5 leaves it to the models.
    pub complexity: f32,
    /// How much bars are like earlier ones, in [0, 1]; 0.5 leaves it to the models.
    pub repetition: f32,
    /// Share of leaps in the melody, in [0, 1]; 0.5 leaves it to the models.
    pub leaps: f32,
    /// How near Vary stays to its idea, in [0, 1]; 1 is the idea itself.
    pub similarity: f32,
    /// Morph's place between the current idea, 0, and the other, 1.
    pub morph: f32,
    /// The other idea of Morph.
    pub morph_with: Option<IdeaId>,
    /// What the chords part plays.
    pub chords_role: ChordsRole,
    /// The parts to propose; a locked part is carried over from the idea before.
    pub on: [bool; 4],
    /// The parts to leave alone.
    pub locked: [bool; 4],
    /// Bars of a part to leave alone, where the part is not locked as a whole: bit 0 is its first bar.
    pub locked_bars: [u16; 4],
}

impl Controls {
    /// Whether every control is a finite number. Others have no place in a saved session.
    pub(crate) fn are_finite(&self) -> bool {
        let numbers = [
            self.density,
            self.surprise,
            self.register,
            self.swing,
            self.humanise,
            self.style_blend,
            self.valence,
            self.energy,
            self.complexity,
            self.repetition,
            self.leaps,
            self.similarity,
            self.morph,
        ];
        numbers.iter().all(|value| value.is_finite())
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
            style_a: None,
            style_b: None,
            style_blend: 0.0,
            valence: 0.0,
            energy: 0.5,
            complexity: 0.5,
            repetition: 0.5,
            leaps: 0.5,
            similarity: 0.7,
            morph: 0.5,
            morph_with: None,
            chords_role: ChordsRole::Comping,
            on: [true; 4],
            locked: [false; 4],
            locked_bars: [0; 4],
        }
    }
}
