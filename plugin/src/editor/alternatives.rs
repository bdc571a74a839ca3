//! Runs on the main thread. The best candidates of the last proposal: 1 is the one that was chosen.

use super::button::{self, Look};
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::view::View;
use egui::{Align2, Rect, Stroke, pos2, vec2};

/// Alternatives that are offered at most, the chosen one included.
pub(crate) const COUNT_MAX: usize = 3;

/// Draws the buttons at the right end of `area`, where there is something to choose.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, view: &View) {
    let count = (view.worker.alternatives.len() + 1).min(COUNT_MAX);
    if count < 2 || view.worker.latest.is_none() || view.current.is_none() {
        return;
    }
    let theme = surface.theme;
    let width = 30.0 * count as f32;
    let ground = Rect::from_min_size(pos2(area.right() - width, area.top()), vec2(width, area.height()));
    paint::panel(&surface.painter, ground, 6.0, theme.raised, Stroke::NONE);
    let label = pos2(ground.left() - 8.0, area.center().y);
    text::draw(&surface.painter, label, Align2::RIGHT_CENTER, "Alternatives", text::LABEL, theme.t2);
    for place in 0..count {
        let cell =
            Rect::from_min_size(ground.min + vec2(30.0 * place as f32, 0.0), vec2(30.0, area.height()));
        let look = if view.alternative == Some(place) { Look::Chosen } else { Look::Bare };
        let number = (place + 1).to_string();
        let style = if look == Look::Chosen { text::LABEL_CHOSEN } else { text::LABEL };
        let id = ["alternative 1", "alternative 2", "alternative 3"][place];
        let (pressed, response) =
            button::labelled(surface, id, cell.shrink(1.0), (None, &number), (style, look));
        let hint = if place == 0 { "The best by score" } else { "Joins the history when it is played" };
        surface.tip(&response, &format!("Alternative {number}   Alt+{number}"), hint);
        if pressed {
            surface.ask(Deed::Alternative(place));
        }
    }
}
