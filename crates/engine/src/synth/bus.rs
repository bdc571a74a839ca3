//! A stereo sum of voices, as long as a tick.
//!
//! Runs on the audio thread.

use crate::tick::TICK_FRAMES;

/// Left and right.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bus {
    left: [f32; TICK_FRAMES],
    right: [f32; TICK_FRAMES],
}

impl Bus {
    /// The first `frames` ≤ [`TICK_FRAMES`] of both channels.
    pub(crate) fn split(&mut self, frames: usize) -> (&mut [f32], &mut [f32]) {
        let frames = frames.min(TICK_FRAMES);
        (&mut self.left[..frames], &mut self.right[..frames])
    }
}
