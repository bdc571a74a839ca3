//! To the composer thread from every thread but the audio thread: orders.

use crate::audio_to_worker::Moment;
use crate::worker_to_audio::Start;
use crossbeam_channel::{Receiver as Channel, Sender as ChannelEnd};
use linnet_music::{Controls, IdeaId};
use std::path::PathBuf;

/// One order.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Load the models, if that has not happened: sent on the first activation.
    Prepare,
    /// Compose; a newer one cancels.
    Ask {
        /// The steering, complete.
        controls: Controls,
        /// Where the idea may start.
        start: Start,
        /// Where the transport stands, as the editor last saw it.
        at: Moment,
    },
    /// Stop composing.
    Cancel,
    /// Make an idea of the history current, and play it.
    Play {
        /// Which.
        idea: IdeaId,
        /// When it takes over.
        start: Start,
    },
    /// Play nothing.
    Silence,
    /// Forget what was heard.
    ForgetHeard,
    /// The session was replaced, by a loaded state or by undo: send its current idea to the audio thread.
    SessionReplaced,
    /// Use the ONNX runtime library in this file, or the built-in engine for none.
    UseRuntime(Option<PathBuf>),
    /// Use the models in this folder, or the built-in ones for none; also the "Try again" of the editor.
    UseModels(Option<PathBuf>),
    /// End the thread, within 100 ms.
    Quit,
}

/// The sending end.
pub type Sender = ChannelEnd<Order>;
/// The composer thread's end.
pub type Receiver = Channel<Order>;

/// A channel and its two ends.
pub fn channel() -> (Sender, Receiver) {
    crossbeam_channel::unbounded()
}
