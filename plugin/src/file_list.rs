//! What lies in a folder that the user looks into: folders, and the files that fit.
//!
//! Used on the main thread; folders are read by [`errands`](crate::errands). Opening a native dialogue inside of a host needs
//! GTK or a portal on Linux: Linnet shows a list of its own everywhere.

use crate::errands::Errands;
use crate::folder;
use crate::settings::UserSettings;
use linnet_handover::worker_view::WorkerView;
use linnet_library::file_error::{Act, in_words};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Entries of one folder at most.
const ENTRIES_MAX: usize = 20_000;

/// The ends of the names of files that fit, in lower case.
pub type Kinds = &'static [&'static str];

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Without its folders.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// What lies in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Which; empty before the first.
    pub folder: PathBuf,
    /// Folders first, each by name.
    pub entries: Arc<[Entry]>,
    /// Why it cannot be read, or what is left out; empty where all is well.
    pub fault: String,
    /// Whether another one is being read.
    pub is_reading: bool,
    serial: u64,
}

/// The list of one instance.
pub struct FileList {
    listing: Arc<Mutex<Listing>>,
    errands: Errands,
}

impl FileList {
    /// Nothing yet; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        Self { listing: Arc::default(), errands: Errands::new(worker) }
    }

    /// What was listed last.
    pub fn listing(&self) -> Listing {
        self.held().clone()
    }

    fn held(&self) -> MutexGuard<'_, Listing> {
        self.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists `folder`.
    pub(crate) fn open(&self, folder: PathBuf, kinds: Kinds) {
        self.read(kinds, move || folder);
    }

    /// Lists the folder of `file`, else that of the newest file of these kinds that the user has chosen, else of music.
    pub(crate) fn begin(&self, file: Option<&Path>, kinds: Kinds) {
        let own = file.and_then(Path::parent).map(Path::to_owned);
        self.read(kinds, move || own.filter(|folder| folder.is_dir()).unwrap_or_else(|| last_folder(kinds)));
    }

    fn read(&self, kinds: Kinds, folder: impl FnOnce() -> PathBuf + Send + 'static) {
        let serial = {
            let mut listing = self.held();
            listing.serial += 1;
            listing.is_reading = true;
            listing.serial
        };
        let listing = Arc::clone(&self.listing);
        // A folder that does not answer is left behind.
        let is_sent = self.errands.send_instead(move |stop| {
            let read = list(folder(), kinds, stop);
            let mut listing = listing.lock().unwrap_or_else(PoisonError::into_inner);
            if listing.serial == serial {
                *listing = Listing { serial, ..read };
            }
        });
        self.held().is_reading &= is_sent;
    }

    /// Tells what reads and writes to end. The threads that do it.
    pub(crate) fn end(&self) -> Vec<JoinHandle<()>> {
        self.errands.end()
    }

    /// Waits until the folder is read.
    #[cfg(test)]
    pub(crate) fn wait(&self) {
        self.errands.wait();
    }
}

/// The folder to begin in.
fn last_folder(kinds: Kinds) -> PathBuf {
    let settings = UserSettings::load().unwrap_or_default();
    let chosen = settings.instruments.iter().rev().map(Path::new).filter(|file| fits(file, kinds));
    let last = chosen.filter_map(Path::parent).find(|folder| folder.is_dir()).map(Path::to_owned);
    let music = || folder::music().filter(|folder| folder.is_dir());
    let usual = || music().or(folder::home()).map(Path::to_owned);
    last.or_else(usual).unwrap_or_else(|| PathBuf::from(std::path::MAIN_SEPARATOR_STR))
}

/// Whether `path` ends as files of these kinds do.
pub(crate) fn fits(path: &Path, kinds: Kinds) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    kinds.iter().any(|kind| extension.eq_ignore_ascii_case(kind))
}

/// What lies in `folder`. Hidden files, pipes and devices are left out.
fn list(folder: PathBuf, kinds: Kinds, stop: &AtomicBool) -> Listing {
    let found = match fs::read_dir(&folder) {
        Ok(found) => found,
        Err(error) => {
            let fault = format!("{} cannot be shown: {}.", folder.display(), in_words(&error, Act::List));
            return Listing { folder, fault, ..Listing::default() };
        }
    };
    let mut entries = Vec::new();
    let mut fault = String::new();
    for entry in found.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // A link counts as what it leads to.
        let Ok(kind) = fs::metadata(entry.path()) else { continue };
        let is_folder = kind.is_dir();
        if name.starts_with('.') || !(is_folder || (kind.is_file() && fits(Path::new(&name), kinds))) {
            continue;
        }
        if entries.len() == ENTRIES_MAX {
            fault = format!("Only the first {ENTRIES_MAX} are shown. Type the whole path of another one.");
            break;
        }
        entries.push(Entry { name, is_folder });
    }
    entries.sort_by_cached_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Listing { folder, entries: entries.into(), fault, ..Listing::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_and_fitting_files_are_listed_and_faults_are_in_words() {
        let folder = std::env::temp_dir().join(format!("linnet-file-list-{}", std::process::id()));
        fs::create_dir_all(folder.join("Zither")).unwrap();
        fs::create_dir_all(folder.join(".cache")).unwrap();
        for name in ["b.SF2", "A.sfz", "notes.txt", ".hidden.sf2"] {
            fs::write(folder.join(name), "").unwrap();
        }
        let files = FileList::new(Arc::default());
        files.open(folder.clone(), &["sf2", "sfz"]);
        files.wait();
        let names: Vec<String> = files.listing().entries.iter().map(|entry| entry.name.clone()).collect();
        assert_eq!(names, ["Zither", "A.sfz", "b.SF2"]);
        files.begin(Some(&folder.join("b.SF2")), &["sf2"]);
        files.wait();
        let listing = files.listing();
        assert_eq!((listing.folder, listing.entries.len(), listing.is_reading), (folder.clone(), 2, false));
        fs::remove_dir_all(&folder).unwrap();
        files.open(folder, &["sf2"]);
        files.wait();
        assert!(files.listing().fault.contains("no such folder"), "{}", files.listing().fault);
    }
}
