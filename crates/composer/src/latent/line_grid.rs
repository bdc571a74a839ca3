//! Runs on the composer thread. A line on a grid of sixteenths, as `models/TOKENS.md` defines it for `line_vae`: notes to
//! step classes and back, and the conditions of a step.

use crate::expression::Swing;
use crate::phrase::line::on_grid;
use crate::phrase::window::{CHORD_VALUES, Window};
use crate::tokens::line::GridNote;
use crate::tokens::{Grid, PITCHES, TICKS_PER_QUARTER, pitch_token, token_midi};
use crate::vocabulary::ROLES;
use linnet_music::{Beats, Idea, Note, Part, PitchClass, STYLES, TimeSignature};
use std::f32::consts::TAU;

/// The class by which a note, or silence, goes on.
pub const HOLD: u8 = 0;
/// The class by which silence begins.
pub const OFF: u8 = 1;
/// The class by which pitch token 0 begins.
pub const FIRST_PITCH: u8 = 2;
/// Classes of a step; one more is START.
pub const LINE_CLASSES: usize = FIRST_PITCH as usize + PITCHES;
/// Values that describe a step.
pub const LINE_CONDITIONS: usize = CHORD_VALUES + 12 + 4 + 8 + 2 + ROLES + STYLES;
/// Bars of a window.
pub const WINDOW_BARS: usize = 2;
const STEP_TICKS: u32 = 6;

/// How the bars of a metre are divided into steps of a sixteenth. Where a bar is no whole number of them, its last step
/// is shorter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineGrid {
    /// The bars of the vocabulary, which may be shorter than those of the metre.
    pub grid: Grid,
    metre: TimeSignature,
    /// Steps in a bar of the grid, in [1, 32].
    pub width: usize,
}

impl LineGrid {
    /// The grid of `metre`.
    pub fn new(metre: TimeSignature) -> Self {
        let grid = Grid::new(metre);
        Self { grid, metre, width: grid.bar_ticks.div_ceil(STEP_TICKS) as usize }
    }

    /// Bars of the grid in `bars` bars of the metre.
    pub fn grid_bars(&self, bars: u32) -> usize {
        bars as usize * self.grid.splits as usize
    }

    /// Steps in `bars` bars of the metre.
    pub fn steps(&self, bars: u32) -> usize {
        self.grid_bars(bars) * self.width
    }

    /// Steps in a window.
    pub fn window_steps(&self) -> usize {
        WINDOW_BARS * self.width
    }

    /// The bar of the metre that `step` lies in.
    pub fn bar_of(&self, step: usize) -> u32 {
        (step / self.width / self.grid.splits as usize) as u32
    }

    /// The number of the beat that `step` lies in, from the first bar line; a last beat may be shorter.
    pub fn beat_of(&self, step: usize) -> usize {
        let beat_steps = (self.grid.beat_ticks / STEP_TICKS) as usize;
        step / self.width * self.width.div_ceil(beat_steps) + step % self.width / beat_steps
    }

    /// Where `step` begins, in ticks from the first bar line.
    pub fn tick_of(&self, step: usize) -> u32 {
        (step / self.width) as u32 * self.grid.bar_ticks + (step % self.width) as u32 * STEP_TICKS
    }

    /// The step nearest to `tick`, the earlier on a tie.
    pub fn step_of(&self, tick: u32) -> usize {
        let (bar, inside) = (tick / self.grid.bar_ticks, tick % self.grid.bar_ticks);
        let step = ((inside + STEP_TICKS / 2 - 1) / STEP_TICKS) as usize;
        bar as usize * self.width + step.min(self.width)
    }

    /// The step of an onset in beats, swung as `swing` does.
    pub fn step_of_onset(&self, onset: f64, swing: Swing) -> usize {
        let (bar, tick) = self.grid.quantise(swing.unwarp(onset) * f64::from(TICKS_PER_QUARTER));
        self.step_of(bar as u32 * self.grid.bar_ticks + tick)
    }

    /// The step classes of `bars` bars of the grid, from notes on it, sorted by onset, none two at one.
    pub fn encode(&self, notes: &[GridNote], tonic: PitchClass, bars: usize) -> Vec<u8> {
        let mut classes = vec![HOLD; bars * self.width];
        // Of onsets that fall into one step the longest stays, the earlier of two as long.
        let mut kept: Vec<(usize, usize, u32, i32)> = Vec::with_capacity(notes.len());
        for (index, note) in notes.iter().enumerate() {
            let room = notes.get(index + 1).map_or(u32::MAX, |next| next.onset - note.onset);
            let length = note.length.min(room);
            let at = self.step_of(note.onset).min(classes.len().saturating_sub(1));
            let end = self.step_of(note.onset + length).max(at + 1);
            match kept.last_mut() {
                Some(last) if last.0 == at && last.2 >= length => {}
                Some(last) if last.0 == at => *last = (at, end, length, note.midi),
                _ => kept.push((at, end, length, note.midi)),
            }
        }
        for (_, end, ..) in &kept {
            if let Some(class) = classes.get_mut(*end) {
                *class = OFF;
            }
        }
        for (at, _, _, midi) in &kept {
            classes[*at] = FIRST_PITCH + pitch_token(*midi, tonic);
        }
        self.restate_silence(&mut classes);
        classes
    }

    /// Silence is said again at every bar line, so that each run of bars is a grid of its own.
    fn restate_silence(&self, classes: &mut [u8]) {
        let mut last = OFF;
        for (step, class) in classes.iter_mut().enumerate() {
            if *class == HOLD && last == OFF && step.is_multiple_of(self.width) {
                *class = OFF;
            }
            if *class != HOLD {
                last = *class;
            }
        }
    }

    /// The notes of step classes, in ticks from the first bar line.
    pub fn decode(&self, classes: &[u8], tonic: PitchClass) -> Vec<GridNote> {
        let mut notes: Vec<GridNote> = Vec::new();
        let mut sounds = false;
        for (step, class) in classes.iter().enumerate().filter(|(_, class)| **class != HOLD) {
            let onset = self.tick_of(step);
            if let Some(note) = notes.last_mut().filter(|_| sounds) {
                note.length = onset - note.onset;
            }
            sounds = *class >= FIRST_PITCH;
            if sounds {
                notes.push(GridNote { onset, length: 0, midi: token_midi(class - FIRST_PITCH, tonic) });
            }
        }
        if let Some(note) = notes.last_mut().filter(|_| sounds) {
            note.length = self.tick_of(classes.len()) - note.onset;
        }
        notes
    }

    /// The highest line of `notes`, swung as `swing` does, over `bars` bars of the metre.
    pub fn of_notes(&self, notes: &[Note], swing: Swing, tonic: PitchClass, bars: u32) -> Vec<u8> {
        let straight = |note: &Note| {
            let (onset, end) = (swing.unwarp(note.onset.0), swing.unwarp(note.end().0));
            Note { onset: Beats(onset), length: Beats(end - onset), ..*note }
        };
        let straight: Vec<Note> = notes.iter().map(straight).collect();
        let bars = self.grid_bars(bars);
        self.encode(&on_grid(&straight, &self.grid, bars, false), tonic, bars)
    }

    /// The highest line of a part, repeated or cut to `bars` bars.
    pub fn of_idea(&self, idea: &Idea, part: Part, bars: u32) -> Vec<u8> {
        let notes = idea.phrase(part).notes();
        let swing = Swing::of(idea.metre, idea.controls.swing);
        let once = self.of_notes(notes, swing, idea.key.tonic, idea.bars().max(1));
        once.iter().copied().cycle().take(self.steps(bars)).collect()
    }

    /// The conditions of the steps of window `number`: `f32[N,74]`. `window` knows the chords from the first bar line;
    /// `style` holds weights of the styles.
    pub fn conditions(&self, window: &Window, style: &[f32; STYLES], number: usize) -> Vec<f32> {
        let steps = self.window_steps();
        let mut out = vec![0.0; steps * LINE_CONDITIONS];
        for (step, row) in out.chunks_exact_mut(LINE_CONDITIONS).enumerate() {
            let tick = self.tick_of(number * steps + step);
            row[..24].copy_from_slice(window.chord_values(tick));
            for (class, value) in row[24..36].iter_mut().enumerate() {
                *value = f32::from(window.scale() >> class & 1);
            }
            self.place(step, &mut row[36..50]);
            row[50 + window.role.index()] = 1.0;
            row[54..].copy_from_slice(style);
        }
        out
    }

    fn place(&self, step: usize, out: &mut [f32]) {
        let inside = step % self.width;
        let beat = self.grid.beat_ticks as f32 / STEP_TICKS as f32;
        for (at, period) in [(0, self.width as f32), (2, beat)] {
            let (sin, cos) = (TAU * inside as f32 / period).sin_cos();
            out[at] = sin;
            out[at + 1] = cos;
        }
        out[4 + self.grid.metre_class] = 1.0;
        out[11] = self.grid.bar_ticks as f32 / 96.0;
        out[12] = step as f32 / self.window_steps() as f32;
        out[13] = f32::from(u8::from(step >= self.width));
    }

    /// The metre that it divides.
    pub fn metre(&self) -> TimeSignature {
        self.metre
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(numerator: i32, denominator: i32) -> LineGrid {
        LineGrid::new(TimeSignature::new(numerator, denominator).unwrap())
    }

    #[test]
    fn every_metre_has_windows_that_the_network_takes() {
        for numerator in 1..=32 {
            for denominator in [1, 2, 4, 8, 16, 32] {
                let grid = grid(numerator, denominator);
                let steps = grid.window_steps();
                assert!((2..=64).contains(&steps), "{numerator}/{denominator}");
                assert!(grid.tick_of(grid.width) == grid.grid.bar_ticks);
                let beats: Vec<usize> = (0..steps).map(|step| grid.beat_of(step)).collect();
                assert!(beats.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] <= pair[0] + 1));
                assert!(beats[grid.width] > beats[grid.width - 1]);
            }
        }
    }

    proptest! {
        #[test]
        fn a_grid_survives_its_notes(
            raw in prop::collection::vec(prop_oneof![4 => Just(HOLD), 1 => Just(OFF), 2 => 2u8..66], 32),
            semitones in 0..12i32,
        ) {
            let (grid, tonic) = (grid(4, 4), PitchClass::new(semitones));
            let mut classes = raw;
            classes[0] = classes[0].max(OFF);
            // Said as the encoder says it: silence once, and at bar lines.
            let notes = grid.decode(&classes, tonic);
            let said = grid.encode(&notes, tonic, 2);
            prop_assert_eq!(grid.decode(&said, tonic), notes);
            prop_assert_eq!(crate::likeness::of_lines(&said, &classes), 0.0);
            prop_assert!(said[0] != HOLD);
        }
    }
}
