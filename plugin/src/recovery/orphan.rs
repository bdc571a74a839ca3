//! Runs on the keeper's thread. Files of instances that did not end in order.
//!
//! Whoever finds one locks it, so that several instances, in several hosts, never offer the same ideas twice.

use super::print::{self, Print};
use super::record::{BYTES_MAX, Saved, VERSION};
use crate::lock_file;
use linnet_music::{Idea, Session};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Files that are kept at most, far more than a project has instances; the oldest go first.
const FILES_MAX: usize = 500;
/// Files that one instance claims at most, the newest: each is a handle of the host's, which may have 256.
const CLAIMED_MAX: usize = 100;
/// How long a file is kept.
const AGE_MAX: Duration = Duration::from_hours(30 * 24);
/// How old a draft or a lock without ideas must be to be nobody's.
const LITTER_AGE: Duration = Duration::from_hours(24);

/// What one instance left.
pub(super) struct Orphan {
    path: PathBuf,
    /// Held, so that no other instance offers the same.
    lock: File,
    pub(super) saved_at_s: u64,
    session: Session,
    prints: Vec<Print>,
}

impl Orphan {
    /// Its ideas, all of them kept.
    pub(super) fn ideas(&self) -> &[Idea] {
        self.session.ideas()
    }

    /// The music of each of its ideas.
    pub(super) fn prints(&self) -> &[Print] {
        &self.prints
    }

    /// Deletes it.
    pub(super) fn remove(self) {
        remove(&self.path);
        drop(self.lock);
    }
}

/// Deletes what is nobody's and too old: files that nobody came back for, and drafts and locks without ideas.
pub(super) fn remove_old(folder: &Path) {
    for path in entries(folder) {
        let json = path.with_extension("json");
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") if age(&path) > AGE_MAX => drop_unheld(&json),
            // Beside ideas they go with those: a lock is as old as the first of them.
            Some("lock" | "tmp") if age(&path) > LITTER_AGE && !json.exists() => drop_unheld(&json),
            _ => {}
        }
    }
}

/// The files that belong to nobody, newest first. One too many is deleted.
pub(super) fn claim(folder: &Path) -> Vec<Orphan> {
    let mut paths: Vec<PathBuf> =
        entries(folder).filter(|path| path.extension() == Some("json".as_ref())).collect();
    paths.sort_by_cached_key(|path| age(path));
    let mut claimed = Vec::new();
    for (i, orphan) in paths.iter().filter_map(|path| open(path)).enumerate() {
        if i < CLAIMED_MAX {
            claimed.push(orphan);
        } else if i >= FILES_MAX {
            orphan.remove();
        }
    }
    claimed
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// The orphan in this file. None where its instance lives, or where this build cannot read all of it: then it stays,
/// for a build that can.
fn open(path: &Path) -> Option<Orphan> {
    let lock = hold(path)?;
    if fs::metadata(path).ok()?.len() > BYTES_MAX {
        return None;
    }
    let saved: Saved = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    let session = Session::from_json(&saved.session).ok()?;
    if saved.version > VERSION || session.unread_ideas() > 0 {
        return None;
    }
    let session = session.kept(usize::MAX);
    let prints = print::kept(&session);
    Some(Orphan { path: path.to_owned(), lock, saved_at_s: saved.at_s, session, prints })
}

/// The lock of the file at `path`, where its instance lives no more.
fn hold(path: &Path) -> Option<File> {
    let lock = lock_file::open(&path.with_extension("lock")).ok()?;
    lock.try_lock().ok().map(|()| lock)
}

fn drop_unheld(path: &Path) {
    if let Some(lock) = hold(path) {
        remove(path);
        drop(lock);
    }
}

fn remove(path: &Path) {
    for extension in ["json", "tmp", "lock"] {
        // What cannot be removed now grows old and is tried again.
        let _ = fs::remove_file(path.with_extension(extension));
    }
}

fn age(path: &Path) -> Duration {
    let written = fs::metadata(path).and_then(|found| found.modified());
    written.ok().and_then(|at| SystemTime::now().duration_since(at).ok()).unwrap_or_default()
}
