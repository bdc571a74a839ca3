//! The filters of a group where some voice has another one than the plain low-pass.
//!
//! Runs on the audio thread.

use super::VoiceGroup;
use crate::lanes::{Wide, twice};
use crate::tick::TICK_FRAMES;
use fearless_simd::prelude::*;
use std::ops::Range;

impl VoiceGroup {
    /// As [`VoiceGroup::filter`], with what the shaper adds.
    #[inline(always)]
    pub(super) fn filter_shaped<S: Simd>(
        &mut self,
        simd: S,
        frames: Range<usize>,
        output: &mut [Wide; TICK_FRAMES],
    ) {
        let gain = self.gain.load(simd);
        let mut dampings = self.dampings.load(simd);
        let mut solutions = self.solutions.load(simd);
        let mut envelopes = self.envelopes.load(simd);
        let mut fades = self.fades.load(simd);
        let mut filters = self.filters.load(simd);
        let mut shaper = self.shaper.load(simd);
        for (input, output) in self.input[frames].iter().zip(output) {
            let input = shaper.driven(simd, input.load(simd));
            let outputs = filters.step(simd, input, solutions.next());
            let first = shaper.chosen(input, outputs, dampings.next());
            let level = gain * envelopes.next(simd).split().0 * fades.next(simd);
            output.store(twice(simd, level) * shaper.finish(simd, first));
        }
        self.dampings.store(&dampings);
        self.solutions.store(&solutions);
        self.envelopes.store(&envelopes);
        self.fades.store(&fades);
        self.filters.store(&filters);
        self.shaper.store(&shaper);
    }
}
