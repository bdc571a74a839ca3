//! A voice with pitch: oscillators → low-pass → amplitude.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::envelope::{Envelope, EnvelopeShape, share_per_frame};
use super::fade::Fade;
use super::sound::{Layer, MAX_OSCILLATORS, Sound};
use super::wavetable::{SILENT_TABLE, Table, Wavetables, phase_step, sample_at};
use crate::random::Random;
use crate::svf::{Solution, Svf, tuning};
use crate::tick::{Lfo, Ramp, TICK_FRAMES, gain_of_db, ranged};

/// What a voice hears of its part at a tick.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bend {
    /// In semitones.
    pub(crate) semitones: f32,
    /// Depth of the vibrato by the mod wheel, in cents.
    pub(crate) vibrato_cents: f32,
}

/// What a note-on says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    /// MIDI key in [0, 127].
    pub(crate) key: u8,
    /// In (0, 1].
    pub(crate) velocity: f32,
    /// The number of the note.
    pub(crate) note: u32,
    /// Counts the note-ons since the reset.
    pub(crate) serial: u32,
}

/// One oscillator.
#[derive(Clone, Copy, Debug)]
struct Oscillator {
    table: &'static Table,
    /// Where 2³² is one cycle.
    phase: u32,
    phase_step: u32,
    /// Without bend and vibrato.
    freq_hz: f32,
    gain: f32,
    /// The factor of the gain from frame to frame.
    decay: f32,
    pan_gains: [f32; 2],
}

impl Oscillator {
    const SILENT: Self = Self {
        table: &SILENT_TABLE,
        phase: 0,
        phase_step: 0,
        freq_hz: 0.0,
        gain: 0.0,
        decay: 1.0,
        pan_gains: [0.0; 2],
    };
    /// Below this it counts as silent: −120 dB.
    const SILENCE: f32 = 1e-6;

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            let sample = self.gain * sample_at(self.table, self.phase);
            *left += self.pan_gains[0] * sample;
            *right += self.pan_gains[1] * sample;
            self.gain *= self.decay;
            self.phase = self.phase.wrapping_add(self.phase_step);
        }
    }

    fn tick(&mut self, ratio: f32, sample_rate_hz: f32) {
        self.phase_step = phase_step(self.freq_hz * ratio, sample_rate_hz);
        if self.gain < Self::SILENCE {
            self.gain = 0.0;
        }
    }
}

/// A voice. It holds its sound from its note-on to its end, whatever the part's strip says meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    sound: Option<&'static Sound>,
    strike: Strike,
    sample_rate_hz: f32,
    oscillators: [Oscillator; MAX_OSCILLATORS],
    oscillator_count: usize,
    amplitude: Envelope,
    filter: Svf,
    filter_envelope: Envelope,
    tuning: Ramp,
    /// Cutoff of the key and velocity, with the envelope at 0.
    cutoff_hz: f32,
    vibrato: Lfo,
    age_s: f32,
    gain: f32,
    fade: Fade,
}

const NO_ENVELOPE: EnvelopeShape =
    EnvelopeShape { attack_s: 0.0, decay_s: 0.0, sustain: 0.0, release_s: 0.0 };

impl Voice {
    /// Nothing above sounds, in Hz: the highest harmonics keep this distance from half of usual sample rates, so that
    /// a bend by two semitones folds nothing back into the audible range.
    const BAND_LIMIT_HZ: f32 = 20_000.0;
    /// The same for lower sample rates, as a share of them.
    const BAND_LIMIT_SHARE: f32 = 0.45;

    /// A voice that is free.
    pub(crate) fn free() -> Self {
        Self {
            sound: None,
            strike: Strike { key: 0, velocity: 0.0, note: 0, serial: 0 },
            sample_rate_hz: 48_000.0,
            oscillators: [Oscillator::SILENT; MAX_OSCILLATORS],
            oscillator_count: 0,
            amplitude: Envelope::new(&NO_ENVELOPE, 48_000.0),
            filter: Svf::default(),
            filter_envelope: Envelope::new(&NO_ENVELOPE, 48_000.0),
            tuning: Ramp::default(),
            cutoff_hz: 0.0,
            vibrato: Lfo::default(),
            age_s: 0.0,
            gain: 0.0,
            fade: Fade::none(),
        }
    }

    /// A voice at the start of a note.
    pub(crate) fn start(
        sound: &'static Sound,
        strike: Strike,
        bend: Bend,
        tables: &'static Wavetables,
        sample_rate_hz: f32,
    ) -> Self {
        let octaves = (f32::from(strike.key) - 60.0) / 12.0;
        let filter = &sound.filter;
        let decay_ratio = (-octaves / sound.decay_key_octaves).exp2();
        let decay_s = sound.amplitude.decay_s * decay_ratio;
        let softness = filter.velocity_octaves * (strike.velocity - 1.0);
        let mut voice = Self {
            sound: Some(sound),
            strike,
            sample_rate_hz,
            amplitude: Envelope::new(&EnvelopeShape { decay_s, ..sound.amplitude }, sample_rate_hz),
            filter_envelope: Envelope::new(&filter.envelope, sample_rate_hz),
            cutoff_hz: filter.cutoff_hz * (filter.key_follow * octaves + softness).exp2(),
            gain: gain_of_db(sound.gain_db) * strike.velocity.powf(sound.velocity_power),
            ..Self::free()
        };
        voice.start_oscillators(sound, decay_ratio, tables);
        voice.bend_to(bend);
        voice.tuning = Ramp::at(tuning(voice.cutoff_hz, sample_rate_hz));
        voice
    }

    fn start_oscillators(&mut self, sound: &Sound, decay_ratio: f32, tables: &'static Wavetables) {
        let key_hz = 440.0 * ((f32::from(self.strike.key) - 69.0) / 12.0).exp2();
        let limit_hz = Self::BAND_LIMIT_HZ.min(Self::BAND_LIMIT_SHARE * self.sample_rate_hz);
        let mut random = Random::new(self.strike.serial);
        let copies = sound.layers.iter().flat_map(|layer| (0..layer.unison).map(move |copy| (layer, copy)));
        for (oscillator, (layer, copy)) in self.oscillators.iter_mut().zip(copies) {
            let place = place_in_unison(copy, layer.unison);
            let freq_hz = key_hz * layer.ratio * (place * layer.detune_cents / 1200.0).exp2();
            let scatter = if layer.unison == 1 { 0.0 } else { layer.scatter };
            *oscillator = Oscillator {
                table: tables.table(layer.wave, freq_hz, limit_hz),
                phase: (random.next_bipolar().abs() * scatter * 4_294_967_296.0) as u32,
                phase_step: 0,
                freq_hz,
                gain: layer.gain / (layer.unison as f32).sqrt()
                    * self.strike.velocity.powf(layer.velocity_power),
                decay: 1.0 - layer_share(layer, decay_ratio, self.sample_rate_hz),
                pan_gains: pan_gains(place * layer.width),
            };
            self.oscillator_count += 1;
        }
    }

    /// Whether it has nothing to sound.
    pub(crate) fn is_free(&self) -> bool {
        self.sound.is_none()
    }

    /// Whether it is on its way out, since it was choked or stolen.
    pub(crate) fn is_fading(&self) -> bool {
        self.fade.is_running()
    }

    /// The number of its note.
    pub(crate) fn note(&self) -> u32 {
        self.strike.note
    }

    /// Whether its key is up.
    pub(crate) fn is_released(&self) -> bool {
        self.amplitude.is_released()
    }

    /// Counts from the first note since the reset.
    pub(crate) fn serial(&self) -> u32 {
        self.strike.serial
    }

    /// How loud it is, about; what is stolen first is quietest.
    pub(crate) fn loudness(&self) -> f32 {
        self.gain * self.amplitude.level()
    }

    /// How much of a running fade is left, in [0, 1].
    pub(crate) fn fade_level(&self) -> f32 {
        self.fade.level()
    }

    /// The key goes up.
    pub(crate) fn release(&mut self) {
        self.amplitude.release();
        self.filter_envelope.release();
    }

    /// Ends it as fast as it can without a click.
    pub(crate) fn choke(&mut self) {
        self.fade.start(self.sample_rate_hz);
    }

    /// Begins a tick of the control rate.
    pub(crate) fn tick(&mut self, bend: Bend) {
        let Some(sound) = self.sound else { return };
        if self.amplitude.has_ended() || self.fade.has_ended() {
            *self = Self::free();
            return;
        }
        self.vibrato.advance(sound.vibrato.rate_hz, TICK_FRAMES, self.sample_rate_hz);
        self.age_s += TICK_FRAMES as f32 / self.sample_rate_hz;
        self.bend_to(bend);
        let octaves = sound.filter.envelope_octaves * self.filter_envelope.level();
        self.tuning.aim(tuning(self.cutoff_hz * octaves.exp2(), self.sample_rate_hz), 1.0);
        self.filter.flush();
        self.filter_envelope.flush();
    }

    fn bend_to(&mut self, bend: Bend) {
        let Some(sound) = self.sound else { return };
        let own = sound.vibrato.depth_cents * (self.age_s / sound.vibrato.delay_s - 0.5).clamp(0.0, 1.0);
        let cents = (own + bend.vibrato_cents) * self.vibrato.value();
        let ratio = (bend.semitones / 12.0 + cents / 1200.0).exp2();
        for oscillator in &mut self.oscillators[..self.oscillator_count] {
            oscillator.tick(ratio, self.sample_rate_hz);
        }
    }

    /// Adds the next `frames` ≤ [`TICK_FRAMES`] to `bus`.
    pub(crate) fn render(&mut self, frames: usize, bus: &mut Bus) {
        let Some(sound) = self.sound else { return };
        let mut own = Bus::default();
        let (left, right) = own.split(frames);
        for oscillator in &mut self.oscillators[..self.oscillator_count] {
            if oscillator.gain > 0.0 {
                oscillator.render(left, right);
            }
        }
        let damping = 1.0 / sound.filter.q;
        let (sum_left, sum_right) = bus.split(frames);
        for frame in 0..frames {
            let solution = Solution::new(self.tuning.next(), damping);
            self.filter_envelope.next();
            let gain = self.gain * self.amplitude.next() * self.fade.next();
            let low = self.filter.step([left[frame], right[frame]], solution).low;
            sum_left[frame] += gain * low[0];
            sum_right[frame] += gain * low[1];
        }
    }
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
