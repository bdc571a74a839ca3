//! The Fourier transform, in steps that may be spread over many blocks.
//!
//! Runs on the audio thread, but for `new`. T. G. Stockham's self-sorting form of radix 4, as in C. Van Loan,
//! "Computational Frameworks for the Fast Fourier Transform", SIAM, 1992. Eight transforms of every eighth point run side
//! by side in lanes; the last step joins them. No fused operations, so that every processor gives the same to the bit.

use crate::lanes::{LANES, Lanes};
use fearless_simd::{f32x8, prelude::*};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};
use std::ops::Range;

/// A register of real parts and one of imaginary parts.
type Complex<S> = [f32x8<S>; 2];

/// Complex numbers, real and imaginary parts apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Planar {
    pub(crate) re: Vec<Lanes>,
    pub(crate) im: Vec<Lanes>,
}

impl Planar {
    /// `points` zeros, a multiple of eight. Allocates.
    pub(crate) fn new(points: usize) -> Self {
        let zeros = || vec![Lanes::ZERO; points / LANES];
        Self { re: zeros(), im: zeros() }
    }

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, place: usize) -> Complex<S> {
        [self.re[place].load(simd), self.im[place].load(simd)]
    }

    #[inline(always)]
    fn store<S: Simd>(&mut self, place: usize, [re, im]: Complex<S>) {
        self.re[place].store(re);
        self.im[place].store(im);
    }
}

/// Where a transform takes place: what goes in lies in `front`, and what comes out too.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    pub(crate) front: Planar,
    back: Planar,
}

impl Area {
    /// For `points`. Allocates.
    pub(crate) fn new(points: usize) -> Self {
        Self { front: Planar::new(points), back: Planar::new(points) }
    }

    /// Real parts become imaginary and the other way round. A transform between two of these is the inverse one, but for
    /// its scale.
    pub(crate) fn swap_parts(&mut self) {
        std::mem::swap(&mut self.front.re, &mut self.front.im);
    }
}

/// Once through all points.
#[derive(Clone, Debug)]
enum Pass {
    /// Butterflies of four: the stride, and for each group its three twiddles.
    Four(usize, Vec<[[f32; 2]; 3]>),
    /// Butterflies of two, without twiddles.
    Two,
    /// The eight lanes become one, by the twiddles of every register.
    Lanes(Vec<[Lanes; 2]>),
}

/// The transform of one size.
#[derive(Clone, Debug)]
pub(crate) struct Fft {
    passes: Vec<Pass>,
    /// Steps of each pass: more where it has more to do.
    pieces: usize,
}

impl Fft {
    /// Registers that one step goes through.
    const PIECE: usize = 128;

    /// For `points`, a power of two from 64 on. Allocates.
    pub(crate) fn new(points: usize) -> Self {
        let registers = points / LANES;
        let (mut passes, mut left, mut stride) = (Vec::new(), registers, 1);
        while left >= 4 {
            let twiddles = (0..left / 4).map(|group| [1, 2, 3].map(|of| twiddle(group * of, left)));
            passes.push(Pass::Four(stride, twiddles.collect()));
            (left, stride) = (left / 4, stride * 4);
        }
        if left == 2 {
            passes.push(Pass::Two);
        }
        let joining = (0..registers).map(|place| {
            let lane = |part: usize| Lanes(std::array::from_fn(|lane| twiddle(lane * place, points)[part]));
            [lane(0), lane(1)]
        });
        passes.push(Pass::Lanes(joining.collect()));
        Self { passes, pieces: (registers / Self::PIECE).max(1) }
    }

    /// How many steps.
    pub(crate) fn steps(&self) -> usize {
        self.passes.len() * self.pieces
    }

    /// How many of them go once through all points.
    pub(crate) fn pieces(&self) -> usize {
        self.pieces
    }

    /// Step number `step` < [`Self::steps`] of what lies in `area`.
    #[inline(always)]
    pub(crate) fn step<S: Simd>(&self, simd: S, step: usize, area: &mut Area) {
        let (pass, piece) = (step / self.pieces, step % self.pieces);
        let of = |all: usize| all * piece / self.pieces..all * (piece + 1) / self.pieces;
        let registers = area.front.re.len();
        match &self.passes[pass] {
            Pass::Four(stride, twiddles) => fours(simd, area, of(registers / 4), *stride, twiddles),
            Pass::Two => twos(simd, area, of(registers / 2)),
            Pass::Lanes(twiddles) => join(simd, area, of(registers / LANES), twiddles),
        }
        if piece + 1 == self.pieces {
            std::mem::swap(&mut area.front, &mut area.back);
        }
    }

    /// The whole of it.
    #[inline(always)]
    pub(crate) fn run<S: Simd>(&self, simd: S, area: &mut Area) {
        for step in 0..self.steps() {
            self.step(simd, step, area);
        }
    }
}

/// The `turns`-th power of the `of`-th root of 1, turning backwards.
fn twiddle(turns: usize, of: usize) -> [f32; 2] {
    let angle = -TAU * (turns % of) as f64 / of as f64;
    [angle.cos() as f32, angle.sin() as f32]
}

#[inline(always)]
fn add<S: Simd>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    [a[0] + b[0], a[1] + b[1]]
}

#[inline(always)]
fn sub<S: Simd>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    [a[0] - b[0], a[1] - b[1]]
}

#[inline(always)]
fn mul<S: Simd>(a: Complex<S>, b: Complex<S>) -> Complex<S> {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// A quarter turn backwards: times −i.
#[inline(always)]
fn back<S: Simd>([re, im]: Complex<S>) -> Complex<S> {
    [im, -re]
}

/// The transform of four.
#[inline(always)]
fn four<S: Simd>([a, b, c, d]: [Complex<S>; 4]) -> [Complex<S>; 4] {
    let (ac, bd) = (add(a, c), add(b, d));
    let (a_c, b_d) = (sub(a, c), back(sub(b, d)));
    [add(ac, bd), add(a_c, b_d), sub(ac, bd), sub(a_c, b_d)]
}

#[inline(always)]
fn fours<S: Simd>(simd: S, area: &mut Area, places: Range<usize>, stride: usize, twiddles: &[[[f32; 2]; 3]]) {
    let quarter = area.front.re.len() / 4;
    let groups = places.start / stride..places.end.div_ceil(stride);
    for (group, twiddles) in twiddles.iter().enumerate().take(groups.end).skip(groups.start) {
        let [one, two, three] = twiddles.map(|turn| turn.map(|part| f32x8::splat(simd, part)));
        for place in places.start.max(stride * group)..places.end.min(stride * (group + 1)) {
            let input = [0, 1, 2, 3].map(|of: usize| area.front.load(simd, place + of * quarter));
            let [a, b, c, d] = four(input);
            let to = place + 3 * stride * group;
            area.back.store(to, a);
            area.back.store(to + stride, mul(b, one));
            area.back.store(to + 2 * stride, mul(c, two));
            area.back.store(to + 3 * stride, mul(d, three));
        }
    }
}

#[inline(always)]
fn twos<S: Simd>(simd: S, area: &mut Area, places: Range<usize>) {
    let half = area.front.re.len() / 2;
    for place in places {
        let (a, b) = (area.front.load(simd, place), area.front.load(simd, place + half));
        area.back.store(place, add(a, b));
        area.back.store(place + half, sub(a, b));
    }
}

/// The eight transforms in the lanes become one: eight registers at a time are turned so that the lanes lie in different
/// registers, whose transform of eight is the rest.
#[inline(always)]
fn join<S: Simd>(simd: S, area: &mut Area, groups: Range<usize>, twiddles: &[[Lanes; 2]]) {
    let eighth = area.front.re.len() / LANES;
    for group in groups {
        let twiddles = &twiddles[LANES * group..LANES * (group + 1)];
        let mut rows = [[f32x8::splat(simd, 0.0); 2]; LANES];
        for (place, (row, twiddle)) in rows.iter_mut().zip(twiddles).enumerate() {
            let twiddle = [twiddle[0].load(simd), twiddle[1].load(simd)];
            *row = mul(area.front.load(simd, LANES * group + place), twiddle);
        }
        let re = transpose(rows.map(|row| row[0]));
        let im = transpose(rows.map(|row| row[1]));
        let columns = std::array::from_fn(|lane| [re[lane], im[lane]]);
        for (octant, column) in eight(simd, columns).into_iter().enumerate() {
            area.back.store(group + eighth * octant, column);
        }
    }
}

/// The transform of eight.
#[inline(always)]
fn eight<S: Simd>(simd: S, [a, b, c, d, e, f, g, h]: [Complex<S>; LANES]) -> [Complex<S>; LANES] {
    let even = four([a, c, e, g]);
    let odd = four([b, d, f, h]);
    let root = f32x8::splat(simd, FRAC_1_SQRT_2 as f32);
    let turned = [
        odd[0],
        [root * (odd[1][0] + odd[1][1]), root * (odd[1][1] - odd[1][0])],
        back(odd[2]),
        [root * (odd[3][1] - odd[3][0]), -root * (odd[3][0] + odd[3][1])],
    ];
    let sum = |of: usize| add(even[of], turned[of]);
    let difference = |of: usize| sub(even[of], turned[of]);
    [sum(0), sum(1), sum(2), sum(3), difference(0), difference(1), difference(2), difference(3)]
}

/// Rows become columns: three perfect shuffles.
#[inline(always)]
fn transpose<S: Simd>(mut rows: [f32x8<S>; LANES]) -> [f32x8<S>; LANES] {
    for _ in 0..3 {
        let [a, b, c, d, e, f, g, h] = rows;
        rows = [
            a.zip_low(e),
            a.zip_high(e),
            b.zip_low(f),
            b.zip_high(f),
            c.zip_low(g),
            c.zip_high(g),
            d.zip_low(h),
            d.zip_high(h),
        ];
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use fearless_simd::{Level, dispatch};
    use realfft::num_complex::Complex32;

    fn noise(points: usize) -> Planar {
        let mut random = Random::new(3);
        let mut planar = Planar::new(points);
        let all = planar.re.iter_mut().chain(&mut planar.im);
        all.flat_map(|lanes| &mut lanes.0).for_each(|value| *value = random.next_bipolar());
        planar
    }

    fn values(planar: &Planar) -> Vec<Complex32> {
        let flat = |part: &[Lanes]| part.iter().flat_map(|lanes| lanes.0).collect::<Vec<_>>();
        flat(&planar.re).into_iter().zip(flat(&planar.im)).map(|(re, im)| Complex32::new(re, im)).collect()
    }

    #[test]
    fn it_is_the_fourier_transform_and_its_inverse() {
        for points in [64, 128, 256, 1024, 8192] {
            let (fft, input) = (Fft::new(points), noise(points));
            let mut area = Area::new(points);
            area.front = input.clone();
            dispatch!(Level::new(), simd => fft.run(simd, &mut area));
            let mut worst = 0.0_f64;
            for bin in [0, 1, 7, 8, points / 4 + 3, points / 2, points - 1] {
                let mut sum = [0.0_f64; 2];
                for (n, value) in values(&input).iter().enumerate() {
                    let angle = -TAU * (n * bin % points) as f64 / points as f64;
                    let (re, im) = (f64::from(value.re), f64::from(value.im));
                    sum[0] += re * angle.cos() - im * angle.sin();
                    sum[1] += re * angle.sin() + im * angle.cos();
                }
                let found = values(&area.front)[bin];
                worst = worst.max((f64::from(found.re) - sum[0]).hypot(f64::from(found.im) - sum[1]));
            }
            let relative = worst / (points as f64 * 2.0 / 3.0).sqrt();
            println!("{points} points: error {relative:.2e} of the level");
            assert!(relative < 1e-6, "{points}: {relative}");
            area.swap_parts();
            dispatch!(Level::new(), simd => fft.run(simd, &mut area));
            area.swap_parts();
            for (back, input) in values(&area.front).iter().zip(values(&input)) {
                assert!((back / points as f32 - input).norm() < 2e-6);
            }
        }
    }
}
