//! Runs on any thread but the audio thread. Reads files that Linnet did not write itself.

use std::fs::{File, metadata};
use std::io::{Error, Read, Result};
use std::path::Path;

/// The bytes of the file at `path`, at most `bytes_max`. Never waits for a pipe, and never reads a device without end.
///
/// # Errors
/// Where there is no such file, it cannot be read, is longer, or is a folder, a pipe or a device.
pub fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>> {
    // Opening a pipe would wait for somebody to write into it.
    if !metadata(path)?.is_file() {
        return Err(Error::other("it is not a file but a folder, a pipe or a device"));
    }
    let mut bytes = Vec::new();
    // The length that the system tells may be wrong, and may change.
    File::open(path)?.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Error::other(format!(
            "it has more than the {bytes_max} bytes that such a file can have"
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let path = std::env::temp_dir().join(format!("linnet-files-{}", std::process::id()));
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("more than the 4 bytes"));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read(&path, 5).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(read(&std::env::temp_dir(), 5).unwrap_err().to_string().contains("not a file"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_device_without_end_is_refused_and_a_file_that_hides_its_length_is_bounded() {
        assert!(read(Path::new("/dev/zero"), 5).unwrap_err().to_string().contains("not a file"));
        // Its length is told as 0.
        assert!(read(Path::new("/proc/self/status"), 5).unwrap_err().to_string().contains("5 bytes"));
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_that_nobody_writes_into_is_refused_at_once() {
        let path = std::env::temp_dir().join(format!("linnet-pipe-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let refused = read(&path, 5).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert!(refused.to_string().contains("not a file"));
    }
}
