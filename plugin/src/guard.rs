//! Runs on any thread. No panic crosses the edge to the host: it ends in [`guard`], and goes to the log.

use crate::log;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does `act`. None where it panicked, which `place` tells in the log.
///
/// # Realtime safety
/// Neither allocates nor locks where nothing panics.
pub(crate) fn guard<T>(place: Place, act: impl FnOnce() -> T) -> Option<T> {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        faults::trip(place);
        act()
    }));
    match caught {
        Ok(value) => Some(value),
        Err(panic) => {
            report(place, panic);
            None
        }
    }
}

#[cold]
fn report(place: Place, panic: Box<dyn Any + Send>) {
    log::note(&format!("The panic was caught in: {place:?}."));
    // A payload whose own destructor panics must not undo what was just caught.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
        std::mem::forget(second);
    }
}

/// Where the host calls Linnet, or a thread of Linnet's own begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Create,
    Activate,
    Wake,
    Reset,
    Process,
    SaveState,
    LoadState,
    MigrateState,
    CreateEditor,
    OpenEditor,
    DrawEditor,
    ResizeEditor,
    CloseEditor,
    RemoteControls,
    Keeper,
    Instruments,
    Errands,
    Recorder,
    End,
}

/// Panics on purpose, to prove that the host lives. Nothing of it is in a plug-in that is built without the feature
/// `fault_injection`.
pub(crate) mod faults {
    use super::Place;

    /// Panics where the environment variable `LINNET_FAULT` names `place`: `Reset` each time, `Process@200` from the
    /// 200th time on.
    #[cfg(feature = "fault_injection")]
    pub(crate) fn trip(place: Place) {
        use std::sync::OnceLock;
        use std::sync::atomic::{AtomicU64, Ordering};
        static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static VISITS: AtomicU64 = AtomicU64::new(0);
        let wanted = WANTED.get_or_init(|| {
            let wanted = std::env::var("LINNET_FAULT").ok()?;
            let (name, from) = wanted.split_once('@').unwrap_or((&wanted, "1"));
            Some((name.to_owned(), from.parse().ok()?))
        });
        let Some((name, from)) = wanted else { return };
        let is_due = *name == format!("{place:?}") && VISITS.fetch_add(1, Ordering::Relaxed) + 1 >= *from;
        assert!(!is_due, "a fault was injected in {place:?}");
    }

    /// Does nothing.
    #[cfg(not(feature = "fault_injection"))]
    #[inline]
    pub(crate) fn trip(_place: Place) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_here_and_a_value_passes() {
        assert_eq!(guard(Place::Process, || 3), Some(3));
        assert_eq!(guard(Place::Process, || -> u8 { panic!("in a test") }), None);
    }

    #[test]
    fn a_panic_whose_payload_panics_ends_here_too() {
        struct Mine;
        impl Drop for Mine {
            fn drop(&mut self) {
                panic!("in a destructor")
            }
        }
        assert_eq!(guard(Place::Reset, || std::panic::panic_any(Mine)), None::<()>);
    }
}
