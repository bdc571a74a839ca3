//! The composer thread: steps a [`Worker`] until it is told to end.
//!
//! The audio thread wakes nobody, so the thread looks for its messages every few milliseconds; orders of other threads
//! wake it at once.

use crate::config::Config;
use crate::worker::{NextStep, Worker};
use crossbeam_channel::Select;
use linnet_handover::WorkerPorts;
use linnet_handover::to_worker::Receiver;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long the thread sleeps at most between two looks at the audio thread's messages.
const POLL: Duration = Duration::from_millis(5);

/// The composer thread of one instance. Dropping it ends the thread and waits for that: one step of a network at most.
#[derive(Debug)]
pub struct WorkerThread {
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl WorkerThread {
    /// Ends the thread and waits for that.
    pub fn quit(self) {
        drop(self);
    }
}

impl Drop for WorkerThread {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was caught and shown to the user; there is nothing to add here.
            let _ = thread.join();
        }
    }
}

/// Starts the composer thread of one instance.
///
/// # Errors
/// Where the system gives no thread.
pub fn spawn(ports: WorkerPorts, config: Config) -> std::io::Result<WorkerThread> {
    let orders = ports.orders.clone();
    let worker = Worker::new(ports, config);
    spawn_worker(worker, orders)
}

fn spawn_worker(worker: Worker, orders: Receiver) -> std::io::Result<WorkerThread> {
    let ends = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&ends);
    let thread = Builder::new().name("linnet composer".into()).spawn(move || run(worker, &orders, &told))?;
    Ok(WorkerThread { ends, thread: Some(thread) })
}

fn run(mut worker: Worker, orders: &Receiver, ends: &AtomicBool) {
    while !ends.load(Ordering::Acquire) {
        match catch_unwind(AssertUnwindSafe(|| worker.step())) {
            Ok(NextStep::Continue) => {}
            Ok(NextStep::Wait) => wait(orders),
            Ok(NextStep::End) => return,
            Err(panic) => {
                worker.recover(&message(panic.as_ref()));
                wait(orders);
            }
        }
    }
}

/// Sleeps until an order comes, but not for long.
fn wait(orders: &Receiver) {
    let mut select = Select::new();
    select.recv(orders);
    let woken = select.ready_timeout(POLL).is_ok();
    if woken && orders.is_empty() {
        // Every sender is gone, which makes the channel ready for ever.
        std::thread::sleep(POLL);
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".into())
}

#[cfg(test)]
mod tests;
