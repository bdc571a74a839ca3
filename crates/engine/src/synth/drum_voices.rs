//! The drummer: all voices of the kit.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::drum_voice::{DrumVoice, Hit};
use super::kit;
use super::polyphony::{Polyphonic, place_for_note};
use super::voice::Strike;
use super::wavetable::Wavetables;

/// The kit's voices. Hits last until they have died away: a note-off changes nothing.
#[derive(Debug)]
pub(crate) struct DrumVoices {
    voices: Box<[DrumVoice]>,
}

impl DrumVoices {
    /// Hits that sound at once.
    const SOUNDING_MAX: usize = 32;
    /// Places for hits that fade.
    const FADING_MAX: usize = 16;

    /// All free. Allocates.
    pub(crate) fn new() -> Self {
        Self { voices: vec![DrumVoice::free(); Self::SOUNDING_MAX + Self::FADING_MAX].into() }
    }

    /// All free.
    pub(crate) fn reset(&mut self) {
        self.voices.fill(DrumVoice::free());
    }

    /// Starts a hit on kit number `kit`.
    pub(crate) fn start(
        &mut self,
        kit: usize,
        strike: Strike,
        tables: &'static Wavetables,
        sample_rate_hz: f32,
    ) {
        let Some(instrument) = kit::instrument(kit, strike.key) else { return };
        if instrument.sound.is_hat {
            self.voices.iter_mut().filter(|voice| voice.is_hat()).for_each(DrumVoice::choke);
        }
        if let Some(place) = place_for_note(&mut self.voices, Self::SOUNDING_MAX) {
            *place = DrumVoice::start(Hit { strike, instrument }, tables, sample_rate_hz);
        }
    }

    /// Ends a hit as fast as it can without a click.
    pub(crate) fn choke(&mut self, note: u32) {
        self.voices.iter_mut().filter(|voice| voice.note() == Some(note)).for_each(DrumVoice::choke);
    }

    /// The same for all hits.
    pub(crate) fn choke_all(&mut self) {
        self.voices.iter_mut().for_each(DrumVoice::choke);
    }

    /// Whether none sounds.
    pub(crate) fn is_silent(&self) -> bool {
        self.voices.iter().all(DrumVoice::is_free)
    }

    /// Begins a tick of the control rate.
    pub(crate) fn tick(&mut self) {
        self.voices.iter_mut().for_each(DrumVoice::tick);
    }

    /// Adds the next `frames` ≤ a tick to `bus`.
    pub(crate) fn render(&mut self, frames: usize, bus: &mut Bus) {
        self.voices.iter_mut().for_each(|voice| voice.render(frames, bus));
    }
}

impl Polyphonic for DrumVoice {
    fn is_free(&self) -> bool {
        self.is_free()
    }

    fn is_fading(&self) -> bool {
        self.is_fading()
    }

    fn fade_level(&self) -> f32 {
        self.fade_level()
    }

    /// A hit is released at once, so that the quietest is stolen.
    fn is_released(&self) -> bool {
        true
    }

    fn loudness(&self) -> f32 {
        self.loudness()
    }

    fn serial(&self) -> u32 {
        self.serial()
    }

    fn choke(&mut self) {
        self.choke();
    }
}
