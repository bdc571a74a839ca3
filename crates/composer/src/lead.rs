//! Runs on the composer thread. Writes a lead line: eight candidates in one batch, of which the best is played.
//!
//! What was heard is fed to the network once; its state is then shared out to the candidates, and each is drawn event
//! by event, steered and kept to its rules. [`LeadJob::advance`] computes one step, so that a newer request waits for
//! no more than that.

mod batch;
pub(crate) mod candidate;

use crate::constraint::Rules;
use crate::inference::InferenceError;
use crate::models::LeadModel;
use crate::sampling::Draw;
use crate::score::{Judge, Scores};
use crate::steering::{Register, Steering};
use crate::tokens::features::Window;
use crate::tokens::line::encode;
use crate::tokens::{Event, Grid, TICKS_PER_QUARTER};
use batch::Batch;
use candidate::{Candidate, Setting};
use linnet_handover::worker_view::Failure;
use linnet_music::{Beats, ChordSpan, Controls, Key, Note, TimeSignature};
use std::sync::Arc;

/// Lines that are drawn at once.
pub const CANDIDATES: usize = crate::inference::BATCH_MAX;
/// Notes in a row, transposition and tempo disregarded, from which on a line counts as copied.
pub const COPIED_NOTES: u32 = 12;
/// Bars of the grid that the network is shown of what was heard, as in training.
const CONTEXT_BARS_MAX: usize = 8;
/// Bars that can be asked for.
const BARS_MAX: u8 = 16;
/// The MIDI keys between which a lead lies unless its register asks for others.
const LOWEST: f32 = 48.0;
const HIGHEST: f32 = 86.0;

/// Everything that determines a lead line.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadRequest {
    /// The key; every note will be in its scale.
    pub key: Key,
    /// The metre of the context and of the line.
    pub metre: TimeSignature,
    /// Bars to write, in [1, 16].
    pub bars: u8,
    /// What was heard, in beats from the window's start; of notes together the highest is taken.
    pub context: Vec<Note>,
    /// Bars that were heard; the line begins after them. 0 invents.
    pub context_bars: u8,
    /// The harmony over what was heard and over the line, from the window's start; may be empty.
    pub chords: Vec<ChordSpan>,
    /// The knobs: seed, density, surprise, register, range and follow chords are read.
    pub controls: Controls,
    /// The mean MIDI key before the register knob is applied; read only where that knob was moved.
    pub register_centre: f32,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadCandidate {
    /// The notes, in beats from the line's start, one at a time, all of one velocity.
    pub notes: Vec<Note>,
    /// What it was judged by.
    pub scores: Scores,
    /// Notes of the longest run that it shares with a piece of the training set, by the check that the job was given.
    pub shared_run: u32,
}

/// What a step of a job came to.
#[derive(Clone, Debug, PartialEq)]
pub enum JobStep<T> {
    /// There is more to do.
    Continue {
        /// Done, in [0, 1].
        progress: f32,
    },
    /// The candidates, best first; never empty.
    Done(Vec<T>),
}

/// Why nothing was composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A network answered with something that is not a number.
    #[error("the network '{0}' answered with values that are not numbers")]
    NotFinite(&'static str),
    /// A network failed.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A request that no line can answer.
    #[error("{0}")]
    Request(&'static str),
}

impl ComposeError {
    /// The same in words for the user.
    pub fn failure(&self) -> Failure {
        let remedy = match self {
            Self::Request(_) => "Change the controls and ask again.",
            _ => "Ask again. If it happens again, choose the built-in models and the built-in engine.",
        };
        Failure {
            title: "No idea could be composed.".into(),
            detail: format!("{self}."),
            remedy: remedy.into(),
        }
    }
}

/// Counts the notes of the longest run that a line shares with a training piece.
pub type SharedRunCheck = Box<dyn Fn(&[Note]) -> u32 + Send>;

/// A lead line in the making.
pub struct LeadJob {
    model: Arc<LeadModel>,
    setting: Setting,
    judge: Judge,
    context: Vec<Event>,
    /// Events of the context that the network has been shown.
    shown: usize,
    batch: Batch,
    /// All lines; those that still grow are named in `growing`, in the order of the batch's rows.
    candidates: Vec<Candidate>,
    growing: Vec<usize>,
    shared_run: Option<SharedRunCheck>,
    copies_dropped: usize,
}

impl LeadJob {
    /// A job for `request`.
    ///
    /// # Errors
    /// Where no bars, or more than 16, are asked for.
    pub fn new(model: &Arc<LeadModel>, request: &LeadRequest) -> Result<Self, ComposeError> {
        if !(1..=BARS_MAX).contains(&request.bars) {
            return Err(ComposeError::Request("A lead line has from 1 to 16 bars"));
        }
        let grid = Grid::new(request.metre);
        let (context, context_bars, skipped) = context(request, &grid);
        let chords: Vec<ChordSpan> = request
            .chords
            .iter()
            .map(|span| ChordSpan { onset: Beats(span.onset.0 - skipped), ..*span })
            .collect();
        let target_bars = usize::from(request.bars) * grid.splits as usize;
        let mut window = Window::new(grid, request.key, context_bars, target_bars, &chords);
        let register = Register::new(request.register_centre, request.controls.register);
        let notes = context.iter().filter(|event| event.is_note()).count() as f32;
        let quarters = context_bars as f32 * grid.bar_ticks as f32 / TICKS_PER_QUARTER as f32;
        let heard = (notes > 0.0).then(|| notes / quarters);
        window.wish = Steering::wish(&request.controls, heard, register);
        let setting = Setting {
            rules: rules(request, register, target_bars),
            steering: Steering::new(&request.controls, heard, register, request.key.tonic),
            draw: Draw::of_surprise(request.controls.surprise),
            seed: request.controls.seed,
            octaves: register.octaves,
            window,
        };
        Ok(Self {
            judge: Judge::new(&request.controls, &setting.window, &context),
            batch: Batch::new(model.step.hidden(), 1),
            candidates: vec![Candidate::new(&setting.window)],
            growing: vec![0],
            model: Arc::clone(model),
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
    pub fn advance(&mut self) -> Result<JobStep<LeadCandidate>, ComposeError> {
        let model = Arc::clone(&self.model);
        model.step.on_its_thread(|| self.compute_step())
    }

    fn compute_step(&mut self) -> Result<JobStep<LeadCandidate>, ComposeError> {
        if self.growing.is_empty() {
            return Ok(JobStep::Done(self.finish()));
        }
        for (row, index) in self.growing.iter().enumerate() {
            self.batch.write(row, &self.setting.window, &self.candidates[*index].line);
        }
        self.batch.step(&self.model)?;
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

    /// Draws the next event of every line that grows.
    fn draw_events(&mut self) -> Result<(), ComposeError> {
        if self.candidates.len() < CANDIDATES {
            self.candidates = vec![self.candidates[0].clone(); CANDIDATES];
            self.growing = (0..CANDIDATES).collect();
            self.batch.share_out(CANDIDATES);
        }
        self.batch.clear_notes();
        for (row, index) in self.growing.iter().enumerate() {
            let candidate = &mut self.candidates[*index];
            let logits = self.batch.position_logits(row);
            if let Some(position) = candidate.draw_position(&self.setting, *index, logits)? {
                self.batch.add_note(row, &self.setting.window, &candidate.line, position);
            }
        }
        self.batch.pitches(&self.model)?;
        for (note, row) in self.batch.note_rows().enumerate() {
            let index = self.growing[row];
            let pitch =
                self.candidates[index].draw_pitch(&self.setting, index, self.batch.pitch_logits(note))?;
            self.batch.pitch[note] = i64::from(pitch);
        }
        self.batch.durations(&self.model)?;
        for (note, row) in self.batch.note_rows().enumerate() {
            let index = self.growing[row];
            self.candidates[index].draw_duration(&self.setting, index, self.batch.duration_logits(note))?;
        }
        self.drop_finished();
        Ok(())
    }

    /// Takes the lines that have all their bars out of the batch.
    fn drop_finished(&mut self) {
        let grows = |index: usize| self.candidates[index].line.bar() < self.setting.window.bars;
        let rows: Vec<usize> = (0..self.growing.len()).filter(|row| grows(self.growing[*row])).collect();
        if rows.len() < self.growing.len() {
            self.growing = rows.iter().map(|row| self.growing[*row]).collect();
            self.batch.keep(&rows);
        }
    }

    fn progress(&self) -> f32 {
        let window = &self.setting.window;
        let shown = self.shown as f32 / self.context.len().max(1) as f32;
        let slowest = self.candidates.iter().map(|candidate| candidate.line.bar()).min().unwrap_or(0);
        let written = slowest.saturating_sub(window.context_bars) as f32;
        0.25 * shown + 0.75 * written / (window.bars - window.context_bars) as f32
    }

    /// The lines, judged, best first, without copies where there are others.
    fn finish(&mut self) -> Vec<LeadCandidate> {
        let mut lines: Vec<LeadCandidate> = self
            .candidates
            .iter()
            .map(|candidate| {
                let notes = candidate.notes(&self.setting);
                let scores = self.judge.scores(&self.setting.window, &self.setting.steering, candidate);
                let shared_run = self.shared_run.as_ref().map_or(0, |check| check(&notes));
                LeadCandidate { notes, scores, shared_run }
            })
            .collect();
        lines.sort_by(|a, b| b.scores.total.total_cmp(&a.scores.total));
        if lines.iter().all(|line| line.shared_run >= COPIED_NOTES) {
            lines.sort_by_key(|line| line.shared_run);
            return lines;
        }
        let all = lines.len();
        lines.retain(|line| line.shared_run < COPIED_NOTES);
        self.copies_dropped = all - lines.len();
        lines
    }
}

/// The events heard, in how many bars of the grid, and the beats that were left out before them.
fn context(request: &LeadRequest, grid: &Grid) -> (Vec<Event>, usize, f64) {
    let splits = grid.splits as usize;
    let heard = usize::from(request.context_bars);
    let kept = if request.context.is_empty() { 0 } else { heard.min((CONTEXT_BARS_MAX / splits).max(1)) };
    let skipped = (heard - kept) as f64 * request.metre.bar().0;
    let notes: Vec<Note> = request
        .context
        .iter()
        .map(|note| Note { onset: Beats(note.onset.0 - skipped), ..*note })
        .filter(|note| note.onset.0 >= 0.0)
        .collect();
    (encode(&notes, grid, request.key.tonic, kept * splits), kept * splits, skipped)
}

/// The rules for a line that is moved by whole octaves when it is done.
fn rules(request: &LeadRequest, register: Register, bars: usize) -> Rules {
    let moved = 12.0 * register.octaves as f32;
    let wish = register.centre + moved;
    let (mut lowest, mut highest) = (LOWEST, HIGHEST);
    if request.controls.register != 0.0 && wish.is_finite() {
        lowest = lowest.min(wish - 9.0).max(24.0);
        highest = highest.max(wish + 9.0).min(108.0);
    }
    let (lowest, highest) = ((lowest - moved) as i32, (highest - moved) as i32);
    Rules::new(request.key, lowest, highest, request.controls.range, bars)
}

#[cfg(test)]
mod tests;
