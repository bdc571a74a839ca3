//! From another thread to the audio thread: large values in boxes, such as sounds and impulse responses.
//!
//! A box crosses complete or not at all. The audio thread never frees one: it sends the box back, and the queue back
//! always has room, since no more boxes exist than it can hold.

use rtrb::{Consumer, Producer, PushError, RingBuffer};

/// The other thread's end.
pub struct Sender<T> {
    queue: Producer<Box<T>>,
    returned: Consumer<Box<T>>,
    abroad: usize,
    capacity: usize,
}

impl<T> Sender<T> {
    /// Sends `value`; gives it back where as many as there is room for are with the audio thread.
    ///
    /// # Errors
    /// The value itself, to be tried again later.
    pub fn send(&mut self, value: Box<T>) -> Result<(), Box<T>> {
        self.free_returned();
        if self.abroad >= self.capacity {
            return Err(value);
        }
        self.queue.push(value).map_err(|PushError::Full(value)| value)?;
        self.abroad += 1;
        Ok(())
    }

    /// Frees what the audio thread has sent back.
    pub fn free_returned(&mut self) {
        while self.returned.pop().is_ok() {
            self.abroad -= 1;
        }
    }

    /// How many are with the audio thread, or on their way to it or back.
    pub fn abroad(&self) -> usize {
        self.abroad
    }
}

/// The audio thread's end.
#[derive(Debug)]
pub struct Receiver<T> {
    queue: Consumer<Box<T>>,
    returning: Producer<Box<T>>,
}

impl<T> Receiver<T> {
    /// The oldest value that waits.
    ///
    /// # Realtime safety
    /// Wait-free. The box must be given to [`Receiver::give_back`] in the end.
    pub fn receive(&mut self) -> Option<Box<T>> {
        self.queue.pop().ok()
    }

    /// Sends a value back to be freed.
    ///
    /// # Realtime safety
    /// Wait-free. The queue back has room for every box that exists, so nothing is ever dropped here; were it full
    /// all the same, the box is leaked, not freed.
    pub fn give_back(&mut self, value: Box<T>) {
        if let Err(PushError::Full(value)) = self.returning.push(value) {
            std::mem::forget(value);
        }
    }
}

/// A queue for `capacity` ≥ 1 boxes, counting those that the audio thread holds, and its two ends.
pub fn queue<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let (producer, consumer) = RingBuffer::new(capacity);
    let (returning, returned) = RingBuffer::new(capacity);
    (Sender { queue: producer, returned, abroad: 0, capacity }, Receiver { queue: consumer, returning })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_boxes_go_out_than_can_come_back() {
        let (mut sender, mut receiver) = queue(2);
        assert!(sender.send(Box::new(1)).is_ok() && sender.send(Box::new(2)).is_ok());
        assert_eq!(sender.send(Box::new(3)), Err(Box::new(3)));
        let first = receiver.receive().expect("it was sent");
        assert_eq!((*first, sender.abroad()), (1, 2));
        receiver.give_back(first);
        assert!(sender.send(Box::new(3)).is_ok());
        assert_eq!(receiver.receive().map(|value| *value), Some(2));
    }
}
