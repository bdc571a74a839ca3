//! Instruments in files of any kind that Linnet reads.
//!
//! Never runs on the audio thread.

use crate::fault::{Fault, Loaded};
use crate::file_error::{Act, in_words};
use crate::sfz;
use crate::sound_font::{Preset, SoundFont};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SoundFont,
    Sfz,
}

/// The presets of the file at `path`; none of a kind that has but one sound.
///
/// # Errors
/// Where it cannot be read, is of another kind, or is broken.
pub fn presets(path: &Path) -> Result<Vec<Preset>, Fault> {
    match kind(path)? {
        Kind::SoundFont => Ok(SoundFont::open(open(path)?, &name(path))?.presets()),
        Kind::Sfz => Ok(Vec::new()),
    }
}

/// The instrument in the file at `path`: of a SoundFont, the preset `program` of `bank`.
///
/// # Errors
/// Where a file cannot be read, is broken, or is too large: which, and why; and soon after `stop` is set.
pub fn load(path: &Path, bank: u16, program: u16, stop: &AtomicBool) -> Result<Loaded, Fault> {
    match kind(path)? {
        Kind::SoundFont => SoundFont::open(open(path)?, &name(path))?.load(bank, program, stop),
        Kind::Sfz => sfz::load(path, stop),
    }
}

/// The SHA-256 of the file at `path`, in hexadecimal digits.
///
/// # Errors
/// Where it cannot be read; and soon after `stop` is set.
pub fn digest(path: &Path, stop: &AtomicBool) -> Result<String, Fault> {
    let mut file = open(path)?.into_inner();
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        go_on(stop, &name(path))?;
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => hasher.update(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// A fault where `stop` is set while `file` is read.
pub(crate) fn go_on(stop: &AtomicBool, file: &str) -> Result<(), Fault> {
    if stop.load(Ordering::Relaxed) { Err(Fault::Stopped { file: file.to_owned() }) } else { Ok(()) }
}

fn kind(path: &Path) -> Result<Kind, Fault> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_lowercase().as_str() {
        "sf2" => Ok(Kind::SoundFont),
        "sfz" => Ok(Kind::Sfz),
        "sf3" => Err(Fault::Unsupported {
            file: name(path),
            what: "a SoundFont 3, whose samples are compressed,",
            remedy: "Convert it to SoundFont 2, for example with Polyphone.",
        }),
        _ => Err(Fault::Unsupported {
            file: name(path),
            what: "this kind of file",
            remedy: "Choose a SoundFont (.sf2) or an SFZ file (.sfz).",
        }),
    }
}

/// Opens a file that faults name.
pub(crate) fn open(path: &Path) -> Result<BufReader<File>, Fault> {
    opened(path).map_err(|why| Fault::Unreadable { file: name(path), why })
}

/// Opens a file, and nothing else: reading a pipe would wait, and a device may have no end.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn opened(path: &Path) -> Result<BufReader<File>, String> {
    let found = std::fs::metadata(path).map_err(|error| in_words(&error, Act::Read))?;
    if !found.is_file() {
        return Err("it is a folder, a pipe or a device".to_owned());
    }
    File::open(path).map(BufReader::new).map_err(|error| in_words(&error, Act::Read))
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::Unreadable { file: name(path), why: in_words(error, Act::Read) }
}

/// The items of `all` until `stop` is set.
pub(crate) fn goes_on<I: IntoIterator>(all: I, stop: &AtomicBool) -> impl Iterator<Item = I::Item> {
    all.into_iter().take_while(|_| !stop.load(Ordering::Relaxed))
}

/// The file's name without its folders.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_is_a_sentence_that_names_it() {
        let folder = std::env::temp_dir();
        for (path, word) in [
            (folder.join("linnet-none-such.sf2"), "no such file"),
            (folder.join("linnet-none-such.sf3"), "SoundFont 3"),
            (folder.join("linnet-none-such.mp3"), ".sfz"),
            (folder.clone(), "kind of file"),
        ] {
            let sentence = load(&path, 0, 0, &AtomicBool::new(false)).unwrap_err().to_string();
            println!("{sentence}");
            assert!(sentence.contains(word) && sentence.contains(&name(&path)), "{sentence}");
        }
    }

    #[test]
    fn nothing_is_read_once_it_is_told_to_stop() {
        let stop = AtomicBool::new(true);
        let file = std::env::temp_dir().join(format!("linnet-stopped-{}.sfz", std::process::id()));
        std::fs::write(&file, "<region> sample=a.wav").unwrap();
        let stopped = Fault::Stopped { file: name(&file) };
        assert_eq!(digest(&file, &stop), Err(stopped.clone()));
        assert_eq!(load(&file, 0, 0, &stop), Err(stopped));
        std::fs::remove_file(&file).unwrap();
    }
}
