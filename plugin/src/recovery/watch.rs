//! Runs on the keeper's thread. Puts kept ideas by, and looks after what other sessions left: one small step at a time,
//! so that tests need no thread.

use super::orphan::{self, Orphan};
use super::print::{self, Print, print};
use super::record::Record;
use super::{Answer, Offer, Recovery};
use crate::date::now_s;
use crate::log;
use crate::params::LinnetParams;
use linnet_music::{Idea, Session};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps before the files of others are looked at: a host that opens a project loads its states in that time.
const STEPS_BEFORE_CLAIM: u32 = 3;

/// One instance's part in recovery.
pub struct Watch {
    params: Arc<LinnetParams>,
    record: Record,
    folder: PathBuf,
    instance: u64,
    /// Steps since recovery was turned on or off, or since the start.
    steps: u32,
    was_on: bool,
    /// The revision of the session that is safe; none where one has yet to be.
    revision: Option<u64>,
    /// The kept ideas of the session, oldest first.
    kept: Vec<Print>,
    /// The kept ideas as they were when the file was written; none where there is no file.
    written: Vec<Print>,
    /// How many of `written`, the newest, found room in the file.
    room: usize,
    /// Whether the last try to write failed.
    is_failing: bool,
    orphans: Vec<Orphan>,
    /// Whether the user wants to be asked another time.
    is_later: bool,
}

impl Watch {
    /// The watch of the instance with these parameters, over the files in `folder`.
    pub fn new(params: Arc<LinnetParams>, folder: &Path) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self {
            params,
            record: Record::new(folder, now_s()),
            folder: folder.to_owned(),
            instance: COUNT.fetch_add(1, Ordering::Relaxed),
            steps: 0,
            was_on: true,
            revision: None,
            kept: Vec::new(),
            written: Vec::new(),
            room: 0,
            is_failing: false,
            orphans: Vec::new(),
            is_later: false,
        }
    }

    /// Does what there is to do.
    pub fn step(&mut self) {
        let is_on = self.recovery().is_on();
        if is_on != self.was_on {
            self.was_on = is_on;
            self.steps = 0;
        }
        self.steps = self.steps.saturating_add(1);
        let looks_around = self.steps == STEPS_BEFORE_CLAIM;
        if looks_around {
            orphan::remove_old(&self.folder);
        }
        if !is_on {
            return self.rest();
        }
        self.follow_session();
        if looks_around {
            self.orphans = orphan::claim(&self.folder);
        }
        if let Some(answer) = self.recovery().take_answer() {
            self.carry_out(answer);
        }
        self.offer();
    }

    /// The instance ends in order: nothing of it has to return.
    pub fn end(&mut self) {
        self.record.remove();
        print::set_safe(&self.folder, self.instance, None);
    }

    fn recovery(&self) -> &Recovery {
        self.params.saved.recovery()
    }

    /// Recovery is turned off: this instance's file goes, and nothing is offered. What other sessions left lies there
    /// until it is too old.
    fn rest(&mut self) {
        self.remove_file();
        self.revision = None;
        self.orphans.clear();
        self.recovery().show(None);
    }

    fn remove_file(&mut self) {
        self.record.remove();
        self.written.clear();
        self.room = 0;
    }

    /// Writes the kept ideas where they have changed, until that has gone well.
    fn follow_session(&mut self) {
        let worker = self.params.saved.worker();
        let revision = worker.revision();
        if self.revision == Some(revision) {
            return;
        }
        let session = worker.session();
        let kept = print::kept(&session);
        let at_risk = self.recovery().at_risk(&kept);
        let changed = (!at_risk.is_empty() && kept != self.written).then(|| session.clone());
        drop(session);
        self.kept = kept;
        if at_risk.is_empty() {
            self.remove_file();
        }
        if changed.is_some_and(|session| !self.put_by(&session)) {
            // What others have left of them must stay.
            return;
        }
        self.revision = Some(revision);
        let in_file = self.written.iter().rev().take(self.room);
        let in_project = self.kept.iter().filter(|print| !at_risk.contains(print));
        let safe = in_project.chain(in_file).copied().collect();
        print::set_safe(&self.folder, self.instance, Some(safe));
    }

    /// Writes the kept ideas of `session`. Whether that went well; where it did not, the first time, the log says so.
    fn put_by(&mut self, session: &Session) -> bool {
        let outcome = self.record.write(session, now_s());
        let was_failing = std::mem::replace(&mut self.is_failing, outcome.is_err());
        match outcome {
            Ok(room) => {
                self.written.clone_from(&self.kept);
                self.room = room;
            }
            Err(error) if !was_failing => {
                log::note(&format!("Kept ideas could not be put by for recovery: {error}."));
            }
            Err(_) => {}
        }
        !self.is_failing
    }

    fn carry_out(&mut self, answer: Answer) {
        match answer {
            Answer::Later => self.is_later = true,
            Answer::Discard => self.orphans.drain(..).for_each(Orphan::remove),
            Answer::Restore => {
                self.restore();
                self.params.saved.worker().touch();
                // The old files go when this session's holds what was in them, and not before.
                self.follow_session();
            }
        }
    }

    /// Adds what is offered to the session.
    fn restore(&self) {
        let mut known = print::safe(&self.folder);
        let mut session = self.params.saved.worker().session();
        known.extend(print::kept(&session));
        for orphan in &self.orphans {
            let mut numbers = HashMap::new();
            for idea in orphan.ideas().iter().filter(|idea| known.insert(print(idea))) {
                let id = session.next_id();
                numbers.insert(idea.id, id);
                let parent = idea.parent.and_then(|parent| numbers.get(&parent).copied());
                session.add(Idea { id, parent, kept: true, started_at: None, ..idea.clone() });
            }
        }
    }

    /// Offers what is left, and deletes what is safe elsewhere.
    fn offer(&mut self) {
        if self.orphans.is_empty() {
            return;
        }
        let mut known = print::safe(&self.folder);
        self.remove_resolved(&known);
        known.extend(&self.kept);
        let left = self.orphans.iter().flat_map(Orphan::prints);
        let ideas = left.filter(|print| known.insert(**print)).count();
        let saved_at_s = self.orphans.iter().map(|orphan| orphan.saved_at_s).max().unwrap_or_default();
        let wanted = (ideas > 0 && !self.is_later).then_some(Offer { ideas, saved_at_s });
        if self.recovery().offer() != wanted {
            self.recovery().show(wanted);
            self.params.saved.worker().touch();
        }
    }

    fn remove_resolved(&mut self, safe: &HashSet<Print>) {
        let is_resolved = |orphan: &Orphan| orphan.prints().iter().all(|print| safe.contains(print));
        let (resolved, left) = self.orphans.drain(..).partition(is_resolved);
        self.orphans = left;
        let resolved: Vec<Orphan> = resolved;
        resolved.into_iter().for_each(Orphan::remove);
    }
}
