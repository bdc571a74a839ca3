//! Runs on the composer thread. Sends ideas to the audio thread, and notes where they began to sound.

use linnet_handover::worker_to_audio::{Score, Sender, Start, ToAudio};
use linnet_handover::worker_view::WorkerView;
use linnet_music::{Beats, Idea, IdeaId};

/// The way to the audio thread.
pub(super) struct Outbox {
    scores: Sender,
    /// The newest order that found no room yet; older ones would be replaced by it anyway.
    waiting: Option<ToAudio>,
    /// The idea that was sent to start afresh, whose place in the transport is not yet known.
    unplaced: Option<IdeaId>,
}

impl Outbox {
    pub(super) fn new(scores: Sender) -> Self {
        Self { scores, waiting: None, unplaced: None }
    }

    /// Sends `idea`, as soon as there is room.
    pub(super) fn play(&mut self, idea: &Idea, start: Start) {
        self.unplaced = (!matches!(start, Start::At(_))).then_some(idea.id);
        self.waiting = Some(ToAudio::Play(Box::new(Score::new(idea, start))));
        self.flush();
    }

    /// Orders silence, as soon as there is room.
    pub(super) fn silence(&mut self) {
        self.unplaced = None;
        self.waiting = Some(ToAudio::Silence);
        self.flush();
    }

    /// Sends what waits, and frees what came back.
    pub(super) fn flush(&mut self) {
        self.scores.free_returned();
        if let Some(order) = self.waiting.take() {
            self.waiting = self.scores.send(order).err();
        }
    }

    /// Whether nothing waits to be sent.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_none()
    }

    /// Notes that `idea` began to sound `at` a position of the transport: replay anchors there.
    pub(super) fn started(&mut self, view: &WorkerView, idea: IdeaId, at: Beats) {
        if self.unplaced != Some(idea) {
            return;
        }
        self.unplaced = None;
        if let Some(idea) = view.session().idea_mut(idea) {
            idea.started_at = Some(at);
        }
        view.touch();
    }
}
