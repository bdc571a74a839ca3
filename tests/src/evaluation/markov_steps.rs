//! The Markov model of order 5 for drums: a step is the set of classes that sound in it, and is drawn from what followed the
//! five steps before at the same place in the bar; smoothed as the model of lines is.

use super::dice::Dice;
use super::markov::Followers;
use std::collections::HashMap;

/// Steps that a context holds at most.
const ORDER: usize = 5;

/// The model.
pub struct StepMarkov {
    contexts: HashMap<(usize, Vec<u16>), Followers<u16>>,
    bar_steps: usize,
}

impl StepMarkov {
    /// Counts what follows what in `pieces`, whose bars have `bar_steps` steps.
    pub fn new<'a>(pieces: impl Iterator<Item = &'a [u16]>, bar_steps: usize) -> Self {
        let mut contexts: HashMap<(usize, Vec<u16>), Followers<u16>> = HashMap::new();
        for piece in pieces {
            for at in 0..piece.len() {
                for order in 0..=ORDER.min(at) {
                    let context = (at % bar_steps, piece[at - order..at].to_vec());
                    contexts.entry(context).or_default().count(piece[at]);
                }
            }
        }
        Self { contexts, bar_steps }
    }

    /// `count` steps after `before`, which begins on a bar line. A place where nothing was counted is silent.
    pub fn write(&self, before: &[u16], count: usize, dice: &mut Dice) -> Vec<u16> {
        let mut steps = before.to_vec();
        for _ in 0..count {
            let at = steps.len();
            let orders = (0..=ORDER.min(at)).rev();
            let followers = orders
                .filter_map(|order| self.contexts.get(&(at % self.bar_steps, steps[at - order..].to_vec())));
            let drawn = followers.into_iter().find_map(|followers| followers.draw(dice));
            steps.push(drawn.unwrap_or(0));
        }
        steps.split_off(before.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_that_never_changes_goes_on() {
        let piece: Vec<u16> = [1, 4, 2, 4].repeat(64);
        let model = StepMarkov::new(std::iter::once(piece.as_slice()), 4);
        let written = model.write(&piece[..8], 64, &mut Dice::new(5));
        let right = written.iter().zip(&piece).filter(|(a, b)| a == b).count();
        assert!(right > 58, "{right} of 64");
    }
}
