//! Runs on Linnet's own threads and the host's main thread. A file that is locked: it orders the instances, in several
//! processes, that share the user's data folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The file at `path`, made where there is none. It is not locked yet.
///
/// # Errors
/// Where it cannot be opened.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Windows locks no file that is open for appending alone.
    OpenOptions::new().create(true).read(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_to_lock_is_open_for_reading_too() {
        let path = std::env::temp_dir().join(format!("linnet-lock-{}", std::process::id()));
        let mut file = open(&path).unwrap();
        assert_eq!(file.read(&mut [0]).unwrap(), 0);
        file.try_lock().unwrap();
        std::fs::remove_file(&path).unwrap();
    }
}
