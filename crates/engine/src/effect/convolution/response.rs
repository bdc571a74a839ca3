//! An impulse response, made ready: its first taps, and the spectra of all further ones.
//!
//! Never made on the audio thread, which only reads it.

use super::GRID;
use super::head::Taps;
use super::work::{Spectrum, Work};
use fearless_simd::{Level, dispatch};

/// The partitions of each tier, in frames. The first is done at once; the others take as long as one partition lasts.
pub(super) const TIERS: [usize; 3] = [GRID, 512, 4096];

/// Which taps tier number `tier` convolves of those of a response of `taps`.
pub(super) fn taps_of_tier(tier: usize, taps: usize) -> std::ops::Range<usize> {
    let start = |tier: usize| match TIERS.get(tier) {
        Some(frames) if tier == 0 => *frames,
        Some(frames) => 2 * frames,
        None => usize::MAX,
    };
    start(tier).min(taps)..start(tier + 1).min(taps)
}

/// Into how many partitions these go.
pub(super) fn partitions(tier: usize, taps: usize) -> usize {
    taps_of_tier(tier, taps).len().div_ceil(TIERS[tier])
}

/// A stereo impulse response for [`super::Convolver`].
#[derive(Debug)]
pub struct Response {
    pub(super) head: Taps,
    /// By tier.
    pub(super) spectra: [Spectrum; 3],
    taps: usize,
}

impl Response {
    /// That of these taps, left and right, which must be finite: as many as the longer side has. Allocates.
    pub fn new(left: &[f32], right: &[f32]) -> Self {
        let taps = left.len().max(right.len());
        let mut head = [[0.0; GRID]; 2];
        for (head, side) in head.iter_mut().zip([left, right]) {
            let taps = side.len().min(GRID);
            head[..taps].copy_from_slice(&side[..taps]);
        }
        let spectra = std::array::from_fn(|tier| spectra([left, right], tier, taps));
        Self { head, spectra, taps }
    }

    /// How many taps.
    pub fn taps(&self) -> usize {
        self.taps
    }
}

fn spectra(sides: [&[f32]; 2], tier: usize, taps: usize) -> Spectrum {
    let (frames, range) = (TIERS[tier], taps_of_tier(tier, taps));
    let mut spectrum = Spectrum::new(frames, partitions(tier, taps));
    let mut work = Work::new(frames);
    // What goes through the transform and back comes out larger by the number of its points.
    let scale = 1.0 / (2 * frames) as f32;
    for (number, start) in range.step_by(frames).enumerate() {
        work.take(|side, frame| {
            let tap = if frame < frames { sides[side].get(start + frame) } else { None };
            scale * tap.copied().unwrap_or(0.0)
        });
        dispatch!(Level::new(), simd => work.transform(simd, &mut spectrum, number));
    }
    spectrum
}
