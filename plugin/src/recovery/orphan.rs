//! Runs on the keeper's thread. Files of instances that did not end in order.
//!
//! Whoever finds one locks it, so that several instances, in several hosts, never offer the same ideas twice.

use super::record::{BYTES_MAX, Saved};
use crate::lock_file;
use linnet_music::{Idea, Session};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Files that are kept at most; the oldest go first.
const FILES_MAX: usize = 20;
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
}

impl Orphan {
    /// Its ideas, all of them kept.
    pub(super) fn ideas(&self) -> &[Idea] {
        self.session.ideas()
    }

    /// Deletes it.
    pub(super) fn remove(self) {
        remove(&self.path);
        drop(self.lock);
    }
}

/// Every file that belongs to nobody, newest first. What is too old, or one too many, is deleted.
pub(super) fn claim(folder: &Path) -> Vec<Orphan> {
    let mut found: Vec<Orphan> = Vec::new();
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") if age(&path) > AGE_MAX => drop_unheld(&path),
            Some("json") => found.extend(open(&path)),
            Some("lock" | "tmp") if age(&path) > LITTER_AGE => drop_unheld(&path.with_extension("json")),
            _ => {}
        }
    }
    found.sort_by_key(|orphan| std::cmp::Reverse(orphan.saved_at_s));
    let surplus = found.split_off(found.len().min(FILES_MAX));
    surplus.into_iter().for_each(Orphan::remove);
    found
}

/// The orphan in this file. None where its instance lives, or where it cannot be read.
fn open(path: &Path) -> Option<Orphan> {
    let lock = hold(path)?;
    if fs::metadata(path).ok()?.len() > BYTES_MAX {
        return None;
    }
    let saved: Saved = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    let session = Session::from_json(&saved.session).ok()?.kept(usize::MAX);
    Some(Orphan { path: path.to_owned(), lock, saved_at_s: saved.at_s, session })
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
