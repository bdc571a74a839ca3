//! The first taps, frame by frame: what needs no latency.
//!
//! Runs on the audio thread.

use super::GRID;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x16, prelude::*};

/// The taps of both sides.
pub(super) type Taps = [[f32; GRID]; 2];

/// What the taps still hear, by side: the frames of the grid before, then those of this one, then room for a row.
#[derive(Debug)]
pub(super) struct Head {
    heard: [[f32; 2 * GRID + TICK_FRAMES]; 2],
}

impl Head {
    /// Silent.
    pub(super) fn new() -> Self {
        Self { heard: [[0.0; 2 * GRID + TICK_FRAMES]; 2] }
    }

    /// Silence.
    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }

    /// A new grid begins.
    pub(super) fn go_on(&mut self) {
        for side in &mut self.heard {
            side.copy_within(GRID..2 * GRID, 0);
        }
    }

    /// Overwrites `output` with what the taps make of `input`, which begins at frame `place` of the grid.
    #[inline(always)]
    pub(super) fn process<S: Simd>(
        &mut self,
        simd: S,
        taps: &Taps,
        place: usize,
        input: [&[f32]; 2],
        output: &mut [&mut [f32]; 2],
    ) {
        for (side, heard) in self.heard.iter_mut().enumerate() {
            let begin = GRID + place;
            heard[begin..begin + input[side].len()].copy_from_slice(input[side]);
            for (row, output) in output[side].chunks_mut(TICK_FRAMES).enumerate() {
                let sum = row_of(simd, heard, begin + row * TICK_FRAMES, &taps[side]);
                output.copy_from_slice(&sum[..output.len()]);
            }
        }
    }
}

/// What the frames from `first` on sound like. Four sums side by side, so that none waits for the one before.
#[inline(always)]
fn row_of<S: Simd>(simd: S, heard: &[f32], first: usize, taps: &[f32; GRID]) -> [f32; TICK_FRAMES] {
    let mut sums = [f32x16::splat(simd, 0.0); 4];
    for (group, taps) in taps.chunks_exact(4).enumerate() {
        for (of, (sum, tap)) in sums.iter_mut().zip(taps).enumerate() {
            let from = first - (4 * group + of);
            *sum += f32x16::splat(simd, *tap) * f32x16::from_slice(simd, &heard[from..from + TICK_FRAMES]);
        }
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).to_array()
}
