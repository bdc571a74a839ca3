//! Runs on the main thread. Writes an idea as a MIDI file into the user's music folder.

use crate::folder;
use linnet_library::file_error::{Act, in_words};
use linnet_music::{Idea, Tempo, midi_file};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files of the same name that are tried.
const NAMES_MAX: u32 = 999;

/// Writes `idea` at `tempo` and says where.
///
/// # Errors
/// Where there is no such folder or the file cannot be written: a sentence that says why.
pub(crate) fn export(idea: &Idea, tempo: Tempo) -> Result<PathBuf, String> {
    export_to(&folder::of_the_user().ok_or("There is no home folder to export to.")?, idea, tempo)
}

/// Writes into `folder`, beside what is there: an equal file is left as it is, another is never overwritten.
fn export_to(folder: &Path, idea: &Idea, tempo: Tempo) -> Result<PathBuf, String> {
    let bytes = midi_file::write(idea, tempo);
    let fault = |error: std::io::Error| {
        format!("Could not write to {}: {}.", folder.display(), in_words(&error, Act::Write))
    };
    fs::create_dir_all(folder).map_err(fault)?;
    for number in 1..=NAMES_MAX {
        let file = folder.join(name(idea, number));
        if holds(&file, &bytes) {
            return Ok(file);
        }
        match fs::File::create_new(&file).and_then(|mut created| created.write_all(&bytes)) {
            Ok(()) => return Ok(file),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(fault(error)),
        }
    }
    Err(format!("{} holds too many files of this name. Move some away.", folder.display()))
}

/// Whether `file` is a file of just these bytes. Reading a pipe would wait, and a device may have no end.
fn holds(file: &Path, bytes: &[u8]) -> bool {
    let alike = fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64);
    alike && fs::read(file).is_ok_and(|found| found == bytes)
}

/// "Idea 7 D minor.mid"; a number follows where that is taken.
fn name(idea: &Idea, number: u32) -> String {
    let key = idea.key.to_string().replace('♭', " flat").replace('♯', " sharp");
    let again = if number > 1 { format!(" ({number})") } else { String::new() };
    format!("Idea {} {key}{again}.mid", idea.id.0)
}

/// `path` as it is shown: the home folder as ~.
pub(crate) fn shown(path: &Path) -> String {
    match folder::home().and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) => format!("~{}{}", std::path::MAIN_SEPARATOR, rest.display()),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Beats, Controls, IdeaId, Key, PitchClass, Provenance, Scale, TimeSignature};

    fn idea(root: i32) -> Idea {
        Idea {
            id: IdeaId(7),
            parent: None,
            kept: false,
            length: Beats(16.0),
            metre: TimeSignature::COMMON,
            key: Key { tonic: PitchClass::new(root), scale: Scale::Minor },
            harmony: Vec::new(),
            phrases: Default::default(),
            controls: Controls::default(),
            started_at: None,
            provenance: Provenance::default(),
            figures: Vec::new(),
            unread: serde_json::Map::new(),
        }
    }

    #[test]
    fn an_equal_file_is_kept_and_another_is_not_overwritten() {
        let folder = std::env::temp_dir().join(format!("linnet-export-{}", std::process::id()));
        let first = export_to(&folder, &idea(10), Tempo::new(96.0)).unwrap();
        assert_eq!(first.file_name().unwrap(), "Idea 7 B flat minor.mid");
        assert_eq!(export_to(&folder, &idea(10), Tempo::new(96.0)).unwrap(), first);
        let other = export_to(&folder, &idea(10), Tempo::new(120.0)).unwrap();
        assert_eq!(other.file_name().unwrap(), "Idea 7 B flat minor (2).mid");
        assert!(fs::read(&first).unwrap() != fs::read(&other).unwrap());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn what_already_has_the_name_is_neither_read_for_ever_nor_followed() {
        let folder = std::env::temp_dir().join(format!("linnet-export-odd-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let pipe = folder.join(name(&idea(0), 1));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let elsewhere = folder.join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, folder.join(name(&idea(0), 2))).unwrap();
        let file = export_to(&folder, &idea(0), Tempo::default()).unwrap();
        assert_eq!(file, folder.join(name(&idea(0), 3)));
        assert!(!elsewhere.exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_a_sentence() {
        let fault = export_to(Path::new("/dev/null/no"), &idea(0), Tempo::default()).unwrap_err();
        assert!(fault.starts_with("Could not write to /dev/null/no"), "{fault}");
    }
}
