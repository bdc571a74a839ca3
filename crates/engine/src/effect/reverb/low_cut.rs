//! The low cut in front of everything: a high-pass of the second order, in stereo.
//!
//! Runs on the audio thread. Frame by frame a filter waits for itself. Where its frequency rests, a whole tick is computed
//! side by side instead: what its input gives through the impulse response, and what the state gives by itself.

use crate::lanes::{Wide, transpose};
use crate::svf::{Solution, Svf, tuning};
use crate::tick::{Ramp, TICK_FRAMES};
use fearless_simd::{f32x4, f32x16, prelude::*};
use std::f32::consts::SQRT_2;

/// The filter.
#[derive(Debug, Default)]
pub(super) struct LowCut {
    state: Svf,
    tuning: Ramp,
    whole: WholeTick,
}

impl LowCut {
    /// That of 15 Hz at 48 kHz.
    const TUNING_MIN: f32 = 0.001;

    /// As new.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.state = Svf::default();
    }

    /// Sets a state that has died away to 0. Called once a tick.
    pub(super) fn flush(&mut self) {
        self.state.flush();
    }

    /// Begins a tick: `share` of the way to `freq_hz` is gone at its end.
    pub(super) fn tick(&mut self, freq_hz: f32, share: f32, sample_rate_hz: f32) {
        self.tuning.aim(tuning(freq_hz, sample_rate_hz), share);
        if self.tuning.is_still() && self.whole.made_for != self.tuning.end() {
            self.whole = WholeTick::of(self.tuning.end());
        }
    }

    /// Whether the frequency has arrived.
    pub(super) fn is_still(&self) -> bool {
        self.tuning.is_still()
    }

    /// Whether it rests at a frequency for which whole ticks and single frames are the same to within 1e-6: the lower, the
    /// longer errors of rounding stay.
    pub(super) fn is_exact_in_whole_ticks(&self) -> bool {
        self.whole.made_for >= Self::TUNING_MIN
    }

    /// Goes on by `frames` that do not pass here.
    pub(super) fn skip(&mut self, frames: usize) {
        self.tuning.skip(frames);
    }

    /// The lows are taken out of the first `frames` of both rows.
    #[inline(always)]
    pub(super) fn process<S: Simd>(&mut self, simd: S, rows: &mut [Wide; 2], frames: usize) {
        let [left, right] = rows;
        let mut filter = self.state.load(simd);
        let mut solution = Solution::new(self.tuning.after(0), SQRT_2).doubled();
        let is_moving = !self.tuning.is_still();
        for frame in 0..frames {
            if is_moving {
                solution = Solution::new(self.tuning.after(frame), SQRT_2).doubled();
            }
            let input = f32x4::load_array(simd, [left.0[frame], right.0[frame], 0.0, 0.0]);
            let [band, low] = filter.step(simd, input, solution);
            let high = input - f32x4::splat(simd, SQRT_2) * band - low;
            [left.0[frame], right.0[frame], ..] = high.to_array();
        }
        self.state.store(&filter);
    }

    /// The same for a whole tick in which the frequency rests.
    #[inline(always)]
    pub(super) fn process_whole<S: Simd>(&mut self, simd: S, rows: &[Wide; 2]) -> [f32x16<S>; 2] {
        let [ones, twos] = self.state.currents();
        let whole = &self.whole;
        let left = whole.outputs(simd, &rows[0], [ones[0], twos[0]]);
        let right = whole.outputs(simd, &rows[1], [ones[1], twos[1]]);
        let [to_one, to_two] = [whole.to_states[0].load(simd), whole.to_states[1].load(simd)];
        let (row_left, row_right) = (rows[0].load(simd), rows[1].load(simd));
        let quarters = [
            quarter(to_one * row_left),
            quarter(to_one * row_right),
            quarter(to_two * row_left),
            quarter(to_two * row_right),
        ];
        let [a, b, c, d] = transpose(quarters);
        let kept = f32x4::load_array(simd, [ones[0], ones[1], ones[0], ones[1]])
            * f32x4::load_array(simd, whole.keeps[0])
            + f32x4::load_array(simd, [twos[0], twos[1], twos[0], twos[1]])
                * f32x4::load_array(simd, whole.keeps[1]);
        let [one_left, one_right, two_left, two_right] = (((a + b) + (c + d)) + kept).to_array();
        self.state.set_currents([[one_left, one_right], [two_left, two_right]]);
        [left, right]
    }
}

/// The sum of the four quarters of a row.
#[inline(always)]
fn quarter<S: Simd>(row: f32x16<S>) -> f32x4<S> {
    let (low, high) = row.split();
    let ((a, b), (c, d)) = (low.split(), high.split());
    (a + b) + (c + d)
}

/// What the filter does in a tick.
#[derive(Debug)]
struct WholeTick {
    /// The tuning.
    made_for: f32,
    /// The impulse response, after zeros.
    response: [f32; 2 * TICK_FRAMES],
    /// What comes out by each of both states.
    from_states: [Wide; 2],
    /// What each frame leaves in each of them.
    to_states: [Wide; 2],
    /// By state before: what is left of it in the first, left and right, and in the second.
    keeps: [[f32; 4]; 2],
}

impl WholeTick {
    /// For one `tuning`.
    fn of(tuning: f32) -> Self {
        let (impulse, one, two) =
            (run(tuning, 1.0, [0.0; 2]), run(tuning, 0.0, [1.0, 0.0]), run(tuning, 0.0, [0.0, 1.0]));
        let mut response = [0.0; 2 * TICK_FRAMES];
        for (tap, (output, _)) in response[TICK_FRAMES..].iter_mut().zip(impulse) {
            *tap = output as f32;
        }
        let outputs = |run: Run| Wide(run.map(|(output, _)| output as f32));
        let left_by = |state: usize| {
            // What comes last has had the least time.
            Wide(std::array::from_fn(|frame| impulse[TICK_FRAMES - 1 - frame].1[state] as f32))
        };
        let keep = |run: Run| {
            let [one, two] = run[TICK_FRAMES - 1].1.map(|state| state as f32);
            [one, one, two, two]
        };
        Self {
            made_for: tuning,
            response,
            from_states: [outputs(one), outputs(two)],
            to_states: [left_by(0), left_by(1)],
            keeps: [keep(one), keep(two)],
        }
    }

    /// What comes out for `row` where the state is `states`.
    #[inline(always)]
    fn outputs<S: Simd>(&self, simd: S, row: &Wide, states: [f32; 2]) -> f32x16<S> {
        let mut even = self.from_states[0].load(simd) * f32x16::splat(simd, states[0]);
        let mut odd = self.from_states[1].load(simd) * f32x16::splat(simd, states[1]);
        for pair in 0..TICK_FRAMES / 2 {
            even += self.echo(simd, row, 2 * pair);
            odd += self.echo(simd, row, 2 * pair + 1);
        }
        even + odd
    }

    /// What comes out for one frame of the row.
    #[inline(always)]
    fn echo<S: Simd>(&self, simd: S, row: &Wide, frame: usize) -> f32x16<S> {
        let taps = &self.response[TICK_FRAMES - frame..2 * TICK_FRAMES - frame];
        f32x16::splat(simd, row.0[frame]) * f32x16::from_slice(simd, taps)
    }
}

impl Default for WholeTick {
    fn default() -> Self {
        Self {
            made_for: f32::NAN,
            response: [0.0; 2 * TICK_FRAMES],
            from_states: [Wide::ZERO; 2],
            to_states: [Wide::ZERO; 2],
            keeps: [[0.0; 4]; 2],
        }
    }
}

/// By frame of a tick: what comes out, and the states after it.
type Run = [(f64, [f64; 2]); TICK_FRAMES];

/// The tick after `states` for `first` and then silence, by the equations of [`Svf`].
fn run(tuning: f32, first: f64, mut states: [f64; 2]) -> Run {
    let (g, k) = (f64::from(tuning), std::f64::consts::SQRT_2);
    let a1 = 1.0 / (1.0 + g * (g + k));
    let a2 = g * a1;
    let mut input = first;
    [(); TICK_FRAMES].map(|()| {
        let v3 = input - states[1];
        let band = a1 * states[0] + a2 * v3;
        let low = states[1] + a2 * states[0] + g * a2 * v3;
        states = [2.0 * band - states[0], 2.0 * low - states[1]];
        let high = input - k * band - low;
        input = 0.0;
        (high, states)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    #[test]
    fn whole_ticks_give_what_single_frames_give() {
        for freq_hz in [20.0, 120.0, 2000.0] {
            let (mut one, mut other) = (LowCut::default(), LowCut::default());
            let mut random = crate::random::Random::new(3);
            let mut furthest = 0.0_f32;
            for _ in 0..2000 {
                one.tick(freq_hz, 1.0, 48_000.0);
                other.tick(freq_hz, 1.0, 48_000.0);
                let mut rows = [Wide::ZERO; 2].map(|row| Wide(row.0.map(|_| random.next_bipolar())));
                let whole = dispatch!(Level::new(), simd => {
                    one.process_whole(simd, &rows).map(SimdBase::to_array)
                });
                dispatch!(Level::new(), simd => other.process(simd, &mut rows, TICK_FRAMES));
                for (whole, row) in whole.iter().zip(&rows) {
                    furthest = whole.iter().zip(row.0).fold(furthest, |most, (a, b)| most.max((a - b).abs()));
                }
            }
            println!("{freq_hz} Hz: {furthest:.2e} apart at most");
            assert!(furthest < 1.5e-6, "{freq_hz} Hz: {furthest}");
        }
    }
}
