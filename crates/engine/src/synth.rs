//! The instruments: every part's sounds, played by voices.
//!
//! Runs on the audio thread. Events take effect exactly at their frame; everything slower moves at the control rate
//! ([`crate::tick`]), so that any split into blocks gives the same sound.

mod bus;
mod controllers;
mod drum_sound;
mod drum_voice;
mod drum_voices;
mod envelope;
mod fade;
mod kit;
mod lane_sums;
mod oscillators;
mod polyphony;
mod sound;
mod strip;
mod tonal_voices;
mod voice;
mod voice_group;
mod wavetable;

#[cfg(test)]
mod tests;

use crate::tick::{Ticker, ranged};
use crate::{Settings, VoiceEvent, VoiceEventKind};
use bus::Bus;
use controllers::Controllers;
use drum_voices::DrumVoices;
use linnet_music::Part;
use sound::sound_of;
use strip::{Strip, Sums};
use tonal_voices::{TONAL_PARTS, TonalVoices};
use voice::{Start, Strike};
use wavetable::Wavetables;

/// The names of each part's sounds, by [`linnet_music::Part`] and then by [`crate::settings::PartSettings::sound`].
pub const SOUND_NAMES: [[&str; 3]; 4] = [
    ["Tine piano", "Soft saw", "Glass flute"],
    ["Felt upright", "Warm pad", "Clean strings"],
    ["Round bass", "Sub", "Plucked bass"],
    ["Brush kit", "Room kit", "Electric kit"],
];

/// All voices of all parts: 64 with pitch, 32 of the kit.
///
/// Which parts sound is decided before: of the strips, the voices read level, pan, sends and sound.
#[derive(Debug)]
pub struct Voices {
    sample_rate_hz: f32,
    tables: Option<&'static Wavetables>,
    ticker: Ticker,
    tonal: TonalVoices,
    drums: DrumVoices,
    controllers: [Controllers; TONAL_PARTS],
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
            ticker: Ticker::default(),
            tonal: TonalVoices::new(),
            drums: DrumVoices::new(),
            controllers: Default::default(),
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
        self.reset();
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: fearless_simd::Level) {
        self.tonal.limit_to(level);
    }

    /// Silence, controllers at rest.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.ticker = Ticker::default();
        self.tonal.reset();
        self.drums.reset();
        self.controllers = Default::default();
        self.strips = Default::default();
        self.serial = 0;
    }

    /// Whether nothing sounds until the next note-on.
    pub fn is_silent(&self) -> bool {
        self.drums.is_silent() && self.tonal.is_silent()
    }

    /// Whether nothing changes but the time until the next event.
    pub(crate) fn is_at_rest(&self, settings: &Settings) -> bool {
        self.is_silent()
            && self.controllers.iter().all(Controllers::are_still)
            && self.strips.iter().zip(&settings.parts).all(|(strip, part)| strip.is_settled(part))
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
        while frame < frames {
            events = self.apply_until(frame, events, settings);
            if self.ticker.is_due() {
                self.tick(settings);
            }
            let next_event = events.first().map_or(frames, |event| frames.min(event.frame as usize));
            let chunk = self.ticker.chunk(next_event - frame);
            self.render_chunk(chunk, &mut sums.part(frame, chunk));
            self.ticker.advance(chunk);
            frame += chunk;
        }
        self.apply_until(usize::MAX, events, settings);
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
            VoiceEventKind::NoteOff { note } => self.tonal.release(part, note),
            VoiceEventKind::Choke { note } if event.part == Part::Drums => self.drums.choke(note),
            VoiceEventKind::Choke { note } => self.tonal.choke(part, note),
            VoiceEventKind::Controller { number, value } => {
                self.controllers_of(event.part, |controllers| controllers.set(number, value));
            }
            VoiceEventKind::PitchBend { value } => {
                self.controllers_of(event.part, |controllers| controllers.set_bend(value));
            }
            VoiceEventKind::AllOff if event.part == Part::Drums => self.drums.choke_all(),
            VoiceEventKind::AllOff => {
                self.tonal.choke_all(part);
                self.controllers_of(event.part, Controllers::rest);
            }
        }
    }

    fn controllers_of(&mut self, part: Part, change: impl FnOnce(&mut Controllers)) {
        if let Some(controllers) = self.controllers.get_mut(part.index()) {
            change(controllers);
        }
    }

    fn start(&mut self, part: Part, strike: Strike, settings: &Settings) {
        let Some(tables) = self.tables else { return };
        let index = part.index();
        let (number, sample_rate_hz) = (settings.parts[index].sound, self.sample_rate_hz);
        match self.controllers.get(index).zip(sound_of(index, number)) {
            Some((controllers, sound)) => {
                let (bend, place) = (controllers.now(), self.ticker.gone());
                self.tonal.start(strike, &Start { part: index, sound, bend, tables, sample_rate_hz, place });
            }
            None => self.drums.start(number, strike, tables, sample_rate_hz),
        }
    }

    fn tick(&mut self, settings: &Settings) {
        for controllers in &mut self.controllers {
            controllers.tick(self.controllers_share);
        }
        for (strip, part) in self.strips.iter_mut().zip(&settings.parts) {
            strip.tick(part, self.strips_share);
        }
        self.tonal.tick(&self.controllers.map(|controllers| controllers.now()));
        self.drums.tick();
    }

    fn render_chunk(&mut self, frames: usize, sums: &mut Sums) {
        let [lead, chords, bass, drums] = &mut self.strips;
        self.tonal.render(self.ticker.place(), &[*lead, *chords, *bass], sums);
        if self.drums.is_silent() {
            drums.skip(frames);
        } else {
            let mut bus = Bus::default();
            self.drums.render(frames, &mut bus);
            drums.mix(&mut bus, sums);
        }
        for strip in [lead, chords, bass] {
            strip.skip(frames);
        }
    }
}

impl Default for Voices {
    fn default() -> Self {
        Self::new()
    }
}
