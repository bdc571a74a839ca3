//! Presets of bowed strings.
//!
//! Read on the audio thread.

use super::{Category::Strings, Preset, preset};
use crate::synth::sound::{
    FilterShape, Layers, LfoWave, NO_NOISE, Noise, PLAIN, Sound, Source, Target, Vibrato, Wave, dying,
    envelope, late_lfo, lfo, low_pass, morphing, single, slots, unison,
};
use linnet_music::Style::{
    Chorale, Cinematic, Classical, Folk, House, Latin, Lied, Pop, Reggae, Songbook, Soul, Techno,
};

pub(super) static PRESETS: [Preset; 8] = [
    preset(
        "Solo violin",
        Strings,
        &[Folk, Classical, Lied],
        [0.3, 0.1],
        Sound {
            layers: Layers::of(&[single(Wave::BowedString, 1.0, 1.0), single(Wave::Saw, 1.0, 0.25)]),
            noise: Noise { gain: 0.05, velocity_power: 0.5, ..NO_NOISE },
            amplitude: envelope(0.06, 0.8, 0.85, 0.16),
            filter: low_pass(3200.0, 0.3, 0.8, 1.5, 0.8, envelope(0.08, 0.7, 0.6, 0.2)),
            vibrato: Vibrato { rate_hz: 5.9, depth_cents: 18.0, delay_s: 0.45 },
            gain_db: -19.9,
            ..PLAIN
        },
    ),
    preset(
        "Solo cello",
        Strings,
        &[Classical, Cinematic, Lied],
        [-0.4, -0.2],
        Sound {
            layers: Layers::of(&[single(Wave::BowedString, 1.0, 1.0), single(Wave::Round, 1.0, 0.3)]),
            noise: Noise { gain: 0.06, velocity_power: 0.5, ..NO_NOISE },
            amplitude: envelope(0.08, 0.9, 0.88, 0.2),
            filter: low_pass(1500.0, 0.4, 0.8, 1.4, 0.8, envelope(0.1, 0.8, 0.6, 0.2)),
            vibrato: Vibrato { rate_hz: 5.2, depth_cents: 15.0, delay_s: 0.5 },
            gain_db: -19.8,
            ..PLAIN
        },
    ),
    preset(
        "Large ensemble",
        Strings,
        &[Classical, Cinematic, Chorale],
        [0.3, 0.1],
        Sound {
            layers: Layers::of(&[unison(Wave::BowedString, 1.0, 1.0, 6, 14.0, 1.0)]),
            noise: Noise { gain: 0.04, ..NO_NOISE },
            amplitude: envelope(0.12, 1.5, 0.9, 0.45),
            filter: low_pass(3600.0, 0.3, 0.6, 1.4, 0.6, envelope(0.2, 1.5, 0.6, 0.5)),
            lfos: [late_lfo(LfoWave::Sine, 5.3, 0.3, 0.6), lfo(LfoWave::Sine, 0.3)],
            slots: slots(&[(Source::Lfo1, Target::Pitch, 0.06), (Source::Wheel, Target::Cutoff, 1.2)]),
            velocity_power: 0.9,
            gain_db: -17.6,
            ..PLAIN
        },
    ),
    preset(
        "Tremolo strings",
        Strings,
        &[Cinematic, Classical],
        [-0.4, 0.7],
        Sound {
            layers: Layers::of(&[unison(Wave::BowedString, 1.0, 1.0, 5, 12.0, 0.9)]),
            noise: Noise { gain: 0.08, ..NO_NOISE },
            amplitude: envelope(0.05, 1.5, 0.9, 0.3),
            filter: low_pass(2800.0, 0.3, 0.5, 1.3, 0.6, envelope(0.1, 1.5, 0.6, 0.4)),
            lfos: [lfo(LfoWave::Triangle, 11.0), lfo(LfoWave::SampleAndHold, 11.0)],
            slots: slots(&[(Source::Lfo1, Target::Level, 5.0), (Source::Lfo2, Target::Level, 1.0)]),
            velocity_power: 0.9,
            gain_db: -18.3,
            ..PLAIN
        },
    ),
    preset(
        "Pizzicato",
        Strings,
        &[Classical, Cinematic, Latin],
        [0.5, 0.3],
        Sound {
            layers: Layers::of(&[
                unison(Wave::NylonString, 1.0, 1.0, 3, 6.0, 0.8),
                dying(Wave::StringEdge, 1.0, 0.2, 0.12, 0.6),
            ]),
            noise: Noise { gain: 0.15, decay_s: 0.02, velocity_power: 0.6, width: 0.6 },
            amplitude: envelope(0.002, 0.8, 0.0, 0.2),
            decay_key_octaves: 2.5,
            filter: low_pass(1800.0, 0.4, 1.3, 1.4, 0.6, envelope(0.001, 0.25, 0.0, 0.1)),
            velocity_power: 1.2,
            gain_db: -6.7,
            ..PLAIN
        },
    ),
    preset(
        "Dark ensemble",
        Strings,
        &[Cinematic, Soul, Songbook],
        [-0.7, -0.3],
        Sound {
            layers: Layers::of(&[
                unison(Wave::BowedString, 1.0, 1.0, 4, 10.0, 0.8),
                single(Wave::Round, 0.5, 0.35),
            ]),
            amplitude: envelope(0.2, 2.0, 0.9, 0.8),
            filter: FilterShape {
                is_steep: true,
                ..low_pass(950.0, 0.4, 0.6, 0.9, 0.7, envelope(0.4, 2.0, 0.6, 0.8))
            },
            velocity_power: 0.8,
            gain_db: -17.2,
            ..PLAIN
        },
    ),
    preset(
        "String machine",
        Strings,
        &[House, Pop, Soul, Reggae],
        [0.4, 0.0],
        Sound {
            layers: Layers::of(&[
                morphing(unison(Wave::Saw, 1.0, 1.0, 3, 8.0, 0.9), Wave::Pulse, 0.4),
                unison(Wave::Saw, 2.0, 0.4, 2, 7.0, 0.8),
            ]),
            amplitude: envelope(0.09, 1.0, 0.95, 0.6),
            filter: low_pass(5200.0, 0.2, 0.0, 0.7, 0.6, envelope(0.1, 1.0, 1.0, 0.5)),
            lfos: [lfo(LfoWave::Sine, 0.62), lfo(LfoWave::Sine, 5.9)],
            slots: slots(&[
                (Source::Lfo1, Target::Morph, 0.4),
                (Source::Lfo2, Target::Pitch, 0.05),
                (Source::Lfo1, Target::Pan, 0.2),
            ]),
            velocity_power: 0.6,
            gain_db: -19.1,
            ..PLAIN
        },
    ),
    preset(
        "Short bows",
        Strings,
        &[Pop, Classical, Techno],
        [0.2, 0.8],
        Sound {
            layers: Layers::of(&[
                unison(Wave::BowedString, 1.0, 1.0, 4, 9.0, 0.8),
                single(Wave::Saw, 1.0, 0.3),
            ]),
            noise: Noise { gain: 0.2, decay_s: 0.06, velocity_power: 0.6, width: 0.5 },
            amplitude: envelope(0.015, 0.7, 0.25, 0.14),
            filter: low_pass(2600.0, 0.3, 1.2, 1.6, 0.7, envelope(0.008, 0.35, 0.1, 0.2)),
            velocity_power: 1.1,
            gain_db: -8.3,
            ..PLAIN
        },
    ),
];
