//! Writes what is heard to a WAV file, frame by frame.
//!
//! Never runs on the audio thread: a thread of its own takes the frames out of a ring and brings them here.

use crate::fault::Fault;
use crate::file_error::{Act, in_words, of_wav};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// How samples are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Whole numbers of 24 bits.
    #[default]
    Bits24,
    /// Numbers with a point of 32 bits, which nothing clips.
    Float,
}

/// The most bytes of a recording: a WAV file counts them in 32 bits.
const BYTES_MAX: u64 = 4_000_000_000;
/// Files of the same name that are tried.
const NAMES_MAX: u32 = 9999;

/// A recording that is being written.
pub struct Recording {
    writer: WavWriter<BufWriter<File>>,
    path: PathBuf,
    format: Format,
    frames: u64,
    frames_max: u64,
}

/// What a recording became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Where it lies.
    pub path: PathBuf,
    /// How long it is.
    pub frames: u64,
}

impl Recording {
    /// Begins a file `title` in `folder`, beside what is there: a number follows where that name is taken.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn create(folder: &Path, title: &str, sample_rate_hz: u32, format: Format) -> Result<Self, Fault> {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        let (bits_per_sample, sample_format) = match format {
            Format::Bits24 => (24, SampleFormat::Int),
            Format::Float => (32, SampleFormat::Float),
        };
        let frames_max = BYTES_MAX / u64::from(2 * bits_per_sample / 8);
        let spec = WavSpec { channels: 2, sample_rate: sample_rate_hz, bits_per_sample, sample_format };
        for number in 1..=NAMES_MAX {
            let again = if number > 1 { format!(" ({number})") } else { String::new() };
            let path = folder.join(format!("{title}{again}.wav"));
            match File::create_new(&path) {
                Ok(file) => {
                    let writer =
                        WavWriter::new(BufWriter::new(file), spec).map_err(|error| fault(&path, &error))?;
                    return Ok(Self { writer, path, format, frames: 0, frames_max });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unwritable(&path, &error)),
            }
        }
        let why = "it holds too many recordings of this name".to_owned();
        Err(Fault::Unwritable { file: shown(folder), why })
    }

    /// Writes a frame: left and right, in [−1, 1].
    ///
    /// # Errors
    /// Where the disk is full or gone, or the file [is full](Self::is_full).
    pub fn write(&mut self, frame: [f32; 2]) -> Result<(), Fault> {
        if self.is_full() {
            let why = "a WAV file cannot be longer than 4 GB; what was recorded before is in it".to_owned();
            return Err(Fault::TooLarge { file: shown(&self.path), why });
        }
        for value in frame {
            let value = if value.is_finite() { value } else { 0.0 };
            let written = match self.format {
                Format::Bits24 => {
                    self.writer.write_sample((value.clamp(-1.0, 1.0) * 8_388_607.0).round() as i32)
                }
                Format::Float => self.writer.write_sample(value),
            };
            written.map_err(|error| fault(&self.path, &error))?;
        }
        self.frames += 1;
        Ok(())
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is as long as a WAV file can be.
    pub fn is_full(&self) -> bool {
        self.frames >= self.frames_max
    }

    /// Makes what is written so far a whole file on the disk, which a crash leaves.
    ///
    /// # Errors
    /// Where the disk is full or gone.
    pub fn flush(&mut self) -> Result<(), Fault> {
        self.writer.flush().map_err(|error| fault(&self.path, &error))
    }

    /// How many frames are written.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Where its end cannot be written.
    pub fn finish(self) -> Result<Recorded, Fault> {
        let Self { writer, path, frames, .. } = self;
        writer.finalize().map_err(|error| fault(&path, &error))?;
        Ok(Recorded { path, frames })
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Fault {
    Fault::Unwritable { file: shown(path), why: in_words(error, Act::Write) }
}

fn fault(path: &Path, error: &hound::Error) -> Fault {
    let why = of_wav(error, Act::Write);
    Fault::Unwritable { file: shown(path), why }
}

/// The whole path, for the user to find it.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_is_overwritten() {
        let folder = std::env::temp_dir().join(format!("linnet-recording-{}", std::process::id()));
        let mut paths = Vec::new();
        for format in [Format::Bits24, Format::Float] {
            let mut recording = Recording::create(&folder, "Take", 48_000, format).unwrap();
            let frames: Vec<[f32; 2]> =
                (0..1000).map(|n| (n as f32 * 0.05).sin()).map(|x| [x, -0.5 * x]).collect();
            for frame in &frames {
                recording.write(*frame).unwrap();
            }
            recording.write([f32::NAN, 2.0]).unwrap();
            let recorded = recording.finish().unwrap();
            assert_eq!(recorded.frames, 1001);
            let file = std::io::BufReader::new(File::open(&recorded.path).unwrap());
            let sample = crate::wav::read(file, 1 << 20).unwrap().sample;
            let furthest =
                sample.left.iter().zip(&frames).map(|(x, frame)| (x - frame[0]).abs()).fold(0.0, f32::max);
            println!("{format:?}: furthest from what was played: {furthest:.2e}");
            assert!(furthest < 2e-7 && sample.left[1000] == 0.0 && sample.sample_rate_hz == 48_000.0);
            paths.push(recorded.path);
        }
        assert_ne!(paths[0], paths[1]);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_was_flushed_is_a_whole_file_and_a_full_one_says_where_it_lies() {
        let folder = std::env::temp_dir().join(format!("linnet-flushed-{}", std::process::id()));
        let mut recording = Recording::create(&folder, "Take", 48_000, Format::Bits24).unwrap();
        recording.frames_max = 300;
        for count in [100, 200] {
            for _ in 0..100 {
                recording.write([0.5, -0.5]).unwrap();
            }
            recording.flush().unwrap();
            let file = std::io::BufReader::new(File::open(&recording.path).unwrap());
            assert_eq!(crate::wav::read(file, 1 << 20).unwrap().sample.left.len(), count);
        }
        assert!(!recording.is_full());
        for _ in 0..100 {
            recording.write([0.5, -0.5]).unwrap();
        }
        assert!(recording.is_full());
        let sentence = recording.write([0.0; 2]).unwrap_err().to_string();
        assert!(sentence.contains(&shown(&recording.path)) && sentence.contains("4 GB"), "{sentence}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn faults_of_writing_are_in_words() {
        let file = std::env::temp_dir().join(format!("linnet-no-folder-{}", std::process::id()));
        std::fs::write(&file, "").unwrap();
        let fault = Recording::create(&file.join("in"), "Take", 48_000, Format::Bits24).err().unwrap();
        let sentence = fault.to_string();
        println!("{sentence}");
        assert!(sentence.contains(&shown(&file)) && sentence.contains("is a file"), "{sentence}");
        std::fs::remove_file(&file).unwrap();
    }
}
