//! The impulse responses of the convolution: four spaces that never were, computed.
//!
//! Never runs on the audio thread. Early reflections, then noise that decays in three bands, each in its own time: J. A.
//! Moorer, "About this reverberation business", Computer Music Journal 3(2), 1979.

use crate::effect::convolution::Response;
use crate::random::Random;
use crate::settings::SpaceType;
use std::f32::consts::{LN_10, TAU};
use std::sync::{Arc, OnceLock};

/// What makes a space.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Time to decay by 60 dB below 400 Hz, between, and above 4 kHz, in seconds.
    decay_s: [f32; 3],
    /// When the first reflection arrives, and until when there are reflections apart from each other, in ms.
    early_ms: [f32; 2],
    /// How many reflections a side.
    reflections: usize,
    /// Level of the reflections, linear, relative to the noise as it begins.
    early_gain: f32,
    seed: u32,
}

impl Plan {
    fn of(space: SpaceType) -> Self {
        match space {
            SpaceType::Chapel => Self {
                decay_s: [1.7, 1.5, 0.75],
                early_ms: [4.0, 45.0],
                reflections: 26,
                early_gain: 5.0,
                seed: 11,
            },
            SpaceType::ConcertHall | SpaceType::Own => Self {
                decay_s: [2.3, 2.0, 1.1],
                early_ms: [14.0, 75.0],
                reflections: 30,
                early_gain: 7.0,
                seed: 23,
            },
            SpaceType::WoodenRoom => Self {
                decay_s: [0.45, 0.5, 0.35],
                early_ms: [1.6, 22.0],
                reflections: 24,
                early_gain: 3.5,
                seed: 37,
            },
            SpaceType::Cave => Self {
                decay_s: [3.2, 2.4, 0.8],
                early_ms: [9.0, 120.0],
                reflections: 18,
                early_gain: 9.0,
                seed: 53,
            },
        }
    }
}

/// Where the bands meet, in Hz.
const CROSSOVERS_HZ: [f32; 2] = [400.0, 4000.0];
/// No response has more taps: at rates that nobody uses, a response ends early rather than take all memory.
const TAPS_MAX: usize = 700_000;
/// The rates of hosts: what is computed for these is computed once.
const RATES_HZ: [f32; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

/// All responses at `sample_rate_hz`, in the order of [`SpaceType::ALL`]. Allocates, and may wait for another thread that
/// computes the same.
pub(super) fn responses(sample_rate_hz: f32) -> Arc<[Response]> {
    static READY: [OnceLock<Arc<[Response]>>; RATES_HZ.len()] = [const { OnceLock::new() }; RATES_HZ.len()];
    let make = || SpaceType::ALL.iter().map(|space| response(*space, sample_rate_hz)).collect();
    match RATES_HZ.iter().position(|rate_hz| *rate_hz == sample_rate_hz) {
        Some(place) => Arc::clone(READY[place].get_or_init(make)),
        None => make(),
    }
}

fn response(space: SpaceType, sample_rate_hz: f32) -> Response {
    let [left, right] = taps(space, sample_rate_hz);
    Response::new(&left, &right)
}

/// The taps of a space, left and right, whose energy is 1 on average.
pub(super) fn taps(space: SpaceType, sample_rate_hz: f32) -> [Vec<f32>; 2] {
    let plan = Plan::of(space);
    let longest_s = plan.decay_s.iter().copied().fold(0.0, f32::max);
    let taps = ((longest_s * sample_rate_hz) as usize).clamp(1, TAPS_MAX);
    let mut sides = [0, 1].map(|side| {
        let mut sound = late(&plan, plan.seed + side, taps, sample_rate_hz);
        add_early(&plan, plan.seed + 7 + side, &mut sound, sample_rate_hz);
        sound
    });
    let energy: f32 = sides.iter().flatten().map(|tap| tap * tap).sum();
    let gain = (2.0 / energy.max(1e-9)).sqrt();
    sides.iter_mut().flatten().for_each(|tap| *tap *= gain);
    sides
}

/// The noise, which swells while the reflections come.
fn late(plan: &Plan, seed: u32, taps: usize, sample_rate_hz: f32) -> Vec<f32> {
    let mut random = Random::new(seed);
    let losses = plan.decay_s.map(|time_s| (-3.0 * LN_10 / (time_s * sample_rate_hz)).exp());
    let shares = CROSSOVERS_HZ.map(|freq_hz| 1.0 - (-TAU * freq_hz / sample_rate_hz).exp());
    let [from, to] = plan.early_ms.map(|ms| 0.001 * ms * sample_rate_hz);
    // So that it ends at nothing, not in a step.
    let fade = 1.0 / (0.05 * taps as f32).max(1.0);
    let (mut envelopes, mut lows) = ([1.0_f32; 3], [[0.0_f32; 2]; 2]);
    let sample = |tap: usize| {
        let noise = random.next_bipolar();
        for (low, share) in lows.iter_mut().zip(shares) {
            low[0] += share * (noise - low[0]);
            low[1] += share * (low[0] - low[1]);
        }
        let bands = [lows[0][1], lows[1][1] - lows[0][1], noise - lows[1][1]];
        let sum: f32 = bands.iter().zip(envelopes).map(|(band, envelope)| band * envelope).sum();
        envelopes.iter_mut().zip(losses).for_each(|(envelope, loss)| *envelope *= loss);
        let swell = ((tap as f32 - from) / (to - from).max(1.0)).clamp(0.0, 1.0);
        swell * sum * (fade * (taps - tap) as f32).min(1.0)
    };
    (0..taps).map(sample).collect()
}

/// Reflections: ever closer together, ever softer, of either sign. Each is two taps, so that it lies between frames.
fn add_early(plan: &Plan, seed: u32, sound: &mut [f32], sample_rate_hz: f32) {
    let mut random = Random::new(seed);
    let [first_ms, last_ms] = plan.early_ms;
    for number in 0..plan.reflections {
        let place = (number as f32 + 0.5 + 0.45 * random.next_bipolar()) / plan.reflections as f32;
        let ms = first_ms + (last_ms - first_ms) * place.powf(0.7);
        let sign = if random.next_bipolar() < 0.0 { -1.0 } else { 1.0 };
        let gain = sign * plan.early_gain * (first_ms / ms).powf(0.8) * (1.0 - 0.7 * place);
        let at = 0.001 * ms * sample_rate_hz;
        for (tap, share) in [(at as usize, 1.0 - at.fract()), (at as usize + 1, at.fract())] {
            if let Some(sample) = sound.get_mut(tap) {
                *sample += gain * share;
            }
        }
    }
}
