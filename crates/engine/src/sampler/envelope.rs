//! Envelopes of six segments: delay, attack, hold, decay, sustain, release.
//!
//! Runs on the audio thread. "SoundFont Technical Specification 2.04", section 9.1.8: the attack is a straight line; decay
//! and release of the level are straight in dB, those of the modulation straight in themselves.

use super::instrument::EnvelopeTimes;

/// What a fall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fall {
    /// A factor a frame: straight in dB.
    Decibels,
    /// A step a frame.
    Straight,
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Delay,
    Attack,
    Hold,
    Decay,
    Sustain,
    Release,
    Ended,
}

/// A running envelope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    fall: Fall,
    stage: Stage,
    level: f32,
    /// Frames that are left of delay or hold.
    left: u32,
    hold: u32,
    attack_step: f32,
    decay: f32,
    sustain: f32,
    release: f32,
}

/// What counts as ended: −100 dB.
const END: f32 = 1e-5;
/// The natural logarithm of 100 dB.
const LN_100_DB: f32 = 11.512_925;

impl Envelope {
    /// One that begins.
    pub(crate) fn start(times: &EnvelopeTimes, fall: Fall, sample_rate_hz: f32) -> Self {
        let frames = |seconds: f32| (seconds * sample_rate_hz) as u32;
        let rate = |seconds: f32| {
            let frames = (seconds * sample_rate_hz).max(1.0);
            match fall {
                Fall::Decibels => (-LN_100_DB / frames).exp(),
                Fall::Straight => 1.0 / frames,
            }
        };
        let sustain = match fall {
            Fall::Decibels if times.sustain_db < 100.0 => crate::tick::gain_of_db(-times.sustain_db),
            Fall::Decibels => 0.0,
            Fall::Straight => 1.0 - times.sustain_db / 100.0,
        };
        Self {
            fall,
            stage: Stage::Delay,
            level: 0.0,
            left: frames(times.delay_s),
            hold: frames(times.hold_s),
            attack_step: 1.0 / (times.attack_s * sample_rate_hz).max(1.0),
            decay: rate(times.decay_s),
            sustain,
            release: rate(times.release_s),
        }
    }

    /// Goes over to the release.
    pub(crate) fn release(&mut self) {
        self.stage = match self.stage {
            Stage::Delay | Stage::Ended => Stage::Ended,
            _ => Stage::Release,
        };
    }

    /// Goes on from `level`, in [0, 1], in place of where it stands.
    pub(crate) fn continue_from(&mut self, level: f32) {
        self.level = level;
    }

    /// Whether nothing is left to come.
    pub(crate) fn has_ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    /// Whether it is in its attack.
    pub(crate) fn rises(&self) -> bool {
        self.stage == Stage::Attack
    }

    /// The level of the last frame, in [0, 1].
    pub(crate) fn level(&self) -> f32 {
        self.level
    }

    /// The level of the next frame.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        match self.stage {
            Stage::Sustain => {}
            Stage::Decay => self.decay(),
            Stage::Release => self.fall_to_end(),
            _ => self.rise(),
        }
        self.level
    }

    /// Goes on by `frames`.
    pub(crate) fn advance(&mut self, frames: usize) {
        (0..frames).for_each(|_| _ = self.next());
    }

    fn rise(&mut self) {
        match self.stage {
            Stage::Delay | Stage::Hold if self.left > 0 => self.left -= 1,
            Stage::Delay | Stage::Attack => {
                self.stage = Stage::Attack;
                self.level += self.attack_step;
                if self.level >= 1.0 {
                    self.level = 1.0;
                    (self.stage, self.left) = (Stage::Hold, self.hold);
                }
            }
            Stage::Hold => self.stage = Stage::Decay,
            _ => self.level = 0.0,
        }
    }

    #[inline(always)]
    fn fallen(&self, rate: f32) -> f32 {
        match self.fall {
            Fall::Decibels => self.level * rate,
            Fall::Straight => self.level - rate,
        }
    }

    #[inline(always)]
    fn decay(&mut self) {
        self.level = self.fallen(self.decay);
        if self.level <= self.sustain {
            (self.level, self.stage) = (self.sustain, Stage::Sustain);
        }
        // What has died away never returns.
        if self.level <= END && self.sustain <= END && self.fall == Fall::Decibels {
            (self.level, self.stage) = (0.0, Stage::Ended);
        }
    }

    #[inline(always)]
    fn fall_to_end(&mut self) {
        self.level = self.fallen(self.release);
        if self.level <= END {
            (self.level, self.stage) = (0.0, Stage::Ended);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: EnvelopeTimes = EnvelopeTimes {
        delay_s: 0.1,
        attack_s: 0.2,
        hold_s: 0.1,
        decay_s: 1.0,
        sustain_db: 20.0,
        release_s: 0.5,
    };

    fn after(fall: Fall, seconds: &[f32]) -> Vec<f32> {
        let mut envelope = Envelope::start(&TIMES, fall, 1000.0);
        let mut at = |seconds: &f32| {
            envelope.advance((seconds * 1000.0) as usize);
            envelope.level()
        };
        seconds.iter().map(&mut at).collect()
    }

    #[test]
    fn each_segment_takes_its_time() {
        // The ends of delay, half and all of the attack, hold, half of the decay and all of it.
        let levels = after(Fall::Decibels, &[0.1, 0.1, 0.1, 0.1, 0.101, 0.101]);
        let expect = [0.0, 0.5, 1.0, 1.0, 0.3162, 0.1];
        for (level, expect) in levels.iter().zip(expect) {
            assert!((level - expect).abs() < 0.006, "{levels:?}");
        }
        let levels = after(Fall::Straight, &[0.4, 0.101, 0.3]);
        assert!((levels[1] - 0.9).abs() < 0.002 && (levels[2] - 0.8).abs() < 0.002, "{levels:?}");
    }

    #[test]
    fn the_release_falls_by_100_db_in_its_time_and_ends() {
        let mut envelope = Envelope::start(&TIMES, Fall::Decibels, 1000.0);
        envelope.advance(300);
        envelope.release();
        envelope.advance(250);
        let db = 20.0 * envelope.level().log10();
        println!("after half of the release: {db:.2} dB");
        assert!((db + 50.0).abs() < 0.5, "{db}");
        envelope.advance(251);
        assert!(envelope.has_ended() && envelope.level() == 0.0);
    }
}
