//! From the audio thread to a writer: the sound, frame by frame, while it is recorded.
//!
//! A wait-free ring of fixed size between the two; what finds no room in it is counted.

use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};

/// A frame: left and right.
pub type Frame = [f32; 2];

/// What both ends see.
#[derive(Debug, Default)]
struct Shared {
    is_on: AtomicBool,
    dropped: AtomicU64,
}

/// The audio thread's end.
pub struct Sender {
    frames: Producer<Frame>,
    shared: Arc<Shared>,
}

impl Sender {
    /// Sends these frames, as many as the shorter channel has, while recording is on.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn send(&mut self, left: &[f32], right: &[f32]) {
        if !self.shared.is_on.load(Acquire) {
            return;
        }
        let frames = left.len().min(right.len());
        let room = self.frames.slots().min(frames);
        if let Ok(chunk) = self.frames.write_chunk_uninit(room) {
            chunk.fill_from_iter(left.iter().zip(right).map(|(left, right)| [*left, *right]));
        }
        if room < frames {
            self.shared.dropped.fetch_add((frames - room) as u64, Relaxed);
        }
    }
}

/// The writer's end.
pub struct Receiver {
    frames: Consumer<Frame>,
    shared: Arc<Shared>,
}

impl Receiver {
    /// Switches recording on or off. What was sent before it is switched on is forgotten.
    pub fn switch(&mut self, on: bool) {
        if on && !self.shared.is_on.load(Relaxed) {
            while self.frames.pop().is_ok() {}
            self.shared.dropped.store(0, Relaxed);
        }
        self.shared.is_on.store(on, Release);
    }

    /// The oldest frame that waits.
    pub fn receive(&mut self) -> Option<Frame> {
        self.frames.pop().ok()
    }

    /// How many frames wait.
    pub fn waiting(&self) -> usize {
        self.frames.slots()
    }

    /// How many frames found no room since recording was switched on.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.fetch_add(0, AcqRel)
    }
}

/// A ring for `frames` ≥ 1, off, and its two ends.
pub fn ring(frames: usize) -> (Sender, Receiver) {
    let (producer, consumer) = RingBuffer::new(frames);
    let shared = Arc::<Shared>::default();
    (Sender { frames: producer, shared: Arc::clone(&shared) }, Receiver { frames: consumer, shared })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_cross_in_order_while_it_is_on_and_what_finds_no_room_is_counted() {
        let (mut sender, mut receiver) = ring(4);
        sender.send(&[9.0], &[9.0]);
        assert_eq!(receiver.receive(), None);
        receiver.switch(true);
        sender.send(&[1.0, 2.0, 3.0], &[-1.0, -2.0, -3.0]);
        sender.send(&[4.0, 5.0, 6.0], &[0.0; 3]);
        assert_eq!((receiver.waiting(), receiver.dropped()), (4, 2));
        let frames: Vec<Frame> = std::iter::from_fn(|| receiver.receive()).collect();
        assert_eq!(frames, [[1.0, -1.0], [2.0, -2.0], [3.0, -3.0], [4.0, 0.0]]);
        receiver.switch(false);
        sender.send(&[7.0], &[7.0]);
        receiver.switch(true);
        assert_eq!((receiver.receive(), receiver.dropped()), (None, 0));
    }
}
