//! Phrases by baselines, for the same windows as the proposals: a Markov model of order 5, and notes of the scale at random.
//!
//! The lead's Markov model is counted on the training lines of the corpus, by length of bar and by major and minor. No
//! training lines of the other parts are in the repository: their models are counted on the pieces that proposals are
//! made for, each without the piece itself, which flatters them.

use super::contexts::Score;
use super::corpus::TrainingLine;
use super::dice::Dice;
use super::drum_features::DrumSample;
use super::markov::Markov;
use super::markov_steps::StepMarkov;
use super::phrase_features::Sample;
use super::window::{BARS, Window};
use linnet_composer::phrase::line::events_of;
use linnet_composer::tokens::line::GridNote;
use linnet_composer::tokens::{DURATIONS, Event, Grid, position_tick, token_midi};
use linnet_composer::vocabulary::Role;
use linnet_music::Pitch;
use std::collections::BTreeMap;

/// Notes that begin together at most.
const STACK_MAX: usize = 5;
/// Notes of a bar at most: a chain that never goes on to the next bar is stopped.
const BAR_NOTES_MAX: usize = 64;

/// What a model is counted on: a role, the length of a bar in ticks, and whether the third is minor.
type Kind = (usize, u32, bool);

/// Pieces by their families, so that one can be left out.
type Pieces<S> = Vec<(String, Vec<S>)>;

/// The Markov models of all parts.
#[derive(Default)]
pub struct Baselines {
    lines: BTreeMap<Kind, Markov>,
    pieces: BTreeMap<Kind, Pieces<Event>>,
    /// By the steps of a bar and of a beat.
    drums: BTreeMap<(usize, usize), Pieces<u16>>,
}

/// What is known around the bars that a baseline writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// The bars before the window.
    Before,
    /// The first and the last bars of the window, this many each.
    Around(usize),
}

impl Baselines {
    /// Counts the training lines, and the other parts of `scores`.
    pub fn new(training: &[TrainingLine], scores: &[&Score]) -> Self {
        let mut all = Self::default();
        for line in training {
            let minor = line.scale.is_some_and(linnet_music::Scale::is_minor);
            let kind = (Role::Lead.index(), Grid::new(line.metre).bar_ticks, minor);
            all.lines.entry(kind).or_default().count(&line.events);
        }
        for score in scores {
            for role in [Role::Counter, Role::Chords, Role::Bass] {
                if score.is_human(role) {
                    let events =
                        events_of(&score.parts[role.index()], &score.grid, score.key.tonic, score.bars);
                    let entry = all.pieces.entry(kind(role, score)).or_default();
                    entry.push((score.family.clone(), events));
                }
            }
            if !score.drums.is_empty() {
                let sample = DrumSample::of_hits(&score.drums, score.metre, score.triplets, score.bars);
                let entry = all.drums.entry((sample.bar_steps, sample.beat_steps)).or_default();
                entry.push((score.family.clone(), sample.steps));
            }
        }
        all
    }

    /// A phrase of the Markov model for `window`; none where nothing like it was counted.
    pub fn phrase(&self, role: Role, window: &Window, known: Known, dice: &mut Dice) -> Option<Sample> {
        let score = window.score;
        let kind = kind(role, score);
        let own;
        let model = if role == Role::Lead {
            self.lines.get(&kind)?
        } else {
            let others = self.pieces.get(&kind)?.iter().filter(|(family, _)| *family != score.family);
            own = Markov::new(&others.map(|(_, events)| events.clone()).collect::<Vec<_>>());
            &own
        };
        let line = Line { model, grid: score.grid, tonic: score.key.tonic, stacked: role.is_stacked() };
        let events = |from: usize, to: usize| {
            events_of(&score.part(role, from, to), &score.grid, score.key.tonic, to - from)
        };
        let (start, end) = (window.start, window.start + BARS);
        let notes = match known {
            Known::Nothing => line.write(Vec::new(), BARS, dice),
            Known::Before => line.write(events(start - window.bars_before(), start), BARS, dice),
            Known::Around(bars) => {
                let new = line.write(events(start, start + bars), BARS - 2 * bars, dice);
                let ticks = |bars: usize| bars as u32 * score.grid.bar_ticks;
                let moved = new.into_iter().map(|note| GridNote { onset: note.onset + ticks(bars), ..note });
                let after = score.part(role, end - bars, end).into_iter();
                let after = after.map(|note| GridNote { onset: note.onset + ticks(BARS - bars), ..note });
                score.part(role, start, start + bars).into_iter().chain(moved).chain(after).collect()
            }
        };
        Some(Sample { notes, grid: score.grid, bars: BARS, key: score.key })
    }

    /// The same of drums.
    pub fn drums(&self, window: &Window, known: Known, dice: &mut Dice) -> Option<DrumSample> {
        let mut sample = window.drum_sample();
        let pieces = self.drums.get(&(sample.bar_steps, sample.beat_steps))?.iter();
        let others = pieces.filter(|(family, _)| *family != window.score.family);
        let model = StepMarkov::new(others.map(|(_, steps)| steps.as_slice()), sample.bar_steps);
        let bar = sample.bar_steps;
        match known {
            Known::Nothing => sample.steps = model.write(&[], BARS * bar, dice),
            Known::Before => {
                let bars = window.bars_before();
                let hits = window.score.hits(window.start - bars, window.start);
                let before = DrumSample::of_hits(&hits, window.score.metre, window.score.triplets, bars);
                sample.steps = model.write(&before.steps, BARS * bar, dice);
            }
            Known::Around(bars) => {
                let hole = bars * bar..(BARS - bars) * bar;
                let new = model.write(&sample.steps[..hole.start], hole.len(), dice);
                sample.steps[hole].copy_from_slice(&new);
            }
        }
        Some(sample)
    }
}

fn kind(role: Role, score: &Score) -> Kind {
    (role.index(), score.grid.bar_ticks, score.key.scale.is_minor())
}

struct Line<'a> {
    model: &'a Markov,
    grid: Grid,
    tonic: linnet_music::PitchClass,
    stacked: bool,
}

impl Line<'_> {
    /// The notes of `bars` bars after `events`, from their first bar line.
    fn write(&self, mut events: Vec<Event>, bars: usize, dice: &mut Dice) -> Vec<GridNote> {
        let mut notes: Vec<GridNote> = Vec::new();
        for bar in 0..bars as u32 {
            let mut in_bar: Vec<Event> = Vec::new();
            loop {
                let full = in_bar.len() >= BAR_NOTES_MAX;
                let fits = |position, pitch| self.fits(&in_bar, full, position, pitch);
                let event = self.model.draw(&events, fits, dice);
                events.push(event);
                if !event.is_note() {
                    break;
                }
                in_bar.push(event);
                notes.push(self.note(bar, event));
            }
        }
        if !self.stacked {
            for index in 1..notes.len() {
                let next = notes[index].onset;
                let before = &mut notes[index - 1];
                before.length = before.length.min(next - before.onset);
            }
        }
        notes
    }

    fn note(&self, bar: u32, event: Event) -> GridNote {
        GridNote {
            onset: bar * self.grid.bar_ticks + position_tick(event.position),
            length: DURATIONS.get(usize::from(event.duration)).copied().unwrap_or(24),
            midi: token_midi(event.pitch, self.tonic),
        }
    }

    /// Whether an event keeps the order of its bar; of its pitch, where that is given.
    fn fits(&self, in_bar: &[Event], full: bool, position: u8, pitch: Option<u8>) -> bool {
        if position == linnet_composer::tokens::BAR {
            return true;
        }
        let Some(last) = in_bar.last() else { return !full && self.grid.contains(position) };
        let together = in_bar.iter().rev().take_while(|event| event.position == last.position).count();
        let joins = self.stacked && position == last.position && together < STACK_MAX && last.pitch < 60;
        let rises = pitch.is_none_or(|pitch| position != last.position || pitch > last.pitch);
        !full && self.grid.contains(position) && (position > last.position || joins) && rises
    }
}

/// A phrase of as many notes a bar as people's, at random places and of random pitches of the scale near theirs.
pub fn random_in_scale(sample: &Sample, dice: &mut Dice) -> Sample {
    let mut out = sample.clone();
    let (key, bar) = (sample.key, sample.grid.bar_ticks);
    for note in &mut out.notes {
        let mut midi = note.midi - 6 + dice.below(13) as i32;
        while !key.contains(Pitch::new(midi)) {
            midi += 1;
        }
        note.midi = midi;
        note.onset = note.onset / bar * bar + dice.below((bar / 6).max(1)) * 6;
    }
    out.notes.sort_by_key(|note| (note.onset, note.midi));
    out.notes.dedup_by_key(|note| (note.onset, note.midi));
    out
}

/// Drums of as many hits of each class a bar as people's, at random places.
pub fn random_drums(sample: &DrumSample, dice: &mut Dice) -> DrumSample {
    let mut out = DrumSample { steps: vec![0; sample.steps.len()], ..sample.clone() };
    for (step, sounds) in sample.steps.iter().enumerate() {
        let bar = step / sample.bar_steps * sample.bar_steps;
        for class in (0..u16::BITS as usize).filter(|class| sounds >> class & 1 == 1) {
            out.steps[bar + dice.below(sample.bar_steps as u32) as usize] |= 1 << class;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Key, PitchClass, Scale, TimeSignature};

    #[test]
    fn what_markov_writes_keeps_to_its_bars_and_to_what_it_counted() {
        let grid = Grid::new(TimeSignature::COMMON);
        let note = |position, pitch| Event { position, pitch, duration: 12 };
        let bar = [note(0, 36), note(12, 38), note(24, 40), note(36, 41), Event::BAR];
        let model = Markov::new(&[bar.repeat(30)]);
        let line = Line { model: &model, grid, tonic: PitchClass::new(0), stacked: false };
        let notes = line.write(bar.to_vec(), 8, &mut Dice::new(3));
        assert!(notes.windows(2).all(|pair| pair[0].onset + pair[0].length <= pair[1].onset), "{notes:?}");
        assert!(notes.iter().all(|note| note.onset < 8 * 96));
        let counted = notes.iter().filter(|note| [60, 62, 64, 65].contains(&note.midi)).count();
        assert!(counted * 4 > notes.len() * 3 && notes.len() > 16, "{counted} of {}", notes.len());
    }

    #[test]
    fn random_notes_are_in_the_scale_and_as_many() {
        let key = Key { tonic: PitchClass::new(2), scale: Scale::Major };
        let note = |onset| GridNote { onset, length: 12, midi: 63 };
        let grid = Grid::new(TimeSignature::COMMON);
        let sample = Sample { notes: (0..8).map(|at| note(at * 96)).collect(), grid, bars: 8, key };
        let random = random_in_scale(&sample, &mut Dice::new(1));
        assert_eq!(random.notes.len(), 8);
        assert!(random.notes.iter().all(|note| key.contains(Pitch::new(note.midi))));
        let drums = DrumSample { steps: vec![0b101; 32], bar_steps: 16, beat_steps: 4 };
        let random = random_drums(&drums, &mut Dice::new(1));
        assert!(random.steps.iter().all(|sounds| sounds & !0b101 == 0));
        assert_ne!(random, drums);
    }
}
