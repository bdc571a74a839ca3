//! From the composer thread to the audio thread: ideas to play.
//!
//! A score crosses in a box, complete or not at all. The audio thread never frees one: it sends the box back, and
//! the queue back always has room, since no more boxes exist than it can hold.

use linnet_music::{Beats, Idea, IdeaId, Note, Part};
use rtrb::{Consumer, Producer, RingBuffer};

/// Boxes that exist at most between the two threads. The audio thread may hold two of them.
const CAPACITY: usize = 8;

/// When an idea takes over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Start {
    /// At once, from its first beat.
    Now,
    /// On the next beat of the metre.
    NextBeat,
    /// On the next bar line.
    #[default]
    NextBar,
    /// On the next bar line whose number, counted from the project's start, is a multiple of four.
    NextFourBars,
    /// At once, as if it had started there: the replay of a stored idea.
    At(Beats),
}

/// What the audio thread needs of an idea.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Which idea.
    pub idea: IdeaId,
    /// Its length, > 0; it loops.
    pub length: Beats,
    /// The notes by [`Part`], each sorted by onset, onsets in [0, length).
    pub parts: [Box<[Note]>; 4],
    /// When it takes over.
    pub start: Start,
}

impl Score {
    /// The score of `idea`, to start at `start`. Notes outside the idea's length are left out.
    pub fn new(idea: &Idea, start: Start) -> Self {
        let within = |part: Part| -> Box<[Note]> {
            idea.phrase(part).notes().iter().copied().filter(|note| note.onset < idea.length).collect()
        };
        Self { idea: idea.id, length: idea.length, parts: Part::ALL.map(within), start }
    }
}

/// One order.
#[derive(Debug)]
pub enum ToAudio {
    /// Play this score from its start rule on, until another replaces it.
    Play(Box<Score>),
    /// Release every note of the idea and play none.
    Silence,
}

/// The composer thread's end.
pub struct Sender {
    queue: Producer<ToAudio>,
    returned: Consumer<Box<Score>>,
    abroad: usize,
}

impl Sender {
    /// Sends `order`; gives it back where the audio thread has not taken the ones before.
    ///
    /// # Errors
    /// The order itself, to be tried again later.
    pub fn send(&mut self, order: ToAudio) -> Result<(), ToAudio> {
        self.free_returned();
        let is_score = matches!(order, ToAudio::Play(_));
        if is_score && self.abroad >= CAPACITY {
            return Err(order);
        }
        self.queue.push(order).map_err(|rtrb::PushError::Full(order)| order)?;
        self.abroad += usize::from(is_score);
        Ok(())
    }

    /// Frees the scores that the audio thread has sent back.
    pub fn free_returned(&mut self) {
        while self.returned.pop().is_ok() {
            self.abroad -= 1;
        }
    }
}

/// The audio thread's end.
pub struct Receiver {
    queue: Consumer<ToAudio>,
    returning: Producer<Box<Score>>,
}

impl Receiver {
    /// The oldest order that waits.
    ///
    /// # Realtime safety
    /// Wait-free. The box must be given to [`Receiver::give_back`] in the end.
    pub fn receive(&mut self) -> Option<ToAudio> {
        self.queue.pop().ok()
    }

    /// Sends a score back to be freed.
    ///
    /// # Realtime safety
    /// Wait-free. The queue back has room for every box that exists, so nothing is ever dropped here; were it full
    /// all the same, the box is leaked, not freed.
    pub fn give_back(&mut self, score: Box<Score>) {
        if let Err(rtrb::PushError::Full(score)) = self.returning.push(score) {
            std::mem::forget(score);
        }
    }
}

/// A queue and its two ends.
pub fn queue() -> (Sender, Receiver) {
    let (producer, consumer) = RingBuffer::new(CAPACITY * 2);
    let (returning, returned) = RingBuffer::new(CAPACITY);
    (Sender { queue: producer, returned, abroad: 0 }, Receiver { queue: consumer, returning })
}
