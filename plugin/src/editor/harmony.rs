//! Runs on the main thread. Key and scale: two lists, one octave to see and choose from, and whether chords are followed.

use super::button;
use super::control::Handle;
use super::gesture;
use super::layout::Steer;
use super::paint;
use super::surface::Surface;
use super::text;
use super::theme;
use super::view::View;
use crate::params::{KEYS, LinnetParams, SCALES};
use egui::{Align2, Color32, CornerRadius, Id, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::{Key, PitchClass, Scale};

/// Semitones of the white keys, and of the black keys with the white key before them.
const WHITE: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
const BLACK: [(i32, usize); 5] = [(1, 0), (3, 1), (6, 3), (8, 4), (10, 5)];

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, steer: &Steer, view: &View, params: &LinnetParams) {
    if let Some(heading) = steer.harmony_heading {
        self::heading(surface, heading, "Harmony");
    }
    let harmony = &params.harmony;
    let found = key_in_force(view, params);
    let heard = view.worker.heard.key;
    let shown = match (harmony.key.value(), heard) {
        (0, Some(key)) => format!("Auto {}", key.spell(key.tonic)),
        (0, None) => "Auto".to_owned(),
        (place, _) => KEYS.get(place as usize).copied().unwrap_or_default().to_owned(),
    };
    let labels = KEYS.iter().map(|name| capitalised(name));
    button::list(surface, steer.key, Handle::of(&harmony.key), &shown, labels);
    let shown = match (harmony.scale.value(), heard) {
        (0, Some(key)) => format!("Auto {}", key.scale.name()),
        (0, None) => "Auto scale".to_owned(),
        (place, _) => capitalised(SCALES.get(place as usize).copied().unwrap_or_default()),
    };
    let labels = SCALES.iter().map(|name| capitalised(name));
    button::list(surface, steer.scale, Handle::of(&harmony.scale), &shown, labels);
    if let Some(area) = steer.keyboard {
        keyboard(surface, area, found, params);
    }
    let hint = "On: proposals keep to the chords heard";
    button::switch(surface, steer.follow, Handle::of(&harmony.follow_chords), "Follow chords", hint);
}

/// A heading with a line to its right.
pub(crate) fn heading(surface: &Surface<'_>, area: Rect, words: &str) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let at = area.left_center();
    let place = text::draw(painter, at, Align2::LEFT_CENTER, words, text::LABEL, theme.t3);
    paint::hline(painter, (place.right() + 6.0, area.right()), area.center().y + 1.0, 1.0, theme.hair);
}

/// The key that a proposal would be in, as far as it is known.
fn key_in_force(view: &View, params: &LinnetParams) -> Option<Key> {
    let controls = params.controls();
    let heard = view.worker.heard.key.or(view.current.as_ref().map(|idea| idea.key));
    let tonic = controls.key.or(heard.map(|key| key.tonic))?;
    let scale = controls.scale.or(heard.map(|key| key.scale)).unwrap_or(Scale::Major);
    Some(Key { tonic, scale })
}

fn capitalised(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// One octave: keys of the scale bear a dot, the tonic a larger one; a click chooses the tonic, a second one frees it.
fn keyboard(surface: &mut Surface<'_>, area: Rect, found: Option<Key>, params: &LinnetParams) {
    let theme = surface.theme;
    paint::panel(&surface.painter, area, 8.0, theme.well, Stroke::new(1.0, theme.line));
    let inside = area.shrink(4.0);
    let width = inside.width() / 7.0;
    let white = |i: usize| {
        let (left, right) = (inside.left() + i as f32 * width, inside.left() + (i + 1) as f32 * width);
        Rect::from_min_max(pos2(left + 0.5, inside.top()), pos2(right - 0.5, inside.bottom()))
    };
    let black = |after: usize| {
        let x = inside.left() + (after + 1) as f32 * width;
        Rect::from_center_size(
            pos2(x, inside.top() + inside.height() * 0.29),
            vec2(width * 0.62, inside.height() * 0.58),
        )
    };
    for (i, semitone) in WHITE.into_iter().enumerate() {
        let fill = if theme.dark { theme::mix(theme.t1, theme.well, 0.72) } else { Color32::WHITE };
        key(surface, white(i), semitone, found, params, fill);
    }
    for (semitone, after) in BLACK {
        let fill = if theme.dark { theme.win } else { theme.t2 };
        key(surface, black(after), semitone, found, params, fill);
    }
}

fn key(
    surface: &mut Surface<'_>,
    area: Rect,
    semitone: i32,
    found: Option<Key>,
    params: &LinnetParams,
    fill: Color32,
) {
    let theme = surface.theme;
    let id = Id::unique(("keyboard", semitone));
    let param = Handle::of(&params.harmony.key);
    let response = surface.ui.interact(area, id, Sense::click());
    let class = PitchClass::new(semitone);
    let is_black = BLACK.iter().any(|(black, _)| *black == semitone);
    let radius = CornerRadius { nw: 1, ne: 1, sw: 3, se: 3 };
    let fill = theme::mix(fill, theme.hover, 0.6 * surface.hover(&response));
    let edge = Stroke::new(1.0, if is_black { theme.well } else { theme.line });
    surface.painter.rect(area, radius, fill, edge, egui::StrokeKind::Inside);
    let is_tonic = found.is_some_and(|key| key.tonic == class);
    let in_scale = found.is_some_and(|key| key.scale.mask() & (1 << class.above(key.tonic)) != 0);
    let dot = pos2(area.center().x, area.bottom() - 9.0);
    let ink = if is_black && !theme.dark { theme.well } else { theme.t1 };
    if is_tonic {
        surface.painter.circle_filled(
            dot,
            4.5,
            if theme.dark || !is_black { theme.accent } else { theme.well },
        );
    } else if in_scale {
        surface.painter.circle_filled(dot, 2.2, theme::fade(ink, 0.8));
    }
    surface.hand(&response);
    let chosen = params.harmony.key.value() == semitone + 1;
    let hint = if chosen { "Click: back to auto" } else { "Click: make it the key" };
    surface.tip(&response, class.name(), hint);
    if response.clicked() {
        let place = if chosen { 0 } else { semitone + 1 };
        gesture::put(surface, param, place as f32 / (KEYS.len() - 1) as f32);
    }
}
