//! The delay: echoes in time with the music.
//!
//! Runs on the audio thread, but for `new` and `prepare`. A delay line with feedback through two filters, as in U. Zölzer
//! (ed.), "DAFX: Digital Audio Effects", 2nd ed., Wiley, 2011. Lengths that change are faded to, so that a tempo may move.

#[cfg(test)]
mod tests;

use super::delay_lines::{DelayLines, Lengths};
use crate::settings::{DelaySettings, NOTE_VALUES};
use crate::svf::{Solution, Svf, tuning};
use crate::tick::{Ramp, TICK_FRAMES, Ticker, ranged, share_per_tick};
use fearless_simd::{Level, dispatch, f32x16, prelude::*};
use std::f32::consts::SQRT_2;

/// The delay.
#[derive(Debug)]
pub struct Delay {
    sample_rate_hz: f32,
    ticker: Ticker,
    lines: DelayLines<2>,
    lengths: Lengths<1>,
    low_cut: Svf,
    high_cut: Svf,
    tunings: [Ramp; 2],
    feedback: Ramp,
    /// How much the sides change places from echo to echo, in [0, 1].
    crossing: Ramp,
    mix: Ramp,
    /// What the processor can do.
    level: Level,
    /// The settings and the tempo at which everything has arrived.
    settled_at: Option<(DelaySettings, f32)>,
    /// For how long nothing came in and nothing came back.
    quiet_frames: usize,
    is_idle: bool,
}

impl Delay {
    /// The longest delay, in seconds. Where a note value is longer at the tempo, half of it counts, or a quarter, and so on.
    pub const SECONDS_MAX: f32 = 4.0;
    /// What counts as silence: −120 dB.
    const SILENCE: f32 = 1e-6;
    /// Time constant of all moves but those of the length.
    const GLIDE_S: f32 = 0.02;
    /// Input beyond ± this is brought here: no real sum of parts comes near.
    const INPUT_MAX: f32 = 1e3;
    /// Sampling rates below get delay lines as for this one.
    const SAMPLE_RATE_HZ_MIN: f32 = 1000.0;

    /// One for 48,000 Hz. Allocates.
    pub fn new() -> Self {
        Self::at(48_000.0)
    }

    /// Makes ready for `sample_rate_hz` > 0, and resets. Allocates.
    pub fn prepare(&mut self, sample_rate_hz: f64) {
        *self = Self::at(sample_rate_hz as f32);
    }

    fn at(sample_rate_hz: f32) -> Self {
        let frames = (Self::SECONDS_MAX * sample_rate_hz.max(Self::SAMPLE_RATE_HZ_MIN)) as usize;
        Self {
            sample_rate_hz,
            ticker: Ticker::default(),
            lines: DelayLines::new(frames + TICK_FRAMES),
            lengths: Lengths::new(sample_rate_hz),
            low_cut: Svf::default(),
            high_cut: Svf::default(),
            tunings: [Ramp::default(); 2],
            feedback: Ramp::default(),
            crossing: Ramp::default(),
            mix: Ramp::default(),
            level: Level::new(),
            settled_at: None,
            quiet_frames: 0,
            is_idle: true,
        }
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: Level) {
        self.level = level;
    }

    /// Ends every echo. The next settings count at once, without a glide.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.clear();
        self.ticker = Ticker::default();
        self.lengths.forget();
        self.tunings = [Ramp::default(); 2];
        (self.feedback, self.crossing, self.mix) = (Ramp::default(), Ramp::default(), Ramp::default());
        self.settled_at = None;
    }

    /// Silence in all that sounds.
    fn clear(&mut self) {
        self.lines.clear();
        (self.low_cut, self.high_cut) = (Svf::default(), Svf::default());
        (self.is_idle, self.quiet_frames) = (true, 0);
    }

    /// The delay in frames, for a tempo in beats a minute.
    fn frames(&self, settings: &DelaySettings, tempo_bpm: f32) -> usize {
        let beats = NOTE_VALUES.get(settings.time).map_or(1.0, |(_, beats)| *beats);
        let mut seconds = beats * 60.0 / ranged(tempo_bpm, 1.0, 999.0);
        while seconds > Self::SECONDS_MAX {
            seconds *= 0.5;
        }
        // A row hears nothing of itself.
        ((seconds * self.sample_rate_hz) as usize).max(TICK_FRAMES + 1)
    }

    /// Adds the echoes of `send` to `audio`, left and right: as many frames as the shortest has. Input that is not a finite
    /// number is taken for 0.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn process(
        &mut self,
        send: [&[f32]; 2],
        audio: [&mut [f32]; 2],
        settings: &DelaySettings,
        tempo_bpm: f32,
    ) {
        let [left, right] = audio;
        let frames = left.len().min(right.len()).min(send[0].len()).min(send[1].len());
        let mut first = 0;
        while first < frames {
            if self.ticker.is_due() {
                self.tick(settings, tempo_bpm);
            }
            let chunk = self.ticker.chunk(frames - first);
            let within = first..first + chunk;
            let send = send.map(|side| &side[within.clone()]);
            self.chunk(send, [&mut left[within.clone()], &mut right[within]]);
            self.ticker.advance(chunk);
            first += chunk;
        }
    }

    fn tick(&mut self, settings: &DelaySettings, tempo_bpm: f32) {
        if self.quiet_frames > self.lengths.target()[0] + TICK_FRAMES {
            self.clear();
        }
        self.low_cut.flush();
        self.high_cut.flush();
        if self.is_settled(settings, tempo_bpm) {
            return;
        }
        if self.is_idle {
            // Nothing sounds that could click.
            self.lengths.forget();
        }
        let share = share_per_tick(Self::GLIDE_S, self.sample_rate_hz);
        self.lengths.aim([self.frames(settings, tempo_bpm)]);
        for (ramp, freq_hz) in self.tunings.iter_mut().zip([settings.low_cut_hz, settings.high_cut_hz]) {
            ramp.aim(tuning(ranged(freq_hz, 5.0, 24_000.0), self.sample_rate_hz), share);
        }
        self.feedback.aim(ranged(settings.feedback, 0.0, 0.95), share);
        self.crossing.aim(if settings.ping_pong { 1.0 } else { 0.0 }, share);
        self.mix.aim(ranged(settings.mix, 0.0, 1.0), share);
        self.settled_at = self.is_still().then_some((*settings, tempo_bpm));
    }

    fn is_settled(&self, settings: &DelaySettings, tempo_bpm: f32) -> bool {
        self.settled_at.is_some_and(|at| at == (*settings, tempo_bpm))
    }

    fn is_still(&self) -> bool {
        let ramps = self.tunings.iter().chain([&self.feedback, &self.crossing, &self.mix]);
        ramps.into_iter().all(Ramp::is_still) && self.lengths.are_still()
    }

    /// Whether silence would change nothing but the time.
    pub(crate) fn is_at_rest(&self, settings: &DelaySettings, tempo_bpm: f32) -> bool {
        self.is_idle && self.is_settled(settings, tempo_bpm)
    }

    /// Goes on by `frames` of silence, at rest.
    pub(crate) fn skip(&mut self, frames: usize) {
        self.ticker.skip(frames);
    }

    /// At most a tick.
    fn chunk(&mut self, send: [&[f32]; 2], audio: [&mut [f32]; 2]) {
        let frames = send[0].len();
        let mut input = [[0.0; TICK_FRAMES]; 2];
        let mut is_quiet = true;
        for (row, send) in input.iter_mut().zip(send) {
            for (sample, send) in row.iter_mut().zip(send) {
                *sample = clean(*send);
                is_quiet &= *sample == 0.0;
            }
        }
        if self.is_idle && is_quiet {
            self.skip_ramps(frames);
            return;
        }
        self.is_idle = false;
        let level = self.level;
        let mut wet = dispatch!(level, simd => self.read(simd));
        self.filter(&mut wet, frames);
        dispatch!(level, simd => self.write(simd, &input, &wet, frames));
        let is_silent = wet.iter().all(|row| row[..frames].iter().all(|sample| sample.abs() < Self::SILENCE));
        self.quiet_frames = if is_quiet && is_silent { self.quiet_frames + frames } else { 0 };
        for (audio, wet) in audio.into_iter().zip(&wet) {
            for (frame, (sample, wet)) in audio.iter_mut().zip(wet).enumerate() {
                *sample += self.mix.after(frame) * wet;
            }
        }
        self.skip_ramps(frames);
    }

    fn skip_ramps(&mut self, frames: usize) {
        let ramps = self.tunings.iter_mut().chain([&mut self.feedback, &mut self.crossing, &mut self.mix]);
        ramps.into_iter().for_each(|ramp| ramp.skip(frames));
    }

    /// What comes back in the next frames.
    #[inline(always)]
    fn read<S: Simd>(&self, simd: S) -> [[f32; TICK_FRAMES]; 2] {
        [0, 1].map(|side| self.lengths.read(simd, (side, 0), &self.lines, 0).to_array())
    }

    /// Takes the lows and the highs out of what comes back.
    fn filter(&mut self, wet: &mut [[f32; TICK_FRAMES]; 2], frames: usize) {
        let [low, high] = self.tunings;
        let solve = |ramp: Ramp, frame: usize| Solution::new(ramp.after(frame), SQRT_2);
        let are_still = low.is_still() && high.is_still();
        let (mut low_cut, mut high_cut) = (solve(low, 0), solve(high, 0));
        let [left, right] = wet;
        for (frame, (left, right)) in left.iter_mut().zip(right).take(frames).enumerate() {
            if !are_still {
                (low_cut, high_cut) = (solve(low, frame), solve(high, frame));
            }
            let input = [*left, *right];
            let lows = self.low_cut.step(input, low_cut);
            let highs = [0, 1].map(|side: usize| input[side] - SQRT_2 * lows.band[side] - lows.low[side]);
            [*left, *right] = self.high_cut.step(highs, high_cut).low;
        }
    }

    /// Writes what goes around. Where the sides change places, both enter on the left.
    #[inline(always)]
    fn write<S: Simd>(
        &mut self,
        simd: S,
        input: &[[f32; TICK_FRAMES]; 2],
        wet: &[[f32; TICK_FRAMES]; 2],
        frames: usize,
    ) {
        let [left, right] = input.map(|side| f32x16::load_array(simd, side));
        let [wet_left, wet_right] = wet.map(|side| f32x16::load_array(simd, side));
        let (feedback, crossing) = (self.feedback.row(simd), self.crossing.row(simd));
        let half = f32x16::splat(simd, 0.5);
        let turned = crossing * (wet_right - wet_left);
        let mid = half * (left + right);
        let new_left = left + crossing * (mid - left) + feedback * (wet_left + turned);
        let new_right = right - crossing * right + feedback * (wet_right - turned);
        self.lines.write(0, new_left, frames);
        self.lines.write(1, new_right, frames);
        self.lines.advance(frames);
        self.lengths.advance(frames);
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self::new()
    }
}

/// A sample that the line can bear: finite, and 0 where it is too small to hear, so that nothing denormal enters.
fn clean(sample: f32) -> f32 {
    let is_sound = sample.is_finite() && sample.abs() > 1e-12;
    if is_sound { sample.clamp(-Delay::INPUT_MAX, Delay::INPUT_MAX) } else { 0.0 }
}
