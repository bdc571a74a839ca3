//! Presets that are slow and broad.
//!
//! Read on the audio thread.

use super::{Category::Pad, Preset, preset};
use crate::synth::sound::{
    FilterKind, FilterShape, Layers, LfoWave, NO_NOISE, Noise, PLAIN, Sound, Source, Target, Wave, dying,
    envelope, late_lfo, lfo, low_pass, morphing, single, slots, unison,
};
use linnet_music::Style::{
    Ambient, Chorale, Cinematic, Classical, DrumAndBass, HipHop, House, LoFi, Pop, Soul, Techno,
};

pub(super) static PRESETS: [Preset; 9] = [
    preset(
        "Glass pad",
        Pad,
        &[Ambient, Pop, LoFi],
        [0.6, -0.5],
        Sound {
            layers: Layers::of(&[
                unison(Wave::Glass, 1.0, 1.0, 3, 6.0, 0.9),
                unison(Wave::Sine, 2.0, 0.3, 2, 7.0, 0.8),
            ]),
            amplitude: envelope(0.35, 3.0, 0.85, 1.6),
            filter: low_pass(4500.0, 0.3, 0.4, 0.8, 0.6, envelope(0.6, 3.0, 0.5, 1.5)),
            velocity_power: 0.8,
            gain_db: -18.0,
            ..PLAIN
        },
    ),
    preset(
        "Choir ah",
        Pad,
        &[Chorale, Cinematic, Classical],
        [0.4, -0.3],
        Sound {
            layers: Layers::of(&[unison(Wave::VoiceAh, 1.0, 1.0, 5, 11.0, 0.9)]),
            noise: Noise { gain: 0.03, ..NO_NOISE },
            amplitude: envelope(0.18, 2.0, 0.9, 0.7),
            filter: low_pass(3200.0, 0.4, 0.4, 1.0, 0.7, envelope(0.3, 2.0, 0.6, 0.8)),
            lfos: [late_lfo(LfoWave::Sine, 5.1, 0.4, 0.8), lfo(LfoWave::Sine, 0.2)],
            slots: slots(&[(Source::Lfo1, Target::Pitch, 0.08), (Source::Wheel, Target::Cutoff, 1.0)]),
            velocity_power: 0.8,
            gain_db: -17.8,
            ..PLAIN
        },
    ),
    preset(
        "Choir oo",
        Pad,
        &[Chorale, Ambient, Soul],
        [-0.1, -0.6],
        Sound {
            layers: Layers::of(&[
                unison(Wave::VoiceOo, 1.0, 1.0, 4, 9.0, 0.8),
                single(Wave::Sine, 0.5, 0.12),
            ]),
            noise: Noise { gain: 0.04, ..NO_NOISE },
            amplitude: envelope(0.25, 2.0, 0.9, 0.9),
            filter: low_pass(1200.0, 0.5, 0.4, 0.8, 0.7, envelope(0.4, 2.0, 0.6, 0.8)),
            velocity_power: 0.7,
            gain_db: -17.6,
            ..PLAIN
        },
    ),
    preset(
        "Slow sweep",
        Pad,
        &[House, Techno, Cinematic, Ambient],
        [0.2, 0.1],
        Sound {
            layers: Layers::of(&[unison(Wave::Saw, 1.0, 1.0, 4, 14.0, 0.95), single(Wave::Saw, 0.5, 0.3)]),
            amplitude: envelope(0.4, 2.0, 0.9, 1.8),
            filter: FilterShape {
                is_steep: true,
                ..low_pass(900.0, 0.4, 1.4, 0.8, 1.8, envelope(2.2, 3.0, 0.4, 2.0))
            },
            lfos: [lfo(LfoWave::Triangle, 0.13), lfo(LfoWave::Sine, 0.2)],
            slots: slots(&[(Source::Lfo1, Target::Cutoff, 0.9), (Source::Wheel, Target::Cutoff, 2.0)]),
            velocity_power: 0.8,
            gain_db: -17.8,
            ..PLAIN
        },
    ),
    preset(
        "Dark drone",
        Pad,
        &[Cinematic, Ambient, DrumAndBass],
        [-0.9, -0.3],
        Sound {
            layers: Layers::of(&[
                morphing(unison(Wave::Saw, 0.5, 1.0, 3, 10.0, 0.8), Wave::Square, 0.3),
                unison(Wave::Round, 1.0, 0.5, 2, 6.0, 0.6),
            ]),
            noise: Noise { gain: 0.08, ..NO_NOISE },
            amplitude: envelope(0.7, 3.0, 0.9, 2.4),
            filter: FilterShape {
                is_steep: true,
                drive_db: 6.0,
                ..low_pass(480.0, 0.3, 0.5, 0.6, 1.4, envelope(1.5, 3.0, 0.5, 2.0))
            },
            lfos: [lfo(LfoWave::Sine, 0.09), lfo(LfoWave::SampleAndHold, 0.6)],
            slots: slots(&[(Source::Lfo1, Target::Morph, 0.5), (Source::Lfo2, Target::Cutoff, 0.15)]),
            velocity_power: 0.6,
            gain_db: -13.3,
            ..PLAIN
        },
    ),
    preset(
        "Breath",
        Pad,
        &[Ambient, LoFi, Cinematic],
        [0.1, -0.9],
        Sound {
            layers: Layers::of(&[unison(Wave::Flute, 1.0, 0.6, 2, 6.0, 0.7)]),
            noise: Noise { gain: 0.7, width: 1.0, ..NO_NOISE },
            amplitude: envelope(0.5, 2.0, 0.85, 1.5),
            filter: FilterShape {
                kind: FilterKind::Band,
                ..low_pass(320.0, 1.0, 0.3, 0.4, 1.8, envelope(0.8, 2.0, 0.5, 1.5))
            },
            lfos: [lfo(LfoWave::Sine, 0.23), lfo(LfoWave::Sine, 0.17)],
            slots: slots(&[(Source::Lfo1, Target::Level, 2.0), (Source::Lfo2, Target::Pan, 0.4)]),
            velocity_power: 0.7,
            gain_db: -10.8,
            ..PLAIN
        },
    ),
    preset(
        "Turning waves",
        Pad,
        &[Techno, Ambient, House],
        [0.3, 0.0],
        Sound {
            layers: Layers::of(&[
                morphing(unison(Wave::Triangle, 1.0, 1.0, 2, 8.0, 0.9), Wave::Metallic, 0.35),
                morphing(unison(Wave::OrganFull, 1.0, 0.5, 2, 5.0, 0.5), Wave::VoiceAh, 0.5),
            ]),
            amplitude: envelope(0.3, 2.0, 0.9, 1.3),
            filter: low_pass(3000.0, 0.4, 0.5, 0.9, 0.8, envelope(0.6, 2.0, 0.5, 1.0)),
            lfos: [lfo(LfoWave::Triangle, 0.21), lfo(LfoWave::Sine, 0.11)],
            slots: slots(&[
                (Source::Lfo1, Target::Morph, 0.5),
                (Source::Lfo2, Target::Pan, 0.35),
                (Source::Random, Target::Pitch, 0.04),
            ]),
            velocity_power: 0.8,
            gain_db: -18.1,
            ..PLAIN
        },
    ),
    preset(
        "Notch drift",
        Pad,
        &[DrumAndBass, LoFi, HipHop],
        [-0.2, -0.2],
        Sound {
            layers: Layers::of(&[
                unison(Wave::Pulse, 1.0, 1.0, 3, 9.0, 0.8),
                single(Wave::Triangle, 0.5, 0.5),
            ]),
            amplitude: envelope(0.15, 2.0, 0.9, 1.0),
            filter: FilterShape {
                kind: FilterKind::Notch,
                ..low_pass(900.0, 0.3, 0.8, 0.5, 0.6, envelope(0.5, 2.0, 0.5, 1.0))
            },
            lfos: [lfo(LfoWave::Sine, 0.28), lfo(LfoWave::Sine, 0.19)],
            slots: slots(&[(Source::Lfo1, Target::Cutoff, 1.6), (Source::Lfo2, Target::Pan, 0.3)]),
            velocity_power: 0.8,
            gain_db: -17.4,
            ..PLAIN
        },
    ),
    preset(
        "Dawn",
        Pad,
        &[Cinematic, Pop, Soul],
        [0.8, -0.2],
        Sound {
            layers: Layers::of(&[
                unison(Wave::BowedString, 1.0, 1.0, 3, 8.0, 0.9),
                unison(Wave::VoiceAh, 2.0, 0.25, 2, 9.0, 0.9),
                dying(Wave::Glass, 2.0, 0.2, 1.5, 0.5),
            ]),
            amplitude: envelope(0.25, 2.0, 0.9, 1.4),
            filter: low_pass(2600.0, 0.4, 1.0, 1.0, 0.6, envelope(1.2, 3.0, 0.6, 1.4)),
            velocity_power: 0.8,
            gain_db: -17.6,
            ..PLAIN
        },
    ),
];
