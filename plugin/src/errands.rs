//! Errands: what takes longer than the editor may wait, done one after the other by a thread that lives as long as there
//! is something to do.
//!
//! Sent from the main thread; an errand runs on a thread of its own.

use crate::guard::{Place, guard};
use crate::log;
use linnet_handover::worker_view::WorkerView;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

/// What is to be done; it looks now and then whether it must stop.
type Errand = Box<dyn FnOnce(&AtomicBool) + Send>;

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Errand>,
    is_running: bool,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    stop: AtomicBool,
    /// Touched after each errand, so that the editor shows what has become of it.
    worker: Arc<WorkerView>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let next = {
                let mut queue = self.queue();
                let next = queue.waiting.pop_front();
                queue.is_running = next.is_some();
                next
            };
            let Some(errand) = next else { return };
            // A panic is in the log; what waits behind it is done all the same.
            guard(Place::Errands, || errand(&self.stop));
            self.worker.touch();
        }
    }
}

/// The errands of one instance. Dropping them ends the one that runs, and waits for that.
pub(crate) struct Errands(Arc<Shared>);

impl Errands {
    /// None; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        Self(Arc::new(Shared { worker, ..Shared::default() }))
    }

    /// Does `errand` when those before it are done. Whether there is a thread to do it.
    pub(crate) fn send(&self, errand: impl FnOnce(&AtomicBool) + Send + 'static) -> bool {
        let mut queue = self.0.queue();
        queue.waiting.push_back(Box::new(errand));
        if queue.is_running {
            return true;
        }
        let shared = Arc::clone(&self.0);
        match Builder::new().name("linnet errands".into()).spawn(move || shared.run()) {
            Ok(thread) => {
                queue.is_running = true;
                // The one before has ended, but for its last breath.
                queue.thread = Some(thread);
                true
            }
            Err(error) => {
                queue.waiting.clear();
                log::note(&format!("There is no thread to read files with: {error}"));
                false
            }
        }
    }

    /// Waits until all is done.
    #[cfg(test)]
    pub(crate) fn wait(&self) {
        while self.0.queue().is_running {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

impl Drop for Errands {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
        let thread = {
            let mut queue = self.0.queue();
            queue.waiting.clear();
            queue.thread.take()
        };
        if let Some(thread) = thread {
            // A panic in the thread was caught and is in the log.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn errands_are_done_in_order_and_a_panic_holds_up_none() {
        let (errands, done) = (Errands::new(Arc::default()), Arc::new(Mutex::new(Vec::new())));
        for number in 0..50 {
            let done = Arc::clone(&done);
            errands.send(move |_| {
                assert!(number != 7, "in a test");
                done.lock().unwrap().push(number);
            });
        }
        errands.wait();
        let expect: Vec<i32> = (0..50).filter(|number| *number != 7).collect();
        assert_eq!(*done.lock().unwrap(), expect);
    }

    #[test]
    fn those_that_wait_are_dropped_with_the_instance() {
        let (errands, done) = (Errands::new(Arc::default()), Arc::new(AtomicUsize::new(0)));
        for _ in 0..3 {
            let done = Arc::clone(&done);
            errands.send(move |stop| {
                while !stop.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        drop(errands);
        assert!(done.load(Ordering::Relaxed) <= 1);
    }
}
