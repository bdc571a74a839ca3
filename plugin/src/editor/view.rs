//! Runs on the main thread. What the editor shows of the session, the worker and the engine, taken once a frame.
//!
//! The session is copied only when its revision changes, and the notes only of the current idea.

use super::origin;
use super::tree::{self, Place};
use linnet_handover::EditorPorts;
use linnet_handover::audio_to_editor::AudioView;
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::worker_view::{Activity, Snapshot};
use linnet_music::{Beats, Idea, IdeaId, Key, Mode, Part, Tempo, TimeSignature};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Notes of one part that a thumb shows at most.
const THUMB_NOTES_MAX: usize = 48;

/// One idea of the history, as small as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Card {
    pub(crate) id: IdeaId,
    pub(crate) parent: Option<IdeaId>,
    pub(crate) is_kept: bool,
    pub(crate) mode: Mode,
    /// Where it came from, in words.
    pub(crate) origin: String,
    /// By part, notes as onset, end and height, each in [0, 1].
    pub(crate) thumb: [Vec<[f32; 3]>; 4],
}

impl Card {
    fn of(idea: &Idea) -> Self {
        let length = idea.length.0.max(1e-6);
        let thumb = Part::ALL.map(|part| {
            let notes = idea.phrase(part).notes();
            let pitches = notes.iter().map(|note| f32::from(note.pitch.midi()));
            let low = pitches.clone().fold(f32::INFINITY, f32::min);
            let high = pitches.fold(f32::NEG_INFINITY, f32::max);
            let span = (high - low).max(1.0);
            let small = notes.iter().take(THUMB_NOTES_MAX).map(|note| {
                let share = |beats: f64| (beats / length).clamp(0.0, 1.0) as f32;
                let height = (f32::from(note.pitch.midi()) - low) / span;
                [share(note.onset.0), share(note.end().0), height]
            });
            small.collect()
        });
        Self {
            id: idea.id,
            parent: idea.parent,
            is_kept: idea.kept,
            mode: idea.controls.mode,
            origin: origin::of(idea),
            thumb,
        }
    }
}

/// The engine's values of this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a light of its own")]
pub(crate) struct Now {
    pub(crate) position: f64,
    pub(crate) bar_start: f64,
    pub(crate) tempo_bpm: f64,
    pub(crate) metre: TimeSignature,
    pub(crate) is_playing: bool,
    pub(crate) is_auditioning: bool,
    pub(crate) idea: u32,
    pub(crate) idea_start: f64,
    pub(crate) next_idea: u32,
    pub(crate) next_start: f64,
    pub(crate) notes_in: u64,
    pub(crate) sample_rate_hz: f32,
    pub(crate) is_offline: bool,
    pub(crate) is_stopped: bool,
    pub(crate) dropped: u64,
    /// The run of a recording that is listened to, 0 for none, and how many frames of it were heard.
    pub(crate) listened: (u32, u64),
}

impl Now {
    /// Reads what the audio thread shows.
    pub(crate) fn of(view: &AudioView) -> Self {
        let metre = view.metre.load(Relaxed);
        let finite = |v: f64| if v.is_finite() { v } else { 0.0 };
        Self {
            position: finite(view.position_beats.load(Relaxed)),
            bar_start: finite(view.bar_start_beats.load(Relaxed)),
            tempo_bpm: finite(view.tempo_bpm.load(Relaxed)),
            metre: TimeSignature::new((metre >> 8) as i32, (metre & 0xFF) as i32).unwrap_or_default(),
            is_playing: view.playing.load(Relaxed),
            is_auditioning: view.auditioning.load(Relaxed),
            idea: view.idea.load(Relaxed),
            idea_start: finite(view.idea_start_beats.load(Relaxed)),
            next_idea: view.next_idea.load(Relaxed),
            next_start: finite(view.next_start_beats.load(Relaxed)),
            notes_in: view.notes_in.load(Relaxed),
            sample_rate_hz: view.sample_rate_hz.load(Relaxed),
            is_offline: view.offline.load(Relaxed),
            is_stopped: view.stopped.load(Relaxed),
            dropped: view.dropped.load(Relaxed),
            listened: (view.listened_run.load(Relaxed), view.listened_frames.load(Relaxed)),
        }
    }

    /// Where the transport stands, for an order.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            position: Beats(self.position),
            bar_start: Beats(self.bar_start),
            tempo: Tempo::new(self.tempo_bpm),
            metre: self.metre,
            playing: self.is_playing,
        }
    }

    /// Whether something moves: the transport, or an audition.
    pub(crate) fn is_moving(&self) -> bool {
        self.is_playing || self.is_auditioning
    }
}

/// The number of the bar at `beats`, from 1.
pub(crate) fn bar_number(beats: f64, metre: TimeSignature) -> i64 {
    (beats / metre.bar().0 + 1e-6).floor() as i64 + 1
}

/// Everything that is shown, but for the parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// What was taken last.
    pub(crate) revision: Option<u64>,
    /// The history, oldest first.
    pub(crate) cards: Vec<Card>,
    /// Where each card stands in the tree.
    pub(crate) places: Vec<Place>,
    /// How many ideas have left the history.
    pub(crate) let_go: u64,
    /// The current idea.
    pub(crate) current: Option<Arc<Idea>>,
    /// What the worker is doing.
    pub(crate) worker: Snapshot,
    /// The engine's values.
    pub(crate) now: Now,
    /// Which alternative of the last proposal is the current idea; 0 is the one that was chosen.
    pub(crate) alternative: Option<usize>,
}

impl View {
    /// The key of the chords that are shown: the current idea's, or what was heard.
    pub(crate) fn key(&self) -> Option<Key> {
        self.current.as_ref().map(|idea| idea.key).or(self.worker.heard.key)
    }

    /// Takes what is new. True where the session or the worker changed.
    pub(crate) fn update(&mut self, ports: &EditorPorts) -> bool {
        self.now = Now::of(&ports.audio);
        let revision = ports.worker.revision();
        if self.revision == Some(revision) {
            return false;
        }
        self.revision = Some(revision);
        self.worker = ports.worker.snapshot().clone();
        let session = ports.worker.session();
        self.take_cards(session.ideas());
        self.let_go = session.let_go();
        self.current = session.current().cloned().map(Arc::new);
        drop(session);
        let lineage = self.current.as_ref().map(|idea| idea.id);
        self.places = tree::places(&self.cards, lineage);
        true
    }

    /// Draws cards for new ideas only; notes of an idea never change.
    fn take_cards(&mut self, ideas: &[Idea]) {
        let same = self.cards.iter().zip(ideas).all(|(card, idea)| card.id == idea.id);
        if !same || self.cards.len() > ideas.len() {
            self.cards.clear();
        }
        for (card, idea) in self.cards.iter_mut().zip(ideas) {
            card.is_kept = idea.kept;
        }
        let have = self.cards.len();
        self.cards.extend(ideas[have..].iter().map(Card::of));
    }

    /// The number of the current idea.
    pub(crate) fn current_id(&self) -> Option<IdeaId> {
        self.current.as_ref().map(|idea| idea.id)
    }

    /// How much of a proposal is composed, in [0, 1], while one is.
    pub(crate) fn composing(&self) -> Option<f32> {
        match self.worker.activity {
            Activity::Composing { progress } => Some(progress.clamp(0.0, 1.0)),
            _ => None,
        }
    }

    /// Whether the current idea is the one that sounds.
    pub(crate) fn current_sounds(&self) -> bool {
        self.current_id().is_some_and(|id| id.0 == self.now.idea) && self.now.is_moving()
    }

    /// Where the roll begins in beats of the transport: where the idea started, or would, or the stretch heard.
    pub(crate) fn roll_start(&self) -> f64 {
        let now = &self.now;
        match &self.current {
            Some(idea) if idea.id.0 == now.idea => now.idea_start,
            Some(idea) if idea.id.0 == now.next_idea => now.next_start,
            Some(idea) => idea.started_at.map_or(0.0, |at| at.0),
            None => self.heard_window().0,
        }
    }

    /// The length of the roll in beats, and its metre.
    pub(crate) fn roll_length(&self) -> (f64, TimeSignature) {
        match &self.current {
            Some(idea) if idea.length.0.is_finite() && idea.length.0 > 0.0 => (idea.length.0, idea.metre),
            Some(idea) => (idea.metre.bar().0, idea.metre),
            None => (self.heard_window().1, self.heard_metre()),
        }
    }

    fn heard_metre(&self) -> TimeSignature {
        if self.worker.heard.notes.is_empty() { self.now.metre } else { self.worker.heard.metre }
    }

    /// Start and length of the last four bars heard, in beats of the transport; bars 1 to 4 where nothing was heard.
    fn heard_window(&self) -> (f64, f64) {
        let bar = self.heard_metre().bar().0;
        let heard = &self.worker.heard;
        if heard.notes.is_empty() || !heard.start.0.is_finite() {
            let from = (self.now.position / bar).floor().max(0.0) * bar;
            return (if self.now.is_moving() { from } else { 0.0 }, 4.0 * bar);
        }
        let end = (heard.start.0 + heard.length.0.max(bar)).max(heard.start.0 + 4.0 * bar);
        (end - 4.0 * bar, 4.0 * bar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_counted_from_one_also_before_the_start() {
        for (beats, expect) in [(0.0, 1), (3.999, 1), (4.0, 2), (32.0, 9), (-0.5, 0)] {
            assert_eq!(bar_number(beats, TimeSignature::COMMON), expect, "{beats}");
        }
    }

    #[test]
    fn a_view_of_an_engine_that_has_not_started_is_harmless() {
        let now = Now::of(&AudioView::default());
        assert_eq!(now.metre, TimeSignature::COMMON);
        let view = View { now, ..View::default() };
        assert_eq!(view.roll_length(), (16.0, TimeSignature::COMMON));
        assert_eq!(view.roll_start(), 0.0);
    }
}
