//! Runs on the main thread. The ways to propose: a button each, or a list where there is little room.

use super::button;
use super::control::Handle;
use super::gesture;
use super::icons::{self, Icon};
use super::surface::Surface;
use super::text;
use crate::params::{LinnetParams, MODES};
use egui::{Align2, Id, Key, Rect, pos2};
use linnet_music::Mode;

fn icon(mode: Mode) -> Icon {
    match mode {
        Mode::Continue => Icon::Continue,
        Mode::Invent => Icon::Invent,
        Mode::Groove => Icon::Groove,
    }
}

fn meaning(mode: Mode) -> &'static str {
    match mode {
        Mode::Continue => "what comes next",
        Mode::Invent => "a new idea from nothing",
        Mode::Groove => "drums that fit; the rest stays",
    }
}

/// Draws the modes in `areas`; where only the first has a size, it is a list.
pub(crate) fn show(surface: &mut Surface<'_>, areas: &[Rect; 3], params: &LinnetParams) {
    let param = Handle::of(&params.propose.mode);
    if areas[1].is_positive() {
        for (mode, area) in Mode::ALL.into_iter().zip(areas) {
            cell(surface, *area, mode, param, params.mode() == mode);
        }
    } else {
        list(surface, areas[0], param, params.mode());
    }
}

fn value_of(mode: Mode) -> f32 {
    mode as usize as f32 / (MODES.len() - 1) as f32
}

fn cell(surface: &mut Surface<'_>, area: Rect, mode: Mode, param: Handle, is_chosen: bool) {
    let id = Id::unique(("mode", mode));
    let look = if is_chosen { button::Look::Chosen } else { button::Look::Raised };
    let (response, ink) = button::ground(surface, id, area, look, 6.0);
    let painter = &surface.painter;
    let icon_ink = if is_chosen { ink } else { surface.theme.t2 };
    icons::draw(painter, icon(mode), pos2(area.center().x, area.top() + 12.0), 15.0, icon_ink);
    let style = if is_chosen { text::LABEL_CHOSEN } else { text::LABEL };
    let label_ink = if is_chosen { ink } else { surface.theme.t2 };
    let at = pos2(area.center().x, area.bottom() - 9.0);
    text::draw(painter, at, Align2::CENTER_CENTER, mode.name(), style, label_ink);
    surface.tip(&response, mode.name(), meaning(mode));
    if surface.activated(id, &response) {
        gesture::put(surface, param, value_of(mode));
    }
    let step =
        i32::from(surface.pressed(id, Key::ArrowRight)) - i32::from(surface.pressed(id, Key::ArrowLeft));
    let next = Mode::ALL.get((mode as i32 + step).max(0) as usize).filter(|_| step != 0);
    if let Some(next) = next {
        gesture::put(surface, param, value_of(*next));
        surface.desk.focus.move_to(Id::unique(("mode", *next)));
    }
}

fn list(surface: &mut Surface<'_>, area: Rect, param: Handle, mode: Mode) {
    let id = Id::unique(("list", param));
    let response = button::list_box(surface, id, area, "");
    let painter = &surface.painter;
    let middle = area.center().y;
    icons::draw(painter, icon(mode), pos2(area.left() + 16.0, middle), 14.0, surface.theme.t1);
    let at = pos2(area.left() + 30.0, middle);
    let place =
        text::draw(painter, at, Align2::LEFT_CENTER, mode.name(), text::LABEL_CHOSEN, surface.theme.t1);
    let next = pos2(place.right() + 8.0, middle);
    let room = area.right() - 24.0 - next.x;
    text::draw_within(
        painter,
        next,
        Align2::LEFT_CENTER,
        meaning(mode),
        (text::LABEL, surface.theme.t2),
        room,
    );
    button::answer(surface, &response, param, area, MODES.iter().map(ToString::to_string));
}
