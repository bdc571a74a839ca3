//! Impulse responses from WAV files, made ready for the reverb.
//!
//! Never runs on the audio thread.

use crate::file_error::{Act, of_wav};
use crate::instrument_file::opened;
use crate::resample::resample;
use crate::wav::values;
use linnet_engine::effect::reverb::OwnSpace;
use std::io::Read;
use std::path::Path;
use thiserror::Error;

/// The longest response, in seconds.
pub const SECONDS_MAX: f64 = 10.0;

/// Why a file is no response.
#[derive(Debug, Error)]
pub enum ImpulseResponseError {
    /// It is not there, or may not be read.
    #[error("The file cannot be opened: {0}. Choose another one.")]
    Missing(String),
    /// It is no WAV file, or is damaged.
    #[error("The file cannot be read as WAV: {}. Choose a WAV file of 16, 24 or 32 bits.", of_wav(.0, Act::Read))]
    Broken(hound::Error),
    /// It has another number of channels than one or two.
    #[error("The file has {0} channels. Choose one with one or two.")]
    Channels(u16),
    /// Its sample rate is none.
    #[error("The file says that its sample rate is {0} Hz. Choose one with 8 to 768 kHz.")]
    Rate(u32),
    /// It is longer than [`SECONDS_MAX`].
    #[error("The file lasts {0:.1} seconds. Choose one of at most {SECONDS_MAX} seconds.")]
    TooLong(f64),
    /// It has no sound in it.
    #[error("The file is silent. Choose another one.")]
    Silent,
}

/// The response in the WAV file at `path`, made ready for `sample_rate_hz` > 0: mono or stereo, at any rate, brought to
/// the loudness of the built-in spaces.
///
/// # Errors
/// What is wrong with the file, and what to do.
pub fn read(path: &Path, sample_rate_hz: f64) -> Result<Box<OwnSpace>, ImpulseResponseError> {
    read_from(opened(path).map_err(ImpulseResponseError::Missing)?, sample_rate_hz)
}

/// The same from anything that can be read.
///
/// # Errors
/// As [`read`].
pub fn read_from(reader: impl Read, sample_rate_hz: f64) -> Result<Box<OwnSpace>, ImpulseResponseError> {
    let wav = hound::WavReader::new(reader).map_err(ImpulseResponseError::Broken)?;
    let spec = wav.spec();
    if !(1..=2).contains(&spec.channels) {
        return Err(ImpulseResponseError::Channels(spec.channels));
    }
    if !(8000..=768_000).contains(&spec.sample_rate) {
        return Err(ImpulseResponseError::Rate(spec.sample_rate));
    }
    let rate_hz = f64::from(spec.sample_rate);
    let seconds = f64::from(wav.duration()) / rate_hz;
    if seconds > SECONDS_MAX {
        return Err(ImpulseResponseError::TooLong(seconds));
    }
    let samples = values(wav).map_err(ImpulseResponseError::Broken)?;
    let side = |channel: usize| -> Vec<f32> {
        let own = samples.iter().skip(channel).step_by(usize::from(spec.channels));
        resample(&own.copied().collect::<Vec<_>>(), rate_hz, sample_rate_hz)
    };
    let left = side(0);
    let right = if spec.channels == 2 { side(1) } else { left.clone() };
    let [left, right] = levelled([left, right]).ok_or(ImpulseResponseError::Silent)?;
    Ok(Box::new(OwnSpace::new(&left, &right, sample_rate_hz)))
}

/// Both sides with an energy of 1 on average; none where there is no sound.
fn levelled(mut sides: [Vec<f32>; 2]) -> Option<[Vec<f32>; 2]> {
    let energy: f64 = sides.iter().flatten().map(|tap| f64::from(*tap).powi(2)).sum();
    let gain = (2.0 / energy).sqrt();
    if !gain.is_finite() || energy < 1e-12 {
        return None;
    }
    sides.iter_mut().flatten().for_each(|tap| *tap *= gain as f32);
    Some(sides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn wav(channels: u16, sample_rate: u32, frames: usize, sample: impl Fn(usize) -> i16) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels,
            sample_rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
        for n in 0..frames * usize::from(channels) {
            writer.write_sample(sample(n)).unwrap();
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn refused(bytes: &[u8]) -> String {
        let text = read_from(bytes, 48_000.0).map(|space| space.taps()).unwrap_err().to_string();
        println!("{text}");
        text
    }

    #[test]
    fn a_wav_file_becomes_a_response_at_the_engines_rate() {
        for (channels, rate_hz, taps) in [(1, 44_100, 48_000), (2, 48_000, 48_000), (2, 96_000, 48_000)] {
            let bytes = wav(channels, rate_hz, rate_hz as usize, |n| if n < 2 { 20_000 } else { 0 });
            let space = read_from(&bytes[..], 48_000.0).unwrap();
            assert_eq!(space.taps(), taps);
        }
    }

    #[test]
    fn what_is_no_response_is_refused_with_a_reason_and_a_remedy() {
        assert!(refused(b"no wave").contains("cannot be read as WAV"));
        assert!(refused(&wav(1, 44_100, 100, |_| 1000)[..60]).contains("cannot be read as WAV"));
        assert!(refused(&wav(4, 44_100, 100, |_| 1)).contains("4 channels"));
        assert!(refused(&wav(1, 100, 100, |_| 1)).contains("100 Hz"));
        assert!(refused(&wav(1, 8000, 80_008, |_| 1)).contains("10.0 seconds"));
        assert!(refused(&wav(2, 44_100, 100, |_| 0)).contains("silent"));
        assert!(refused(&wav(2, 44_100, 0, |_| 0)).contains("silent"));
        let missing = read(Path::new("/nowhere/at-all.wav"), 48_000.0).map(|_| ()).unwrap_err();
        assert!(missing.to_string().contains("cannot be opened"));
    }
}
