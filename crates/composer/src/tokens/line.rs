//! Runs on the composer thread. Notes to events and back, and the line of events that a network looks back on.

use super::{
    BAR, DURATIONS, Event, Grid, LAGS_BARS, NO_PITCH, PITCHES, TICKS_PER_QUARTER, duration_class,
    pitch_token, position_of_tick, position_tick, token_midi,
};
use linnet_music::{Beats, Note, Pitch, PitchClass, Velocity};

/// A note on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridNote {
    /// From the first bar line, in ticks.
    pub onset: u32,
    /// In ticks, > 0.
    pub length: u32,
    /// A MIDI key number; outside [0, 127] only where the vocabulary reaches further.
    pub midi: i32,
}

impl GridNote {
    /// The note in beats, at `velocity`.
    pub fn to_note(self, velocity: Velocity) -> Note {
        let beats = |ticks: u32| Beats(f64::from(ticks) / f64::from(TICKS_PER_QUARTER));
        Note { onset: beats(self.onset), length: beats(self.length), pitch: Pitch::new(self.midi), velocity }
    }
}

/// Why a list of events is no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// A class that the vocabulary does not have, or that does not go with the position.
    #[error("event {0} is not in the vocabulary")]
    NotAnEvent(usize),
    /// An onset past the bar line, or not later than the one before it.
    #[error("event {0} is out of its bar's order")]
    OutOfOrder(usize),
    /// Another number of bar lines than asked for, or events after the last.
    #[error("the line has {found} bars in place of {wanted}")]
    Bars {
        /// How many there should be.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
}

/// The events of `bars` bars of the grid from `notes`, in beats from the first bar line. Of notes with one onset the
/// highest stays; notes outside the bars are left out.
pub fn encode(notes: &[Note], grid: &Grid, tonic: PitchClass, bars: usize) -> Vec<Event> {
    let line = skyline(notes, grid, bars);
    let mut events = Vec::with_capacity(line.len() + bars);
    let mut at = 0;
    for bar in 0..bars {
        while let Some((onset, length, midi)) =
            line.get(at).filter(|note| (note.0 / grid.bar_ticks) as usize == bar)
        {
            let room = line.get(at + 1).map(|next| next.0 - onset);
            let length = room.map_or(*length, |room| length.min(f64::from(room)));
            if let Some(position) = position_of_tick(onset % grid.bar_ticks) {
                let pitch = pitch_token(*midi, tonic);
                events.push(Event { position, pitch, duration: duration_class(length, room) });
            }
            at += 1;
        }
        events.push(Event::BAR);
    }
    events
}

/// Onset in ticks, raw length in ticks and key of the highest note at each onset.
fn skyline(notes: &[Note], grid: &Grid, bars: usize) -> Vec<(u32, f64, i32)> {
    let ticks = f64::from(TICKS_PER_QUARTER);
    let mut line: Vec<(u32, f64, i32)> = notes
        .iter()
        .filter(|note| note.onset.0.is_finite() && note.length.0.is_finite() && note.onset.0 >= 0.0)
        .map(|note| (grid.quantise(note.onset.0 * ticks), note))
        .filter(|((bar, _), _)| *bar < bars)
        .map(|((bar, tick), note)| {
            (bar as u32 * grid.bar_ticks + tick, note.length.0 * ticks, i32::from(note.pitch.midi()))
        })
        .collect();
    line.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.cmp(&a.2)));
    line.dedup_by_key(|note| note.0);
    line
}

/// The notes of `events`, which must be a whole line of `bars` bars.
///
/// # Errors
/// Where the events are no such line.
pub fn decode(
    events: &[Event],
    grid: &Grid,
    tonic: PitchClass,
    bars: usize,
) -> Result<Vec<GridNote>, LineError> {
    let mut notes: Vec<GridNote> = Vec::with_capacity(events.len());
    let mut bar = 0;
    let mut earliest = 0;
    for (index, event) in events.iter().enumerate() {
        if bar == bars {
            return Err(LineError::Bars { wanted: bars, found: bars + 1 });
        }
        if *event == Event::BAR {
            bar += 1;
            earliest = 0;
            continue;
        }
        let (pitch, duration) = (usize::from(event.pitch), usize::from(event.duration));
        if !event.is_note() || pitch >= PITCHES || duration >= DURATIONS.len() {
            return Err(LineError::NotAnEvent(index));
        }
        let tick = position_tick(event.position);
        if tick >= grid.bar_ticks || tick < earliest {
            return Err(LineError::OutOfOrder(index));
        }
        earliest = tick + 1;
        let onset = bar as u32 * grid.bar_ticks + tick;
        if let Some(before) = notes.last_mut() {
            before.length = before.length.min(onset - before.onset);
        }
        notes.push(GridNote { onset, length: DURATIONS[duration], midi: token_midi(event.pitch, tonic) });
    }
    if bar == bars { Ok(notes) } else { Err(LineError::Bars { wanted: bars, found: bar }) }
}

/// A line that grows event by event, with what a network looks back on.
#[derive(Clone, Debug)]
pub struct Line {
    events: Vec<Event>,
    /// The place of each bar's first event; the last is the bar that grows.
    bar_starts: Vec<usize>,
}

impl Default for Line {
    fn default() -> Self {
        Self { events: Vec::with_capacity(256), bar_starts: vec![0] }
    }
}

impl Line {
    /// Appends `event`.
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
        if event.position == BAR {
            self.bar_starts.push(self.events.len());
        }
    }

    /// All events so far.
    pub fn events(&self) -> &[Event] {
        &self.events
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

    /// The notes `lag` bars before the bar that grows.
    fn notes_ago(&self, lag: usize) -> &[Event] {
        self.bar().checked_sub(lag).map_or(&[], |bar| self.notes_in(bar))
    }

    /// For each lag the first note strictly later than now, in that bar: positions, then pitches. `i64[6]`.
    pub fn look_ahead(&self) -> [i64; 6] {
        let previous = self.previous();
        let mut look = [i64::from(NO_PITCH); 6];
        for (index, lag) in LAGS_BARS.into_iter().enumerate() {
            let later = |note: &&Event| !previous.is_note() || note.position > previous.position;
            let found = self.notes_ago(lag).iter().find(later);
            look[index] = i64::from(found.map_or(BAR, |note| note.position));
            look[3 + index] = i64::from(found.map_or(NO_PITCH, |note| note.pitch));
        }
        look
    }

    /// For each lag the pitch of the note at exactly `position` of that bar. `i64[3]`.
    pub fn look_at(&self, position: u8) -> [i64; 3] {
        LAGS_BARS.map(|lag| {
            let found = self.notes_ago(lag).iter().find(|note| note.position == position);
            i64::from(found.map_or(NO_PITCH, |note| note.pitch))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::TimeSignature;
    use proptest::prelude::*;

    fn note(onset: f64, length: f64, midi: i32) -> Note {
        Note {
            onset: Beats(onset),
            length: Beats(length),
            pitch: Pitch::new(midi),
            velocity: Velocity::new(80),
        }
    }

    #[test]
    fn the_highest_of_notes_together_stays_and_ends_where_the_next_begins() {
        let grid = Grid::new(TimeSignature::COMMON);
        let notes = [note(0.0, 4.0, 60), note(0.01, 4.0, 67), note(1.0, 1.0, 64), note(4.5, 0.5, 62)];
        let events = encode(&notes, &grid, PitchClass::new(0), 2);
        let decoded = decode(&events, &grid, PitchClass::new(0), 2).unwrap();
        let expect = [(0, 24, 67), (24, 24, 64), (108, 12, 62)];
        assert_eq!(decoded, expect.map(|(onset, length, midi)| GridNote { onset, length, midi }));
    }

    #[test]
    fn looking_back_finds_the_notes_of_earlier_bars() {
        let event = |position, pitch| Event { position, pitch, duration: 12 };
        let mut line = Line::default();
        assert_eq!(line.look_ahead(), [96, 96, 96, 64, 64, 64]);
        for next in [event(0, 36), event(24, 40), Event::BAR] {
            line.push(next);
        }
        assert_eq!(line.look_ahead(), [0, 96, 96, 36, 64, 64]);
        line.push(event(0, 38));
        assert_eq!(line.look_ahead(), [24, 96, 96, 40, 64, 64]);
        assert_eq!(line.look_at(24), [40, 64, 64]);
        assert_eq!(line.look_at(12), [64, 64, 64]);
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let note = (0u8..=100, 0u8..=70, 0u8..=30);
        prop_oneof![
            3 => note.prop_map(|(position, pitch, duration)| Event { position, pitch, duration }),
            1 => Just(Event::BAR),
            1 => (0u8..96, 0u8..64, 0u8..24)
                .prop_map(|(position, pitch, duration)| Event { position, pitch, duration }),
        ]
    }

    proptest! {
        #[test]
        fn any_list_of_events_decodes_in_order_or_is_refused(
            events in prop::collection::vec(any_event(), 0..40),
            numerator in 1i32..=32,
            power in 0u32..6,
            bars in 0usize..6,
            tonic in 0i32..12,
        ) {
            let metre = TimeSignature::new(numerator, 1 << power).unwrap();
            let grid = Grid::new(metre);
            if let Ok(notes) = decode(&events, &grid, PitchClass::new(tonic), bars) {
                let end = bars as u32 * grid.bar_ticks;
                for pair in notes.windows(2) {
                    prop_assert!(pair[0].onset + pair[0].length <= pair[1].onset);
                }
                for note in &notes {
                    prop_assert!(note.onset < end && note.length > 0);
                }
            }
        }

        #[test]
        fn a_line_that_was_decoded_encodes_to_itself(
            starts in prop::collection::btree_set(0u32..384, 0..24),
            pitches in prop::collection::vec(40i32..80, 24),
            length in 1u32..60,
        ) {
            let grid = Grid::new(TimeSignature::COMMON);
            let tonic = PitchClass::new(9);
            let raw: Vec<Note> = starts
                .iter()
                .zip(&pitches)
                .map(|(onset, midi)| note(f64::from(*onset) / 24.0, f64::from(length) / 24.0, *midi))
                .collect();
            let events = encode(&raw, &grid, tonic, 4);
            let notes = decode(&events, &grid, tonic, 4).unwrap();
            let again: Vec<Note> = notes.iter().map(|note| note.to_note(Velocity::new(80))).collect();
            prop_assert_eq!(encode(&again, &grid, tonic, 4), events);
        }
    }
}
