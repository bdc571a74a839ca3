//! Eight voices side by side, one a lane: filters, envelopes and fades.
//!
//! Runs on the audio thread. The oscillators of each voice compute a whole tick at once ([`super::oscillators`]); what
//! they give is laid into lanes, and from there on one instruction serves all eight voices.

mod dampings;
mod glides;
mod gliding;
mod layout;
mod modulators;
mod shaped;
mod shaper;
mod vibratos;

use super::envelope::Envelopes;
use super::fade::{Fade, Fades};
use super::lane_sums::{LaneSums, PartMasks};
use super::oscillators::{Oscillators, Pitch, Readings, Sides};
use super::polyphony::Standing;
use super::sound::Target;
use super::strip::Strip;
use super::tonal_voices::TONAL_PARTS;
use super::voice::{Bend, Start, Strike, Voice};
use crate::lanes::{LANES, Lanes, Wide, exp2, tangent, twice};
use crate::svf::{SolutionLanes, SvfLanes, tuning};
use crate::tick::TICK_FRAMES;
use dampings::Dampings;
use fearless_simd::{f32x8, f32x16, prelude::*};
use glides::Glides;
use layout::lay_out;
use modulators::{Modulators, Moved, UNMOVED};
use shaper::Shaper;
use std::f32::consts::PI;
use std::ops::Range;
use vibratos::Vibratos;

/// The voices. Lanes that are free compute silence.
#[derive(Clone, Debug)]
pub(crate) struct VoiceGroup {
    sample_rate_hz: f32,
    voices: [Option<Voice>; LANES],
    /// Lanes that have a voice, one a bit.
    taken: u32,
    oscillators: Oscillators,
    parts: PartMasks,
    /// Whether some oscillators have not computed this tick yet.
    is_due: bool,
    /// What the oscillators gave for this tick, by frame: all left ones, then all right ones.
    input: [Wide; TICK_FRAMES],
    filters: SvfLanes,
    dampings: Dampings,
    cutoff_hz: Lanes,
    envelope_octaves: Lanes,
    solutions: SolutionLanes,
    /// The amplitudes' envelopes, and behind them the filters'.
    envelopes: Envelopes,
    gain: Lanes,
    fades: Fades,
    vibratos: Vibratos,
    glides: Glides,
    /// What only few voices need. Where none does, nothing of it is computed.
    modulators: Modulators,
    shaper: Shaper,
    /// Lanes whose pitch glides or has glided, one a bit.
    gliding: u32,
}

impl VoiceGroup {
    /// All free.
    pub(crate) fn free() -> Self {
        Self {
            sample_rate_hz: 48_000.0,
            voices: [None; LANES],
            taken: 0,
            oscillators: Oscillators::NONE,
            parts: PartMasks::default(),
            is_due: false,
            input: [Wide::ZERO; TICK_FRAMES],
            filters: SvfLanes::default(),
            dampings: Dampings::NONE,
            cutoff_hz: Lanes::ZERO,
            envelope_octaves: Lanes::ZERO,
            solutions: SolutionLanes::SHUT,
            envelopes: Envelopes::default(),
            gain: Lanes::ZERO,
            fades: Fades::none(),
            vibratos: Vibratos::none(),
            glides: Glides::NONE,
            modulators: Modulators::none(),
            shaper: Shaper::plain(),
            gliding: 0,
        }
    }

    /// A note starts in `lane`.
    pub(crate) fn start(&mut self, lane: usize, strike: Strike, start: &Start) {
        self.clear(lane);
        let voice = Voice::start(strike, start);
        let (sound, filter) = (start.sound, &start.sound.filter);
        self.sample_rate_hz = start.sample_rate_hz;
        self.modulators.start(lane, sound, &strike, start.sample_rate_hz);
        let moved = |target| self.modulators.at_start(lane, target);
        let damping = self.dampings.start(lane, filter.q, moved(Target::Resonance));
        self.cutoff_hz.0[lane] = voice.cutoff_hz;
        self.envelope_octaves.0[lane] = filter.envelope_octaves;
        let tuning = tuning(voice.cutoff_hz * moved(Target::Cutoff).exp2(), start.sample_rate_hz);
        let (pitch, source) = (Pitch::start(strike, start), (start.tables, start.place));
        self.oscillators.start(lane, sound, &pitch, source, moved(Target::Morph));
        self.solutions.set(lane, tuning, damping);
        if sound.is_shaped() || sound.is_modulated() {
            self.shaper.start(lane, filter, tuning, moved(Target::Pan), moved(Target::Level));
        }
        self.start_glide(lane, start);
        self.envelopes.start(lane, &voice.amplitude, start.sample_rate_hz);
        self.envelopes.start(LANES + lane, &filter.envelope, start.sample_rate_hz);
        self.gain.0[lane] = voice.gain;
        self.vibratos.start(lane, &start.sound.vibrato, start.sample_rate_hz);
        self.parts.set(lane, Some(voice.part));
        self.voices[lane] = Some(voice);
        self.taken |= 1 << lane;
        self.is_due = true;
    }

    /// `lane` is free and silent.
    fn clear(&mut self, lane: usize) {
        self.voices[lane] = None;
        self.taken &= !(1 << lane);
        self.parts.set(lane, None);
        self.oscillators.clear(lane);
        self.is_due = true;
        self.filters.clear(lane);
        self.solutions.set(lane, 0.0, 1.0);
        (self.cutoff_hz.0[lane], self.gain.0[lane]) = (0.0, 0.0);
        self.dampings.clear(lane);
        self.modulators.clear(lane);
        self.shaper.clear(lane);
        self.gliding &= !(1 << lane);
        self.envelopes.clear(lane);
        self.envelopes.clear(LANES + lane);
        self.fades.set(lane, Fade::none());
    }

    /// Those of `lanes` are free and silent that are not yet, one a bit.
    #[cold]
    fn clear_all(&mut self, lanes: u64) {
        for lane in 0..LANES {
            if lanes >> lane & 1 == 1 && self.voices[lane].is_some() {
                self.clear(lane);
            }
        }
    }

    /// Whether all lanes are free.
    pub(crate) fn is_free(&self) -> bool {
        self.taken == 0
    }

    /// The voices that sound, those that fade among them.
    #[cfg(test)]
    pub(crate) fn sounding(&self) -> impl Iterator<Item = &Voice> {
        self.voices.iter().flatten()
    }

    /// How the voice in `lane` stands, for a new note of `part`.
    pub(crate) fn standing(&self, lane: usize, part: usize) -> Standing {
        let fade = self.fades.get(lane);
        match &self.voices[lane] {
            None => Standing::Free,
            Some(_) if fade.is_running() => Standing::Fading(fade.level()),
            Some(voice) if voice.part != part => Standing::Elsewhere,
            Some(voice) if voice.is_released => Standing::Released(voice.gain * self.envelopes.level(lane)),
            Some(voice) => Standing::Held(voice.strike.serial),
        }
    }

    /// The keys of those voices go up of which `concerns` is true.
    pub(crate) fn release(&mut self, concerns: impl Fn(&Voice) -> bool) {
        for (lane, voice) in self.voices.iter_mut().enumerate() {
            if let Some(voice) = voice.as_mut().filter(|voice| concerns(voice)) {
                voice.is_released = true;
                self.envelopes.release(lane);
                self.envelopes.release(LANES + lane);
            }
        }
    }

    /// Ends those voices as fast as it can without a click of which `concerns` is true.
    pub(crate) fn choke(&mut self, concerns: impl Fn(&Voice) -> bool) {
        for lane in 0..LANES {
            if self.voices[lane].as_ref().is_some_and(&concerns) {
                self.choke_lane(lane);
            }
        }
    }

    /// The same for the voice in `lane`.
    pub(crate) fn choke_lane(&mut self, lane: usize) {
        let mut fade = self.fades.get(lane);
        fade.start(self.sample_rate_hz);
        self.fades.set(lane, fade);
    }

    /// Begins a tick of the control rate.
    #[inline(always)]
    pub(crate) fn tick<S: Simd>(&mut self, simd: S, bends: &[Bend; TONAL_PARTS]) {
        let ended = self.envelopes.ended(simd) | self.fades.ended(simd);
        if ended & u64::from(self.taken) != 0 {
            self.clear_all(ended);
        }
        let moved = self.modulate(simd, bends);
        // Long ways of one number after another both: next to each other, the processor goes them side by side.
        self.tune(simd, &moved[Target::Cutoff as usize]);
        self.bend(simd, bends, &moved);
        self.filters.flush(simd);
        self.envelopes.flush(simd);
        self.is_due = true;
    }

    /// What the modulations come to, and what of it concerns neither pitch nor cutoff.
    #[inline(always)]
    fn modulate<S: Simd>(&mut self, simd: S, bends: &[Bend; TONAL_PARTS]) -> Moved {
        if !self.modulators.are_active() {
            if self.shaper.is_active() {
                self.shaper.tick(simd, &Lanes::ZERO, &Lanes::ZERO);
            }
            return UNMOVED;
        }
        let (_, envelopes) = self.envelopes.levels().load(simd).split();
        let wheels = self.parts.choose(simd, bends.map(|bend| bend.wheel));
        let moved = self.modulators.tick(simd, envelopes, wheels, self.sample_rate_hz);
        let of = |target: Target| &moved[target as usize];
        self.dampings.go_to(simd, of(Target::Resonance));
        self.shaper.tick(simd, of(Target::Pan), of(Target::Level));
        self.oscillators.morph_to(of(Target::Morph));
        moved
    }

    #[inline(always)]
    fn bend<S: Simd>(&mut self, simd: S, bends: &[Bend; TONAL_PARTS], moved: &Moved) {
        let mut semitones = self.parts.choose(simd, bends.map(|bend| bend.semitones));
        if self.modulators.are_active() {
            semitones += moved[Target::Pitch as usize].load(simd);
        }
        if self.gliding != 0 {
            self.retune_tables();
            semitones += self.glides.tick(simd) * f32x8::splat(simd, 12.0);
        }
        let wheels = self.parts.choose(simd, bends.map(|bend| bend.vibrato_cents));
        let ratios = self.vibratos.tick(simd, semitones, wheels, self.sample_rate_hz);
        self.oscillators.tick(simd, ratios, self.sample_rate_hz);
    }

    /// The filters go to the tuning of the envelopes' levels now.
    #[inline(always)]
    fn tune<S: Simd>(&mut self, simd: S, moved_octaves: &Lanes) {
        let (_, levels) = self.envelopes.levels().load(simd).split();
        let octaves = self.envelope_octaves.load(simd) * levels + moved_octaves.load(simd);
        let freq_hz = self.cutoff_hz.load(simd) * exp2(simd, octaves);
        let share = freq_hz * f32x8::splat(simd, self.sample_rate_hz.recip());
        let share = share.max(f32x8::splat(simd, 1e-6)).min(f32x8::splat(simd, 0.49));
        let tuning = tangent(simd, share * f32x8::splat(simd, PI));
        self.solutions.aim(simd, tuning, self.dampings.end(simd));
        if self.shaper.is_active() {
            self.shaper.tune(simd, tuning);
        }
    }

    /// Adds these `frames` of the tick to `sums`, through the parts' `strips`.
    #[inline(always)]
    pub(crate) fn render<S: Simd>(
        &mut self,
        simd: S,
        frames: Range<usize>,
        strips: [&Strip; TONAL_PARTS],
        sums: &mut LaneSums,
    ) {
        if self.is_due {
            self.oscillate(simd, &mut sums.readings, &mut sums.sides);
            self.is_due = false;
        }
        // What most voices do most of the time is spared the questions that only few ask.
        let is_steady = self.envelopes.stay_below(simd) && self.fades.are_none(simd);
        if is_steady && sums.are_plain() && !self.shaper.is_active() {
            let gains = self.parts.gains(simd, strips, 0);
            let (is_first, dry, sends) = sums.plain();
            if is_first {
                self.filter_steady::<S, true>(simd, frames, gains, (dry, sends));
            } else {
                self.filter_steady::<S, false>(simd, frames, gains, (dry, sends));
            }
            return;
        }
        let count = frames.len();
        if self.shaper.is_active() {
            self.filter_shaped(simd, frames, &mut sums.output);
        } else {
            self.filter(simd, frames, &mut sums.output);
        }
        sums.add(simd, &self.parts, strips, count);
    }

    /// The oscillators of all voices, laid into lanes.
    #[inline(always)]
    fn oscillate<S: Simd>(&mut self, simd: S, readings: &mut Readings, sides: &mut [Sides; LANES]) {
        self.oscillators.render(simd, readings, sides);
        lay_out(simd, sides, &mut self.input);
    }

    /// What comes out of the voices goes to `output`.
    #[inline(always)]
    fn filter<S: Simd>(&mut self, simd: S, frames: Range<usize>, output: &mut [Wide; TICK_FRAMES]) {
        let half_gain = f32x8::splat(simd, 0.5) * self.gain.load(simd);
        let mut solutions = self.solutions.load(simd);
        let mut envelopes = self.envelopes.load(simd);
        let mut fades = self.fades.load(simd);
        let mut filters = self.filters.load(simd);
        for (input, output) in self.input[frames].iter().zip(output) {
            let level = half_gain * envelopes.next(simd).split().0 * fades.next(simd);
            output.store(twice(simd, level) * filters.low_pass_twice(input.load(simd), solutions.next()));
        }
        self.solutions.store(&solutions);
        self.envelopes.store(&envelopes);
        self.fades.store(&fades);
        self.filters.store(&filters);
    }

    /// The same where no envelope gets to its top and nothing fades: through the strips' gains straight into the sums, of which
    /// this is the `FIRST` or not.
    #[inline(always)]
    fn filter_steady<S: Simd, const FIRST: bool>(
        &mut self,
        simd: S,
        frames: Range<usize>,
        [dry_gain, send_gain, _]: [f32x16<S>; 3],
        (dry_sums, send_sums): (&mut [Wide; TICK_FRAMES], &mut [Wide; TICK_FRAMES]),
    ) {
        let gain = dry_gain * twice(simd, f32x8::splat(simd, 0.5) * self.gain.load(simd));
        let mut solutions = self.solutions.load(simd);
        let mut envelopes = self.envelopes.load(simd);
        let mut filters = self.filters.load(simd);
        let input = &self.input[frames];
        for ((input, dry_sum), send_sum) in input.iter().zip(dry_sums).zip(send_sums) {
            let level = gain * twice(simd, envelopes.next_below().split().0);
            let dry = level * filters.low_pass_twice(input.load(simd), solutions.next());
            let send = dry * send_gain;
            if FIRST {
                dry_sum.store(dry);
                send_sum.store(send);
            } else {
                dry_sum.store(dry_sum.load(simd) + dry);
                send_sum.store(send_sum.load(simd) + send);
            }
        }
        self.solutions.store(&solutions);
        self.envelopes.store(&envelopes);
        self.filters.store(&filters);
    }
}
