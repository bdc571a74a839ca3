//! An allpass diffuser, in stereo.
//!
//! Runs on the audio thread, but for `new`. M. R. Schroeder, "Natural sounding artificial reverberation", Journal of the
//! Audio Engineering Society 10(3), 1962.

use super::delay::{DelayLines, Lengths};
use crate::tick::Ramp;

/// The diffuser.
#[derive(Debug)]
pub(super) struct Diffuser {
    lines: DelayLines<2>,
    lengths: Lengths<2>,
    gain: Ramp,
}

impl Diffuser {
    /// A silent one for lengths up to `delay_max` frames. Allocates.
    pub(super) fn new(delay_max: usize, sample_rate_hz: f32) -> Self {
        Self {
            lines: DelayLines::new(delay_max),
            lengths: Lengths::new(sample_rate_hz),
            gain: Ramp::default(),
        }
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// As new.
    pub(super) fn reset(&mut self, sample_rate_hz: f32) {
        self.clear();
        self.lengths = Lengths::new(sample_rate_hz);
        self.gain = Ramp::default();
    }

    /// Begins a tick: `gain` in [0, 1) is how strongly it diffuses.
    pub(super) fn tick(&mut self, lengths: [usize; 2], gain: f32, share: f32) {
        self.lengths.aim(lengths);
        self.gain.aim(gain, share);
    }

    /// The next frame.
    #[inline]
    pub(super) fn next(&mut self, input: [f32; 2]) -> [f32; 2] {
        self.lengths.advance();
        let gain = self.gain.next();
        let delayed: [f32; 2] =
            std::array::from_fn(|side| self.lengths.read(side, |length| self.lines.read(side, length)));
        let inner = [input[0] + gain * delayed[0], input[1] + gain * delayed[1]];
        self.lines.push(inner);
        [delayed[0] - gain * inner[0], delayed[1] - gain * inner[1]]
    }
}
