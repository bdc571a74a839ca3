//! Eight bands in series, computed side by side: while the first is at one frame, the second is two frames behind, and so
//! on. Two, since what a band gives out is then there when the next one needs it.
//!
//! Runs on the audio thread.

use super::band::Band;
use crate::lanes::Wide;
use crate::svf::Svf;
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
    /// Of what the filters gave out one frame ago.
    tap1: f32x16<S>,
    /// The same of two.
    tap2: f32x16<S>,
}

/// What does.
#[derive(Clone, Copy)]
struct State<S: Simd> {
    current1: f32x16<S>,
    current2: f32x16<S>,
    /// What the filters gave out one frame ago.
    filtered1: f32x16<S>,
    /// The same two ago.
    filtered2: f32x16<S>,
    /// What the bands gave out one frame ago.
    output1: f32x16<S>,
    /// The same two ago.
    output2: f32x16<S>,
}

impl<S: Simd> State<S> {
    /// Takes a frame into the first band, and returns what all of them give out.
    #[inline(always)]
    fn step(&self, simd: S, input: [f32; 2], at: &Coefficients<S>) -> Self {
        let frame = u64::from(input[0].to_bits()) | u64::from(input[1].to_bits()) << 32;
        let frame: f32x16<S> = u64x8::splat(simd, frame).bitcast();
        let input = self.output2.slide::<2>(frame);
        let [a1, a2, a3] = at.doubled;
        let (ic1, ic2) = (self.current1, self.current2);
        let v3 = input - ic2;
        let current1 = (a1 * ic1 - ic1) + a2 * v3;
        let current2 = (ic2 + a2 * ic1) + a3 * v3;
        // What is known early is summed first: the sum is what the next band waits for.
        let known = at.tap1 * self.filtered1 + at.tap2 * self.filtered2;
        let filtered = (at.input * input + at.band * (ic1 + current1)) + at.low * (ic2 + current2);
        let output1 = filtered + known;
        let (filtered1, filtered2, output2) = (filtered, self.filtered1, self.output1);
        Self { current1, current2, filtered1, filtered2, output1, output2 }
    }

    /// The same, but only bands in `awake` remember it.
    #[inline(always)]
    fn step_some(&self, simd: S, input: [f32; 2], at: &Coefficients<S>, awake: mask32x16<S>) -> Self {
        let next = self.step(simd, input, at);
        Self {
            current1: awake.select(next.current1, self.current1),
            current2: awake.select(next.current2, self.current2),
            filtered1: awake.select(next.filtered1, self.filtered1),
            filtered2: awake.select(next.filtered2, self.filtered2),
            output1: next.output1,
            output2: next.output2,
        }
    }

    /// The same, but `band` remembers what `other` says.
    #[inline(always)]
    fn with(&self, simd: S, band: usize, other: &Self) -> Self {
        let lanes = mask32x16::from_bitmask(simd, 0b11 << lane(band));
        Self {
            current1: lanes.select(other.current1, self.current1),
            current2: lanes.select(other.current2, self.current2),
            filtered1: lanes.select(other.filtered1, self.filtered1),
            filtered2: lanes.select(other.filtered2, self.filtered2),
            ..*self
        }
    }

    /// What comes out of the last band.
    #[inline(always)]
    fn output(&self) -> [f32; 2] {
        [self.output1[0], self.output1[1]]
    }
}

/// Filters both sides, which are equally long, in place through all `bands`, which stand still as `still` says.
#[inline(always)]
pub(super) fn process<S: Simd>(
    simd: S,
    still: &Still,
    bands: &mut [Band; BANDS],
    left: &mut [f32],
    right: &mut [f32],
) {
    let frames = left.len().min(right.len());
    let at = still.load(simd);
    let begin = load(simd, bands);
    if frames < DEPTH {
        let state = process_few(simd, begin, &at, left, right);
        store(simd, &state, still, bands);
        return;
    }
    let mut state = begin;
    // At first only the first bands have something to do: what the others do meanwhile is forgotten.
    for step in 0..DEPTH {
        if step % LAG == 0 {
            state = state.with(simd, step / LAG, &begin);
        }
        state = state.step(simd, [left[step], right[step]], &at);
    }
    state = state.with(simd, BANDS - 1, &begin);
    for step in DEPTH..frames {
        state = state.step(simd, [left[step], right[step]], &at);
        [left[step - DEPTH], right[step - DEPTH]] = state.output();
    }
    // And at the end only the last ones: what the others were before is kept.
    let mut end = state;
    for step in 0..DEPTH {
        if step % LAG == 0 {
            end = end.with(simd, step / LAG, &state);
        }
        state = state.step(simd, [0.0; 2], &at);
        [left[frames + step - DEPTH], right[frames + step - DEPTH]] = state.output();
    }
    store(simd, &end.with(simd, BANDS - 1, &state), still, bands);
}

/// The same for fewer frames than there are between the first band and the last one.
#[inline(always)]
fn process_few<S: Simd>(
    simd: S,
    mut state: State<S>,
    at: &Coefficients<S>,
    left: &mut [f32],
    right: &mut [f32],
) -> State<S> {
    let frames = left.len().min(right.len());
    for step in 0..frames {
        state = state.step_some(simd, [left[step], right[step]], at, awake(simd, step, frames));
    }
    for step in frames..frames + DEPTH {
        state = state.step_some(simd, [0.0; 2], at, awake(simd, step, frames));
        if let Some(frame) = step.checked_sub(DEPTH) {
            [left[frame], right[frame]] = state.output();
        }
    }
    state
}

/// The bands that have one of the `frames` in this step: from the last that has begun to the first that has not ended.
#[inline(always)]
fn awake<S: Simd>(simd: S, step: usize, frames: usize) -> mask32x16<S> {
    let begun = (step / LAG).min(BANDS - 1);
    let ended = (step + 1).saturating_sub(frames).div_ceil(LAG);
    let bits = if ended <= begun { (1u64 << (lane(ended) + 2)) - (1 << lane(begun)) } else { 0 };
    mask32x16::from_bitmask(simd, bits)
}

/// What bands that stand still multiply with, a lane for each side of each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Still {
    coefficients: [Wide; 8],
    /// 1 where a band changes anything.
    heard: Wide,
}

impl Still {
    /// Of `bands`.
    pub(super) fn new(bands: &[Band; BANDS]) -> Self {
        let (mut coefficients, mut heard) = ([Wide::ZERO; 8], Wide::ZERO);
        for (band, of) in bands.iter().enumerate() {
            for (lanes, value) in coefficients.iter_mut().zip(of.coefficients()) {
                (lanes.0[lane(band)], lanes.0[lane(band) + 1]) = (value, value);
            }
            let is_heard = if of.is_through() { 0.0 } else { 1.0 };
            (heard.0[lane(band)], heard.0[lane(band) + 1]) = (is_heard, is_heard);
        }
        Self { coefficients, heard }
    }

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S) -> Coefficients<S> {
        let [a1, a2, a3, input, band, low, one, two] = &self.coefficients;
        Coefficients {
            doubled: [a1.load(simd), a2.load(simd), a3.load(simd)],
            input: input.load(simd),
            band: band.load(simd),
            low: low.load(simd),
            tap1: one.load(simd),
            tap2: two.load(simd),
        }
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
        filtered1: last.load(simd),
        filtered2: before.load(simd),
        output1: f32x16::splat(simd, 0.0),
        output2: f32x16::splat(simd, 0.0),
    }
}

#[inline(always)]
fn store<S: Simd>(simd: S, state: &State<S>, still: &Still, bands: &mut [Band; BANDS]) {
    let zero = f32x16::splat(simd, 0.0);
    let heard = still.heard.load(simd).simd_gt(zero);
    let all = [state.current1, state.current2, state.filtered1, state.filtered2];
    let all = [
        heard.select(all[0], zero),
        heard.select(all[1], zero),
        heard.select(all[2], zero),
        heard.select(all[3], zero),
    ];
    let mut states = [Wide::ZERO; 4];
    states[0].store(all[0]);
    states[1].store(all[1]);
    states[2].store(all[2]);
    states[3].store(all[3]);
    for (band, of) in bands.iter_mut().enumerate() {
        of.set_state(states.each_ref().map(|lanes| [lanes.0[lane(band)], lanes.0[lane(band) + 1]]));
    }
    if !are_sound(simd, all) {
        bands.iter_mut().for_each(Band::flush);
    }
}

/// Whether no state can have died away, nor be broken: those that are 0 are neither.
#[inline(always)]
fn are_sound<S: Simd>(simd: S, [current1, current2, filtered1, filtered2]: [f32x16<S>; 4]) -> bool {
    let (one, two) = (current1.abs(), current2.abs());
    let least = f32x16::splat(simd, Svf::SILENCE);
    let is_zero = (one + two).simd_eq(f32x16::splat(simd, 0.0));
    let is_heard = is_zero | one.simd_ge(least) | two.simd_ge(least);
    // Comparisons with not-a-number are false.
    let most = f32x16::splat(simd, Svf::BROKEN);
    let finite = f32x16::splat(simd, f32::MAX);
    let is_whole = one.simd_le(most)
        & two.simd_le(most)
        & filtered1.abs().simd_le(finite)
        & filtered2.abs().simd_le(finite);
    (is_heard & is_whole).all_true()
}
