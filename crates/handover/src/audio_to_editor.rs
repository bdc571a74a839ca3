//! From the audio thread to the editor: meters, the playhead, samples for the spectrum.
//!
//! Single values are atomics, each read on its own: a view may mix two blocks, which no eye can see.

use atomic_float::{AtomicF32, AtomicF64};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};

/// Samples of the spectrum that wait at most.
const SPECTRUM_CAPACITY: usize = 16_384;

/// What the audio thread shows. Written by the audio thread, with relaxed ordering.
#[derive(Debug, Default)]
pub struct AudioView {
    /// Highest magnitude of the left and right output since the editor last took it, linear. The editor swaps in 0.
    pub peak: [AtomicF32; 2],
    /// Highest gain reduction of the limiter since the editor last took it, in dB, ≥ 0. The editor swaps in 0.
    pub reduction_db: AtomicF32,
    /// Position in beats at the end of the last block.
    pub position_beats: AtomicF64,
    /// A bar line at or before that position.
    pub bar_start_beats: AtomicF64,
    /// Beats per minute.
    pub tempo_bpm: AtomicF64,
    /// Numerator × 256 + denominator.
    pub metre: AtomicU32,
    /// Whether the host's transport runs.
    pub playing: AtomicBool,
    /// Whether an idea sounds from the engine's own clock.
    pub auditioning: AtomicBool,
    /// Number of the idea that sounds; 0 is none.
    pub idea: AtomicU32,
    /// Where that idea started, in beats.
    pub idea_start_beats: AtomicF64,
    /// Number of the idea that waits for its bar line; 0 is none.
    pub next_idea: AtomicU32,
    /// Where it will start, in beats.
    pub next_start_beats: AtomicF64,
    /// Live notes received since the start.
    pub notes_in: AtomicU64,
    /// Messages that found no room in a queue since the start.
    pub dropped: AtomicU64,
    /// The run of a recording that the user listens to; 0 is none. See [`listening`](crate::listening).
    pub listened_run: AtomicU32,
    /// How many frames of that run were heard, at the host's rate.
    pub listened_frames: AtomicU64,
    /// Frames a second; 0 before the host has said.
    pub sample_rate_hz: AtomicF32,
    /// Whether the host renders offline.
    pub offline: AtomicBool,
    /// Whether the engine stopped at a defect: the instance is silent until the host activates it again.
    pub stopped: AtomicBool,
}

/// The audio thread's end of the spectrum queue.
pub struct SpectrumSender {
    queue: Producer<f32>,
}

impl SpectrumSender {
    /// Sends the mean of both channels; what finds no room is dropped.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn send(&mut self, left: &[f32], right: &[f32]) {
        for (left, right) in left.iter().zip(right) {
            if self.queue.push(0.5 * (left + right)).is_err() {
                return;
            }
        }
    }
}

/// The editor's end of the spectrum queue.
pub struct SpectrumReceiver {
    queue: Consumer<f32>,
}

impl SpectrumReceiver {
    /// Appends what has come to `samples`.
    pub fn receive(&mut self, samples: &mut Vec<f32>) {
        while let Ok(sample) = self.queue.pop() {
            samples.push(sample);
        }
    }
}

/// A queue of samples and its two ends.
pub fn spectrum_queue() -> (SpectrumSender, SpectrumReceiver) {
    let (producer, consumer) = RingBuffer::new(SPECTRUM_CAPACITY);
    (SpectrumSender { queue: producer }, SpectrumReceiver { queue: consumer })
}
