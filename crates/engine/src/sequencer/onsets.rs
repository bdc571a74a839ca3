//! The onsets of a looped score within a stretch of time.
//!
//! Runs on the audio thread. An onset's position is always computed by the same expression, so that it compares the
//! same way with the end of one stretch and with the start of the next.

use linnet_handover::worker_to_audio::Score;
use linnet_music::{Beats, Note, Part};

/// The shortest score that is looped: less is a mistake, and would be nothing but onsets.
const LENGTH_MIN: Beats = Beats(1.0 / 16.0);

/// An onset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Onset {
    /// Whose.
    pub(crate) part: Part,
    /// Where, in beats.
    pub(crate) beat: f64,
    /// Where the note ends, no later than the pass of the loop, in beats.
    pub(crate) end: f64,
    /// What.
    pub(crate) note: Note,
}

/// The onsets in order of time, and of parts within one position.
#[derive(Debug)]
pub(crate) struct Onsets<'a> {
    score: &'a Score,
    from: f64,
    to: f64,
    /// Where the present pass of the loop begins, in beats.
    pass_start: f64,
    /// Its number; the score's start is the start of pass 0.
    pass: f64,
    start: f64,
    /// The next note of each part in this pass.
    next: [usize; 4],
}

impl<'a> Onsets<'a> {
    /// The onsets in [`from`, `to`) of `score`, which started at `start` and loops before and after.
    pub(crate) fn new(score: &'a Score, start: f64, from: f64, to: f64) -> Self {
        let fits = score.length.0.is_finite() && score.length >= LENGTH_MIN;
        let to = if fits { to } else { f64::NEG_INFINITY };
        // The pass before the one that holds `from`: rounding may have put an onset on its far side.
        let pass = ((from - start) / score.length.0).floor() - 1.0;
        let mut onsets = Self { score, from, to, pass_start: 0.0, pass, start, next: [0; 4] };
        onsets.begin_pass();
        onsets
    }

    fn begin_pass(&mut self) {
        let pass_start = self.start + self.pass * self.score.length.0;
        let from = self.from;
        self.pass_start = pass_start;
        self.next = Part::ALL.map(|part| {
            self.score.parts[part.index()].partition_point(|note| pass_start + note.onset.0 < from)
        });
    }

    fn earliest(&self) -> Option<(Part, Note)> {
        let heads = Part::ALL.into_iter().filter_map(|part| {
            let note = self.score.parts[part.index()].get(self.next[part.index()])?;
            Some((part, *note))
        });
        // `min_by` gives the first of equals: the order of the parts.
        heads.min_by(|(_, a), (_, b)| a.onset.0.total_cmp(&b.onset.0))
    }
}

impl Iterator for Onsets<'_> {
    type Item = Onset;

    fn next(&mut self) -> Option<Onset> {
        while self.pass_start < self.to {
            if let Some((part, note)) = self.earliest() {
                let beat = self.pass_start + note.onset.0;
                if beat >= self.to {
                    return None;
                }
                self.next[part.index()] += 1;
                let end = self.pass_start + note.end().0.min(self.score.length.0);
                return Some(Onset { part, beat, end, note });
            }
            self.pass += 1.0;
            self.begin_pass();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_handover::worker_to_audio::Start;
    use linnet_music::{IdeaId, Pitch, Velocity};

    fn note(onset: f64, pitch: i32) -> Note {
        Note {
            onset: Beats(onset),
            length: Beats(0.5),
            pitch: Pitch::new(pitch),
            velocity: Velocity::new(100),
        }
    }

    fn score(length: f64, lead: &[Note], bass: &[Note]) -> Score {
        let parts = [lead.into(), [].into(), bass.into(), [].into()];
        Score { idea: IdeaId(1), length: Beats(length), parts, start: Start::NextBar }
    }

    #[test]
    fn onsets_come_in_order_over_passes_and_parts_also_before_the_start() {
        let score = score(4.0, &[note(0.0, 60), note(3.5, 64)], &[note(0.0, 36), note(2.0, 38)]);
        let found: Vec<(f64, u8)> =
            Onsets::new(&score, 16.0, 7.0, 14.0).map(|onset| (onset.beat, onset.note.pitch.midi())).collect();
        assert_eq!(found, [(7.5, 64), (8.0, 60), (8.0, 36), (10.0, 38), (11.5, 64), (12.0, 60), (12.0, 36)]);
    }

    #[test]
    fn ranges_that_tile_time_find_each_onset_once_whatever_their_borders() {
        let thirds: Vec<Note> = (0..12).map(|n| note(f64::from(n) / 3.0, 60 + n)).collect();
        let score = score(4.0, &thirds, &[]);
        let mut count = 0;
        let mut from = -20.0;
        while from < 100.0 {
            let to = from + 1.0 / 3.0;
            count += Onsets::new(&score, 1.0 / 3.0, from, to).count();
            from = to;
        }
        let whole = Onsets::new(&score, 1.0 / 3.0, -20.0, from).count();
        assert_eq!(count, whole);
        assert!((359..=361).contains(&whole), "{whole}");
    }

    #[test]
    fn notes_end_with_their_pass_at_the_latest() {
        let long = Note { length: Beats(9.0), ..note(1.0, 60) };
        let score = score(4.0, &[long], &[]);
        let ends: Vec<f64> = Onsets::new(&score, 0.0, 0.0, 8.0).map(|onset| onset.end).collect();
        assert_eq!(ends, [4.0, 8.0]);
    }

    #[test]
    fn a_score_without_length_or_notes_has_no_onsets() {
        for length in [0.0, -4.0, 1e-300, f64::NAN, f64::INFINITY] {
            let score = score(length, &[note(0.0, 60)], &[]);
            assert_eq!(Onsets::new(&score, 0.0, 0.0, 100.0).count(), 0, "{length}");
        }
        assert_eq!(Onsets::new(&score(4.0, &[], &[]), 0.0, 0.0, 100.0).count(), 0);
    }
}
