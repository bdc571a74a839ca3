//! Runs on the composer thread. Listens: keeps the last bars that were played, bar-aligned, and understands their key
//! and chords.
//!
//! What counts as one stretch of music:
//! - It begins on the bar line at or before its first note (a note that is early by less than 0.15 beats belongs to the bar after it) and
//!   holds at most 16 bars; older ones fall out at the front.
//! - A loop of the transport joins: the music of the next round follows that of the last, its bar lines in place.
//! - After any other jump, a start or stop of the transport, a change of metre, or more than four bars of silence, the
//!   next note begins a new stretch. Until it comes, the old one stays, so that one can play, stop, and then ask.
//! - A note that is still held lasts until now.

pub mod chords;
pub mod key;
#[cfg(test)]
pub(crate) mod tunes;

use crate::listen::key::GivenKey;
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::worker_view::Heard;
use linnet_music::midi_file::DRUM_CHANNEL;
use linnet_music::{Beats, Note, Pitch, Tempo, TimeSignature, Velocity};

/// Bars that a stretch holds at most.
pub const BARS_MAX: u32 = 16;
/// Bars of silence after which the next note begins a new stretch.
const SILENT_BARS_MAX: f64 = 4.0;
/// Bars that the transport can advance between two messages; it reports once a bar.
const ADVANCE_BARS_MAX: f64 = 2.0;
/// How early, in beats, a note may come and still belong to the bar after it.
const EARLY_BEATS: f64 = 0.15;
/// How far, in beats, positions may run backwards without being a jump.
const JITTER_BEATS: f64 = 0.05;
/// How far, in beats, a note may sound into a bar without that bar counting as heard.
const OVERHANG_BEATS: f64 = 0.25;
/// The shortest note that is kept, in beats.
const SHORTEST_BEATS: f64 = 1.0 / 64.0;

/// A note heard, on the listener's timeline.
#[derive(Clone, Copy, Debug)]
struct HeardNote {
    onset: f64,
    /// None while it is held.
    end: Option<f64>,
    pitch: Pitch,
    velocity: Velocity,
    channel: u8,
}

/// The music heard last, without a hole.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Its first bar line, in beats of the transport (or of the engine's own clock).
    pub start: Beats,
    /// Its length in bars, the last one whole.
    pub bars: u32,
    /// Its metre.
    pub metre: TimeSignature,
    /// The last tempo.
    pub tempo: Tempo,
    /// The notes of every channel but the drum kit's, from `start`, sorted by onset and then by pitch.
    pub pitched: Vec<Note>,
    /// The notes of the drum kit's channel, alike.
    pub percussion: Vec<Note>,
}

impl Stretch {
    /// All notes, from `start`, sorted by onset and then by pitch.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = [self.pitched.as_slice(), &self.percussion].concat();
        notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
        notes
    }

    /// The key and the chords, where they are not `given`.
    pub fn understand(&self, given: GivenKey) -> Heard {
        let guess = key::find(&self.pitched, self.metre.bar(), given);
        let length = Beats(f64::from(self.bars) * self.metre.bar().0);
        let chords =
            guess.map_or_else(Vec::new, |guess| chords::find(&self.pitched, length, self.metre, guess.key));
        Heard {
            start: self.start,
            length,
            notes: self.notes(),
            metre: self.metre,
            key: guess.map(|guess| guess.key),
            key_confidence: guess.map_or(0.0, |guess| guess.confidence),
            chords,
        }
    }
}

/// What a new moment is to the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Passage {
    /// Time went on.
    On,
    /// The transport went round its loop.
    Loop,
    /// Anything else.
    Jump,
}

/// Keeps the last stretch of what was played.
#[derive(Debug, Default)]
pub struct Listener {
    notes: Vec<HeardNote>,
    /// The first bar line of the stretch, on the listener's timeline.
    origin: f64,
    metre: TimeSignature,
    tempo: Tempo,
    last: Option<Moment>,
    /// The listener's timeline less the transport's: whole bars, added by each loop.
    shift: f64,
    /// Whether the next note begins a new stretch.
    next_is_new: bool,
    revision: u64,
}

impl Listener {
    /// A number that changes whenever what was heard does.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Forgets what was heard.
    pub fn forget(&mut self) {
        *self = Self { revision: self.revision + 1, ..Self::default() };
    }

    /// Hears that time went on, or jumped.
    pub fn transport(&mut self, at: Moment) {
        match self.last.map(|last| passage(last, at)) {
            Some(Passage::On) => {}
            Some(Passage::Loop) => self.join_loop(at),
            Some(Passage::Jump) => {
                self.end_held();
                self.shift = 0.0;
                self.next_is_new = true;
            }
            None => self.next_is_new = true,
        }
        self.last = Some(at);
    }

    /// Hears a note begin.
    pub fn note_on(&mut self, pitch: Pitch, velocity: Velocity, channel: u8, at: Moment) {
        self.transport(at);
        let now = at.position.0 + self.shift;
        if self.next_is_new || now - self.sounded_until(now) > SILENT_BARS_MAX * self.bar() {
            self.begin(at);
        }
        let onset = now.max(self.origin);
        self.notes.push(HeardNote { onset, end: None, pitch, velocity, channel });
        self.drop_old(onset);
        self.revision += 1;
    }

    /// Hears a note end.
    pub fn note_off(&mut self, pitch: Pitch, channel: u8, at: Moment) {
        self.transport(at);
        let now = at.position.0 + self.shift;
        let held =
            |note: &&mut HeardNote| note.end.is_none() && (note.pitch, note.channel) == (pitch, channel);
        if let Some(note) = self.notes.iter_mut().find(held) {
            note.end = Some(now.max(note.onset + SHORTEST_BEATS));
            self.revision += 1;
        }
    }

    /// The stretch so far; none where nothing was heard.
    pub fn stretch(&self) -> Option<Stretch> {
        let now = self.last.map_or(0.0, |last| last.position.0 + self.shift);
        let until =
            self.notes.iter().map(|note| (note.onset + SHORTEST_BEATS).max(end(note, now) - OVERHANG_BEATS));
        let until =
            until.fold(None, |most: Option<f64>, end| Some(most.map_or(end, |most| most.max(end))))?;
        let collect = |percussion: bool| -> Vec<Note> {
            let of_kind = self.notes.iter().filter(|note| (note.channel == DRUM_CHANNEL) == percussion);
            let mut notes: Vec<Note> = of_kind.map(|note| self.relative(note, now)).collect();
            notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
            notes
        };
        Some(Stretch {
            start: Beats(self.origin - self.shift),
            bars: (((until - self.origin) / self.bar()).ceil() as u32).clamp(1, BARS_MAX),
            metre: self.metre,
            tempo: self.tempo,
            pitched: collect(false),
            percussion: collect(true),
        })
    }

    fn relative(&self, note: &HeardNote, now: f64) -> Note {
        Note {
            onset: Beats(note.onset - self.origin),
            length: Beats(end(note, now) - note.onset),
            pitch: note.pitch,
            velocity: note.velocity,
        }
    }

    fn bar(&self) -> f64 {
        self.metre.bar().0
    }

    /// Where the last note ended, or now where one is held.
    fn sounded_until(&self, now: f64) -> f64 {
        self.notes.iter().map(|note| end(note, now)).fold(self.origin, f64::max)
    }

    /// Begins a new stretch with a note at `at`.
    fn begin(&mut self, at: Moment) {
        self.notes.clear();
        self.next_is_new = false;
        self.metre = at.metre;
        self.shift = 0.0;
        let bar = self.bar();
        let into = (at.position - at.bar_start).0.rem_euclid(bar);
        let bar_line = at.position.0 - into;
        self.origin = if into > bar - EARLY_BEATS { bar_line + bar } else { bar_line };
    }

    /// Lets the music go on where it is, `at` on the bar line at or after the last moment.
    fn join_loop(&mut self, at: Moment) {
        let Some(last) = self.last else { return };
        let bar = self.bar();
        let reached = last.position.0 + self.shift;
        let bars = ((reached - self.origin) / bar - 1e-6).ceil();
        let into = (at.position - at.bar_start).0.rem_euclid(bar);
        self.shift = self.origin + bars * bar + into - at.position.0;
    }

    fn end_held(&mut self) {
        let now = self.last.map_or(0.0, |last| last.position.0 + self.shift);
        for note in self.notes.iter_mut().filter(|note| note.end.is_none()) {
            note.end = Some(now.max(note.onset + SHORTEST_BEATS));
        }
    }

    /// Lets bars fall out at the front so that the one of `newest` is the sixteenth at most.
    fn drop_old(&mut self, newest: f64) {
        self.tempo = self.last.map_or(self.tempo, |last| last.tempo);
        let excess = ((newest - self.origin) / self.bar()).floor() + 1.0 - f64::from(BARS_MAX);
        if excess > 0.0 {
            self.origin += excess * self.bar();
            let origin = self.origin;
            self.notes.retain(|note| note.onset >= origin);
        }
    }
}

fn end(note: &HeardNote, now: f64) -> f64 {
    note.end.unwrap_or_else(|| now.max(note.onset + SHORTEST_BEATS))
}

fn passage(last: Moment, at: Moment) -> Passage {
    let bar = at.metre.bar().0;
    let advance = (at.position - last.position).0;
    if at.metre != last.metre || at.playing != last.playing || advance > ADVANCE_BARS_MAX * bar {
        Passage::Jump
    } else if advance >= -JITTER_BEATS {
        Passage::On
    } else if at.playing && (at.position - at.bar_start).0.rem_euclid(bar) < bar / 4.0 {
        Passage::Loop
    } else {
        Passage::Jump
    }
}

#[cfg(test)]
mod tests;
