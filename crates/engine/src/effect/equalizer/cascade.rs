//! Eight bands in series, computed side by side: while the first is at one frame, the second is two frames behind, and so
//! on. Two, since what a band gives out is then there when the next one needs it.
//!
//! Runs on the audio thread.

use super::band::Band;
use crate::lanes::Wide;
use fearless_simd::{f32x16, mask32x16, prelude::*, u64x8};

/// Bands.
const BANDS: usize = 8;
/// How many frames each band is behind the one before.
const LAG: usize = 2;
/// How many frames the last one is behind the first.
const DEPTH: usize = LAG * (BANDS - 1);

/// Where the left side of `band` lies; the right one follows. The last band comes first, so that what comes out lies in
/// front.
const fn lane(band: usize) -> usize {
    2 * (BANDS - 1 - band)
}

/// What does not change from frame to frame.
#[derive(Clone, Copy)]
struct Coefficients<S: Simd> {
    /// Twice those of [`crate::svf::Solution`].
    doubled: [f32x16<S>; 3],
    input: f32x16<S>,
    /// Half of what goes to the output.
    band: f32x16<S>,
    low: f32x16<S>,
    /// Of what the filters gave out one frame ago, and two.
    taps: [f32x16<S>; 2],
}

/// What does.
#[derive(Clone, Copy)]
struct State<S: Simd> {
    current1: f32x16<S>,
    current2: f32x16<S>,
    /// What the filters gave out one frame ago, and two.
    filtered: [f32x16<S>; 2],
    /// What the bands gave out one frame ago, and two.
    recent: [f32x16<S>; 2],
}

impl<S: Simd> State<S> {
    /// Takes a frame into the first band, and returns what all of them give out.
    #[inline(always)]
    fn step(&self, simd: S, input: [f32; 2], at: &Coefficients<S>) -> Self {
        let frame = u64::from(input[0].to_bits()) | u64::from(input[1].to_bits()) << 32;
        let frame: f32x16<S> = u64x8::splat(simd, frame).bitcast();
        let input = self.recent[1].slide::<2>(frame);
        let [a1, a2, a3] = at.doubled;
        let (ic1, ic2) = (self.current1, self.current2);
        let v3 = input - ic2;
        let current1 = (a1 * ic1 - ic1) + a2 * v3;
        let current2 = (ic2 + a2 * ic1) + a3 * v3;
        let filtered = at.input * input + at.band * (ic1 + current1) + at.low * (ic2 + current2);
        let output = filtered + at.taps[0] * self.filtered[0] + at.taps[1] * self.filtered[1];
        let filtered = [filtered, self.filtered[0]];
        Self { current1, current2, filtered, recent: [output, self.recent[0]] }
    }

    /// The same, but only bands in `awake` remember it.
    #[inline(always)]
    fn step_some(&self, simd: S, input: [f32; 2], at: &Coefficients<S>, awake: mask32x16<S>) -> Self {
        let next = self.step(simd, input, at);
        Self {
            current1: awake.select(next.current1, self.current1),
            current2: awake.select(next.current2, self.current2),
            filtered: [0, 1].map(|age| awake.select(next.filtered[age], self.filtered[age])),
            recent: next.recent,
        }
    }

    /// What comes out of the last band.
    #[inline(always)]
    fn output(&self) -> [f32; 2] {
        [self.recent[0][0], self.recent[0][1]]
    }
}

/// Filters both sides, which are equally long, in place through all `bands`, which must stand still.
#[inline(always)]
pub(super) fn process<S: Simd>(simd: S, bands: &mut [Band; BANDS], left: &mut [f32], right: &mut [f32]) {
    let frames = left.len().min(right.len());
    let at = coefficients(simd, bands);
    let mut state = load(simd, bands);
    // At first only the first bands have something to do, and at the end only the last ones.
    for step in 0..frames + DEPTH {
        let is_full = step >= DEPTH && step < frames;
        let input = if step < frames { [left[step], right[step]] } else { [0.0; 2] };
        state = if is_full {
            state.step(simd, input, &at)
        } else {
            state.step_some(simd, input, &at, awake(simd, step, frames))
        };
        if let Some(frame) = step.checked_sub(DEPTH) {
            [left[frame], right[frame]] = state.output();
        }
    }
    store(&state, bands);
}

/// The bands that have one of the `frames` in this step.
#[inline(always)]
fn awake<S: Simd>(simd: S, step: usize, frames: usize) -> mask32x16<S> {
    let mut bits = 0;
    for band in 0..BANDS {
        if step.checked_sub(LAG * band).is_some_and(|frame| frame < frames) {
            bits |= 0b11 << lane(band);
        }
    }
    mask32x16::from_bitmask(simd, bits)
}

#[inline(always)]
fn coefficients<S: Simd>(simd: S, bands: &[Band; BANDS]) -> Coefficients<S> {
    let mut lanes = [Wide::ZERO; 8];
    for (band, of) in bands.iter().enumerate() {
        for (lanes, value) in lanes.iter_mut().zip(of.coefficients()) {
            (lanes.0[lane(band)], lanes.0[lane(band) + 1]) = (value, value);
        }
    }
    let [a1, a2, a3, input, band, low, one, two] = &lanes;
    Coefficients {
        doubled: [a1.load(simd), a2.load(simd), a3.load(simd)],
        input: input.load(simd),
        band: band.load(simd),
        low: low.load(simd),
        taps: [one.load(simd), two.load(simd)],
    }
}

#[inline(always)]
fn load<S: Simd>(simd: S, bands: &[Band; BANDS]) -> State<S> {
    let mut states = [Wide::ZERO; 4];
    for (band, of) in bands.iter().enumerate() {
        for (lanes, sides) in states.iter_mut().zip(of.state()) {
            (lanes.0[lane(band)], lanes.0[lane(band) + 1]) = (sides[0], sides[1]);
        }
    }
    let [current1, current2, last, before] = &states;
    State {
        current1: current1.load(simd),
        current2: current2.load(simd),
        filtered: [last.load(simd), before.load(simd)],
        recent: [f32x16::splat(simd, 0.0); 2],
    }
}

#[inline(always)]
fn store<S: Simd>(state: &State<S>, bands: &mut [Band; BANDS]) {
    let mut states = [Wide::ZERO; 4];
    let registers = [state.current1, state.current2, state.filtered[0], state.filtered[1]];
    states.iter_mut().zip(registers).for_each(|(lanes, register)| lanes.store(register));
    for (band, of) in bands.iter_mut().enumerate() {
        of.set_state(states.each_ref().map(|lanes| [lanes.0[lane(band)], lanes.0[lane(band) + 1]]));
    }
}
