//! The feedback delay network: sixteen lines, each of which feeds all of them.
//!
//! Runs on the audio thread, but for `new`. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial
//! reverberators", 90th AES Convention, 1991. The matrix is Hadamard's: it loses nothing, and mixes fully at once.

use super::absorption::{Absorption, Decay};
use super::delay::{DelayLines, Lengths};
use crate::tick::{Lfo, Ramp, TICK_FRAMES};

/// Lines of the network.
pub(super) const LINES: usize = 16;
/// The first lines wander around their length, so that no mode rings on.
const WANDERING: usize = 4;

/// Signs at which the input enters the lines: even lines take the left side, odd ones the right.
const INPUT_SIGNS: [f32; LINES] =
    [1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0];
/// Signs at which the lines leave, to the same sides.
const OUTPUT_SIGNS: [f32; LINES] =
    [1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0];

/// What the network does in a tick.
#[derive(Clone, Copy, Debug)]
pub(super) struct NetworkTick {
    /// Lengths of the lines, in frames.
    pub(super) lengths: [usize; LINES],
    /// How they decay.
    pub(super) decay: Decay,
    /// The share of the way to new settings that is gone in a tick.
    pub(super) share: f32,
    /// How far the first lines wander, in frames.
    pub(super) wander_frames: f32,
    /// How fast, in Hz.
    pub(super) wander_hz: f32,
}

/// The network.
#[derive(Debug)]
pub(super) struct Network {
    sample_rate_hz: f32,
    lines: DelayLines<LINES>,
    lengths: Lengths<LINES>,
    absorption: Absorption,
    wander: [Lfo; WANDERING],
    wander_frames: Ramp,
    offsets: [Ramp; WANDERING],
    peak: f32,
}

impl Network {
    /// A silent one for lengths up to `delay_max` frames. Allocates.
    pub(super) fn new(delay_max: usize, sample_rate_hz: f32) -> Self {
        Self {
            sample_rate_hz,
            lines: DelayLines::new(delay_max + 4),
            lengths: Lengths::new(sample_rate_hz),
            absorption: Absorption::new(),
            wander: std::array::from_fn(|line| Lfo::at(line as f32 / WANDERING as f32)),
            wander_frames: Ramp::default(),
            offsets: Default::default(),
            peak: 0.0,
        }
    }

    /// As new.
    pub(super) fn reset(&mut self) {
        self.clear();
        self.lengths = Lengths::new(self.sample_rate_hz);
        self.absorption = Absorption::new();
        self.wander = std::array::from_fn(|line| Lfo::at(line as f32 / WANDERING as f32));
        self.wander_frames = Ramp::default();
        self.offsets = Default::default();
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.absorption.clear();
        self.peak = 0.0;
    }

    /// Begins a tick.
    pub(super) fn tick(&mut self, tick: &NetworkTick) {
        self.lengths.aim(tick.lengths);
        let lengths = self.lengths.target();
        self.absorption.tick(tick.decay, lengths, tick.share, self.sample_rate_hz);
        self.wander_frames.aim(tick.wander_frames, tick.share);
        for (line, (lfo, offset)) in self.wander.iter_mut().zip(&mut self.offsets).enumerate() {
            // Rates apart from each other, so that the lines do not swing together.
            lfo.advance(tick.wander_hz * (1.0 + 0.13 * line as f32), TICK_FRAMES, self.sample_rate_hz);
            offset.aim(self.wander_frames.end() * (1.0 + lfo.value()), 1.0);
        }
        self.peak = 0.0;
    }

    /// The loudest that came out of any line since the tick began, or before.
    pub(super) fn peak(&self) -> f32 {
        self.peak
    }

    /// The next frame.
    #[inline]
    pub(super) fn next(&mut self, input: [f32; 2]) -> [f32; 2] {
        self.lengths.advance();
        let heard = self.read_lines();
        let mut output = [0.0; 2];
        for line in 0..LINES {
            output[line % 2] += OUTPUT_SIGNS[line] * heard[line];
            self.peak = self.peak.max(heard[line].abs());
        }
        let mut fed = self.absorption.next(heard);
        mix(&mut fed);
        for line in 0..LINES {
            fed[line] += INPUT_SIGNS[line] * input[line % 2];
        }
        self.lines.push(fed);
        output
    }

    #[inline]
    fn read_lines(&mut self) -> [f32; LINES] {
        let offsets: [f32; WANDERING] = std::array::from_fn(|line| self.offsets[line].next());
        std::array::from_fn(|line| match offsets.get(line) {
            Some(offset) => {
                self.lengths.read(line, |length| self.lines.read_between(line, length as f32 + offset))
            }
            None => self.lengths.read(line, |length| self.lines.read(line, length)),
        })
    }
}

/// The Hadamard matrix of order 16 by butterflies, scaled to keep the energy.
#[inline]
fn mix(lines: &mut [f32; LINES]) {
    for stride in [1, 2, 4, 8] {
        for line in 0..LINES {
            if line & stride == 0 {
                let (one, other) = (lines[line], lines[line + stride]);
                lines[line] = one + other;
                lines[line + stride] = one - other;
            }
        }
    }
    for line in lines {
        *line *= 0.25;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_keeps_the_energy_and_is_its_own_inverse() {
        let lines: [f32; LINES] = std::array::from_fn(|line| (line as f32 * 1.7).sin());
        let mut mixed = lines;
        mix(&mut mixed);
        let energy = |lines: &[f32]| lines.iter().map(|x| x * x).sum::<f32>();
        assert!((energy(&mixed) / energy(&lines) - 1.0).abs() < 1e-6);
        mix(&mut mixed);
        assert!(mixed.iter().zip(&lines).all(|(one, other)| (one - other).abs() < 1e-6));
    }
}
