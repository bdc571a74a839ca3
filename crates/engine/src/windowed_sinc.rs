//! What band-limited interpolation is made of: the sinc, and Kaiser's window to end it.
//!
//! Runs on any thread but the audio thread, which reads tables made of it. J. F. Kaiser, "Nonrecursive Digital Filter
//! Design Using the I0-Sinh Window Function", ISCAS 1974.

use std::f64::consts::PI;

/// sin(πx) / (πx).
pub fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Kaiser's window of shape `beta` ≥ 0 at `x`: 1 in the middle, 0 outside of [−1, 1].
pub fn kaiser(beta: f64, x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel(beta * (1.0 - x * x).sqrt()) / bessel(beta) }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..60 {
        term *= (x / (2.0 * f64::from(n))).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_that_of_the_tables() {
        // M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 1964, table 9.8.
        assert!((bessel(1.0) - 1.266_065_878).abs() < 1e-9, "{}", bessel(1.0));
        assert!((bessel(10.0) - 2_815.716_628).abs() < 1e-5, "{}", bessel(10.0));
        assert_eq!((kaiser(10.0, 0.0), kaiser(10.0, 1.0), kaiser(10.0, -1.5)), (1.0, 0.0, 0.0));
        assert_eq!((sinc(0.0), sinc(2.0).abs() < 1e-12, sinc(0.5) > 0.63), (1.0, true, true));
    }
}
