//! An SFZ file with its sample, made here, and what it must sound like: sines in equal temperament under the envelope that
//! the file describes.

use crate::estimate::Stereo;
use crate::fluidsynth::write;
use crate::tune::{HELD_MS, NOTE_MS, Note, RATE_HZ, frames};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

/// MIDI keys.
pub const KEYS: [u8; 4] = [40, 57, 69, 86];
/// Of the sample, in Hz: another than that of the render.
const SAMPLE_RATE_HZ: u32 = 44_100;
/// Frames in which the sample's tone, A4, goes through whole cycles: 22 of them. The loop is the second of three.
const LOOP_FRAMES: u32 = 2205;
const LOOP_CYCLES: u32 = 22;
/// Partials of the tone: those of the highest key lie below half of the rate.
const PARTIALS: u32 = 6;

const ATTACK_S: f64 = 0.1;
const HOLD_S: f64 = 0.2;
/// Decay and release fall by 100 dB in their time, as those of a SoundFont do.
const DECAY_S: f64 = 3.0;
const RELEASE_S: f64 = 2.0;
/// In hundredths of the top.
const SUSTAIN: f64 = 25.0;

/// Writes the file and its sample into `folder`; where the file is.
///
/// # Errors
/// Where they cannot be written.
pub fn write_files(folder: &Path) -> Result<PathBuf, String> {
    let text = format!(
        "<group> pitch_keycenter=a4 loop_mode=loop_continuous loop_start={LOOP_FRAMES} loop_end={}\n\
         ampeg_attack={ATTACK_S} ampeg_hold={HOLD_S} ampeg_decay={DECAY_S}\n\
         ampeg_sustain={SUSTAIN} ampeg_release={RELEASE_S}\n\
         <region> sample=tone.wav\n",
        2 * LOOP_FRAMES - 1
    );
    let wav = folder.join("tone.wav");
    write_tone(&wav).map_err(|error| format!("{} cannot be written: {error}", wav.display()))?;
    let file = folder.join("tone.sfz");
    write(&file, text.as_bytes())?;
    Ok(file)
}

fn write_tone(path: &Path) -> Result<(), hound::Error> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: SAMPLE_RATE_HZ,
        bits_per_sample: 24,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(path, spec)?;
    for frame in 0..3 * LOOP_FRAMES {
        let cycles = f64::from(frame * LOOP_CYCLES) / f64::from(LOOP_FRAMES);
        writer.write_sample((tone(cycles) * 8_388_607.0) as i32)?;
    }
    writer.finalize()
}

/// The tone after so many cycles, in [−1, 1].
fn tone(cycles: f64) -> f64 {
    (1..=PARTIALS).map(f64::from).map(|k| 0.5 * (TAU * k * cycles).sin() / (k * k)).sum()
}

/// What `notes` must sound like, in stereo at [`RATE_HZ`]. How loud it is as a whole does not matter.
pub fn reference(notes: &[Note], length_ms: u32) -> Stereo {
    let mut mono = vec![0.0_f32; frames(length_ms)];
    for note in notes {
        let freq_hz = 440.0 * ((f64::from(note.key) - 69.0) / 12.0).exp2();
        let gain = (f64::from(note.velocity) / 127.0).powi(2);
        let place = note.on()..(note.on() + frames(NOTE_MS)).min(mono.len());
        for (n, value) in mono[place].iter_mut().enumerate() {
            let s = n as f64 / f64::from(RATE_HZ);
            *value += (gain * level(s) * tone(freq_hz * s)) as f32;
        }
    }
    [mono.clone(), mono]
}

/// The envelope at `s` seconds from the onset on, in [0, 1].
fn level(s: f64) -> f64 {
    let fallen = |s: f64, whole_s: f64| 10.0_f64.powf(-5.0 * s / whole_s);
    let held = |s: f64| match s {
        s if s < ATTACK_S => s / ATTACK_S,
        s if s < ATTACK_S + HOLD_S => 1.0,
        s => fallen(s - ATTACK_S - HOLD_S, DECAY_S).max(SUSTAIN / 100.0),
    };
    let up_s = f64::from(HELD_MS) / 1000.0;
    held(s.min(up_s)) * fallen((s - up_s).max(0.0), RELEASE_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_what_the_file_says() {
        // Half of the attack, the hold, half of the way down in dB, the sustain, a tenth of the release.
        let expect = [(0.05, 0.5), (0.25, 1.0), (0.4806, 0.5), (1.0, 0.25), (1.7, 0.25 * 0.3162)];
        for (s, expect) in expect {
            assert!((level(s) - expect).abs() < 1e-3, "{s}: {}", level(s));
        }
    }

    #[test]
    fn the_loop_closes() {
        let cycles = |frame: u32| f64::from(frame * LOOP_CYCLES) / f64::from(LOOP_FRAMES);
        assert!((tone(cycles(LOOP_FRAMES)) - tone(cycles(2 * LOOP_FRAMES))).abs() < 1e-9);
        let freq_hz = f64::from(SAMPLE_RATE_HZ * LOOP_CYCLES) / f64::from(LOOP_FRAMES);
        assert!((freq_hz - 440.0).abs() < 1e-9);
    }
}
