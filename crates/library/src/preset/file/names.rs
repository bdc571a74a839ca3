//! What the engine's enumerations are called in a file. Runs on any thread but the audio thread.
//!
//! The compiler sees to it that none is forgotten.

use linnet_engine::synth::bank::Category;
use linnet_engine::synth::sound::{FilterKind, LfoWave, Playing, Source, Target, Wave};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Category", rename_all = "snake_case")]
pub(super) enum CategoryName {
    Lead,
    Keys,
    Pluck,
    Pad,
    Bass,
    Bell,
    Strings,
    Kit,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Playing", rename_all = "snake_case")]
pub(super) enum PlayingName {
    Poly,
    Mono,
    Legato,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FilterKind", rename_all = "snake_case")]
pub(super) enum FilterName {
    Low,
    Band,
    High,
    Notch,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LfoWave", rename_all = "snake_case")]
pub(super) enum LfoName {
    Sine,
    Triangle,
    Saw,
    Square,
    SampleAndHold,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Source", rename_all = "snake_case")]
pub(super) enum SourceName {
    Lfo1,
    Lfo2,
    Envelope,
    Velocity,
    Key,
    Wheel,
    Random,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Target", rename_all = "snake_case")]
pub(super) enum TargetName {
    Pitch,
    Morph,
    Cutoff,
    Resonance,
    Pan,
    Level,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Wave", rename_all = "snake_case")]
pub(super) enum WaveName {
    Sine,
    Saw,
    Square,
    Round,
    TineBody,
    TineBark,
    TineBell,
    StruckString,
    StringEdge,
    PluckedString,
    Flute,
    Triangle,
    Pulse,
    Needle,
    OrganSoft,
    OrganFull,
    Clarinet,
    Oboe,
    Brass,
    VoiceAh,
    VoiceOo,
    Bar,
    Glass,
    Metallic,
    NylonString,
    BowedString,
}
