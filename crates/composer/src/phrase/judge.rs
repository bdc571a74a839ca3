//! Runs on the composer thread. Judges candidates, so that the best go on and the best of all is played.
//!
//! The measures are those of the evaluation: likelihood, how near the part is to what was asked for, its ending, its
//! harmony, and how much of its rhythm returns.

use super::candidate::{Candidate, Setting};
use super::manner::Manner;
use super::quantiles::Quantiles;
use super::steering::Steering;
use super::window::Window;
use crate::attributes::{self, Attribute, Values};
use crate::tokens::line::GridNote;
use crate::tokens::{Event, TICKS_PER_QUARTER};
use crate::vocabulary::Role;
use linnet_music::{Controls, Pitch};

/// How much a melody's ending counts. Small, as all weights are: greater ones choose the plain and the repetitive among
/// the candidates, and take the proposals as a whole away from people's music (measured on the validation split).
const ENDING: f32 = 0.2;
/// What a nat a note of likelihood weighs beyond the role's own where no surprise is wished for, and costs where all is:
/// in the middle of the knob, where most proposals are made, nothing.
const SURPRISE: f32 = 1.0;
/// The returning rhythm of a part of one bar, that of people's melodies.
const RETURN_MEAN: f32 = 0.89;

/// What a candidate was judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// The sum by which candidates are sorted; greater is better.
    pub total: f32,
    /// Mean log-likelihood under the unsteered network, in nats a note, ≤ 0.
    pub log_likelihood: f32,
    /// The attributes, before whole octaves were added.
    pub values: Values,
    /// How far from what was asked for, ≥ 0; see [`super::steering::Steering::distance`].
    pub distance: f32,
    /// How the part ends, in [0, 1]: on the tonic 1, on another tone of the chord or the tonic triad 0.6.
    pub ending: f32,
    /// The share of notes on beats that are tones of the chord there; none where no chord is known.
    pub chord_tones: Option<f32>,
    /// The share of chords on whose beginning the part has their root; none where no chord is known.
    pub roots: Option<f32>,
    /// The mean share of a bar's onsets that return from the earlier bar most like it, in [0, 1].
    pub returning: f32,
    /// The share of steps wider than a fifth.
    pub wide_steps: f32,
}

/// Judges the candidates of one job.
#[derive(Clone, Debug)]
pub struct Judge {
    manner: Manner,
    surprise: f32,
    /// The attributes of what was heard; none where nothing was.
    heard: Option<Values>,
}

impl Judge {
    /// A judge for parts under `controls` after `context`, the notes of the window's bars before the target.
    pub fn new(controls: &Controls, window: &Window, context: &[GridNote]) -> Self {
        let heard = attributes::measure(context, &window.grid, window.span.context);
        Self {
            manner: Manner::of(window.role),
            surprise: controls.surprise.clamp(0.0, 1.0),
            heard: (!context.is_empty()).then_some(heard),
        }
    }

    /// How unlike what was heard a part is, where nothing was asked for: octaves of density, and half octaves of pitch
    /// beyond the first.
    fn unlike(&self, window: &Window, values: &Values) -> f32 {
        let Some(heard) = self.heard else { return 0.0 };
        let free = |attribute: Attribute| window.asked[attribute.index()].is_none();
        let of = |values: &Values, attribute: Attribute| values[attribute.index()];
        let mut sum = 0.0;
        if free(Attribute::Density) {
            let (now, before) = (of(values, Attribute::Density), of(&heard, Attribute::Density));
            sum += (now.max(0.002) / before.max(0.002)).log2().abs().min(3.0);
        }
        if free(Attribute::Register) {
            let apart = (of(values, Attribute::Register) - of(&heard, Attribute::Register)).abs();
            sum += (4.0 * apart - 1.0).max(0.0);
        }
        sum
    }

    /// The judgement of `candidate`.
    pub(crate) fn scores(&self, setting: &Setting, quantiles: &Quantiles, candidate: &Candidate) -> Scores {
        self.scores_in(&setting.window, &setting.steering, quantiles, candidate)
    }

    /// How `candidate` stands in the first bars of its target, which `begun` has: the judgement of these without the
    /// ending. Likelihood is that of all that was drawn.
    pub(crate) fn standing(
        &self,
        begun: &Window,
        steering: &Steering,
        quantiles: &Quantiles,
        candidate: &Candidate,
    ) -> f32 {
        let scores = self.scores_in(begun, steering, quantiles, candidate);
        scores.total - Self::weight_of_ending(begun) * scores.ending
    }

    fn scores_in(
        &self,
        window: &Window,
        steering: &Steering,
        quantiles: &Quantiles,
        candidate: &Candidate,
    ) -> Scores {
        let notes = candidate.grid_notes(window);
        let values = attributes::measure(&notes, &window.grid, window.span.target);
        let (steps, repeated) = candidate.written.repeats();
        let repeats = repeated as f32 / steps.max(1) as f32;
        let mut scores = Scores {
            total: 0.0,
            log_likelihood: candidate.log_likelihood_per_note(),
            values,
            distance: steering.distance(window, quantiles, &values, repeats),
            ending: ending(window, notes.last()),
            chord_tones: chord_tones(window, &notes),
            roots: roots(window, &notes),
            returning: returning(window, candidate),
            wide_steps: wide_steps(&notes),
        };
        scores.total = self.total(window, &scores);
        scores
    }

    fn weight_of_ending(window: &Window) -> f32 {
        if matches!(window.role, Role::Lead | Role::Counter) { ENDING } else { 0.0 }
    }

    fn total(&self, window: &Window, scores: &Scores) -> f32 {
        let likelihood = self.manner.likelihood + SURPRISE * (1.0 - 2.0 * self.surprise);
        likelihood * scores.log_likelihood.max(-8.0)
            + Self::weight_of_ending(window) * scores.ending
            + self.manner.ground * scores.roots.unwrap_or(1.0)
            - 1.5 * scores.distance
            - 0.4 * self.unlike(window, &scores.values)
    }
}

pub(crate) fn ending(window: &Window, last: Option<&GridNote>) -> f32 {
    let Some(last) = last else { return 0.0 };
    let chord = window.chord(window.begin() + last.onset);
    let degree = (last.midi - i32::from(window.tonic.semitones())).rem_euclid(12);
    let in_chord = chord.is_some_and(|chord| chord.contains(Pitch::new(last.midi)));
    match (degree, chord) {
        (0, None) => 1.0,
        (0, Some(_)) if in_chord => 1.0,
        (3 | 4 | 7, None) => 0.6,
        (_, Some(_)) if in_chord => 0.6,
        _ => 0.0,
    }
}

pub(crate) fn chord_tones(window: &Window, notes: &[GridNote]) -> Option<f32> {
    let (mut inside, mut all) = (0.0, 0.0);
    let on_beat =
        |note: &&GridNote| (note.onset % window.grid.bar_ticks).is_multiple_of(window.grid.beat_ticks);
    for note in notes.iter().filter(on_beat) {
        if let Some(chord) = window.chord(window.begin() + note.onset) {
            all += 1.0;
            inside += f32::from(u8::from(chord.contains(Pitch::new(note.midi))));
        }
    }
    (all > 0.0).then(|| inside / all)
}

/// The share of chords on whose beginning the part has its root.
fn roots(window: &Window, notes: &[GridNote]) -> Option<f32> {
    let begin = window.begin();
    let ticks = begin..begin + window.span.target as u32 * window.grid.bar_ticks;
    let (mut on_root, mut all) = (0.0, 0.0);
    let mut before = None;
    for tick in ticks {
        let chord = window.chord(tick);
        if let Some(chord) = chord.filter(|chord| before != Some(*chord)) {
            all += 1.0;
            let is_root = |note: &&GridNote| {
                note.onset == tick - begin && note.midi.rem_euclid(12) == i32::from(chord.root.semitones())
            };
            on_root += f32::from(u8::from(notes.iter().any(|note| is_root(&note))));
        }
        before = chord.or(before);
    }
    (all > 0.0).then(|| on_root / all)
}

/// The mean over the target's bars of the greatest likeness to a bar before it, what was heard included.
fn returning(window: &Window, candidate: &Candidate) -> f32 {
    let bars = window.span.context.max(1)..window.bars();
    let count = bars.len();
    if count == 0 {
        return RETURN_MEAN;
    }
    let greatest = |bar: usize| {
        let now = candidate.line.notes_in(bar);
        (0..bar).map(|earlier| likeness(candidate.line.notes_in(earlier), now)).fold(0.0, f32::max)
    };
    bars.map(greatest).sum::<f32>() / count as f32
}

/// Twice the onsets that two bars share over all onsets of both, in [0, 1].
fn likeness(a: &[Event], b: &[Event]) -> f32 {
    let shared = a.iter().filter(|event| b.iter().any(|other| other.position == event.position)).count();
    if a.len() + b.len() == 0 { 1.0 } else { (2.0 * shared as f32 / (a.len() + b.len()) as f32).min(1.0) }
}

fn wide_steps(notes: &[GridNote]) -> f32 {
    let apart = |pair: &&[GridNote]| pair[0].onset != pair[1].onset;
    let steps = notes.windows(2).filter(apart).filter(|pair| (pair[1].midi - pair[0].midi).abs() > 7);
    steps.count() as f32 / notes.len().saturating_sub(1).max(1) as f32
}

/// Notes per quarter of an attribute density.
pub fn notes_per_quarter(values: &Values) -> f32 {
    4.0 * values[Attribute::Density.index()]
}

/// How many quarters the target of `window` has.
pub fn quarters(window: &Window) -> f32 {
    window.span.target as f32 * window.grid.bar_ticks as f32 / TICKS_PER_QUARTER as f32
}
