//! Runs on any thread but the audio thread. Locks that outlive a panic of the thread that held them.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What `lock` keeps, also after a panic: every change under it is whole.
pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
