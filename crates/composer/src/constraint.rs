//! Runs on the composer thread. What a lead line may do next: a small finite-state machine beside the network.
//!
//! Its states are the bar, the note that sounds, and the extremes so far. Whatever the network says, a line that
//! follows it has its bars, keeps to the scale and the range, and ends on a stable tone. At each point at least one
//! class is allowed.

use crate::tokens::features::Window;
use crate::tokens::{BAR, DURATIONS, Event, PITCHES, POSITIONS, position_tick, token_midi};
use linnet_music::Key;

/// Equal pitches in a row at most.
const REPEATS_MAX: u32 = 4;
/// Ticks between onsets at least: a thirty-second.
const GAP_MIN: u32 = 3;
/// No note begins later than an eighth before the end.
const END_GAP: u32 = 12;

/// Classes of one head: true is allowed.
pub type PositionMask = [bool; POSITIONS + 1];
/// Pitch tokens: true is allowed.
pub type PitchMask = [bool; PITCHES];
/// Duration classes: true is allowed.
pub type DurationMask = [bool; DURATIONS.len()];

/// What a line must keep to.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Pitch tokens inside the scale and the bounds.
    pitches: PitchMask,
    /// The same, those that sound at rest where no chord is known.
    home: PitchMask,
    /// Semitones between the extremes at most.
    range: u8,
    /// Bars without an onset at most.
    empty_bars_max: usize,
}

/// Where a line stands.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The bar of the window that grows.
    bar: usize,
    /// Onsets in that bar.
    in_bar: u32,
    /// Bars so far that had none.
    empty_bars: usize,
    /// The tick from which the next note may begin, from the window's start.
    free_at: u32,
    /// The last onset composed, from the window's start.
    last_onset: Option<u32>,
    last_pitch: Option<u8>,
    /// Whether the last note was stable where it began.
    rests: bool,
    repeats: u32,
    lowest: u8,
    highest: u8,
    /// Notes so far.
    notes: u32,
    pitch_sum: u32,
}

impl Progress {
    /// Before the first bar of the target of `window`.
    pub fn new(window: &Window) -> Self {
        Self {
            bar: window.context_bars,
            in_bar: 0,
            empty_bars: 0,
            free_at: 0,
            last_onset: None,
            last_pitch: None,
            rests: false,
            repeats: 0,
            lowest: PITCHES as u8,
            highest: 0,
            notes: 0,
            pitch_sum: 0,
        }
    }

    /// The bar of the window that grows.
    pub fn bar(&self) -> usize {
        self.bar
    }

    /// Notes so far.
    pub fn notes(&self) -> u32 {
        self.notes
    }

    /// The mean pitch token so far; none before the first note.
    pub fn mean_pitch(&self) -> Option<f32> {
        (self.notes > 0).then(|| self.pitch_sum as f32 / self.notes as f32)
    }

    /// The last onset, in ticks from the window's start; none before the first note.
    pub fn last_onset(&self) -> Option<u32> {
        self.last_onset
    }

    /// The pitch token of the last note; none before the first.
    pub fn last_pitch(&self) -> Option<u8> {
        self.last_pitch
    }
}

impl Rules {
    /// The rules for a line in `key` between the MIDI keys `lowest` and `highest` over `bars` bars, with at most
    /// `range` semitones between its extremes.
    pub fn new(key: Key, lowest: i32, highest: i32, range: u8, bars: usize) -> Self {
        let inside = |token: u8| {
            let midi = token_midi(token, key.tonic);
            (lowest..=highest).contains(&midi) && key.contains(linnet_music::Pitch::new(midi))
        };
        let pitches: PitchMask = std::array::from_fn(|token| inside(token as u8));
        let third = if key.scale.is_minor() { 3 } else { 4 };
        let home = std::array::from_fn(|token| pitches[token] && [0, third, 7].contains(&degree(token)));
        Self { pitches, home, range, empty_bars_max: bars / 4 }
    }

    /// The onsets and the bar line that may come next, in `out` (all of it is written).
    pub fn positions(
        &self,
        window: &Window,
        progress: &Progress,
        line_bar: &[Event],
        out: &mut PositionMask,
    ) {
        let grid = &window.grid;
        let bar_start = progress.bar as u32 * grid.bar_ticks;
        let last_bar = progress.bar + 1 == window.bars;
        let end = if last_bar { end_of_onsets(grid.bar_ticks) } else { grid.bar_ticks };
        let earliest = progress.last_onset.map_or(0, |onset| progress.free_at.max(onset + GAP_MIN));
        let mut any = false;
        for (position, allowed) in out[..POSITIONS].iter_mut().enumerate() {
            let tick = position_tick(position as u8);
            *allowed = tick < end && bar_start + tick >= earliest && fits_subdivision(tick, line_bar);
            any |= *allowed;
        }
        out[usize::from(BAR)] = !any || self.bar_may_end(window, progress, last_bar);
    }

    fn bar_may_end(&self, window: &Window, progress: &Progress, last_bar: bool) -> bool {
        if last_bar {
            return progress.in_bar > 0 && progress.rests;
        }
        let first_bar = progress.bar == window.context_bars;
        progress.in_bar > 0 || (!first_bar && progress.empty_bars < self.empty_bars_max)
    }

    /// The pitches that may sound at `position`, in `out` (all of it is written).
    pub fn pitches(&self, window: &Window, progress: &Progress, position: u8, out: &mut PitchMask) {
        let must_rest = Self::is_last_chance(window, progress, position);
        let stable = self.stable(window, progress, position);
        let low = progress.highest.saturating_sub(self.range);
        let high =
            if progress.notes == 0 { PITCHES as u8 } else { progress.lowest.saturating_add(self.range) };
        let within = |token: usize| self.pitches[token] && (low..=high).contains(&(token as u8));
        let worn = |token: usize| progress.repeats >= REPEATS_MAX && progress.last_pitch == Some(token as u8);
        let wishes: [&dyn Fn(usize) -> bool; 3] = [
            &|token| within(token) && !worn(token) && (!must_rest || stable[token]),
            &|token| within(token) && (!must_rest || stable[token]),
            &within,
        ];
        for wish in wishes {
            *out = std::array::from_fn(wish);
            if out.contains(&true) {
                return;
            }
        }
        *out = self.pitches;
    }

    /// Whether a note at `position` may be the last, so that it must sound at rest.
    fn is_last_chance(window: &Window, progress: &Progress, position: u8) -> bool {
        let tick = progress.bar as u32 * window.grid.bar_ticks + position_tick(position);
        tick + GAP_MIN > last_slot(window)
    }

    /// The allowed tokens that sound at rest at `position`: tones of the chord there, else of the tonic triad.
    fn stable(&self, window: &Window, progress: &Progress, position: u8) -> PitchMask {
        let tick = progress.bar as u32 * window.grid.bar_ticks + position_tick(position);
        let chord = window.chord(tick).map(|chord| -> PitchMask {
            let classes = chord.mask();
            let tonic = usize::from(window.tonic.semitones());
            std::array::from_fn(|token| {
                self.pitches[token] && classes >> ((degree(token) + tonic) % 12) & 1 == 1
            })
        });
        chord.filter(|mask| mask.contains(&true)).unwrap_or(self.home)
    }

    /// The durations that a note `pitch` at `position` may have, in `out` (all of it is written). One that does not
    /// sound at rest leaves room for another.
    pub fn durations(
        &self,
        window: &Window,
        progress: &Progress,
        position: u8,
        pitch: u8,
        out: &mut DurationMask,
    ) {
        let grid = &window.grid;
        let onset = progress.bar as u32 * grid.bar_ticks + position_tick(position);
        let rests = self.stable(window, progress, position)[usize::from(pitch)];
        let end = if rests { window.bars as u32 * grid.bar_ticks } else { last_slot(window) };
        let room = end.saturating_sub(onset);
        for (class, allowed) in out.iter_mut().enumerate() {
            *allowed = DURATIONS[class] <= room && DURATIONS[class] >= GAP_MIN.min(room);
        }
        if !out.contains(&true) {
            out[0] = true;
        }
    }

    /// Where the line stands after `event`.
    pub fn push(&self, window: &Window, progress: &mut Progress, event: Event) {
        if event.position == BAR {
            progress.empty_bars += usize::from(progress.in_bar == 0);
            progress.in_bar = 0;
            progress.bar += 1;
            return;
        }
        let onset = progress.bar as u32 * window.grid.bar_ticks + position_tick(event.position);
        progress.rests = self.stable(window, progress, event.position)[usize::from(event.pitch)];
        progress.repeats = if progress.last_pitch == Some(event.pitch) { progress.repeats + 1 } else { 1 };
        progress.free_at = onset + DURATIONS[usize::from(event.duration)];
        progress.last_onset = Some(onset);
        progress.last_pitch = Some(event.pitch);
        progress.lowest = progress.lowest.min(event.pitch);
        progress.highest = progress.highest.max(event.pitch);
        progress.in_bar += 1;
        progress.notes += 1;
        progress.pitch_sum += u32::from(event.pitch);
    }
}

/// Semitones above the tonic, in [0, 11].
pub fn degree(token: usize) -> usize {
    token % 12
}

/// The tick of the last bar from which no note may begin.
fn end_of_onsets(bar_ticks: u32) -> u32 {
    if bar_ticks > 2 * END_GAP { bar_ticks - END_GAP } else { bar_ticks.div_ceil(2) }
}

/// The last tick of `window` at which an onset is always allowed: a quarter of the last bar.
fn last_slot(window: &Window) -> u32 {
    let bar_ticks = window.grid.bar_ticks;
    let inside = (end_of_onsets(bar_ticks) - 1) / 24 * 24;
    (window.bars as u32 - 1) * bar_ticks + inside
}

/// Whether an onset at `tick` divides its quarter as the onsets of the bar so far do: into twos or into threes.
fn fits_subdivision(tick: u32, bar: &[Event]) -> bool {
    let thirds = |tick: u32| matches!(tick % 24, 4 | 8 | 16 | 20);
    let halves = |tick: u32| !thirds(tick) && !tick.is_multiple_of(12);
    let clashes = |other: u32| thirds(tick) && halves(other) || halves(tick) && thirds(other);
    let onsets = bar.iter().rev().map(|event| position_tick(event.position));
    !onsets.take_while(|other| other / 24 == tick / 24).any(clashes)
}

#[cfg(test)]
mod tests;
