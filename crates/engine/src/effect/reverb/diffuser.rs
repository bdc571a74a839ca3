//! An allpass diffuser, in stereo.
//!
//! Runs on the audio thread, but for `new`. M. R. Schroeder, "Natural sounding artificial reverberation", Journal of the
//! Audio Engineering Society 10(3), 1962.

use crate::effect::delay_lines::{DelayLines, Lengths};
use crate::tick::{Ramp, TICK_FRAMES};
use fearless_simd::{f32x16, prelude::*};

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

    /// The next lengths count at once.
    pub(super) fn forget_lengths(&mut self) {
        self.lengths.forget();
    }

    /// As new.
    pub(super) fn reset(&mut self) {
        self.clear();
        self.forget_lengths();
        self.gain = Ramp::default();
    }

    /// Begins a tick: `gain` in [0, 1) is how strongly it diffuses.
    pub(super) fn tick(&mut self, lengths: [usize; 2], gain: f32, share: f32) {
        self.lengths.aim(lengths);
        self.gain.aim(gain, share);
    }

    /// Whether everything that glides has arrived.
    pub(super) fn is_still(&self) -> bool {
        self.lengths.are_still() && self.gain.is_still()
    }

    /// A row may be at most this long.
    pub(super) fn frames_max(&self) -> usize {
        self.lengths.shortest()
    }

    /// The next `frames`.
    #[inline(always)]
    pub(super) fn next<S: Simd>(
        &mut self,
        simd: S,
        mut rows: [f32x16<S>; 2],
        frames: usize,
    ) -> [f32x16<S>; 2] {
        let gain = self.gain.row(simd);
        for (side, row) in rows.iter_mut().enumerate() {
            let delayed = self.lengths.read(simd, (side, side), &self.lines, 0);
            let inner = *row + gain * delayed;
            self.lines.write(side, inner, frames);
            *row = delayed - gain * inner;
        }
        self.lines.advance(frames);
        self.lengths.advance(frames);
        self.gain.skip(frames);
        rows
    }

    /// Whether the lines hold all that is read.
    pub(super) fn is_filled(&self) -> bool {
        self.lines.reach(self.lengths.longest())
    }

    /// The next frames of a whole tick, in which nothing glides and the lines are filled.
    #[inline(always)]
    pub(super) fn next_whole<S: Simd>(&mut self, simd: S, mut rows: [f32x16<S>; 2]) -> [f32x16<S>; 2] {
        let gain = f32x16::splat(simd, self.gain.end());
        let lengths = *self.lengths.target();
        for side in 0..2 {
            let delayed = self.lines.read_written(simd, side, lengths[side]);
            let inner = rows[side] + gain * delayed;
            self.lines.write(side, inner, TICK_FRAMES);
            rows[side] = delayed - gain * inner;
        }
        self.lines.advance(TICK_FRAMES);
        rows
    }
}
