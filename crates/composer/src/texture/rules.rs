//! Runs on the composer thread. What the rules say of a texture, beside the critic.

use super::columns::Columns;
use super::critic::taste;
use super::roll::{Roll, Strike};
use super::{BASS, COMP, DRUMS, PARTS};
use crate::phrase::window::CHORD_VALUES;
use crate::texture::roll::{BASS_FIRST, COLUMNS, COMP_FIRST};
use crate::tokens::PITCH_OFFSET;

/// Hits, bass notes and strikes a quarter that are common: medians of the held-out textures.
const COMMON: [f32; PARTS] = [3.5, 1.0, 1.1];

/// What a texture was judged by: means over its windows of two bars.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TextureScores {
    /// The sum by which candidates are sorted; greater is better.
    pub total: f32,
    /// The critic's log odds that people made it.
    pub critic: f32,
    /// The share of bars in which a part that should play is silent.
    pub empty: f32,
    /// The share of comping tones that belong to the chord; 1 where there are none.
    pub chord_tones: f32,
    /// The share of chords whose first bass note is their root; 1 where there are none.
    pub roots: f32,
    /// The share of onsets off the beats.
    pub off_beats: f32,
    /// The share of strikes of one tone.
    pub thin: f32,
    /// Hits, bass notes and strikes a quarter.
    pub densities: [f32; PARTS],
}

/// What the user wishes of every candidate alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    /// The parts that are drawn.
    pub wanted: [bool; PARTS],
    /// From −1, few notes, to 1, many.
    pub density: f32,
    /// From −1, on the beat, to 1, off it.
    pub complexity: f32,
}

impl TextureScores {
    /// What `critic` and the rules say of `roll` over `chord`, `f32[24, 48]`.
    pub fn new(roll: &Roll, columns: &Columns, chord: &[f32], critic: f32, wish: &Wish) -> Self {
        let (bass, comp) = (roll.bass_notes(columns), roll.comp_strikes(columns));
        let quarters = columns.count() as f32 / 4.0;
        let hits: u32 = roll.drums.iter().map(|hits| hits.count_ones()).sum();
        let mut scores = Self {
            total: 0.0,
            critic,
            empty: empty(roll, columns, wish),
            chord_tones: chord_tones(&comp, columns, chord),
            roots: roots(&bass, columns, chord),
            off_beats: off_beats(roll, columns),
            thin: share(comp.iter().filter(|strike| strike.rows.is_power_of_two()).count(), comp.len(), 0.0),
            densities: [hits as f32, bass.len() as f32, comp.len() as f32].map(|count| count / quarters),
        };
        scores.total = scores.sum(wish);
        scores
    }

    /// How alike the bars are is left to the critic: rewarded here, textures varied too little (`models/SCORECARD.md`).
    fn sum(&self, wish: &Wish) -> f32 {
        let dense = |part: usize| (self.densities[part].max(0.05) / COMMON[part]).log2().clamp(-1.5, 1.5);
        let wanted = || (0..PARTS).filter(|part| wish.wanted[*part]);
        let dense = wanted().map(dense).sum::<f32>() / wanted().count().max(1) as f32;
        2.0 * taste(self.critic) - 2.0 * self.empty + 0.8 * self.chord_tones + 0.6 * self.roots
            - 0.4 * self.thin
            + 0.5 * wish.density * dense
            + 1.2 * wish.complexity * self.off_beats
    }

    /// The mean of several windows.
    pub fn mean(windows: &[Self]) -> Self {
        let of = |value: &dyn Fn(&Self) -> f32| {
            windows.iter().map(value).sum::<f32>() / windows.len().max(1) as f32
        };
        Self {
            total: of(&|scores| scores.total),
            critic: of(&|scores| scores.critic),
            empty: of(&|scores| scores.empty),
            chord_tones: of(&|scores| scores.chord_tones),
            roots: of(&|scores| scores.roots),
            off_beats: of(&|scores| scores.off_beats),
            thin: of(&|scores| scores.thin),
            densities: std::array::from_fn(|part| of(&|scores| scores.densities[part])),
        }
    }
}

fn share(some: usize, all: usize, of_none: f32) -> f32 {
    if all == 0 { of_none } else { some as f32 / all as f32 }
}

/// Whether something of `part` begins in column `at`.
fn begins(roll: &Roll, part: usize, at: usize) -> bool {
    match part {
        DRUMS => roll.drums[at] != 0,
        BASS => roll.bass[at].is_some(),
        _ => roll.comp[at] != 0,
    }
}

fn empty(roll: &Roll, columns: &Columns, wish: &Wish) -> f32 {
    let is_empty = |part: usize, bar: usize| {
        let mut inside = bar * columns.bar..(bar + 1) * columns.bar;
        let holds = |at: usize| match part {
            BASS => roll.bass_hold[at],
            COMP => roll.comp_hold[at],
            _ => false,
        };
        !inside.any(|at| begins(roll, part, at) || holds(at))
    };
    let bars = (0..PARTS).filter(|part| wish.wanted[*part]).flat_map(|part| [(part, 0), (part, 1)]);
    let bars: Vec<bool> = bars.map(|(part, bar)| is_empty(part, bar)).collect();
    share(bars.iter().filter(|empty| **empty).count(), bars.len(), 0.0)
}

/// The chord's pitch classes, or its roots from row 12 on, at column `at`.
fn has(chord: &[f32], row: i32, columns: &Columns, at: usize) -> bool {
    chord[row as usize * COLUMNS + columns.column(at)] > 0.0
}

fn is_known(chord: &[f32], columns: &Columns, at: usize) -> bool {
    (12..CHORD_VALUES as i32).any(|row| has(chord, row, columns, at))
}

/// The pitch class of a row, relative to the tonic.
fn class(row: u32, first: i32) -> i32 {
    (row as i32 + first - PITCH_OFFSET).rem_euclid(12)
}

fn chord_tones(comp: &[Strike], columns: &Columns, chord: &[f32]) -> f32 {
    let (mut inside, mut all) = (0, 0);
    for strike in comp.iter().filter(|strike| is_known(chord, columns, strike.at)) {
        for row in (0..u64::BITS).filter(|row| strike.rows >> row & 1 == 1) {
            all += 1;
            inside += usize::from(has(chord, class(row, COMP_FIRST), columns, strike.at));
        }
    }
    share(inside, all, 1.0)
}

fn roots(bass: &[Strike], columns: &Columns, chord: &[f32]) -> f32 {
    let root_at = |at: usize| (12..CHORD_VALUES as i32).find(|row| has(chord, *row, columns, at));
    let (mut on_root, mut all, mut before) = (0, 0, None);
    for note in bass {
        let Some(root) = root_at(note.at) else { continue };
        if before != Some(root) {
            all += 1;
            on_root += usize::from(root - 12 == class(note.rows.trailing_zeros(), BASS_FIRST));
        }
        before = Some(root);
    }
    share(on_root, all, 1.0)
}

fn off_beats(roll: &Roll, columns: &Columns) -> f32 {
    let mut counts = [0, 0];
    for at in 0..columns.count() {
        // Hats run through; kick and snare tell whether the beat is where it is expected.
        let onsets = (roll.drums[at] & 0b11).count_ones() as usize
            + [BASS, COMP].iter().filter(|part| begins(roll, **part, at)).count();
        counts[usize::from(!columns.is_beat(at))] += onsets;
    }
    share(counts[1], counts[0] + counts[1], 0.0)
}
