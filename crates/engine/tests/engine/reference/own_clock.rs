//! The reference's own clock, which runs while the host's time does not.

use crate::exact_host::{BEAT, DEFAULT_TENTHS, ExactHost, frame_ticks};

/// A block of the own clock.
pub(super) struct Moment {
    pub(super) position: i64,
    /// Ticks in a frame.
    pub(super) frame: i64,
    pub(super) bar: i64,
    pub(super) beat: i64,
    /// The bar line that bars are counted from.
    pub(super) origin: i64,
    /// Whether ideas sound.
    pub(super) plays: bool,
    /// Whether an audition begins.
    pub(super) begins: bool,
}

pub(super) struct OwnClock {
    position: i64,
    origin: i64,
    metre: (i64, i64),
    auditioning: bool,
    begins: bool,
}

impl OwnClock {
    pub(super) fn new() -> Self {
        Self { position: 0, origin: 0, metre: (4, 4), auditioning: false, begins: false }
    }

    pub(super) fn audition(&mut self, on: bool) {
        self.begins = on && (self.begins || !self.auditioning);
        self.auditioning = on;
    }

    pub(super) fn run(&mut self, host: &ExactHost, frames: u32) -> Moment {
        let says = host.present;
        let (tenths, metre) = if says { (host.tenths_of_bpm, host.metre) } else { (DEFAULT_TENTHS, (4, 4)) };
        let bar = |metre: (i64, i64)| BEAT * 4 * metre.0 / metre.1;
        if metre != self.metre {
            // Bars of another metre are counted from the bar line before.
            self.origin += (self.position - self.origin).div_euclid(bar(self.metre)) * bar(self.metre);
            self.metre = metre;
        }
        let begins = std::mem::take(&mut self.begins) && says;
        if begins {
            self.origin = self.position;
        }
        let (position, frame) = (self.position, frame_ticks(tenths, host.rate_hz));
        self.position += i64::from(frames) * frame;
        Moment {
            position,
            frame,
            bar: bar(metre),
            beat: BEAT * 4 / metre.1,
            origin: self.origin,
            plays: self.auditioning || !says,
            begins,
        }
    }
}
