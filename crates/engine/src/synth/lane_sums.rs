//! From lanes to audio: every voice goes through the strip of its part, and then all are summed.
//!
//! Runs on the audio thread.

use super::oscillators::{Readings, Sides};
use super::sound::MAX_OSCILLATORS;
use super::strip::{Strip, Sums};
use super::tonal_voices::TONAL_PARTS;
use super::wavetable::Places;
use crate::lanes::{LANES, Lanes, Wide, transpose, twice};
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x4, f32x8, f32x16, prelude::*};

/// Frames that are summed together.
const QUAD: usize = 4;

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
    pub(super) fn gains<S: Simd>(
        &self,
        simd: S,
        strips: [&Strip; TONAL_PARTS],
        frames: usize,
    ) -> [f32x16<S>; 3] {
        let mut by_gain = [[0.0; TONAL_PARTS]; 4];
        for (part, strip) in strips.into_iter().enumerate() {
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
    /// A workplace, by lane of a group: what its oscillators give.
    pub(super) sides: [Sides; LANES],
    /// The same by frame: what comes out of its voices.
    pub(super) output: [Wide; TICK_FRAMES],
    /// A workplace of the oscillators.
    pub(super) readings: Readings,
    dry: [Wide; TICK_FRAMES],
    /// To the reverb, and to the delay.
    sends: [[Wide; TICK_FRAMES]; 2],
    /// Of the parts that are summed apart, without their strips.
    apart: [[Wide; TICK_FRAMES]; TONAL_PARTS],
    are_apart: [bool; TONAL_PARTS],
    /// Whether the strips stay as they are in this tick.
    are_still: bool,
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
            sides: Default::default(),
            readings: [[[Places::NONE; MAX_OSCILLATORS]; 2]; 2],
            output: silence,
            dry: silence,
            sends: [silence; 2],
            apart: [silence; TONAL_PARTS],
            are_apart: [false; TONAL_PARTS],
            are_still: true,
            is_delayed: false,
            is_empty: true,
        }
    }

    /// Forgets everything. What is added from now on goes through `strips`; some parts may be summed apart.
    pub(super) fn clear(&mut self, strips: [&Strip; TONAL_PARTS], are_apart: [bool; TONAL_PARTS]) {
        self.is_empty = true;
        self.are_apart = are_apart;
        self.are_still = strips.iter().all(|strip| strip.is_still());
        self.is_delayed = strips.iter().any(|strip| strip.is_delayed());
        for (sum, _) in self.apart.iter_mut().zip(are_apart).filter(|(_, is_apart)| *is_apart) {
            *sum = [Wide::ZERO; TICK_FRAMES];
        }
    }

    /// Whether all goes through strips that are still, and nothing to the delay.
    pub(super) fn are_plain(&self) -> bool {
        self.are_still && !self.is_delayed && self.are_apart == [false; TONAL_PARTS]
    }

    /// Where they are plain: whether nothing was added yet, and the sums, to which the caller adds.
    pub(super) fn plain(&mut self) -> (bool, &mut [Wide; TICK_FRAMES], &mut [Wide; TICK_FRAMES]) {
        (std::mem::take(&mut self.is_empty), &mut self.dry, &mut self.sends[0])
    }

    /// Adds the first `frames` of the output of voices that belong to `parts`, through the strips of these.
    #[inline(always)]
    pub(super) fn add<S: Simd>(
        &mut self,
        simd: S,
        parts: &PartMasks,
        strips: [&Strip; TONAL_PARTS],
        frames: usize,
    ) {
        let mut gains = parts.gains(simd, strips, 0);
        let output = &self.output[..frames];
        let [to_reverb, to_delay] = &mut self.sends;
        let sums = self.dry.iter_mut().zip(to_reverb.iter_mut().zip(to_delay));
        for (frame, (output, (dry_sum, (send_sum, delay_sum)))) in output.iter().zip(sums).enumerate() {
            if !self.are_still {
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
fn across<S: Simd>(simd: S, sums: &[Wide; TICK_FRAMES], audio: &mut [&mut [f32]; 2]) {
    let [left, right] = audio;
    let sides = left.chunks_mut(QUAD).zip(right.chunks_mut(QUAD));
    for (sums, (left, right)) in sums.chunks_exact(QUAD).zip(sides) {
        let [sum_left, sum_right] = across_four(simd, sums);
        add(simd, sum_left, left);
        add(simd, sum_right, right);
    }
}

/// The sums over all lanes of four frames, left and right.
#[inline(always)]
fn across_four<S: Simd>(simd: S, sums: &[Wide]) -> [f32x4<S>; 2] {
    let mut halves = [[f32x4::splat(simd, 0.0); QUAD]; 2];
    for (frame, sum) in sums.iter().enumerate().take(QUAD) {
        let (sum_left, sum_right) = sum.load(simd).split();
        let (a, b) = sum_left.split();
        let (c, d) = sum_right.split();
        (halves[0][frame], halves[1][frame]) = (a + b, c + d);
    }
    [columns(halves[0]), columns(halves[1])]
}

/// The sums of four rows of four.
#[inline(always)]
fn columns<S: Simd>(rows: [f32x4<S>; QUAD]) -> f32x4<S> {
    let [a, b, c, d] = transpose(rows);
    (a + b) + (c + d)
}

/// As many as there is room for.
#[inline(always)]
fn add<S: Simd>(simd: S, values: f32x4<S>, frames: &mut [f32]) {
    if frames.len() == QUAD {
        (f32x4::from_slice(simd, frames) + values).store_slice(frames);
    } else {
        for (frame, value) in frames.iter_mut().zip(values.to_array()) {
            *frame += value;
        }
    }
}
