//! The LFOs and modulations of eight voices side by side.
//!
//! Runs on the audio thread, once a tick, and only where a voice of the group is modulated.

use crate::lanes::{LANES, Lanes, sine};
use crate::random::Random;
use crate::synth::sound::{LfoShape, LfoWave, MAX_SLOTS, Slot, Sound, Source, Target};
use crate::synth::voice::Strike;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x8, prelude::*};

/// Sources, by [`Source`]; targets, by [`Target`].
const SOURCES: usize = 7;
const TARGETS: usize = 6;

/// What the modulations come to, by [`Target`].
pub(super) type Moved = [Lanes; TARGETS];

/// Nothing moves.
pub(super) const UNMOVED: Moved = [Lanes::ZERO; TARGETS];

/// One LFO of each voice.
#[derive(Clone, Copy, Debug)]
struct Lfos {
    waves: [LfoWave; LANES],
    /// In [0, 1).
    phase: Lanes,
    phase_step: Lanes,
    delay_s: Lanes,
    /// 1 / seconds.
    fade_rate: Lanes,
    /// What sample and hold holds.
    held: Lanes,
    random: [Random; LANES],
}

impl Lfos {
    /// Shorter fades would be steps, in seconds.
    const FADE_S_MIN: f32 = 0.004;

    fn none() -> Self {
        Self {
            waves: [LfoWave::Sine; LANES],
            phase: Lanes::ZERO,
            phase_step: Lanes::ZERO,
            delay_s: Lanes::ZERO,
            fade_rate: Lanes::ZERO,
            held: Lanes::ZERO,
            random: [Random::new(1); LANES],
        }
    }

    fn start(&mut self, lane: usize, shape: &LfoShape, seed: u32, sample_rate_hz: f32) {
        self.waves[lane] = shape.wave;
        self.phase.0[lane] = 0.0;
        self.phase_step.0[lane] = shape.rate_hz * TICK_FRAMES as f32 / sample_rate_hz;
        self.delay_s.0[lane] = shape.delay_s;
        self.fade_rate.0[lane] = 1.0 / shape.fade_s.max(Self::FADE_S_MIN);
        self.random[lane] = Random::new(seed);
        self.held.0[lane] = self.random[lane].next_bipolar();
    }

    /// Goes on by a tick.
    #[inline(always)]
    fn tick<S: Simd>(&mut self, simd: S, age_s: f32x8<S>) -> Lanes {
        let moved = self.phase.load(simd) + self.phase_step.load(simd);
        let phase = moved - moved.floor();
        let wraps = moved.simd_ge(f32x8::splat(simd, 1.0)).to_bitmask();
        self.phase.store(phase);
        let (mut waves, mut sines) = (Lanes::ZERO, Lanes::ZERO);
        sines.store(sine(simd, phase));
        for lane in 0..LANES {
            if wraps >> lane & 1 == 1 {
                self.held.0[lane] = self.random[lane].next_bipolar();
            }
            waves.0[lane] = self.value(lane, sines.0[lane]);
        }
        let (zero, one) = (f32x8::splat(simd, 0.0), f32x8::splat(simd, 1.0));
        let risen = (age_s - self.delay_s.load(simd)) * self.fade_rate.load(simd);
        let mut values = Lanes::ZERO;
        values.store(waves.load(simd) * risen.max(zero).min(one));
        values
    }

    #[inline(always)]
    fn value(&self, lane: usize, sine: f32) -> f32 {
        let phase = self.phase.0[lane];
        match self.waves[lane] {
            LfoWave::Sine => sine,
            // From 0 upwards, as the sine.
            LfoWave::Triangle => 1.0 - 4.0 * ((phase + 0.25).fract() - 0.5).abs(),
            LfoWave::Saw => 2.0 * phase - 1.0,
            LfoWave::Square => 1.0 - 2.0 * f32::from(u8::from(phase >= 0.5)),
            LfoWave::SampleAndHold => self.held.0[lane],
        }
    }
}

/// All of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Modulators {
    lfos: [Lfos; 2],
    age_s: Lanes,
    /// By [`Source`]: those that stay as they are for a note are written once.
    sources: [Lanes; SOURCES],
    slots: [[Slot; MAX_SLOTS]; LANES],
    /// Lanes that are modulated, one a bit.
    active: u32,
}

impl Modulators {
    /// None.
    pub(super) fn none() -> Self {
        Self {
            lfos: [Lfos::none(); 2],
            age_s: Lanes::ZERO,
            sources: [Lanes::ZERO; SOURCES],
            slots: [[crate::synth::sound::NO_SLOT; MAX_SLOTS]; LANES],
            active: 0,
        }
    }

    /// Whether any voice is modulated.
    #[inline(always)]
    pub(super) fn are_active(&self) -> bool {
        self.active != 0
    }

    /// Those of `lane` begin.
    pub(super) fn start(&mut self, lane: usize, sound: &Sound, strike: &Strike, sample_rate_hz: f32) {
        if !sound.is_modulated() {
            return;
        }
        let mut random = Random::new(strike.serial ^ 0x00f0_0d5e);
        for (lfos, shape) in self.lfos.iter_mut().zip(&sound.lfos) {
            lfos.start(lane, shape, random.next_u32(), sample_rate_hz);
        }
        self.age_s.0[lane] = 0.0;
        self.sources[Source::Velocity as usize].0[lane] = strike.velocity;
        self.sources[Source::Key as usize].0[lane] = (f32::from(strike.key) - 60.0) / 12.0;
        self.sources[Source::Random as usize].0[lane] = random.next_bipolar();
        self.slots[lane] = sound.slots;
        self.active |= 1 << lane;
    }

    /// `lane` is free.
    pub(super) fn clear(&mut self, lane: usize) {
        self.active &= !(1 << lane);
    }

    /// Goes on by a tick. `envelopes` are the levels of the filters' envelopes, `wheels` are in [0, 1].
    #[inline(always)]
    pub(super) fn tick<S: Simd>(
        &mut self,
        simd: S,
        envelopes: f32x8<S>,
        wheels: f32x8<S>,
        sample_rate_hz: f32,
    ) -> Moved {
        let age_s = self.age_s.load(simd) + f32x8::splat(simd, TICK_FRAMES as f32 / sample_rate_hz);
        self.age_s.store(age_s);
        self.sources[Source::Lfo1 as usize] = self.lfos[0].tick(simd, age_s);
        self.sources[Source::Lfo2 as usize] = self.lfos[1].tick(simd, age_s);
        self.sources[Source::Envelope as usize].store(envelopes);
        self.sources[Source::Wheel as usize].store(wheels);
        self.sum()
    }

    /// What the sources come to as they stand.
    pub(super) fn sum(&self) -> Moved {
        let mut moved = UNMOVED;
        for lane in (0..LANES).filter(|lane| self.active >> lane & 1 == 1) {
            for slot in &self.slots[lane] {
                if slot.amount != 0.0 {
                    moved[slot.target as usize].0[lane] +=
                        slot.amount * self.sources[slot.source as usize].0[lane];
                }
            }
        }
        moved
    }

    /// What of it `lane` starts from: LFOs and envelope at 0.
    pub(super) fn at_start(&self, lane: usize, target: Target) -> f32 {
        let is_steady = |slot: &&Slot| {
            slot.target == target
                && !matches!(slot.source, Source::Lfo1 | Source::Lfo2 | Source::Envelope | Source::Wheel)
        };
        if self.active >> lane & 1 == 0 {
            return 0.0;
        }
        let steady = self.slots[lane].iter().filter(is_steady);
        steady.map(|slot| slot.amount * self.sources[slot.source as usize].0[lane]).sum()
    }
}
