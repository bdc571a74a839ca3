//! Runs on the loader's thread. Boxes on their way to the audio thread, by place: what found no room is tried again.

use linnet_handover::delivery::Sender;

/// Boxes of one kind.
pub(super) struct Outbox<T, const PLACES: usize> {
    sender: Sender<T>,
    /// What the audio thread had no room for, and whether it stays there until another one comes.
    unsent: [Option<(Box<T>, bool)>; PLACES],
    /// Whether what was sent last stays with the audio thread.
    rests: [bool; PLACES],
}

impl<T, const PLACES: usize> Outbox<T, PLACES> {
    pub(super) fn new(sender: Sender<T>) -> Self {
        Self { sender, unsent: [const { None }; PLACES], rests: [false; PLACES] }
    }

    /// Puts a box in; what lies in its `place` unsent is out of date.
    pub(super) fn put(&mut self, place: usize, value: Box<T>, rests: bool) {
        if let Some(unsent) = self.unsent.get_mut(place) {
            *unsent = Some((value, rests));
        }
    }

    /// Frees what has come back, and sends what there is room for.
    pub(super) fn send(&mut self) {
        self.sender.free_returned();
        for (unsent, at_rest) in self.unsent.iter_mut().zip(&mut self.rests) {
            if let Some((value, rests)) = unsent.take() {
                match self.sender.send(value) {
                    Ok(()) => *at_rest = rests,
                    Err(value) => *unsent = Some((value, rests)),
                }
            }
        }
    }

    /// Forgets what was not sent.
    pub(super) fn clear(&mut self) {
        self.unsent = [const { None }; PLACES];
    }

    /// Whether the box of `place` is still here.
    pub(super) fn has(&self, place: usize) -> bool {
        self.unsent.get(place).is_some_and(Option::is_some)
    }

    /// Whether any box is still here.
    pub(super) fn is_full(&self) -> bool {
        self.unsent.iter().any(Option::is_some)
    }

    /// Whether what was sent last to `place` stays with the audio thread.
    pub(super) fn rests(&self, place: usize) -> bool {
        self.rests.get(place).is_some_and(|rests| *rests)
    }

    /// Whether boxes are to come back.
    pub(super) fn expects(&self) -> bool {
        self.sender.abroad() > self.rests.iter().filter(|rests| **rests).count()
    }
}
