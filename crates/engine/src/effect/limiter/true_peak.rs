//! What the peaks are between the samples.
//!
//! Runs on the audio thread, but for `new`. The wave is computed at four points a frame, as in ITU-R BS.1770-5, "Algorithms
//! to measure audio programme loudness and true-peak audio level", annex 2, by a longer filter than the one given there:
//! 32 taps, since edges have peaks of their own that ring at half the sample rate. What lies between two of these points
//! is bounded by their neighbours.

use crate::windowed_sinc::{kaiser, sinc};
use fearless_simd::{Level, dispatch, f32x16, prelude::*};

/// Samples that one point between them is computed from.
const TAPS: usize = 32;
/// Shape of the window. Less would ripple, more would miss what lies near half the sample rate.
const BETA: f64 = 2.0;
/// Frames that are computed side by side.
const SIDE_BY_SIDE: usize = 16;
/// A sine whose largest of four points a frame is y, between x and z, is nowhere more than |y| + this · |z − x|, if it is
/// below half the sample rate: it is exact for the highest where the peak lies in the middle of two points, and
/// too much by 0.17 dB at most. (1 − cos(π/8)) / (cos(π/8) − cos(3π/8)).
const BETWEEN: f32 = 0.140_64;

/// The detector of peaks. It is given every frame, in chunks, and computes nothing where no peak can be.
#[derive(Debug)]
pub(super) struct TruePeak {
    /// What the processor can do.
    level: Level,
    /// The filters of the points at a quarter, half and three quarters of a frame.
    taps: [[f32; TAPS]; 3],
    /// No peak is larger than the loudest sample times this.
    growth: f32,
    /// Left and right: the frames before, and those of the chunk.
    heard: [[f32; TAPS + TruePeak::CHUNK_FRAMES]; 2],
    /// Of each frame of the chunk, but later by [`TruePeak::DELAY_FRAMES`].
    peaks: [f32; TruePeak::CHUNK_FRAMES],
}

impl TruePeak {
    /// Frames of a chunk at most.
    pub(super) const CHUNK_FRAMES: usize = 64;
    /// By how many frames the peaks are later than the samples.
    pub(super) const DELAY_FRAMES: usize = TAPS / 2;
    /// So many frames of silence, and it knows of nothing else.
    pub(super) const MEMORY_FRAMES: usize = TAPS;

    /// One that heard silence.
    pub(super) fn new() -> Self {
        let taps = [0.25, 0.5, 0.75].map(filter);
        Self {
            level: Level::new(),
            growth: growth(&taps),
            taps,
            heard: [[0.0; TAPS + Self::CHUNK_FRAMES]; 2],
            peaks: [0.0; Self::CHUNK_FRAMES],
        }
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: Level) {
        self.level = level;
    }

    /// Forgets what it heard.
    pub(super) fn reset(&mut self) {
        self.heard = [[0.0; TAPS + Self::CHUNK_FRAMES]; 2];
    }

    /// The places of the next chunk's `frames` ≤ [`Self::CHUNK_FRAMES`], left and right, to be overwritten with finite
    /// samples.
    pub(super) fn places(&mut self, frames: usize) -> [&mut [f32]; 2] {
        self.heard.each_mut().map(|side| &mut side[TAPS..TAPS + frames])
    }

    /// The chunk's samples.
    pub(super) fn chunk(&self, frames: usize) -> [&[f32]; 2] {
        self.heard.each_ref().map(|side| &side[TAPS..TAPS + frames])
    }

    /// The larger peak of both sides in each frame of the chunk, later by [`Self::DELAY_FRAMES`]; none where all of them
    /// are at most `threshold`.
    pub(super) fn peaks(&mut self, frames: usize, threshold: f32) -> Option<&[f32]> {
        let soft = threshold / self.growth;
        // Counted, not searched, so that all are looked at side by side.
        let is_soft =
            |heard: &[f32]| heard.iter().filter(|sample| sample.abs() <= soft).count() == heard.len();
        if self.heard.iter().all(|side| is_soft(&side[..TAPS + frames])) {
            return None;
        }
        dispatch!(self.level, simd => self.compute(simd, frames));
        let peaks = &self.peaks[..frames];
        let is_below = peaks.iter().filter(|peak| **peak <= threshold).count() == frames;
        if is_below { None } else { Some(peaks) }
    }

    /// The chunk becomes the past.
    pub(super) fn keep(&mut self, frames: usize) {
        self.heard.iter_mut().for_each(|side| side.copy_within(frames..frames + TAPS, 0));
    }

    #[inline(always)]
    fn compute<S: Simd>(&mut self, simd: S, frames: usize) {
        let before = self.heard.each_ref().map(|side| self.last_of_frame_before(side));
        let mut last = before.map(|point| f32x16::splat(simd, point));
        for first in (0..frames).step_by(SIDE_BY_SIDE) {
            let mut peaks = f32x16::splat(simd, 0.0);
            for (side, last) in self.heard.iter().zip(&mut last) {
                let [one, two, three] = points(simd, &self.taps, &side[first + 1..]);
                let [zero, next] = [0, 1].map(|after| {
                    let from = first + Self::DELAY_FRAMES + after;
                    f32x16::from_slice(simd, &side[from..from + SIDE_BY_SIDE])
                });
                let before = last.slide::<{ SIDE_BY_SIDE - 1 }>(three);
                *last = three;
                for triple in [[before, zero, one], [zero, one, two], [one, two, three], [two, three, next]] {
                    peaks = peaks.max(most(simd, triple));
                }
            }
            self.peaks[first..first + SIDE_BY_SIDE].copy_from_slice(&peaks.to_array());
        }
    }

    /// The point before the first of the chunk, computed as the others are.
    fn last_of_frame_before(&self, heard: &[f32]) -> f32 {
        self.taps[2].iter().zip(heard).fold(0.0, |sum, (tap, sample)| sum + tap * sample)
    }
}

/// The three points behind each sample, from the first of `heard` on.
#[inline(always)]
fn points<S: Simd>(simd: S, taps: &[[f32; TAPS]; 3], heard: &[f32]) -> [f32x16<S>; 3] {
    let mut sums = [f32x16::splat(simd, 0.0); 3];
    for tap in 0..TAPS {
        let samples = f32x16::from_slice(simd, &heard[tap..tap + SIDE_BY_SIDE]);
        for (sum, taps) in sums.iter_mut().zip(taps) {
            *sum += f32x16::splat(simd, taps[tap]) * samples;
        }
    }
    sums
}

/// What the wave is at most near the one in the middle.
#[inline(always)]
fn most<S: Simd>(simd: S, [before, point, after]: [f32x16<S>; 3]) -> f32x16<S> {
    point.abs() + f32x16::splat(simd, BETWEEN) * (after - before).abs()
}

/// The filter for the point at `share` of the way from the middle one of [`TAPS`] samples to the next.
fn filter(share: f64) -> [f32; TAPS] {
    let half = (TAPS / 2) as f64;
    let tap = |number: usize| {
        let way = number as f64 + 1.0 - half - share;
        sinc(way) * kaiser(BETA, way / half)
    };
    let sum: f64 = (0..TAPS).map(tap).sum();
    std::array::from_fn(|number| (tap(number) / sum) as f32)
}

/// How much larger than the loudest sample the result may be: the largest sum of absolute taps of what [`most`] computes.
fn growth(taps: &[[f32; TAPS]; 3]) -> f32 {
    // All points' filters over one sample more: that of the frame before, those of the frame, and that of the next.
    let filter = |point: usize, tap: usize| match point {
        0 => taps[2].get(tap).copied().unwrap_or(0.0),
        1 => f32::from(u8::from(tap == TAPS / 2)),
        5 => f32::from(u8::from(tap == TAPS / 2 + 1)),
        _ => tap.checked_sub(1).and_then(|tap| taps[point - 2].get(tap)).copied().unwrap_or(0.0),
    };
    let sum = |point: usize, sign: f32| -> f32 {
        let tap =
            |tap| filter(point, tap) + sign * BETWEEN * (filter(point + 1, tap) - filter(point - 1, tap));
        (0..=TAPS).map(|number| tap(number).abs()).sum()
    };
    let most = (1..=4).flat_map(|point| [sum(point, 1.0), sum(point, -1.0)]).fold(1.0, f32::max);
    // For rounding.
    1.001 * most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The peaks of `audio` on both sides, in chunks of these lengths, where each is larger than `threshold`; else 0.
    fn peaks(detector: &mut TruePeak, audio: &[f32], chunk: usize, threshold: f32) -> Vec<f32> {
        let mut found = Vec::new();
        for audio in audio.chunks(chunk) {
            detector.places(audio.len()).into_iter().for_each(|place| place.copy_from_slice(audio));
            match detector.peaks(audio.len(), threshold) {
                Some(peaks) => found.extend(peaks),
                None => found.extend(vec![0.0; audio.len()]),
            }
            detector.keep(audio.len());
        }
        found
    }

    fn noise(frames: usize) -> Vec<f32> {
        let mut random = Random::new(8);
        (0..frames).map(|_| random.next_bipolar()).collect()
    }

    #[test]
    fn sines_have_their_peak_wherever_it_lies() {
        let mut worst = [0.0_f64; 2];
        for share in [0.01, 0.1, 0.2, 0.25, 0.3, 0.4, 0.4167, 0.45] {
            for number in 0..16 {
                let phase = f64::from(number) / 16.0 * std::f64::consts::TAU;
                let audio: Vec<f32> = (0..1000)
                    .map(|n| (std::f64::consts::TAU * share * f64::from(n) + phase).sin() as f32)
                    .collect();
                let found = peaks(&mut TruePeak::new(), &audio, 64, 0.0);
                let most = found[100..].iter().copied().fold(0.0, f32::max);
                let error_db = 20.0 * f64::from(most).log10();
                worst = [worst[0].min(error_db), worst[1].max(error_db)];
            }
        }
        println!("sines up to 0.45 of the sample rate: {:.3} to {:+.3} dB", worst[0], worst[1]);
        assert!(worst[0] > -0.15 && worst[1] < 0.5, "{worst:?}");
    }

    #[test]
    fn the_chunks_and_the_processor_do_not_matter() {
        let audio = noise(5000);
        let expect = peaks(&mut TruePeak::new(), &audio, 64, 0.0);
        for (chunk, level) in
            [(64, Level::baseline()), (1, Level::new()), (23, Level::new()), (50, Level::baseline())]
        {
            let mut detector = TruePeak::new();
            detector.limit_to(level);
            assert_eq!(peaks(&mut detector, &audio, chunk, 0.0), expect, "{chunk}");
        }
    }

    #[test]
    fn what_is_not_computed_has_no_peaks() {
        let detector = TruePeak::new();
        println!("no peak is larger than the loudest sample times {:.3}", detector.growth);
        assert!((2.5..3.8).contains(&detector.growth));
        // The worst that there is: the signs of a filter's taps.
        let worst: Vec<f32> = detector.taps[1].iter().map(|tap| tap.signum()).collect();
        let audio: Vec<f32> = worst.into_iter().chain([0.0; 40]).collect();
        let found = peaks(&mut TruePeak::new(), &audio, 64, 0.0).into_iter().fold(0.0, f32::max);
        assert!(found > 2.4 && found <= detector.growth, "{found}");
        let audio: Vec<f32> = noise(5000).into_iter().map(|sample| 0.4 * sample).collect();
        let (all, some) =
            (peaks(&mut TruePeak::new(), &audio, 64, 0.0), peaks(&mut TruePeak::new(), &audio, 64, 0.5));
        let missed = all.iter().zip(&some).filter(|(all, some)| **all > 0.5 && all != some).count();
        assert_eq!(missed, 0);
        assert!(some.contains(&0.0) && some.iter().any(|peak| *peak > 0.5));
    }
}
