//! Runs on the main thread. How a hand moves a parameter: drag, wheel, keys, double-click, menu.
//!
//! One gesture is one begin and one end for the host, and one step to undo.

use super::control::{Handle, nudge, nudge_pitch};
use super::menu;
use super::surface::{Surface, count};
use super::typing::Typing;
use super::undo::Step;
use egui::{Id, Key, Rect, Response, Vec2};
use nice_plug::context::gui::GuiContext;

/// Pixels of a vertical drag for the full range.
const DRAG_PX: f32 = 200.0;
/// What one notch of the wheel moves, as a share of the range.
const WHEEL: f32 = 0.02;
/// What Shift divides by.
const FINE: f32 = 10.0;

/// A drag that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gesture {
    id: Id,
    param: Handle,
    before: f32,
    /// Where the hand is; it may lie between the steps of a discrete parameter.
    hand: f32,
}

impl Gesture {
    /// Ends the gesture for the host, when the editor closes in its midst.
    pub(crate) fn abandon(self, host: &GuiContext) {
        self.param.end(host);
    }
}

/// Notches of the wheel that make no step yet: touchpads send small parts of one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Notches {
    over: Option<Handle>,
    rest: f32,
}

impl Notches {
    /// Takes `notches` over `param`: those that make whole steps of it. What is left waits for more, until the wheel turns
    /// back or is over another one.
    fn take(&mut self, param: Handle, notches: f32) -> f32 {
        let step = match (param.semitone(), param.steps()) {
            (None, None) => return notches,
            (None, Some(steps)) => (WHEEL * steps as f32).max(1.0).recip(),
            _ => 1.0,
        };
        if self.over != Some(param) || self.rest * notches < 0.0 {
            *self = Self { over: Some(param), rest: 0.0 };
        }
        let sum = self.rest + notches;
        // Ten tenths are one, whatever floats make of it.
        let whole = ((sum / step).abs() + 1e-3).floor() * step * sum.signum();
        self.rest = sum - whole;
        whole
    }
}

/// How a drag turns into a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Travel {
    /// Up is more, 200 px for the full range.
    Vertical,
    /// To the right is more, this many px for the full range.
    Horizontal(f32),
}

impl Travel {
    fn share(self, delta: Vec2) -> f32 {
        match self {
            Self::Vertical => -delta.y / DRAG_PX,
            Self::Horizontal(length) => delta.x / length.max(1.0),
        }
    }
}

/// Lets the hand move `param` by everything that `response` saw. `value_area` is where the value stands: a
/// double-click there types it. True while it is dragged.
pub(crate) fn drive(
    surface: &mut Surface<'_>,
    response: &Response,
    param: Handle,
    travel: Travel,
    value_area: Rect,
) -> bool {
    drag(surface, response, param, travel);
    let notches = surface.wheel(response);
    if notches != 0.0 && surface.desk.menu.is_none() {
        let whole = surface.desk.notches.take(param, notches);
        if whole != 0.0 {
            step_by(surface, param, whole * WHEEL);
        }
    }
    if response.double_clicked() {
        let on_value = response.interact_pointer_pos().is_some_and(|at| value_area.contains(at));
        if on_value {
            surface.desk.typing = Some(Typing::new(param, value_area));
        } else {
            put(surface, param, param.default_value());
        }
    }
    if response.secondary_clicked() {
        surface.desk.menu = Some(menu::of_parameter(param, response.rect, value_area));
    }
    keys(surface, response.id, param, value_area);
    surface.desk.gesture.is_some_and(|gesture| gesture.id == response.id)
}

fn drag(surface: &mut Surface<'_>, response: &Response, param: Handle, travel: Travel) {
    if response.drag_started() && surface.desk.gesture.is_none() {
        let before = param.value();
        param.begin(surface.host);
        surface.desk.gesture = Some(Gesture { id: response.id, param, before, hand: before });
    }
    let Some(mut gesture) = surface.desk.gesture.filter(|gesture| gesture.id == response.id) else { return };
    let moved = travelled(response);
    if moved != Vec2::ZERO {
        let fine = if surface.modifiers().shift { FINE } else { 1.0 };
        gesture.hand = (gesture.hand + travel.share(moved) / fine).clamp(0.0, 1.0);
        param.set(surface.host, gesture.hand);
        surface.desk.gesture = Some(gesture);
    }
    if response.drag_stopped() || !surface.ui.input(|input| input.pointer.any_down()) {
        param.end(surface.host);
        surface.desk.gesture = None;
        let after = param.snapped(gesture.hand);
        surface.desk.undo.push(Step::Value { param, before: gesture.before, after });
    }
}

/// How far a drag went in this frame. Its first frame brings the way that told it from a click.
pub(crate) fn travelled(response: &Response) -> Vec2 {
    if !response.dragged() {
        return Vec2::ZERO;
    }
    let first = response.total_drag_delta().filter(|_| response.drag_started());
    first.unwrap_or_else(|| response.drag_delta())
}

/// Moves `param` by `amount` of its range, or by semitones; Shift makes it a tenth.
fn step_by(surface: &mut Surface<'_>, param: Handle, amount: f32) {
    let is_fine = surface.modifiers().shift;
    let value = match param.semitone() {
        Some(semitone) => nudge_pitch(param.value(), amount, semitone, is_fine),
        None => nudge(param.value(), amount / if is_fine { FINE } else { 1.0 }, param.steps()),
    };
    put(surface, param, value);
}

/// Sets `param` in a gesture of its own, and remembers the step.
pub(crate) fn put(surface: &mut Surface<'_>, param: Handle, value: f32) {
    let before = param.value();
    param.put(surface.host, value);
    // The host may take the value a block later: what it will be counts, not what it is.
    surface.desk.undo.push(Step::Value { param, before, after: param.snapped(value) });
}

/// Turns a switch over.
pub(crate) fn toggle(surface: &mut Surface<'_>, param: Handle) {
    put(surface, param, if param.is_on() { 0.0 } else { 1.0 });
}

fn keys(surface: &mut Surface<'_>, id: Id, param: Handle, value_area: Rect) {
    if !surface.owns_keys(id) {
        return;
    }
    let moves = [
        (Key::ArrowUp, 0.01),
        (Key::ArrowRight, 0.01),
        (Key::ArrowDown, -0.01),
        (Key::ArrowLeft, -0.01),
        (Key::PageUp, 0.1),
        (Key::PageDown, -0.1),
    ];
    let amount: f32 = surface
        .ui
        .input(|input| moves.iter().map(|(key, amount)| count(&input.events, *key) as f32 * amount).sum());
    if amount != 0.0 {
        step_by(surface, param, amount);
    }
    if surface.pressed(id, Key::Home) {
        put(surface, param, 0.0);
    }
    if surface.pressed(id, Key::End) {
        put(surface, param, 1.0);
    }
    if surface.pressed(id, Key::Backspace) {
        put(surface, param, param.default_value());
    }
    if surface.pressed(id, Key::Enter) {
        surface.desk.typing = Some(Typing::new(param, value_area));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PluginKind;
    use crate::params::LinnetParams;
    use crate::state::SavedState;

    #[test]
    fn parts_of_a_notch_are_gathered_until_they_make_a_step() {
        let saved = SavedState::new(std::sync::Arc::default(), linnet_handover::to_worker::channel().0);
        let params = LinnetParams::new(PluginKind::Instrument, saved);
        let tune = Handle::of_semitones(&params.pieces[0].tune);
        let other = Handle::of_semitones(&params.pieces[1].tune);
        let mut notches = Notches::default();
        let flick: f32 = (0..24).map(|_| notches.take(tune, 0.1)).sum();
        assert!((flick - 2.0).abs() < 1e-6, "{flick}");
        assert_eq!(notches.take(tune, 0.5), 0.0);
        // Back, and over another one, it begins anew.
        assert_eq!([notches.take(tune, -0.5), notches.take(tune, -0.5)], [0.0, -1.0]);
        assert_eq!([notches.take(tune, 0.9), notches.take(other, 0.9)], [0.0, 0.0]);
        assert_eq!([notches.take(other, 3.0), notches.take(tune, -1.0)], [3.0, -1.0]);
        let density = Handle::of(&params.style.density);
        assert_eq!(notches.take(density, 0.1), 0.1);
    }
}
