//! Runs on the main thread. Reverb and delay share a place: two words say which of them it shows. The strips' last knob
//! sends to the one that is shown.

use super::button;
use super::control::Handle;
use super::delay;
use super::knob::{self, Look};
use super::layout::KnobPlace;
use super::paint;
use super::reverb;
use super::surface::{Effect, Surface};
use super::text;
use crate::params::{LinnetParams, PartParams};
use egui::{Align2, Id, Rect, Sense, pos2, vec2};
use nice_plug::prelude::FloatParam;

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let mut left = area.left();
    for effect in [Effect::Reverb, Effect::Delay] {
        left = tab(surface, pos2(left, area.top()), effect) + 10.0;
    }
    match surface.desk.effect {
        Effect::Reverb => reverb::show(surface, area, params),
        Effect::Delay => delay::show(surface, area, params),
    }
}

/// The word for `effect`, and where it ends.
fn tab(surface: &mut Surface<'_>, at: egui::Pos2, effect: Effect) -> f32 {
    let (id, is_shown) = (Id::unique(("effect", effect)), surface.desk.effect == effect);
    let width = text::width(&surface.painter, effect.name(), text::LABEL_STRONG);
    let area = Rect::from_min_size(at, vec2(width, 22.0));
    let response = surface.control(id, area, Sense::click());
    let theme = surface.theme;
    let ink = if is_shown || response.hovered() { theme.t1 } else { theme.t2 };
    let middle = pos2(area.left(), area.center().y);
    text::draw(&surface.painter, middle, Align2::LEFT_CENTER, effect.name(), text::LABEL_STRONG, ink);
    if is_shown {
        paint::hline(&surface.painter, (area.left(), area.right()), area.bottom() - 2.0, 1.0, theme.t1);
    }
    surface.hand(&response);
    surface.ring(id, area, 3.0);
    surface.tip(&response, effect.name(), "Shows it here, and in the strips what each part sends to it");
    if surface.activated(id, &response) {
        surface.desk.effect = effect;
    }
    area.right()
}

/// What a part sends to the effect that is shown.
pub(crate) fn send<'a>(surface: &Surface<'_>, part: &'a PartParams) -> &'a FloatParam {
    match surface.desk.effect {
        Effect::Reverb => &part.reverb_send_db,
        Effect::Delay => &part.delay_send_db,
    }
}

/// The list in the block's upper right corner.
pub(crate) fn list(
    surface: &mut Surface<'_>,
    area: Rect,
    param: Handle,
    shown: &str,
    labels: impl Iterator<Item = String>,
) {
    let list = Rect::from_min_size(pos2(area.right() - 92.0, area.top()), vec2(92.0, 22.0));
    button::list(surface, list, param, shown, labels);
}

/// A knob in one of the block's four columns.
pub(crate) fn knob(surface: &mut Surface<'_>, area: Rect, column: usize, param: &FloatParam, label: &str) {
    let pitch = area.width() / 4.0;
    let centre = pos2(area.left() + (column as f32 + 0.5) * pitch, area.top() + 40.0);
    let rect =
        Rect::from_min_max(pos2(centre.x - 26.0, centre.y - 16.0), pos2(centre.x + 26.0, centre.y + 29.0));
    let place = KnobPlace { centre, radius: 14.0, rect };
    let look = Look { label, is_bipolar: false, unit_in_label: true, unused: None };
    knob::show(surface, place, Handle::of(param), look);
}
