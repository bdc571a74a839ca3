//! The strip of a part: its level, its pan and its send.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::voice::pan_gains;
use crate::settings::PartSettings;
use crate::tick::{Ramp, fader_gain, share_per_tick};

/// Where a strip adds its part: left and right of the dry sum and of what goes to the reverb, equally long.
pub(crate) struct Sums<'a> {
    /// To the EQ.
    pub(crate) dry: [&'a mut [f32]; 2],
    /// To the reverb.
    pub(crate) send: [&'a mut [f32]; 2],
}

impl Sums<'_> {
    /// Overwrites all with silence, and returns how many frames all of them have.
    pub(crate) fn clear(&mut self) -> usize {
        let channels = self.dry.iter_mut().chain(&mut self.send);
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
        Sums { dry: part(&mut self.dry, start, frames), send: part(&mut self.send, start, frames) }
    }
}

fn part<'a>(audio: &'a mut [&mut [f32]; 2], start: usize, frames: usize) -> [&'a mut [f32]; 2] {
    audio.each_mut().map(|channel| channel.get_mut(start..start + frames).unwrap_or_default())
}

/// The gains of a part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strip {
    gains: [Ramp; 2],
    send: Ramp,
}

impl Strip {
    /// Time constant of all its moves.
    const GLIDE_S: f32 = 0.015;

    /// Begins a tick. The first after a reset takes the settings as they are.
    pub(crate) fn tick(&mut self, settings: &PartSettings, sample_rate_hz: f32) {
        let share = share_per_tick(Self::GLIDE_S, sample_rate_hz);
        let level = fader_gain(settings.level_db);
        for (gain, side) in self.gains.iter_mut().zip(pan_gains(settings.pan)) {
            gain.aim(level * side, share);
        }
        self.send.aim(fader_gain(settings.reverb_send_db), share);
    }

    /// Adds the first frames of `bus` to `sums`.
    pub(crate) fn mix(&mut self, bus: &mut Bus, sums: &mut Sums) {
        let frames = sums.dry[0].len();
        let (left, right) = bus.split(frames);
        for frame in 0..left.len() {
            let send = self.send.next();
            let output = [left[frame] * self.gains[0].next(), right[frame] * self.gains[1].next()];
            for (channel, output) in output.into_iter().enumerate() {
                sums.dry[channel][frame] += output;
                sums.send[channel][frame] += send * output;
            }
        }
    }
}
