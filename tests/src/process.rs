//! What this process holds and uses, as the system counts it. Linux only: it reads `/proc`.

use std::fs::{read_dir, read_to_string};
use std::io::{Error, Result};
use std::path::Path;

/// Memory that is resident, in bytes.
pub fn resident_bytes() -> Result<u64> {
    let status = read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.map(|number| number * 1024).ok_or_else(|| Error::other("/proc/self/status names no VmRSS"))
}

/// Processor time of all threads that live, in seconds.
pub fn cpu_s() -> Result<f64> {
    let mut nanoseconds = 0.0;
    for task in read_dir("/proc/self/task")? {
        // A thread may end in between.
        let Ok(text) = read_to_string(task?.path().join("schedstat")) else { continue };
        nanoseconds += text.split(' ').next().and_then(|first| first.parse::<f64>().ok()).unwrap_or(0.0);
    }
    Ok(nanoseconds * 1e-9)
}

/// The names of the threads, sorted.
pub fn threads() -> Result<Vec<String>> {
    let mut threads = Vec::new();
    for task in read_dir("/proc/self/task")? {
        if let Ok(name) = read_to_string(task?.path().join("comm")) {
            threads.push(name.trim().to_owned());
        }
    }
    threads.sort();
    Ok(threads)
}

/// How many files are open.
pub fn open_files() -> Result<usize> {
    Ok(read_dir("/proc/self/fd")?.count())
}

/// Whether the file is mapped into memory, as a loaded library is.
pub fn is_mapped(file: &Path) -> Result<bool> {
    let file = file.canonicalize()?;
    Ok(read_to_string("/proc/self/maps")?.lines().any(|line| line.ends_with(&*file.to_string_lossy())))
}

/// Bytes that `malloc` has given and that nobody has freed, in this program and in every library: unlike what is resident,
/// this does not count what was freed and lies between what was not. What a thread has freed and keeps for itself counts
/// as given, unless [`NO_THREAD_CACHE`] is set.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn live_bytes() -> Result<u64> {
    // SAFETY: the allocator reads its own books, behind its own locks.
    let books = unsafe { libc::mallinfo2() };
    Ok((books.uordblks + books.hblkhd) as u64)
}

/// There is no such figure here.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn live_bytes() -> Result<u64> {
    Err(Error::other("only glibc says how many bytes are allocated"))
}

/// An environment variable and its value, with which glibc's threads keep nothing that they have freed.
pub const NO_THREAD_CACHE: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0");
