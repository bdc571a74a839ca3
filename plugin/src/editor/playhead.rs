//! Runs on the main thread. The playhead, through ruler and lanes only.

use super::paint;
use super::roll_axis::Axis;
use super::surface::Surface;
use super::view::View;
use egui::{Rect, Shape, Stroke, pos2};

/// Where the playhead stands in beats from the roll's start, while something moves in it.
pub(crate) fn position(view: &View, axis: &Axis) -> Option<f64> {
    let now = &view.now;
    if !now.is_moving() {
        return None;
    }
    let since = now.position - axis.start_beats;
    match &view.current {
        Some(_) if view.current_sounds() && since >= 0.0 => Some(since.rem_euclid(axis.length_beats)),
        Some(_) => None,
        None => (0.0..=axis.length_beats).contains(&since).then_some(since),
    }
}

/// Draws it from the ruler down to `bottom`.
pub(crate) fn show(surface: &Surface<'_>, ruler: Rect, bottom: f32, axis: &Axis, view: &View) {
    let Some(beats) = position(view, axis) else { return };
    let (painter, theme) = (&surface.painter, surface.theme);
    let x = paint::snap(painter, axis.x(beats));
    let top = ruler.bottom() - 6.0;
    paint::vline(painter, x - 0.75, (top, bottom), 1.5, theme.t1);
    let corners = [pos2(x - 5.0, top - 1.0), pos2(x + 5.0, top - 1.0), pos2(x, top + 6.0)];
    painter.add(Shape::convex_polygon(corners.to_vec(), theme.t1, Stroke::NONE));
}
