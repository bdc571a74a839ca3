//! An idea that was kept returns, also after a crash of the host: kept ideas that no project may hold yet are put by in
//! a file, which goes when the instance ends in order. What an instance finds of sessions that did not, it offers.
//!
//! This file is what the editor and the state touch, on the host's main thread. [`watch`] does the work, on the keeper's
//! thread: it never opens a file whose path stood in a state.

mod orphan;
mod record;
pub mod watch;

use crate::settings::data_folder;
use crossbeam_channel::{Receiver, Sender};
use linnet_music::{IdeaId, Session};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What sessions that ended unexpectedly have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Kept ideas that no open project of this host holds.
    pub ideas: usize,
    /// When the last of them was kept, in seconds since 1970, UTC.
    pub saved_at_s: u64,
}

/// What the user wants done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Add them to this session, as kept.
    Restore,
    /// Leave them for the next start.
    Later,
    /// Delete them.
    Discard,
}

/// The part of recovery that other threads see.
pub struct Recovery {
    state: Mutex<State>,
    is_on: AtomicBool,
    wake: Sender<()>,
    woken: Receiver<()>,
}

#[derive(Default)]
struct State {
    offer: Option<Offer>,
    answer: Option<Answer>,
    /// Kept ideas of the project as it was loaded: it has them already.
    loaded: HashSet<IdeaId>,
}

impl Default for Recovery {
    fn default() -> Self {
        let (wake, woken) = crossbeam_channel::bounded(1);
        Self { state: Mutex::default(), is_on: AtomicBool::new(true), wake, woken }
    }
}

impl Recovery {
    /// What there is to restore, where the user has not answered yet.
    pub fn offer(&self) -> Option<Offer> {
        self.state().offer
    }

    /// Shows `offer`, or none.
    pub fn show(&self, offer: Option<Offer>) {
        self.state().offer = offer;
    }

    /// Takes the user's answer, which the keeper's thread carries out.
    pub fn answer(&self, answer: Answer) {
        {
            let mut state = self.state();
            state.offer = None;
            state.answer = Some(answer);
        }
        self.wake();
    }

    /// The answer that waits to be carried out.
    pub fn take_answer(&self) -> Option<Answer> {
        self.state().answer.take()
    }

    /// Whether kept ideas are put by.
    pub fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// Puts kept ideas by from now on, or no longer, which also removes what was put by.
    pub fn turn(&self, on: bool) {
        self.is_on.store(on, Ordering::Relaxed);
        self.wake();
    }

    /// The end at which the keeper's thread is woken.
    pub(crate) fn woken(&self) -> Receiver<()> {
        self.woken.clone()
    }

    /// Notes which kept ideas a project brought along.
    pub(crate) fn session_loaded(&self, session: &Session) {
        let kept = session.ideas().iter().filter(|idea| idea.kept);
        self.state().loaded = kept.map(|idea| idea.id).collect();
    }

    /// Whether the loaded project holds this kept idea.
    fn came_with_project(&self, id: IdeaId) -> bool {
        self.state().loaded.contains(&id)
    }

    /// Wakes the keeper's thread; one that is about to look anyway needs no second call.
    fn wake(&self) {
        let _ = self.wake.try_send(());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder of the files, where there is a home folder.
pub fn folder() -> Option<PathBuf> {
    Some(data_folder()?.join("recovery"))
}
