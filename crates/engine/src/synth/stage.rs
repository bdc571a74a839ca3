//! What a part passes before its strip: its width and its low cut.
//!
//! Runs on the audio thread. Width is the level of the side against that of the middle: A. D. Blumlein, British Patent
//! 394,325, 1931.

use super::bus::Bus;
use crate::effect::equalizer::{Band, Shape};
use crate::settings::{BandSettings, LOW_CUT_OFF_HZ, PartSettings};
use crate::tick::{Ramp, ranged};
use std::f32::consts::FRAC_1_SQRT_2;

/// The stage of one part. Where it changes nothing, it costs nothing: the part need not pass here at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    width: Ramp,
    low_cut: Band,
    /// The settings at which everything has arrived: width and low cut.
    settled_at: Option<[f32; 2]>,
    /// Whether it changes anything in this tick.
    is_active: bool,
}

impl Stage {
    /// One that changes nothing until its first tick.
    pub(crate) fn new() -> Self {
        Self { width: Ramp::default(), low_cut: Band::new(Shape::LowCut), settled_at: None, is_active: true }
    }

    /// Begins a tick, in which the width goes `share` of its way. The first after a reset takes the settings as they are.
    pub(crate) fn tick(&mut self, settings: &PartSettings, share: f32, sample_rate_hz: f32) {
        if self.is_settled(settings) {
            if self.is_active {
                self.low_cut.flush();
            }
            return;
        }
        let band = Self::band(settings);
        self.width.aim(ranged(settings.width, 0.0, 2.0), share);
        self.low_cut.tick(&band, sample_rate_hz);
        let has_arrived = self.width.is_still() && self.low_cut.is_settled(&band);
        self.settled_at = has_arrived.then_some([settings.width, settings.low_cut_hz]);
        self.is_active = !(self.low_cut.is_through() && self.width.is_still() && self.width.end() == 1.0);
    }

    fn band(settings: &PartSettings) -> BandSettings {
        let freq_hz = ranged(settings.low_cut_hz, LOW_CUT_OFF_HZ, 1000.0);
        BandSettings { on: freq_hz > LOW_CUT_OFF_HZ, freq_hz, gain_db: 0.0, q: FRAC_1_SQRT_2 }
    }

    /// Whether it stays as it is while `settings` do.
    pub(crate) fn is_settled(&self, settings: &PartSettings) -> bool {
        self.settled_at == Some([settings.width, settings.low_cut_hz])
    }

    /// Whether it changes anything in this tick.
    pub(crate) fn is_active(&self) -> bool {
        self.is_active
    }

    /// Whether silence comes out where silence comes in.
    pub(crate) fn is_silent(&self) -> bool {
        // Where it changes nothing, it remembers nothing.
        !self.is_active || self.low_cut.is_silent()
    }

    /// The first `frames` of `bus`, in place.
    pub(crate) fn process(&mut self, bus: &mut Bus, frames: usize) {
        let (left, right) = bus.split(frames);
        for (frame, (left, right)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let (middle, side) = (0.5 * (*left + *right), 0.5 * (*left - *right));
            let side = self.width.after(frame) * side;
            (*left, *right) = (middle + side, middle - side);
        }
        self.width.skip(frames);
        self.low_cut.process(left, right);
    }
}
