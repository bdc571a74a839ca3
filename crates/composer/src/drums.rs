//! Runs on the composer thread. Plays drums: what sounds in each step, how hard and how early or late.
//!
//! What was heard of drums is fed to the network once; then a few candidates are drawn step by step, and the best of
//! them is played. Knobs and habits of drummers only bias the network: nothing it says is forbidden.

mod batch;
mod score;
mod taste;

use crate::expression::{Performance, Swing, keep_apart};
use crate::lead::{ComposeError, JobStep};
use crate::models::DrumModel;
use crate::rng::{Head, Noise};
use crate::sampling::{Draw, log_probability};
use crate::tokens::drum::{CLASSES, DrumGrid, DrumWindow, GENERAL_MIDI_OUT, class_of};
use batch::Batch;
use linnet_music::{Beats, Controls, Note, Pitch, Tempo, TimeSignature, Velocity};
pub use score::DrumScores;
use std::sync::Arc;
use taste::Taste;

/// Grooves that are drawn at once.
pub const CANDIDATES: usize = crate::inference::BATCH_MAX;
/// Bars that the network is shown of what was heard.
const CONTEXT_BARS_MAX: usize = 4;
const BARS_MAX: u8 = 16;
/// Bars from which on the last is a fill.
const FILL_BARS_MIN: u8 = 4;

/// Everything that determines a groove.
#[derive(Clone, Debug, PartialEq)]
pub struct DrumRequest {
    /// The metre.
    pub metre: TimeSignature,
    /// Bars to play, in [1, 16].
    pub bars: u8,
    /// The tempo.
    pub tempo: Tempo,
    /// Drum notes heard, by General MIDI key, in beats from the first bar heard; may be empty.
    pub context: Vec<Note>,
    /// Bars that were heard.
    pub context_bars: u8,
    /// Notes whose rhythm the groove is to fit, in beats from its own start; may be empty.
    pub rhythm: Vec<Note>,
    /// The knobs: seed, density, surprise, swing and humanise are read.
    pub controls: Controls,
}

/// One groove.
#[derive(Clone, Debug, PartialEq)]
pub struct DrumCandidate {
    /// The notes, in beats from the groove's start, with their touch: nothing more is to be done to them.
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
    batch: Batch,
    candidates: Vec<Groove>,
}

/// Hits so far, and how those after the context are played.
#[derive(Clone, Default)]
struct Groove {
    hits: Vec<u16>,
    /// For each step after the context: velocity in [0, 1] and shift in steps of each class.
    touch: Vec<[(f32, f32); CLASSES]>,
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
        let grid = DrumGrid::new(request.metre, in_thirds(request));
        let (context, context_bars) = context(request, &grid);
        let bars = context_bars + usize::from(request.bars);
        let density = request.controls.density;
        let window = DrumWindow {
            grid,
            beats_per_minute: (request.tempo.bpm() * 24.0 / f64::from(grid.beat_ticks)) as f32,
            bars,
            fill_bar: (request.bars >= FILL_BARS_MIN).then_some(bars - 1),
            rhythm: rhythm(request, &grid, &context),
            density: (density != 0.5).then(|| taste::asked_density(density)),
        };
        Ok(Self {
            taste: Taste::new(density),
            draw: Draw { temperature: 0.9 * Draw::of_surprise(request.controls.surprise).temperature },
            batch: Batch::new(model.step.hidden(), 1),
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
        for (row, groove) in self.candidates.iter().enumerate() {
            self.batch.write(row, &self.window, &groove.hits);
        }
        self.batch.step(&self.model)?;
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
            self.batch.share_out(CANDIDATES);
        }
        for (index, groove) in self.candidates.iter_mut().enumerate() {
            let logits = self.batch.hits_logits(index);
            let mut steered = logits.to_vec();
            self.taste.hits(&self.window, self.context_steps, &groove.hits, &mut steered);
            let mut noise = Noise::new(self.request.controls.seed, index, step, Head::Hits);
            let hits = self.draw.class(&steered, &mut noise).ok_or(ComposeError::NotFinite("drums"))?;
            groove.log_likelihood += log_probability(logits, hits);
            groove.hits.push(hits as u16);
            self.batch.write_hits(index, hits as u16);
        }
        self.batch.touch(&self.model)?;
        for (index, groove) in self.candidates.iter_mut().enumerate() {
            groove.touch.push(self.batch.touch_of(index));
        }
        Ok(())
    }

    fn finish(&self) -> Vec<DrumCandidate> {
        let judged = |groove: &Groove| {
            let hits = &groove.hits[self.context_steps..];
            let steps = hits.len().max(1) as f32;
            let scores = DrumScores::new(&self.window, hits, groove.log_likelihood / steps, self.taste);
            DrumCandidate { notes: self.notes(groove), scores }
        };
        let mut grooves: Vec<DrumCandidate> = self.candidates.iter().map(judged).collect();
        grooves.sort_by(|a, b| b.scores.total.total_cmp(&a.scores.total));
        grooves
    }

    /// The notes of `groove`, with as much of its touch as the humanise knob says.
    fn notes(&self, groove: &Groove) -> Vec<Note> {
        let controls = &self.request.controls;
        let length = Beats(f64::from(self.request.bars) * self.request.metre.bar().0);
        let swing = Swing::new(&Performance {
            metre: self.request.metre,
            tempo: self.request.tempo,
            length,
            swing: controls.swing,
            humanise: controls.humanise,
            seed: controls.seed,
        });
        let depth = controls.humanise.clamp(0.0, 1.0);
        let means = mean_velocities(groove, self.context_steps);
        let grid = &self.window.grid;
        let mut notes = Vec::new();
        for (step, (hits, touch)) in groove.hits[self.context_steps..].iter().zip(&groove.touch).enumerate() {
            let nominal = swing.warp(grid.step_onset(step));
            for class in (0..CLASSES).filter(|class| hits >> class & 1 == 1) {
                let (velocity, shift) = touch[class];
                let late = f64::from(shift.clamp(-0.5, 0.5) * depth) * grid.step_beats();
                let velocity = means[class] + (velocity - means[class]) * (0.4 + 0.6 * depth);
                notes.push(Note {
                    onset: Beats((nominal + late).max(0.0)),
                    length: Beats(grid.step_beats()),
                    pitch: Pitch::new(i32::from(GENERAL_MIDI_OUT[class])),
                    velocity: Velocity::from_unit(velocity.clamp(0.0, 1.0)),
                });
            }
        }
        // A hit pushed past the end by its touch belongs just before it.
        for note in &mut notes {
            note.onset = Beats(note.onset.0.min(length.0 - 0.03));
        }
        keep_apart(notes, length)
    }
}

/// The mean velocity of each class over the steps after the context.
fn mean_velocities(groove: &Groove, context_steps: usize) -> [f32; CLASSES] {
    std::array::from_fn(|class| {
        let steps = groove.hits[context_steps..].iter().zip(&groove.touch);
        let played: Vec<f32> =
            steps.filter(|(hits, _)| **hits >> class & 1 == 1).map(|(_, touch)| touch[class].0).collect();
        played.iter().sum::<f32>() / played.len().max(1) as f32
    })
}

/// The hits of the bars heard, a step each, and how many bars those are.
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

/// Whether the onsets heard or to fit lie nearer to thirds of a beat than to quarters of one.
fn in_thirds(request: &DrumRequest) -> bool {
    let onsets =
        request.context.iter().chain(&request.rhythm).map(|note| note.onset.0 - note.onset.0.floor());
    let inside: Vec<f64> = onsets.filter(|inside| (0.12..0.88).contains(inside)).collect();
    let error =
        |parts: f64| inside.iter().map(|at| (at * parts - (at * parts).round()).abs()).sum::<f64>() / parts;
    inside.len() >= 4 && error(3.0) < 0.8 * error(4.0)
}

#[cfg(test)]
mod tests;
