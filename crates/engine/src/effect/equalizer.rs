//! The equaliser: low cut, low shelf, four bells, high shelf, high cut, in series.
//!
//! Runs on the audio thread, but for [`Response`], which any thread may use. Every band is a state-variable filter
//! ([`crate::svf`]) with two taps behind it, and sounds nearly as its analogue model up to 18 kHz ([`matched`]): at 44.1 kHz
//! and above within 0.16 dB, shelves within 0.3 dB, or 1 dB where their Q is over 2 and they lie above 8 kHz. The models of the shapes are from A. Simper, "Solving the continuous SVF equations using trapezoidal
//! integration and equivalent currents", Cytomic, 2013.

mod band;
mod cascade;
mod matched;
mod shape;

/// Whether all numbers are the same: what is no number is not. All are compared at one go, without a question after each.
fn are_alike(some: &[BandSettings; 8], others: &[BandSettings; 8]) -> bool {
    let mut differs = false;
    for (one, other) in some.iter().zip(others) {
        let BandSettings { on, freq_hz, gain_db, q } = *one;
        differs |= on != other.on;
        differs |= freq_hz != other.freq_hz;
        differs |= gain_db != other.gain_db;
        differs |= q != other.q;
    }
    !differs
}

#[cfg(test)]
mod tests;

use crate::settings::BandSettings;
use crate::tick::Ticker;
pub(crate) use band::Band;
use cascade::Cascade;
use fearless_simd::{Level, dispatch};
use shape::Coefficients;
pub(crate) use shape::Shape;

/// The equaliser.
#[derive(Debug)]
pub struct Equalizer {
    sample_rate_hz: f32,
    ticker: Ticker,
    bands: [Band; 8],
    /// The settings at which all bands have arrived.
    settled_at: Option<[BandSettings; 8]>,
    /// What runs in place of them there; none where every one leaves the sound as it is.
    cascade: Option<Cascade>,
    /// What the processor can do.
    level: Level,
}

impl Equalizer {
    /// One for 48,000 Hz.
    pub fn new() -> Self {
        Self {
            sample_rate_hz: 48_000.0,
            ticker: Ticker::default(),
            bands: Shape::OF_BANDS.map(Band::new),
            settled_at: None,
            cascade: None,
            level: Level::new(),
        }
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        self.sample_rate_hz = sample_rate_hz as f32;
        self.reset();
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: Level) {
        self.level = level;
    }

    /// Ends every tail. The next settings count at once, without a glide.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.ticker = Ticker::default();
        self.bands = Shape::OF_BANDS.map(Band::new);
        self.settled_at = None;
        self.cascade = None;
    }

    /// Filters `audio`, left and right, in place.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn process(&mut self, audio: [&mut [f32]; 2], bands: &[BandSettings; 8]) {
        let [left, right] = audio;
        let frames = left.len().min(right.len());
        let (mut left, mut right) = (&mut left[..frames], &mut right[..frames]);
        while !left.is_empty() {
            if self.is_settled(bands) {
                self.process_settled(left, right);
                return;
            }
            self.leave_cascade();
            if self.ticker.is_due() {
                self.tick(bands);
                if self.is_settled(bands) {
                    continue;
                }
            }
            let chunk = self.ticker.chunk(left.len());
            let (left_now, left_later) = left.split_at_mut(chunk);
            let (right_now, right_later) = right.split_at_mut(chunk);
            for band in &mut self.bands {
                band.process(left_now, right_now);
            }
            self.ticker.advance(chunk);
            (left, right) = (left_later, right_later);
        }
    }

    /// Apart, since what it computes of the settings would else be computed before it is known to be asked for.
    #[inline(never)]
    fn tick(&mut self, settings: &[BandSettings; 8]) {
        for (band, settings) in self.bands.iter_mut().zip(settings) {
            band.tick(settings, self.sample_rate_hz);
        }
        let have_arrived = self.bands.iter().zip(settings).all(|(band, settings)| band.is_settled(settings));
        // What is no number is never told to be settled: nothing is computed as if it were.
        let have_arrived = have_arrived && are_alike(settings, settings);
        self.settled_at = have_arrived.then_some(*settings);
        let is_heard = !self.bands.iter().all(Band::is_through);
        self.cascade = (have_arrived && is_heard).then(|| Cascade::new(&self.bands));
    }

    /// The bands go on from where the cascade was.
    fn leave_cascade(&mut self) {
        let Some(cascade) = self.cascade.take() else { return };
        for (number, band) in self.bands.iter_mut().enumerate() {
            band.set_state(cascade.state(number));
        }
        self.settled_at = None;
    }

    /// Whether silence would change nothing but the time.
    pub(crate) fn is_at_rest(&self, settings: &[BandSettings; 8]) -> bool {
        self.is_settled(settings)
            && self
                .cascade
                .as_ref()
                .map_or_else(|| self.bands.iter().all(Band::is_silent), Cascade::is_silent)
    }

    /// Goes on by `frames` of silence, at rest.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.ticker.skip(frames);
    }

    /// Whether all bands have arrived there.
    pub(crate) fn is_settled(&self, settings: &[BandSettings; 8]) -> bool {
        self.settled_at.as_ref().is_some_and(|settled_at| are_alike(settled_at, settings))
    }

    /// All of `left` and `right`: ticks have nothing to do.
    fn process_settled(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.ticker.skip(left.len());
        if let Some(cascade) = &mut self.cascade {
            dispatch!(self.level, simd => cascade.process(simd, left, right));
        }
    }
}

impl Default for Equalizer {
    fn default() -> Self {
        Self::new()
    }
}

/// What the equaliser does to each frequency, once settled. Exact for the filters that run.
#[derive(Clone, Debug)]
pub struct Response {
    sample_rate_hz: f64,
    /// None where a band is off.
    bands: [Option<Coefficients>; 8],
}

impl Response {
    /// That of `bands` at `sample_rate_hz` > 0.
    pub fn new(bands: &[BandSettings; 8], sample_rate_hz: f64) -> Self {
        let coefficients = |band: usize| {
            let (settings, shape) = (&bands[band], Shape::OF_BANDS[band]);
            settings.on.then(|| Coefficients::of(shape, settings, sample_rate_hz as f32))
        };
        Self { sample_rate_hz, bands: std::array::from_fn(coefficients) }
    }

    /// The gain at `freq_hz` in dB; at and above half the sample rate it is that just below.
    pub fn db(&self, freq_hz: f64) -> f64 {
        let share = freq_hz / self.sample_rate_hz;
        self.bands.iter().flatten().map(|band| band.response_db(share)).sum()
    }
}
