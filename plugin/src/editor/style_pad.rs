//! Runs on the main thread. The pad of style and energy: between two styles from left to right, from calm to driving
//! upwards. In a small window, the two lists with a slider between them.

use super::button;
use super::control::{Handle, nudge};
use super::gesture;
use super::icons::{self, Icon};
use super::layout::Steer;
use super::menu::{self, Choice, Item, OpenMenu};
use super::paint;
use super::slider;
use super::surface::Surface;
use super::text;
use super::theme;
use super::undo::Step;
use super::uses::{Control, unused};
use super::value_text::tidy;
use crate::params::{LinnetParams, STYLES};
use egui::{Align2, Id, Key, Pos2, Rect, Response, Sense, Stroke, Vec2, pos2, vec2};
use nice_plug::context::gui::GuiContext;

/// A press within this many pixels of the handle takes hold of it.
const GRASP_PX: f32 = 14.0;
/// A style's name that leaves room for a word between the two.
const BESIDE_PX: f32 = 60.0;
/// Between the arcs of the ground.
const ARCS_PX: f32 = 22.0;

/// A drag that is under way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    drag: Option<Drag>,
}

#[derive(Clone, Copy, Debug)]
struct Drag {
    before: [f32; 2],
    hand: Pos2,
}

impl State {
    /// Ends a drag for the host, when the editor closes in its midst.
    pub(crate) fn abandon(&mut self, params: &LinnetParams, host: &GuiContext) {
        if self.drag.take().is_some() {
            for param in axes(params) {
                param.end(host);
            }
        }
    }
}

/// Blend and energy.
fn axes(params: &LinnetParams) -> [Handle; 2] {
    [Handle::of(&params.style.style_blend), Handle::of(&params.style.energy)]
}

/// Draws the pad, or the row that stands for it.
pub(crate) fn show(surface: &mut Surface<'_>, steer: &Steer, params: &LinnetParams, state: &mut State) {
    let why = unused(params.mode(), Control::Style);
    match (steer.pad, steer.blend) {
        (Some(area), _) => pad(surface, area, params, state, why),
        (None, Some(area)) => {
            let ink = if why.is_some() { surface.theme.t3 } else { surface.theme.t1 };
            slider::bare(surface, area.shrink2(vec2(3.0, 0.0)), area.right(), axes(params)[0], ink);
        }
        (None, None) => {}
    }
    let lists = [Handle::of(&params.style.style_a), Handle::of(&params.style.style_b)];
    let names = [params.style.style_a.value(), params.style.style_b.value()].map(shown);
    for (i, (param, name)) in lists.into_iter().zip(names).enumerate() {
        if steer.pad.is_some() {
            corner(surface, steer.styles[i], (param, &name), i == 1, why);
        } else {
            button::list_dimmed(surface, steer.styles[i], param, (&name, why), labels());
        }
    }
}

fn labels() -> impl Iterator<Item = String> {
    (0..STYLES.len() as i32).map(shown)
}

fn shown(place: i32) -> String {
    match usize::try_from(place).ok().and_then(|place| STYLES.get(place)) {
        None | Some(&"any") => "Any style".to_owned(),
        Some(name) => (*name).to_owned(),
    }
}

/// A list without a box, in an upper corner of the pad.
fn corner(
    surface: &mut Surface<'_>,
    area: Rect,
    (param, name): (Handle, &str),
    is_right: bool,
    why: Option<&str>,
) {
    let id = Id::unique(("list", param));
    let response = surface.control(id, area, Sense::click());
    let theme = surface.theme;
    let fill = theme::fade(theme.hover, surface.hover(&response));
    paint::panel(&surface.painter, area, 4.0, fill, Stroke::NONE);
    let ink = if why.is_some() { theme.t3 } else { theme.t1 };
    let width = text::width(&surface.painter, name, text::LABEL_CHOSEN).min(area.width() - 22.0);
    let left = if is_right { area.right() - 20.0 - width } else { area.left() + 5.0 };
    let at = pos2(left, area.center().y);
    text::draw_within(
        &surface.painter,
        at,
        Align2::LEFT_CENTER,
        name,
        (text::LABEL_CHOSEN, ink),
        width + 1.0,
    );
    let chevron = pos2(left + width + 11.0, area.center().y);
    icons::draw(&surface.painter, Icon::ChevronDown, chevron, 13.0, theme.t2);
    surface.hand(&response);
    surface.ring(id, area, 4.0);
    button::answer(surface, &response, param, area, labels());
    let title = format!("{}: {}", param.name(), param.text());
    surface.tip(&response, &title, why.unwrap_or("Click to choose   Backspace: reset"));
}

/// Where the handle can go.
fn inside(area: Rect) -> Rect {
    Rect::from_min_max(area.min + vec2(12.0, 30.0), area.max - vec2(12.0, 10.0))
}

fn place(area: Rect, [blend, energy]: [f32; 2]) -> Pos2 {
    let inside = inside(area);
    pos2(inside.left() + blend * inside.width(), inside.bottom() - energy * inside.height())
}

/// Blend and energy at `at`.
fn values(area: Rect, at: Pos2) -> [f32; 2] {
    let inside = inside(area);
    let share = (at - inside.left_bottom()) / vec2(inside.width(), -inside.height());
    [share.x.clamp(0.0, 1.0), share.y.clamp(0.0, 1.0)]
}

fn pad(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams, state: &mut State, why: Option<&str>) {
    let axes = axes(params);
    let id = Id::unique("style pad");
    let response = surface.control(id, area, Sense::click_and_drag());
    drag(surface, area, &response, axes, state);
    if response.double_clicked() {
        put(surface, axes, axes.map(Handle::default_value));
    } else if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        put(surface, axes, values(area, at));
    }
    let notches = surface.wheel(&response);
    if notches != 0.0 && surface.desk.menu.is_none() {
        let fine = if surface.modifiers().shift { 0.1 } else { 1.0 };
        gesture::put(surface, axes[0], nudge(axes[0].value(), 0.02 * notches * fine, None));
    }
    if response.secondary_clicked() {
        surface.desk.menu = Some(pad_menu(axes, area));
    }
    keys(surface, id, axes);
    let names = [params.style.style_a.value(), params.style.style_b.value()].map(shown);
    let widest = names.map(|name| text::width(&surface.painter, &name, text::LABEL_CHOSEN));
    draw(surface, area, axes, why, widest.into_iter().fold(0.0, f32::max) <= BESIDE_PX);
    surface.ring(id, area, 8.0);
    let title = format!("Style blend {}   Energy {}", tidy(&axes[0].text()), tidy(&axes[1].text()));
    let hint = why.unwrap_or("Arrows: 1 %   Double-click: reset");
    if state.drag.is_some() {
        let now = surface.ui.input(|input| input.time);
        surface.desk.tooltip.demand(id, response.rect, &title, hint, now);
    } else {
        surface.tip(&response, &title, hint);
    }
}

/// One gesture for both; a press away from the handle brings it there.
fn drag(surface: &mut Surface<'_>, area: Rect, response: &Response, axes: [Handle; 2], state: &mut State) {
    if response.drag_started() && state.drag.is_none() {
        let before = axes.map(Handle::value);
        let handle = place(area, before);
        let pressed = surface.ui.input(|input| input.pointer.press_origin()).unwrap_or(handle);
        let hand = if pressed.distance(handle) <= GRASP_PX { handle } else { pressed };
        for param in axes {
            param.begin(surface.host);
        }
        state.drag = Some(Drag { before, hand });
    }
    let Some(mut drag) = state.drag else { return };
    let moved = gesture::travelled(response);
    if moved != Vec2::ZERO {
        drag.hand += if surface.modifiers().shift { moved * 0.1 } else { moved };
        state.drag = Some(drag);
        let now = values(area, drag.hand);
        axes.iter().zip(now).for_each(|(param, value)| param.set(surface.host, value));
    }
    if response.drag_stopped() || !surface.ui.input(|input| input.pointer.any_down()) {
        for param in axes {
            param.end(surface.host);
        }
        state.drag = None;
        let after = values(area, drag.hand);
        surface.desk.undo.push(Step::Point { params: axes, before: drag.before, after });
    }
}

/// Sets both in a gesture of its own, and remembers one step.
fn put(surface: &mut Surface<'_>, axes: [Handle; 2], after: [f32; 2]) {
    let before = axes.map(Handle::value);
    axes.iter().zip(after).for_each(|(param, value)| param.put(surface.host, value));
    surface.desk.undo.push(Step::Point { params: axes, before, after });
}

fn keys(surface: &mut Surface<'_>, id: Id, [blend, energy]: [Handle; 2]) {
    let moves = [
        (Key::ArrowRight, blend, 0.01),
        (Key::ArrowLeft, blend, -0.01),
        (Key::ArrowUp, energy, 0.01),
        (Key::ArrowDown, energy, -0.01),
        (Key::PageUp, energy, 0.1),
        (Key::PageDown, energy, -0.1),
    ];
    for (key, param, amount) in moves {
        if surface.pressed(id, key) {
            gesture::put(surface, param, nudge(param.value(), amount, None));
        }
    }
    for (key, end) in [(Key::Home, 0.0), (Key::End, 1.0)] {
        if surface.pressed(id, key) {
            gesture::put(surface, blend, end);
        }
    }
    if surface.pressed(id, Key::Backspace) {
        put(surface, [blend, energy], [blend, energy].map(Handle::default_value));
    }
}

/// Each of the two can be typed.
fn pad_menu(axes: [Handle; 2], area: Rect) -> OpenMenu {
    let field = Rect::from_center_size(area.center(), vec2(64.0, 16.0));
    let item = |param: Handle| {
        let one = menu::of_parameter(param, area, field);
        Item::new(param.name(), &tidy(&param.text()), Choice::Open(Box::new(one)))
    };
    OpenMenu::new(area, None, axes.map(item).to_vec())
}

fn draw(surface: &Surface<'_>, area: Rect, axes: [Handle; 2], why: Option<&str>, has_room: bool) {
    let theme = surface.theme;
    paint::panel(&surface.painter, area, 8.0, theme.well, Stroke::new(1.0, theme.line));
    let painter = surface.painter.with_clip_rect(area.shrink(1.0).intersect(surface.painter.clip_rect()));
    for corner in [area.left_bottom(), area.right_bottom()] {
        for i in 1..=4 {
            painter.circle_stroke(corner, ARCS_PX * i as f32, Stroke::new(1.0, theme.hair));
        }
    }
    let at = place(area, axes.map(Handle::value));
    paint::hline(&painter, (area.left(), area.right()), at.y - 0.5, 1.0, theme.line);
    paint::vline(&painter, at.x - 0.5, (area.top(), area.bottom()), 1.0, theme.line);
    let word = |y: f32, words: &str| {
        text::draw(&painter, pos2(area.center().x, y), Align2::CENTER_CENTER, words, text::LABEL, theme.t2);
    };
    if has_room {
        word(area.top() + 14.0, "driving");
    }
    word(area.bottom() - 11.0, "calm");
    let (ring, dot) = if why.is_some() { (theme.t3, theme.t3) } else { (theme.t1, theme.accent) };
    painter.circle(at, 6.0, theme.well, Stroke::new(2.0, ring));
    painter.circle_filled(at, 3.0, dot);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_the_pad_is_its_own_inverse_and_never_leaves_it() {
        let area = Rect::from_min_size(pos2(16.0, 298.0), vec2(216.0, 80.0));
        for [blend, energy] in [[0.0, 0.0], [0.3, 0.24], [1.0, 1.0]] {
            let found = values(area, place(area, [blend, energy]));
            assert!((found[0] - blend).abs() < 1e-5 && (found[1] - energy).abs() < 1e-5, "{found:?}");
        }
        assert_eq!(values(area, pos2(-50.0, 900.0)), [0.0, 0.0]);
        assert_eq!(values(area, pos2(900.0, 0.0)), [1.0, 1.0]);
    }
}
