//! Runs on the keeper's thread. Puts kept ideas by, and looks after what other sessions left: one small step at a time,
//! so that tests need no thread.

use super::orphan::{self, Orphan};
use super::record::Record;
use super::{Answer, Offer};
use crate::date::now_s;
use crate::log;
use crate::params::LinnetParams;
use linnet_music::{Idea, IdeaId};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Steps before the files of others are looked at: a host that opens a project loads its states in that time.
const STEPS_BEFORE_CLAIM: u32 = 3;

/// The music of an idea, in a number.
type Print = u64;

/// The kept ideas of every instance in this process, by instance.
static OPEN: Mutex<BTreeMap<u64, HashSet<Print>>> = Mutex::new(BTreeMap::new());

fn open_prints() -> MutexGuard<'static, BTreeMap<u64, HashSet<Print>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One instance's part in recovery.
pub struct Watch {
    params: Arc<LinnetParams>,
    record: Record,
    folder: PathBuf,
    instance: u64,
    steps: u32,
    revision: Option<u64>,
    /// The kept ideas that the file holds; none where there is no file.
    written: Vec<IdeaId>,
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
            revision: None,
            written: Vec::new(),
            orphans: Vec::new(),
            is_later: false,
        }
    }

    /// Does what there is to do.
    pub fn step(&mut self) {
        self.steps = self.steps.saturating_add(1);
        if !self.params.saved.recovery().is_on() {
            return self.rest();
        }
        self.follow_session();
        if self.steps == STEPS_BEFORE_CLAIM {
            self.orphans = orphan::claim(&self.folder);
        }
        if let Some(answer) = self.params.saved.recovery().take_answer() {
            self.carry_out(answer);
        }
        self.offer();
    }

    /// The instance ends in order: nothing of it has to return.
    pub fn end(&mut self) {
        self.record.remove();
        open_prints().remove(&self.instance);
    }

    /// Recovery is turned off: nothing is on disk, and nothing is offered.
    fn rest(&mut self) {
        self.record.remove();
        self.written.clear();
        self.revision = None;
        self.orphans.clear();
        self.steps = 0;
        self.params.saved.recovery().show(None);
    }

    /// Writes the kept ideas where they have changed.
    fn follow_session(&mut self) {
        let worker = self.params.saved.worker();
        let revision = worker.revision();
        if self.revision == Some(revision) {
            return;
        }
        let session = worker.session();
        let kept: Vec<IdeaId> = session.ideas().iter().filter(|idea| idea.kept).map(|idea| idea.id).collect();
        let prints = session.ideas().iter().filter(|idea| idea.kept).map(print).collect();
        let recovery = self.params.saved.recovery();
        let has_new = kept.iter().any(|id| !recovery.came_with_project(*id));
        let changed = (has_new && kept != self.written).then(|| session.clone());
        drop(session);
        self.revision = Some(revision);
        match changed.map(|session| self.record.write(&session, now_s())) {
            Some(Ok(())) => self.written = kept,
            Some(Err(error)) => {
                log::note(&format!("Kept ideas could not be put by for recovery: {error}."));
                // What others have left of them must stay.
                return;
            }
            None if !has_new && !self.written.is_empty() => {
                self.record.remove();
                self.written.clear();
            }
            None => {}
        }
        open_prints().insert(self.instance, prints);
    }

    fn carry_out(&mut self, answer: Answer) {
        match answer {
            Answer::Later => self.is_later = true,
            Answer::Discard => self.orphans.drain(..).for_each(Orphan::remove),
            Answer::Restore => {
                let known = known_prints();
                for orphan in &self.orphans {
                    self.restore(orphan.ideas(), &known);
                }
                self.params.saved.worker().touch();
                // They are put by for this session before they go for the old one.
                self.follow_session();
                if !self.written.is_empty() {
                    self.orphans.drain(..).for_each(Orphan::remove);
                }
            }
        }
    }

    /// Adds those of `ideas` that no open project holds to the session.
    fn restore(&self, ideas: &[Idea], known: &HashSet<Print>) {
        let mut session = self.params.saved.worker().session();
        let mut numbers = HashMap::new();
        for idea in ideas.iter().filter(|idea| !known.contains(&print(idea))) {
            let id = session.next_id();
            numbers.insert(idea.id, id);
            let parent = idea.parent.and_then(|parent| numbers.get(&parent).copied());
            session.add(Idea { id, parent, kept: true, started_at: None, ..idea.clone() });
        }
    }

    /// Offers what is left, and deletes what open projects hold.
    fn offer(&mut self) {
        if self.orphans.is_empty() {
            return;
        }
        let known = known_prints();
        let missing =
            |orphan: &Orphan| orphan.ideas().iter().filter(|idea| !known.contains(&print(idea))).count();
        let (left, resolved) = self.orphans.drain(..).partition(|orphan| missing(orphan) > 0);
        self.orphans = left;
        let resolved: Vec<Orphan> = resolved;
        resolved.into_iter().for_each(Orphan::remove);
        let offer = self
            .orphans
            .iter()
            .map(|orphan| orphan.saved_at_s)
            .max()
            .map(|saved_at_s| Offer { ideas: self.orphans.iter().map(missing).sum(), saved_at_s });
        let recovery = self.params.saved.recovery();
        let wanted = offer.filter(|_| !self.is_later);
        if recovery.offer() != wanted {
            recovery.show(wanted);
            self.params.saved.worker().touch();
        }
    }
}

fn known_prints() -> HashSet<Print> {
    open_prints().values().flatten().copied().collect()
}

/// The music of an idea, whatever its number.
fn print(idea: &Idea) -> Print {
    let music = (&idea.length, &idea.metre, &idea.key, &idea.harmony, &idea.phrases, &idea.controls);
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(&music).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}
