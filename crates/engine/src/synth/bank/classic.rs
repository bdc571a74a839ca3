//! The first nine presets: those that the parts had before there was a bank. They never change.
//!
//! Read on the audio thread.

use super::{Category, Preset, preset};
use crate::synth::sound::{
    EnvelopeShape, FOREVER, FilterKind, FilterShape, Layer, Layers, NO_VIBRATO, PLAIN, Sound, Vibrato, Wave,
    single,
};
use linnet_music::Style;

pub(super) static PRESETS: [Preset; 9] = [
    preset(
        "Tine piano",
        Category::Keys,
        &[Style::Soul, Style::LoFi, Style::Funk, Style::Pop],
        [0.2, -0.1],
        TINE_PIANO,
    ),
    preset("Soft saw", Category::Lead, &[Style::Pop, Style::House, Style::Cinematic], [0.2, 0.1], SOFT_SAW),
    preset(
        "Glass flute",
        Category::Lead,
        &[Style::Ambient, Style::Folk, Style::BossaNova],
        [0.4, -0.4],
        GLASS_FLUTE,
    ),
    preset(
        "Felt upright",
        Category::Keys,
        &[Style::Classical, Style::Lied, Style::Songbook, Style::LoFi, Style::Cinematic],
        [-0.2, -0.5],
        FELT_UPRIGHT,
    ),
    preset(
        "Warm pad",
        Category::Pad,
        &[Style::Ambient, Style::House, Style::Cinematic, Style::Soul],
        [-0.1, -0.6],
        WARM_PAD,
    ),
    preset(
        "Clean strings",
        Category::Strings,
        &[Style::Chorale, Style::Classical, Style::Cinematic],
        [0.2, -0.2],
        CLEAN_STRINGS,
    ),
    preset(
        "Round bass",
        Category::Bass,
        &[Style::Pop, Style::Soul, Style::Reggae, Style::LoFi],
        [0.0, 0.0],
        ROUND_BASS,
    ),
    preset("Sub", Category::Bass, &[Style::HipHop, Style::House, Style::Ambient], [-0.4, -0.2], SUB),
    preset(
        "Plucked bass",
        Category::Bass,
        &[Style::Folk, Style::Rock, Style::Latin, Style::BossaNova, Style::Swing],
        [0.2, 0.1],
        PLUCKED_BASS,
    ),
];

const TINE_PIANO: Sound = Sound {
    layers: Layers::of(&[
        Layer { unison: 2, detune_cents: 1.2, width: 0.35, scatter: 0.1, ..single(Wave::TineBody, 1.0, 1.0) },
        Layer { decay_s: 1.4, velocity_power: 1.2, ..single(Wave::TineBark, 1.0, 0.5) },
        Layer { decay_s: 0.35, velocity_power: 0.7, ..single(Wave::TineBell, 1.0, 0.16) },
    ]),
    amplitude: EnvelopeShape { attack_s: 0.0025, decay_s: 6.5, sustain: 0.0, release_s: 0.32 },
    decay_key_octaves: 1.8,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 5200.0,
        key_follow: 0.5,
        envelope_octaves: 0.6,
        velocity_octaves: 1.4,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.002, decay_s: 1.2, sustain: 0.0, release_s: 0.4 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.3,
    gain_db: -10.3,
    ..PLAIN
};

const SOFT_SAW: Sound = Sound {
    layers: Layers::of(&[
        Layer { unison: 3, detune_cents: 7.0, width: 0.6, scatter: 0.35, ..single(Wave::Saw, 1.0, 1.0) },
        single(Wave::Round, 1.0, 0.45),
    ]),
    amplitude: EnvelopeShape { attack_s: 0.012, decay_s: 1.5, sustain: 0.75, release_s: 0.28 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 1700.0,
        key_follow: 0.6,
        envelope_octaves: 1.3,
        velocity_octaves: 1.6,
        q: 0.8,
        envelope: EnvelopeShape { attack_s: 0.006, decay_s: 1.1, sustain: 0.3, release_s: 0.4 },
    },
    vibrato: Vibrato { rate_hz: 5.3, depth_cents: 5.0, delay_s: 0.5 },
    velocity_power: 1.1,
    gain_db: -10.4,
    ..PLAIN
};

const GLASS_FLUTE: Sound = Sound {
    layers: Layers::of(&[
        single(Wave::Flute, 1.0, 1.0),
        Layer { unison: 2, detune_cents: 4.0, width: 0.5, ..single(Wave::Sine, 2.0, 0.16) },
        Layer { decay_s: 0.25, velocity_power: 0.6, ..single(Wave::TineBell, 1.0, 0.07) },
    ]),
    amplitude: EnvelopeShape { attack_s: 0.045, decay_s: 1.2, sustain: 0.85, release_s: 0.25 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 2600.0,
        key_follow: 0.6,
        envelope_octaves: 0.7,
        velocity_octaves: 1.0,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.07, decay_s: 0.9, sustain: 0.5, release_s: 0.3 },
    },
    vibrato: Vibrato { rate_hz: 5.0, depth_cents: 9.0, delay_s: 0.45 },
    velocity_power: 1.0,
    gain_db: -9.9,
    ..PLAIN
};

const FELT_UPRIGHT: Sound = Sound {
    layers: Layers::of(&[
        Layer {
            unison: 3,
            detune_cents: 1.0,
            width: 0.5,
            scatter: 0.1,
            ..single(Wave::StruckString, 1.0, 1.0)
        },
        Layer {
            unison: 2,
            detune_cents: 0.8,
            scatter: 0.1,
            width: 0.6,
            decay_s: 0.7,
            velocity_power: 0.8,
            ..single(Wave::StringEdge, 1.0, 0.28)
        },
    ]),
    amplitude: EnvelopeShape { attack_s: 0.004, decay_s: 8.0, sustain: 0.0, release_s: 0.25 },
    decay_key_octaves: 1.5,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 1500.0,
        key_follow: 0.45,
        envelope_octaves: 1.3,
        velocity_octaves: 1.6,
        q: 0.55,
        envelope: EnvelopeShape { attack_s: 0.003, decay_s: 1.3, sustain: 0.0, release_s: 0.4 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.3,
    gain_db: -16.2,
    ..PLAIN
};

const WARM_PAD: Sound = Sound {
    layers: Layers::of(&[
        Layer { unison: 4, detune_cents: 10.0, width: 0.9, ..single(Wave::Saw, 1.0, 1.0) },
        Layer { unison: 2, detune_cents: 4.0, width: 0.5, ..single(Wave::Round, 1.0, 0.6) },
    ]),
    amplitude: EnvelopeShape { attack_s: 0.22, decay_s: 2.5, sustain: 0.85, release_s: 1.3 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 800.0,
        key_follow: 0.5,
        envelope_octaves: 0.9,
        velocity_octaves: 0.9,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.5, decay_s: 4.0, sustain: 0.5, release_s: 1.5 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 0.8,
    gain_db: -16.9,
    ..PLAIN
};

const CLEAN_STRINGS: Sound = Sound {
    layers: Layers::of(&[
        Layer { unison: 5, detune_cents: 9.0, width: 0.8, ..single(Wave::Saw, 1.0, 1.0) },
        single(Wave::Sine, 1.0, 0.25),
    ]),
    amplitude: EnvelopeShape { attack_s: 0.085, decay_s: 2.0, sustain: 0.85, release_s: 0.5 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 2800.0,
        key_follow: 0.4,
        envelope_octaves: 0.7,
        velocity_octaves: 1.1,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.15, decay_s: 2.0, sustain: 0.6, release_s: 0.6 },
    },
    vibrato: Vibrato { rate_hz: 5.4, depth_cents: 6.0, delay_s: 0.6 },
    velocity_power: 0.9,
    gain_db: -17.4,
    ..PLAIN
};

const ROUND_BASS: Sound = Sound {
    layers: Layers::of(&[
        single(Wave::Round, 1.0, 1.0),
        Layer { decay_s: 1.5, velocity_power: 0.6, ..single(Wave::Saw, 1.0, 0.4) },
    ]),
    amplitude: EnvelopeShape { attack_s: 0.004, decay_s: 4.0, sustain: 0.55, release_s: 0.14 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 700.0,
        key_follow: 0.5,
        envelope_octaves: 1.8,
        velocity_octaves: 1.4,
        q: 0.7,
        envelope: EnvelopeShape { attack_s: 0.003, decay_s: 0.8, sustain: 0.15, release_s: 0.2 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.0,
    gain_db: -8.2,
    ..PLAIN
};

const SUB: Sound = Sound {
    layers: Layers::of(&[
        single(Wave::Sine, 1.0, 1.0),
        single(Wave::Round, 1.0, 0.25),
        single(Wave::Sine, 2.0, 0.12),
    ]),
    amplitude: EnvelopeShape { attack_s: 0.007, decay_s: 3.0, sustain: 0.85, release_s: 0.12 },
    decay_key_octaves: FOREVER,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 500.0,
        key_follow: 0.6,
        envelope_octaves: 1.0,
        velocity_octaves: 1.0,
        q: 0.6,
        envelope: EnvelopeShape { attack_s: 0.004, decay_s: 0.5, sustain: 0.3, release_s: 0.2 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 0.9,
    gain_db: -9.7,
    ..PLAIN
};

const PLUCKED_BASS: Sound = Sound {
    layers: Layers::of(&[
        single(Wave::PluckedString, 1.0, 1.0),
        Layer { decay_s: 0.6, velocity_power: 0.8, ..single(Wave::StringEdge, 1.0, 0.3) },
        single(Wave::Sine, 1.0, 0.3),
    ]),
    amplitude: EnvelopeShape { attack_s: 0.002, decay_s: 4.5, sustain: 0.0, release_s: 0.12 },
    decay_key_octaves: 2.0,
    filter: FilterShape {
        kind: FilterKind::Low,
        is_steep: false,
        drive_db: 0.0,
        cutoff_hz: 900.0,
        key_follow: 0.4,
        envelope_octaves: 2.0,
        velocity_octaves: 1.5,
        q: 0.65,
        envelope: EnvelopeShape { attack_s: 0.001, decay_s: 0.9, sustain: 0.0, release_s: 0.2 },
    },
    vibrato: NO_VIBRATO,
    velocity_power: 1.2,
    gain_db: -8.4,
    ..PLAIN
};
