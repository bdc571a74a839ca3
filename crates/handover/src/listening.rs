//! From a reader to the audio thread: a recording that the user listens to, stretch by stretch.
//!
//! Stretches cross in boxes and come back to be freed ([`delivery`]). Which run of stretches shall be heard is one
//! number that both see, so that a run ends at once wherever its stretches are.

use crate::delivery;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

/// Stretches that exist at most.
const CAPACITY: usize = 8;

/// Frames that follow each other, at the rate that the host has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stretch {
    /// Which run it belongs to; > 0.
    pub run: u32,
    /// Left and right.
    pub frames: Vec<[f32; 2]>,
    /// Whether the run ends with it.
    pub is_last: bool,
}

/// The reader's end.
pub struct Sender {
    stretches: delivery::Sender<Stretch>,
}

impl Sender {
    /// Sends `stretch`; gives it back where the audio thread has enough.
    ///
    /// # Errors
    /// The stretch itself, to be tried again later.
    pub fn send(&mut self, stretch: Box<Stretch>) -> Result<(), Box<Stretch>> {
        self.stretches.send(stretch)
    }

    /// Frees the stretches that have come back, and returns how many have not.
    pub fn abroad(&mut self) -> usize {
        self.stretches.free_returned();
        self.stretches.abroad()
    }
}

/// Says which run shall be heard. Every clone says it to the same audio thread.
#[derive(Clone, Debug, Default)]
pub struct Wanted(Arc<AtomicU32>);

impl Wanted {
    /// From now on this run and no other; 0 is none.
    pub fn set(&self, run: u32) {
        self.0.store(run, Release);
    }

    /// None from now on, if it is still this run.
    pub fn end(&self, run: u32) {
        let _ = self.0.compare_exchange(run, 0, AcqRel, Acquire);
    }

    /// Which it is; 0 is none.
    pub fn get(&self) -> u32 {
        self.0.load(Acquire)
    }
}

/// The audio thread's end.
#[derive(Debug)]
pub struct Receiver {
    stretches: delivery::Receiver<Stretch>,
    wanted: Wanted,
}

impl Receiver {
    /// Which run shall be heard; 0 is none.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn wanted(&self) -> u32 {
        self.wanted.get()
    }

    /// The oldest stretch that waits. It must be given to [`Receiver::give_back`] in the end.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn receive(&mut self) -> Option<Box<Stretch>> {
        self.stretches.receive()
    }

    /// Sends a stretch back to be freed.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn give_back(&mut self, stretch: Box<Stretch>) {
        self.stretches.give_back(stretch);
    }
}

/// A way to the audio thread: its two ends, and what says which run is heard.
pub fn way() -> (Sender, Wanted, Receiver) {
    let (sender, receiver) = delivery::queue(CAPACITY);
    let wanted = Wanted::default();
    (Sender { stretches: sender }, wanted.clone(), Receiver { stretches: receiver, wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_cross_in_order_and_come_back_and_one_number_says_which_run_is_heard() {
        let (mut sender, wanted, mut receiver) = way();
        assert_eq!(receiver.wanted(), 0);
        wanted.set(3);
        wanted.end(2);
        assert_eq!(receiver.wanted(), 3);
        let stretch = |value: f32| Box::new(Stretch { run: 3, frames: vec![[value; 2]], is_last: false });
        let sent = (0..20).take_while(|n| sender.send(stretch(*n as f32)).is_ok()).count();
        assert_eq!((sent, sender.abroad()), (CAPACITY, CAPACITY));
        let first = receiver.receive().expect("it was sent");
        assert_eq!(first.frames, [[0.0; 2]]);
        receiver.give_back(first);
        assert_eq!(sender.abroad(), CAPACITY - 1);
        assert_eq!(receiver.receive().map(|stretch| stretch.frames[0][0]), Some(1.0));
        wanted.end(3);
        assert_eq!(receiver.wanted(), 0);
    }
}
