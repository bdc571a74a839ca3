//! Runs on the main thread. Tooltips: after half a second over a control, at once while it is dragged.

use super::paint;
use super::surface::Surface;
use super::text;
use egui::{Align2, Id, Rect, Stroke, pos2, vec2};
use std::time::Duration;

/// Seconds until a tooltip comes.
const DELAY_S: f64 = 0.5;

/// The tooltip on offer.
#[derive(Debug, Default)]
pub(crate) struct Tooltip {
    offer: Option<Offer>,
    seen: bool,
}

#[derive(Debug)]
struct Offer {
    id: Id,
    anchor: Rect,
    title: String,
    hint: String,
    since: f64,
    at_once: bool,
}

impl Tooltip {
    /// Offers a tooltip for the control `id`, which the pointer is over.
    pub(crate) fn offer(&mut self, id: Id, anchor: Rect, title: &str, hint: &str, now: f64) {
        self.put(id, anchor, title, hint, now, false);
    }

    /// Shows a tooltip at once: the control is being dragged.
    pub(crate) fn demand(&mut self, id: Id, anchor: Rect, title: &str, hint: &str, now: f64) {
        self.put(id, anchor, title, hint, now, true);
    }

    fn put(&mut self, id: Id, anchor: Rect, title: &str, hint: &str, now: f64, at_once: bool) {
        if self.seen && self.offer.as_ref().is_some_and(|offer| offer.at_once) {
            return;
        }
        let since = self.offer.as_ref().filter(|offer| offer.id == id).map_or(now, |offer| offer.since);
        let (title, hint) = (title.to_owned(), hint.to_owned());
        self.offer = Some(Offer { id, anchor, title, hint, since, at_once });
        self.seen = true;
    }
}

/// Draws the tooltip, last of all.
pub(crate) fn show(surface: &mut Surface<'_>) {
    let was_seen = std::mem::take(&mut surface.desk.tooltip.seen);
    if !was_seen {
        surface.desk.tooltip.offer = None;
    }
    let now = surface.ui.input(|input| input.time);
    let pressed = surface.ui.input(|input| input.pointer.any_down());
    let Some(offer) = &surface.desk.tooltip.offer else { return };
    if !offer.at_once {
        let waited = now - offer.since;
        if waited < DELAY_S {
            surface.ui.ctx().request_repaint_after(Duration::from_secs_f64(DELAY_S - waited + 0.01));
            return;
        }
        if pressed {
            return;
        }
    }
    paint_box(surface, offer);
}

fn paint_box(surface: &Surface<'_>, offer: &Offer) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let title_width = text::width(painter, &offer.title, text::LABEL_CHOSEN);
    let hint_width = text::width(painter, &offer.hint, text::LABEL);
    let height = if offer.hint.is_empty() { 24.0 } else { 38.0 };
    let size = vec2(title_width.max(hint_width) + 18.0, height);
    let window = surface.ui.max_rect();
    let x = (offer.anchor.center().x - size.x / 2.0).clamp(4.0, (window.right() - size.x - 4.0).max(4.0));
    let below = offer.anchor.bottom() + 8.0;
    let y = if below + size.y > window.bottom() - 4.0 { offer.anchor.top() - 8.0 - size.y } else { below };
    let area = paint::snapped(painter, Rect::from_min_size(pos2(x, y.max(4.0)), size));
    paint::shadow(painter, area, 6, theme.shadow);
    paint::panel(painter, area, 6.0, theme.raised, Stroke::new(1.0, theme.line));
    let at = pos2(area.left() + 9.0, area.top() + 12.0);
    text::draw(painter, at, Align2::LEFT_CENTER, &offer.title, text::LABEL_CHOSEN, theme.t1);
    let at = pos2(area.left() + 9.0, area.top() + 26.0);
    text::draw(painter, at, Align2::LEFT_CENTER, &offer.hint, text::LABEL, theme.t2);
}
