//! The short fade of voices that are choked or stolen.
//!
//! Runs on the audio thread.

/// A fade-out in the shape of an S, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fade {
    /// The part of its time that is left, in [0, 1].
    left: f32,
    step: f32,
}

impl Fade {
    /// Short enough to be at once, long enough to be no click.
    const LENGTH_S: f32 = 0.006;

    /// Not fading.
    pub(crate) fn none() -> Self {
        Self { left: 1.0, step: 0.0 }
    }

    /// Begins, unless it has begun.
    pub(crate) fn start(&mut self, sample_rate_hz: f32) {
        self.step = 1.0 / (Self::LENGTH_S * sample_rate_hz).max(1.0);
    }

    /// Whether it has begun.
    pub(crate) fn is_running(self) -> bool {
        self.step > 0.0
    }

    /// Whether nothing is left.
    pub(crate) fn has_ended(self) -> bool {
        self.left <= 0.0
    }

    /// The level, in [0, 1].
    pub(crate) fn level(self) -> f32 {
        self.left * self.left * (3.0 - 2.0 * self.left)
    }

    /// The level of the next frame.
    #[inline]
    pub(crate) fn next(&mut self) -> f32 {
        self.left = (self.left - self.step).max(0.0);
        self.level()
    }
}
