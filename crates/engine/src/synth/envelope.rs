//! Envelopes of exponential segments: attack, decay, sustain, release. Sixteen side by side.
//!
//! Runs on the audio thread.

use crate::lanes::Wide;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x16, prelude::*};

/// The times and the level of an envelope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnvelopeShape {
    /// From 0 to the top, in seconds, in [0.0005, 20].
    pub attack_s: f32,
    /// To fall by 60 dB of the way to the sustain level, in seconds, in [0.005, 60].
    pub decay_s: f32,
    /// The level at which it stays, in [0, 1].
    pub sustain: f32,
    /// To fall by 60 dB after the release, in seconds, in [0.005, 30].
    pub release_s: f32,
}

/// The natural logarithm of 60 dB.
const LN_60_DB: f32 = 6.907_755_3;

/// The share of the way to its target that a segment goes in one frame, where it goes 60 dB of it in `time_s`.
pub(crate) fn share_per_frame(time_s: f32, sample_rate_hz: f32) -> f32 {
    1.0 - (-LN_60_DB / (time_s * sample_rate_hz).max(1.0)).exp()
}

/// Where a segment leads, and how fast.
#[derive(Clone, Copy, Debug, Default)]
struct Segments {
    target: Wide,
    /// The share of the way that is gone in a frame.
    share: Wide,
}

impl Segments {
    fn set(&mut self, lane: usize, target: f32, share: f32) {
        self.target.0[lane] = target;
        self.share.0[lane] = share;
    }
}

/// Sixteen running envelopes. A lane at rest stays at 0.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Envelopes {
    level: Wide,
    now: Segments,
    /// What follows when the top is reached.
    next: Segments,
    release_share: Wide,
}

impl Envelopes {
    /// Where the attack aims, so that its exponential curve crosses the top steeply enough.
    const ATTACK_AIM: f32 = 1.25;
    /// The logarithm of aim / (aim − 1): time constants from 0 to the top.
    const ATTACK_TIME_CONSTANTS: f32 = 1.609_438;
    /// What counts as ended: −100 dB.
    const END: f32 = 1e-5;
    /// Below the top by more than all that rounding does.
    const NEAR_TOP: f32 = 0.999;
    /// What counts as 0: −200 dB.
    const NOTHING: f32 = 1e-10;

    /// The envelope of `lane` begins.
    pub(crate) fn start(&mut self, lane: usize, shape: &EnvelopeShape, sample_rate_hz: f32) {
        let attack_frames = (shape.attack_s * sample_rate_hz).max(1.0);
        self.level.0[lane] = 0.0;
        self.now.set(lane, Self::ATTACK_AIM, 1.0 - (-Self::ATTACK_TIME_CONSTANTS / attack_frames).exp());
        self.next.set(lane, shape.sustain, share_per_frame(shape.decay_s, sample_rate_hz));
        self.release_share.0[lane] = share_per_frame(shape.release_s, sample_rate_hz);
    }

    /// That of `lane` rests at 0.
    pub(crate) fn clear(&mut self, lane: usize) {
        self.level.0[lane] = 0.0;
        self.now.set(lane, 0.0, 0.0);
        self.next.set(lane, 0.0, 0.0);
    }

    /// That of `lane` goes over to its release.
    pub(crate) fn release(&mut self, lane: usize) {
        self.now.set(lane, 0.0, self.release_share.0[lane]);
        self.next.set(lane, 0.0, self.release_share.0[lane]);
    }

    /// Those of which nothing is left to come, one a bit.
    #[inline(always)]
    pub(crate) fn ended<S: Simd>(&self, simd: S) -> u64 {
        let falls_to_nothing = self.now.target.load(simd).simd_eq(f32x16::splat(simd, 0.0));
        let is_low = self.level.load(simd).simd_lt(f32x16::splat(simd, Self::END));
        (falls_to_nothing & is_low).to_bitmask()
    }

    /// Whether none gets to the top within a tick: what rises does so more and more slowly.
    #[inline(always)]
    pub(crate) fn stay_below<S: Simd>(&self, simd: S) -> bool {
        let (level, target) = (self.level.load(simd), self.now.target.load(simd));
        let frames = f32x16::splat(simd, TICK_FRAMES as f32);
        let furthest = level + frames * self.now.share.load(simd) * (target - level);
        let rises = target.simd_ge(f32x16::splat(simd, Self::ATTACK_AIM));
        !(rises & furthest.simd_ge(f32x16::splat(simd, Self::NEAR_TOP))).any_true()
    }

    /// The level of `lane` in the last frame, in [0, 1].
    pub(crate) fn level(&self, lane: usize) -> f32 {
        self.level.0[lane]
    }

    /// The levels of the last frame.
    pub(crate) fn levels(&self) -> &Wide {
        &self.level
    }

    /// Sets levels that have died away to 0, before they become denormal. Called once a tick.
    #[inline(always)]
    pub(crate) fn flush<S: Simd>(&mut self, simd: S) {
        let level = self.level.load(simd);
        let rises = self.now.target.load(simd).simd_ge(f32x16::splat(simd, Self::ATTACK_AIM));
        let is_heard = level.simd_ge(f32x16::splat(simd, Self::NOTHING));
        self.level.store((rises | is_heard).select(level, f32x16::splat(simd, 0.0)));
    }

    /// Into registers.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> EnvelopeRegisters<S> {
        EnvelopeRegisters {
            level: self.level.load(simd),
            target: self.now.target.load(simd),
            share: self.now.share.load(simd),
            next_target: self.next.target.load(simd),
            next_share: self.next.share.load(simd),
        }
    }

    /// Out of registers.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, registers: &EnvelopeRegisters<S>) {
        self.level.store(registers.level);
        self.now.target.store(registers.target);
        self.now.share.store(registers.share);
    }
}

/// The same while frames are computed.
#[derive(Clone, Copy)]
pub(crate) struct EnvelopeRegisters<S: Simd> {
    level: f32x16<S>,
    target: f32x16<S>,
    share: f32x16<S>,
    next_target: f32x16<S>,
    next_share: f32x16<S>,
}

impl<S: Simd> EnvelopeRegisters<S> {
    /// The levels of the next frame, where none gets to the top.
    #[inline(always)]
    pub(crate) fn next_below(&mut self) -> f32x16<S> {
        self.level += self.share * (self.target - self.level);
        self.level
    }

    /// The levels of the next frame.
    #[inline(always)]
    pub(crate) fn next(&mut self, simd: S) -> f32x16<S> {
        let top = f32x16::splat(simd, 1.0);
        let level = self.level + self.share * (self.target - self.level);
        // Only an attack gets there.
        let is_up = level.simd_ge(top);
        self.level = level.min(top);
        self.target = is_up.select(self.next_target, self.target);
        self.share = is_up.select(self.next_share, self.share);
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    const LANE: usize = 3;
    const SHAPE: EnvelopeShape =
        EnvelopeShape { attack_s: 0.01, decay_s: 0.5, sustain: 0.25, release_s: 0.2 };

    fn started() -> Envelopes {
        let mut envelopes = Envelopes::default();
        envelopes.start(LANE, &SHAPE, 48_000.0);
        envelopes
    }

    fn run(envelopes: &mut Envelopes, seconds: f32) -> f32 {
        for _ in 0..(seconds * 48_000.0) as usize {
            dispatch!(Level::new(), simd => {
                let mut registers = envelopes.load(simd);
                registers.next(simd);
                envelopes.store(&registers);
            });
        }
        envelopes.level(LANE)
    }

    fn has_ended(envelopes: &Envelopes) -> bool {
        dispatch!(Level::new(), simd => envelopes.ended(simd)) >> LANE & 1 == 1
    }

    #[test]
    fn each_segment_takes_its_time() {
        let mut envelopes = started();
        assert!(run(&mut envelopes, 0.0098) < 1.0);
        assert!(run(&mut envelopes, 0.0003) > 0.99);
        assert!((run(&mut envelopes, 0.5) - 0.25).abs() < 0.002);
        envelopes.release(LANE);
        let released = run(&mut envelopes, 0.2) / 0.25;
        assert!((20.0 * released.log10() + 60.0).abs() < 0.5, "{released}");
    }

    #[test]
    fn it_ends_below_minus_100_db() {
        let mut envelopes = started();
        run(&mut envelopes, 0.5);
        assert!(!has_ended(&envelopes));
        envelopes.release(LANE);
        run(&mut envelopes, 0.34);
        assert!(has_ended(&envelopes));
    }

    #[test]
    fn a_lane_at_rest_stays_at_rest() {
        let mut envelopes = started();
        run(&mut envelopes, 0.1);
        assert_eq!(envelopes.level(LANE + 1), 0.0);
        envelopes.clear(LANE);
        run(&mut envelopes, 0.1);
        assert_eq!(envelopes.level(LANE), 0.0);
    }
}
