//! Presets for melodies.
//!
//! Read on the audio thread.

use super::{Category::Lead, Preset, preset};
use crate::synth::sound::{
    FilterKind, FilterShape, Layer, Layers, LfoWave, NO_NOISE, Noise, PLAIN, Playing, Sound, Source, Target,
    Vibrato, Wave, dying, envelope, late_lfo, lfo, low_pass, morphing, single, slots, unison,
};
use linnet_music::Style::{
    Ambient, BossaNova, Chorale, Cinematic, Classical, DrumAndBass, Folk, Funk, HipHop, House, Latin, Lied,
    LoFi, Pop, Reggae, Rock, Songbook, Soul, Swing, Techno,
};

const SINGING: Vibrato = Vibrato { rate_hz: 5.4, depth_cents: 11.0, delay_s: 0.5 };

pub(super) static PRESETS: [Preset; 13] = [
    preset(
        "Pure sine",
        Lead,
        &[Ambient, LoFi],
        [0.1, -0.6],
        Sound { gain_db: -9.9, ..Sound { gain_db: -12.0, ..PLAIN } },
    ),
    preset(
        "Plain saw",
        Lead,
        &[Techno, Rock],
        [0.5, 0.5],
        Sound {
            layers: Layers::of(&[single(Wave::Saw, 1.0, 1.0)]),
            ..Sound { gain_db: -10.7, ..Sound { gain_db: -12.0, ..PLAIN } }
        },
    ),
    preset(
        "Super saw",
        Lead,
        &[House, Techno, Pop],
        [0.8, 0.8],
        Sound {
            layers: Layers::of(&[unison(Wave::Saw, 1.0, 1.0, 6, 18.0, 0.9)]),
            amplitude: envelope(0.006, 1.2, 0.8, 0.35),
            filter: low_pass(7000.0, 0.5, 0.9, 1.4, 0.7, envelope(0.004, 0.8, 0.4, 0.4)),
            gain_db: -10.1,
            ..PLAIN
        },
    ),
    preset(
        "Hollow glide",
        Lead,
        &[HipHop, Techno, Funk],
        [-0.2, 0.2],
        Sound {
            layers: Layers::of(&[
                morphing(unison(Wave::Square, 1.0, 1.0, 2, 5.0, 0.3), Wave::Pulse, 0.0),
                single(Wave::Triangle, 0.5, 0.35),
            ]),
            amplitude: envelope(0.008, 1.0, 0.85, 0.18),
            filter: low_pass(2200.0, 0.6, 1.1, 1.3, 1.0, envelope(0.005, 0.7, 0.4, 0.3)),
            vibrato: SINGING,
            lfos: [lfo(LfoWave::Triangle, 0.7), late_lfo(LfoWave::Sine, 5.0, 0.4, 0.4)],
            slots: slots(&[(Source::Lfo1, Target::Morph, 0.6), (Source::Wheel, Target::Cutoff, 1.5)]),
            playing: Playing::Legato,
            glide_s: 0.09,
            gain_db: -9.8,
            ..PLAIN
        },
    ),
    preset(
        "Acid line",
        Lead,
        &[Techno, House],
        [0.1, 0.9],
        Sound {
            layers: Layers::of(&[single(Wave::Saw, 1.0, 1.0)]),
            amplitude: envelope(0.002, 1.4, 0.5, 0.08),
            filter: FilterShape {
                is_steep: true,
                drive_db: 9.0,
                ..low_pass(420.0, 0.4, 3.2, 2.2, 5.5, envelope(0.002, 0.45, 0.0, 0.1))
            },
            slots: slots(&[(Source::Velocity, Target::Resonance, 0.5), (Source::Wheel, Target::Cutoff, 2.0)]),
            playing: Playing::Legato,
            glide_s: 0.06,
            gain_db: -9.1,
            ..PLAIN
        },
    ),
    preset(
        "Thin pulse",
        Lead,
        &[Pop, DrumAndBass],
        [0.4, 0.5],
        Sound {
            layers: Layers::of(&[morphing(unison(Wave::Needle, 1.0, 1.0, 2, 6.0, 0.5), Wave::Square, 0.2)]),
            amplitude: envelope(0.004, 0.9, 0.7, 0.15),
            filter: low_pass(5200.0, 0.5, 0.6, 1.5, 0.8, envelope(0.003, 0.6, 0.3, 0.2)),
            lfos: [lfo(LfoWave::Sine, 0.4), late_lfo(LfoWave::Sine, 5.6, 0.35, 0.3)],
            slots: slots(&[(Source::Lfo1, Target::Morph, 0.25), (Source::Lfo2, Target::Pitch, 0.12)]),
            gain_db: -8.8,
            ..PLAIN
        },
    ),
    preset(
        "Muted horn",
        Lead,
        &[Swing, Soul, BossaNova, Latin],
        [0.0, 0.0],
        Sound {
            layers: Layers::of(&[single(Wave::Brass, 1.0, 1.0), single(Wave::Oboe, 1.0, 0.3)]),
            noise: Noise { gain: 0.05, decay_s: 0.12, ..NO_NOISE },
            amplitude: envelope(0.035, 0.5, 0.8, 0.14),
            filter: FilterShape {
                kind: FilterKind::Band,
                ..low_pass(1300.0, 0.5, 0.7, 1.0, 0.8, envelope(0.05, 0.5, 0.6, 0.2))
            },
            vibrato: Vibrato { rate_hz: 5.6, depth_cents: 14.0, delay_s: 0.6 },
            gain_db: -9.7,
            ..PLAIN
        },
    ),
    preset(
        "Clarinet",
        Lead,
        &[Folk, Classical, Songbook, Swing, Lied],
        [0.1, -0.3],
        Sound {
            layers: Layers::of(&[single(Wave::Clarinet, 1.0, 1.0)]),
            noise: Noise { gain: 0.025, velocity_power: 0.5, ..NO_NOISE },
            amplitude: envelope(0.04, 0.6, 0.88, 0.12),
            filter: low_pass(2300.0, 0.5, 0.8, 1.5, 0.6, envelope(0.05, 0.5, 0.6, 0.2)),
            vibrato: Vibrato { rate_hz: 4.8, depth_cents: 5.0, delay_s: 0.7 },
            gain_db: -9.0,
            ..PLAIN
        },
    ),
    preset(
        "Reed pipe",
        Lead,
        &[Folk, Chorale, Classical],
        [0.3, 0.0],
        Sound {
            layers: Layers::of(&[single(Wave::Oboe, 1.0, 1.0)]),
            noise: Noise { gain: 0.02, ..NO_NOISE },
            amplitude: envelope(0.03, 0.5, 0.9, 0.1),
            filter: low_pass(3800.0, 0.4, 0.6, 1.3, 0.7, envelope(0.04, 0.4, 0.7, 0.2)),
            vibrato: Vibrato { rate_hz: 5.8, depth_cents: 8.0, delay_s: 0.5 },
            gain_db: -10.2,
            ..PLAIN
        },
    ),
    preset(
        "Whistle",
        Lead,
        &[Folk, Reggae, BossaNova],
        [0.7, -0.2],
        Sound {
            layers: Layers::of(&[single(Wave::Sine, 1.0, 1.0), single(Wave::Flute, 2.0, 0.25)]),
            noise: Noise { gain: 0.55, velocity_power: 0.4, ..NO_NOISE },
            amplitude: envelope(0.03, 0.4, 0.9, 0.1),
            filter: FilterShape {
                kind: FilterKind::Band,
                ..low_pass(262.0, 1.0, 0.0, 0.0, 2.2, envelope(0.01, 1.0, 1.0, 0.2))
            },
            vibrato: Vibrato { rate_hz: 5.2, depth_cents: 16.0, delay_s: 0.4 },
            slots: slots(&[(Source::Random, Target::Pan, 0.08)]),
            gain_db: -9.0,
            ..PLAIN
        },
    ),
    preset(
        "Talking lead",
        Lead,
        &[Funk, HipHop, House],
        [0.3, 0.4],
        Sound {
            layers: Layers::of(&[morphing(unison(Wave::VoiceOo, 1.0, 1.0, 2, 7.0, 0.4), Wave::VoiceAh, 0.1)]),
            amplitude: envelope(0.01, 1.0, 0.8, 0.2),
            filter: low_pass(3600.0, 0.5, 0.8, 1.0, 1.2, envelope(0.06, 0.5, 0.5, 0.3)),
            vibrato: SINGING,
            slots: slots(&[(Source::Envelope, Target::Morph, 0.9), (Source::Wheel, Target::Morph, 0.5)]),
            playing: Playing::Legato,
            glide_s: 0.07,
            gain_db: -9.7,
            ..PLAIN
        },
    ),
    preset(
        "Worn tape",
        Lead,
        &[LoFi, Ambient],
        [-0.3, -0.5],
        Sound {
            layers: Layers::of(&[
                single(Wave::TineBody, 1.0, 1.0),
                Layer { velocity_power: 0.6, ..unison(Wave::Round, 2.0, 0.2, 2, 8.0, 0.6) },
            ]),
            noise: Noise { gain: 0.03, ..NO_NOISE },
            amplitude: envelope(0.012, 2.4, 0.4, 0.4),
            filter: low_pass(1500.0, 0.4, 0.7, 1.2, 0.8, envelope(0.01, 0.9, 0.2, 0.4)),
            lfos: [lfo(LfoWave::Sine, 0.55), lfo(LfoWave::SampleAndHold, 6.0)],
            slots: slots(&[(Source::Lfo1, Target::Pitch, 0.14), (Source::Lfo2, Target::Level, 0.35)]),
            gain_db: -8.7,
            ..PLAIN
        },
    ),
    preset(
        "Steel edge",
        Lead,
        &[Rock, DrumAndBass, Cinematic],
        [-0.1, 0.9],
        Sound {
            layers: Layers::of(&[
                unison(Wave::Saw, 1.0, 1.0, 2, 9.0, 0.3),
                single(Wave::Square, 1.0, 0.5),
                dying(Wave::Metallic, 2.0, 0.3, 0.3, 0.8),
            ]),
            amplitude: envelope(0.004, 1.5, 0.8, 0.2),
            filter: FilterShape {
                drive_db: 18.0,
                is_steep: true,
                ..low_pass(3400.0, 0.4, 0.8, 1.2, 1.1, envelope(0.003, 0.9, 0.5, 0.3))
            },
            vibrato: Vibrato { rate_hz: 5.7, depth_cents: 12.0, delay_s: 0.6 },
            gain_db: 0.4,
            ..PLAIN
        },
    ),
];
