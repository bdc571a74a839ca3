//! The loss of each line of the network, so that all of them decay alike, and the highs faster.
//!
//! Runs on the audio thread. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", 90th
//! AES Convention, 1991: a line of M frames loses 60 dB · M / (decay time · sample rate) on each way. The filter that
//! does so is a first-order shelf around the damping frequency.

use super::network::LINES;
use crate::lanes::Wide;
use crate::svf::tuning;
use crate::tick::{TICK_FRAMES, approach};
use fearless_simd::{f32x16, prelude::*};

/// What decides the losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decay {
    /// Time to decay by 60 dB below the damping frequency, in seconds.
    pub(super) time_s: f32,
    /// That far above it, as a share of the former, in (0, 1].
    pub(super) highs_share: f32,
    /// Where the way from the one to the other begins, in Hz: it is half gone an octave above.
    pub(super) damping_hz: f32,
}

impl Decay {
    /// The gain of one way through `frames`.
    pub(super) fn gain(&self, frames: f32, sample_rate_hz: f32) -> f32 {
        (-std::f32::consts::LN_10 * 3.0 * frames / (sample_rate_hz * self.time_s)).exp()
    }
}

/// Takes half of the difference in energy, in dB, between short decays and long ones: the sum of all passes through the
/// network is 1 / (1 − gain²).
pub(super) fn evening_gain(decay: &Decay, lengths: &[usize], sample_rate_hz: f32) -> f32 {
    let mean = lengths.iter().sum::<usize>() as f32 / lengths.len() as f32;
    let gain = decay.gain(mean, sample_rate_hz);
    (1.0 - gain * gain).sqrt().sqrt()
}

/// Coefficients of one shelf: two for the input, one for the output before.
type Shelf = [f32; 3];

/// The shelf of a line of `frames`.
fn shelf(decay: &Decay, frames: f32, sample_rate_hz: f32) -> Shelf {
    let low_gain = decay.gain(frames, sample_rate_hz);
    // The gain half-way, relative to that of the lows: the square root of the highs' in linear gain.
    let half = low_gain.powf(0.5 * (1.0 / decay.highs_share - 1.0)).max(1e-6);
    let t = tuning(2.0 * decay.damping_hz, sample_rate_hz);
    let scale = 1.0 / (t + 1.0 / half);
    [low_gain * (t + half) * scale, low_gain * (t - half) * scale, (t - 1.0 / half) * scale]
}

/// The filters of all lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absorption {
    /// By coefficient, then by line: where they are as the tick begins, how far they go in a frame, where they are as it
    /// ends, and where they glide to.
    now: [[f32; LINES]; 3],
    step: [[f32; LINES]; 3],
    end: [[f32; LINES]; 3],
    target: [[f32; LINES]; 3],
    is_moving: bool,
    /// Frames of the tick that are gone.
    gone: usize,
    /// By line: what is left of an output after 1 to 16 frames, where the coefficients stay.
    rests: [Wide; LINES],
    /// Whether what is left after eight frames matters anywhere.
    rests_long: bool,
    made_for: Option<(Decay, [usize; LINES])>,
    inputs: [f32; LINES],
    outputs: [f32; LINES],
    /// What is shifted in: from memory, where no compiler knows that it is 0. What it makes of a known 0 takes twice as long.
    silence: Wide,
}

impl Absorption {
    /// Nothing passes yet: the first tick takes its settings at once.
    pub(super) fn new() -> Self {
        let none = [[0.0; LINES]; 3];
        Self {
            now: none,
            step: none,
            end: none,
            target: none,
            is_moving: false,
            gone: 0,
            rests: [Wide::ZERO; LINES],
            rests_long: true,
            made_for: None,
            inputs: [0.0; LINES],
            outputs: [0.0; LINES],
            silence: Wide::ZERO,
        }
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        (self.inputs, self.outputs) = ([0.0; LINES], [0.0; LINES]);
    }

    /// Begins a tick: `share` of the way to the losses of `decay` for lines of these `lengths` is gone at its end. All
    /// filters between two stable ones of the first order are stable.
    pub(super) fn tick(&mut self, decay: Decay, lengths: [usize; LINES], share: f32, sample_rate_hz: f32) {
        let is_first = self.made_for.is_none();
        if self.made_for != Some((decay, lengths)) {
            let shelves = lengths.map(|length| shelf(&decay, length as f32, sample_rate_hz));
            self.target = std::array::from_fn(|coefficient| shelves.map(|shelf| shelf[coefficient]));
            self.made_for = Some((decay, lengths));
        }
        if is_first {
            self.end = self.target;
        }
        self.now = self.end;
        self.gone = 0;
        if self.is_moving || is_first {
            self.rests = self.end[2].map(|output_before| Wide(powers(-output_before)));
            self.rests_long = self.rests.iter().any(|rest| rest.0[7].abs() > f32::EPSILON / 2.0);
        }
        self.is_moving = self.end != self.target;
        if self.is_moving {
            self.aim(share);
        }
    }

    fn aim(&mut self, share: f32) {
        for coefficient in 0..3 {
            for line in 0..LINES {
                let end = approach(self.end[coefficient][line], self.target[coefficient][line], share);
                self.end[coefficient][line] = end;
                self.step[coefficient][line] = (end - self.now[coefficient][line]) / TICK_FRAMES as f32;
            }
        }
    }

    /// Whether the losses stay as they are throughout this tick.
    pub(super) fn is_still(&self) -> bool {
        !self.is_moving
    }

    /// The next `frames` of line number `line`. [`Self::advance`] follows when all lines are through.
    #[inline(always)]
    pub(super) fn next<S: Simd>(
        &mut self,
        simd: S,
        line: usize,
        inputs: f32x16<S>,
        frames: usize,
    ) -> f32x16<S> {
        let outputs = if self.is_moving {
            f32x16::load_array(simd, self.next_moving(line, inputs.to_array()))
        } else {
            self.next_still(simd, line, inputs)
        };
        self.inputs[line] = inputs.as_array()[frames - 1];
        self.outputs[line] = outputs.as_array()[frames - 1];
        outputs
    }

    /// The same where the coefficients stay.
    #[inline(always)]
    fn next_still<S: Simd>(&self, simd: S, line: usize, inputs: f32x16<S>) -> f32x16<S> {
        let before = f32x16::splat(simd, self.inputs[line]).slide::<15>(inputs);
        let [outputs] = self.absorb(simd, line, [inputs], [before]);
        outputs
    }

    /// A whole tick of the lines from number `first` on where the coefficients stay, whose inputs came one frame after those
    /// `before`.
    #[inline(always)]
    pub(super) fn next_whole<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        first: usize,
        inputs: [f32x16<S>; N],
        before: [f32x16<S>; N],
    ) -> [f32x16<S>; N] {
        let outputs = self.absorb(simd, first, inputs, before);
        for line in 0..N {
            self.inputs[first + line] = inputs[line].as_array()[TICK_FRAMES - 1];
            self.outputs[first + line] = outputs[line].as_array()[TICK_FRAMES - 1];
        }
        outputs
    }

    /// All frames at once, by doubling: after the first step each output knows of the one before it, after the second of
    /// the three before it, and so on. W. D. Hillis, G. L. Steele, "Data parallel algorithms", Communications of the ACM
    /// 29(12), 1986. Several lines go step by step together, since each step waits for the one before.
    #[inline(always)]
    fn absorb<S: Simd, const N: usize>(
        &self,
        simd: S,
        first: usize,
        inputs: [f32x16<S>; N],
        before: [f32x16<S>; N],
    ) -> [f32x16<S>; N] {
        let [input_now, input_before, _] = &self.now;
        let (zero, rests) = (self.silence.load(simd), &self.rests[first..first + N]);
        let mut sums = [zero; N];
        for line in 0..N {
            sums[line] = f32x16::splat(simd, input_now[first + line]) * inputs[line]
                + f32x16::splat(simd, input_before[first + line]) * before[line];
        }
        for line in 0..N {
            sums[line] += zero.slide::<15>(sums[line]) * f32x16::splat(simd, rests[line].0[0]);
        }
        for line in 0..N {
            sums[line] += zero.slide::<14>(sums[line]) * f32x16::splat(simd, rests[line].0[1]);
        }
        for line in 0..N {
            sums[line] += zero.slide::<12>(sums[line]) * f32x16::splat(simd, rests[line].0[3]);
        }
        if self.rests_long {
            for line in 0..N {
                sums[line] += zero.slide::<8>(sums[line]) * f32x16::splat(simd, rests[line].0[7]);
            }
        }
        for line in 0..N {
            sums[line] += rests[line].load(simd) * f32x16::splat(simd, self.outputs[first + line]);
        }
        sums
    }

    /// Frame by frame, while the coefficients go on.
    fn next_moving(&self, line: usize, inputs: [f32; TICK_FRAMES]) -> [f32; TICK_FRAMES] {
        let (mut input_before, mut output_before) = (self.inputs[line], self.outputs[line]);
        let mut gone = self.gone as f32;
        inputs.map(|input| {
            let now = [0, 1, 2].map(|of: usize| self.now[of][line] + gone * self.step[of][line]);
            let output = now[0] * input + now[1] * input_before - now[2] * output_before;
            (input_before, output_before) = (input, output);
            gone += 1.0;
            output
        })
    }

    /// Goes on by `frames`.
    pub(super) fn advance(&mut self, frames: usize) {
        self.gone += frames;
    }

    /// The input of line number `line` before the next one.
    #[inline(always)]
    pub(super) fn last_input(&self, line: usize) -> f32 {
        self.inputs[line]
    }
}

/// The powers 1 to 16 of `base`.
fn powers(base: f32) -> [f32; TICK_FRAMES] {
    let mut power = 1.0;
    [(); TICK_FRAMES].map(|()| {
        power *= base;
        power
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain of a shelf at a frequency, from its transfer function.
    fn gain([b0, b1, a1]: Shelf, freq_hz: f32) -> f32 {
        let angle = std::f32::consts::TAU * freq_hz / 48_000.0;
        let (re, im) = (angle.cos(), -angle.sin());
        (b0 + b1 * re).hypot(b1 * im) / (1.0 + a1 * re).hypot(a1 * im)
    }

    #[test]
    fn each_line_loses_what_its_length_asks() {
        let decay = Decay { time_s: 2.0, highs_share: 0.25, damping_hz: 2000.0 };
        for frames in [480.0, 2400.0] {
            let shelf = shelf(&decay, frames, 48_000.0);
            let check = |freq_hz: f32, time_s: f32| {
                let expect = -60.0 * frames / (48_000.0 * time_s);
                let loss = 20.0 * gain(shelf, freq_hz).log10();
                assert!((loss / expect - 1.0).abs() < 0.03, "{frames} {freq_hz} {loss} {expect}");
            };
            check(20.0, 2.0);
            check(23_900.0, 0.5);
            check(4000.0, 0.8);
        }
    }
}
