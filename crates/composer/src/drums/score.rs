//! Runs on the composer thread. Judges finished grooves.

use super::taste::Taste;
use crate::tokens::drum::{DrumWindow, class, density, syncopation};

/// What a groove was judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DrumScores {
    /// The sum by which grooves are sorted; greater is better.
    pub total: f32,
    /// Mean log-likelihood under the unbiased network, in nats a step, ≤ 0.
    pub log_likelihood: f32,
    /// Mean hits a step / 2, at most 1.
    pub density: f32,
    /// The share of the kick and snare hits that are on no beat.
    pub syncopation: f32,
    /// The mean velocity of the hits, in [0, 1].
    pub energy: f32,
    /// The mean share of a step's classes that sound, or do not, as in the bar before, in [0.5, 1].
    pub steady: f32,
    /// The share of bars that begin with the kick.
    pub grounded: f32,
    /// The share of beats before the fill on which a hat or the ride keeps time.
    pub timed: f32,
    /// The share of the rhythm's strong onsets that the kick or the snare meets; 1 where there is no rhythm.
    pub fitting: f32,
}

impl DrumScores {
    /// The scores of `hits`, after the context, of which `loud` is the mean velocity.
    pub(super) fn new(
        window: &DrumWindow,
        hits: &[u16],
        loud: f32,
        log_likelihood: f32,
        taste: Taste,
    ) -> Self {
        let bar_steps = window.grid.bar_steps as usize;
        let bars: Vec<&[u16]> = hits.chunks_exact(bar_steps).collect();
        let grounded = bars.iter().filter(|bar| bar[0] >> class::KICK & 1 == 1).count();
        let before_fill = before_fill(window, &bars);
        let mut scores = Self {
            total: 0.0,
            log_likelihood,
            density: density(hits),
            syncopation: syncopation(hits, &window.grid),
            energy: loud,
            steady: steady(before_fill).unwrap_or(taste.steady()),
            grounded: grounded as f32 / bars.len().max(1) as f32,
            timed: timed(window, before_fill),
            fitting: fitting(window, hits),
        };
        let silent = bars.iter().filter(|bar| bar.iter().all(|hits| *hits == 0)).count();
        let apart = window.wishes.energy.map_or(0.0, |wish| (wish - loud).abs());
        scores.total = scores.log_likelihood.max(-8.0)
            + 0.3 * scores.grounded
            + 0.3 * scores.timed
            + 0.5 * scores.fitting
            - 3.0 * (scores.steady - taste.steady()).abs()
            - 2.0 * taste.distance(scores.density, scores.syncopation)
            - 2.0 * apart
            - 2.0 * silent as f32 / bars.len().max(1) as f32;
        scores
    }
}

/// The bars before the first fill; all of them where the first is one.
fn before_fill<'a, 'b>(window: &DrumWindow, bars: &'a [&'b [u16]]) -> &'a [&'b [u16]] {
    let first = window.fill_bars.first().map_or(bars.len(), |bar| bar.saturating_sub(window.context));
    if first == 0 { bars } else { &bars[..first.min(bars.len())] }
}

fn timed(window: &DrumWindow, bars: &[&[u16]]) -> f32 {
    let cymbals = 1 << class::CLOSED_HAT | 1 << class::OPEN_HAT | 1 << class::RIDE;
    let on_beats =
        |bar: &&[u16]| -> Vec<u16> { bar.iter().step_by(window.grid.beat_steps as usize).copied().collect() };
    let beats: Vec<u16> = bars.iter().flat_map(on_beats).collect();
    beats.iter().filter(|hits| **hits & cymbals != 0).count() as f32 / beats.len().max(1) as f32
}

/// Over neighbouring bars; none where there is one bar.
fn steady(bars: &[&[u16]]) -> Option<f32> {
    let pairs: Vec<f32> = bars
        .windows(2)
        .map(|pair| {
            let differing: u32 = pair[0].iter().zip(pair[1]).map(|(a, b)| (a ^ b).count_ones()).sum();
            let sounding: u32 = pair[0].iter().zip(pair[1]).map(|(a, b)| (a | b).count_ones()).sum();
            1.0 - differing as f32 / sounding.max(1) as f32 / 2.0
        })
        .collect();
    (!pairs.is_empty()).then(|| pairs.iter().sum::<f32>() / pairs.len() as f32)
}

fn fitting(window: &DrumWindow, hits: &[u16]) -> f32 {
    let Some(rhythm) = &window.rhythm else { return 1.0 };
    let target = &rhythm[rhythm.len().saturating_sub(hits.len())..];
    let (mut met, mut strong) = (0.0, 0.0);
    for (step, (velocity, hits)) in target.iter().zip(hits).enumerate() {
        if *velocity > 0.0 && window.grid.is_on_beat(step) {
            strong += 1.0;
            met += f32::from(u8::from(hits & 0b11 != 0));
        }
    }
    if strong == 0.0 { 1.0 } else { met / strong }
}

#[cfg(test)]
mod tests {
    use super::super::wish::wanted;
    use super::*;
    use crate::tokens::drum::{DrumGrid, DrumWishes};
    use linnet_music::{Controls, STYLES, TimeSignature};

    #[test]
    fn of_two_grooves_as_likely_repetition_says_which_is_taken() {
        let window = DrumWindow {
            grid: DrumGrid::new(TimeSignature::COMMON, false),
            beats_per_minute: 120.0,
            context: 0,
            bars: 4,
            fill_bars: Vec::new(),
            rhythm: None,
            wishes: DrumWishes::default(),
            style: [0.0; STYLES],
        };
        let kick = |step: usize, moved: usize| u16::from(step.is_multiple_of(16) || step % 16 == 4 + moved);
        let same: Vec<u16> = (0..64).map(|step| kick(step, 0)).collect();
        let other: Vec<u16> = (0..64).map(|step| kick(step, 3 * (step / 16))).collect();
        let total = |hits: &[u16], repetition| {
            let taste = Taste::new(wanted(&Controls { repetition, ..Controls::default() }));
            DrumScores::new(&window, hits, 0.6, -1.0, taste).total
        };
        assert!(total(&same, 1.0) > total(&other, 1.0) + 0.3);
        assert!(total(&other, 0.1) > total(&same, 0.1) + 0.3);
    }
}
