//! What each band does to the spectrum, as coefficients of its state-variable filter.
//!
//! Runs on any thread.

use crate::settings::BandSettings;
use crate::svf::tuning;
use crate::tick::ranged;
use std::f64::consts::PI;

/// The shape of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
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

/// The filter's tuning `g` and damping `k`, and how much of input, band-pass and low-pass is in its output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coefficients {
    pub(super) g: f32,
    pub(super) k: f32,
    pub(super) input: f32,
    pub(super) band: f32,
    pub(super) low: f32,
}

impl Coefficients {
    /// Those of a band whose output is its input.
    pub(super) const THROUGH: Self = Self { g: 0.1, k: 1.0, input: 1.0, band: 0.0, low: 0.0 };
    /// A step that leads nowhere.
    pub(super) const STILL: Self = Self { g: 0.0, k: 0.0, input: 0.0, band: 0.0, low: 0.0 };

    /// The step of a frame with which one arrives at `end` in `frames`.
    pub(super) fn step_to(self, end: Self, frames: usize) -> Self {
        let share = 1.0 / frames as f32;
        Self {
            g: share * (end.g - self.g),
            k: share * (end.k - self.k),
            input: share * (end.input - self.input),
            band: share * (end.band - self.band),
            low: share * (end.low - self.low),
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
    }

    /// Those of a band that is on. Settings beyond their ranges are brought into them.
    pub(super) fn of(shape: Shape, settings: &BandSettings, sample_rate_hz: f32) -> Self {
        let BandSettings { freq_hz, gain_db, q, .. } = *settings;
        // The square root of the gain.
        let root = (ranged(gain_db, -48.0, 48.0) * (std::f32::consts::LN_10 / 40.0)).exp();
        let g = tuning(freq_hz.max(1.0), sample_rate_hz);
        let k = ranged(q, 0.05, 40.0).recip();
        match shape {
            Shape::LowCut => Self { g, k, input: 1.0, band: -k, low: -1.0 },
            Shape::HighCut => Self { g, k, input: 0.0, band: 0.0, low: 1.0 },
            Shape::Bell => {
                let k = k / root;
                Self { g, k, input: 1.0, band: k * (root * root - 1.0), low: 0.0 }
            }
            Shape::LowShelf => {
                let low = root * root - 1.0;
                Self { g: g / root.sqrt(), k, input: 1.0, band: k * (root - 1.0), low }
            }
            Shape::HighShelf => {
                let power = root * root;
                let band = k * (1.0 - root) * root;
                Self { g: g * root.sqrt(), k, input: power, band, low: 1.0 - power }
            }
        }
    }

    /// The same filter, of which `share` in [0, 1] is in the output and the rest is the input.
    pub(super) fn blended(self, share: f32) -> Self {
        let input = 1.0 + share * (self.input - 1.0);
        Self { input, band: share * self.band, low: share * self.low, ..self }
    }

    /// The gain in dB at a frequency given as a share of the sample rate.
    ///
    /// Trapezoidal integration is the bilinear transform: on the unit circle the analogue filter's normalised frequency
    /// is tan(π · share) / g, and band-pass and low-pass are s / (s² + k s + 1) and 1 / (s² + k s + 1).
    pub(super) fn response_db(&self, share: f64) -> f64 {
        let [g, k, input, band, low] = [self.g, self.k, self.input, self.band, self.low].map(f64::from);
        let s = (PI * share.clamp(0.0, 0.499)).tan() / g;
        let denominator = [1.0 - s * s, k * s];
        let numerator = [input * denominator[0] + low, input * denominator[1] + band * s];
        let power = |[re, im]: [f64; 2]| re * re + im * im;
        10.0 * ((power(numerator) + 1e-30) / power(denominator).max(1e-30)).log10()
    }
}
