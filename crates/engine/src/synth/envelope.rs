//! Envelopes of exponential segments: attack, decay, sustain, release.
//!
//! Runs on the audio thread.

/// The times and the level of an envelope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EnvelopeShape {
    /// From 0 to the top, in seconds.
    pub(crate) attack_s: f32,
    /// To fall by 60 dB of the way to the sustain level, in seconds.
    pub(crate) decay_s: f32,
    /// The level at which it stays, in [0, 1].
    pub(crate) sustain: f32,
    /// To fall by 60 dB after the release, in seconds.
    pub(crate) release_s: f32,
}

/// The natural logarithm of 60 dB.
const LN_60_DB: f32 = 6.907_755_3;

/// The share of the way to its target that a segment goes in one frame, where it goes 60 dB of it in `time_s`.
pub(crate) fn share_per_frame(time_s: f32, sample_rate_hz: f32) -> f32 {
    1.0 - (-LN_60_DB / (time_s * sample_rate_hz).max(1.0)).exp()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Attack,
    Decay,
    Release,
}

/// A running envelope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    stage: Stage,
    level: f32,
    sustain: f32,
    attack_share: f32,
    decay_share: f32,
    release_share: f32,
}

impl Envelope {
    /// Where the attack aims, so that its exponential curve crosses the top steeply enough.
    const ATTACK_AIM: f32 = 1.25;
    /// The logarithm of aim / (aim − 1): time constants from 0 to the top.
    const ATTACK_TIME_CONSTANTS: f32 = 1.609_438;
    /// What counts as ended: −100 dB.
    const END: f32 = 1e-5;
    /// What counts as 0: −200 dB.
    const NOTHING: f32 = 1e-10;

    /// At its start.
    pub(crate) fn new(shape: &EnvelopeShape, sample_rate_hz: f32) -> Self {
        let attack_frames = (shape.attack_s * sample_rate_hz).max(1.0);
        Self {
            stage: Stage::Attack,
            level: 0.0,
            sustain: shape.sustain,
            attack_share: 1.0 - (-Self::ATTACK_TIME_CONSTANTS / attack_frames).exp(),
            decay_share: share_per_frame(shape.decay_s, sample_rate_hz),
            release_share: share_per_frame(shape.release_s, sample_rate_hz),
        }
    }

    /// Goes over to the release.
    pub(crate) fn release(&mut self) {
        self.stage = Stage::Release;
    }

    /// Whether it is in its release.
    pub(crate) fn is_released(&self) -> bool {
        self.stage == Stage::Release
    }

    /// Whether nothing of it is left to come.
    pub(crate) fn has_ended(&self) -> bool {
        let falls_to_nothing =
            self.stage == Stage::Release || (self.stage == Stage::Decay && self.sustain == 0.0);
        falls_to_nothing && self.level < Self::END
    }

    /// Sets a level that has died away to 0, before it becomes denormal. Called once a tick.
    pub(crate) fn flush(&mut self) {
        if self.stage != Stage::Attack && self.level < Self::NOTHING {
            self.level = 0.0;
        }
    }

    /// The level of the last frame, in [0, 1].
    pub(crate) fn level(&self) -> f32 {
        self.level
    }

    /// The level of the next frame.
    #[inline]
    pub(crate) fn next(&mut self) -> f32 {
        match self.stage {
            Stage::Attack => {
                self.level += self.attack_share * (Self::ATTACK_AIM - self.level);
                if self.level >= 1.0 {
                    self.level = 1.0;
                    self.stage = Stage::Decay;
                }
            }
            Stage::Decay => self.level += self.decay_share * (self.sustain - self.level),
            Stage::Release => self.level -= self.release_share * self.level,
        }
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: EnvelopeShape =
        EnvelopeShape { attack_s: 0.01, decay_s: 0.5, sustain: 0.25, release_s: 0.2 };

    fn run(envelope: &mut Envelope, seconds: f32) -> f32 {
        (0..(seconds * 48_000.0) as usize).map(|_| envelope.next()).last().unwrap()
    }

    #[test]
    fn each_segment_takes_its_time() {
        let mut envelope = Envelope::new(&SHAPE, 48_000.0);
        assert!(run(&mut envelope, 0.0098) < 1.0);
        assert!(run(&mut envelope, 0.0003) > 0.99);
        assert!((run(&mut envelope, 0.5) - 0.25).abs() < 0.002);
        envelope.release();
        let released = run(&mut envelope, 0.2) / 0.25;
        assert!((20.0 * released.log10() + 60.0).abs() < 0.5, "{released}");
    }

    #[test]
    fn it_ends_below_minus_100_db() {
        let mut envelope = Envelope::new(&SHAPE, 48_000.0);
        run(&mut envelope, 0.5);
        assert!(!envelope.has_ended());
        envelope.release();
        run(&mut envelope, 0.34);
        assert!(envelope.has_ended());
    }
}
