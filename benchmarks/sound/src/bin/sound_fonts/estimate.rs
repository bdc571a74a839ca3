//! How far two renders of the same notes lie apart: in pitch, by their spectra, and in level, by their envelopes.

use crate::tune::RATE_HZ;
use realfft::{RealFftPlanner, num_complex::Complex};
use std::f64::consts::TAU;

/// Left and right.
pub type Stereo = [Vec<f32>; 2];

/// Milliseconds of one value of an envelope.
const STEP_MS: usize = 10;
/// By how many ms two renders are moved against each other at most.
const LAG_MS_MAX: i32 = 60;

/// By how much the transform is longer than what is transformed.
const PADDING: usize = 4;
/// From one value to the next of a spectrum over the logarithm of the frequency.
const CENTS: f64 = 0.5;
/// Where that spectrum begins, and how many cents it reaches: up to 12 kHz.
const LOWEST_HZ: f64 = 20.0;
const REACH_CENTS: f64 = 11_074.0;
/// The least cosine between two spectra of one pitch, in [0, 1].
const AGREEMENT_MIN: f64 = 0.6;
/// Steps by which spectra are shifted at most: 50 cents.
const SHIFT_MAX: usize = 100;

/// By how many cents `one` lies above `other`, in [−50, 50]: the shift at which their amplitudes over the logarithm of the
/// frequency agree best, all partials together. None where either is silent, or where they agree by less than
/// [`AGREEMENT_MIN`]: a tone an octave away shares only half of its partials.
///
/// The powers of left and right are added, not the signals, so that what the two sides cancel does not matter.
pub fn shift_cents(one: [&[f32]; 2], other: [&[f32]; 2]) -> Option<f64> {
    let (one, other) = (by_cents(&power_spectrum(one)), by_cents(&power_spectrum(other)));
    let agreement = |shift: usize| {
        let pairs = one[shift..].iter().zip(&other[SHIFT_MAX..other.len() - SHIFT_MAX]);
        pairs.map(|(one, other)| one * other).sum::<f64>()
    };
    let all: Vec<f64> = (0..=2 * SHIFT_MAX).map(agreement).collect();
    let best = (1..2 * SHIFT_MAX).max_by(|one, other| all[*one].total_cmp(&all[*other]))?;
    let [a, b, c] = [best - 1, best, best + 1].map(|place| all[place]);
    let curvature = a - 2.0 * b + c;
    let between = if curvature < 0.0 { ((a - c) / (2.0 * curvature)).clamp(-1.0, 1.0) } else { 0.0 };
    let power = |spectrum: &[f64]| spectrum.iter().map(|value| value * value).sum::<f64>();
    let agree = b > AGREEMENT_MIN * (power(&one) * power(&other)).sqrt();
    agree.then_some(CENTS * (best as f64 - SHIFT_MAX as f64 + between))
}

/// The amplitudes in steps of [`CENTS`].
fn by_cents(powers: &[f64]) -> Vec<f64> {
    let bin_hz = f64::from(RATE_HZ) / (2.0 * (powers.len() - 1) as f64);
    let at = |step: usize| {
        let place = LOWEST_HZ * (step as f64 * CENTS / 1200.0).exp2() / bin_hz;
        let share = place.fract();
        let [below, above] =
            [0, 1].map(|next| powers.get(place as usize + next).copied().unwrap_or(0.0).sqrt());
        below + share * (above - below)
    };
    (0..(REACH_CENTS / CENTS) as usize).map(at).collect()
}

/// The powers of both channels together under Hann's window.
fn power_spectrum(channels: [&[f32]; 2]) -> Vec<f64> {
    let [left, right] = channels.map(spectrum);
    left.iter().zip(&right).map(|(left, right)| left.norm_sqr() + right.norm_sqr()).collect()
}

fn spectrum(audio: &[f32]) -> Vec<Complex<f64>> {
    let window = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / audio.len() as f64).cos();
    let mut input: Vec<f64> =
        audio.iter().enumerate().map(|(n, value)| window(n) * f64::from(*value)).collect();
    input.resize(audio.len() * PADDING, 0.0);
    let transform = RealFftPlanner::new().plan_fft_forward(input.len());
    let mut output = transform.make_output_vec();
    transform.process(&mut input, &mut output).expect("the lengths are the transform's own");
    output
}

/// What is in each millisecond of a render: the squares of both channels, summed.
pub struct Energies {
    by_ms: Vec<f64>,
    /// Frames of a millisecond.
    frames: usize,
}

impl Energies {
    /// Those of `audio` at `rate_hz`, which is some whole number of kHz.
    pub fn new([left, right]: &Stereo, rate_hz: u32) -> Self {
        let frames = rate_hz as usize / 1000;
        let energy = |(left, right): (&[f32], &[f32])| {
            left.iter().chain(right).map(|value| f64::from(*value).powi(2)).sum()
        };
        let by_ms = left.chunks_exact(frames).zip(right.chunks_exact(frames)).map(energy).collect();
        Self { by_ms, frames }
    }

    /// The level envelope from `start_ms` on, `length_ms` long: the root of the mean square of both channels, linear, in
    /// steps of 10 ms. What lies outside is silence.
    pub fn envelope(&self, start_ms: i32, length_ms: u32) -> Vec<f64> {
        let at = |ms: i32| usize::try_from(ms).ok().and_then(|ms| self.by_ms.get(ms)).copied().unwrap_or(0.0);
        let level = |step: i32| {
            let start = start_ms + step * STEP_MS as i32;
            let energy: f64 = (start..start + STEP_MS as i32).map(at).sum();
            (energy / (2 * STEP_MS * self.frames) as f64).sqrt()
        };
        (0..length_ms as i32 / STEP_MS as i32).map(level).collect()
    }

    /// By how many ms `other` is later, in [−60, 60]: where the envelopes over `length_ms` agree best.
    pub fn lag_ms(&self, other: &Self, length_ms: u32) -> i32 {
        let own = self.envelope(0, length_ms);
        let agreement = |lag: i32| correlation(&own, &other.envelope(lag, length_ms));
        // Of equals the least, so that silence is not late.
        let lags = (0..=LAG_MS_MAX).flat_map(|lag| [lag, -lag]);
        lags.rev().max_by(|one, other| agreement(*one).total_cmp(&agreement(*other))).unwrap_or(0)
    }
}

/// Pearson's correlation, in [−1, 1]; 0 where one of them never changes.
pub fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let length = one.len().min(other.len()).max(1);
    let mean = |values: &[f64]| values.iter().take(length).sum::<f64>() / length as f64;
    let (a, b) = (mean(one), mean(other));
    let (mut product, mut powers) = (0.0, [0.0, 0.0]);
    for (x, y) in one.iter().zip(other) {
        product += (x - a) * (y - b);
        powers = [powers[0] + (x - a).powi(2), powers[1] + (y - b).powi(2)];
    }
    let scale = (powers[0] * powers[1]).sqrt();
    if scale > 0.0 { product / scale } else { 0.0 }
}

/// The greatest absolute value.
pub fn peak(audio: &Stereo) -> f32 {
    audio.iter().flatten().fold(0.0, |peak, value| peak.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone of eight partials that dies away with `decay_s`, `cents` above `freq_hz`.
    fn tone(freq_hz: f64, cents: f64, decay_s: f64, tilt: f64) -> Vec<f32> {
        let step = TAU * freq_hz * (cents / 1200.0).exp2() / f64::from(RATE_HZ);
        let frame = |n: u32| {
            let level = (-f64::from(n) / (decay_s * f64::from(RATE_HZ))).exp();
            let partial = |k: u32| (step * f64::from(n * k) + f64::from(k)).sin() / f64::from(k).powf(tilt);
            (0.1 * level * (1..=8).map(partial).sum::<f64>()) as f32
        };
        (0..RATE_HZ).map(frame).collect()
    }

    fn told(one: &[f32], other: &[f32]) -> f64 {
        shift_cents([one, one], [other, other]).unwrap()
    }

    #[test]
    fn a_detuned_tone_is_told_in_cents() {
        for freq_hz in [41.2, 440.0, 1318.5] {
            let plain = tone(freq_hz, 0.0, 1e9, 1.0);
            for cents in [-20.0, 0.3, 3.0] {
                let shift = told(&tone(freq_hz, cents, 1e9, 1.0), &plain);
                assert!((shift - cents).abs() < 0.2, "{freq_hz} Hz by {cents}: {shift}");
            }
        }
    }

    #[test]
    fn an_octave_or_a_fifth_is_no_agreement() {
        let plain = tone(220.0, 0.0, 1e9, 1.0);
        for cents in [-1200.0, 700.0, 1200.0] {
            let other = tone(220.0, cents, 1e9, 1.0);
            assert_eq!(shift_cents([&other, &other], [&plain, &plain]), None, "{cents}");
        }
    }

    #[test]
    fn timbre_and_decay_do_not_count_as_pitch() {
        let shift = told(&tone(82.4, 3.0, 0.4, 1.5), &tone(82.4, 0.0, 1e9, 0.7));
        assert!((shift - 3.0).abs() < 0.2, "{shift}");
    }

    #[test]
    fn what_both_sides_cancel_still_has_its_pitch() {
        let (sharp, plain) = (tone(220.0, 3.0, 1e9, 1.0), tone(220.0, 0.0, 1e9, 1.0));
        let against: Vec<f32> = plain.iter().map(|value| -value).collect();
        let shift = shift_cents([&sharp, &sharp], [&plain, &against]).unwrap();
        assert!((shift - 3.0).abs() < 0.2, "{shift}");
        assert_eq!(shift_cents([&sharp, &sharp], [&[0.0; 48_000]; 2]), None);
    }

    fn energies(mono: Vec<f32>) -> Energies {
        Energies::new(&[mono.clone(), mono], RATE_HZ)
    }

    #[test]
    fn envelopes_of_another_decay_do_not_pass() {
        let of = |decay_s| energies(tone(440.0, 0.0, decay_s, 1.0)).envelope(0, 1000);
        let (one, louder) = (of(0.1), energies(tone(440.0, 9.0, 0.1, 0.8)).envelope(0, 1000));
        assert!(correlation(&one, &louder) > 0.99, "{}", correlation(&one, &louder));
        assert!(correlation(&one, &of(1.0)) < 0.9, "{}", correlation(&one, &of(1.0)));
        let rising: Vec<f64> = one.iter().rev().copied().collect();
        assert!(correlation(&one, &rising) < 0.0);
        assert!(correlation(&one, &[0.1; 100]).abs() < 1e-9);
    }

    #[test]
    fn the_envelope_is_the_root_of_the_mean_square() {
        let levels = energies(vec![0.25; 48 * 40]).envelope(-10, 60);
        let expect = [0.0, 0.25, 0.25, 0.25, 0.25, 0.0];
        assert!(levels.iter().zip(expect).all(|(level, expect)| (level - expect).abs() < 1e-6), "{levels:?}");
    }

    #[test]
    fn what_is_later_is_told_in_milliseconds() {
        let tone = tone(440.0, 0.0, 0.2, 1.0);
        let late = |ms: usize| energies([vec![0.0; ms * 48], tone.clone()].concat());
        assert_eq!(late(20).lag_ms(&late(33), 900), 13);
        assert_eq!(late(33).lag_ms(&late(20), 900), -13);
        assert_eq!(late(20).lag_ms(&energies(Vec::new()), 900), 0);
    }
}
