//! Eight voices side by side, one a lane: filters, envelopes and fades.
//!
//! Runs on the audio thread. The oscillators of each voice compute a whole tick at once ([`super::oscillators`]); what
//! they give is laid into lanes, and from there on one instruction serves all eight voices.

mod glides;
mod gliding;
mod modulators;
mod shaped;
mod shaper;
mod vibratos;

use super::envelope::Envelopes;
use super::fade::{Fade, Fades};
use super::lane_sums::{LaneSums, PartMasks};
use super::oscillators::Rows;
use super::polyphony::Standing;
use super::sound::Target;
use super::strip::Strip;
use super::tonal_voices::TONAL_PARTS;
use super::voice::{Bend, Start, Strike, Voice};
use crate::lanes::{LANES, Lanes, Wide, exp2, tangent, transpose, twice};
use crate::svf::{SvfLanes, tuning};
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x4, f32x8, prelude::*};
use glides::Glides;
use modulators::{Modulators, Moved, UNMOVED};
use shaper::Shaper;
use std::f32::consts::PI;
use std::ops::Range;
use vibratos::Vibratos;

/// Frames, and lanes, that are transposed together.
const QUAD: usize = 4;

/// The voices. Lanes that are free compute silence.
#[derive(Clone, Debug)]
pub(crate) struct VoiceGroup {
    sample_rate_hz: f32,
    voices: [Option<Voice>; LANES],
    parts: PartMasks,
    /// Whether some oscillators have not computed this tick yet.
    is_due: bool,
    /// By lane: what the oscillators gave for this tick.
    rows: [Rows; LANES],
    /// The same by frame: all left ones, then all right ones.
    input: [Wide; TICK_FRAMES],
    /// What comes out of the voices, likewise.
    output: [Wide; TICK_FRAMES],
    filters: SvfLanes,
    /// As the sound has it, and as the modulation has it in this tick.
    damping: Lanes,
    damping_now: Lanes,
    cutoff_hz: Lanes,
    envelope_octaves: Lanes,
    tuning: Lanes,
    tuning_step: Lanes,
    tuning_end: Lanes,
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
            parts: PartMasks::default(),
            is_due: false,
            rows: Default::default(),
            input: [Wide::ZERO; TICK_FRAMES],
            output: [Wide::ZERO; TICK_FRAMES],
            filters: SvfLanes::default(),
            damping: Lanes::splat(1.0),
            damping_now: Lanes::splat(1.0),
            cutoff_hz: Lanes::ZERO,
            envelope_octaves: Lanes::ZERO,
            tuning: Lanes::ZERO,
            tuning_step: Lanes::ZERO,
            tuning_end: Lanes::ZERO,
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
        let mut voice = Voice::start(strike, start);
        let (sound, filter) = (start.sound, &start.sound.filter);
        self.sample_rate_hz = start.sample_rate_hz;
        self.modulators.start(lane, sound, &strike, start.sample_rate_hz);
        let moved = |target| self.modulators.at_start(lane, target);
        self.damping.0[lane] = 1.0 / filter.q;
        self.damping_now.0[lane] = (-moved(Target::Resonance)).exp2() / filter.q;
        self.cutoff_hz.0[lane] = voice.cutoff_hz;
        self.envelope_octaves.0[lane] = filter.envelope_octaves;
        let tuning = tuning(voice.cutoff_hz * moved(Target::Cutoff).exp2(), start.sample_rate_hz);
        voice.oscillators.start_morph(moved(Target::Morph));
        let is_shaped = sound.is_shaped() || sound.is_modulated();
        self.shaper.start(lane, filter, is_shaped, moved(Target::Pan), moved(Target::Level));
        self.start_glide(lane, start);
        (self.tuning.0[lane], self.tuning_end.0[lane]) = (tuning, tuning);
        self.envelopes.start(lane, &voice.amplitude, start.sample_rate_hz);
        self.envelopes.start(LANES + lane, &filter.envelope, start.sample_rate_hz);
        self.gain.0[lane] = voice.gain;
        self.vibratos.start(lane, &start.sound.vibrato, start.sample_rate_hz);
        self.parts.set(lane, Some(voice.part));
        self.voices[lane] = Some(voice);
        self.is_due = true;
    }

    /// `lane` is free and silent.
    fn clear(&mut self, lane: usize) {
        self.voices[lane] = None;
        self.parts.set(lane, None);
        self.rows[lane] = Rows::default();
        self.is_due = true;
        self.filters.clear(lane);
        (self.tuning.0[lane], self.tuning_step.0[lane], self.tuning_end.0[lane]) = (0.0, 0.0, 0.0);
        (self.cutoff_hz.0[lane], self.gain.0[lane], self.damping.0[lane]) = (0.0, 0.0, 1.0);
        self.damping_now.0[lane] = 1.0;
        self.modulators.clear(lane);
        self.shaper.clear(lane);
        self.gliding &= !(1 << lane);
        self.envelopes.clear(lane);
        self.envelopes.clear(LANES + lane);
        self.fades.set(lane, Fade::none());
    }

    /// Whether all lanes are free.
    pub(crate) fn is_free(&self) -> bool {
        self.voices.iter().all(Option::is_none)
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
        for lane in 0..LANES {
            if ended >> lane & 1 == 1 && self.voices[lane].is_some() {
                self.clear(lane);
            }
        }
        let moved = self.modulate(simd, bends);
        self.bend(simd, bends, &moved);
        self.tune(simd, &moved[Target::Cutoff as usize]);
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
        let narrower = exp2(simd, f32x8::splat(simd, 0.0) - of(Target::Resonance).load(simd));
        self.damping_now.store(self.damping.load(simd) * narrower);
        self.shaper.tick(simd, of(Target::Pan), of(Target::Level));
        for (voice, moved) in self.voices.iter_mut().zip(of(Target::Morph).0) {
            if let Some(voice) = voice {
                voice.oscillators.morph_to(moved);
            }
        }
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
        for (voice, ratio) in self.voices.iter_mut().zip(ratios.0) {
            if let Some(voice) = voice {
                voice.oscillators.tick(simd, ratio, self.sample_rate_hz);
            }
        }
    }

    /// The tuning of the filters goes in a straight line to that of the envelopes' levels now.
    #[inline(always)]
    fn tune<S: Simd>(&mut self, simd: S, moved_octaves: &Lanes) {
        let (_, levels) = self.envelopes.levels().load(simd).split();
        let octaves = self.envelope_octaves.load(simd) * levels + moved_octaves.load(simd);
        let freq_hz = self.cutoff_hz.load(simd) * exp2(simd, octaves);
        let share = freq_hz / f32x8::splat(simd, self.sample_rate_hz);
        let share = share.max(f32x8::splat(simd, 1e-6)).min(f32x8::splat(simd, 0.49));
        let end = tangent(simd, share * f32x8::splat(simd, PI));
        let begin = self.tuning_end.load(simd);
        self.tuning.store(begin);
        self.tuning_step.store((end - begin) * f32x8::splat(simd, 1.0 / TICK_FRAMES as f32));
        self.tuning_end.store(end);
    }

    /// Adds these `frames` of the tick to `sums`, through the parts' `strips`.
    #[inline(always)]
    pub(crate) fn render<S: Simd>(
        &mut self,
        simd: S,
        frames: Range<usize>,
        strips: &[Strip; TONAL_PARTS],
        sums: &mut LaneSums,
    ) {
        if self.is_due {
            self.oscillate(simd);
            self.is_due = false;
        }
        // What most voices do most of the time is spared the questions that only few ask.
        let is_steady = self.envelopes.are_up(simd) && self.fades.are_none(simd);
        match (self.shaper.is_active(), is_steady) {
            (false, true) => self.filter::<S, true>(simd, frames.clone()),
            (false, false) => self.filter::<S, false>(simd, frames.clone()),
            (true, _) => self.filter_shaped(simd, frames.clone()),
        }
        sums.add(simd, &self.parts, strips, &self.output[frames]);
    }

    /// The oscillators of all voices, laid into lanes.
    #[inline(always)]
    fn oscillate<S: Simd>(&mut self, simd: S) {
        for (voice, rows) in self.voices.iter().zip(&mut self.rows) {
            if let Some(voice) = voice {
                voice.oscillators.render(simd, rows);
            }
        }
        for side in 0..2 {
            for half in 0..2 {
                for quad in 0..TICK_FRAMES / QUAD {
                    self.lay_out(simd, side, half, quad);
                }
            }
        }
    }

    /// Four frames of four voices.
    #[inline(always)]
    fn lay_out<S: Simd>(&mut self, simd: S, side: usize, half: usize, quad: usize) {
        let (first_frame, first_lane) = (quad * QUAD, half * QUAD);
        let mut rows = [f32x4::splat(simd, 0.0); QUAD];
        for (row, rows_of) in rows.iter_mut().zip(&self.rows[first_lane..]) {
            *row = f32x4::from_slice(simd, &rows_of[side].0[first_frame..first_frame + QUAD]);
        }
        let input = &mut self.input[first_frame..];
        for (column, frame) in transpose(rows).into_iter().zip(input) {
            let lanes = &mut frame.0[side * LANES + first_lane..];
            column.store_slice(&mut lanes[..QUAD]);
        }
    }

    /// `STEADY` says that no envelope is in its attack, and that nothing fades.
    #[inline(always)]
    fn filter<S: Simd, const STEADY: bool>(&mut self, simd: S, frames: Range<usize>) {
        let (one, two) = (f32x8::splat(simd, 1.0), f32x8::splat(simd, 2.0));
        let (damping, gain, step) =
            (self.damping_now.load(simd), self.gain.load(simd), self.tuning_step.load(simd));
        let mut tuning = self.tuning.load(simd);
        let mut envelopes = self.envelopes.load(simd);
        let mut fades = self.fades.load(simd);
        let mut filters = self.filters.load(simd);
        for (input, output) in self.input[frames.clone()].iter().zip(&mut self.output[frames]) {
            // Twice what the filter's equations say, see there.
            let a1 = two / (one + tuning * (tuning + damping));
            let a2 = tuning * a1;
            let a3 = tuning * a2;
            tuning += step;
            let level = if STEADY {
                gain * envelopes.next_up().split().0
            } else {
                gain * envelopes.next(simd).split().0 * fades.next(simd)
            };
            let solution = [twice(simd, a1), twice(simd, a2), twice(simd, a3)];
            output.store(twice(simd, level) * filters.low_pass(simd, input.load(simd), solution));
        }
        self.tuning.store(tuning);
        self.envelopes.store(&envelopes);
        self.fades.store(&fades);
        self.filters.store(&filters);
    }
}
