//! Runs on the main thread. A knob: an arc from its start (or its middle), a dot at the value, the value inside or below.

use super::control::Handle;
use super::gesture::{self, Travel};
use super::layout::KnobPlace;
use super::paint;
use super::surface::Surface;
use super::text;
use super::value_text;
use egui::{Align2, Color32, CursorIcon, Id, Painter, Pos2, Rect, Response, Sense, Stroke, pos2, vec2};
use std::f32::consts::PI;

/// The arc's start and length: 270°, open below.
const START: f32 = 0.75 * PI;
const SWEEP: f32 = 1.5 * PI;

/// What a knob shows besides its ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look<'a> {
    /// The label below.
    pub(crate) label: &'a str,
    /// Whether the arc begins in the middle.
    pub(crate) is_bipolar: bool,
    /// Whether the unit stands in the label, not at the value.
    pub(crate) unit_in_label: bool,
    /// Why the mode does not use it; it is dimmed then, and still answers.
    pub(crate) unused: Option<&'a str>,
}

/// A knob with its value inside and its label below.
pub(crate) fn show(surface: &mut Surface<'_>, place: KnobPlace, param: Handle, look: Look<'_>) {
    let inner = (place.radius - 3.0) * 2.0 - 3.0;
    let value_area = Rect::from_center_size(place.centre, vec2(inner, 14.0));
    let response = drive(surface, param, place.rect, (value_area, look.unused));
    let is_at_hand = response.hovered() || response.dragged() || surface.desk.focus.has_ring(response.id);
    if look.unused.is_some() && !is_at_hand {
        dimmed(surface, place, look.label);
        return;
    }
    ring(surface, place, param, look.is_bipolar, &response);
    let full = param.text();
    let (number, unit) = value_text::split(&full);
    let painter = &surface.painter;
    let with_unit = if unit.is_empty() { number.clone() } else { format!("{number} {unit}") };
    // Percent go without their sign: beside the dot there is no room for it.
    let fits = unit != "%" && text::width(painter, &with_unit, text::VALUE) <= inner + 3.0;
    let value = if fits && !look.unit_in_label { with_unit } else { number };
    text::draw(painter, place.centre, Align2::CENTER_CENTER, &value, text::VALUE, surface.theme.t1);
    let label = if look.unit_in_label { format!("{} {unit}", look.label) } else { look.label.to_owned() };
    let at = pos2(place.centre.x, place.rect.bottom() - 8.0);
    text::draw(painter, at, Align2::CENTER_CENTER, label.trim_end(), text::KNOB, surface.theme.t2);
    surface.ring(response.id, place.rect.shrink2(vec2(4.0, 2.0)), 5.0);
}

/// Half of what a small knob and its value are wide.
const SMALL_HALF: f32 = 16.0;

/// A small knob with its value below and no label.
pub(crate) fn small(surface: &mut Surface<'_>, centre: Pos2, param: Handle, is_bipolar: bool) {
    let place = KnobPlace {
        centre,
        radius: 10.0,
        rect: Rect::from_min_max(
            pos2(centre.x - SMALL_HALF, centre.y - 11.0),
            pos2(centre.x + SMALL_HALF, centre.y + 24.0),
        ),
    };
    let value_area = Rect::from_center_size(centre + vec2(0.0, 18.0), vec2(2.0 * SMALL_HALF, 12.0));
    let response = drive(surface, param, place.rect, (value_area, None));
    ring(surface, place, param, is_bipolar, &response);
    let value = value_text::short(&param.text());
    text::draw(
        &surface.painter,
        value_area.center(),
        Align2::CENTER_CENTER,
        &value,
        text::SCALE,
        surface.theme.t2,
    );
    surface.ring(response.id, place.rect.shrink2(vec2(2.0, 1.0)), 4.0);
}

/// What the mode does not use.
fn dimmed(surface: &Surface<'_>, place: KnobPlace, label: &str) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let track = Stroke::new(3.0, theme.hair);
    paint::arc(painter, place.centre, place.radius - 1.5, (START, START + SWEEP), track);
    text::draw(painter, place.centre, Align2::CENTER_CENTER, "–", text::VALUE, theme.t3);
    let at = pos2(place.centre.x, place.rect.bottom() - 8.0);
    text::draw(painter, at, Align2::CENTER_CENTER, label, text::KNOB, theme.t3);
}

fn drive(
    surface: &mut Surface<'_>,
    param: Handle,
    area: Rect,
    (value_area, unused): (Rect, Option<&str>),
) -> Response {
    let id = Id::unique(("knob", param));
    let response = surface.control(id, area, Sense::click_and_drag());
    let dragging = gesture::drive(surface, &response, param, Travel::Vertical, value_area);
    match unused {
        Some(why) if !dragging => surface.tip(&response, param.name(), why),
        _ => tip(surface, &response, param, dragging),
    }
    if response.hovered() || dragging {
        surface.ui.ctx().set_cursor_icon(CursorIcon::ResizeVertical);
    }
    response
}

/// The tooltip of a control that is dragged: its full name, value and unit, and a hint.
pub(crate) fn tip(surface: &mut Surface<'_>, response: &Response, param: Handle, is_dragged: bool) {
    let title = format!("{} {}", param.name(), value_text::tidy(&param.text()));
    let hint = "Shift: fine   Double-click: reset";
    if is_dragged {
        let now = surface.ui.input(|input| input.time);
        surface.desk.tooltip.demand(response.id, response.rect, &title, hint, now);
    } else {
        surface.tip(response, &title, hint);
    }
}

fn ring(surface: &Surface<'_>, place: KnobPlace, param: Handle, is_bipolar: bool, response: &Response) {
    let theme = surface.theme;
    let painter = &surface.painter;
    let radius = place.radius - 1.5;
    let track = super::theme::mix(theme.line, theme.t3, 0.35 * surface.hover(response));
    let width = if place.radius < 12.0 { 2.5 } else { 3.0 };
    paint::arc(painter, place.centre, radius, (START, START + SWEEP), Stroke::new(width, track));
    let value = param.value();
    let from = if is_bipolar { 0.5 } else { 0.0 };
    let angle = |v: f32| START + SWEEP * v.clamp(0.0, 1.0);
    let (low, high) = (angle(value.min(from)), angle(value.max(from)));
    paint::arc(painter, place.centre, radius, (low, high), Stroke::new(width, theme.t1));
    modulation(painter, place, value, param.modulated(), theme.t2);
    let dot = paint::on_circle(place.centre, radius, angle(value));
    let size = if place.radius < 12.0 { 2.2 } else { 3.0 };
    painter.circle_filled(dot, size + 1.5, theme.win);
    painter.circle_filled(dot, size, theme.t1);
}

/// A thin arc outside the ring for what the host modulates.
fn modulation(painter: &Painter, place: KnobPlace, value: f32, modulated: f32, colour: Color32) {
    if (modulated - value).abs() > 0.002 {
        let angle = |v: f32| START + SWEEP * v.clamp(0.0, 1.0);
        let (low, high) = (angle(value.min(modulated)), angle(value.max(modulated)));
        paint::arc(painter, place.centre, place.radius + 2.5, (low, high), Stroke::new(1.5, colour));
    }
}
