//! The voices of lead, chords and bass.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::lane_sums::LaneSums;
use super::polyphony::{Choice, Standing, choose};
use super::strip::{Strip, Sums};
use super::voice::{Bend, Start, Strike, Voice};
use super::voice_group::VoiceGroup;
use super::wavetable::Wavetables;
use crate::lanes::LANES;
use crate::tick::TICK_FRAMES;
use fearless_simd::{Level, Simd, dispatch};

/// The parts that have pitch, by index.
pub(crate) const TONAL_PARTS: usize = 3;

/// The voices, which all three parts share, in groups of eight.
#[derive(Debug)]
pub(crate) struct TonalVoices {
    /// What the processor can do.
    level: Level,
    groups: Box<[VoiceGroup]>,
    /// Which groups have voices, one a bit.
    sounding: u32,
    sums: LaneSums,
}

impl TonalVoices {
    /// Notes of a part that sound at once.
    const SOUNDING_MAX: usize = 64;
    /// Places for notes of all parts that fade.
    const FADING_MAX: usize = 32;
    const PLACES: usize = TONAL_PARTS * Self::SOUNDING_MAX + Self::FADING_MAX;
    const GROUPS: usize = {
        let groups = Self::PLACES / LANES;
        assert!(groups <= u32::BITS as usize, "a bit for each in `sounding`");
        groups
    };

    /// All free. Allocates.
    pub(crate) fn new() -> Self {
        Self {
            level: Level::new(),
            groups: vec![VoiceGroup::free(); Self::GROUPS].into(),
            sounding: 0,
            sums: LaneSums::new(),
        }
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: Level) {
        self.level = level;
    }

    /// All free.
    pub(crate) fn reset(&mut self) {
        self.groups.fill(VoiceGroup::free());
        self.sounding = 0;
    }

    /// Starts a note.
    pub(crate) fn start(&mut self, strike: Strike, start: &Start) {
        let standings: [Standing; Self::PLACES] =
            std::array::from_fn(|place| self.groups[place / LANES].standing(place % LANES, start.part));
        let Some(Choice { place, choked }) = choose(&standings, Self::SOUNDING_MAX) else { return };
        if let Some(choked) = choked {
            self.groups[choked / LANES].choke_lane(choked % LANES);
        }
        self.groups[place / LANES].start(place % LANES, strike, start);
        self.sounding |= 1 << (place / LANES);
    }

    /// Releases a note.
    pub(crate) fn release(&mut self, part: usize, note: u32) {
        self.groups().for_each(|group| group.release(|voice| is(voice, part, note)));
    }

    /// A held voice of `part` goes over to the key of `strike`. Returns whether there is one.
    pub(crate) fn retune(&mut self, part: usize, strike: &Strike, tables: &'static Wavetables) -> bool {
        self.groups().any(|group| group.retune(part, strike, tables))
    }

    /// Ends a note as fast as it can without a click.
    pub(crate) fn choke(&mut self, part: usize, note: u32) {
        self.groups().for_each(|group| group.choke(|voice| is(voice, part, note)));
    }

    /// The same for all notes of `part`.
    pub(crate) fn choke_all(&mut self, part: usize) {
        self.groups().for_each(|group| group.choke(|voice| voice.part == part));
    }

    /// The groups that have voices.
    fn groups(&mut self) -> impl Iterator<Item = &mut VoiceGroup> {
        let sounding = self.sounding;
        let groups = self.groups.iter_mut().enumerate();
        groups.filter(move |(number, _)| sounding >> number & 1 == 1).map(|(_, group)| group)
    }

    /// The voices of `part` that sound, those that fade among them.
    #[cfg(test)]
    pub(crate) fn sounding(&self, part: usize) -> impl Iterator<Item = &Voice> {
        self.groups.iter().flat_map(VoiceGroup::sounding).filter(move |voice| voice.part == part)
    }

    /// What they take on the heap.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.groups)
    }

    /// Whether none sounds.
    pub(crate) fn is_silent(&self) -> bool {
        self.sounding == 0
    }

    /// Begins a tick of the control rate.
    pub(crate) fn tick(&mut self, bends: &[Bend; TONAL_PARTS]) {
        if !self.is_silent() {
            dispatch!(self.level, simd => self.tick_groups(simd, bends));
        }
    }

    #[inline(always)]
    fn tick_groups<S: Simd>(&mut self, simd: S, bends: &[Bend; TONAL_PARTS]) {
        let mut left = self.sounding;
        while let Some(group) = self.groups.get_mut(left.trailing_zeros() as usize) {
            group.tick(simd, bends);
            let lowest = left & left.wrapping_neg();
            left ^= lowest;
            if group.is_free() {
                self.sounding ^= lowest;
            }
        }
    }

    /// Adds the next frames, from frame `place` of the tick on, to `sums`, as many as these have, through the parts' `strips`.
    /// Parts that `are_apart` can then be fetched without their strips by [`Self::add_apart`].
    pub(crate) fn render(
        &mut self,
        place: usize,
        strips: [&Strip; TONAL_PARTS],
        are_apart: [bool; TONAL_PARTS],
        sums: &mut Sums,
    ) {
        self.sums.clear(strips, are_apart);
        if !self.is_silent() {
            dispatch!(self.level, simd => self.render_groups(simd, place, strips, sums));
        }
    }

    /// Adds what `part` sounded like in the last [`Self::render`] to the first `frames` of `bus`.
    pub(crate) fn add_apart(&self, part: usize, frames: usize, bus: &mut Bus) {
        let (left, right) = bus.split(frames);
        dispatch!(self.level, simd => self.sums.add_apart(simd, part, &mut [left, right]));
    }

    #[inline(always)]
    fn render_groups<S: Simd>(
        &mut self,
        simd: S,
        place: usize,
        strips: [&Strip; TONAL_PARTS],
        sums: &mut Sums,
    ) {
        let frames = place..TICK_FRAMES.min(place + sums.dry[0].len());
        let mut left = self.sounding;
        while let Some(group) = self.groups.get_mut(left.trailing_zeros() as usize) {
            group.render(simd, frames.clone(), strips, &mut self.sums);
            left &= left - 1;
        }
        self.sums.add_to(simd, sums);
    }
}

fn is(voice: &Voice, part: usize, note: u32) -> bool {
    voice.part == part && voice.strike.note == note
}
