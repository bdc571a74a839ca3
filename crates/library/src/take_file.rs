//! Recordings as files: listed, read to be edited, and written beside what is there.
//!
//! Never runs on the audio thread.

use crate::audio_edit::{Peak, Take};
use crate::fault::Fault;
use crate::file_error::{Act, of_wav};
use crate::instrument_file::{go_on, goes_on, name, open};
use crate::recording::{Format, Recorded, Recording};
use hound::{SampleFormat, WavReader};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Recordings that are listed at most.
const LISTED_MAX: usize = 1000;
/// The most values of a recording that is edited: half a GiB of samples.
const VALUES_MAX: u64 = 1 << 27;
/// Between two looks whether to stop.
const PIECE: usize = 1 << 16;

/// A recording in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Where it lies.
    pub path: PathBuf,
    /// How long it is, in seconds; none where its header cannot be read.
    pub seconds: Option<f64>,
}

/// The WAV files of `folder`, those that were written last first. Those found so far soon after `stop` is set.
pub fn list(folder: &Path, stop: &AtomicBool) -> Vec<Listed> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let is_wav =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
    let paths = goes_on(found, stop).flatten().map(|entry| entry.path()).filter(is_wav);
    let dated = paths.filter_map(|path| {
        let found = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some((found.modified().ok(), path))
    });
    let mut dated: Vec<_> = dated.filter(|(_, path)| !name(path).starts_with('.')).collect();
    dated.sort_by(|(one, path), (other, other_path)| other.cmp(one).then_with(|| path.cmp(other_path)));
    let listed = |(_, path): (_, PathBuf)| Listed { seconds: seconds(&path), path };
    goes_on(dated, stop).take(LISTED_MAX).map(listed).collect()
}

fn seconds(path: &Path) -> Option<f64> {
    let reader = WavReader::new(open(path).ok()?).ok()?;
    Some(f64::from(reader.duration()) / f64::from(reader.spec().sample_rate.max(1)))
}

/// The recording at `path`; `progress` is told the share that is read.
///
/// # Errors
/// Where it cannot be read, is no WAV file of one or two channels, or is too long; and soon after `stop` is set.
pub fn read(path: &Path, stop: &AtomicBool, mut progress: impl FnMut(f32)) -> Result<Take, Fault> {
    let file = name(path);
    let broken = |why: &str| Fault::Broken { file: file.clone(), why: why.to_owned() };
    let mut reader = WavReader::new(open(path)?).map_err(|error| broken(&of_wav(&error, Act::Read)))?;
    let spec = reader.spec();
    if !(1..=2).contains(&spec.channels) {
        return Err(broken("it has more than two channels"));
    }
    let count = reader.len();
    if u64::from(count) > VALUES_MAX {
        let why = "at most 23 minutes of stereo at 48 kHz can be edited".to_owned();
        return Err(Fault::TooLarge { file, why });
    }
    let channels = usize::from(spec.channels);
    let mut sides = vec![Vec::with_capacity(count as usize / channels); channels];
    let unit = 1.0 / (1_u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
    let values: &mut dyn Iterator<Item = hound::Result<f32>> = match spec.sample_format {
        SampleFormat::Float => &mut reader.samples::<f32>(),
        SampleFormat::Int => &mut reader.samples::<i32>().map(|value| value.map(|value| value as f32 * unit)),
    };
    for (place, value) in values.enumerate() {
        if place % PIECE == 0 {
            go_on(stop, &file)?;
            progress(place as f32 / count as f32);
        }
        let value = value.map_err(|_| broken("it is cut off"))?;
        sides[place % channels].push(if value.is_finite() { value } else { 0.0 });
    }
    Ok(Take::new(sides, spec.sample_rate))
}

/// Writes `take` as a new file `title` in `folder`, beside what is there: of 24 bits, or with a point where it is louder
/// than those can say. `progress` is told the share that is written.
///
/// # Errors
/// Where it cannot be written, and soon after `stop` is set; then nothing of it stays.
pub fn write(
    take: &Take,
    (folder, title): (&Path, &str),
    stop: &AtomicBool,
    mut progress: impl FnMut(f32),
) -> Result<Recorded, Fault> {
    let format = if take.peak(Peak::Sample) > 1.0 { Format::Float } else { Format::Bits24 };
    let mut recording = Recording::create(folder, title, take.sample_rate_hz(), format)?;
    let path = recording.path().to_owned();
    let mut fill = || {
        let side = |place: usize| take.channels().get(place).or(take.channels().last());
        let (Some(left), Some(right)) = (side(0), side(1)) else { return Ok(()) };
        for (place, frame) in left.iter().zip(right).enumerate() {
            if place % PIECE == 0 {
                go_on(stop, title)?;
                progress(place as f32 / take.frames() as f32);
            }
            recording.write([*frame.0, *frame.1])?;
        }
        Ok(())
    };
    let filled = fill();
    let finished = filled.and_then(|()| recording.finish());
    if finished.is_err() {
        // It may be gone with its disk.
        let _ = fs::remove_file(&path);
    }
    finished
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_listed_and_read_and_what_was_there_stays() {
        let folder = std::env::temp_dir().join(format!("linnet-takes-{}", std::process::id()));
        let (stop, mut told) = (AtomicBool::new(false), Vec::new());
        let side: Vec<f32> = (0..200_000).map(|n| (n as f32 * 0.01).sin() * 0.9).collect();
        let take = Take::new(vec![side.clone(), side.iter().map(|value| -value).collect()], 48_000);
        let first = write(&take, (&folder, "Take"), &stop, |_| {}).unwrap();
        let second = write(&take, (&folder, "Take"), &stop, |_| {}).unwrap();
        assert_ne!(first.path, second.path);
        let read = super::read(&first.path, &stop, |share| told.push(share)).unwrap();
        assert_eq!((read.frames(), read.sample_rate_hz()), (200_000, 48_000));
        let furthest = read.channels()[1].iter().zip(&side).map(|(x, y)| (x + y).abs()).fold(0.0, f32::max);
        assert!(furthest < 2e-7 && told.len() > 4 && told.is_sorted(), "{furthest} {told:?}");
        assert_eq!(list(&folder, &AtomicBool::new(false)).len(), 2);
        assert!(
            (list(&folder, &AtomicBool::new(false))[0].seconds.unwrap() - 200_000.0 / 48_000.0).abs() < 1e-6
        );
        let loud = take.normalised(Peak::Sample, 0.0);
        let loud = loud.splice(&Take::new(vec![vec![1.7; 10]; 2], 48_000), 0);
        let path = write(&loud, (&folder, "Loud"), &stop, |_| {}).unwrap().path;
        assert_eq!(
            super::read(&path, &stop, |_| {}).unwrap(),
            loud,
            "what is louder than full scale stays so"
        );
        fs::write(folder.join("broken.wav"), "no wave").unwrap();
        assert!(
            super::read(&folder.join("broken.wav"), &stop, |_| {})
                .unwrap_err()
                .to_string()
                .contains("broken.wav")
        );
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(
            write(&take, (&folder, "Stopped"), &stop, |_| {}).is_err()
                && !folder.join("Stopped.wav").exists()
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
