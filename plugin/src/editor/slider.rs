//! Runs on the main thread. A part's level: a bar in the part's hue, a thumb, the value below it.

use super::control::Handle;
use super::gesture::{self, Travel};
use super::knob;
use super::surface::Surface;
use super::text;
use egui::{Align2, Color32, CursorIcon, Id, Rect, Sense, pos2, vec2};

/// How far below the middle of a level its value stands, as that of a small knob.
const VALUE_BELOW: f32 = 18.0;

/// A slider over `track`, with the value in the middle below it.
pub(crate) fn show(surface: &mut Surface<'_>, track: Rect, param: Handle, hue: Color32) {
    let centre = track.center() + vec2(0.0, VALUE_BELOW);
    let value_area = Rect::from_center_size(centre, vec2(48.0, 14.0));
    let area = track.expand2(vec2(2.0, 7.0)).with_max_y(value_area.bottom());
    slide(surface, track, (area, value_area), param, (hue, 0.0));
    let value = level_text(&param.text());
    text::draw(&surface.painter, centre, Align2::CENTER_CENTER, &value, text::VALUE, surface.theme.t1);
}

/// The same, filled from `from` in [0, 1], with `shown` for a value, right-aligned at `value_right`.
pub(crate) fn with_value(
    surface: &mut Surface<'_>,
    track: Rect,
    value_right: f32,
    (param, shown): (Handle, &str),
    (hue, from): (Color32, f32),
) {
    beside(surface, track, value_right, param, (hue, from));
    let at = pos2(value_right, track.center().y);
    text::draw(&surface.painter, at, Align2::RIGHT_CENTER, shown, text::VALUE, surface.theme.t1);
}

/// The same without its value; what lies up to `value_right` answers.
pub(crate) fn bare(surface: &mut Surface<'_>, track: Rect, value_right: f32, param: Handle, hue: Color32) {
    beside(surface, track, value_right, param, (hue, 0.0));
}

/// A slider whose value stands between it and `value_right`.
fn beside(surface: &mut Surface<'_>, track: Rect, value_right: f32, param: Handle, look: (Color32, f32)) {
    let middle = track.center().y;
    let area =
        Rect::from_min_max(pos2(track.left() - 2.0, middle - 10.0), pos2(value_right + 2.0, middle + 10.0));
    let value_area =
        Rect::from_min_max(pos2(track.right() + 4.0, middle - 8.0), pos2(value_right + 2.0, middle + 8.0));
    slide(surface, track, (area, value_area), param, look);
}

/// What answers in `area`, and is typed in `value_area`; its bar is filled from `from` in [0, 1].
fn slide(
    surface: &mut Surface<'_>,
    track: Rect,
    (area, value_area): (Rect, Rect),
    param: Handle,
    (hue, from): (Color32, f32),
) {
    let (id, middle) = (Id::unique(("slider", param)), track.center().y);
    let response = surface.control(id, area, Sense::click_and_drag());
    let dragging = gesture::drive(surface, &response, param, Travel::Horizontal(200.0), value_area);
    knob::tip(surface, &response, param, dragging);
    if response.hovered() || dragging {
        surface.ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    let (painter, theme) = (&surface.painter, surface.theme);
    let bar = Rect::from_min_max(pos2(track.left(), middle - 3.0), pos2(track.right(), middle + 3.0));
    painter.rect_filled(bar, 3.0, theme.raised);
    let x_of = |value: f32| bar.left() + bar.width() * value;
    let (x, start) = (x_of(param.value()), x_of(from));
    let filled = Rect::from_min_max(
        pos2(x.min(start), bar.top()),
        pos2(x.max(start).max(bar.left() + 1.0), bar.bottom()),
    );
    painter.rect_filled(filled, 3.0, hue);
    let thumb = Rect::from_center_size(pos2(x, middle), vec2(4.0, 14.0));
    painter.rect_filled(thumb.expand2(vec2(1.5, 0.0)), 2.0, theme.win);
    painter.rect_filled(thumb, 1.5, theme.t1);
    surface.ring(id, area, 4.0);
}

/// Decibels with one decimal, without the unit: the column's heading has it.
pub(crate) fn level_text(full: &str) -> String {
    full.strip_suffix(" dB").unwrap_or(full).to_owned()
}
