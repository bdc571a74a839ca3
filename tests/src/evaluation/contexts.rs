//! Held-out pieces of several parts, as `models/corpus` holds them (format: `models/corpus/README.md`).

use super::EvaluationError;
use super::drum_features::Hit;
use flate2::read::GzDecoder;
use linnet_composer::tokens::line::GridNote;
use linnet_composer::tokens::{DURATIONS, Grid, position_tick};
use linnet_composer::vocabulary::Role;
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Key, Note, PitchClass, Scale, Style, TimeSignature, Velocity,
};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What people wrote: every part but the drums. Its pieces by the grammar are left out where people are meant.
pub const PARTS: &str = "heldout_parts.json.gz";
/// What drummers played.
pub const DRUMS: &str = "heldout_drums.json.gz";
/// What the style grammar composed over held-out tunes.
pub const COMPOSED: &str = "heldout_composed.json.gz";

#[derive(Deserialize)]
struct Row {
    set: String,
    piece: String,
    title: String,
    style: String,
    tonic: i32,
    scale: String,
    metre: (i32, i32),
    bars: usize,
    first_full: usize,
    by_grammar: Vec<String>,
    #[serde(default)]
    bpm: f64,
    #[serde(default)]
    steps_a_beat: u32,
    chords: Vec<(i64, i64, i32, usize)>,
    parts: HashMap<String, Vec<(u32, u8, i32, usize)>>,
}

/// A held-out piece.
#[derive(Clone, Debug)]
pub struct Score {
    /// What it shares with other castings and stretches of the same piece.
    pub family: String,
    /// Its title.
    pub title: String,
    /// Its style, where it has one of ours.
    pub style: Option<Style>,
    /// Its key.
    pub key: Key,
    /// Its metre.
    pub metre: TimeSignature,
    /// How its bars are divided.
    pub grid: Grid,
    /// How many bars it has, and its first whole one.
    pub bars: usize,
    /// See `bars`.
    pub first_bar: usize,
    /// Quarter notes a minute; 0 where unknown.
    pub bpm: f64,
    /// Its harmony.
    pub chords: Vec<ChordSpan>,
    /// The notes of each role, from the first bar line.
    pub parts: [Vec<GridNote>; 4],
    /// Whether the style grammar wrote them.
    pub by_grammar: [bool; 4],
    /// The drums, from the first bar line, and whether their beats are in thirds.
    pub drums: Vec<Hit>,
    /// See `drums`.
    pub triplets: bool,
}

/// Where the file `name` of the corpus lies.
pub fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/corpus").join(name)
}

/// Reads a file of `models/corpus`.
///
/// # Errors
/// Where it cannot be read.
pub fn read(name: &str) -> Result<Vec<Score>, EvaluationError> {
    read_file(&corpus(name))
}

/// Reads a file of that format.
///
/// # Errors
/// Where it cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<Score>, EvaluationError> {
    let failed = |why: String| EvaluationError::Corpus { file: path.display().to_string(), why };
    let file = std::fs::File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    let rows = text.lines().map(|line| serde_json::from_str(line).map_err(|error| error.to_string()));
    rows.map(|row| row.and_then(Score::new).map_err(failed)).collect()
}

impl Score {
    fn new(row: Row) -> Result<Self, String> {
        let scale =
            Scale::ALL.into_iter().find(|scale| scale.name() == row.scale).ok_or("an unknown scale")?;
        let metre = TimeSignature::new(row.metre.0, row.metre.1).ok_or("a metre out of range")?;
        let style = Style::ALL.into_iter().find(|style| style.name().to_lowercase() == row.style);
        let grid = Grid::new(metre);
        let beats = |ticks: i64| Beats(ticks as f64 / 24.0);
        let span = |(onset, length, root, quality): &(i64, i64, i32, usize)| {
            let chord = Chord { root: PitchClass::new(*root), quality: *ChordQuality::ALL.get(*quality)? };
            Some(ChordSpan { onset: beats(*onset), length: beats(*length), chord })
        };
        let note = |(bar, position, midi, duration): &(u32, u8, i32, usize)| GridNote {
            onset: bar * grid.bar_ticks + position_tick(*position),
            length: DURATIONS.get(*duration).copied().unwrap_or(24),
            midi: *midi,
        };
        let part = |role: Role| {
            row.parts.get(role.name()).map_or_else(Vec::new, |rows| rows.iter().map(note).collect())
        };
        let hit = |(bar, step, class, velocity): &(u32, u8, i32, usize)| Hit {
            bar: *bar as usize,
            step: usize::from(*step),
            class: *class as usize,
            velocity: Velocity::new(*velocity as i32),
        };
        let stretch = row.piece.split(['~', '#']).next().unwrap_or_default();
        Ok(Self {
            family: format!("{}/{stretch}", row.set),
            title: row.title,
            style: Some(style.ok_or("an unknown style")?),
            key: Key { tonic: PitchClass::new(row.tonic), scale },
            metre,
            grid,
            bars: row.bars,
            first_bar: row.first_full,
            bpm: row.bpm,
            chords: row.chords.iter().map(span).collect::<Option<_>>().ok_or("an unknown chord quality")?,
            parts: Role::ALL.map(part),
            by_grammar: Role::ALL.map(|role| row.by_grammar.iter().any(|name| name == role.name())),
            drums: row.parts.get("drums").map_or_else(Vec::new, |rows| rows.iter().map(hit).collect()),
            triplets: row.steps_a_beat == 3,
        })
    }

    /// Whether people wrote the part.
    pub fn is_human(&self, role: Role) -> bool {
        !self.by_grammar[role.index()] && !self.parts[role.index()].is_empty()
    }

    /// The part's notes in bars `from` to `to`, counted from `from`.
    pub fn part(&self, role: Role, from: usize, to: usize) -> Vec<GridNote> {
        let tick = |bar: usize| bar as u32 * self.grid.bar_ticks;
        let inside =
            self.parts[role.index()].iter().filter(|note| (tick(from)..tick(to)).contains(&note.onset));
        inside.map(|note| GridNote { onset: note.onset - tick(from), ..*note }).collect()
    }

    /// The drums in bars `from` to `to`, counted from `from`.
    pub fn hits(&self, from: usize, to: usize) -> Vec<Hit> {
        let inside = self.drums.iter().filter(|hit| (from..to).contains(&hit.bar));
        inside.map(|hit| Hit { bar: hit.bar - from, ..*hit }).collect()
    }

    /// The harmony from bar `from` to `to`, counted from `from`.
    pub fn harmony(&self, from: usize, to: usize) -> Vec<ChordSpan> {
        let bar = self.metre.bar().0;
        let (begin, end) = (from as f64 * bar, to as f64 * bar);
        let cut = |span: &ChordSpan| {
            let onset = span.onset.0.max(begin);
            let length = (span.onset + span.length).0.min(end) - onset;
            (length > 0.0).then_some(ChordSpan {
                onset: Beats(onset - begin),
                length: Beats(length),
                ..*span
            })
        };
        self.chords.iter().filter_map(cut).collect()
    }
}

/// Notes in beats.
pub fn notes(grid: &[GridNote]) -> Vec<Note> {
    grid.iter().map(|note| note.to_note(Velocity::new(84))).collect()
}
