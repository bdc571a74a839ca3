//! A part's instrument and its voices, and the parts together.
//!
//! Runs on the audio thread, but for `new` and `prepare`.

use super::instrument::{Instrument, PartInstrument};
use super::kernels::Kernels;
use super::voice::Voice;
use crate::synth::bus::Bus;
use crate::synth::polyphony::{Choice, Standing, choose};
use crate::synth::voice::{Bend, Strike};
use fearless_simd::{Level, Simd, dispatch};
use linnet_handover::delivery::Receiver;
use linnet_music::Part;

/// What a part's voices meet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    pub(crate) sample_rate_hz: f32,
    /// How the part is bent.
    pub(crate) bend: Bend,
    pub(crate) kernels: &'static Kernels,
}

/// The sampler of one part.
#[derive(Debug)]
pub(crate) struct Player {
    /// What the processor can do.
    level: Level,
    /// The instrument that plays, and the one before while its voices fade.
    slots: [Option<Box<PartInstrument>>; 2],
    /// Which of them plays.
    current: usize,
    voices: Box<[Option<Voice>]>,
    is_silent: bool,
}

impl Player {
    /// Zones that sound at once.
    const SOUNDING_MAX: usize = 64;
    /// Places for zones that fade.
    const FADING_MAX: usize = 32;
    const PLACES: usize = Self::SOUNDING_MAX + Self::FADING_MAX;
    /// Zones that one note starts at most.
    const LAYERS_MAX: usize = 16;

    fn new() -> Self {
        Self {
            level: Level::new(),
            slots: [None, None],
            current: 0,
            voices: vec![None; Self::PLACES].into(),
            is_silent: true,
        }
    }

    /// Whether the part has an instrument to play.
    pub(crate) fn has_instrument(&self) -> bool {
        self.instrument(self.current).is_some()
    }

    fn instrument(&self, slot: usize) -> Option<&Instrument> {
        self.slots[slot].as_ref()?.instrument.as_ref()
    }

    /// Takes the place of the instrument before, whose voices fade. Gives it back while the one before that still fades.
    fn take(&mut self, instrument: Box<PartInstrument>) -> Result<(), Box<PartInstrument>> {
        let next = 1 - self.current;
        if self.slots[next].is_some() {
            return Err(instrument);
        }
        self.choke_all();
        self.slots[next] = Some(instrument);
        self.current = next;
        Ok(())
    }

    /// The instrument before, once its last voice has faded.
    fn finished(&mut self) -> Option<Box<PartInstrument>> {
        let before = 1 - self.current;
        let sounds = self.voices.iter().flatten().any(|voice| voice.slot == before);
        if sounds { None } else { self.slots[before].take() }
    }

    /// All voices free.
    pub(crate) fn reset(&mut self) {
        self.voices.fill(None);
        self.is_silent = true;
    }

    /// Whether nothing sounds.
    pub(crate) fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Starts every zone that the note strikes.
    pub(crate) fn start(&mut self, strike: Strike, around: &Surroundings) {
        let velocity = ((strike.velocity * 127.0).round() as u8).clamp(1, 127);
        let slot = self.current;
        let mut struck = [0; Self::LAYERS_MAX];
        let mut layers = 0;
        if let Some(instrument) = self.instrument(slot) {
            for (place, zone) in struck.iter_mut().zip(instrument.struck(strike.key, velocity)) {
                *place = zone;
                layers += 1;
            }
        }
        self.end_groups(&struck[..layers]);
        for zone in &struck[..layers] {
            self.start_zone(strike, (slot, *zone), around);
        }
    }

    /// Ends the voices that a zone of `struck` ends.
    fn end_groups(&mut self, struck: &[usize]) {
        let Some(instrument) = self.slots[self.current].as_ref().and_then(|slot| slot.instrument.as_ref())
        else {
            return;
        };
        for group in struck.iter().filter_map(|zone| instrument.zone(*zone)).map(|(zone, _)| zone.group) {
            let is_ended = |voice: &Voice| {
                let zone = instrument.zone(voice.zone).map(|(zone, _)| zone);
                voice.slot == self.current && group != 0 && zone.is_some_and(|zone| zone.ended_by == group)
            };
            self.voices.iter_mut().flatten().filter(|voice| is_ended(voice)).for_each(Voice::choke);
        }
    }

    fn start_zone(&mut self, strike: Strike, (slot, zone): (usize, usize), around: &Surroundings) {
        let standing = |voice: &Option<Voice>| voice.as_ref().map_or(Standing::Free, Voice::standing);
        let standings: [Standing; Self::PLACES] =
            std::array::from_fn(|place| self.voices.get(place).map_or(Standing::Free, standing));
        let Some(Choice { place, choked }) = choose(&standings, Self::SOUNDING_MAX) else { return };
        let Some(found) = self.instrument(slot).and_then(|instrument| instrument.zone(zone)) else { return };
        let voice = Voice::start(strike, (slot, zone), found, around);
        if let Some(choked) = choked.and_then(|place| self.voices[place].as_mut()) {
            choked.choke();
        }
        self.voices[place] = Some(voice);
        self.is_silent = false;
    }

    /// Releases a note.
    pub(crate) fn release(&mut self, note: u32) {
        let Self { voices, slots, .. } = self;
        for voice in voices.iter_mut().flatten().filter(|voice| voice.note() == note) {
            if let Some((zone, _)) = found(slots, voice) {
                voice.release(zone);
            }
        }
    }

    /// Ends a note as fast as it can without a click.
    pub(crate) fn choke(&mut self, note: u32) {
        self.voices.iter_mut().flatten().filter(|voice| voice.note() == note).for_each(Voice::choke);
    }

    /// The same for all notes.
    pub(crate) fn choke_all(&mut self) {
        self.voices.iter_mut().flatten().for_each(Voice::choke);
    }

    /// Begins a tick of the control rate.
    pub(crate) fn tick(&mut self, around: &Surroundings) {
        if self.is_silent {
            return;
        }
        let Self { voices, slots, .. } = self;
        let mut sounds = false;
        for place in voices.iter_mut() {
            let Some(voice) = place else { continue };
            let goes_on = found(slots, voice).is_some_and(|(zone, _)| voice.tick(zone, around));
            if !goes_on {
                *place = None;
            }
            sounds |= goes_on;
        }
        self.is_silent = !sounds;
    }

    /// Adds the next `frames` ≤ a tick to `bus`.
    pub(crate) fn render(&mut self, frames: usize, bus: &mut Bus) {
        if !self.is_silent {
            dispatch!(self.level, simd => self.render_voices(simd, frames, bus));
        }
    }

    #[inline(always)]
    fn render_voices<S: Simd>(&mut self, _simd: S, frames: usize, bus: &mut Bus) {
        let Self { voices, slots, .. } = self;
        for voice in voices.iter_mut().flatten() {
            if let Some((zone, sample)) = found(slots, voice) {
                voice.render(zone, sample, frames, bus);
            }
        }
    }
}

type Slots = [Option<Box<PartInstrument>>; 2];

/// The zone that `voice` plays, and its sample.
#[inline(always)]
fn found<'a>(slots: &'a Slots, voice: &Voice) -> Option<(&'a super::Zone, &'a super::Sample)> {
    slots[voice.slot].as_ref()?.instrument.as_ref()?.zone(voice.zone)
}

/// The samplers of all parts, and where their instruments come from.
pub(crate) struct Players {
    /// By [`Part`].
    pub(crate) parts: [Player; 4],
    instruments: Option<Receiver<PartInstrument>>,
    /// An instrument that has to wait until the one before the one before has faded.
    waiting: Option<Box<PartInstrument>>,
}

impl Players {
    /// Without instruments. Allocates.
    pub(crate) fn new() -> Self {
        Self { parts: Part::ALL.map(|_| Player::new()), instruments: None, waiting: None }
    }

    /// Instruments come from `receiver`. Called before the audio thread begins.
    pub(crate) fn take_from(&mut self, receiver: Receiver<PartInstrument>) {
        self.instruments = Some(receiver);
    }

    /// Takes the instruments that have come, and sends back those that nothing plays any more.
    pub(crate) fn receive(&mut self) {
        let Some(instruments) = &mut self.instruments else { return };
        for player in &mut self.parts {
            if let Some(finished) = player.finished() {
                instruments.give_back(finished);
            }
        }
        while let Some(next) = self.waiting.take().or_else(|| instruments.receive()) {
            if let Err(next) = self.parts[next.part.index()].take(next) {
                self.waiting = Some(next);
                return;
            }
        }
    }

    /// Silence.
    pub(crate) fn reset(&mut self) {
        self.parts.iter_mut().for_each(Player::reset);
    }

    /// Whether nothing sounds.
    pub(crate) fn are_silent(&self) -> bool {
        self.parts.iter().all(Player::is_silent)
    }
}

impl std::fmt::Debug for Players {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Players").field("parts", &self.parts).finish_non_exhaustive()
    }
}
