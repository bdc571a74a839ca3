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
mod polyphony;
mod sound;
mod strip;
mod tonal_voices;
mod voice;
mod wavetable;

#[cfg(test)]
mod tests;

use crate::tick::{Ticker, ranged};
use crate::{Settings, VoiceEvent, VoiceEventKind};
use bus::Bus;
use controllers::Controllers;
use drum_voices::DrumVoices;
use linnet_music::Part;
use strip::{Strip, Sums};
use tonal_voices::{TONAL_PARTS, TonalVoices};
use voice::Strike;
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
/// Which parts sound is decided before: of the strips, the voices read level, pan, send and sound.
#[derive(Debug)]
pub struct Voices {
    sample_rate_hz: f32,
    tables: Option<&'static Wavetables>,
    ticker: Ticker,
    tonal: TonalVoices,
    drums: DrumVoices,
    controllers: [Controllers; TONAL_PARTS],
    strips: [Strip; 4],
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
            serial: 0,
        }
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets. Allocates; the first call in a process takes some milliseconds.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        self.sample_rate_hz = sample_rate_hz as f32;
        self.tables = Some(Wavetables::shared());
        self.reset();
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
        self.drums.is_silent() && (0..TONAL_PARTS).all(|part| self.tonal.sounding(part).next().is_none())
    }

    /// Overwrites `dry` and `send`, left and right, with the next frames: as many as the shortest of them has. `send` is
    /// what goes to the reverb. Events beyond the end take effect behind it.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn render(
        &mut self,
        events: &[VoiceEvent],
        settings: &Settings,
        dry: [&mut [f32]; 2],
        send: [&mut [f32]; 2],
    ) {
        let mut sums = Sums { dry, send };
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
        let sound = settings.parts[index].sound;
        match self.controllers.get(index) {
            Some(controllers) => {
                let bend = controllers.now();
                self.tonal.start((index, sound), strike, bend, tables, self.sample_rate_hz);
            }
            None => self.drums.start(sound, strike, tables, self.sample_rate_hz),
        }
    }

    fn tick(&mut self, settings: &Settings) {
        for controllers in &mut self.controllers {
            controllers.tick(self.sample_rate_hz);
        }
        for (strip, part) in self.strips.iter_mut().zip(&settings.parts) {
            strip.tick(part, self.sample_rate_hz);
        }
        self.tonal.tick(&self.controllers.map(|controllers| controllers.now()));
        self.drums.tick();
    }

    fn render_chunk(&mut self, frames: usize, sums: &mut Sums) {
        let mut buses = [Bus::default(); 4];
        self.tonal.render(frames, &mut buses);
        self.drums.render(frames, &mut buses[Part::Drums.index()]);
        for (strip, bus) in self.strips.iter_mut().zip(&mut buses) {
            strip.mix(bus, sums);
        }
    }
}

impl Default for Voices {
    fn default() -> Self {
        Self::new()
    }
}
