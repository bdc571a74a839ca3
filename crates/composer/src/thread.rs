//! The composer thread: steps a [`Worker`] until it is told to end.
//!
//! The audio thread wakes nobody, so the thread looks for its messages every few milliseconds; orders of other threads
//! wake it at once. After a while without a message it looks less often: a project may hold many instances that do nothing.

use crate::config::Config;
use crate::worker::{NextStep, Worker};
use crossbeam_channel::{Receiver as Life, Select, Sender as Lifeline, TryRecvError, bounded};
use linnet_handover::WorkerPorts;
use linnet_handover::to_worker::Receiver;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long the thread sleeps at most between two looks at the audio thread's messages.
const POLL: Duration = Duration::from_millis(5);
/// The same, once nothing has come for [`QUIET_POLLS`].
const QUIET_POLL: Duration = Duration::from_millis(100);
/// Looks in vain, two seconds of them, after which the thread looks less often.
const QUIET_POLLS: u32 = 400;

/// The composer thread of one instance. Dropping it ends the thread and waits for that: one step of a network at most.
#[derive(Debug)]
pub struct WorkerThread {
    /// The thread ends, and wakes for it, when this is dropped.
    lifeline: Option<Lifeline<()>>,
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
        self.lifeline = None;
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
    let (lifeline, life) = bounded(0);
    let thread = Builder::new().name("linnet composer".into()).spawn(move || run(worker, &orders, &life))?;
    Ok(WorkerThread { lifeline: Some(lifeline), thread: Some(thread) })
}

fn run(mut worker: Worker, orders: &Receiver, life: &Life<()>) {
    let mut quiet = 0;
    while life.try_recv() != Err(TryRecvError::Disconnected) {
        quiet += 1;
        match catch_unwind(AssertUnwindSafe(|| worker.step())) {
            Ok(NextStep::Idle) if quiet > QUIET_POLLS => wait(orders, life, QUIET_POLL),
            Ok(NextStep::Idle) => wait(orders, life, POLL),
            Ok(NextStep::Wait) => {
                quiet = 0;
                wait(orders, life, POLL);
            }
            Ok(NextStep::Continue) => quiet = 0,
            Ok(NextStep::End) => return,
            Err(panic) => {
                worker.recover(&message(panic.as_ref()));
                wait(orders, life, POLL);
            }
        }
    }
}

/// Sleeps until an order comes or the thread is to end, but not for long.
fn wait(orders: &Receiver, life: &Life<()>, longest: Duration) {
    let mut select = Select::new();
    let order = select.recv(orders);
    select.recv(life);
    if select.ready_timeout(longest) == Ok(order) && orders.is_empty() {
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
