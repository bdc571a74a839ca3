//! Runs on the composer thread. The critic: how much two bars of drums, bass and comping are like people's.

use super::columns::Columns;
use super::roll::{BASS_ROWS, COLUMNS, COMP_ROWS, Roll};
use super::{CHORD_ROLL, PARTS};
use crate::compose_error::ComposeError;
use crate::inference::{BATCH_MAX, Tensor};
use crate::models::GanModel;
use crate::sampling::all_finite;
use crate::tokens::drum::CLASSES;
use linnet_music::STYLES;

/// What textures of one window have in common.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The columns.
    pub columns: Columns,
    /// Weights of the styles, their sum 1 or 0.
    pub style: [f32; STYLES],
    /// Pitch classes and root of the chord at each column, relative to the tonic: `f32[24, 48]`.
    pub chord: Vec<f32>,
    /// 1 where drums, bass and comping play.
    pub presence: [f32; PARTS],
}

impl Circumstances {
    /// The inputs that both networks take, `count` times: style, chord, grid and presence.
    pub(super) fn inputs(&self, count: usize) -> [Vec<f32>; 4] {
        [
            self.style.repeat(count),
            self.chord.repeat(count),
            self.columns.grid().repeat(count),
            self.presence.repeat(count),
        ]
    }
}

/// The critic's log odds of each of `rolls`.
///
/// # Errors
/// Where the network fails or answers with something that is not a number.
pub fn scores(model: &GanModel, rolls: &[Roll], of: &Circumstances) -> Result<Vec<f32>, ComposeError> {
    debug_assert_eq!(of.chord.len(), CHORD_ROLL);
    let mut all = Vec::with_capacity(rolls.len());
    for rolls in rolls.chunks(BATCH_MAX) {
        let count = rolls.len();
        let mut parts = [CLASSES, BASS_ROWS, 1, COMP_ROWS, 1].map(|rows| vec![0.0; count * rows * COLUMNS]);
        for (item, roll) in rolls.iter().enumerate() {
            roll.write(&of.columns, item, &mut parts);
        }
        let common = of.inputs(count);
        let inputs: Vec<Tensor<'_>> = parts.iter().chain(&common).map(|values| Tensor::F32(values)).collect();
        let mut outputs = [Vec::new()];
        model.critic.run(count, &inputs, &mut outputs)?;
        let [scores] = outputs;
        if !all_finite(&scores) {
            return Err(ComposeError::NotFinite(model.critic.name()));
        }
        all.extend(scores);
    }
    Ok(all)
}

/// Log odds as a number in (0, 1) that still tells poor textures from worse ones.
pub fn taste(score: f32) -> f32 {
    1.0 / (1.0 + (-score / 4.0).exp())
}
