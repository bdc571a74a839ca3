//! Runs on the composer thread. The attributes of a phrase that a user can ask for, as `models/TOKENS.md` defines them:
//! the same measures in training, composing and evaluation.

use crate::tokens::line::GridNote;
use crate::tokens::{Grid, TICKS_PER_QUARTER};

/// How many there are.
pub const ATTRIBUTES: usize = 8;
/// A step between onsets wider than this is a leap, in semitones.
const LEAP: i32 = 2;

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Onsets per quarter / 4.
    Density,
    /// (Mean MIDI key − 60) / 24.
    Register,
    /// (Highest − lowest MIDI key) / 24.
    Range,
    /// Share of onsets off the beat that sound across the next one, or the bar line before it.
    Syncopation,
    /// Share of steps between the top notes of onsets that are wider than two semitones.
    Leaps,
    /// Mean over the sounding bars after the first of the greatest share of (place, key) pairs in common with an
    /// earlier bar.
    Repetition,
    /// Mean share of the time to the next onset that an onset sounds.
    Articulation,
    /// (Notes an onset − 1) / 3.
    Polyphony,
}

impl Attribute {
    /// All of them, in the order of the vocabulary.
    pub const ALL: [Self; ATTRIBUTES] = [
        Self::Density,
        Self::Register,
        Self::Range,
        Self::Syncopation,
        Self::Leaps,
        Self::Repetition,
        Self::Articulation,
        Self::Polyphony,
    ];

    /// The place in [`Attribute::ALL`], in [0, 7].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name in the vocabulary.
    pub fn id(self) -> &'static str {
        ["density", "register", "range", "syncopation", "leaps", "repetition", "articulation", "polyphony"]
            [self.index()]
    }
}

/// A value of each attribute, in the order of [`Attribute::ALL`].
pub type Values = [f32; ATTRIBUTES];

/// The attributes of `notes`, sorted by onset and key, over `bars` bars of `grid` from tick 0. All 0 without notes.
pub fn measure(notes: &[GridNote], grid: &Grid, bars: usize) -> Values {
    let mut running = Running::default();
    for note in notes {
        running.push(*note, grid);
    }
    if running.notes == 0 {
        return [0.0; ATTRIBUTES];
    }
    let mut values = running.values(bars as f32 * grid.bar_ticks as f32 / TICKS_PER_QUARTER as f32);
    values[Attribute::Repetition.index()] = repetition(notes, grid, bars);
    values
}

/// How much bars repeat earlier ones: see [`Attribute::Repetition`].
fn repetition(notes: &[GridNote], grid: &Grid, bars: usize) -> f32 {
    repetition_so_far(notes, grid, bars).unwrap_or(0.0)
}

/// The same; none where no bar after the first sounds.
pub(crate) fn repetition_so_far(notes: &[GridNote], grid: &Grid, bars: usize) -> Option<f32> {
    let mut by_bar: Vec<Vec<(u32, i32)>> = vec![Vec::new(); bars];
    for note in notes {
        if let Some(bar) = by_bar.get_mut((note.onset / grid.bar_ticks) as usize) {
            let pair = (note.onset % grid.bar_ticks, note.midi);
            if !bar.contains(&pair) {
                bar.push(pair);
            }
        }
    }
    let (mut sum, mut count) = (0.0, 0);
    for (index, bar) in by_bar.iter().enumerate().skip(1).filter(|(_, bar)| !bar.is_empty()) {
        sum += by_bar[..index].iter().map(|before| common(before, bar)).fold(0.0, f32::max);
        count += 1;
    }
    (count > 0).then(|| sum / count as f32)
}

/// The share of two sets that both have.
fn common(one: &[(u32, i32)], other: &[(u32, i32)]) -> f32 {
    let shared = one.iter().filter(|pair| other.contains(pair)).count();
    shared as f32 / (one.len() + other.len() - shared).max(1) as f32
}

/// The attributes of a phrase that grows note by note.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Running {
    notes: u32,
    onsets: u32,
    midi_sum: i64,
    lowest: i32,
    highest: i32,
    syncopated: u32,
    leaps: u32,
    /// Onsets whose top is that of the one before.
    repeats: u32,
    legato_sum: f32,
    /// The last onset, its longest note so far, and its highest note so far; what it counts for already.
    last: Option<Onset>,
    /// The highest note of the onset before the last.
    before: Option<i32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Onset {
    tick: u32,
    length: u32,
    top: i32,
}

impl Running {
    /// Adds a note; its onset is not before the last.
    pub fn push(&mut self, note: GridNote, grid: &Grid) {
        self.midi_sum += i64::from(note.midi);
        self.lowest = if self.notes == 0 { note.midi } else { self.lowest.min(note.midi) };
        self.highest = if self.notes == 0 { note.midi } else { self.highest.max(note.midi) };
        self.notes += 1;
        match self.last.filter(|last| last.tick == note.onset) {
            Some(last) => self.grow_last(last, note, grid),
            None => self.begin(note, grid),
        }
    }

    fn begin(&mut self, note: GridNote, grid: &Grid) {
        if let Some(last) = self.last {
            let gap = (note.onset - last.tick).max(1);
            self.legato_sum += (last.length as f32 / gap as f32).min(1.0);
            self.before = Some(last.top);
        }
        let onset = Onset { tick: note.onset, length: note.length, top: note.midi };
        self.onsets += 1;
        self.syncopated += u32::from(onset.is_syncopated(grid));
        self.leaps += u32::from(self.leaps_to(onset.top));
        self.repeats += u32::from(self.before == Some(onset.top));
        self.last = Some(onset);
    }

    fn grow_last(&mut self, last: Onset, note: GridNote, grid: &Grid) {
        let grown = Onset { length: last.length.max(note.length), top: last.top.max(note.midi), ..last };
        self.syncopated += u32::from(grown.is_syncopated(grid)) - u32::from(last.is_syncopated(grid));
        self.leaps -= u32::from(self.leaps_to(last.top));
        self.leaps += u32::from(self.leaps_to(grown.top));
        self.repeats -= u32::from(self.before == Some(last.top));
        self.repeats += u32::from(self.before == Some(grown.top));
        self.last = Some(grown);
    }

    fn leaps_to(&self, top: i32) -> bool {
        self.before.is_some_and(|before| (top - before).abs() > LEAP)
    }

    /// The tick of the last onset.
    pub fn last_onset(&self) -> Option<u32> {
        self.last.map(|last| last.tick)
    }

    /// The mean MIDI key so far.
    pub fn mean_midi(&self) -> Option<f32> {
        (self.notes > 0).then(|| self.midi_sum as f32 / self.notes as f32)
    }

    /// The lowest and the highest MIDI key so far.
    pub fn extremes(&self) -> Option<(i32, i32)> {
        (self.notes > 0).then_some((self.lowest, self.highest))
    }

    /// Notes so far.
    pub fn notes(&self) -> u32 {
        self.notes
    }

    /// Onsets so far.
    pub fn onsets(&self) -> u32 {
        self.onsets
    }

    /// The steps between onsets so far, and how many of them repeat the top note.
    pub fn repeats(&self) -> (u32, u32) {
        (self.onsets.saturating_sub(1), self.repeats)
    }

    /// The attributes so far, repetition excepted, which is 0; density as of `quarters`.
    pub fn values(&self, quarters: f32) -> Values {
        if self.notes == 0 {
            return [0.0; ATTRIBUTES];
        }
        let onsets = self.onsets as f32;
        let steps = self.onsets.saturating_sub(1).max(1) as f32;
        let articulation = if self.onsets > 1 { self.legato_sum / steps } else { 1.0 };
        [
            onsets / quarters / 4.0,
            (self.midi_sum as f32 / self.notes as f32 - 60.0) / 24.0,
            (self.highest - self.lowest) as f32 / 24.0,
            self.syncopated as f32 / onsets,
            self.leaps as f32 / steps,
            0.0,
            articulation,
            (self.notes as f32 / onsets - 1.0) / 3.0,
        ]
    }

    /// The attributes so far as the model is told them: density as of the last onset, a quarter at least.
    pub fn so_far(&self, begin: u32) -> Values {
        let elapsed = self.last_onset().map_or(0, |last| last.saturating_sub(begin));
        self.values((elapsed as f32 / TICKS_PER_QUARTER as f32).max(1.0))
    }
}

impl Onset {
    fn is_syncopated(self, grid: &Grid) -> bool {
        is_syncopated(self.tick % grid.bar_ticks, self.length, grid)
    }
}

/// Whether a note that begins `inside` a bar, in ticks, off the beat, is held over the next beat or bar line.
pub(crate) fn is_syncopated(inside: u32, length: u32, grid: &Grid) -> bool {
    let next_beat = ((inside / grid.beat_ticks + 1) * grid.beat_ticks).min(grid.bar_ticks);
    !inside.is_multiple_of(grid.beat_ticks) && inside + length > next_beat
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::TimeSignature;

    fn notes(rows: &[(u32, u32, i32)]) -> Vec<GridNote> {
        rows.iter()
            .map(|(onset, length, midi)| GridNote { onset: *onset, length: *length, midi: *midi })
            .collect()
    }

    #[test]
    fn attributes_are_as_measured_by_hand() {
        let grid = Grid::new(TimeSignature::COMMON);
        // Two equal bars: C4 and E4, quarters, and C5, an eighth after the third beat, held across the fourth.
        let bar = [(0, 24, 60), (24, 24, 64), (60, 24, 72)];
        let both: Vec<_> = bar.iter().copied().chain(bar.map(|(on, len, key)| (on + 96, len, key))).collect();
        let values = measure(&notes(&both), &grid, 2);
        let legato = (1.0 + 24.0 / 36.0 + 24.0 / 36.0 + 1.0 + 24.0 / 36.0) / 5.0;
        let wanted = [6.0 / 32.0, (196.0 / 3.0 - 60.0) / 24.0, 0.5, 2.0 / 6.0, 1.0, 1.0, legato, 0.0];
        for (value, wanted) in values.iter().zip(wanted) {
            assert!((value - wanted).abs() < 1e-5, "{values:?}");
        }
    }

    fn repeats(rows: &[(u32, u32, i32)]) -> (u32, u32) {
        let mut running = Running::default();
        for note in notes(rows) {
            running.push(note, &Grid::new(TimeSignature::COMMON));
        }
        running.repeats()
    }

    #[test]
    fn a_repeat_is_a_top_that_stays() {
        // G, G, then a chord under A, then one under A: two of three steps.
        let rows = [(0, 24, 67), (24, 24, 67), (48, 24, 67), (48, 24, 69), (72, 24, 60), (72, 24, 69)];
        assert_eq!(repeats(&rows), (3, 2));
        assert_eq!(repeats(&rows[..1]), (0, 0));
    }

    #[test]
    fn a_chord_is_one_onset_whose_top_moves() {
        let grid = Grid::new(TimeSignature::COMMON);
        let rows = [(0, 24, 60), (0, 24, 64), (0, 48, 67), (48, 24, 59), (48, 24, 62), (48, 24, 67)];
        let values = measure(&notes(&rows), &grid, 1);
        assert_eq!(values[Attribute::Density.index()], 2.0 / 16.0);
        assert_eq!(values[Attribute::Leaps.index()], 0.0);
        assert_eq!(repeats(&rows), (1, 1));
        assert!((values[Attribute::Polyphony.index()] - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(values[Attribute::Articulation.index()], 1.0);
        assert_eq!(measure(&[], &grid, 4), [0.0; ATTRIBUTES]);
    }
}
