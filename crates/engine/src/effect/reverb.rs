//! The reverb: low cut → pre-delay → diffusers → feedback delay network, and early reflections beside it; or, for a space,
//! low cut → pre-delay → convolution.
//!
//! Runs on the audio thread. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators",
//! 90th AES Convention, 1991.

mod absorption;
mod diffuser;
mod low_cut;
mod network;
mod own;
mod reflections;
mod room;
mod space;
mod spaces;
mod steady;
mod ticks;
mod wander;

#[cfg(test)]
mod tests;

use super::delay_lines::{DelayLines, Lengths};
use crate::lanes::Wide;
use crate::settings::{ReverbSettings, ReverbType};
use crate::tick::{Ramp, TICK_FRAMES, Ticker};
use diffuser::Diffuser;
use fearless_simd::{Level, dispatch, f32x16, prelude::*};
use linnet_handover::delivery::Receiver;
use low_cut::LowCut;
pub use own::OwnSpace;

use network::{LINES, Network};
use reflections::Reflections;
use room::{DIFFUSERS, Room};
use space::Space;
use std::f32::consts::FRAC_1_SQRT_2;

/// The reverb.
#[derive(Debug)]
pub struct Reverb {
    sample_rate_hz: f32,
    ticker: Ticker,
    low_cut: LowCut,
    pre_delay: DelayLines<2>,
    pre_delay_lengths: Lengths<1>,
    diffusers: [Diffuser; DIFFUSERS],
    reflections: Reflections,
    reflections_gain: Ramp,
    network: Network,
    network_gain: Ramp,
    /// How much of the input goes to reflections and network, in [0, 1].
    network_input: Ramp,
    /// Whether the network and what belongs to it are silent, and nothing is computed for them.
    network_rests: bool,
    /// The last type that was not a space: it fades out, and comes back.
    network_kind: ReverbType,
    space: Space,
    width: Ramp,
    mix: Ramp,
    /// The lengths of the network's lines, and for which type and scale they were computed.
    lengths: [usize; LINES],
    built: Option<(ReverbType, f32)>,
    /// What the processor can do.
    level: Level,
    /// Whether nothing glides, and whole ticks take the short way of [`steady`].
    is_steady: bool,
    /// The settings at which everything has arrived.
    settled_at: Option<ReverbSettings>,
    /// For how long nothing came in and the network was silent.
    quiet_frames: usize,
    is_idle: bool,
    /// Ticks that passed at rest, in which the lines have not wandered yet.
    skipped_ticks: usize,
}

impl Reverb {
    /// What counts as silence: −120 dB.
    const SILENCE: f32 = 1e-6;
    /// Longer than anything takes from the input to the last line, in seconds.
    const MEMORY_S: f32 = 0.6;
    /// The longest pre-delay, in ms.
    const PRE_DELAY_MS_MAX: f32 = 250.0;
    /// Time constant of all moves but those of lengths.
    const GLIDE_S: f32 = 0.03;
    /// Input beyond ± this is brought here: no real sum of parts comes near.
    const INPUT_MAX: f32 = 1e3;
    /// Input within ± this is taken for 0.
    const INPUT_MIN: f32 = 1e-12;
    /// What goes into each line, so that all sixteen together get the energy of both sides.
    const LINE_INPUT_GAIN: f32 = 0.5 * FRAC_1_SQRT_2;
    /// The decay of a diffuser is at most this share of the network's.
    const DIFFUSER_SHARE_OF_DECAY: f32 = 0.4;
    /// Sampling rates below get delay lines as for this one.
    const SAMPLE_RATE_HZ_MIN: f32 = 1000.0;

    /// One for 48,000 Hz, without spaces until [`Self::prepare`]. Allocates.
    pub fn new() -> Self {
        // A host that only looks at the plug-in must not wait for what it does not hear.
        Self::at(48_000.0, Space::none())
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets. Allocates; the first call in a process at a rate takes some
    /// milliseconds.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        let own = std::mem::take(self.space.own()).prepared(sample_rate_hz as f32);
        let sample_rate_hz = sample_rate_hz as f32;
        *self = Self::at(sample_rate_hz, Space::new(sample_rate_hz));
        *self.space.own() = own;
    }

    /// The user's spaces come from there from now on, made ready for the sample rate. Not for the audio thread.
    pub fn listen_to(&mut self, spaces: Receiver<OwnSpace>) {
        self.space.own().listen_to(spaces);
    }

    fn at(sample_rate_hz: f32, space: Space) -> Self {
        let frames = |ms: f32| (0.001 * ms * sample_rate_hz.max(Self::SAMPLE_RATE_HZ_MIN)) as usize + 8;
        let diffuser = || Diffuser::new(frames(1.1 * Room::DIFFUSER_MS_MAX), sample_rate_hz);
        Self {
            sample_rate_hz,
            ticker: Ticker::default(),
            low_cut: LowCut::default(),
            pre_delay: DelayLines::new(frames(Self::PRE_DELAY_MS_MAX)),
            pre_delay_lengths: Lengths::new(sample_rate_hz),
            diffusers: std::array::from_fn(|_| diffuser()),
            reflections: Reflections::new(frames(Room::REFLECTION_MS_MAX), sample_rate_hz),
            reflections_gain: Ramp::default(),
            network: Network::new(frames(Room::LINE_MS_MAX), sample_rate_hz),
            network_gain: Ramp::default(),
            network_input: Ramp::default(),
            network_rests: false,
            network_kind: ReverbType::Hall,
            space,
            width: Ramp::default(),
            mix: Ramp::default(),
            lengths: [0; LINES],
            built: None,
            level: Level::new(),
            is_steady: false,
            settled_at: None,
            quiet_frames: 0,
            is_idle: true,
            skipped_ticks: 0,
        }
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: Level) {
        self.level = level;
        self.space.limit_to(level);
    }

    /// Ends every tail. The next settings count at once, without a glide.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.clear();
        self.ticker = Ticker::default();
        self.low_cut.reset();
        self.forget_lengths();
        self.diffusers.iter_mut().for_each(Diffuser::reset);
        self.reflections_gain = Ramp::default();
        self.network.reset();
        self.network_gain = Ramp::default();
        self.network_input = Ramp::default();
        (self.network_rests, self.network_kind) = (false, ReverbType::Hall);
        (self.width, self.mix) = (Ramp::default(), Ramp::default());
        self.settled_at = None;
        self.skipped_ticks = 0;
    }

    /// Silence in all that sounds.
    fn clear(&mut self) {
        self.is_steady = false;
        self.low_cut.clear();
        self.pre_delay.clear();
        self.clear_network();
        self.space.clear();
        self.is_idle = true;
        self.quiet_frames = 0;
    }

    fn clear_network(&mut self) {
        self.diffusers.iter_mut().for_each(Diffuser::clear);
        self.reflections.clear();
        self.network.clear();
    }

    /// Whether nothing sounds until the next input.
    pub fn is_silent(&self) -> bool {
        self.is_idle
    }

    /// Adds the reverb of `send` to `audio`, left and right: as many frames as the shortest has. Input that is not a
    /// finite number is taken for 0.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn process(&mut self, send: [&[f32]; 2], audio: [&mut [f32]; 2], settings: &ReverbSettings) {
        if self.skipped_ticks > 0 {
            self.catch_up();
        }
        dispatch!(self.level, simd => self.process_all(simd, send, audio, settings));
    }

    #[inline(always)]
    fn process_all<S: Simd>(
        &mut self,
        simd: S,
        send: [&[f32]; 2],
        [left, right]: [&mut [f32]; 2],
        settings: &ReverbSettings,
    ) {
        let frames = left.len().min(right.len()).min(send[0].len()).min(send[1].len());
        let mut first = 0;
        while first < frames {
            if self.ticker.is_due() {
                self.tick(settings);
                self.network.go_on(simd, 1);
            }
            let mut chunk = self.ticker.chunk(frames - first);
            if !self.is_steady {
                chunk = chunk.min(self.frames_max());
            }
            let within = first..first + chunk;
            let send = [&send[0][within.clone()], &send[1][within.clone()]];
            let audio = [&mut left[within.clone()], &mut right[within]];
            if self.is_steady && chunk == TICK_FRAMES {
                self.steady(simd, send, audio);
            } else {
                self.chunk(send, audio);
            }
            self.ticker.advance(chunk);
            first += chunk;
        }
    }

    /// How many frames are computed side by side at most: none of them may hear another one.
    fn frames_max(&self) -> usize {
        let shortest =
            self.diffusers.iter().map(Diffuser::frames_max).fold(self.network.frames_max(), usize::min);
        shortest.clamp(1, TICK_FRAMES)
    }

    /// At most a tick, and at most [`Self::frames_max`].
    fn chunk(&mut self, send: [&[f32]; 2], audio: [&mut [f32]; 2]) {
        let frames = send[0].len();
        let mut input = [Wide::ZERO; 2];
        for (row, send) in input.iter_mut().zip(send) {
            for (sample, send) in row.0.iter_mut().zip(send) {
                *sample = clean(*send);
            }
        }
        let is_quiet = |frame: &usize| input[0].0[*frame] == 0.0 && input[1].0[*frame] == 0.0;
        // What is silent before the first sound takes no part.
        let first = if self.is_idle { (0..frames).take_while(is_quiet).count() } else { 0 };
        self.skip_ramps(first);
        if first == frames {
            return;
        }
        self.is_idle = false;
        let quiet = (first..frames).rev().take_while(is_quiet).count();
        self.quiet_frames = if quiet == frames - first { self.quiet_frames + quiet } else { quiet };
        if first > 0 {
            for row in &mut input {
                row.0.rotate_left(first);
            }
        }
        let mut wet = [Wide::ZERO; 2];
        dispatch!(self.level, simd => {
            self.low_cut.process(simd, &mut input, frames - first);
            self.reverberate(simd, &input, frames - first, &mut wet);
        });
        self.skip_ramps(frames - first);
        for (audio, wet) in audio.into_iter().zip(&wet) {
            for (sample, wet) in audio[first..].iter_mut().zip(wet.0) {
                *sample += wet;
            }
        }
    }

    fn skip_ramps(&mut self, frames: usize) {
        let ramps = [&mut self.reflections_gain, &mut self.network_gain, &mut self.width, &mut self.mix];
        for ramp in ramps.into_iter().chain([&mut self.network_input]) {
            ramp.skip(frames);
        }
        self.low_cut.skip(frames);
        self.space.skip_ramps(frames);
    }

    /// Overwrites `wet` with the next `frames`.
    #[inline(always)]
    fn reverberate<S: Simd>(&mut self, simd: S, input: &[Wide; 2], frames: usize, wet: &mut [Wide; 2]) {
        let delayed = self.delay(simd, [input[0].load(simd), input[1].load(simd)], frames);
        let mut sum = [f32x16::splat(simd, 0.0); 2];
        if !self.network_rests {
            sum = self.resound(simd, delayed, frames);
        }
        if !self.space.is_silent() {
            self.space.add(simd, delayed, frames, &mut sum);
        }
        let [left, right] = sum;
        let half = f32x16::splat(simd, 0.5);
        let (mid, side) = (half * (left + right), half * self.width.row(simd) * (left - right));
        let mix = self.mix.row(simd);
        wet[0].store(mix * (mid + side));
        wet[1].store(mix * (mid - side));
    }

    /// Reflections and network.
    #[inline(always)]
    fn resound<S: Simd>(&mut self, simd: S, delayed: [f32x16<S>; 2], frames: usize) -> [f32x16<S>; 2] {
        // What goes in is faded too: a sound that is cut off would be heard as a click in every reflection.
        let presence = self.network_input.row(simd);
        let delayed = delayed.map(|side| presence * side);
        let early = self.reflections.next(simd, delayed, frames, !self.reflections_gain.is_zero());
        let gain = f32x16::splat(simd, Self::LINE_INPUT_GAIN);
        let mut diffused = [gain * delayed[0], gain * delayed[1]];
        for diffuser in &mut self.diffusers {
            diffused = diffuser.next(simd, diffused, frames);
        }
        let late = self.network.next(simd, diffused, frames);
        let (early_gain, late_gain) = (self.reflections_gain.row(simd), self.network_gain.row(simd));
        [0, 1].map(|side: usize| early_gain * early[side] + late_gain * late[side])
    }

    #[inline(always)]
    fn delay<S: Simd>(&mut self, simd: S, mut rows: [f32x16<S>; 2], frames: usize) -> [f32x16<S>; 2] {
        for (side, row) in rows.iter_mut().enumerate() {
            self.pre_delay.write(side, *row, frames);
            // A delay of one frame is what has just been written.
            *row = self.pre_delay_lengths.read(simd, (side, 0), &self.pre_delay, 1);
        }
        self.pre_delay.advance(frames);
        self.pre_delay_lengths.advance(frames);
        rows
    }

    /// Whether silence would change nothing but the time.
    pub(crate) fn is_at_rest(&self, settings: &ReverbSettings) -> bool {
        self.is_idle && self.settled_at.as_ref() == Some(settings)
    }

    /// Goes on by `frames` of silence, at rest.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.skipped_ticks += self.ticker.skip(frames);
    }

    /// The lines wander on for the ticks that were skipped.
    fn catch_up(&mut self) {
        let ticks = std::mem::take(&mut self.skipped_ticks);
        dispatch!(self.level, simd => self.network.go_on(simd, ticks));
    }
}

impl Default for Reverb {
    fn default() -> Self {
        Self::new()
    }
}

/// A sample that the network can bear: finite, and 0 where it is too small to hear, so that nothing denormal enters.
fn clean(sample: f32) -> f32 {
    let is_sound = sample.is_finite() && sample.abs() > Reverb::INPUT_MIN;
    if is_sound { sample.clamp(-Reverb::INPUT_MAX, Reverb::INPUT_MAX) } else { 0.0 }
}
