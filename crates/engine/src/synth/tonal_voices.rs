//! The voices of lead, chords and bass.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::polyphony::{Polyphonic, place_for_note};
use super::sound::sound_of;
use super::voice::{Bend, Strike, Voice};
use super::wavetable::Wavetables;

/// The parts that have pitch, by index.
pub(crate) const TONAL_PARTS: usize = 3;

/// A voice and its part.
#[derive(Clone, Copy, Debug)]
struct Place {
    part: usize,
    voice: Voice,
}

/// The voices, which all three parts share.
#[derive(Debug)]
pub(crate) struct TonalVoices {
    places: Box<[Place]>,
}

impl TonalVoices {
    /// Notes that sound at once.
    const SOUNDING_MAX: usize = 64;
    /// Places for notes that fade.
    const FADING_MAX: usize = 32;

    /// All free. Allocates.
    pub(crate) fn new() -> Self {
        let free = Place { part: 0, voice: Voice::free() };
        Self { places: vec![free; Self::SOUNDING_MAX + Self::FADING_MAX].into() }
    }

    /// All free.
    pub(crate) fn reset(&mut self) {
        self.places.fill(Place { part: 0, voice: Voice::free() });
    }

    /// Starts a note of `part` with its sound number `sound`.
    pub(crate) fn start(
        &mut self,
        (part, sound): (usize, usize),
        strike: Strike,
        bend: Bend,
        tables: &'static Wavetables,
        sample_rate_hz: f32,
    ) {
        let Some(sound) = sound_of(part, sound) else { return };
        if let Some(place) = place_for_note(&mut self.places, Self::SOUNDING_MAX) {
            *place = Place { part, voice: Voice::start(sound, strike, bend, tables, sample_rate_hz) };
        }
    }

    /// Releases a note.
    pub(crate) fn release(&mut self, part: usize, note: u32) {
        self.notes(part, note).for_each(Voice::release);
    }

    /// Ends a note as fast as it can without a click.
    pub(crate) fn choke(&mut self, part: usize, note: u32) {
        self.notes(part, note).for_each(Voice::choke);
    }

    /// The same for all notes of `part`.
    pub(crate) fn choke_all(&mut self, part: usize) {
        let of_part = self.places.iter_mut().filter(|place| place.part == part);
        of_part.for_each(|place| place.voice.choke());
    }

    fn notes(&mut self, part: usize, note: u32) -> impl Iterator<Item = &mut Voice> {
        let voices =
            self.places.iter_mut().filter(move |place| place.part == part).map(|place| &mut place.voice);
        voices.filter(move |voice| !voice.is_free() && voice.note() == note)
    }

    /// The voices of `part` that sound, those that fade among them.
    pub(crate) fn sounding(&self, part: usize) -> impl Iterator<Item = &Voice> {
        let of_part = self.places.iter().filter(move |place| place.part == part);
        of_part.map(|place| &place.voice).filter(|voice| !voice.is_free())
    }

    /// Begins a tick of the control rate.
    pub(crate) fn tick(&mut self, bends: &[Bend; TONAL_PARTS]) {
        for place in &mut self.places {
            place.voice.tick(bends.get(place.part).copied().unwrap_or_default());
        }
    }

    /// Adds the next `frames` ≤ a tick to the `buses` of the parts.
    pub(crate) fn render(&mut self, frames: usize, buses: &mut [Bus]) {
        for place in &mut self.places {
            if let Some(bus) = buses.get_mut(place.part) {
                place.voice.render(frames, bus);
            }
        }
    }
}

impl Polyphonic for Place {
    fn is_free(&self) -> bool {
        self.voice.is_free()
    }

    fn is_fading(&self) -> bool {
        self.voice.is_fading()
    }

    fn fade_level(&self) -> f32 {
        self.voice.fade_level()
    }

    fn is_released(&self) -> bool {
        self.voice.is_released()
    }

    fn loudness(&self) -> f32 {
        self.voice.loudness()
    }

    fn serial(&self) -> u32 {
        self.voice.serial()
    }

    fn choke(&mut self) {
        self.voice.choke();
    }
}
