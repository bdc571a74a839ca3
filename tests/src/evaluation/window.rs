//! Windows of held-out pieces: what is heard, what ideas are made of, and what people wrote there.

use super::contexts::{Score, notes};
use super::drum_features::{self, DrumSample};
use super::phrase_features::Sample;
use linnet_composer::vocabulary::Role;
use linnet_music::{Beats, ChordsRole, Controls, Idea, IdeaId, Note, Part, Phrase, Provenance, Style, Tempo};
use std::collections::{BTreeMap, BTreeSet};

/// Bars that are asked for.
pub const BARS: usize = 8;
/// The tempo of pieces that name none.
const TEMPO_BPM: f64 = 110.0;

/// Eight bars of a piece.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    /// The piece.
    pub score: &'a Score,
    /// The first bar.
    pub start: usize,
}

/// Whether notes lie in at least half of the bars.
fn is_filled(bars: impl Iterator<Item = usize>) -> bool {
    let mut bars: Vec<usize> = bars.collect();
    let notes = bars.len();
    bars.sort_unstable();
    bars.dedup();
    bars.len() * 2 >= BARS && notes >= BARS
}

impl<'a> Window<'a> {
    /// Windows of `score` that do not overlap, from its first whole bar on, in which the lead plays.
    pub fn of_lead(score: &'a Score) -> Vec<Self> {
        Self::all(score).filter(|window| window.has(Role::Lead)).collect()
    }

    /// The same in which the drums play.
    pub fn of_drums(score: &'a Score) -> Vec<Self> {
        Self::all(score).filter(Self::has_drums).collect()
    }

    fn all(score: &'a Score) -> impl Iterator<Item = Self> {
        let starts = (score.first_bar..).step_by(BARS).take_while(|start| start + BARS <= score.bars);
        starts.map(move |start| Self { score, start })
    }

    /// Whether the part has an onset in at least half of the bars.
    pub fn has(&self, role: Role) -> bool {
        let bar = self.score.grid.bar_ticks;
        is_filled(self.part(role).iter().map(|note| (note.onset / bar) as usize))
    }

    /// The same of the drums.
    pub fn has_drums(&self) -> bool {
        is_filled(self.score.hits(self.start, self.start + BARS).iter().map(|hit| hit.bar))
    }

    /// The roles that people wrote here.
    pub fn human_roles(&self) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| self.score.is_human(*role) && self.has(*role)).collect()
    }

    fn part(&self, role: Role) -> Vec<linnet_composer::tokens::line::GridNote> {
        self.score.part(role, self.start, self.start + BARS)
    }

    /// What the piece has there.
    pub fn sample(&self, role: Role) -> Sample {
        let score = self.score;
        Sample { notes: self.part(role), grid: score.grid, bars: BARS, key: score.key }
    }

    /// The drums that the piece has there.
    pub fn drum_sample(&self) -> DrumSample {
        let hits = self.score.hits(self.start, self.start + BARS);
        DrumSample::of_hits(&hits, self.score.metre, self.score.triplets, BARS)
    }

    /// The part's notes in beats, in `bars` bars from bar `from` on.
    pub fn notes(&self, role: Role, from: usize, bars: usize) -> Vec<Note> {
        notes(&self.score.part(role, from, from + bars))
    }

    /// The drums alike.
    pub fn drum_notes(&self, from: usize, bars: usize) -> Vec<Note> {
        let hits = self.score.hits(from, from + bars);
        drum_features::notes(&hits, self.score.metre, self.score.triplets)
    }

    /// Bars before the window that can be heard, eight at most.
    pub fn bars_before(&self) -> usize {
        BARS.min(self.start - self.score.first_bar.min(self.start))
    }

    /// The piece's tempo.
    pub fn tempo(&self) -> Tempo {
        Tempo::new(if self.score.bpm > 0.0 { self.score.bpm } else { TEMPO_BPM })
    }

    /// What the chords part plays: a second melody where people wrote one and no chords.
    pub fn chords_role(&self) -> ChordsRole {
        let has = |role: Role| self.has(role);
        if has(Role::Counter) && !has(Role::Chords) { ChordsRole::CounterLine } else { ChordsRole::Comping }
    }

    /// The role that plays `part`; none for the drums.
    pub fn role(&self, part: Part) -> Option<Role> {
        Role::of(part, self.chords_role())
    }

    /// The window as an idea, by whoever wrote it.
    pub fn idea(&self, id: u32) -> Idea {
        let phrase = |part: Part| match self.role(part) {
            Some(role) => self.notes(role, self.start, BARS),
            None => self.drum_notes(self.start, BARS),
        };
        let length = Beats(BARS as f64 * self.score.metre.bar().0);
        let cut = |note: Note| Note { length: Beats(note.length.0.min(length.0 - note.onset.0)), ..note };
        let controls = Controls {
            bars: BARS as u8,
            style_a: self.score.style,
            chords_role: self.chords_role(),
            ..Controls::default()
        };
        Idea {
            id: IdeaId(id),
            parent: None,
            kept: false,
            length,
            metre: self.score.metre,
            key: self.score.key,
            harmony: self.score.harmony(self.start, self.start + BARS),
            phrases: Part::ALL.map(|part| Phrase::new(phrase(part).into_iter().map(cut).collect())),
            controls,
            started_at: None,
            provenance: Provenance::default(),
            figures: Vec::new(),
            unread: serde_json::Map::new(),
        }
    }
}

/// Two disjoint halves of windows: what proposals are compared with, and what they are made for. No piece, casting,
/// stretch or arrangement of a tune in one is in the other; either has about as many pieces of each style.
pub fn halves(windows: Vec<Window>) -> (Vec<Window>, Vec<Window>) {
    let mut styles: BTreeMap<&str, BTreeSet<Option<usize>>> = BTreeMap::new();
    for window in &windows {
        let of_family = styles.entry(&window.score.family).or_default();
        of_family.insert(window.score.style.map(Style::index));
    }
    let mut families: Vec<_> = styles.into_iter().collect();
    families.sort_by(|a, b| a.1.first().cmp(&b.1.first()).then(a.0.cmp(b.0)));
    let mut counts: BTreeMap<Option<usize>, [usize; 2]> = BTreeMap::new();
    let mut second = BTreeSet::new();
    for (family, styles) in families {
        let count = |side: usize| -> usize {
            styles.iter().filter_map(|style| counts.get(style)).map(|count| count[side]).sum()
        };
        let side = usize::from(count(1) < count(0));
        for style in styles {
            counts.entry(style).or_default()[side] += 1;
        }
        if side == 1 {
            second.insert(family.to_owned());
        }
    }
    windows.into_iter().partition(|window| !second.contains(&window.score.family))
}

/// `count` of `items` at most, evenly spread.
pub fn spread<T: Copy>(items: &[T], count: usize) -> Vec<T> {
    let count = count.min(items.len());
    (0..count).map(|index| items[index * items.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::contexts;

    #[test]
    fn no_piece_is_in_both_halves_and_an_idea_is_what_was_written() {
        let mut scores = contexts::read(contexts::PARTS).unwrap();
        scores.extend(contexts::read(contexts::COMPOSED).unwrap());
        let windows: Vec<Window> = scores.iter().flat_map(Window::of_lead).collect();
        let all = windows.len();
        let (one, other) = halves(windows);
        assert_eq!(one.len() + other.len(), all);
        assert!(one.len().abs_diff(other.len()) * 4 < all, "{} and {}", one.len(), other.len());
        let families = |windows: &[Window<'_>]| -> std::collections::BTreeSet<String> {
            windows.iter().map(|window| window.score.family.clone()).collect()
        };
        assert!(families(&one).is_disjoint(&families(&other)));
        for style in Style::ALL {
            let of = |half: &[Window<'_>]| half.iter().filter(|w| w.score.style == Some(style)).count();
            let (one, other) = (of(&one), of(&other));
            assert!(one.abs_diff(other) * 2 <= one.max(other) + 8, "{}: {one} and {other}", style.name());
        }
        let idea = one[0].idea(3);
        assert_eq!((idea.id, idea.check().is_ok(), idea.bars()), (IdeaId(3), true, BARS as u32));
        assert_eq!(idea.phrase(Part::Lead).notes().len(), one[0].sample(Role::Lead).notes.len());
    }

    #[test]
    fn what_is_spread_is_even_and_no_more_than_there_is() {
        assert_eq!(spread(&[0, 1, 2, 3, 4, 5], 3), [0, 2, 4]);
        assert_eq!(spread(&[0, 1], 9), [0, 1]);
    }
}
