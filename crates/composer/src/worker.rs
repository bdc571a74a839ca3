//! Runs on the composer thread. The worker: hears, loads, composes and hands over, one small step at a time.
//!
//! [`Worker::step`] never takes long, so that a newer ask, a cancel or the end of the thread waits for no more than one
//! step of a network. It needs no thread of its own, so tests call it.

mod assembly;
mod composition;
mod copies;
mod heard_view;
pub mod loader;
mod model_state;
mod outbox;
mod parts;
mod plan;
mod playing;
mod relative;
mod request;
mod sketch;
#[cfg(test)]
pub(crate) mod stand_in;

use crate::config::Config;
use crate::listen::Listener;
use crate::originality::Originality;
use composition::{Advance, Composition, Proposal};
use heard_view::HeardView;
use linnet_handover::WorkerPorts;
use linnet_handover::audio_to_worker::{FromAudio, Moment, Receiver as FromAudioReceiver};
use linnet_handover::to_worker::{Order, Receiver as OrderReceiver};
use linnet_handover::worker_to_audio::Start;
use linnet_handover::worker_view::{Activity, Failure, Snapshot, WorkerView};
use linnet_music::{Controls, IdeaId};
use loader::{Loaded, Loader};
use model_state::ModelState;
use outbox::Outbox;
use request::Request;
use std::sync::Arc;
use std::time::Instant;

/// Messages from the audio thread that one step takes at most.
const MESSAGES_MAX: usize = 4096;
/// The least progress that is shown.
const PROGRESS_STEP: f32 = 0.05;

/// What to do after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Step again at once.
    Continue,
    /// Nothing to do until a message comes, which may be soon.
    Wait,
    /// The same, and no message has come since the step before.
    Idle,
    /// End the thread.
    End,
}

/// An ask that is not begun yet.
#[derive(Clone, Copy)]
struct Asked {
    controls: Controls,
    start: Start,
    at: Moment,
    received: Instant,
}

/// A composition under way.
struct Composing {
    asked: Asked,
    composition: Composition,
    shown: f32,
}

/// The composer of one instance.
pub struct Worker {
    from_audio: FromAudioReceiver,
    orders: OrderReceiver,
    view: Arc<WorkerView>,
    outbox: Outbox,
    config: Config,
    loader: Loader,
    models: ModelState,
    /// The index of the training set, once it is read.
    originality: Option<&'static Originality>,
    listener: Listener,
    heard_view: HeardView,
    asked: Option<Asked>,
    composing: Option<Composing>,
}

impl Worker {
    /// A worker with nothing loaded yet.
    pub fn new(ports: WorkerPorts, config: Config) -> Self {
        Self::with_loader(ports, config, Box::new(loader::begin))
    }

    /// A worker that gets its models from `loader`.
    pub fn with_loader(ports: WorkerPorts, config: Config, loader: Loader) -> Self {
        Self {
            from_audio: ports.from_audio,
            orders: ports.orders,
            view: ports.view,
            outbox: Outbox::new(ports.scores),
            config,
            loader,
            models: ModelState::Unloaded,
            originality: None,
            listener: Listener::default(),
            heard_view: HeardView::default(),
            asked: None,
            composing: None,
        }
    }

    /// Does a little of what there is to do.
    pub fn step(&mut self) -> NextStep {
        while let Ok(order) = self.orders.try_recv() {
            if order == Order::Quit {
                return NextStep::End;
            }
            self.take_order(order);
        }
        let heard = self.take_messages();
        self.outbox.flush();
        if self.load() {
            return NextStep::Continue;
        }
        if let Some(asked) = self.asked.take() {
            self.begin(asked);
        } else if self.composing.is_some() {
            self.compose();
        } else {
            let shown = self.heard_view.publish(&self.listener, &self.view, Instant::now());
            let is_idle = !heard && shown && self.outbox.is_empty();
            return if is_idle { NextStep::Idle } else { NextStep::Wait };
        }
        NextStep::Continue
    }

    /// Goes on after a panic in [`Worker::step`]: what was being composed is dropped, and the user is told.
    pub fn recover(&mut self, reason: &str) {
        self.composing = None;
        self.asked = None;
        if !self.models.is_settled() {
            self.models = ModelState::Unloaded;
        }
        self.show_activity(Activity::Failed(Failure {
            title: "The composer stumbled.".into(),
            detail: format!("An error inside Linnet: {reason}."),
            remedy: "Ask again. If it happens again, please report it with these words.".into(),
        }));
    }

    fn take_order(&mut self, order: Order) {
        match order {
            Order::Prepare => self.prepare(),
            Order::Ask { controls, start, at } => self.ask(controls, start, at),
            Order::Cancel => self.cancel(),
            Order::Play { idea, start } => self.play(idea, start),
            Order::Silence => {
                self.view.session().set_current(None);
                self.view.touch();
                self.outbox.silence();
            }
            Order::ForgetHeard => self.listener.forget(),
            Order::SessionReplaced => self.replay(),
            Order::UseRuntime(runtime) => {
                self.config.runtime = runtime;
                self.reload();
            }
            Order::UseModels(folder) => {
                self.config.models_folder = folder;
                self.reload();
            }
            // The thread ends before this is reached.
            Order::Quit => {}
        }
    }

    /// Takes what the audio thread sent; returns whether there was anything.
    fn take_messages(&mut self) -> bool {
        for number in 0..MESSAGES_MAX {
            let Some(message) = self.from_audio.receive() else { return number > 0 };
            match message {
                FromAudio::NoteOn { pitch, velocity, channel, at } => {
                    self.listener.note_on(pitch, velocity, channel, at);
                }
                FromAudio::NoteOff { pitch, channel, at } => self.listener.note_off(pitch, channel, at),
                FromAudio::Transport(at) => {
                    self.listener.transport(at);
                    self.heard_view.grow();
                }
                FromAudio::Ask { controls, start, at } => {
                    self.listener.transport(at);
                    self.ask(controls, start, at);
                }
                FromAudio::Started { idea, at, playing } if playing => {
                    self.outbox.started(&self.view, idea, at);
                }
                FromAudio::Started { .. } => {}
            }
        }
        true
    }

    /// Loads the models, if that was not tried yet.
    fn prepare(&mut self) {
        if matches!(self.models, ModelState::Unloaded) {
            self.reload();
        }
    }

    /// Loads the models anew; an ask that waits is answered by the new ones.
    fn reload(&mut self) {
        self.models = ModelState::Wanted;
        if let Some(composing) = self.composing.take() {
            self.asked.get_or_insert(composing.asked);
        }
        self.show_activity(Activity::Loading);
    }

    /// Loads a little more; returns whether there was anything to load.
    fn load(&mut self) -> bool {
        match &mut self.models {
            ModelState::Wanted => self.models = ModelState::Loading((self.loader)(&self.config)),
            ModelState::Loading(loading) => match loading.step() {
                None => {}
                Some(Ok(loaded)) => self.models = ModelState::Unindexed(loaded),
                Some(Err(failure)) => self.fail(failure),
            },
            ModelState::Unindexed(loaded) => {
                let loaded = loaded.clone();
                self.index(loaded);
            }
            ModelState::Unloaded | ModelState::Loaded(_) | ModelState::Failed(_) => return false,
        }
        true
    }

    /// Reads the index of the training set, the last step of loading.
    fn index(&mut self, loaded: Loaded) {
        match self.originality.map_or_else(Originality::built_in, Ok) {
            Ok(originality) => self.originality = Some(originality),
            Err(error) => return self.fail(composition::damaged(&error)),
        }
        self.show(|snapshot| {
            snapshot.activity = Activity::Ready;
            snapshot.engine.clone_from(&loaded.models.engine);
            snapshot.models = loaded.models.provenance();
            snapshot.engine_note.clone_from(&loaded.engine_note);
        });
        self.models = ModelState::Loaded(loaded);
    }

    fn fail(&mut self, failure: Failure) {
        self.show_activity(Activity::Failed(failure.clone()));
        self.models = ModelState::Failed(failure);
    }

    /// Takes an ask; a newer one cancels what is being composed.
    fn ask(&mut self, controls: Controls, start: Start, at: Moment) {
        self.composing = None;
        self.asked = Some(Asked { controls, start, at, received: Instant::now() });
        self.prepare();
    }

    fn cancel(&mut self) {
        let was_busy = self.asked.take().is_some() | self.composing.take().is_some();
        if was_busy && matches!(self.models, ModelState::Loaded(_)) {
            self.show_activity(Activity::Ready);
        }
    }

    /// Turns an ask into a request of this moment.
    fn begin(&mut self, asked: Asked) {
        let (models, originality) = match (&self.models, self.originality) {
            (ModelState::Loaded(loaded), Some(originality)) => (Arc::clone(&loaded.models), originality),
            (ModelState::Failed(failure), _) => {
                let failure = failure.clone();
                self.show(|snapshot| {
                    snapshot.note = format!("{} {} {}", failure.title, failure.detail, failure.remedy);
                    snapshot.activity = Activity::Failed(failure);
                });
                return;
            }
            _ => {
                self.asked = Some(asked);
                return self.prepare();
            }
        };
        let (current, other) = {
            let session = self.view.session();
            let other = asked.controls.morph_with.and_then(|id| session.idea(id).cloned());
            (session.current().cloned(), other)
        };
        let stretch = self.listener.stretch();
        let request = Request::new(asked.controls, asked.at, stretch, current.as_ref(), other.as_ref());
        match Composition::new(request, &models, originality) {
            Ok(composition) => {
                self.composing = Some(Composing { asked, composition, shown: 0.0 });
                self.show_activity(Activity::Composing { progress: 0.0 });
            }
            Err(failure) => self.show_activity(Activity::Failed(failure)),
        }
    }

    fn compose(&mut self) {
        let Some(composing) = &mut self.composing else { return };
        match composing.composition.advance() {
            Ok(Advance::Continue { progress }) => {
                if progress >= composing.shown + PROGRESS_STEP {
                    composing.shown = progress;
                    self.show_activity(Activity::Composing { progress });
                }
            }
            Ok(Advance::Done(proposal)) => {
                let asked = composing.asked;
                self.composing = None;
                self.hand_over(asked, *proposal);
            }
            Ok(Advance::Copies(run)) => {
                self.composing = None;
                self.show(|snapshot| {
                    snapshot.activity = Activity::Ready;
                    snapshot.note = format!(
                        "Every line shared {} notes or more in a row with a training piece ({}), so none is shown. \
                         Try another seed or more surprise.",
                        run.notes, run.piece
                    );
                });
            }
            Err(failure) => {
                self.composing = None;
                self.show_activity(Activity::Failed(failure));
            }
        }
    }

    fn hand_over(&mut self, asked: Asked, proposal: Proposal) {
        let mut idea = proposal.idea;
        {
            let mut session = self.view.session();
            idea.id = session.next_id();
            session.push(idea.clone());
        }
        self.outbox.play(&idea, asked.start);
        self.show(|snapshot| {
            snapshot.activity = Activity::Ready;
            snapshot.proposal_ms = asked.received.elapsed().as_secs_f32() * 1000.0;
            snapshot.note = proposal.note;
            snapshot.alternatives = proposal.alternatives.into_iter().map(Arc::new).collect();
            snapshot.latest = Some(idea.id);
        });
    }

    /// Plays an idea of the history, as it is stored.
    fn play(&mut self, id: IdeaId, start: Start) {
        let idea = {
            let mut session = self.view.session();
            session.set_current(Some(id));
            session.idea(id).cloned()
        };
        if let Some(idea) = idea {
            self.outbox.play(&idea, start);
            self.view.touch();
        }
    }

    /// Plays the current idea of a session that was loaded, where it had stood; or nothing where there is none.
    ///
    /// What was being composed belongs to the session before, and is dropped.
    fn replay(&mut self) {
        self.cancel();
        let current = self.view.session().current().cloned();
        match current {
            Some(idea) => self.outbox.play(&idea, idea.started_at.map_or(Start::NextBar, Start::At)),
            None => self.outbox.silence(),
        }
    }

    fn show_activity(&self, activity: Activity) {
        self.show(|snapshot| snapshot.activity = activity);
    }

    fn show(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.view.snapshot());
        self.view.touch();
    }
}

#[cfg(test)]
mod tests;
