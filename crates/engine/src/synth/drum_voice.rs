//! A voice of the kit: one hit, from its note-on until it has died away.
//!
//! Runs on the audio thread.

use super::bus::Bus;
use super::drum_sound::{DrumLayer, MAX_LAYERS, METAL_RATIOS, Pass, Source};
use super::envelope::share_per_frame;
use super::fade::Fade;
use super::kit::Instrument;
use super::oscillators::pan_gains;
use super::voice::Strike;
use super::wave::Wave;
use super::wavetable::{Table, Wavetables, phase_step, sample_at};
use crate::random::Random;
use crate::settings::{Piece, PieceSettings};
use crate::svf::{Solution, Svf, tuning};
use crate::tick::{Ramp, TICK_FRAMES, fader_gain, gain_of_db, ranged};

/// The oscillators of a layer.
#[derive(Clone, Copy, Debug)]
struct Partials {
    tables: [Table; METAL_RATIOS.len()],
    phases: [u32; METAL_RATIOS.len()],
    phase_steps: [u32; METAL_RATIOS.len()],
}

/// A running layer.
#[derive(Clone, Copy, Debug)]
struct Layer {
    source: Source,
    pass: Pass,
    width: f32,
    damping: f32,
    solution: Solution,
    filter: Svf,
    partials: Partials,
    /// Each layer has its own, so that the order of rendering does not matter.
    random: Random,
    /// Octaves above the final pitch, and what is left of them after a tick.
    sweep_octaves: f32,
    sweep_rest: f32,
    /// The final pitch, in Hz.
    freq_hz: f32,
    delay_frames: usize,
    attack: f32,
    attack_share: f32,
    gain: f32,
    decay: f32,
}

impl Layer {
    /// Below this it counts as silent: −100 dB.
    const SILENCE: f32 = 1e-5;
    /// What a piece is tuned by never moves a filter below this, where nothing is heard: there it only keeps offsets out.
    const CUTOFF_HZ_MIN: f32 = 22.0;

    fn start(
        layer: &DrumLayer,
        hit: &Hit,
        mut random: Random,
        tables: &'static Wavetables,
        sample_rate_hz: f32,
    ) -> Self {
        let ratio = hit.instrument.ratio * (hit.instrument.sound.tune_semitones / 12.0).exp2() * hit.ratio();
        let cutoff_hz = (layer.cutoff_hz * hit.ratio()).max(layer.cutoff_hz.min(Self::CUTOFF_HZ_MIN));
        let (freq_hz, sweep_octaves, sweep_s) = match layer.source {
            Source::Tone { freq_hz, sweep_octaves, sweep_s, .. } => (freq_hz * ratio, sweep_octaves, sweep_s),
            Source::Metal { freq_hz } => (freq_hz * ratio, 0.0, 1.0),
            Source::Noise => (0.0, 0.0, 1.0),
        };
        let mut started = Self {
            source: layer.source,
            pass: layer.pass,
            width: layer.width,
            damping: 1.0 / layer.q,
            solution: Solution::new(tuning(cutoff_hz, sample_rate_hz), 1.0 / layer.q),
            filter: Svf::default(),
            partials: partials(
                layer.source,
                freq_hz * sweep_octaves.exp2(),
                &mut random,
                tables,
                sample_rate_hz,
            ),
            random,
            sweep_octaves,
            sweep_rest: (1.0 - share_per_frame(sweep_s, sample_rate_hz)).powi(TICK_FRAMES as i32),
            freq_hz,
            delay_frames: (layer.delay_s * sample_rate_hz) as usize,
            attack: 0.0,
            attack_share: share_per_frame(layer.attack_s * 2.3, sample_rate_hz),
            gain: layer.gain * hit.strike.velocity.powf(layer.velocity_power),
            decay: 1.0 - share_per_frame(layer.decay_s * hit.decay(), sample_rate_hz),
        };
        started.tune(sample_rate_hz);
        started
    }

    fn is_silent(&self) -> bool {
        self.gain < Self::SILENCE
    }

    fn tick(&mut self, sample_rate_hz: f32) {
        self.filter.flush();
        if self.delay_frames == 0 && self.sweep_octaves > 0.0 {
            self.sweep_octaves *= self.sweep_rest;
            self.sweep_octaves = if self.sweep_octaves < 1e-4 { 0.0 } else { self.sweep_octaves };
            self.tune(sample_rate_hz);
        }
    }

    fn tune(&mut self, sample_rate_hz: f32) {
        let freq_hz = self.freq_hz * self.sweep_octaves.exp2();
        for (step, ratio) in self.partials.phase_steps.iter_mut().zip(METAL_RATIOS) {
            *step = phase_step(freq_hz * ratio, sample_rate_hz);
        }
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            if self.delay_frames > 0 {
                self.delay_frames -= 1;
                continue;
            }
            self.attack += self.attack_share * (1.0 - self.attack);
            let gain = self.gain * self.attack;
            self.gain *= self.decay;
            // The filter comes last, so that a high-pass also takes the offset that the envelope makes.
            let input = self.source_frame().map(|sample| gain * sample);
            let output = self.filter_frame(input);
            *left += output[0];
            *right += output[1];
        }
    }

    #[inline]
    fn source_frame(&mut self) -> [f32; 2] {
        match self.source {
            Source::Tone { .. } => [self.partials.next(0); 2],
            Source::Metal { .. } => {
                let (mut even, mut odd) = (0.0, 0.0);
                for pair in 0..METAL_RATIOS.len() / 2 {
                    even += self.partials.next(2 * pair);
                    odd += self.partials.next(2 * pair + 1);
                }
                widen(even, odd, self.width)
            }
            Source::Noise => widen(self.random.next_bipolar(), self.random.next_bipolar(), self.width),
        }
    }

    #[inline]
    fn filter_frame(&mut self, input: [f32; 2]) -> [f32; 2] {
        if self.pass == Pass::All {
            return input;
        }
        let outputs = self.filter.step(input, self.solution);
        std::array::from_fn(|channel| {
            let band = self.damping * outputs.band[channel];
            match self.pass {
                Pass::All => input[channel],
                Pass::Low => outputs.low[channel],
                Pass::Band => band,
                Pass::High => input[channel] - band - outputs.low[channel],
            }
        })
    }
}

impl Partials {
    #[inline]
    fn next(&mut self, index: usize) -> f32 {
        let phase = self.phases[index];
        self.phases[index] = phase.wrapping_add(self.phase_steps[index]);
        sample_at(self.tables[index], phase)
    }
}

/// Two unrelated signals as left and right: `width` 0 is both in the middle, 1 each on its side.
#[inline]
fn widen(one: f32, other: f32, width: f32) -> [f32; 2] {
    let (mid, side) = (0.5 * (one + other), 0.5 * width * (one - other));
    [mid + side, mid - side]
}

/// The oscillators of `source`, whose lowest never goes above `freq_hz_max`.
fn partials(
    source: Source,
    freq_hz_max: f32,
    random: &mut Random,
    tables: &'static Wavetables,
    sample_rate_hz: f32,
) -> Partials {
    let limit_hz = 0.45 * sample_rate_hz;
    let mut partials = Partials {
        tables: [Table::SILENT; METAL_RATIOS.len()],
        phases: [0; METAL_RATIOS.len()],
        phase_steps: [0; METAL_RATIOS.len()],
    };
    match source {
        Source::Noise => {}
        Source::Tone { wave, .. } => partials.tables[0] = tables.table(wave, freq_hz_max, limit_hz),
        Source::Metal { .. } => {
            for (index, ratio) in METAL_RATIOS.into_iter().enumerate() {
                partials.tables[index] = tables.table(Wave::Square, freq_hz_max * ratio, limit_hz);
                partials.phases[index] = random.next_u32();
            }
        }
    }
    partials
}

/// What a hit says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// The note-on.
    pub(crate) strike: Strike,
    /// What is hit.
    pub(crate) instrument: Instrument,
    /// How its piece stands.
    pub(crate) settings: PieceSettings,
}

impl Hit {
    /// The pitch of the piece, as a multiple of what it is in the kit.
    fn ratio(&self) -> f32 {
        (ranged(self.settings.tune_semitones, -24.0, 24.0) / 12.0).exp2()
    }

    /// How many times as long it decays.
    fn decay(&self) -> f32 {
        ranged(self.settings.decay, 0.25, 4.0)
    }
}

/// The linear level of a piece.
fn level(settings: &PieceSettings) -> f32 {
    fader_gain(settings.level_db)
}

/// A voice of the kit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrumVoice {
    hit: Option<Hit>,
    sample_rate_hz: f32,
    layers: [Option<Layer>; MAX_LAYERS],
    gains: [f32; 2],
    /// The level of its piece.
    level: Ramp,
    fade: Fade,
}

impl DrumVoice {
    /// The level of a hit goes with velocity to this power.
    const VELOCITY_POWER: f32 = 1.5;

    /// A voice that is free.
    pub(crate) fn free() -> Self {
        Self {
            hit: None,
            sample_rate_hz: 48_000.0,
            layers: [None; MAX_LAYERS],
            gains: [0.0; 2],
            level: Ramp::default(),
            fade: Fade::none(),
        }
    }

    /// A voice at the start of a hit.
    pub(crate) fn start(hit: Hit, tables: &'static Wavetables, sample_rate_hz: f32) -> Self {
        let sound = hit.instrument.sound;
        let mut random = Random::new(hit.strike.serial);
        let mut layers = [None; MAX_LAYERS];
        for (place, layer) in layers.iter_mut().zip(sound.layers) {
            let seed = Random::new(random.next_u32());
            *place = Some(Layer::start(layer, &hit, seed, tables, sample_rate_hz));
        }
        let gain = gain_of_db(sound.gain_db) * hit.strike.velocity.powf(Self::VELOCITY_POWER);
        let gains = pan_gains(sound.pan + hit.instrument.pan).map(|side| side * gain);
        let level = Ramp::at(level(&hit.settings));
        Self { hit: Some(hit), sample_rate_hz, layers, gains, level, fade: Fade::none() }
    }

    /// Whether it has nothing to sound.
    pub(crate) fn is_free(&self) -> bool {
        self.hit.is_none()
    }

    /// Whether it is on its way out, since it was choked or stolen.
    pub(crate) fn is_fading(&self) -> bool {
        self.fade.is_running()
    }

    /// How much of a running fade is left, in [0, 1].
    pub(crate) fn fade_level(&self) -> f32 {
        self.fade.level()
    }

    /// Its choke group; 0 is none.
    pub(crate) fn choke_group(&self) -> u8 {
        self.hit.map_or(0, |hit| hit.instrument.sound.choke_group)
    }

    /// The number of its note, where it has one.
    pub(crate) fn note(&self) -> Option<u32> {
        self.hit.map(|hit| hit.strike.note)
    }

    /// How loud it is, about.
    pub(crate) fn loudness(&self) -> f32 {
        let gain = self.layers.iter().flatten().map(|layer| layer.gain).fold(0.0, f32::max);
        gain * self.level.end() * self.gains[0].max(self.gains[1])
    }

    /// Ends it as fast as it can without a click.
    pub(crate) fn choke(&mut self) {
        self.fade.start(self.sample_rate_hz);
    }

    /// Begins a tick of the control rate, in which the level goes `share` of its way to what the pieces, by [`Piece`],
    /// say.
    pub(crate) fn tick(&mut self, pieces: &[PieceSettings; Piece::ALL.len()], share: f32) {
        let Some(hit) = &self.hit else { return };
        self.level.aim(level(&pieces[hit.instrument.piece.index()]), share);
        for layer in self.layers.iter_mut().flatten() {
            layer.tick(self.sample_rate_hz);
        }
        for place in &mut self.layers {
            if place.as_ref().is_some_and(Layer::is_silent) {
                *place = None;
            }
        }
        if self.fade.has_ended() || self.layers.iter().all(Option::is_none) {
            *self = Self::free();
        }
    }

    /// Adds the next `frames` ≤ a tick to `bus`.
    pub(crate) fn render(&mut self, frames: usize, bus: &mut Bus) {
        if self.is_free() {
            return;
        }
        let mut own = Bus::default();
        let (left, right) = own.split(frames);
        for layer in self.layers.iter_mut().flatten() {
            layer.render(left, right);
        }
        let (sum_left, sum_right) = bus.split(frames);
        for frame in 0..frames {
            let fade = self.fade.next() * self.level.next();
            sum_left[frame] += fade * self.gains[0] * left[frame];
            sum_right[frame] += fade * self.gains[1] * right[frame];
        }
    }
}
