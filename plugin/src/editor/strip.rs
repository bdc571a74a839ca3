//! Runs on the main thread. One part's strip: its sound, level, pan, width, low cut and sends, solo and mute, in line with
//! its lane.

use super::button;
use super::control::Handle;
use super::effects;
use super::gesture;
use super::knob;
use super::lane;
use super::paint;
use super::pieces;
use super::slider;
use super::sounds;
use super::surface::Surface;
use super::text;
use super::theme;
use crate::instruments::PartFile;
use crate::params::LinnetParams;
use egui::{Align2, Color32, Id, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::Part;

/// Where the level lies, and the middles of the knobs.
const LEVEL: [f32; 2] = [14.0, 82.0];
const PAN: f32 = 101.0;
const WIDTH: f32 = 129.0;
const LOW_CUT: f32 = 162.0;
const SEND: f32 = 198.0;

/// The headings above the strips.
pub(crate) fn labels(surface: &Surface<'_>, area: Rect) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let y = area.center().y;
    let send = surface.desk.effect.name();
    let words = [
        (f32::midpoint(LEVEL[0], LEVEL[1]), "Level dB"),
        (PAN, "Pan"),
        (WIDTH, "Width"),
        (LOW_CUT, "Low cut"),
        (SEND, send),
    ];
    for (x, words) in words {
        text::draw(painter, pos2(area.left() + x, y), Align2::CENTER_CENTER, words, text::SCALE, theme.t2);
    }
}

/// Draws the strip of `part`.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, part: Part, params: &LinnetParams, own: &PartFile) {
    let theme = surface.theme;
    let strip = &params.parts[part.index()];
    paint::hline(&surface.painter, (area.left(), area.right()), area.top(), 1.0, theme.line);
    let row = area.top() + 14.0;
    on_off(surface, pos2(area.left() + 4.0, row), part, Handle::of(&strip.on));
    let has_pieces = part == Part::Drums;
    let room = if has_pieces { 130.0 } else { 154.0 };
    let chooser = Rect::from_min_size(pos2(area.left() + 10.0, row - 11.0), vec2(room, 22.0));
    sounds::show(surface, chooser, part, params, own);
    if has_pieces {
        let place = Rect::from_min_size(pos2(chooser.right() + 2.0, row - 10.0), vec2(22.0, 20.0));
        pieces::button(surface, place);
    }
    let small = |right: f32| Rect::from_min_size(pos2(area.right() - right, row - 10.0), vec2(20.0, 20.0));
    letter(surface, small(46.0), Handle::of(&strip.solo), "S", "Solo: the parts without it are silent");
    letter(surface, small(21.0), Handle::of(&strip.mute), "M", "Mute: silent, in sound and MIDI out");
    let middle = row + (area.height() - 28.0).clamp(24.0, 27.0);
    let knobs = middle - if area.height() < 62.0 { 6.0 } else { 5.0 };
    let [left, right] = LEVEL.map(|x| area.left() + x);
    let track = Rect::from_min_max(pos2(left, knobs - 3.0), pos2(right, knobs + 3.0));
    let hue =
        if part == Part::Drums { theme::mix(theme.part(part), theme.well, 0.12) } else { theme.part(part) };
    slider::show(surface, track, Handle::of(&strip.level_db), hue);
    let send = Handle::of(effects::send(surface, strip));
    for (x, param, is_bipolar) in [
        (PAN, Handle::of(&strip.pan), true),
        (WIDTH, Handle::of(&strip.width), true),
        (LOW_CUT, Handle::of(&strip.low_cut), false),
        (SEND, send, false),
    ] {
        knob::small(surface, pos2(area.left() + x, knobs), param, is_bipolar);
    }
    if !strip.on.value() {
        let veil = area.with_min_y(area.top() + 1.0).with_min_x(area.left() + 11.0);
        surface.painter.rect_filled(veil, 0.0, theme::fade(theme.win, 0.6));
    }
}

/// The swatch switches the part on and off.
fn on_off(surface: &mut Surface<'_>, centre: egui::Pos2, part: Part, param: Handle) {
    let id = Id::unique(("part on", param));
    let area = Rect::from_center_size(centre, vec2(18.0, 20.0));
    let response = surface.control(id, area, Sense::click());
    if param.is_on() {
        lane::swatch(&surface.painter, centre, part, surface.theme);
    } else {
        let ring = Rect::from_center_size(centre, vec2(9.0, 9.0));
        paint::panel(&surface.painter, ring, 2.0, Color32::TRANSPARENT, Stroke::new(1.0, surface.theme.t3));
    }
    surface.hand(&response);
    surface.ring(id, area, 3.0);
    let title = format!("{}: {}", part.name(), if param.is_on() { "on" } else { "off" });
    surface.tip(&response, &title, "Off: neither proposed nor played");
    if surface.activated(id, &response) {
        gesture::toggle(surface, param);
    }
}

/// A switch that one letter names.
pub(crate) fn letter(surface: &mut Surface<'_>, area: Rect, param: Handle, word: &str, hint: &str) {
    let id = Id::unique(("letter", param));
    let look = if param.is_on() { button::Look::Chosen } else { button::Look::Raised };
    let (response, ink) = button::ground(surface, id, area, look, 4.0);
    let (style, ink) =
        if param.is_on() { (text::LABEL_CHOSEN, ink) } else { (text::LABEL_STRONG, surface.theme.t2) };
    text::draw(&surface.painter, area.center(), Align2::CENTER_CENTER, word, style, ink);
    surface.tip(&response, &format!("{}: {}", param.name(), param.text()), hint);
    if surface.activated(id, &response) {
        gesture::toggle(surface, param);
    }
}
