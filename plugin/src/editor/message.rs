//! Runs on the main thread. A message that leaves the rest usable: what is wrong, with which file, what to do.

use super::button::{self, Look};
use super::icons::{self, Icon};
use super::layout::Roll;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use egui::{Align2, Id, Key, Rect, Sense, Stroke, pos2, vec2};
use linnet_handover::worker_view::Failure;

/// Draws the message over the roll.
pub(crate) fn show(surface: &mut Surface<'_>, roll: &Roll, failure: &Failure) {
    let theme = surface.theme;
    let width = (roll.well.width() - 48.0).min(316.0);
    let inner = width - 32.0 - 26.0;
    let measure = |words: &str| {
        let galley = surface.painter.layout(words.to_owned(), text::BODY.font(), theme.t1, inner);
        if words.is_empty() { 0.0 } else { galley.size().y + 4.0 }
    };
    let height = 44.0 + measure(&failure.detail) + measure(&failure.remedy) + 52.0;
    let lanes = roll.lanes[0].union(roll.lanes[3]);
    let area = Rect::from_center_size(lanes.center() - vec2(30.0, 10.0), vec2(width, height));
    let area = paint::snapped(&surface.painter, area);
    let _ = surface.ui.interact(area, Id::unique("message"), Sense::click_and_drag());
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    icons::draw(&surface.painter, Icon::Warning, area.min + vec2(24.0, 24.0), 16.0, theme.accent);
    let left = area.left() + 42.0;
    let title = pos2(left, area.top() + 24.0);
    text::draw_within(
        &surface.painter,
        title,
        Align2::LEFT_CENTER,
        &failure.title,
        (text::TITLE, theme.t1),
        area.right() - 40.0 - left,
    );
    let mut y = area.top() + 42.0;
    y += text::paragraph(&surface.painter, pos2(left, y), &failure.detail, (text::BODY, theme.t1), inner)
        + 4.0;
    text::paragraph(&surface.painter, pos2(left, y), &failure.remedy, (text::BODY, theme.t2), inner);
    buttons(surface, area, failure);
    let cross = Rect::from_center_size(pos2(area.right() - 20.0, area.top() + 22.0), vec2(24.0, 24.0));
    let (closed, response) = button::icon(surface, "message close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", "Esc; the status line opens it again");
    let escaped = surface.desk.menu.is_none()
        && surface.desk.typing.is_none()
        && surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped {
        surface.ask(Deed::ShowMessage(false));
    }
}

fn buttons(surface: &mut Surface<'_>, area: Rect, failure: &Failure) {
    let text = format!("{}\n{}\n{}", failure.title, failure.detail, failure.remedy);
    let deeds = [
        ("Try again", Look::Chosen, Deed::TryAgain),
        ("Models folder", Look::Raised, Deed::Settings(true)),
        ("Copy text", Look::Raised, Deed::CopyText(text)),
    ];
    let mut x = area.left() + 42.0;
    let widths = [74.0, 96.0, 74.0];
    for ((label, look, deed), width) in deeds.into_iter().zip(widths) {
        let look = if look == Look::Raised { Look::Bare } else { look };
        let place = Rect::from_min_size(pos2(x, area.bottom() - 42.0), vec2(width, 28.0));
        if look == Look::Bare {
            surface.painter.rect_filled(place, 6.0, surface.theme.hover);
        }
        let (pressed, _) = button::labelled(surface, label, place, (None, label), (text::LABEL_STRONG, look));
        if pressed {
            surface.ask(deed);
        }
        x += width + 8.0;
    }
}
