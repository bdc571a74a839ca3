//! Runs on the composer thread. Writes a part: eight candidates are begun in one batch, and the best is played.
//!
//! What is known around the bars to compose is drawn on a canvas and encoded once. The part's own bars before them are
//! fed to the network; its state is then shared out to the candidates, and each is drawn event by event, steered and
//! kept to its rules. [`PhraseJob::advance`] computes one step, so that a newer request waits for no more than that.

mod batch;
pub(crate) mod candidate;
pub mod canvas;
pub mod figures;
pub mod judge;
mod layout;
pub mod line;
mod manner;
mod outline;
pub mod quantiles;
pub mod rules;
pub mod steering;
pub mod window;
pub mod wish;

use crate::attributes::Values;
use crate::compose_error::{ComposeError, JobStep};
use crate::guidance::Guided;
use crate::inference::Tensor;
use crate::models::PhraseModel;
use crate::sampling::{Draw, all_finite};
use crate::tokens::Event;
use crate::tokens::line::GridNote;
use crate::vocabulary::Role;
use batch::Batch;
use candidate::{Candidate, Setting};
use canvas::Known;
use judge::{Judge, Scores};
use layout::Layout;
use linnet_music::{ChordSpan, Controls, Key, Note, STYLES, TimeSignature};
use manner::Manner;
use outline::Outline;
use rules::{Bounds, Rules};
use std::sync::Arc;
use steering::Steering;
use window::{Asked, Window};

/// Parts that are drawn at once.
pub const CANDIDATES: usize = crate::inference::BATCH_MAX;
/// Of these, the parts that are drawn to their end: as many as the built-in engine multiplies at once without VNNI. Where
/// a part has one bar, or one candidate is done before another has a quarter of its bars, all are.
const FINALISTS: usize = 6;
/// Notes in a row, transposition and tempo disregarded, from which on a line counts as copied.
pub const COPIED_NOTES: u32 = 12;
/// Bars that can be asked for.
const BARS_MAX: u8 = 16;

/// Everything that determines a part.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseRequest {
    /// What to play.
    pub role: Role,
    /// The key.
    pub key: Key,
    /// The metre.
    pub metre: TimeSignature,
    /// Bars before those to write, bars to write (in [1, 16]), and known bars after them.
    pub context_bars: u8,
    /// See `context_bars`.
    pub bars: u8,
    /// See `context_bars`.
    pub future_bars: u8,
    /// The part's own notes before and after the bars to write, in beats from the window's start.
    pub own: Vec<Note>,
    /// The part as it is drawn already, in beats from the window's start: rhythm and pitches lean on it. Empty leaves the
    /// part free.
    pub outline: Vec<Note>,
    /// The other parts, where known; their bars are bars of the metre.
    pub known: Vec<Known>,
    /// The harmony from the window's start; may be empty.
    pub chords: Vec<ChordSpan>,
    /// What the knobs ask for, to be shown.
    pub knobs: Asked,
    /// What is asked for, with what is held and the part's character.
    pub asked: Asked,
    /// How strongly, in [0, 1], by attribute.
    pub strength: Values,
    /// The share of steps that are to repeat a note; none leaves it to the model.
    pub repeats: Option<f32>,
    /// Weights of the styles, their sum 1 or 0.
    pub style: [f32; STYLES],
    /// The knobs: seed, surprise and follow chords are read.
    pub controls: Controls,
    /// What the part must keep to.
    pub bounds: Bounds,
    /// Octaves by which the finished part is moved.
    pub octaves: i32,
    /// Whether a phrase ends with the bars to write.
    pub ends: bool,
}

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseCandidate {
    /// The notes, in beats from the start of the bars written, all of one velocity, sorted by onset and key.
    pub notes: Vec<Note>,
    /// What it was judged by.
    pub scores: Scores,
    /// Notes of the longest run that it shares with a piece of the training set, by the check that the job was given.
    pub shared_run: u32,
}

/// Counts the notes of the longest run that a part shares with a training piece.
pub type SharedRunCheck = Box<dyn Fn(&[Note]) -> u32 + Send>;

/// A part in the making.
pub struct PhraseJob {
    model: Arc<PhraseModel>,
    setting: Setting,
    judge: Judge,
    /// The canvas, until it is encoded.
    canvas: Option<Vec<f32>>,
    context: Vec<Event>,
    /// Events of the context that the network has been shown.
    shown: usize,
    batch: Guided<Batch>,
    /// All candidates; those that still grow are named in `growing`, in the order of the batch's rows.
    candidates: Vec<Candidate>,
    growing: Vec<usize>,
    shared_run: Option<SharedRunCheck>,
    copies_dropped: usize,
}

impl PhraseJob {
    /// A job for `request`.
    ///
    /// # Errors
    /// Where no bars, or more than 16, are asked for.
    pub fn new(model: &Arc<PhraseModel>, request: &PhraseRequest) -> Result<Self, ComposeError> {
        if !(1..=BARS_MAX).contains(&request.bars) {
            return Err(ComposeError::Request("A part has from 1 to 16 bars"));
        }
        let layout = Layout::new(request);
        let mut window =
            Window::new(layout.grid, request.key, request.role, layout.span, &layout.chords(request));
        window.asked = request.asked;
        window.style = request.style;
        let own =
            line::on_grid(&layout.own(request), &layout.grid, window.all_bars(), request.role.is_stacked());
        let begin = window.begin();
        let end = window.bars() as u32 * layout.grid.bar_ticks;
        let before: Vec<GridNote> = own.iter().copied().filter(|note| note.onset < begin).collect();
        let after: Vec<GridNote> = own.iter().copied().filter(|note| note.onset >= end).collect();
        let context = line::events_of(&before, &layout.grid, request.key.tonic, layout.span.context);
        let drawn = layout.moved(&request.outline);
        let drawn = line::on_grid(&drawn, &layout.grid, window.bars(), request.role.is_stacked());
        let outline = (!drawn.is_empty()).then(|| Outline::new(&drawn, request.key.tonic));
        let known = layout.known(request);
        let canvas = canvas::canvas(&window, &known, &after);
        let setting = Setting {
            rules: Rules::new(&window, request.key, request.bounds, &known, request.ends),
            steering: Steering::new(
                &window,
                &model.quantiles,
                request.strength,
                request.repeats,
                request.controls.follow_chords,
            ),
            manner: Manner::of(request.role),
            outline,
            draw: Draw::of_surprise(request.controls.surprise),
            seed: request.controls.seed,
            octaves: request.octaves,
            window,
        };
        Ok(Self {
            judge: Judge::new(&request.controls, &setting.window, &before),
            batch: Guided::new(&request.style, |styled| Batch::new(model.step.hidden(), styled)),
            candidates: vec![Candidate::new(&setting.window)],
            growing: vec![0],
            model: Arc::clone(model),
            canvas: Some(canvas),
            setting,
            context,
            shown: 0,
            shared_run: None,
            copies_dropped: 0,
        })
    }

    /// Has candidates checked for runs copied from the training set.
    pub fn set_shared_run_check(&mut self, check: SharedRunCheck) {
        self.shared_run = Some(check);
    }

    /// How many candidates were dropped as copies. Where all of them were copies, none is dropped, and the least of
    /// them comes first.
    pub fn copies_dropped(&self) -> usize {
        self.copies_dropped
    }

    /// Computes one step for all candidates.
    ///
    /// # Errors
    /// Where a network fails or answers with something that is not a number.
    pub fn advance(&mut self) -> Result<JobStep<PhraseCandidate>, ComposeError> {
        let model = Arc::clone(&self.model);
        model.step.on_its_thread(|| self.compute_step())
    }

    fn compute_step(&mut self) -> Result<JobStep<PhraseCandidate>, ComposeError> {
        if let Some(canvas) = self.canvas.take() {
            self.encode(&canvas)?;
        }
        if self.growing.is_empty() {
            return Ok(JobStep::Done(self.finish()));
        }
        for batch in self.batch.each() {
            for (row, index) in self.growing.iter().enumerate() {
                batch.write(row, &self.setting.window, &self.candidates[*index]);
            }
            batch.step(&self.model)?;
        }
        match self.context.get(self.shown) {
            Some(event) => {
                self.candidates[0].line.push(*event);
                self.shown += 1;
            }
            None => self.draw_events()?,
        }
        if self.growing.is_empty() {
            return Ok(JobStep::Done(self.finish()));
        }
        Ok(JobStep::Continue { progress: self.progress() })
    }

    /// Lets the encoder read the canvas.
    fn encode(&mut self, canvas: &[f32]) -> Result<(), ComposeError> {
        let window = &mut self.setting.window;
        let mut role = [0.0; crate::vocabulary::ROLES];
        role[window.role.index()] = 1.0;
        let mut outputs = [Vec::new(), Vec::new()];
        let inputs = [Tensor::F32(canvas), Tensor::F32(&role)];
        self.model.canvas.run(window.columns(), &inputs, &mut outputs)?;
        let [memory, summary] = outputs;
        if !all_finite(&memory) || !all_finite(&summary) {
            return Err(ComposeError::NotFinite(self.model.canvas.name()));
        }
        window.remember(memory, summary);
        Ok(())
    }

    /// Draws the next event of every candidate that grows.
    fn draw_events(&mut self) -> Result<(), ComposeError> {
        if self.candidates.len() < CANDIDATES {
            self.candidates = vec![self.candidates[0].clone(); CANDIDATES];
            self.growing = (0..CANDIDATES).collect();
            self.batch.each().for_each(|batch| batch.share_out(CANDIDATES));
        }
        self.batch.each().for_each(Batch::clear_notes);
        for row in 0..self.growing.len() {
            let index = self.growing[row];
            let logits = self.batch.logits(|batch| batch.position_logits(row));
            let candidate = &mut self.candidates[index];
            if let Some(position) = candidate.draw_position(&self.setting, index, logits)? {
                for batch in self.batch.each() {
                    batch.add_note(row, &self.setting.window, candidate, position);
                }
            }
        }
        let model = Arc::clone(&self.model);
        self.batch.each().try_for_each(|batch| batch.pitches(&model))?;
        for (note, row) in self.batch.told().note_rows().enumerate() {
            let index = self.growing[row];
            let logits = self.batch.logits(|batch| batch.pitch_logits(note));
            let pitch = self.candidates[index].draw_pitch(&self.setting, index, logits)?;
            self.batch.each().for_each(|batch| batch.pitch[note] = i64::from(pitch));
        }
        self.batch.each().try_for_each(|batch| batch.durations(&model))?;
        for (note, row) in self.batch.told().note_rows().enumerate() {
            let index = self.growing[row];
            let logits = self.batch.logits(|batch| batch.duration_logits(note));
            self.candidates[index].draw_duration(&self.setting, index, logits)?;
        }
        self.drop_finished();
        self.thin_out();
        Ok(())
    }

    /// Takes the candidates that have all their bars out of the batch.
    fn drop_finished(&mut self) {
        let grows = |index: usize| self.candidates[index].line.bar() < self.setting.window.bars();
        let rows: Vec<usize> = (0..self.growing.len()).filter(|row| grows(self.growing[*row])).collect();
        if rows.len() < self.growing.len() {
            self.keep(&rows);
        }
    }

    /// Once every candidate has a quarter of its bars, those that stand worst are given up.
    fn thin_out(&mut self) {
        let span = self.setting.window.span;
        let begun = span.target.div_ceil(4);
        let has_begun = |index: &usize| self.candidates[*index].line.bar() >= span.context + begun;
        if self.growing.len() < CANDIDATES || !self.growing.iter().all(has_begun) {
            return;
        }
        let window = self.setting.window.cut(begun);
        let standing = |index: usize| {
            let (steering, quantiles) = (&self.setting.steering, &self.model.quantiles);
            self.judge.standing(&window, steering, quantiles, &self.candidates[index])
        };
        let mut rows: Vec<(usize, f32)> =
            self.growing.iter().enumerate().map(|(row, index)| (row, standing(*index))).collect();
        rows.sort_by(|a, b| b.1.total_cmp(&a.1));
        rows.truncate(FINALISTS);
        let mut rows: Vec<usize> = rows.into_iter().map(|(row, _)| row).collect();
        rows.sort_unstable();
        self.keep(&rows);
    }

    /// Lets only the candidates in `rows` of the batch grow on.
    fn keep(&mut self, rows: &[usize]) {
        self.growing = rows.iter().map(|row| self.growing[*row]).collect();
        self.batch.each().for_each(|batch| batch.keep(rows));
    }

    fn progress(&self) -> f32 {
        let span = &self.setting.window.span;
        let shown = self.shown as f32 / self.context.len().max(1) as f32;
        let grow = self.growing.iter().map(|index| self.candidates[*index].line.bar());
        let slowest = grow.min().unwrap_or(0);
        let written = slowest.saturating_sub(span.context) as f32;
        0.25 * shown + 0.75 * written / span.target as f32
    }

    /// The candidates that were drawn to their end, judged, best first, without copies where there are others.
    fn finish(&mut self) -> Vec<PhraseCandidate> {
        let end = self.setting.window.bars();
        let finalists = self.candidates.iter().filter(|candidate| candidate.line.bar() >= end);
        let mut parts: Vec<PhraseCandidate> = finalists
            .map(|candidate| {
                let notes = candidate.notes(&self.setting);
                let scores = self.judge.scores(&self.setting, &self.model.quantiles, candidate);
                let shared_run = self.shared_run.as_ref().map_or(0, |check| check(&notes));
                PhraseCandidate { notes, scores, shared_run }
            })
            .collect();
        parts.sort_by(|a, b| b.scores.total.total_cmp(&a.scores.total));
        if parts.iter().all(|part| part.shared_run >= COPIED_NOTES) {
            parts.sort_by_key(|part| part.shared_run);
            return parts;
        }
        let all = parts.len();
        parts.retain(|part| part.shared_run < COPIED_NOTES);
        self.copies_dropped = all - parts.len();
        parts
    }
}

#[cfg(test)]
mod tests;
