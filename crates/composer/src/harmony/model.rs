//! Runs on the composer thread. The chord model: an interpolated n-gram over key-relative chords (F. Jelinek and
//! R. L. Mercer, "Interpolated Estimation of Markov Source Parameters from Sparse Data", 1980). Its file is described in
//! `models/harmony/README.md`.

use super::{HarmonyRequest, in_scale};
use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, Key, PitchClass};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// The model in this binary.
const BUILT_IN: &str = include_str!("../../../../models/harmony/model.json");
/// What it was made from, with the licences.
const TRAINING_SETS: [&str; 3] = [
    "OpenEWLD (MIT)",
    "free-midi-chords, Ludovic Drolez (MIT)",
    "McGill Billboard annotations, Burgoyne, Wild and Fujinaga 2011 (CC BY 4.0)",
];

/// Rows that are drawn at most before the end of one is bent to a tonic or a dominant.
const DRAWS_MAX: usize = 48;
/// Bars that a chord lasts at most.
const CHORD_BARS_MAX: f64 = 2.0;
/// The degree of the dominant, in semitones.
const DOMINANT: u8 = 7;

/// Beats a bar, the beat of the bar on which a chord begins, and its lengths in beats with their counts.
type LengthRow = (u32, u32, Vec<(u32, u32)>);

/// Why a chord model was not read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("The chord model cannot be read: {0}.")]
pub struct HarmonyError(String);

/// Counts of key-relative chords.
#[derive(Debug)]
pub struct HarmonyModel {
    major: Table,
    minor: Table,
}

/// Chords relative to the tonic, with counts of their rows.
#[derive(Debug)]
struct Table {
    /// Degree in semitones above the tonic, and quality.
    chords: Vec<(u8, ChordQuality)>,
    grams: Vec<Vec<Vec<u32>>>,
    weights: Vec<f64>,
    edge: u32,
    lengths: Vec<LengthRow>,
}

#[derive(Deserialize)]
struct File {
    qualities: Vec<String>,
    modes: Modes,
}

#[derive(Deserialize)]
struct Modes {
    major: Mode,
    minor: Mode,
}

#[derive(Deserialize)]
struct Mode {
    chords: Vec<(u8, usize)>,
    edge: u32,
    grams: Vec<Vec<Vec<u32>>>,
    weights: Vec<f64>,
    lengths: Vec<LengthRow>,
}

impl HarmonyModel {
    /// The model in this binary, read once in the process.
    ///
    /// # Errors
    /// Where the file that was built in is damaged.
    pub fn built_in() -> Result<&'static Self, HarmonyError> {
        static MODEL: OnceLock<Result<HarmonyModel, HarmonyError>> = OnceLock::new();
        MODEL.get_or_init(|| HarmonyModel::from_json(BUILT_IN)).as_ref().map_err(Clone::clone)
    }

    /// "name version sha256" of the model in this binary, for the record of an idea.
    pub fn provenance() -> String {
        format!("linnet-harmony 1.0.0 {:x}", Sha256::digest(BUILT_IN.as_bytes()))
    }

    /// The sets that it was made from, with their licences.
    pub fn training_sets() -> Vec<String> {
        TRAINING_SETS.map(str::to_owned).to_vec()
    }

    /// Reads a model.
    ///
    /// # Errors
    /// Where `text` is not what `models/harmony/README.md` describes.
    pub fn from_json(text: &str) -> Result<Self, HarmonyError> {
        let file: File = serde_json::from_str(text).map_err(|error| HarmonyError(error.to_string()))?;
        Ok(Self {
            major: Table::new(file.modes.major, &file.qualities)?,
            minor: Table::new(file.modes.minor, &file.qualities)?,
        })
    }

    /// A row of chords that ends on a tonic or a dominant.
    pub(super) fn sample(&self, request: &HarmonyRequest, unit: &mut dyn FnMut() -> f64) -> Vec<ChordSpan> {
        let table = if request.key.scale.is_minor() { &self.minor } else { &self.major };
        let allowed = table.allowed(request);
        let mut row = Vec::new();
        for _ in 0..DRAWS_MAX {
            row = table.draw(request, &allowed, unit);
            let is_closed =
                row.last().is_some_and(|(_, index)| matches!(table.chords[*index].0, 0 | DOMINANT));
            let changes = row.len() > 1 || request.bars == 1;
            if is_closed && changes {
                return table.spans(request, &row);
            }
        }
        table.close(&mut row, &allowed);
        table.spans(request, &row)
    }
}

impl Table {
    fn new(mode: Mode, qualities: &[String]) -> Result<Self, HarmonyError> {
        let quality = |index: usize| {
            let name = qualities.get(index).ok_or_else(|| HarmonyError(format!("no quality {index}")))?;
            let found = ChordQuality::ALL.into_iter().find(|quality| quality.token() == name);
            found.ok_or_else(|| HarmonyError(format!("unknown quality {name}")))
        };
        let chords: Result<Vec<_>, _> = mode
            .chords
            .iter()
            .map(|(degree, index)| quality(*index).map(|quality| (degree % 12, quality)))
            .collect();
        let chords = chords?;
        let rows_fit =
            mode.grams.iter().enumerate().all(|(n, rows)| {
                rows.iter().all(|row| row.len() == n + 2 && (row[n] as usize) < chords.len())
            });
        if chords.is_empty() || mode.weights.len() != mode.grams.len() + 1 || !rows_fit {
            return Err(HarmonyError("its tables do not fit together".into()));
        }
        Ok(Self { chords, grams: mode.grams, weights: mode.weights, edge: mode.edge, lengths: mode.lengths })
    }

    /// Which chords may be drawn. Never empty: where the scale holds no chord of the vocabulary, all may.
    fn allowed(&self, request: &HarmonyRequest) -> Vec<bool> {
        let fits = |index: usize| !request.in_scale || in_scale(self.chord(index, request.key), request.key);
        let allowed: Vec<bool> = (0..self.chords.len()).map(fits).collect();
        if allowed.contains(&true) { allowed } else { vec![true; self.chords.len()] }
    }

    fn chord(&self, index: usize, key: Key) -> Chord {
        let (degree, quality) = self.chords[index];
        Chord { root: PitchClass::new(i32::from(key.tonic.semitones() + degree)), quality }
    }

    /// One row: the beat on which each chord begins, and its index.
    fn draw(
        &self,
        request: &HarmonyRequest,
        allowed: &[bool],
        unit: &mut dyn FnMut() -> f64,
    ) -> Vec<(f64, usize)> {
        let beat = beat_length(request);
        let beats_a_bar = (request.metre.bar().0 / beat).round().max(1.0) as u32;
        let mut history: Vec<u32> = vec![self.edge; self.grams.len().saturating_sub(1)];
        let (mut at, mut row) = (0.0, Vec::new());
        while at < request.length() - 1e-6 {
            let chances = self.chances(&history, allowed);
            let index = pick(&chances, unit());
            row.push((at, index));
            history.push(index as u32);
            let into_bar = (at / beat).round() as u32 % beats_a_bar;
            at += self.length(beats_a_bar, into_bar, unit()) * beat;
        }
        row
    }

    /// The probability of each chord after `history`, zero where not allowed.
    fn chances(&self, history: &[u32], allowed: &[bool]) -> Vec<f64> {
        let mut chances = vec![self.weights[0] / self.chords.len() as f64; self.chords.len()];
        for (n, rows) in self.grams.iter().enumerate() {
            let context = &history[history.len().saturating_sub(n)..];
            let matching = || rows.iter().filter(|row| row[..n] == *context);
            let total: u32 = matching().map(|row| row[n + 1]).sum();
            for row in matching() {
                chances[row[n] as usize] +=
                    self.weights[n + 1] * f64::from(row[n + 1]) / f64::from(total.max(1));
            }
        }
        let last = history.last().map_or(usize::MAX, |last| *last as usize);
        let others = allowed.iter().enumerate().any(|(index, allowed)| *allowed && index != last);
        for (index, chance) in chances.iter_mut().enumerate() {
            if !allowed[index] || (others && index == last) {
                *chance = 0.0;
            }
        }
        chances
    }

    /// The length in beats of a chord that begins `into_bar` beats into a bar.
    fn length(&self, beats_a_bar: u32, into_bar: u32, unit: f64) -> f64 {
        let to_bar_line = beats_a_bar - into_bar;
        let row = self.lengths.iter().find(|(bar, beat, _)| (*bar, *beat) == (beats_a_bar, into_bar));
        let counted: Vec<(u32, u32)> = row.map_or_else(Vec::new, |(_, _, counts)| {
            let longest = f64::from(beats_a_bar) * CHORD_BARS_MAX;
            counts.iter().copied().filter(|(length, _)| f64::from(*length) <= longest).collect()
        });
        let chances: Vec<f64> = counted.iter().map(|(_, count)| f64::from(*count)).collect();
        let length = if counted.is_empty() { to_bar_line } else { counted[pick(&chances, unit)].0 };
        f64::from(length.max(1))
    }

    /// Makes the last chord of `row` the commonest dominant or tonic that is allowed and differs from the one before it.
    fn close(&self, row: &mut [(f64, usize)], allowed: &[bool]) {
        let before = row.len().checked_sub(2).map(|index| row[index].1);
        let closing = |degree: u8| {
            (0..self.chords.len())
                .find(|index| allowed[*index] && self.chords[*index].0 == degree && Some(*index) != before)
        };
        let wanted = if row.len() > 1 { closing(DOMINANT).or_else(|| closing(0)) } else { closing(0) };
        if let (Some((_, last)), Some(index)) = (row.last_mut(), wanted) {
            *last = index;
        }
    }

    fn spans(&self, request: &HarmonyRequest, row: &[(f64, usize)]) -> Vec<ChordSpan> {
        let ends = row.iter().skip(1).map(|(at, _)| *at).chain([request.length()]);
        row.iter()
            .zip(ends)
            .map(|((at, index), end)| ChordSpan {
                onset: Beats(*at),
                length: Beats(end - at),
                chord: self.chord(*index, request.key),
            })
            .collect()
    }
}

/// The length of a counted beat, in quarters.
fn beat_length(request: &HarmonyRequest) -> f64 {
    let bar = request.metre.bar().0;
    match (request.metre.is_compound(), request.metre.denominator()) {
        (true, denominator) => 12.0 / f64::from(denominator),
        // A bar that is no whole number of quarters is counted whole.
        (false, _) if bar.fract() > 1e-9 => bar,
        (false, _) => 1.0,
    }
}

/// The index that `unit`, in [0, 1), falls on among `chances`; the last possible one where they sum to nothing.
fn pick(chances: &[f64], unit: f64) -> usize {
    let total: f64 = chances.iter().sum();
    let mut rest = unit * total;
    let mut possible = 0;
    for (index, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
        possible = index;
        rest -= chance;
        if rest < 0.0 {
            break;
        }
    }
    possible
}
