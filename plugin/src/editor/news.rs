//! Runs on the main thread. What has happened since the last frame, and what the user must be told of it.

use super::message::{Action, Message};
use super::surface::Deed;
use super::{Alternatives, Editor, LIGHT_S, control, own_instrument, own_preset, pieces, undo};
use crate::recovery::{Answer, Offer};
use crate::{date, log, report};
use linnet_handover::EditorPorts;
use linnet_handover::worker_view::Activity;
use nice_plug::context::gui::GuiContext;

impl Editor {
    /// Reads the handover, and tells the host when the session changed.
    pub(super) fn take_news(&mut self, ports: &mut EditorPorts, host: &GuiContext, now: f64) {
        let was_stopped = self.view.now.is_stopped;
        let changed = self.view.update(ports);
        self.last_seed.get_or_insert(self.params.propose.seed.value() as u16);
        let rate = self.view.now.sample_rate_hz;
        self.levels.update(&ports.audio, now);
        self.spectrum.update(&mut ports.spectrum, rate, now);
        if self.view.now.notes_in != self.notes_in {
            self.notes_in = self.view.now.notes_in;
            self.lit_until = now + LIGHT_S;
        }
        if changed {
            self.follow_session(host);
        }
        self.take_presets(host);
        self.take_kits();
        let offer = self.params.saved.recovery().offer();
        let has_offer = offer.is_some() && self.offer != offer;
        self.offer = offer;
        let asks = own_instrument::message(self.params.saved.instruments(), &self.own_instrument).is_some()
            || own_preset::message(&self.params, &self.own_preset).is_some();
        let has_new = !std::mem::replace(&mut self.own_instrument.asks, asks) && asks;
        self.pages.message |= has_new || has_offer || (self.view.now.is_stopped && !was_stopped);
    }

    fn follow_session(&mut self, host: &GuiContext) {
        let current = self.view.current_id();
        if self.expected.is_none_or(|expected| current == Some(expected)) {
            if self.is_known && self.expected.is_none() {
                // A step that changes nothing is not remembered.
                self.desk.undo.push(undo::Step::Choose { before: self.known_current, after: current });
            }
            self.expected = None;
            self.known_current = current;
            self.is_known = true;
        }
        let latest = self.view.worker.latest;
        if self.alternatives.latest != latest {
            self.alternatives = Alternatives { latest, made: [latest, None, None] };
        }
        self.view.alternative =
            current.and_then(|id| self.alternatives.made.iter().position(|made| *made == Some(id)));
        let kept = self.view.cards.iter().filter(|card| card.is_kept).count();
        let ideas = Some((self.view.cards.last().map(|card| card.id), self.view.cards.len(), kept));
        if self.saved_ideas.is_some() && self.saved_ideas != ideas {
            self.mark_modified(host);
        }
        self.saved_ideas = ideas;
        let failure = match &self.view.worker.activity {
            Activity::Failed(failure) => Some(failure.clone()),
            _ => None,
        };
        if failure != self.failure {
            self.pages.message = true;
            self.failure = failure;
        }
    }

    /// Tells the host that the project has changed.
    pub(super) fn mark_modified(&self, host: &GuiContext) {
        let revision = control::Handle::of(&self.params.revision);
        let next = (self.params.revision.value() + 1) % 65_536;
        revision.put(host, revision.normalized(next as f32));
    }

    /// The gravest thing that the user must be told, where there is one.
    pub(super) fn message(&self, host: &GuiContext) -> Option<Message> {
        if self.view.now.is_stopped {
            return Some(self.stopped(host));
        }
        if let Some(failure) = &self.failure {
            return Some(Message::of(failure));
        }
        let own = || own_instrument::message(self.params.saved.instruments(), &self.own_instrument);
        let preset = || own_preset::message(&self.params, &self.own_preset);
        let kit = || pieces::own::message(&self.kits);
        self.offer.map(offered).or_else(own).or_else(preset).or_else(kit)
    }

    /// The sound stopped at a defect.
    fn stopped(&self, host: &GuiContext) -> Message {
        let report = report::text(&self.report(host));
        Message {
            title: "The sound has stopped".to_owned(),
            detail: format!(
                "An error inside Linnet: {}.",
                log::last_panic().as_deref().unwrap_or("the log says which")
            ),
            remedy:
                "Ideas are safe. Save the project, then reload Linnet. Please report it: Copy report takes \
                     what is needed, and the log has more."
                    .to_owned(),
            actions: vec![
                Action::new("Copy report", 96.0, Deed::CopyText(report)),
                Action::new("Open log folder", 112.0, Deed::OpenLog),
            ],
            close: Deed::ShowMessage(false),
            hint: "Esc; the status line opens it again",
        }
    }

    /// The lines of the page About.
    pub(super) fn report(&self, host: &GuiContext) -> Vec<report::Line> {
        report::lines(&report::Facts {
            kind: self.params.kind,
            format: &host.plugin_api().to_string(),
            sample_rate_hz: self.view.now.sample_rate_hz,
            dropped: self.view.now.dropped,
            is_stopped: self.view.now.is_stopped,
            worker: &self.view.worker,
        })
    }
}

/// A session ended unexpectedly.
fn offered(offer: Offer) -> Message {
    let (ideas, them) = match offer.ideas {
        1 => ("1 kept idea was".to_owned(), "it"),
        n => (format!("{n} kept ideas were"), "them"),
    };
    Message {
        title: format!("{ideas} saved from a crash"),
        detail: format!("A session ended unexpectedly on {}.", date::in_words(offer.saved_at_s)),
        remedy: format!("Restore adds {them} to this history, as kept. Discard deletes {them}."),
        actions: vec![
            Action::new("Restore", 74.0, Deed::Recover(Answer::Restore)),
            Action::new("Not now", 74.0, Deed::Recover(Answer::Later)),
            Action::new("Discard", 74.0, Deed::Recover(Answer::Discard)),
        ],
        close: Deed::Recover(Answer::Later),
        hint: "Esc; it is offered again at the next start",
    }
}
