//! Runs on the composer thread. Where the latents of music lie, and the ways from one to another.

use crate::rng::{Head, Noise};
use serde::Deserialize;
use std::f32::consts::FRAC_PI_2;

/// Ends whose directions from the middle have a lesser sine between them are joined by a straight line.
const SINE_MIN: f32 = 1e-3;

/// Where the latents of one role lie: a bell around `mean`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Prior {
    mean: Vec<f32>,
    /// The lower triangle, by rows, of the Cholesky factor of the covariance.
    factor: Vec<f32>,
}

/// Where latents lie, by role.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentSpace {
    size: usize,
    priors: Vec<Prior>,
}

#[derive(Deserialize)]
struct LatentFile {
    latent: usize,
    prior: Vec<Prior>,
}

impl LatentSpace {
    /// The space that `json` describes, of `size` dimensions and with `roles` priors.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn parse(json: &[u8], size: usize, roles: usize) -> Result<Self, String> {
        let file: LatentFile = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let fits = |prior: &Prior| prior.mean.len() == size && prior.factor.len() == size * (size + 1) / 2;
        if file.latent != size || file.prior.len() != roles || !file.prior.iter().all(fits) {
            return Err(format!("it does not hold {roles} priors of {size} dimensions"));
        }
        let finite = |prior: &Prior| prior.mean.iter().chain(&prior.factor).all(|value| value.is_finite());
        if !file.prior.iter().all(finite) {
            return Err("it holds what is no number".into());
        }
        Ok(Self { size, priors: file.prior })
    }

    /// A space of `roles` standard bells, for tests.
    pub fn standard(size: usize, roles: usize) -> Self {
        let factor =
            (0..size).flat_map(|row| (0..=row).map(move |column| f32::from(u8::from(row == column))));
        let prior = Prior { mean: vec![0.0; size], factor: factor.collect() };
        Self { size, priors: vec![prior; roles] }
    }

    /// Its dimensions.
    pub fn size(&self) -> usize {
        self.size
    }

    /// A step from the middle of the latents of `role`, drawn for `candidate` under `seed`.
    pub fn step(&self, role: usize, seed: u16, candidate: usize) -> Vec<f32> {
        let mut noise = Noise::new(seed, candidate | role << 8, 0, Head::Latent);
        let drawn: Vec<f32> = (0..self.size).map(|_| noise.bell()).collect();
        let factor = &self.priors[role].factor;
        (0..self.size)
            .map(|row| {
                let weights = &factor[row * (row + 1) / 2..][..=row];
                weights.iter().zip(&drawn).map(|(weight, drawn)| weight * drawn).sum()
            })
            .collect()
    }

    /// The latent a share `turn` of the way from `mu` to one that has nothing to do with it: at 0 `mu`, at 1 the
    /// middle of `role` and `step`. On the way it stays as far from the middle as music is.
    pub fn near(&self, role: usize, mu: &[f32], step: &[f32], turn: f32) -> Vec<f32> {
        let (sin, cos) = (turn.clamp(0.0, 1.0) * FRAC_PI_2).sin_cos();
        let rows = self.priors[role].mean.iter().zip(mu).zip(step);
        rows.map(|((mean, mu), step)| mean + cos * (mu - mean) + sin * step).collect()
    }

    /// The latent a share `t` of the way from `one` to `other` around the middle of `role`: at 0 `one`, at 1 `other`. On a
    /// straight way, latents that have nothing to do with each other would pass nearer to the middle than music lies.
    ///
    /// K. Shoemake, "Animating Rotation with Quaternion Curves", SIGGRAPH 1985.
    pub fn between(&self, role: usize, one: &[f32], other: &[f32], t: f32) -> Vec<f32> {
        let middle = &self.priors[role].mean;
        let from_middle =
            |end: &[f32]| -> Vec<f32> { end.iter().zip(middle).map(|(end, mean)| end - mean).collect() };
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let (a, b) = (from_middle(one), from_middle(other));
        let cosine = dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt().max(f32::MIN_POSITIVE);
        let angle = cosine.clamp(-1.0, 1.0).acos();
        let share = |t: f32| if angle.sin() < SINE_MIN { t } else { (t * angle).sin() / angle.sin() };
        let (of_one, of_other) = (share(1.0 - t), share(t));
        let ends = middle.iter().zip(a.iter().zip(&b));
        ends.map(|(mean, (a, b))| mean + of_one * a + of_other * b).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_begin_and_end_where_they_should() {
        let space = LatentSpace::standard(4, 2);
        let (mu, step) = ([1.0, -2.0, 0.5, 0.0], space.step(1, 7, 3));
        assert_eq!(space.near(1, &mu, &step, 0.0), mu);
        for (found, wanted) in space.near(1, &mu, &step, 1.0).iter().zip(&step) {
            assert!((found - wanted).abs() < 1e-6);
        }
    }

    #[test]
    fn the_way_between_two_turns_about_the_middle_of_its_role() {
        let json = br#"{"latent": 2, "prior": [
            {"mean": [9.0, 9.0], "factor": [1.0, 0.0, 1.0]}, {"mean": [5.0, -1.0], "factor": [1.0, 0.0, 1.0]}]}"#;
        let space = LatentSpace::parse(json, 2, 2).unwrap();
        let check = |one: [f32; 2], other: [f32; 2], t: f32, wanted: [f32; 2]| {
            let found = space.between(1, &one, &other, t);
            assert_eq!(found.len(), 2);
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?} {wanted:?}");
        };
        let (one, other) = ([8.0, -1.0], [5.0, 2.0]);
        check(one, other, 0.0, one);
        check(one, other, 1.0, other);
        // As far from the middle as the ends are; straight where they lie in one direction, or in opposite ones.
        let far = 4.5f32.sqrt();
        check(one, other, 0.5, [5.0 + far, far - 1.0]);
        check([7.0, -1.0], [9.0, -1.0], 0.25, [7.5, -1.0]);
        check([7.0, -1.0], [1.0, -1.0], 0.5, [4.0, -1.0]);
        // One in the middle has no direction.
        assert!(space.between(1, &[5.0, -1.0], &other, 0.5).iter().all(|value| value.is_finite()));
    }

    #[test]
    fn steps_are_repeatable_and_spread_as_the_factor_says() {
        let json = br#"{"latent": 2, "prior": [{"mean": [5.0, 6.0], "factor": [2.0, 3.0, 0.5]}]}"#;
        let space = LatentSpace::parse(json, 2, 1).unwrap();
        assert_eq!(space.step(0, 1, 2), space.step(0, 1, 2));
        assert_ne!(space.step(0, 1, 2), space.step(0, 1, 3));
        let steps: Vec<Vec<f32>> = (0..2000).map(|seed| space.step(0, seed, 0)).collect();
        let mean = |of: &dyn Fn(&Vec<f32>) -> f32| steps.iter().map(of).sum::<f32>() / 2000.0;
        assert!((mean(&|step| step[0] * step[0]) - 4.0).abs() < 0.4);
        assert!((mean(&|step| step[0] * step[1]) - 6.0).abs() < 0.6);
        assert!(mean(&|step| step[1]).abs() < 0.3);
    }

    #[test]
    fn files_that_do_not_fit_are_refused() {
        for json in [
            "{}",
            r#"{"latent": 2, "prior": []}"#,
            r#"{"latent": 2, "prior": [{"mean": [0.0, 0.0], "factor": [1.0, 0.0]}]}"#,
            r#"{"latent": 3, "prior": [{"mean": [0.0, 0.0], "factor": [1.0, 0.0, 1.0]}]}"#,
            r#"{"latent": 2, "prior": [{"mean": [0.0, 1e39], "factor": [1.0, 0.0, 1.0]}]}"#,
        ] {
            assert!(LatentSpace::parse(json.as_bytes(), 2, 1).is_err(), "{json}");
        }
    }
}
