//! Runs on the main thread. The bars above the lanes, by the host's numbers, each with a padlock.

use super::icons::{self, Icon};
use super::locks::{BARS_MAX, Locks};
use super::paint;
use super::roll_axis::Axis;
use super::surface::{Deed, Surface};
use super::text;
use super::theme;
use super::view::bar_number;
use egui::{Align2, Id, Key, Rect, Sense, pos2};

/// Pixels that a bar's number needs.
const NUMBER_PX: f32 = 30.0;
/// Pixels that a number and a padlock need, and a padlock alone.
const OPEN_PX: f32 = 48.0;
const CLOSED_PX: f32 = 34.0;

/// Draws the ruler. `locks` are those of the current idea, where there is one.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, axis: &Axis, locks: Option<Locks>) {
    let every = (NUMBER_PX / axis.bar_width().max(0.01)).ceil().max(1.0) as i64;
    let first = bar_number(axis.start_beats, axis.metre);
    if let Some(locks) = locks {
        for bar in 0..axis.whole_bars().min(BARS_MAX) {
            self::bar(surface, area, axis, bar, locks);
        }
    }
    let (painter, theme) = (&surface.painter, surface.theme);
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

/// One bar: a click locks it in every part, or frees it.
fn bar(surface: &mut Surface<'_>, area: Rect, axis: &Axis, bar: usize, locks: Locks) {
    let theme = surface.theme;
    let id = Id::unique(("bar lock", bar));
    let place = axis.bar_area(area, bar);
    let response = surface.control(id, place, Sense::click());
    let hover = surface.hover(&response);
    let is_locked = locks.holds_bar(bar);
    if is_locked {
        surface.painter.rect_filled(place, 0.0, theme::fade(theme.raised, 0.55));
        paint::hline(&surface.painter, (place.left() + 1.0, place.right()), area.top(), 2.0, theme.t1);
    }
    surface.painter.rect_filled(place, 0.0, theme::fade(theme.hover, hover));
    let at = pos2(place.right() - 13.0, area.center().y - 0.5);
    if is_locked && place.width() >= CLOSED_PX {
        icons::draw(&surface.painter, Icon::LockClosed, at, 11.5, theme.t1);
    } else if !is_locked && place.width() >= OPEN_PX {
        icons::draw(&surface.painter, Icon::LockOpen, at, 11.5, theme::mix(theme.t3, theme.t1, hover));
    }
    surface.hand(&response);
    surface.ring(id, place.shrink(3.0), 2.0);
    let number = bar_number(axis.start_beats, axis.metre) + bar as i64;
    let title = format!("Bar {number}, {}", if is_locked { "locked" } else { "open" });
    let hint = "Click: lock it in every part   Alt-click in a lane: there alone";
    surface.tip(&response, &title, if is_locked { "Click: free it in every part" } else { hint });
    if surface.activated(id, &response) {
        surface.ask(Deed::Lock(locks.with_bar(bar, axis.whole_bars())));
    }
    let step =
        i32::from(surface.pressed(id, Key::ArrowRight)) - i32::from(surface.pressed(id, Key::ArrowLeft));
    let next = bar as i32 + step;
    if step != 0 && next >= 0 && (next as usize) < axis.whole_bars().min(BARS_MAX) {
        surface.desk.focus.move_to(Id::unique(("bar lock", next as usize)));
    }
}
