//! MIDI files: reading a tune, writing an idea.
//!
//! Runs on any thread but the audio thread. The format is that of the MIDI Manufacturers Association, "Standard MIDI
//! Files 1.0", 1996.

mod read;
mod write;

pub use read::read;
pub use write::{Arrangement, Track, record, write, write_arrangement};

use crate::{Beats, Key, Note, Phrase, Tempo, TimeSignature};

/// The longest tune that is read, in bars.
pub const BARS_MAX: u32 = 4_000;
/// The most notes that are read.
pub const NOTES_MAX: usize = 200_000;
/// The longest file that is read, in bytes.
pub const BYTES_MAX: usize = 8 << 20;
/// The most tracks that are read.
pub const TRACKS_MAX: usize = 1_024;
/// The channel of the General MIDI drum kit, counted from 0.
pub const DRUM_CHANNEL: u8 = 9;

/// Why a MIDI file was not read, in words that say what to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MidiFileError {
    /// The bytes do not begin as a MIDI file does.
    #[error(
        "This is not a MIDI file ({0}). Choose a file that ends in .mid and was exported by a music program."
    )]
    NotMidi(String),
    /// The file ends before its chunks do.
    #[error("This MIDI file is cut short: {0}. Export or copy it again.")]
    Truncated(String),
    /// A format 2 file: patterns that do not sound together.
    #[error("This MIDI file holds separate patterns (format 2). Export it again as format 0 or 1.")]
    SeparatePatterns,
    /// Nothing sounds.
    #[error("This MIDI file has no notes. Choose one with a melody.")]
    NoNotes,
    /// More than [`NOTES_MAX`] notes, [`BARS_MAX`] bars, [`TRACKS_MAX`] tracks or [`BYTES_MAX`] bytes.
    #[error("This MIDI file is too long: it has more than {0}. Export a shorter stretch of it.")]
    TooLong(String),
}

/// A note of a tune, and who plays it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TuneNote {
    /// The track in the file, from 0.
    pub track: u16,
    /// MIDI channel in [0, 15]; 9 is the drum kit.
    pub channel: u8,
    /// The note, from the start of the file.
    pub note: Note,
}

/// What a MIDI file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tune {
    /// The first track's name; empty where it has none.
    pub name: String,
    /// Sorted by onset, then pitch, track and channel.
    pub notes: Vec<TuneNote>,
    /// Tempo changes, sorted by position; empty where the file has none.
    pub tempos: Vec<(Beats, Tempo)>,
    /// Changes of metre, sorted by position; empty where the file has none.
    pub metres: Vec<(Beats, TimeSignature)>,
    /// The first key signature.
    pub key: Option<Key>,
    /// Names of the tracks by their number; empty where a track has none.
    pub track_names: Vec<String>,
    /// Where the last note ends.
    pub length: Beats,
    /// Sentences about what looked wrong and was read all the same.
    pub warnings: Vec<String>,
}

impl Tune {
    /// The first tempo; 120 beats per minute where the file has none, as the standard says.
    pub fn tempo(&self) -> Tempo {
        self.tempos.first().map_or_else(Tempo::default, |(_, tempo)| *tempo)
    }

    /// The first metre; 4/4 where the file has none, as the standard says.
    pub fn metre(&self) -> TimeSignature {
        self.metres.first().map_or_else(TimeSignature::default, |(_, metre)| *metre)
    }

    /// The notes of every channel but the drum kit's, as one phrase.
    pub fn pitched(&self) -> Phrase {
        let notes = self.notes.iter().filter(|note| note.channel != DRUM_CHANNEL);
        Phrase::new(notes.map(|note| note.note).collect())
    }

    /// The length in bars, the last one counted whole, through every change of metre.
    pub fn bars(&self) -> f64 {
        let mut bars: f64 = 0.0;
        let mut from = Beats(0.0);
        let mut metre = TimeSignature::default();
        let end = [(self.length, metre)];
        for (at, next) in self.metres.iter().chain(&end) {
            let at = Beats(at.0.min(self.length.0));
            // A millionth of a bar is rounding, not music.
            bars += ((at - from).0 / metre.bar().0 - 1e-6).ceil().max(0.0);
            (from, metre) = (at, *next);
        }
        bars
    }
}

#[cfg(test)]
mod tests;
