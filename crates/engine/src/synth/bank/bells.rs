//! Presets of metal and wood that is struck.
//!
//! Read on the audio thread. The ratios of bars and bells: T. D. Rossing, "Science of Percussion Instruments", 2000.

use super::{Category::Bell, Preset, preset};
use crate::synth::sound::{
    Layers, LfoWave, NO_NOISE, Noise, PLAIN, Sound, Source, Target, Wave, dying, envelope, late_lfo, lfo,
    low_pass, single, slots,
};
use linnet_music::Style::{
    Ambient, BossaNova, Chorale, Cinematic, Classical, House, Latin, LoFi, Pop, Reggae, Swing, Techno,
};

const OPEN: crate::synth::sound::FilterShape =
    low_pass(11_000.0, 0.1, 0.0, 1.4, 0.6, envelope(0.001, 1.0, 0.0, 0.5));

pub(super) static PRESETS: [Preset; 8] = [
    preset(
        "Vibraphone",
        Bell,
        &[Swing, BossaNova, LoFi, Latin],
        [0.3, -0.4],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 1.0, 6.0, 0.0),
                dying(Wave::Sine, 4.0, 0.22, 1.4, 0.6),
                dying(Wave::Sine, 10.0, 0.05, 0.3, 0.9),
            ]),
            noise: Noise { gain: 0.05, decay_s: 0.02, velocity_power: 0.6, width: 0.2 },
            amplitude: envelope(0.002, 7.0, 0.0, 0.8),
            decay_key_octaves: 2.0,
            filter: OPEN,
            lfos: [late_lfo(LfoWave::Sine, 5.2, 0.0, 0.3), lfo(LfoWave::Sine, 1.0)],
            slots: slots(&[(Source::Lfo1, Target::Level, 2.5)]),
            velocity_power: 1.2,
            gain_db: -10.3,
            ..PLAIN
        },
    ),
    preset(
        "Marimba",
        Bell,
        &[Latin, House, Pop, Cinematic],
        [0.4, 0.2],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 1.0, 1.2, 0.0),
                dying(Wave::Sine, 4.0, 0.35, 0.22, 0.6),
                dying(Wave::Sine, 9.2, 0.12, 0.07, 0.8),
            ]),
            noise: Noise { gain: 0.12, decay_s: 0.015, velocity_power: 0.6, width: 0.2 },
            amplitude: envelope(0.001, 1.6, 0.0, 0.25),
            decay_key_octaves: 1.6,
            filter: OPEN,
            velocity_power: 1.2,
            gain_db: -4.8,
            ..PLAIN
        },
    ),
    preset(
        "Glockenspiel",
        Bell,
        &[Classical, Pop, Cinematic],
        [0.9, 0.0],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 0.8, 2.6, 0.0),
                dying(Wave::Sine, 2.76, 0.5, 1.2, 0.3),
                dying(Wave::Sine, 5.4, 0.3, 0.5, 0.6),
            ]),
            noise: Noise { gain: 0.08, decay_s: 0.01, ..NO_NOISE },
            amplitude: envelope(0.001, 3.2, 0.0, 0.9),
            decay_key_octaves: 2.0,
            filter: OPEN,
            velocity_power: 1.2,
            gain_db: -7.3,
            ..PLAIN
        },
    ),
    preset(
        "Tubular bell",
        Bell,
        &[Cinematic, Chorale, Ambient],
        [-0.1, -0.1],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 0.8, 8.0, 0.0),
                dying(Wave::Sine, 2.0, 0.5, 5.0, 0.2),
                dying(Wave::Sine, 2.99, 0.45, 4.0, 0.3),
                dying(Wave::Sine, 4.1, 0.35, 2.2, 0.4),
                dying(Wave::Sine, 5.43, 0.25, 1.4, 0.6),
                dying(Wave::Sine, 0.5, 0.25, 7.0, 0.0),
            ]),
            amplitude: envelope(0.002, 9.0, 0.0, 2.5),
            decay_key_octaves: 3.0,
            filter: OPEN,
            velocity_power: 1.2,
            gain_db: -12.5,
            ..PLAIN
        },
    ),
    preset(
        "Music box",
        Bell,
        &[LoFi, Cinematic, Ambient],
        [0.7, -0.7],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 1.0, 2.2, 0.0),
                dying(Wave::Sine, 6.2, 0.2, 0.35, 0.4),
                dying(Wave::Glass, 2.0, 0.25, 0.9, 0.3),
            ]),
            noise: Noise { gain: 0.1, decay_s: 0.008, ..NO_NOISE },
            amplitude: envelope(0.001, 2.8, 0.0, 0.7),
            decay_key_octaves: 2.0,
            filter: OPEN,
            slots: slots(&[(Source::Random, Target::Pitch, 0.06), (Source::Random, Target::Level, 0.8)]),
            gain_db: -8.0,
            ..PLAIN
        },
    ),
    preset(
        "Celesta",
        Bell,
        &[Classical, Cinematic, Pop],
        [0.8, -0.4],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 1.0, 2.6, 0.0),
                dying(Wave::Sine, 4.0, 0.3, 0.8, 0.5),
                dying(Wave::TineBell, 1.0, 0.12, 0.3, 0.7),
            ]),
            amplitude: envelope(0.002, 3.2, 0.0, 0.5),
            decay_key_octaves: 2.0,
            filter: low_pass(7000.0, 0.2, 0.0, 1.3, 0.6, envelope(0.001, 1.0, 0.0, 0.5)),
            velocity_power: 1.1,
            gain_db: -8.3,
            ..PLAIN
        },
    ),
    preset(
        "Bronze gongs",
        Bell,
        &[Ambient, Cinematic, Techno],
        [-0.3, 0.0],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 1.0, 4.0, 0.0),
                dying(Wave::Sine, 1.006, 0.6, 4.0, 0.0),
                dying(Wave::Sine, 2.71, 0.45, 1.5, 0.4),
                dying(Wave::Metallic, 1.52, 0.12, 0.5, 0.8),
            ]),
            noise: Noise { gain: 0.08, decay_s: 0.03, ..NO_NOISE },
            amplitude: envelope(0.002, 5.0, 0.0, 1.2),
            decay_key_octaves: 2.5,
            filter: OPEN,
            velocity_power: 1.2,
            gain_db: -12.1,
            ..PLAIN
        },
    ),
    preset(
        "Steel drum",
        Bell,
        &[Reggae, Latin, Pop],
        [0.8, 0.3],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Round, 1.0, 0.9, 1.3, 0.0),
                dying(Wave::Sine, 2.003, 0.7, 1.0, 0.3),
                dying(Wave::Sine, 3.01, 0.3, 0.5, 0.7),
                single(Wave::Sine, 1.0, 0.2),
            ]),
            noise: Noise { gain: 0.08, decay_s: 0.02, ..NO_NOISE },
            amplitude: envelope(0.003, 1.6, 0.0, 0.3),
            decay_key_octaves: 2.5,
            filter: low_pass(4000.0, 0.3, 1.0, 1.5, 0.8, envelope(0.004, 0.4, 0.0, 0.2)),
            lfos: [lfo(LfoWave::Sine, 6.0), lfo(LfoWave::Sine, 1.0)],
            slots: slots(&[(Source::Lfo1, Target::Pitch, 0.05)]),
            velocity_power: 1.2,
            gain_db: -8.2,
            ..PLAIN
        },
    ),
];
