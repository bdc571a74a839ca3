//! Runs on Linnet's own threads and the host's main thread. The files of the log: three of a megabyte at most.
//!
//! Several instances, in several processes, write the same files. A lock file orders them, and the log is opened
//! anew for each write, so that nobody holds a file that another one has renamed.

use crate::lock_file;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Bytes of one file, after which the next begins.
const BYTES_MAX: u64 = 1_000_000;
/// Files in all: `linnet.log` is the newest, `linnet.2.log` the oldest.
const FILES: u32 = 3;
/// How often the lock is tried for, and the wait between.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(5);

/// Appends `text`, and begins a new file where this one is full.
pub(super) fn append(folder: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let lock = lock_file::open(&folder.join("lock"))?;
    take(&lock)?;
    let newest = place(folder, 0);
    let size = fs::metadata(&newest).map_or(0, |found| found.len());
    if size > 0 && size + text.len() as u64 > BYTES_MAX {
        rotate(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(&newest)?.write_all(text.as_bytes())
}

/// Takes the lock, which ends with the file.
fn take(lock: &File) -> io::Result<()> {
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}

fn rotate(folder: &Path) -> io::Result<()> {
    for number in (1..FILES).rev() {
        match fs::rename(place(folder, number - 1), place(folder, number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn place(folder: &Path, number: u32) -> PathBuf {
    folder.join(if number == 0 { "linnet.log".to_owned() } else { format!("linnet.{number}.log") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("linnet-log-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn the_log_never_grows_beyond_three_files_of_a_megabyte() {
        let folder = folder("rotation");
        let block = format!("{}\n", "x".repeat(99_999));
        for _ in 0..60 {
            append(&folder, &block).unwrap();
        }
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            assert!(entry.metadata().unwrap().len() <= BYTES_MAX);
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        assert_eq!(names, ["linnet.1.log", "linnet.2.log", "linnet.log", "lock"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn nobody_writes_while_another_process_holds_the_log() {
        let folder = folder("held");
        append(&folder, "first\n").unwrap();
        let held = lock_file::open(&folder.join("lock")).unwrap();
        held.lock().unwrap();
        assert_eq!(append(&folder, "second\n").unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(held);
        append(&folder, "third\n").unwrap();
        assert_eq!(fs::read_to_string(place(&folder, 0)).unwrap(), "first\nthird\n");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn writers_at_once_neither_lose_nor_mix_lines() {
        let folder = folder("writers");
        let write = |writer: usize| {
            for line in 0..40 {
                let text = format!("{writer} {line} {}\n", "y".repeat(5_000));
                // A lock that is not free in time is an error, and the caller's lines are lost: try again.
                while append(&folder, &text).is_err() {}
            }
        };
        thread::scope(|scope| {
            for writer in 0..8 {
                scope.spawn(move || write(writer));
            }
        });
        let mut lines = Vec::new();
        for number in 0..FILES {
            let text = fs::read_to_string(place(&folder, number)).unwrap_or_default();
            lines.extend(text.lines().map(str::to_owned));
        }
        assert_eq!(lines.len(), 320);
        assert!(lines.iter().all(|line| line.ends_with(&"y".repeat(5_000)) && line.len() < 5_010));
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), 320);
        fs::remove_dir_all(&folder).unwrap();
    }
}
