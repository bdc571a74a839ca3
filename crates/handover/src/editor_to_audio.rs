//! From the editor to the audio thread: what is no parameter.

use linnet_music::{Pitch, Velocity};
use rtrb::{Consumer, Producer, RingBuffer};

/// Commands that wait at most.
const CAPACITY: usize = 256;

/// One command.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Play the current idea from the engine's own clock while the transport stands still, or stop doing so.
    Audition(bool),
    /// Sound one note on the lead, for a key clicked in the editor.
    NoteOn(Pitch, Velocity),
    /// End that note.
    NoteOff(Pitch),
    /// Strike one drum, for its name clicked in the editor. It is heard, and leaves by no MIDI.
    Strike(Pitch, Velocity),
    /// End every note, at once.
    Panic,
}

/// The editor's end.
pub struct Sender {
    queue: Producer<Command>,
}

impl Sender {
    /// Sends `command`; false where the queue is full (the host does not process).
    pub fn send(&mut self, command: Command) -> bool {
        self.queue.push(command).is_ok()
    }
}

/// The audio thread's end.
pub struct Receiver {
    queue: Consumer<Command>,
}

impl Receiver {
    /// The oldest command that waits.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn receive(&mut self) -> Option<Command> {
        self.queue.pop().ok()
    }
}

/// A queue and its two ends.
pub fn queue() -> (Sender, Receiver) {
    let (producer, consumer) = RingBuffer::new(CAPACITY);
    (Sender { queue: producer }, Receiver { queue: consumer })
}
