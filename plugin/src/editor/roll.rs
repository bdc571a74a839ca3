//! Runs on the main thread. The well: tools, harmony, ruler, lanes, playhead, history, actions.

use super::actions::Exported;
use super::lane::{self, Content};
use super::layout::{Layout, Roll};
use super::locks::Locks;
use super::paint;
use super::roll_axis::Axis;
use super::surface::Surface;
use super::text;
use super::view::{View, bar_number};
use super::{Pages, actions, chord_row, history, icons, playhead, ruler, toolbar};
use crate::PluginKind;
use crate::params::LinnetParams;
use egui::{Align2, Rect, Stroke, pos2, vec2};
use linnet_music::{Beats, ChordSpan, Mode, Note, Part};

/// Draws the well and everything in it.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    all: &Layout,
    view: &View,
    params: &LinnetParams,
    (pages, scroll): (&Pages, &mut history::Scroll),
    exported: &Exported,
) {
    let roll = &all.roll;
    paint::panel(&surface.painter, roll.well, 8.0, surface.theme.well, Stroke::NONE);
    let (length, metre) = view.roll_length();
    let axis = Axis::new(roll.ruler, view.roll_start(), length, metre);
    toolbar::show(surface, roll.tools, view, pages);
    chord_row::show(surface, roll.chord_row, &axis, &chords(view, &axis), view.key());
    let locks = Locks::of(params);
    ruler::show(surface, roll.ruler, &axis, view.current.as_ref().map(|_| locks));
    lanes(surface, roll, &axis, view, params, pages);
    if view.current.is_none() {
        empty(surface, roll, view);
    }
    playhead::show(surface, roll.ruler, roll.lanes[3].bottom(), &axis, view);
    if view.now.is_offline {
        offline_pill(surface, roll, view);
    }
    let marks =
        history::Marks { other: params.saved.marks().morph_with(), is_morph: params.mode() == Mode::Morph };
    history::show(surface, roll, (view, marks), scroll, all.compact);
    let recorder = (params.kind == PluginKind::Instrument).then(|| params.saved.recorder().standing());
    actions::show(surface, roll, view, exported, recorder);
}

/// The idea's harmony, or the chords heard so far.
fn chords(view: &View, axis: &Axis) -> Vec<ChordSpan> {
    if let Some(idea) = &view.current {
        return idea.harmony.clone();
    }
    let heard = &view.worker.heard;
    let shift = heard.start.0 - axis.start_beats;
    let moved = heard.chords.iter().map(|span| ChordSpan { onset: Beats(span.onset.0 + shift), ..*span });
    moved.filter(|span| span.onset.0 + span.length.0 > 0.0).collect()
}

/// The heard notes as the roll shows them: where they were played, or their last bars behind the proposal.
fn heard_notes(view: &View, axis: &Axis) -> Vec<Note> {
    let heard = &view.worker.heard;
    let shift = if view.current.is_none() {
        heard.start.0 - axis.start_beats
    } else {
        let bar = heard.metre.bar().0;
        let bars = (axis.length_beats / bar).round().max(1.0);
        -(heard.length.0 - bars * bar).max(0.0)
    };
    let moved = heard.notes.iter().map(|note| Note { onset: Beats(note.onset.0 + shift), ..*note });
    moved.filter(|note| note.onset.0 >= 0.0 && note.onset.0 < axis.length_beats).collect()
}

fn lanes(
    surface: &mut Surface<'_>,
    roll: &Roll,
    axis: &Axis,
    view: &View,
    params: &LinnetParams,
    pages: &Pages,
) {
    let theme = surface.theme;
    let is_listening = view.current.is_none();
    let heard = if pages.shows_heard || is_listening { heard_notes(view, axis) } else { Vec::new() };
    let chords = chords(view, axis);
    let locks = if is_listening { whole(params) } else { Locks::of(params) };
    let count = if is_listening { 0 } else { axis.whole_bars() };
    let bars = (count, bar_number(axis.start_beats, axis.metre));
    for part in Part::ALL {
        let i = part.index();
        let notes = view.current.as_ref().map_or(&[][..], |idea| idea.phrase(part).notes());
        let heard = if part == Part::Lead { &heard[..] } else { &[] };
        let content = Content { part, notes, heard, is_listening, chords: &chords, locks };
        lane::show(surface, roll.lanes[i], axis, content);
        lane::padlocks(surface, roll.lanes[i], axis, part, locks);
        if !is_listening {
            lane::answer(surface, roll.lanes[i], axis, part, locks);
        }
        lane::gutter(surface, roll.gutters[i], part, params, (pages.tall_lane, bars));
    }
    let (left, right) = (roll.well.left(), roll.well.right());
    for lane in &roll.lanes {
        paint::hline(&surface.painter, (left, right), lane.top(), 1.0, theme.line);
    }
    paint::hline(&surface.painter, (left, right), roll.lanes[3].bottom(), 1.0, theme.line);
}

/// Without an idea there are no bars to lock.
fn whole(params: &LinnetParams) -> Locks {
    Locks { bars: [0; 4], ..Locks::of(params) }
}

const LISTENING: [&str; 1] = ["Chords, bass and drums wait for a proposal."];
const FIRST: [&str; 2] =
    ["Linnet listens for key, chords and groove,", "then offers bars that start on your next bar."];

/// The sentence in an empty roll.
fn empty(surface: &Surface<'_>, roll: &Roll, view: &View) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let is_listening = !view.worker.heard.notes.is_empty();
    let centre = roll.lanes[1].center();
    let (title, style, lines) = if is_listening {
        ("What you play appears above.", text::TITLE, &LISTENING[..])
    } else {
        ("Play something, or just press Propose.", text::PROPOSE, &FIRST[..])
    };
    let top = centre.y - 8.0 * lines.len() as f32;
    let line = |y: f32, words: &str, style, ink| {
        let width = text::width(painter, words, style) + 16.0;
        // The grid must not run through the words.
        painter.rect_filled(Rect::from_center_size(pos2(centre.x, y), vec2(width, 18.0)), 0.0, theme.well);
        text::draw(painter, pos2(centre.x, y), Align2::CENTER_CENTER, words, style, ink);
    };
    line(top, title, style, theme.t1);
    for (i, words) in lines.iter().enumerate() {
        line(top + 19.0 + 16.0 * i as f32, words, text::BODY, theme.t2);
    }
}

fn offline_pill(surface: &Surface<'_>, roll: &Roll, view: &View) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let kept = view.current.as_ref().is_some_and(|idea| idea.kept && idea.id.0 == view.now.idea);
    let words = match view.now.idea {
        0 => "Rendering".to_owned(),
        idea if kept => format!("Rendering kept idea {idea}"),
        idea => format!("Rendering idea {idea}"),
    };
    let width = text::width(painter, &words, text::LABEL_CHOSEN) + 40.0;
    let area = Rect::from_min_size(roll.lanes[0].min + vec2(12.0, 8.0), vec2(width, 24.0));
    painter.rect_filled(area, 12.0, theme.t1);
    icons::draw(painter, icons::Icon::Clock, pos2(area.left() + 15.0, area.center().y), 13.0, theme.win);
    let at = pos2(area.left() + 27.0, area.center().y);
    text::draw(painter, at, Align2::LEFT_CENTER, &words, text::LABEL_CHOSEN, theme.win);
}
