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

/// What does not change from frame to frame: [`Band::coefficients`].
#[derive(Clone, Copy)]
struct Coefficients<S: Simd> {
    current1: [f32x16<S>; 2],
    current2: [f32x16<S>; 2],
    filtered: [f32x16<S>; 3],
    taps: [f32x16<S>; 2],
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
        let (ic1, ic2) = (self.current1, self.current2);
        let v3 = input - ic2;
        let current1 = at.current1[0] * ic1 + at.current1[1] * v3;
        let current2 = (ic2 + at.current2[0] * ic1) + at.current2[1] * v3;
        // What is known before the input is, is summed first: the output is what the next band waits for.
        let known = at.filtered[1] * ic1 + at.filtered[2] * ic2;
        let tapped = at.taps[0] * self.filtered1 + at.taps[1] * self.filtered2;
        let filtered = at.filtered[0] * input + known;
        Self {
            current1,
            current2,
            filtered1: filtered,
            filtered2: self.filtered1,
            output1: filtered + tapped,
            output2: self.output1,
        }
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

/// Bands that stand still, a lane for each side of each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cascade {
    /// What they multiply with.
    coefficients: [Wide; 9],
    /// 1 where a band changes anything.
    heard: Wide,
    /// See [`Band::state`].
    states: [Wide; 4],
}

impl Cascade {
    /// Goes on from where `bands` are.
    pub(super) fn new(bands: &[Band; BANDS]) -> Self {
        let mut of_all = Self { coefficients: [Wide::ZERO; 9], heard: Wide::ZERO, states: [Wide::ZERO; 4] };
        for (band, of) in bands.iter().enumerate() {
            for (lanes, value) in of_all.coefficients.iter_mut().zip(of.coefficients()) {
                set(lanes, band, [value; 2]);
            }
            set(&mut of_all.heard, band, if of.is_through() { [0.0; 2] } else { [1.0; 2] });
            of_all.set_state(band, of.state());
        }
        of_all
    }

    /// Where `band` is.
    pub(super) fn state(&self, band: usize) -> [[f32; 2]; 4] {
        self.states.each_ref().map(|lanes| [lanes.0[lane(band)], lanes.0[lane(band) + 1]])
    }

    fn set_state(&mut self, band: usize, state: [[f32; 2]; 4]) {
        for (lanes, sides) in self.states.iter_mut().zip(state) {
            set(lanes, band, sides);
        }
    }

    /// Whether nothing comes out where nothing comes in.
    pub(super) fn is_silent(&self) -> bool {
        self.states == [Wide::ZERO; 4]
    }

    /// Filters both sides, which are equally long, in place.
    #[inline(always)]
    pub(super) fn process<S: Simd>(&mut self, simd: S, left: &mut [f32], right: &mut [f32]) {
        let (at, begin) = (self.load_coefficients(simd), self.load(simd));
        let end = if left.len().min(right.len()) < DEPTH {
            process_few(simd, begin, &at, left, right)
        } else {
            process_many(simd, begin, &at, left, right)
        };
        self.store(simd, &end);
    }

    #[inline(always)]
    fn load_coefficients<S: Simd>(&self, simd: S) -> Coefficients<S> {
        let [one1, one3, two1, two3, input, ic1, ic2, last, before] = &self.coefficients;
        Coefficients {
            current1: [one1.load(simd), one3.load(simd)],
            current2: [two1.load(simd), two3.load(simd)],
            filtered: [input.load(simd), ic1.load(simd), ic2.load(simd)],
            taps: [last.load(simd), before.load(simd)],
        }
    }

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S) -> State<S> {
        let [current1, current2, last, before] = &self.states;
        State {
            current1: current1.load(simd),
            current2: current2.load(simd),
            filtered1: last.load(simd),
            filtered2: before.load(simd),
            output1: f32x16::splat(simd, 0.0),
            output2: f32x16::splat(simd, 0.0),
        }
    }

    /// Remembers where bands that are heard are; a side that has died away, or is not finite, becomes 0. As in [`Band::flush`].
    #[inline(always)]
    fn store<S: Simd>(&mut self, simd: S, state: &State<S>) {
        let zero = f32x16::splat(simd, 0.0);
        let heard = self.heard.load(simd).simd_gt(zero);
        let (one, two) = (state.current1.abs(), state.current2.abs());
        let (least, most) = (f32x16::splat(simd, Svf::SILENCE), f32x16::splat(simd, Svf::BROKEN));
        // Comparisons with not-a-number are false.
        let whole = heard & one.simd_le(most) & two.simd_le(most);
        let sounds = whole & (one.simd_ge(least) | two.simd_ge(least));
        self.states[0].store(sounds.select(state.current1, zero));
        self.states[1].store(sounds.select(state.current2, zero));
        let finite = f32x16::splat(simd, f32::MAX);
        let are_finite = state.filtered1.abs().simd_le(finite) & state.filtered2.abs().simd_le(finite);
        let heard = heard & are_finite;
        self.states[2].store(heard.select(state.filtered1, zero));
        self.states[3].store(heard.select(state.filtered2, zero));
    }
}

fn set(lanes: &mut Wide, band: usize, sides: [f32; 2]) {
    lanes.0[lane(band)..lane(band) + 2].copy_from_slice(&sides);
}

/// Through at least as many frames as there are between the first band and the last one. Returns where the bands are then.
#[inline(always)]
fn process_many<S: Simd>(
    simd: S,
    begin: State<S>,
    at: &Coefficients<S>,
    left: &mut [f32],
    right: &mut [f32],
) -> State<S> {
    let frames = left.len().min(right.len());
    let mut state = begin;
    // At first only the first bands have something to do: what the others do meanwhile is forgotten.
    for band in 0..BANDS - 1 {
        state = state.with(simd, band, &begin);
        for step in LAG * band..LAG * (band + 1) {
            state = state.step(simd, [left[step], right[step]], at);
        }
    }
    state = state.with(simd, BANDS - 1, &begin);
    for step in DEPTH..frames {
        state = state.step(simd, [left[step], right[step]], at);
        [left[step - DEPTH], right[step - DEPTH]] = state.output();
    }
    // And at the end only the last ones: what the others were before is kept.
    let mut end = state;
    for band in 0..BANDS - 1 {
        end = end.with(simd, band, &state);
        for step in frames + LAG * band..frames + LAG * (band + 1) {
            state = state.step(simd, [0.0; 2], at);
            [left[step - DEPTH], right[step - DEPTH]] = state.output();
        }
    }
    end.with(simd, BANDS - 1, &state)
}

/// The same for fewer.
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
