//! Runs on the main thread. The harmony above the roll, a cell for each chord.

use super::paint;
use super::roll_axis::Axis;
use super::surface::Surface;
use super::text;
use egui::{Align2, Id, Rect, Sense, Stroke, pos2};
use linnet_music::{ChordSpan, Key};

/// Draws the chords over `area`, spelled as in `key`.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    area: Rect,
    axis: &Axis,
    chords: &[ChordSpan],
    key: Option<Key>,
) {
    let theme = surface.theme;
    let label = pos2(area.left() - 62.0, area.center().y);
    text::draw(&surface.painter, label, Align2::LEFT_CENTER, "Harmony", text::LABEL, theme.t2);
    for (i, span) in chords.iter().enumerate() {
        let (left, right) = (axis.x(span.onset.0), axis.x(span.onset.0 + span.length.0));
        let (left, right) = (left.max(area.left()), right.min(area.right()));
        if right.is_nan() || left.is_nan() || right - left <= 3.0 {
            continue;
        }
        let cell = Rect::from_min_max(pos2(left + 0.5, area.top()), pos2(right - 1.5, area.bottom()));
        paint::panel(&surface.painter, cell, 4.0, theme.raised, Stroke::NONE);
        let name = key.map_or_else(|| span.chord.to_string(), |key| span.chord.symbol_in(key));
        let at = pos2(cell.left() + 7.0, cell.center().y);
        let room = cell.width() - 10.0;
        let was_cut = text::draw_within(
            &surface.painter,
            at,
            Align2::LEFT_CENTER,
            &name,
            (text::CHORD, theme.t1),
            room,
        );
        if was_cut {
            let response = surface.ui.interact(cell, Id::unique(("chord", i)), Sense::hover());
            surface.tip(&response, &name, "");
        }
    }
}
