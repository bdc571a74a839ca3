//! From the composer thread to the editor and the state: the session, and what the worker is doing.
//!
//! Behind locks that are held for moments only. Never touched by the audio thread.

use linnet_music::{Beats, ChordSpan, Idea, IdeaId, Key, Note, Session, TimeSignature};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the worker is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Activity {
    /// Nothing yet: the plug-in was not activated.
    #[default]
    Asleep,
    /// Reading the models.
    Loading,
    /// Ready to be asked.
    Ready,
    /// Composing.
    Composing {
        /// Done, in [0, 1].
        progress: f32,
    },
    /// Cannot compose; sound, editing and kept ideas go on.
    Failed(Failure),
}

/// Why the worker cannot compose, in words for the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, a short sentence.
    pub title: String,
    /// Which file and which fault.
    pub detail: String,
    /// What to do.
    pub remedy: String,
}

/// What was heard and understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Where the stretch begins, a bar line, in beats of the transport.
    pub start: Beats,
    /// Its length so far, a whole number of bars.
    pub length: Beats,
    /// The notes, from `start`.
    pub notes: Vec<Note>,
    /// The metre.
    pub metre: TimeSignature,
    /// The key, where enough was heard.
    pub key: Option<Key>,
    /// How sure, in [0, 1].
    pub key_confidence: f32,
    /// The chords, from `start`.
    pub chords: Vec<ChordSpan>,
}

impl Heard {
    /// How many whole or begun bars were heard.
    pub fn bars(&self) -> u32 {
        (self.length.0 / self.metre.bar().0).ceil() as u32
    }
}

/// One consistent picture of the worker.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// What it is doing.
    pub activity: Activity,
    /// What it heard.
    pub heard: Arc<Heard>,
    /// The engine that runs the models, by name and version.
    pub engine: String,
    /// "name version sha256" of each model that is loaded.
    pub models: Vec<String>,
    /// Why another engine than the one wished for runs; empty where it does run.
    pub engine_note: String,
    /// The last request's milliseconds from asking to handing over; 0 before the first.
    pub proposal_ms: f32,
    /// A sentence about the last request, where something is worth saying: dropped candidates, a part with no notes.
    pub note: String,
    /// The alternatives of the last request that were not chosen, best first.
    pub alternatives: Vec<Arc<Idea>>,
    /// The idea made last.
    pub latest: Option<IdeaId>,
}

/// The shared view.
#[derive(Debug, Default)]
pub struct WorkerView {
    snapshot: Mutex<Snapshot>,
    session: Mutex<Session>,
    revision: AtomicU64,
}

impl WorkerView {
    /// The snapshot, held for as short as possible.
    pub fn snapshot(&self) -> MutexGuard<'_, Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, held for as short as possible. After a change call [`WorkerView::touch`].
    pub fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a change of the snapshot or the session, so that the editor repaints.
    pub fn touch(&self) {
        self.revision.fetch_add(1, Ordering::Release);
    }

    /// A number that changes whenever the snapshot or the session does.
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }
}
