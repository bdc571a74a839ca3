//! Band-limited wavetables: one cycle of each wave, at several numbers of harmonics.
//!
//! Built before playing, from additive spectra; read on the audio thread. A voice takes the richest table whose highest
//! harmonic lies below the band limit, so nothing folds back; the tables are a third of an octave apart, so that little
//! brightness is lost. R. Bristow-Johnson, "Wavetable Synthesis 101, a Fundamental Perspective", 101st AES Convention,
//! 1996.

use super::wave::Wave;
use crate::tick::{FRAME_COUNTS, TICK_FRAMES};
use fearless_simd::{f32x16, i32x16, prelude::*, u32x16, u64x8};
use std::f32::consts::TAU;
use std::sync::OnceLock;

/// Samples of one cycle. Linear interpolation leaves images below −75 dB, as harmonics stop at a sixth of it.
const CYCLE_BITS: u32 = 11;
const CYCLE: usize = 1 << CYCLE_BITS;

/// How many harmonics the tables of each wave have, from poor to rich: a third of an octave apart.
const HARMONICS: [usize; 22] =
    [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 101, 128, 161, 203, 322];

/// One cycle, with its first sample repeated behind the last.
pub(crate) type Table = [f32; CYCLE + 1];

/// A table that is silent.
pub(crate) static SILENT_TABLE: Table = [0.0; CYCLE + 1];

/// All tables.
#[derive(Debug)]
pub(crate) struct Wavetables {
    /// By wave, then by richness.
    tables: Box<[Table]>,
}

impl Wavetables {
    /// The tables, which all instances share. The first call builds them: allocates, takes some milliseconds.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Wavetables> = OnceLock::new();
        SHARED.get_or_init(Self::build)
    }

    /// The table for a note of `freq_hz` of which nothing above `limit_hz` may sound.
    pub(crate) fn table(&self, wave: Wave, freq_hz: f32, limit_hz: f32) -> &Table {
        let fitting =
            HARMONICS.iter().take_while(|&&harmonics| harmonics as f32 * freq_hz <= limit_hz).count();
        let place = fitting.checked_sub(1).map(|richness| wave as usize * HARMONICS.len() + richness);
        place.and_then(|place| self.tables.get(place)).unwrap_or(&SILENT_TABLE)
    }

    fn build() -> Self {
        let sine: Vec<f32> = (0..CYCLE).map(|n| (TAU * n as f32 / CYCLE as f32).sin()).collect();
        let tables = Wave::ALL.into_iter().flat_map(|wave| build_wave(wave, &sine)).collect();
        Self { tables }
    }
}

/// The tables of one wave: each is the one before and the harmonics between.
fn build_wave(wave: Wave, sine: &[f32]) -> Vec<Table> {
    let mut cycle = vec![0.0_f32; CYCLE];
    let mut tables = Vec::with_capacity(HARMONICS.len());
    let mut done = 0;
    for harmonics in HARMONICS {
        for k in done + 1..=harmonics {
            add_harmonic(&mut cycle, sine, k, wave.amplitude(k));
        }
        done = harmonics;
        tables.push(std::array::from_fn(|n| cycle[n % CYCLE]));
    }
    let gain = loudness_gain(wave);
    tables.iter_mut().flatten().for_each(|sample| *sample *= gain);
    tables
}

fn add_harmonic(cycle: &mut [f32], sine: &[f32], k: usize, amplitude: f32) {
    if amplitude == 0.0 {
        return;
    }
    let mut phase = 0;
    for sample in cycle {
        *sample += amplitude * sine[phase];
        phase = (phase + k) % CYCLE;
    }
}

/// Brings the richest table to the power of a full sine, so that gains of layers compare.
fn loudness_gain(wave: Wave) -> f32 {
    let most = HARMONICS[HARMONICS.len() - 1];
    let power: f32 = (1..=most).map(|k| wave.amplitude(k).powi(2)).sum();
    power.sqrt().recip()
}

/// Bits of a phase below the place in the table.
const SHIFT: u32 = 32 - CYCLE_BITS;
const FRACTION_STEPS: u32 = 1 << SHIFT;
const FRACTION: f32 = 1.0 / FRACTION_STEPS as f32;

/// The sample of `table` at `phase`, where 2³² is one cycle.
#[inline]
pub(crate) fn sample_at(table: &Table, phase: u32) -> f32 {
    let place = (phase >> SHIFT) as usize;
    let between = (phase & (FRACTION_STEPS - 1)) as f32 * FRACTION;
    table[place] + between * (table[place + 1] - table[place])
}

/// The phases of the frames of a tick: from a first one on, a step apart.
#[derive(Clone, Copy)]
pub(crate) struct Phases<S: Simd> {
    first: u32,
    step: u32,
    /// How far on the way to the next place in the table, in [0, 1).
    between: f32x16<S>,
}

impl<S: Simd> Phases<S> {
    /// Those from `first` on, `step` apart.
    #[inline(always)]
    pub(crate) fn new(simd: S, first: u32, step: u32) -> Self {
        let phases =
            u32x16::splat(simd, first) + u32x16::load_array(simd, FRAME_COUNTS) * u32x16::splat(simd, step);
        let between: f32x16<S> = (phases & (FRACTION_STEPS - 1)).bitcast::<i32x16<S>>().to_float();
        Self { first, step, between: between * f32x16::splat(simd, FRACTION) }
    }
}

/// The samples of `table` there. The places are counted one by one: that is faster than to take them out of a register.
#[inline(always)]
pub(crate) fn samples_at<S: Simd>(simd: S, table: &Table, at: Phases<S>) -> f32x16<S> {
    let (mut pairs, mut phase) = ([0; TICK_FRAMES], at.first);
    for pair in &mut pairs {
        *pair = pair_at(table, phase >> SHIFT);
        phase = phase.wrapping_add(at.step);
    }
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = pairs;
    let early: f32x16<S> = u64x8::load_array(simd, [a, b, c, d, e, f, g, h]).bitcast();
    let late: f32x16<S> = u64x8::load_array(simd, [i, j, k, l, m, n, o, p]).bitcast();
    let (from, to) = (early.unzip_low(late), early.unzip_high(late));
    from + at.between * (to - from)
}

/// The samples of a sine there, which needs no table: a series of Taylor over a quarter of a cycle on either side.
#[inline(always)]
pub(crate) fn sines_at<S: Simd>(simd: S, at: Phases<S>) -> f32x16<S> {
    const QUARTER: u32 = 1 << 30;
    let first = u32x16::splat(simd, at.first.wrapping_add(QUARTER));
    let phases = first + u32x16::load_array(simd, FRAME_COUNTS) * u32x16::splat(simd, at.step);
    // A quarter late, as a signed number: from there to either side the sine is the same.
    let signed: f32x16<S> = phases.bitcast::<i32x16<S>>().to_float();
    let around = signed.abs() - f32x16::splat(simd, QUARTER as f32);
    let x = around * f32x16::splat(simd, TAU / 4_294_967_296.0);
    let square = x * x;
    let mut sum = f32x16::splat(simd, -1.0 / 39_916_800.0);
    for coefficient in [1.0 / 362_880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0, 1.0] {
        sum = sum * square + f32x16::splat(simd, coefficient);
    }
    sum * x
}

/// Two neighbours as one number, since that is one load.
#[inline(always)]
fn pair_at(table: &Table, place: u32) -> u64 {
    let place = place as usize;
    let [from, to] = [table[place], table[place + 1]].map(|sample| u64::from(sample.to_bits()));
    from | to << 32
}

/// How far the phase goes in one frame. Frequencies from half the sample rate on stand still.
#[inline]
pub(crate) fn phase_step(freq_hz: f32, sample_rate_hz: f32) -> u32 {
    let cycles = freq_hz / sample_rate_hz;
    if cycles < 0.5 { (cycles * 4_294_967_296.0) as u32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    #[test]
    fn a_sine_without_a_table_is_the_same_as_one_from_it() {
        let table = Wavetables::shared().table(Wave::Sine, 100.0, 20_000.0);
        for step in [1_000_001, 0x1234_5678, 0x7fff_ffff] {
            let [one, other] = dispatch!(Level::new(), simd => {
                let phases = Phases::new(simd, 0xf000_0000, step);
                [sines_at(simd, phases).to_array(), samples_at(simd, table, phases).to_array()]
            });
            for (one, other) in one.into_iter().zip(other) {
                assert!((one - other).abs() < 2e-6, "{step}: {one} for {other}");
            }
        }
    }

    #[test]
    fn no_table_reaches_beyond_the_limit() {
        let tables = Wavetables::shared();
        for wave in Wave::ALL {
            let table = tables.table(wave, 1000.0, 5500.0);
            for k in 6..40 {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, sample) in table[..CYCLE].iter().enumerate() {
                    let angle = TAU * (n * k % CYCLE) as f32 / CYCLE as f32;
                    re += sample * angle.cos();
                    im += sample * angle.sin();
                }
                assert!(re.hypot(im) / (CYCLE as f32) < 1e-5, "{wave:?} holds harmonic {k}");
            }
        }
    }

    #[test]
    fn a_note_above_the_limit_is_silent() {
        let table = Wavetables::shared().table(Wave::Sine, 600.0, 500.0);
        assert_eq!(*table, SILENT_TABLE);
    }

    #[test]
    fn tables_join_without_a_step_and_have_no_offset() {
        for wave in Wave::ALL {
            let table = Wavetables::shared().table(wave, 30.0, 20_000.0);
            assert_eq!(table[0], table[CYCLE]);
            assert!(table[..CYCLE].iter().sum::<f32>().abs() / (CYCLE as f32) < 1e-4, "{wave:?}");
        }
    }
}
