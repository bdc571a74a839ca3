//! Runs on the main thread. The page of the engine: which library and which models run, and what this build is.

use super::button::{self, Look};
use super::icons::Icon;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::typing;
use super::view::View;
use crate::settings::UserSettings;
use egui::{Align2, Id, Key, Rect, Sense, Stroke, pos2, vec2};
use std::path::Path;

/// Between the page's edge and its words.
const MARGIN: f32 = 24.0;

/// What is typed on the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields {
    runtime: String,
    models: String,
    /// Why the settings could not be read or written; empty where they could.
    pub(crate) fault: String,
}

impl Fields {
    /// The fields as the user's settings have them.
    pub(crate) fn load() -> Self {
        let shown = |path: Option<&Path>| path.map_or_else(String::new, |path| path.display().to_string());
        match UserSettings::load() {
            Ok(settings) => Self {
                runtime: shown(settings.onnxruntime.as_deref()),
                models: shown(settings.models.as_deref()),
                fault: String::new(),
            },
            Err(fault) => Self { fault, ..Self::default() },
        }
    }
}

/// Draws the page over the window. `is_putting_by`: whether recovery is on.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    window: Rect,
    (view, is_putting_by): (&View, bool),
    fields: &mut Fields,
) {
    let theme = surface.theme;
    let size = vec2((window.width() - 80.0).min(560.0), 388.0);
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("engine veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("engine page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, super::theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    line(surface, area, 28.0, "Engine and models", (text::NAME, theme.t1));
    line(surface, area, 58.0, &engine_line(view), (text::STRONG, theme.t1));
    let at = pos2(area.left() + MARGIN, area.top() + 68.0);
    let room = area.width() - 2.0 * MARGIN;
    text::paragraph(&surface.painter, at, &note(view), (text::BODY, theme.t2), room);
    paths(surface, area, fields);
    let again = Rect::from_min_size(pos2(area.left() + MARGIN, area.top() + 240.0), vec2(88.0, 28.0));
    let style = (text::LABEL_STRONG, Look::Chosen);
    let (pressed, response) = button::labelled(surface, "engine again", again, (None, "Try again"), style);
    surface.tip(&response, "Try again", "Reads the models once more");
    if pressed {
        surface.ask(Deed::TryAgain);
    }
    put_by(surface, area, is_putting_by);
    about(surface, area, &fields.fault);
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, _) = button::icon(surface, "engine close", cross, (Icon::Close, 12.0), Look::Bare);
    let fields = ["runtime path", "models path"].map(Id::unique);
    let focused = surface.ui.ctx().memory(egui::Memory::focused);
    let is_typing = focused.is_some_and(|id| fields.contains(&id));
    let escaped = !is_typing && surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Settings(false));
    }
}

/// The switch of recovery.
fn put_by(surface: &mut Surface<'_>, area: Rect, is_on: bool) {
    let (left, width) = (area.left() + MARGIN, area.width() - 2.0 * MARGIN);
    let place = Rect::from_min_size(pos2(left, area.top() + 276.0), vec2(width, 24.0));
    let words = "Save kept ideas aside, to restore them after a crash of the host";
    let hint = "In a file of yours, which goes when the instance is closed";
    if button::toggle(surface, "put by", place, (words, is_on), hint) {
        surface.ask(Deed::PutBy(!is_on));
    }
}

/// One line, `y` below the page's top.
fn line(surface: &Surface<'_>, area: Rect, y: f32, words: &str, look: (text::Style, egui::Color32)) {
    let at = pos2(area.left() + MARGIN, area.top() + y);
    text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, words, look, area.width() - 2.0 * MARGIN);
}

/// The two paths, each with a button that uses it.
fn paths(surface: &mut Surface<'_>, area: Rect, fields: &mut Fields) {
    let look = (text::LABEL, surface.theme.t2);
    let width = area.width() - 2.0 * MARGIN - 84.0;
    let field = |y: f32| Rect::from_min_size(pos2(area.left() + MARGIN, area.top() + y), vec2(width, 30.0));
    let words = "ONNX runtime library, where you want another engine than the built-in one";
    line(surface, area, 122.0, words, look);
    let (place, id) = (field(134.0), Id::unique("runtime path"));
    let entered = typing::line(surface, id, place, &mut fields.runtime, "none: the built-in engine");
    if apply(surface, "use runtime", place) || entered {
        surface.ask(Deed::UseRuntime(fields.runtime.trim().to_owned()));
    }
    line(surface, area, 184.0, "Models folder, where you want other models than the built-in ones", look);
    let (place, id) = (field(196.0), Id::unique("models path"));
    let entered = typing::line(surface, id, place, &mut fields.models, "none: the built-in models");
    if apply(surface, "use models", place) || entered {
        surface.ask(Deed::UseModels(fields.models.trim().to_owned()));
    }
}

fn apply(surface: &mut Surface<'_>, id: &str, field: Rect) -> bool {
    let place = Rect::from_min_size(pos2(field.right() + 8.0, field.top()), vec2(76.0, field.height()));
    surface.painter.rect_filled(place, 6.0, surface.theme.hover);
    button::labelled(surface, id, place, (None, "Use it"), (text::LABEL_STRONG, Look::Bare)).0
}

fn engine_line(view: &View) -> String {
    let name = if view.worker.engine.is_empty() { "not started yet" } else { view.worker.engine.as_str() };
    let ms = view.worker.proposal_ms;
    if ms > 0.0 && ms.is_finite() {
        format!("Running: {name}. The last proposal took {ms:.0} ms.")
    } else {
        format!("Running: {name}.")
    }
}

fn note(view: &View) -> String {
    if view.worker.engine_note.is_empty() {
        "Everything happens on this machine. Nothing is sent anywhere.".to_owned()
    } else {
        view.worker.engine_note.clone()
    }
}

fn about(surface: &Surface<'_>, area: Rect, fault: &str) {
    let theme = surface.theme;
    let y = area.bottom() - 82.0;
    paint::hline(&surface.painter, (area.left() + 1.0, area.right() - 1.0), y, 1.0, theme.line);
    let lines = [
        format!("Linnet {}, MIT or Apache-2.0.", env!("CARGO_PKG_VERSION")),
        "Type: IBM Plex Sans, SIL Open Font License 1.1.".to_owned(),
        fault.to_owned(),
    ];
    for (i, line) in lines.iter().enumerate() {
        let at = pos2(area.left() + 24.0, y + 20.0 + 19.0 * i as f32);
        let ink = if i == 2 { theme.t1 } else { theme.t2 };
        text::draw_within(
            &surface.painter,
            at,
            Align2::LEFT_CENTER,
            line,
            (text::LABEL, ink),
            area.width() - 48.0,
        );
    }
}
