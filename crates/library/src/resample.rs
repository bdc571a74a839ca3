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
    let table = table();
    let (ratio, cutoff) = (from_hz / to_hz, BAND * (to_hz / from_hz).min(1.0));
    let reach = CROSSINGS / cutoff;
    let frames = (samples.len() as f64 / ratio).ceil() as usize;
    let at = |frame: usize| {
        let centre = frame as f64 * ratio;
        let first = (centre - reach).ceil().max(0.0) as usize;
        let last = ((centre + reach).floor() as usize).min(samples.len().saturating_sub(1));
        let sum: f64 = (first..=last)
            .map(|n| f64::from(samples[n]) * kernel(&table, cutoff * (n as f64 - centre)))
            .sum();
        (cutoff * sum) as f32
    };
    (0..frames).map(at).collect()
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
