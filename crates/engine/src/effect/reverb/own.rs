//! A space of the user's: a response that comes from another thread in a box.
//!
//! Runs on the audio thread, but for [`OwnSpace::new`].

use crate::effect::convolution::{Convolver, Response};
use crate::tick::{Ramp, TICK_FRAMES};
use fearless_simd::{f32x16, prelude::*};
use linnet_handover::delivery::Receiver;

/// A response made ready for one sample rate, with all that its convolution needs.
#[derive(Debug)]
pub struct OwnSpace {
    response: Response,
    convolver: Convolver,
    sample_rate_hz: f32,
}

impl OwnSpace {
    /// That of these taps, left and right, at `sample_rate_hz`. What is not a finite number is taken for 0. Allocates.
    pub fn new(left: &[f32], right: &[f32], sample_rate_hz: f64) -> Self {
        let finite = |side: &[f32]| -> Vec<f32> {
            side.iter().map(|tap| if tap.is_finite() { *tap } else { 0.0 }).collect()
        };
        let response = Response::new(&finite(left), &finite(right));
        let convolver = Convolver::new(response.taps());
        Self { response, convolver, sample_rate_hz: sample_rate_hz as f32 }
    }

    /// How many taps it has.
    pub fn taps(&self) -> usize {
        self.response.taps()
    }
}

/// Where the user's space is: the one that is heard, and the next one, which waits until the former has faded out.
#[derive(Debug, Default)]
pub(super) struct OwnSlot {
    receiver: Option<Receiver<OwnSpace>>,
    here: Option<Box<OwnSpace>>,
    next: Option<Box<OwnSpace>>,
    gain: Ramp,
}

impl OwnSlot {
    /// Spaces come from there from now on.
    pub(super) fn listen_to(&mut self, receiver: Receiver<OwnSpace>) {
        self.receiver = Some(receiver);
    }

    /// The same for another `sample_rate_hz`: a space for the rate before goes back. Not for the audio thread.
    pub(super) fn prepared(mut self, sample_rate_hz: f32) -> Self {
        let is_other = |space: &mut Box<OwnSpace>| space.sample_rate_hz != sample_rate_hz;
        let stale = [self.here.take_if(is_other), self.next.take_if(is_other)];
        stale.into_iter().flatten().for_each(|space| self.give_back(space));
        if let Some(space) = &mut self.here {
            space.convolver.reset();
        }
        self.gain = Ramp::default();
        self
    }

    fn give_back(&mut self, space: Box<OwnSpace>) {
        match &mut self.receiver {
            Some(receiver) => receiver.give_back(space),
            // It came from nowhere else.
            None => std::mem::forget(space),
        }
    }

    /// Takes a space that has come. Whether there is one that waits.
    pub(super) fn receive(&mut self, sample_rate_hz: f32) -> bool {
        if self.next.is_none()
            && let Some(space) = self.receiver.as_mut().and_then(Receiver::receive)
        {
            if space.sample_rate_hz == sample_rate_hz {
                self.next = Some(space);
            } else {
                self.give_back(space);
            }
        }
        self.next.is_some()
    }

    /// Begins a tick: `share` of the way to the space, or to silence, is gone at its end; all where it `is_fresh`.
    pub(super) fn tick(&mut self, is_wanted: bool, is_fresh: bool, share: f32) {
        if (is_fresh || !self.is_heard())
            && let Some(next) = self.next.take()
            && let Some(before) = self.here.replace(next)
        {
            self.give_back(before);
        }
        let is_wanted = is_wanted && self.next.is_none() && self.here.is_some();
        if let Some(space) = self.here.as_mut().filter(|_| is_wanted && self.gain.is_zero()) {
            space.convolver.reset();
        }
        let gain = if is_wanted { 1.0 } else { 0.0 };
        if is_fresh {
            self.gain = Ramp::at(gain);
        } else {
            self.gain.aim(gain, share);
        }
    }

    /// Whether everything that fades has arrived.
    pub(super) fn is_still(&self) -> bool {
        self.gain.is_still() && self.next.is_none()
    }

    /// Whether it is heard in this tick.
    pub(super) fn is_heard(&self) -> bool {
        !self.gain.is_zero()
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        if let Some(space) = self.here.as_mut().filter(|_| !self.gain.is_zero()) {
            space.convolver.reset();
        }
    }

    /// For how many frames it sounds after the last input.
    pub(super) fn tail_frames(&self) -> usize {
        let heard = self.here.as_ref().filter(|_| self.is_heard());
        heard.map_or(0, |space| Convolver::tail_frames(&space.response))
    }

    /// Adds the next `frames` to `output`, left and right.
    #[inline(always)]
    pub(super) fn add<S: Simd>(
        &mut self,
        simd: S,
        input: [f32x16<S>; 2],
        frames: usize,
        output: &mut [f32x16<S>; 2],
    ) {
        let Some(space) = self.here.as_mut().filter(|_| !self.gain.is_zero()) else { return };
        let OwnSpace { response, convolver, .. } = &mut **space;
        convolve(simd, convolver, response, (input, self.gain.row(simd), frames), output);
    }

    /// Goes on by `frames` in which the gain glides.
    pub(super) fn skip_ramp(&mut self, frames: usize) {
        self.gain.skip(frames);
    }
}

/// Adds the next frames of a convolution to `output`: how much of the input goes in, and of what comes out, is `gain`.
#[inline(always)]
pub(super) fn convolve<S: Simd>(
    simd: S,
    convolver: &mut Convolver,
    response: &Response,
    (input, gain, frames): ([f32x16<S>; 2], f32x16<S>, usize),
    output: &mut [f32x16<S>; 2],
) {
    // What goes in is faded too: a sound that is cut off would be heard as a click in every reflection.
    let input = input.map(|side| (gain * side).to_array());
    let [mut left, mut right] = [[0.0; TICK_FRAMES]; 2];
    let wet = [&mut left[..frames], &mut right[..frames]];
    convolver.process(response, [&input[0][..frames], &input[1][..frames]], wet);
    output[0] += gain * f32x16::load_array(simd, left);
    output[1] += gain * f32x16::load_array(simd, right);
}
