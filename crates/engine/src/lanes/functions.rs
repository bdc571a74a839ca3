//! Functions of eight numbers: polynomials that are as good as rounding allows.
//!
//! Runs on the audio thread. Series of Taylor, and for the tangent H. Padé's approximant, over a range that is short enough.

use fearless_simd::{f32x8, i32x8, prelude::*};
use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, LN_2, TAU};

/// The polynomial of these coefficients, from the lowest power to the highest. G. Estrin's order of 1960: pairs of them do not
/// wait for each other.
#[inline(always)]
fn polynomial<S: Simd>(simd: S, x: f32x8<S>, coefficients: [[f32; 2]; 4]) -> f32x8<S> {
    let [a, b, c, d] = coefficients;
    let (a, b) = (pair(simd, x, a), pair(simd, x, b));
    let (c, d) = (pair(simd, x, c), pair(simd, x, d));
    let square = x * x;
    (a + b * square) + (c + d * square) * (square * square)
}

#[inline(always)]
fn pair<S: Simd, F: SimdFloat<S, Element = f32>>(simd: S, x: F, [low, high]: [f32; 2]) -> F {
    F::splat(simd, low) + F::splat(simd, high) * x
}

/// 2 to the power of x, for x in [−120, 120]; beyond, that of the nearest of these. Exact for whole numbers.
#[inline(always)]
pub(crate) fn exp2<S: Simd>(simd: S, x: f32x8<S>) -> f32x8<S> {
    let x = x.max(f32x8::splat(simd, -120.0)).min(f32x8::splat(simd, 120.0));
    let whole = x.round_ties_even();
    let rest = (x - whole) * f32x8::splat(simd, LN_2);
    let coefficients = [[1.0, 1.0], [0.5, 1.0 / 6.0], [1.0 / 24.0, 1.0 / 120.0], [1.0 / 720.0, 1.0 / 5040.0]];
    let power = polynomial(simd, rest, coefficients);
    let exponent: i32x8<S> = whole.to_int();
    let scale: f32x8<S> = ((exponent + 127) << 23).bitcast();
    power * scale
}

/// The sine of a phase in [0, 1), where 1 is a whole cycle.
#[inline(always)]
pub(crate) fn sine<S: Simd>(simd: S, phase: f32x8<S>) -> f32x8<S> {
    let around = phase - phase.round_ties_even();
    let quarter = f32x8::splat(simd, 0.25);
    // Beyond a quarter the sine comes back.
    let mirrored = f32x8::splat(simd, 0.5).copysign(around) - around;
    let x = around.abs().simd_gt(quarter).select(mirrored, around) * f32x8::splat(simd, TAU);
    x * sine_over_x(simd, x * x)
}

/// The tangent of x in [0, π/2), by the Padé approximant of order 5 and 4.
#[inline(always)]
pub(crate) fn tangent<S: Simd>(simd: S, x: f32x8<S>) -> f32x8<S> {
    let is_steep = x.simd_gt(f32x8::splat(simd, FRAC_PI_4));
    let near = is_steep.select(f32x8::splat(simd, FRAC_PI_2) - x, x);
    let square = near * near;
    let whole = f32x8::splat(simd, 945.0);
    let over = near * (whole + square * (square - f32x8::splat(simd, 105.0)));
    let under = whole + square * (f32x8::splat(simd, 15.0) * square - f32x8::splat(simd, 420.0));
    is_steep.select(under, over) / is_steep.select(over, under)
}

/// sin(x) / x by the square of x, for x in [−π/2, π/2].
#[inline(always)]
pub(crate) fn sine_over_x<S: Simd, F: SimdFloat<S, Element = f32>>(simd: S, square: F) -> F {
    let fourth = square * square;
    let low = pair(simd, square, [1.0, -1.0 / 6.0]);
    let middle = pair(simd, square, [1.0 / 120.0, -1.0 / 5040.0]);
    let high = pair(simd, square, [1.0 / 362_880.0, -1.0 / 39_916_800.0]);
    (low + middle * fourth) + high * (fourth * fourth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::{LANES, Lanes};
    use fearless_simd::{Level, dispatch};

    fn check(
        of: impl Fn(&mut Lanes),
        exact: impl Fn(f64) -> f64,
        range: std::ops::Range<f64>,
        error_max: f64,
    ) {
        let steps = 4000;
        for step in 0..steps / LANES {
            let place = |lane: usize| (step * LANES + lane) as f64 / steps as f64;
            let inputs: [f32; LANES] =
                std::array::from_fn(|lane| (range.start + place(lane) * (range.end - range.start)) as f32);
            let mut lanes = Lanes(inputs);
            of(&mut lanes);
            for (input, output) in inputs.into_iter().zip(lanes.0) {
                let expect = exact(f64::from(input));
                let error = (f64::from(output) - expect).abs() / expect.abs().max(0.05);
                assert!(error < error_max, "{input}: {output} for {expect}");
            }
        }
    }

    #[test]
    fn they_are_as_exact_as_rounding_allows() {
        let level = Level::new();
        check(
            |x| dispatch!(level, simd => { let y = exp2(simd, x.load(simd)); x.store(y) }),
            f64::exp2,
            -12.0..12.0,
            4e-7,
        );
        check(
            |x| dispatch!(level, simd => { let y = sine(simd, x.load(simd)); x.store(y) }),
            |phase| (std::f64::consts::TAU * phase).sin(),
            0.0..1.0,
            3e-6,
        );
        check(
            |x| dispatch!(level, simd => { let y = tangent(simd, x.load(simd)); x.store(y) }),
            f64::tan,
            0.0..1.5394,
            2e-6,
        );
    }

    #[test]
    fn whole_powers_of_two_are_exact() {
        let mut lanes = Lanes([-120.0, -3.0, -1.0, 0.0, 1.0, 2.0, 10.0, 120.0]);
        let expect = lanes.0.map(f32::exp2);
        dispatch!(Level::new(), simd => { let y = exp2(simd, lanes.load(simd)); lanes.store(y) });
        assert_eq!(lanes.0, expect);
    }
}
