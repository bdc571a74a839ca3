//! The short way through the reverb, for whole ticks in which nothing glides and the lines are filled: most of them.
//!
//! Runs on the audio thread.

use super::Reverb;
use crate::lanes::Wide;
use crate::tick::TICK_FRAMES;
use fearless_simd::{f32x16, mask32x16, prelude::*};

impl Reverb {
    /// Whether the next ticks may take this way, for all that has arrived.
    pub(super) fn can_be_steady(&self) -> bool {
        !self.is_idle
            && self.low_cut.is_exact_in_whole_ticks()
            && !self.network_rests
            && self.space.is_silent()
            && self.frames_max() == TICK_FRAMES
            && self.pre_delay.reach(self.pre_delay_lengths.longest())
            && self.reflections.are_filled()
            && self.network.is_filled()
            && self.diffusers.iter().all(super::Diffuser::is_filled)
    }

    /// A whole tick: as [`Self::chunk`].
    #[inline(always)]
    pub(super) fn steady<S: Simd>(&mut self, simd: S, send: [&[f32]; 2], audio: [&mut [f32]; 2]) {
        let mut input = [Wide::ZERO; 2];
        let mut heard = 0;
        for (row, send) in input.iter_mut().zip(send) {
            let (clean, is_heard) = clean(simd, f32x16::from_slice(simd, &send[..TICK_FRAMES]));
            row.store(clean);
            heard |= is_heard.to_bitmask();
        }
        let quiet = heard.leading_zeros() as usize - (u64::BITS as usize - TICK_FRAMES);
        self.quiet_frames = if heard == 0 { self.quiet_frames + quiet } else { quiet };
        let cut = self.low_cut.process_whole(simd, &input);
        let delayed = self.delay_whole(simd, cut);
        let [left, right] = self.resound_whole(simd, delayed, heard == 0);
        let half = f32x16::splat(simd, 0.5);
        let width = f32x16::splat(simd, self.width.end());
        let (mid, side) = (half * (left + right), half * width * (left - right));
        let mix = f32x16::splat(simd, self.mix.end());
        let [audio_left, audio_right] = audio;
        add(simd, audio_left, mix * (mid + side));
        add(simd, audio_right, mix * (mid - side));
    }

    #[inline(always)]
    fn delay_whole<S: Simd>(&mut self, simd: S, rows: [f32x16<S>; 2]) -> [f32x16<S>; 2] {
        let [delay] = *self.pre_delay_lengths.target();
        self.pre_delay.write(0, rows[0], TICK_FRAMES);
        self.pre_delay.write(1, rows[1], TICK_FRAMES);
        // A delay of one frame is what has just been written.
        let delayed = [
            self.pre_delay.read_written(simd, 0, delay - 1),
            self.pre_delay.read_written(simd, 1, delay - 1),
        ];
        self.pre_delay.advance(TICK_FRAMES);
        delayed
    }

    /// Reflections and network. `watches` says that nothing came in, so that the end may be near.
    #[inline(always)]
    fn resound_whole<S: Simd>(&mut self, simd: S, delayed: [f32x16<S>; 2], watches: bool) -> [f32x16<S>; 2] {
        let early = self.reflections.next_whole(simd, delayed, !self.reflections_gain.is_zero());
        let gain = f32x16::splat(simd, Self::LINE_INPUT_GAIN);
        let mut diffused = [gain * delayed[0], gain * delayed[1]];
        for diffuser in &mut self.diffusers {
            diffused = diffuser.next_whole(simd, diffused);
        }
        let late = self.network.next_whole(simd, diffused, watches);
        let early_gain = f32x16::splat(simd, self.reflections_gain.end());
        let late_gain = f32x16::splat(simd, self.network_gain.end());
        [early_gain * early[0] + late_gain * late[0], early_gain * early[1] + late_gain * late[1]]
    }
}

/// As [`super::clean`], for a row, and where it is not 0.
#[inline(always)]
fn clean<S: Simd>(simd: S, row: f32x16<S>) -> (f32x16<S>, mask32x16<S>) {
    let size = row.abs();
    let is_sound = size.simd_gt(f32x16::splat(simd, Reverb::INPUT_MIN))
        & size.simd_lt(f32x16::splat(simd, f32::INFINITY));
    let most = f32x16::splat(simd, Reverb::INPUT_MAX);
    let clamped = row.min(most).max(f32x16::splat(simd, -Reverb::INPUT_MAX));
    (is_sound.select(clamped, f32x16::splat(simd, 0.0)), is_sound)
}

#[inline(always)]
fn add<S: Simd>(simd: S, audio: &mut [f32], wet: f32x16<S>) {
    let audio = &mut audio[..TICK_FRAMES];
    (f32x16::from_slice(simd, audio) + wet).store_slice(audio);
}
