//! Any thread but the audio thread. Waits for threads that were told to end, but not for ever: what reads a network folder
//! that does not answer comes back when the system gives up, and nothing can end it before.

use crate::log;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a thread is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks at a thread that is ending.
const LOOK: Duration = Duration::from_micros(500);

/// Waits for `threads`, which were told to end, for `patience` altogether. Returns how many are left: they end by themselves
/// as soon as the system answers them, and do nothing more then.
pub(crate) fn join(threads: impl IntoIterator<Item = JoinHandle<()>>, patience: Duration) -> usize {
    let begin = Instant::now();
    let mut left = 0;
    for thread in threads {
        while !thread.is_finished() && begin.elapsed() < patience {
            std::thread::sleep(LOOK);
        }
        if thread.is_finished() {
            // A panic in the thread was caught and is in the log.
            let _ = thread.join();
        } else {
            left += 1;
        }
    }
    if left > 0 {
        log::note(&format!(
            "Threads that wait for a file or a folder which does not answer: {left}. They are left alone."
        ));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_thread_that_ends_is_waited_for_and_one_that_hangs_is_left() {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let hangs = std::thread::spawn(move || {
            let _ = ended.recv();
        });
        let has_ended = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&has_ended);
        let ends = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            ending.store(true, Ordering::Relaxed);
        });
        assert_eq!(join([ends], Duration::from_mins(1)), 0);
        assert!(has_ended.load(Ordering::Relaxed), "it was not waited for");
        assert_eq!(join([hangs], Duration::from_millis(50)), 1);
        drop(end);
    }
}
