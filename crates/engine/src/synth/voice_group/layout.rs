//! From rows to lanes: what the oscillators of each voice gave for a tick becomes, frame by frame, what all voices gave.
//!
//! Runs on the audio thread.

use crate::lanes::{LANES, Wide, transpose};
use crate::synth::oscillators::Sides;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x4, f32x16, prelude::*};

/// Frames, and lanes, that are transposed together.
const QUAD: usize = 4;

/// All frames of all voices.
#[inline(always)]
pub(super) fn lay_out<S: Simd>(simd: S, voices: &[Sides; LANES], input: &mut [Wide; TICK_FRAMES]) {
    if S::f32s::LEN == TICK_FRAMES {
        shuffle(simd, voices, input);
    } else {
        for (quad, input) in input.chunks_exact_mut(QUAD).enumerate() {
            lay_out_quad(simd, voices, quad * QUAD, input);
        }
    }
}

/// Where a register holds a whole row. Sixteen rows become columns when four times the first half of them is shuffled with the
/// second, as a pack of cards is.
#[inline(always)]
fn shuffle<S: Simd>(simd: S, voices: &[Sides; LANES], input: &mut [Wide; TICK_FRAMES]) {
    let mut pack = [f32x16::splat(simd, 0.0); 2 * LANES];
    for lane in 0..LANES {
        pack[lane] = voices[lane][0].load(simd);
        pack[LANES + lane] = voices[lane][1].load(simd);
    }
    for _ in 0..4 {
        let before = pack;
        for row in 0..LANES {
            pack[2 * row] = before[row].zip_low(before[LANES + row]);
            pack[2 * row + 1] = before[row].zip_high(before[LANES + row]);
        }
    }
    for frame in 0..TICK_FRAMES {
        input[frame].store(pack[frame]);
    }
}

/// Four frames of all voices, from `first` on.
#[inline(always)]
fn lay_out_quad<S: Simd>(simd: S, voices: &[Sides; LANES], first: usize, input: &mut [Wide]) {
    let [left_low, right_low] = lay_out_four(simd, voices, 0, first);
    let [left_high, right_high] = lay_out_four(simd, voices, QUAD, first);
    for (frame, input) in input.iter_mut().enumerate().take(QUAD) {
        let left = simd.combine_f32x4(left_low[frame], left_high[frame]);
        let right = simd.combine_f32x4(right_low[frame], right_high[frame]);
        input.store(simd.combine_f32x8(left, right));
    }
}

/// By side and frame, four voices from `lane` on.
#[inline(always)]
fn lay_out_four<S: Simd>(
    simd: S,
    voices: &[Sides; LANES],
    lane: usize,
    first: usize,
) -> [[f32x4<S>; QUAD]; 2] {
    let voices = &voices[lane..lane + QUAD];
    let mut sides = [[f32x4::splat(simd, 0.0); QUAD]; 2];
    for (side, columns) in sides.iter_mut().enumerate() {
        for (column, voices) in columns.iter_mut().zip(voices) {
            *column = f32x4::from_slice(simd, &voices[side].0[first..first + QUAD]);
        }
        *columns = transpose(*columns);
    }
    sides
}
