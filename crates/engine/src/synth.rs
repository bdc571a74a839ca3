//! The instruments: every part's sounds, played by voices.
//!
//! Runs on the audio thread. Events take effect exactly at their frame; everything slower moves at the control rate
//! ([`crate::tick`]), so that any split into blocks gives the same sound.

pub mod bank;
pub(crate) mod bus;
mod controllers;
mod drum_sound;
mod drum_voice;
mod drum_voices;
mod envelope;
pub(crate) mod fade;
mod held_keys;
mod kit;
mod lane_sums;
mod noise;
pub(crate) mod oscillators;
mod own_sounds;
mod playing;
pub(crate) mod polyphony;
pub mod sound;
mod stage;
mod strip;
mod tonal_voices;
pub(crate) mod voice;
mod voice_group;
mod wave;
mod wavetable;

#[cfg(test)]
mod tests;

use crate::sampler::{Kernels, PartInstrument, Players, Surroundings};
use crate::tick::{Ticker, ranged};
use crate::{Settings, VoiceEvent, VoiceEventKind};
use bus::Bus;
use controllers::Controllers;
use drum_voices::DrumVoices;
use held_keys::HeldKeys;
use linnet_handover::delivery::Receiver;
use linnet_music::Part;
pub use own_sounds::PartSound;
use stage::Stage;
use strip::{Strip, Sums};
use tonal_voices::{TONAL_PARTS, TonalVoices};
use voice::{Bend, Strike};
use wavetable::Wavetables;

/// All voices of all parts: 64 of each, and as many of its sampled instrument.
///
/// Which parts sound is decided before: of the strips, the voices read level, pan, sends and sound.
#[derive(Debug)]
pub struct Voices {
    sample_rate_hz: f32,
    tables: Option<&'static Wavetables>,
    kernels: Option<&'static Kernels>,
    ticker: Ticker,
    tonal: TonalVoices,
    drums: DrumVoices,
    players: Players,
    own_sounds: own_sounds::OwnSounds,
    controllers: [Controllers; TONAL_PARTS],
    held: [HeldKeys; TONAL_PARTS],
    stages: [Stage; 4],
    strips: [Strip; 4],
    /// The shares of their ways that they go in a tick.
    controllers_share: f32,
    strips_share: f32,
    /// Counts the note-ons since the reset.
    serial: u32,
}

impl Voices {
    /// Voices that are silent until [`Self::prepare`]. Allocates.
    pub fn new() -> Self {
        Self {
            sample_rate_hz: 48_000.0,
            tables: None,
            kernels: None,
            ticker: Ticker::default(),
            tonal: TonalVoices::new(),
            drums: DrumVoices::new(),
            players: Players::new(),
            own_sounds: own_sounds::OwnSounds::default(),
            controllers: Default::default(),
            held: Default::default(),
            stages: [Stage::new(); 4],
            strips: Default::default(),
            controllers_share: 1.0,
            strips_share: 1.0,
            serial: 0,
        }
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets. Allocates; the first call in a process takes some milliseconds.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        self.sample_rate_hz = sample_rate_hz as f32;
        self.controllers_share = Controllers::share(self.sample_rate_hz);
        self.strips_share = Strip::share(self.sample_rate_hz);
        self.tables = Some(Wavetables::shared());
        self.kernels = Some(Kernels::shared());
        self.reset();
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: fearless_simd::Level) {
        self.tonal.limit_to(level);
    }

    /// Sampled instruments come from `receiver`. Called before the audio thread begins.
    pub fn take_instruments_from(&mut self, receiver: Receiver<PartInstrument>) {
        self.players.take_from(receiver);
    }

    /// The user's own presets come from `receiver`. Called before the audio thread begins.
    pub fn take_sounds_from(&mut self, receiver: Receiver<PartSound>) {
        self.own_sounds.take_from(receiver);
    }

    /// Takes the sampled instruments and presets that have come, and sends back what nothing plays any more.
    ///
    /// # Realtime safety
    /// Wait-free.
    pub fn receive_instruments(&mut self) {
        self.players.receive();
        self.own_sounds.receive();
    }

    /// Silence, controllers at rest.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.ticker = Ticker::default();
        self.tonal.reset();
        self.drums.reset();
        self.players.reset();
        self.controllers = Default::default();
        self.held = Default::default();
        self.stages = [Stage::new(); 4];
        self.strips = Default::default();
        self.serial = 0;
    }

    /// Whether nothing sounds until the next note-on.
    pub fn is_silent(&self) -> bool {
        self.drums.is_silent()
            && self.tonal.is_silent()
            && self.players.are_silent()
            && self.stages.iter().all(Stage::is_silent)
    }

    /// Whether nothing changes but the time until the next event.
    pub(crate) fn is_at_rest(&self, settings: &Settings) -> bool {
        self.is_silent() && self.is_settled(settings)
    }

    /// Whether nothing glides any more.
    fn is_settled(&self, settings: &Settings) -> bool {
        self.controllers.iter().all(Controllers::are_still)
            && self.strips.iter().zip(&settings.parts).all(|(strip, part)| strip.is_settled(part))
            && self.stages.iter().zip(&settings.parts).all(|(stage, part)| stage.is_settled(part))
    }

    /// The same where they were at rest and no event came since.
    pub(crate) fn stay_at_rest(&self, settings: &Settings) -> bool {
        self.strips.iter().zip(&settings.parts).all(|(strip, part)| strip.is_asked(part))
            && self.stages.iter().zip(&settings.parts).all(|(stage, part)| stage.is_settled(part))
    }

    /// Goes on by `frames` of silence, at rest.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.ticker.skip(frames);
    }

    /// Overwrites `dry` and `sends`, left and right, with the next frames: as many as the shortest of them has. `sends` are
    /// what goes to the reverb and what goes to the delay. Events beyond the end take effect behind it.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn render(
        &mut self,
        events: &[VoiceEvent],
        settings: &Settings,
        dry: [&mut [f32]; 2],
        sends: [[&mut [f32]; 2]; 2],
    ) {
        let mut sums = Sums { dry, sends };
        let frames = sums.clear();
        let (mut frame, mut events) = (0, events);
        let mut is_steady = self.is_steady(settings);
        while frame < frames {
            let later = self.apply_until(frame, events, settings);
            if later.len() < events.len() {
                is_steady = self.is_steady(settings);
            }
            events = later;
            if self.ticker.is_due() {
                if is_steady {
                    self.tick_tonal();
                } else {
                    self.tick(settings);
                }
            }
            let next_event = events.first().map_or(frames, |event| frames.min(event.frame as usize));
            let chunk = self.ticker.chunk(next_event - frame);
            let mut sums = sums.part(frame, chunk);
            if is_steady {
                let [lead, chords, bass, _] = &self.strips;
                self.tonal.render(self.ticker.place(), [lead, chords, bass], [false; 3], &mut sums);
            } else {
                self.render_chunk(chunk, &mut sums);
            }
            self.ticker.advance(chunk);
            frame += chunk;
        }
        self.apply_until(usize::MAX, events, settings);
    }

    /// Whether until the next event only voices of parts with pitch move, and go straight into the sums.
    fn is_steady(&self, settings: &Settings) -> bool {
        self.drums.is_silent()
            && self.players.are_silent()
            && self.is_settled(settings)
            && !self.stages.iter().any(Stage::is_active)
    }

    /// Applies the events up to `frame`, and returns the others.
    fn apply_until<'a>(
        &mut self,
        frame: usize,
        events: &'a [VoiceEvent],
        settings: &Settings,
    ) -> &'a [VoiceEvent] {
        let due = events.iter().take_while(|event| event.frame as usize <= frame).count();
        let (now, later) = events.split_at(due);
        for event in now {
            self.apply(event, settings);
        }
        later
    }

    fn apply(&mut self, event: &VoiceEvent, settings: &Settings) {
        let part = event.part.index();
        match event.kind {
            VoiceEventKind::NoteOn { key, velocity, note } => {
                let velocity = ranged(velocity, 0.0, 1.0);
                self.serial = self.serial.wrapping_add(1);
                self.start(event.part, Strike { key, velocity, note, serial: self.serial }, settings);
            }
            VoiceEventKind::NoteOff { note } => self.release(part, note, settings),
            VoiceEventKind::Choke { note } => self.choke(part, note),
            VoiceEventKind::Controller { number, value } => {
                self.controllers_of(event.part, |controllers| controllers.set(number, value));
            }
            VoiceEventKind::PitchBend { value } => {
                self.controllers_of(event.part, |controllers| controllers.set_bend(value));
            }
            VoiceEventKind::AllOff => {
                if event.part == Part::Drums {
                    self.drums.choke_all();
                }
                self.tonal.choke_all(part);
                self.players.parts[part].choke_all();
                if let Some(held) = self.held.get_mut(part) {
                    held.clear();
                }
                self.controllers_of(event.part, Controllers::rest);
            }
        }
    }

    fn controllers_of(&mut self, part: Part, change: impl FnOnce(&mut Controllers)) {
        if let Some(controllers) = self.controllers.get_mut(part.index()) {
            change(controllers);
        }
    }

    /// What the sampled voices of part number `part` meet.
    fn surroundings(&self, part: usize) -> Option<Surroundings> {
        let bend = self.controllers.get(part).map_or_else(Bend::default, Controllers::now);
        Some(Surroundings { sample_rate_hz: self.sample_rate_hz, bend, kernels: self.kernels? })
    }

    fn tick(&mut self, settings: &Settings) {
        for controllers in &mut self.controllers {
            controllers.tick(self.controllers_share);
        }
        for (strip, part) in self.strips.iter_mut().zip(&settings.parts) {
            strip.tick(part, self.strips_share);
        }
        for (stage, part) in self.stages.iter_mut().zip(&settings.parts) {
            stage.tick(part, self.strips_share, self.sample_rate_hz);
        }
        self.tick_tonal();
        self.drums.tick(&settings.pieces, self.strips_share);
        for part in 0..self.players.parts.len() {
            if let Some(around) = self.surroundings(part) {
                self.players.parts[part].tick(&around);
            }
        }
    }

    fn tick_tonal(&mut self) {
        let [lead, chords, bass] = &self.controllers;
        self.tonal.tick(&[lead.now(), chords.now(), bass.now()]);
    }

    fn render_chunk(&mut self, frames: usize, sums: &mut Sums) {
        // Voices go straight into the sums, unless their part has something to pass before.
        let is_apart = |part: usize| self.stages[part].is_active();
        let are_apart: [bool; TONAL_PARTS] = std::array::from_fn(is_apart);
        let strips: [&Strip; TONAL_PARTS] =
            std::array::from_fn(|part| if are_apart[part] { &Strip::SHUT } else { &self.strips[part] });
        self.tonal.render(self.ticker.place(), strips, are_apart, sums);
        let has_tones = !self.tonal.is_silent();
        for (part, strip) in self.strips.iter_mut().enumerate() {
            let (player, stage) = (&mut self.players.parts[part], &mut self.stages[part]);
            let has_drums = part == Part::Drums.index() && !self.drums.is_silent();
            let has_tones = has_tones && are_apart.get(part).is_some_and(|is_apart| *is_apart);
            if player.is_silent() && !has_drums && !has_tones && stage.is_silent() {
                strip.skip(frames);
                continue;
            }
            let mut bus = Bus::default();
            if has_tones {
                self.tonal.add_apart(part, frames, &mut bus);
            }
            if has_drums {
                self.drums.render(frames, &mut bus);
            }
            player.render(frames, &mut bus);
            if stage.is_active() {
                stage.process(&mut bus, frames);
            }
            strip.mix(&mut bus, sums);
        }
    }
}

impl Default for Voices {
    fn default() -> Self {
        Self::new()
    }
}
