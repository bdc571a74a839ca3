//! Edits of recorded sound: cut, splice, fade, normalise. Values only; every edit gives a new sound.
//!
//! Never runs on the audio thread. True peaks: "Recommendation ITU-R BS.1770-4" (2015), annex 2: the largest value of the
//! sound at four times its rate. Fades between pieces keep the power of sounds that have nothing to do with each other.

mod steps;

use std::f64::consts::{FRAC_PI_2, PI};
use std::ops::Range;
pub use steps::{Edit, Edited, NORMALISED_DB};

/// A recorded sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Take {
    channels: Vec<Vec<f32>>,
    sample_rate_hz: u32,
}

/// What is brought to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peak {
    /// The largest sample.
    Sample,
    /// The largest value between samples too.
    True,
}

/// The fade at either end of what is kept, in seconds: no click, and nothing that is missed.
const EDGE_S: f64 = 0.005;
/// Values between two samples that a true peak is looked for at, the samples included.
const OVERSAMPLING: usize = 4;
/// Samples to either side that a value between two is made of.
const REACH: isize = 24;

impl Take {
    /// A sound of these channels, cut to the shortest, at `sample_rate_hz` > 0.
    pub fn new(mut channels: Vec<Vec<f32>>, sample_rate_hz: u32) -> Self {
        let frames = channels.iter().map(Vec::len).min().unwrap_or(0);
        for channel in &mut channels {
            channel.truncate(frames);
        }
        Self { channels, sample_rate_hz: sample_rate_hz.max(1) }
    }

    /// Its channels, equally long.
    pub fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    /// Frames a second.
    pub fn sample_rate_hz(&self) -> u32 {
        self.sample_rate_hz
    }

    /// How long it is.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    fn each(&self, change: impl Fn(&[f32]) -> Vec<f32>) -> Self {
        let channels = self.channels.iter().map(|channel| change(channel)).collect();
        Self { channels, sample_rate_hz: self.sample_rate_hz }
    }

    /// `range`, as far as there is sound, as it is.
    fn piece(&self, range: Range<usize>) -> Self {
        let end = range.end.min(self.frames());
        let start = range.start.min(end);
        self.each(|channel| channel[start..end].to_vec())
    }

    /// The sound without `range`; what lies before it and what lies behind go over into each other within `crossfade` frames,
    /// as many as both have, by which it is shorter.
    pub fn cut(&self, range: Range<usize>, crossfade: usize) -> Self {
        let (start, end) = (range.start.min(range.end), range.end);
        self.piece(0..start).splice(&self.piece(end..self.frames()), crossfade)
    }

    /// This sound and `next` behind it, over `crossfade` frames into each other, as many as both have. Where `next` has
    /// fewer channels, its last one serves for those that it lacks.
    pub fn splice(&self, next: &Self, crossfade: usize) -> Self {
        let crossfade = crossfade.min(self.frames()).min(next.frames());
        let silent = Vec::new();
        let joined = |(place, channel): (usize, &Vec<f32>)| {
            let next = next.channels.get(place).or(next.channels.last()).unwrap_or(&silent);
            spliced(channel, next, crossfade)
        };
        let channels = self.channels.iter().enumerate().map(joined).collect();
        Self { channels, sample_rate_hz: self.sample_rate_hz }
    }

    /// The same, rising from silence within `frames`.
    pub fn fade_in(&self, frames: usize) -> Self {
        self.each(|channel| {
            let gain = |n: usize| if n < frames { smooth((n as f64 + 0.5) / frames as f64) } else { 1.0 };
            channel.iter().enumerate().map(|(n, value)| value * gain(n)).collect()
        })
    }

    /// The same, falling into silence within the last `frames`.
    pub fn fade_out(&self, frames: usize) -> Self {
        self.each(|channel| {
            let left = |n: usize| channel.len() - n;
            let gain = |n: usize| {
                if left(n) <= frames { smooth((left(n) as f64 - 0.5) / frames as f64) } else { 1.0 }
            };
            channel.iter().enumerate().map(|(n, value)| value * gain(n)).collect()
        })
    }

    /// What is kept: `range`, with ends too short to be heard that let it begin and end without a click.
    pub fn kept(&self, range: Range<usize>) -> Self {
        let piece = self.piece(range);
        let edge = ((EDGE_S * f64::from(self.sample_rate_hz)) as usize).min(piece.frames() / 2);
        piece.fade_in(edge).fade_out(edge)
    }

    /// The lowest and the highest value in each of `pieces` equally long stretches, over all channels.
    pub fn overview(&self, pieces: usize) -> Vec<[f32; 2]> {
        let frames = self.frames();
        let bounds = |piece: usize| {
            let start = (piece * frames).checked_div(pieces).unwrap_or(0);
            let end = ((piece + 1) * frames).checked_div(pieces).unwrap_or(0).max(start + 1).min(frames);
            let values = self.channels.iter().flat_map(|channel| channel.get(start..end).unwrap_or(&[]));
            values.fold([0.0_f32; 2], |[low, high], value| [low.min(*value), high.max(*value)])
        };
        (0..pieces).map(bounds).collect()
    }

    /// The peak, linear.
    pub fn peak(&self, peak: Peak) -> f32 {
        let of_channel = |channel: &Vec<f32>| match peak {
            Peak::Sample => channel.iter().fold(0.0, |most: f32, value| most.max(value.abs())),
            Peak::True => true_peak(channel),
        };
        self.channels.iter().map(of_channel).fold(0.0, f32::max)
    }

    /// The same with its peak at `level_db`, in [−60, 0]. Silence stays silence.
    pub fn normalised(&self, peak: Peak, level_db: f32) -> Self {
        let found = self.peak(peak);
        let wanted = 10.0_f32.powf(level_db.clamp(-60.0, 0.0) / 20.0);
        let gain = if found > 1e-9 && found.is_finite() { wanted / found } else { 1.0 };
        self.each(|channel| channel.iter().map(|value| value * gain).collect())
    }
}

/// A slope from 0 to 1 without a corner.
fn smooth(place: f64) -> f32 {
    (0.5 - 0.5 * (PI * place).cos()) as f32
}

fn spliced(one: &[f32], next: &[f32], crossfade: usize) -> Vec<f32> {
    let (before, out) = one.split_at(one.len() - crossfade);
    let (into, behind) = next.split_at(crossfade.min(next.len()));
    let crossed = out.iter().zip(into).enumerate().map(|(n, (out, into))| {
        let angle = FRAC_PI_2 * (n as f64 + 0.5) / crossfade as f64;
        out * angle.cos() as f32 + into * angle.sin() as f32
    });
    before.iter().copied().chain(crossed).chain(behind.iter().copied()).collect()
}

/// The largest value of `channel` at four times its rate.
fn true_peak(channel: &[f32]) -> f32 {
    let kernels: Vec<Vec<f64>> = (0..OVERSAMPLING).map(kernel).collect();
    let at = |n: isize| {
        usize::try_from(n).ok().and_then(|n| channel.get(n)).map_or(0.0, |value| f64::from(*value))
    };
    let value = |n: isize, kernel: &[f64]| -> f64 {
        (1 - REACH..=REACH).zip(kernel).map(|(tap, weight)| at(n + tap) * weight).sum()
    };
    let all =
        (-1..channel.len() as isize).flat_map(|n| kernels.iter().map(move |kernel| value(n, kernel).abs()));
    all.fold(0.0, f64::max) as f32
}

/// The weights of the samples around a place that lies `quarter` of four behind one of them: a sinc in a Hann window.
fn kernel(quarter: usize) -> Vec<f64> {
    let weight = |tap: isize| {
        let distance = tap as f64 - quarter as f64 / OVERSAMPLING as f64;
        let window = 0.5 + 0.5 * (PI * distance / (REACH as f64 + 1.0)).cos();
        let sinc = if distance == 0.0 { 1.0 } else { (PI * distance).sin() / (PI * distance) };
        sinc * window
    };
    (1 - REACH..=REACH).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// A sine; its largest step is 2π · frequency / rate.
    fn sine(frames: usize, freq_hz: f64, phase: f64) -> Take {
        let frame =
            |n: usize| (std::f64::consts::TAU * freq_hz * n as f64 / f64::from(RATE) + phase).sin() as f32;
        Take::new(vec![(0..frames).map(frame).collect(); 2], RATE)
    }

    /// The largest step, that from silence and into it included.
    fn largest_step(take: &Take) -> f32 {
        let channel = &take.channels()[0];
        let with_ends: Vec<f32> = [0.0].into_iter().chain(channel.iter().copied()).chain([0.0]).collect();
        with_ends.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    /// That of a sine of 200 Hz.
    const STEP: f32 = 0.0262;

    #[test]
    fn a_cut_anywhere_makes_no_step() {
        let take = sine(48_000, 200.0, 0.0).kept(0..48_000);
        let mut worst: f32 = 0.0;
        for start in [5000, 5060, 5120, 7777] {
            for end in [20_000, 20_055, 20_130] {
                let cut = take.cut(start..end, 480);
                assert_eq!(cut.frames(), 48_000 - (end - start) - 480);
                worst = worst.max(largest_step(&cut));
            }
        }
        let hard = largest_step(&take.cut(5060..20_120, 0));
        println!("largest step {worst:.4}, of the sine alone {STEP}; of a hard cut {hard:.4}");
        assert!(worst < 1.5 * STEP && hard > 10.0 * STEP);
    }

    #[test]
    fn what_is_kept_begins_and_ends_without_a_click() {
        let take = sine(48_000, 200.0, 1.0);
        let kept = take.kept(1033..30_017);
        let (step, bare) = (largest_step(&kept), largest_step(&take.piece(1033..30_017)));
        println!("largest step {step:.4}; without the edges {bare:.4}");
        assert!(kept.frames() == 28_984 && step < 1.3 * STEP && bare > 10.0 * STEP);
        assert_eq!(kept.channels()[1][5000], take.channels()[1][6033]);
    }

    #[test]
    fn a_splice_keeps_the_power_of_sounds_that_have_nothing_in_common() {
        let (one, other) = (sine(20_000, 1000.0, 0.0), sine(20_000, 1618.0, 0.5));
        let spliced = one.splice(&other, 9600);
        let power = |range: Range<usize>| {
            let piece = &spliced.channels()[0][range];
            10.0 * (piece.iter().map(|x| x * x).sum::<f32>() / piece.len() as f32).log10()
        };
        let (before, middle) = (power(0..8000), power(13_200..17_200));
        println!("before {before:.2} dB, in the middle of the splice {middle:.2} dB");
        assert!((before - middle).abs() < 0.3 && spliced.frames() == 30_400);
    }

    #[test]
    fn a_true_peak_lies_between_samples_and_normalising_heeds_it() {
        // A quarter of the rate, sampled 45° beside its tops: samples never reach more than 0.707.
        let take = sine(4800, 12_000.0, std::f64::consts::FRAC_PI_4).fade_in(500).fade_out(500);
        let (sample, between) = (take.peak(Peak::Sample), take.peak(Peak::True));
        println!("samples {sample:.4}, true {between:.4}");
        assert!((sample - std::f32::consts::FRAC_1_SQRT_2).abs() < 1e-3 && (between - 1.0).abs() < 0.01);
        let safe = take.normalised(Peak::True, -1.0);
        assert!((20.0 * safe.peak(Peak::True).log10() + 1.0).abs() < 0.01);
        let loud = take.normalised(Peak::Sample, -1.0);
        assert!((20.0 * loud.peak(Peak::Sample).log10() + 1.0).abs() < 0.01 && loud.peak(Peak::True) > 1.2);
        let silence = Take::new(vec![vec![0.0; 10]], RATE);
        assert_eq!(silence.normalised(Peak::True, 0.0), silence);
    }

    #[test]
    fn edits_of_nothing_and_beyond_the_end_are_harmless() {
        let (empty, short) = (Take::default(), sine(10, 200.0, 0.0));
        assert_eq!(
            empty.kept(0..9).frames() + empty.splice(&short, 5).frames() + empty.cut(3..4, 9).frames(),
            0
        );
        assert_eq!(short.cut(20..30, 5).frames() + short.kept(50..60).frames(), 10);
        assert_eq!(short.splice(&Take::default(), 100), short);
        assert_eq!(short.fade_in(1000).fade_out(0).frames(), 10);
    }
}
