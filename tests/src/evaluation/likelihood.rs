//! How likely held-out lines are under the phrase model: every bar once as target, after up to eight bars of context, with
//! the key known and no wishes.

use super::EvaluationError;
use linnet_composer::evaluation::{Piece, nats_of_bars};
use linnet_composer::models::PhraseModel;

const TARGET_BARS: usize = 8;

/// The log loss of a piece's events in nats, told the chords or not.
pub fn nats(model: &PhraseModel, piece: &Piece, with_chords: bool) -> Result<f64, EvaluationError> {
    let losses = windows(piece).into_iter().map(|bars| nats_of_bars(model, piece, bars, with_chords));
    Ok(losses.sum::<Result<f64, _>>()?)
}

/// First and last bar of each target; a pickup is a target of its own.
fn windows(piece: &Piece) -> Vec<(usize, usize)> {
    let bars = piece.bars();
    let mut starts = vec![0];
    if piece.first_bar > 0 && bars > 1 {
        starts.push(1);
    }
    while starts.last().is_some_and(|start| start + TARGET_BARS < bars) {
        starts.push(starts[starts.len() - 1] + TARGET_BARS);
    }
    let ends = starts.iter().skip(1).copied().chain([bars]);
    starts.iter().copied().zip(ends).collect()
}
