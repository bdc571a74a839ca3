//! Runs on the composer thread. The tensors of the phrase model's networks, for all candidates that grow at once.

use super::candidate::Candidate;
use super::window::{CHORD_VALUES, Window};
use crate::compose_error::ComposeError;
use crate::inference::Tensor;
use crate::models::PhraseModel;
use crate::sampling::all_finite;
use crate::tokens::{DURATIONS, PITCHES, POSITIONS};
use crate::vocabulary::{MEMORY, PHRASE_FEATURES};

const POSITION_CLASSES: usize = POSITIONS + 1;

/// Places of the step's outputs.
const CONTEXT: usize = 0;
const POSITION_LOGITS: usize = 1;
const H_OUT: usize = 2;
const C_OUT: usize = 3;

/// Inputs, outputs and state; a row a candidate.
pub(super) struct Batch {
    /// Whether the network is told the style.
    styled: bool,
    hidden: usize,
    rows: usize,
    previous: Vec<i64>,
    look: Vec<i64>,
    features: Vec<f32>,
    memory: Vec<f32>,
    summary: Vec<f32>,
    /// `f32[2, rows, hidden]`.
    h: Vec<f32>,
    c: Vec<f32>,
    step: [Vec<f32>; 4],
    /// The rows whose next event is a note, and what the heads need of them, in the same order.
    notes: Vec<usize>,
    context: Vec<f32>,
    position: Vec<i64>,
    look_at: Vec<i64>,
    chord: Vec<f32>,
    onset_memory: Vec<f32>,
    /// The pitches drawn, to be written by the caller between the two heads.
    pub(super) pitch: Vec<i64>,
    pitch_logits: [Vec<f32>; 1],
    duration_logits: [Vec<f32>; 1],
}

impl Batch {
    /// A batch of one row with a state of zeros. Whether the network is told the style is `styled`.
    pub(super) fn new(hidden: usize, styled: bool) -> Self {
        let mut batch = Self {
            styled,
            hidden,
            rows: 0,
            previous: Vec::new(),
            look: Vec::new(),
            features: Vec::new(),
            memory: Vec::new(),
            summary: Vec::new(),
            h: vec![0.0; 2 * hidden],
            c: vec![0.0; 2 * hidden],
            step: Default::default(),
            notes: Vec::new(),
            context: Vec::new(),
            position: Vec::new(),
            look_at: Vec::new(),
            chord: Vec::new(),
            onset_memory: Vec::new(),
            pitch: Vec::new(),
            pitch_logits: Default::default(),
            duration_logits: Default::default(),
        };
        batch.make_room(1);
        batch
    }

    fn make_room(&mut self, rows: usize) {
        self.rows = rows;
        self.previous.resize(rows * 3, 0);
        self.look.resize(rows * 6, 0);
        self.features.resize(rows * PHRASE_FEATURES, 0.0);
        self.memory.resize(rows * 3 * MEMORY, 0.0);
        self.summary.resize(rows * MEMORY, 0.0);
    }

    /// Writes the inputs of row `row`: the step after what `candidate` holds.
    pub(super) fn write(&mut self, row: usize, window: &Window, candidate: &Candidate) {
        let line = &candidate.line;
        let previous = line.previous();
        let ids = [previous.position, previous.pitch, previous.duration].map(i64::from);
        self.previous[row * 3..row * 3 + 3].copy_from_slice(&ids);
        self.look[row * 6..row * 6 + 6].copy_from_slice(&line.look_ahead());
        let features = &mut self.features[row * PHRASE_FEATURES..(row + 1) * PHRASE_FEATURES];
        if let Some(features) = features.first_chunk_mut() {
            window.features(line, &candidate.written, features);
            if !self.styled {
                Window::hide_style(features);
            }
        }
        window.memories(line, &mut self.memory[row * 3 * MEMORY..(row + 1) * 3 * MEMORY]);
        self.summary[row * MEMORY..(row + 1) * MEMORY].copy_from_slice(window.summary());
    }

    /// Computes the step of all rows; the state moves on.
    pub(super) fn step(&mut self, model: &PhraseModel) -> Result<(), ComposeError> {
        let inputs = [
            Tensor::I64(&self.previous),
            Tensor::I64(&self.look),
            Tensor::F32(&self.features),
            Tensor::F32(&self.memory),
            Tensor::F32(&self.summary),
            Tensor::F32(&self.h),
            Tensor::F32(&self.c),
        ];
        model.step.run(self.rows, &inputs, &mut self.step)?;
        std::mem::swap(&mut self.h, &mut self.step[H_OUT]);
        std::mem::swap(&mut self.c, &mut self.step[C_OUT]);
        let finite = all_finite(&self.step[POSITION_LOGITS]) && all_finite(&self.h) && all_finite(&self.c);
        if finite { Ok(()) } else { Err(ComposeError::NotFinite(model.step.name())) }
    }

    /// The position logits of row `row`. `f32[97]`.
    pub(super) fn position_logits(&self, row: usize) -> &[f32] {
        row_of(&self.step[POSITION_LOGITS], row, POSITION_CLASSES)
    }

    /// Gives the state and the outputs of the one row to `rows` rows.
    pub(super) fn share_out(&mut self, rows: usize) {
        self.keep(&vec![0; rows]);
    }

    /// Makes the batch one of the given rows, in their order.
    pub(super) fn keep(&mut self, rows: &[usize]) {
        let hidden = self.hidden;
        let layer = self.rows * hidden;
        let gather = |values: &[f32], width: usize| -> Vec<f32> {
            rows.iter().flat_map(|row| row_of(values, *row, width)).copied().collect()
        };
        for state in [&mut self.h, &mut self.c] {
            let mut layers = gather(&state[..layer], hidden);
            layers.extend(gather(&state[layer..], hidden));
            *state = layers;
        }
        self.step[CONTEXT] = gather(&self.step[CONTEXT], hidden);
        self.step[POSITION_LOGITS] = gather(&self.step[POSITION_LOGITS], POSITION_CLASSES);
        self.make_room(rows.len());
    }

    /// Forgets the notes of the step before.
    pub(super) fn clear_notes(&mut self) {
        self.notes.clear();
        self.context.clear();
        self.position.clear();
        self.look_at.clear();
        self.chord.clear();
        self.onset_memory.clear();
        self.pitch.clear();
    }

    /// Row `row` goes on with a note at `position`.
    pub(super) fn add_note(&mut self, row: usize, window: &Window, candidate: &Candidate, position: u8) {
        let onset = candidate.progress.tick(window, position);
        self.notes.push(row);
        self.context.extend_from_slice(row_of(&self.step[CONTEXT], row, self.hidden));
        self.position.push(i64::from(position));
        self.look_at.extend_from_slice(&candidate.line.look_at(position, window));
        self.chord.extend_from_slice(window.chord_values(onset));
        self.onset_memory.extend_from_slice(window.memory(onset));
        self.pitch.push(0);
    }

    /// The rows that go on with a note, in the order in which they were added.
    pub(super) fn note_rows(&self) -> std::vec::IntoIter<usize> {
        self.notes.clone().into_iter()
    }

    /// Computes the pitch logits of all notes.
    pub(super) fn pitches(&mut self, model: &PhraseModel) -> Result<(), ComposeError> {
        if self.notes.is_empty() {
            return Ok(());
        }
        debug_assert_eq!(self.chord.len(), self.notes.len() * CHORD_VALUES);
        let inputs = [
            Tensor::F32(&self.context),
            Tensor::I64(&self.position),
            Tensor::I64(&self.look_at),
            Tensor::F32(&self.chord),
            Tensor::F32(&self.onset_memory),
        ];
        model.pitch.run(self.notes.len(), &inputs, &mut self.pitch_logits)?;
        finite(&self.pitch_logits[0], model.pitch.name())
    }

    /// The pitch logits of note `note`. `f32[64]`.
    pub(super) fn pitch_logits(&self, note: usize) -> &[f32] {
        row_of(&self.pitch_logits[0], note, PITCHES)
    }

    /// Computes the duration logits of all notes with their pitches.
    pub(super) fn durations(&mut self, model: &PhraseModel) -> Result<(), ComposeError> {
        if self.notes.is_empty() {
            return Ok(());
        }
        let inputs = [Tensor::F32(&self.context), Tensor::I64(&self.position), Tensor::I64(&self.pitch)];
        model.duration.run(self.notes.len(), &inputs, &mut self.duration_logits)?;
        finite(&self.duration_logits[0], model.duration.name())
    }

    /// The duration logits of note `note`. `f32[24]`.
    pub(super) fn duration_logits(&self, note: usize) -> &[f32] {
        row_of(&self.duration_logits[0], note, DURATIONS.len())
    }
}

fn row_of(values: &[f32], row: usize, width: usize) -> &[f32] {
    &values[row * width..(row + 1) * width]
}

fn finite(values: &[f32], graph: &'static str) -> Result<(), ComposeError> {
    if all_finite(values) { Ok(()) } else { Err(ComposeError::NotFinite(graph)) }
}
