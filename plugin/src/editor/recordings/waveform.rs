//! Runs on the main thread. The waveform of a recording, in which a drag or the arrow keys select a range, a click says where
//! it plays from, and a playhead runs.

use super::super::paint;
use super::super::surface::{Deed, Surface};
use super::super::view::Now;
use super::{Record, State, playhead};
use crate::recordings::{Open, Shown};
use egui::{Id, Key, Rect, Response, Sense, Shape, Stroke, pos2, vec2};

/// What the arrow keys move an end of the selection by, as a share of the recording.
const STEP: f32 = 0.01;

/// The waveform, in which a drag selects, and a click says where it plays from.
pub(super) fn waveform(
    surface: &mut Surface<'_>,
    area: Rect,
    (open, shown, now): (&Open, &Shown, &Now),
    state: &mut State,
) {
    let theme = surface.theme;
    let id = Id::unique("waveform");
    let response = surface.control(id, area, Sense::click_and_drag());
    paint::panel(&surface.painter, area, 6.0, theme.well, Stroke::new(1.0, theme.line));
    let share = |x: f32| ((x - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0);
    let was_clicked = select(surface, (id, &response), share, state);
    listen(surface, (id, was_clicked), (open, shown), state);
    let inner = area.shrink2(vec2(0.0, 6.0));
    if let Some([one, other]) = state.selected {
        let x = |share: f32| area.left() + share * area.width();
        let selected = Rect::from_min_max(
            pos2(x(one.min(other)), area.top() + 1.0),
            pos2(x(one.max(other)), area.bottom() - 1.0),
        );
        surface.painter.rect_filled(selected, 0.0, theme.hover);
        for edge in [selected.left(), selected.right()] {
            paint::vline(&surface.painter, edge, (area.top() + 1.0, area.bottom() - 1.0), 1.0, theme.t1);
        }
    }
    let (middle, half) = (inner.center().y, inner.height() / 2.0);
    paint::hline(&surface.painter, (area.left() + 1.0, area.right() - 1.0), middle, 1.0, theme.line);
    let columns = (area.width() - 2.0).max(1.0) as usize;
    for column in 0..columns {
        let [low, high] = bounds(&open.overview, column, columns);
        let y = |value: f32| middle - value.clamp(-1.0, 1.0) * half;
        let x = area.left() + 1.5 + column as f32;
        let (top, bottom) = (y(high), y(low).max(y(high) + 1.0));
        let line = Rect::from_min_max(pos2(x - 0.5, top), pos2(x + 0.5, bottom));
        surface.painter.rect_filled(line, 0.0, theme.t2);
    }
    places(surface, area, (playhead(shown, now), open.frames), state);
    surface.ring(id, area, 6.0);
    if response.hovered() {
        surface.ui.ctx().set_cursor_icon(egui::CursorIcon::Text);
    }
}

/// Enter plays and stops; a click while it plays lets it go on from there.
fn listen(
    surface: &mut Surface<'_>,
    (id, was_clicked): (Id, bool),
    (open, shown): (&Open, &Shown),
    state: &State,
) {
    let (is_heard, is_entered) = (shown.listened.is_some(), surface.pressed(id, Key::Enter));
    if is_heard && is_entered {
        surface.ask(Deed::Recordings(Record::Silence));
    } else if is_entered || (is_heard && was_clicked) {
        surface.ask(Deed::Recordings(Record::Listen(state.heard(open.frames))));
    }
}

/// Where it plays, and where it would begin to.
fn places(surface: &Surface<'_>, area: Rect, (now, frames): (Option<usize>, usize), state: &State) {
    let (painter, colour) = (&surface.painter, surface.theme.t1);
    let x = |share: f32| area.left() + 1.0 + share * (area.width() - 3.0);
    let y = (area.top() + 1.0, area.bottom() - 1.0);
    if state.selected.is_none() {
        let (x, top) = (x(state.place), y.0);
        paint::vline(painter, x, y, 1.0, surface.theme.t3);
        let mark = [pos2(x - 4.5, top), pos2(x + 5.5, top), pos2(x + 0.5, top + 7.0)];
        painter.with_clip_rect(area).add(Shape::convex_polygon(mark.to_vec(), colour, Stroke::NONE));
    }
    if let Some(frame) = now {
        paint::vline(painter, x(frame as f32 / frames.max(1) as f32), y, 1.5, colour);
    }
}

/// The lowest and the highest value of a column of the picture.
fn bounds(overview: &[[f32; 2]], column: usize, columns: usize) -> [f32; 2] {
    let start = column * overview.len() / columns;
    let end = ((column + 1) * overview.len() / columns).max(start + 1).min(overview.len());
    let pieces = overview.get(start..end).unwrap_or(&[]);
    pieces.iter().fold([0.0, 0.0], |[low, high]: [f32; 2], piece| [low.min(piece[0]), high.max(piece[1])])
}

/// A drag selects, a click selects nothing and says where it plays from, which is what it returns; the arrow keys move the
/// beginning, with Shift the end, and Home selects all.
fn select(
    surface: &mut Surface<'_>,
    (id, response): (Id, &Response),
    share: impl Fn(f32) -> f32,
    state: &mut State,
) -> bool {
    let pointer = response.interact_pointer_pos().map(|at| share(at.x));
    let origin = surface.ui.input(|input| input.pointer.press_origin()).map(|at| share(at.x));
    if let Some(now) = pointer.filter(|_| response.dragged()) {
        let first = origin.filter(|_| response.drag_started() || state.selected.is_none());
        let first = first.or(state.selected.map(|[first, _]| first)).unwrap_or(now);
        state.selected = Some([first, now]);
    } else if response.clicked() {
        (state.selected, state.place) = (None, pointer.unwrap_or(state.place));
    }
    let shift = surface.modifiers().shift;
    let mut nudge = |by: f32| {
        let [one, other] = state.selected.unwrap_or([0.0, 1.0]);
        let (mut start, mut end) = (one.min(other), one.max(other));
        let moved = if shift { &mut end } else { &mut start };
        *moved = (*moved + by).clamp(0.0, 1.0);
        state.selected = Some([start.min(end), end.max(start)]);
    };
    if surface.pressed(id, Key::ArrowRight) {
        nudge(STEP);
    } else if surface.pressed(id, Key::ArrowLeft) {
        nudge(-STEP);
    } else if surface.pressed(id, Key::Home) {
        state.selected = Some([0.0, 1.0]);
    } else if surface.pressed(id, Key::Backspace) {
        state.selected = None;
    }
    surface.tip(
        response,
        "Click: play from there   Drag: select",
        "Enter plays and stops   ← → move the beginning, with Shift the end   Home: all   Backspace: nothing",
    );
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_shows_the_peaks_in_it() {
        let overview: Vec<[f32; 2]> =
            (0..100).map(|n| if n == 57 { [-0.5, 0.9] } else { [0.0, 0.1] }).collect();
        let columns: Vec<[f32; 2]> = (0..10).map(|column| bounds(&overview, column, 10)).collect();
        assert_eq!(columns[5], [-0.5, 0.9]);
        assert_eq!(columns[4], [0.0, 0.1]);
        assert_eq!(bounds(&overview, 570, 1000), [-0.5, 0.9], "where columns are narrower than stretches");
        assert_eq!(bounds(&[], 3, 10), [0.0, 0.0]);
    }
}
