//! What few voices need behind their oscillators: other filters than the plain low-pass, drive, and moves of level and pan.
//!
//! Runs on the audio thread. V. Zavalishin, "The Art of VA Filter Design", 2012, on what a state-variable filter gives
//! beside its low-pass; the drive is the Padé approximant of the hyperbolic tangent.

use crate::lanes::{LANES, Lanes, Wide, exp2, twice};
use crate::svf::{SolutionLanes, SolutionRegisters, SvfLanes, SvfRegisters};
use crate::synth::oscillators::pan_gains;
use crate::synth::sound::{FilterKind, FilterShape};
use crate::tick::{TICK_FRAMES, gain_of_db};
use fearless_simd::{f32x8, f32x16, prelude::*};

/// The coefficients of eight voices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shaper {
    /// Lanes that are more than a plain low-pass, one a bit.
    active: u32,
    /// What of the input, of the band-pass times its damping and of the low-pass comes out.
    of_input: Lanes,
    of_band: Lanes,
    of_low: Lanes,
    /// 1 where a second filter follows, else 0.
    steep: Lanes,
    second: SvfLanes,
    solutions: SolutionLanes,
    /// What the input is driven by; 0 where it is clean.
    drive: Lanes,
    /// What the level is after it.
    makeup: Lanes,
    /// The gains left and right that the modulation gives, at the beginning of the tick and by frame.
    gains: Wide,
    gains_step: Wide,
    gains_end: Wide,
}

/// The same while frames are computed.
#[derive(Clone, Copy)]
pub(super) struct ShaperRegisters<S: Simd> {
    of_input: f32x16<S>,
    of_band: f32x16<S>,
    of_low: f32x16<S>,
    steep: f32x16<S>,
    second: SvfRegisters<S>,
    solutions: SolutionRegisters<S>,
    drive: f32x16<S>,
    makeup: f32x16<S>,
    gains: f32x16<S>,
    gains_step: f32x16<S>,
}

impl Shaper {
    /// The damping of the second filter: neither flat nor resonant.
    const SECOND_DAMPING: f32 = 1.6;

    /// Plain low-passes.
    pub(super) fn plain() -> Self {
        let one = Lanes::splat(1.0);
        let ones = Wide([1.0; 2 * LANES]);
        Self {
            active: 0,
            of_input: Lanes::ZERO,
            of_band: Lanes::ZERO,
            of_low: one,
            steep: Lanes::ZERO,
            second: SvfLanes::default(),
            solutions: SolutionLanes::SHUT,
            drive: Lanes::ZERO,
            makeup: one,
            gains: ones,
            gains_step: Wide::ZERO,
            gains_end: ones,
        }
    }

    /// Whether any voice is more than a plain low-pass.
    #[inline(always)]
    pub(super) fn is_active(&self) -> bool {
        self.active != 0
    }

    /// A note starts in `lane`, which is plain, with its filter at `tuning`, and at `pan` and `level_db` of its modulation.
    pub(super) fn start(&mut self, lane: usize, filter: &FilterShape, tuning: f32, pan: f32, level_db: f32) {
        self.active |= 1 << lane;
        self.solutions.set(lane, tuning, Self::SECOND_DAMPING);
        let [of_input, of_band, of_low] = match filter.kind {
            FilterKind::Low => [0.0, 0.0, 1.0],
            FilterKind::Band => [0.0, 1.0, 0.0],
            FilterKind::High => [1.0, -1.0, -1.0],
            FilterKind::Notch => [1.0, -1.0, 0.0],
        };
        (self.of_input.0[lane], self.of_band.0[lane], self.of_low.0[lane]) = (of_input, of_band, of_low);
        self.steep.0[lane] = f32::from(u8::from(filter.is_steep));
        if filter.drive_db > 0.0 {
            let drive = gain_of_db(filter.drive_db);
            (self.drive.0[lane], self.makeup.0[lane]) = (drive, drive.powf(-0.7));
        }
        for (side, gain) in pan_gains(pan).into_iter().enumerate() {
            let place = side * LANES + lane;
            self.gains.0[place] = gain * gain_of_db(level_db);
            self.gains_end.0[place] = self.gains.0[place];
        }
    }

    /// `lane` is plain again.
    pub(super) fn clear(&mut self, lane: usize) {
        self.active &= !(1 << lane);
        (self.of_input.0[lane], self.of_band.0[lane], self.of_low.0[lane]) = (0.0, 0.0, 1.0);
        (self.steep.0[lane], self.drive.0[lane], self.makeup.0[lane]) = (0.0, 0.0, 1.0);
        self.second.clear(lane);
        self.solutions.set(lane, 0.0, 1.0);
        for place in [lane, LANES + lane] {
            (self.gains.0[place], self.gains_step.0[place], self.gains_end.0[place]) = (1.0, 0.0, 1.0);
        }
    }

    /// Begins a tick, in which the gains go to those of `pans` and `levels_db`.
    #[inline(always)]
    pub(super) fn tick<S: Simd>(&mut self, simd: S, pans: &Lanes, levels_db: &Lanes) {
        self.second.flush(simd);
        let db_per_octave = 6.020_6;
        let mut levels = Lanes::ZERO;
        levels.store(exp2(simd, levels_db.load(simd) * f32x8::splat(simd, 1.0 / db_per_octave)));
        let mut ends = Wide::ZERO;
        for lane in 0..LANES {
            let [left, right] = if pans.0[lane] == 0.0 { [1.0; 2] } else { pan_gains(pans.0[lane]) };
            (ends.0[lane], ends.0[LANES + lane]) = (left * levels.0[lane], right * levels.0[lane]);
        }
        self.go_to(simd, &ends);
    }

    /// The second filters go to `tuning` as the first ones do.
    #[inline(always)]
    pub(super) fn tune<S: Simd>(&mut self, simd: S, tuning: f32x8<S>) {
        self.solutions.aim(simd, tuning, f32x8::splat(simd, Self::SECOND_DAMPING));
    }

    #[inline(always)]
    fn go_to<S: Simd>(&mut self, simd: S, ends: &Wide) {
        let begin = self.gains_end.load(simd);
        let end = ends.load(simd);
        self.gains.store(begin);
        self.gains_step.store((end - begin) * f32x16::splat(simd, 1.0 / TICK_FRAMES as f32));
        self.gains_end.store(end);
    }

    /// Into registers.
    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S) -> ShaperRegisters<S> {
        let both = |lanes: &Lanes| twice(simd, lanes.load(simd));
        ShaperRegisters {
            of_input: both(&self.of_input),
            of_band: both(&self.of_band),
            of_low: both(&self.of_low),
            steep: both(&self.steep),
            second: self.second.load(simd),
            solutions: self.solutions.load(simd),
            drive: both(&self.drive),
            makeup: both(&self.makeup),
            gains: self.gains.load(simd),
            gains_step: self.gains_step.load(simd),
        }
    }

    /// Out of registers.
    #[inline(always)]
    pub(super) fn store<S: Simd>(&mut self, registers: &ShaperRegisters<S>) {
        self.second.store(&registers.second);
        self.solutions.store(&registers.solutions);
        self.gains.store(registers.gains);
    }
}

impl<S: Simd> ShaperRegisters<S> {
    /// The input of the next frame, driven where it is.
    #[inline(always)]
    pub(super) fn driven(&self, simd: S, input: f32x16<S>) -> f32x16<S> {
        let three = f32x16::splat(simd, 3.0);
        let x = (input * self.drive).min(three).max(f32x16::splat(simd, -3.0));
        let square = x * x;
        let over = f32x16::splat(simd, 27.0) + square;
        let under = f32x16::splat(simd, 27.0) + f32x16::splat(simd, 9.0) * square;
        let driven = x * over / under * self.makeup;
        self.drive.simd_gt(f32x16::splat(simd, 0.0)).select(driven, input)
    }

    /// What comes out for `input`, whose filter gave `[band, low]`.
    #[inline(always)]
    pub(super) fn chosen(
        &self,
        input: f32x16<S>,
        [band, low]: [f32x16<S>; 2],
        damping: f32x16<S>,
    ) -> f32x16<S> {
        self.of_input * input + self.of_band * damping * band + self.of_low * low
    }

    /// The second filter, where there is one, and then the gains of the modulation.
    #[inline(always)]
    pub(super) fn finish(&mut self, simd: S, first: f32x16<S>) -> f32x16<S> {
        let outputs = self.second.step(simd, first, self.solutions.next());
        let second = self.chosen(first, outputs, f32x16::splat(simd, Shaper::SECOND_DAMPING));
        let is_steep = self.steep.simd_gt(f32x16::splat(simd, 0.0));
        let output = is_steep.select(second, first) * self.gains;
        self.gains += self.gains_step;
        output
    }
}
