//! A recording and the edits that were made of it, one after the other, to be taken back and made again.
//!
//! Never runs on the audio thread. The recording itself stays as it is: what is taken back is computed from it anew.

use super::{Peak, Take};
use std::ops::Range;

/// How long what lies before a cut and what lies behind it go over into each other, in seconds.
const CROSSFADE_S: f64 = 0.01;
/// A fade where nothing is selected, in seconds.
const FADE_S: f64 = 0.5;
/// What a recording is normalised to, in dB of full scale.
pub const NORMALISED_DB: f32 = -1.0;

/// One edit. Ranges are in frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The range goes, and what lies around it is spliced.
    Cut(Range<usize>),
    /// The range stays, and nothing else.
    Keep(Range<usize>),
    /// The sound rises until the range ends; half a second where it is empty.
    FadeIn(Range<usize>),
    /// The sound falls from where the range begins; half a second where it is empty.
    FadeOut(Range<usize>),
    /// The largest sample comes to [`NORMALISED_DB`].
    Normalise,
}

impl Edit {
    /// `take`, edited.
    pub fn of(&self, take: &Take) -> Take {
        let frames = take.frames();
        let seconds = |seconds: f64| (seconds * f64::from(take.sample_rate_hz())) as usize;
        match self {
            Self::Cut(range) => {
                let (start, end) = (range.start.min(frames), range.end.min(frames));
                // At an end there is nothing to go over into.
                match (start, end) {
                    _ if start >= end => take.clone(),
                    (0, _) => take.kept(end..frames),
                    (_, end) if end == frames => take.kept(0..start),
                    _ => take.cut(start..end, seconds(CROSSFADE_S)),
                }
            }
            Self::Keep(range) => take.kept(range.clone()),
            Self::FadeIn(range) => {
                take.fade_in(if range.is_empty() { seconds(FADE_S) } else { range.end }.min(frames))
            }
            Self::FadeOut(range) => {
                let length =
                    if range.is_empty() { seconds(FADE_S) } else { frames.saturating_sub(range.start) };
                take.fade_out(length.min(frames))
            }
            Self::Normalise => take.normalised(Peak::Sample, NORMALISED_DB),
        }
    }
}

/// A recording that is being edited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edited {
    original: Take,
    /// What the edits made of it; none before the first.
    now: Option<Take>,
    done: Vec<Edit>,
    undone: Vec<Edit>,
}

impl Edited {
    /// That of `original`, without edits.
    pub fn new(original: Take) -> Self {
        Self { original, ..Self::default() }
    }

    /// What it sounds like now.
    pub fn take(&self) -> &Take {
        self.now.as_ref().unwrap_or(&self.original)
    }

    /// Edits once more; what was taken back is forgotten.
    pub fn edit(&mut self, edit: Edit) {
        self.now = Some(edit.of(self.take()));
        self.done.push(edit);
        self.undone.clear();
    }

    /// Takes the last edit back; `progress` is told the share that is done.
    pub fn undo(&mut self, mut progress: impl FnMut(f32)) {
        let Some(last) = self.done.pop() else { return };
        self.undone.push(last);
        self.now = None;
        for (place, edit) in self.done.iter().enumerate() {
            progress(place as f32 / self.done.len() as f32);
            self.now = Some(edit.of(self.now.as_ref().unwrap_or(&self.original)));
        }
    }

    /// Makes the edit again that was taken back last.
    pub fn redo(&mut self) {
        if let Some(edit) = self.undone.pop() {
            self.now = Some(edit.of(self.take()));
            self.done.push(edit);
        }
    }

    /// Whether there is an edit to take back.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is an edit to make again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(frames: usize) -> Take {
        let frame = |n: usize| (n as f32 * 0.02 + 1.0).sin() * 0.5;
        Take::new(vec![(0..frames).map(frame).collect(); 2], 48_000)
    }

    fn largest_step(take: &Take) -> f32 {
        let channel = &take.channels()[0];
        let with_ends: Vec<f32> = [0.0].into_iter().chain(channel.iter().copied()).chain([0.0]).collect();
        with_ends.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn no_cut_clicks_wherever_it_lies() {
        let take = Edit::Keep(0..40_000).of(&sine(40_000));
        // A step of the sine is 0.01.
        for range in [0..9000, 7777..20_123, 30_000..40_000, 1..39_999, 20_000..90_000] {
            let cut = Edit::Cut(range.clone()).of(&take);
            let step = largest_step(&cut);
            println!("{range:?}: {} frames, largest step {step:.4}", cut.frames());
            assert!(step < 0.016, "{range:?}: {step}");
            assert!(cut.frames() <= 40_000 - range.len().min(40_000 - range.start));
        }
        for nothing in [9..9, 50_000..60_000] {
            assert_eq!(Edit::Cut(nothing).of(&take), take);
        }
    }

    #[test]
    fn what_is_taken_back_is_as_it_was_to_the_bit() {
        let mut edited = Edited::new(sine(20_000));
        let edits = [
            Edit::Cut(5000..9000),
            Edit::FadeIn(0..2000),
            Edit::FadeOut(0..0),
            Edit::Normalise,
            Edit::Keep(10..9000),
        ];
        let mut states = vec![edited.take().clone()];
        for edit in edits {
            edited.edit(edit);
            states.push(edited.take().clone());
        }
        for state in states.iter().rev().skip(1) {
            edited.undo(|_| {});
            assert_eq!(edited.take(), state);
        }
        assert!(!edited.can_undo() && edited.can_redo());
        for state in &states[1..] {
            edited.redo();
            assert_eq!(edited.take(), state);
        }
        assert!((states[4].peak(Peak::Sample) - 0.891_25).abs() < 1e-4);
        edited.undo(|_| {});
        edited.edit(Edit::Normalise);
        assert!(!edited.can_redo());
    }
}
