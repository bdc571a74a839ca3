//! Runs on the composer thread. The tensors of the drum networks, for all grooves at once.

use crate::compose_error::ComposeError;
use crate::inference::Tensor;
use crate::models::DrumModel;
use crate::sampling::all_finite;
use crate::tokens::drum::{CLASSES, DRUM_FEATURES, DrumWindow, HITS, START, write_hits};

/// Places of the step's outputs.
const CONTEXT: usize = 0;
const HITS_LOGITS: usize = 1;
const H_OUT: usize = 2;
const C_OUT: usize = 3;

/// Inputs, outputs and state; a row a groove.
pub(super) struct Batch {
    rows: usize,
    /// Whether the network is told the style.
    styled: bool,
    hidden: usize,
    previous: Vec<i64>,
    features: Vec<f32>,
    /// `f32[2, rows, hidden]`.
    h: Vec<f32>,
    c: Vec<f32>,
    step: [Vec<f32>; 4],
    hits: Vec<f32>,
    /// Velocity and shift. `f32[rows, 9]` each.
    touch: [Vec<f32>; 2],
}

impl Batch {
    /// A batch of `rows` grooves with a state of zeros. Whether the network is told the style is `styled`.
    pub(super) fn new(hidden: usize, rows: usize, styled: bool) -> Self {
        Self {
            rows,
            styled,
            hidden,
            previous: vec![i64::from(START); rows],
            features: vec![0.0; rows * DRUM_FEATURES],
            h: vec![0.0; 2 * rows * hidden],
            c: vec![0.0; 2 * rows * hidden],
            step: Default::default(),
            hits: vec![0.0; rows * CLASSES],
            touch: Default::default(),
        }
    }

    /// Writes the inputs of row `row`: the step after `hits`.
    pub(super) fn write(&mut self, row: usize, window: &DrumWindow, hits: &[u16]) {
        self.previous[row] = i64::from(hits.last().copied().unwrap_or(START));
        let features = &mut self.features[row * DRUM_FEATURES..(row + 1) * DRUM_FEATURES];
        if let Some(features) = features.first_chunk_mut() {
            window.features(hits, features);
            if !self.styled {
                DrumWindow::hide_style(features);
            }
        }
    }

    /// Computes the step of all rows; the state moves on.
    pub(super) fn step(&mut self, model: &DrumModel) -> Result<(), ComposeError> {
        let inputs = [
            Tensor::I64(&self.previous),
            Tensor::F32(&self.features),
            Tensor::F32(&self.h),
            Tensor::F32(&self.c),
        ];
        model.step.run(self.rows, &inputs, &mut self.step)?;
        std::mem::swap(&mut self.h, &mut self.step[H_OUT]);
        std::mem::swap(&mut self.c, &mut self.step[C_OUT]);
        let finite = all_finite(&self.step[HITS_LOGITS]) && all_finite(&self.h) && all_finite(&self.c);
        if finite { Ok(()) } else { Err(ComposeError::NotFinite(model.step.name())) }
    }

    /// The logits of row `row`. `f32[512]`.
    pub(super) fn hits_logits(&self, row: usize) -> &[f32] {
        &self.step[HITS_LOGITS][row * HITS..(row + 1) * HITS]
    }

    /// Gives the state and the outputs of the one row to `rows` rows.
    pub(super) fn share_out(&mut self, rows: usize) {
        let layer = self.rows * self.hidden;
        for state in [&mut self.h, &mut self.c] {
            let mut layers = state[..self.hidden].repeat(rows);
            layers.extend(state[layer..layer + self.hidden].repeat(rows));
            *state = layers;
        }
        self.step[CONTEXT] = self.step[CONTEXT][..self.hidden].repeat(rows);
        self.step[HITS_LOGITS] = self.step[HITS_LOGITS][..HITS].repeat(rows);
        self.rows = rows;
        self.previous.resize(rows, i64::from(START));
        self.features.resize(rows * DRUM_FEATURES, 0.0);
        self.hits.resize(rows * CLASSES, 0.0);
    }

    /// Writes what sounds in row `row`, for its touch.
    pub(super) fn write_hits(&mut self, row: usize, hits: u16) {
        write_hits(hits, &mut self.hits[row * CLASSES..(row + 1) * CLASSES]);
    }

    /// Computes how the hits of all rows are played.
    pub(super) fn touch(&mut self, model: &DrumModel) -> Result<(), ComposeError> {
        let inputs = [Tensor::F32(&self.step[CONTEXT]), Tensor::F32(&self.hits)];
        model.touch.run(self.rows, &inputs, &mut self.touch)?;
        let finite = self.touch.iter().all(|values| all_finite(values));
        if finite { Ok(()) } else { Err(ComposeError::NotFinite(model.touch.name())) }
    }

    /// The velocity in [0, 1] of each class of row `row`.
    pub(super) fn velocities(&self, row: usize) -> [f32; CLASSES] {
        let [velocity, _] = &self.touch;
        std::array::from_fn(|class| velocity[row * CLASSES + class].clamp(0.0, 1.0))
    }
}
