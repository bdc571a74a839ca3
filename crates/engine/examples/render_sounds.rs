//! Renders every preset to a WAV file, to be heard and measured: `render_sounds FOLDER`.
//!
//! Every preset plays a scale and a cadence, each kit a groove; `band-STYLE` is all four parts together as they suit a
//! style, and `keys-N` each instrument of a kit in turn.

#![expect(clippy::disallowed_macros, reason = "no audio thread here")]

use linnet_engine::synth::Voices;
use linnet_engine::synth::bank::{self, Category, Tags};
use linnet_engine::{Settings, VoiceEvent, VoiceEventKind};
use linnet_music::{Part, Style};
use std::error::Error;
use std::path::{Path, PathBuf};

const SAMPLE_RATE_HZ: u32 = 48_000;
/// Frames of an eighth at 120 beats a minute.
const EIGHTH: u32 = SAMPLE_RATE_HZ / 4;

/// A note of a scene: onset and length in eighths.
struct SceneNote {
    part: Part,
    key: u8,
    velocity: f32,
    onset: f32,
    eighths: f32,
}

fn settings(sounds: [usize; 4], level_db: f32) -> Settings {
    let mut settings = Settings::dry(sounds);
    for part in &mut settings.parts {
        part.level_db = level_db;
    }
    settings
}

fn events(notes: &[SceneNote]) -> Vec<VoiceEvent> {
    let mut events = Vec::new();
    for (number, scene) in (0..).zip(notes) {
        let (part, note) = (scene.part, number);
        let start = (scene.onset * EIGHTH as f32) as u32;
        let end = start + (scene.eighths * EIGHTH as f32) as u32;
        let on = VoiceEventKind::NoteOn { key: scene.key, velocity: scene.velocity, note };
        events.push(VoiceEvent { frame: start, part, kind: on });
        events.push(VoiceEvent { frame: end, part, kind: VoiceEventKind::NoteOff { note } });
    }
    events.sort_by_key(|event| event.frame);
    events
}

fn write(path: &Path, notes: &[SceneNote], settings: &Settings) -> Result<(), Box<dyn Error>> {
    let events = events(notes);
    let frames = events.last().map_or(0, |event| event.frame) + 2 * SAMPLE_RATE_HZ;
    let mut audio = [(); 6].map(|()| vec![0.0; frames as usize]);
    let mut voices = Voices::new();
    voices.prepare(f64::from(SAMPLE_RATE_HZ));
    let [left, right, send_left, send_right, delay_left, delay_right] = &mut audio;
    let sends = [[send_left.as_mut_slice(), send_right], [delay_left, delay_right]];
    voices.render(&events, settings, [left, right], sends);
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: SAMPLE_RATE_HZ,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for (left, right) in audio[0].iter().zip(&audio[1]) {
        writer.write_sample(*left)?;
        writer.write_sample(*right)?;
    }
    Ok(writer.finalize()?)
}

fn scale(part: Part, root: u8) -> Vec<SceneNote> {
    let steps: [u8; 8] = [0, 2, 4, 5, 7, 9, 11, 12];
    let note = |(index, step): (usize, &u8)| SceneNote {
        part,
        key: root + step,
        velocity: 0.75,
        onset: 2.0 * index as f32,
        eighths: 1.8,
    };
    steps.iter().enumerate().map(note).collect()
}

fn cadence(part: Part) -> Vec<SceneNote> {
    let chords: [[u8; 4]; 4] = [[48, 60, 64, 67], [53, 60, 65, 69], [55, 59, 65, 67], [48, 60, 64, 67]];
    let notes = chords.iter().enumerate().flat_map(|(index, chord)| {
        let onset = 4.0 * index as f32;
        chord.map(|key| SceneNote { part, key, velocity: 0.7, onset, eighths: 3.8 })
    });
    notes.collect()
}

/// Two bars, twice: hats in eighths, the last open; kick and snare; a fill on the toms; a crash at the start.
fn groove() -> Vec<SceneNote> {
    let mut notes = Vec::new();
    let mut hit = |key, onset, velocity| {
        notes.push(SceneNote { part: Part::Drums, key, velocity, onset, eighths: 0.5 });
    };
    for bar in 0..4 {
        let start = 8.0 * bar as f32;
        for eighth in 0..8 {
            let key = if eighth == 7 { 46 } else { 42 };
            hit(key, start + eighth as f32, if eighth % 2 == 0 { 0.75 } else { 0.5 });
        }
        for (key, onset, velocity) in
            [(36, 0.0, 0.85), (38, 2.0, 0.8), (36, 3.0, 0.85), (36, 4.5, 0.85), (38, 6.0, 0.8)]
        {
            hit(key, start + onset, velocity);
        }
    }
    hit(49, 0.0, 0.8);
    let fill = [(50, 28.0), (48, 29.0), (45, 30.0), (41, 31.0)];
    for (key, onset) in fill {
        hit(key, onset, 0.8);
    }
    notes
}

fn keys() -> Vec<SceneNote> {
    let note = |(index, key)| SceneNote {
        part: Part::Drums,
        key,
        velocity: 0.8,
        onset: 4.0 * index as f32,
        eighths: 1.0,
    };
    (35..=59).chain(60..=70).chain(75..=77).enumerate().map(note).collect()
}

fn file(folder: &Path, number: usize, tags: &Tags) -> PathBuf {
    let name = tags.name.to_lowercase().replace(' ', "-");
    folder.join(format!("{}-{number:02}-{name}.wav", tags.category.name().to_lowercase()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("say where: render_sounds FOLDER")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (number, preset) in bank::presets() {
        let part = if preset.tags.category == Category::Bass { Part::Bass } else { Part::Chords };
        let mut notes = scale(part, if part == Part::Bass { 36 } else { 60 });
        if part == Part::Chords {
            let later = |note: SceneNote| SceneNote { onset: note.onset + 16.0, ..note };
            notes.extend(cadence(part).into_iter().map(later));
        }
        write(&file(folder, number, &preset.tags), &notes, &settings([number; 4], 0.0))?;
    }
    for (number, tags) in bank::choices(Part::Drums) {
        let alone = settings([number; 4], 0.0);
        write(&file(folder, number, tags), &groove(), &alone)?;
        write(&folder.join(format!("keys-{number}.wav")), &keys(), &alone)?;
    }
    for style in Style::ALL {
        let mut band = scale(Part::Lead, 67);
        band.extend(cadence(Part::Chords));
        band.extend(scale(Part::Bass, 36));
        band.extend(groove().into_iter().filter(|note| note.onset < 16.0));
        let sounds = Part::ALL.map(|part| bank::auto(part, Some(style)));
        write(&folder.join(format!("band-{}.wav", style.name())), &band, &settings(sounds, -8.0))?;
    }
    Ok(())
}
