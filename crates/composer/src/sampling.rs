//! Runs on the composer thread. Draws a class from logits.
//!
//! The Gumbel-max method (E. J. Gumbel, "Statistical Theory of Extreme Values", 1954): the greatest sum of logit and
//! noise is a draw of the softmax. Logits are rounded to 1/256 first, so that the last bits, in which processors and
//! engines differ, rarely change a note.

use crate::rng::{Noise, gumbel};

/// Classes less likely than this share of the likeliest are never drawn.
const SHARE_MIN: f32 = 0.002;

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// The logits are divided by it, > 0.
    pub temperature: f32,
}

impl Draw {
    /// The temperature of the surprise control: 0.4 at 0, 0.95 in the middle, 1.5 at 1.
    pub fn of_surprise(surprise: f32) -> Self {
        Self { temperature: 0.4 + 1.1 * surprise.clamp(0.0, 1.0) }
    }

    /// A class among those whose logit is not −∞, or none where there is none.
    pub fn class(self, logits: &[f32], noise: &mut Noise) -> Option<usize> {
        let quantise = |logit: f32| (logit / self.temperature * 256.0).round() / 256.0;
        let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let least = quantise(greatest) + SHARE_MIN.ln();
        let mut best = None;
        for (class, logit) in logits.iter().enumerate() {
            if *logit == f32::NEG_INFINITY {
                continue;
            }
            // A number is taken for each class that is allowed, likely or not, so that a last bit shifts none.
            let uniform = noise.uniform();
            let sum = quantise(*logit)
                + if quantise(*logit) >= least { gumbel(uniform) } else { f32::NEG_INFINITY };
            if sum.is_finite() && best.is_none_or(|(_, best)| sum > best) {
                best = Some((class, sum));
            }
        }
        best.map(|(class, _)| class)
    }
}

/// The natural logarithm of the softmax of `logits` at `class`.
pub fn log_probability(logits: &[f32], class: usize) -> f32 {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - greatest).exp()).sum();
    logits.get(class).map_or(f32::NEG_INFINITY, |logit| logit - greatest - sum.ln())
}

/// Whether every value is a finite number.
pub fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Head;

    fn shares(logits: &[f32], temperature: f32) -> Vec<f32> {
        let mut counts = vec![0.0; logits.len()];
        for step in 0..4000 {
            let mut noise = Noise::new(1, 0, step, Head::Pitch);
            counts[Draw { temperature }.class(logits, &mut noise).unwrap()] += 1.0 / 4000.0;
        }
        counts
    }

    #[test]
    fn classes_are_drawn_by_their_softmax() {
        let logits = [0.7f32.ln(), 0.2f32.ln(), 0.1f32.ln(), f32::NEG_INFINITY];
        let drawn = shares(&logits, 1.0);
        for (drawn, wanted) in drawn.iter().zip([0.7, 0.2, 0.1, 0.0]) {
            assert!((drawn - wanted).abs() < 0.03, "{drawn} {wanted}");
        }
        assert!(shares(&logits, 0.5)[0] > 0.85);
    }

    #[test]
    fn what_is_masked_or_hopeless_is_never_drawn() {
        let drawn = shares(&[0.0, -9.0, f32::NEG_INFINITY], 1.0);
        assert_eq!(drawn[1..], [0.0, 0.0]);
        let mut noise = Noise::new(1, 0, 0, Head::Pitch);
        assert_eq!(Draw { temperature: 1.0 }.class(&[f32::NEG_INFINITY; 3], &mut noise), None);
        assert_eq!(Draw { temperature: 1.0 }.class(&[], &mut noise), None);
    }

    #[test]
    fn rounding_hides_the_last_bits() {
        let logits = [1.0, 2.0, 0.5, 1.5];
        let nudged = logits.map(|logit: f32| logit + 1e-5);
        for step in 0..200 {
            let draw = |logits: &[f32]| {
                Draw { temperature: 1.0 }.class(logits, &mut Noise::new(3, 0, step, Head::Pitch))
            };
            assert_eq!(draw(&logits), draw(&nudged));
        }
    }

    #[test]
    fn probabilities_sum_to_one() {
        let logits = [3.0, -2.0, 0.1];
        let sum: f32 = (0..3).map(|class| log_probability(&logits, class).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert_eq!(log_probability(&logits, 9), f32::NEG_INFINITY);
    }
}
