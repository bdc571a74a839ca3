//! Runs on the composer thread. Judges finished lines, so that the best of the candidates is played.
//!
//! The measures are those of the evaluation: likelihood, how near the line is to what the knobs asked for, its ending,
//! its harmony, and how much of its rhythm returns.

use crate::lead::candidate::Candidate;
use crate::steering::Steering;
use crate::tokens::features::Window;
use crate::tokens::line::GridNote;
use crate::tokens::{Event, TICKS_PER_QUARTER, token_midi};
use linnet_music::{Controls, Pitch};

/// How much of a bar's rhythm returns from an earlier bar in people's melodies, by [`likeness`] over the held-out tunes:
/// the mean, and the standard deviation.
const RETURN_MEAN: f32 = 0.89;
const RETURN_SPREAD: f32 = 0.1;

/// The share of chord tones on beats from which on more make a line no better: people's have 0.72, and those that
/// stay on the chord throughout are dull.
const CHORD_TONES: f32 = 0.82;

/// What a line was judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// The sum by which lines are sorted; greater is better.
    pub total: f32,
    /// Mean log-likelihood under the unsteered network, in nats a note, ≤ 0.
    pub log_likelihood: f32,
    /// Notes per quarter.
    pub density: f32,
    /// The mean pitch as a MIDI key, before whole octaves were added.
    pub mean_pitch: f32,
    /// How far from the knobs, ≥ 0; see [`Steering::distance`].
    pub distance: f32,
    /// How the line ends, in [0, 1]: on the tonic 1, on another tone of the chord or the tonic triad 0.6.
    pub ending: f32,
    /// The share of notes on beats that are tones of the chord there; none where no chord is known.
    pub chord_tones: Option<f32>,
    /// The mean share of a bar's onsets that return from the earlier bar most like it, in [0, 1].
    pub returning: f32,
    /// The share of steps wider than a fifth.
    pub leaps: f32,
    /// The share of notes that repeat the pitch before.
    pub repeats: f32,
}

/// Judges the lines of one job.
#[derive(Clone, Debug)]
pub struct Judge {
    follow_chords: bool,
    surprise: f32,
    /// Notes per quarter and mean MIDI key of what was heard; none where nothing was.
    heard: Option<(f32, f32)>,
    /// Whether the line is to be as dense, and as high, as what was heard: their knobs were not moved.
    alike: (bool, bool),
}

impl Judge {
    /// A judge for lines under `controls` after `context`, the bars heard of `window`.
    pub fn new(controls: &Controls, window: &Window, context: &[Event]) -> Self {
        let keys: Vec<f32> = context
            .iter()
            .filter(|event| event.is_note())
            .map(|event| token_midi(event.pitch, window.tonic) as f32)
            .collect();
        let quarters = window.context_bars as f32 * window.grid.bar_ticks as f32 / TICKS_PER_QUARTER as f32;
        let count = keys.len() as f32;
        Self {
            follow_chords: controls.follow_chords,
            surprise: controls.surprise.clamp(0.0, 1.0),
            heard: (count > 0.0).then(|| (count / quarters, keys.iter().sum::<f32>() / count)),
            alike: (controls.density == 0.5, controls.register == 0.0),
        }
    }

    /// How unlike what was heard a line is, where no knob says that it should be: octaves of density, and half octaves
    /// of pitch beyond the first.
    fn unlike(&self, scores: &Scores) -> f32 {
        let Some((density, mean_pitch)) = self.heard else { return 0.0 };
        let octaves = (scores.density.max(0.01) / density).log2().abs();
        let halves = ((scores.mean_pitch - mean_pitch).abs() / 6.0 - 1.0).max(0.0);
        let counts = |alike: bool, value: f32| if alike { value } else { 0.0 };
        counts(self.alike.0, octaves.min(3.0)) + counts(self.alike.1, halves)
    }

    /// The judgement of `candidate`.
    pub(crate) fn scores(&self, window: &Window, steering: &Steering, candidate: &Candidate) -> Scores {
        let notes = candidate.grid_notes(window);
        let count = notes.len().max(1) as f32;
        let quarters = ((window.bars - window.context_bars) as u32 * window.grid.bar_ticks) as f32
            / TICKS_PER_QUARTER as f32;
        let mean_pitch = notes.iter().map(|note| note.midi as f32).sum::<f32>() / count;
        let density = notes.len() as f32 / quarters;
        let mean_token = mean_pitch - token_midi(0, window.tonic) as f32;
        let mut scores = Scores {
            total: 0.0,
            log_likelihood: candidate.log_likelihood_per_note(),
            density,
            mean_pitch,
            distance: steering.distance(density, mean_token),
            ending: ending(window, notes.last()),
            chord_tones: chord_tones(window, &notes),
            returning: returning(window, candidate),
            leaps: share_of_steps(&notes, |step| step > 7),
            repeats: share_of_steps(&notes, |step| step == 0),
        };
        scores.total = self.total(&scores);
        scores
    }

    fn total(&self, scores: &Scores) -> f32 {
        let likely = 0.5 * (1.0 - 0.6 * self.surprise) * scores.log_likelihood.max(-8.0);
        let chord_tones = scores.chord_tones.unwrap_or(CHORD_TONES).min(CHORD_TONES);
        let harmony = if self.follow_chords { chord_tones } else { CHORD_TONES };
        let strangeness = ((scores.returning - RETURN_MEAN).abs() / RETURN_SPREAD).min(3.0);
        likely + 0.5 * scores.ending + 0.8 * harmony
            - 2.0 * scores.distance
            - 0.2 * strangeness
            - 0.4 * self.unlike(scores)
            - 1.2 * scores.leaps
            - (scores.repeats - 0.15).max(0.0)
    }
}

fn ending(window: &Window, last: Option<&GridNote>) -> f32 {
    let Some(last) = last else { return 0.0 };
    let tick = window.context_bars as u32 * window.grid.bar_ticks + last.onset;
    let degree = (last.midi - i32::from(window.tonic.semitones())).rem_euclid(12);
    let in_chord = window.chord(tick).is_some_and(|chord| chord.contains(Pitch::new(last.midi)));
    match (degree, window.chord(tick)) {
        (0, None) => 1.0,
        (0, Some(_)) if in_chord => 1.0,
        (3 | 4 | 7, None) => 0.6,
        (_, Some(_)) if in_chord => 0.6,
        _ => 0.0,
    }
}

fn chord_tones(window: &Window, notes: &[GridNote]) -> Option<f32> {
    let begin = window.context_bars as u32 * window.grid.bar_ticks;
    let (mut inside, mut all) = (0.0, 0.0);
    for note in notes
        .iter()
        .filter(|note| (note.onset % window.grid.bar_ticks).is_multiple_of(window.grid.beat_ticks))
    {
        if let Some(chord) = window.chord(begin + note.onset) {
            all += 1.0;
            inside += f32::from(u8::from(chord.contains(Pitch::new(note.midi))));
        }
    }
    (all > 0.0).then(|| inside / all)
}

/// The mean over the line's bars of the greatest likeness to a bar before it, what was heard included.
fn returning(window: &Window, candidate: &Candidate) -> f32 {
    let bars = window.context_bars.max(1)..window.bars;
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
    if a.len() + b.len() == 0 { 1.0 } else { 2.0 * shared as f32 / (a.len() + b.len()) as f32 }
}

fn share_of_steps(notes: &[GridNote], counts: impl Fn(i32) -> bool) -> f32 {
    let steps = notes.windows(2).filter(|pair| counts((pair[1].midi - pair[0].midi).abs())).count();
    steps as f32 / notes.len().saturating_sub(1).max(1) as f32
}
