//! Runs on the composer thread. A part as events: notes to the grid, and the events that a network looks back on.

use super::window::Window;
use crate::tokens::line::GridNote;
use crate::tokens::{
    BAR, DURATIONS, Event, Grid, LAGS_BARS, NO_PITCH, PITCHES, TICKS_PER_QUARTER, duration_class,
    pitch_token, position_of_tick, position_tick,
};
use linnet_music::{Note, PitchClass};

/// Notes that may begin together at most.
pub const STACK_MAX: usize = 8;

/// `notes`, in beats, on the grid, sorted by onset and key: none twice, and of one that is not `stacked` the highest at
/// each onset, ending where the next begins. Notes outside the `bars` are left out.
pub fn on_grid(notes: &[Note], grid: &Grid, bars: usize, stacked: bool) -> Vec<GridNote> {
    let ticks = f64::from(TICKS_PER_QUARTER);
    let mut found: Vec<(u32, i32, f64)> = notes
        .iter()
        .filter(|note| note.onset.0.is_finite() && note.length.0.is_finite() && note.onset.0 >= 0.0)
        .map(|note| (grid.quantise(note.onset.0 * ticks), note))
        .filter(|((bar, _), _)| *bar < bars)
        .map(|((bar, tick), note)| {
            (bar as u32 * grid.bar_ticks + tick, i32::from(note.pitch.midi()), note.length.0 * ticks)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)).then(b.2.total_cmp(&a.2)));
    found.dedup_by_key(|note| (note.0, note.1));
    let mut out: Vec<GridNote> = Vec::with_capacity(found.len());
    for (index, (onset, midi, length)) in found.iter().enumerate() {
        let next = found[index + 1..].iter().find(|other| other.0 > *onset);
        let room = next.filter(|_| !stacked).map(|next| next.0 - onset);
        let length = room.map_or(*length, |room| length.min(f64::from(room)));
        let length = DURATIONS[usize::from(duration_class(length, room))];
        let together = out.iter().rev().take_while(|other| other.onset == *onset).count();
        if !stacked && together > 0 {
            out.pop();
        } else if together >= STACK_MAX {
            continue;
        }
        out.push(GridNote { onset: *onset, length, midi: *midi });
    }
    out
}

/// The events of `bars` bars of the grid from notes on it.
pub fn events_of(notes: &[GridNote], grid: &Grid, tonic: PitchClass, bars: usize) -> Vec<Event> {
    let mut events = Vec::with_capacity(notes.len() + bars);
    let mut notes = notes.iter().peekable();
    for bar in 0..bars as u32 {
        while let Some(note) = notes.next_if(|note| note.onset / grid.bar_ticks == bar) {
            if let Some(position) = position_of_tick(note.onset % grid.bar_ticks) {
                let duration = duration_class(f64::from(note.length), None);
                events.push(Event { position, pitch: pitch_token(note.midi, tonic), duration });
            }
        }
        events.push(Event::BAR);
    }
    events
}

/// A part that grows event by event, with what a network looks back on.
#[derive(Clone, Debug)]
pub struct Line {
    events: Vec<Event>,
    /// The place of each bar's first event; the last is the bar that grows.
    bar_starts: Vec<usize>,
    is_stacked: bool,
}

impl Line {
    /// An empty line; several notes may begin together where it is stacked.
    pub fn new(is_stacked: bool) -> Self {
        Self { events: Vec::with_capacity(256), bar_starts: vec![0], is_stacked }
    }

    /// Appends `event`.
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
        if event.position == BAR {
            self.bar_starts.push(self.events.len());
        }
    }

    /// The bar that grows, from 0.
    pub fn bar(&self) -> usize {
        self.bar_starts.len() - 1
    }

    /// The event before the next.
    pub fn previous(&self) -> Event {
        self.events.last().copied().unwrap_or(Event::START)
    }

    /// The notes of bar `bar` so far, without its BAR.
    pub fn notes_in(&self, bar: usize) -> &[Event] {
        let Some(start) = self.bar_starts.get(bar) else { return &[] };
        let end = self.bar_starts.get(bar + 1).map_or(self.events.len(), |next| next - 1);
        self.events.get(*start..end).unwrap_or_default()
    }

    /// Notes so far at the onset of the event before the next; 0 after a bar line.
    pub fn stack(&self) -> usize {
        let now = self.previous().position;
        let bar = self.notes_in(self.bar());
        bar.iter().rev().take_while(|note| note.position == now).count()
    }

    /// The notes `lag` bars before the bar that grows.
    fn notes_ago(&self, lag: usize) -> &[Event] {
        self.bar().checked_sub(lag).map_or(&[], |bar| self.notes_in(bar))
    }

    /// For each lag the first note of that bar that could come next: later than now or, in a stacked line, one more of
    /// the notes that begin now. Positions, then pitches. `i64[6]`.
    pub fn look_ahead(&self) -> [i64; 6] {
        let (previous, stack) = (self.previous(), self.stack());
        let mut look = [i64::from(NO_PITCH); 6];
        for (index, lag) in LAGS_BARS.into_iter().enumerate() {
            let found = ordered(self.notes_ago(lag)).find(|(note, order)| {
                let goes_on = self.is_stacked && note.position == previous.position && *order >= stack;
                !previous.is_note() || note.position > previous.position || goes_on
            });
            look[index] = i64::from(found.map_or(BAR, |(note, _)| note.position));
            look[3 + index] = i64::from(found.map_or(NO_PITCH, |(note, _)| note.pitch));
        }
        look
    }

    /// For each lag the pitch of the note of that bar at exactly `position` with as many notes before it there; then the
    /// same moved by the nearest step from the root of its chord to that of the chord now. `i64[6]`.
    pub fn look_at(&self, position: u8, window: &Window) -> [i64; 6] {
        let order = if self.previous().position == position { self.stack() } else { 0 };
        let root = |bar: usize| {
            let tick = bar as u32 * window.grid.bar_ticks + position_tick(position);
            window.chord(tick).map(|chord| i64::from(chord.root.semitones()))
        };
        let mut look = [i64::from(NO_PITCH); 6];
        for (index, lag) in LAGS_BARS.into_iter().enumerate() {
            let mut notes = ordered(self.notes_ago(lag));
            let Some((note, _)) = notes.find(|(note, of)| note.position == position && *of == order) else {
                continue;
            };
            look[index] = i64::from(note.pitch);
            if let (Some(now), Some(before)) = (root(self.bar()), root(self.bar() - lag)) {
                let step = (now - before + 6).rem_euclid(12) - 6;
                look[3 + index] = (look[index] + step).clamp(0, PITCHES as i64 - 1);
            }
        }
        look
    }
}

/// The notes of a bar, each with the number of notes before it at its onset.
fn ordered(notes: &[Event]) -> impl Iterator<Item = (Event, usize)> + '_ {
    notes.iter().enumerate().map(|(index, note)| {
        let before = notes[..index].iter().rev().take_while(|other| other.position == note.position).count();
        (*note, before)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Beats, Pitch, TimeSignature, Velocity};

    fn note(onset: f64, length: f64, midi: i32) -> Note {
        Note {
            onset: Beats(onset),
            length: Beats(length),
            pitch: Pitch::new(midi),
            velocity: Velocity::new(80),
        }
    }

    #[test]
    fn a_line_keeps_the_highest_note_and_a_stack_keeps_all() {
        let grid = Grid::new(TimeSignature::COMMON);
        let notes = [
            note(0.0, 4.0, 60),
            note(0.01, 4.0, 67),
            note(1.0, 1.0, 64),
            note(1.0, 0.5, 64),
            note(9.0, 1.0, 60),
        ];
        let expect = |rows: &[(u32, u32, i32)]| -> Vec<GridNote> {
            rows.iter()
                .map(|(onset, length, midi)| GridNote { onset: *onset, length: *length, midi: *midi })
                .collect()
        };
        assert_eq!(on_grid(&notes, &grid, 2, false), expect(&[(0, 24, 67), (24, 24, 64)]));
        assert_eq!(on_grid(&notes, &grid, 2, true), expect(&[(0, 96, 60), (0, 96, 67), (24, 24, 64)]));
        let events = events_of(&on_grid(&notes, &grid, 2, true), &grid, PitchClass::new(0), 2);
        assert_eq!(events.iter().map(|event| event.position).collect::<Vec<_>>(), [0, 0, 12, BAR, BAR]);
    }

    #[test]
    fn looking_back_counts_the_notes_that_begin_together() {
        let event = |position, pitch| Event { position, pitch, duration: 12 };
        let mut line = Line::new(true);
        for next in [event(0, 30), event(0, 34), event(0, 37), event(24, 30), Event::BAR] {
            line.push(next);
        }
        assert_eq!(line.look_ahead(), [0, 96, 96, 30, 64, 64]);
        line.push(event(0, 31));
        assert_eq!(line.stack(), 1);
        assert_eq!(line.look_ahead(), [0, 96, 96, 34, 64, 64]);
        line.push(event(0, 35));
        line.push(event(0, 38));
        assert_eq!(line.look_ahead(), [24, 96, 96, 30, 64, 64]);
        let mut single = Line::new(false);
        for next in [event(0, 30), event(24, 34), Event::BAR, event(0, 31)] {
            single.push(next);
        }
        assert_eq!(single.look_ahead(), [24, 96, 96, 34, 64, 64]);
    }
}
