//! Runs on the composer thread. The tensors of every network, as in `models/TOKENS.md`.

use crate::groove::GROOVE_FEATURES;
use crate::harmony::features::{CHORD_FEATURES, DEGREES, LENGTHS};
use crate::inference::Dim::{self, Batch, Fixed, Hidden};
use crate::inference::{BATCH_MAX, Signature, TensorSpec};
use crate::latent::drum_grid::DRUM_CONDITIONS;
use crate::latent::line_grid::{LINE_CLASSES, LINE_CONDITIONS};
use crate::latent::{DRUM_LATENT, LANES_MAX, LINE_LATENT};
use crate::phrase::window::CHORD_VALUES;
use crate::texture::roll::{BASS_ROWS, COLUMNS, COMP_ROWS};
use crate::texture::{NOISE, PARTS};
use crate::tokens::{DURATIONS, PITCHES, POSITIONS, drum};
use crate::vocabulary::{CANVAS_FEATURES, MEMORY, PHRASE_FEATURES, ROLES};
use linnet_music::{ChordQuality, STYLES};

/// What a step of all candidates may cost: about a tenth of a second.
const STEP_OPERATIONS_MAX: u64 = 256_000_000;
/// The columns of the longest canvas: 28 bars of eight quarters.
pub const COLUMNS_MAX: usize = 896;
/// The steps of the longest part that is grooved at once.
pub const GROOVE_STEPS_MAX: usize = 512;
/// What encoding a canvas, or grooving a part, may cost: about a quarter of a second.
const CANVAS_OPERATIONS_MAX: u64 = 640_000_000;

/// The steps of the longest window of a latent: two bars of eight quarters, in sixteenths.
pub const LATENT_STEPS_MAX: usize = 64;

const POSITIONS_AND_BAR: usize = POSITIONS + 1;
/// Bounds of token ids: with BAR, with BAR and START; with NONE.
const POSITION_IDS: i64 = POSITIONS_AND_BAR as i64;
const PREVIOUS_IDS: i64 = POSITION_IDS + 1;
const PITCH_IDS: i64 = PITCHES as i64 + 1;
const DURATION_IDS: i64 = DURATIONS.len() as i64 + 1;

/// One step of the drums: `prev i64[B]`, `features f32[B,79]`, `h`, `c f32[2,B,D]` → `context f32[B,D]`,
/// `hits_logits f32[B,512]`, `h_out`, `c_out f32[2,B,D]`.
pub static DRUM_STEP: Signature = Signature {
    graph: "drums step",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
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
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::floats("hits", &[Batch, Fixed(drum::CLASSES)]),
    ],
    outputs: &[
        TensorSpec::floats("velocity", &[Batch, Fixed(drum::CLASSES)]),
        TensorSpec::floats("shift", &[Batch, Fixed(drum::CLASSES)]),
    ],
};

/// How a part on the grid is played, whose batch is its steps: `hits f32[1,T,9]`, `features f32[1,T,53]` →
/// `velocity`, `shift f32[1,T,9]`.
pub static GROOVE: Signature = Signature {
    graph: "groove groove",
    rows_max: GROOVE_STEPS_MAX,
    operations_max: CANVAS_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("hits", &[Fixed(1), Batch, Fixed(drum::CLASSES)]),
        TensorSpec::floats("features", &[Fixed(1), Batch, Fixed(GROOVE_FEATURES)]),
    ],
    outputs: &[
        TensorSpec::floats("velocity", &[Fixed(1), Batch, Fixed(drum::CLASSES)]),
        TensorSpec::floats("shift", &[Fixed(1), Batch, Fixed(drum::CLASSES)]),
    ],
};

const QUALITIES: usize = ChordQuality::ALL.len();

/// One chord: `prev i64[B,3]`, `features f32[B,106]`, `h`, `c f32[2,B,H]` → `context f32[B,H]`, `root_logits f32[B,12]`,
/// `h_out`, `c_out f32[2,B,H]`.
pub static CHORD_STEP: Signature = Signature {
    graph: "chords step",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::ids(
            "prev",
            &[Batch, Fixed(3)],
            &[DEGREES as i64 + 1, QUALITIES as i64 + 1, LENGTHS.len() as i64 + 1],
        ),
        TensorSpec::floats("features", &[Batch, Fixed(CHORD_FEATURES)]),
        TensorSpec::floats("h", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c", &[Fixed(2), Batch, Hidden]),
    ],
    outputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::floats("root_logits", &[Batch, Fixed(DEGREES)]),
        TensorSpec::floats("h_out", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c_out", &[Fixed(2), Batch, Hidden]),
    ],
};

/// A chord's quality: `context f32[B,H]`, `root i64[B]` → `quality_logits f32[B,12]`.
pub static CHORD_QUALITY: Signature = Signature {
    graph: "chords quality",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::ids("root", &[Batch], &[DEGREES as i64]),
    ],
    outputs: &[TensorSpec::floats("quality_logits", &[Batch, Fixed(QUALITIES)])],
};

/// A chord's length: `context f32[B,H]`, `root i64[B]`, `quality i64[B]` → `length_logits f32[B,8]`.
pub static CHORD_LENGTH: Signature = Signature {
    graph: "chords length",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::ids("root", &[Batch], &[DEGREES as i64]),
        TensorSpec::ids("quality", &[Batch], &[QUALITIES as i64]),
    ],
    outputs: &[TensorSpec::floats("length_logits", &[Batch, Fixed(LENGTHS.len())])],
};

/// The encoder of the canvas, whose batch is its columns: `canvas f32[1,T,105]`, `role f32[1,4]` → `memory f32[1,T,128]`,
/// `summary f32[1,128]`.
pub static PHRASE_CANVAS: Signature = Signature {
    graph: "phrase canvas",
    rows_max: COLUMNS_MAX,
    operations_max: CANVAS_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("canvas", &[Fixed(1), Batch, Fixed(CANVAS_FEATURES)]),
        TensorSpec::floats("role", &[Fixed(1), Fixed(ROLES)]),
    ],
    outputs: &[
        TensorSpec::floats("memory", &[Fixed(1), Batch, Hidden]),
        TensorSpec::floats("summary", &[Fixed(1), Hidden]),
    ],
};

/// One step of a part: `prev i64[B,3]`, `look i64[B,6]`, `features f32[B,155]`, `memory f32[B,384]`, `summary f32[B,128]`,
/// `h`, `c f32[2,B,H]` → `context f32[B,H]`, `position_logits f32[B,97]`, `h_out`, `c_out f32[2,B,H]`.
pub static PHRASE_STEP: Signature = Signature {
    graph: "phrase step",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::ids("prev", &[Batch, Fixed(3)], &[PREVIOUS_IDS, PITCH_IDS, DURATION_IDS]),
        TensorSpec::ids(
            "look",
            &[Batch, Fixed(6)],
            &[POSITION_IDS, POSITION_IDS, POSITION_IDS, PITCH_IDS, PITCH_IDS, PITCH_IDS],
        ),
        TensorSpec::floats("features", &[Batch, Fixed(PHRASE_FEATURES)]),
        TensorSpec::floats("memory", &[Batch, Fixed(3 * MEMORY)]),
        TensorSpec::floats("summary", &[Batch, Fixed(MEMORY)]),
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

/// A part's pitch: `context f32[B,H]`, `position i64[B]`, `look i64[B,6]`, `chord f32[B,24]`, `memory f32[B,128]` →
/// `pitch_logits f32[B,64]`.
pub static PHRASE_PITCH: Signature = Signature {
    graph: "phrase pitch",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::ids("position", &[Batch], &[PREVIOUS_IDS]),
        TensorSpec::ids("look", &[Batch, Fixed(6)], &[PITCH_IDS]),
        TensorSpec::floats("chord", &[Batch, Fixed(CHORD_VALUES)]),
        TensorSpec::floats("memory", &[Batch, Fixed(MEMORY)]),
    ],
    outputs: &[TensorSpec::floats("pitch_logits", &[Batch, Fixed(PITCHES)])],
};

/// A part's duration: `context f32[B,H]`, `position i64[B]`, `pitch i64[B]` → `duration_logits f32[B,24]`.
pub static PHRASE_DURATION: Signature = Signature {
    graph: "phrase duration",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("context", &[Batch, Hidden]),
        TensorSpec::ids("position", &[Batch], &[PREVIOUS_IDS]),
        TensorSpec::ids("pitch", &[Batch], &[PITCH_IDS]),
    ],
    outputs: &[TensorSpec::floats("duration_logits", &[Batch, Fixed(DURATIONS.len())])],
};

const DRUM_ROLL: &[Dim] = &[Batch, Fixed(drum::CLASSES), Fixed(COLUMNS)];
const BASS_ROLL: &[Dim] = &[Batch, Fixed(BASS_ROWS), Fixed(COLUMNS)];
const COMP_ROLL: &[Dim] = &[Batch, Fixed(COMP_ROWS), Fixed(COLUMNS)];
const HOLD_ROLL: &[Dim] = &[Batch, Fixed(1), Fixed(COLUMNS)];
const STYLE: TensorSpec = TensorSpec::floats("style", &[Batch, Fixed(STYLES)]);
const CHORD_ROLL: TensorSpec = TensorSpec::floats("chord", &[Batch, Fixed(CHORD_VALUES), Fixed(COLUMNS)]);
const COLUMN_GRID: TensorSpec = TensorSpec::floats("grid", &[Batch, Fixed(2), Fixed(COLUMNS)]);
const PRESENCE: TensorSpec = TensorSpec::floats("presence", &[Batch, Fixed(PARTS)]);

/// Two bars of drums, bass and comping: `z f32[B,64]`, `style f32[B,20]`, `chord f32[B,24,48]`, `grid f32[B,2,48]`,
/// `density`, `presence f32[B,3]` → `drums f32[B,9,48]`, `bass f32[B,32,48]`, `bass_hold f32[B,1,48]`,
/// `comp f32[B,40,48]`, `comp_hold f32[B,1,48]`.
pub static GAN_GENERATOR: Signature = Signature {
    graph: "gan generator",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("z", &[Batch, Fixed(NOISE)]),
        STYLE,
        CHORD_ROLL,
        COLUMN_GRID,
        TensorSpec::floats("density", &[Batch, Fixed(PARTS)]),
        PRESENCE,
    ],
    outputs: &[
        TensorSpec::floats("drums", DRUM_ROLL),
        TensorSpec::floats("bass", BASS_ROLL),
        TensorSpec::floats("bass_hold", HOLD_ROLL),
        TensorSpec::floats("comp", COMP_ROLL),
        TensorSpec::floats("comp_hold", HOLD_ROLL),
    ],
};

/// How much such bars are like people's: the generator's outputs, made binary, `style`, `chord`, `grid` and `presence` →
/// `score f32[B]`, log odds.
pub static GAN_CRITIC: Signature = Signature {
    graph: "gan critic",
    rows_max: BATCH_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::floats("drums", DRUM_ROLL),
        TensorSpec::floats("bass", BASS_ROLL),
        TensorSpec::floats("bass_hold", HOLD_ROLL),
        TensorSpec::floats("comp", COMP_ROLL),
        TensorSpec::floats("comp_hold", HOLD_ROLL),
        STYLE,
        CHORD_ROLL,
        COLUMN_GRID,
        PRESENCE,
    ],
    outputs: &[TensorSpec::floats("score", &[Batch])],
};

/// The encoder of two bars of a line, whose batch is its steps: `grid i64[1,N]`, `conditions f32[1,N,74]` →
/// `mu`, `logvar f32[1,Z]`.
pub static LINE_ENCODER: Signature = Signature {
    graph: "line_vae encoder",
    rows_max: LATENT_STEPS_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::ids("grid", &[Fixed(1), Batch], &[LINE_CLASSES as i64]),
        TensorSpec::floats("conditions", &[Fixed(1), Batch, Fixed(LINE_CONDITIONS)]),
    ],
    outputs: &[
        TensorSpec::floats("mu", &[Fixed(1), Hidden]),
        TensorSpec::floats("logvar", &[Fixed(1), Hidden]),
    ],
};

/// One step of a line from a latent: `prev i64[B]`, `z f32[B,64]`, `condition f32[B,74]`, `h`, `c f32[2,B,H]` →
/// `logits f32[B,66]`, `h_out`, `c_out f32[2,B,H]`.
pub static LINE_STEP: Signature = Signature {
    graph: "line_vae step",
    rows_max: LANES_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::ids("prev", &[Batch], &[LINE_CLASSES as i64 + 1]),
        TensorSpec::floats("z", &[Batch, Fixed(LINE_LATENT)]),
        TensorSpec::floats("condition", &[Batch, Fixed(LINE_CONDITIONS)]),
        TensorSpec::floats("h", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c", &[Fixed(2), Batch, Hidden]),
    ],
    outputs: &[
        TensorSpec::floats("logits", &[Batch, Fixed(LINE_CLASSES)]),
        TensorSpec::floats("h_out", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c_out", &[Fixed(2), Batch, Hidden]),
    ],
};

/// The encoder of two bars of drums, whose batch is its steps: `grid i64[1,N]`, `conditions f32[1,N,37]` →
/// `mu`, `logvar f32[1,Z]`.
pub static DRUM_ENCODER: Signature = Signature {
    graph: "drum_vae encoder",
    rows_max: LATENT_STEPS_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::ids("grid", &[Fixed(1), Batch], &[drum::HITS as i64]),
        TensorSpec::floats("conditions", &[Fixed(1), Batch, Fixed(DRUM_CONDITIONS)]),
    ],
    outputs: &[
        TensorSpec::floats("mu", &[Fixed(1), Hidden]),
        TensorSpec::floats("logvar", &[Fixed(1), Hidden]),
    ],
};

/// One step of drums from a latent: `prev i64[B]`, `z f32[B,32]`, `condition f32[B,37]`, `h`, `c f32[2,B,H]` →
/// `logits f32[B,512]`, `h_out`, `c_out f32[2,B,H]`.
pub static DRUM_LATENT_STEP: Signature = Signature {
    graph: "drum_vae step",
    rows_max: LANES_MAX,
    operations_max: STEP_OPERATIONS_MAX,
    inputs: &[
        TensorSpec::ids("prev", &[Batch], &[drum::HITS as i64 + 1]),
        TensorSpec::floats("z", &[Batch, Fixed(DRUM_LATENT)]),
        TensorSpec::floats("condition", &[Batch, Fixed(DRUM_CONDITIONS)]),
        TensorSpec::floats("h", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c", &[Fixed(2), Batch, Hidden]),
    ],
    outputs: &[
        TensorSpec::floats("logits", &[Batch, Fixed(drum::HITS)]),
        TensorSpec::floats("h_out", &[Fixed(2), Batch, Hidden]),
        TensorSpec::floats("c_out", &[Fixed(2), Batch, Hidden]),
    ],
};
