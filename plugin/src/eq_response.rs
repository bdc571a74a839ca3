//! Runs on the main thread. What the editor may know of the engine's sound: the EQ's response.
//!
//! The editor itself reads only the handover and the parameters; this adapter stands between.

use crate::params::LinnetParams;
use linnet_engine::effect::equalizer;

/// The EQ as it is set.
pub(crate) struct Response {
    curve: equalizer::Response,
    sample_rate_hz: f64,
}

impl Response {
    /// The response of the bands in `params` at `sample_rate_hz`; 48,000 where that is not known yet.
    pub(crate) fn of(params: &LinnetParams, sample_rate_hz: f32) -> Self {
        let rate = f64::from(sample_rate_hz);
        let sample_rate_hz = if rate.is_finite() && rate >= 1000.0 { rate } else { 48_000.0 };
        Self { curve: equalizer::Response::new(&params.settings().bands, sample_rate_hz), sample_rate_hz }
    }

    /// The gain in dB at `freq_hz`, finite.
    pub(crate) fn gain_db(&self, freq_hz: f32) -> f32 {
        let nyquist = self.sample_rate_hz * 0.499;
        let db = self.curve.db(f64::from(freq_hz).min(nyquist));
        if db.is_finite() { db as f32 } else { -120.0 }
    }
}
