//! WAV files as samples, with the loop that they may hold.
//!
//! Never runs on the audio thread. The loop is that of the chunk `smpl`: "Multimedia Data Standards Update" (Microsoft, 1994).

use crate::file_error::{Act, in_words, of_wav};
use crate::riff;
use hound::{SampleFormat, WavReader};
use linnet_engine::sampler::Sample;
use std::io::{Read, Seek, SeekFrom};

/// A WAV file's sound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wav {
    pub(crate) sample: Sample,
    /// Its first loop: from the first frame on, up to the second.
    pub(crate) loop_frames: Option<[u32; 2]>,
    /// The key of the recording, where it says.
    pub(crate) root_key: Option<u8>,
}

/// Reads `file`, of which no more than `bytes_max` bytes of samples may come.
///
/// # Errors
/// Where it is no WAV file of one or two channels, broken, or too large: why.
pub(crate) fn read(mut file: impl Read + Seek, bytes_max: u64) -> Result<Wav, String> {
    let (loop_frames, root_key) = sampler_chunk(&mut file);
    let unread = |error: std::io::Error| in_words(&error, Act::Read);
    let length = file.seek(SeekFrom::End(0)).map_err(unread)?;
    file.seek(SeekFrom::Start(0)).map_err(unread)?;
    let reader = WavReader::new(file).map_err(|error| of_wav(&error, Act::Read))?;
    let spec = reader.spec();
    if !(1..=2).contains(&spec.channels) {
        return Err(format!("it has {} channels; one or two can be played", spec.channels));
    }
    if u64::from(reader.len()) * 4 > bytes_max {
        return Err("the samples together need more than 1 GiB".to_owned());
    }
    if u64::from(reader.len()) * u64::from(spec.bits_per_sample / 8) > length {
        return Err("it is cut off".to_owned());
    }
    let values = values(reader).map_err(|error| of_wav(&error, Act::Read))?;
    let channel =
        |first: usize| values.iter().skip(first).step_by(usize::from(spec.channels)).copied().collect();
    let sample = Sample {
        left: channel(0),
        right: (spec.channels == 2).then(|| channel(1)),
        sample_rate_hz: spec.sample_rate as f32,
    };
    Ok(Wav { sample, loop_frames, root_key })
}

/// All samples, interleaved, finite; whole numbers as shares of full scale.
pub(crate) fn values<R: Read>(mut reader: WavReader<R>) -> Result<Vec<f32>, hound::Error> {
    let spec = reader.spec();
    match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().map(|value| value.map(finite)).collect(),
        SampleFormat::Int => {
            let unit = 1.0 / (1_u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            reader.samples::<i32>().map(|value| value.map(|value| value as f32 * unit)).collect()
        }
    }
}

fn finite(value: f32) -> f32 {
    if value.is_finite() { value.clamp(-16.0, 16.0) } else { 0.0 }
}

/// The loop and the key that the file's chunk `smpl` has.
fn sampler_chunk(file: &mut (impl Read + Seek)) -> (Option<[u32; 2]>, Option<u8>) {
    let chunks = riff::file_chunks(file, *b"WAVE").ok().flatten().unwrap_or_default();
    let chunk = chunks.iter().find(|chunk| chunk.name == *b"smpl");
    let bytes = chunk.and_then(|chunk| chunk.read(file, 60).ok()).unwrap_or_default();
    let number = |place: usize| {
        let bytes = bytes.get(place..place + 4)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    };
    let root_key = number(12).and_then(|key| u8::try_from(key).ok()).filter(|key| (1..=127).contains(key));
    let count = number(28).unwrap_or(0);
    let first = number(44).zip(number(48)).filter(|_| count > 0);
    (first.map(|(start, last)| [start, last.saturating_add(1)]), root_key)
}

#[cfg(test)]
pub(crate) mod fixture {
    use hound::{SampleFormat, WavSpec, WavWriter};
    use std::io::Cursor;

    /// The bytes of a WAV file of 16 bits.
    pub(crate) fn wav(channels: u16, values: &[f32]) -> Vec<u8> {
        let spec =
            WavSpec { channels, sample_rate: 44_100, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        for value in values {
            writer.write_sample((value * 32_767.0) as i16).unwrap();
        }
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    /// The same with a loop.
    pub(crate) fn looped(values: &[f32], root_key: u32, [start, last]: [u32; 2]) -> Vec<u8> {
        let mut bytes = wav(1, values);
        let mut chunk = Vec::new();
        for number in [0, 0, 0, root_key, 0, 0, 0, 1, 0, 0, 0, start, last, 0, 0] {
            chunk.extend(number.to_le_bytes());
        }
        bytes.extend(b"smpl");
        bytes.extend((chunk.len() as u32).to_le_bytes());
        bytes.extend(chunk);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    #[test]
    fn both_channels_and_the_loop_are_read() {
        let wav = read(Cursor::new(fixture::wav(2, &[0.5, -0.5, 0.25, -0.25])), 1000).unwrap();
        let right = wav.sample.right.unwrap();
        assert!((wav.sample.left[0] - 0.5).abs() < 1e-4 && (right[1] + 0.25).abs() < 1e-4);
        let wav = read(Cursor::new(fixture::looped(&[0.0; 100], 57, [10, 89])), 1000).unwrap();
        assert_eq!((wav.loop_frames, wav.root_key, wav.sample.left.len()), (Some([10, 90]), Some(57), 100));
    }

    #[test]
    fn what_is_too_large_is_not_read() {
        let error = read(Cursor::new(fixture::wav(1, &[0.0; 100])), 399).unwrap_err();
        assert!(error.contains("1 GiB"), "{error}");
    }

    proptest! {
        #[test]
        fn a_broken_file_is_an_error_or_a_sound(place in 0_usize..200, byte: u8, length in 0_usize..400) {
            let mut bytes = fixture::looped(&[0.1; 60], 57, [10, 50]);
            bytes.truncate(length);
            if let Some(found) = bytes.get_mut(place) {
                *found = byte;
            }
            let _ = read(Cursor::new(bytes), 10_000);
        }
    }
}
