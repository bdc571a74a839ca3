//! FluidSynth's render, by its command.

use crate::estimate::Stereo;
use hound::{SampleFormat, WavReader};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// FluidSynth's own; its output is in floating point and does not clip.
const GAIN: &str = "0.2";
/// Its best interpolation, of seven points, by the command of its shell that sets it.
const INTERPOLATION: &str = "interp 7\n";
const MISSING: &str = "There is no command “fluidsynth”; it is in the package fluidsynth of Debian and Ubuntu: \
                       apt install fluidsynth";

/// The command, and where it writes.
pub struct FluidSynth {
    /// What it says of its version.
    pub version: String,
    folder: PathBuf,
}

impl FluidSynth {
    /// Ready to write into `folder`.
    ///
    /// # Errors
    /// Where it is missing, or `folder` cannot be written.
    pub fn new(folder: &Path) -> Result<Self, String> {
        let said = output(Command::new("fluidsynth").arg("--version"))?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let version = said.lines().find_map(|line| line.strip_prefix("FluidSynth runtime version "));
        let version = version.unwrap_or("of an unknown version").trim().to_owned();
        write(&folder.join("interpolation.txt"), INTERPOLATION.as_bytes())?;
        Ok(Self { version, folder: folder.to_owned() })
    }

    /// `midi`, the bytes of a file, played with the SoundFont at `font`: without reverb and chorus, in stereo at
    /// `rate_hz`. Both files stay in the folder, under `name`.
    ///
    /// # Errors
    /// Where it does not run, or writes no such file.
    pub fn render(&self, font: &Path, midi: &[u8], name: &str, rate_hz: u32) -> Result<Stereo, String> {
        let (tune, wav) = (
            self.folder.join(format!("{name}.mid")),
            self.folder.join(format!("{name}-fluidsynth-{rate_hz}.wav")),
        );
        write(&tune, midi)?;
        let mut command = Command::new("fluidsynth");
        command.args(["-ni", "-q", "-R", "0", "-C", "0", "-g", GAIN, "-r", &rate_hz.to_string()]);
        command.args(["-T", "wav", "-O", "float", "-f"]).arg(self.folder.join("interpolation.txt"));
        command.arg("-F").arg(&wav).arg(font).arg(&tune);
        let done = output(&mut command)?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            return Err(format!("FluidSynth did not render {name}: {}", said.trim()));
        }
        read(&wav, rate_hz).map_err(|error| format!("What FluidSynth wrote cannot be read: {error}"))
    }
}

fn output(command: &mut Command) -> Result<Output, String> {
    command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => MISSING.to_owned(),
        _ => format!("FluidSynth does not run: {error}"),
    })
}

/// Writes a file.
///
/// # Errors
/// Where that cannot be done.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn read(path: &Path, rate_hz: u32) -> Result<Stereo, hound::Error> {
    let mut reader = WavReader::open(path)?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate, spec.sample_format) != (2, rate_hz, SampleFormat::Float) {
        return Err(hound::Error::Unsupported);
    }
    let all: Vec<f32> = reader.samples::<f32>().collect::<Result<_, _>>()?;
    Ok([0, 1].map(|channel| all.iter().skip(channel).step_by(2).copied().collect()))
}
