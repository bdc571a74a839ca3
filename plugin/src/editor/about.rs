//! Runs on the main thread. The page About: what this build is and where it runs, ready to paste into a bug report.

use super::button::{self, Look};
use super::icons::Icon;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use crate::report::{self, Line};
use egui::{Align2, Id, Key, Rect, Sense, Stroke, pos2, vec2};

/// Between the page's edge and its words.
const MARGIN: f32 = 24.0;
/// The pitch of the lines, and where their values begin.
const LINE: f32 = 19.0;
const COLUMN: f32 = 88.0;
/// What lies above the lines, and below.
const HEAD: f32 = 54.0;
const FOOT: f32 = 112.0;

/// Draws the page over the window. `told` is what the last button has done.
pub(crate) fn show(surface: &mut Surface<'_>, window: Rect, lines: &[Line], told: &str) {
    let theme = surface.theme;
    let height = HEAD + LINE * lines.len() as f32 + FOOT;
    let size = vec2((window.width() - 80.0).min(620.0), height.min(window.height() - 24.0));
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("about veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("about page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, super::theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let title = pos2(area.left() + MARGIN, area.top() + 28.0);
    text::draw(&surface.painter, title, Align2::LEFT_CENTER, "About", text::NAME, theme.t1);
    rows(surface, area, lines);
    licences(surface, area, told);
    buttons(surface, area, lines);
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, _) = button::icon(surface, "about close", cross, (Icon::Close, 12.0), Look::Bare);
    let escaped = surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::About(false));
    }
}

/// The lines that fit; all of them are in what Copy takes.
fn rows(surface: &mut Surface<'_>, area: Rect, lines: &[Line]) {
    let theme = surface.theme;
    let room = area.width() - 2.0 * MARGIN - COLUMN;
    let fitting = ((area.height() - HEAD - FOOT) / LINE).floor().max(0.0) as usize;
    for (i, (label, value)) in lines.iter().take(fitting).enumerate() {
        let at = pos2(area.left() + MARGIN, area.top() + HEAD + LINE * (i as f32 + 0.5));
        text::draw(&surface.painter, at, Align2::LEFT_CENTER, label, text::LABEL, theme.t2);
        let look = (text::LABEL_STRONG, theme.t1);
        let place = at + vec2(COLUMN, 0.0);
        let was_cut = text::draw_within(&surface.painter, place, Align2::LEFT_CENTER, value, look, room);
        if was_cut {
            let row = Rect::from_min_size(place - vec2(0.0, LINE / 2.0), vec2(room, LINE));
            let response = surface.ui.interact(row, Id::unique(("about row", i)), Sense::hover());
            surface.tip(&response, value, "Copy takes all of it");
        }
    }
}

fn buttons(surface: &mut Surface<'_>, area: Rect, lines: &[Line]) {
    let y = area.bottom() - 46.0;
    let copy = Rect::from_min_size(pos2(area.left() + MARGIN, y), vec2(88.0, 28.0));
    let style = (text::LABEL_STRONG, Look::Chosen);
    let (pressed, response) = button::labelled(surface, "about copy", copy, (None, "Copy"), style);
    surface.tip(&response, "Copy", "All of this, ready to paste into a bug report");
    if pressed {
        surface.ask(Deed::CopyText(report::text(lines)));
    }
    let open = Rect::from_min_size(pos2(copy.right() + 8.0, y), vec2(132.0, 28.0));
    surface.painter.rect_filled(open, 6.0, surface.theme.hover);
    let style = (text::LABEL_STRONG, Look::Bare);
    let (pressed, response) = button::labelled(surface, "about log", open, (None, "Open log folder"), style);
    surface.tip(&response, "Open log folder", &report::log_folder());
    if pressed {
        surface.ask(Deed::OpenLog);
    }
}

/// What this is licensed under, and what the last button has done.
fn licences(surface: &Surface<'_>, area: Rect, told: &str) {
    let theme = surface.theme;
    let y = area.bottom() - FOOT + 10.0;
    paint::hline(&surface.painter, (area.left() + 1.0, area.right() - 1.0), y, 1.0, theme.line);
    let rights = "Code and weights: MIT or Apache-2.0. Type: IBM Plex Sans, SIL Open Font License 1.1.";
    let words = [(rights, theme.t2), (told, theme.t1)];
    for (i, (line, ink)) in words.into_iter().enumerate() {
        let at = pos2(area.left() + MARGIN, y + 18.0 + LINE * i as f32);
        let room = area.width() - 2.0 * MARGIN;
        text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, line, (text::LABEL, ink), room);
    }
}
