//! Runs on the composer thread. Finds the longest run of notes that a line shares with any piece of the training set,
//! whatever its transposition and tempo.
//!
//! A run is the same where its intervals are, and the ratios of the times between its onsets; how long its last note
//! sounds does not matter. An index of short runs, sorted by hash, gives the places from which a match may extend: the
//! seed-and-extend search of S. F. Altschul et al., "Basic Local Alignment Search Tool", J. Mol. Biol. 215 (1990), without
//! its heuristics, so the result is exact.

mod corpus;

pub use corpus::CorpusError;

use corpus::{Corpus, Point};
use linnet_music::{Note, SharedRun};
use std::sync::OnceLock;

/// The shortest run that the index sees, in notes.
pub const RUN_MIN: usize = 5;
/// Ticks a beat at which a line is compared: fine enough for every legal onset, halved.
const TICKS_PER_BEAT: f64 = 96.0;

/// The training set, indexed by its short runs.
#[derive(Debug)]
pub struct Originality {
    corpus: Corpus,
    /// The hash of the short run that begins at a note, and the note; sorted.
    runs: Vec<(u32, u32)>,
}

impl Originality {
    /// The index of the training set in this binary, built once in the process.
    ///
    /// # Errors
    /// Where the file that was built in is damaged.
    pub fn built_in() -> Result<&'static Self, CorpusError> {
        static INDEX: OnceLock<Result<Originality, CorpusError>> = OnceLock::new();
        let read = || Originality::from_bytes(include_bytes!("../../../models/corpus/lead.bin.gz"));
        INDEX.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Indexes a corpus in the format of `models/TOKENS.md`.
    ///
    /// # Errors
    /// Where `bytes` is no such file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CorpusError> {
        let corpus = Corpus::from_bytes(bytes)?;
        let mut runs = Vec::with_capacity(corpus.points().len());
        for piece in corpus.pieces() {
            let first = piece.start;
            for (offset, run) in corpus.points()[piece].windows(RUN_MIN).enumerate() {
                runs.push((hash(run), (first + offset) as u32));
            }
        }
        runs.sort_unstable();
        Ok(Self { corpus, runs })
    }

    /// The longest run that `notes`, sorted by onset, share with a training piece. Of several notes with one onset the
    /// highest counts.
    pub fn longest_shared_run(&self, notes: &[Note]) -> SharedRun {
        let line = points(notes);
        let mut best = (0, 0);
        for (start, run) in line.windows(RUN_MIN).enumerate() {
            let wanted = hash(run);
            let from = self.runs.partition_point(|(hash, _)| *hash < wanted);
            for (_, place) in self.runs[from..].iter().take_while(|(hash, _)| *hash == wanted) {
                let there = self.corpus.rest_of_piece(*place as usize);
                let length = shared(&line[start..], there);
                if length >= RUN_MIN && length > best.0 {
                    best = (length, *place as usize);
                }
            }
        }
        let piece = if best.0 > 0 { self.corpus.name_at(best.1) } else { String::new() };
        SharedRun { notes: best.0 as u32, piece }
    }
}

/// The line as onsets and pitches.
fn points(notes: &[Note]) -> Vec<Point> {
    let mut line: Vec<Point> = Vec::with_capacity(notes.len());
    for note in notes {
        let point = Point { onset: (note.onset.0 * TICKS_PER_BEAT).round() as u32, pitch: note.pitch.midi() };
        match line.last_mut() {
            Some(last) if last.onset >= point.onset => last.pitch = last.pitch.max(point.pitch),
            _ => line.push(point),
        }
    }
    line
}

/// How many notes from the start on are the same.
fn shared(a: &[Point], b: &[Point]) -> usize {
    let most = a.len().min(b.len());
    let (mut ratio, mut length) = (None, 1.min(most));
    while length < most {
        let (before, here) = (length - 1, length);
        let interval = |line: &[Point]| i16::from(line[here].pitch) - i16::from(line[before].pitch);
        let times = (u64::from(a[here].onset - a[before].onset), u64::from(b[here].onset - b[before].onset));
        let (first_a, first_b) = *ratio.get_or_insert(times);
        if interval(a) != interval(b) || times.0 * first_b != times.1 * first_a {
            break;
        }
        length += 1;
    }
    length
}

/// A hash of a run's intervals and of its times as shares of the first: FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo).
fn hash(run: &[Point]) -> u32 {
    let mut hash: u32 = 0x811C_9DC5;
    let mut eat = |byte: u8| hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let first = run.get(1).map_or(1, |second| second.onset - run[0].onset);
    for pair in run.windows(2) {
        let time = pair[1].onset - pair[0].onset;
        let divisor = greatest_common_divisor(time, first).max(1);
        eat(pair[1].pitch.wrapping_sub(pair[0].pitch));
        for byte in (time / divisor).to_le_bytes().into_iter().chain((first / divisor).to_le_bytes()) {
            eat(byte);
        }
    }
    hash
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
pub(crate) mod tests;
