//! Band-limited wavetables: one cycle of each wave, at several numbers of harmonics.
//!
//! Built before playing, from additive spectra; read on the audio thread. A voice takes the richest table whose highest
//! harmonic lies below the band limit, so nothing folds back; the tables are a third of an octave apart, so that little
//! brightness is lost. R. Bristow-Johnson, "Wavetable Synthesis 101, a Fundamental Perspective", 101st AES Convention,
//! 1996.

use super::wave::Wave;
use crate::lanes::Wide;
use crate::tick::TICK_FRAMES;
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

/// Where in its table a wave is, for the frames of a tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// Two phases in each, the earlier one below.
    phases: [u64; TICK_FRAMES / 2],
    /// How far on the way to the next place, in [0, 1).
    between: Wide,
}

impl Places {
    /// At the start of all tables.
    pub(crate) const START: Self = Self { phases: [0; TICK_FRAMES / 2], between: Wide::ZERO };

    /// Those from `phase` on, `step` apart.
    #[inline(always)]
    pub(crate) fn set<S: Simd>(&mut self, simd: S, phase: u32, step: u32) {
        const FRAMES: [u32; TICK_FRAMES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        let phases =
            u32x16::splat(simd, phase) + u32x16::load_array(simd, FRAMES) * u32x16::splat(simd, step);
        let between: f32x16<S> = (phases & (FRACTION_STEPS - 1)).bitcast::<i32x16<S>>().to_float();
        phases.bitcast::<u64x8<S>>().store_array(&mut self.phases);
        self.between.store(between * f32x16::splat(simd, FRACTION));
    }
}

/// The samples of `table` there.
#[inline(always)]
pub(crate) fn samples_at<S: Simd>(simd: S, table: &Table, at: &Places) -> f32x16<S> {
    let mut pairs = [0; TICK_FRAMES];
    for (two, pairs) in at.phases.into_iter().zip(pairs.as_chunks_mut::<2>().0) {
        *pairs = [pair_at(table, (two as u32) >> SHIFT), pair_at(table, (two >> (32 + SHIFT)) as u32)];
    }
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = pairs;
    let early: f32x16<S> = u64x8::load_array(simd, [a, b, c, d, e, f, g, h]).bitcast();
    let late: f32x16<S> = u64x8::load_array(simd, [i, j, k, l, m, n, o, p]).bitcast();
    let (from, to) = (early.unzip_low(late), early.unzip_high(late));
    from + at.between.load(simd) * (to - from)
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
