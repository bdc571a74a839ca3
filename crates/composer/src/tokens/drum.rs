//! Runs on the composer thread. The drum vocabulary of `models/TOKENS.md`: nine classes that sound or do not in each
//! step, and the inputs of the drum network for one step.

use super::TICKS_PER_QUARTER;
use linnet_music::{STYLES, TimeSignature};

/// Classes of a kit, in the order of `models/tokens.json`.
pub const CLASSES: usize = 9;
/// The General MIDI key that each class sounds on.
pub const GENERAL_MIDI_OUT: [u8; CLASSES] = [36, 38, 42, 46, 43, 47, 50, 49, 51];
/// Sets of classes that a step may hold.
pub const HITS: usize = 1 << CLASSES;
/// The step before the first.
pub const START: u16 = 512;
/// The length of a step's feature vector.
pub const DRUM_FEATURES: usize = 79;
/// How many of them tell the place in beat and bar, which the groove model is told too.
pub const PLACE_FEATURES: usize = 17;

/// The classes by name: places in [`GENERAL_MIDI_OUT`].
pub mod class {
    /// Bass drum.
    pub const KICK: usize = 0;
    /// Snare drum.
    pub const SNARE: usize = 1;
    /// Closed hi-hat.
    pub const CLOSED_HAT: usize = 2;
    /// Open hi-hat.
    pub const OPEN_HAT: usize = 3;
    /// Low tom.
    pub const LOW_TOM: usize = 4;
    /// High tom; the mid tom lies between.
    pub const HIGH_TOM: usize = 6;
    /// Crash cymbal.
    pub const CRASH: usize = 7;
    /// Ride cymbal.
    pub const RIDE: usize = 8;
}

/// The class of the General MIDI key `key`, where it has one.
pub fn class_of(key: u8) -> Option<usize> {
    match key {
        35 | 36 => Some(0),
        37..=40 => Some(1),
        22 | 42 | 44 => Some(2),
        26 | 46 => Some(3),
        41 | 43 | 58 => Some(4),
        45 | 47 => Some(5),
        48 | 50 => Some(6),
        49 | 52 | 55 | 57 => Some(7),
        51 | 53 | 59 => Some(8),
        _ => None,
    }
}

/// How a bar is divided into steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrumGrid {
    /// Length of a beat in ticks: 36 in compound metres, 24 else.
    pub beat_ticks: u32,
    /// Steps in a beat: 3 in triplet or compound feel, 4 else.
    pub beat_steps: u32,
    /// Steps in a bar, > 0.
    pub bar_steps: u32,
    /// Length of a bar in ticks.
    pub bar_ticks: u32,
}

impl DrumGrid {
    /// The grid of `metre`, in thirds of a beat where it is compound, or where `triplets` is set and they fill its bar.
    pub fn new(metre: TimeSignature, triplets: bool) -> Self {
        let (numerator, denominator) = (u32::from(metre.numerator()), u32::from(metre.denominator()));
        let bar_ticks = 4 * TICKS_PER_QUARTER * numerator / denominator;
        let compound = matches!(denominator, 8 | 16) && numerator.is_multiple_of(3) && numerator > 3;
        let beat_ticks = if compound { 36 } else { TICKS_PER_QUARTER };
        let thirds = compound || (triplets && bar_ticks.is_multiple_of(TICKS_PER_QUARTER / 3));
        let beat_steps = if thirds { 3 } else { 4 };
        let bar_steps = (bar_ticks * beat_steps / beat_ticks).max(1);
        Self { beat_ticks, beat_steps, bar_steps, bar_ticks }
    }

    /// Whether step `step` of the window lies on a beat; a bar begins with one.
    pub fn is_on_beat(&self, step: usize) -> bool {
        (step as u32 % self.bar_steps).is_multiple_of(self.beat_steps)
    }

    /// Length of a step in quarter notes.
    pub fn step_beats(&self) -> f64 {
        f64::from(self.beat_ticks) / f64::from(self.beat_steps) / f64::from(TICKS_PER_QUARTER)
    }

    /// Where step `step` of the window begins, in quarter notes from its start.
    pub fn step_onset(&self, step: usize) -> f64 {
        let (bar, inside) = (step / self.bar_steps as usize, step % self.bar_steps as usize);
        bar as f64 * f64::from(self.bar_ticks) / f64::from(TICKS_PER_QUARTER)
            + inside as f64 * self.step_beats()
    }

    /// The step nearest to `onset` quarter notes from the window's start, and how much later than it the onset is, in
    /// [−0.5, 0.5] steps. An onset nearest to the next bar line belongs to the next bar.
    pub fn nearest_step(&self, onset: f64) -> (usize, f64) {
        let bar_beats = f64::from(self.bar_ticks) / f64::from(TICKS_PER_QUARTER);
        let bar = (onset / bar_beats).floor().max(0.0);
        let inside = (onset - bar * bar_beats) / self.step_beats();
        let step = (inside.round().max(0.0) as usize).min(self.bar_steps as usize);
        (bar as usize * self.bar_steps as usize + step, (inside - step as f64).clamp(-0.5, 0.5))
    }
}

/// What a part on the grid can be asked for; none leaves it to the model.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DrumWishes {
    /// Mean hits a step / 2, in [0, 1].
    pub density: Option<f32>,
    /// The share of the kick and snare hits that are on no beat.
    pub syncopation: Option<f32>,
    /// The mean velocity of the hits, in [0, 1].
    pub energy: Option<f32>,
}

/// The features that are weights of the styles.
const STYLE_FEATURES: std::ops::Range<usize> = 59..59 + STYLES;

/// What is known about every step of a window.
#[derive(Clone, Debug)]
pub struct DrumWindow {
    /// How its bars are divided.
    pub grid: DrumGrid,
    /// Beats of the grid per minute, > 0.
    pub beats_per_minute: f32,
    /// Bars that are known, and after them bars to play.
    pub context: usize,
    /// Bars in all.
    pub bars: usize,
    /// The bars that are fills.
    pub fill_bars: Vec<usize>,
    /// The velocity in (0, 1] of the rhythm to fit at each step, 0 where it has no onset; none where there is none.
    pub rhythm: Option<Vec<f32>>,
    /// What is asked for.
    pub wishes: DrumWishes,
    /// Weights of the styles, their sum 1; all 0 leaves it to the model. `f32[20]`.
    pub style: [f32; STYLES],
}

impl DrumWindow {
    /// Steps in all.
    pub fn steps(&self) -> usize {
        self.bars * self.grid.bar_steps as usize
    }

    /// Whether the bar of step `step` is a fill.
    pub fn is_fill(&self, step: usize) -> bool {
        self.fill_bars.contains(&(step / self.grid.bar_steps as usize))
    }

    /// Writes the features of step `hits.len()` after the steps `hits`. `f32[79]`.
    pub fn features(&self, hits: &[u16], out: &mut [f32; DRUM_FEATURES]) {
        let (step, bar_steps) = (hits.len(), self.grid.bar_steps as usize);
        let bar = step / bar_steps;
        out.fill(0.0);
        place_features(&self.grid, self.beats_per_minute, step, &mut out[..PLACE_FEATURES]);
        out[17 + bar % 8] = 1.0;
        out[25] = self.bars.saturating_sub(bar + 1).min(8) as f32 / 8.0;
        out[26] = flag(bar + 1 == self.bars);
        out[27] = flag(self.is_fill(step));
        out[if bar < self.context { 28 } else { 29 }] = 1.0;
        for (lag, at) in [(1, 30), (2, 39)] {
            let before = step.checked_sub(lag * bar_steps).and_then(|before| hits.get(before));
            write_hits(before.copied().unwrap_or(0), &mut out[at..at + CLASSES]);
        }
        self.rhythm_features(step, &mut out[48..53]);
        let wishes = [self.wishes.density, self.wishes.syncopation, self.wishes.energy];
        write_wishes(&wishes, &mut out[53..59]);
        out[STYLE_FEATURES].copy_from_slice(&self.style);
    }

    /// Leaves the style in `features` to the model.
    pub(crate) fn hide_style(features: &mut [f32; DRUM_FEATURES]) {
        features[STYLE_FEATURES].fill(0.0);
    }

    fn rhythm_features(&self, step: usize, out: &mut [f32]) {
        let Some(rhythm) = &self.rhythm else { return };
        for (at, step) in [(0, step), (2, step + 1)] {
            let velocity = rhythm.get(step).copied().unwrap_or(0.0);
            out[at] = flag(velocity > 0.0);
            out[at + 1] = velocity;
        }
        out[4] = 1.0;
    }
}

/// Writes where step `step` of a window lies in beat and bar, how they are divided, and the tempo. `f32[17]`, of zeros
/// before.
pub fn place_features(grid: &DrumGrid, beats_per_minute: f32, step: usize, out: &mut [f32]) {
    let inside = step % grid.bar_steps as usize;
    let beat_steps = grid.beat_steps as usize;
    out[inside % beat_steps] = 1.0;
    out[4 + (inside / beat_steps).min(7)] = 1.0;
    out[if beat_steps == 4 { 12 } else { 13 }] = 1.0;
    out[14] = grid.bar_steps as f32 / 16.0;
    out[15] = (grid.bar_steps as usize - 1 - inside) as f32 / 16.0;
    out[16] = (beats_per_minute / 120.0).log2();
}

/// Writes each wish and a bit that says whether it is there. `f32[2 · wishes]`, of zeros before.
pub fn write_wishes(wishes: &[Option<f32>], out: &mut [f32]) {
    for (wish, out) in wishes.iter().zip(out.chunks_exact_mut(2)) {
        if let Some(value) = wish {
            out.copy_from_slice(&[*value, 1.0]);
        }
    }
}

/// Mean hits a step / 2, at most 1.
pub fn density(hits: &[u16]) -> f32 {
    let count: u32 = hits.iter().map(|hits| hits.count_ones()).sum();
    (count as f32 / 2.0 / hits.len().max(1) as f32).min(1.0)
}

/// The share of kick and snare hits that are on no beat, of steps that begin at a bar line; 0 where there are none.
pub fn syncopation(hits: &[u16], grid: &DrumGrid) -> f32 {
    let count = |hits: &u16| (hits & 0b11).count_ones();
    let all: u32 = hits.iter().map(count).sum();
    let off = hits.iter().enumerate().filter(|(step, _)| !grid.is_on_beat(*step));
    off.map(|(_, hits)| count(hits)).sum::<u32>() as f32 / all.max(1) as f32
}

fn flag(is: bool) -> f32 {
    f32::from(u8::from(is))
}

/// Writes 1 for each class of `hits` and 0 for the others. `f32[9]`.
pub fn write_hits(hits: u16, out: &mut [f32]) {
    for (class, value) in out.iter_mut().enumerate() {
        *value = f32::from(hits >> class & 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_has_four_steps_a_beat_or_three_in_triplet_feel() {
        let check = |numerator, denominator, triplets, expect: (u32, u32)| {
            let grid = DrumGrid::new(TimeSignature::new(numerator, denominator).unwrap(), triplets);
            assert_eq!((grid.beat_steps, grid.bar_steps), expect, "{numerator}/{denominator}");
        };
        check(4, 4, false, (4, 16));
        check(4, 4, true, (3, 12));
        check(6, 8, false, (3, 6));
        check(12, 8, false, (3, 12));
        check(5, 4, false, (4, 20));
        check(7, 8, false, (4, 14));
        check(7, 8, true, (4, 14));
        check(1, 32, false, (4, 1));
    }

    #[test]
    fn an_onset_finds_its_step_and_how_late_it_is() {
        let grid = DrumGrid::new(TimeSignature::COMMON, false);
        for step in 0..64 {
            assert_eq!(grid.nearest_step(grid.step_onset(step)), (step, 0.0));
        }
        let (step, shift) = grid.nearest_step(1.05);
        assert_eq!(step, 4);
        assert!((shift - 0.2).abs() < 1e-9);
        let (step, shift) = grid.nearest_step(3.95);
        assert_eq!(step, 16);
        assert!((shift + 0.2).abs() < 1e-9);
    }
}
