//! Convolution without latency: the first taps directly, all further ones by Fourier transforms of three sizes.
//!
//! Runs on the audio thread, but for `new`. W. G. Gardner, "Efficient convolution without input-output delay", JAES 43(3),
//! 1995; the larger sizes have as long as one of their partitions for their work, of which each 64 frames do an even
//! share. G. García, "Optimal filter partition for efficient convolution with short input/output delay", 113th AES
//! Convention, 2002. All of it follows the frames since the last reset, never the blocks.

mod head;
mod response;
mod tier;
mod work;

#[cfg(test)]
mod tests;

pub use response::Response;

use fearless_simd::{Level, dispatch};
use head::Head;
use response::TIERS;
use tier::Tier;

/// Frames of the grid on which all work is done; so many taps are convolved directly.
pub(crate) const GRID: usize = 64;

/// A stereo convolution: left with the response's left side, right with its right one.
#[derive(Debug)]
pub struct Convolver {
    head: Head,
    tiers: [Tier; 3],
    /// The last frames that came in, left and right, in rings.
    recent: [Vec<f32>; 2],
    /// Frames since the last reset.
    gone: usize,
    /// What the processor can do.
    level: Level,
}

impl Convolver {
    /// A silent one for responses of up to `taps_max` taps. Allocates.
    pub fn new(taps_max: usize) -> Self {
        let tiers = std::array::from_fn(|number| Tier::new(number, taps_max));
        let longest = TIERS[TIERS.len() - 1];
        Self {
            head: Head::new(),
            tiers,
            recent: [(); 2].map(|()| vec![0.0; 2 * longest]),
            gone: 0,
            level: Level::new(),
        }
    }

    /// As on a processor that can do no more than `level`.
    #[cfg(test)]
    pub(crate) fn limit_to(&mut self, level: Level) {
        self.level = level;
    }

    /// The steps of work that were done so far.
    #[cfg(test)]
    fn work_done(&self) -> usize {
        self.tiers.iter().map(|tier| tier.work_done).sum()
    }

    /// Silence; another response may follow.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn reset(&mut self) {
        self.head.reset();
        self.tiers.iter_mut().for_each(Tier::reset);
        self.recent.iter_mut().for_each(|ring| ring.fill(0.0));
        self.gone = 0;
    }

    /// For how many frames it may sound after the last input, with `response`.
    pub fn tail_frames(response: &Response) -> usize {
        response.taps() + GRID
    }

    /// Overwrites `output` with the convolution of `input`, which must be finite: as many frames as the shortest has.
    /// Between two resets the response must be the same, and no longer than what the convolver was made for.
    ///
    /// # Realtime safety
    /// Never allocates.
    pub fn process(&mut self, response: &Response, input: [&[f32]; 2], output: [&mut [f32]; 2]) {
        let [left, right] = output;
        let frames = left.len().min(right.len()).min(input[0].len()).min(input[1].len());
        let mut first = 0;
        while first < frames {
            let chunk = (frames - first).min(GRID - self.gone % GRID);
            let within = first..first + chunk;
            let input = input.map(|side| &side[within.clone()]);
            self.chunk(response, input, [&mut left[within.clone()], &mut right[within]]);
            first += chunk;
        }
    }

    /// At most up to the end of a grid.
    fn chunk(&mut self, response: &Response, input: [&[f32]; 2], mut output: [&mut [f32]; 2]) {
        let (frames, place) = (input[0].len(), self.gone % GRID);
        let start = self.gone % self.recent[0].len();
        for (ring, side) in self.recent.iter_mut().zip(input) {
            ring[start..start + frames].copy_from_slice(side);
        }
        let level = self.level;
        dispatch!(level, simd => self.head.process(simd, &response.head, place, input, &mut output));
        for tier in &self.tiers {
            tier.add_to(self.gone, &mut output);
        }
        self.gone += frames;
        if self.gone.is_multiple_of(GRID) {
            self.head.go_on();
            dispatch!(level, simd => {
                for (tier, spectra) in self.tiers.iter_mut().zip(&response.spectra) {
                    tier.work(simd, spectra, self.gone, &self.recent);
                }
            });
        }
    }
}
