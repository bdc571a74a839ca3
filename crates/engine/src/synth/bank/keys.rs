//! Presets of struck keyboards and of organs.
//!
//! Read on the audio thread.

use super::{Category::Keys, Preset, preset};
use crate::synth::sound::{
    FilterKind, FilterShape, Layer, Layers, LfoWave, NO_NOISE, Noise, PLAIN, Sound, Source, Target, Wave,
    dying, envelope, lfo, low_pass, single, slots, unison,
};
use linnet_music::Style::{
    Ambient, BossaNova, Chorale, Cinematic, Classical, Folk, Funk, HipHop, House, Latin, Lied, LoFi, Pop,
    Reggae, Rock, Songbook, Soul, Swing,
};

pub(super) static PRESETS: [Preset; 9] = [
    preset(
        "Bright tine",
        Keys,
        &[Funk, Soul, Pop],
        [0.5, 0.3],
        Sound {
            layers: Layers::of(&[
                Layer { scatter: 0.1, ..unison(Wave::TineBody, 1.0, 1.0, 2, 1.5, 0.4) },
                dying(Wave::TineBark, 1.0, 0.8, 1.1, 1.0),
                dying(Wave::TineBell, 1.0, 0.35, 0.5, 0.5),
            ]),
            amplitude: envelope(0.002, 5.5, 0.0, 0.28),
            decay_key_octaves: 1.8,
            filter: low_pass(7800.0, 0.4, 0.5, 1.6, 0.6, envelope(0.002, 1.0, 0.0, 0.3)),
            velocity_power: 1.3,
            gain_db: -11.8,
            ..PLAIN
        },
    ),
    preset(
        "Rocking tines",
        Keys,
        &[Soul, BossaNova, LoFi, HipHop],
        [0.1, -0.3],
        Sound {
            layers: Layers::of(&[
                single(Wave::TineBody, 1.0, 1.0),
                dying(Wave::TineBark, 1.0, 0.35, 1.6, 1.2),
                dying(Wave::TineBell, 1.0, 0.1, 0.4, 0.7),
            ]),
            amplitude: envelope(0.003, 6.5, 0.0, 0.35),
            decay_key_octaves: 1.8,
            filter: low_pass(3800.0, 0.4, 0.5, 1.4, 0.6, envelope(0.002, 1.3, 0.0, 0.4)),
            lfos: [lfo(LfoWave::Triangle, 4.6), lfo(LfoWave::Sine, 0.3)],
            slots: slots(&[(Source::Lfo1, Target::Pan, 0.7)]),
            velocity_power: 1.3,
            gain_db: -10.5,
            ..PLAIN
        },
    ),
    preset(
        "Concert grand",
        Keys,
        &[Classical, Lied, Songbook, Pop, Cinematic],
        [0.3, 0.1],
        Sound {
            layers: Layers::of(&[
                Layer { scatter: 0.08, ..unison(Wave::StruckString, 1.0, 1.0, 3, 0.8, 0.6) },
                Layer { scatter: 0.1, ..dying(Wave::StringEdge, 1.0, 0.5, 1.1, 0.9) },
                dying(Wave::Metallic, 2.0, 0.06, 0.12, 1.0),
            ]),
            noise: Noise { gain: 0.06, decay_s: 0.05, velocity_power: 0.8, width: 0.4 },
            amplitude: envelope(0.0015, 10.0, 0.0, 0.22),
            decay_key_octaves: 1.4,
            filter: low_pass(3400.0, 0.5, 1.5, 2.4, 0.55, envelope(0.001, 1.6, 0.0, 0.3)),
            velocity_power: 1.5,
            gain_db: -14.7,
            ..PLAIN
        },
    ),
    preset(
        "Bar room",
        Keys,
        &[Swing, Songbook, Folk, Rock],
        [0.5, 0.4],
        Sound {
            layers: Layers::of(&[
                Layer { scatter: 0.5, ..unison(Wave::StruckString, 1.0, 1.0, 3, 7.0, 0.5) },
                Layer { scatter: 0.1, ..dying(Wave::StringEdge, 1.0, 0.6, 0.8, 0.6) },
            ]),
            noise: Noise { gain: 0.04, decay_s: 0.04, velocity_power: 0.8, width: 0.3 },
            amplitude: envelope(0.0015, 7.5, 0.0, 0.2),
            decay_key_octaves: 1.5,
            filter: low_pass(4200.0, 0.4, 1.0, 1.8, 0.6, envelope(0.001, 0.9, 0.0, 0.3)),
            velocity_power: 1.2,
            gain_db: -10.8,
            ..PLAIN
        },
    ),
    preset(
        "Clavi",
        Keys,
        &[Funk, Reggae, Soul],
        [0.4, 0.7],
        Sound {
            layers: Layers::of(&[
                single(Wave::Needle, 1.0, 1.0),
                dying(Wave::PluckedString, 2.0, 0.4, 0.5, 0.6),
            ]),
            amplitude: envelope(0.001, 2.6, 0.0, 0.06),
            decay_key_octaves: 2.0,
            filter: FilterShape {
                kind: FilterKind::Band,
                drive_db: 6.0,
                ..low_pass(1500.0, 0.4, 1.2, 1.6, 1.0, envelope(0.001, 0.4, 0.0, 0.1))
            },
            velocity_power: 1.3,
            gain_db: 3.0,
            ..PLAIN
        },
    ),
    preset(
        "Soft organ",
        Keys,
        &[Chorale, Soul, Reggae, Ambient],
        [0.0, -0.5],
        Sound {
            layers: Layers::of(&[
                unison(Wave::OrganSoft, 1.0, 1.0, 2, 2.0, 0.5),
                single(Wave::Sine, 0.5, 0.4),
            ]),
            amplitude: envelope(0.02, 1.0, 1.0, 0.12),
            filter: low_pass(4000.0, 0.4, 0.0, 0.6, 0.6, envelope(0.01, 1.0, 1.0, 0.2)),
            velocity_power: 0.5,
            gain_db: -16.7,
            ..PLAIN
        },
    ),
    preset(
        "Full organ",
        Keys,
        &[Rock, Reggae, Swing, House],
        [0.6, 0.6],
        Sound {
            layers: Layers::of(&[
                single(Wave::OrganFull, 1.0, 1.0),
                single(Wave::Sine, 0.5, 0.45),
                dying(Wave::Sine, 3.0, 0.35, 0.3, 0.4),
            ]),
            noise: Noise { gain: 0.1, decay_s: 0.02, ..NO_NOISE },
            amplitude: envelope(0.004, 1.0, 1.0, 0.06),
            filter: FilterShape {
                drive_db: 7.0,
                ..low_pass(6500.0, 0.2, 0.0, 0.8, 0.6, envelope(0.01, 1.0, 1.0, 0.2))
            },
            lfos: [lfo(LfoWave::Sine, 6.6), lfo(LfoWave::Sine, 6.6)],
            slots: slots(&[
                (Source::Lfo1, Target::Pitch, 0.07),
                (Source::Lfo1, Target::Pan, 0.3),
                (Source::Lfo2, Target::Level, 0.8),
            ]),
            velocity_power: 0.4,
            gain_db: -14.6,
            ..PLAIN
        },
    ),
    preset(
        "Operator keys",
        Keys,
        &[Pop, Soul, House, Latin],
        [0.5, 0.2],
        Sound {
            layers: Layers::of(&[
                unison(Wave::Sine, 1.0, 1.0, 2, 3.0, 0.5),
                dying(Wave::Metallic, 1.0, 0.45, 1.4, 1.4),
                dying(Wave::Glass, 2.0, 0.3, 0.7, 0.8),
            ]),
            amplitude: envelope(0.002, 5.0, 0.0, 0.3),
            decay_key_octaves: 2.0,
            filter: low_pass(9000.0, 0.2, 0.4, 1.4, 0.6, envelope(0.001, 1.0, 0.0, 0.3)),
            velocity_power: 1.3,
            gain_db: -8.8,
            ..PLAIN
        },
    ),
    preset(
        "Toy piano",
        Keys,
        &[LoFi, Folk, Cinematic],
        [0.6, -0.3],
        Sound {
            layers: Layers::of(&[
                dying(Wave::Bar, 1.0, 1.0, 2.0, 0.3),
                dying(Wave::Sine, 2.76, 0.35, 0.7, 0.6),
                dying(Wave::Sine, 5.4, 0.15, 0.25, 0.8),
            ]),
            noise: Noise { gain: 0.12, decay_s: 0.03, velocity_power: 0.5, width: 0.3 },
            amplitude: envelope(0.001, 3.0, 0.0, 0.4),
            decay_key_octaves: 2.5,
            filter: low_pass(6000.0, 0.2, 0.3, 1.2, 0.7, envelope(0.001, 0.5, 0.0, 0.2)),
            velocity_power: 1.1,
            gain_db: -5.4,
            ..PLAIN
        },
    ),
];
