//! Spectra, and where they are made and multiplied.
//!
//! Runs on the audio thread, but for `new`. Left and right are the real and the imaginary part of one transform.

use super::response::TIERS;
use super::tier::Heard;
use crate::fft::{Area, Fft};
use crate::lanes::{LANES, Lanes};
use fearless_simd::{f32x8, prelude::*};
use std::sync::OnceLock;

/// Numbers of eight bins: real and imaginary parts of the left side, then of the right one.
pub(super) const BINS: usize = 4 * LANES;

/// The spectra of several partitions: all partitions of the first eight bins, then of the next eight, and so on.
#[derive(Debug)]
pub(super) struct Spectrum {
    /// Begins at `start`, so that registers do not lie across cache lines.
    values: Vec<f32>,
    start: usize,
    pub(super) partitions: usize,
}

impl Spectrum {
    /// Of silence. Allocates.
    pub(super) fn new(frames: usize, partitions: usize) -> Self {
        const LINE: usize = 16;
        // Zeros that come straight from the system cost nothing until they are used.
        let values = vec![0.0; registers(frames) * partitions * BINS + LINE];
        let start = values.as_ptr().align_offset(4 * LINE).min(LINE);
        Self { values, start, partitions }
    }

    /// All partitions of eight bins.
    #[inline(always)]
    pub(super) fn row(&self, register: usize) -> &[f32] {
        let from = self.start + register * self.partitions * BINS;
        &self.values[from..from + self.partitions * BINS]
    }

    #[inline(always)]
    fn store<S: Simd>(&mut self, register: usize, partition: usize, bins: [f32x8<S>; 4]) {
        let from = self.start + (register * self.partitions + partition) * BINS;
        let place = &mut self.values[from..from + BINS];
        for (place, bins) in place.chunks_exact_mut(LANES).zip(bins) {
            place.copy_from_slice(&bins.to_array());
        }
    }
}

/// Registers for the bins of a real signal of 2 · `frames`, those at 0 and at half the rate with them.
pub(super) fn registers(frames: usize) -> usize {
    frames / LANES + 1
}

/// The transform of two partitions of `frames`, one of [`TIERS`]; computed once. Allocates.
fn plan(frames: usize) -> &'static Fft {
    static PLANS: [OnceLock<Fft>; TIERS.len()] = [const { OnceLock::new() }; TIERS.len()];
    let place = TIERS.iter().position(|tier| *tier >= frames).unwrap_or(TIERS.len() - 1);
    PLANS[place].get_or_init(|| Fft::new(2 * TIERS[place]))
}

/// The workplace of a tier.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) fft: &'static Fft,
    pub(super) area: Area,
    /// The spectrum that goes back, by left and right, real and imaginary.
    product: [Vec<f32>; 4],
}

impl Work {
    /// For partitions of `frames`. Allocates.
    pub(super) fn new(frames: usize) -> Self {
        let bins = registers(frames) * LANES;
        Self { fft: plan(frames), area: Area::new(2 * frames), product: [(); 4].map(|()| vec![0.0; bins]) }
    }

    /// Takes in what `sample` gives for each side and frame.
    pub(super) fn take(&mut self, sample: impl Fn(usize, usize) -> f32) {
        let parts = [&mut self.area.front.re, &mut self.area.front.im];
        for (side, part) in parts.into_iter().enumerate() {
            let values = part.iter_mut().flat_map(|lanes| &mut lanes.0);
            values.enumerate().for_each(|(frame, value)| *value = sample(side, frame));
        }
    }

    /// The spectra of what was taken in become those of `partition`.
    #[inline(always)]
    pub(super) fn transform<S: Simd>(&mut self, simd: S, spectrum: &mut Spectrum, partition: usize) {
        self.fft.run(simd, &mut self.area);
        self.part_sides(simd, spectrum, partition);
    }

    /// Takes left and right apart: what is even belongs to the left side, what is odd to the right one.
    #[inline(always)]
    pub(super) fn part_sides<S: Simd>(&self, simd: S, spectrum: &mut Spectrum, partition: usize) {
        let (re, im) = (&self.area.front.re, &self.area.front.im);
        let (all, half) = (re.len(), f32x8::splat(simd, 0.5));
        for register in 0..=all / 2 {
            let (re, im) = (
                [re[register].load(simd), mirror(simd, re, register)],
                [im[register].load(simd), mirror(simd, im, register)],
            );
            let left = [half * (re[0] + re[1]), half * (im[0] - im[1])];
            let right = [half * (im[0] + im[1]), half * (re[1] - re[0])];
            spectrum.store(register, partition, [left[0], left[1], right[0], right[1]]);
        }
    }

    /// The product of all spectra heard so far with those of the response, for some registers.
    #[inline(always)]
    pub(super) fn multiply<S: Simd>(
        &mut self,
        simd: S,
        registers: std::ops::Range<usize>,
        heard: &Heard,
        response: &Spectrum,
    ) {
        for register in registers {
            let sums = heard.product(simd, register, response);
            for (product, sum) in self.product.iter_mut().zip(sums) {
                product[LANES * register..LANES * (register + 1)].copy_from_slice(&sum.to_array());
            }
        }
    }

    /// Left and right become one again, parts swapped so that the next transform is the inverse one.
    #[inline(always)]
    pub(super) fn join_sides<S: Simd>(&mut self, simd: S) {
        let [left_re, left_im, right_re, right_im] = &self.product;
        let (re, im) = (&mut self.area.front.re, &mut self.area.front.im);
        let all = re.len();
        for register in 0..all / 2 {
            let bins = |part: &[f32], from: usize| f32x8::from_slice(simd, &part[from..from + LANES]);
            let at = LANES * register;
            re[register].store(bins(left_re, at) - bins(right_im, at));
            im[register].store(bins(left_im, at) + bins(right_re, at));
            let (opposite, at) = (all - 1 - register, at + 1);
            re[opposite].store((bins(left_re, at) + bins(right_im, at)).reverse());
            im[opposite].store((bins(right_re, at) - bins(left_im, at)).reverse());
        }
        self.area.swap_parts();
    }
}

/// Of the bins of register number `register`, those at the negative frequencies.
#[inline(always)]
fn mirror<S: Simd>(simd: S, part: &[Lanes], register: usize) -> f32x8<S> {
    let all = part.len();
    let first = part[(all - register) % all].0[0];
    f32x8::splat(simd, first).slide::<7>(part[all - 1 - register].load(simd).reverse())
}
