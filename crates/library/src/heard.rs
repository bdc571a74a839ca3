//! A recording as it is listened to: stretch by stretch, at the host's rate.
//!
//! Never runs on the audio thread: the stretches cross to it in boxes.

use crate::audio_edit::Take;
use crate::resample::Resampler;
use std::ops::Range;

/// A range of a recording, of which any stretch can be made.
pub struct Heard {
    /// None where the recording has the host's rate.
    resampler: Option<Resampler>,
    range: Range<usize>,
    gain: f32,
}

impl Heard {
    /// `range` of `take`, in frames of the recording, for `rate_hz` > 0, with `gain`.
    pub fn new(take: &Take, range: Range<usize>, rate_hz: f64, gain: f32) -> Self {
        let end = range.end.min(take.frames());
        let own_hz = f64::from(take.sample_rate_hz());
        let resampler = (own_hz != rate_hz).then(|| Resampler::new(own_hz, rate_hz));
        Self { resampler, range: range.start.min(end)..end, gain }
    }

    /// How long it is at the host's rate, in frames.
    pub fn frames(&self) -> usize {
        let frames = self.range.len();
        self.resampler.as_ref().map_or(frames, |resampler| resampler.frames(frames))
    }

    /// The frames of `stretch`, left and right, as far as there are any; counted at the host's rate from where the
    /// range begins. A recording of one channel is heard on both sides.
    pub fn stretch(&self, take: &Take, stretch: Range<usize>) -> Vec<[f32; 2]> {
        let [left, right] = [0, 1].map(|side| take.channels().get(side).or(take.channels().last()));
        let (Some(left), Some(right)) = (left, right) else { return Vec::new() };
        let value = |side: &Vec<f32>, frame: usize| {
            let found = match &self.resampler {
                Some(resampler) => resampler.at(side, self.range.start, frame),
                None => side.get(self.range.start + frame).copied().unwrap_or(0.0),
            };
            let found = self.gain * found;
            if found.is_finite() { found } else { 0.0 }
        };
        let frames = stretch.start..stretch.end.min(self.frames());
        frames.map(|frame| [value(left, frame), value(right, frame)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn sine(rate_hz: u32, frames: usize) -> Vec<f32> {
        (0..frames).map(|n| (TAU * 700.0 * n as f64 / f64::from(rate_hz)).sin() as f32).collect()
    }

    #[test]
    fn stretches_at_another_rate_join_into_the_same_sound_from_any_place() {
        let take = Take::new(vec![sine(44_100, 30_000)], 44_100);
        let heard = Heard::new(&take, 4410..26_460, 48_000.0, 0.5);
        assert_eq!(heard.frames(), 24_000);
        let starts = (0..).step_by(777);
        let stretches = starts.map(|start| heard.stretch(&take, start..start + 777));
        let all: Vec<[f32; 2]> = stretches.take_while(|stretch| !stretch.is_empty()).flatten().collect();
        assert_eq!(all.len(), 24_000);
        // It begins after 0.1 s, which are 70 whole waves.
        let off = all.iter().zip(sine(48_000, 24_000)).map(|([left, right], expect)| {
            assert_eq!(left, right);
            (left - 0.5 * expect).abs()
        });
        let worst = off.fold(0.0, f32::max);
        println!("off by {:.1} dB", 20.0 * worst.log10());
        assert!(worst < 1e-4, "{worst}");
    }

    #[test]
    fn at_its_own_rate_it_is_heard_to_the_bit_and_nothing_lies_beyond_its_end() {
        let take = Take::new(vec![sine(48_000, 100), vec![0.25; 100]], 48_000);
        let heard = Heard::new(&take, 10..400, 48_000.0, 1.0);
        let stretch = heard.stretch(&take, 80..200);
        assert_eq!((heard.frames(), stretch.len()), (90, 10));
        assert_eq!(stretch[9], [take.channels()[0][99], 0.25]);
        let loud = Take::new(vec![vec![f32::MAX; 10]], 44_100);
        assert!(
            Heard::new(&loud, 0..10, 48_000.0, 2.0)
                .stretch(&loud, 0..10)
                .iter()
                .flatten()
                .all(|x| x.is_finite())
        );
        assert!(Heard::new(&Take::default(), 0..9, 48_000.0, 1.0).stretch(&Take::default(), 0..9).is_empty());
    }
}
