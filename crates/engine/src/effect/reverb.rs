//! The reverb: low cut → pre-delay → diffusers → feedback delay network, and early reflections beside it.
//!
//! Runs on the audio thread. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators",
//! 90th AES Convention, 1991.

mod absorption;
mod delay;
mod diffuser;
mod network;
mod room;

#[cfg(test)]
mod tests;

use crate::settings::{ReverbSettings, ReverbType};
use crate::svf::{Solution, Svf, tuning};
use crate::tick::{Ramp, Ticker, ranged, share_per_tick};
use absorption::Decay;
use delay::{DelayLines, Lengths};
use diffuser::Diffuser;
use network::{LINES, Network, NetworkTick};
use room::{DIFFUSERS, REFLECTIONS, Room};
use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

/// The reverb.
#[derive(Debug)]
pub struct Reverb {
    sample_rate_hz: f32,
    ticker: Ticker,
    low_cut: Svf,
    low_cut_tuning: Ramp,
    pre_delay: DelayLines<2>,
    pre_delay_lengths: Lengths<1>,
    diffusers: [Diffuser; DIFFUSERS],
    reflections: DelayLines<2>,
    reflection_lengths: Lengths<REFLECTIONS>,
    reflections_gain: Ramp,
    network: Network,
    network_gain: Ramp,
    width: Ramp,
    mix: Ramp,
    /// The lengths of the network's lines, and for which type and scale they were computed.
    lengths: [usize; LINES],
    built: Option<(ReverbType, f32)>,
    /// For how long nothing came in and the network was silent.
    quiet_frames: usize,
    is_idle: bool,
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
    /// What goes into each line, so that all sixteen together get the energy of both sides.
    const LINE_INPUT_GAIN: f32 = 0.5 * FRAC_1_SQRT_2;
    /// The decay of a diffuser is at most this share of the network's.
    const DIFFUSER_SHARE_OF_DECAY: f32 = 0.4;
    /// Sampling rates below get delay lines as for this one.
    const SAMPLE_RATE_HZ_MIN: f32 = 1000.0;

    /// One for 48,000 Hz. Allocates.
    pub fn new() -> Self {
        Self::at(48_000.0)
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets. Allocates.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        *self = Self::at(sample_rate_hz as f32);
    }

    fn at(sample_rate_hz: f32) -> Self {
        let frames = |ms: f32| (0.001 * ms * sample_rate_hz.max(Self::SAMPLE_RATE_HZ_MIN)) as usize + 8;
        let diffuser = || Diffuser::new(frames(1.1 * Room::DIFFUSER_MS_MAX), sample_rate_hz);
        Self {
            sample_rate_hz,
            ticker: Ticker::default(),
            low_cut: Svf::default(),
            low_cut_tuning: Ramp::default(),
            pre_delay: DelayLines::new(frames(Self::PRE_DELAY_MS_MAX)),
            pre_delay_lengths: Lengths::new(sample_rate_hz),
            diffusers: std::array::from_fn(|_| diffuser()),
            reflections: DelayLines::new(frames(Room::REFLECTION_MS_MAX)),
            reflection_lengths: Lengths::new(sample_rate_hz),
            reflections_gain: Ramp::default(),
            network: Network::new(frames(Room::LINE_MS_MAX), sample_rate_hz),
            network_gain: Ramp::default(),
            width: Ramp::default(),
            mix: Ramp::default(),
            lengths: [0; LINES],
            built: None,
            quiet_frames: 0,
            is_idle: true,
        }
    }

    /// Ends every tail. The next settings count at once, without a glide.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.clear();
        self.ticker = Ticker::default();
        self.low_cut_tuning = Ramp::default();
        self.pre_delay_lengths = Lengths::new(self.sample_rate_hz);
        self.diffusers.iter_mut().for_each(|diffuser| diffuser.reset(self.sample_rate_hz));
        self.reflection_lengths = Lengths::new(self.sample_rate_hz);
        self.reflections_gain = Ramp::default();
        self.network.reset();
        self.network_gain = Ramp::default();
        (self.width, self.mix) = (Ramp::default(), Ramp::default());
    }

    /// Silence in all that sounds.
    fn clear(&mut self) {
        self.low_cut = Svf::default();
        self.pre_delay.clear();
        self.diffusers.iter_mut().for_each(Diffuser::clear);
        self.reflections.clear();
        self.network.clear();
        self.is_idle = true;
        self.quiet_frames = 0;
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
        let sends = send[0].iter().zip(send[1]);
        let [left, right] = audio;
        for ((send_left, send_right), (left, right)) in sends.zip(left.iter_mut().zip(right)) {
            if self.ticker.is_due() {
                self.tick(settings);
            }
            self.ticker.advance(1);
            let output = self.frame([clean(*send_left), clean(*send_right)]);
            *left += output[0];
            *right += output[1];
        }
    }

    #[inline]
    fn frame(&mut self, send: [f32; 2]) -> [f32; 2] {
        let (tuning, reflections_gain, network_gain) =
            (self.low_cut_tuning.next(), self.reflections_gain.next(), self.network_gain.next());
        let (width, mix) = (self.width.next(), self.mix.next());
        let is_quiet = send == [0.0; 2];
        if self.is_idle && is_quiet {
            return [0.0; 2];
        }
        self.is_idle = false;
        self.quiet_frames = if is_quiet { self.quiet_frames + 1 } else { 0 };
        let cut = self.cut_lows(send, tuning);
        let delayed = self.delay(cut);
        let early = self.reflect(delayed);
        let diffused = self.diffuse(delayed);
        let late = self.network.next(diffused);
        let wet = [0, 1].map(|side| reflections_gain * early[side] + network_gain * late[side]);
        let (mid, side) = (0.5 * (wet[0] + wet[1]), 0.5 * width * (wet[0] - wet[1]));
        [mix * (mid + side), mix * (mid - side)]
    }

    #[inline]
    fn cut_lows(&mut self, input: [f32; 2], tuning: f32) -> [f32; 2] {
        let outputs = self.low_cut.step(input, Solution::new(tuning, SQRT_2));
        [0, 1].map(|side| input[side] - SQRT_2 * outputs.band[side] - outputs.low[side])
    }

    #[inline]
    fn delay(&mut self, input: [f32; 2]) -> [f32; 2] {
        self.pre_delay_lengths.advance();
        self.pre_delay.push(input);
        [0, 1].map(|side| self.pre_delay_lengths.read(0, |length| self.pre_delay.read(side, length)))
    }

    #[inline]
    fn reflect(&mut self, input: [f32; 2]) -> [f32; 2] {
        self.reflection_lengths.advance();
        let mut sum = [0.0; 2];
        if !self.reflections_gain.is_zero() {
            for index in 0..REFLECTIONS {
                let read = |length| self.reflections.read(index % 2, length);
                sum[index % 2] += Room::reflection_gain(index) * self.reflection_lengths.read(index, read);
            }
        }
        self.reflections.push(input);
        sum
    }

    #[inline]
    fn diffuse(&mut self, input: [f32; 2]) -> [f32; 2] {
        let scaled = input.map(|sample| Self::LINE_INPUT_GAIN * sample);
        self.diffusers.iter_mut().fold(scaled, |frame, diffuser| diffuser.next(frame))
    }

    fn tick(&mut self, settings: &ReverbSettings) {
        self.rest_when_quiet();
        self.low_cut.flush();
        let room = Room::of(settings.kind);
        let share = share_per_tick(Self::GLIDE_S, self.sample_rate_hz);
        self.tick_levels(room, settings, share);
        let scale = room.scale(ranged(settings.size, 0.0, 1.0), ranged(settings.decay_s, 0.1, 20.0));
        self.tick_lengths(room, settings, scale);
        self.tick_network(room, settings, scale, share);
    }

    fn rest_when_quiet(&mut self) {
        if self.network.peak() >= Self::SILENCE {
            self.quiet_frames = 0;
        }
        if !self.is_idle && self.quiet_frames as f32 > Self::MEMORY_S * self.sample_rate_hz {
            self.clear();
        }
    }

    fn tick_levels(&mut self, room: &Room, settings: &ReverbSettings, share: f32) {
        let low_cut_hz = ranged(settings.low_cut_hz, 5.0, 2000.0);
        self.low_cut_tuning.aim(tuning(low_cut_hz, self.sample_rate_hz), share);
        self.reflections_gain.aim(room.reflections_gain, share);
        self.width.aim(ranged(settings.width, 0.0, 1.0), share);
        self.mix.aim(ranged(settings.mix, 0.0, 1.0), share);
    }

    fn tick_lengths(&mut self, room: &Room, settings: &ReverbSettings, scale: f32) {
        let pre_delay_ms = ranged(settings.pre_delay_ms, 0.0, Self::PRE_DELAY_MS_MAX);
        self.pre_delay_lengths.aim([1 + (0.001 * pre_delay_ms * self.sample_rate_hz) as usize]);
        self.reflection_lengths.aim(room.reflections(scale, self.sample_rate_hz));
    }

    /// The lengths of the network's lines, computed anew only where the room has changed: sixteen powers are too much for
    /// every tick.
    fn line_lengths(&mut self, room: &Room, kind: ReverbType, scale: f32) -> [usize; LINES] {
        if self.built != Some((kind, scale)) {
            self.lengths = room.lines(scale, self.sample_rate_hz);
            self.built = Some((kind, scale));
        }
        self.lengths
    }

    fn tick_network(&mut self, room: &Room, settings: &ReverbSettings, scale: f32, share: f32) {
        let time_s = ranged(settings.decay_s, 0.1, 20.0);
        let decay = Decay {
            time_s,
            highs_share: room.highs_share,
            damping_hz: ranged(settings.damping_hz, 100.0, 24_000.0),
        };
        for (index, diffuser) in self.diffusers.iter_mut().enumerate() {
            let lengths = room.diffuser(index, scale, self.sample_rate_hz);
            // A diffuser must die away well before the network does.
            let own = Decay { time_s: Self::DIFFUSER_SHARE_OF_DECAY * time_s, ..decay };
            let gain = room.diffusion.min(own.gain(lengths[1] as f32, self.sample_rate_hz));
            diffuser.tick(lengths, gain, share);
        }
        let lengths = self.line_lengths(room, settings.kind, scale);
        self.network_gain.aim(evening_gain(&decay, &lengths, self.sample_rate_hz), share);
        self.network.tick(&NetworkTick {
            lengths,
            decay,
            share,
            wander_frames: 0.001 * scale.min(1.0) * room.wander_ms * self.sample_rate_hz,
            wander_hz: room.wander_hz,
        });
    }
}

impl Default for Reverb {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes half of the difference in energy, in dB, between short decays and long ones: the sum of all passes through the
/// network is 1 / (1 − gain²).
fn evening_gain(decay: &Decay, lengths: &[usize], sample_rate_hz: f32) -> f32 {
    let mean = lengths.iter().sum::<usize>() as f32 / lengths.len() as f32;
    let gain = decay.gain(mean, sample_rate_hz);
    (1.0 - gain * gain).sqrt().sqrt()
}

/// A sample that the network can bear: finite, and 0 where it is too small to hear, so that nothing denormal enters.
fn clean(sample: f32) -> f32 {
    let is_sound = sample.is_finite() && sample.abs() > 1e-12;
    if is_sound { sample.clamp(-Reverb::INPUT_MAX, Reverb::INPUT_MAX) } else { 0.0 }
}
