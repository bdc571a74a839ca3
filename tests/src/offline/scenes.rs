//! The scenes, by name. To add one, add a row, and write its record with `cargo xtask render --bless`.

use super::instruments::{PARTIALS, made};
use super::lines::{arpeggio, bass, choked, comping, drums, first, lead, legato, note};
use super::{Script, SettingsAt};
use linnet_engine::settings::{BandSettings, ReverbType, SpaceType};
use linnet_engine::synth::bank;
use linnet_engine::{LiveKind, Settings};
use linnet_music::{Note, Part};

/// Something to render.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// What it is called by.
    pub name: &'static str,
    /// What is heard.
    pub what: &'static str,
    /// Makes what is played.
    pub script: fn() -> Script,
}

const fn scene(name: &'static str, what: &'static str, script: fn() -> Script) -> Scene {
    Scene { name, what, script }
}

/// All scenes.
pub const SCENES: [Scene; 16] = [
    scene("full_band", "lead, chords, bass and drums, with EQ, delay, hall and limiter", full_band),
    scene(
        "lead_glide",
        "a lead of one voice that glides, played live, with a bend and the wheel",
        lead_glide,
    ),
    scene("pad_morph", "a pad whose waves turn", pad_morph),
    scene("plucks", "a broken chord on steel strings, and a koto", plucks),
    scene("bass_drive", "a bass whose filter is driven", bass_drive),
    scene("chords_eq_sweep", "an organ, and bands of the EQ that move", chords_eq_sweep),
    scene("kits_first", "the first four kits, with hats that end each other", || kits(1)),
    scene("kits_later", "the other kits", || kits(5)),
    scene("room", "a clap, a stroke and a chord in the room", || reverb(ReverbType::Room)),
    scene("hall", "a clap, a stroke and a chord in the hall", || reverb(ReverbType::Hall)),
    scene("plate", "a clap, a stroke and a chord on the plate", || reverb(ReverbType::Plate)),
    scene("space", "a clap, a stroke and a chord in the chapel", || reverb(ReverbType::Space)),
    scene("delay_in_tempo", "echoes from side to side, while the tempo changes", delay_in_tempo),
    scene("limiter_driven", "drums and bass 12 dB too loud for the limiter", limiter_driven),
    scene("everything_moves", "every setting at another value each half beat", everything_moves),
    scene("own_instruments", "an SFZ and a SoundFont", own_instruments),
];

const BPM: f64 = 120.0;
/// The bands of the EQ at first.
const FREQS_HZ: [f32; 8] = [30.0, 120.0, 250.0, 600.0, 1500.0, 4000.0, 8000.0, 18_000.0];

/// The number of the preset that `part` knows by this name; the first one where there is none.
fn number(part: Part, name: &str) -> usize {
    bank::choices(part).find(|(_, tags)| tags.name == name).map_or(1, |(number, _)| number)
}

/// Dry settings with these sounds of lead, chords and bass, and the first kit.
fn sounds(lead: &str, chords: &str, bass: &str) -> Settings {
    let number = |part, name| number(part, name);
    let mut settings =
        Settings::dry([number(Part::Lead, lead), number(Part::Chords, chords), number(Part::Bass, bass), 1]);
    for (part, level_db) in settings.parts.iter_mut().zip([-8.0, -9.0, -7.0, -6.0]) {
        part.level_db = level_db;
    }
    settings.bands = FREQS_HZ.map(|freq_hz| BandSettings { on: false, freq_hz, gain_db: 0.0, q: 0.7 });
    settings
}

fn usual() -> Settings {
    sounds("Soft saw", "Felt upright", "Round bass")
}

/// Eight beats of these parts.
fn script(parts: [Vec<Note>; 4], settings: SettingsAt) -> Script {
    Script {
        beats: 8.0,
        tail_s: 1.5,
        parts: parts.map(|notes| first(notes, 8.0)),
        live: Vec::new(),
        tempos: vec![(0.0, BPM)],
        settings,
        step: 0.5,
        instruments: Vec::new(),
    }
}

fn still(settings: &Settings) -> SettingsAt {
    let settings = *settings;
    Box::new(move |_| settings)
}

fn none() -> Vec<Note> {
    Vec::new()
}

fn full_band() -> Script {
    let mut settings = usual();
    settings.limiter = true;
    settings.output_db = 3.0;
    for band in [0, 2, 5, 6] {
        settings.bands[band].on = true;
    }
    (settings.bands[2].gain_db, settings.bands[5].gain_db, settings.bands[6].gain_db) = (-3.0, 2.0, 1.5);
    for (part, send_db) in settings.parts.iter_mut().zip([-12.0, -10.0, -60.0, -16.0]) {
        part.reverb_send_db = send_db;
    }
    (settings.parts[0].delay_send_db, settings.parts[0].pan, settings.parts[1].pan) = (-10.0, 0.15, -0.2);
    (settings.delay.time, settings.delay.feedback, settings.delay.mix) = (9, 0.35, 0.6);
    (settings.reverb.kind, settings.reverb.mix, settings.reverb.decay_s) = (ReverbType::Hall, 0.6, 1.2);
    let parts = [lead(), comping(), bass(), drums()];
    Script { beats: 16.0, tail_s: 1.2, parts, ..script([none(), none(), none(), none()], still(&settings)) }
}

fn lead_glide() -> Script {
    let settings = still(&sounds("Hollow glide", "Felt upright", "Round bass"));
    Script { live: legato(), ..script([none(), none(), none(), none()], settings) }
}

fn pad_morph() -> Script {
    let settings = still(&sounds("Soft saw", "Turning waves", "Round bass"));
    Script { tail_s: 3.0, ..script([none(), comping(), none(), none()], settings) }
}

fn plucks() -> Script {
    script([lead(), arpeggio(), none(), none()], still(&sounds("Koto", "Steel guitar", "Round bass")))
}

fn bass_drive() -> Script {
    script([none(), none(), bass(), none()], still(&sounds("Soft saw", "Felt upright", "Acid bass")))
}

fn chords_eq_sweep() -> Script {
    let settings = |beat: f64| {
        let mut settings = sounds("Soft saw", "Full organ", "Round bass");
        let share = (beat / 8.0) as f32;
        settings.bands.iter_mut().for_each(|band| band.on = true);
        settings.bands[0].freq_hz = 30.0 * 20.0_f32.powf(share);
        (settings.bands[3].freq_hz, settings.bands[3].gain_db, settings.bands[3].q) =
            (200.0 * 30.0_f32.powf(share), 15.0, 4.0);
        (settings.bands[4].gain_db, settings.bands[4].q) = (-18.0 * share, 2.0);
        settings.bands[6].gain_db = 6.0 - 12.0 * share;
        settings.bands[7].freq_hz = 18_000.0 - 12_000.0 * share;
        settings.output_db = -6.0;
        settings
    };
    Script { step: 0.25, ..script([none(), comping(), none(), none()], Box::new(settings)) }
}

/// Four kits, from `first_kit` on, two beats each.
fn kits(first_kit: usize) -> Script {
    let settings = move |beat: f64| {
        let mut settings = usual();
        settings.parts[3].sound = first_kit + (beat / 2.0) as usize % 4;
        settings
    };
    let notes = (0..4).flat_map(|two| choked(2.0 * f64::from(two))).collect();
    script([none(), none(), none(), notes], Box::new(settings))
}

fn reverb(kind: ReverbType) -> Script {
    let mut settings = usual();
    for part in &mut settings.parts {
        (part.level_db, part.reverb_send_db) = (-12.0, 0.0);
    }
    settings.reverb.kind = kind;
    settings.reverb.space = SpaceType::Chapel;
    (settings.reverb.pre_delay_ms, settings.reverb.decay_s, settings.reverb.mix) = (12.0, 1.2, 0.8);
    let strokes = vec![note(0.0, 0.2, 39, 110), note(1.0, 0.2, 38, 100)];
    let chord = [57, 61, 64].map(|key| note(2.0, 0.4, key, 90)).to_vec();
    Script { beats: 3.0, tail_s: 2.5, ..script([none(), chord, none(), strokes], still(&settings)) }
}

fn delay_in_tempo() -> Script {
    let mut settings = usual();
    settings.parts[0].delay_send_db = 0.0;
    settings.delay.ping_pong = true;
    (settings.delay.time, settings.delay.feedback, settings.delay.mix) = (7, 0.55, 0.8);
    (settings.delay.low_cut_hz, settings.delay.high_cut_hz) = (200.0, 5000.0);
    let notes =
        [(0.0, 74), (1.0, 69), (3.0, 78), (5.0, 66)].map(|(at, key)| note(at, 0.2, key, 100)).to_vec();
    Script {
        tempos: vec![(0.0, 110.0), (4.0, 140.0), (6.0, 90.0)],
        tail_s: 3.0,
        ..script([notes, none(), none(), none()], still(&settings))
    }
}

fn limiter_driven() -> Script {
    let mut settings = usual();
    settings.limiter = true;
    settings.output_db = 12.0;
    (settings.parts[2].level_db, settings.parts[3].level_db) = (0.0, 0.0);
    Script { tail_s: 1.0, ..script([none(), none(), bass(), drums()], still(&settings)) }
}

/// A number in [0, 1) for a place and a step, scattered (H. Weyl).
fn scattered(place: usize, step: usize) -> f32 {
    (0.618_034 * (1 + step) as f32 + 0.754_878 * (1 + place) as f32 * (1 + step % 7) as f32).fract()
}

fn everything_moves() -> Script {
    let parts = [lead(), arpeggio(), bass(), drums()];
    let live = vec![
        (0.5, LiveKind::Controller { number: 64, value: 1.0 }),
        (1.0, LiveKind::NoteOn { pitch: 81, velocity: 0.7 }),
        (1.5, LiveKind::NoteOff { pitch: 81, velocity: 0.5 }),
        (3.5, LiveKind::Controller { number: 64, value: 0.0 }),
        (4.0, LiveKind::NoteOn { pitch: 86, velocity: 0.9 }),
        (4.7, LiveKind::Choke { pitch: 86 }),
    ];
    Script { live, tail_s: 4.0, ..script(parts, Box::new(moved)) }
}

/// All settings half a beat after half a beat; at the end, short tails.
fn moved(beat: f64) -> Settings {
    let step = (beat * 2.0) as usize;
    let at = |place: usize, min: f32, max: f32| min + (max - min) * scattered(place, step);
    let mut settings = usual();
    for (index, part) in settings.parts.iter_mut().enumerate() {
        part.level_db = at(index, -18.0, -3.0);
        part.pan = at(4 + index, -1.0, 1.0);
        (part.reverb_send_db, part.delay_send_db) = (at(8 + index, -30.0, 0.0), at(12 + index, -30.0, 0.0));
        part.sound = 1 + at(16 + index, 0.0, if index == 3 { 8.0 } else { 70.0 }) as usize;
    }
    for (index, band) in settings.bands.iter_mut().enumerate() {
        let freq_hz = FREQS_HZ[index] * at(20 + index, 0.7, 1.4);
        let (gain_db, q) = (at(28 + index, -9.0, 9.0), at(36 + index, 0.4, 3.0));
        *band = BandSettings { on: at(44 + index, 0.0, 1.0) > 0.4, freq_hz, gain_db, q };
    }
    let reverb = &mut settings.reverb;
    reverb.kind = [ReverbType::Room, ReverbType::Hall, ReverbType::Plate, ReverbType::Space][step / 2 % 4];
    reverb.space = SpaceType::ALL[step / 3 % 4];
    (reverb.pre_delay_ms, reverb.decay_s, reverb.size) =
        (at(52, 0.0, 80.0), at(53, 0.3, 1.5), at(54, 0.2, 0.9));
    (reverb.damping_hz, reverb.low_cut_hz) = (at(55, 2000.0, 12_000.0), at(56, 40.0, 300.0));
    (reverb.width, reverb.mix) = (at(57, 0.0, 1.0), at(58, 0.2, 0.8));
    let delay = &mut settings.delay;
    (delay.time, delay.feedback, delay.mix) =
        (at(59, 3.0, 11.0) as usize, at(60, 0.0, 0.5), at(61, 0.1, 0.7));
    (delay.low_cut_hz, delay.high_cut_hz) = (at(62, 30.0, 500.0), at(63, 2000.0, 15_000.0));
    delay.ping_pong = step.is_multiple_of(3);
    settings.output_db = at(64, -6.0, 3.0);
    settings.limiter = step % 5 != 4;
    settings
}

fn own_instruments() -> Script {
    with_partials(PARTIALS)
}

/// The scene of the user's instruments with these partials in the lead's tone.
pub fn with_partials(partials: [f32; 4]) -> Script {
    let mut settings = usual();
    settings.parts[0].sound = bank::OWN_INSTRUMENT;
    settings.parts[1].sound = bank::OWN_INSTRUMENT;
    Script { instruments: made(partials), ..script([lead(), comping(), none(), none()], still(&settings)) }
}
