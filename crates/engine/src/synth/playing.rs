//! How a part answers its keys: many notes at once, or one that follows them.
//!
//! Runs on the audio thread.

use super::Voices;
use super::bank;
use super::sound::{Playing, Sound};
use super::voice::{Start, Strike};
use crate::Settings;
use linnet_music::Part;

impl Voices {
    /// A note-on.
    pub(super) fn start(&mut self, part: Part, strike: Strike, settings: &Settings) {
        let Some(tables) = self.tables else { return };
        if self.plays_instrument(part.index(), settings) {
            if let Some(around) = self.surroundings(part.index()) {
                self.players.parts[part.index()].start(strike, &around);
            }
            return;
        }
        let number = settings.parts[part.index()].sound;
        match self.sound(part, number) {
            Some(sound) => self.press(part, strike, &sound),
            None => self.drums.start((number, &settings.pieces), strike, tables, self.sample_rate_hz),
        }
    }

    /// What new notes of `part` sound like under this number: the user's own preset where there is one, or the bank's.
    /// None for the drums.
    fn sound(&self, part: Part, number: usize) -> Option<Sound> {
        let own = self.own_sounds.of(part).filter(|_| number == bank::OWN_PRESET);
        own.or_else(|| bank::sound(part, number).copied())
    }

    /// Whether new notes of part number `part` go to its sampled instrument: where it has one and is told to play it.
    fn plays_instrument(&self, part: usize, settings: &Settings) -> bool {
        settings.parts[part].sound == bank::OWN_INSTRUMENT && self.players.parts[part].has_instrument()
    }

    /// A key of a part with pitch is pressed.
    fn press(&mut self, part: Part, strike: Strike, sound: &Sound) {
        let playing = playing(part, sound);
        if playing == Playing::Poly {
            return self.strike(part.index(), strike, sound, 0.0);
        }
        let Some(held) = self.held.get_mut(part.index()) else { return };
        let was_held = held.newest().is_some();
        held.press(strike);
        self.follow(part, strike, sound, was_held);
    }

    /// The one note of a part goes over to `strike`.
    fn follow(&mut self, part: Part, strike: Strike, sound: &Sound, was_held: bool) {
        let (index, Some(tables)) = (part.index(), self.tables) else { return };
        let Some(held) = self.held.get_mut(index) else { return };
        let last = held.follow(strike.key).unwrap_or(strike.key);
        let is_legato = playing(part, sound) == Playing::Legato;
        if is_legato && was_held && self.tonal.retune(index, &strike, tables) {
            return;
        }
        let glides = sound.glide_s > 0.0 && (was_held || !is_legato);
        let from_octaves = if glides { (f32::from(last) - f32::from(strike.key)) / 12.0 } else { 0.0 };
        self.tonal.choke_all(index);
        self.strike(index, strike, sound, from_octaves);
    }

    /// A voice starts.
    fn strike(&mut self, part: usize, strike: Strike, sound: &Sound, from_octaves: f32) {
        let (Some(tables), Some(controllers)) = (self.tables, self.controllers.get(part)) else { return };
        let (bend, place) = (controllers.now(), self.ticker.gone());
        let sample_rate_hz = self.sample_rate_hz;
        self.tonal.start(strike, &Start { part, sound, bend, from_octaves, tables, sample_rate_hz, place });
    }

    /// A note-off. Where one note follows the keys, it returns to the newest that is still held.
    pub(super) fn release(&mut self, part: usize, note: u32, settings: &Settings) {
        self.players.parts[part].release(note);
        let Some(held) = self.held.get_mut(part) else { return self.tonal.release(part, note) };
        let sounding = held.newest().map(|strike| strike.note);
        let was_held = held.remove(note);
        let next = held.newest().filter(|_| was_held && sounding == Some(note));
        let of_part = Part::ALL.get(part).copied();
        let sound =
            of_part.and_then(|part| Some((part, self.sound(part, settings.parts[part.index()].sound)?)));
        match next.zip(sound) {
            Some((strike, (part, sound))) if playing(part, &sound) != Playing::Poly => {
                self.serial = self.serial.wrapping_add(1);
                self.follow(part, Strike { serial: self.serial, ..strike }, &sound, true);
            }
            _ => self.tonal.release(part, note),
        }
    }

    /// A note ends as fast as it can without a click.
    pub(super) fn choke(&mut self, part: usize, note: u32) {
        if let Some(held) = self.held.get_mut(part) {
            held.remove(note);
        }
        if part == Part::Drums.index() {
            self.drums.choke(note);
        }
        self.tonal.choke(part, note);
        self.players.parts[part].choke(note);
    }
}

/// How `part` plays `sound`: chords are always many notes.
fn playing(part: Part, sound: &Sound) -> Playing {
    if part == Part::Chords { Playing::Poly } else { sound.playing }
}
