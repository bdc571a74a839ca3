//! Runs on the main thread. The header: name, idea, MIDI in, undo, zoom, theme, help, menu.

use super::button::{self, Look};
use super::icons::{self, Icon};
use super::menu::{Choice, Item, OpenMenu};
use super::origin;
use super::paint;
use super::recordings::Record;
use super::surface::{Deed, Surface};
use super::text;
use super::view::{View, bar_number};
use super::{Pages, ZOOMS};
use crate::PluginKind;
use egui::{Align2, Id, Rect, Stroke, pos2, vec2};

/// What the header knows beside the view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) kind: PluginKind,
    pub(crate) compact: bool,
    pub(crate) zoom: f32,
    /// Whether a live note came a moment ago.
    pub(crate) midi_in: bool,
    pub(crate) pages: Pages,
}

/// Draws the header.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, view: &View, facts: Facts) {
    let middle = area.center().y;
    name(surface, middle, facts.kind);
    let mut right = area.right() - 12.0;
    let slot = |right: &mut f32, width: f32| {
        let area = Rect::from_min_max(pos2(*right - width, middle - 12.0), pos2(*right, middle + 12.0));
        *right -= width;
        area
    };
    let places = Places {
        menu: slot(&mut right, 24.0),
        help: slot(&mut right, 30.0),
        theme: slot(&mut right, 31.0),
        zoom: slot(&mut right, 54.0),
        separator: right - 1.0,
        redo: slot(&mut right, 31.0).translate(vec2(-4.0, 0.0)),
        undo: slot(&mut right, 29.0).translate(vec2(-4.0, 0.0)),
        second: right - 10.0,
        midi_right: right - 22.0,
    };
    let left_of_midi = midi_light(surface, pos2(places.midi_right, middle), facts.midi_in);
    let mut title_right = left_of_midi - 12.0;
    if facts.compact && facts.kind == PluginKind::Instrument {
        let area = Rect::from_min_max(
            pos2(left_of_midi - 78.0, middle - 12.0),
            pos2(left_of_midi - 12.0, middle + 12.0),
        );
        sound_button(surface, area, facts.pages.sound);
        title_right = area.left() - 12.0;
    }
    title(surface, pos2(256.0, middle), title_right, view);
    for x in [places.second, places.separator] {
        paint::vline(&surface.painter, x, (middle - 7.0, middle + 7.0), 1.0, surface.theme.line);
    }
    tools(surface, &places, facts);
}

struct Places {
    menu: Rect,
    help: Rect,
    theme: Rect,
    zoom: Rect,
    separator: f32,
    redo: Rect,
    undo: Rect,
    second: f32,
    midi_right: f32,
}

fn name(surface: &Surface<'_>, middle: f32, kind: PluginKind) {
    let (painter, theme) = (&surface.painter, surface.theme);
    icons::bird(painter, pos2(26.0, middle), theme);
    let place = text::draw(painter, pos2(43.0, middle), Align2::LEFT_CENTER, "Linnet", text::NAME, theme.t1);
    if kind == PluginKind::Notes {
        let at = pos2(place.right() + 6.0, middle);
        text::draw(painter, at, Align2::LEFT_CENTER, "Notes", text::BODY, theme.t2);
    }
}

/// "Idea 7  continues idea 5".
fn title(surface: &Surface<'_>, at: egui::Pos2, right: f32, view: &View) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let (strong, quiet) = title_words(view);
    let place = text::draw(painter, at, Align2::LEFT_CENTER, &strong, text::TITLE, theme.t1);
    let next = pos2(place.right() + 8.0, at.y);
    // Half a sentence tells less than none.
    if text::width(painter, &quiet, text::BODY) <= right - next.x {
        text::draw(painter, next, Align2::LEFT_CENTER, &quiet, text::BODY, theme.t2);
    }
}

fn title_words(view: &View) -> (String, String) {
    let Some(idea) = &view.current else {
        let heard = &view.worker.heard;
        if heard.notes.is_empty() {
            return ("No idea yet".to_owned(), String::new());
        }
        let first = bar_number(heard.start.0, heard.metre);
        let last = first + i64::from(heard.bars()).max(1) - 1;
        return ("Listening".to_owned(), format!("bars {first} to {last}"));
    };
    let kept = if idea.kept { "kept, " } else { "" };
    let origin = origin::of(idea);
    (format!("Idea {}", idea.id.0), format!("{kept}{origin}"))
}

/// A dot that lights up while notes come in. Gives its left edge.
fn midi_light(surface: &Surface<'_>, right: egui::Pos2, is_lit: bool) -> f32 {
    let (painter, theme) = (&surface.painter, surface.theme);
    let place = text::draw(painter, right, Align2::RIGHT_CENTER, "MIDI in", text::LABEL, theme.t2);
    let dot = pos2(place.left() - 9.0, right.y);
    if is_lit {
        painter.circle_filled(dot, 3.5, theme.t1);
    } else {
        painter.circle_stroke(dot, 3.0, Stroke::new(1.3, theme.t3));
    }
    dot.x - 4.0
}

fn sound_button(surface: &mut Surface<'_>, area: Rect, is_open: bool) {
    let look = if is_open { Look::Chosen } else { Look::Raised };
    let (pressed, _) =
        button::labelled(surface, "sound page", area, (None, "Sound"), (text::LABEL_STRONG, look));
    if pressed {
        surface.ask(Deed::SoundPage(!is_open));
    }
}

fn tools(surface: &mut Surface<'_>, places: &Places, facts: Facts) {
    let look = |can: bool| if can { Look::Bare } else { Look::Disabled };
    let (can_undo, can_redo) = (surface.desk.undo.can_undo(), surface.desk.undo.can_redo());
    let (undo, response) = button::icon(surface, "undo", places.undo, (Icon::Undo, 16.0), look(can_undo));
    surface.tip(&response, "Undo", "Ctrl+Z");
    let (redo, response) = button::icon(surface, "redo", places.redo, (Icon::Redo, 16.0), look(can_redo));
    surface.tip(&response, "Redo", "Ctrl+Shift+Z");
    if undo {
        surface.ask(Deed::Undo);
    }
    if redo {
        surface.ask(Deed::Redo);
    }
    zoom(surface, places.zoom, facts.zoom);
    let icon = if surface.theme.dark { Icon::Moon } else { Icon::Sun };
    let (pressed, response) = button::icon(surface, "theme", places.theme, (icon, 16.0), Look::Bare);
    surface.tip(&response, if surface.theme.dark { "Dark" } else { "Light" }, "Click for the other");
    if pressed {
        surface.ask(Deed::ToggleTheme);
    }
    let (pressed, response) = button::icon(surface, "help", places.help, (Icon::Help, 16.0), Look::Bare);
    surface.tip(&response, "Help", "Keys and first steps: F1 or ?");
    if pressed {
        surface.ask(Deed::Help(facts.pages.over.is_none()));
    }
    let (pressed, response) = button::icon(surface, "menu", places.menu, (Icon::Menu, 16.0), Look::Bare);
    surface.tip(&response, "Menu", "Engine, models, recordings, about");
    if pressed {
        surface.desk.menu = Some(main_menu(places.menu, surface.desk.still, facts.kind));
    }
}

fn zoom(surface: &mut Surface<'_>, area: Rect, zoom: f32) {
    let id = Id::unique("zoom");
    let (response, ink) = button::ground(surface, id, area, Look::Bare, 4.0);
    let label = format!("{:.0} %", zoom * 100.0);
    text::draw(&surface.painter, area.center(), Align2::CENTER_CENTER, &label, text::LABEL, ink);
    surface.tip(&response, "Zoom", "Ctrl +  Ctrl −  Ctrl 0");
    if surface.activated(id, &response) {
        let items = ZOOMS.map(|step| {
            let label = format!("{:.0} %", step * 100.0);
            Item::new(&label, "", Choice::Do(Deed::Zoom(step))).marked((step - zoom).abs() < 0.01)
        });
        surface.desk.menu = Some(OpenMenu::new(area, None, items.to_vec()));
    }
}

fn main_menu(anchor: Rect, is_still: bool, kind: PluginKind) -> OpenMenu {
    let mut items = vec![
        Item::new("Engine and models", "", Choice::Do(Deed::Settings(true))),
        Item::new("About, and the log", "", Choice::Do(Deed::About(true))),
        Item::new("Reduce motion", "", Choice::Do(Deed::ToggleMotion)).marked(is_still),
        Item::new("Forget what was heard", "", Choice::Do(Deed::ForgetHeard)),
        Item::new("End all notes", "", Choice::Do(Deed::Panic)),
        Item::new("Keys and first steps", "F1", Choice::Do(Deed::Help(true))),
    ];
    if kind == PluginKind::Instrument {
        let choice = Choice::Do(Deed::Recordings(Record::Page(true)));
        items.insert(2, Item::new("Edit recordings", "", choice));
    }
    OpenMenu::new(anchor, None, items)
}
