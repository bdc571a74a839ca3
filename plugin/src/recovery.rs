//! An idea that was kept returns, also after a crash of the host: kept ideas that no project may hold yet are put by in
//! a file, which goes when the instance ends in order. What an instance finds of sessions that did not, it offers.
//!
//! This file is what the editor and the state touch, on the host's main thread. [`watch`] does the work, on the keeper's
//! thread: it never opens a file whose path stood in a state.

mod orphan;
mod print;
mod record;
pub mod watch;

use crate::settings::{UserSettings, data_folder};
use crossbeam_channel::{Receiver, Sender};
use linnet_music::Session;
use print::Print;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Whether kept ideas are put by: the user's setting, the same for every instance in this process.
static IS_ON: AtomicBool = AtomicBool::new(true);

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
    wake: Sender<()>,
    woken: Receiver<()>,
}

#[derive(Default)]
struct State {
    offer: Option<Offer>,
    answer: Option<Answer>,
    /// Kept ideas of the state that was loaded last.
    loaded: HashSet<Print>,
    /// Ideas that were kept in this instance. A state that comes with one of them may be the host's undo, and be in no
    /// project.
    kept_here: HashSet<Print>,
}

impl State {
    /// Notes which ideas were kept here, where `kept` are all of the session.
    fn note(&mut self, kept: &[Print]) {
        self.kept_here.extend(kept.iter().filter(|print| !self.loaded.contains(print)));
    }
}

impl Default for Recovery {
    fn default() -> Self {
        let (wake, woken) = crossbeam_channel::bounded(1);
        Self { state: Mutex::default(), wake, woken }
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
        IS_ON.load(Ordering::Relaxed)
    }

    /// Puts kept ideas by from now on, or no longer, which also removes what was put by: in every instance of this
    /// process, each as soon as its keeper's thread looks.
    pub fn turn(&self, on: bool) {
        IS_ON.store(on, Ordering::Relaxed);
        self.wake();
    }

    /// The end at which the keeper's thread is woken.
    pub(crate) fn woken(&self) -> Receiver<()> {
        self.woken.clone()
    }

    /// Notes that the host has put the session `after` in the place of `before`.
    pub(crate) fn session_replaced(&self, before: &Session, after: &Session) {
        let (before, after) = (print::kept(before), print::kept(after));
        let mut state = self.state();
        state.note(&before);
        state.loaded = after.into_iter().collect();
    }

    /// Those of a session's kept ideas that no project may hold yet.
    fn at_risk(&self, kept: &[Print]) -> HashSet<Print> {
        let mut state = self.state();
        state.note(kept);
        kept.iter().filter(|print| state.kept_here.contains(print)).copied().collect()
    }

    /// Wakes the keeper's thread; one that is about to look anyway needs no second call.
    fn wake(&self) {
        let _ = self.wake.try_send(());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the user's setting, once a process: from then on the switch in the editor is what counts.
pub(crate) fn take_setting() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| IS_ON.store(UserSettings::load().unwrap_or_default().recovery, Ordering::Relaxed));
}

/// The folder of the files, where there is a home folder.
pub fn folder() -> Option<PathBuf> {
    Some(data_folder()?.join("recovery"))
}
