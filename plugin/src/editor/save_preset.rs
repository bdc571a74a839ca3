//! Runs on the main thread. The page that saves a part's sound as a preset of the user's: its name, its styles and moods.

use super::button::{self, Look};
use super::icons::Icon;
use super::own_preset::{OwnPreset, style_names};
use super::paint;
use super::replacing::Replacing;
use super::surface::{Deed, Surface};
use super::text;
use super::typing;
use egui::{Id, Key, Rect, Sense, Stroke, pos2, vec2};
use linnet_library::preset::Preset;
use linnet_library::preset_files::plain_name;
use linnet_music::Part;

const MARGIN: f32 = 24.0;
/// The chips of the styles.
const COLUMNS: usize = 5;
const CHIP: f32 = 24.0;
/// Three steps of a mood.
const STEPS: [f32; 3] = [-0.6, 0.0, 0.6];

/// What is filled in.
#[derive(Debug, Default)]
pub(crate) struct Form {
    preset: Option<Preset>,
    told: String,
    folder: String,
    replacing: Replacing,
    is_new: bool,
}

impl Form {
    /// That of `preset`, which goes to `folder`.
    pub(crate) fn of(preset: Option<Preset>, folder: Option<String>) -> Self {
        Self { preset, folder: folder.unwrap_or_default(), is_new: true, ..Self::default() }
    }

    /// What is to be written, and whether it may replace a file of that name: only the one that was asked about.
    pub(crate) fn wish(&mut self) -> Option<(Preset, bool)> {
        let preset = self.preset.clone()?;
        let name = plain_name(&preset.name);
        let replaces = self.replacing.answered(&name);
        Some((Preset { name, ..preset }, replaces))
    }

    /// What has become of it; `asks`: whether to replace a file.
    pub(crate) fn told(&mut self, words: String, asks: bool) {
        (self.told, self.replacing.asks) = (words, asks);
    }
}

/// Draws the page.
pub(crate) fn show(surface: &mut Surface<'_>, window: Rect, part: Part, form: &mut Form) {
    let theme = surface.theme;
    let size = vec2((window.width() - 80.0).min(560.0), 356.0);
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("preset veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("preset page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, super::theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let room = area.width() - 2.0 * MARGIN;
    let at = |y: f32| pos2(area.left() + MARGIN, area.top() + y);
    let title = format!("Save the sound of {}", part.name().to_lowercase());
    text::paragraph(&surface.painter, at(20.0), &title, (text::NAME, theme.t1), room);
    let id = Id::unique("preset name");
    let asks = form.replacing.asks;
    if let Some(preset) = &mut form.preset {
        let field = Rect::from_min_size(at(52.0), vec2(room - 92.0, 30.0));
        if std::mem::take(&mut form.is_new) {
            surface.ui.ctx().memory_mut(|memory| memory.request_focus(id));
        }
        let before = preset.name.clone();
        let entered = typing::line(surface, id, field, &mut preset.name, "a name");
        if preset.name != before {
            form.replacing = Replacing::default();
            form.told.clear();
        }
        let place = Rect::from_min_size(pos2(field.right() + 8.0, field.top()), vec2(84.0, 30.0));
        let label = if asks { "Replace" } else { "Save" };
        let style = (text::LABEL_STRONG, Look::Chosen);
        let (pressed, response) = button::labelled(surface, "save preset", place, (None, label), style);
        surface.tip(&response, "Enter", &format!("A file of its own in {}", form.folder));
        // Enter never replaces: that takes a press of the button.
        if pressed || (entered && !asks) {
            surface.ask(Deed::Preset(part, OwnPreset::Save));
        }
        tags(surface, Rect::from_min_max(at(96.0), area.max - vec2(MARGIN, 56.0)), preset);
    } else {
        let words = "This sound is no preset: choose one of the bank, or a preset of yours, first.";
        text::paragraph(&surface.painter, at(56.0), words, (text::BODY, theme.t1), room);
    }
    let told = if form.told.is_empty() { format!("It goes to {}.", form.folder) } else { form.told.clone() };
    text::paragraph(&surface.painter, at(size.y - 48.0), &told, (text::LABEL, theme.t1), room);
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, response) = button::icon(surface, "preset close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", "Esc");
    let escaped = surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Preset(part, OwnPreset::SavePage(false)));
    }
}

/// The styles and moods, by which the preset is found again.
fn tags(surface: &mut Surface<'_>, area: Rect, preset: &mut Preset) {
    let theme = surface.theme;
    let words = "Styles and moods, by which it is found again";
    text::paragraph(&surface.painter, area.min, words, (text::LABEL, theme.t2), area.width());
    let pitch = area.width() / COLUMNS as f32;
    let chip = |column: usize, y: f32| {
        let min = area.min + vec2(pitch * column as f32, y);
        Rect::from_min_size(min, vec2(pitch - 6.0, CHIP - 3.0))
    };
    for (place, (style, name)) in style_names().enumerate() {
        let area = chip(place % COLUMNS, 20.0 + CHIP * (place / COLUMNS) as f32);
        let is_on = preset.styles.contains(&style);
        if toggled(surface, &format!("preset style {name}"), area, name, is_on) {
            if is_on {
                preset.styles.retain(|other| *other != style);
            } else {
                preset.styles.push(style);
            }
        }
    }
    let moods = [
        (&mut preset.valence, ["Dark", "Neither", "Bright"]),
        (&mut preset.energy, ["Calm", "Neither", "Driving"]),
    ];
    for (row, (value, names)) in moods.into_iter().enumerate() {
        let now = STEPS.iter().rposition(|step| *value >= *step - 0.3).unwrap_or(0);
        for (column, name) in names.into_iter().enumerate() {
            let area = chip(column, 20.0 + CHIP * (4.0 + row as f32) + 8.0);
            if toggled(surface, &format!("preset mood {row} {column}"), area, name, now == column) {
                *value = STEPS[column];
            }
        }
    }
}

fn toggled(surface: &mut Surface<'_>, id: &str, area: Rect, label: &str, is_on: bool) -> bool {
    let look = if is_on { Look::Chosen } else { Look::Bare };
    if !is_on {
        surface.painter.rect_filled(area, 6.0, surface.theme.hover);
    }
    button::labelled(surface, id, area, (None, label), (text::LABEL_STRONG, look)).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_file_that_was_asked_about_is_replaced() {
        let mut form = Form::of(Preset::factory(5), None);
        assert!(form.wish().is_some_and(|(_, replaces)| !replaces));
        form.told("It is there already.".to_owned(), true);
        assert!(form.wish().is_some_and(|(_, replaces)| replaces));
        assert!(form.wish().is_some_and(|(_, replaces)| !replaces), "each time is asked anew");
        form.told("It is there already.".to_owned(), true);
        form.preset.as_mut().unwrap().name = "Another".to_owned();
        assert!(form.wish().is_some_and(|(_, replaces)| !replaces));
        assert!(Form::of(None, None).wish().is_none());
    }
}
