//! A part over the bars of a window, pitched or drums, with what it is judged by.

use super::drum_features::{self, DrumSample};
use super::phrase_features::{self, Sample};
use super::voice::Voice;
use super::window::{BARS, Window};
use linnet_composer::phrase::line::on_grid;
use linnet_composer::tokens::line::GridNote;
use linnet_composer::tokens::{Grid, TICKS_PER_QUARTER};
use linnet_composer::vocabulary::Role;
use linnet_music::{ChordSpan, Idea, Part, Pitch};

/// What a part plays.
#[derive(Clone, Debug)]
pub enum Music {
    /// Notes.
    Notes(Sample),
    /// Drums.
    Drums(DrumSample),
}

impl Music {
    /// What a window's piece has there.
    pub fn of_window(window: &Window, voice: Voice) -> Self {
        match voice {
            Voice::Pitched(role) => Self::Notes(window.sample(role)),
            Voice::Drums => Self::Drums(window.drum_sample()),
        }
    }

    /// A part of an idea, on the grid.
    pub fn of_idea(idea: &Idea, part: Part, voice: Voice) -> Self {
        let notes = idea.phrase(part).notes();
        match voice {
            Voice::Pitched(role) => Self::Notes(sample(idea, part, role)),
            Voice::Drums => Self::Drums(DrumSample::of_notes(notes, idea.metre, idea.bars() as usize)),
        }
    }

    /// Its features, by place; none where there is next to nothing.
    pub fn features(&self) -> Option<Vec<f64>> {
        match self {
            Self::Notes(sample) => phrase_features::features(sample).map(|row| row.to_vec()),
            Self::Drums(sample) => drum_features::features(sample).map(|row| row.to_vec()),
        }
    }

    /// The same where `piece` plays this part, too; else silence.
    #[must_use]
    pub fn where_played_by(mut self, piece: &Self) -> Self {
        if piece.features().is_none() {
            match &mut self {
                Self::Notes(sample) => sample.notes.clear(),
                Self::Drums(sample) => sample.steps.fill(0),
            }
        }
        self
    }

    /// One minus the share of notes or hits in common, in [0, 1].
    pub fn distance(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Notes(one), Self::Notes(other)) => notes_apart(&one.notes, &other.notes),
            (Self::Drums(one), Self::Drums(other)) => drum_features::distance(one, other),
            _ => 1.0,
        }
    }

    /// The share of notes that are tones of the chord under them; NaN where no chord is.
    pub fn chord_tones(&self, harmony: &[ChordSpan]) -> f64 {
        let Self::Notes(sample) = self else { return f64::NAN };
        let (mut inside, mut all) = (0.0, 0.0);
        for note in &sample.notes {
            let at = f64::from(note.onset) / f64::from(TICKS_PER_QUARTER) + 1e-6;
            let span = harmony.iter().find(|span| (span.onset.0..(span.onset + span.length).0).contains(&at));
            if let Some(span) = span {
                all += 1.0;
                inside += f64::from(u8::from(span.chord.contains(Pitch::new(note.midi))));
            }
        }
        if all > 0.0 { inside / all } else { f64::NAN }
    }
}

/// A pitched part of an idea on the grid, its last bars cut off where it is longer than a window.
pub fn sample(idea: &Idea, part: Part, role: Role) -> Sample {
    let grid = Grid::new(idea.metre);
    let bars = (idea.bars() as usize).min(BARS) * grid.splits as usize;
    let notes = on_grid(idea.phrase(part).notes(), &grid, bars, role.is_stacked());
    Sample { notes, grid, bars, key: idea.key }
}

fn notes_apart(one: &[GridNote], other: &[GridNote]) -> f64 {
    let same = |a: &&GridNote| other.iter().any(|b| a.onset == b.onset && a.midi == b.midi);
    let shared = one.iter().filter(same).count();
    1.0 - shared as f64 / (one.len() + other.len() - shared).max(1) as f64
}

/// The mean distance of every two; NaN where there are fewer than two.
pub fn mean_distance(all: &[Music]) -> f64 {
    let mut distances = Vec::new();
    for (index, one) in all.iter().enumerate() {
        distances.extend(all[..index].iter().map(|other| one.distance(other)));
    }
    super::statistics::mean(&distances)
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::{Key, PitchClass, Scale, TimeSignature};

    #[test]
    fn a_part_that_the_piece_lacks_is_silent() {
        let of = |notes: &[GridNote]| {
            let grid = Grid::new(TimeSignature::COMMON);
            let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
            Music::Notes(Sample { notes: notes.to_vec(), grid, bars: BARS, key })
        };
        let note = |onset, midi| GridNote { onset, length: 12, midi };
        let ours = of(&[note(0, 60), note(24, 62)]);
        let kept = ours.clone().where_played_by(&of(&[note(0, 40), note(96, 50)]));
        assert_eq!((kept.features(), ours.distance(&kept)), (ours.features(), 0.0));
        assert_eq!(ours.where_played_by(&of(&[])).features(), None);
    }

    #[test]
    fn the_distance_is_the_share_not_in_common() {
        let note = |onset, midi| GridNote { onset, length: 12, midi };
        let one = [note(0, 60), note(24, 62), note(48, 64)];
        assert_eq!(notes_apart(&one, &one), 0.0);
        assert_eq!(notes_apart(&one, &[note(0, 60), note(24, 62), note(48, 65)]), 0.5);
        assert_eq!(notes_apart(&one, &[]), 1.0);
    }
}
