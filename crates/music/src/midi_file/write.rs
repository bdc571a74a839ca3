//! Writing an idea to a MIDI file.

use super::DRUM_CHANNEL;
use crate::{
    Beats, Chord, ChordSpan, Controls, Idea, IdeaId, Key, Note, Part, Provenance, Scale, Tempo, TimeSignature,
};
use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
use serde::Serialize;

/// Ticks a quarter note: every legal onset of `models/tokens.json` is a whole number of them.
const TICKS_PER_BEAT: u16 = 960;
/// The longest position that a file can hold in one step, in ticks.
const TICKS_MAX: u64 = (1 << 28) - 1;
/// What the text event with the record begins with.
const RECORD_PREFIX: &str = "linnet-provenance: ";

/// One track of an arrangement.
#[derive(Clone, Copy, Debug)]
pub struct Track<'a> {
    /// The name that a host shows.
    pub name: &'a str,
    /// MIDI channel in [0, 15]; 9 is the drum kit.
    pub channel: u8,
    /// The notes in any order. One that still sounds where its pitch begins anew ends there.
    pub notes: &'a [Note],
}

/// Everything that one MIDI file holds.
#[derive(Clone, Copy, Debug)]
pub struct Arrangement<'a> {
    /// The file's name as hosts show it.
    pub title: &'a str,
    /// The tempo; below 3.58 beats per minute, which the format cannot say, 3.58 is written.
    pub tempo: Tempo,
    /// The metre.
    pub metre: TimeSignature,
    /// The key, if known.
    pub key: Option<Key>,
    /// A marker is written for each.
    pub chords: &'a [ChordSpan],
    /// A text event; none is written where it is empty.
    pub record: &'a str,
    /// The tracks, in the file's order.
    pub tracks: &'a [Track<'a>],
    /// Where every track ends, at the earliest.
    pub length: Beats,
}

/// Writes `idea` at `tempo` as a type 1 file: one track a part that has notes (lead, chords and bass on channels 1 to 3,
/// drums on 10), names, tempo, metre, key signature, a marker for each chord, and the record of where it came from.
/// The same idea gives the same bytes.
pub fn write(idea: &Idea, tempo: Tempo) -> Vec<u8> {
    let tracks: Vec<Track> = Part::ALL
        .into_iter()
        .filter(|part| !idea.phrase(*part).is_empty())
        .map(|part| Track { name: part.name(), channel: channel(part), notes: idea.phrase(part).notes() })
        .collect();
    write_arrangement(&Arrangement {
        title: &format!("Linnet idea {}", idea.id.0),
        tempo,
        metre: idea.metre,
        key: Some(idea.key),
        chords: &idea.harmony,
        record: &record(idea),
        tracks: &tracks,
        length: idea.length,
    })
}

/// The MIDI channel of `part` in files, in [0, 15].
fn channel(part: Part) -> u8 {
    if part == Part::Drums { DRUM_CHANNEL } else { part.index() as u8 }
}

/// The record of where `idea` came from, as JSON on one line behind the words "linnet-provenance: ".
pub fn record(idea: &Idea) -> String {
    #[derive(Serialize)]
    struct Record<'a> {
        idea: IdeaId,
        parent: Option<IdeaId>,
        controls: &'a Controls,
        key: Key,
        provenance: &'a Provenance,
    }
    let record = Record {
        idea: idea.id,
        parent: idea.parent,
        controls: &idea.controls,
        key: idea.key,
        provenance: &idea.provenance,
    };
    let json = serde_json::to_string(&record).unwrap_or_else(|error| format!("unreadable: {error}"));
    format!("{RECORD_PREFIX}{json}")
}

/// Writes a type 1 file. The same arrangement gives the same bytes.
pub fn write_arrangement(arrangement: &Arrangement) -> Vec<u8> {
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS_PER_BEAT)));
    let end = ticks(arrangement.length);
    let symbol = |chord: Chord| arrangement.key.map_or_else(|| chord.to_string(), |key| chord.symbol_in(key));
    let markers: Vec<(u64, String)> =
        arrangement.chords.iter().map(|span| (ticks(span.onset), ascii(&symbol(span.chord)))).collect();
    let mut tracks = vec![conductor_track(arrangement, &markers, end)];
    tracks.extend(arrangement.tracks.iter().map(|track| note_track(track, end)));
    let mut bytes = Vec::new();
    // PANIC: none; writing to a vector has no error, and a track's length is bounded by memory.
    Smf { header, tracks }.write(&mut bytes).map_or_else(|_| Vec::new(), |()| bytes)
}

fn conductor_track<'a>(
    arrangement: &Arrangement<'a>,
    markers: &'a [(u64, String)],
    end: u64,
) -> midly::Track<'a> {
    let micros = (60e6 / arrangement.tempo.bpm()).round().min(f64::from(u24::max_value().as_int()));
    let metre = arrangement.metre;
    let clocks_per_click = if metre.is_compound() { 36 } else { 24 };
    let power = metre.denominator().trailing_zeros() as u8;
    let mut events = vec![
        (0, MetaMessage::TrackName(arrangement.title.as_bytes())),
        (0, MetaMessage::Tempo(u24::new(micros as u32))),
        (0, MetaMessage::TimeSignature(metre.numerator(), power, clocks_per_click, 8)),
    ];
    if let Some((fifths, minor)) = arrangement.key.and_then(key_signature) {
        events.push((0, MetaMessage::KeySignature(fifths, minor)));
    }
    if !arrangement.record.is_empty() {
        events.push((0, MetaMessage::Text(arrangement.record.as_bytes())));
    }
    events.extend(markers.iter().map(|(at, symbol)| (*at, MetaMessage::Marker(symbol.as_bytes()))));
    events.sort_by_key(|(at, _)| *at);
    in_deltas(events.into_iter().map(|(at, meta)| (at, TrackEventKind::Meta(meta))), end)
}

fn note_track<'a>(track: &Track<'a>, end: u64) -> midly::Track<'a> {
    let channel = u4::new(track.channel & 15);
    let mut events: Vec<(u64, bool, u8, u8)> = Vec::with_capacity(track.notes.len() * 2);
    for (from, to, pitch, velocity) in without_overlap(track.notes) {
        events.push((from, true, pitch, velocity));
        events.push((to, false, pitch, 64));
    }
    // Note-offs come before the note-ons of their tick, so that a repeated note is not cut.
    events.sort_unstable();
    let messages = events.into_iter().map(|(at, on, pitch, velocity)| {
        let (key, vel) = (u7::new(pitch), u7::new(velocity));
        let message = if on { MidiMessage::NoteOn { key, vel } } else { MidiMessage::NoteOff { key, vel } };
        (at, TrackEventKind::Midi { channel, message })
    });
    let name = (0, TrackEventKind::Meta(MetaMessage::TrackName(track.name.as_bytes())));
    in_deltas(std::iter::once(name).chain(messages), end)
}

/// Notes as (first tick, last tick, pitch, velocity). No two of one pitch overlap; of two that begin on one tick, the
/// longer stays.
fn without_overlap(notes: &[Note]) -> Vec<(u64, u64, u8, u8)> {
    let mut rows: Vec<(u8, u64, u64, u8)> = notes
        .iter()
        .filter(|note| note.onset.0 >= 0.0 && note.length.0 > 0.0)
        .map(|note| {
            let from = ticks(note.onset);
            (note.pitch.midi(), from, ticks(note.end()).max(from + 1), note.velocity.midi())
        })
        .collect();
    rows.sort_unstable_by(|a, b| (a.0, a.1, b.2, b.3).cmp(&(b.0, b.1, a.2, a.3)));
    rows.dedup_by_key(|row| (row.0, row.1));
    let next: Vec<Option<(u8, u64)>> =
        rows.iter().skip(1).map(|row| Some((row.0, row.1))).chain([None]).collect();
    rows.into_iter()
        .zip(next)
        .map(|((pitch, from, to, velocity), next)| match next {
            Some((same, begins)) if same == pitch => (from, to.min(begins), pitch, velocity),
            _ => (from, to, pitch, velocity),
        })
        .collect()
}

/// Events at absolute ticks, sorted, as a track that ends at `end` or with its last event.
fn in_deltas<'a>(events: impl Iterator<Item = (u64, TrackEventKind<'a>)>, end: u64) -> midly::Track<'a> {
    let mut now = 0;
    let mut track: midly::Track = events
        .map(|(at, kind)| {
            let delta = u28::new(at.saturating_sub(now) as u32);
            now = now.max(at);
            TrackEvent { delta, kind }
        })
        .collect();
    let delta = u28::new(end.saturating_sub(now) as u32);
    track.push(TrackEvent { delta, kind: TrackEventKind::Meta(MetaMessage::EndOfTrack) });
    track
}

fn ticks(at: Beats) -> u64 {
    ((at.0.max(0.0) * f64::from(TICKS_PER_BEAT)).round() as u64).min(TICKS_MAX)
}

/// Sharps (or, negative, flats) in [−5, 6] and whether minor; none for the chromatic scale. A mode is written as the
/// major or minor key on its tonic, so that the tonic survives.
fn key_signature(key: Key) -> Option<(i8, bool)> {
    if key.scale == Scale::Chromatic {
        return None;
    }
    Some((key.fifths(), key.scale.is_minor()))
}

/// Chord symbols in ASCII, since many hosts read markers in other encodings.
fn ascii(symbol: &str) -> String {
    symbol.replace('♭', "b").replace('♯', "#")
}
