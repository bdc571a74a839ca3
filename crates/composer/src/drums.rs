//! Runs on the composer thread. Writes drums: what sounds in each step, and how hard.
//!
//! The bars before those to play are fed to the network once; then a few candidates are drawn step by step, and the best
//! of them is played. Knobs and the limits of drummers only bias the network: nothing it says is forbidden.

mod batch;
mod score;
mod taste;
pub mod wish;

use crate::compose_error::{ComposeError, JobStep};
use crate::expression::keep_apart;
use crate::groove;
use crate::guidance::{Guided, Logits};
use crate::models::DrumModel;
use crate::phrase::wish::style_weights;
use crate::rng::{Head, Noise};
use crate::sampling::{Draw, log_probability};
use crate::tokens::drum::{CLASSES, DrumGrid, DrumWindow, GENERAL_MIDI_OUT, class_of};
use batch::Batch;
use linnet_music::{Beats, Controls, Note, Pitch, STYLES, Style, Tempo, TimeSignature, Velocity};
pub use score::DrumScores;
use std::sync::Arc;
use taste::Taste;

/// Grooves that are drawn at once.
pub const CANDIDATES: usize = crate::inference::BATCH_MAX;
/// Bars that the network is shown of what was heard.
const CONTEXT_BARS_MAX: usize = 4;
const BARS_MAX: u8 = 16;
/// Bars of an idea from which on it ends with a fill, and after how many bars of it there is one besides.
const FILL_BARS_MIN: u8 = 4;
const PHRASE_BARS: u8 = 8;

/// Everything that determines a groove.
#[derive(Clone, Debug, PartialEq)]
pub struct DrumRequest {
    /// The metre.
    pub metre: TimeSignature,
    /// Bars to play, in [1, 16].
    pub bars: u8,
    /// The tempo.
    pub tempo: Tempo,
    /// Which of the idea's bars is the first to play, and how many it has: where its fills lie follows from them.
    pub place: (u8, u8),
    /// Drum notes of the bars before, by General MIDI key, in beats from the first of them; may be empty.
    pub context: Vec<Note>,
    /// Bars before that are known.
    pub context_bars: u8,
    /// Notes whose rhythm the groove is to fit, in beats from its own start; may be empty.
    pub rhythm: Vec<Note>,
    /// The knobs: seed, styles, density, complexity, repetition, energy and surprise are read.
    pub controls: Controls,
}

/// One groove.
#[derive(Clone, Debug, PartialEq)]
pub struct DrumCandidate {
    /// The notes, in beats from the groove's start, on their steps.
    pub notes: Vec<Note>,
    /// What it was judged by.
    pub scores: DrumScores,
}

/// A groove in the making.
pub struct DrumJob {
    model: Arc<DrumModel>,
    request: DrumRequest,
    window: DrumWindow,
    context: Vec<u16>,
    context_steps: usize,
    taste: Taste,
    draw: Draw,
    batch: Guided<Batch>,
    candidates: Vec<Groove>,
}

/// Hits so far, and how those after the context are played.
#[derive(Clone, Default)]
struct Groove {
    hits: Vec<u16>,
    /// For each step after the context: the velocity in [0, 1] of each class.
    velocities: Vec<[f32; CLASSES]>,
    log_likelihood: f32,
}

impl DrumJob {
    /// A job for `request`.
    ///
    /// # Errors
    /// Where no bars, or more than 16, are asked for.
    pub fn new(model: &Arc<DrumModel>, request: &DrumRequest) -> Result<Self, ComposeError> {
        if !(1..=BARS_MAX).contains(&request.bars) {
            return Err(ComposeError::Request("A groove has from 1 to 16 bars"));
        }
        let style = style_weights(&request.controls);
        let grid = DrumGrid::new(request.metre, in_thirds(request, &style));
        let (context, context_bars) = context(request, &grid);
        let mut wanted = wish::wanted(&request.controls);
        // Drums that go on from others, or fill a hole among them, are like those.
        if context_bars == 0 && request.bars == request.place.1 {
            wanted.add_character(request.controls.seed);
        }
        let window = DrumWindow {
            grid,
            beats_per_minute: (request.tempo.bpm() * 24.0 / f64::from(grid.beat_ticks)) as f32,
            context: context_bars,
            bars: context_bars + usize::from(request.bars),
            fill_bars: fill_bars(request).map(|bar| context_bars + bar).collect(),
            rhythm: rhythm(request, &grid, &context),
            wishes: wanted.wishes,
            style,
        };
        Ok(Self {
            taste: Taste::new(wanted),
            draw: Draw { temperature: 0.95 * Draw::of_surprise(request.controls.surprise).temperature },
            batch: Guided::new(&style, |styled| Batch::new(model.step.hidden(), 1, styled)),
            candidates: vec![Groove::default()],
            model: Arc::clone(model),
            request: request.clone(),
            context_steps: context.len(),
            window,
            context,
        })
    }

    /// Computes one step for all candidates.
    ///
    /// # Errors
    /// Where a network fails or answers with something that is not a number.
    pub fn advance(&mut self) -> Result<JobStep<DrumCandidate>, ComposeError> {
        let model = Arc::clone(&self.model);
        model.step.on_its_thread(|| self.compute_step())
    }

    fn compute_step(&mut self) -> Result<JobStep<DrumCandidate>, ComposeError> {
        let step = self.candidates[0].hits.len();
        if step >= self.window.steps() {
            return Ok(JobStep::Done(self.finish()));
        }
        for batch in self.batch.each() {
            for (row, groove) in self.candidates.iter().enumerate() {
                batch.write(row, &self.window, &groove.hits);
            }
            batch.step(&self.model)?;
        }
        match self.context.get(step) {
            Some(hits) => self.candidates[0].hits.push(*hits),
            None => self.draw_step(step)?,
        }
        if step + 1 >= self.window.steps() {
            return Ok(JobStep::Done(self.finish()));
        }
        Ok(JobStep::Continue { progress: (step + 1) as f32 / self.window.steps() as f32 })
    }

    fn draw_step(&mut self, step: usize) -> Result<(), ComposeError> {
        if self.candidates.len() < CANDIDATES {
            self.candidates = vec![self.candidates[0].clone(); CANDIDATES];
            self.batch.each().for_each(|batch| batch.share_out(CANDIDATES));
        }
        for (index, groove) in self.candidates.iter_mut().enumerate() {
            let Logits { told, guided: mut steered } = self.batch.logits(|batch| batch.hits_logits(index));
            self.taste.hits(&self.window, &groove.hits, &mut steered);
            let mut noise = Noise::new(self.request.controls.seed, index, step, Head::Hits);
            let hits = self.draw.class(&steered, &mut noise).ok_or(ComposeError::NotFinite("drums"))?;
            groove.log_likelihood += log_probability(told, hits);
            groove.hits.push(hits as u16);
            self.batch.told_mut().write_hits(index, hits as u16);
        }
        self.batch.told_mut().touch(&self.model)?;
        for (index, groove) in self.candidates.iter_mut().enumerate() {
            groove.velocities.push(self.batch.told().velocities(index));
        }
        Ok(())
    }

    fn finish(&self) -> Vec<DrumCandidate> {
        let judged = |groove: &Groove| {
            let hits = &groove.hits[self.context_steps..];
            let steps = hits.len().max(1) as f32;
            let likely = groove.log_likelihood / steps;
            let notes = self.notes(groove);
            let loud = notes.iter().map(|note| note.velocity.unit()).sum::<f32>() / notes.len().max(1) as f32;
            DrumCandidate { notes, scores: DrumScores::new(&self.window, hits, loud, likely, self.taste) }
        };
        let mut grooves: Vec<DrumCandidate> = self.candidates.iter().map(judged).collect();
        grooves.sort_by(|a, b| b.scores.total.total_cmp(&a.scores.total));
        grooves
    }

    /// The notes of `groove`, on their steps.
    fn notes(&self, groove: &Groove) -> Vec<Note> {
        let length = Beats(f64::from(self.request.bars) * self.request.metre.bar().0);
        let grid = &self.window.grid;
        let mut notes = Vec::new();
        let steps = groove.hits[self.context_steps..].iter().zip(&groove.velocities);
        for (step, (hits, velocities)) in steps.enumerate() {
            for class in (0..CLASSES).filter(|class| hits >> class & 1 == 1) {
                notes.push(Note {
                    onset: Beats(grid.step_onset(step)),
                    length: Beats(grid.step_beats()),
                    pitch: Pitch::new(i32::from(GENERAL_MIDI_OUT[class])),
                    velocity: Velocity::from_unit(velocities[class]),
                });
            }
        }
        keep_apart(notes, length)
    }
}

/// The bars to play that are fills, from the first to play.
fn fill_bars(request: &DrumRequest) -> impl Iterator<Item = usize> {
    let (first, all) = request.place;
    let is_fill = move |bar: &u8| {
        let next = first.saturating_add(*bar).saturating_add(1);
        all >= FILL_BARS_MIN && (next == all || next.is_multiple_of(PHRASE_BARS))
    };
    (0..request.bars).filter(is_fill).map(usize::from)
}

/// The hits of the bars before, a step each, and how many bars those are.
fn context(request: &DrumRequest, grid: &DrumGrid) -> (Vec<u16>, usize) {
    let heard = usize::from(request.context_bars);
    let kept = if request.context.is_empty() { 0 } else { heard.min(CONTEXT_BARS_MAX) };
    let skipped = (heard - kept) as f64 * request.metre.bar().0;
    let mut hits = vec![0; kept * grid.bar_steps as usize];
    for note in &request.context {
        let onset = note.onset.0 - skipped;
        let step = (onset >= 0.0).then(|| grid.nearest_step(onset).0);
        if let (Some(class), Some(hits)) =
            (class_of(note.pitch.midi()), step.and_then(|step| hits.get_mut(step)))
        {
            *hits |= 1 << class;
        }
    }
    (hits, kept)
}

/// The velocities of the rhythm to fit, a step each over the whole window; in the bars heard it is their own kick and
/// snare.
fn rhythm(request: &DrumRequest, grid: &DrumGrid, context: &[u16]) -> Option<Vec<f32>> {
    if request.rhythm.is_empty() {
        return None;
    }
    let heard = context.iter().map(|hits| if hits & 0b11 != 0 { 0.7 } else { 0.0 });
    let mut steps: Vec<f32> = heard.collect();
    steps.resize(context.len() + usize::from(request.bars) * grid.bar_steps as usize, 0.0);
    for note in request.rhythm.iter().filter(|note| note.onset.0.is_finite() && note.onset.0 >= 0.0) {
        if let Some(step) = steps.get_mut(context.len() + grid.nearest_step(note.onset.0).0) {
            *step = step.max(note.velocity.unit());
        }
    }
    Some(steps)
}

/// Whether the onsets known or to fit lie nearer to thirds of a beat than to quarters of one; where there are none,
/// whether the style is played in thirds.
fn in_thirds(request: &DrumRequest, style: &[f32; STYLES]) -> bool {
    let onsets: Vec<Note> = request.context.iter().chain(&request.rhythm).copied().collect();
    if onsets.is_empty() {
        return style[Style::Swing.index()] > 0.5 && request.controls.swing == 0.0;
    }
    groove::in_thirds(&onsets)
}

#[cfg(test)]
mod tests;
