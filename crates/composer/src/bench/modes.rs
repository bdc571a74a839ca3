//! Runs on the caller's thread. Measures how long whole ideas of four parts take, mode by mode, as a worker makes them.

use super::{Latency, TUNE, latency};
use crate::models::Models;
use crate::worker::loader::{Loaded, ready};
use crate::{Config, NextStep, Worker};
use linnet_handover::audio_to_worker::{FromAudio, Moment};
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::{Start, ToAudio};
use linnet_handover::worker_view::Activity;
use linnet_handover::{AudioPorts, EditorPorts, connect};
use linnet_music::{Beats, Controls, Idea, IdeaId, Mode, Part, Pitch, Style, Velocity};
use std::sync::Arc;
use std::time::Instant;

/// A mode that made no idea.
#[derive(Debug, thiserror::Error)]
#[error("{mode} made no idea: {why}")]
pub struct NoIdea {
    mode: &'static str,
    why: String,
}

/// The time from asking `mode` for four bars of four parts until the idea is handed over, over `proposals` seeds, after
/// one that is not counted: four bars were heard, and where the mode begins from ideas, there are two. Fill writes its
/// inner two bars. With a `style`, networks are asked twice, with it and without.
///
/// # Errors
/// Where the mode makes no idea.
pub fn idea_latency(
    models: &Arc<Models>,
    mode: Mode,
    style: Option<Style>,
    proposals: u16,
) -> Result<Latency, NoIdea> {
    let mut bench = Bench::new(models);
    let other = bench.ask(Controls { seed: 7, ..Controls::default() })?;
    let one = bench.ask(Controls::default())?;
    let from_an_idea = mode.needs_an_idea() || mode == Mode::Groove;
    let controls = Controls {
        mode,
        style_a: style,
        style_b: style,
        morph_with: Some(other.id),
        locked_bars: [0b1001; 4],
        ..Controls::default()
    };
    let mut times = Vec::new();
    let mut notes = 0;
    for seed in 0..=proposals.max(1) {
        bench.editor.worker.session().set_current(from_an_idea.then_some(one.id));
        let begin = Instant::now();
        let idea = bench.ask(Controls { seed, ..controls })?;
        if seed > 0 {
            times.push(begin.elapsed().as_secs_f64() * 1e3);
            notes += Part::ALL.into_iter().map(|part| idea.phrase(part).notes().len()).sum::<usize>();
        }
    }
    Ok(latency(times, notes))
}

struct Bench {
    worker: Worker,
    audio: AudioPorts,
    editor: EditorPorts,
}

fn moment(position: f64) -> Moment {
    let bar_start = Beats((position / 4.0).floor() * 4.0);
    Moment { position: Beats(position), bar_start, playing: true, ..Moment::default() }
}

impl Bench {
    /// A worker that has heard four bars.
    fn new(models: &Arc<Models>) -> Self {
        let (audio, ports, editor) = connect();
        let loaded = Loaded { models: Arc::clone(models), engine_note: String::new() };
        let mut bench =
            Self { worker: Worker::with_loader(ports, Config::default(), ready(loaded)), audio, editor };
        for (onset, length, key) in TUNE {
            let (pitch, velocity) = (Pitch::new(key), Velocity::new(90));
            bench.audio.to_worker.send(FromAudio::NoteOn { pitch, velocity, channel: 0, at: moment(onset) });
            let at = moment(onset + length - 0.01);
            bench.audio.to_worker.send(FromAudio::NoteOff { pitch, channel: 0, at });
        }
        bench.rest();
        bench
    }

    fn rest(&mut self) {
        while self.worker.step() == NextStep::Continue {}
        while let Some(order) = self.audio.scores.receive() {
            if let ToAudio::Play(score) = order {
                self.audio.scores.give_back(score);
            }
        }
    }

    fn ask(&mut self, controls: Controls) -> Result<Idea, NoIdea> {
        let known = self.newest();
        let no_idea = |why: String| NoIdea { mode: controls.mode.name(), why };
        let order = Order::Ask { controls, start: Start::NextBar, at: moment(15.5) };
        self.editor.orders.send(order).map_err(|_| no_idea("the worker takes no order".into()))?;
        self.rest();
        let snapshot = self.editor.worker.snapshot();
        if let Activity::Failed(failure) = &snapshot.activity {
            return Err(no_idea(format!("{} {}", failure.title, failure.detail)));
        }
        let note = snapshot.note.clone();
        drop(snapshot);
        let newest = self.newest().filter(|newest| known != Some(*newest));
        let session = self.editor.worker.session();
        newest.and_then(|id| session.idea(id).cloned()).ok_or_else(|| no_idea(note))
    }

    fn newest(&self) -> Option<IdeaId> {
        self.editor.worker.session().ideas().last().map(|idea| idea.id)
    }
}
