//! The corpus files: the training split for the baseline, and the held-out split. Format: `models/TOKENS.md`.

use super::{EvaluationError, contexts};
use flate2::read::GzDecoder;
use linnet_composer::evaluation::{Piece, read_held_out};
use linnet_composer::tokens::Event;
use linnet_music::{Scale, TimeSignature};
use serde::Deserialize;
use std::fs::File;
use std::io::Read;

/// The header of the training file.
#[derive(Deserialize)]
struct Header {
    pieces: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    events: usize,
    scale: String,
    metre: (i32, i32),
}

/// A lead line that the model was trained on.
#[derive(Clone, Debug)]
pub struct TrainingLine {
    /// Its scale, where it is one of ours.
    pub scale: Option<Scale>,
    /// Its metre.
    pub metre: TimeSignature,
    /// Its events, from its first bar line.
    pub events: Vec<Event>,
}

fn unpacked(name: &str) -> Result<Vec<u8>, EvaluationError> {
    let failed =
        |error: std::io::Error| EvaluationError::Corpus { file: name.into(), why: error.to_string() };
    let file = File::open(contexts::corpus(name)).map_err(failed)?;
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn event([position, pitch, duration]: [u8; 3]) -> Event {
    Event { position, pitch, duration }
}

/// The lead lines that the model was trained on.
pub fn training() -> Result<Vec<TrainingLine>, EvaluationError> {
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
        pieces.push(TrainingLine {
            scale: Scale::ALL.into_iter().find(|scale| scale.name() == entry.scale),
            metre: TimeSignature::new(entry.metre.0, entry.metre.1).unwrap_or_default(),
            events: own.chunks_exact(3).map(|triple| event([triple[0], triple[1], triple[2]])).collect(),
        });
        triples = others;
    }
    Ok(pieces)
}

/// The pieces that no model has seen.
pub fn held_out() -> Result<Vec<Piece>, EvaluationError> {
    const NAME: &str = "heldout.json.gz";
    let failed = |why: String| EvaluationError::Corpus { file: NAME.into(), why };
    let bytes = std::fs::read(contexts::corpus(NAME)).map_err(|error| failed(error.to_string()))?;
    read_held_out(&bytes).map_err(failed)
}
