//! Features of drums, by which proposals are compared with drummers.

use super::statistics::mean;
use linnet_composer::tokens::drum::{CLASSES, DrumGrid, GENERAL_MIDI_OUT, class, class_of};
use linnet_music::{Beats, Note, Pitch, TimeSignature, Velocity};

/// How many features there are.
pub const FEATURES: usize = 11;
/// What they are called.
pub const NAMES: [&str; FEATURES] = [
    "hits a step",
    "syncopation",
    "kick",
    "snare",
    "closed hat",
    "open hat",
    "toms",
    "crash",
    "ride",
    "groove consistency",
    "bar likeness",
];

/// One stroke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// From 0.
    pub bar: usize,
    /// Inside the bar, from 0.
    pub step: usize,
    /// A place in [`GENERAL_MIDI_OUT`].
    pub class: usize,
    /// How hard.
    pub velocity: Velocity,
}

/// Drums with what is needed to judge them.
#[derive(Clone, Debug, PartialEq)]
pub struct DrumSample {
    /// The classes that sound in each step, one bit each.
    pub steps: Vec<u16>,
    /// Steps in a bar, and in a beat.
    pub bar_steps: usize,
    /// See `bar_steps`.
    pub beat_steps: usize,
}

impl DrumSample {
    /// Strokes on their grid.
    pub fn of_hits(hits: &[Hit], metre: TimeSignature, triplets: bool, bars: usize) -> Self {
        let mut sample = Self::silent(metre, triplets, bars);
        for hit in hits {
            sample.set(hit.bar * sample.bar_steps + hit.step, hit.class);
        }
        sample
    }

    /// Notes in beats, in thirds of a beat where they lie nearer to these.
    pub fn of_notes(notes: &[Note], metre: TimeSignature, bars: usize) -> Self {
        let off = |triplets: bool| {
            let grid = DrumGrid::new(metre, triplets);
            notes.iter().map(|note| grid.nearest_step(note.onset.0).1.abs() * grid.step_beats()).sum::<f64>()
        };
        let triplets = off(true) < off(false) - 1e-9;
        let grid = DrumGrid::new(metre, triplets);
        let mut sample = Self::silent(metre, triplets, bars);
        for note in notes {
            if let Some(class) = class_of(note.pitch.midi()) {
                sample.set(grid.nearest_step(note.onset.0).0, class);
            }
        }
        sample
    }

    fn silent(metre: TimeSignature, triplets: bool, bars: usize) -> Self {
        let grid = DrumGrid::new(metre, triplets);
        let bar_steps = grid.bar_steps as usize;
        Self { steps: vec![0; bars * bar_steps], bar_steps, beat_steps: grid.beat_steps as usize }
    }

    fn set(&mut self, step: usize, class: usize) {
        if let Some(sounds) = self.steps.get_mut(step) {
            *sounds |= 1 << class;
        }
    }

    fn bars(&self) -> impl Iterator<Item = &[u16]> {
        self.steps.chunks_exact(self.bar_steps)
    }
}

/// Strokes as notes in beats.
pub fn notes(hits: &[Hit], metre: TimeSignature, triplets: bool) -> Vec<Note> {
    let grid = DrumGrid::new(metre, triplets);
    let note = |hit: &Hit| Note {
        onset: Beats(grid.step_onset(hit.bar * grid.bar_steps as usize + hit.step)),
        length: Beats(0.25),
        pitch: Pitch::new(i32::from(GENERAL_MIDI_OUT[hit.class.min(CLASSES - 1)])),
        velocity: hit.velocity,
    };
    hits.iter().map(note).collect()
}

/// The features of drums; none where there are fewer than two hits.
pub fn features(sample: &DrumSample) -> Option<[f64; FEATURES]> {
    let mut counts = [0.0; CLASSES];
    let (mut off, mut low) = (0.0, 0.0);
    for (step, sounds) in sample.steps.iter().enumerate() {
        for (class, count) in counts.iter_mut().enumerate() {
            *count += f64::from(sounds >> class & 1);
        }
        let struck = f64::from((sounds & 0b11).count_ones());
        low += struck;
        if !(step % sample.bar_steps).is_multiple_of(sample.beat_steps) {
            off += struck;
        }
    }
    let all: f64 = counts.iter().sum();
    let share = |classes: std::ops::RangeInclusive<usize>| counts[classes].iter().sum::<f64>() / all;
    (all >= 2.0).then(|| {
        [
            all / sample.steps.len() as f64,
            if low > 0.0 { off / low } else { 0.0 },
            share(class::KICK..=class::KICK),
            share(class::SNARE..=class::SNARE),
            share(class::CLOSED_HAT..=class::CLOSED_HAT),
            share(class::OPEN_HAT..=class::OPEN_HAT),
            share(class::LOW_TOM..=class::HIGH_TOM),
            share(class::CRASH..=class::CRASH),
            share(class::RIDE..=class::RIDE),
            groove_consistency(sample),
            bar_likeness(sample),
        ]
    })
}

/// One minus the mean share of steps in which one of two neighbouring bars is struck and the other is not.
fn groove_consistency(sample: &DrumSample) -> f64 {
    let bars: Vec<&[u16]> = sample.bars().collect();
    let differing = |pair: &[&[u16]]| {
        let differ = pair[0].iter().zip(pair[1]).filter(|(a, b)| (**a == 0) != (**b == 0)).count();
        differ as f64 / sample.bar_steps as f64
    };
    1.0 - mean(&bars.windows(2).map(differing).collect::<Vec<_>>())
}

/// The mean over bars of the greatest share of hits that a bar has in common with an earlier one.
fn bar_likeness(sample: &DrumSample) -> f64 {
    let bars: Vec<&[u16]> = sample.bars().collect();
    let common = |a: &[u16], b: &[u16]| {
        let (mut shared, mut all) = (0, 0);
        for (a, b) in a.iter().zip(b) {
            shared += (a & b).count_ones();
            all += (a | b).count_ones();
        }
        f64::from(shared) / f64::from(all.max(1))
    };
    let greatest =
        |index: usize| bars[..index].iter().map(|bar| common(bar, bars[index])).fold(0.0, f64::max);
    mean(&(1..bars.len()).map(greatest).collect::<Vec<_>>())
}

/// One minus the share of hits that two samples have in common, in [0, 1].
pub fn distance(a: &DrumSample, b: &DrumSample) -> f64 {
    f64::from(linnet_composer::likeness::of_drums(&a.steps, &b.steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_as_counted_by_hand() {
        let hit = |bar, step, class| Hit { bar, step, class, velocity: Velocity::new(90) };
        // A kick on the first beat and off the third, hats on every beat; then the same without the second kick.
        let mut hits = vec![hit(0, 0, 0), hit(0, 10, 0), hit(1, 0, 0)];
        hits.extend((0..8).map(|beat| hit(beat / 4, 4 * (beat % 4), 2)));
        let sample = DrumSample::of_hits(&hits, TimeSignature::COMMON, false, 2);
        let found = features(&sample).unwrap();
        let wanted = [11.0 / 32.0, 1.0 / 3.0, 3.0 / 11.0, 0.0, 8.0 / 11.0, 0.0, 0.0, 0.0, 0.0];
        for (found, wanted) in found.iter().zip(wanted.into_iter().chain([1.0 - 1.0 / 16.0, 5.0 / 6.0])) {
            assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
        }
        let played = notes(&hits, TimeSignature::COMMON, false);
        let again = DrumSample::of_notes(&played, TimeSignature::COMMON, 2);
        assert_eq!(again, sample);
        assert!(features(&DrumSample::of_hits(&hits[..1], TimeSignature::COMMON, false, 2)).is_none());
    }
}
