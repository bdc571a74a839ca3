//! Presets of strings and bars that are plucked.
//!
//! Read on the audio thread.

use super::{Category::Pluck, Preset, preset};
use crate::synth::sound::{
    FilterKind, FilterShape, Layer, Layers, LfoWave, NO_NOISE, Noise, PLAIN, Sound, Source, Target, Wave,
    dying, envelope, lfo, low_pass, morphing, single, slots, unison,
};
use linnet_music::Style::{
    Ambient, BossaNova, Cinematic, Classical, DrumAndBass, Folk, Funk, HipHop, House, Latin, Lied, LoFi, Pop,
    Reggae, Rock, Songbook, Techno,
};

pub(super) static PRESETS: [Preset; 8] = [
    preset(
        "Nylon guitar",
        Pluck,
        &[BossaNova, Folk, Latin, Lied],
        [0.2, -0.3],
        Sound {
            layers: Layers::of(&[
                single(Wave::NylonString, 1.0, 1.0),
                dying(Wave::PluckedString, 1.0, 0.35, 0.5, 0.8),
            ]),
            noise: Noise { gain: 0.1, decay_s: 0.03, velocity_power: 0.7, width: 0.2 },
            amplitude: envelope(0.0015, 4.0, 0.0, 0.16),
            decay_key_octaves: 1.8,
            filter: low_pass(2000.0, 0.4, 1.5, 1.7, 0.6, envelope(0.001, 0.8, 0.0, 0.2)),
            velocity_power: 1.3,
            gain_db: -10.7,
            ..PLAIN
        },
    ),
    preset(
        "Steel guitar",
        Pluck,
        &[Folk, Pop, Rock, Songbook],
        [0.4, 0.2],
        Sound {
            layers: Layers::of(&[
                unison(Wave::PluckedString, 1.0, 1.0, 2, 2.0, 0.4),
                dying(Wave::StringEdge, 1.0, 0.5, 0.9, 0.6),
            ]),
            noise: Noise { gain: 0.14, decay_s: 0.02, velocity_power: 0.7, width: 0.3 },
            amplitude: envelope(0.001, 5.0, 0.0, 0.2),
            decay_key_octaves: 1.8,
            filter: low_pass(4600.0, 0.3, 1.2, 1.6, 0.6, envelope(0.001, 1.0, 0.0, 0.2)),
            velocity_power: 1.2,
            gain_db: -10.6,
            ..PLAIN
        },
    ),
    preset(
        "Palm mute",
        Pluck,
        &[Rock, Reggae, Funk],
        [-0.2, 0.6],
        Sound {
            layers: Layers::of(&[
                single(Wave::PluckedString, 1.0, 1.0),
                dying(Wave::Saw, 1.0, 0.3, 0.12, 0.5),
            ]),
            noise: Noise { gain: 0.2, decay_s: 0.015, velocity_power: 0.6, width: 0.2 },
            amplitude: envelope(0.001, 0.5, 0.0, 0.05),
            decay_key_octaves: 3.0,
            filter: FilterShape {
                drive_db: 10.0,
                ..low_pass(900.0, 0.4, 1.8, 1.4, 0.8, envelope(0.001, 0.18, 0.0, 0.1))
            },
            velocity_power: 1.1,
            gain_db: 0.9,
            ..PLAIN
        },
    ),
    preset(
        "Harp",
        Pluck,
        &[Classical, Cinematic, Ambient, Folk],
        [0.5, -0.4],
        Sound {
            layers: Layers::of(&[
                single(Wave::NylonString, 1.0, 1.0),
                dying(Wave::Sine, 1.0, 0.3, 3.0, 0.0),
                dying(Wave::StringEdge, 1.0, 0.18, 0.3, 0.8),
            ]),
            amplitude: envelope(0.002, 5.0, 0.0, 0.9),
            decay_key_octaves: 1.6,
            filter: low_pass(3000.0, 0.5, 1.0, 1.4, 0.55, envelope(0.001, 1.2, 0.0, 0.6)),
            slots: slots(&[(Source::Key, Target::Pan, 0.25)]),
            velocity_power: 1.2,
            gain_db: -12.8,
            ..PLAIN
        },
    ),
    preset(
        "Thumb piano",
        Pluck,
        &[LoFi, Ambient, House, Reggae],
        [0.4, 0.0],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Sine, 1.0, 1.0, 2.0, 0.0),
                dying(Wave::Bar, 1.0, 0.4, 0.6, 0.5),
                dying(Wave::Sine, 6.27, 0.14, 0.12, 0.8),
            ]),
            noise: Noise { gain: 0.1, decay_s: 0.015, velocity_power: 0.5, width: 0.3 },
            amplitude: envelope(0.001, 2.5, 0.0, 0.3),
            decay_key_octaves: 2.0,
            filter: low_pass(5000.0, 0.3, 0.0, 1.2, 0.6, envelope(0.001, 1.0, 0.0, 0.3)),
            velocity_power: 1.2,
            gain_db: -8.5,
            ..PLAIN
        },
    ),
    preset(
        "Saw pluck",
        Pluck,
        &[House, Techno, Pop, DrumAndBass],
        [0.5, 0.7],
        Sound {
            layers: Layers::of(&[unison(Wave::Saw, 1.0, 1.0, 4, 12.0, 0.8)]),
            amplitude: envelope(0.001, 1.0, 0.0, 0.25),
            filter: FilterShape {
                is_steep: true,
                ..low_pass(700.0, 0.5, 3.4, 1.6, 1.2, envelope(0.001, 0.35, 0.0, 0.2))
            },
            velocity_power: 1.1,
            gain_db: -7.8,
            ..PLAIN
        },
    ),
    preset(
        "Koto",
        Pluck,
        &[Cinematic, HipHop, Folk],
        [0.0, 0.1],
        Sound {
            layers: Layers::of(&[
                morphing(single(Wave::PluckedString, 1.0, 1.0), Wave::StringEdge, 0.2),
                dying(Wave::Needle, 1.0, 0.25, 0.35, 0.8),
            ]),
            noise: Noise { gain: 0.12, decay_s: 0.02, velocity_power: 0.6, width: 0.2 },
            amplitude: envelope(0.001, 2.6, 0.0, 0.25),
            decay_key_octaves: 2.0,
            filter: low_pass(3600.0, 0.4, 1.3, 1.6, 0.9, envelope(0.001, 0.6, 0.0, 0.2)),
            slots: slots(&[(Source::Envelope, Target::Pitch, 0.25), (Source::Envelope, Target::Morph, 0.5)]),
            velocity_power: 1.2,
            gain_db: -9.5,
            ..PLAIN
        },
    ),
    preset(
        "Data drops",
        Pluck,
        &[Techno, Ambient, DrumAndBass],
        [0.6, 0.3],
        Sound {
            layers: Layers::of(&[
                Layer { decay_s: 0.8, ..unison(Wave::Glass, 1.0, 1.0, 2, 5.0, 0.8) },
                dying(Wave::Metallic, 2.0, 0.2, 0.15, 0.6),
            ]),
            noise: Noise { gain: 0.05, decay_s: 0.02, ..NO_NOISE },
            amplitude: envelope(0.001, 1.2, 0.0, 0.35),
            filter: FilterShape {
                kind: FilterKind::High,
                ..low_pass(300.0, 0.5, 0.0, 0.0, 0.7, envelope(0.001, 0.5, 0.0, 0.2))
            },
            lfos: [lfo(LfoWave::Square, 7.0), lfo(LfoWave::Sine, 1.0)],
            slots: slots(&[(Source::Lfo1, Target::Level, 2.0), (Source::Random, Target::Pan, 0.6)]),
            gain_db: -5.9,
            ..PLAIN
        },
    ),
];
