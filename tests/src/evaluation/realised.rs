//! What a proposal has of everything that a knob is to move.
//!
//! The attributes of the notes are the composer's own ([`linnet_composer::attributes`]). Loudness is the mean velocity;
//! swing the mean place of second eighths in their beats; timing how far onsets lie from the beat that they are
//! on; brightness the mean place of the chords' tones on the line of fifths from the tonic (D. Temperley, "The Cognition
//! of Basic Musical Structures", 2001, ch. 5), in fifths; surprise nats a note under the Markov model of order 5.

use super::band::Ask;
use super::drum_features::{self, DrumSample};
use super::markov::Markov;
use super::music;
use super::statistics::mean;
use linnet_composer::attributes::{self, ATTRIBUTES, Attribute};
use linnet_composer::likeness;
use linnet_composer::phrase::line::{events_of, on_grid};
use linnet_composer::tokens::Grid;
use linnet_composer::vocabulary::Role;
use linnet_music::{Idea, Mode, Note, Part};

/// How many there are.
pub const REALISED: usize = 13;
/// What they are called.
pub const NAMES: [&str; REALISED] = [
    "density",
    "register",
    "range",
    "syncopation",
    "leaps",
    "repetition",
    "articulation",
    "loudness",
    "swing",
    "timing",
    "brightness",
    "surprise",
    "distance",
];
/// Values in that order; NaN where one cannot be told.
pub type Realised = [f64; REALISED];

/// The places of those that knobs are to move.
pub mod place {
    /// Onsets a quarter.
    pub const DENSITY: usize = 0;
    /// Mean key above what was heard.
    pub const REGISTER: usize = 1;
    /// From the lowest to the highest key.
    pub const RANGE: usize = 2;
    /// Share of syncopated onsets.
    pub const SYNCOPATION: usize = 3;
    /// Share of leaps.
    pub const LEAPS: usize = 4;
    /// Likeness of bars to earlier ones.
    pub const REPETITION: usize = 5;
    /// Mean velocity.
    pub const LOUDNESS: usize = 7;
    /// Mean place of second eighths in their beats.
    pub const SWING: usize = 8;
    /// Distance of onsets from the beat.
    pub const TIMING: usize = 9;
    /// Mean place on the line of fifths.
    pub const BRIGHTNESS: usize = 10;
    /// Nats a note.
    pub const SURPRISE: usize = 11;
    /// From the idea that is varied.
    pub const DISTANCE: usize = 12;
}

/// The composer's attributes that are kept, in the order of the first names.
const KEPT: [Attribute; 7] = [
    Attribute::Density,
    Attribute::Register,
    Attribute::Range,
    Attribute::Syncopation,
    Attribute::Leaps,
    Attribute::Repetition,
    Attribute::Articulation,
];

/// Those of the lead; none where it has no notes.
pub fn of_lead(idea: &Idea, ask: &Ask, markov: &Markov) -> Option<Realised> {
    let mut realised = of_part(idea, Part::Lead)?;
    let heard: Vec<f64> = ask.heard.iter().map(|(_, note)| f64::from(note.pitch.midi())).collect();
    if !heard.is_empty() {
        realised[place::REGISTER] -= (mean(&heard) - 60.0) / 24.0;
    }
    let grid = Grid::new(idea.metre);
    let bars = idea.bars() as usize * grid.splits as usize;
    let notes = on_grid(idea.phrase(Part::Lead).notes(), &grid, bars, false);
    let nats: f64 = markov.nats(&events_of(&notes, &grid, idea.key.tonic, bars)).iter().sum();
    realised[place::SURPRISE] = nats / notes.len().max(1) as f64;
    if let (Mode::Vary, Some(source)) = (ask.controls.mode, ask.ideas.first()) {
        realised[place::DISTANCE] = f64::from(likeness::of_part(source, idea, Part::Lead));
    }
    Some(realised)
}

/// Those of a pitched part that need nothing else; none where it has no notes.
pub fn of_part(idea: &Idea, part: Part) -> Option<Realised> {
    let role = Role::of(part, idea.controls.chords_role)?;
    let sample = music::sample(idea, part, role);
    let values = attributes::measure(&sample.notes, &sample.grid, sample.bars);
    let notes = idea.phrase(part).notes();
    let mut realised = [f64::NAN; REALISED];
    for (place, attribute) in KEPT.into_iter().enumerate() {
        realised[place] = f64::from(values[attribute.index()]);
    }
    played(notes, &mut realised);
    realised[place::BRIGHTNESS] = brightness(idea);
    (!sample.notes.is_empty()).then_some(realised)
}

/// Those that drums have.
pub fn of_drums(idea: &Idea) -> Option<Realised> {
    let notes = idea.phrase(Part::Drums).notes();
    let sample = DrumSample::of_notes(notes, idea.metre, idea.bars() as usize);
    let features = drum_features::features(&sample)?;
    let mut realised = [f64::NAN; REALISED];
    realised[place::DENSITY] = features[0];
    realised[place::SYNCOPATION] = features[1];
    realised[place::REPETITION] = features[10];
    played(notes, &mut realised);
    Some(realised)
}

/// Where second eighths are played, in beats: from straight ones, a little early, to those swung most, a little late. Last
/// sixteenths lie beyond, the later the more is swung.
const SECOND_EIGHTHS: std::ops::Range<f64> = 0.42..0.72;

fn played(notes: &[Note], realised: &mut Realised) {
    let velocities: Vec<f64> = notes.iter().map(|note| f64::from(note.velocity.midi())).collect();
    realised[place::LOUDNESS] = mean(&velocities);
    let inside = |note: &Note| note.onset.0 - note.onset.0.floor();
    let late: Vec<f64> = notes.iter().map(inside).filter(|at| SECOND_EIGHTHS.contains(at)).collect();
    realised[place::SWING] = mean(&late);
    let off: Vec<f64> = notes
        .iter()
        .map(|note| (note.onset.0 - note.onset.0.round()).abs())
        .filter(|off| *off < 0.12)
        .collect();
    realised[place::TIMING] = mean(&off);
}

/// The mean place of the chords' tones on the line of fifths, from −5 to 6 fifths above the tonic; NaN without chords.
fn brightness(idea: &Idea) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for span in &idea.harmony {
        for class in (0..12).filter(|class| span.chord.mask() >> class & 1 == 1) {
            let above = (class + 12 - i32::from(idea.key.tonic.semitones())).rem_euclid(12);
            let fifths = (above * 7 + 5).rem_euclid(12) - 5;
            sum += f64::from(fifths) * span.length.0;
            weight += span.length.0;
        }
    }
    sum / weight
}

/// The attributes of the composer that are left out here.
pub const LEFT_OUT: usize = ATTRIBUTES - KEPT.len();

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Beats, Pitch, Velocity};

    #[test]
    fn swing_and_timing_are_told_apart() {
        let note = |onset: f64, velocity| Note {
            onset: Beats(onset),
            length: Beats(0.4),
            pitch: Pitch::new(60),
            velocity: Velocity::new(velocity),
        };
        let mut realised = [f64::NAN; REALISED];
        played(&[note(0.0, 80), note(0.5, 90), note(1.0, 80), note(1.5, 90)], &mut realised);
        assert_eq!(
            (realised[place::LOUDNESS], realised[place::SWING], realised[place::TIMING]),
            (85.0, 0.5, 0.0)
        );
        played(&[note(0.03, 80), note(0.66, 80)], &mut realised);
        assert!(
            (realised[place::SWING] - 0.66).abs() < 1e-9 && (realised[place::TIMING] - 0.03).abs() < 1e-9
        );
        assert_eq!(NAMES[place::DISTANCE], "distance");
        assert_eq!(LEFT_OUT, 1);
    }
}
