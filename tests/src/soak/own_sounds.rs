//! Instruments of the user's, made here: two files for each part, which change places now and then.

use super::keeping::FOLDER;
use crate::clap_host::Instance;
use crate::saved::State;
use crate::scene::COMMON;
use crate::transport::Transport;
use linnet_music::{Beats, Tempo};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

const RATE_HZ: u32 = 22_050;
const FRAMES: usize = 11_025;
/// The field of a state that says which files the parts play.
const FIELD: &str = "instruments";
/// What loading them may take, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(2);
const LOOK: Duration = Duration::from_millis(20);

/// One file for melodies, one for drums: a loop and a release, a filter that moves, and notes that end others.
const TEXTS: [(&str, &str); 2] = [
    (
        "tones",
        "<global> ampeg_release=0.4 cutoff=3000 fileg_depth=2400 fileg_decay=0.5 fileg_sustain=20
         <region> sample=tone.wav pitch_keycenter=57 loop_mode=loop_continuous loop_start=2205 loop_end=8819 hikey=80
         <region> sample=tone.wav pitch_keycenter=57 lokey=81 ampeg_attack=0.05 pan=-40 ampeg_decay=1 ampeg_sustain=30",
    ),
    (
        "strokes",
        "<group> loop_mode=one_shot group=1 off_by=1 <region> sample=stroke.wav lokey=0 hikey=45 pitch_keytrack=0
         <group> loop_mode=no_loop <region> sample=stroke.wav lokey=46 hikey=127 pitch_keycenter=60 volume=-6",
    ),
];

pub(crate) struct OwnSounds {
    paths: [String; 2],
    changes: usize,
}

impl OwnSounds {
    /// Writes the files, and the settings that allow the plug-in to open them.
    pub(crate) fn write() -> Result<Self, Box<dyn Error>> {
        let folder =
            std::env::var_os(FOLDER).ok_or("LINNET_DATA must name a folder that only the soak uses.")?;
        let folder = Path::new(&folder).canonicalize().or_else(|_| {
            fs::create_dir_all(&folder)?;
            Path::new(&folder).canonicalize()
        })?;
        let phase = |frame: usize| frame as f32 * std::f32::consts::TAU * 220.0 / RATE_HZ as f32;
        wave(&folder.join("tone.wav"), |frame| 0.4 * phase(frame).sin() + 0.2 * (2.0 * phase(frame)).sin())?;
        wave(&folder.join("stroke.wav"), |frame| {
            0.6 * phase(frame).sin() * (-(frame as f32) / 2000.0).exp()
        })?;
        let mut paths = Vec::new();
        for (name, text) in TEXTS {
            let path = folder.join(format!("{name}.sfz"));
            fs::write(&path, text)?;
            paths.push(path.to_string_lossy().into_owned());
        }
        fs::write(folder.join("settings.toml"), format!("instruments = {}\n", json!(paths)))?;
        let [tones, strokes] = [0, 1].map(|place| paths[place].clone());
        Ok(Self { paths: [tones, strokes], changes: 0 })
    }

    /// Gives each part the file that it did not have, by a state, and waits until they are loaded.
    pub(crate) fn change(&mut self, instance: &mut Instance) -> Result<(), Box<dyn Error>> {
        self.changes += 1;
        let path = |part: usize| &self.paths[(part + self.changes) % 2];
        let parts: Vec<Value> = (0..4).map(|part| json!({ "path": path(part) })).collect();
        let mut state = State::read(&instance.save_state()?)?;
        state.fields.insert(FIELD.to_owned(), json!({ "parts": parts }).to_string());
        instance.load_state(&state.to_bytes()?)?;
        let stopped = Transport {
            playing: false,
            position: Beats(0.0),
            tempo: Tempo::new(120.0),
            metre: COMMON,
            looped: None,
        };
        let since = Instant::now();
        while !are_loaded(instance)? {
            if since.elapsed() > PATIENCE {
                return Err("The instruments of the parts were not loaded within two minutes.".into());
            }
            instance.process(512, Some(stopped), &[])?;
            sleep(LOOK);
        }
        Ok(())
    }
}

/// Whether every part's file was read: then its hash is saved.
fn are_loaded(instance: &mut Instance) -> Result<bool, Box<dyn Error>> {
    let state = State::read(&instance.save_state()?)?;
    let field: Value = serde_json::from_str(state.fields.get(FIELD).map_or("null", String::as_str))?;
    let is_read = |part: usize| field["parts"][part]["sha256"].as_str().is_some_and(|hash| hash.len() == 64);
    Ok((0..4).all(is_read))
}

fn wave(path: &Path, value: impl Fn(usize) -> f32) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for frame in 0..FRAMES {
        writer.write_sample((value(frame) * 32_767.0) as i16)?;
    }
    writer.finalize()
}
