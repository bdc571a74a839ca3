//! The engine on its own: named scenes, rendered without a host.

use crate::notation;
use linnet_engine::settings::{
    BandSettings, DelaySettings, PartSettings, ReverbSettings, ReverbType, SpaceType,
};
use linnet_engine::{Block, Engine, OutEvents, Settings, Transport};
use linnet_handover::worker_to_audio::{Score, Start, ToAudio};
use linnet_handover::{EditorPorts, WorkerPorts};
use linnet_music::{
    Beats, ChordSpan, Controls, IdeaId, Note, Part, Phrase, Pitch, Tempo, TimeSignature, Velocity,
};

/// Something to render.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// What it is called by.
    pub name: &'static str,
    /// What is heard.
    pub what: &'static str,
    /// The parts that play, by [`Part`].
    pub on: [bool; 4],
    /// Each part's sound.
    pub sounds: [usize; 4],
    /// Level of the reverb's return, in [0, 1].
    pub reverb: f32,
    /// How often the music is played.
    pub passes: u32,
}

/// All scenes.
pub const SCENES: [Scene; 6] = [
    Scene { name: "four_parts", what: "lead, chords, bass and drums", ..ALL },
    Scene { name: "other_sounds", what: "the same with the other sounds", sounds: [1, 1, 1, 1], ..ALL },
    Scene {
        name: "lead_dry",
        what: "the lead alone, without reverb",
        on: only(Part::Lead),
        reverb: 0.0,
        ..ALL
    },
    Scene {
        name: "chords_pad",
        what: "the pad in the hall",
        on: only(Part::Chords),
        sounds: [0, 1, 0, 0],
        ..ALL
    },
    Scene { name: "bass", what: "the bass alone", on: only(Part::Bass), ..ALL },
    Scene { name: "drums", what: "the kit alone", on: only(Part::Drums), ..ALL },
];

const ALL: Scene = Scene { name: "", what: "", on: [true; 4], sounds: [0; 4], reverb: 0.3, passes: 2 };
const LEAD: &str =
    "d5:1.5 e5:0.5 f#5:1 a5:1 | g5:1 f#5:0.5 e5:0.5 d5:2 | b4:1 d5:1 g5:1.5 f#5:0.5 | e5:3 r:1";
const CHORDS: &str = "D:4 | G:4 | Em:4 | A7:4";
const BPM: f64 = 100.0;
/// What is heard after the last pass, in seconds.
const TAIL_SECONDS: f64 = 3.0;

const fn only(part: Part) -> [bool; 4] {
    let mut on = [false; 4];
    on[part as usize] = true;
    on
}

/// A rendered scene.
#[derive(Clone, Debug)]
pub struct Render {
    /// Left and right.
    pub audio: [Vec<f32>; 2],
    /// Seconds that the engine took.
    pub seconds: f64,
}

/// Renders a scene in blocks of `block_frames`.
///
/// # Panics
/// Never: the scenes' notation is checked by a test.
pub fn render(scene: &Scene, sample_rate_hz: f64, block_frames: usize) -> Render {
    let (audio_ports, mut worker, _editor): (_, WorkerPorts, EditorPorts) = linnet_handover::connect();
    let mut engine = Engine::new(audio_ports);
    engine.prepare(sample_rate_hz, block_frames);
    let score = score(scene);
    let music = score.length.0 * f64::from(scene.passes);
    // An engine that was just made takes the first order.
    worker.scores.send(ToAudio::Play(Box::new(score))).ok();
    let frames = |beats: f64| Beats(beats).to_samples(Tempo::new(BPM), sample_rate_hz).round() as usize;
    let end = frames(music);
    let all = end + (TAIL_SECONDS * sample_rate_hz) as usize;
    let mut audio = [vec![0.0; all], vec![0.0; all]];
    let (settings, controls) = (settings(scene), Controls::default());
    let mut out = OutEvents::new();
    let start = std::time::Instant::now();
    let mut at = 0;
    while at < all {
        let border = if at < end { end } else { all };
        let length = block_frames.min(border - at);
        let [left, right] = &mut audio;
        engine.process(&mut Block {
            audio: [&mut left[at..at + length], &mut right[at..at + length]],
            transport: transport(at, at < end, sample_rate_hz),
            events: &[],
            out: &mut out,
            settings: &settings,
            controls: &controls,
            offline: false,
        });
        at += length;
    }
    Render { audio, seconds: start.elapsed().as_secs_f64() }
}

fn transport(frame: usize, playing: bool, sample_rate_hz: f64) -> Transport {
    let position = Beats::from_samples(frame as f64, Tempo::new(BPM), sample_rate_hz);
    let bar = TimeSignature::COMMON.bar().0;
    Transport {
        playing,
        present: true,
        position: Some(position),
        bar_start: Some(Beats((position.0 / bar + 1e-9).floor() * bar)),
        tempo: Some(Tempo::new(BPM)),
        metre: Some(TimeSignature::COMMON),
        looped: None,
    }
}

fn score(scene: &Scene) -> Score {
    let metre = TimeSignature::COMMON;
    let lead = notation::melody(LEAD, metre).unwrap_or_default();
    let harmony = notation::harmony(CHORDS, metre).unwrap_or_default();
    let parts = [lead, comping(&harmony), bass(&harmony), drums(&harmony)];
    let parts = std::array::from_fn(|part| {
        let notes = if scene.on[part] { parts[part].clone() } else { Vec::new() };
        Phrase::new(notes).notes().into()
    });
    let length = harmony.iter().map(|span| span.length.0).sum();
    Score { idea: IdeaId(1), length: Beats(length), parts, start: Start::At(Beats(0.0)) }
}

fn note(onset: f64, length: f64, pitch: i32, velocity: i32) -> Note {
    Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(velocity),
    }
}

fn comping(harmony: &[ChordSpan]) -> Vec<Note> {
    let voiced = |span: &ChordSpan| {
        let (root, onset) = (48 + i32::from(span.chord.root.semitones()), span.onset.0);
        let length = span.length.0 * 0.95;
        span.chord.quality.intervals().iter().map(move |i| note(onset, length, root + i32::from(*i), 72))
    };
    harmony.iter().flat_map(voiced).collect()
}

fn bass(harmony: &[ChordSpan]) -> Vec<Note> {
    let line = |span: &ChordSpan| {
        let (root, onset) = (36 + i32::from(span.chord.root.semitones()), span.onset.0);
        [(0.0, 1.4, 0), (1.5, 0.4, 0), (2.0, 1.4, 7), (3.5, 0.4, 12)]
            .map(|(after, length, step)| note(onset + after, length, root + step, 92))
    };
    harmony.iter().flat_map(line).collect()
}

fn drums(harmony: &[ChordSpan]) -> Vec<Note> {
    let mut notes = Vec::new();
    for span in harmony {
        let onset = span.onset.0;
        notes.extend(
            [(0.0, 36), (2.0, 36), (2.5, 36), (1.0, 38), (3.0, 38)]
                .map(|(at, key)| note(onset + at, 0.2, key, 100)),
        );
        notes.extend((0..8).map(|eighth| {
            let velocity = if eighth % 2 == 0 { 80 } else { 56 };
            note(onset + 0.5 * f64::from(eighth), 0.2, 42, velocity)
        }));
    }
    notes
}

fn settings(scene: &Scene) -> Settings {
    let part = |index: usize| PartSettings {
        on: true,
        level_db: [-6.0, -9.0, -6.0, -6.0][index],
        pan: 0.0,
        reverb_send_db: [-9.0, -6.0, -60.0, -15.0][index],
        delay_send_db: -60.0,
        width: 1.0,
        low_cut_hz: 20.0,
        octave: 0,
        sound: scene.sounds[index] + [1, 4, 7, 1][index],
        midi_channel: [1, 2, 3, 10][index],
        solo: false,
        mute: false,
    };
    let band = |freq_hz: f32| BandSettings { on: true, freq_hz, gain_db: 0.0, q: 0.7 };
    let freqs_hz = [20.0, 120.0, 250.0, 600.0, 1500.0, 4000.0, 8000.0, 20_000.0];
    Settings {
        parts: std::array::from_fn(part),
        bands: freqs_hz.map(band),
        reverb: ReverbSettings {
            kind: ReverbType::Hall,
            pre_delay_ms: 20.0,
            decay_s: 2.0,
            size: 0.6,
            damping_hz: 6000.0,
            low_cut_hz: 120.0,
            width: 1.0,
            mix: scene.reverb,
            space: SpaceType::Chapel,
        },
        delay: DelaySettings {
            time: 7,
            feedback: 0.4,
            ping_pong: true,
            low_cut_hz: 150.0,
            high_cut_hz: 6000.0,
            mix: 0.5,
        },
        output_db: 0.0,
        limiter: true,
        quantise: Start::NextBar,
        propose: false,
        auto_bars: 0,
        seed_locked: true,
        notes_only: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_sounds_stays_within_full_scale_and_ends() {
        for scene in &SCENES {
            let audio = render(scene, 48_000.0, 512).audio;
            let peak = |samples: &[f32]| samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let all = peak(&audio[0]).max(peak(&audio[1]));
            assert!((0.02..=1.0).contains(&all), "{}: peak {all}", scene.name);
            let last = &audio[0][audio[0].len() - 4800..];
            assert!(peak(last) < 0.1 * all, "{}: it does not end", scene.name);
            assert!(audio.iter().flatten().all(|sample| sample.is_finite()), "{}", scene.name);
        }
    }
}
