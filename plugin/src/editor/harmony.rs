//! Runs on the main thread. Key and scale: two lists, and whether chords are followed.

use super::button;
use super::control::Handle;
use super::layout::Steer;
use super::paint;
use super::surface::Surface;
use super::text;
use super::view::View;
use crate::params::{KEYS, LinnetParams, SCALES};
use egui::{Align2, Rect};

/// Draws the row.
pub(crate) fn show(surface: &mut Surface<'_>, steer: &Steer, view: &View, params: &LinnetParams) {
    let harmony = &params.harmony;
    let heard = view.worker.heard.key;
    let shown = match harmony.key.value() {
        0 => "Auto".to_owned(),
        place => KEYS.get(place as usize).copied().unwrap_or_default().to_owned(),
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
    let hint = "On: proposals keep to the chords heard";
    button::switch(surface, steer.follow, Handle::of(&harmony.follow_chords), "Follow", hint);
}

/// A heading with a line to its right.
pub(crate) fn heading(surface: &Surface<'_>, area: Rect, words: &str) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let at = area.left_center();
    let place = text::draw(painter, at, Align2::LEFT_CENTER, words, text::LABEL, theme.t3);
    paint::hline(painter, (place.right() + 6.0, area.right()), area.center().y + 1.0, 1.0, theme.hair);
}

fn capitalised(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
