//! Runs on the composer thread. Two bars of drums, bass and comping over columns of a sixteenth, as `models/TOKENS.md`
//! lays them out.

use super::columns::Columns;
use crate::tokens::drum::{CLASSES, class_of};
use crate::tokens::{TICKS_PER_QUARTER, pitch_token_unbounded};
use linnet_music::{Note, PitchClass};

/// Columns of the longest bar.
pub const BAR_COLUMNS: usize = 24;
/// Columns of the networks' tensors.
pub const COLUMNS: usize = 2 * BAR_COLUMNS;
/// The pitch token of the bass's lowest row.
pub const BASS_FIRST: i32 = 4;
/// Rows of the bass.
pub const BASS_ROWS: usize = 32;
/// The pitch token of the lowest row of comping.
pub const COMP_FIRST: i32 = 24;
/// Rows of comping.
pub const COMP_ROWS: usize = 40;
/// Tones of a strike that are kept at most, the likeliest.
const TONES_MAX: usize = 5;
/// The probability from which on something sounds.
const SOUNDS: f32 = 0.5;

/// What sounds, by column; only columns that exist have a place, so that bar 2 follows bar 1 at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roll {
    /// Drum classes that are hit, as bits.
    pub drums: [u16; COLUMNS],
    /// The row in which a bass note begins.
    pub bass: [Option<u8>; COLUMNS],
    /// Where the bass note sounds on.
    pub bass_hold: [bool; COLUMNS],
    /// The rows in which tones of a strike begin, as bits.
    pub comp: [u64; COLUMNS],
    /// Where the strike sounds on.
    pub comp_hold: [bool; COLUMNS],
}

/// Something pitched that begins: its column, its length in columns, and its rows as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// The column among those that exist.
    pub at: usize,
    /// In columns, > 0.
    pub length: usize,
    /// Bit n is row n.
    pub rows: u64,
}

impl Roll {
    /// Silence.
    pub const EMPTY: Self = Self {
        drums: [0; COLUMNS],
        bass: [None; COLUMNS],
        bass_hold: [false; COLUMNS],
        comp: [0; COLUMNS],
        comp_hold: [false; COLUMNS],
    };

    /// Item `item` of the generator's outputs: `drums`, `bass`, `bass_hold`, `comp`, `comp_hold`.
    pub fn of_probabilities(outputs: &[Vec<f32>; 5], item: usize, columns: &Columns) -> Self {
        let mut roll = Self::EMPTY;
        for at in 0..columns.count() {
            let column = columns.column(at);
            let value = |output: usize, rows: usize, row: usize| {
                outputs[output][(item * rows + row) * COLUMNS + column]
            };
            for class in 0..CLASSES {
                roll.drums[at] |= u16::from(value(0, CLASSES, class) >= SOUNDS) << class;
            }
            let bass = |row: &usize| value(1, BASS_ROWS, *row);
            if (0..BASS_ROWS).map(|row| bass(&row)).sum::<f32>() >= SOUNDS {
                let likeliest = (0..BASS_ROWS).rev().max_by(|a, b| bass(a).total_cmp(&bass(b)));
                roll.bass[at] = likeliest.map(|row| row as u8);
            }
            let tone = |row: &usize| value(3, COMP_ROWS, *row);
            let mut tones: Vec<usize> = (0..COMP_ROWS).filter(|row| tone(row) >= SOUNDS).collect();
            tones.sort_by(|a, b| tone(b).total_cmp(&tone(a)));
            roll.comp[at] = tones.iter().take(TONES_MAX).fold(0, |rows, row| rows | 1 << row);
            roll.bass_hold[at] = value(2, 1, 0) >= SOUNDS;
            roll.comp_hold[at] = value(4, 1, 0) >= SOUNDS;
        }
        roll.tidy_holds();
        roll
    }

    /// Holds nothing in a column where something begins, nor before the first.
    fn tidy_holds(&mut self) {
        let (mut bass, mut comp) = (false, false);
        for at in 0..COLUMNS {
            bass |= self.bass[at].is_some();
            comp |= self.comp[at] != 0;
            self.bass_hold[at] &= bass && self.bass[at].is_none();
            self.comp_hold[at] &= comp && self.comp[at] == 0;
        }
    }

    /// Gives a strike of one tone the tones of the last fuller strike under the same chord, or else of the next, or else
    /// two more tones of the chord: the generator drops tones of a chord that it repeats. `chord` is `f32[24, 48]`.
    pub fn fill_thin(&mut self, columns: &Columns, chord: &[f32]) {
        let drawn = self.comp;
        let is_full = |at: &usize| drawn[*at].count_ones() > 1;
        let same = |one: usize, other: usize| {
            let of = |at: usize| chord.iter().skip(columns.column(at)).step_by(COLUMNS);
            of(one).eq(of(other))
        };
        for at in (0..columns.count()).filter(|at| drawn[*at].is_power_of_two()) {
            let before = (0..at).rev().filter(is_full).find(|other| same(at, *other));
            let fuller =
                before.or_else(|| (at..columns.count()).filter(is_full).find(|other| same(at, *other)));
            self.comp[at] =
                fuller.map_or_else(|| stacked(drawn[at], columns.column(at), chord), |other| drawn[other]);
        }
    }

    /// Takes the drums from `notes`, whose times are in beats from the first of these bars.
    pub fn set_drums(&mut self, notes: &[Note], columns: &Columns) {
        for note in notes {
            if let (Some(class), Some(at)) = (class_of(note.pitch.midi()), columns.nearest(note.onset.0)) {
                self.drums[at] |= 1 << class;
            }
        }
    }

    /// Takes the bass from `notes`, as above; where several begin together, the lowest.
    pub fn set_bass(&mut self, notes: &[Note], columns: &Columns, tonic: PitchClass) {
        for note in notes {
            let Some(at) = columns.nearest(note.onset.0) else { continue };
            let row = row_of(note, tonic, BASS_FIRST, BASS_ROWS);
            self.bass[at] = Some(self.bass[at].map_or(row, |other| other.min(row)));
        }
        let begins = |roll: &Self, at: usize| roll.bass[at].is_some();
        for note in notes {
            if let Some((from, end)) = sounding(self, note, columns, begins) {
                self.bass_hold[from..end].fill(true);
            }
        }
    }

    /// Takes the comping from `notes`, as above.
    pub fn set_comp(&mut self, notes: &[Note], columns: &Columns, tonic: PitchClass) {
        for note in notes {
            if let Some(at) = columns.nearest(note.onset.0) {
                self.comp[at] |= 1 << row_of(note, tonic, COMP_FIRST, COMP_ROWS);
            }
        }
        let begins = |roll: &Self, at: usize| roll.comp[at] != 0;
        for note in notes {
            if let Some((from, end)) = sounding(self, note, columns, begins) {
                self.comp_hold[from..end].fill(true);
            }
        }
    }

    /// The bass notes.
    pub fn bass_notes(&self, columns: &Columns) -> Vec<Strike> {
        let rows = |at: usize| self.bass[at].map_or(0, |row| 1 << row);
        strikes(columns.count(), rows, &self.bass_hold)
    }

    /// The strikes of the comping.
    pub fn comp_strikes(&self, columns: &Columns) -> Vec<Strike> {
        strikes(columns.count(), |at| self.comp[at], &self.comp_hold)
    }

    /// Writes the critic's five inputs for one item: each by rows of [`COLUMNS`].
    pub fn write(&self, columns: &Columns, item: usize, inputs: &mut [Vec<f32>; 5]) {
        let mut set = |input: usize, rows: usize, row: usize, at: usize, sounds: bool| {
            inputs[input][(item * rows + row) * COLUMNS + columns.column(at)] = f32::from(u8::from(sounds));
        };
        for at in 0..columns.count() {
            for class in 0..CLASSES {
                set(0, CLASSES, class, at, self.drums[at] >> class & 1 == 1);
            }
            for row in 0..BASS_ROWS {
                set(1, BASS_ROWS, row, at, self.bass[at] == Some(row as u8));
            }
            for row in 0..COMP_ROWS {
                set(3, COMP_ROWS, row, at, self.comp[at] >> row & 1 == 1);
            }
            set(2, 1, 0, at, self.bass_hold[at]);
            set(4, 1, 0, at, self.comp_hold[at]);
        }
    }
}

/// The row in `tone` with the next two tones of the chord above it, or below where there are none.
fn stacked(tone: u64, column: usize, chord: &[f32]) -> u64 {
    let row = tone.trailing_zeros() as usize;
    // Row 0 of comping is a tonic.
    let in_chord = |row: &usize| chord[row % 12 * COLUMNS + column] > 0.0;
    let above: Vec<usize> = (row + 1..COMP_ROWS).filter(in_chord).take(2).collect();
    let below = (0..row).rev().filter(in_chord).take(2 - above.len());
    above.into_iter().chain(below).fold(tone, |rows, row| rows | 1 << row)
}

/// Where `note` sounds on after its onset, up to the next of its part.
fn sounding(
    roll: &Roll,
    note: &Note,
    columns: &Columns,
    begins: impl Fn(&Roll, usize) -> bool,
) -> Option<(usize, usize)> {
    let at = columns.nearest(note.onset.0)?;
    let length = (note.length.0 * f64::from(TICKS_PER_QUARTER / 6)).round().max(1.0) as usize;
    let last = at.saturating_add(length).min(columns.count());
    let end = (at + 1..last).find(|column| begins(roll, *column)).unwrap_or(last);
    Some((at + 1, end))
}

/// The row of a note, moved by octaves where it lies outside.
fn row_of(note: &Note, tonic: PitchClass, first: i32, rows: usize) -> u8 {
    let (mut row, rows) = (pitch_token_unbounded(i32::from(note.pitch.midi()), tonic) - first, rows as i32);
    while row < 0 {
        row += 12;
    }
    while row >= rows {
        row -= 12;
    }
    row as u8
}

fn strikes(count: usize, rows: impl Fn(usize) -> u64, hold: &[bool; COLUMNS]) -> Vec<Strike> {
    let begins = (0..count).filter(|at| rows(*at) != 0);
    let end = |at: usize| (at + 1..count).find(|next| rows(*next) != 0 || !hold[*next]).unwrap_or(count);
    begins.map(|at| Strike { at, length: end(at) - at, rows: rows(at) }).collect()
}
