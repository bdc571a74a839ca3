//! What the reverb does at every tick: all that glides is aimed anew.
//!
//! Runs on the audio thread.

use super::Reverb;
use super::absorption::{Decay, evening_gain};
use super::diffuser::Diffuser;
use super::network::{LINES, NetworkTick};
use super::room::Room;
use crate::settings::{ReverbSettings, ReverbType};
use crate::tick::{Ramp, ranged, share_per_tick};

impl Reverb {
    pub(super) fn tick(&mut self, settings: &ReverbSettings) {
        self.rest_when_quiet();
        self.low_cut.flush();
        if self.space.own().receive(self.sample_rate_hz) {
            self.settled_at = None;
        }
        // Nothing but the wandering goes on where everything has arrived; the rest takes longer than the reverb itself.
        if self.settled_at.as_ref() == Some(settings) {
            self.is_steady = self.is_steady || self.can_be_steady();
            return;
        }
        self.is_steady = false;
        if self.is_idle {
            // Nothing sounds that could click.
            self.forget_lengths();
            self.network_input = Ramp::default();
        }
        let is_space = settings.kind == ReverbType::Space;
        if !is_space {
            self.network_kind = settings.kind;
        }
        let room = Room::of(self.network_kind);
        let share = share_per_tick(Self::GLIDE_S, self.sample_rate_hz);
        self.tick_levels(room, settings, share);
        let scale = room.scale(ranged(settings.size, 0.0, 1.0), ranged(settings.decay_s, 0.1, 20.0));
        self.tick_lengths(room, settings, scale);
        self.tick_network(room, settings, scale, share);
        self.space.tick(is_space.then_some(settings.space), share);
        self.rest_network(is_space);
        self.settled_at = self.is_still().then_some(*settings);
    }

    /// Whether everything that glides has arrived.
    fn is_still(&self) -> bool {
        let ramps = [&self.reflections_gain, &self.network_gain, &self.width, &self.mix];
        ramps.into_iter().all(Ramp::is_still)
            && self.low_cut.is_still()
            && self.network_input.is_still()
            && self.pre_delay_lengths.are_still()
            && self.reflections.are_still()
            && self.diffusers.iter().all(Diffuser::is_still)
            && self.network.is_still()
            && self.space.is_still()
    }

    fn rest_when_quiet(&mut self) {
        if self.network.peak() >= Self::SILENCE {
            self.quiet_frames = 0;
        }
        let memory_frames = (Self::MEMORY_S * self.sample_rate_hz) as usize + self.space.tail_frames();
        if !self.is_idle && self.quiet_frames > memory_frames {
            self.clear();
        }
    }

    /// Puts the network to rest once a space has taken over, and wakes it, silent, when it is wanted again.
    fn rest_network(&mut self, is_space: bool) {
        let rests = is_space && self.network_gain.is_zero() && self.reflections_gain.is_zero();
        if rests && !std::mem::replace(&mut self.network_rests, rests) {
            self.clear_network();
        }
        self.network_rests = rests;
    }

    fn tick_levels(&mut self, room: &Room, settings: &ReverbSettings, share: f32) {
        let low_cut_hz = ranged(settings.low_cut_hz, 5.0, 2000.0);
        self.low_cut.tick(low_cut_hz, share, self.sample_rate_hz);
        let is_network = settings.kind != ReverbType::Space;
        self.network_input.aim(if is_network { 1.0 } else { 0.0 }, share);
        self.reflections_gain.aim(if is_network { room.reflections_gain } else { 0.0 }, share);
        self.width.aim(ranged(settings.width, 0.0, 1.0), share);
        self.mix.aim(ranged(settings.mix, 0.0, 1.0), share);
    }

    /// The next lengths count at once.
    pub(super) fn forget_lengths(&mut self) {
        self.pre_delay_lengths.forget();
        self.diffusers.iter_mut().for_each(Diffuser::forget_lengths);
        self.reflections.forget_lengths();
        self.network.forget_lengths();
        self.space.forget();
    }

    fn tick_lengths(&mut self, room: &Room, settings: &ReverbSettings, scale: f32) {
        let pre_delay_ms = ranged(settings.pre_delay_ms, 0.0, Self::PRE_DELAY_MS_MAX);
        self.pre_delay_lengths.aim([1 + (0.001 * pre_delay_ms * self.sample_rate_hz) as usize]);
        self.reflections.aim(room.reflections(scale, self.sample_rate_hz));
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
        let lengths = self.line_lengths(room, self.network_kind, scale);
        let is_network = settings.kind != ReverbType::Space;
        let evening = if is_network { evening_gain(&decay, &lengths, self.sample_rate_hz) } else { 0.0 };
        self.network_gain.aim(evening, share);
        self.network.tick(&NetworkTick {
            lengths,
            decay,
            share,
            wander_frames: 0.001 * scale.min(1.0) * room.wander_ms * self.sample_rate_hz,
            wander_hz: room.wander_hz,
        });
    }
}
