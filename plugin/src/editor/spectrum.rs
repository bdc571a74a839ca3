//! Runs on the main thread. The live spectrum behind the EQ: a windowed Fourier transform in bins of equal pitch.
//!
//! Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 1978 (Hann).

use linnet_handover::audio_to_editor::SpectrumReceiver;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::collections::VecDeque;
use std::sync::Arc;

/// Samples of one transform.
const SIZE: usize = 4096;
/// Points from 20 Hz to 20 kHz.
pub(crate) const POINTS: usize = 96;
/// What counts as silence, in dB.
pub(crate) const FLOOR_DB: f32 = -84.0;
/// dB a second.
const FALL: f32 = 30.0;

/// The spectrum of what came last.
pub(crate) struct Spectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    samples: VecDeque<f32>,
    incoming: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex32>,
    levels_db: [f32; POINTS],
    updated: f64,
}

impl Default for Spectrum {
    fn default() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(SIZE);
        let hann = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / SIZE as f32).cos();
        Self {
            window: (0..SIZE).map(hann).collect(),
            samples: std::iter::repeat_n(0.0, SIZE).collect(),
            incoming: Vec::new(),
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            transform,
            levels_db: [FLOOR_DB; POINTS],
            updated: 0.0,
        }
    }
}

impl Spectrum {
    /// Takes the samples that came, at `now` in seconds.
    pub(crate) fn update(&mut self, receiver: &mut SpectrumReceiver, sample_rate_hz: f32, now: f64) {
        self.incoming.clear();
        receiver.receive(&mut self.incoming);
        let incoming = std::mem::take(&mut self.incoming);
        self.take(&incoming, sample_rate_hz, now);
        self.incoming = incoming;
    }

    fn take(&mut self, incoming: &[f32], sample_rate_hz: f32, now: f64) {
        let fall = FALL * (now - self.updated).clamp(0.0, 1.0) as f32;
        self.updated = now;
        for level in &mut self.levels_db {
            *level = (*level - fall).max(FLOOR_DB);
        }
        let is_known = sample_rate_hz.is_finite() && sample_rate_hz >= 1000.0;
        if incoming.is_empty() || !is_known {
            return;
        }
        let newest = &incoming[incoming.len().saturating_sub(SIZE)..];
        self.samples.extend(newest.iter().map(|s| if s.is_finite() { *s } else { 0.0 }));
        self.samples.drain(..self.samples.len() - SIZE);
        for (input, (sample, window)) in self.input.iter_mut().zip(self.samples.iter().zip(&self.window)) {
            *input = sample * window;
        }
        if self.transform.process(&mut self.input, &mut self.output).is_ok() {
            self.raise(sample_rate_hz);
        }
    }

    /// Raises each point to the highest bin of its band.
    fn raise(&mut self, sample_rate_hz: f32) {
        let bin_hz = sample_rate_hz / SIZE as f32;
        let last = self.output.len() - 1;
        for (i, level) in self.levels_db.iter_mut().enumerate() {
            let low = (frequency(i as f32 - 0.5) / bin_hz).floor().max(1.0) as usize;
            let high = (frequency(i as f32 + 0.5) / bin_hz).ceil() as usize;
            if low > last {
                continue;
            }
            let bins = &self.output[low..=high.clamp(low, last)];
            let power = bins.iter().map(Complex32::norm_sqr).fold(0.0, f32::max);
            // A sine of amplitude 1 gives SIZE / 4 under a Hann window.
            let amplitude = power.sqrt() * 4.0 / SIZE as f32;
            *level = level.max(20.0 * amplitude.max(1e-9).log10());
        }
    }

    /// Levels in dB from 20 Hz to 20 kHz, in steps of equal pitch, ≥ [`FLOOR_DB`].
    pub(crate) fn levels_db(&self) -> &[f32; POINTS] {
        &self.levels_db
    }

    /// Whether something is still to be seen.
    pub(crate) fn is_moving(&self) -> bool {
        self.levels_db.iter().any(|db| *db > FLOOR_DB + 0.5)
    }
}

/// The frequency of a point, in hertz.
fn frequency(point: f32) -> f32 {
    20.0 * 1000.0_f32.powf(point / (POINTS - 1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_stands_at_its_frequency_with_its_level() {
        let mut spectrum = Spectrum::default();
        let rate = 48_000.0;
        let sine: Vec<f32> =
            (0..SIZE).map(|i| 0.5 * (std::f32::consts::TAU * 1000.0 * i as f32 / rate).sin()).collect();
        spectrum.take(&sine, rate, 1.0);
        let levels = spectrum.levels_db();
        let (top, level) =
            levels.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
        assert!((frequency(top as f32) / 1000.0).log2().abs() < 0.15, "{} Hz", frequency(top as f32));
        assert!((level + 6.0).abs() < 1.5, "{level} dB");
    }

    #[test]
    fn odd_rates_and_samples_do_no_harm() {
        let mut spectrum = Spectrum::default();
        for rate in [0.0, f32::NAN, 1000.0, 8000.0, 384_000.0] {
            spectrum.take(&vec![f32::NAN; 20_000], rate, 1.0);
            assert!(spectrum.levels_db().iter().all(|db| db.is_finite()));
        }
    }

    #[test]
    fn silence_comes_to_rest() {
        let mut spectrum = Spectrum::default();
        spectrum.take(&vec![0.7; SIZE], 48_000.0, 1.0);
        (0..10).for_each(|second| spectrum.take(&[], 48_000.0, 2.0 + f64::from(second)));
        assert!(!spectrum.is_moving());
    }
}
