//! Runs on the composer thread. What Vary makes of a part: only what the move in the latents changes is changed.
//!
//! The decoder does not give back exactly what was encoded, so a part is compared with what its own latents decode to.
//! Where a beat of the moved part is the same, the part keeps its own beat; drums keep every hit on which both agree.
//! So nothing changes where nothing moves, and ever more does the farther the move goes.

use crate::latent::line_grid::{FIRST_PITCH, HOLD, LineGrid, OFF};
use crate::likeness;
use crate::phrase::judge::{chord_tones, ending};
use crate::phrase::window::Window;
use crate::vocabulary::Role;

/// How far, by [`likeness`], two lines are that have nothing to do with each other; and two grooves.
pub const FAR_LINES: f32 = 0.5;
/// See [`FAR_LINES`].
pub const FAR_DRUMS: f32 = 0.6;
/// What a miss of the distance asked for weighs: a tenth of it as much as two thirds of a nat a step.
const MISS: f32 = 6.0;
const CHORD_TONES: f32 = 0.82;

/// The distance that `similarity` asks for, of parts that lie `far` from what is unlike them.
pub fn wished(similarity: f32, far: f32) -> f32 {
    (1.0 - similarity.clamp(0.0, 1.0)) * far
}

/// A line that was varied.
#[derive(Clone, Debug, PartialEq)]
pub struct VariedLine {
    /// Its step classes.
    pub classes: Vec<u8>,
    /// The steps that are not the part's own, by whole beats.
    pub is_new: Vec<bool>,
    /// Its distance from the part.
    pub distance: f32,
}

/// `own` with those beats of `moved` that differ from those of `still`, what the part's own latents decode to. Steps
/// that `stays` names are left alone.
pub fn line(
    grid: &LineGrid,
    own: &[u8],
    still: &[i64],
    moved: &[i64],
    stays: impl Fn(usize) -> bool,
) -> VariedLine {
    let mut classes = own.to_vec();
    let mut is_new = vec![false; own.len()];
    let mut begin = 0;
    while begin < own.len() {
        let beat = grid.beat_of(begin);
        let end = (begin..own.len()).find(|step| grid.beat_of(*step) != beat).unwrap_or(own.len());
        if still[begin..end] != moved[begin..end] && !(begin..end).any(&stays) {
            for step in begin..end {
                (classes[step], is_new[step]) = (moved[step] as u8, true);
            }
        }
        begin = end;
    }
    if let Some(first) = classes.first_mut().filter(|first| **first == HOLD) {
        *first = OFF;
    }
    let distance = likeness::of_lines(own, &classes);
    VariedLine { classes, is_new, distance }
}

/// How good a varied line is; greater is better. `window` holds the chords from the first bar line.
pub fn score_line(
    grid: &LineGrid,
    window: &Window,
    own: &[u8],
    varied: &VariedLine,
    log_likelihood: f32,
    wished: f32,
) -> f32 {
    let onsets = |classes: &[u8]| classes.iter().filter(|class| **class >= FIRST_PITCH).count().max(1) as f32;
    let other_count = (onsets(&varied.classes) / onsets(own)).log2().abs();
    let notes = grid.decode(&varied.classes, window.tonic);
    let harmony = chord_tones(window, &notes).unwrap_or(CHORD_TONES).min(CHORD_TONES);
    let steps = notes.windows(2).map(|pair| (pair[1].midi - pair[0].midi).abs());
    let wide = steps.filter(|step| *step > 7).count() as f32 / notes.len().max(1) as f32;
    let rests = if window.role == Role::Bass { 0.0 } else { 0.3 * ending(window, notes.last()) };
    log_likelihood.max(-4.0) + 0.8 * harmony + rests
        - 0.6 * wide
        - other_count
        - MISS * (varied.distance - wished).abs()
}

/// `own` with the hits on which `moved` and `still` differ turned over. Steps that `stays` names are left alone.
pub fn drums(own: &[u16], still: &[i64], moved: &[i64], stays: impl Fn(usize) -> bool) -> Vec<u16> {
    let rows = own.iter().zip(still).zip(moved).enumerate();
    rows.map(
        |(step, ((own, still), moved))| {
            if stays(step) { *own } else { own ^ (*still as u16 ^ *moved as u16) }
        },
    )
    .collect()
}

/// How good varied drums are; greater is better.
pub fn score_drums(own: &[u16], varied: &[u16], log_likelihood: f32, wished: f32) -> f32 {
    let hits = |sets: &[u16]| sets.iter().map(|set| set.count_ones()).sum::<u32>().max(1) as f32;
    let other_count = (hits(varied) / hits(own)).log2().abs();
    log_likelihood.max(-4.0) - other_count - MISS * (likeness::of_drums(own, varied) - wished).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::TimeSignature;

    #[test]
    fn only_beats_that_the_move_changes_are_changed() {
        let grid = LineGrid::new(TimeSignature::COMMON);
        let own: Vec<u8> = (0..32).map(|step| if step % 4 == 0 { 30 } else { HOLD }).collect();
        let still: Vec<i64> = (0..32).map(|step| if step % 8 == 0 { 31 } else { 0 }).collect();
        let mut moved = still.clone();
        assert_eq!(line(&grid, &own, &still, &moved, |_| false).classes, own);
        (moved[9], moved[20]) = (35, 36);
        let varied = line(&grid, &own, &still, &moved, |step| step >= 16);
        assert_eq!(varied.classes[8..12], [31, 35, 0, 0]);
        assert_eq!(varied.is_new, (0..32).map(|step| (8..12).contains(&step)).collect::<Vec<_>>());
        assert!(varied.distance > 0.0);
    }

    #[test]
    fn hits_that_the_move_turns_over_are_turned_over() {
        let varied = drums(&[0b101, 0b1, 0, 0b1], &[0b1, 0b1, 0, 0], &[0b11, 0, 0, 0b1], |step| step == 3);
        assert_eq!(varied, [0b111, 0, 0, 0b1]);
    }
}
