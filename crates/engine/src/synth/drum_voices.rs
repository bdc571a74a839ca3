//! The drummer: all voices of the kit.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::drum_voice::{DrumVoice, Hit};
use super::kit;
use super::polyphony::{Choice, Standing, choose};
use super::voice::Strike;
use super::wavetable::Wavetables;
use crate::settings::{Piece, PieceSettings};

/// The kit's voices. Hits last until they have died away: a note-off changes nothing.
#[derive(Debug)]
pub(crate) struct DrumVoices {
    voices: Box<[DrumVoice]>,
    /// All from here on are free, so that none of them needs a look.
    used: usize,
}

impl DrumVoices {
    /// Hits that sound at once.
    const SOUNDING_MAX: usize = 64;
    /// Places for hits that fade.
    const FADING_MAX: usize = 16;
    const PLACES: usize = Self::SOUNDING_MAX + Self::FADING_MAX;

    /// All free. Allocates.
    pub(crate) fn new() -> Self {
        Self { voices: vec![DrumVoice::free(); Self::PLACES].into(), used: 0 }
    }

    /// All free.
    pub(crate) fn reset(&mut self) {
        self.voices.fill(DrumVoice::free());
        self.used = 0;
    }

    /// Those that may sound.
    fn used(&mut self) -> &mut [DrumVoice] {
        self.voices.get_mut(..self.used).unwrap_or_default()
    }

    /// Starts a hit on kit number `kit`, whose pieces stand as `pieces` says, by [`Piece`].
    pub(crate) fn start(
        &mut self,
        (kit, pieces): (usize, &[PieceSettings; Piece::ALL.len()]),
        strike: Strike,
        tables: &'static Wavetables,
        sample_rate_hz: f32,
    ) {
        let Some(instrument) = kit::instrument(kit, strike.key) else { return };
        let group = instrument.sound.choke_group;
        if group != 0 {
            self.used().iter_mut().filter(|voice| voice.choke_group() == group).for_each(DrumVoice::choke);
        }
        let standings: [Standing; Self::PLACES] =
            std::array::from_fn(|place| self.voices.get(place).map_or(Standing::Free, DrumVoice::standing));
        let Some(Choice { place, choked }) = choose(&standings, Self::SOUNDING_MAX) else { return };
        if let Some(choked) = choked.and_then(|place| self.voices.get_mut(place)) {
            choked.choke();
        }
        if let Some(voice) = self.voices.get_mut(place) {
            let settings = pieces[instrument.piece.index()];
            *voice = DrumVoice::start(Hit { strike, instrument, settings }, tables, sample_rate_hz);
            self.used = self.used.max(place + 1);
        }
    }

    /// Ends a hit as fast as it can without a click.
    pub(crate) fn choke(&mut self, note: u32) {
        self.used().iter_mut().filter(|voice| voice.note() == Some(note)).for_each(DrumVoice::choke);
    }

    /// The same for all hits.
    pub(crate) fn choke_all(&mut self) {
        self.used().iter_mut().for_each(DrumVoice::choke);
    }

    /// What they take on the heap.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.voices)
    }

    /// Whether none sounds.
    pub(crate) fn is_silent(&self) -> bool {
        self.used == 0
    }

    /// Begins a tick of the control rate, in which levels go `share` of their ways.
    pub(crate) fn tick(&mut self, pieces: &[PieceSettings; Piece::ALL.len()], share: f32) {
        self.used().iter_mut().for_each(|voice| voice.tick(pieces, share));
        self.used = self.used().iter().rposition(|voice| !voice.is_free()).map_or(0, |last| last + 1);
    }

    /// Adds the next `frames` ≤ a tick to `bus`.
    pub(crate) fn render(&mut self, frames: usize, bus: &mut Bus) {
        self.used().iter_mut().for_each(|voice| voice.render(frames, bus));
    }
}

impl DrumVoice {
    /// A hit is released at once, so that the quietest is stolen.
    fn standing(&self) -> Standing {
        if self.is_free() {
            Standing::Free
        } else if self.is_fading() {
            Standing::Fading(self.fade_level())
        } else {
            Standing::Released(self.loudness())
        }
    }
}
