//! Presets in a folder: listed, read and written. Runs on any thread but the audio thread.

use crate::file_error::{Act, in_words};
use crate::instrument_file::{goes_on, name, opened};
use crate::preset::{BYTES_MAX, Preset, PresetError};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many files this process has written.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);

/// Presets of one folder that are listed at most.
pub const FILES_MAX: usize = 2000;
/// The longest name, in characters.
pub const NAME_MAX: usize = 60;
/// What every file of a preset ends in.
pub const EXTENSION: &str = "toml";

/// What has a name of its own.
pub trait Named {
    /// The name.
    fn name(&self) -> &str;
}

impl Named for Preset {
    fn name(&self) -> &str {
        &self.name
    }
}

/// A file of a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    /// Where it lies.
    pub path: PathBuf,
    /// What is in it; where that is no `T`, a sentence that says why.
    pub content: Result<T, String>,
}

impl<T: Named> Entry<T> {
    /// The name of what is in it, or that of the file.
    pub fn name(&self) -> String {
        let stem = || self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.content.as_ref().map_or_else(|_| stem(), |content| content.name().to_owned())
    }
}

/// Why a preset was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// There is one of this name already.
    Exists(PathBuf),
    /// It cannot be written: a sentence that says why.
    Fault(String),
}

/// The presets of `folder` by their names; none where there is no such folder. Those found so far soon after `stop` is set.
pub fn list(folder: &Path, stop: &AtomicBool) -> Vec<Entry<Preset>> {
    list_by(parse, folder, stop)
}

/// The same of what `parse` makes of a text and the file's name.
pub(crate) fn list_by<T: Named>(
    parse: impl Fn(&str, &str) -> Result<T, String>,
    folder: &Path,
    stop: &AtomicBool,
) -> Vec<Entry<T>> {
    let mut entries: Vec<Entry<T>> = goes_on(paths_in(folder, stop), stop)
        .map(|path| Entry { content: read(&path).and_then(|text| parse(&text, &name(&path))), path })
        .collect();
    entries.sort_by_cached_key(|entry| (entry.name().to_lowercase(), entry.path.clone()));
    entries
}

/// The files of `folder` that may be presets: of too many, always the same.
fn paths_in(folder: &Path, stop: &AtomicBool) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(folder) else { return Vec::new() };
    let is_preset = |path: &PathBuf| {
        let is_hidden = name(path).starts_with('.');
        !is_hidden && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(EXTENSION))
    };
    let mut paths: Vec<PathBuf> =
        goes_on(found, stop).flatten().map(|entry| entry.path()).filter(is_preset).collect();
    paths.sort();
    paths.truncate(FILES_MAX);
    paths
}

/// The text of the file at `path`.
///
/// # Errors
/// Where it cannot be read, or is larger than any preset: a sentence that names it.
pub fn read(path: &Path) -> Result<String, String> {
    let file = name(path);
    let unreadable = |why: String| format!("{file} cannot be read: {why}. Choose another preset.");
    let mut bytes = Vec::new();
    let opened = opened(path).map_err(unreadable)?;
    opened
        .take(BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(in_words(&error, Act::Read)))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is not text".to_owned()))
}

/// The preset in `text`, which `file` holds.
///
/// # Errors
/// Where it is none: one sentence that names file and line, and one that says what to do.
pub fn parse(text: &str, file: &str) -> Result<Preset, String> {
    let told = |error: PresetError| {
        let line = error.line(text).map_or_else(String::new, |line| format!(", line {line}"));
        format!("{file}{line}: {error} Correct it in a text editor, or choose another preset.")
    };
    Preset::from_toml(text).map(|read| read.preset).map_err(told)
}

/// Writes `preset` into `folder` under its name, whole or not at all; `replaces`: in the place of one of the same name.
///
/// # Errors
/// Where there is one and it is not to be replaced, or it cannot be written.
pub fn write(folder: &Path, preset: &Preset, replaces: bool) -> Result<PathBuf, NotWritten> {
    write_text(folder, &preset.name, &preset.to_toml(), replaces)
}

/// The same of any text that has a name.
pub(crate) fn write_text(
    folder: &Path,
    name: &str,
    text: &str,
    replaces: bool,
) -> Result<PathBuf, NotWritten> {
    let stem = file_name(name).ok_or_else(|| NotWritten::Fault("Type a name first.".to_owned()))?;
    let path = folder.join(format!("{stem}.{EXTENSION}"));
    match fs::metadata(&path) {
        Ok(found) if !found.is_file() => {
            return Err(NotWritten::Fault(format!("{} is a folder, a pipe or a device.", path.display())));
        }
        Ok(_) if !replaces => return Err(NotWritten::Exists(path)),
        _ => {}
    }
    // Two instances of one process may write at once.
    let count = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let beside = folder.join(format!(".{stem}.{}-{count}.new", std::process::id()));
    let written = fs::create_dir_all(folder).and_then(|()| whole(&beside, text));
    let written = written.and_then(|()| fs::rename(&beside, &path));
    written.map_err(|error: io::Error| {
        // It may not be there at all.
        let _ = fs::remove_file(&beside);
        NotWritten::Fault(format!("{} cannot be written: {}.", path.display(), in_words(&error, Act::Write)))
    })?;
    Ok(path)
}

/// Writes `text` to a file at `path`, down to the disk.
fn whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// `name` as one that is shown: without control characters and blanks around it, and no longer than any.
pub fn plain_name(name: &str) -> String {
    let plain: String = name.trim().chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect();
    plain.trim().to_owned()
}

/// `name` as every system allows it for a file; none where nothing is left.
pub fn file_name(name: &str) -> Option<String> {
    let plain =
        |letter: char| if letter.is_alphanumeric() || " -_,()'+&".contains(letter) { letter } else { '-' };
    let kept: String = name.trim().chars().map(plain).take(NAME_MAX).collect();
    let kept = kept.trim().to_owned();
    let is_named = kept.chars().any(char::is_alphanumeric);
    // Names of devices on Windows, whatever they end in.
    let short = kept.to_lowercase();
    let is_device = ["con", "prn", "aux", "nul"].contains(&short.as_str())
        || (short.len() == 4 && (short.starts_with("com") || short.starts_with("lpt")));
    is_named.then(|| if is_device { format!("{kept} preset") } else { kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("linnet-presets-{}-{name}", std::process::id()))
    }

    #[test]
    fn what_is_written_is_listed_and_read_and_never_overwritten_unasked() {
        let folder = folder("written");
        let mut preset = Preset::factory(12).unwrap();
        preset.name = "Dusk / Étude".to_owned();
        let path = write(&folder, &preset, false).unwrap();
        assert_eq!(path.file_name().unwrap().to_str(), Some("Dusk - Étude.toml"));
        preset.energy = 0.5;
        assert_eq!(write(&folder, &preset, false), Err(NotWritten::Exists(path.clone())));
        assert_ne!(
            list(&folder, &AtomicBool::new(false))[0].content,
            Ok(preset.clone()),
            "it was overwritten"
        );
        assert_eq!(write(&folder, &preset, true), Ok(path));
        fs::write(folder.join("broken.toml"), "linnet_preset = 1").unwrap();
        fs::write(folder.join(".hidden.toml"), "").unwrap();
        let listed = list(&folder, &AtomicBool::new(false));
        assert_eq!(listed.iter().map(Entry::name).collect::<Vec<_>>(), ["broken", "Dusk / Étude"]);
        assert_eq!(listed[1].content, Ok(preset));
        assert!(listed[0].content.is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_fault_names_file_line_and_remedy() {
        let text = Preset::factory(12).unwrap().to_toml();
        let line = |found: &str| 1 + text.lines().position(|line| line.starts_with(found)).unwrap();
        let told = |from: &str, to: &str| {
            let sentence = parse(&text.replacen(from, to, 1), "Pad.toml").unwrap_err();
            println!("{sentence}");
            sentence
        };
        for (from, to, at) in [
            ("glide_s = 0.0", "glide_s = 99.0", line("glide_s")),
            ("slope_db_per_octave = 12", "slope_db_per_octave = 13", line("slope_db")),
            ("unison = 6", "unison = 7", line("unison")),
            ("wave = \"saw\"", "wave = \"sew\"", line("wave")),
            ("glide_s = 0.0", "glide_s = ", line("glide_s")),
        ] {
            let sentence = told(from, to);
            assert!(sentence.starts_with(&format!("Pad.toml, line {at}: ")), "{sentence}");
            assert!(sentence.ends_with("choose another preset.") && !sentence.contains('\n'), "{sentence}");
        }
        let last = text.rfind("detune_cents = ").unwrap();
        let end = last + text[last..].find('\n').unwrap();
        let broken = format!("{}detune_cents = 900.0{}", &text[..last], &text[end..]);
        let at = text[..last].lines().count() + 1;
        let sentence = parse(&broken, "Pad.toml").unwrap_err();
        assert!(sentence.starts_with(&format!("Pad.toml, line {at}: layers[")), "{sentence}");
        assert!(read(Path::new("/nowhere/Pad.toml")).unwrap_err().contains("Pad.toml cannot be read"));
    }

    #[test]
    fn names_of_files_are_safe_everywhere() {
        for (typed, expect) in [
            ("Warm pad", Some("Warm pad")),
            ("../../etc/passwd", Some("------etc-passwd")),
            (" a:b*c? ", Some("a-b-c-")),
            ("con", Some("con preset")),
            ("...", None),
            ("", None),
        ] {
            assert_eq!(file_name(typed).as_deref(), expect, "{typed}");
        }
        assert_eq!(file_name(&"é".repeat(300)).unwrap().chars().count(), NAME_MAX);
    }
}
