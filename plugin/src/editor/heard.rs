//! Runs on the main thread. What Linnet heard, where later a prompt may stand: bars and key, and a way to forget them.

use super::button::{self, Look};
use super::icons::{self, Icon};
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::view::View;
use egui::{Align2, Id, Rect, Sense, Stroke, pos2, vec2};
use linnet_handover::worker_view::Heard;

/// Draws the field.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, view: &View) {
    let theme = surface.theme;
    paint::panel(&surface.painter, area, 6.0, theme.well, Stroke::new(1.0, theme.line));
    let heard = &view.worker.heard;
    let is_empty = heard.notes.is_empty();
    let (middle, ink) = (area.center().y, if is_empty { theme.t3 } else { theme.t1 });
    let icon_ink = if is_empty { theme.t3 } else { theme.t2 };
    icons::draw(&surface.painter, Icon::Ear, pos2(area.left() + 18.0, middle), 15.0, icon_ink);
    let room = area.width() - if is_empty { 44.0 } else { 68.0 };
    let at = pos2(area.left() + 34.0, middle);
    let words = words(heard);
    text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, &words, (text::FIELD, ink), room);
    let response = surface.ui.interact(area, Id::unique("heard"), Sense::hover());
    surface.tip(&response, &words, &hint(heard));
    if !is_empty {
        let cross = Rect::from_center_size(pos2(area.right() - 18.0, middle), vec2(22.0, 22.0));
        let (pressed, response) = button::icon(surface, "forget", cross, (Icon::Close, 11.0), Look::Bare);
        surface.tip(&response, "Forget what was heard", "The next proposal starts from nothing");
        if pressed {
            surface.ask(Deed::ForgetHeard);
        }
    }
}

fn words(heard: &Heard) -> String {
    if heard.notes.is_empty() {
        return "Listening for notes".to_owned();
    }
    let bars = heard.bars().max(1);
    let length = if bars == 1 { "1 bar".to_owned() } else { format!("{bars} bars") };
    match heard.key {
        Some(key) => format!("{key}, {length}"),
        None => format!("{length}, no key yet"),
    }
}

fn hint(heard: &Heard) -> String {
    match (heard.notes.len(), heard.key) {
        (0, _) => "Play on a MIDI track that reaches Linnet".to_owned(),
        (notes, Some(_)) => {
            format!("{notes} notes heard, key {:.0} % sure", heard.key_confidence.clamp(0.0, 1.0) * 100.0)
        }
        (notes, None) => format!("{notes} notes heard"),
    }
}
