//! Runs on the main thread. Drawing that egui lacks: arcs, hatching, lines on device pixels, shadows.

use egui::epaint::StrokeKind;
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};
use std::f32::consts::{FRAC_PI_2, PI};

/// `v` on the nearest boundary of device pixels.
pub(crate) fn snap(painter: &Painter, v: f32) -> f32 {
    let scale = painter.pixels_per_point();
    (v * scale).round() / scale
}

/// A vertical line one pixel wide (at 100 %), filling whole device pixels.
pub(crate) fn vline(painter: &Painter, x: f32, y: (f32, f32), width: f32, colour: Color32) {
    let (left, thick) = (snap(painter, x), whole(painter, width));
    let area = Rect::from_min_max(pos2(left, snap(painter, y.0)), pos2(left + thick, snap(painter, y.1)));
    painter.rect_filled(area, 0.0, colour);
}

/// A horizontal line, filling whole device pixels.
pub(crate) fn hline(painter: &Painter, x: (f32, f32), y: f32, width: f32, colour: Color32) {
    let (top, thick) = (snap(painter, y), whole(painter, width));
    let area = Rect::from_min_max(pos2(snap(painter, x.0), top), pos2(snap(painter, x.1), top + thick));
    painter.rect_filled(area, 0.0, colour);
}

/// A stroke's width as whole device pixels, at least one.
fn whole(painter: &Painter, width: f32) -> f32 {
    let scale = painter.pixels_per_point();
    (width * scale).round().max(1.0) / scale
}

/// `area` with every edge on a device pixel.
pub(crate) fn snapped(painter: &Painter, area: Rect) -> Rect {
    Rect::from_min_max(
        pos2(snap(painter, area.left()), snap(painter, area.top())),
        pos2(snap(painter, area.right()), snap(painter, area.bottom())),
    )
}

/// The point at `angle` (clockwise from the right, in radians) on a circle.
pub(crate) fn on_circle(centre: Pos2, radius: f32, angle: f32) -> Pos2 {
    centre + radius * Vec2::angled(angle)
}

/// Points along an arc from `start` to `end`, angles clockwise from the right.
pub(crate) fn arc_points(centre: Pos2, radius: f32, start: f32, end: f32) -> Vec<Pos2> {
    let steps = (((end - start).abs() * radius / 1.2).ceil() as usize).clamp(2, 96);
    (0..=steps).map(|i| on_circle(centre, radius, start + (end - start) * i as f32 / steps as f32)).collect()
}

/// An arc with round ends.
pub(crate) fn arc(painter: &Painter, centre: Pos2, radius: f32, (start, end): (f32, f32), stroke: Stroke) {
    if (end - start).abs() * radius < 0.1 {
        return;
    }
    painter.add(Shape::line(arc_points(centre, radius, start, end), stroke));
    for angle in [start, end] {
        painter.circle_filled(on_circle(centre, radius, angle), stroke.width * 0.5, stroke.color);
    }
}

/// Lines at 45° inside `area`, `step` apart, clipped to it.
pub(crate) fn hatch(painter: &Painter, area: Rect, step: f32, stroke: Stroke) {
    let clipped = painter.with_clip_rect(area.intersect(painter.clip_rect()));
    let height = area.height();
    // The lines start on a lattice of the whole window, so that neighbours continue each other.
    let mut x = ((area.left() - height) / step).floor() * step;
    while x < area.right() {
        clipped.line_segment([pos2(x, area.bottom()), pos2(x + height, area.top())], stroke);
        x += step;
    }
}

/// A diamond.
pub(crate) fn diamond(painter: &Painter, centre: Pos2, radius: f32, colour: Color32) {
    let corners = [vec2(0.0, -radius), vec2(radius, 0.0), vec2(0.0, radius), vec2(-radius, 0.0)];
    painter.add(Shape::convex_polygon(corners.map(|c| centre + c).to_vec(), colour, Stroke::NONE));
}

/// A soft shadow under a menu, tooltip or message: 0 6 16.
pub(crate) fn shadow(painter: &Painter, area: Rect, radius: u8, colour: Color32) {
    let shape = egui::epaint::Shadow { offset: [0, 6], blur: 16, spread: 0, color: colour }
        .as_shape(area, CornerRadius::same(radius));
    painter.add(shape);
}

/// A dashed outline with round corners.
pub(crate) fn dashed_outline(painter: &Painter, area: Rect, radius: f32, stroke: Stroke) {
    let r = radius.min(area.width() / 2.0).min(area.height() / 2.0);
    let corners = [
        (pos2(area.right() - r, area.top() + r), -FRAC_PI_2),
        (pos2(area.right() - r, area.bottom() - r), 0.0),
        (pos2(area.left() + r, area.bottom() - r), FRAC_PI_2),
        (pos2(area.left() + r, area.top() + r), PI),
    ];
    let mut path: Vec<Pos2> =
        corners.iter().flat_map(|(c, start)| arc_points(*c, r, *start, start + FRAC_PI_2)).collect();
    path.extend(path.first().copied());
    painter.extend(Shape::dashed_line(&path, stroke, 3.0, 3.0));
}

/// A rounded box with a fill and a border inside it.
pub(crate) fn panel(painter: &Painter, area: Rect, radius: f32, fill: Color32, border: Stroke) {
    painter.rect(area, radius, fill, border, StrokeKind::Inside);
}
