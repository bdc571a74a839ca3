//! Runs on the main thread. The status line: what Linnet is doing, in a sentence.

use super::icons::{self, Icon};
use super::locks::Locks;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::view::{View, bar_number};
use crate::PluginKind;
use crate::params::LinnetParams;
use egui::{Align2, Id, Rect, Sense, pos2, vec2};
use linnet_handover::worker_view::Activity;
use linnet_music::{Key, Mode, Part};

/// A sentence and what stands before it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) icon: Icon,
    pub(crate) sentence: String,
}

fn status(icon: Icon, sentence: impl Into<String>) -> Status {
    Status { icon, sentence: sentence.into() }
}

/// What Linnet is doing. `compact` shortens it.
pub(crate) fn of(view: &View, params: &LinnetParams, compact: bool) -> Status {
    let now = &view.now;
    if now.is_stopped {
        let sentence =
            "The sound stopped at an error inside Linnet. Ideas are safe: save, then reload the plug-in.";
        return status(Icon::Warning, sentence);
    }
    if now.is_offline {
        return offline(view);
    }
    match &view.worker.activity {
        Activity::Failed(failure) => {
            let title = failure.title.trim_end_matches('.');
            let lowered = lower_first(title);
            return status(
                Icon::Warning,
                format!("Cannot compose: {lowered}. Sound, editing and kept ideas go on."),
            );
        }
        Activity::Composing { .. } => return composing(view),
        Activity::Loading if view.current.is_none() => return status(Icon::Clock, "Reading the models."),
        _ => {}
    }
    let pending = (now.next_idea != 0 && now.next_idea != now.idea).then_some(now.next_idea);
    if let Some(next) = pending {
        let bar = bar_number(now.next_start, now.metre);
        let old = if now.idea == 0 { String::new() } else { format!(" Idea {} plays on.", now.idea) };
        return status(Icon::Clock, format!("Idea {next} starts at bar {bar}.{old}"));
    }
    if let Some(advice) = advice(view, params) {
        return status(Icon::Ear, advice);
    }
    match &view.current {
        Some(_) => with_idea(view, params, compact),
        None => without_idea(view),
    }
}

fn offline(view: &View) -> Status {
    let idea = view.now.idea;
    let sentence = match (idea, view.current.as_ref().filter(|current| current.id.0 == idea)) {
        (0, _) => "Offline render: no idea plays. Nothing new is composed.".to_owned(),
        (_, Some(current)) if current.kept => {
            format!("Offline render: kept idea {idea} plays note for note. Nothing new is composed.")
        }
        _ => format!("Offline render: idea {idea} plays note for note. Nothing new is composed."),
    };
    status(Icon::Clock, sentence)
}

fn composing(view: &View) -> Status {
    let heard = &view.worker.heard;
    let now = &view.now;
    let before = match (heard.bars(), heard.key) {
        (0, _) => String::new(),
        (bars, Some(key)) => format!("Heard {} in {key}. ", bars_in_words(bars)),
        (bars, None) => format!("Heard {}. ", bars_in_words(bars)),
    };
    let start = if now.is_playing && now.next_start > now.position {
        format!(": starts at bar {}", bar_number(now.next_start, now.metre))
    } else {
        String::new()
    };
    let old = if now.idea == 0 || !now.is_moving() {
        String::new()
    } else {
        format!(" Idea {} plays on.", now.idea)
    };
    status(Icon::Wave, format!("{before}Composing{start}.{old}"))
}

/// What the mode still needs from the user.
fn advice(view: &View, params: &LinnetParams) -> Option<String> {
    let mode = params.mode();
    let Some(idea) = &view.current else {
        let name = mode.name();
        let needs =
            format!("{name} begins from an idea. Continue or Invent one, or choose one in the history.");
        return mode.needs_an_idea().then_some(needs);
    };
    match mode {
        Mode::Morph => {
            let other = params.saved.marks().morph_with();
            match other.filter(|id| view.cards.iter().any(|card| card.id == *id)) {
                None => Some("Morph needs a second idea: Ctrl-click one in the history.".to_owned()),
                Some(id) if id == idea.id => {
                    Some(format!("Morph needs two ideas, and idea {} is both: play another one.", id.0))
                }
                Some(_) => None,
            }
        }
        Mode::Fill => {
            let (held, all) = Locks::of(params).held(idea.bars().max(1) as usize);
            match held {
                0 => Some(
                    "Fill keeps what is locked, and nothing is: click a bar’s number or a part’s padlock."
                        .to_owned(),
                ),
                held if held == all => Some("Fill has nothing to write: free a bar or a part.".to_owned()),
                _ => None,
            }
        }
        _ => None,
    }
}

fn with_idea(view: &View, params: &LinnetParams, compact: bool) -> Status {
    let Some(idea) = &view.current else { return without_idea(view) };
    let number = idea.id.0;
    if view.current_sounds() {
        if params.kind == PluginKind::Notes {
            return status(Icon::Play, midi_sentence(number, params));
        }
        if compact {
            return status(Icon::Play, format!("Playing idea {number}. It loops until you ask again."));
        }
        let first = bar_number(view.roll_start(), idea.metre);
        let last = first + i64::from(idea.bars()).max(1) - 1;
        let range = if first == last { format!("bar {first}") } else { format!("bars {first} to {last}") };
        return status(Icon::Play, format!("Playing idea {number}, {range}. It loops until you ask again."));
    }
    if idea.kept {
        return status(
            Icon::Check,
            format!("Kept idea {number}. It is saved with the project and replays exactly, offline too."),
        );
    }
    if !view.worker.note.is_empty() {
        return status(Icon::Clock, view.worker.note.clone());
    }
    status(Icon::Clock, format!("Idea {number} is ready. Start the transport, or press Audition to hear it."))
}

fn midi_sentence(number: u32, params: &LinnetParams) -> String {
    let channels = Part::ALL.map(|part| (part.name().to_lowercase(), params.midi_channel(part)));
    let sent: Vec<String> = channels
        .iter()
        .filter(|(_, channel)| *channel > 0)
        .map(|(name, channel)| format!("{name} {channel}"))
        .collect();
    if sent.is_empty() {
        return format!("Playing idea {number}, but every part's MIDI channel is off.");
    }
    format!("Playing idea {number} to MIDI out: {}.", sent.join(", "))
}

fn without_idea(view: &View) -> Status {
    let heard = &view.worker.heard;
    let bars = heard.bars();
    if heard.notes.is_empty() || bars == 0 {
        return status(
            Icon::Ear,
            "Nothing heard yet. Play something, or press Propose to start from nothing.",
        );
    }
    let key = heard.key.map_or_else(|| "no key yet".to_owned(), |key| format!("{key} so far"));
    let next = bar_number(heard.start.0 + heard.length.0, heard.metre);
    let answer = if view.now.is_playing {
        format!("Propose answers from bar {next}.")
    } else {
        "Propose answers it.".to_owned()
    };
    status(Icon::Ear, format!("Listening: {} heard, {key}. {answer}", bars_in_words(bars)))
}

fn bars_in_words(bars: u32) -> String {
    if bars == 1 { "1 bar".to_owned() } else { format!("{bars} bars") }
}

fn lower_first(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

/// The three facts on the right: the key, tempo and metre, the engine.
fn facts(view: &View, params: &LinnetParams, compact: bool) -> Vec<String> {
    let controls = params.controls();
    let heard = view.worker.heard.key;
    let key = match (controls.key, controls.scale, heard) {
        (Some(tonic), Some(scale), _) => Key { tonic, scale }.to_string(),
        (Some(tonic), None, _) => tonic.name().to_owned(),
        (None, Some(scale), _) => format!("any {}", scale.name()),
        (None, None, Some(key)) if compact => key.to_string(),
        (None, None, Some(key)) => format!("{key}, heard"),
        (None, None, None) => {
            view.current.as_ref().map_or_else(|| "no key yet".to_owned(), |idea| idea.key.to_string())
        }
    };
    let now = &view.now;
    let tempo = if now.tempo_bpm >= 1.0 {
        format!("{} bpm  {}", tempo_text(now.tempo_bpm), now.metre)
    } else {
        now.metre.to_string()
    };
    let engine = match &view.worker.activity {
        Activity::Asleep => "engine asleep",
        Activity::Loading => "reading models",
        Activity::Failed(_) => "no model",
        Activity::Ready | Activity::Composing { .. } => "engine ready",
    };
    if compact { vec![key, tempo] } else { vec![key, tempo, engine.to_owned()] }
}

fn tempo_text(bpm: f64) -> String {
    let rounded = (bpm * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// Draws the line.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, view: &View, params: &LinnetParams, compact: bool) {
    let theme = surface.theme;
    paint::hline(&surface.painter, (area.left(), area.right()), area.top(), 1.0, theme.hair);
    let facts = facts(view, params, compact);
    let mut right = area.right() - 16.0;
    let middle = area.center().y;
    for (i, fact) in facts.iter().enumerate().rev() {
        let place = text::draw(
            &surface.painter,
            pos2(right, middle),
            Align2::RIGHT_CENTER,
            fact,
            text::LABEL,
            theme.t2,
        );
        right = place.left() - 12.0;
        if i > 0 {
            paint::vline(&surface.painter, right, (middle - 7.0, middle + 7.0), 1.0, theme.line);
            right -= 12.0;
        }
    }
    let status = of(view, params, compact);
    let is_failure = status.icon == Icon::Warning;
    let colour = if is_failure { theme.accent } else { theme.t1 };
    icons::draw(&surface.painter, status.icon, pos2(area.left() + 24.0, middle), 14.0, colour);
    let room = right - area.left() - 56.0;
    let at = pos2(area.left() + 40.0, middle);
    let was_cut = text::draw_within(
        &surface.painter,
        at,
        Align2::LEFT_CENTER,
        &status.sentence,
        (text::STRONG, theme.t1),
        room,
    );
    let place = Rect::from_min_size(pos2(area.left() + 8.0, area.top() + 1.0), vec2(room + 40.0, 30.0));
    let response = surface.ui.interact(place, Id::unique("status"), Sense::click());
    if was_cut {
        surface.tip(&response, &status.sentence, "");
    }
    if is_failure {
        surface.hand(&response);
        if response.clicked() {
            surface.ask(Deed::ShowMessage(true));
        }
    }
}

#[cfg(test)]
mod tests;
