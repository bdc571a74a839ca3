//! Any thread. How unlike two parts are: the distance that Vary's similarity and Morph's place are measured by.
//!
//! Lines are compared on a grid of sixteenths, drums on that of their beats. For a line, of stacked notes the highest,
//! it is half the share of steps at which one has an onset and the other has not, plus half the share of steps at which
//! another pitch, or silence, sounds. For drums it is the share of hits that one has and the other has not, of all hits
//! in either. Both lie in [0, 1]; 0 is the same music. Pitches are counted from the tonic, so that an idea that is moved
//! to another key is still itself.

use crate::latent::drum_grid::DrumPlaces;
use crate::latent::line_grid::{FIRST_PITCH, HOLD, LineGrid};
use linnet_music::{Idea, Part};

/// The distance of two lines on one grid, in [0, 1].
///
/// Where one is longer than the other, the rest counts as silence in the shorter one.
pub fn of_lines(one: &[u8], other: &[u8]) -> f32 {
    let steps = one.len().max(other.len());
    if steps == 0 {
        return 0.0;
    }
    let (mut struck, mut sounding) = (0, 0);
    let (mut now_one, mut now_other) = (None, None);
    for step in 0..steps {
        let (a, b) = (next(one.get(step), &mut now_one), next(other.get(step), &mut now_other));
        struck += usize::from(a != b);
        sounding += usize::from(now_one != now_other);
    }
    (struck + sounding) as f32 / (2 * steps) as f32
}

/// Whether a note begins with `class`; `sounds` is what sounds from then on.
fn next(class: Option<&u8>, sounds: &mut Option<u8>) -> bool {
    match class {
        Some(class) if *class >= FIRST_PITCH => *sounds = Some(*class),
        Some(&HOLD) => {}
        _ => *sounds = None,
    }
    class.is_some_and(|class| *class >= FIRST_PITCH)
}

/// The distance of two rows of hit sets on one grid, in [0, 1].
pub fn of_drums(one: &[u16], other: &[u16]) -> f32 {
    let steps = one.len().max(other.len());
    let at = |row: &[u16], step: usize| row.get(step).copied().unwrap_or(0);
    let (mut differing, mut all) = (0, 0);
    for step in 0..steps {
        let (a, b) = (at(one, step), at(other, step));
        differing += (a ^ b).count_ones();
        all += (a | b).count_ones();
    }
    differing as f32 / all.max(1) as f32
}

/// The distance of the parts `part` of two ideas in one metre, in [0, 1]; the shorter idea is repeated.
pub fn of_part(one: &Idea, other: &Idea, part: Part) -> f32 {
    let bars = one.bars().max(other.bars()).max(1);
    if part == Part::Drums {
        let places = DrumPlaces::of(&[one, other]);
        return of_drums(&places.hits(one, bars), &places.hits(other, bars));
    }
    let grid = LineGrid::new(one.metre);
    of_lines(&grid.of_idea(one, part, bars), &grid.of_idea(other, part, bars))
}

/// The mean over the parts that either idea has, in [0, 1].
pub fn of_ideas(one: &Idea, other: &Idea) -> f32 {
    let has = |part: &Part| !one.phrase(*part).is_empty() || !other.phrase(*part).is_empty();
    let parts: Vec<f32> = Part::ALL.into_iter().filter(has).map(|part| of_part(one, other, part)).collect();
    parts.iter().sum::<f32>() / parts.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent::line_grid::OFF;
    use proptest::prelude::*;

    #[test]
    fn onsets_and_pitches_count_half_each() {
        let line = [20, HOLD, HOLD, HOLD, 24, HOLD, OFF, HOLD];
        assert_eq!(of_lines(&line, &line), 0.0);
        // Another pitch at the same onset: a half for the two steps that it sounds.
        assert_eq!(of_lines(&line, &[20, HOLD, HOLD, HOLD, 25, HOLD, OFF, HOLD]), 0.5 * 2.0 / 8.0);
        // The same pitch struck once more: a half for one step.
        assert_eq!(of_lines(&line, &[20, HOLD, 20, HOLD, 24, HOLD, OFF, HOLD]), 0.5 / 8.0);
        assert_eq!(of_lines(&line, &[OFF; 8]), 0.5 * (2.0 + 6.0) / 8.0);
        assert_eq!(of_lines(&[], &[]), 0.0);
        assert_eq!(of_lines(&[20, HOLD], &[20]), 0.25);
    }

    #[test]
    fn hits_in_one_alone_count_of_all() {
        assert_eq!(of_drums(&[0b101, 0, 1], &[0b101, 0, 1]), 0.0);
        assert_eq!(of_drums(&[0b101, 0], &[0b001, 0b10]), 2.0 / 3.0);
        assert_eq!(of_drums(&[1], &[2]), 1.0);
        assert_eq!(of_drums(&[], &[0]), 0.0);
    }

    proptest! {
        #[test]
        fn it_is_a_distance(
            one in prop::collection::vec(0u8..66, 0..40), other in prop::collection::vec(0u8..66, 0..40),
        ) {
            let far = of_lines(&one, &other);
            prop_assert!((0.0..=1.0).contains(&far));
            prop_assert_eq!(far, of_lines(&other, &one));
            prop_assert_eq!(of_lines(&one, &one), 0.0);
        }
    }
}
