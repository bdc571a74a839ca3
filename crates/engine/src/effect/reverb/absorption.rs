//! The loss of each line of the network, so that all of them decay alike, and the highs faster.
//!
//! Runs on the audio thread. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial reverberators", 90th
//! AES Convention, 1991: a line of M frames loses 60 dB · M / (decay time · sample rate) on each way. The filter that
//! does so is a first-order shelf around the damping frequency.

use super::network::LINES;
use crate::svf::tuning;
use crate::tick::{TICK_FRAMES, approach};

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
    /// By coefficient, then by line: where they are, how far they go in a frame, where the tick ends, where they glide to.
    now: [[f32; LINES]; 3],
    step: [[f32; LINES]; 3],
    end: [[f32; LINES]; 3],
    target: [[f32; LINES]; 3],
    is_moving: bool,
    made_for: Option<(Decay, [usize; LINES])>,
    inputs: [f32; LINES],
    outputs: [f32; LINES],
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
            made_for: None,
            inputs: [0.0; LINES],
            outputs: [0.0; LINES],
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

    /// The next frame of all lines.
    #[inline]
    pub(super) fn next(&mut self, inputs: [f32; LINES]) -> [f32; LINES] {
        let [input_now, input_before, output_before] = &self.now;
        let mut outputs = [0.0; LINES];
        for line in 0..LINES {
            outputs[line] = input_now[line] * inputs[line] + input_before[line] * self.inputs[line]
                - output_before[line] * self.outputs[line];
        }
        (self.inputs, self.outputs) = (inputs, outputs);
        if self.is_moving {
            self.advance();
        }
        outputs
    }

    fn advance(&mut self) {
        for (now, step) in self.now.iter_mut().zip(&self.step) {
            for (now, step) in now.iter_mut().zip(step) {
                *now += step;
            }
        }
    }
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
