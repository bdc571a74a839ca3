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

/// All tables of a wave, from poor to rich, one cycle behind the other: all begin at 0, and so the first sample of the next is
/// that behind the last of this one. A number of 16 bits leads to a sample that has a neighbour, wherever it leads.
type Room = [f32; ROOM];
const ROOM: usize = (1 << 16) + 1;

static SILENCE: Room = [0.0; ROOM];

/// One cycle of a wave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    room: &'static Room,
    /// The number of its first sample, 16 bits up.
    first: u32,
}

impl Table {
    /// One that is silent.
    pub(crate) const SILENT: Self = Self { room: &SILENCE, first: 0 };

    /// Whether it is the silent one.
    pub(crate) fn is_silent(self) -> bool {
        std::ptr::eq(self.room, &raw const SILENCE)
    }
}

/// All tables.
#[derive(Debug)]
pub(crate) struct Wavetables {
    /// The rooms of all waves, one behind the other.
    samples: Box<[f32]>,
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
        let table = fitting.checked_sub(1).zip(self.samples.as_chunks::<ROOM>().0.get(wave as usize));
        table.map_or(Table::SILENT, |(richness, room)| Table {
            room,
            first: (richness * CYCLE) as u32 * PLACE,
        })
    }

    fn build() -> Self {
        let sine: Vec<f32> = (0..CYCLE).map(|n| (TAU * n as f32 / CYCLE as f32).sin()).collect();
        Self { samples: Wave::ALL.into_iter().flat_map(|wave| build_wave(wave, &sine)).collect() }
    }
}

/// The tables of one wave: each is the one before and the harmonics between.
fn build_wave(wave: Wave, sine: &[f32]) -> Vec<f32> {
    let mut cycle = vec![0.0_f32; CYCLE];
    let mut room = vec![0.0; ROOM];
    let mut done = 0;
    let gain = loudness_gain(wave);
    for (harmonics, table) in HARMONICS.into_iter().zip(room.chunks_exact_mut(CYCLE)) {
        for k in done + 1..=harmonics {
            add_harmonic(&mut cycle, sine, k, wave.amplitude(k));
        }
        done = harmonics;
        table.iter_mut().zip(&cycle).for_each(|(sample, value)| *sample = gain * value);
    }
    room
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
    let place = usize::from((word / PLACE) as u16);
    let (from, to) = (table.room[place], table.room[place + 1]);
    from + (word % PLACE) as f32 * (1.0 / PLACE as f32) * (to - from)
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
        let mut pairs = [0; TICK_FRAMES];
        for (pair, word) in pairs.iter_mut().zip(&self.0) {
            *pair = pair_at(table.room, (word / PLACE) as u16);
        }
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = pairs;
        let early: f32x16<S> = u64x8::load_array(simd, [a, b, c, d, e, f, g, h]).bitcast();
        let late: f32x16<S> = u64x8::load_array(simd, [i, j, k, l, m, n, o, p]).bitcast();
        let (from, to) = (early.unzip_low(late), early.unzip_high(late));
        let words = u32x16::load_array_ref(simd, &self.0);
        let between: f32x16<S> = (words & (PLACE - 1)).bitcast::<i32x16<S>>().to_float();
        from + between * f32x16::splat(simd, 1.0 / PLACE as f32) * (to - from)
    }
}

/// The samples of a sine at the phases from `first` on, `step` apart, which needs no table: a series of Taylor over a quarter of a cycle on either side.
#[inline(always)]
pub(crate) fn sines_at<S: Simd>(simd: S, first: u32, step: u32) -> f32x16<S> {
    const QUARTER: u32 = 1 << 30;
    let phases = phases(simd, first.wrapping_add(QUARTER), step);
    // A quarter late, as a signed number: from there to either side the sine is the same.
    let signed: f32x16<S> = phases.bitcast::<i32x16<S>>().to_float();
    let around = signed.abs() - f32x16::splat(simd, QUARTER as f32);
    let x = around * f32x16::splat(simd, TAU / 4_294_967_296.0);
    let square = x * x;
    let fourth = square * square;
    let low = pair(simd, square, [1.0, -1.0 / 6.0]);
    let middle = pair(simd, square, [1.0 / 120.0, -1.0 / 5040.0]);
    let high = pair(simd, square, [1.0 / 362_880.0, -1.0 / 39_916_800.0]);
    ((low + middle * fourth) + high * (fourth * fourth)) * x
}

#[inline(always)]
fn pair<S: Simd>(simd: S, x: f32x16<S>, [low, high]: [f32; 2]) -> f32x16<S> {
    f32x16::splat(simd, low) + f32x16::splat(simd, high) * x
}

/// Two neighbours as one number, since that is one load.
#[inline(always)]
fn pair_at(room: &Room, place: u16) -> u64 {
    let place = usize::from(place);
    let [from, to] = [room[place], room[place + 1]].map(|sample| u64::from(sample.to_bits()));
    from | to << 32
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

    fn cycle(table: Table) -> &'static [f32] {
        &table.room[(table.first / PLACE) as usize..][..=CYCLE]
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
                for (n, sample) in cycle(table)[..CYCLE].iter().enumerate() {
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
            assert_eq!(cycle[0], cycle[CYCLE]);
            assert!(cycle[..CYCLE].iter().sum::<f32>().abs() / (CYCLE as f32) < 1e-4, "{wave:?}");
        }
    }
}
