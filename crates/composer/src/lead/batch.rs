//! Runs on the composer thread. The tensors of the lead's networks, for all lines that grow at once.

use super::ComposeError;
use crate::inference::Tensor;
use crate::models::LeadModel;
use crate::sampling::all_finite;
use crate::tokens::features::{CHORD_VALUES, Window};
use crate::tokens::line::Line;
use crate::tokens::{DURATIONS, LEAD_FEATURES, PITCHES, POSITIONS, position_tick};

const POSITION_CLASSES: usize = POSITIONS + 1;

/// Places of the step's outputs.
const CONTEXT: usize = 0;
const POSITION_LOGITS: usize = 1;
const H_OUT: usize = 2;
const C_OUT: usize = 3;

/// Inputs, outputs and state; a row a line.
pub(super) struct Batch {
    hidden: usize,
    rows: usize,
    previous: Vec<i64>,
    look: Vec<i64>,
    features: Vec<f32>,
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
    /// The pitches drawn, to be written by the caller between the two heads.
    pub(super) pitch: Vec<i64>,
    pitch_logits: [Vec<f32>; 1],
    duration_logits: [Vec<f32>; 1],
}

impl Batch {
    /// A batch of `rows` lines with a state of zeros.
    pub(super) fn new(hidden: usize, rows: usize) -> Self {
        Self {
            hidden,
            rows,
            previous: vec![0; rows * 3],
            look: vec![0; rows * 6],
            features: vec![0.0; rows * LEAD_FEATURES],
            h: vec![0.0; 2 * rows * hidden],
            c: vec![0.0; 2 * rows * hidden],
            step: Default::default(),
            notes: Vec::new(),
            context: Vec::new(),
            position: Vec::new(),
            look_at: Vec::new(),
            chord: Vec::new(),
            pitch: Vec::new(),
            pitch_logits: Default::default(),
            duration_logits: Default::default(),
        }
    }

    /// Writes the inputs of row `row`: the step after `line`.
    pub(super) fn write(&mut self, row: usize, window: &Window, line: &Line) {
        let previous = line.previous();
        let ids = [previous.position, previous.pitch, previous.duration].map(i64::from);
        self.previous[row * 3..row * 3 + 3].copy_from_slice(&ids);
        self.look[row * 6..row * 6 + 6].copy_from_slice(&line.look_ahead());
        let features = &mut self.features[row * LEAD_FEATURES..(row + 1) * LEAD_FEATURES];
        if let Some(features) = features.first_chunk_mut() {
            window.features(line, features);
        }
    }

    /// Computes the step of all rows; the state moves on.
    pub(super) fn step(&mut self, model: &LeadModel) -> Result<(), ComposeError> {
        let inputs = [
            Tensor::I64(&self.previous),
            Tensor::I64(&self.look),
            Tensor::F32(&self.features),
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
        self.resize(&vec![0; rows]);
    }

    /// Keeps these rows, in their order.
    pub(super) fn keep(&mut self, rows: &[usize]) {
        self.resize(rows);
    }

    /// Makes the batch one of the given rows of the one before.
    fn resize(&mut self, rows: &[usize]) {
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
        self.rows = rows.len();
        self.previous.resize(self.rows * 3, 0);
        self.look.resize(self.rows * 6, 0);
        self.features.resize(self.rows * LEAD_FEATURES, 0.0);
    }

    /// Forgets the notes of the step before.
    pub(super) fn clear_notes(&mut self) {
        self.notes.clear();
        self.context.clear();
        self.position.clear();
        self.look_at.clear();
        self.chord.clear();
        self.pitch.clear();
    }

    /// Row `row` goes on with a note at `position`.
    pub(super) fn add_note(&mut self, row: usize, window: &Window, line: &Line, position: u8) {
        self.notes.push(row);
        self.context.extend_from_slice(row_of(&self.step[CONTEXT], row, self.hidden));
        self.position.push(i64::from(position));
        self.look_at.extend_from_slice(&line.look_at(position));
        self.chord.extend_from_slice(window.chord_values(window.bar_start(line) + position_tick(position)));
        self.pitch.push(0);
    }

    /// The rows that go on with a note, in the order in which they were added.
    pub(super) fn note_rows(&self) -> std::vec::IntoIter<usize> {
        self.notes.clone().into_iter()
    }

    /// Computes the pitch logits of all notes.
    pub(super) fn pitches(&mut self, model: &LeadModel) -> Result<(), ComposeError> {
        if self.notes.is_empty() {
            return Ok(());
        }
        let chord = Tensor::F32(&self.chord);
        debug_assert_eq!(self.chord.len(), self.notes.len() * CHORD_VALUES);
        let inputs =
            [Tensor::F32(&self.context), Tensor::I64(&self.position), Tensor::I64(&self.look_at), chord];
        model.pitch.run(self.notes.len(), &inputs, &mut self.pitch_logits)?;
        finite(&self.pitch_logits[0], model.pitch.name())
    }

    /// The pitch logits of note `note`. `f32[64]`.
    pub(super) fn pitch_logits(&self, note: usize) -> &[f32] {
        row_of(&self.pitch_logits[0], note, PITCHES)
    }

    /// Computes the duration logits of all notes with their pitches.
    pub(super) fn durations(&mut self, model: &LeadModel) -> Result<(), ComposeError> {
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
