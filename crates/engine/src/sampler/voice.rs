//! One voice: a zone that sounds. Sample → low-pass → envelope → pan.
//!
//! Runs on the audio thread.

use super::envelope::{Envelope, Fall};
use super::instrument::{EnvelopeTimes, Filter, Looping, Sample, Zone};
use super::kernels::{Kernel, SPEED_MAX};
use super::modulation::{Modulation, Moves};
use super::player::Surroundings;
use super::window::{Reach, interpolate};
use crate::svf::{Solution, Svf, tuning};
use crate::synth::bus::Bus;
use crate::synth::fade::Fade;
use crate::synth::oscillators::pan_gains;
use crate::synth::polyphony::Standing;
use crate::synth::voice::Strike;
use crate::tick::{Ramp, gain_of_db};

/// The level of an instrument at 0 dB, so that chords of full-scale samples leave room for the other parts.
const HEADROOM: f32 = 0.25;

/// A zone that sounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    /// Which of the part's instruments.
    pub(crate) slot: usize,
    /// Which zone of it.
    pub(crate) zone: usize,
    strike: Strike,
    sample_rate_hz: f32,
    is_released: bool,
    /// In frames of the sample.
    position: f64,
    has_looped: bool,
    /// Frames of the sample a frame, before anything moves.
    home_speed: f64,
    speed: f64,
    kernel: &'static Kernel,
    envelope: Envelope,
    modulation: Modulation,
    fade: Fade,
    filter: Option<LowPass>,
    gains: [f32; 2],
    /// What the velocity leaves of the level.
    gain: f32,
    tremolo: Ramp,
}

/// A filter that runs.
#[derive(Clone, Copy, Debug)]
struct LowPass {
    state: Svf,
    damping: f32,
    /// Of the frame before.
    tuning: Ramp,
    level: f32,
}

impl LowPass {
    fn start(filter: Filter) -> Self {
        // A resonance of 0 dB is a maximally flat filter; the lows go down by half of what the resonance goes up.
        let q = gain_of_db(filter.resonance_db - 3.01);
        let level = gain_of_db(-filter.resonance_db / 2.0);
        Self { state: Svf::default(), damping: 1.0 / q, tuning: Ramp::default(), level }
    }

    #[inline(always)]
    fn next(&mut self, input: [f32; 2]) -> [f32; 2] {
        let solution = Solution::new(self.tuning.next(), self.damping);
        self.state.step(input, solution).low.map(|low| self.level * low)
    }
}

impl Voice {
    /// A note starts on the zone at place `zone` of the instrument in `slot`.
    pub(crate) fn start(
        strike: Strike,
        (slot, zone): (usize, usize),
        (settings, sample): (&Zone, &Sample),
        around: &Surroundings,
    ) -> Self {
        let velocity = strike.velocity;
        let cents = (f32::from(strike.key) - settings.root_key) * settings.cents_per_key;
        let octaves = f64::from(cents + settings.tuning_cents) / 1200.0;
        let home_speed = f64::from(sample.sample_rate_hz / around.sample_rate_hz) * octaves.exp2();
        let gain = 1.0 - settings.velocity_tracking.abs()
            + if settings.velocity_tracking >= 0.0 {
                settings.velocity_tracking * velocity * velocity
            } else {
                -settings.velocity_tracking * (1.0 - velocity * velocity)
            };
        let times = times_of_key(settings, strike.key);
        let mut voice = Self {
            slot,
            zone,
            strike,
            sample_rate_hz: around.sample_rate_hz,
            is_released: false,
            position: f64::from(settings.frames[0]),
            has_looped: false,
            home_speed,
            speed: home_speed,
            kernel: around.kernels.of_speed(home_speed),
            envelope: Envelope::start(&times, Fall::Decibels, around.sample_rate_hz),
            modulation: Modulation::start(settings, around.sample_rate_hz),
            fade: Fade::none(),
            filter: settings.filter.map(LowPass::start),
            gains: pan_gains(settings.pan),
            gain: HEADROOM * gain_of_db(settings.level_db) * gain,
            tremolo: Ramp::default(),
        };
        voice.follow(settings, around);
        voice
    }

    /// How it stands.
    pub(crate) fn standing(&self) -> Standing {
        if self.fade.is_running() {
            Standing::Fading(self.fade.level())
        } else if self.is_released {
            Standing::Released(self.gain * self.envelope.level())
        } else {
            Standing::Held(self.strike.serial)
        }
    }

    /// The number of its note.
    pub(crate) fn note(&self) -> u32 {
        self.strike.note
    }

    /// The key goes up.
    pub(crate) fn release(&mut self, zone: &Zone) {
        if !zone.is_one_shot {
            self.is_released = true;
            self.envelope.release();
            self.modulation.release();
        }
    }

    /// It ends as fast as it can without a click.
    pub(crate) fn choke(&mut self) {
        self.fade.start(self.sample_rate_hz);
    }

    /// Begins a tick of the control rate. False where nothing is left to sound.
    pub(crate) fn tick(&mut self, zone: &Zone, around: &Surroundings) -> bool {
        let is_behind_end = self.position > f64::from(zone.frames[1]) + self.kernel.taps() as f64;
        if self.envelope.has_ended() || self.fade.has_ended() || is_behind_end {
            return false;
        }
        self.modulation.tick(zone, around.sample_rate_hz);
        self.follow(zone, around);
        if let Some(filter) = &mut self.filter {
            filter.state.flush();
        }
        true
    }

    /// Goes where modulation, bend and wheel want it.
    fn follow(&mut self, zone: &Zone, around: &Surroundings) {
        let Moves { pitch_cents, cutoff_cents, level_db } =
            self.modulation.now(zone, around.bend.vibrato_cents);
        let cents = f64::from(pitch_cents + 100.0 * around.bend.semitones);
        let speed = if cents == 0.0 { self.home_speed } else { self.home_speed * (cents / 1200.0).exp2() };
        self.speed = speed.min(SPEED_MAX);
        self.kernel = around.kernels.of_speed(self.speed);
        self.tremolo.aim(if level_db == 0.0 { 1.0 } else { gain_of_db(level_db) }, 1.0);
        if let Some((filter, settings)) = self.filter.as_mut().zip(zone.filter) {
            let cutoff_hz = (settings.cutoff_hz * (cutoff_cents / 1200.0).exp2()).min(20_000.0);
            filter.tuning.aim(tuning(cutoff_hz, self.sample_rate_hz), 1.0);
        }
    }

    /// Adds the next `frames` ≤ a tick to `bus`.
    #[inline(always)]
    pub(crate) fn render(&mut self, zone: &Zone, sample: &Sample, frames: usize, bus: &mut Bus) {
        let (left, right) = bus.split(frames);
        for (left, right) in left.iter_mut().zip(right) {
            let mut input = self.next(zone, sample);
            if let Some(filter) = &mut self.filter {
                input = filter.next(input);
            }
            let mut level = self.gain * self.envelope.next() * self.tremolo.next();
            if self.fade.is_running() {
                level *= self.fade.next();
            }
            *left += level * self.gains[0] * input[0];
            *right += level * self.gains[1] * input[1];
        }
    }

    /// The next frame of the sample.
    #[inline(always)]
    fn next(&mut self, zone: &Zone, sample: &Sample) -> [f32; 2] {
        let reach = self.reach(zone);
        let read = |channel: &[f32]| interpolate(channel, &reach, self.kernel, self.position);
        let left = read(&sample.left);
        let right = sample.right.as_deref().map_or(left, read);
        self.position += self.speed;
        let end = f64::from(zone.loop_frames[1]);
        if reach.will_loop && self.position >= end {
            let length = end - f64::from(zone.loop_frames[0]);
            self.position -= length * ((self.position - end) / length).floor().max(0.0) + length;
            self.has_looped = true;
        }
        [left, right]
    }

    fn reach(&self, zone: &Zone) -> Reach {
        let will_loop = match zone.looping {
            Looping::None => false,
            Looping::Continuous => true,
            Looping::UntilRelease => !self.is_released,
        };
        Reach {
            frames: zone.frames.map(|frame| frame as usize),
            loop_frames: zone.loop_frames.map(|frame| frame as usize),
            // Behind the loop there is no way back.
            will_loop: will_loop && self.position < f64::from(zone.loop_frames[1]),
            has_looped: self.has_looped,
        }
    }
}

/// The envelope's times for `key`: hold and decay may be longer for low keys.
fn times_of_key(zone: &Zone, key: u8) -> EnvelopeTimes {
    let longer = |cents_per_key: f32| {
        let cents = (60.0 - f32::from(key)) * cents_per_key;
        if cents == 0.0 { 1.0 } else { (cents / 1200.0).exp2() }
    };
    EnvelopeTimes {
        hold_s: (zone.envelope.hold_s * longer(zone.hold_cents_per_key)).min(100.0),
        decay_s: (zone.envelope.decay_s * longer(zone.decay_cents_per_key)).min(200.0),
        ..zone.envelope
    }
}
