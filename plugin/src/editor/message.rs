//! Runs on the main thread. A message that leaves the rest usable: what is wrong, with which file, what to do.

use super::button::{self, Look};
use super::icons::{self, Icon};
use super::layout::Roll;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use egui::{Align2, Id, Key, Rect, Sense, Stroke, pos2, vec2};
use linnet_handover::worker_view::Failure;

/// What the user is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) title: String,
    pub(crate) detail: String,
    /// What to do.
    pub(crate) remedy: String,
    /// The first is the one that is meant.
    pub(crate) actions: Vec<Action>,
    /// What closing does, and the words that say so.
    pub(crate) close: Deed,
    pub(crate) hint: &'static str,
}

/// A button of a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Action {
    label: &'static str,
    width: f32,
    deed: Deed,
}

impl Action {
    /// A button `width` pixels wide.
    pub(crate) fn new(label: &'static str, width: f32, deed: Deed) -> Self {
        Self { label, width, deed }
    }
}

impl Message {
    /// The composer cannot compose.
    pub(crate) fn of(failure: &Failure) -> Self {
        let text = format!("{}\n{}\n{}", failure.title, failure.detail, failure.remedy);
        Self {
            title: failure.title.clone(),
            detail: failure.detail.clone(),
            remedy: failure.remedy.clone(),
            actions: vec![
                Action::new("Try again", 74.0, Deed::TryAgain),
                Action::new("Models folder", 96.0, Deed::Settings(true)),
                Action::new("Copy text", 74.0, Deed::CopyText(text)),
            ],
            close: Deed::ShowMessage(false),
            hint: "Esc; the status line opens it again",
        }
    }
}

/// Draws the message over the roll.
pub(crate) fn show(surface: &mut Surface<'_>, roll: &Roll, message: Message) {
    let theme = surface.theme;
    let width = (roll.well.width() - 48.0).min(316.0);
    let inner = width - 32.0 - 26.0;
    let measure = |words: &str| {
        let galley = surface.painter.layout(words.to_owned(), text::BODY.font(), theme.t1, inner);
        if words.is_empty() { 0.0 } else { galley.size().y + 4.0 }
    };
    let height = 44.0 + measure(&message.detail) + measure(&message.remedy) + 52.0;
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
        &message.title,
        (text::TITLE, theme.t1),
        area.right() - 40.0 - left,
    );
    let mut y = area.top() + 42.0;
    if !message.detail.is_empty() {
        let look = (text::BODY, theme.t1);
        y += text::paragraph(&surface.painter, pos2(left, y), &message.detail, look, inner) + 4.0;
    }
    text::paragraph(&surface.painter, pos2(left, y), &message.remedy, (text::BODY, theme.t2), inner);
    buttons(surface, area, message.actions);
    let cross = Rect::from_center_size(pos2(area.right() - 20.0, area.top() + 22.0), vec2(24.0, 24.0));
    let (closed, response) = button::icon(surface, "message close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", message.hint);
    let escaped = surface.desk.menu.is_none()
        && surface.desk.typing.is_none()
        && surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped {
        surface.ask(message.close);
    }
}

fn buttons(surface: &mut Surface<'_>, area: Rect, actions: Vec<Action>) {
    let mut x = area.left() + 42.0;
    for (i, action) in actions.into_iter().enumerate() {
        let look = if i == 0 { Look::Chosen } else { Look::Bare };
        let place = Rect::from_min_size(pos2(x, area.bottom() - 42.0), vec2(action.width, 28.0));
        if look == Look::Bare {
            surface.painter.rect_filled(place, 6.0, surface.theme.hover);
        }
        let words = (None, action.label);
        let (pressed, _) = button::labelled(surface, action.label, place, words, (text::LABEL_STRONG, look));
        if pressed {
            surface.ask(action.deed);
        }
        x += action.width + 8.0;
    }
}
