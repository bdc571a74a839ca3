//! From one sample rate to another, by a windowed sinc.
//!
//! Never runs on the audio thread. J. O. Smith, "Digital Audio Resampling Home Page", CCRMA, 2002: the sinc is cut off at
//! the lower of both rates, and its window is Kaiser's.

use linnet_engine::windowed_sinc::{kaiser, sinc};

/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 32.0;
/// Of Kaiser's window: stopband below −100 dB.
const BETA: f64 = 10.0;
/// Steps of the table between two crossings.
const STEPS: usize = 512;
/// The band ends a little below half the lower rate.
const BAND: f64 = 0.96;

/// `samples` at `from_hz` > 0 as they are at `to_hz` > 0.
pub(crate) fn resample(samples: &[f32], from_hz: f64, to_hz: f64) -> Vec<f32> {
    if from_hz == to_hz {
        return samples.to_vec();
    }
    let resampler = Resampler::new(from_hz, to_hz);
    (0..resampler.frames(samples.len())).map(|frame| resampler.at(samples, 0, frame)).collect()
}

/// From one rate to another, frame by frame.
pub(crate) struct Resampler {
    table: Vec<f64>,
    ratio: f64,
    cutoff: f64,
}

impl Resampler {
    /// From `from_hz` > 0 to `to_hz` > 0.
    pub(crate) fn new(from_hz: f64, to_hz: f64) -> Self {
        Self { table: table(), ratio: from_hz / to_hz, cutoff: BAND * (to_hz / from_hz).min(1.0) }
    }

    /// How many frames become of `frames`.
    pub(crate) fn frames(&self, frames: usize) -> usize {
        (frames as f64 / self.ratio).ceil() as usize
    }

    /// What is at `frame` of the new rate, counted from `start` of the old one.
    pub(crate) fn at(&self, samples: &[f32], start: usize, frame: usize) -> f32 {
        let centre = start as f64 + frame as f64 * self.ratio;
        let reach = CROSSINGS / self.cutoff;
        let first = (centre - reach).ceil().max(0.0) as usize;
        let last = ((centre + reach).floor() as usize).min(samples.len().saturating_sub(1));
        let sum: f64 = (first..=last)
            .filter_map(|n| Some(f64::from(*samples.get(n)?) * self.kernel(n as f64 - centre)))
            .sum();
        (self.cutoff * sum) as f32
    }

    fn kernel(&self, distance: f64) -> f64 {
        kernel(&self.table, self.cutoff * distance)
    }
}

/// The windowed sinc from 0 to its end.
fn table() -> Vec<f64> {
    let size = CROSSINGS as usize * STEPS;
    (0..=size + 1)
        .map(|step| {
            let x = step as f64 / STEPS as f64;
            sinc(x) * kaiser(BETA, x / CROSSINGS)
        })
        .collect()
}

fn kernel(table: &[f64], x: f64) -> f64 {
    let place = x.abs() * STEPS as f64;
    let step = place as usize;
    match (table.get(step), table.get(step + 1)) {
        (Some(one), Some(other)) => one + place.fract() * (other - one),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn sine(freq_hz: f64, rate_hz: f64, frames: usize) -> Vec<f32> {
        (0..frames).map(|n| (2.0 * PI * freq_hz * n as f64 / rate_hz).sin() as f32).collect()
    }

    #[test]
    fn a_sine_stays_the_same_sine_at_any_rate() {
        for (from_hz, to_hz) in [(44_100.0, 48_000.0), (48_000.0, 44_100.0), (96_000.0, 44_100.0)] {
            let found = resample(&sine(3000.0, from_hz, 20_000), from_hz, to_hz);
            let expect = sine(3000.0, to_hz, found.len());
            let inside = 500..found.len() - 500;
            let worst = inside.map(|n| (found[n] - expect[n]).abs()).fold(0.0, f32::max);
            println!("{from_hz} to {to_hz} Hz: off by {:.1} dB", 20.0 * worst.log10());
            assert!(worst < 1e-4, "{from_hz} {to_hz} {worst}");
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_gone() {
        let found = resample(&sine(30_000.0, 96_000.0, 20_000), 96_000.0, 44_100.0);
        let loudest = found[500..found.len() - 500].iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        println!("30 kHz at 44.1 kHz: {:.1} dB", 20.0 * loudest.log10());
        assert!(loudest < 1e-4, "{loudest}");
    }
}
