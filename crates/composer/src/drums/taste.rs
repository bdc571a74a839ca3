//! Runs on the composer thread. What the knobs and the limits of drummers add to the network's logits.

use super::wish::Wanted;
use crate::tokens::drum::{CLASSES, DrumWindow, HITS, class};

/// Steps as wished for that are assumed before the first, so that the first hits weigh little.
const STEPS_ASSUMED: f32 = 8.0;

/// What is wished for of a groove.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Taste {
    wanted: Wanted,
}

impl Taste {
    /// The taste of what is wanted.
    pub(super) fn new(wanted: Wanted) -> Self {
        Self { wanted }
    }

    /// How much of a bar is to return in the next.
    pub(super) fn steady(self) -> f32 {
        self.wanted.steadiness()
    }

    /// How far a groove's density is from the wish, in octaves, and its syncopation in tenths, by how strongly they are
    /// held; ≥ 0.
    pub(super) fn distance(self, density: f32, syncopation: f32) -> f32 {
        let wishes = self.wanted.wishes;
        let apart = |wish: Option<f32>, apart: &dyn Fn(f32) -> f32| wish.map_or(0.0, apart);
        let octaves = apart(wishes.density, &|wish| (density.max(0.01) / wish).log2().abs());
        let tenths = apart(wishes.syncopation, &|wish| 10.0 * (syncopation - wish).abs());
        self.wanted.density_strength * octaves + 0.25 * self.wanted.syncopation_strength * tenths
    }

    /// Adds to the logits `f32[512]` of the step after `hits`.
    pub(super) fn hits(self, window: &DrumWindow, hits: &[u16], logits: &mut [f32]) {
        let played = &hits[(window.context * window.grid.bar_steps as usize).min(hits.len())..];
        let (step, bar) = (hits.len(), window.grid.bar_steps as usize);
        let is_new = played.is_empty() && window.context == 0;
        let after_fill = step.is_multiple_of(bar) && step > 0 && window.is_fill(step - 1);
        let mut class_bias = habits(is_new || after_fill, window.is_fill(step));
        let more = self.more(played);
        for bias in &mut class_bias {
            *bias += more;
        }
        let off_beat = self.off_beat(window, played, hits.len());
        class_bias[class::KICK] += off_beat;
        class_bias[class::SNARE] += off_beat;
        for (set, logit) in logits.iter_mut().enumerate().take(HITS) {
            let sounding = (0..CLASSES).filter(|class| set >> class & 1 == 1);
            *logit += sounding.map(|class| class_bias[class]).sum::<f32>() - crowding(set);
        }
    }

    /// What each further hit gains, in nats, so that the density comes out as wished.
    fn more(self, played: &[u16]) -> f32 {
        let Some(wish) = self.wanted.wishes.density else { return 0.0 };
        let count: u32 = played.iter().map(|hits| hits.count_ones()).sum();
        let realised = (count as f32 / 2.0 + STEPS_ASSUMED * wish) / (played.len() as f32 + STEPS_ASSUMED);
        self.wanted.density_strength * 2.2 * (wish / realised).ln().clamp(-1.0, 1.0)
    }

    /// What the kick and the snare gain in step `step`, in nats, so that they come off the beats as often as wished.
    fn off_beat(self, window: &DrumWindow, played: &[u16], step: usize) -> f32 {
        let Some(wish) = self.wanted.wishes.syncopation else { return 0.0 };
        let count = |hits: &u16| (hits & 0b11).count_ones() as f32;
        let all: f32 = played.iter().map(count).sum();
        let off: f32 = played
            .iter()
            .enumerate()
            .filter(|(place, _)| !window.grid.is_on_beat(*place))
            .map(|(_, hits)| count(hits))
            .sum();
        let realised = (off + STEPS_ASSUMED * wish) / (all + STEPS_ASSUMED);
        let gain = self.wanted.syncopation_strength * 6.0 * (wish - realised).clamp(-0.5, 0.5);
        // The knob's own way, so that nothing waits for the first hits to be counted.
        let begin = self.wanted.syncopation_strength * (wish - 0.5);
        if window.grid.is_on_beat(step) { -0.5 * gain - 0.3 * begin } else { gain + begin }
    }
}

/// What each class gains, in nats: drawn without, there are more crashes, toms, open hats and rides than drummers play,
/// and fewer closed hats (measured on the validation split). Fills have their toms, and a part may begin with a crash,
/// as may what comes after a fill.
fn habits(begins: bool, is_fill: bool) -> [f32; CLASSES] {
    let mut bias = [0.0; CLASSES];
    bias[class::LOW_TOM..=class::HIGH_TOM].fill(if is_fill { 0.0 } else { -0.8 });
    bias[class::CRASH] = if begins { -0.7 } else { -1.5 };
    bias[class::CLOSED_HAT] = 0.2;
    bias[class::OPEN_HAT] = -0.6;
    bias[class::RIDE] = -0.3;
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
    use super::super::wish::wanted;
    use super::*;
    use linnet_music::Controls;

    fn taste(density: f32) -> Taste {
        Taste::new(wanted(&Controls { density, ..Controls::default() }))
    }

    #[test]
    fn hands_and_cymbals_are_not_everywhere_at_once() {
        let set = |classes: &[usize]| classes.iter().fold(0, |set, class| set | 1 << class);
        let cost = |classes: &[usize]| crowding(set(classes));
        assert_eq!(cost(&[class::KICK, class::SNARE, class::CLOSED_HAT]), 0.0);
        assert!(cost(&[class::CLOSED_HAT, class::OPEN_HAT]) > 2.0);
        assert!(crowding(HITS - 1) > 8.0);
    }

    #[test]
    fn a_crash_costs_least_at_the_beginning_and_after_a_fill_and_toms_nothing_in_one() {
        let window = DrumWindow {
            grid: crate::tokens::drum::DrumGrid::new(linnet_music::TimeSignature::COMMON, false),
            beats_per_minute: 120.0,
            context: 0,
            bars: 4,
            fill_bars: vec![1],
            rhythm: None,
            wishes: crate::tokens::drum::DrumWishes::default(),
            style: [0.0; linnet_music::STYLES],
        };
        let bias = |step: usize, class: usize| {
            let mut logits = vec![0.0; HITS];
            taste(0.5).hits(&window, &vec![0; step], &mut logits);
            logits[1 << class]
        };
        assert_eq!([0, 4, 16, 32, 36].map(|step| bias(step, class::CRASH)), [-0.7, -1.5, -1.5, -0.7, -1.5]);
        assert_eq!([4, 20, 36].map(|step| bias(step, class::LOW_TOM)), [-0.8, 0.0, -0.8]);
    }

    #[test]
    fn what_was_played_is_weighed_against_the_wish() {
        assert_eq!(taste(0.5).more(&[511; 16]), 0.0);
        assert!(taste(0.9).more(&[0; 16]) > 0.0 && taste(0.9).more(&[511; 16]) < 0.0);
        assert_eq!(taste(0.5).distance(0.1, 0.9), 0.0);
        assert!(taste(0.9).distance(0.1, 0.5) > taste(0.9).distance(0.7, 0.5));
    }
}
