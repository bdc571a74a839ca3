//! The feedback delay network: sixteen lines, each of which feeds all of them.
//!
//! Runs on the audio thread, but for `new`. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial
//! reverberators", 90th AES Convention, 1991. The matrix is Hadamard's: it loses nothing, and mixes fully at once.

use super::absorption::{Absorption, Decay};
use super::wander::Wander;
use crate::effect::delay_lines::{DelayLines, Lengths};
use crate::lanes::Wide;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x16, prelude::*};

/// Lines of the network.
pub(super) const LINES: usize = 16;
/// The first lines wander around their length, so that no mode rings on.
const WANDERING: usize = 4;

/// The matrix is computed in fours.
const FOUR: usize = 4;
/// What keeps its energy.
const MIX_GAIN: f32 = 0.25;

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
    wander: Wander,
    peak: f32,
    /// A workplace: what is mixed.
    fed: [Wide; LINES],
}

impl Network {
    /// A silent one for lengths up to `delay_max` frames. Allocates.
    pub(super) fn new(delay_max: usize, sample_rate_hz: f32) -> Self {
        Self {
            sample_rate_hz,
            lines: DelayLines::new(delay_max + 4),
            lengths: Lengths::new(sample_rate_hz),
            absorption: Absorption::new(),
            wander: Wander::new(WANDERING),
            peak: 0.0,
            fed: [Wide::ZERO; LINES],
        }
    }

    /// As new.
    pub(super) fn reset(&mut self) {
        self.clear();
        self.forget_lengths();
        self.absorption = Absorption::new();
        self.wander = Wander::new(WANDERING);
    }

    /// Silence.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.absorption.clear();
        self.peak = 0.0;
    }

    /// The next lengths count at once.
    pub(super) fn forget_lengths(&mut self) {
        self.lengths.forget();
    }

    /// Begins a tick.
    pub(super) fn tick(&mut self, tick: &NetworkTick) {
        self.lengths.aim(tick.lengths);
        let lengths = *self.lengths.target();
        self.absorption.tick(tick.decay, lengths, tick.share, self.sample_rate_hz);
        self.wander.tick(tick.wander_frames, tick.wander_hz, tick.share, self.sample_rate_hz);
    }

    /// Whether everything that glides has arrived; the lines wander on.
    pub(super) fn is_still(&self) -> bool {
        self.lengths.are_still() && self.absorption.is_still() && self.wander.is_still()
    }

    /// Goes on by `ticks`, to the beginning of the last one. Where all is still, that is all that ticks do.
    #[inline(always)]
    pub(super) fn go_on<S: Simd>(&mut self, simd: S, ticks: usize) {
        self.peak = 0.0;
        self.wander.go_on(simd, ticks);
    }

    /// The loudest that came out of any line since the tick began, or before.
    pub(super) fn peak(&self) -> f32 {
        self.peak
    }

    /// A row may be at most this long: no frame of it hears another one. The lines that wander are read around.
    pub(super) fn frames_max(&self) -> usize {
        self.lengths.shortest().saturating_sub(1)
    }

    /// The next `frames`.
    #[inline(always)]
    pub(super) fn next<S: Simd>(&mut self, simd: S, input: [f32x16<S>; 2], frames: usize) -> [f32x16<S>; 2] {
        let zero = f32x16::splat(simd, 0.0);
        let (mut output, mut peak, mut fed) = ([zero; 2], zero, [Wide::ZERO; LINES]);
        for (line, fed) in fed.iter_mut().enumerate() {
            let heard = self.read(simd, line);
            output[line % 2] += f32x16::splat(simd, OUTPUT_SIGNS[line]) * heard;
            peak = peak.max(heard.abs());
            fed.store(self.absorption.next(simd, line, heard, frames));
        }
        let peaks = &peak.as_array()[..frames];
        self.peak = peaks.iter().fold(self.peak, |most, sample| most.max(*sample));
        mix(simd, &mut fed);
        for (line, fed) in fed.iter().enumerate() {
            let row = fed.load(simd) + f32x16::splat(simd, INPUT_SIGNS[line]) * input[line % 2];
            self.lines.write(line, row, frames);
        }
        self.lines.advance(frames);
        self.lengths.advance(frames);
        self.absorption.advance(frames);
        self.wander.skip(frames);
        output
    }

    /// Whether the lines hold all that is read.
    pub(super) fn is_filled(&self) -> bool {
        self.lines.reach(self.lengths.longest() + self.wander.furthest() as usize + 4)
    }

    /// As [`Self::next`] for a whole tick, in which nothing glides but what wanders, and the lines are filled. The peak counts
    /// only where it `watches` it.
    #[inline(always)]
    pub(super) fn next_whole<S: Simd>(
        &mut self,
        simd: S,
        input: [f32x16<S>; 2],
        watches: bool,
    ) -> [f32x16<S>; 2] {
        let zero = f32x16::splat(simd, 0.0);
        let (mut output, mut peak) = ([zero; 2], zero);
        for first in (0..LINES).step_by(FOUR) {
            let (heard, before) = self.read_four(simd, first);
            for of in 0..FOUR {
                output[of % 2] += f32x16::splat(simd, OUTPUT_SIGNS[first + of]) * heard[of];
                if watches {
                    peak = peak.max(heard[of].abs());
                }
            }
            let absorbed = self.absorption.next_whole(simd, first, heard, before);
            for (fed, absorbed) in self.fed[first..first + FOUR].iter_mut().zip(butterflies(absorbed)) {
                fed.store(absorbed);
            }
        }
        if watches {
            self.peak = peak.as_array().iter().fold(self.peak, |most, sample| most.max(*sample));
        }
        let scale = f32x16::splat(simd, MIX_GAIN);
        for first in 0..FOUR {
            let lines = [first, first + FOUR, first + 2 * FOUR, first + 3 * FOUR];
            let rows = [
                self.fed[lines[0]].load(simd),
                self.fed[lines[1]].load(simd),
                self.fed[lines[2]].load(simd),
                self.fed[lines[3]].load(simd),
            ];
            let mixed = butterflies(rows);
            for of in 0..FOUR {
                let line = lines[of];
                let row = scale * mixed[of] + f32x16::splat(simd, INPUT_SIGNS[line]) * input[line % 2];
                self.lines.write(line, row, TICK_FRAMES);
            }
        }
        self.lines.advance(TICK_FRAMES);
        output
    }

    /// What four lines from number `first` on give in a whole tick, and the same one frame earlier. Written out, so that all
    /// of it stays in registers.
    #[inline(always)]
    fn read_four<S: Simd>(&self, simd: S, first: usize) -> ([f32x16<S>; FOUR], [f32x16<S>; FOUR]) {
        let lines = [first, first + 1, first + 2, first + 3];
        let lengths = self.lengths.target();
        let lengths = [lengths[lines[0]], lengths[lines[1]], lengths[lines[2]], lengths[lines[3]]];
        if first < WANDERING {
            let a = self.read_wandering(simd, lines[0], lengths[0]);
            let b = self.read_wandering(simd, lines[1], lengths[1]);
            let c = self.read_wandering(simd, lines[2], lengths[2]);
            let d = self.read_wandering(simd, lines[3], lengths[3]);
            return ([a.0, b.0, c.0, d.0], [a.1, b.1, c.1, d.1]);
        }
        let heard = [
            self.lines.read_written(simd, lines[0], lengths[0]),
            self.lines.read_written(simd, lines[1], lengths[1]),
            self.lines.read_written(simd, lines[2], lengths[2]),
            self.lines.read_written(simd, lines[3], lengths[3]),
        ];
        let before = [
            self.lines.read_written(simd, lines[0], lengths[0] + 1),
            self.lines.read_written(simd, lines[1], lengths[1] + 1),
            self.lines.read_written(simd, lines[2], lengths[2] + 1),
            self.lines.read_written(simd, lines[3], lengths[3] + 1),
        ];
        (heard, before)
    }

    /// The same of one line that wanders.
    #[inline(always)]
    fn read_wandering<S: Simd>(&self, simd: S, line: usize, length: usize) -> (f32x16<S>, f32x16<S>) {
        let (delays, ends) = self.wander.delays(simd, line, length);
        let heard = self.lines.read_between_written(simd, line, ends, delays);
        (heard, f32x16::splat(simd, self.absorption.last_input(line)).slide::<15>(heard))
    }

    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, line: usize) -> f32x16<S> {
        if line >= WANDERING {
            return self.lengths.read(simd, (line, line), &self.lines, 0);
        }
        let (to, before) = self.lengths.at(simd, line);
        let new = self.lines.read_between(simd, line, self.wander.delays(simd, line, to).0);
        match before {
            None => new,
            Some((from, share)) => {
                let old = self.lines.read_between(simd, line, self.wander.delays(simd, line, from).0);
                new + share * (old - new)
            }
        }
    }
}

/// The Hadamard matrix of order 16, scaled to keep the energy: first within fours, then between them, so that what is at hand
/// fits into the registers of every processor.
#[inline(always)]
fn mix<S: Simd>(simd: S, lines: &mut [Wide; LINES]) {
    let fours = |n: usize| [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3];
    let scale = f32x16::splat(simd, MIX_GAIN);
    for four in 0..FOUR {
        mix_four(simd, lines, fours(four), f32x16::splat(simd, 1.0));
    }
    for first in 0..FOUR {
        mix_four(simd, lines, [first, first + FOUR, first + 2 * FOUR, first + 3 * FOUR], scale);
    }
}

#[inline(always)]
fn mix_four<S: Simd>(simd: S, lines: &mut [Wide; LINES], of: [usize; FOUR], scale: f32x16<S>) {
    let rows =
        [lines[of[0]].load(simd), lines[of[1]].load(simd), lines[of[2]].load(simd), lines[of[3]].load(simd)];
    for (line, mixed) in of.into_iter().zip(butterflies(rows)) {
        lines[line].store(scale * mixed);
    }
}

/// The matrix of order 4, not scaled.
#[inline(always)]
fn butterflies<S: Simd>([a, b, c, d]: [f32x16<S>; FOUR]) -> [f32x16<S>; FOUR] {
    let (ab, a_b, cd, c_d) = (a + b, a - b, c + d, c - d);
    [ab + cd, a_b + c_d, ab - cd, a_b - c_d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    #[test]
    fn the_matrix_keeps_the_energy_and_is_its_own_inverse() {
        let lines: [f32; LINES] = std::array::from_fn(|line| (line as f32 * 1.7).sin());
        let mix = |lines: &mut [f32; LINES]| {
            dispatch!(Level::new(), simd => {
                let mut rows = lines.map(|line| Wide([line; TICK_FRAMES]));
                mix(simd, &mut rows);
                *lines = rows.map(|row| row.0[3]);
            });
        };
        let mut mixed = lines;
        mix(&mut mixed);
        let energy = |lines: &[f32]| lines.iter().map(|x| x * x).sum::<f32>();
        assert!((energy(&mixed) / energy(&lines) - 1.0).abs() < 1e-6);
        mix(&mut mixed);
        assert!(mixed.iter().zip(&lines).all(|(one, other)| (one - other).abs() < 1e-6));
    }
}
