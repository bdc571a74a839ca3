//! Errands: what takes longer than the editor may wait, done one after the other by a thread that lives as long as there
//! is something to do. One that hangs, as in a network folder that does not answer, can be left behind.
//!
//! Sent from the main thread; an errand runs on a thread of its own.

use crate::guard::{Place, guard};
use crate::held::held;
use crate::log;
use crate::patience::{self, PATIENCE};
use linnet_handover::worker_view::WorkerView;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
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
        held(&self.queue)
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

/// Errands of one instance. Dropping them ends the one that runs, and waits for that, for [`PATIENCE`] at most.
pub(crate) struct Errands {
    now: Mutex<Arc<Shared>>,
    /// Threads of errands that were left behind.
    left: Mutex<Vec<JoinHandle<()>>>,
}

impl Errands {
    /// None; the editor is told of news through `worker`.
    pub(crate) fn new(worker: Arc<WorkerView>) -> Self {
        let now = Mutex::new(Arc::new(Shared { worker, ..Shared::default() }));
        Self { now, left: Mutex::default() }
    }

    /// Does `errand` when those before it are done. Whether there is a thread to do it.
    pub(crate) fn send(&self, errand: impl FnOnce(&AtomicBool) + Send + 'static) -> bool {
        held(&self.now).send(Box::new(errand))
    }

    /// Does `errand` at once, in the place of all those before it: they are told to end, and are not waited for.
    pub(crate) fn send_instead(&self, errand: impl FnOnce(&AtomicBool) + Send + 'static) -> bool {
        let mut now = held(&self.now);
        let next = Arc::new(Shared { worker: Arc::clone(&now.worker), ..Shared::default() });
        let before = std::mem::replace(&mut *now, next);
        let mut left = held(&self.left);
        left.extend(before.end());
        let (ended, running) = left.drain(..).partition::<Vec<_>, _>(JoinHandle::is_finished);
        patience::join(ended, PATIENCE);
        *left = running;
        drop(left);
        now.send(Box::new(errand))
    }

    /// Tells all to end, and waits for none. Their threads: who ends several at once waits for them together.
    pub(crate) fn end(&self) -> Vec<JoinHandle<()>> {
        let left = std::mem::take(&mut *held(&self.left));
        held(&self.now).end().into_iter().chain(left).collect()
    }

    /// Waits until all is done, but for what was left behind.
    #[cfg(test)]
    pub(crate) fn wait(&self) {
        let now = Arc::clone(&held(&self.now));
        while now.queue().is_running {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

impl Shared {
    fn send(self: &Arc<Self>, errand: Errand) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(errand);
        if queue.is_running {
            return true;
        }
        let shared = Arc::clone(self);
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

    /// Drops what waits, and tells what runs to end. Its thread, where there is one.
    fn end(&self) -> Option<JoinHandle<()>> {
        self.stop.store(true, Ordering::Relaxed);
        let mut queue = self.queue();
        queue.waiting.clear();
        queue.thread.take()
    }
}

impl Drop for Errands {
    fn drop(&mut self) {
        patience::join(self.end(), PATIENCE);
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

    #[test]
    fn one_that_hangs_holds_up_neither_what_is_done_instead_nor_the_end() {
        let errands = Errands::new(Arc::default());
        let (end, ended) = crossbeam_channel::bounded::<()>(0);
        let (begins, begun) = crossbeam_channel::bounded::<()>(0);
        errands.send(move |_| {
            let _ = begins.send(());
            let _ = ended.recv();
        });
        begun.recv().unwrap();
        let done = Arc::new(AtomicUsize::new(0));
        let waits = Arc::clone(&done);
        errands.send(move |_| {
            waits.fetch_add(100, Ordering::Relaxed);
        });
        let goes_on = Arc::clone(&done);
        errands.send_instead(move |_| {
            goes_on.fetch_add(1, Ordering::Relaxed);
        });
        errands.wait();
        assert_eq!(
            done.load(Ordering::Relaxed),
            1,
            "what waited behind the one that hangs is not wanted any more"
        );
        // Who ends several waits for all of them together: nothing is left to wait for then.
        assert!((1..=2).contains(&errands.end().len()));
        let begin = std::time::Instant::now();
        drop(errands);
        assert!(begin.elapsed() < PATIENCE, "it was waited for");
        drop(end);
    }
}
