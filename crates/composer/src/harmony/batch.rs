//! Runs on the composer thread. The tensors of the chord model's networks, for all rows at once.

use super::features::{CHORD_FEATURES, Setting};
use crate::compose_error::ComposeError;
use crate::inference::Tensor;
use crate::models::ChordModel;
use crate::sampling::all_finite;

/// Inputs, outputs and state; a row of the batch is a row of chords.
pub(super) struct Batch {
    rows: usize,
    /// Whether the network is told the style.
    styled: bool,
    features: Vec<f32>,
    /// `f32[2, rows, hidden]`.
    h: Vec<f32>,
    c: Vec<f32>,
    context: Vec<f32>,
    logits: [Vec<f32>; 1],
}

impl Batch {
    /// A batch of `rows` rows with a state of zeros. Whether the network is told the style is `styled`.
    pub(super) fn new(hidden: usize, rows: usize, styled: bool) -> Self {
        Self {
            rows,
            styled,
            features: vec![0.0; rows * CHORD_FEATURES],
            h: vec![0.0; 2 * rows * hidden],
            c: vec![0.0; 2 * rows * hidden],
            context: Vec::new(),
            logits: Default::default(),
        }
    }

    /// Writes what is known at beat `now` of row `row`.
    pub(super) fn write(&mut self, row: usize, setting: &Setting, now: u32) {
        let features = &mut self.features[row * CHORD_FEATURES..(row + 1) * CHORD_FEATURES];
        setting.features(now, features);
        if !self.styled {
            Setting::hide_style(features);
        }
    }

    /// Computes the root logits after the chords `previous`, `i64[rows, 3]`; the state moves on.
    pub(super) fn roots(&mut self, model: &ChordModel, previous: &[i64]) -> Result<(), ComposeError> {
        let inputs =
            [Tensor::I64(previous), Tensor::F32(&self.features), Tensor::F32(&self.h), Tensor::F32(&self.c)];
        let mut outputs: [Vec<f32>; 4] = Default::default();
        model.step.run(self.rows, &inputs, &mut outputs)?;
        if !outputs.iter().all(|values| all_finite(values)) {
            return Err(ComposeError::NotFinite(model.step.name()));
        }
        let [context, roots, h, c] = outputs;
        (self.context, self.logits, self.h, self.c) = (context, [roots], h, c);
        Ok(())
    }

    /// Computes the quality logits over `roots`, `i64[rows]`.
    pub(super) fn qualities(&mut self, model: &ChordModel, roots: &[i64]) -> Result<(), ComposeError> {
        let inputs = [Tensor::F32(&self.context), Tensor::I64(roots)];
        Ok(model.quality.run(self.rows, &inputs, &mut self.logits)?)
    }

    /// Computes the length logits of `roots` with `qualities`, `i64[rows]` each.
    pub(super) fn lengths(
        &mut self,
        model: &ChordModel,
        roots: &[i64],
        qualities: &[i64],
    ) -> Result<(), ComposeError> {
        let inputs = [Tensor::F32(&self.context), Tensor::I64(roots), Tensor::I64(qualities)];
        Ok(model.length.run(self.rows, &inputs, &mut self.logits)?)
    }

    /// The logits computed last, of all rows.
    pub(super) fn logits(&self) -> &[f32] {
        &self.logits[0]
    }
}
