//! Presets that lie below everything else.
//!
//! Read on the audio thread.

use super::{Category::Bass, Preset, preset};
use crate::synth::sound::{
    FilterKind, FilterShape, Layers, LfoWave, NO_NOISE, Noise, PLAIN, Playing, Sound, Source, Target,
    Vibrato, Wave, dying, envelope, lfo, low_pass, morphing, single, slots, unison,
};
use linnet_music::Style::{
    BossaNova, Cinematic, Classical, DrumAndBass, Folk, Funk, HipHop, House, Latin, Lied, LoFi, Pop, Reggae,
    Rock, Songbook, Soul, Swing, Techno,
};

pub(super) static PRESETS: [Preset; 10] = [
    preset(
        "Long eight",
        Bass,
        &[HipHop, DrumAndBass],
        [-0.5, 0.2],
        Sound {
            layers: Layers::of(&[single(Wave::Sine, 1.0, 1.0), dying(Wave::Triangle, 2.0, 0.15, 0.4, 0.6)]),
            amplitude: envelope(0.002, 3.5, 0.0, 0.18),
            filter: FilterShape {
                drive_db: 8.0,
                ..low_pass(1600.0, 0.4, 1.0, 0.8, 0.6, envelope(0.001, 0.09, 0.0, 0.1))
            },
            slots: slots(&[(Source::Envelope, Target::Pitch, 9.0)]),
            playing: Playing::Legato,
            glide_s: 0.12,
            gain_db: -1.9,
            ..PLAIN
        },
    ),
    preset(
        "Acid bass",
        Bass,
        &[Techno, House],
        [0.0, 0.9],
        Sound {
            layers: Layers::of(&[morphing(single(Wave::Saw, 1.0, 1.0), Wave::Square, 0.25)]),
            amplitude: envelope(0.002, 1.2, 0.4, 0.06),
            filter: FilterShape {
                is_steep: true,
                drive_db: 10.0,
                ..low_pass(330.0, 0.4, 3.0, 2.2, 4.8, envelope(0.001, 0.3, 0.0, 0.08))
            },
            slots: slots(&[(Source::Velocity, Target::Resonance, 0.5), (Source::Wheel, Target::Cutoff, 2.0)]),
            playing: Playing::Legato,
            glide_s: 0.06,
            gain_db: -1.7,
            ..PLAIN
        },
    ),
    preset(
        "Two saws",
        Bass,
        &[DrumAndBass, Techno],
        [-0.7, 0.7],
        Sound {
            layers: Layers::of(&[unison(Wave::Saw, 1.0, 1.0, 3, 22.0, 0.5), single(Wave::Sine, 1.0, 0.5)]),
            amplitude: envelope(0.006, 2.0, 0.85, 0.12),
            filter: FilterShape {
                is_steep: true,
                drive_db: 6.0,
                ..low_pass(900.0, 0.4, 0.6, 1.0, 1.2, envelope(0.01, 1.2, 0.4, 0.2))
            },
            lfos: [lfo(LfoWave::Sine, 0.35), lfo(LfoWave::Sine, 0.2)],
            slots: slots(&[(Source::Lfo1, Target::Cutoff, 0.6)]),
            playing: Playing::Legato,
            glide_s: 0.05,
            gain_db: -4.2,
            ..PLAIN
        },
    ),
    preset(
        "Wobble",
        Bass,
        &[DrumAndBass, HipHop],
        [-0.4, 1.0],
        Sound {
            layers: Layers::of(&[
                morphing(unison(Wave::Saw, 1.0, 1.0, 2, 10.0, 0.4), Wave::Metallic, 0.2),
                single(Wave::Sine, 1.0, 0.6),
            ]),
            amplitude: envelope(0.005, 2.0, 0.9, 0.1),
            filter: FilterShape {
                is_steep: true,
                drive_db: 10.0,
                ..low_pass(700.0, 0.3, 0.3, 0.8, 2.2, envelope(0.01, 1.0, 0.5, 0.2))
            },
            lfos: [lfo(LfoWave::Triangle, 4.0), lfo(LfoWave::Sine, 0.3)],
            slots: slots(&[(Source::Lfo1, Target::Cutoff, 1.4), (Source::Lfo2, Target::Morph, 0.3)]),
            playing: Playing::Mono,
            glide_s: 0.03,
            gain_db: -2.8,
            ..PLAIN
        },
    ),
    preset(
        "Picked bass",
        Bass,
        &[Rock, Pop, Folk],
        [0.2, 0.5],
        Sound {
            layers: Layers::of(&[
                single(Wave::PluckedString, 1.0, 1.0),
                dying(Wave::StringEdge, 1.0, 0.7, 0.8, 0.6),
            ]),
            noise: Noise { gain: 0.25, decay_s: 0.012, velocity_power: 0.7, width: 0.0 },
            amplitude: envelope(0.001, 4.0, 0.0, 0.1),
            decay_key_octaves: 2.0,
            filter: low_pass(2400.0, 0.3, 1.4, 1.4, 0.7, envelope(0.001, 0.6, 0.0, 0.2)),
            velocity_power: 1.1,
            gain_db: -8.4,
            ..PLAIN
        },
    ),
    preset(
        "Slap",
        Bass,
        &[Funk, Soul, Latin],
        [0.6, 0.8],
        Sound {
            layers: Layers::of(&[
                single(Wave::PluckedString, 1.0, 1.0),
                dying(Wave::Needle, 1.0, 0.55, 0.25, 1.2),
                dying(Wave::Metallic, 2.0, 0.35, 0.06, 1.4),
            ]),
            noise: Noise { gain: 0.5, decay_s: 0.01, velocity_power: 1.2, width: 0.0 },
            amplitude: envelope(0.001, 2.2, 0.0, 0.07),
            decay_key_octaves: 2.0,
            filter: FilterShape {
                drive_db: 5.0,
                ..low_pass(2800.0, 0.3, 1.8, 2.2, 0.9, envelope(0.001, 0.22, 0.0, 0.1))
            },
            velocity_power: 1.2,
            gain_db: -2.9,
            ..PLAIN
        },
    ),
    preset(
        "Fretless",
        Bass,
        &[Swing, BossaNova, Soul, LoFi],
        [0.0, -0.3],
        Sound {
            layers: Layers::of(&[
                morphing(single(Wave::Round, 1.0, 1.0), Wave::Saw, 0.25),
                single(Wave::Triangle, 2.0, 0.3),
            ]),
            noise: Noise { gain: 0.05, decay_s: 0.03, ..NO_NOISE },
            amplitude: envelope(0.012, 4.0, 0.3, 0.14),
            filter: low_pass(800.0, 0.4, 1.0, 1.2, 1.8, envelope(0.09, 0.9, 0.3, 0.2)),
            vibrato: Vibrato { rate_hz: 4.7, depth_cents: 10.0, delay_s: 0.7 },
            playing: Playing::Legato,
            glide_s: 0.08,
            gain_db: -7.6,
            ..PLAIN
        },
    ),
    preset(
        "Upright",
        Bass,
        &[Swing, Songbook, Lied, Latin, Classical],
        [-0.1, 0.0],
        Sound {
            layers: Layers::of(&[
                single(Wave::NylonString, 1.0, 1.0),
                single(Wave::Sine, 1.0, 0.5),
                dying(Wave::StringEdge, 1.0, 0.25, 0.15, 0.8),
            ]),
            noise: Noise { gain: 0.3, decay_s: 0.03, velocity_power: 0.6, width: 0.1 },
            amplitude: envelope(0.006, 1.9, 0.0, 0.1),
            decay_key_octaves: 2.0,
            filter: low_pass(650.0, 0.4, 1.6, 1.4, 0.7, envelope(0.002, 0.35, 0.0, 0.1)),
            velocity_power: 1.2,
            gain_db: -8.5,
            ..PLAIN
        },
    ),
    preset(
        "Square bass",
        Bass,
        &[Pop, House, Reggae],
        [0.1, 0.3],
        Sound {
            layers: Layers::of(&[single(Wave::Square, 1.0, 1.0), single(Wave::Sine, 0.5, 0.3)]),
            amplitude: envelope(0.003, 1.6, 0.6, 0.08),
            filter: low_pass(800.0, 0.4, 1.7, 1.2, 1.1, envelope(0.002, 0.35, 0.1, 0.1)),
            gain_db: -6.8,
            ..PLAIN
        },
    ),
    preset(
        "Hard operator",
        Bass,
        &[House, Techno, Cinematic],
        [0.2, 0.6],
        Sound {
            layers: Layers::of(&[
                single(Wave::Sine, 1.0, 1.0),
                dying(Wave::Metallic, 1.0, 0.7, 0.5, 0.9),
                dying(Wave::Clarinet, 2.0, 0.25, 0.2, 0.6),
            ]),
            amplitude: envelope(0.001, 1.8, 0.35, 0.08),
            filter: FilterShape {
                kind: FilterKind::Low,
                drive_db: 4.0,
                ..low_pass(3500.0, 0.2, 0.8, 1.4, 0.7, envelope(0.001, 0.4, 0.1, 0.1))
            },
            gain_db: -3.6,
            ..PLAIN
        },
    ),
];
