//! Runs on the main thread. Typing a value: units go through the parameter's own parser.
//!
//! Enter sets, Esc cancels, and text that means nothing stays, with a red edge.

use super::control::Handle;
use super::gesture;
use super::paint;
use super::surface::Surface;
use super::text;
use super::theme::Theme;
use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Color32, Id, Key, Rect, Stroke, TextEdit, UiBuilder, vec2};

/// A value that is being typed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typing {
    param: Handle,
    area: Rect,
    typed: String,
    is_bad: bool,
    is_new: bool,
}

impl Typing {
    /// A field over `area` with the present value in it, selected.
    pub(crate) fn new(param: Handle, area: Rect) -> Self {
        let wide = Rect::from_center_size(area.center(), vec2(area.width().max(56.0), 20.0));
        Self { param, area: wide, typed: param.text(), is_bad: false, is_new: true }
    }
}

/// Shows the field, over everything else.
pub(crate) fn show(surface: &mut Surface<'_>) {
    let Some(mut typing) = surface.desk.typing.take() else { return };
    let theme = surface.theme;
    let edge = if typing.is_bad { theme.accent } else { theme.t1 };
    paint::panel(&surface.painter, typing.area, 4.0, theme.well, Stroke::new(1.5, edge));
    let id = Id::unique("typing");
    let mut child = surface.ui.new_child(UiBuilder::new().max_rect(typing.area.shrink2(vec2(4.0, 2.0))));
    dress(&mut child, theme);
    let output = TextEdit::singleline(&mut typing.typed)
        .id(id)
        .font(text::VALUE.font())
        .text_color(theme.t1)
        .frame(egui::Frame::NONE)
        .background_color(Color32::TRANSPARENT)
        .margin(egui::Margin::ZERO)
        .align(Align2::CENTER_CENTER)
        .desired_width(typing.area.width() - 8.0)
        .show(&mut child);
    if typing.is_new {
        output.response.request_focus();
        let mut state = output.state.clone();
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(typing.typed.chars().count()));
        state.cursor.set_char_range(Some(all));
        state.store(surface.ui.ctx(), id);
        typing.is_new = false;
        surface.desk.typing = Some(typing);
        return;
    }
    if output.response.changed() {
        typing.is_bad = false;
    }
    finish(surface, typing, output.response.clicked_elsewhere());
}

/// The selection and the cursor in the editor's own colours.
fn dress(child: &mut egui::Ui, theme: &Theme) {
    let visuals = child.visuals_mut();
    visuals.selection.bg_fill = theme.hover;
    visuals.selection.stroke = Stroke::new(1.0, theme.t1);
    visuals.text_cursor.stroke = Stroke::new(1.5, theme.t1);
}

/// Takes Enter and Esc, and a click elsewhere, which sets what it can.
fn finish(surface: &mut Surface<'_>, mut typing: Typing, clicked_elsewhere: bool) {
    let (enter, escape) =
        surface.ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
    if escape {
        return;
    }
    if !enter && !clicked_elsewhere {
        surface.desk.typing = Some(typing);
        return;
    }
    match typing.param.read(&typing.typed) {
        Some(value) => gesture::put(surface, typing.param, value),
        None if clicked_elsewhere => {}
        None => {
            typing.is_bad = true;
            surface.ui.ctx().memory_mut(|memory| memory.request_focus(Id::unique("typing")));
            surface.desk.typing = Some(typing);
        }
    }
}

/// A line of text to edit, for the settings: a path. Says whether Enter was pressed in it.
pub(crate) fn line(
    surface: &mut Surface<'_>,
    id: Id,
    area: Rect,
    typed: &mut String,
    placeholder: &str,
) -> bool {
    let theme = surface.theme;
    let focused = surface.ui.ctx().memory(|memory| memory.has_focus(id));
    let edge = if focused { Stroke::new(1.5, theme.t1) } else { Stroke::new(1.0, theme.line) };
    text::field_frame(&surface.painter, area, theme.well, edge);
    if typed.is_empty() && !focused {
        let at = area.left_center() + vec2(10.0, 0.0);
        text::draw(&surface.painter, at, Align2::LEFT_CENTER, placeholder, text::BODY, theme.t3);
    }
    let mut child = surface.ui.new_child(UiBuilder::new().max_rect(area.shrink2(vec2(10.0, 4.0))));
    dress(&mut child, theme);
    let response = child.add(
        TextEdit::singleline(typed)
            .id(id)
            .font(text::BODY.font())
            .text_color(theme.t1)
            .frame(egui::Frame::NONE)
            .background_color(Color32::TRANSPARENT)
            .margin(egui::Margin::ZERO)
            .align(Align2::LEFT_CENTER)
            .desired_width(area.width() - 20.0),
    );
    response.lost_focus() && surface.ui.input(|input| input.key_pressed(Key::Enter))
}
