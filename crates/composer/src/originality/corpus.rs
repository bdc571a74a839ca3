//! Runs on the composer thread. Reads the corpus file of `models/TOKENS.md`.

use crate::tokens::{BAR, IN_BEAT, POSITIONS};
use flate2::read::GzDecoder;
use linnet_music::TimeSignature;
use serde::Deserialize;
use std::io::Read;
use std::ops::Range;

/// What every corpus file begins with.
const MAGIC: &[u8; 6] = b"LNCP1\n";
/// Ticks in a whole note.
const TICKS_PER_WHOLE: u32 = 96;
/// Bytes that a corpus may unpack to.
const BYTES_MAX: u64 = 256 << 20;

/// Why a corpus was not read.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("The index of the training set cannot be read: {0}.")]
pub struct CorpusError(String);

/// The beginning of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// In ticks, from anywhere.
    pub(super) onset: u32,
    /// In semitones, from anywhere.
    pub(super) pitch: u8,
}

/// Every note of every piece.
#[derive(Debug)]
pub(super) struct Corpus {
    points: Vec<Point>,
    /// Where each piece ends in `points`, ascending, and its name.
    ends: Vec<(usize, String)>,
}

#[derive(Deserialize)]
struct Header {
    pieces: Vec<PieceHeader>,
}

#[derive(Deserialize)]
struct PieceHeader {
    set: String,
    title: String,
    metre: (i32, i32),
    events: usize,
}

fn fault(what: impl Into<String>) -> CorpusError {
    CorpusError(what.into())
}

impl Corpus {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, CorpusError> {
        let mut unpacked = Vec::new();
        let read = GzDecoder::new(bytes).take(BYTES_MAX).read_to_end(&mut unpacked);
        read.map_err(|error| fault(format!("it does not unpack ({error})")))?;
        let (header, mut events) = split(&unpacked)?;
        let mut corpus = Self { points: Vec::new(), ends: Vec::with_capacity(header.pieces.len()) };
        for piece in header.pieces {
            let (own, rest) = piece
                .events
                .checked_mul(3)
                .and_then(|length| events.split_at_checked(length))
                .ok_or_else(|| fault("it is cut short"))?;
            corpus.add(&piece, own)?;
            events = rest;
        }
        Ok(corpus)
    }

    fn add(&mut self, piece: &PieceHeader, events: &[u8]) -> Result<(), CorpusError> {
        let metre = TimeSignature::new(piece.metre.0, piece.metre.1)
            .ok_or_else(|| fault(format!("{} has no metre", piece.title)))?;
        let bar_ticks = TICKS_PER_WHOLE * u32::from(metre.numerator()) / u32::from(metre.denominator());
        let first = self.points.len();
        let mut bar_line: u32 = 0;
        for event in events.chunks_exact(3) {
            let (position, pitch) = (event[0], event[1]);
            if position == BAR {
                bar_line = bar_line.saturating_add(bar_ticks);
            } else if usize::from(position) < POSITIONS {
                let (quarter, place) = (u32::from(position) / 12, usize::from(position) % 12);
                let onset = bar_line.saturating_add(quarter * 24 + IN_BEAT[place]);
                if self.points[first..].last().is_some_and(|before| onset <= before.onset) {
                    return Err(fault(format!("{} runs backwards", piece.title)));
                }
                self.points.push(Point { onset, pitch });
            } else {
                return Err(fault(format!("{} has an event at {position}", piece.title)));
            }
        }
        self.ends.push((self.points.len(), format!("{}: {}", piece.set, piece.title)));
        Ok(())
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// Where each piece lies in the points.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        starts.zip(&self.ends).map(|(start, (end, _))| start..*end)
    }

    /// The points from `place` to the end of its piece.
    pub(super) fn rest_of_piece(&self, place: usize) -> &[Point] {
        let end = self.ends.get(self.piece_at(place)).map_or(self.points.len(), |(end, _)| *end);
        self.points.get(place..end).unwrap_or_default()
    }

    /// The set and the title of the piece at `place`.
    pub(super) fn name_at(&self, place: usize) -> String {
        self.ends.get(self.piece_at(place)).map_or_else(String::new, |(_, name)| name.clone())
    }

    fn piece_at(&self, place: usize) -> usize {
        self.ends.partition_point(|(end, _)| *end <= place)
    }
}

/// The header and the events.
fn split(bytes: &[u8]) -> Result<(Header, &[u8]), CorpusError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| fault("it is no corpus file"))?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| fault("it is cut short"))?;
    let length = u32::from_le_bytes(*length) as usize;
    let (header, events) = rest.split_at_checked(length).ok_or_else(|| fault("it is cut short"))?;
    let header =
        serde_json::from_slice(header).map_err(|error| fault(format!("its header is damaged ({error})")))?;
    Ok((header, events))
}
