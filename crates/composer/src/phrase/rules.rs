//! Runs on the composer thread. What a part may do next: a small finite-state machine beside the network.
//!
//! Its states are the bar, the notes that sound, and the extremes so far. Whatever the network says, a part that follows
//! it has its bars, keeps to the range and to the scale that the user set, leaves by a step what lies outside of one that
//! was inferred, begins nothing such in a chord a semitone beside another part unless the harmony has it, and, where it is
//! a melody that ends an idea, ends on a stable tone. At each point at least one class is allowed.

mod clashes;

use super::canvas::Known;
use super::window::Window;
use crate::tokens::{BAR, DURATIONS, Event, PITCHES, POSITIONS, position_tick, token_midi};
use crate::vocabulary::Role;
use clashes::Clashes;
use linnet_music::{Key, Pitch};

/// Equal pitches in a row at most.
const REPEATS_MAX: u32 = 4;
/// Ticks between onsets at least: a thirty-second.
const GAP_MIN: u32 = 3;
/// No note begins later than an eighth before the end.
const END_GAP: u32 = 12;
/// Notes of a chord at most.
const STACK_MAX: u32 = 5;

/// Classes of one head: true is allowed.
pub type PositionMask = [bool; POSITIONS + 1];
/// Pitch tokens: true is allowed.
pub type PitchMask = [bool; PITCHES];
/// Duration classes: true is allowed.
pub type DurationMask = [bool; DURATIONS.len()];

/// What a part must keep to.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Pitch tokens inside the scale and the bounds.
    pitches: PitchMask,
    /// The same, those that sound at rest where no chord is known.
    home: PitchMask,
    /// Pitch tokens inside the bounds that the scale lacks and that may sound all the same; none where the user set it.
    guests: PitchMask,
    /// What of these a chord leaves out where it is no tone of the harmony.
    clashes: Clashes,
    /// Semitones between the extremes at most.
    range: u8,
    /// Bars without an onset at most.
    empty_bars_max: usize,
    is_stacked: bool,
    /// Whether a phrase ends with the target, and whether its last note must then sound at rest.
    closes: bool,
    ends: bool,
}

/// The bounds of a part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The lowest MIDI key.
    pub lowest: i32,
    /// The highest MIDI key.
    pub highest: i32,
    /// Semitones between the extremes at most.
    pub range: u8,
    /// Whether notes may lie outside the scale: the user did not set it.
    pub chromatic: bool,
}

/// Where a part stands.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The bar of the window that grows.
    bar: usize,
    /// Onsets in that bar.
    in_bar: u32,
    /// Bars so far that had none.
    empty_bars: usize,
    /// The tick from which the next note may begin, from the window's start; until when something sounds.
    free_at: u32,
    /// The last onset composed, from the window's start, and the notes at it.
    last_onset: Option<u32>,
    stack: u32,
    last_pitch: Option<u8>,
    /// The highest note of the onset before.
    top_before: Option<u8>,
    /// Whether the last note was stable where it began.
    rests: bool,
    /// Whether it leads on: outside the scale, and no tone of the chord.
    leads_on: bool,
    repeats: u32,
    lowest: u8,
    highest: u8,
    /// Notes so far.
    notes: u32,
}

impl Progress {
    /// Before the first bar of the target of `window`.
    pub fn new(window: &Window) -> Self {
        Self {
            bar: window.span.context,
            in_bar: 0,
            empty_bars: 0,
            free_at: 0,
            last_onset: None,
            stack: 0,
            last_pitch: None,
            top_before: None,
            rests: false,
            leads_on: false,
            repeats: 0,
            lowest: PITCHES as u8,
            highest: 0,
            notes: 0,
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

    /// Notes at the last onset.
    pub fn stack(&self) -> u32 {
        self.stack
    }

    /// The last onset, in ticks from the window's start; none before the first note.
    pub fn last_onset(&self) -> Option<u32> {
        self.last_onset
    }

    /// The pitch token from which the next step is counted: that of the last note, or the top of the onset before where
    /// the note at `tick` would join a chord. None before the first.
    pub fn step_from(&self, tick: u32) -> Option<u8> {
        if self.last_onset == Some(tick) { self.top_before } else { self.last_pitch }
    }

    /// The tick that `position` has in the bar that grows, from the window's start.
    pub fn tick(&self, window: &Window, position: u8) -> u32 {
        self.bar as u32 * window.grid.bar_ticks + position_tick(position)
    }
}

impl Rules {
    /// The rules for `window`'s part in `key` within `bounds`, beside the parts `known`. `ends` is whether the target's end
    /// is a phrase's.
    pub fn new(window: &Window, key: Key, bounds: Bounds, known: &[Known], ends: bool) -> Self {
        let bounded =
            |token: usize| (bounds.lowest..=bounds.highest).contains(&token_midi(token as u8, key.tonic));
        let in_scale = |token: usize| key.contains(Pitch::new(token_midi(token as u8, key.tonic)));
        let pitches: PitchMask = std::array::from_fn(|token| bounded(token) && in_scale(token));
        let third = if key.scale.is_minor() { 3 } else { 4 };
        let melodic = matches!(window.role, Role::Lead | Role::Counter);
        Self {
            pitches,
            home: std::array::from_fn(|token| pitches[token] && [0, third, 7].contains(&degree(token))),
            guests: std::array::from_fn(|token| bounds.chromatic && bounded(token) && !in_scale(token)),
            clashes: if window.role.is_stacked() { Clashes::new(window, known) } else { Clashes::default() },
            range: bounds.range,
            empty_bars_max: if melodic { window.span.target / 4 } else { window.span.target / 2 },
            is_stacked: window.role.is_stacked(),
            closes: ends,
            ends: ends && !window.role.is_stacked(),
        }
    }

    /// The onsets and the bar line that may come next, in `out` (all of it is written).
    pub fn positions(&self, window: &Window, progress: &Progress, bar: &[Event], out: &mut PositionMask) {
        let grid = &window.grid;
        let bar_start = progress.bar as u32 * grid.bar_ticks;
        let last_bar = progress.bar + 1 == window.bars();
        let end = if last_bar { end_of_onsets(grid.bar_ticks) } else { grid.bar_ticks };
        let free_at = if self.is_stacked { 0 } else { progress.free_at };
        let earliest = progress.last_onset.map_or(0, |onset| free_at.max(onset + GAP_MIN));
        let mut any = false;
        for (position, allowed) in out[..POSITIONS].iter_mut().enumerate() {
            let tick = position_tick(position as u8);
            *allowed = tick < end && bar_start + tick >= earliest && fits_subdivision(tick, bar);
            *allowed |= progress.last_onset == Some(bar_start + tick) && self.may_stack(progress);
            any |= *allowed;
        }
        out[usize::from(BAR)] = !any || self.bar_may_end(window, progress, last_bar);
    }

    fn may_stack(&self, progress: &Progress) -> bool {
        let above = |last: u8| self.pitches[usize::from(last) + 1..].contains(&true);
        self.is_stacked && progress.stack < STACK_MAX && progress.last_pitch.is_some_and(above)
    }

    fn bar_may_end(&self, window: &Window, progress: &Progress, last_bar: bool) -> bool {
        if last_bar && self.ends {
            return progress.in_bar > 0 && progress.rests;
        }
        let sounds = progress.free_at > progress.bar as u32 * window.grid.bar_ticks;
        let first_bar = progress.bar == window.span.context;
        let may_be_empty = !first_bar && progress.empty_bars < self.empty_bars_max;
        progress.in_bar > 0 || may_be_empty || (self.is_stacked && sounds && !first_bar)
    }

    /// The pitches that may sound at `position`, in `out` (all of it is written).
    pub fn pitches(&self, window: &Window, progress: &Progress, position: u8, out: &mut PitchMask) {
        let tick = progress.tick(window, position);
        let closes = self.closes && tick + GAP_MIN > last_slot(window);
        let must_rest = closes && self.ends;
        let stable = self.stable(window, tick);
        let low = progress.highest.saturating_sub(self.range);
        let high =
            if progress.notes == 0 { PITCHES as u8 } else { progress.lowest.saturating_add(self.range) };
        let joins = self.is_stacked && progress.last_onset == Some(tick);
        let above = |token: usize| !joins || progress.last_pitch.is_none_or(|last| token > usize::from(last));
        let from_last =
            |token: usize| progress.last_pitch.map_or(usize::MAX, |last| usize::from(last).abs_diff(token));
        // What lies outside scale and chord, wherever it came from, goes on by a step, and nothing closes on it.
        let goes_on = |token: usize| !progress.leads_on || (1..=2).contains(&from_last(token));
        let clashes = |token: usize| self.clashes.contain(tick, degree(token));
        let guest = |token: usize| self.guests[token] && (stable[token] || !(closes || clashes(token)));
        let fits = |token: usize| above(token) && (self.pitches[token] || guest(token));
        let within = |token: usize| fits(token) && (low..=high).contains(&(token as u8));
        let worn = |token: usize| {
            !self.is_stacked && progress.repeats >= REPEATS_MAX && progress.last_pitch == Some(token as u8)
        };
        let wishes: [&dyn Fn(usize) -> bool; 5] = [
            &|token| within(token) && !worn(token) && goes_on(token) && (!must_rest || stable[token]),
            &|token| within(token) && !worn(token) && (!must_rest || stable[token]),
            &|token| within(token) && (!must_rest || stable[token]),
            &within,
            &fits,
        ];
        for wish in wishes {
            *out = std::array::from_fn(wish);
            if out.contains(&true) {
                return;
            }
        }
        *out = self.pitches;
    }

    /// The allowed tokens that sound at rest at `tick`: tones of the chord there, else of the tonic triad.
    fn stable(&self, window: &Window, tick: u32) -> PitchMask {
        let chord = window.chord(tick).map(|chord| -> PitchMask {
            let classes = chord.mask();
            let tonic = usize::from(window.tonic.semitones());
            std::array::from_fn(|token| {
                (self.pitches[token] || self.guests[token])
                    && classes >> ((degree(token) + tonic) % 12) & 1 == 1
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
        let onset = progress.tick(window, position);
        let rests = !self.ends || self.stable(window, onset)[usize::from(pitch)];
        let end = if rests { window.bars() as u32 * window.grid.bar_ticks } else { last_slot(window) };
        let room = end.saturating_sub(onset);
        for (class, allowed) in out.iter_mut().enumerate() {
            *allowed = DURATIONS[class] <= room && DURATIONS[class] >= GAP_MIN.min(room);
        }
        if !out.contains(&true) {
            out[0] = true;
        }
    }

    /// Where the part stands after `event`.
    pub fn push(&self, window: &Window, progress: &mut Progress, event: Event) {
        if event.position == BAR {
            let sounds = self.is_stacked && progress.free_at > progress.bar as u32 * window.grid.bar_ticks;
            progress.empty_bars += usize::from(progress.in_bar == 0 && !sounds);
            progress.in_bar = 0;
            progress.bar += 1;
            return;
        }
        let onset = progress.tick(window, event.position);
        let joins = progress.last_onset == Some(onset);
        progress.rests = self.stable(window, onset)[usize::from(event.pitch)];
        // A line, that is: the notes of a chord are free.
        progress.leads_on = !self.is_stacked && !progress.rests && self.guests[usize::from(event.pitch)];
        progress.repeats = if progress.last_pitch == Some(event.pitch) { progress.repeats + 1 } else { 1 };
        if !joins {
            progress.top_before = progress.last_pitch;
        }
        progress.stack = if joins { progress.stack + 1 } else { 1 };
        let end = onset + DURATIONS[usize::from(event.duration)];
        progress.free_at = if self.is_stacked { progress.free_at.max(end) } else { end };
        progress.last_onset = Some(onset);
        progress.last_pitch = Some(event.pitch);
        progress.lowest = progress.lowest.min(event.pitch);
        progress.highest = progress.highest.max(event.pitch);
        progress.in_bar += u32::from(!joins);
        progress.notes += 1;
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
    (window.bars() as u32 - 1) * bar_ticks + inside
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
