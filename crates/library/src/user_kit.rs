//! The user's own kits as files that people can read, in TOML: a kit of the bank, and how its pieces stand. Runs on any
//! thread but the audio thread.

use crate::preset::BYTES_MAX;
use crate::preset_files::{self, Entry, Named, NotWritten};
use linnet_engine::settings::{Piece, PieceSettings};
use linnet_engine::synth::bank::{self, Part};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use thiserror::Error;
use toml::{Table, Value};

/// The layout that this build writes.
const FORMAT: i64 = 1;

/// Why a file is no kit.
#[derive(Debug, Error, PartialEq)]
pub enum KitError {
    /// It is larger than any kit.
    #[error("The file is too large to be a kit. Choose a .toml file that Linnet wrote.")]
    TooLarge,
    /// It is no TOML, or something in it is missing or has another name or type than it must have.
    #[error("The kit cannot be read: {0}.")]
    Unreadable(String),
    /// It has no `linnet_kit`.
    #[error("This is no kit of Linnet: it does not say linnet_kit = 1.")]
    NotAKit,
    /// A later Linnet wrote it.
    #[error("This kit needs a newer Linnet: it has layout {0}, and this one reads up to 1.")]
    Newer(i64),
    /// Nothing is left of its name that a file could be called.
    #[error(
        "The kit has no name. Give it one in a text editor, with a letter or a digit: name = \"My kit\"."
    )]
    Nameless,
    /// The bank has no kit of that name.
    #[error("This kit needs a newer Linnet: there is no kit called {0} here.")]
    NoSuchKit(String),
    /// A number is out of its range.
    #[error("pieces.{piece}.{field} is {value}; it must lie between {min} and {max}.")]
    OutOfRange {
        /// Whose.
        piece: &'static str,
        /// Which number.
        field: &'static str,
        /// What it is.
        value: f32,
        /// The least that it may be.
        min: f32,
        /// The most that it may be.
        max: f32,
    },
}

/// A kit that somebody owns.
#[derive(Clone, Debug, PartialEq)]
pub struct UserKit {
    /// What it is called, as [`preset_files::plain_name`] has it.
    pub name: String,
    /// The kit of the bank that it is made from, by its number.
    pub kit: usize,
    /// How its pieces stand, by [`Piece`], every number in its range.
    pub pieces: [PieceSettings; Piece::ALL.len()],
}

#[derive(Serialize, Deserialize)]
struct File {
    linnet_kit: i64,
    name: String,
    kit: String,
    #[serde(default)]
    pieces: BTreeMap<String, PieceFile>,
}

/// What is not said is as the kit has it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(default)]
struct PieceFile {
    tune_semitones: f32,
    decay: f32,
    level_db: f32,
}

impl Default for PieceFile {
    fn default() -> Self {
        let PieceSettings { tune_semitones, decay, level_db } = PieceSettings::PLAIN;
        Self { tune_semitones, decay, level_db }
    }
}

impl PieceFile {
    fn settings(self, piece: &'static str) -> Result<PieceSettings, KitError> {
        let Self { tune_semitones, decay, level_db } = self;
        for (field, value, min, max) in [
            ("tune_semitones", tune_semitones, -24.0, 24.0),
            ("decay", decay, 0.25, 4.0),
            ("level_db", level_db, -60.0, 12.0),
        ] {
            if !(min..=max).contains(&value) {
                return Err(KitError::OutOfRange { piece, field, value, min, max });
            }
        }
        Ok(PieceSettings { tune_semitones, decay, level_db })
    }
}

impl UserKit {
    /// Reads the text of a file. Pieces that this build does not know are left out.
    ///
    /// # Errors
    /// Where it is no kit, or a number of it is out of its range; in words that say what to do.
    pub fn from_toml(text: &str) -> Result<Self, KitError> {
        if text.len() > BYTES_MAX {
            return Err(KitError::TooLarge);
        }
        let unreadable = |error: toml::de::Error| {
            KitError::Unreadable(error.message().trim_end_matches('.').replace('\n', ", "))
        };
        let table: Table = toml::from_str(text).map_err(unreadable)?;
        match table.get("linnet_kit").map(Value::as_integer) {
            Some(Some(FORMAT)) => {}
            Some(Some(format)) if format > FORMAT => return Err(KitError::Newer(format)),
            _ => return Err(KitError::NotAKit),
        }
        let file: File = toml::from_str(text).map_err(unreadable)?;
        let name = preset_files::plain_name(&file.name);
        if preset_files::file_name(&name).is_none() {
            return Err(KitError::Nameless);
        }
        let mut kits = bank::choices(Part::Drums);
        let kit = kits.find(|(_, tags)| tags.name == file.kit).ok_or(KitError::NoSuchKit(file.kit))?.0;
        let mut pieces = [PieceSettings::PLAIN; Piece::ALL.len()];
        for (place, piece) in pieces.iter_mut().zip(Piece::ALL.map(Piece::id)) {
            *place = file.pieces.get(piece).copied().unwrap_or_default().settings(piece)?;
        }
        Ok(Self { name, kit, pieces })
    }

    /// The text of a file; the same kit gives the same text.
    pub fn to_toml(&self) -> String {
        let piece = |(piece, settings): (Piece, &PieceSettings)| {
            let PieceSettings { tune_semitones, decay, level_db } = *settings;
            (piece.id().to_owned(), PieceFile { tune_semitones, decay, level_db })
        };
        let file = File {
            linnet_kit: FORMAT,
            name: self.name.clone(),
            kit: bank::name(Part::Drums, self.kit).unwrap_or_default().to_owned(),
            pieces: Piece::ALL.into_iter().zip(&self.pieces).map(piece).collect(),
        };
        toml::to_string(&file).unwrap_or_default()
    }
}

impl Named for UserKit {
    fn name(&self) -> &str {
        &self.name
    }
}

/// The kits of `folder` by their names; none where there is no such folder. Those found so far soon after `stop` is set.
pub fn list(folder: &Path, stop: &AtomicBool) -> Vec<Entry<UserKit>> {
    let parse = |text: &str, file: &str| UserKit::from_toml(text).map_err(|error| format!("{file}: {error}"));
    preset_files::list_by(parse, folder, stop)
}

/// Writes `kit` into `folder` under its name, whole or not at all; `replaces`: in the place of one of the same name.
///
/// # Errors
/// Where there is one and it is not to be replaced, or it cannot be written.
pub fn write(folder: &Path, kit: &UserKit, replaces: bool) -> Result<PathBuf, NotWritten> {
    preset_files::write_text(folder, &kit.name, &kit.to_toml(), replaces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kit() -> UserKit {
        let mut pieces = [PieceSettings::PLAIN; Piece::ALL.len()];
        pieces[Piece::Kick.index()] = PieceSettings { tune_semitones: -2.5, decay: 1.7, level_db: 1.5 };
        pieces[Piece::Percussion.index()].level_db = -60.0;
        UserKit { name: "Low, long".to_owned(), kit: 5, pieces }
    }

    #[test]
    fn a_kit_reads_back_as_it_was_written() {
        let text = kit().to_toml();
        println!("{text}");
        assert!(text.contains("kit = \"Boom machine\"") && text.contains("[pieces.kick]"), "{text}");
        assert_eq!(UserKit::from_toml(&text), Ok(kit()));
    }

    #[test]
    fn what_is_not_said_is_as_the_kit_has_it() {
        let text =
            "linnet_kit = 1\nname = \"A\"\nkit = \"Room kit\"\n[pieces.snare]\ndecay = 0.5\n[pieces.gong]\n";
        let read = UserKit::from_toml(text).unwrap();
        assert_eq!((read.kit, read.pieces[0]), (2, PieceSettings::PLAIN));
        assert_eq!(read.pieces[1], PieceSettings { decay: 0.5, ..PieceSettings::PLAIN });
    }

    #[test]
    fn a_name_is_cut_and_checked_as_on_saving() {
        let read = |name: &str| UserKit::from_toml(&UserKit { name: name.to_owned(), ..kit() }.to_toml());
        let long = "é".repeat(preset_files::NAME_MAX + 1);
        for (name, expect) in [(" Low\n\u{7}er ", "Lower"), (&long, &long[..2 * preset_files::NAME_MAX])] {
            assert_eq!(read(name).unwrap().name, expect);
        }
        for name in ["", " \t\n", "\u{7}", "?!"] {
            assert_eq!(read(name), Err(KitError::Nameless), "{name:?}");
        }
    }

    #[test]
    fn what_is_no_kit_is_refused_in_words() {
        let told = |from: &str, to: &str| {
            let error = UserKit::from_toml(&kit().to_toml().replacen(from, to, 1)).unwrap_err();
            println!("{error}");
            error
        };
        assert_eq!(told("linnet_kit = 1", "linnet_preset = 1"), KitError::NotAKit);
        assert_eq!(told("linnet_kit = 1", "linnet_kit = 2"), KitError::Newer(2));
        assert_eq!(told("Boom machine", "Gong machine"), KitError::NoSuchKit("Gong machine".to_owned()));
        for (from, to) in [("-2.5", "25.0"), ("1.7", "nan"), ("1.5", "13.0")] {
            assert!(matches!(told(from, to), KitError::OutOfRange { piece: "kick", .. }));
        }
        assert!(matches!(told("name", "nome"), KitError::Unreadable(_)));
        assert_eq!(UserKit::from_toml(&" ".repeat(100_000)), Err(KitError::TooLarge));
    }

    #[test]
    fn what_is_written_is_listed_and_never_overwritten_unasked() {
        let folder = std::env::temp_dir().join(format!("linnet-kits-{}", std::process::id()));
        let path = write(&folder, &kit(), false).unwrap();
        assert_eq!(path.file_name().unwrap().to_str(), Some("Low, long.toml"));
        assert_eq!(write(&folder, &kit(), false), Err(NotWritten::Exists(path.clone())));
        assert_eq!(write(&folder, &kit(), true), Ok(path));
        std::fs::write(folder.join("another.toml"), "linnet_preset = 1").unwrap();
        let listed = list(&folder, &AtomicBool::new(false));
        assert_eq!(listed.iter().map(Entry::name).collect::<Vec<_>>(), ["another", "Low, long"]);
        assert!(listed[0].content.as_ref().unwrap_err().starts_with("another.toml: This is no kit"));
        assert_eq!(listed[1].content, Ok(kit()));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
