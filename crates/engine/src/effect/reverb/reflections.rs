//! The early reflections: what comes back from the walls once, before everything mixes.
//!
//! Runs on the audio thread, but for `new`.

use super::room::{REFLECTIONS, Room};
use crate::effect::delay_lines::{DelayLines, Lengths};
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x16, prelude::*};

/// The reflections.
#[derive(Debug)]
pub(super) struct Reflections {
    lines: DelayLines<2>,
    lengths: Lengths<REFLECTIONS>,
}

impl Reflections {
    /// Silent ones, up to `delay_max` frames late. Allocates.
    pub(super) fn new(delay_max: usize, sample_rate_hz: f32) -> Self {
        Self { lines: DelayLines::new(delay_max), lengths: Lengths::new(sample_rate_hz) }
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// The next lengths count at once.
    pub(super) fn forget_lengths(&mut self) {
        self.lengths.forget();
    }

    /// Fades to `lengths`, in frames, unless a fade is under way. Called once a tick.
    pub(super) fn aim(&mut self, lengths: [usize; REFLECTIONS]) {
        self.lengths.aim(lengths);
    }

    /// Whether no fade is under way.
    pub(super) fn are_still(&self) -> bool {
        self.lengths.are_still()
    }

    /// Those of the next `frames`, left and right; silence where they are not heard.
    #[inline(always)]
    pub(super) fn next<S: Simd>(
        &mut self,
        simd: S,
        input: [f32x16<S>; 2],
        frames: usize,
        are_heard: bool,
    ) -> [f32x16<S>; 2] {
        let mut sum = [f32x16::splat(simd, 0.0); 2];
        self.lines.write(0, input[0], frames);
        self.lines.write(1, input[1], frames);
        if are_heard {
            for index in 0..REFLECTIONS {
                let gain = f32x16::splat(simd, Room::reflection_gain(index));
                sum[index % 2] += gain * self.lengths.read(simd, (index % 2, index), &self.lines, 0);
            }
        }
        self.lines.advance(frames);
        self.lengths.advance(frames);
        sum
    }

    /// Whether the lines hold all that is read.
    pub(super) fn are_filled(&self) -> bool {
        self.lines.reach(self.lengths.longest())
    }

    /// As [`Self::next`] for a whole tick, in which nothing glides and the lines are filled.
    #[inline(always)]
    pub(super) fn next_whole<S: Simd>(
        &mut self,
        simd: S,
        input: [f32x16<S>; 2],
        are_heard: bool,
    ) -> [f32x16<S>; 2] {
        // Side by side and not by index, so that both sums stay in registers.
        let [mut left, mut right] = [f32x16::splat(simd, 0.0); 2];
        self.lines.write(0, input[0], TICK_FRAMES);
        self.lines.write(1, input[1], TICK_FRAMES);
        if are_heard {
            let lengths = *self.lengths.target();
            for pair in 0..REFLECTIONS / 2 {
                let gains = [2 * pair, 2 * pair + 1].map(Room::reflection_gain);
                left += f32x16::splat(simd, gains[0]) * self.lines.read_written(simd, 0, lengths[2 * pair]);
                right +=
                    f32x16::splat(simd, gains[1]) * self.lines.read_written(simd, 1, lengths[2 * pair + 1]);
            }
        }
        self.lines.advance(TICK_FRAMES);
        [left, right]
    }
}
