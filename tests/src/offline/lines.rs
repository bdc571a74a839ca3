//! What the scenes play, written out.

use crate::notation;
use linnet_engine::LiveKind;
use linnet_music::{Beats, ChordSpan, Note, Pitch, TimeSignature, Velocity};

const METRE: TimeSignature = TimeSignature::COMMON;
/// A tune of four bars in D major, of which scenes take as much as they need.
const LEAD: &str =
    "d5:1.5 e5:0.5 f#5:1 a5:1 | g5:1 f#5:0.5 e5:0.5 d5:2 | b4:1 d5:1 g5:1.5 f#5:0.5 | e5:3 r:1";
const CHORDS: &str = "D:4 | G:4 | Em:4 | A7:4";

/// Notes of the first `beats` of a line.
pub(super) fn first(notes: Vec<Note>, beats: f64) -> Vec<Note> {
    notes.into_iter().filter(|note| note.onset.0 < beats).collect()
}

pub(super) fn harmony() -> Vec<ChordSpan> {
    notation::harmony(CHORDS, METRE).unwrap_or_default()
}

pub(super) fn lead() -> Vec<Note> {
    notation::melody(LEAD, METRE).unwrap_or_default()
}

pub(super) fn note(onset: f64, length: f64, pitch: i32, velocity: i32) -> Note {
    Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(velocity),
    }
}

/// The chords as they lie.
pub(super) fn comping() -> Vec<Note> {
    let voiced = |span: &ChordSpan| {
        let (root, onset) = (48 + i32::from(span.chord.root.semitones()), span.onset.0);
        let length = span.length.0 * 0.95;
        span.chord.quality.intervals().iter().map(move |i| note(onset, length, root + i32::from(*i), 72))
    };
    harmony().iter().flat_map(voiced).collect()
}

/// The chords one note after the other, in halves of beats, louder and softer.
pub(super) fn arpeggio() -> Vec<Note> {
    let broken = |span: &ChordSpan| {
        let root = 60 + i32::from(span.chord.root.semitones());
        let steps: Vec<i32> = span.chord.quality.intervals().iter().map(|i| i32::from(*i)).collect();
        let onset = span.onset.0;
        (0..8).map(move |eighth| {
            let step = steps[eighth % steps.len()] + 12 * (eighth as i32 / steps.len() as i32 % 2);
            note(onset + 0.5 * eighth as f64, 0.4, root + step, [110, 60, 85, 40][eighth % 4])
        })
    };
    harmony().iter().flat_map(broken).collect()
}

pub(super) fn bass() -> Vec<Note> {
    let line = |span: &ChordSpan| {
        let (root, onset) = (36 + i32::from(span.chord.root.semitones()), span.onset.0);
        [(0.0, 1.4, 0), (1.5, 0.4, 0), (2.0, 1.4, 7), (3.5, 0.4, 12)]
            .map(|(after, length, step)| note(onset + after, length, root + step, 92))
    };
    harmony().iter().flat_map(line).collect()
}

/// Four bars of drums.
pub(super) fn drums() -> Vec<Note> {
    let mut notes = Vec::new();
    for bar in 0..4 {
        let onset = 4.0 * f64::from(bar);
        notes.extend(
            [(0.0, 36), (2.0, 36), (2.5, 36), (1.0, 38), (3.0, 38)]
                .map(|(at, key)| note(onset + at, 0.2, key, 100)),
        );
        notes.extend((0..8).map(|eighth| {
            let velocity = if eighth % 2 == 0 { 80 } else { 56 };
            note(onset + 0.5 * f64::from(eighth), 0.2, 42, velocity)
        }));
    }
    notes
}

/// Two beats in which a closed and a pedal hat end an open one; and a crash, toms, a clap and a side stick.
pub(super) fn choked(onset: f64) -> Vec<Note> {
    let strokes = [
        (0.0, 36, 110),
        (0.0, 46, 100),
        (0.375, 42, 90),
        (0.5, 38, 105),
        (0.75, 46, 100),
        (1.0, 44, 90),
        (1.0, 49, 95),
        (1.25, 45, 80),
        (1.5, 39, 90),
        (1.75, 37, 75),
    ];
    strokes.map(|(at, key, velocity)| note(onset + at, 0.2, key, velocity)).to_vec()
}

/// A line played live in which each key goes down before the one before goes up, with a bend and the wheel.
pub(super) fn legato() -> Vec<(f64, LiveKind)> {
    let keys: [u8; 8] = [62, 69, 66, 74, 57, 64, 71, 62];
    let mut events = Vec::new();
    for (place, pitch) in keys.into_iter().enumerate() {
        let beat = place as f64;
        events.push((beat, LiveKind::NoteOn { pitch, velocity: 0.4 + 0.07 * place as f32 }));
        events.push((beat + 1.1, LiveKind::NoteOff { pitch, velocity: 0.5 }));
    }
    events.extend((0..8).map(|n| {
        let value = 0.25 * (4.0 - (f64::from(n) - 4.0).abs()) as f32;
        (2.0 + 0.125 * f64::from(n), LiveKind::PitchBend { value })
    }));
    events.push((5.0, LiveKind::Controller { number: 1, value: 0.8 }));
    events.sort_by(|one, other| one.0.total_cmp(&other.0));
    events
        .into_iter()
        .filter(|(beat, _)| *beat < 8.0)
        .chain([(7.95, LiveKind::NoteOff { pitch: 62, velocity: 0.5 })])
        .collect()
}
