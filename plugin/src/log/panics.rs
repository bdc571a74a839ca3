//! Runs on the thread that panics. What a panic says goes to the log, with where it came from, and not to the host.

use std::backtrace::Backtrace;
use std::panic::{PanicHookInfo, set_hook};
use std::sync::{Mutex, PoisonError};

/// Characters of a message that are kept at most.
const CHARS_MAX: usize = 400;

static LAST: Mutex<Option<String>> = Mutex::new(None);

/// What the last panic in this process said, and where; for the user to read.
pub(crate) fn last_panic() -> Option<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Sets the hook of this library's own runtime: panics of the host or of other plug-ins do not come here.
pub(super) fn install() {
    set_hook(Box::new(|panic| nice_plug::util::permit_alloc(|| take(panic))));
}

fn take(panic: &PanicHookInfo<'_>) {
    let message: String =
        panic.payload_as_str().unwrap_or("it gave no reason").chars().take(CHARS_MAX).collect();
    let place = panic.location().map_or_else(String::new, |at| format!("{}:{}", short(at.file()), at.line()));
    let said = format!("{message} ({place})");
    let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
    super::note(&format!("Panic on thread '{thread}': {said}\n{}", Backtrace::force_capture()));
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
    // This one ends the process, so nothing will flush the log later.
    if message.contains("cannot unwind") || message.contains("in a destructor during cleanup") {
        super::flush();
    }
}

/// The path of a source file, without the folder that it was built in.
fn short(file: &str) -> &str {
    let from = ["crates/", "plugin/"].iter().filter_map(|folder| file.rfind(folder)).min();
    from.map_or_else(|| file.rsplit(['/', '\\']).next().unwrap_or(file), |from| &file[from..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_source_names_no_folder_of_the_builder() {
        assert_eq!(short("/home/me/linnet/crates/engine/src/synth.rs"), "crates/engine/src/synth.rs");
        assert_eq!(short("plugin/src/process.rs"), "plugin/src/process.rs");
        assert_eq!(short("/home/me/.cargo/registry/src/egui-0.37/src/ui.rs"), "ui.rs");
    }
}
