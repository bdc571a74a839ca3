//! Proposals of every mode for windows of held-out pieces, and what people and baselines have there.

use super::EvaluationError;
use super::asking::{self, AROUND, Asked, Context};
use super::band::{Answer, Band};
use super::baseline::{Baselines, random_drums, random_in_scale};
use super::dice::Dice;
use super::music::{Music, mean_distance};
use super::parallel::Players;
use super::voice::Voice;
use super::window::{BARS, Window};
use linnet_composer::originality::Originality;
use linnet_music::{Idea, Mode, Note, Part, Phrase, Style};
use std::sync::Arc;

/// What moves the seed for a second proposal to the same request.
const OTHER_SEED: u16 = 20_011;
/// Windows of which a second proposal is asked, at most.
const TWICE_MAX: usize = 24;

/// One part of one proposal, and the same of people and baselines.
pub struct Judged {
    /// The part.
    pub voice: Voice,
    /// The style that was asked for.
    pub style: Option<Style>,
    /// What Linnet wrote, and what the piece has there.
    pub ours: Music,
    /// See `ours`.
    pub people: Music,
    /// What the Markov model wrote, where it knows such a metre, and what chance did.
    pub markov: Option<Music>,
    /// See `markov`.
    pub random: Music,
    /// The share of chord tones, Linnet's and people's.
    pub chord_tones: [f64; 2],
    /// Notes of the longest run shared with the training set, Linnet's and people's; NaN for drums.
    pub run: [f64; 2],
    /// The mean distance among the ideas that are shown for a request, where they differ in this part, and between those
    /// of two seeds; NaN where there are none.
    pub apart: [f64; 2],
}

/// How early a note may be played and still belong to the bar after it, in beats.
const EARLY_BEATS: f64 = 0.05;

/// What came of one request.
#[derive(Default)]
pub struct Proposal {
    /// The parts.
    pub judged: Vec<Judged>,
    /// The plug-in's words where it made none.
    pub refused: Option<String>,
    /// Notes in locked bars, and how many of them Fill changed, added or dropped.
    pub locked: [usize; 2],
}

/// Asks `mode` for each of `contexts`.
///
/// # Errors
/// Where the index of the training set cannot be read.
pub fn propose(
    players: &Players,
    baselines: &Baselines,
    mode: Mode,
    contexts: &[Context],
) -> Result<Vec<Proposal>, EvaluationError> {
    let originality = Originality::built_in().map_err(|error| EvaluationError::Corpus {
        file: "the originality index".into(),
        why: error.to_string(),
    })?;
    let every = contexts.len().div_ceil(TWICE_MAX).max(1);
    players.each(mode.name(), contexts, |band, index, context| {
        let window = &context.window;
        let Some(asked) = context.ask(mode, index as u16 + 1) else { return Ok(Proposal::default()) };
        let answer = match band.ask(&asked.ask) {
            Ok(answer) => answer,
            Err(words) => return Ok(Proposal { refused: Some(words), ..Proposal::default() }),
        };
        let second = index.is_multiple_of(every).then(|| again(band, &asked)).flatten();
        let judge = Judge { mode, window, answer: &answer, second: second.as_ref(), originality };
        let mut dice = Dice::new(index as u64);
        let judged =
            asked.voices.iter().map(|(voice, part)| judge.judge(*voice, *part, baselines, &mut dice));
        Ok(Proposal { judged: judged.collect(), refused: None, locked: locked(&asked, &answer.idea) })
    })
}

/// The proposal of another seed.
fn again(band: &mut Band, asked: &Asked) -> Option<Idea> {
    let mut ask = asked.ask.clone();
    ask.controls.seed = ask.controls.seed.wrapping_add(OTHER_SEED);
    band.ask(&ask).ok().map(|answer| answer.idea)
}

struct Judge<'a> {
    mode: Mode,
    window: &'a Window<'a>,
    answer: &'a Answer,
    second: Option<&'a Idea>,
    originality: &'a Originality,
}

impl Judge<'_> {
    fn judge(&self, voice: Voice, part: Part, baselines: &Baselines, dice: &mut Dice) -> Judged {
        let idea = &self.answer.idea;
        let ours = Music::of_idea(idea, part, voice);
        let people = Music::of_window(self.window, voice);
        let random = match &people {
            Music::Notes(sample) => Music::Notes(random_in_scale(sample, dice)),
            Music::Drums(sample) => Music::Drums(random_drums(sample, dice)),
        };
        let harmony = self.window.score.harmony(self.window.start, self.window.start + BARS);
        Judged {
            voice,
            style: self.window.score.style,
            chord_tones: [ours.chord_tones(&idea.harmony), people.chord_tones(&harmony)],
            run: self.runs(voice, part),
            apart: [self.shown_apart(voice, part), self.seeds_apart(&ours, voice, part)],
            markov: self.markov(voice, baselines, dice),
            ours,
            people,
            random,
        }
    }

    fn markov(&self, voice: Voice, baselines: &Baselines, dice: &mut Dice) -> Option<Music> {
        let known = asking::known(self.mode);
        match voice {
            Voice::Pitched(role) => baselines.phrase(role, self.window, known, dice).map(Music::Notes),
            Voice::Drums => baselines.drums(self.window, known, dice).map(Music::Drums),
        }
    }

    fn runs(&self, voice: Voice, part: Part) -> [f64; 2] {
        let Voice::Pitched(role) = voice else { return [f64::NAN; 2] };
        let run = |notes: &[Note]| f64::from(self.originality.longest_shared_run(notes).notes);
        let people = self.window.notes(role, self.window.start, BARS);
        [run(&new_notes(self.mode, &self.answer.idea, part)), run(&people)]
    }

    /// Only the part that was written last differs.
    fn shown_apart(&self, voice: Voice, part: Part) -> f64 {
        let same = |other: &Arc<Idea>| other.phrase(part) == self.answer.idea.phrase(part);
        if self.answer.alternatives.is_empty() || self.answer.alternatives.iter().all(same) {
            return f64::NAN;
        }
        let others = self.answer.alternatives.iter().map(AsRef::as_ref);
        let shown: Vec<Music> = std::iter::once(&self.answer.idea)
            .chain(others)
            .map(|idea| of_new(self.mode, idea, part, voice))
            .collect();
        mean_distance(&shown)
    }

    fn seeds_apart(&self, ours: &Music, voice: Voice, part: Part) -> f64 {
        let Some(second) = self.second else { return f64::NAN };
        if self.mode != Mode::Fill {
            return ours.distance(&Music::of_idea(second, part, voice));
        }
        let of = |idea| of_new(self.mode, idea, part, voice);
        of(&self.answer.idea).distance(&of(second))
    }
}

/// A part without the bars that Fill left alone.
fn of_new(mode: Mode, idea: &Idea, part: Part, voice: Voice) -> Music {
    let mut new = idea.clone();
    new.phrases[part.index()] = Phrase::new(new_notes(mode, idea, part));
    Music::of_idea(&new, part, voice)
}

fn new_notes(mode: Mode, idea: &Idea, part: Part) -> Vec<Note> {
    let notes = idea.phrase(part).notes().iter().copied();
    let bar = idea.metre.bar().0;
    let hole = AROUND as f64 * bar..(BARS - AROUND) as f64 * bar;
    notes.filter(|note| mode != Mode::Fill || hole.contains(&note.onset.0)).collect()
}

/// Notes of locked bars, and how many differ.
pub fn locked(asked: &Asked, idea: &Idea) -> [usize; 2] {
    let (Some(source), Mode::Fill) = (asked.ask.ideas.first(), asked.ask.controls.mode) else {
        return [0, 0];
    };
    let mut count = [0, 0];
    for part in Part::ALL {
        let locks = asked.ask.controls.locked_bars[part.index()];
        let kept = |idea: &Idea| -> Vec<Note> {
            let bar = idea.metre.bar().0;
            let is_locked = |note: &&Note| locks >> ((note.onset.0 + EARLY_BEATS) / bar) as u32 & 1 == 1;
            idea.phrase(part).notes().iter().filter(is_locked).copied().collect()
        };
        let (before, after) = (kept(source), kept(idea));
        let differ = |a: &[Note], b: &[Note]| a.iter().filter(|note| !b.contains(note)).count();
        count[0] += before.len();
        count[1] += differ(&before, &after) + differ(&after, &before);
    }
    count
}
