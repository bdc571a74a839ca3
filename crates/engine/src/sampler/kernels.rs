//! Band-limited interpolation: windowed sinc kernels for every speed of playing.
//!
//! Built once a process; read on the audio thread. J. O. Smith, "Digital Audio Resampling", CCRMA, 2002, and the window of
//! J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974.

use crate::windowed_sinc::{kaiser, sinc};
use std::f64::consts::PI;
use std::sync::OnceLock;

/// The longest kernel, in frames of the sample.
pub(crate) const TAPS_MAX: usize = 384;
/// Taps that are multiplied side by side.
const STRIDE: usize = 8;
/// The fastest speed, in frames of the sample a frame.
pub(crate) const SPEED_MAX: f64 = 16.0;
/// The speeds for which there are kernels: quarters of an octave, and halves where the samples are far from home.
const SPEEDS: [f64; 13] = [1.0, 1.19, 1.42, 1.69, 2.0, 2.38, 2.84, 3.37, 4.0, 5.67, 8.0, 11.4, 16.0];
/// How much faster than its own speed a kernel may be played: three quarters of a semitone.
const TOLERANCE: f64 = 1.044;
/// How deep the stop band is, in dB.
const DEPTH_DB: f64 = 90.0;
/// Where the stop band begins, in shares of the lower Nyquist frequency. What folds back lies above the hearing's best range.
const STOP: f64 = 1.1;

/// The kernel for one speed.
#[derive(Debug)]
pub(crate) struct Kernel {
    taps: usize,
    phases: usize,
    /// One row a phase, and one more for the end.
    table: Box<[f32]>,
}

impl Kernel {
    /// Frames of the sample that it spans, a multiple of eight.
    pub(crate) fn taps(&self) -> usize {
        self.taps
    }

    /// The sum of `window`, as long as the kernel, weighted for a place that lies `fraction` in [0, 1) behind the frame
    /// `taps / 2 − 1` of it.
    #[inline(always)]
    pub(crate) fn apply(&self, window: &[f32], fraction: f64) -> f32 {
        let phase = fraction * self.phases as f64;
        let row = (phase as usize).min(self.phases - 1);
        let share = (phase - row as f64) as f32;
        let rows = &self.table[row * self.taps..(row + 2) * self.taps];
        let (near, far) = rows.split_at(self.taps);
        let mut sums = [0.0_f32; STRIDE];
        let chunks = window.chunks_exact(STRIDE).zip(near.chunks_exact(STRIDE)).zip(far.chunks_exact(STRIDE));
        for ((window, near), far) in chunks {
            for lane in 0..STRIDE {
                sums[lane] += window[lane] * (near[lane] + share * (far[lane] - near[lane]));
            }
        }
        let [a, b, c, d, e, f, g, h] = sums;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }

    fn build(speed: f64) -> Self {
        let taps = (48.0 * speed.min(2.0)).max(24.0 * speed);
        let taps = (taps / STRIDE as f64).ceil() as usize * STRIDE;
        let phases = if speed > 2.0 { 128 } else { 256 };
        // Kaiser's width of the transition, in shares of the sample's Nyquist frequency.
        let transition = (DEPTH_DB - 8.0) / (2.285 * PI * (taps - 1) as f64);
        let cutoff = STOP / speed - transition / 2.0;
        let table = (0..=phases).flat_map(|phase| row(taps, phase as f64 / phases as f64, cutoff));
        Self { taps, phases, table: table.collect() }
    }
}

/// The weights of the taps for one fraction. Their sum is 1.
fn row(taps: usize, fraction: f64, cutoff: f64) -> impl Iterator<Item = f32> {
    let half = taps as f64 / 2.0;
    let weight = move |tap: usize| {
        let distance = tap as f64 - (half - 1.0) - fraction;
        cutoff * sinc(cutoff * distance) * kaiser(0.1102 * (DEPTH_DB - 8.7), distance / half)
    };
    let sum: f64 = (0..taps).map(weight).sum();
    (0..taps).map(move |tap| (weight(tap) / sum) as f32)
}

/// All kernels.
#[derive(Debug)]
pub(crate) struct Kernels {
    kernels: Box<[Kernel]>,
}

impl Kernels {
    /// The kernels, which all instances share. The first call builds them: allocates, takes some milliseconds.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Kernels> = OnceLock::new();
        SHARED.get_or_init(|| Self { kernels: SPEEDS.map(Kernel::build).into() })
    }

    /// The kernel that lets nothing through that `speed` frames of the sample a frame would fold.
    pub(crate) fn of_speed(&self, speed: f64) -> &Kernel {
        let place = SPEEDS.partition_point(|known| known * TOLERANCE < speed);
        &self.kernels[place.min(SPEEDS.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kernel_is_longer_than_the_longest() {
        for kernel in &Kernels::shared().kernels {
            assert!(kernel.taps <= TAPS_MAX && kernel.taps.is_multiple_of(STRIDE), "{}", kernel.taps);
        }
    }

    #[test]
    fn a_constant_stays_constant() {
        let window = [1.0; TAPS_MAX];
        for speed in SPEEDS {
            let kernel = Kernels::shared().of_speed(speed);
            for fraction in [0.0, 0.3, 0.5, 0.999] {
                let sum = kernel.apply(&window[..kernel.taps], fraction);
                assert!((sum - 1.0).abs() < 1e-5, "{sum} at {speed}");
            }
        }
    }
}
