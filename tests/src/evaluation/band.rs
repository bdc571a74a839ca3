//! The plug-in's composing without a host: a worker with its queues, played into and asked as the plug-in does.

use linnet_composer::config::Config;
use linnet_composer::worker::loader::{Loaded, ready};
use linnet_composer::worker::{NextStep, Worker};
use linnet_handover::audio_to_worker::{FromAudio, Moment};
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::Start;
use linnet_handover::worker_view::Activity;
use linnet_handover::{AudioPorts, EditorPorts, connect};
use linnet_music::{Beats, Controls, Idea, IdeaId, Note, Session, Tempo, TimeSignature};
use std::sync::Arc;

/// Messages that are sent before the worker takes them.
const MESSAGES_MAX: usize = 1000;

/// One instance of the composer.
pub struct Band {
    worker: Worker,
    audio: AudioPorts,
    editor: EditorPorts,
}

/// What the plug-in is asked, and in which circumstances.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The host's metre and tempo.
    pub metre: TimeSignature,
    /// See `metre`.
    pub tempo: Tempo,
    /// What is played before, with MIDI channels, from a bar line on.
    pub heard: Vec<(u8, Note)>,
    /// How many bars of it.
    pub heard_bars: usize,
    /// The ideas of the session; the first is current.
    pub ideas: Vec<Idea>,
    /// The steering.
    pub controls: Controls,
}

/// What it proposed.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The idea.
    pub idea: Idea,
    /// What else it would have proposed, best first.
    pub alternatives: Vec<Arc<Idea>>,
}

impl Band {
    /// An instance with `loaded` models.
    pub fn new(loaded: &Loaded) -> Self {
        let (audio, worker, editor) = connect();
        let loader = ready(loaded.clone());
        Self { worker: Worker::with_loader(worker, Config::default(), loader), audio, editor }
    }

    /// Forgets what was heard and proposed.
    pub fn reset(&mut self) {
        self.order(Order::ForgetHeard);
        *self.editor.worker.session() = Session::default();
        self.rest();
    }

    /// Plays, sets the session up, asks, and waits for the answer; or says in the plug-in's words why there is none.
    ///
    /// # Errors
    /// The plug-in's own words.
    pub fn ask(&mut self, ask: &Ask) -> Result<Answer, String> {
        self.hear(ask);
        {
            let mut session = self.editor.worker.session();
            *session = Session::default();
            for idea in &ask.ideas {
                session.add(idea.clone());
            }
            session.set_current(ask.ideas.first().map(|idea| idea.id));
        }
        let before = self.newest();
        let at = moment(ask, ask.heard_bars as f64 * ask.metre.bar().0);
        self.order(Order::Ask { controls: ask.controls, start: Start::NextBar, at });
        self.rest();
        while self.audio.scores.receive().is_some() {}
        let snapshot = self.editor.worker.snapshot();
        if let Activity::Failed(failure) = &snapshot.activity {
            return Err(format!("{} {}", failure.title, failure.detail));
        }
        let idea = self.editor.worker.session().ideas().last().cloned();
        match idea.filter(|idea| Some(idea.id) != before) {
            Some(idea) => Ok(Answer { idea, alternatives: snapshot.alternatives.clone() }),
            None => Err(snapshot.note.clone()),
        }
    }

    fn newest(&self) -> Option<IdeaId> {
        self.editor.worker.session().ideas().last().map(|idea| idea.id)
    }

    fn hear(&mut self, ask: &Ask) {
        self.order(Order::ForgetHeard);
        self.rest();
        // At one moment a note ends before a bar begins, and the bar before its first note.
        let mut messages: Vec<(f64, u8, FromAudio)> = Vec::new();
        for bar in 0..ask.heard_bars {
            let at = bar as f64 * ask.metre.bar().0;
            messages.push((at, 1, FromAudio::Transport(moment(ask, at))));
        }
        for (channel, note) in &ask.heard {
            let (pitch, velocity, channel) = (note.pitch, note.velocity, *channel);
            let (on, off) = (note.onset.0, note.end().0);
            messages.push((on, 2, FromAudio::NoteOn { pitch, velocity, channel, at: moment(ask, on) }));
            messages.push((off, 0, FromAudio::NoteOff { pitch, channel, at: moment(ask, off) }));
        }
        messages.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (count, (_, _, message)) in messages.into_iter().enumerate() {
            self.audio.to_worker.send(message);
            if count % MESSAGES_MAX == 0 {
                self.rest();
            }
        }
        self.rest();
    }

    fn order(&mut self, order: Order) {
        // The worker, which holds the other end, lives as long as this.
        let _ = self.editor.orders.send(order);
    }

    fn rest(&mut self) {
        while self.worker.step() == NextStep::Continue {}
    }
}

fn moment(ask: &Ask, position: f64) -> Moment {
    let bar = ask.metre.bar().0;
    Moment {
        position: Beats(position),
        bar_start: Beats((position / bar + 1e-9).floor() * bar),
        tempo: ask.tempo,
        metre: ask.metre,
        playing: true,
    }
}
