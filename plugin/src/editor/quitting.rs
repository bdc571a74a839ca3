//! Runs on the host's main thread when the process ends with windows open, and on the windows' threads. Stops them first.
//!
//! On Linux a window draws on a thread of its own, which the end of the process does not stop: the destructors of the
//! OpenGL driver run beside it, and what it draws then crashes the host that quits. So every window is stopped before its
//! next frame. The end of the main thread's own values is what comes first, before all destructors. Where another thread
//! ends the process, a handler does it, which runs before those of a driver that was loaded already.

use nice_plug_egui::RepaintNotifier;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(1);

static IS_QUITTING: AtomicBool = AtomicBool::new(false);
/// Whether a window is being closed after all, and may go on.
static IS_CLOSING: AtomicBool = AtomicBool::new(false);
static STOPPED: AtomicUsize = AtomicUsize::new(0);
/// How every open window is asked for a frame.
static WINDOWS: Mutex<Vec<(u64, RepaintNotifier)>> = Mutex::new(Vec::new());

/// A window that is open; dropped when it closes.
pub(super) struct OpenWindow(u64);

impl OpenWindow {
    /// A window that draws when `notifier` asks it to.
    pub(super) fn new(notifier: RepaintNotifier) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        WINDOWS.lock().unwrap_or_else(PoisonError::into_inner).push((number, notifier));
        Self(number)
    }
}

impl Drop for OpenWindow {
    fn drop(&mut self) {
        WINDOWS.lock().unwrap_or_else(PoisonError::into_inner).retain(|(number, _)| *number != self.0);
    }
}

/// Begins a frame; does not return while the process ends. The caller must hold no lock.
pub(super) fn begin_frame() {
    static FRAMES: AtomicUsize = AtomicUsize::new(0);
    if IS_QUITTING.load(Ordering::Acquire) {
        STOPPED.fetch_add(1, Ordering::AcqRel);
        while !IS_CLOSING.load(Ordering::Acquire) {
            sleep(LOOK);
        }
    }
    // The last handler registered runs first, and the driver registers its own as it goes: so this one comes again.
    if (FRAMES.fetch_add(1, Ordering::Relaxed) + 1).is_power_of_two() {
        register();
    }
}

/// Lets windows that were stopped go on, since one of them is being closed: the host waits for its thread.
pub(super) fn close() {
    if IS_QUITTING.load(Ordering::Acquire) {
        IS_CLOSING.store(true, Ordering::Release);
    }
}

#[cfg(target_os = "linux")]
use linux::register;
#[cfg(target_os = "linux")]
pub(super) use linux::watch_main_thread;

/// Elsewhere windows draw on the host's main thread, which is the one that quits.
#[cfg(not(target_os = "linux"))]
fn register() {}
#[cfg(not(target_os = "linux"))]
pub(super) fn watch_main_thread() {}

#[cfg(target_os = "linux")]
mod linux {
    use super::{IS_QUITTING, LOOK, STOPPED, WINDOWS};
    use std::sync::atomic::Ordering;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    /// What the windows are given to come to the end of a frame: the driver may be compiling.
    const PATIENCE: Duration = Duration::from_secs(1);

    pub(super) fn register() {
        // SAFETY: the handler is a function of this library, which is never unmapped (`build.rs`), and does not unwind.
        // Where the system has no room for it, the process ends as it would without.
        let _ = unsafe { libc::atexit(stop_windows) };
    }

    /// Has windows stop when the calling thread, the host's main thread, ends the process. To be called when one opens.
    pub(in super::super) fn watch_main_thread() {
        thread_local!(static END: End = const { End });
        END.with(|_| ());
    }

    /// The end of a thread's values.
    struct End;

    impl Drop for End {
        fn drop(&mut self) {
            // SAFETY: the calls take nothing and cannot fail.
            if unsafe { libc::gettid() == libc::getpid() } {
                stop_windows();
            }
        }
    }

    extern "C" fn stop_windows() {
        if IS_QUITTING.swap(true, Ordering::AcqRel) {
            return;
        }
        let open = {
            // A window that opens or closes at this moment may hold the lock on a thread that is already gone.
            let Ok(windows) = WINDOWS.try_lock() else { return };
            windows.iter().for_each(|(_, notifier)| notifier.request_repaint());
            windows.len()
        };
        let asked = Instant::now();
        while STOPPED.load(Ordering::Acquire) < open && asked.elapsed() < PATIENCE {
            sleep(LOOK);
        }
    }
}
