//! The feedback delay network: sixteen lines, each of which feeds all of them.
//!
//! Runs on the audio thread, but for `new`. J.-M. Jot, A. Chaigne, "Digital delay networks for designing artificial
//! reverberators", 90th AES Convention, 1991. The matrix is Hadamard's: it loses nothing, and mixes fully at once.

use super::absorption::{Absorption, Decay};
use crate::effect::delay_lines::{DelayLines, Lengths};
use crate::tick::{Lfo, Ramp, TICK_FRAMES};
use fearless_simd::{f32x16, prelude::*};

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
    wander_hz: f32,
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
            wander_hz: 0.0,
            wander_frames: Ramp::default(),
            offsets: Default::default(),
            peak: 0.0,
        }
    }

    /// As new.
    pub(super) fn reset(&mut self) {
        self.clear();
        self.forget_lengths();
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

    /// The next lengths count at once.
    pub(super) fn forget_lengths(&mut self) {
        self.lengths.forget();
    }

    /// Begins a tick.
    pub(super) fn tick(&mut self, tick: &NetworkTick) {
        self.lengths.aim(tick.lengths);
        let lengths = self.lengths.target();
        self.absorption.tick(tick.decay, lengths, tick.share, self.sample_rate_hz);
        self.wander_frames.aim(tick.wander_frames, tick.share);
        self.wander_hz = tick.wander_hz;
        self.wander_on();
        self.aim_offsets();
        self.peak = 0.0;
    }

    fn wander_on(&mut self) {
        for (line, lfo) in self.wander.iter_mut().enumerate() {
            // Rates apart from each other, so that the lines do not swing together.
            lfo.advance(self.wander_hz * (1.0 + 0.13 * line as f32), TICK_FRAMES, self.sample_rate_hz);
        }
    }

    fn aim_offsets(&mut self) {
        for (lfo, offset) in self.wander.iter().zip(&mut self.offsets) {
            offset.aim(self.wander_frames.end() * (1.0 + lfo.value()), 1.0);
        }
    }

    /// Whether everything that glides has arrived; the lines wander on.
    pub(super) fn is_still(&self) -> bool {
        self.lengths.are_still() && self.absorption.is_still() && self.wander_frames.is_still()
    }

    /// Goes on by `ticks` in which all is still.
    pub(super) fn skip(&mut self, ticks: usize) {
        self.peak = 0.0;
        for later in (0..ticks).rev() {
            self.wander_on();
            // The last tick's way begins where the one before it ends; sines for all would be for nothing.
            if later < 2 {
                self.aim_offsets();
            }
        }
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
        let (mut output, mut peak, mut fed) = ([zero; 2], zero, [zero; LINES]);
        for (line, fed) in fed.iter_mut().enumerate() {
            let heard = self.read(simd, line);
            output[line % 2] += f32x16::splat(simd, OUTPUT_SIGNS[line]) * heard;
            peak = peak.max(heard.abs());
            *fed = self.absorption.next(simd, line, heard, frames);
        }
        let peaks = &peak.as_array()[..frames];
        self.peak = peaks.iter().fold(self.peak, |most, sample| most.max(*sample));
        mix(simd, &mut fed);
        for (line, fed) in fed.into_iter().enumerate() {
            let row = fed + f32x16::splat(simd, INPUT_SIGNS[line]) * input[line % 2];
            self.lines.write(line, row, frames);
        }
        self.lines.advance(frames);
        self.lengths.advance(frames);
        self.absorption.advance(frames);
        self.offsets.iter_mut().for_each(|offset| offset.skip(frames));
        output
    }

    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, line: usize) -> f32x16<S> {
        let Some(offset) = self.offsets.get(line) else {
            return self.lengths.read(simd, (line, line), &self.lines, 0);
        };
        let (to, before) = self.lengths.at(simd, line);
        let offset = offset.row(simd);
        let new = self.lines.read_between(simd, line, f32x16::splat(simd, to as f32) + offset);
        match before {
            None => new,
            Some((from, share)) => {
                let old = self.lines.read_between(simd, line, f32x16::splat(simd, from as f32) + offset);
                new + share * (old - new)
            }
        }
    }
}

/// The Hadamard matrix of order 16 by butterflies, scaled to keep the energy.
#[inline(always)]
fn mix<S: Simd>(simd: S, lines: &mut [f32x16<S>; LINES]) {
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
        *line *= f32x16::splat(simd, 0.25);
    }
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
                let mut rows = lines.map(|line| f32x16::splat(simd, line));
                mix(simd, &mut rows);
                *lines = rows.map(|row| row.to_array()[3]);
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
