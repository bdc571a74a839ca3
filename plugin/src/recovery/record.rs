//! Runs on the keeper's thread. The file of one instance: what it has kept, as long as it lives.
//!
//! Beside `NAME.json` lies `NAME.lock`, which the instance holds locked. The system lets go of it with the process,
//! however that ends: a file whose lock is free belongs to nobody.

use crate::lock_file;
use linnet_music::Session;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Ideas in one file at most: the newest.
const IDEAS_MAX: usize = 500;
/// Bytes of one file at most, with room for what surrounds the ideas.
pub(super) const BYTES_MAX: u64 = 8_000_000;
/// The layout that this build writes.
pub(super) const VERSION: u32 = 1;

/// What the file holds.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) version: u32,
    /// When, in seconds since 1970, UTC.
    pub(super) at_s: u64,
    /// The ideas, as a project saves them.
    pub(super) session: String,
}

/// The file of this instance.
pub(super) struct Record {
    folder: PathBuf,
    name: String,
    /// Held while the file is there.
    lock: Option<File>,
}

impl Record {
    /// A record that is not written yet.
    pub(super) fn new(folder: &Path, now_s: u64) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            folder: folder.to_owned(),
            name: format!("{now_s}-{}-{count}", std::process::id()),
            lock: None,
        }
    }

    /// Writes the kept ideas of `session`: the old file stays until the new one is complete. How many, the newest, the
    /// file has room for.
    pub(super) fn write(&mut self, session: &Session, now_s: u64) -> io::Result<usize> {
        fs::create_dir_all(&self.folder)?;
        if self.lock.is_none() {
            let lock = lock_file::open(&self.place("lock"))?;
            lock.try_lock().map_err(io::Error::from)?;
            self.lock = Some(lock);
        }
        let (text, room) = text_of(session, now_s)?;
        let draft = self.place("tmp");
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        drop(file);
        fs::rename(draft, self.place("json"))?;
        Ok(room)
    }

    /// Removes the file: the instance ends in order, or has nothing to lose.
    pub(super) fn remove(&mut self) {
        let Some(lock) = self.lock.take() else { return };
        for extension in ["json", "tmp", "lock"] {
            // What cannot be removed now grows old and is removed then.
            let _ = fs::remove_file(self.place(extension));
        }
        // Before, another instance would have taken the file for nobody's.
        drop(lock);
    }

    fn place(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }
}

/// As many of the newest kept ideas as the file may hold, and how many that may be.
fn text_of(session: &Session, now_s: u64) -> io::Result<(String, usize)> {
    let mut count = IDEAS_MAX;
    loop {
        let session = session.kept(count).to_json();
        let text = serde_json::to_string(&Saved { version: VERSION, at_s: now_s, session })?;
        if text.len() as u64 <= BYTES_MAX || count <= 1 {
            return Ok((text, count));
        }
        count /= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    /// Files whose lock is free, found until `ends`.
    fn free_files(folder: &Path, ends: &AtomicBool) -> usize {
        let mut found = 0;
        while !ends.load(Ordering::Relaxed) {
            for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
                let lock = File::open(path.with_extension("lock"));
                let is_free = path.extension().is_some_and(|extension| extension == "json")
                    && lock.is_ok_and(|lock| lock.try_lock().is_ok() && path.exists());
                found += usize::from(is_free);
            }
        }
        found
    }

    #[test]
    fn an_instance_that_ends_in_order_leaves_no_file_with_a_free_lock() {
        let folder = std::env::temp_dir().join(format!("linnet-record-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let ends = AtomicBool::new(false);
        let live = |_| {
            let mut record = Record::new(&folder, 0);
            let outcome = record.write(&Session::default(), 0);
            record.remove();
            outcome.is_ok()
        };
        let (lived, found) = std::thread::scope(|scope| {
            let others = [0; 2].map(|_| scope.spawn(|| free_files(&folder, &ends)));
            let lived = (0..200).all(live);
            ends.store(true, Ordering::Relaxed);
            (lived, others.map(|other| other.join().unwrap()))
        });
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((lived, found), (true, [0, 0]));
    }
}
