//! The reverb as a convolution with the response of a space.
//!
//! Runs on the audio thread, but for `new`.

use super::own::{OwnSlot, convolve};
use super::spaces::responses;
use crate::effect::convolution::{Convolver, Response};
use crate::settings::SpaceType;
use crate::tick::Ramp;
use fearless_simd::{f32x16, prelude::*};
use std::sync::Arc;

/// One of two convolutions: while one fades out, the other fades in.
#[derive(Debug)]
struct Slot {
    convolver: Convolver,
    space: SpaceType,
    gain: Ramp,
}

impl Slot {
    fn new(taps_max: usize) -> Self {
        Self { convolver: Convolver::new(taps_max), space: SpaceType::Chapel, gain: Ramp::at(0.0) }
    }

    fn is_heard(&self) -> bool {
        !self.gain.is_zero()
    }
}

/// The convolutions.
#[derive(Debug)]
pub(super) struct Space {
    responses: Arc<[Response]>,
    slots: [Slot; 2],
    /// The slot that fades in, or is there.
    current: usize,
    own: OwnSlot,
    /// What is wanted counts at once, without a fade.
    is_fresh: bool,
    is_still: bool,
}

impl Space {
    /// Silent ones. Allocates.
    pub(super) fn new(sample_rate_hz: f32) -> Self {
        Self::of(responses(sample_rate_hz))
    }

    /// No space at all: what is wanted stays silent. Allocates.
    pub(super) fn none() -> Self {
        Self::of([].into())
    }

    fn of(responses: Arc<[Response]>) -> Self {
        let taps_max = responses.iter().map(Response::taps).max().unwrap_or(0);
        let slots = [(); 2].map(|()| Slot::new(taps_max));
        Self { responses, slots, current: 0, own: OwnSlot::default(), is_fresh: true, is_still: true }
    }

    /// Where the user's space is.
    pub(super) fn own(&mut self) -> &mut OwnSlot {
        &mut self.own
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(super) fn limit_to(&mut self, level: fearless_simd::Level) {
        self.slots.iter_mut().for_each(|slot| slot.convolver.limit_to(level));
    }

    /// Silence in all that sounds.
    pub(super) fn clear(&mut self) {
        self.slots.iter_mut().filter(|slot| slot.is_heard()).for_each(|slot| slot.convolver.reset());
        self.own.clear();
    }

    /// What is wanted next counts at once: nothing sounds that could click.
    pub(super) fn forget(&mut self) {
        self.is_fresh = true;
    }

    /// Begins a tick: `share` of the way to the space that is `wanted`, if any, is gone at its end.
    pub(super) fn tick(&mut self, wanted: Option<SpaceType>, share: f32) {
        let is_fresh = std::mem::take(&mut self.is_fresh);
        self.own.tick(wanted == Some(SpaceType::Own), is_fresh, share);
        let wanted = wanted.filter(|space| *space != SpaceType::Own);
        if let Some(space) = wanted {
            self.turn_to(space, is_fresh);
        }
        let (current, mut is_still) = (self.current, true);
        for (number, slot) in self.slots.iter_mut().enumerate() {
            let is_wanted = number == current && wanted == Some(slot.space);
            let gain = if is_wanted { 1.0 } else { 0.0 };
            if is_fresh {
                slot.gain = Ramp::at(gain);
            } else {
                slot.gain.aim(gain, share);
            }
            is_still &= slot.gain.is_still();
        }
        // While a third space waits for the second to be gone, there is more to come.
        self.is_still = is_still
            && self.own.is_still()
            && wanted.is_none_or(|space| self.slots[self.current].space == space);
    }

    /// Takes the other slot for `space`, as soon as it is free.
    fn turn_to(&mut self, space: SpaceType, is_fresh: bool) {
        let is_there = self.slots[self.current].space == space;
        let own_is_free = !self.slots[self.current].is_heard();
        if is_there && !own_is_free {
            return;
        }
        let other = 1 - self.current;
        let next = if own_is_free { self.current } else { other };
        let slot = &mut self.slots[next];
        if slot.is_heard() && !is_fresh {
            return;
        }
        slot.convolver.reset();
        (slot.space, self.current) = (space, next);
    }

    /// Whether everything that fades has arrived.
    pub(super) fn is_still(&self) -> bool {
        self.is_still
    }

    /// Whether none is heard throughout this tick.
    pub(super) fn is_silent(&self) -> bool {
        !self.own.is_heard() && !self.slots.iter().any(Slot::is_heard)
    }

    /// For how many frames it sounds after the last input.
    pub(super) fn tail_frames(&self) -> usize {
        let heard = self.slots.iter().filter(|slot| slot.is_heard());
        let tails =
            heard.filter_map(|slot| self.responses.get(slot.space.index())).map(Convolver::tail_frames);
        tails.max().unwrap_or(0).max(self.own.tail_frames())
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
        for slot in self.slots.iter_mut().filter(|slot| slot.is_heard()) {
            let Some(response) = self.responses.get(slot.space.index()) else { continue };
            let gain = slot.gain.row(simd);
            convolve(simd, &mut slot.convolver, response, (input, gain, frames), output);
        }
        self.own.add(simd, input, frames, output);
    }

    /// Goes on by `frames` in which the gains glide.
    pub(super) fn skip_ramps(&mut self, frames: usize) {
        self.slots.iter_mut().for_each(|slot| slot.gain.skip(frames));
        self.own.skip_ramp(frames);
    }
}
