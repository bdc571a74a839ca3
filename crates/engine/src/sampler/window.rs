//! The frames of a sample around a place, with the loop laid end to end.
//!
//! Runs on the audio thread.

use super::kernels::{Kernel, TAPS_MAX};

/// What of a sample can be heard from where a voice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The first frame of the zone, and the first behind it.
    pub(crate) frames: [usize; 2],
    /// The first frame of the loop, and the first behind it.
    pub(crate) loop_frames: [usize; 2],
    /// Whether the voice will go back to the loop's start at its end.
    pub(crate) will_loop: bool,
    /// Whether the voice came from the loop's end.
    pub(crate) has_looped: bool,
}

impl Reach {
    /// The frames that lie as they are: from the first on, up to the second.
    fn plain(&self) -> [usize; 2] {
        let start = if self.has_looped { self.loop_frames[0] } else { self.frames[0] };
        let end = if self.will_loop { self.loop_frames[1] } else { self.frames[1] };
        [start, end]
    }

    /// Where the frame lies that is heard as number `frame`; none is silence.
    fn place(&self, frame: isize) -> Option<usize> {
        let [start, end] = self.loop_frames.map(|frame| frame as isize);
        let length = (end - start).max(1);
        let is_behind = self.will_loop && frame >= end;
        let is_before = self.has_looped && frame < start;
        let frame = if is_behind || is_before { start + (frame - start).rem_euclid(length) } else { frame };
        let place = usize::try_from(frame).ok()?;
        (self.frames[0]..self.frames[1]).contains(&place).then_some(place)
    }
}

/// The value of `channel` at `position` in frames ≥ 0, by `kernel`.
#[inline(always)]
pub(crate) fn interpolate(channel: &[f32], reach: &Reach, kernel: &Kernel, position: f64) -> f32 {
    let frame = position as usize;
    let fraction = position - frame as f64;
    let taps = kernel.taps();
    let [start, end] = reach.plain();
    // The kernel's first tap, from the plain frames' first one on.
    let first = (frame + 1).checked_sub(taps / 2).filter(|first| *first >= start && first + taps <= end);
    match first.and_then(|first| channel.get(first..first + taps)) {
        Some(window) => kernel.apply(window, fraction),
        None => joined(channel, reach, kernel, frame, fraction),
    }
}

/// The same where the kernel reaches over an end of the plain frames.
#[inline(never)]
fn joined(channel: &[f32], reach: &Reach, kernel: &Kernel, frame: usize, fraction: f64) -> f32 {
    let mut window = [0.0; TAPS_MAX];
    let taps = kernel.taps();
    let first = frame as isize + 1 - (taps / 2) as isize;
    for (tap, value) in window[..taps].iter_mut().enumerate() {
        let place = reach.place(first + tap as isize);
        *value = place.and_then(|place| channel.get(place)).copied().unwrap_or(0.0);
    }
    kernel.apply(&window[..taps], fraction)
}
