//! Runs on the composer thread. The tensors of every network, as in `models/TOKENS.md`.

use crate::inference::Dim::{Batch, Fixed, Hidden};
use crate::inference::{Signature, TensorSpec};
use crate::tokens::{DURATIONS, LEAD_FEATURES, PITCHES, POSITIONS, drum, features};

const POSITIONS_AND_BAR: usize = POSITIONS + 1;
/// Bounds of token ids: with BAR, with BAR and START; with NONE.
const POSITION_IDS: i64 = POSITIONS_AND_BAR as i64;
const PREVIOUS_IDS: i64 = POSITION_IDS + 1;
const PITCH_IDS: i64 = PITCHES as i64 + 1;
const DURATION_IDS: i64 = DURATIONS.len() as i64 + 1;

/// One step of the lead: `prev i64[B,3]`, `look i64[B,6]`, `features f32[B,113]`, `h`, `c f32[2,B,H]` →
/// `context f32[B,H]`, `position_logits f32[B,97]`, `h_out`, `c_out f32[2,B,H]`.
pub static LEAD_STEP: Signature = Signature {
    graph: "lead step",
    inputs: &[
        TensorSpec::ids("prev", &[Batch, Fixed(3)], &[PREVIOUS_IDS, PITCH_IDS, DURATION_IDS]),
        TensorSpec::ids(
            "look",
            &[Batch, Fixed(6)],
            &[POSITION_IDS, POSITION_IDS, POSITION_IDS, PITCH_IDS, PITCH_IDS, PITCH_IDS],
        ),
        TensorSpec::floats("features", &[Batch, Fixed(LEAD_FEATURES)]),
        TensorSpec::floats("h", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c", &[Fixed(2), Batch, Hidden]),
    ],
    outputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::floats("position_logits", &[Batch, Fixed(POSITIONS_AND_BAR)]),
        TensorSpec::floats("h_out", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c_out", &[Fixed(2), Batch, Hidden]),
    ],
};

/// The lead's pitch: `context f32[B,H]`, `position i64[B]`, `look i64[B,3]`, `chord f32[B,24]` →
/// `pitch_logits f32[B,64]`.
pub static LEAD_PITCH: Signature = Signature {
    graph: "lead pitch",
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::ids("position", &[Batch], &[PREVIOUS_IDS]),
        TensorSpec::ids("look", &[Batch, Fixed(3)], &[PITCH_IDS]),
        TensorSpec::floats("chord", &[Batch, Fixed(features::CHORD_VALUES)]),
    ],
    outputs: &[TensorSpec::floats("pitch_logits", &[Batch, Fixed(PITCHES)])],
};

/// The lead's duration: `context f32[B,H]`, `position i64[B]`, `pitch i64[B]` → `duration_logits f32[B,24]`.
pub static LEAD_DURATION: Signature = Signature {
    graph: "lead duration",
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::ids("position", &[Batch], &[PREVIOUS_IDS]),
        TensorSpec::ids("pitch", &[Batch], &[PITCH_IDS]),
    ],
    outputs: &[TensorSpec::floats("duration_logits", &[Batch, Fixed(DURATIONS.len())])],
};

/// One step of the drums: `prev i64[B]`, `features f32[B,47]`, `h`, `c f32[2,B,D]` → `context f32[B,D]`,
/// `hits_logits f32[B,512]`, `h_out`, `c_out f32[2,B,D]`.
pub static DRUM_STEP: Signature = Signature {
    graph: "drums step",
    inputs: &[
        TensorSpec::ids("prev", &[Batch], &[drum::HITS as i64 + 1]),
        TensorSpec::floats("features", &[Batch, Fixed(drum::DRUM_FEATURES)]),
        TensorSpec::floats("h", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c", &[Fixed(2), Batch, Hidden]),
    ],
    outputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::floats("hits_logits", &[Batch, Fixed(drum::HITS)]),
        TensorSpec::floats("h_out", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c_out", &[Fixed(2), Batch, Hidden]),
    ],
};

/// How a step of the drums is played: `context f32[B,D]`, `hits f32[B,9]` → `velocity`, `shift f32[B,9]`.
pub static DRUM_TOUCH: Signature = Signature {
    graph: "drums touch",
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::floats("hits", &[Batch, Fixed(drum::CLASSES)]),
    ],
    outputs: &[
        TensorSpec::floats("velocity", &[Batch, Fixed(drum::CLASSES)]),
        TensorSpec::floats("shift", &[Batch, Fixed(drum::CLASSES)]),
    ],
};
