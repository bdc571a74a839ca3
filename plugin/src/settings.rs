//! The user's settings, one small file for all projects: which models, which ONNX runtime library, and whether kept
//! ideas are put by for recovery.
//!
//! Runs on the host's main thread and on those that load instruments. The file is `settings.toml` in the user's configuration folder:
//!
//! ```toml
//! models = "/home/me/linnet-models"
//! onnxruntime = "/usr/lib/libonnxruntime.so"
//! recovery = false
//! instruments = ["/home/me/sounds/piano.sf2"]
//! ```
//! `instruments` are the files that the user has chosen for a part or for the reverb: a project may open these, and no
//! others, unasked.
//! `recovery` is read once a process; then the switch in the editor is what counts, for all instances.
//! The environment variables `LINNET_MODELS` and `LINNET_ONNXRUNTIME` come first, and `LINNET_DATA` names another folder
//! for all of it: the settings, the log, and kept ideas put by. Tests leave the user's alone.

use linnet_library::file_error::{Act, in_words};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};
use toml::{Table, Value};

/// The longest settings file, in bytes.
const BYTES_MAX: u64 = 1 << 16;
const MODELS: &str = "models";
const ONNXRUNTIME: &str = "onnxruntime";
const RECOVERY: &str = "recovery";
const INSTRUMENTS: &str = "instruments";
/// Files of instruments that are remembered; the oldest go first.
const INSTRUMENTS_MAX: usize = 200;
/// Held while the file is read, changed and written, so that no thread undoes what another one has written.
static CHANGING: Mutex<()> = Mutex::new(());

/// The user's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct UserSettings {
    /// The folder of the models to use instead of the built-in ones.
    pub models: Option<PathBuf>,
    /// The ONNX runtime library to use instead of the built-in engine.
    pub onnxruntime: Option<PathBuf>,
    /// Whether kept ideas are put by, to return after a crash of the host.
    pub recovery: bool,
    /// The files of instruments that the user has chosen on this machine.
    pub instruments: Vec<String>,
    /// Keys of other versions, kept and written back.
    unread: Table,
}

impl Default for UserSettings {
    fn default() -> Self {
        Self {
            models: None,
            onnxruntime: None,
            recovery: true,
            instruments: Vec::new(),
            unread: Table::new(),
        }
    }
}

impl UserSettings {
    /// Where the file lies, where there is a home folder.
    pub fn file() -> Option<PathBuf> {
        let folder = named_folder().or_else(|| Some(user_folders()?.config_dir().to_owned()));
        Some(folder?.join("settings.toml"))
    }

    /// The settings in the file; the defaults where there is none.
    ///
    /// # Errors
    /// Where the file is there but cannot be read: which file, and why.
    pub fn load() -> Result<Self, String> {
        let Some(file) = Self::file() else { return Ok(Self::default()) };
        Self::read(&file)
    }

    /// The settings in `file`; the defaults where there is none.
    ///
    /// # Errors
    /// Where it is there but cannot be read: which file, and why.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = match linnet_composer::files::read(file, BYTES_MAX) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|_| sentence(file, "it is not text"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(sentence(file, &in_words(&error, Act::Read))),
        };
        Self::from_toml(&text).map_err(|error| sentence(file, &error))
    }

    /// Does `change` to the settings in the file.
    ///
    /// # Errors
    /// Where the file cannot be read or written: which file, and why.
    pub fn change(change: impl FnOnce(&mut Self)) -> Result<(), String> {
        let file = Self::file().ok_or("There is no home folder to keep the settings in.")?;
        Self::change_in(&file, change)
    }

    /// Does `change` to the settings in `file`, one thread after the other; writes only what differs.
    ///
    /// # Errors
    /// Where it cannot be read or written: which file, and why.
    pub(crate) fn change_in(file: &Path, change: impl FnOnce(&mut Self)) -> Result<(), String> {
        let _alone = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
        let before = Self::read(file)?;
        let mut settings = before.clone();
        change(&mut settings);
        if settings == before { Ok(()) } else { settings.write(file) }
    }

    /// Writes the settings to `file`, which is whole at every moment: what is new lies beside it until it is complete.
    fn write(&self, file: &Path) -> Result<(), String> {
        // A pipe or a device must not be replaced.
        if fs::metadata(file).is_ok_and(|found| !found.is_file()) {
            return Err(sentence(file, "it is not a file but a folder, a pipe or a device"));
        }
        let text = self.to_toml();
        if text.len() as u64 > BYTES_MAX {
            return Err(sentence(file, "it would become longer than 64 KiB"));
        }
        let write = || {
            // Where the user keeps it elsewhere, the link stays.
            let place = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
            place.parent().map_or(Ok(()), fs::create_dir_all)?;
            let beside = place.with_extension(format!("toml.{}.new", std::process::id()));
            let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &place));
            if written.is_err() {
                // It may not be there at all.
                let _ = fs::remove_file(&beside);
            }
            written
        };
        write().map_err(|error: io::Error| sentence(file, &in_words(&error, Act::Write)))
    }

    /// The settings in `text`.
    ///
    /// # Errors
    /// Where it is no TOML, or a key that this build reads has a wrong type.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        let mut path = |key: &str| match table.remove(key) {
            Some(Value::String(path)) => Ok((!path.is_empty()).then(|| PathBuf::from(path))),
            Some(_) => Err(format!("`{key}` is not a path in quotes")),
            None => Ok(None),
        };
        let (models, onnxruntime) = (path(MODELS)?, path(ONNXRUNTIME)?);
        let recovery = match table.remove(RECOVERY) {
            Some(Value::Boolean(is_on)) => is_on,
            Some(_) => return Err(format!("`{RECOVERY}` is neither true nor false")),
            None => true,
        };
        let instruments = texts(&mut table, INSTRUMENTS)?;
        Ok(Self { models, onnxruntime, recovery, instruments, unread: table })
    }

    /// The settings as text, keys of other versions included.
    pub fn to_toml(&self) -> String {
        let mut table = self.unread.clone();
        for (key, path) in [(MODELS, &self.models), (ONNXRUNTIME, &self.onnxruntime)] {
            if let Some(path) = path {
                table.insert(key.to_owned(), Value::String(path.to_string_lossy().into_owned()));
            }
        }
        if !self.recovery {
            table.insert(RECOVERY.to_owned(), Value::Boolean(false));
        }
        if !self.instruments.is_empty() {
            let paths = self.instruments.iter().cloned().map(Value::String).collect();
            table.insert(INSTRUMENTS.to_owned(), Value::Array(paths));
        }
        table.to_string()
    }

    /// Remembers that the user has chosen the instrument at `path`; the oldest are forgotten where there is no room.
    pub(crate) fn allow_instrument(&mut self, path: &str) {
        if self.instruments.iter().any(|known| known == path) {
            return;
        }
        self.instruments.push(path.to_owned());
        let excess = self.instruments.len().saturating_sub(INSTRUMENTS_MAX);
        self.instruments.drain(..excess);
        while self.instruments.len() > 1 && self.to_toml().len() as u64 > BYTES_MAX {
            self.instruments.remove(0);
        }
    }

    /// The settings with what the environment says instead, and a library beside the plug-in where none is named.
    pub(crate) fn with_surroundings(self) -> Self {
        let from_environment =
            |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let beside = || own_library().and_then(|library| runtime_beside(&library));
        Self {
            models: from_environment("LINNET_MODELS").or(self.models),
            onnxruntime: from_environment("LINNET_ONNXRUNTIME").or(self.onnxruntime).or_else(beside),
            ..self
        }
    }
}

/// Takes the list of texts at `key` out of `table`.
fn texts(table: &mut Table, key: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("`{key}` is not a list of paths in quotes");
    let text = |value| if let Value::String(text) = value { Ok(text) } else { Err(wrong()) };
    match table.remove(key) {
        Some(Value::Array(values)) => values.into_iter().map(text).collect(),
        Some(_) => Err(wrong()),
        None => Ok(Vec::new()),
    }
}

/// The folder for what Linnet writes by itself, where there is a home folder.
pub(crate) fn data_folder() -> Option<PathBuf> {
    named_folder().or_else(|| Some(user_folders()?.data_local_dir().to_owned()))
}

/// The folder that stands in for the user's.
fn named_folder() -> Option<PathBuf> {
    std::env::var_os("LINNET_DATA").filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn user_folders() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("org", "linnet-audio", "Linnet")
}

fn sentence(file: &Path, error: &str) -> String {
    format!("The settings in {} could not be used: {error}.", file.display())
}

/// An ONNX runtime library in the plug-in's folder or, for a bundle, beside the bundle.
fn runtime_beside(library: &Path) -> Option<PathBuf> {
    let inside_bundle = library.ancestors().find(|folder| {
        folder.extension().is_some_and(|extension| extension == "vst3" || extension == "component")
    });
    let folders = [library.parent(), inside_bundle.and_then(Path::parent)];
    folders.into_iter().flatten().find_map(runtime_in)
}

/// The ONNX runtime library in `folder`; the first by name where there are several.
fn runtime_in(folder: &Path) -> Option<PathBuf> {
    let is_runtime = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_macos = path.extension().is_some_and(|extension| extension == "dylib");
        name.starts_with("libonnxruntime.so")
            || (name.starts_with("libonnxruntime") && is_macos)
            || name == "onnxruntime.dll"
    };
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries.map(|entry| entry.path()).filter(is_runtime).min()
}

/// The file of the library, or program, that this code was loaded from.
#[cfg(unix)]
fn own_library() -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: the address is that of a function of this library, and `found` is valid for writes.
    let status = unsafe { libc::dladdr(own_library as *const libc::c_void, found.as_mut_ptr()) };
    // SAFETY: all zeroes are a valid `Dl_info`, whatever `dladdr` wrote.
    let name = unsafe { found.assume_init() }.dli_fname;
    if status == 0 || name.is_null() {
        return None;
    }
    // SAFETY: `dladdr` gives a terminated string that lives as long as the library is loaded.
    let name = unsafe { std::ffi::CStr::from_ptr(name) };
    Path::new(std::ffi::OsStr::from_bytes(name.to_bytes())).canonicalize().ok()
}

/// Not known on this system: the library can be named in the settings.
#[cfg(not(unix))]
fn own_library() -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_unknown_keys_written_back() {
        let text = "future = 3\ninstruments = [\"/a.sf2\"]\nmodels = \"/m\"\nonnxruntime = \"\"\n";
        let settings = UserSettings::from_toml(text).unwrap();
        assert_eq!(settings.models, Some(PathBuf::from("/m")));
        assert_eq!(settings.onnxruntime, None);
        assert_eq!(settings.to_toml(), "future = 3\ninstruments = [\"/a.sf2\"]\nmodels = \"/m\"\n");
        assert_eq!(UserSettings::from_toml(&settings.to_toml()), Ok(settings));
    }

    #[test]
    fn a_wrong_type_is_an_error_that_names_the_key() {
        let wrong = [
            ("models = 3", "models"),
            ("recovery = \"no\"", "recovery"),
            ("instruments = [3]", "instruments"),
        ];
        for (text, key) in wrong {
            let error = UserSettings::from_toml(text).unwrap_err();
            assert!(error.contains(key), "{error}");
        }
        UserSettings::from_toml("models = ").unwrap_err();
    }

    #[test]
    fn a_settings_file_that_is_none_or_has_no_end_is_an_error_that_names_it() {
        let folder = std::env::temp_dir().join(format!("linnet-settings-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("settings.toml");
        assert_eq!(UserSettings::read(&file), Ok(UserSettings::default()));
        let (long, deep) = ("#".repeat(70_000), "[".repeat(60_000));
        for bytes in [b"models = 3", &b"\xff\xfe"[..], long.as_bytes(), deep.as_bytes()] {
            fs::write(&file, bytes).unwrap();
            let error = UserSettings::read(&file).unwrap_err();
            assert!(error.contains("settings.toml"), "{error}");
        }
        assert!(UserSettings::read(&folder).unwrap_err().contains("not a file"));
        if cfg!(target_os = "linux") {
            assert!(UserSettings::read(Path::new("/dev/zero")).unwrap_err().contains("not a file"));
            assert!(
                UserSettings::default().write(Path::new("/dev/null")).unwrap_err().contains("not a file")
            );
        }
        assert!(UserSettings::default().write(&folder).unwrap_err().contains("not a file"));
        fs::remove_file(&file).unwrap();
        let chosen = UserSettings { models: Some("/m".into()), ..UserSettings::default() };
        chosen.write(&file).unwrap();
        assert_eq!(UserSettings::read(&file), Ok(chosen));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_many_threads_allow_is_kept_and_so_is_the_rest() {
        let folder = std::env::temp_dir().join(format!("linnet-allowing-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("settings.toml");
        fs::write(&file, "later = 3\nmodels = \"/m\"\nonnxruntime = \"/o\"\nrecovery = false\n").unwrap();
        let allow_ten = |thread: usize| {
            for number in 0..10 {
                let path = format!("/{thread}/{number}.sf2");
                UserSettings::change_in(&file, |settings| settings.allow_instrument(&path)).unwrap();
                UserSettings::read(&file).unwrap();
            }
        };
        let allow_ten = &allow_ten;
        std::thread::scope(|scope| (0..8).for_each(|thread| drop(scope.spawn(move || allow_ten(thread)))));
        let mut settings = UserSettings::read(&file).unwrap();
        assert_eq!(settings.instruments.len(), 80);
        settings.instruments.clear();
        let rest = "later = 3\nmodels = \"/m\"\nonnxruntime = \"/o\"\nrecovery = false\n";
        assert_eq!(settings.to_toml(), rest);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_oldest_of_many_long_paths_are_forgotten() {
        let folder = std::env::temp_dir().join(format!("linnet-long-paths-{}", std::process::id()));
        let file = folder.join("settings.toml");
        let path = |number: usize| format!("/{number:03}{}", "é".repeat(1000));
        for number in 0..200 {
            UserSettings::change_in(&file, |settings| settings.allow_instrument(&path(number))).unwrap();
        }
        let settings = UserSettings::read(&file).unwrap();
        assert!((25..200).contains(&settings.instruments.len()), "{}", settings.instruments.len());
        assert_eq!(settings.instruments.last(), Some(&path(199)));
        let much = UserSettings { models: Some("m".repeat(70_000).into()), ..settings };
        assert!(much.write(&file).unwrap_err().contains("64 KiB"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn recovery_is_on_until_it_is_turned_off() {
        for (text, is_on) in [("", true), ("recovery = false\n", false)] {
            let settings = UserSettings::from_toml(text).unwrap();
            assert_eq!((settings.recovery, settings.to_toml().as_str()), (is_on, text));
        }
    }

    #[test]
    fn this_code_knows_which_file_it_is_in() {
        assert_eq!(own_library(), std::env::current_exe().unwrap().canonicalize().ok());
    }

    #[test]
    fn a_runtime_is_found_beside_a_bundle_and_beside_a_library() {
        let folder = std::env::temp_dir().join(format!("linnet-beside-{}", std::process::id()));
        let inside = folder.join("Linnet.vst3/Contents/x86_64-linux");
        fs::create_dir_all(&inside).unwrap();
        let library = inside.join("Linnet.so");
        assert_eq!(runtime_beside(&library), None);
        let runtime = folder.join("libonnxruntime.so.1.22.0");
        fs::write(&runtime, "").unwrap();
        fs::write(folder.join("libonnx.so"), "").unwrap();
        assert_eq!(runtime_beside(&library), Some(runtime.clone()));
        assert_eq!(runtime_beside(&folder.join("Linnet.clap")), Some(runtime));
        fs::remove_dir_all(&folder).unwrap();
    }
}
