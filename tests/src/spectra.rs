//! Spectra of short pieces of sound, one after the other.

use realfft::RealFftPlanner;
use std::f32::consts::TAU;

/// The powers of both sides together, by moment and frequency.
pub(crate) struct Spectra {
    /// By moment: the power of each bin, scaled so that a sine of full scale on both sides has 1 at its bin.
    powers: Vec<Vec<f32>>,
    hop_s: f64,
    window_s: f64,
    bin_hz: f64,
}

impl Spectra {
    /// Of windows of `window_s` seconds (Hann) that begin every `hop_s` seconds.
    pub(crate) fn of(audio: &[Vec<f32>; 2], rate_hz: f64, window_s: f64, hop_s: f64) -> Self {
        let (length, hop) = ((window_s * rate_hz) as usize, (hop_s * rate_hz) as usize);
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(length);
        let window: Vec<f32> =
            (0..length).map(|n| 0.5 - 0.5 * (TAU * n as f32 / length as f32).cos()).collect();
        let (mut input, mut output) = (transform.make_input_vec(), transform.make_output_vec());
        let scale = 8.0 / (length as f32).powi(2);
        let moments = audio[0].len().saturating_sub(length) / hop.max(1) + 1;
        let mut spectrum = |moment: usize| {
            let mut powers = vec![0.0; output.len()];
            for side in audio {
                let piece = side.get(moment * hop..).unwrap_or_default();
                let padded = piece.iter().copied().chain(std::iter::repeat(0.0));
                for ((place, x), weight) in input.iter_mut().zip(padded).zip(&window) {
                    *place = x * weight;
                }
                // The lengths are those that the transform made.
                transform.process(&mut input, &mut output).ok();
                for (power, bin) in powers.iter_mut().zip(&output) {
                    *power += scale * bin.norm_sqr();
                }
            }
            powers
        };
        let powers = (0..moments).map(&mut spectrum).collect();
        Self { powers, hop_s: hop as f64 / rate_hz, window_s, bin_hz: rate_hz / length as f64 }
    }

    /// When a moment begins, in seconds.
    pub(crate) fn time_s(&self, moment: usize) -> f64 {
        moment as f64 * self.hop_s
    }

    /// The level around a time, at a frequency, in dB.
    pub(crate) fn level_db(&self, at_s: f64, hz: f64) -> f64 {
        let begin_s = (at_s - self.window_s / 2.0).max(0.0);
        let moment = ((begin_s / self.hop_s) as usize).min(self.powers.len() - 1);
        let bin = (hz / self.bin_hz).round() as usize;
        10.0 * f64::from(self.powers[moment].get(bin).copied().unwrap_or(0.0)).max(1e-14).log10()
    }

    /// The power of a band by moment.
    pub(crate) fn band_powers(&self, [from_hz, to_hz]: [f64; 2]) -> Vec<f64> {
        let bin = |hz: f64| (hz / self.bin_hz).round() as usize;
        let of = |powers: &Vec<f32>| {
            let bins = powers.get(bin(from_hz)..bin(to_hz).min(powers.len())).unwrap_or_default();
            bins.iter().map(|power| f64::from(*power)).sum()
        };
        self.powers.iter().map(of).collect()
    }
}
