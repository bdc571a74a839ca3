//! The knobs that can be automated, and which realised attribute each is to move.

use super::realised::place;
use linnet_music::{Controls, Mode, Part};

/// Where a knob is set to, in shares of its range.
pub const SETTINGS: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// The end of the swing knob.
pub const SWING_MAX: f32 = 0.75;

/// A knob.
#[derive(Clone, Copy)]
pub struct Knob {
    /// Its parameter.
    pub name: &'static str,
    /// The mode in which it is turned.
    pub mode: Mode,
    /// Sets it to a share of its range.
    pub turn: fn(&mut Controls, f32),
    /// The place of the attribute that it is to move.
    pub realises: usize,
    /// Places of others that it moves by design, or for the way they are measured: what is swung surprises a model that
    /// knows written notes, and an idea from a written piece has no touch and is likelier than its relatives.
    pub by_design: &'static [usize],
    /// Whether the attribute is to fall as the knob rises.
    pub falls: bool,
}

impl Knob {
    const fn new(name: &'static str, turn: fn(&mut Controls, f32), realises: usize) -> Self {
        Self { name, mode: Mode::Continue, turn, realises, by_design: &[], falls: false }
    }

    /// 1, or −1 where the attribute is to fall.
    pub fn sign(&self) -> f64 {
        if self.falls { -1.0 } else { 1.0 }
    }
}

const DENSITY: Knob = Knob::new("density", |controls, to| controls.density = to, place::DENSITY);
const COMPLEXITY: Knob = Knob::new("complexity", |controls, to| controls.complexity = to, place::SYNCOPATION);
const REPETITION: Knob = Knob::new("repetition", |controls, to| controls.repetition = to, place::REPETITION);
const ENERGY: Knob = Knob {
    by_design: &[place::DENSITY],
    ..Knob::new("energy", |controls, to| controls.energy = to, place::LOUDNESS)
};

/// All of them, of the lead.
pub const KNOBS: [Knob; 12] = [
    DENSITY,
    Knob::new("register", |controls, to| controls.register = 4.0 * to - 2.0, place::REGISTER),
    Knob::new("range", |controls, to| controls.range = (5.0 + 31.0 * to).round() as u8, place::RANGE),
    COMPLEXITY,
    Knob::new("surprise", |controls, to| controls.surprise = to, place::SURPRISE),
    REPETITION,
    Knob::new("leaps", |controls, to| controls.leaps = to, place::LEAPS),
    ENERGY,
    Knob {
        mode: Mode::Invent,
        ..Knob::new("valence", |controls, to| controls.valence = 2.0 * to - 1.0, place::BRIGHTNESS)
    },
    Knob {
        by_design: &[place::SURPRISE],
        ..Knob::new("swing", |controls, to| controls.swing = SWING_MAX * to, place::SWING)
    },
    Knob::new("humanise", |controls, to| controls.humanise = to, place::TIMING),
    Knob {
        mode: Mode::Vary,
        by_design: &[place::LOUDNESS, place::TIMING, place::SURPRISE],
        falls: true,
        ..Knob::new("similarity", |controls, to| controls.similarity = to, place::DISTANCE)
    },
];

/// Those that other parts are to follow.
pub const PART_KNOBS: &[(Part, &Knob)] = &[
    (Part::Chords, &DENSITY),
    (Part::Chords, &COMPLEXITY),
    (Part::Chords, &REPETITION),
    (Part::Chords, &ENERGY),
    (Part::Bass, &DENSITY),
    (Part::Bass, &COMPLEXITY),
    (Part::Bass, &REPETITION),
    (Part::Bass, &ENERGY),
    (Part::Drums, &DENSITY),
    (Part::Drums, &COMPLEXITY),
    (Part::Drums, &ENERGY),
];
