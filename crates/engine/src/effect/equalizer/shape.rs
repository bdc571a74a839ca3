//! What each band does to the spectrum, as coefficients of its state-variable filter and of two taps behind it.
//!
//! Runs on any thread.

use super::matched::{Analogue, Digital};
use crate::settings::BandSettings;
use crate::tick::ranged;
use std::f64::consts::PI;

/// The shape of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// High-pass, 12 dB an octave.
    LowCut,
    /// Everything below.
    LowShelf,
    /// Around.
    Bell,
    /// Everything above.
    HighShelf,
    /// Low-pass, 12 dB an octave.
    HighCut,
}

impl Shape {
    /// The shapes of the eight bands, in order.
    pub(super) const OF_BANDS: [Self; 8] = [
        Self::LowCut,
        Self::LowShelf,
        Self::Bell,
        Self::Bell,
        Self::Bell,
        Self::Bell,
        Self::HighShelf,
        Self::HighCut,
    ];
}

impl Shape {
    /// The analogue filter. Settings beyond their ranges are brought into them.
    pub(super) fn analogue(self, settings: &BandSettings, sample_rate_hz: f32) -> Analogue {
        let BandSettings { freq_hz, gain_db, q, .. } = *settings;
        let freq = f64::from(ranged(freq_hz.max(1.0) / sample_rate_hz, 1e-6, 1.0));
        let k = f64::from(ranged(q, 0.05, 40.0)).recip();
        // The square root of the gain.
        let root = (f64::from(ranged(gain_db, -48.0, 48.0)) * (std::f64::consts::LN_10 / 40.0)).exp();
        let (freq, numerator, denominator) = match self {
            Self::LowCut => (freq, [1.0, 0.0, 0.0], [1.0, k, 1.0]),
            Self::HighCut => (freq, [0.0, 0.0, 1.0], [1.0, k, 1.0]),
            Self::Bell => (freq, [1.0, k * root, 1.0], [1.0, k / root, 1.0]),
            Self::LowShelf => (freq / root.sqrt(), [1.0, k * root, root * root], [1.0, k, 1.0]),
            Self::HighShelf => (freq * root.sqrt(), [root * root, k * root, 1.0], [1.0, k, 1.0]),
        };
        Analogue { freq, sample_rate_hz: f64::from(sample_rate_hz), numerator, denominator }
    }
}

/// The filter's tuning `g` and damping `k`, how much of input, band-pass and low-pass is in its output, and of the output's
/// two frames before in the band's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coefficients {
    pub(super) g: f32,
    pub(super) k: f32,
    pub(super) input: f32,
    pub(super) band: f32,
    pub(super) low: f32,
    pub(super) taps: [f32; 2],
}

impl Coefficients {
    /// Those of a band whose output is its input.
    pub(super) const THROUGH: Self = Self { g: 0.1, k: 1.0, input: 1.0, band: 0.0, low: 0.0, taps: [0.0; 2] };
    /// A step that leads nowhere.
    pub(super) const STILL: Self = Self { g: 0.0, k: 0.0, input: 0.0, band: 0.0, low: 0.0, taps: [0.0; 2] };

    /// The step of a frame with which one arrives at `end` in `frames`.
    pub(super) fn step_to(self, end: Self, frames: usize) -> Self {
        let share = 1.0 / frames as f32;
        Self {
            g: share * (end.g - self.g),
            k: share * (end.k - self.k),
            input: share * (end.input - self.input),
            band: share * (end.band - self.band),
            low: share * (end.low - self.low),
            taps: std::array::from_fn(|tap| share * (end.taps[tap] - self.taps[tap])),
        }
    }

    /// Goes one `step` on.
    #[inline]
    pub(super) fn advance(&mut self, step: &Self) {
        self.g += step.g;
        self.k += step.k;
        self.input += step.input;
        self.band += step.band;
        self.low += step.low;
        self.taps.iter_mut().zip(step.taps).for_each(|(tap, step)| *tap += step);
    }

    /// Those of a band that is on. Settings beyond their ranges are brought into them.
    pub(super) fn of(shape: Shape, settings: &BandSettings, sample_rate_hz: f32) -> Self {
        let Digital { g, k, numerator, taps } = shape.analogue(settings, sample_rate_hz).matched();
        let [square, linear, constant] = numerator;
        Self {
            g: g as f32,
            k: k as f32,
            input: square as f32,
            band: (linear - square * k) as f32,
            low: (constant - square) as f32,
            taps: taps.map(|tap| tap as f32),
        }
    }

    /// The same filter, of which `share` in [0, 1] is in the output and the rest is the input.
    pub(super) fn blended(self, share: f32) -> Self {
        let input = 1.0 + share * (self.input - 1.0);
        let taps = self.taps.map(|tap| share * tap);
        Self { input, band: share * self.band, low: share * self.low, taps, ..self }
    }

    /// The gain in dB at a frequency given as a share of the sample rate.
    ///
    /// Trapezoidal integration is the bilinear transform: on the unit circle the analogue filter's normalised frequency
    /// is tan(π · share) / g, and band-pass and low-pass are s / (s² + k s + 1) and 1 / (s² + k s + 1).
    pub(super) fn response_db(&self, share: f64) -> f64 {
        let [g, k, input, band, low] = [self.g, self.k, self.input, self.band, self.low].map(f64::from);
        let share = share.clamp(0.0, 0.499);
        let s = (PI * share).tan() / g;
        let denominator = [1.0 - s * s, k * s];
        let numerator = [input * denominator[0] + low, input * denominator[1] + band * s];
        let [one, two] = self.taps.map(f64::from);
        let (turn, twice) = ((2.0 * PI * share).sin_cos(), (4.0 * PI * share).sin_cos());
        let taps = [1.0 + one * turn.1 + two * twice.1, one * turn.0 + two * twice.0];
        let power = |[re, im]: [f64; 2]| re * re + im * im;
        10.0 * ((power(numerator) * power(taps) + 1e-30) / power(denominator).max(1e-30)).log10()
    }
}
