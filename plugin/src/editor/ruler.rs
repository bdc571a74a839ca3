//! Runs on the main thread. The bars above the lanes, by the host's numbers.

use super::paint;
use super::roll_axis::Axis;
use super::surface::Surface;
use super::text;
use super::view::bar_number;
use egui::{Align2, Rect, pos2};

/// Pixels that a bar's number needs.
const NUMBER_PX: f32 = 30.0;

/// Draws the ruler.
pub(crate) fn show(surface: &Surface<'_>, area: Rect, axis: &Axis) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let every = (NUMBER_PX / axis.bar_width().max(0.01)).ceil().max(1.0) as i64;
    let first = bar_number(axis.start_beats, axis.metre);
    for (i, beats) in axis.bars().enumerate() {
        let x = axis.x(beats);
        paint::vline(painter, x, (area.top() + 2.0, area.bottom()), 1.0, theme.line);
        let has_room = x + 14.0 <= area.right();
        if i as i64 % every == 0 && has_room {
            let number = (first + i as i64).to_string().replace('-', "−");
            let at = pos2(x + 6.0, area.center().y);
            text::draw(painter, at, Align2::LEFT_CENTER, &number, text::LABEL, theme.t2);
        }
    }
}
