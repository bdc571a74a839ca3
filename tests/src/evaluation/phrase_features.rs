//! Twelve features of a phrase, by which proposals are compared with people's music.
//!
//! After L.-C. Yang and A. Lerch ("On the evaluation of generative models in music", Neural Computing and Applications 32,
//! 2020) and `MusPy` (H.-W. Dong et al., ISMIR 2020).

use linnet_composer::tokens::Grid;
use linnet_composer::tokens::line::GridNote;
use linnet_music::Key;

/// How many features there are.
pub const FEATURES: usize = 12;
/// What they are called.
pub const NAMES: [&str; FEATURES] = [
    "pitches",
    "range",
    "mean interval",
    "mean gap",
    "notes a beat",
    "mean length",
    "pitch-class entropy",
    "in scale",
    "groove consistency",
    "steps",
    "repeats",
    "bar likeness",
];

/// A phrase with what is needed to judge it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Notes from the phrase's start, sorted by onset.
    pub notes: Vec<GridNote>,
    /// How its bars are divided, and how many there are.
    pub grid: Grid,
    /// See `grid`.
    pub bars: usize,
    /// Its key.
    pub key: Key,
}

/// The features of a phrase; none where it has fewer than two notes.
pub fn features(sample: &Sample) -> Option<[f64; FEATURES]> {
    let notes = &sample.notes;
    if notes.len() < 2 {
        return None;
    }
    let count = notes.len() as f64;
    let keys: Vec<f64> = notes.iter().map(|note| f64::from(note.midi)).collect();
    let highest = keys.iter().copied().fold(f64::MIN, f64::max);
    let lowest = keys.iter().copied().fold(f64::MAX, f64::min);
    let mut distinct: Vec<i32> = notes.iter().map(|note| note.midi).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let line = tops(notes);
    let steps: Vec<f64> =
        line.windows(2).map(|pair| f64::from((pair[1].midi - pair[0].midi).abs())).collect();
    let gaps: Vec<f64> =
        line.windows(2).map(|pair| f64::from(pair[1].onset - pair[0].onset) / 24.0).collect();
    let share = |counts: &dyn Fn(f64) -> bool| {
        steps.iter().filter(|step| counts(**step)).count() as f64 / steps.len().max(1) as f64
    };
    let beats = sample.bars as f64 * f64::from(sample.grid.bar_ticks) / 24.0;
    let in_scale =
        notes.iter().filter(|note| sample.key.contains(linnet_music::Pitch::new(note.midi))).count();
    Some([
        distinct.len() as f64,
        highest - lowest,
        mean(&steps),
        mean(&gaps),
        count / beats,
        notes.iter().map(|note| f64::from(note.length) / 24.0).sum::<f64>() / count,
        entropy(notes),
        in_scale as f64 / count,
        groove_consistency(sample),
        share(&|step| (1.0..=2.0).contains(&step)),
        share(&|step| step == 0.0),
        bar_likeness(sample),
    ])
}

/// The highest note of each onset.
fn tops(notes: &[GridNote]) -> Vec<GridNote> {
    let mut line: Vec<GridNote> = Vec::with_capacity(notes.len());
    for note in notes {
        match line.last_mut().filter(|last| last.onset == note.onset) {
            Some(last) => last.midi = last.midi.max(note.midi),
            None => line.push(*note),
        }
    }
    line
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// In bits.
fn entropy(notes: &[GridNote]) -> f64 {
    let mut classes = [0.0; 12];
    for note in notes {
        classes[note.midi.rem_euclid(12) as usize] += 1.0 / notes.len() as f64;
    }
    -classes.iter().filter(|share| **share > 0.0).map(|share| share * share.log2()).sum::<f64>()
}

/// The onsets of each bar, as sixteenths that are set.
fn onsets_by_bar(sample: &Sample) -> Vec<Vec<bool>> {
    let columns = (sample.grid.bar_ticks / 6).max(1) as usize;
    let mut bars = vec![vec![false; columns]; sample.bars];
    for note in &sample.notes {
        let (bar, tick) = (note.onset / sample.grid.bar_ticks, note.onset % sample.grid.bar_ticks);
        if let Some(bar) = bars.get_mut(bar as usize) {
            bar[(tick / 6).min(columns as u32 - 1) as usize] = true;
        }
    }
    bars
}

/// One minus the mean share of places at which neighbouring bars differ.
fn groove_consistency(sample: &Sample) -> f64 {
    let bars = onsets_by_bar(sample);
    let differing = |pair: &[Vec<bool>]| {
        pair[0].iter().zip(&pair[1]).filter(|(a, b)| a != b).count() as f64 / pair[0].len() as f64
    };
    1.0 - mean(&bars.windows(2).map(differing).collect::<Vec<_>>())
}

/// The mean over bars of the greatest share of onsets and pitches that a bar has in common with an earlier one.
fn bar_likeness(sample: &Sample) -> f64 {
    let mut bars: Vec<Vec<(u32, i32)>> = vec![Vec::new(); sample.bars];
    for note in &sample.notes {
        if let Some(bar) = bars.get_mut((note.onset / sample.grid.bar_ticks) as usize) {
            bar.push((note.onset % sample.grid.bar_ticks, note.midi));
        }
    }
    let common = |a: &[(u32, i32)], b: &[(u32, i32)]| {
        let shared = a.iter().filter(|note| b.contains(note)).count();
        shared as f64 / (a.len() + b.len() - shared).max(1) as f64
    };
    let greatest =
        |index: usize| bars[..index].iter().map(|bar| common(bar, &bars[index])).fold(0.0, f64::max);
    mean(&(1..bars.len()).map(greatest).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{PitchClass, Scale, TimeSignature};

    #[test]
    fn features_are_as_counted_by_hand() {
        let note = |onset, length, midi| GridNote { onset, length, midi };
        let bar = |from| [note(from, 24, 60), note(from + 24, 24, 62), note(from + 48, 48, 67)];
        let sample = Sample {
            notes: [bar(0), bar(96)].concat(),
            grid: Grid::new(TimeSignature::COMMON),
            bars: 2,
            key: Key { tonic: PitchClass::new(0), scale: Scale::Major },
        };
        let found = features(&sample).unwrap();
        let wanted = [3.0, 7.0, 4.2, 1.2, 0.75, 32.0 / 24.0, 3.0f64.log2(), 1.0, 1.0, 0.4, 0.0, 1.0];
        // Steps 2 5 7 2 5; gaps 1 1 2 1 1.
        let wanted = wanted.map(|value: f64| (value * 1e6).round() / 1e6);
        assert_eq!(found.map(|value| (value * 1e6).round() / 1e6), wanted);
        assert!(features(&Sample { notes: vec![note(0, 24, 60)], ..sample }).is_none());
    }
}
