//! The output: level, and a limiter that looks ahead.
//!
//! Runs on the audio thread. Peaks are those of the wave between the samples too ([`true_peak`]). The gain that each frame
//! needs is held over the look-ahead by a sliding minimum, let go slowly, and averaged over the look-ahead, so that it is
//! down before the peak arrives. Limiters: U. Zölzer (ed.), "DAFX: Digital Audio Effects", 2nd ed., Wiley, 2011; sliding
//! minimum: D. Lemire, "Streaming maximum-minimum filter using no more than three comparisons per element", Nordic Journal
//! of Computing 13(4), 2006.

mod sliding_minimum;
mod true_peak;

#[cfg(test)]
mod tests;

use crate::tick::{Ramp, Ticker, gain_of_db, ranged, share_per_tick};
use sliding_minimum::SlidingMinimum;
use true_peak::TruePeak;

/// The output stage.
#[derive(Debug)]
pub struct Limiter {
    sample_rate_hz: f32,
    ticker: Ticker,
    output: Ramp,
    /// How much of the limiter is in, in [0, 1].
    presence: Ramp,
    /// The same for each frame of a chunk.
    presences: [f32; TruePeak::CHUNK_FRAMES],
    /// What comes in, at its level.
    input: TruePeak,
    /// The gain that each frame of a chunk needs.
    needed: [f32; TruePeak::CHUNK_FRAMES],
    minimum: SlidingMinimum,
    /// The gain after its release, and the share of the way up that it goes in a frame. In double precision, or at high
    /// sample rates the last of the way would be lost in rounding.
    released: f64,
    release_share: f64,
    /// The last frames of audio, in a ring as long as the latency, and of the released gain, in one of the look-ahead's
    /// length.
    delayed: Vec<[f32; 2]>,
    place: usize,
    gains: Vec<f64>,
    gain_sum: f64,
    gains_place: usize,
    /// The settings at which level and switch have arrived.
    settled_at: Option<(f32, bool)>,
    /// For how long nothing came in and nothing was reduced.
    quiet_frames: usize,
    /// For how long nothing came in that is too loud, and nothing was reduced.
    open_frames: usize,
}

impl Limiter {
    /// Neither a sample nor the wave between samples goes beyond, with the limiter on: −0.3 dBFS, −0.3 dBTP.
    pub const CEILING: f32 = 0.966_050_9;
    /// What true peaks are brought to: −1 dBTP by the limiter's own measure. The rest is for what that may miss near half the
    /// sample rate, and for what the gain's own moves do to the wave between the samples.
    const TARGET: f32 = 0.891_250_9;
    /// How far it looks ahead, in seconds.
    const LOOK_AHEAD_S: f64 = 0.001;
    /// Time constant of the way back up.
    const RELEASE_S: f64 = 0.08;
    /// Time constant of level and switch.
    const GLIDE_S: f32 = 0.015;
    /// Input beyond is brought here first: no sum of real sounds comes near, and its square is still finite.
    const INPUT_MAX: f32 = 1e12;

    /// One for 48,000 Hz. Allocates.
    pub fn new() -> Self {
        let mut limiter = Self {
            sample_rate_hz: 48_000.0,
            ticker: Ticker::default(),
            output: Ramp::default(),
            presence: Ramp::default(),
            presences: [0.0; TruePeak::CHUNK_FRAMES],
            input: TruePeak::new(),
            needed: [1.0; TruePeak::CHUNK_FRAMES],
            minimum: SlidingMinimum::new(1),
            released: 1.0,
            release_share: 1.0,
            delayed: Vec::new(),
            place: 0,
            gains: Vec::new(),
            gain_sum: 0.0,
            gains_place: 0,
            settled_at: None,
            quiet_frames: 0,
            open_frames: 0,
        };
        limiter.prepare(48_000.0);
        limiter
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets. Allocates.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        let frames = ((Self::LOOK_AHEAD_S * sample_rate_hz).round() as usize).clamp(1, 1 << 12);
        self.sample_rate_hz = sample_rate_hz as f32;
        self.release_share = 1.0 - (-1.0 / (Self::RELEASE_S * sample_rate_hz)).exp();
        // One more than the average, so that all gains in the average know of the frame that leaves.
        self.minimum = SlidingMinimum::new(frames + 1);
        self.delayed = vec![[0.0; 2]; frames + TruePeak::DELAY_FRAMES];
        self.gains = vec![1.0; frames];
        self.reset();
    }

    /// Forgets what it holds. The next settings count at once, without a glide.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.ticker = Ticker::default();
        (self.output, self.presence) = (Ramp::default(), Ramp::default());
        (self.place, self.gains_place, self.settled_at, self.quiet_frames) = (0, 0, None, 0);
        self.delayed.fill([0.0; 2]);
        self.input.reset();
        self.rest();
    }

    /// Gain 1 throughout.
    fn rest(&mut self) {
        self.minimum.reset();
        self.open_frames = 0;
        self.released = 1.0;
        self.gains.fill(1.0);
        self.gain_sum = self.gains.len() as f64;
    }

    /// By how many frames the output is later than the input, whether the limiter is on or not: 1 ms, and 16 frames to see
    /// the wave between the samples.
    pub fn latency_frames(&self) -> usize {
        self.delayed.len()
    }

    /// Brings `audio` to `output_db` and, where `on`, limits its true peaks to [`Self::CEILING`]; in place, later by
    /// [`Self::latency_frames`]. Input that is not a finite number is taken for 0.
    /// Returns by how much the limiter reduced the level at most, in dB ≥ 0.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn process(&mut self, audio: [&mut [f32]; 2], output_db: f32, on: bool) -> f32 {
        let [left, right] = audio;
        let mut lowest = 1.0_f32;
        let chunks = left.chunks_mut(TruePeak::CHUNK_FRAMES).zip(right.chunks_mut(TruePeak::CHUNK_FRAMES));
        for (left, right) in chunks {
            let frames = left.len().min(right.len());
            self.take([left, right], output_db, on);
            let is_loud = self.look(frames);
            if !is_loud && self.is_open() {
                self.pass([left, right]);
            } else {
                lowest = lowest.min(self.limit([left, right], on));
            }
            self.input.keep(frames);
        }
        -20.0 * lowest.max(1e-12).log10()
    }

    /// Whether nothing is reduced as far back as the limiter remembers.
    fn is_open(&self) -> bool {
        self.open_frames > self.delayed.len() + 1
    }

    /// Takes a chunk in, at its level.
    fn take(&mut self, [left, right]: [&[f32]; 2], output_db: f32, on: bool) {
        let frames = left.len();
        if self.settled_at == Some((output_db, on)) {
            let level = self.output.end();
            for (place, side) in self.input.places(frames).into_iter().zip([left, right]) {
                for (place, sample) in place.iter_mut().zip(side) {
                    *place = level * finite(*sample);
                }
            }
            self.presences.fill(self.presence.end());
            self.ticker.skip(frames);
            return;
        }
        for (frame, (left, right)) in left.iter().zip(right).enumerate() {
            if self.ticker.is_due() {
                self.tick(output_db, on);
            }
            self.ticker.advance(1);
            let level = self.output.next();
            self.presences[frame] = self.presence.next();
            for (place, sample) in self.input.places(frames).into_iter().zip([left, right]) {
                place[frame] = level * finite(*sample);
            }
        }
    }

    /// What gain each frame of the chunk needs. Returns whether any needs less than 1.
    fn look(&mut self, frames: usize) -> bool {
        let Some(peaks) = self.input.peaks(frames, Self::TARGET) else {
            self.needed.fill(1.0);
            return false;
        };
        for (needed, peak) in self.needed.iter_mut().zip(peaks) {
            *needed = if *peak > Self::TARGET { Self::TARGET / peak } else { 1.0 };
        }
        true
    }

    /// What [`Self::limit`] does with a chunk where all gains are 1, to the bit.
    fn pass(&mut self, audio: [&mut [f32]; 2]) {
        let [left, right] = audio;
        let (frames, size) = (left.len(), self.delayed.len());
        let input = self.input.chunk(frames);
        let frames_in = || input[0].iter().zip(input[1]);
        let quiet = frames_in().rev().take_while(|(l, r)| **l == 0.0 && **r == 0.0).count();
        self.quiet_frames = if quiet == frames { self.quiet_frames + quiet } else { quiet };
        let mut place = self.place;
        for ((left, right), input) in left.iter_mut().zip(right).zip(frames_in()) {
            [*left, *right] = std::mem::replace(&mut self.delayed[place], [*input.0, *input.1]);
            place = if place + 1 == size { 0 } else { place + 1 };
        }
        self.place = place;
        self.gains_place = (self.gains_place + frames) % self.gains.len();
        self.minimum.skip(frames, 1.0);
        self.open_frames += frames;
    }

    /// A chunk, frame by frame. Returns the lowest gain.
    fn limit(&mut self, audio: [&mut [f32]; 2], on: bool) -> f32 {
        let [left, right] = audio;
        let frames = left.len();
        let ceiling = if on { Self::CEILING } else { f32::INFINITY };
        let mut lowest = 1.0_f32;
        for (frame, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let input = self.input.chunk(frames).map(|side| side[frame]);
            let (delayed, average) = self.frame(input, self.needed[frame]);
            let gain = 1.0 + self.presences[frame] * (average - 1.0);
            lowest = lowest.min(gain);
            // Rounding, and switching on while a peak is under way, may leave a little too much.
            [*left, *right] = delayed.map(|sample| (gain * sample).clamp(-ceiling, ceiling));
        }
        lowest
    }

    fn tick(&mut self, output_db: f32, on: bool) {
        let share = share_per_tick(Self::GLIDE_S, self.sample_rate_hz);
        self.output.aim(gain_of_db(ranged(output_db, -120.0, 24.0)), share);
        self.presence.aim(if on { 1.0 } else { 0.0 }, share);
        let have_arrived = self.output.is_still() && self.presence.is_still();
        self.settled_at = have_arrived.then_some((output_db, on));
    }

    /// Whether silence would change nothing but the time.
    pub(crate) fn is_at_rest(&self, output_db: f32, on: bool) -> bool {
        // One more than what is on its way; or, at low sample rates, what the detector knows of.
        let memory_frames = self.delayed.len().max(TruePeak::MEMORY_FRAMES);
        self.settled_at == Some((output_db, on)) && self.quiet_frames > memory_frames
    }

    /// Goes on by `frames` of silence, at rest.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.ticker.skip(frames);
    }

    /// Takes a frame in, and the gain that the one [`TruePeak::DELAY_FRAMES`] before it needs; returns the one that is due
    /// with its gain.
    #[inline]
    fn frame(&mut self, input: [f32; 2], needed: f32) -> ([f32; 2], f32) {
        let held = self.minimum.next(needed);
        self.release_to(f64::from(held));
        let is_open = needed == 1.0 && self.released == 1.0;
        self.open_frames = if is_open { self.open_frames + 1 } else { 0 };
        let is_quiet = input == [0.0; 2] && self.released == 1.0;
        self.quiet_frames = if is_quiet { self.quiet_frames + 1 } else { 0 };
        (self.exchange(input), self.average())
    }

    #[inline]
    fn release_to(&mut self, held: f64) {
        let rest = 1.0 - self.released;
        let rising = if rest < 1e-6 { 1.0 } else { self.released + self.release_share * rest };
        self.released = held.min(rising);
    }

    /// Puts a frame into the ring, and returns the oldest.
    #[inline]
    fn exchange(&mut self, input: [f32; 2]) -> [f32; 2] {
        let size = self.delayed.len();
        let Some(frame) = self.delayed.get_mut(self.place) else { return input };
        self.place = (self.place + 1) % size;
        std::mem::replace(frame, input)
    }

    /// Puts the gain into its ring, and returns the average.
    #[inline]
    fn average(&mut self) -> f32 {
        let frames = self.gains.len();
        let Some(gain) = self.gains.get_mut(self.gains_place) else { return 1.0 };
        self.gain_sum += self.released - *gain;
        *gain = self.released;
        self.gains_place = (self.gains_place + 1) % frames;
        (self.gain_sum / frames as f64) as f32
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-Limiter::INPUT_MAX, Limiter::INPUT_MAX) } else { 0.0 }
}
