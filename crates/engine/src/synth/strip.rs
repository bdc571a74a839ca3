//! The strip of a part: its level, its pan and its sends.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::oscillators::pan_gains;
use crate::settings::PartSettings;
use crate::tick::{Ramp, fader_gain, share_per_tick};

/// Where a strip adds its part: left and right of the dry sum and of what is sent to the effects, equally long.
pub(crate) struct Sums<'a> {
    /// To the EQ.
    pub(crate) dry: [&'a mut [f32]; 2],
    /// To the reverb, and to the delay.
    pub(crate) sends: [[&'a mut [f32]; 2]; 2],
}

impl Sums<'_> {
    /// Overwrites all with silence, and returns how many frames all of them have.
    pub(crate) fn clear(&mut self) -> usize {
        let channels = self.dry.iter_mut().chain(self.sends.iter_mut().flatten());
        channels
            .map(|channel| {
                channel.fill(0.0);
                channel.len()
            })
            .min()
            .unwrap_or(0)
    }

    /// The `frames` from `start` on; fewer where it has fewer.
    pub(crate) fn part(&mut self, start: usize, frames: usize) -> Sums<'_> {
        let sends = self.sends.each_mut().map(|send| part(send, start, frames));
        Sums { dry: part(&mut self.dry, start, frames), sends }
    }
}

fn part<'a>(audio: &'a mut [&mut [f32]; 2], start: usize, frames: usize) -> [&'a mut [f32]; 2] {
    audio.each_mut().map(|channel| channel.get_mut(start..start + frames).unwrap_or_default())
}

/// The gains of a part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strip {
    asked: Asked,
    targets: [f32; 4],
    gains: [Ramp; 2],
    sends: [Ramp; 2],
}

impl Strip {
    /// One that lets nothing through.
    pub(crate) const SHUT: Self =
        Self { asked: None, targets: [0.0; 4], gains: [Ramp::at(0.0); 2], sends: [Ramp::at(0.0); 2] };
}

/// What decides the gains: level and sends in dB, and pan.
type Asked = Option<[f32; 4]>;

impl Strip {
    /// Time constant of all its moves.
    const GLIDE_S: f32 = 0.015;

    /// The share of their way that they go in a tick.
    pub(crate) fn share(sample_rate_hz: f32) -> f32 {
        share_per_tick(Self::GLIDE_S, sample_rate_hz)
    }

    fn asked(settings: &PartSettings) -> [f32; 4] {
        [settings.level_db, settings.pan, settings.reverb_send_db, settings.delay_send_db]
    }

    /// Whether its gains stay as they are while `settings` do.
    pub(crate) fn is_settled(&self, settings: &PartSettings) -> bool {
        self.is_asked(settings) && self.is_still()
    }

    /// Whether `settings` are those that it follows.
    pub(crate) fn is_asked(&self, settings: &PartSettings) -> bool {
        self.asked == Some(Self::asked(settings))
    }

    /// Begins a tick: `share` of the way is gone by its end. The first after a reset takes the settings as they are.
    pub(crate) fn tick(&mut self, settings: &PartSettings, share: f32) {
        let asked = Self::asked(settings);
        // Angles and powers are too much for every tick.
        if self.asked != Some(asked) {
            self.asked = Some(asked);
            let level = fader_gain(settings.level_db);
            let [left, right] = pan_gains(settings.pan).map(|side| level * side);
            let [reverb, delay] = [settings.reverb_send_db, settings.delay_send_db].map(fader_gain);
            self.targets = [left, right, reverb, delay];
        }
        for (ramp, target) in self.gains.iter_mut().chain(&mut self.sends).zip(self.targets) {
            ramp.aim(target, share);
        }
    }

    /// Adds the first frames of `bus` to `sums`.
    pub(crate) fn mix(&mut self, bus: &mut Bus, sums: &mut Sums) {
        let frames = sums.dry[0].len();
        let (left, right) = bus.split(frames);
        for (side, (gain, input)) in self.gains.iter().zip([left, right]).enumerate() {
            for (frame, (sample, dry)) in input.iter_mut().zip(sums.dry[side].iter_mut()).enumerate() {
                *sample *= gain.after(frame);
                *dry += *sample;
            }
            for (gain, send) in self.sends.iter().zip(&mut sums.sends).filter(|(gain, _)| !gain.is_zero()) {
                for (frame, (sample, send)) in input.iter().zip(send[side].iter_mut()).enumerate() {
                    *send += gain.after(frame) * *sample;
                }
            }
        }
        self.skip(frames);
    }

    /// The gains left and right after `frames`, and those of the sends.
    #[inline(always)]
    pub(crate) fn after(&self, frames: usize) -> [f32; 4] {
        let [left, right] = self.gains.each_ref().map(|gain| gain.after(frames));
        let [reverb, delay] = self.sends.each_ref().map(|send| send.after(frames));
        [left, right, reverb, delay]
    }

    /// Whether anything goes to the delay in this tick.
    pub(crate) fn is_delayed(&self) -> bool {
        !self.sends[1].is_zero()
    }

    /// Whether the gains stay as they are throughout this tick.
    pub(crate) fn is_still(&self) -> bool {
        self.gains.iter().chain(&self.sends).all(Ramp::is_still)
    }

    /// Goes on by `frames` that do not pass here.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.gains.iter_mut().chain(&mut self.sends).for_each(|ramp| ramp.skip(frames));
    }
}
