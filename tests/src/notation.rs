//! Tunes as text, for tests and for the files in `tests/assets`.
//!
//! Notes are `c4:1.5` (name, `#` or `b`, octave with c4 = middle C; length in beats), rests `r:1`, chords `Am:3` (root, then
//! nothing, `m`, `7` or `dim`). Bar lines `|` are checked against the metre.

use linnet_music::midi_file::{Arrangement, Track, write_arrangement};
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Key, Note, Pitch, PitchClass, Tempo, TimeSignature, Velocity,
};

/// A tune in notation.
#[derive(Clone, Copy, Debug)]
pub struct Notated {
    /// What files are called.
    pub file: &'static str,
    /// What users read.
    pub title: &'static str,
    /// Beats per minute.
    pub bpm: f64,
    /// Numerator and denominator.
    pub metre: (i32, i32),
    /// The key.
    pub key: Key,
    /// The melody.
    pub melody: &'static str,
    /// The chords.
    pub chords: &'static str,
}

/// Why notation was not understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("\"{word}\" is no {what}.")]
pub struct NotationError {
    word: String,
    what: &'static str,
}

impl Notated {
    /// The tune as a MIDI file: a track with the melody, one with the chords.
    pub fn to_midi(&self) -> Result<Vec<u8>, NotationError> {
        let metre = TimeSignature::new(self.metre.0, self.metre.1)
            .ok_or(NotationError { word: format!("{:?}", self.metre), what: "metre" })?;
        let melody = melody(self.melody, metre)?;
        let harmony = harmony(self.chords, metre)?;
        let comping: Vec<Note> = harmony.iter().flat_map(voiced).collect();
        let tracks = [
            Track { name: "Melody", channel: 0, notes: &melody },
            Track { name: "Chords", channel: 1, notes: &comping },
        ];
        let ends = melody.iter().map(Note::end).chain(harmony.iter().map(|span| span.onset + span.length));
        let length = ends.fold(Beats(0.0), |a, b| if a < b { b } else { a });
        Ok(write_arrangement(&Arrangement {
            title: self.title,
            tempo: Tempo::new(self.bpm),
            metre,
            key: Some(self.key),
            chords: &harmony,
            record: "",
            tracks: &tracks,
            length,
        }))
    }
}

/// Reads a melody.
pub fn melody(text: &str, metre: TimeSignature) -> Result<Vec<Note>, NotationError> {
    let mut notes = Vec::new();
    walk(text, metre, |word, onset, length| {
        if word != "r" {
            let pitch = pitch(word).ok_or(NotationError { word: word.into(), what: "pitch" })?;
            // Played a little short of the next note, and a little louder on the bar line.
            let on_bar_line = (onset.0 / metre.bar().0).fract() < 1e-9;
            let velocity = Velocity::new(if on_bar_line { 100 } else { 88 });
            notes.push(Note { onset, length: Beats(length.0 * 0.95), pitch, velocity });
        }
        Ok(())
    })?;
    Ok(notes)
}

/// Reads a row of chords.
pub fn harmony(text: &str, metre: TimeSignature) -> Result<Vec<ChordSpan>, NotationError> {
    let mut spans = Vec::new();
    walk(text, metre, |word, onset, length| {
        if word != "r" {
            let chord = chord(word).ok_or(NotationError { word: word.into(), what: "chord" })?;
            spans.push(ChordSpan { onset, length, chord });
        }
        Ok(())
    })?;
    Ok(spans)
}

fn walk(
    text: &str,
    metre: TimeSignature,
    mut each: impl FnMut(&str, Beats, Beats) -> Result<(), NotationError>,
) -> Result<(), NotationError> {
    let wrong = |word: &str, what| NotationError { word: word.into(), what };
    let mut now = 0.0;
    for word in text.split_whitespace() {
        if word == "|" {
            let bars: f64 = now / metre.bar().0;
            if (bars - bars.round()).abs() > 1e-9 {
                return Err(wrong(&format!("the | at beat {now}"), "bar line"));
            }
            continue;
        }
        let (name, length) = word.split_once(':').unwrap_or((word, "1"));
        let length: f64 = length.parse().map_err(|_| wrong(word, "length"))?;
        each(name, Beats(now), Beats(length))?;
        now += length;
    }
    Ok(())
}

/// The pitch class of a name's first letters, and the rest of the name.
fn class(word: &str) -> Option<(i32, &str)> {
    let steps = [9, 11, 0, 2, 4, 5, 7];
    let letter = word.bytes().next()?.to_ascii_lowercase();
    let natural = *steps.get(usize::from(letter.checked_sub(b'a')?))?;
    let rest = &word[1..];
    match rest.as_bytes().first() {
        Some(b'#') => Some((natural + 1, &rest[1..])),
        Some(b'b') => Some((natural - 1, &rest[1..])),
        _ => Some((natural, rest)),
    }
}

fn pitch(word: &str) -> Option<Pitch> {
    let (class, octave) = class(word)?;
    let octave: i32 = octave.parse().ok()?;
    Some(Pitch::new((octave + 1) * 12 + class))
}

fn chord(word: &str) -> Option<Chord> {
    let (root, quality) = class(word)?;
    let quality = match quality {
        "" => ChordQuality::Major,
        "m" => ChordQuality::Minor,
        "7" => ChordQuality::Dominant7,
        "dim" => ChordQuality::Diminished,
        _ => return None,
    };
    Some(Chord { root: PitchClass::new(root), quality })
}

/// The notes of a chord around middle C's octave below.
fn voiced(span: &ChordSpan) -> Vec<Note> {
    let root = 48 + i32::from(span.chord.root.semitones()) % 12;
    let note = |interval: &u8| Note {
        onset: span.onset,
        length: Beats(span.length.0 * 0.95),
        pitch: Pitch::new(root + i32::from(*interval)),
        velocity: Velocity::new(64),
    };
    span.chord.quality.intervals().iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for (name, expect) in [("c4", 60), ("a4", 69), ("f#5", 78), ("bb3", 58), ("cb4", 59)] {
            assert_eq!(pitch(name).map(Pitch::midi), Some(expect), "{name}");
        }
        assert_eq!(chord("F#m").map(|c| c.to_string()), Some("F♯m".into()));
        assert_eq!(pitch("h4"), None);
    }

    #[test]
    fn a_bar_line_in_the_wrong_place_is_refused() {
        assert!(melody("c4 c4 c4 c4 | c4 | c4", TimeSignature::COMMON).is_err());
    }
}
