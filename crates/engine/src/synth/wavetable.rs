//! Band-limited wavetables: one cycle of each wave, at several numbers of harmonics.
//!
//! Built before playing, from additive spectra; read on the audio thread. A voice takes the richest table whose highest
//! harmonic lies below the band limit, so nothing folds back; the tables are a third of an octave apart, so that little
//! brightness is lost. R. Bristow-Johnson, "Wavetable Synthesis 101, a Fundamental Perspective", 101st AES Convention,
//! 1996.

use super::wave::Wave;
use crate::lanes::sine_over_x;
use crate::tick::{FRAME_COUNTS, TICK_FRAMES};
use fearless_simd::{f32x16, i32x16, prelude::*, u32x16};
use std::f32::consts::TAU;
use std::sync::OnceLock;

/// Samples of one cycle. Linear interpolation leaves images below −75 dB, as harmonics stop at a sixth of it.
const CYCLE_BITS: u32 = 11;
const CYCLE: usize = 1 << CYCLE_BITS;

/// How many harmonics the tables of each wave have, from poor to rich: a third of an octave apart.
const HARMONICS: [usize; 22] =
    [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 101, 128, 161, 203, 322];

/// All tables of a wave, from poor to rich, one cycle behind the other: no number of 16 bits leads outside. A sample and the
/// way from it to the next are one number, since that is one load: in the upper 18 bits the sample, of the peak of its table,
/// and in the lower 14 the way, of the table's steepest one. What that loses lies more than 100 dB below the table, or, where
/// it is rich and steep, at least 30 dB below the images of the interpolation.
type Room = [u32; ROOM];
const ROOM: usize = 1 << 16;

static SILENCE: Room = [0; ROOM];

/// Bits of the way to the next sample.
const WAY_BITS: u32 = 14;
/// Where they go, to be the upper ones.
const WAY_SHIFT: u32 = 32 - WAY_BITS;
/// The largest sample and the longest way.
const SAMPLE_MAX: f32 = ((1 << (31 - WAY_BITS)) - 1) as f32;
const WAY_MAX: f32 = ((1 << (WAY_BITS - 1)) - 1) as f32;

/// One cycle of a wave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    room: &'static Room,
    /// The number of its first sample, 16 bits up.
    first: u32,
    scale: Scale,
}

/// What the numbers in a table stand for.
#[derive(Clone, Copy, Debug)]
struct Scale {
    /// A sample of 1 with its place among 32 bits.
    sample: f32,
    /// The same of a way, divided by 2¹⁶.
    way: f32,
}

impl Table {
    /// One that is silent.
    pub(crate) const SILENT: Self = Self { room: &SILENCE, first: 0, scale: Scale { sample: 0.0, way: 0.0 } };

    /// Whether it is the silent one.
    pub(crate) fn is_silent(self) -> bool {
        std::ptr::eq(self.room, &raw const SILENCE)
    }
}

/// All tables.
#[derive(Debug)]
pub(crate) struct Wavetables {
    /// The rooms of all waves, one behind the other.
    samples: Box<[u32]>,
    /// By wave and richness.
    scales: Box<[Scale]>,
}

impl Wavetables {
    /// The tables, which all instances share. The first call builds them: allocates, takes some milliseconds.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Wavetables> = OnceLock::new();
        SHARED.get_or_init(Self::build)
    }

    /// The table for a note of `freq_hz` of which nothing above `limit_hz` may sound.
    pub(crate) fn table(&'static self, wave: Wave, freq_hz: f32, limit_hz: f32) -> Table {
        let fitting =
            HARMONICS.iter().take_while(|&&harmonics| harmonics as f32 * freq_hz <= limit_hz).count();
        let Some(richness) = fitting.checked_sub(1) else { return Table::SILENT };
        let room = self.samples.as_chunks::<ROOM>().0.get(wave as usize);
        let scale = self.scales.get(wave as usize * HARMONICS.len() + richness);
        let first = (richness * CYCLE) as u32 * PLACE;
        room.zip(scale).map_or(Table::SILENT, |(room, scale)| Table { room, first, scale: *scale })
    }

    fn build() -> Self {
        let sine: Vec<f32> = (0..CYCLE).map(|n| (TAU * n as f32 / CYCLE as f32).sin()).collect();
        let (samples, scales): (Vec<_>, Vec<_>) =
            Wave::ALL.into_iter().map(|wave| build_wave(wave, &sine)).unzip();
        Self { samples: samples.concat().into(), scales: scales.concat().into() }
    }
}

/// The tables of one wave, and their scales: each is the one before and the harmonics between.
fn build_wave(wave: Wave, sine: &[f32]) -> (Vec<u32>, Vec<Scale>) {
    let mut cycle = vec![0.0_f32; CYCLE];
    let (mut room, mut scales) = (vec![0; ROOM], Vec::with_capacity(HARMONICS.len()));
    let mut done = 0;
    let gain = loudness_gain(wave);
    for (harmonics, table) in HARMONICS.into_iter().zip(room.chunks_exact_mut(CYCLE)) {
        for k in done + 1..=harmonics {
            add_harmonic(&mut cycle, sine, k, wave.amplitude(k));
        }
        done = harmonics;
        let Scale { sample, way } = pack(&cycle, table);
        scales.push(Scale { sample: gain * sample, way: gain * way });
    }
    (room, scales)
}

/// Writes `cycle` to `table`, and returns what it stands for there.
fn pack(cycle: &[f32], table: &mut [u32]) -> Scale {
    let later = |n: usize| cycle[(n + 1) % CYCLE];
    let peak = cycle.iter().fold(f32::MIN_POSITIVE, |most, sample| most.max(sample.abs()));
    let ways = cycle.iter().enumerate().map(|(n, sample)| (later(n) - sample).abs());
    // From what is left of the sample, a way may be longer by half a step of it.
    let steepest = ways.fold(0.0, f32::max) + peak / SAMPLE_MAX;
    for (n, (packed, sample)) in table.iter_mut().zip(cycle).enumerate() {
        let steps = (sample / peak * SAMPLE_MAX).round();
        let way = (later(n) - steps / SAMPLE_MAX * peak) / steepest * WAY_MAX;
        *packed = (steps as i32 as u32) << WAY_BITS | (way.round() as i32 as u32) << WAY_SHIFT >> WAY_SHIFT;
    }
    let place = |bits: u32| (1_u32 << bits) as f32;
    Scale {
        sample: peak / SAMPLE_MAX / place(WAY_BITS),
        way: steepest / WAY_MAX / place(WAY_SHIFT) / PLACE as f32,
    }
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

/// Steps from one place in a room to the next: a place is counted by the upper 16 bits of a word.
const PLACE: u32 = 1 << 16;
/// Bits of a phase that do not count in such a word, beside the number of the table.
const SHIFT: u32 = 16 - CYCLE_BITS;

/// The sample of `table` at `phase`, where 2³² is one cycle.
#[inline]
pub(crate) fn sample_at(table: Table, phase: u32) -> f32 {
    let word = (phase >> SHIFT) | table.first;
    let packed = table.room[usize::from((word / PLACE) as u16)];
    let (sample, way) = (packed >> WAY_BITS << WAY_BITS, packed << WAY_SHIFT);
    let between = (word % PLACE) as f32 * table.scale.way;
    sample as i32 as f32 * table.scale.sample + between * (way as i32 as f32)
}

/// The phases of the frames of a tick: from `first` on, `step` apart.
#[inline(always)]
fn phases<S: Simd>(simd: S, first: u32, step: u32) -> u32x16<S> {
    u32x16::splat(simd, first) + u32x16::load_array(simd, FRAME_COUNTS) * u32x16::splat(simd, step)
}

/// Where an oscillator reads in the frames of a tick: in the upper 16 bits the place in the room, in the lower ones how far on
/// the way to the next. This goes by way of memory, well before the reading: it takes places from there faster, one by one,
/// than out of a register.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Places([u32; TICK_FRAMES]);

impl Places {
    /// Nothing to read.
    pub(crate) const NONE: Self = Self([0; TICK_FRAMES]);

    /// Those in `table` at the phases from `first` on, `step` apart.
    #[inline(always)]
    pub(crate) fn set<S: Simd>(&mut self, simd: S, table: Table, first: u32, step: u32) {
        let words = (phases(simd, first, step) >> SHIFT) | u32x16::splat(simd, table.first);
        words.store_array(&mut self.0);
    }

    /// The samples of `table` there.
    #[inline(always)]
    pub(crate) fn read<S: Simd>(&self, simd: S, table: Table) -> f32x16<S> {
        let mut packed = [0; TICK_FRAMES];
        for (packed, word) in packed.iter_mut().zip(&self.0) {
            *packed = table.room[usize::from((word / PLACE) as u16)];
        }
        let packed = u32x16::load_array(simd, packed);
        let sample: f32x16<S> = (packed & (u32::MAX << WAY_BITS)).bitcast::<i32x16<S>>().to_float();
        let way: f32x16<S> = (packed << WAY_SHIFT).bitcast::<i32x16<S>>().to_float();
        let words = u32x16::load_array_ref(simd, &self.0);
        let between: f32x16<S> = (words & (PLACE - 1)).bitcast::<i32x16<S>>().to_float();
        let between = between * f32x16::splat(simd, table.scale.way);
        sample * f32x16::splat(simd, table.scale.sample) + between * way
    }
}

/// The samples of a sine at the phases from `first` on, `step` apart, which needs no table: a series of Taylor over a quarter
/// of a cycle on either side.
#[inline(always)]
pub(crate) fn sines_at<S: Simd>(simd: S, first: u32, step: u32) -> f32x16<S> {
    const QUARTER: u32 = 1 << 30;
    let phases = phases(simd, first.wrapping_add(QUARTER), step);
    // A quarter late, as a signed number: from there to either side the sine is the same.
    let signed: f32x16<S> = phases.bitcast::<i32x16<S>>().to_float();
    let around = signed.abs() - f32x16::splat(simd, QUARTER as f32);
    let x = around * f32x16::splat(simd, TAU / 4_294_967_296.0);
    sine_over_x(simd, x * x) * x
}

/// How far the phase goes in one frame. Frequencies from half the sample rate on stand still.
#[inline]
pub(crate) fn phase_step(freq_hz: f32, sample_rate_hz: f32) -> u32 {
    step_of(freq_hz / sample_rate_hz)
}

/// The same for so many cycles a frame.
#[inline]
pub(crate) fn step_of(cycles: f32) -> u32 {
    if cycles < 0.5 { (cycles * 4_294_967_296.0) as u32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    fn cycle(table: Table) -> Vec<f32> {
        (0..CYCLE).map(|place| sample_at(table, (place as u32) << (32 - CYCLE_BITS))).collect()
    }

    #[test]
    fn a_sine_without_a_table_is_the_same_as_one_from_it() {
        let table = Wavetables::shared().table(Wave::Sine, 100.0, 20_000.0);
        for step in [1_000_001, 0x1234_5678, 0x7fff_ffff] {
            let [one, other] = dispatch!(Level::new(), simd => {
                let mut places = Places::NONE;
                places.set(simd, table, 0xf000_0000, step);
                [sines_at(simd, 0xf000_0000, step).to_array(), places.read(simd, table).to_array()]
            });
            for (one, other) in one.into_iter().zip(other) {
                assert!((one - other).abs() < 5e-6, "{step}: {one} for {other}");
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
                for (n, sample) in cycle(table).iter().enumerate() {
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
        assert!(table.is_silent());
        assert_eq!(sample_at(table, 1 << 30), 0.0);
    }

    #[test]
    fn tables_join_without_a_step_and_have_no_offset() {
        for wave in Wave::ALL {
            let table = Wavetables::shared().table(wave, 30.0, 20_000.0);
            let cycle = cycle(table);
            // As far as the last way leads.
            assert!((sample_at(table, u32::MAX) - cycle[0]).abs() < 1e-4, "{wave:?}");
            assert!(cycle.iter().sum::<f32>().abs() / (CYCLE as f32) < 1e-4, "{wave:?}");
        }
    }
}
