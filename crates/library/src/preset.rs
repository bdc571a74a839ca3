//! Presets as files that people can read, in TOML. Runs on any thread but the audio thread.

mod file;
mod ranges;

#[cfg(test)]
mod tests;

use file::{FORMAT, File};
use linnet_engine::synth::bank::{self, Category, Style};
use linnet_engine::synth::sound::Sound;
use thiserror::Error;
use toml::{Table, Value};

/// Bytes of a preset's file at most; real ones have about two thousand.
pub(crate) const BYTES_MAX: usize = 64 * 1024;

/// Why a file is no preset.
#[derive(Debug, Error, PartialEq)]
pub enum PresetError {
    /// It is larger than any preset.
    #[error("The file is too large to be a preset. Choose a .toml file that Linnet wrote.")]
    TooLarge,
    /// It is no TOML, or something in it is missing or has another name or type than it must have.
    #[error("The preset cannot be read: {why}.")]
    Unreadable {
        /// Where, counted from 1.
        line: Option<usize>,
        /// What is wrong.
        why: String,
    },
    /// It has no `linnet_preset`.
    #[error("This is no preset of Linnet: it does not say linnet_preset = 1.")]
    NotAPreset,
    /// A later Linnet wrote it.
    #[error("This preset needs a newer Linnet: it has layout {0}, and this one reads up to 1.")]
    Newer(i64),
    /// A number is out of its range.
    #[error("{field} is {value}; it must lie between {min} and {max}.")]
    OutOfRange {
        /// Which number, by its path in the file.
        field: String,
        /// What it is.
        value: f32,
        /// The least that it may be.
        min: f32,
        /// The most that it may be.
        max: f32,
    },
    /// There are too few or too many of something.
    #[error("There are {found} {what}; there must be {min} to {max}.")]
    Count {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// The filter has a slope that there is none of.
    #[error("filter.slope_db_per_octave is {0}; it must be 12 or 24.")]
    NoSlope(u32),
}

impl PresetError {
    /// The line of `text` that it is about, counted from 1.
    pub fn line(&self, text: &str) -> Option<usize> {
        match self {
            Self::Unreadable { line, .. } => *line,
            Self::OutOfRange { field, .. } => line_of(text, field),
            Self::NoSlope(_) => line_of(text, "filter.slope_db_per_octave"),
            Self::Count { .. } | Self::TooLarge | Self::NotAPreset | Self::Newer(_) => None,
        }
    }
}

/// The line in which `field`, such as `layers[1].gain`, is set.
fn line_of(text: &str, field: &str) -> Option<usize> {
    let (wanted, key) = field.rsplit_once('.').unwrap_or(("", field));
    let (mut table, mut counts) = (String::new(), std::collections::BTreeMap::new());
    for (place, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            let count: &mut usize = counts.entry(name.to_owned()).or_default();
            table = format!("{name}[{count}]");
            *count += 1;
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut table);
        } else if table == wanted && line.split('=').next().map(str::trim) == Some(key) {
            return Some(place + 1);
        }
    }
    None
}

/// A preset with pitch that somebody owns.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub category: Category,
    /// The styles that it suits.
    pub styles: Vec<Style>,
    /// From −1, dark, to 1, bright.
    pub valence: f32,
    /// From −1, calm, to 1, driving.
    pub energy: f32,
    /// How it sounds, every number in its range.
    pub sound: Sound,
}

/// A preset that was read, and what of its file this build does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The preset.
    pub preset: Preset,
    /// The fields that are unknown, by their paths: a newer Linnet wrote them, or they are misspelt.
    pub unknown: Vec<String>,
}

impl Preset {
    /// The preset of the bank with that number.
    pub fn factory(number: usize) -> Option<Self> {
        let preset = bank::preset_at(number)?;
        let tags = preset.tags;
        Some(Self {
            name: tags.name.to_owned(),
            category: tags.category,
            styles: tags.styles.to_vec(),
            valence: tags.valence,
            energy: tags.energy,
            sound: preset.sound,
        })
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where it is no preset, or a number of it is out of its range; in words that say what to do.
    pub fn from_toml(text: &str) -> Result<Read, PresetError> {
        if text.len() > BYTES_MAX {
            return Err(PresetError::TooLarge);
        }
        let unreadable = |error: toml::de::Error| PresetError::Unreadable {
            line: error.span().and_then(|span| Some(text.get(..span.start)?.split('\n').count())),
            why: error.message().trim_end_matches('.').replace('\n', ", "),
        };
        let table: Table = toml::from_str(text).map_err(unreadable)?;
        match table.get("linnet_preset").map(Value::as_integer) {
            Some(Some(format)) if format == i64::from(FORMAT) => {}
            Some(Some(format)) if format > i64::from(FORMAT) => return Err(PresetError::Newer(format)),
            _ => return Err(PresetError::NotAPreset),
        }
        let file: File = toml::from_str(text).map_err(unreadable)?;
        // What is not written again was not read.
        let known = Table::try_from(&file).unwrap_or_default();
        let mut unknown = Vec::new();
        compare("", &Value::Table(table), &Value::Table(known), &mut unknown);
        Ok(Read { preset: file.preset()?, unknown })
    }

    /// The text of a file; the same preset gives the same text.
    pub fn to_toml(&self) -> String {
        toml::to_string(&File::of(self)).unwrap_or_default()
    }
}

/// Adds to `unknown` the paths of what `found` has and `known` has not.
fn compare(path: &str, found: &Value, known: &Value, unknown: &mut Vec<String>) {
    match (found, known) {
        (Value::Table(found), Value::Table(known)) => {
            for (key, value) in found {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match known.get(key) {
                    Some(known) => compare(&path, value, known, unknown),
                    None => unknown.push(path),
                }
            }
        }
        (Value::Array(found), Value::Array(known)) => {
            for (place, (found, known)) in found.iter().zip(known).enumerate() {
                compare(&format!("{path}[{place}]"), found, known, unknown);
            }
        }
        _ => {}
    }
}
