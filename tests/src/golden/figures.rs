//! From samples to figures.

use super::Take;
use realfft::RealFftPlanner;
use std::f32::consts::TAU;

/// Where the bands begin, in hertz; the last one ends at 20,000.
const BANDS_HZ: [f32; 7] = [20.0, 100.0, 300.0, 1000.0, 3000.0, 8000.0, 20_000.0];
/// The lowest level that is told, in dB.
const DB_MIN: f64 = -120.0;

/// The figures of a tenth of a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Root of the mean square of left and right, in hundredths of a dB.
    pub levels: [i32; 2],
    /// The largest magnitude of both, in hundredths of a dB.
    pub peak: i32,
    /// Of both together, in tenths of a dB.
    pub bands: [i32; 6],
    /// Two of the left and two of the right, in thousandths of the level.
    pub traces: [i32; 4],
}

/// Measures a render.
pub fn measure(audio: &[Vec<f32>; 2], rate_hz: u32) -> Take {
    let length = rate_hz as usize / 10;
    let mut bands = Bands::new(rate_hz, length);
    let pieces = audio[0].chunks_exact(length).zip(audio[1].chunks_exact(length));
    let rows = pieces.enumerate().map(|(place, (left, right))| row(place, [left, right], &mut bands));
    Take { rate_hz, frames: audio[0].len(), rows: rows.collect() }
}

fn row(place: usize, sides: [&[f32]; 2], bands: &mut Bands) -> Row {
    let squares = sides.map(|side| side.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>());
    let means = squares.map(|sum| (sum / sides[0].len() as f64).sqrt());
    let peak = sides.iter().flat_map(|side| side.iter()).fold(0.0_f32, |most, x| most.max(x.abs()));
    let trace = |number: usize| {
        let side = number / 2;
        if squares[side] < 1e-18 {
            return 0;
        }
        let mut signs = Signs::of(place * 4 + number);
        let sum: f64 = sides[side].iter().map(|x| f64::from(*x) * signs.next()).sum();
        (1000.0 * sum / squares[side].sqrt()).round() as i32
    };
    Row {
        levels: means.map(|level| decibels(level, 100.0)),
        peak: decibels(f64::from(peak), 100.0),
        bands: bands.measure(sides).map(|level| decibels(level, 10.0)),
        traces: [0, 1, 2, 3].map(trace),
    }
}

fn decibels(level: f64, unit: f64) -> i32 {
    (unit * (20.0 * level.max(1e-9).log10()).max(DB_MIN)).round() as i32
}

/// Signs that look random (S. Vigna's `SplitMix64`), one a sample.
struct Signs {
    state: u64,
    bits: u64,
    left: u32,
}

impl Signs {
    fn of(number: usize) -> Self {
        Self { state: number as u64, bits: 0, left: 0 }
    }

    fn next(&mut self) -> f64 {
        if self.left == 0 {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (self.bits, self.left) = (mixed ^ (mixed >> 31), 64);
        }
        let sign = if self.bits & 1 == 0 { 1.0 } else { -1.0 };
        self.bits >>= 1;
        self.left -= 1;
        sign
    }
}

/// Measures levels of bands.
struct Bands {
    transform: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
    window: Vec<f32>,
    /// By band: the first bin.
    first: [usize; 7],
    input: Vec<f32>,
    output: Vec<realfft::num_complex::Complex<f32>>,
}

impl Bands {
    fn new(rate_hz: u32, length: usize) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(length);
        let window =
            (0..length).map(|n| 0.5 - 0.5 * (TAU * (n as f32 + 0.5) / length as f32).cos()).collect();
        let bin = |hz: f32| (hz * length as f32 / rate_hz as f32).round() as usize;
        let (input, output) = (transform.make_input_vec(), transform.make_output_vec());
        Self { transform, window, first: BANDS_HZ.map(bin), input, output }
    }

    /// The root of the mean square of both sides in each band.
    fn measure(&mut self, sides: [&[f32]; 2]) -> [f64; 6] {
        let mut powers = [0.0; 6];
        for side in sides {
            for ((place, x), weight) in self.input.iter_mut().zip(side).zip(&self.window) {
                *place = x * weight;
            }
            // The lengths are those that the transform made.
            if self.transform.process(&mut self.input, &mut self.output).is_err() {
                return powers;
            }
            for (band, power) in powers.iter_mut().enumerate() {
                let bins = self.output.get(self.first[band]..self.first[band + 1]).unwrap_or_default();
                *power += bins.iter().map(|bin| f64::from(bin.norm_sqr())).sum::<f64>();
            }
        }
        // Of a Hann window: 3/8 of the power; half of it lies at negative frequencies.
        let scale = 2.0 / (0.375 * (self.window.len() as f64).powi(2));
        powers.map(|power| (power * scale).sqrt())
    }
}
