//! Runs on the composer thread. Shows what was heard, when it changed, and not more often than an eye can follow.

use crate::listen::Listener;
use crate::listen::key::GivenKey;
use linnet_handover::worker_view::{Heard, WorkerView};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The shortest time between two pictures.
const PERIOD: Duration = Duration::from_millis(80);

/// Keeps the shown picture of what was heard current.
#[derive(Default)]
pub(super) struct HeardView {
    /// The listener's revision that was shown last.
    shown: u64,
    at: Option<Instant>,
    /// Whether the transport went on since, so that held notes have grown.
    grown: bool,
}

impl HeardView {
    /// Notes that time went on.
    pub(super) fn grow(&mut self) {
        self.grown = true;
    }

    /// Shows what `listener` heard, where that is news and not too soon. Returns whether no news is left to show.
    pub(super) fn publish(&mut self, listener: &Listener, view: &WorkerView, now: Instant) -> bool {
        let is_news = listener.revision() != self.shown || self.grown;
        if !is_news || self.at.is_some_and(|at| now.duration_since(at) < PERIOD) {
            return !is_news;
        }
        self.shown = listener.revision();
        self.grown = false;
        self.at = Some(now);
        let stretch = listener.stretch();
        let heard = stretch.map_or_else(Heard::default, |stretch| stretch.understand(GivenKey::default()));
        let mut snapshot = view.snapshot();
        if *snapshot.heard != heard {
            snapshot.heard = Arc::new(heard);
            drop(snapshot);
            view.touch();
        }
        true
    }
}
