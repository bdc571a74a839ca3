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
        Mode::Vary => Icon::Vary,
        Mode::Morph => Icon::Morph,
        Mode::Fill => Icon::Fill,
        Mode::Accompany => Icon::Accompany,
        Mode::Sketch => Icon::Sketch,
    }
}

fn meaning(mode: Mode) -> &'static str {
    match mode {
        Mode::Continue => "what comes next",
        Mode::Invent => "a new idea from nothing",
        Mode::Groove => "drums that fit; the rest stays",
        Mode::Vary => "a relative of the idea",
        Mode::Morph => "between two ideas",
        Mode::Fill => "what is not locked, anew",
        Mode::Accompany => "the parts that go with it",
        Mode::Sketch => "a texture",
    }
}

/// The order in which they are drawn: two rows of four.
const ORDER: [Mode; 8] = [
    Mode::Continue,
    Mode::Invent,
    Mode::Vary,
    Mode::Morph,
    Mode::Fill,
    Mode::Accompany,
    Mode::Sketch,
    Mode::Groove,
];

/// The name as a button has room for it.
fn short(mode: Mode) -> &'static str {
    if mode == Mode::Accompany { "Accomp." } else { mode.name() }
}

/// Draws the modes in `areas`; where only the first has a size, it is a list.
pub(crate) fn show(surface: &mut Surface<'_>, areas: &[Rect; 8], params: &LinnetParams) {
    let param = Handle::of(&params.propose.mode);
    if areas[1].is_positive() {
        for (mode, area) in ORDER.into_iter().zip(areas) {
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
    text::draw(painter, at, Align2::CENTER_CENTER, short(mode), style, label_ink);
    surface.tip(&response, mode.name(), meaning(mode));
    if surface.activated(id, &response) {
        gesture::put(surface, param, value_of(mode));
    }
    let ways = [(Key::ArrowLeft, -1), (Key::ArrowRight, 1), (Key::ArrowUp, -4), (Key::ArrowDown, 4)];
    let step: isize = ways.into_iter().filter(|(key, _)| surface.pressed(id, *key)).map(|(_, by)| by).sum();
    let here = ORDER.iter().position(|other| *other == mode);
    let next = here.filter(|_| step != 0).and_then(|i| i.checked_add_signed(step)).and_then(|i| ORDER.get(i));
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
