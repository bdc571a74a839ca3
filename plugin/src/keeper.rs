//! Runs on a thread of its own, one an instance: it writes the log and puts kept ideas by, so that neither the audio
//! thread nor the composer, which may be busy, has to. It wakes once a second.

use crate::guard::{Place, guard};
use crate::log;
use crate::params::LinnetParams;
use crate::recovery;
use crate::recovery::watch::Watch;
use crossbeam_channel::{Receiver, Sender, select};
use linnet_handover::worker_view::{Activity, WorkerView};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Between two looks.
const PERIOD: Duration = Duration::from_secs(1);

/// The keeper's thread. Dropping it ends the instance in order, and waits for that.
pub(crate) struct Keeper {
    ends: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    name: &'static str,
    /// What the host activated last.
    facts: String,
}

impl Keeper {
    /// Begins. None where the system gives no thread: then nothing is logged, and kept ideas are in the project only.
    pub(crate) fn start(params: &Arc<LinnetParams>, name: &'static str) -> Option<Self> {
        let (ends, ended) = crossbeam_channel::bounded(0);
        let woken = params.saved.recovery().woken();
        let params = Arc::clone(params);
        let run = move || run(&params, &ended, &woken);
        let thread = Builder::new().name("linnet keeper".into()).spawn(run).ok()?;
        Some(Self { ends: Some(ends), thread: Some(thread), name, facts: String::new() })
    }

    /// Notes what the host activated, where it is something new.
    pub(crate) fn activated(&mut self, facts: String) {
        if self.facts != facts {
            log::note(&format!("Activated: {facts}."));
            self.facts = facts;
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        log::note(&format!("Closed: {}.", self.name));
        self.ends = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was caught and is in the log.
            let _ = thread.join();
        }
    }
}

fn run(params: &Arc<LinnetParams>, ended: &Receiver<()>, woken: &Receiver<()>) {
    recovery::take_setting();
    let mut watch = recovery::folder().map(|folder| Watch::new(Arc::clone(params), &folder));
    let mut reporter = Reporter::new(Arc::clone(params.saved.worker()));
    loop {
        guard(Place::Keeper, || {
            reporter.step();
            watch.iter_mut().for_each(Watch::step);
        });
        guard(Place::Keeper, log::flush);
        select! {
            recv(ended) -> _ => break,
            recv(woken) -> _ => {}
            default(PERIOD) => {}
        }
    }
    guard(Place::End, || reporter.step());
    guard(Place::End, || watch.iter_mut().for_each(Watch::end));
    guard(Place::End, log::flush);
}

/// Puts into the log what the composer's engine and its failures are.
struct Reporter {
    view: Arc<WorkerView>,
    revision: Option<u64>,
    last: String,
}

impl Reporter {
    fn new(view: Arc<WorkerView>) -> Self {
        Self { view, revision: None, last: String::new() }
    }

    fn step(&mut self) {
        let revision = self.view.revision();
        if self.revision == Some(revision) {
            return;
        }
        self.revision = Some(revision);
        let Some(line) = self.line() else { return };
        if line != self.last {
            log::note(&line);
            self.last = line;
        }
    }

    fn line(&self) -> Option<String> {
        let snapshot = self.view.snapshot();
        match &snapshot.activity {
            Activity::Failed(failure) => {
                Some(format!("Cannot compose: {} {} {}", failure.title, failure.detail, failure.remedy))
            }
            Activity::Ready => {
                let models = snapshot.models.join("; ");
                Some(format!("Engine: {}. {} Models: {models}.", snapshot.engine, snapshot.engine_note))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_handover::worker_view::Failure;

    #[test]
    fn the_engine_its_models_and_each_failure_are_reported_once() {
        let view = Arc::new(WorkerView::default());
        let mut reporter = Reporter::new(Arc::clone(&view));
        assert_eq!(reporter.line(), None);
        view.snapshot().activity = Activity::Ready;
        view.snapshot().engine = "rten 0.27".to_owned();
        view.snapshot().models = vec!["lead 1 ab".to_owned(), "drums 2 cd".to_owned()];
        assert_eq!(reporter.line().as_deref(), Some("Engine: rten 0.27.  Models: lead 1 ab; drums 2 cd."));
        view.touch();
        reporter.step();
        let failure = Failure { title: "A.".into(), detail: "B.".into(), remedy: "C.".into() };
        view.snapshot().activity = Activity::Failed(failure);
        reporter.step();
        assert!(reporter.last.starts_with("Engine"), "nothing new is to be looked at before it is announced");
        view.touch();
        reporter.step();
        assert_eq!(reporter.last, "Cannot compose: A. B. C.");
    }
}
