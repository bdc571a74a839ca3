//! Runs on the composer thread. From knobs to wishes: what the drums are asked for, in the units of their attributes.

use crate::phrase::wish::{CHARACTER_STRENGTH, WISHED_SHARE};
use crate::rng::{Head, Noise};
use crate::tokens::drum::DrumWishes;
use linnet_music::Controls;

/// How much of the density knob's way the energy knob goes.
const ENERGY_TO_DENSITY: f32 = 0.5;
/// The place of the drums' random numbers, beside those of the roles.
const DRUMS: usize = 255 << 8;
/// The step of those that say how steady drums are, after those of their character.
const STEADINESS: usize = 2;
/// Eleven quantiles, evenly spaced, of four bars of drums: people's and written ones.
const DENSITY: [f32; 11] = [0.2, 0.33, 0.38, 0.43, 0.48, 0.53, 0.58, 0.64, 0.71, 0.8, 0.97];
const SYNCOPATION: [f32; 11] = [0.0, 0.1, 0.25, 0.38, 0.47, 0.54, 0.6, 0.65, 0.7, 0.75, 0.89];
/// The same of eight bars of people's drums, the last left out: how much of a bar returns in the next.
const STEADY: [f32; 11] = [0.53, 0.66, 0.71, 0.74, 0.76, 0.79, 0.82, 0.85, 0.88, 0.92, 1.0];
const ENERGY: [f32; 11] = [0.33, 0.41, 0.46, 0.5, 0.55, 0.6, 0.63, 0.66, 0.7, 0.76, 0.87];

/// What is asked of the drums, and how strongly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wanted {
    /// In the units of the attributes.
    pub wishes: DrumWishes,
    /// How strongly density and syncopation are held, in [0, 1].
    pub density_strength: f32,
    /// See `density_strength`.
    pub syncopation_strength: f32,
    /// How much of a bar is to return in the next, in [0.5, 1]: see [`super::DrumScores::steady`].
    pub steady: Option<f32>,
}

/// What `controls` ask of the drums; knobs in the middle leave it to the model.
pub fn wanted(controls: &Controls) -> Wanted {
    let density = controls.density + ENERGY_TO_DENSITY * (controls.energy - 0.5);
    Wanted {
        wishes: DrumWishes {
            density: asked(density, &DENSITY),
            syncopation: asked(controls.complexity, &SYNCOPATION),
            energy: asked(controls.energy, &ENERGY),
        },
        density_strength: strength(density),
        syncopation_strength: strength(controls.complexity),
        steady: asked(controls.repetition, &STEADY),
    }
}

impl Wanted {
    /// How much of a bar is to return in the next, in [0.5, 1]: as in half of people's drums where nothing is asked.
    pub fn steadiness(&self) -> f32 {
        self.steady.unwrap_or(STEADY[5])
    }

    /// Gives drums without a past a character of their own, by their seed: see
    /// [`crate::phrase::wish::Wishes::add_character`].
    pub fn add_character(&mut self, seed: u16) {
        let (wishes, strengths) =
            (&mut self.wishes, (&mut self.density_strength, &mut self.syncopation_strength));
        let asked = [
            (&mut wishes.density, strengths.0, &DENSITY),
            (&mut wishes.syncopation, strengths.1, &SYNCOPATION),
        ];
        // Were all as steady as the mean, all would be alike.
        let share = Noise::new(seed, DRUMS, STEADINESS, Head::Character).uniform();
        self.steady = self.steady.or(Some(value(&STEADY, share)));
        for (step, (wish, strength, quantiles)) in asked.into_iter().enumerate() {
            let mut noise = Noise::new(seed, DRUMS, step, Head::Character);
            let (is_wished, share) = (noise.uniform() < WISHED_SHARE, noise.uniform());
            if is_wished && wish.is_none() {
                *wish = Some(value(quantiles, share));
                *strength = CHARACTER_STRENGTH;
            }
        }
    }
}

/// How strongly a knob is held, by how far it is from its middle.
fn strength(knob: f32) -> f32 {
    (4.0 * (knob.clamp(0.0, 1.0) - 0.5).abs()).min(1.0)
}

/// The value that has the share `knob` of music below it; none in the middle.
fn asked(knob: f32, quantiles: &[f32; 11]) -> Option<f32> {
    let knob = knob.clamp(0.0, 1.0);
    if (knob - 0.5).abs() < 1e-3 {
        return None;
    }
    Some(value(quantiles, knob))
}

/// The value that has `share`, in [0, 1], of music below it.
fn value(quantiles: &[f32; 11], share: f32) -> f32 {
    let place = share * 10.0;
    let below = (place as usize).min(9);
    quantiles[below] + (place - below as f32) * (quantiles[below + 1] - quantiles[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_in_the_middle_ask_for_nothing_and_others_for_more_the_higher_they_are() {
        assert_eq!(wanted(&Controls::default()), Wanted::default());
        let density = |density| wanted(&Controls { density, ..Controls::default() }).wishes.density;
        let values: Vec<f32> = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0].into_iter().filter_map(density).collect();
        assert_eq!((values.len(), values[0], values[5]), (6, 0.2, 0.97));
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{values:?}");
    }

    #[test]
    fn a_character_is_the_seeds_own_and_leaves_what_was_asked() {
        let of = |seed| {
            let mut wanted = wanted(&Controls { density: 0.9, ..Controls::default() });
            wanted.add_character(seed);
            wanted
        };
        assert_eq!(of(7), of(7));
        assert!((0..40).all(|seed| of(seed).wishes.density == of(0).wishes.density));
        let wished: Vec<f32> = (0..40).filter_map(|seed| of(seed).wishes.syncopation).collect();
        assert!((10..30).contains(&wished.len()), "{}", wished.len());
        assert!(wished.iter().any(|it| *it < 0.4) && wished.iter().any(|it| *it > 0.65), "{wished:?}");
    }

    #[test]
    fn drums_are_as_steady_as_repetition_asks_and_new_ones_else_as_some_of_peoples() {
        let steady = |seed: Option<u16>, repetition| {
            let mut wanted = wanted(&Controls { repetition, ..Controls::default() });
            if let Some(seed) = seed {
                wanted.add_character(seed);
            }
            wanted.steadiness()
        };
        assert_eq!((steady(Some(1), 0.0), steady(None, 0.8), steady(Some(3), 1.0)), (0.53, 0.88, 1.0));
        assert_eq!(steady(None, 0.5), 0.79);
        let free: Vec<f32> = (0..200).map(|seed| steady(Some(seed), 0.5)).collect();
        let mean = free.iter().sum::<f32>() / 200.0;
        assert!((mean - 0.79).abs() < 0.03 && free.iter().any(|it| *it < 0.65), "{mean} {free:?}");
        assert!(free.iter().any(|it| *it > 0.93) && free.iter().all(|it| (0.53..=1.0).contains(it)));
    }

    #[test]
    fn energy_asks_for_loud_hits_and_for_more_of_them() {
        let wanted = wanted(&Controls { energy: 0.9, ..Controls::default() });
        assert!(wanted.wishes.energy > Some(0.7) && wanted.wishes.density > Some(0.53));
        assert_eq!(wanted.wishes.syncopation, None);
    }
}
