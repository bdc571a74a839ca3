//! The oscillators of eight voices. Each computes the frames of a tick side by side: its phase is known for all of them.
//!
//! Runs on the audio thread.

use super::envelope::share_per_frame;
use super::noise::NoiseSource;
use super::sound::{Layer, MAX_OSCILLATORS, Sound};
use super::wave::Wave;
use super::wavetable::{Places, Table, Wavetables, sines_at, step_of};
use crate::lanes::{LANES, Lanes, Wide};
use crate::random::Random;
use crate::tick::{FRAME_NUMBERS, TICK_FRAMES, ranged};
use fearless_simd::{f32x8, f32x16, i32x8, prelude::*, u32x8};

/// Left and right of a tick.
pub(crate) type Sides = [Wide; 2];

/// A workplace: where the oscillators of a voice read in their tables, and in those of the waves that they go to.
pub(crate) type Reading = [[Places; MAX_OSCILLATORS]; 2];
/// Those of a voice and of the next.
pub(crate) type Readings = [Reading; 2];

/// One oscillator of each voice. What moves is that of the first frame of a tick.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// Where 2³² is one cycle.
    phase: [u32; LANES],
    phase_step: [u32; LANES],
    /// Without bend and vibrato.
    freq_hz: Lanes,
    /// Left and right.
    gains: [Lanes; 2],
    /// What is left of the gains after a frame, and after a tick.
    decay: Lanes,
    tick_decay: Lanes,
    morph: Lanes,
    /// The wave of each, and the one that it goes to.
    waves: [[Wave; 2]; LANES],
    /// Those of the waves, and those of the ones that they go to.
    tables: [[Table; LANES]; 2],
    /// Those that sound, those of them that begin as sines, those that decay, and those that go anywhere, one a bit.
    sounding: u32,
    sines: u32,
    decaying: u32,
    morphing: u32,
}

impl Row {
    const NONE: Self = Self {
        phase: [0; LANES],
        phase_step: [0; LANES],
        freq_hz: Lanes::ZERO,
        gains: [Lanes::ZERO; 2],
        decay: Lanes::splat(1.0),
        tick_decay: Lanes::splat(1.0),
        morph: Lanes::ZERO,
        waves: [[Wave::Sine; 2]; LANES],
        tables: [[Table::SILENT; LANES]; 2],
        sounding: 0,
        sines: 0,
        decaying: 0,
        morphing: 0,
    };

    fn clear(&mut self, lane: usize) {
        let bit = !(1 << lane);
        self.freq_hz.0[lane] = 0.0;
        (self.gains[0].0[lane], self.gains[1].0[lane]) = (0.0, 0.0);
        (self.decay.0[lane], self.tick_decay.0[lane]) = (1.0, 1.0);
        self.sounding &= bit;
        self.sines &= bit;
        self.decaying &= bit;
        self.morphing &= bit;
    }
}

/// All oscillators of eight voices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oscillators {
    rows: [Row; MAX_OSCILLATORS],
    /// How many each voice has.
    counts: [usize; LANES],
    /// Those with an oscillator that goes to another wave, one a bit.
    morphing: u32,
    /// What the modulation adds to all ways to other waves, at the beginning and at the end of the tick.
    morph_moved: [Lanes; 2],
    noises: [NoiseSource; LANES],
    /// Those with noise, one a bit.
    noisy: u32,
    /// Bend and vibrato, for which they are tuned.
    ratios: Lanes,
}

impl Oscillators {
    /// Below this one counts as silent: −120 dB.
    const SILENCE: f32 = 1e-6;
    /// Nothing above sounds, in Hz: the highest harmonics keep this distance from half of usual sample rates, so that
    /// a bend by two semitones folds nothing back into the audible range.
    const BAND_LIMIT_HZ: f32 = 20_000.0;
    /// The same for lower sample rates, as a share of them.
    const BAND_LIMIT_SHARE: f32 = 0.45;

    /// None.
    pub(crate) const NONE: Self = Self {
        rows: [Row::NONE; MAX_OSCILLATORS],
        counts: [0; LANES],
        morphing: 0,
        morph_moved: [Lanes::ZERO; 2],
        noises: [NoiseSource::NONE; LANES],
        noisy: 0,
        ratios: Lanes::splat(1.0),
    };

    /// Those of `lane` are silent.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.rows.iter_mut().for_each(|row| row.clear(lane));
        self.counts[lane] = 0;
        self.morphing &= !(1 << lane);
        self.noises[lane] = NoiseSource::NONE;
        self.noisy &= !(1 << lane);
    }

    /// Those of a note start in `lane`, which is silent: `place` frames into a tick, and `moved` of the way to the other waves
    /// further than the sound says.
    pub(crate) fn start(
        &mut self,
        lane: usize,
        sound: &Sound,
        pitch: &Pitch,
        (tables, place): (&'static Wavetables, usize),
        moved: f32,
    ) {
        let mut random = Random::new(pitch.seed);
        self.noises[lane] = NoiseSource::start(&sound.noise, pitch, place);
        self.noisy |= u32::from(sound.noise.gain > 0.0) << lane;
        self.ratios.0[lane] = pitch.ratio;
        (self.morph_moved[0].0[lane], self.morph_moved[1].0[lane]) = (moved, moved);
        let layers = sound.layers.as_slice().iter();
        let copies = layers.flat_map(|layer| (0..layer.unison).map(move |copy| (layer, copy)));
        for (row, (layer, copy)) in self.rows.iter_mut().zip(copies) {
            let scatter = if layer.unison == 1 { 0.0 } else { layer.scatter };
            let phase = (random.next_bipolar().abs() * scatter * 4_294_967_296.0) as u32;
            row.start(lane, (layer, copy), pitch, phase, place);
            self.counts[lane] += 1;
            self.morphing |= row.morphing & 1 << lane;
        }
        self.choose_tables(lane, tables, pitch.reach.max(1.0), pitch.sample_rate_hz);
    }

    /// Chooses the tables of `lane` for pitches up to `ratio` times those of the key with which the note started.
    pub(crate) fn choose_tables(
        &mut self,
        lane: usize,
        tables: &'static Wavetables,
        ratio: f32,
        sample_rate_hz: f32,
    ) {
        let limit_hz = Self::BAND_LIMIT_HZ.min(Self::BAND_LIMIT_SHARE * sample_rate_hz);
        for row in self.rows.iter_mut().take(self.counts[lane]) {
            let freq_hz = row.freq_hz.0[lane] * ratio;
            for (chosen, wave) in row.tables.iter_mut().zip(row.waves[lane]) {
                chosen[lane] = tables.table(wave, freq_hz, limit_hz);
            }
            let is_sine = row.waves[lane][0] == Wave::Sine && !row.tables[0][lane].is_silent();
            row.sines = row.sines & !(1 << lane) | u32::from(is_sine) << lane;
        }
    }

    /// In the next tick `moved` of the way to the other waves is added by its end.
    #[inline(always)]
    pub(crate) fn morph_to(&mut self, moved: &Lanes) {
        self.morph_moved = [self.morph_moved[1], *moved];
    }

    /// Begins a tick, bent by `ratios`.
    #[inline(always)]
    pub(crate) fn tick<S: Simd>(&mut self, simd: S, ratios: f32x8<S>, sample_rate_hz: f32) {
        if self.noisy != 0 {
            self.noises.iter_mut().for_each(NoiseSource::tick);
        }
        let is_bent = !ratios.simd_eq(self.ratios.load(simd)).all_true();
        let cycles = ratios * f32x8::splat(simd, sample_rate_hz.recip());
        self.ratios.store(ratios);
        for row in &mut self.rows {
            let phase = u32x8::load_array_ref(simd, &row.phase);
            let step = u32x8::load_array_ref(simd, &row.phase_step);
            (phase + step * TICK_FRAMES as u32).store_array(&mut row.phase);
            if is_bent {
                row.tune(simd, cycles);
            }
            if row.decaying != 0 {
                row.decay(simd);
            }
        }
    }

    /// Overwrites `sides` with the tick.
    #[inline(always)]
    pub(crate) fn render<S: Simd>(&self, simd: S, readings: &mut Readings, sides: &mut [Sides; LANES]) {
        // Each voice learns where to read while the one before reads: what was just stored comes back late.
        for next in 0..=LANES {
            if next < LANES {
                self.aim(simd, next, &mut readings[next % 2]);
            }
            if let Some(lane) = next.checked_sub(1) {
                self.read(simd, lane, &readings[lane % 2], &mut sides[lane]);
            }
        }
    }

    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, lane: usize, reading: &Reading, sides: &mut Sides) {
        // Most voices do not morph, and are spared the question.
        if self.morphing >> lane & 1 == 0 {
            self.sum::<S, false>(simd, lane, reading, sides);
        } else {
            self.sum::<S, true>(simd, lane, reading, sides);
        }
        if self.noisy >> lane & 1 == 1 {
            self.noises[lane].add(simd, sides);
        }
    }

    /// Where the oscillators of `lane` read.
    #[inline(always)]
    fn aim<S: Simd>(&self, simd: S, lane: usize, [near, far]: &mut Reading) {
        let morphs = self.morphing >> lane & 1 == 1;
        for (row, (near, far)) in self.rows.iter().zip(near.iter_mut().zip(far)).take(self.counts[lane]) {
            let (first, step) = (row.phase[lane], row.phase_step[lane]);
            near.set(simd, row.tables[0][lane], first, step);
            if morphs {
                far.set(simd, row.tables[1][lane], first, step);
            }
        }
    }

    /// The sum of the oscillators of `lane`.
    #[inline(always)]
    fn sum<S: Simd, const MORPHS: bool>(
        &self,
        simd: S,
        lane: usize,
        [near, far]: &Reading,
        sides: &mut Sides,
    ) {
        let [mut sum_left, mut sum_right] = [f32x16::splat(simd, 0.0); 2];
        for (row, (near, far)) in self.rows.iter().zip(near.iter().zip(far)).take(self.counts[lane]) {
            if row.sounding >> lane & 1 == 1 {
                let mut sample = if row.sines >> lane & 1 == 1 {
                    sines_at(simd, row.phase[lane], row.phase_step[lane])
                } else {
                    near.read(simd, row.tables[0][lane])
                };
                if MORPHS && row.morphing >> lane & 1 == 1 {
                    let way = row.way(simd, lane, self.morph_moved.each_ref().map(|moved| moved.0[lane]));
                    sample += way * (far.read(simd, row.tables[1][lane]) - sample);
                }
                if row.decaying >> lane & 1 == 1 {
                    sample *= powers(simd, row.decay.0[lane]);
                }
                sum_left += sample * f32x16::splat(simd, row.gains[0].0[lane]);
                sum_right += sample * f32x16::splat(simd, row.gains[1].0[lane]);
            }
        }
        sides[0].store(sum_left);
        sides[1].store(sum_right);
    }
}

impl Row {
    /// Copy number `copy` of `layer` starts in `lane` at `phase`, `place` frames into a tick.
    fn start(
        &mut self,
        lane: usize,
        (layer, copy): (&Layer, usize),
        pitch: &Pitch,
        phase: u32,
        place: usize,
    ) {
        let side = place_in_unison(copy, layer.unison);
        let freq_hz = pitch.key_hz * layer.ratio * (side * layer.detune_cents / 1200.0).exp2();
        let phase_step = step_of(freq_hz * (pitch.ratio * pitch.sample_rate_hz.recip()));
        let decay = 1.0 - layer_share(layer, pitch.decay_ratio, pitch.sample_rate_hz);
        let gain = layer.gain / (layer.unison as f32).sqrt() * pitch.velocity.powf(layer.velocity_power);
        let [left, right] = pan_gains(side * layer.width).map(|side| side * gain / decay.powi(place as i32));
        (self.gains[0].0[lane], self.gains[1].0[lane]) = (left, right);
        self.waves[lane] = [layer.wave, layer.morph_wave];
        self.morph.0[lane] = layer.morph;
        // Back to the first frame of the tick.
        self.phase[lane] = phase.wrapping_sub(phase_step.wrapping_mul(place as u32));
        self.phase_step[lane] = phase_step;
        self.freq_hz.0[lane] = freq_hz;
        self.decay.0[lane] = decay;
        self.tick_decay.0[lane] = decay.powi(TICK_FRAMES as i32);
        self.sounding |= u32::from(left.max(right) >= Oscillators::SILENCE) << lane;
        self.decaying |= u32::from(decay < 1.0) << lane;
        self.morphing |= u32::from(layer.wave != layer.morph_wave) << lane;
    }

    /// As [`step_of`], for all of them.
    #[inline(always)]
    fn tune<S: Simd>(&mut self, simd: S, cycles: f32x8<S>) {
        let cycles = self.freq_hz.load(simd) * cycles;
        let cycles = cycles.simd_lt(f32x8::splat(simd, 0.5)).select(cycles, f32x8::splat(simd, 0.0));
        let step: i32x8<S> = (cycles * f32x8::splat(simd, 4_294_967_296.0)).to_int();
        step.bitcast::<u32x8<S>>().store_array(&mut self.phase_step);
    }

    /// The gains go on by a tick; what is too soft is silent.
    #[inline(always)]
    fn decay<S: Simd>(&mut self, simd: S) {
        let tick_decay = self.tick_decay.load(simd);
        let [left, right] = [self.gains[0].load(simd) * tick_decay, self.gains[1].load(simd) * tick_decay];
        let is_heard = left.max(right).simd_ge(f32x8::splat(simd, Oscillators::SILENCE));
        let silence = f32x8::splat(simd, 0.0);
        self.gains[0].store(is_heard.select(left, silence));
        self.gains[1].store(is_heard.select(right, silence));
        let heard = is_heard.to_bitmask() as u32;
        self.sounding &= heard;
        self.decaying &= heard;
    }

    /// How far that of `lane` is on the way to its other wave, frame by frame, where the modulation adds `moved` at the beginning
    /// and at the end.
    #[inline(always)]
    fn way<S: Simd>(&self, simd: S, lane: usize, moved: [f32; 2]) -> f32x16<S> {
        let [begin, end] = moved.map(|moved| self.morph.0[lane] + moved);
        let step = f32x16::splat(simd, (end - begin) / TICK_FRAMES as f32);
        let row = f32x16::splat(simd, begin) + step * f32x16::load_array(simd, FRAME_NUMBERS);
        row.max(f32x16::splat(simd, 0.0)).min(f32x16::splat(simd, 1.0))
    }
}

/// The powers 0 to 15 of `base`.
#[inline(always)]
pub(crate) fn powers<S: Simd>(simd: S, base: f32) -> f32x16<S> {
    let mut powers = [1.0; TICK_FRAMES];
    powers[1] = base;
    for power in 2..TICK_FRAMES {
        powers[power] = powers[power / 2] * powers[power - power / 2];
    }
    f32x16::load_array(simd, powers)
}

/// At what pitch, and how hard, a note starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pitch {
    /// That of the key, in Hz.
    pub(crate) key_hz: f32,
    /// By how much it is bent.
    pub(crate) ratio: f32,
    /// By how much it rises at most, but for the bend.
    pub(crate) reach: f32,
    /// In (0, 1].
    pub(crate) velocity: f32,
    /// Decays of the key take so many times as long as those of middle C.
    pub(crate) decay_ratio: f32,
    /// From which the phases are drawn.
    pub(crate) seed: u32,
    /// In Hz.
    pub(crate) sample_rate_hz: f32,
}

#[cfg(test)]
impl Pitch {
    /// A key at the top, whose decays are the shortest.
    pub(crate) const TOP: Self = Self {
        key_hz: 12_544.0,
        ratio: 1.0,
        reach: 1.0,
        velocity: 1.0,
        decay_ratio: 0.04,
        seed: 7,
        sample_rate_hz: 44_100.0,
    };
}

/// Where copy number `copy` of `unison` lies, in [−1, 1].
fn place_in_unison(copy: usize, unison: usize) -> f32 {
    if unison == 1 { 0.0 } else { 2.0 * copy as f32 / (unison - 1) as f32 - 1.0 }
}

/// Gains left and right of equal power, 1 in the middle. `pan` in [−1, 1].
pub(crate) fn pan_gains(pan: f32) -> [f32; 2] {
    let angle = (ranged(pan, -1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
    [std::f32::consts::SQRT_2 * angle.cos(), std::f32::consts::SQRT_2 * angle.sin()]
}

/// The shortest decay of oscillators and noise: what is left of it after a tick is still a number that can be divided by.
pub(crate) const DECAY_FRAMES_MIN: f32 = 4.0;

/// The layer's own decay as a share per frame, where those of the key last `decay_ratio` times as long.
fn layer_share(layer: &Layer, decay_ratio: f32, sample_rate_hz: f32) -> f32 {
    if !layer.decay_s.is_finite() {
        return 0.0;
    }
    share_per_frame((layer.decay_s * decay_ratio).max(DECAY_FRAMES_MIN / sample_rate_hz), sample_rate_hz)
}

#[cfg(test)]
mod tests {
    use super::super::sound::single;
    use super::*;
    use fearless_simd::{Level, dispatch};

    #[test]
    fn the_shortest_decay_is_a_number_at_every_place_and_ends_in_exact_silence() {
        for place in 1..=TICK_FRAMES {
            let layer = Layer { decay_s: 0.01, ..single(Wave::Saw, 1.0, 2.0) };
            let mut row = Row::NONE;
            row.start(3, (&layer, 0), &Pitch::TOP, 0, place);
            for _ in 0..4 {
                dispatch!(Level::new(), simd => row.decay(simd));
                let gain = row.gains[0].0[3];
                assert!(gain.is_finite() && !gain.is_subnormal(), "{place}: {gain}");
            }
            assert_eq!((row.sounding, row.decaying, row.gains[0].0[3]), (0, 0, 0.0), "{place}");
        }
    }

    #[test]
    fn what_dies_away_is_silence_and_what_is_held_beside_it_stays() {
        let mut row = Row::NONE;
        let dying = Layer { decay_s: 0.3, ..single(Wave::Saw, 1.0, 1.0) };
        row.start(1, (&dying, 0), &Pitch { decay_ratio: 1.0, ..Pitch::TOP }, 0, 0);
        row.start(2, (&single(Wave::Saw, 1.0, 1.0), 0), &Pitch::TOP, 0, 0);
        let held = row.gains[0].0[2];
        for _ in 0..100_000 {
            dispatch!(Level::new(), simd => row.decay(simd));
            assert!(row.gains.iter().flat_map(|gains| gains.0).all(|gain| !gain.is_subnormal()));
        }
        assert_eq!((row.gains[0].0[1], row.gains[0].0[2]), (0.0, held));
        assert_eq!((row.sounding, row.decaying), (1 << 2, 0));
    }
}
