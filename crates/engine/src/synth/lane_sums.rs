//! From lanes to audio: every voice goes through the strip of its part, and then all are summed.
//!
//! Runs on the audio thread.

use super::strip::{Strip, Sums};
use super::tonal_voices::TONAL_PARTS;
use crate::lanes::{Lanes, Wide, transpose, twice};
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x4, f32x8, f32x16, prelude::*};

/// Which lanes of a group belong to which part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartMasks {
    /// By part, 1 where a lane belongs to it and 0 elsewhere.
    masks: [Lanes; TONAL_PARTS],
}

impl PartMasks {
    /// `lane` belongs to `part`, or to none.
    pub(super) fn set(&mut self, lane: usize, part: Option<usize>) {
        for (of, mask) in self.masks.iter_mut().enumerate() {
            mask.0[lane] = if part == Some(of) { 1.0 } else { 0.0 };
        }
    }

    /// To each lane what belongs to its part.
    #[inline(always)]
    pub(super) fn choose<S: Simd>(&self, simd: S, by_part: [f32; TONAL_PARTS]) -> f32x8<S> {
        let mut chosen = f32x8::splat(simd, 0.0);
        for (mask, value) in self.masks.iter().zip(by_part) {
            chosen += mask.load(simd) * f32x8::splat(simd, value);
        }
        chosen
    }

    /// The gains after `frames`, left and right, and behind them those of the sends.
    #[inline(always)]
    fn gains<S: Simd>(&self, simd: S, strips: &[Strip; TONAL_PARTS], frames: usize) -> [f32x16<S>; 3] {
        let mut by_gain = [[0.0; TONAL_PARTS]; 4];
        for (part, strip) in strips.iter().enumerate() {
            for (by_part, gain) in by_gain.iter_mut().zip(strip.after(frames)) {
                by_part[part] = gain;
            }
        }
        let [left, right, reverb, delay] = by_gain;
        let dry = simd.combine_f32x8(self.choose(simd, left), self.choose(simd, right));
        [dry, twice(simd, self.choose(simd, reverb)), twice(simd, self.choose(simd, delay))]
    }
}

/// One tick of what goes out, while it is still in lanes: all left ones, then all right ones.
#[derive(Debug)]
pub(super) struct LaneSums {
    dry: [Wide; TICK_FRAMES],
    /// To the reverb, and to the delay.
    sends: [[Wide; TICK_FRAMES]; 2],
    /// Of the parts that are summed apart, without their strips.
    apart: [[Wide; TICK_FRAMES]; TONAL_PARTS],
    are_apart: [bool; TONAL_PARTS],
    /// Whether anything goes to the delay. If not, what that sum holds does not matter.
    is_delayed: bool,
    /// Whether nothing was added yet; what the sums hold does not matter then.
    is_empty: bool,
}

impl LaneSums {
    /// Silence.
    pub(super) fn new() -> Self {
        let silence = [Wide::ZERO; TICK_FRAMES];
        Self {
            dry: silence,
            sends: [silence; 2],
            apart: [silence; TONAL_PARTS],
            are_apart: [false; TONAL_PARTS],
            is_delayed: false,
            is_empty: true,
        }
    }

    /// Forgets everything. Some parts may be summed apart from now on.
    pub(super) fn clear(&mut self, are_apart: [bool; TONAL_PARTS]) {
        self.is_empty = true;
        self.are_apart = are_apart;
        for (sum, _) in self.apart.iter_mut().zip(are_apart).filter(|(_, is_apart)| *is_apart) {
            *sum = [Wide::ZERO; TICK_FRAMES];
        }
    }

    /// Adds frames of voices that belong to `parts`, through the strips of these.
    #[inline(always)]
    pub(super) fn add<S: Simd>(
        &mut self,
        simd: S,
        parts: &PartMasks,
        strips: &[Strip; TONAL_PARTS],
        output: &[Wide],
    ) {
        let mut gains = parts.gains(simd, strips, 0);
        let are_still = strips.iter().all(Strip::is_still);
        // The same for all voices of a tick.
        self.is_delayed = strips.iter().any(Strip::is_delayed);
        let [to_reverb, to_delay] = &mut self.sends;
        let sums = self.dry.iter_mut().zip(to_reverb.iter_mut().zip(to_delay));
        for (frame, (output, (dry_sum, (send_sum, delay_sum)))) in output.iter().zip(sums).enumerate() {
            if !are_still {
                gains = parts.gains(simd, strips, frame);
            }
            let dry = output.load(simd) * gains[0];
            let send = dry * gains[1];
            if self.is_delayed {
                let delayed = dry * gains[2];
                delay_sum.store(if self.is_empty { delayed } else { delay_sum.load(simd) + delayed });
            }
            if self.is_empty {
                dry_sum.store(dry);
                send_sum.store(send);
            } else {
                dry_sum.store(dry_sum.load(simd) + dry);
                send_sum.store(send_sum.load(simd) + send);
            }
        }
        self.is_empty = false;
        for (part, sums) in self.apart.iter_mut().enumerate().filter(|(part, _)| self.are_apart[*part]) {
            let mask = twice(simd, parts.masks[part].load(simd));
            for (output, sum) in output.iter().zip(sums) {
                sum.store(sum.load(simd) + mask * output.load(simd));
            }
        }
    }

    /// Adds the first frames of a part that is summed apart to `audio`, as many as that has.
    #[inline(always)]
    pub(super) fn add_apart<S: Simd>(&self, simd: S, part: usize, audio: &mut [&mut [f32]; 2]) {
        across(simd, &self.apart[part], audio);
    }

    /// Adds the first frames to `sums`, as many as these have.
    #[inline(always)]
    pub(super) fn add_to<S: Simd>(&self, simd: S, sums: &mut Sums) {
        if !self.is_empty {
            across(simd, &self.dry, &mut sums.dry);
            across(simd, &self.sends[0], &mut sums.sends[0]);
            if self.is_delayed {
                across(simd, &self.sends[1], &mut sums.sends[1]);
            }
        }
    }
}

/// Adds the sums over all lanes, frame by frame.
#[inline(always)]
fn across<S: Simd>(simd: S, sums: &[Wide], audio: &mut [&mut [f32]; 2]) {
    const QUAD: usize = 4;
    let [left, right] = audio;
    let sides = left.chunks_mut(QUAD).zip(right.chunks_mut(QUAD));
    for (sums, (left, right)) in sums.chunks(QUAD).zip(sides) {
        let mut halves = [[f32x4::splat(simd, 0.0); QUAD]; 2];
        for (frame, sum) in sums.iter().enumerate() {
            let (sum_left, sum_right) = sum.load(simd).split();
            let (a, b) = sum_left.split();
            let (c, d) = sum_right.split();
            (halves[0][frame], halves[1][frame]) = (a + b, c + d);
        }
        add(columns(halves[0]), left);
        add(columns(halves[1]), right);
    }
}

/// The sums of four rows of four.
#[inline(always)]
fn columns<S: Simd>(rows: [f32x4<S>; 4]) -> f32x4<S> {
    let [a, b, c, d] = transpose(rows);
    (a + b) + (c + d)
}

/// As many as there is room for.
#[inline(always)]
fn add<S: Simd>(values: f32x4<S>, frames: &mut [f32]) {
    for (frame, value) in frames.iter_mut().zip(values.to_array()) {
        *frame += value;
    }
}
