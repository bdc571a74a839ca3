//! What tells styles apart: features of all four parts and of the harmony. Tempo and metre are left out: hosts give them.

use super::asking::BAND;
use super::drum_features::{self, DrumSample};
use super::music::Music;
use super::phrase_features::{self, Sample};
use super::window::{BARS, Window};
use linnet_composer::attributes::{self, Attribute};
use linnet_composer::tokens::drum::class;
use linnet_music::{ChordSpan, Idea};

/// Attributes beside the features of the overlap.
const ATTRIBUTES: [Attribute; 3] = [Attribute::Syncopation, Attribute::Articulation, Attribute::Polyphony];

/// The features of a window of a piece; those of parts that are missing are no numbers.
pub fn of_window(window: &Window) -> Vec<f64> {
    let harmony = window.score.harmony(window.start, window.start + BARS);
    of_all(&BAND.map(|(voice, _)| Music::of_window(window, voice)), &harmony, BARS)
}

/// The features of an idea.
pub fn of_idea(idea: &Idea) -> Vec<f64> {
    of_all(&BAND.map(|(voice, part)| Music::of_idea(idea, part, voice)), &idea.harmony, idea.bars() as usize)
}

/// Those of the parts that the piece of `window` has, too: of what no such piece plays, a classifier has learnt nothing.
pub fn of_idea_beside(idea: &Idea, window: &Window) -> Vec<f64> {
    let ours = BAND.map(|(voice, part)| {
        Music::of_idea(idea, part, voice).where_played_by(&Music::of_window(window, voice))
    });
    of_all(&ours, &idea.harmony, idea.bars() as usize)
}

/// The features of the parts of [`BAND`] and of the harmony.
fn of_all(parts: &[Music; BAND.len()], harmony: &[ChordSpan], bars: usize) -> Vec<f64> {
    let mut row = Vec::new();
    for part in parts {
        let features = part.features();
        match part {
            Music::Notes(sample) => {
                let values = attributes::measure(&sample.notes, &sample.grid, sample.bars);
                let more = ATTRIBUTES.map(|attribute| f64::from(values[attribute.index()]));
                let is_there = features.is_some();
                row.extend(features.unwrap_or_else(|| vec![f64::NAN; phrase_features::FEATURES]));
                row.extend(if is_there { more } else { [f64::NAN; ATTRIBUTES.len()] });
                row.extend(onsets(sample));
            }
            Music::Drums(sample) => {
                row.extend(features.unwrap_or_else(|| vec![f64::NAN; drum_features::FEATURES]));
                row.extend(places(sample));
                row.extend(strokes(sample));
            }
        }
    }
    row.extend(of_harmony(harmony, bars));
    row
}

/// Places of two beats, in quarters of a beat, at which shares of onsets are counted.
const PLACES: usize = 8;
/// Classes of the kit whose places count: kick, snare, closed and open hat, ride.
const STRUCK: [usize; 5] = [class::KICK, class::SNARE, class::CLOSED_HAT, class::OPEN_HAT, class::RIDE];

/// The share of a part's notes that begin at each place.
fn onsets(sample: &Sample) -> [f64; PLACES] {
    let place = |tick: u32| (tick % sample.grid.bar_ticks, sample.grid.beat_ticks);
    shares(sample.notes.iter().map(|note| {
        let (inside, beat) = place(note.onset);
        (inside % (2 * beat) * PLACES as u32 / (2 * beat)) as usize
    }))
}

/// The same of each class of the kit.
fn strokes(sample: &DrumSample) -> Vec<f64> {
    let place =
        |step: usize| step % sample.bar_steps % (2 * sample.beat_steps) * PLACES / (2 * sample.beat_steps);
    let of = |class: &usize| {
        let struck = sample.steps.iter().enumerate().filter(|(_, sounds)| *sounds >> class & 1 == 1);
        shares(struck.map(|(step, _)| place(step)))
    };
    STRUCK.iter().flat_map(of).collect()
}

/// The share of each place; no numbers where there is none.
fn shares(places: impl Iterator<Item = usize>) -> [f64; PLACES] {
    let mut counts = [0.0; PLACES];
    for place in places {
        counts[place] += 1.0;
    }
    let all: f64 = counts.iter().sum();
    counts.map(|count| count / all)
}

/// Of the beats, the share with a kick; of the snares, those on the second of two beats; of the hats and rides, those halfway
/// between beats; whether beats are in thirds.
fn places(sample: &DrumSample) -> [f64; 4] {
    if sample.steps.iter().all(|sounds| *sounds == 0) {
        return [f64::NAN; 4];
    }
    let beat = sample.beat_steps;
    let inside = |step: usize| step % sample.bar_steps;
    let has = |class: usize, sounds: u16| sounds >> class & 1 == 1;
    let share = |counts: &dyn Fn(usize, u16) -> bool, of: &dyn Fn(usize, u16) -> bool| {
        let all = sample.steps.iter().enumerate().filter(|(step, sounds)| of(*step, **sounds));
        let (mut inside, mut count) = (0.0, 0.0_f64);
        for (step, sounds) in all {
            count += 1.0;
            inside += f64::from(u8::from(counts(step, *sounds)));
        }
        inside / count.max(1.0)
    };
    let is_hat = |sounds: u16| {
        has(class::CLOSED_HAT, sounds) || has(class::OPEN_HAT, sounds) || has(class::RIDE, sounds)
    };
    [
        share(&|_, sounds| has(class::KICK, sounds), &|step, _| inside(step).is_multiple_of(beat)),
        share(&|step, _| inside(step) % (2 * beat) == beat, &|_, sounds| has(class::SNARE, sounds)),
        share(&|step, _| inside(step) % beat == beat / 2, &|_, sounds| is_hat(sounds)),
        f64::from(u8::from(beat == 3)),
    ]
}

/// The share of time under chords of four tones, and under minor thirds; chords a bar.
fn of_harmony(harmony: &[ChordSpan], bars: usize) -> [f64; 3] {
    let length = |of: &dyn Fn(&ChordSpan) -> bool| -> f64 {
        harmony.iter().filter(|span| of(span)).map(|span| span.length.0).sum()
    };
    let all = length(&|_| true);
    [
        length(&|span| span.chord.quality.intervals().len() > 3) / all,
        length(&|span| span.chord.quality.intervals().contains(&3)) / all,
        harmony.len() as f64 / bars.max(1) as f64,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_four_on_the_floor_is_seen() {
        // Kicks on beats, snares on the second and fourth, hats between.
        let bar: Vec<u16> = (0..16)
            .map(|step| match step % 8 {
                0 => 0b001,
                4 => 0b011,
                2 | 6 => 0b100,
                _ => 0,
            })
            .collect();
        let drums = DrumSample { steps: bar.repeat(8), bar_steps: 16, beat_steps: 4 };
        assert_eq!(places(&drums), [1.0, 1.0, 1.0, 0.0]);
        assert_eq!(strokes(&drums)[..8], [0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]);
        assert_eq!(strokes(&drums)[8..16], [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!(strokes(&drums)[24..].iter().all(|share| share.is_nan()));
    }
}
