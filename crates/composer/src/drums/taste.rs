//! Runs on the composer thread. What the density knob and the habits of drummers add to the network's logits.

use crate::tokens::drum::{CLASSES, DrumWindow, HITS, class};

/// Mean hits a step / 2 that density 0.5 stands for, and octaves of it to either end of the knob.
const DENSITY_MIDDLE: f32 = 0.55;
const DENSITY_OCTAVES: f32 = 1.2;

/// Mean hits a step / 2 that a density control asks for, in [0.24, 1].
pub(super) fn asked_density(density: f32) -> f32 {
    let from_middle = 2.0 * density.clamp(0.0, 1.0) - 1.0;
    (DENSITY_MIDDLE * (DENSITY_OCTAVES * from_middle).exp2()).min(1.0)
}

/// What is wished for of a groove.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Taste {
    /// The density knob from its middle, in [−1, 1].
    density: f32,
    /// Mean hits a step / 2.
    wish: f32,
}

impl Taste {
    /// The taste of a density control.
    pub(super) fn new(density: f32) -> Self {
        Self { density: 2.0 * density.clamp(0.0, 1.0) - 1.0, wish: asked_density(density) }
    }

    /// How far a groove's density is from the wish, in octaves by how far the knob was moved, ≥ 0.
    pub(super) fn distance(self, density: f32) -> f32 {
        (4.0 * self.density.abs()).min(1.0) * (density.max(0.01) / self.wish).log2().abs()
    }

    /// Adds to the logits `f32[512]` of the step after `hits`, of which the first `context` were heard.
    pub(super) fn hits(self, window: &DrumWindow, context: usize, hits: &[u16], logits: &mut [f32]) {
        let (mut class_bias, more) = (habits(window, context, hits), self.more(context, hits));
        for bias in &mut class_bias {
            *bias += more;
        }
        for (set, logit) in logits.iter_mut().enumerate().take(HITS) {
            let sounding = (0..CLASSES).filter(|class| set >> class & 1 == 1);
            *logit += sounding.map(|class| class_bias[class]).sum::<f32>() - crowding(set);
        }
    }

    /// What each further hit gains, in nats, so that the density comes out as wished.
    fn more(self, context: usize, hits: &[u16]) -> f32 {
        if self.density == 0.0 {
            return 0.0;
        }
        let played = &hits[context.min(hits.len())..];
        let count: u32 = played.iter().map(|hits| hits.count_ones()).sum();
        // Eight steps at the wished density are assumed before the first.
        let realised = (count as f32 / 2.0 + 8.0 * self.wish) / (played.len() as f32 + 8.0);
        let gain = (4.0 * self.density.abs()).min(1.0);
        0.9 * self.density + gain * 1.8 * (self.wish / realised).ln().clamp(-1.0, 1.0)
    }
}

/// What each class gains in this step, in nats: the kick on the first beat, the snare on the backbeat, fewer toms,
/// and no crash but where a part begins.
fn habits(window: &DrumWindow, context: usize, hits: &[u16]) -> [f32; CLASSES] {
    let grid = &window.grid;
    let (bar, inside) = (hits.len() / grid.bar_steps as usize, hits.len() as u32 % grid.bar_steps);
    let mut bias = [0.0; CLASSES];
    if window.fill_bar == Some(bar) {
        return bias;
    }
    if inside == 0 {
        bias[class::KICK] = 0.8;
    }
    let beat = inside / grid.beat_steps;
    if grid.bar_steps == 4 * grid.beat_steps && inside.is_multiple_of(grid.beat_steps) && beat % 2 == 1 {
        bias[class::SNARE] = 0.6;
    }
    bias[class::LOW_TOM..=class::HIGH_TOM].fill(-1.0);
    bias[class::CRASH] = if hits.len() == context { 0.3 } else { -1.0 };
    bias
}

/// What a set costs, in nats, for more hands and feet than a drummer has, or for two states of one cymbal at once.
fn crowding(set: usize) -> f32 {
    let has = |class: usize| set >> class & 1 == 1;
    let both = |a: usize, b: usize| has(a) && has(b);
    let mut cost = 1.5 * (set.count_ones().saturating_sub(3)) as f32;
    if both(class::CLOSED_HAT, class::OPEN_HAT) {
        cost += 3.0;
    }
    let hat = has(class::CLOSED_HAT) || has(class::OPEN_HAT);
    if hat && has(class::RIDE) {
        cost += 1.0;
    }
    let toms = (class::LOW_TOM..=class::HIGH_TOM).filter(|class| has(*class)).count();
    cost + 1.0 * toms.saturating_sub(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_and_cymbals_are_not_everywhere_at_once() {
        let set = |classes: &[usize]| classes.iter().fold(0, |set, class| set | 1 << class);
        let cost = |classes: &[usize]| crowding(set(classes));
        assert_eq!(cost(&[class::KICK, class::SNARE, class::CLOSED_HAT]), 0.0);
        assert!(cost(&[class::CLOSED_HAT, class::OPEN_HAT]) > 2.0);
        assert!(crowding(HITS - 1) > 8.0);
    }

    #[test]
    fn a_higher_density_asks_for_more_hits() {
        assert!(asked_density(0.0) < asked_density(0.5) && asked_density(0.5) < asked_density(1.0));
        assert!(Taste::new(0.9).more(0, &[]) > 0.0 && Taste::new(0.1).more(0, &[]) < 0.0);
        assert_eq!(Taste::new(0.5).more(0, &[]), 0.0);
        assert!(Taste::new(0.9).more(0, &[511; 16]) < Taste::new(0.9).more(0, &[0; 16]));
    }
}
