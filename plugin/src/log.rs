//! The log: a few lines of what happened, in a file of the user's data folder.
//!
//! Any thread may note a line, which waits in memory; only threads of Linnet's own that may wait write the file. It
//! holds versions, engines, models, failures and panics. It holds no music, and the home folder is written as `~`.

mod file;
mod panics;
mod subscriber;

pub(crate) use panics::last_panic;

use crate::date::{Stamp, now_s};
use crate::settings::data_folder;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError};

/// Lines that wait at most; what comes then is counted, not kept.
const WAITING_MAX: usize = 512;
/// Bytes of one entry at most: a backtrace fits.
const ENTRY_BYTES_MAX: usize = 16_384;

/// What waits to be written.
struct Waiting {
    lines: VecDeque<String>,
    dropped: usize,
}

impl Waiting {
    fn push(&mut self, mut entry: String) {
        if self.lines.len() >= WAITING_MAX {
            self.dropped += 1;
            return;
        }
        entry.truncate(entry.floor_char_boundary(ENTRY_BYTES_MAX));
        self.lines.push_back(entry);
    }

    fn take(&mut self) -> String {
        let mut text: String = self.lines.drain(..).flat_map(|line| [line, "\n".to_owned()]).collect();
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            text.push_str(&stamped(&format!("{dropped} lines found no room.\n")));
        }
        text
    }
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting { lines: VecDeque::new(), dropped: 0 });
static TO_STDERR: AtomicBool = AtomicBool::new(false);

/// Takes what the framework, the window library and panics have to say, in place of their printing it into the host.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if std::env::var_os("LINNET_LOG").is_some_and(|value| value == "stderr") {
            to_stderr();
        }
        subscriber::install();
        panics::install();
        let build = if cfg!(debug_assertions) { "debug build" } else { "release build" };
        note(&format!(
            "Linnet {} loaded: {build}, {}, {}.",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ));
    });
}

/// Prints every line to the standard error too, for the program that runs without a host.
pub fn to_stderr() {
    TO_STDERR.store(true, Ordering::Relaxed);
}

/// The folder of the log, where there is a home folder.
pub fn folder() -> Option<PathBuf> {
    Some(data_folder()?.join("logs"))
}

/// Adds a line, which the next [`flush`] writes. Allocates.
pub(crate) fn note(text: &str) {
    let entry = stamped(&without_home(text));
    if TO_STDERR.load(Ordering::Relaxed) {
        eprintln!("{entry}");
    }
    waiting().push(entry);
}

/// `text` behind the time and the number of this process.
fn stamped(text: &str) -> String {
    format!("{} [{}] {text}", Stamp(now_s()), std::process::id())
}

/// Writes what waits. Never called on the audio thread.
pub(crate) fn flush() {
    let text = waiting().take();
    if text.is_empty() {
        return;
    }
    // A log that cannot be written is nothing to stop for, and there is nowhere to say so.
    let _ = folder().map(|folder| file::append(&folder, &text));
}

fn waiting() -> MutexGuard<'static, Waiting> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `text` with `~` in place of the user's home folder.
pub(crate) fn without_home(text: &str) -> String {
    static HOME: OnceLock<Option<String>> = OnceLock::new();
    let home = HOME.get_or_init(|| {
        let folders = directories::BaseDirs::new()?;
        let home = folders.home_dir().to_string_lossy().into_owned();
        (home.len() > 1).then_some(home)
    });
    home.as_ref().map_or_else(|| text.to_owned(), |home| text.replace(home.as_str(), "~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_lines_is_bounded_and_counted() {
        let mut waiting = Waiting { lines: VecDeque::new(), dropped: 0 };
        (0..WAITING_MAX + 7).for_each(|i| waiting.push(format!("line {i}")));
        let text = waiting.take();
        assert_eq!(text.lines().count(), WAITING_MAX + 1);
        assert!(text.ends_with("7 lines found no room.\n"), "{}", &text[text.len() - 80..]);
        waiting.push(format!("x{}", "é".repeat(ENTRY_BYTES_MAX)));
        assert_eq!(waiting.take().len(), ENTRY_BYTES_MAX);
        assert!(waiting.take().is_empty());
    }
}
