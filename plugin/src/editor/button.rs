//! Runs on the main thread. Buttons and lists as the rest of the editor draws them.

use super::control::Handle;
use super::icons::{self, Icon};
use super::menu::{self, Choice, Item, OpenMenu};
use super::paint;
use super::surface::Surface;
use super::text::{self, Style};
use super::theme;
use egui::{Align2, Color32, Id, Key, Rect, Response, Sense, Stroke, pos2, vec2};

/// What a button looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Look {
    /// A ground that shows under the pointer only.
    Bare,
    /// A raised ground.
    Raised,
    /// The chosen one: text colour as ground.
    Chosen,
    /// An outline; it does nothing.
    Disabled,
}

/// The ground of a button, and the colour of what stands on it.
pub(crate) fn ground(
    surface: &mut Surface<'_>,
    id: Id,
    area: Rect,
    look: Look,
    radius: f32,
) -> (Response, Color32) {
    let sense = if look == Look::Disabled { Sense::hover() } else { Sense::click() };
    let response = if look == Look::Disabled {
        surface.ui.interact(area, id, sense)
    } else {
        surface.control(id, area, sense)
    };
    let theme = surface.theme;
    let hover = surface.hover(&response);
    let (fill, ink) = match look {
        Look::Bare => (theme::fade(theme.hover, hover), theme.t1),
        Look::Raised => (theme::mix(theme.raised, theme.hover, hover), theme.t1),
        Look::Chosen => (theme.t1, theme.win),
        Look::Disabled => (Color32::TRANSPARENT, theme.t3),
    };
    let edge = if look == Look::Disabled { Stroke::new(1.0, theme.line) } else { Stroke::NONE };
    paint::panel(&surface.painter, area, radius, fill, edge);
    if look != Look::Disabled {
        surface.hand(&response);
    }
    surface.ring(id, area, radius);
    (response, ink)
}

/// A button with an icon alone. True when it was pressed.
pub(crate) fn icon(
    surface: &mut Surface<'_>,
    id: &str,
    area: Rect,
    (icon, size): (Icon, f32),
    look: Look,
) -> (bool, Response) {
    let id = Id::unique(id);
    let bare = if look == Look::Disabled { Look::Bare } else { look };
    if look == Look::Disabled {
        let response = surface.ui.interact(area, id, Sense::hover());
        icons::draw(&surface.painter, icon, area.center(), size, theme::fade(surface.theme.t3, 0.6));
        return (false, response);
    }
    let (response, ink) = ground(surface, id, area, bare, 4.0);
    icons::draw(&surface.painter, icon, area.center(), size, ink);
    (surface.activated(id, &response), response)
}

/// A button with words, and an icon before them where there is one.
pub(crate) fn labelled(
    surface: &mut Surface<'_>,
    id: &str,
    area: Rect,
    (icon, label): (Option<Icon>, &str),
    (style, look): (Style, Look),
) -> (bool, Response) {
    let id = Id::unique(id);
    let (response, ink) = ground(surface, id, area, look, 6.0);
    let painter = &surface.painter;
    let width = text::width(painter, label, style) + if icon.is_some() { 22.0 } else { 0.0 };
    let mut x = area.center().x - width / 2.0;
    if let Some(icon) = icon {
        icons::draw(painter, icon, pos2(x + 7.0, area.center().y), 14.0, ink);
        x += 22.0;
    }
    text::draw(painter, pos2(x, area.center().y), Align2::LEFT_CENTER, label, style, ink);
    (surface.activated(id, &response), response)
}

/// The box of a list: what is chosen, and a chevron.
pub(crate) fn list_box(surface: &mut Surface<'_>, id: Id, area: Rect, label: &str) -> Response {
    let ink = surface.theme.t1;
    boxed(surface, id, area, label, ink)
}

fn boxed(surface: &mut Surface<'_>, id: Id, area: Rect, label: &str, ink: Color32) -> Response {
    let response = surface.control(id, area, Sense::click());
    let theme = surface.theme;
    let fill = surface.ground(&response, theme.raised);
    paint::panel(&surface.painter, area, 4.0, fill, Stroke::NONE);
    let at = pos2(area.left() + 7.0, area.center().y);
    let room = area.width() - 24.0;
    text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, label, (text::LABEL_STRONG, ink), room);
    let chevron = pos2(area.right() - 11.0, area.center().y);
    icons::draw(&surface.painter, Icon::ChevronDown, chevron, 14.0, theme.t2);
    surface.hand(&response);
    surface.ring(id, area, 4.0);
    response
}

/// A list over a discrete parameter: click or Enter opens it, the wheel and the arrows step.
pub(crate) fn list(
    surface: &mut Surface<'_>,
    area: Rect,
    param: Handle,
    shown: &str,
    labels: impl Iterator<Item = String>,
) {
    list_dimmed(surface, area, param, (shown, None), labels);
}

/// The same, dimmed where the mode does not use it; `unused` says why.
pub(crate) fn list_dimmed(
    surface: &mut Surface<'_>,
    area: Rect,
    param: Handle,
    (shown, unused): (&str, Option<&str>),
    labels: impl Iterator<Item = String>,
) {
    let id = Id::unique(("list", param));
    let ink = if unused.is_some() { surface.theme.t3 } else { surface.theme.t1 };
    let response = boxed(surface, id, area, shown, ink);
    answer(surface, &response, param, area, labels);
    let title = format!("{}: {}", param.name(), param.text());
    surface.tip(&response, &title, unused.unwrap_or("Click to choose   Backspace: reset"));
}

/// Lets a list's box answer to the pointer and the keys.
pub(crate) fn answer(
    surface: &mut Surface<'_>,
    response: &Response,
    param: Handle,
    area: Rect,
    labels: impl Iterator<Item = String>,
) {
    let id = response.id;
    if surface.activated(id, response) {
        surface.desk.menu = Some(menu::of_list(param, area, labels));
        return;
    }
    if response.secondary_clicked() {
        let default = param.default_value();
        let items = vec![Item::new(
            &format!("Reset to {}", param.text_of(default)),
            "Backspace",
            Choice::Set(param, default),
        )];
        surface.desk.menu = Some(OpenMenu::new(area, Some((param.name().to_owned(), param.text())), items));
    }
    let wheel = -surface.wheel(response).signum() * f32::from(u8::from(surface.wheel(response) != 0.0));
    let by_key = |key: Key| f32::from(u8::from(surface.pressed(id, key)));
    let steps = wheel + by_key(Key::ArrowDown) + by_key(Key::ArrowRight)
        - by_key(Key::ArrowUp)
        - by_key(Key::ArrowLeft);
    if steps != 0.0 && surface.desk.menu.is_none() {
        let count = param.steps().unwrap_or(1).max(1) as f32;
        let next = ((param.value() * count).round() + steps.signum()).clamp(0.0, count) / count;
        super::gesture::put(surface, param, next);
    }
    if surface.pressed(id, Key::Backspace) {
        super::gesture::put(surface, param, param.default_value());
    }
}

/// A switch of the settings. True when it was pressed.
pub(crate) fn toggle(
    surface: &mut Surface<'_>,
    id: &str,
    area: Rect,
    (label, is_on): (&str, bool),
    hint: &str,
) -> bool {
    let id = Id::unique(id);
    let response = switch_drawn(surface, id, area, label, is_on);
    surface.tip(&response, if is_on { "On" } else { "Off" }, hint);
    surface.activated(id, &response)
}

/// A switch over a parameter.
pub(crate) fn switch(surface: &mut Surface<'_>, area: Rect, param: Handle, label: &str, hint: &str) {
    let id = Id::unique(("switch", param));
    let response = switch_drawn(surface, id, area, label, param.is_on());
    surface.tip(&response, &format!("{}: {}", param.name(), param.text()), hint);
    if surface.activated(id, &response) {
        super::gesture::toggle(surface, param);
    }
    if surface.pressed(id, Key::Backspace) {
        super::gesture::put(surface, param, param.default_value());
    }
}

/// A track with a knob at its end, and a label.
fn switch_drawn(surface: &mut Surface<'_>, id: Id, area: Rect, label: &str, on: bool) -> Response {
    let response = surface.control(id, area, Sense::click());
    let theme = surface.theme;
    let track = Rect::from_min_size(pos2(area.left(), area.center().y - 7.0), vec2(26.0, 14.0));
    let fill = if on { theme.t1 } else { surface.ground(&response, theme.raised) };
    let edge = if on { Stroke::NONE } else { Stroke::new(1.0, theme.line) };
    paint::panel(&surface.painter, track, 7.0, fill, edge);
    let x = if on { track.right() - 7.0 } else { track.left() + 7.0 };
    surface.painter.circle_filled(pos2(x, track.center().y), 4.5, if on { theme.win } else { theme.t2 });
    let at = pos2(track.right() + 8.0, area.center().y);
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, label, text::LABEL, theme.t2);
    surface.hand(&response);
    surface.ring(id, track, 7.0);
    response
}
