//! One size of partition: the taps of its share, as products of spectra.
//!
//! Runs on the audio thread, but for `new`. Overlap-save with a delay line of spectra: W. G. Gardner, "Efficient
//! convolution without input-output delay", JAES 43(3), 1995.

use super::GRID;
use super::response::{TIERS, partitions};
use super::work::{BINS, Spectrum, Work, registers};
use crate::lanes::LANES;
use fearless_simd::{f32x8, prelude::*};

/// The spectra of what was heard: those of the newest partition first, in a ring.
#[derive(Debug)]
pub(super) struct Heard {
    spectrum: Spectrum,
    newest: usize,
    /// How many there are since the last reset; the others count as silence, so that a reset takes no time.
    count: usize,
}

impl Heard {
    /// The sum over all partitions, of eight bins.
    #[inline(always)]
    pub(super) fn product<S: Simd>(&self, simd: S, register: usize, response: &Spectrum) -> [f32x8<S>; 4] {
        let partitions = self.count.min(response.partitions);
        let (before, after) = self.spectrum.row(register).split_at(self.newest * BINS);
        let response = &response.row(register)[..partitions * BINS];
        let (near, far) = response.split_at(response.len().min(after.len()));
        let mut sums = [[f32x8::splat(simd, 0.0); 2]; 4];
        for (heard, response) in [(after, near), (before, far)] {
            for (heard, response) in heard.chunks_exact(BINS).zip(response.chunks_exact(BINS)) {
                add_products(simd, heard, response, &mut sums);
            }
        }
        let [left_re, left_im, right_re, right_im] = sums;
        [
            left_re[0] - left_re[1],
            left_im[0] + left_im[1],
            right_re[0] - right_re[1],
            right_im[0] + right_im[1],
        ]
    }

    /// Makes room for the spectra that come next.
    fn advance(&mut self) {
        let all = self.spectrum.partitions;
        self.newest = (self.newest + all - 1) % all;
        self.count = (self.count + 1).min(all);
    }
}

/// Both summands of each part apart, so that none waits for the other.
#[inline(always)]
fn add_products<S: Simd>(simd: S, heard: &[f32], response: &[f32], sums: &mut [[f32x8<S>; 2]; 4]) {
    let bins =
        |values: &[f32], part: usize| f32x8::from_slice(simd, &values[LANES * part..LANES * (part + 1)]);
    for side in [0, 2] {
        let (re, im) = (bins(heard, side), bins(heard, side + 1));
        let (by_re, by_im) = (bins(response, side), bins(response, side + 1));
        sums[side][0] += re * by_re;
        sums[side][1] += im * by_im;
        sums[side + 1][0] += re * by_im;
        sums[side + 1][1] += im * by_re;
    }
}

/// Where the work on a partition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Take,
    Forward(usize),
    Part,
    Multiply(usize),
    Join,
    Inverse(usize),
    Give,
    Done,
}

/// A tier.
#[derive(Debug)]
pub(super) struct Tier {
    frames: usize,
    /// Whether the work on a partition is done at once, and what comes of it is heard at once.
    is_prompt: bool,
    work: Work,
    heard: Heard,
    stage: Stage,
    /// How much of the work on this partition is done, in steps of a register.
    spent: usize,
    /// What is heard now, and what becomes of it next, by side.
    output: [Vec<f32>; 2],
    next: [Vec<f32>; 2],
    is_heard: bool,
    #[cfg(test)]
    pub(super) work_done: usize,
}

impl Tier {
    /// Steps that a register costs in each stage: a step of the transform, a product, and all else.
    const COST_FFT: usize = 3;
    const COST_PRODUCT: usize = 3;
    const COST_ELSE: usize = 2;
    /// Registers that are multiplied in one go.
    const PRODUCTS: usize = 8;

    /// Number `number` of those for responses of up to `taps_max`. Allocates.
    pub(super) fn new(number: usize, taps_max: usize) -> Self {
        let frames = TIERS[number];
        let spectrum = Spectrum::new(frames, partitions(number, taps_max));
        let silence = || [(); 2].map(|()| vec![0.0; frames]);
        Self {
            frames,
            is_prompt: number == 0,
            work: Work::new(frames),
            heard: Heard { spectrum, newest: 0, count: 0 },
            stage: Stage::Done,
            spent: 0,
            output: silence(),
            next: silence(),
            is_heard: false,
            #[cfg(test)]
            work_done: 0,
        }
    }

    /// Silence.
    pub(super) fn reset(&mut self) {
        (self.heard.newest, self.heard.count) = (0, 0);
        (self.stage, self.is_heard) = (Stage::Done, false);
    }

    /// Adds what it has for the frames from `gone` on, of which a partition began at a multiple of its length.
    pub(super) fn add_to(&self, gone: usize, output: &mut [&mut [f32]; 2]) {
        if !self.is_heard {
            return;
        }
        let place = gone % self.frames;
        for (output, own) in output.iter_mut().zip(&self.output) {
            let own = &own[place..place + output.len()];
            output.iter_mut().zip(own).for_each(|(output, own)| *output += own);
        }
    }

    /// Its share of the work as `gone` frames are gone, a multiple of the grid.
    #[inline(always)]
    pub(super) fn work<S: Simd>(
        &mut self,
        simd: S,
        response: &Spectrum,
        gone: usize,
        recent: &[Vec<f32>; 2],
    ) {
        // A response that is too long for this convolver loses the taps of this tier, which is better than to panic.
        if response.partitions == 0 || response.partitions > self.heard.spectrum.partitions {
            return;
        }
        let place = gone % self.frames;
        if place == 0 {
            self.begin();
        }
        let all = self.cost(response.partitions.min(self.heard.count.max(1)));
        // The last step of all goes on until it is done.
        let due = if place + GRID >= self.frames { usize::MAX } else { all * (place + GRID) / self.frames };
        while self.stage != Stage::Done && self.spent < due {
            self.advance(simd, response, gone, recent);
        }
        if self.is_prompt {
            self.begin_output();
        }
    }

    /// A partition is full.
    fn begin(&mut self) {
        if !self.is_prompt && self.heard.count > 0 {
            self.begin_output();
        }
        self.heard.advance();
        (self.stage, self.spent) = (Stage::Take, 0);
    }

    fn begin_output(&mut self) {
        std::mem::swap(&mut self.output, &mut self.next);
        self.is_heard = true;
    }

    /// What a partition costs.
    fn cost(&self, partitions: usize) -> usize {
        let (all, steps) = (2 * self.frames / LANES, self.work.fft.steps());
        let products = Self::COST_PRODUCT * registers(self.frames) * partitions;
        all * (2 * steps * Self::COST_FFT / self.work.fft.pieces() + 4 * Self::COST_ELSE) + products
    }

    /// One step.
    #[inline(always)]
    fn advance<S: Simd>(&mut self, simd: S, response: &Spectrum, gone: usize, recent: &[Vec<f32>; 2]) {
        let (all, steps) = (self.work.area.front.re.len(), self.work.fft.steps());
        let (next, cost) = match self.stage {
            Stage::Take => {
                self.take(gone, recent);
                (Stage::Forward(0), all * Self::COST_ELSE)
            }
            Stage::Forward(step) => {
                self.work.fft.step(simd, step, &mut self.work.area);
                let next = if step + 1 < steps { Stage::Forward(step + 1) } else { Stage::Part };
                (next, all * Self::COST_FFT / self.work.fft.pieces())
            }
            Stage::Part => {
                self.work.part_sides(simd, &mut self.heard.spectrum, self.heard.newest);
                (Stage::Multiply(0), all * Self::COST_ELSE)
            }
            Stage::Multiply(first) => {
                let end = registers(self.frames).min(first + Self::PRODUCTS);
                self.work.multiply(simd, first..end, &self.heard, response);
                let next = if end < registers(self.frames) { Stage::Multiply(end) } else { Stage::Join };
                let partitions = self.heard.count.min(response.partitions);
                (next, (end - first) * partitions * Self::COST_PRODUCT)
            }
            Stage::Join => {
                self.work.join_sides(simd);
                (Stage::Inverse(0), all * Self::COST_ELSE)
            }
            Stage::Inverse(step) => {
                self.work.fft.step(simd, step, &mut self.work.area);
                let next = if step + 1 < steps { Stage::Inverse(step + 1) } else { Stage::Give };
                (next, all * Self::COST_FFT / self.work.fft.pieces())
            }
            Stage::Give => {
                self.give();
                (Stage::Done, all * Self::COST_ELSE)
            }
            Stage::Done => (Stage::Done, 1),
        };
        self.stage = next;
        self.spent += cost;
        #[cfg(test)]
        {
            self.work_done += cost;
        }
    }

    /// The last two partitions of what came in.
    fn take(&mut self, gone: usize, recent: &[Vec<f32>; 2]) {
        let size = recent[0].len();
        let from = (gone + size - 2 * self.frames) % size;
        let parts = [&mut self.work.area.front.re, &mut self.work.area.front.im];
        for (part, ring) in parts.into_iter().zip(recent) {
            let (late, early) = ring.split_at(from);
            let values = early.chunks_exact(LANES).chain(late.chunks_exact(LANES));
            for (lanes, values) in part.iter_mut().zip(values) {
                lanes.0.copy_from_slice(values);
            }
        }
    }

    /// The second half is what is wanted; its parts are swapped.
    fn give(&mut self) {
        let parts = [&self.work.area.front.im, &self.work.area.front.re];
        for (part, next) in parts.into_iter().zip(&mut self.next) {
            let half = &part[part.len() / 2..];
            for (lanes, next) in half.iter().zip(next.chunks_exact_mut(LANES)) {
                next.copy_from_slice(&lanes.0);
            }
        }
    }
}
