//! The oscillators of one voice. Each computes the frames of a tick side by side: its phase is known for all of them.
//!
//! Runs on the audio thread.

use super::envelope::share_per_frame;
use super::noise::NoiseSource;
use super::sound::{Layer, MAX_OSCILLATORS, Sound};
use super::wave::Wave;
use super::wavetable::{Phases, SILENT_TABLE, Table, Wavetables, phase_step, samples_at, sines_at};
use crate::lanes::{LANES, Lanes, Wide};
use crate::random::Random;
use crate::tick::{FRAME_NUMBERS, TICK_FRAMES, ranged};
use fearless_simd::{f32x8, f32x16, i32x8, prelude::*, u32x8};

/// Left and right of a tick.
pub(crate) type Rows = [Wide; 2];

/// All oscillators of a voice, one a lane. What moves is that of the first frame of a tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oscillators {
    count: usize,
    /// The wave of each, and the one that it goes to.
    waves: [[Wave; 2]; MAX_OSCILLATORS],
    tables: [[&'static Table; 2]; MAX_OSCILLATORS],
    /// Which begin as sines that sound, one a bit.
    sines: u32,
    /// Which go anywhere, one a bit.
    morphing: u32,
    morph: Lanes,
    /// What the modulation adds to all, at the beginning and at the end of the tick.
    morph_moved: [f32; 2],
    noise: NoiseSource,
    pan_gains: [[f32; 2]; MAX_OSCILLATORS],
    /// Where 2³² is one cycle.
    phase: [u32; LANES],
    phase_step: [u32; LANES],
    /// Without bend and vibrato.
    freq_hz: Lanes,
    gain: Lanes,
    /// What is left of the gain after a frame, and after a tick.
    decay: Lanes,
    tick_decay: Lanes,
    /// Bend and vibrato, for which they are tuned.
    ratio: f32,
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
    fn none(ratio: f32) -> Self {
        Self {
            count: 0,
            waves: [[Wave::Sine; 2]; MAX_OSCILLATORS],
            tables: [[&SILENT_TABLE; 2]; MAX_OSCILLATORS],
            sines: 0,
            morphing: 0,
            morph: Lanes::ZERO,
            morph_moved: [0.0; 2],
            noise: NoiseSource::NONE,
            pan_gains: [[0.0; 2]; MAX_OSCILLATORS],
            phase: [0; LANES],
            phase_step: [0; LANES],
            freq_hz: Lanes::ZERO,
            gain: Lanes::ZERO,
            decay: Lanes::splat(1.0),
            tick_decay: Lanes::splat(1.0),
            ratio,
        }
    }

    /// Those of a note, which starts `place` frames into a tick. Those of higher keys decay faster, by `decay_ratio`.
    pub(crate) fn start(
        sound: &Sound,
        pitch: &Pitch,
        decay_ratio: f32,
        tables: &'static Wavetables,
        place: usize,
    ) -> Self {
        let mut random = Random::new(pitch.seed);
        let mut started = Self::none(pitch.ratio);
        started.noise = NoiseSource::start(&sound.noise, pitch, decay_ratio, place);
        let layers = sound.layers.as_slice().iter();
        let copies = layers.flat_map(|layer| (0..layer.unison).map(move |copy| (layer, copy)));
        for (lane, (layer, copy)) in copies.take(MAX_OSCILLATORS).enumerate() {
            let side = place_in_unison(copy, layer.unison);
            let freq_hz = pitch.key_hz * layer.ratio * (side * layer.detune_cents / 1200.0).exp2();
            let scatter = if layer.unison == 1 { 0.0 } else { layer.scatter };
            let phase = (random.next_bipolar().abs() * scatter * 4_294_967_296.0) as u32;
            let phase_step = phase_step(freq_hz * pitch.ratio, pitch.sample_rate_hz);
            let decay = 1.0 - layer_share(layer, decay_ratio, pitch.sample_rate_hz);
            let gain = layer.gain / (layer.unison as f32).sqrt() * pitch.velocity.powf(layer.velocity_power);
            started.waves[lane] = [layer.wave, layer.morph_wave];
            started.morphing |= u32::from(layer.wave != layer.morph_wave) << lane;
            started.morph.0[lane] = layer.morph;
            started.pan_gains[lane] = pan_gains(side * layer.width);
            // Back to the first frame of the tick.
            started.phase[lane] = phase.wrapping_sub(phase_step.wrapping_mul(place as u32));
            started.phase_step[lane] = phase_step;
            started.freq_hz.0[lane] = freq_hz;
            started.gain.0[lane] = gain / decay.powi(place as i32);
            started.decay.0[lane] = decay;
            started.tick_decay.0[lane] = decay.powi(TICK_FRAMES as i32);
            started.count += 1;
        }
        started.choose_tables(tables, pitch.reach.max(1.0), pitch.sample_rate_hz);
        started
    }

    /// Chooses the tables for pitches up to `ratio` times those of the key with which the note started.
    pub(crate) fn choose_tables(&mut self, tables: &'static Wavetables, ratio: f32, sample_rate_hz: f32) {
        let limit_hz = Self::BAND_LIMIT_HZ.min(Self::BAND_LIMIT_SHARE * sample_rate_hz);
        for lane in 0..self.count.min(MAX_OSCILLATORS) {
            let freq_hz = self.freq_hz.0[lane] * ratio;
            self.tables[lane] = self.waves[lane].map(|wave| tables.table(wave, freq_hz, limit_hz));
            let is_sine = self.waves[lane][0] == Wave::Sine
                && !std::ptr::eq(self.tables[lane][0], &raw const SILENT_TABLE);
            self.sines = self.sines & !(1 << lane) | u32::from(is_sine) << lane;
        }
    }

    /// From the start on `moved` of the way to the other waves.
    pub(crate) fn start_morph(&mut self, moved: f32) {
        self.morph_moved = [moved; 2];
    }

    /// In the next tick `moved` of the way to the other waves is added by its end.
    #[inline(always)]
    pub(crate) fn morph_to(&mut self, moved: f32) {
        self.morph_moved = [self.morph_moved[1], moved];
    }

    /// Begins a tick, bent by `ratio`.
    #[inline(always)]
    pub(crate) fn tick<S: Simd>(&mut self, simd: S, ratio: f32, sample_rate_hz: f32) {
        let phase = u32x8::load_array(simd, self.phase);
        let step = u32x8::load_array(simd, self.phase_step);
        (phase + step * TICK_FRAMES as u32).store_array(&mut self.phase);
        let gain = self.gain.load(simd) * self.tick_decay.load(simd);
        self.noise.tick();
        let is_heard = gain.simd_ge(f32x8::splat(simd, Self::SILENCE));
        self.gain.store(is_heard.select(gain, f32x8::splat(simd, 0.0)));
        if ratio != self.ratio {
            self.ratio = ratio;
            self.tune(simd, sample_rate_hz);
        }
    }

    /// As [`phase_step`], for all of them.
    #[inline(always)]
    fn tune<S: Simd>(&mut self, simd: S, sample_rate_hz: f32) {
        let freq_hz = self.freq_hz.load(simd) * f32x8::splat(simd, self.ratio);
        let cycles = freq_hz / f32x8::splat(simd, sample_rate_hz);
        let cycles = cycles.simd_lt(f32x8::splat(simd, 0.5)).select(cycles, f32x8::splat(simd, 0.0));
        let step: i32x8<S> = (cycles * f32x8::splat(simd, 4_294_967_296.0)).to_int();
        step.bitcast::<u32x8<S>>().store_array(&mut self.phase_step);
    }

    /// Overwrites `rows` with the tick.
    #[inline(always)]
    pub(crate) fn render<S: Simd>(&self, simd: S, rows: &mut Rows) {
        // Most voices do not morph, and are spared the question.
        if self.morphing == 0 {
            self.sum::<S, false>(simd, rows);
        } else {
            self.sum::<S, true>(simd, rows);
        }
        self.noise.add(simd, rows);
    }

    #[inline(always)]
    fn sum<S: Simd, const MORPHS: bool>(&self, simd: S, rows: &mut Rows) {
        let count = self.count.min(MAX_OSCILLATORS);
        let [mut sum_left, mut sum_right] = [f32x16::splat(simd, 0.0); 2];
        for lane in 0..count {
            let (gain, decay, [left, right]) = (self.gain.0[lane], self.decay.0[lane], self.pan_gains[lane]);
            if gain > 0.0 {
                let phases = Phases::new(simd, self.phase[lane], self.phase_step[lane]);
                let mut sample = if self.sines >> lane & 1 == 1 {
                    sines_at(simd, phases)
                } else {
                    samples_at(simd, self.tables[lane][0], phases)
                };
                if MORPHS && self.morphing >> lane & 1 == 1 {
                    let far = samples_at(simd, self.tables[lane][1], phases);
                    sample += self.morph_row(simd, lane) * (far - sample);
                }
                if decay < 1.0 {
                    sample *= powers(simd, decay);
                }
                sum_left += sample * f32x16::splat(simd, gain * left);
                sum_right += sample * f32x16::splat(simd, gain * right);
            }
        }
        rows[0].store(sum_left);
        rows[1].store(sum_right);
    }

    /// How far oscillator `lane` is on the way to its other wave, frame by frame.
    #[inline(always)]
    fn morph_row<S: Simd>(&self, simd: S, lane: usize) -> f32x16<S> {
        let [begin, end] = self.morph_moved.map(|moved| self.morph.0[lane] + moved);
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
    /// From which the phases are drawn.
    pub(crate) seed: u32,
    /// In Hz.
    pub(crate) sample_rate_hz: f32,
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

/// The layer's own decay as a share per frame, where those of the key last `decay_ratio` times as long.
fn layer_share(layer: &Layer, decay_ratio: f32, sample_rate_hz: f32) -> f32 {
    if layer.decay_s.is_finite() { share_per_frame(layer.decay_s * decay_ratio, sample_rate_hz) } else { 0.0 }
}
