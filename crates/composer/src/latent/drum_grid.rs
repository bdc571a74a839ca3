//! Runs on the composer thread. Drums on a grid of steps, as `models/TOKENS.md` defines it for `drum_vae`: notes to sets
//! of hits, and the conditions of a step.

use crate::expression::Swing;
use crate::tokens::Grid;
use crate::tokens::drum::{DrumGrid, class_of};
use linnet_music::{Idea, Note, Part, STYLES, TimeSignature};

/// Values that describe a step.
pub const DRUM_CONDITIONS: usize = 4 + 8 + 2 + 2 + 1 + STYLES;
/// Onsets off the beat from which on it can be told whether they count thirds.
const ONSETS_MIN: usize = 4;

/// How drums lie on steps. Long bars are cut for the network's windows as those of lines are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrumPlaces {
    /// The steps.
    pub grid: DrumGrid,
    /// Steps of half a window, in [1, 32].
    pub width: usize,
}

impl DrumPlaces {
    /// The places in `metre`, in thirds of a beat where it is compound or `triplets` is set.
    pub fn new(metre: TimeSignature, triplets: bool) -> Self {
        let grid = DrumGrid::new(metre, triplets);
        Self { grid, width: (grid.bar_steps as usize).div_ceil(Grid::new(metre).splits as usize) }
    }

    /// Places that fit the drums of `ideas`, which are in one metre.
    pub fn of(ideas: &[&Idea]) -> Self {
        let metre = ideas.first().map_or(TimeSignature::COMMON, |idea| idea.metre);
        let mut inside = Vec::new();
        for idea in ideas {
            let swing = Swing::of(idea.metre, idea.controls.swing);
            let onsets = idea.phrase(Part::Drums).notes().iter().map(|note| swing.unwarp(note.onset.0));
            inside.extend(onsets.map(|onset| onset - onset.floor()).filter(|at| (0.12..0.88).contains(at)));
        }
        let error = |parts: f64| {
            inside.iter().map(|at| (at * parts - (at * parts).round()).abs()).sum::<f64>() / parts
        };
        Self::new(metre, inside.len() >= ONSETS_MIN && error(3.0) < 0.8 * error(4.0))
    }

    /// Steps in a window.
    pub fn window_steps(&self) -> usize {
        2 * self.width
    }

    /// Steps in `bars` bars of the metre.
    pub fn steps(&self, bars: u32) -> usize {
        bars as usize * self.grid.bar_steps as usize
    }

    /// The step and the class of a note, where it is of the kit.
    pub fn place(&self, note: &Note, swing: Swing) -> Option<(usize, usize)> {
        Some((self.grid.nearest_step(swing.unwarp(note.onset.0)).0, class_of(note.pitch.midi())?))
    }

    /// The sets of hits of `notes` over `steps` steps.
    pub fn sets(&self, notes: &[Note], swing: Swing, steps: usize) -> Vec<u16> {
        let mut sets = vec![0; steps];
        for (step, class) in notes.iter().filter_map(|note| self.place(note, swing)) {
            if let Some(set) = sets.get_mut(step) {
                *set |= 1 << class;
            }
        }
        sets
    }

    /// The sets of hits of an idea's drums, repeated or cut to `bars` bars.
    pub fn hits(&self, idea: &Idea, bars: u32) -> Vec<u16> {
        let swing = Swing::of(idea.metre, idea.controls.swing);
        let once = self.sets(idea.phrase(Part::Drums).notes(), swing, self.steps(idea.bars().max(1)));
        once.iter().copied().cycle().take(self.steps(bars)).collect()
    }

    /// The conditions of the steps of a window at `beats_per_minute` of its own beats, 0 where unknown: `f32[N,37]`.
    /// `style` holds weights of the styles.
    pub fn conditions(&self, beats_per_minute: f32, style: &[f32; STYLES]) -> Vec<f32> {
        let beat_steps = self.grid.beat_steps as usize;
        let mut out = vec![0.0; self.window_steps() * DRUM_CONDITIONS];
        for (step, row) in out.chunks_exact_mut(DRUM_CONDITIONS).enumerate() {
            let inside = step % self.width;
            row[inside % beat_steps] = 1.0;
            row[4 + (inside / beat_steps).min(7)] = 1.0;
            row[if beat_steps == 4 { 12 } else { 13 }] = 1.0;
            row[14] = self.width as f32 / beat_steps as f32 / 4.0;
            row[15] = if beats_per_minute > 0.0 { (beats_per_minute / 120.0).log2() } else { 0.0 };
            row[16] = f32::from(u8::from(step >= self.width));
            row[17..].copy_from_slice(style);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metre_has_windows_that_the_network_takes() {
        for numerator in 1..=32 {
            for denominator in [1, 2, 4, 8, 16, 32] {
                for triplets in [false, true] {
                    let metre = TimeSignature::new(numerator, denominator).unwrap();
                    let places = DrumPlaces::new(metre, triplets);
                    assert!(
                        (2..=64).contains(&places.window_steps()),
                        "{numerator}/{denominator} {places:?}"
                    );
                }
            }
        }
    }
}
