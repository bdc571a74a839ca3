//! The strip of a part: its level, its pan and its send.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::oscillators::pan_gains;
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
    asked: Asked,
    targets: [f32; 3],
    gains: [Ramp; 2],
    send: Ramp,
}

/// What decides the gains: level and send in dB, and pan.
type Asked = Option<[f32; 3]>;

impl Strip {
    /// Time constant of all its moves.
    const GLIDE_S: f32 = 0.015;

    /// The share of their way that they go in a tick.
    pub(crate) fn share(sample_rate_hz: f32) -> f32 {
        share_per_tick(Self::GLIDE_S, sample_rate_hz)
    }

    fn asked(settings: &PartSettings) -> [f32; 3] {
        [settings.level_db, settings.pan, settings.reverb_send_db]
    }

    /// Whether its gains stay as they are while `settings` do.
    pub(crate) fn is_settled(&self, settings: &PartSettings) -> bool {
        self.asked == Some(Self::asked(settings)) && self.is_still()
    }

    /// Begins a tick: `share` of the way is gone by its end. The first after a reset takes the settings as they are.
    pub(crate) fn tick(&mut self, settings: &PartSettings, share: f32) {
        let asked = Self::asked(settings);
        // Angles and powers are too much for every tick.
        if self.asked != Some(asked) {
            self.asked = Some(asked);
            let level = fader_gain(settings.level_db);
            let [left, right] = pan_gains(settings.pan).map(|side| level * side);
            self.targets = [left, right, fader_gain(settings.reverb_send_db)];
        }
        let [left, right] = &mut self.gains;
        for (ramp, target) in [left, right, &mut self.send].into_iter().zip(self.targets) {
            ramp.aim(target, share);
        }
    }

    /// Adds the first frames of `bus` to `sums`.
    pub(crate) fn mix(&mut self, bus: &mut Bus, sums: &mut Sums) {
        let frames = sums.dry[0].len();
        let (left, right) = bus.split(frames);
        let Sums { dry: [dry_left, dry_right], send: [send_left, send_right] } = sums;
        let sides = [(left, dry_left, send_left), (right, dry_right, send_right)];
        for (gain, (input, dry, send)) in self.gains.iter().zip(sides) {
            let outputs = input.iter().zip(dry.iter_mut()).zip(send.iter_mut());
            for (frame, ((input, dry), send)) in outputs.enumerate() {
                let output = *input * gain.after(frame);
                *dry += output;
                *send += self.send.after(frame) * output;
            }
        }
        self.skip(frames);
    }

    /// The gains left and right after `frames`, and that of the send.
    #[inline(always)]
    pub(crate) fn after(&self, frames: usize) -> [f32; 3] {
        [self.gains[0].after(frames), self.gains[1].after(frames), self.send.after(frames)]
    }

    /// Whether the gains stay as they are throughout this tick.
    pub(crate) fn is_still(&self) -> bool {
        self.gains.iter().chain([&self.send]).all(Ramp::is_still)
    }

    /// Goes on by `frames` that do not pass here.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.gains.iter_mut().chain([&mut self.send]).for_each(|ramp| ramp.skip(frames));
    }
}
