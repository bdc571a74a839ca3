//! From the audio thread to the composer thread: what was heard, and what the host asks for.
//!
//! `Copy` values only. A full queue drops the message and counts it; it never waits.

use linnet_music::{Beats, Controls, IdeaId, Pitch, Tempo, TimeSignature, Velocity};
use rtrb::{Consumer, Producer, RingBuffer};

/// Messages that wait at most; a block of 2,000 events fits twice.
const CAPACITY: usize = 4096;

/// Where the music stands. While the transport stands still, positions are those of the engine's own clock.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// From the project's start; may be negative in a pre-roll.
    pub position: Beats,
    /// A bar line at or before `position`.
    pub bar_start: Beats,
    /// The host's tempo.
    pub tempo: Tempo,
    /// The host's metre.
    pub metre: TimeSignature,
    /// Whether the host's transport runs.
    pub playing: bool,
}

/// One message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FromAudio {
    /// A live note began.
    NoteOn {
        /// Which.
        pitch: Pitch,
        /// How hard.
        velocity: Velocity,
        /// MIDI channel in [0, 15].
        channel: u8,
        /// Where.
        at: Moment,
    },
    /// A live note ended.
    NoteOff {
        /// Which.
        pitch: Pitch,
        /// MIDI channel in [0, 15].
        channel: u8,
        /// Where.
        at: Moment,
    },
    /// The tempo or the metre changed, the transport started, stopped or jumped; also sent once a bar.
    Transport(Moment),
    /// The `propose` parameter rose, or `auto` fell due.
    Ask {
        /// The steering, complete.
        controls: Controls,
        /// Where the idea may start.
        start: crate::worker_to_audio::Start,
        /// When it was asked.
        at: Moment,
    },
    /// An idea has begun to sound.
    Started {
        /// Which.
        idea: IdeaId,
        /// Where: a position of the transport, or of the engine's own clock.
        at: Beats,
        /// Whether that position is the transport's.
        playing: bool,
    },
}

/// The audio thread's end.
pub struct Sender {
    queue: Producer<FromAudio>,
    dropped: u64,
}

impl Sender {
    /// Sends `message`, or drops and counts it where the queue is full.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn send(&mut self, message: FromAudio) {
        if self.queue.push(message).is_err() {
            self.dropped += 1;
        }
    }

    /// How many messages found no room since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// The composer thread's end.
pub struct Receiver {
    queue: Consumer<FromAudio>,
}

impl Receiver {
    /// The oldest message that waits.
    pub fn receive(&mut self) -> Option<FromAudio> {
        self.queue.pop().ok()
    }
}

/// A queue and its two ends.
pub fn queue() -> (Sender, Receiver) {
    let (producer, consumer) = RingBuffer::new(CAPACITY);
    (Sender { queue: producer, dropped: 0 }, Receiver { queue: consumer })
}
