//! The state-variable filter of voices, EQ and reverb, in stereo.
//!
//! Runs on the audio thread. A. Simper, "Solving the continuous SVF equations using trapezoidal integration and
//! equivalent currents", Cytomic, 2013: its state is that of the analogue capacitors, so that cutoff and resonance may
//! move at every frame without a click, and it stays stable for every positive `g` and `k`.

use crate::lanes::{LANES, Lanes, Wide, twice};
use crate::tick::{TICK_FRAMES, ranged};
use fearless_simd::{f32x4, f32x8, f32x16, prelude::*};
use std::f32::consts::PI;

/// The tuning: tan(π · frequency / sample rate), for frequencies clamped to what the sample rate carries.
pub(crate) fn tuning(freq_hz: f32, sample_rate_hz: f32) -> f32 {
    (PI * ranged(freq_hz / sample_rate_hz, 1e-6, 0.49)).tan()
}

/// The equations' solution for one tuning and damping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Solution {
    a1: f32,
    a2: f32,
    a3: f32,
}

impl Solution {
    /// `g` is the [`tuning`], `k` = 1 / Q.
    #[inline]
    pub(crate) fn new(g: f32, k: f32) -> Self {
        let a1 = 1.0 / (1.0 + g * (g + k));
        let a2 = g * a1;
        Self { a1, a2, a3: g * a2 }
    }

    /// Twice each of them.
    pub(crate) fn doubled(self) -> [f32; 3] {
        [self.a1, self.a2, self.a3].map(|coefficient| 2.0 * coefficient)
    }
}

/// What comes out of the filter for one frame, left and right. The high-pass is input − k · band − low.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outputs {
    /// Band-pass, with gain Q at the cutoff.
    pub(crate) band: [f32; 2],
    /// Low-pass.
    pub(crate) low: [f32; 2],
}

/// The state of a stereo filter.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Svf {
    current1: [f32; 2],
    current2: [f32; 2],
}

impl Svf {
    /// Below this the state is taken for silence: −200 dB.
    pub(crate) const SILENCE: f32 = 1e-10;
    /// Above this the state is taken for broken.
    pub(crate) const BROKEN: f32 = 1e9;

    /// One frame.
    #[inline]
    pub(crate) fn step(&mut self, input: [f32; 2], solution: Solution) -> Outputs {
        let Solution { a1, a2, a3 } = solution;
        let (mut band, mut low) = ([0.0; 2], [0.0; 2]);
        for channel in 0..2 {
            let (ic1, ic2) = (self.current1[channel], self.current2[channel]);
            let v3 = input[channel] - ic2;
            let v1 = a1 * ic1 + a2 * v3;
            let v2 = ic2 + a2 * ic1 + a3 * v3;
            self.current1[channel] = 2.0 * v1 - ic1;
            self.current2[channel] = 2.0 * v2 - ic2;
            band[channel] = v1;
            low[channel] = v2;
        }
        Outputs { band, low }
    }

    /// Into registers: left and right, and two lanes that are of no use.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> StereoRegisters<S> {
        let load = |[left, right]: [f32; 2]| [left, right, 0.0, 0.0];
        StereoRegisters {
            current1: f32x4::load_array(simd, load(self.current1)),
            current2: f32x4::load_array(simd, load(self.current2)),
        }
    }

    /// Out of registers.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, registers: &StereoRegisters<S>) {
        [self.current1[0], self.current1[1], ..] = registers.current1.to_array();
        [self.current2[0], self.current2[1], ..] = registers.current2.to_array();
    }

    /// The currents of both capacitors, left and right.
    pub(crate) fn currents(&self) -> [[f32; 2]; 2] {
        [self.current1, self.current2]
    }

    /// Sets them.
    pub(crate) fn set_currents(&mut self, [current1, current2]: [[f32; 2]; 2]) {
        (self.current1, self.current2) = (current1, current2);
    }

    /// Sets a state that has died away, or is not finite, to 0: no denormals, and not-a-number does not stay.
    /// Called once a tick, or behind many frames where ticks have nothing else to do.
    pub(crate) fn flush(&mut self) {
        let states = self.current1.into_iter().chain(self.current2);
        // The largest, where not-a-number counts as infinite.
        let largest = states
            .fold(0.0, |most: f32, state| if state.is_nan() { f32::INFINITY } else { most.max(state.abs()) });
        if !(Self::SILENCE..=Self::BROKEN).contains(&largest) {
            *self = Self::default();
        }
    }
}

/// The state of a stereo filter while frames are computed.
#[derive(Clone, Copy)]
pub(crate) struct StereoRegisters<S: Simd> {
    current1: f32x4<S>,
    current2: f32x4<S>,
}

impl<S: Simd> StereoRegisters<S> {
    /// One frame, by [`Solution::doubled`]: band-pass and low-pass. The same as [`Svf::step`] but for rounding, in an order
    /// that makes the way from one frame to the next short.
    #[inline(always)]
    pub(crate) fn step(&mut self, simd: S, input: f32x4<S>, doubled: [f32; 3]) -> [f32x4<S>; 2] {
        let [a1, a2, a3] = doubled;
        let (ic1, ic2) = (self.current1, self.current2);
        let v3 = input - ic2;
        self.current1 = (f32x4::splat(simd, a1) * ic1 - ic1) + f32x4::splat(simd, a2) * v3;
        self.current2 = (ic2 + f32x4::splat(simd, a2) * ic1) + f32x4::splat(simd, a3) * v3;
        let half = f32x4::splat(simd, 0.5);
        [half * (ic1 + self.current1), half * (ic2 + self.current2)]
    }
}

/// The solutions of eight filters, as [`SvfRegisters`] have them: 2 · a1 − 1, 2 · a2 and 2 · a3. They go in straight lines
/// from tick to tick. Between two stable filters lie stable ones: what is stored in the capacitors becomes less in each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SolutionLanes {
    now: [Lanes; 3],
    step: [Lanes; 3],
    end: [Lanes; 3],
}

impl SolutionLanes {
    /// Filters that let nothing through.
    pub(crate) const SHUT: Self = Self {
        now: [Lanes::splat(1.0), Lanes::ZERO, Lanes::ZERO],
        step: [Lanes::ZERO; 3],
        end: [Lanes::splat(1.0), Lanes::ZERO, Lanes::ZERO],
    };

    /// That of `lane` is at once the one of tuning `g` and damping `k`; `g` = 0 lets nothing through.
    pub(crate) fn set(&mut self, lane: usize, g: f32, k: f32) {
        let [a1, a2, a3] = Solution::new(g, k).doubled();
        for (number, coefficient) in [a1 - 1.0, a2, a3].into_iter().enumerate() {
            self.now[number].0[lane] = coefficient;
            self.step[number].0[lane] = 0.0;
            self.end[number].0[lane] = coefficient;
        }
    }

    /// Begins a tick, at whose end they are those of tuning `g` and damping `k`.
    #[inline(always)]
    pub(crate) fn aim<S: Simd>(&mut self, simd: S, g: f32x8<S>, k: f32x8<S>) {
        let (one, two) = (f32x8::splat(simd, 1.0), f32x8::splat(simd, 2.0));
        let a1 = two / (one + g * (g + k));
        let a2 = g * a1;
        let share = f32x8::splat(simd, 1.0 / TICK_FRAMES as f32);
        let ends = [a1 - one, a2, g * a2];
        for (number, end) in ends.into_iter().enumerate() {
            let begin = self.end[number].load(simd);
            self.now[number].store(begin);
            self.step[number].store((end - begin) * share);
            self.end[number].store(end);
        }
    }

    /// Into registers.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> SolutionRegisters<S> {
        let [b1, a2, a3] = &self.now;
        let now = [twice(simd, b1.load(simd)), twice(simd, a2.load(simd)), twice(simd, a3.load(simd))];
        let [b1, a2, a3] = &self.step;
        let step = [twice(simd, b1.load(simd)), twice(simd, a2.load(simd)), twice(simd, a3.load(simd))];
        SolutionRegisters { now, step }
    }

    /// Out of registers.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, registers: &SolutionRegisters<S>) {
        for (now, register) in self.now.iter_mut().zip(registers.now) {
            now.store(register.split().0);
        }
    }
}

/// The same while frames are computed, for the left and for the right.
#[derive(Clone, Copy)]
pub(crate) struct SolutionRegisters<S: Simd> {
    now: [f32x16<S>; 3],
    step: [f32x16<S>; 3],
}

impl<S: Simd> SolutionRegisters<S> {
    /// Those of the next frame.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> [f32x16<S>; 3] {
        let now = self.now;
        self.now = [now[0] + self.step[0], now[1] + self.step[1], now[2] + self.step[2]];
        now
    }
}

/// The states of eight stereo filters: all left ones, then all right ones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SvfLanes {
    current1: Wide,
    current2: Wide,
}

impl SvfLanes {
    /// Silence in `lane`.
    pub(crate) fn clear(&mut self, lane: usize) {
        for current in [&mut self.current1, &mut self.current2] {
            (current.0[lane], current.0[LANES + lane]) = (0.0, 0.0);
        }
    }

    /// As [`Svf::flush`], lane by lane.
    #[inline(always)]
    pub(crate) fn flush<S: Simd>(&mut self, simd: S) {
        let SvfRegisters { current1, current2 } = self.load(simd);
        let (least, most) = (f32x16::splat(simd, Svf::SILENCE), f32x16::splat(simd, Svf::BROKEN));
        // Comparisons with not-a-number are false.
        let is_sound = (current1.abs().simd_ge(least) | current2.abs().simd_ge(least))
            & current1.abs().simd_le(most)
            & current2.abs().simd_le(most);
        let zero = f32x16::splat(simd, 0.0);
        self.store(&SvfRegisters {
            current1: is_sound.select(current1, zero),
            current2: is_sound.select(current2, zero),
        });
    }

    /// Into registers.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> SvfRegisters<S> {
        SvfRegisters { current1: self.current1.load(simd), current2: self.current2.load(simd) }
    }

    /// Out of registers.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, registers: &SvfRegisters<S>) {
        self.current1.store(registers.current1);
        self.current2.store(registers.current2);
    }
}

/// The same while frames are computed.
#[derive(Clone, Copy)]
pub(crate) struct SvfRegisters<S: Simd> {
    current1: f32x16<S>,
    current2: f32x16<S>,
}

impl<S: Simd> SvfRegisters<S> {
    /// Twice the low-pass of one frame. The same as [`Svf::step`] but for rounding, in an order that makes the way from one
    /// frame to the next short.
    #[inline(always)]
    pub(crate) fn low_pass_twice(&mut self, input: f32x16<S>, solution: [f32x16<S>; 3]) -> f32x16<S> {
        let [b1, a2, a3] = solution;
        let (ic1, ic2) = (self.current1, self.current2);
        let v3 = input - ic2;
        self.current1 = b1 * ic1 + a2 * v3;
        self.current2 = (ic2 + a2 * ic1) + a3 * v3;
        ic2 + self.current2
    }

    /// Band-pass and low-pass of one frame, likewise, but not twice.
    #[inline(always)]
    pub(crate) fn step(&mut self, simd: S, input: f32x16<S>, solution: [f32x16<S>; 3]) -> [f32x16<S>; 2] {
        let (ic1, half) = (self.current1, f32x16::splat(simd, 0.5));
        let low = half * self.low_pass_twice(input, solution);
        [half * (ic1 + self.current1), low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain in dB of the low-pass for a sine of `freq_hz`, by rendering.
    fn low_pass_db(freq_hz: f32, cutoff_hz: f32, k: f32) -> f32 {
        let (mut svf, solution) = (Svf::default(), Solution::new(tuning(cutoff_hz, 48_000.0), k));
        let mut power = 0.0;
        for frame in 0..96_000 {
            let input =
                (f64::from(frame) * f64::from(freq_hz) / 48_000.0 * std::f64::consts::TAU).sin() as f32;
            let low = svf.step([input; 2], solution).low[0];
            power += if frame >= 48_000 { low * low } else { 0.0 };
        }
        10.0 * (power / 24_000.0).log10()
    }

    #[test]
    fn the_low_pass_falls_by_12_db_an_octave() {
        let k = std::f32::consts::SQRT_2;
        assert!((low_pass_db(1000.0, 1000.0, k) + 3.01).abs() < 0.05);
        assert!(low_pass_db(100.0, 1000.0, k).abs() < 0.05);
        assert!((low_pass_db(4000.0, 1000.0, k) + 24.5).abs() < 1.0);
    }

    #[test]
    fn a_broken_state_recovers() {
        let (mut svf, solution) = (Svf::default(), Solution::new(0.1, 1.0));
        svf.step([f32::NAN, 1.0], solution);
        svf.flush();
        assert_eq!(svf.step([0.0; 2], solution).low, [0.0; 2]);
    }
}
