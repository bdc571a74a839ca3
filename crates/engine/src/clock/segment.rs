//! A stretch of steady time within a block.
//!
//! Runs on the audio thread.

use super::grid::Grid;
use linnet_handover::audio_to_worker::Moment;
use linnet_music::{Beats, Tempo};

/// Half a frame, and a little more: an onset exactly between two frames falls to the later one in every division into
/// blocks, though the host's positions are rounded (CLAP's to 2^-31 beats, about 1e-5 frames).
pub(crate) const HALF_FRAME: f64 = 0.5 + 1e-4;

/// Whose time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Timeline {
    /// The host's transport, which runs.
    Host,
    /// The engine's own clock.
    #[default]
    Own,
}

/// A stretch of a block in which time runs steadily.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Segment {
    /// First frame.
    pub(crate) first: u32,
    /// Frame behind the last.
    pub(crate) end: u32,
    /// Position at `first`, in beats.
    pub(crate) beat: f64,
    /// Speed.
    pub(crate) beats_per_frame: f64,
    /// Start and end of the positions whose events fall into this stretch, in beats.
    pub(crate) due: (f64, f64),
    /// Whose time it is.
    pub(crate) timeline: Timeline,
    /// Whether ideas sound: the transport runs, or there is none, or the user auditions.
    pub(crate) plays: bool,
    /// Whether this is not where the stretch before ended.
    pub(crate) jumped: bool,
    /// Whether an audition begins here.
    pub(crate) audition_begins: bool,
    /// The bar lines.
    pub(crate) grid: Grid,
    /// The tempo.
    pub(crate) tempo: Tempo,
}

impl Segment {
    /// The frame nearest to `beat`, which may lie behind the stretch, but not before it.
    pub(crate) fn frame_near(&self, beat: f64) -> u32 {
        let offset = ((beat - self.beat) / self.beats_per_frame + HALF_FRAME).floor();
        // A cast saturates, so that no position is out of range.
        self.first.saturating_add(offset as u32)
    }

    /// The frame of the stretch nearest to `beat`.
    pub(crate) fn frame_at(&self, beat: f64) -> u32 {
        self.within(self.frame_near(beat))
    }

    /// The frame of the stretch nearest to `frame`.
    pub(crate) fn within(&self, frame: u32) -> u32 {
        frame.min(self.end.saturating_sub(1)).max(self.first)
    }

    /// The position of `frame`, in beats.
    pub(crate) fn beat_at(&self, frame: u32) -> f64 {
        self.beat + f64::from(frame.saturating_sub(self.first)) * self.beats_per_frame
    }

    /// Half a frame, in beats.
    pub(crate) fn half_frame(&self) -> f64 {
        HALF_FRAME * self.beats_per_frame
    }

    /// What the composer thread is told about `beat`.
    pub(crate) fn moment(&self, beat: f64) -> Moment {
        Moment {
            position: Beats(beat),
            bar_start: Beats(self.grid.bar_line_before(beat)),
            tempo: self.tempo,
            metre: self.grid.metre(),
            playing: self.timeline == Timeline::Host,
        }
    }
}
