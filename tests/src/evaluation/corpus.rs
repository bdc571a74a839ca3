//! The corpus files: the training split for the baseline, the held-out split with its chords. Format: `models/TOKENS.md`.

use super::EvaluationError;
use flate2::read::GzDecoder;
use linnet_composer::tokens::Event;
use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, Key, PitchClass, Scale, TimeSignature};
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Ticks in a quarter note.
const TICKS: f64 = 24.0;

/// A held-out piece.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The set it is from.
    pub set: String,
    /// The key, as annotated.
    pub key: Key,
    /// The metre.
    pub metre: TimeSignature,
    /// Whether its first bar is a pickup.
    pub has_pickup: bool,
    /// The lead line.
    pub events: Vec<Event>,
    /// The harmony, from the first bar line.
    pub chords: Vec<ChordSpan>,
}

impl Piece {
    /// How many bars it has.
    pub fn bars(&self) -> usize {
        self.events.iter().filter(|event| !event.is_note()).count()
    }

    /// The events of bars `from` to `to`.
    pub fn bars_of(&self, from: usize, to: usize) -> &[Event] {
        &self.events[self.bar_start(from)..self.bar_start(to)]
    }

    fn bar_start(&self, bar: usize) -> usize {
        let mut ends = self.events.iter().enumerate().filter(|(_, event)| !event.is_note());
        match bar.checked_sub(1) {
            None => 0,
            Some(before) => ends.nth(before).map_or(self.events.len(), |(at, _)| at + 1),
        }
    }

    /// The chords, counted from the start of bar `from`.
    pub fn chords_from(&self, from: usize) -> Vec<ChordSpan> {
        let start = Beats(from as f64 * self.metre.bar().0);
        let after = self.chords.iter().filter(|span| span.onset + span.length > start);
        after
            .map(|span| {
                let onset = Beats((span.onset - start).0.max(0.0));
                ChordSpan { onset, length: span.onset + span.length - start - onset, ..*span }
            })
            .collect()
    }
}

/// A line of the held-out file.
#[derive(Deserialize)]
struct HeldOut {
    set: String,
    tonic: i32,
    scale: String,
    metre: [i32; 2],
    first_full: u32,
    events: Vec<[u8; 3]>,
    chords: Vec<(f64, f64, i32, usize)>,
}

/// The header of the training file.
#[derive(Deserialize)]
struct Header {
    pieces: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    events: usize,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/corpus")
}

fn unpacked(name: &str) -> Result<Vec<u8>, EvaluationError> {
    let failed =
        |error: std::io::Error| EvaluationError::Corpus { file: name.into(), why: error.to_string() };
    let file = File::open(folder().join(name)).map_err(failed)?;
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn event([position, pitch, duration]: [u8; 3]) -> Event {
    Event { position, pitch, duration }
}

/// The lead lines that the model was trained on.
pub fn training() -> Result<Vec<Vec<Event>>, EvaluationError> {
    const NAME: &str = "lead.bin.gz";
    let bytes = unpacked(NAME)?;
    let wrong = |why: &str| EvaluationError::Corpus { file: NAME.into(), why: why.into() };
    let rest = bytes.strip_prefix(b"LNCP1\n").ok_or_else(|| wrong("it begins differently"))?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| wrong("it ends in its header"))?;
    let length = u32::from_le_bytes(*length) as usize;
    let (header, mut triples) =
        rest.split_at_checked(length).ok_or_else(|| wrong("it ends in its header"))?;
    let header: Header = serde_json::from_slice(header).map_err(|error| wrong(&error.to_string()))?;
    let mut pieces = Vec::with_capacity(header.pieces.len());
    for entry in header.pieces {
        let (own, others) =
            triples.split_at_checked(entry.events * 3).ok_or_else(|| wrong("it ends within a piece"))?;
        pieces.push(own.chunks_exact(3).map(|triple| event([triple[0], triple[1], triple[2]])).collect());
        triples = others;
    }
    Ok(pieces)
}

/// The pieces that no model has seen.
pub fn held_out() -> Result<Vec<Piece>, EvaluationError> {
    const NAME: &str = "heldout.json.gz";
    let bytes = unpacked(NAME)?;
    let wrong = |why: String| EvaluationError::Corpus { file: NAME.into(), why };
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let line: HeldOut = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
            line.piece()
                .ok_or_else(|| wrong("a piece has a scale, a metre or a chord that is not known".into()))
        })
        .collect()
}

impl HeldOut {
    fn piece(self) -> Option<Piece> {
        let scale = Scale::ALL.into_iter().find(|scale| scale.name() == self.scale.replace('_', " "))?;
        let span = |(onset, length, root, quality): (f64, f64, i32, usize)| {
            let quality = *ChordQuality::ALL.get(quality)?;
            let chord = Chord { root: PitchClass::new(root), quality };
            Some(ChordSpan { onset: Beats(onset / TICKS), length: Beats(length / TICKS), chord })
        };
        Some(Piece {
            set: self.set,
            key: Key { tonic: PitchClass::new(self.tonic), scale },
            metre: TimeSignature::new(self.metre[0], self.metre[1])?,
            has_pickup: self.first_full > 0,
            events: self.events.into_iter().map(event).collect(),
            chords: self.chords.into_iter().map(span).collect::<Option<_>>()?,
        })
    }
}
