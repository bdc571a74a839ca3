//! How far two renderings of a tune lie apart in pitch and in level.

use crate::RATE_HZ;
use crate::tune::{Note, Tune};
use realfft::RealFftPlanner;
use std::f64::consts::TAU;

/// Frames of one value of the level: 10 ms.
const STEP: usize = 480;
/// The least frames of a note whose pitch is compared: the half second from its tenth of a second on.
const FRAMES: usize = 24_000;
/// By how much the transform is longer than what is transformed.
const PADDING: usize = 4;

/// From one value to the next of a spectrum over the logarithm of the frequency.
const CENTS: f64 = 0.5;
/// Steps by which spectra are shifted at most: 50 cents.
const SHIFT_MAX: usize = 100;

/// Prints it.
pub(crate) fn print(ours: &[Vec<f32>; 2], theirs: &[Vec<f32>; 2], tune: &Tune) {
    let lag = lag(&mono(ours), &mono(theirs));
    println!("lag: {lag} steps of 10 ms");
    let (ours, theirs) = (mono(ours), mono(theirs));
    let theirs = &theirs[(lag * STEP).min(theirs.len())..];
    let mut worst: f64 = 0.0;
    let alone: Vec<&Note> = tune.notes.iter().filter(|note| is_alone(note, tune)).collect();
    let mut differences = Vec::new();
    for note in &alone {
        let start = note.on + 4800;
        let Some((ours, theirs)) = ours.get(start..start + FRAMES).zip(theirs.get(start..start + FRAMES))
        else {
            continue;
        };
        let cents = shift_cents(ours, theirs);
        differences.push(format!("{}: {cents:+.2}", note.key));
        worst = worst.max(cents.abs());
    }
    if differences.is_empty() {
        println!("no note is long enough and alone, to compare its pitch");
    } else {
        println!("pitch in cents by key: {}; at most {worst:.2}", differences.join(", "));
    }
    let (one, other) = (levels(&ours), levels(theirs));
    println!("correlation of the levels: {:.4}", correlation(&one, &other));
    let db = |levels: &[f64]| 10.0 * (levels.iter().map(|level| level * level).sum::<f64>()).log10();
    println!("ours is {:+.1} dB against the reference", db(&one) - db(&other));
}

fn is_alone(note: &Note, tune: &Tune) -> bool {
    let end = note.on + 4800 + FRAMES;
    let overlaps = |other: &&Note| other.on < end && other.off + 9600 > note.on + 4800;
    note.off >= end && tune.notes.iter().filter(overlaps).count() == 1
}

fn mono([left, right]: &[Vec<f32>; 2]) -> Vec<f32> {
    left.iter().zip(right).map(|(left, right)| left + right).collect()
}

fn levels(audio: &[f32]) -> Vec<f64> {
    let level = |piece: &[f32]| {
        let power = piece.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        (power / STEP as f64).sqrt()
    };
    audio.chunks_exact(STEP).map(level).collect()
}

/// By how many steps the second one is later.
fn lag(ours: &[f32], theirs: &[f32]) -> usize {
    let (ours, theirs) = (levels(ours), levels(theirs));
    let of = |lag: usize| correlation(&ours, &theirs[lag.min(theirs.len())..]);
    (0..10).max_by(|one, other| of(*one).total_cmp(&of(*other))).unwrap_or(0)
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let length = one.len().min(other.len());
    let (one, other) = (&one[..length], &other[..length]);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / length as f64;
    let (a, b) = (mean(one), mean(other));
    let product =
        |f: &dyn Fn(f64, f64) -> f64| one.iter().zip(other).map(|(x, y)| f(x - a, y - b)).sum::<f64>();
    product(&|x, y| x * y) / (product(&|x, _| x * x) * product(&|_, y| y * y)).sqrt()
}

/// By how many cents `ours` lies above `theirs`: the shift at which their spectra over the logarithm of the frequency agree
/// best, all partials together.
fn shift_cents(ours: &[f32], theirs: &[f32]) -> f64 {
    let (ours, theirs) = (by_cents(&spectrum(ours)), by_cents(&spectrum(theirs)));
    let agreement = |shift: usize| {
        let pairs = ours[shift..].iter().zip(&theirs[SHIFT_MAX..theirs.len() - SHIFT_MAX]);
        pairs.map(|(one, other)| one * other).sum::<f64>()
    };
    let all: Vec<f64> = (0..=2 * SHIFT_MAX).map(agreement).collect();
    let best = (1..2 * SHIFT_MAX).max_by(|one, other| all[*one].total_cmp(&all[*other])).unwrap_or(SHIFT_MAX);
    let [a, b, c] = [best - 1, best, best + 1].map(|place| all[place]);
    let between = (a - c) / (2.0 * (a - 2.0 * b + c));
    CENTS * (best as f64 - SHIFT_MAX as f64 + between)
}

/// The amplitudes in steps of [`CENTS`] from 20 Hz on, up to 12 kHz.
fn by_cents(powers: &[f64]) -> Vec<f64> {
    let bin_hz = f64::from(RATE_HZ) / (FRAMES * PADDING) as f64;
    let at = |step: usize| {
        let place = 20.0 * (step as f64 * CENTS / 1200.0).exp2() / bin_hz;
        let share = place.fract();
        let [below, above] =
            [0, 1].map(|next| powers.get(place as usize + next).copied().unwrap_or(0.0).sqrt());
        below + share * (above - below)
    };
    (0..(11_074.0 / CENTS) as usize).map(at).collect()
}

fn spectrum(audio: &[f32]) -> Vec<f64> {
    let window = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / audio.len() as f64).cos();
    let mut input: Vec<f64> =
        audio.iter().enumerate().map(|(n, value)| window(n) * f64::from(*value)).collect();
    input.resize(FRAMES * PADDING, 0.0);
    let transform = RealFftPlanner::new().plan_fft_forward(input.len());
    let mut output = transform.make_output_vec();
    if transform.process(&mut input, &mut output).is_err() {
        return Vec::new();
    }
    output.iter().map(realfft::num_complex::Complex::norm_sqr).collect()
}
