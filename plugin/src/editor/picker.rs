//! Runs on the main thread. The page that chooses a file: a list of folders and fitting files in which typing finds, with
//! ways to the usual folders; a whole path may be typed, too.

use super::button::{self, Look};
use super::deeds::Reach;
use super::icons::{self, Icon};
use super::own_instrument::{Own, in_words, path_of};
use super::own_preset::OwnPreset;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::typing;
use super::{Editor, Page, export};
use crate::file_list::{self, Entry, Kinds, Listing};
use crate::folder;
use crate::instruments::Target;
use egui::{Align2, Id, Key, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::Part;
use std::path::{Path, PathBuf};

const MARGIN: f32 = 24.0;
const ROW: f32 = 22.0;

/// What a file is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An instrument, or a space.
    File(Target),
    /// A preset for a part.
    Preset(Part),
}

impl Purpose {
    /// The kinds of files that fit.
    pub(crate) fn kinds(self) -> Kinds {
        match self {
            Self::File(Target::Part(_)) => &["sf2", "sfz"],
            Self::File(Target::Space) => &["wav"],
            Self::Preset(_) => &["toml"],
        }
    }

    fn title(self) -> String {
        match self {
            Self::File(Target::Part(part)) => format!("Instrument for {}", part.name().to_lowercase()),
            Self::File(Target::Space) => "Your own space for the reverb".to_owned(),
            Self::Preset(part) => format!("Preset for {}", part.name().to_lowercase()),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::File(Target::Part(_)) => {
                "A SoundFont (.sf2) or an SFZ file (.sfz). Type to find, or paste a whole path; Enter opens."
            }
            Self::File(Target::Space) => {
                "An impulse response, a WAV file of at most 10 s. Type to find, or paste a whole path; Enter opens."
            }
            Self::Preset(_) => {
                "A preset that Linnet has saved (.toml). Type to find, or paste a whole path; Enter opens."
            }
        }
    }
}

/// What the user does on the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pick {
    /// Shows this folder.
    Go(PathBuf),
    /// Uses this file, typed or chosen.
    Use(String),
    /// Closes the page.
    Close,
}

/// What is typed, and where the cursor is.
#[derive(Debug, Default)]
pub(crate) struct State {
    typed: String,
    cursor: usize,
    /// The first row that is shown.
    top: usize,
    /// The folder that cursor and top belong to.
    folder: PathBuf,
    is_new: bool,
    /// What came of the last choice.
    pub(super) told: String,
}

/// What `typed` finds of `entries`.
fn found<'a>(entries: &'a [Entry], typed: &str) -> Vec<&'a Entry> {
    let words = typed.to_lowercase();
    let has_all = |entry: &&Entry| {
        let name = entry.name.to_lowercase();
        words.split_whitespace().all(|word| name.contains(word))
    };
    entries.iter().filter(has_all).collect()
}

/// Whether `typed` is meant as a path, not as words to find.
fn is_path(typed: &str) -> bool {
    let typed = typed.trim().trim_start_matches(['"', '\'']);
    let has_drive = typed.as_bytes().get(1) == Some(&b':');
    typed.starts_with(['/', '~', '\\']) || typed.starts_with("file:") || has_drive
}

/// Draws the page.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    window: Rect,
    (purpose, listing, standing): (Purpose, &Listing, &str),
    state: &mut State,
) {
    let theme = surface.theme;
    let size = vec2((window.width() - 80.0).min(620.0), (window.height() - 48.0).min(480.0));
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("picker veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("picker page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, super::theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let room = area.width() - 2.0 * MARGIN;
    let at = |y: f32| pos2(area.left() + MARGIN, area.top() + y);
    text::paragraph(&surface.painter, at(16.0), &purpose.title(), (text::NAME, theme.t1), room);
    text::paragraph(&surface.painter, at(38.0), purpose.words(), (text::LABEL, theme.t2), room);
    if state.folder != listing.folder {
        (state.cursor, state.top) = (0, 0);
        state.folder.clone_from(&listing.folder);
        if !is_path(&state.typed) {
            state.typed.clear();
        }
    }
    let is_typed_path = is_path(&state.typed);
    let rows = found(&listing.entries, if is_typed_path { "" } else { &state.typed });
    let entered = field(surface, Rect::from_min_size(at(58.0), vec2(room, 28.0)), state);
    places(surface, Rect::from_min_size(at(94.0), vec2(room, 24.0)), &listing.folder);
    let list = Rect::from_min_max(at(124.0), area.max - vec2(MARGIN, 50.0));
    let chosen = rows_of(surface, list, &rows, listing, state);
    let told = if state.told.is_empty() { standing } else { &state.told };
    let place = at(size.y - 42.0);
    let was_cut = text::draw_within(
        &surface.painter,
        pos2(place.x, place.y + 14.0),
        Align2::LEFT_CENTER,
        told,
        (text::LABEL, theme.t1),
        room,
    );
    if was_cut {
        let line = Rect::from_min_size(place, vec2(room, 28.0));
        let response = surface.ui.interact(line, Id::unique("picker told"), Sense::hover());
        surface.tip(&response, told, "");
    }
    if entered && is_typed_path {
        surface.ask(Deed::Pick(Pick::Use(state.typed.clone())));
    } else if let Some(entry) = chosen.or_else(|| rows.get(state.cursor).filter(|_| entered).copied()) {
        let path = listing.folder.join(&entry.name);
        surface.ask(Deed::Pick(if entry.is_folder {
            Pick::Go(path)
        } else {
            Pick::Use(path.to_string_lossy().into_owned())
        }));
    }
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, response) = button::icon(surface, "picker close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", "Esc");
    let escaped = surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Pick(Pick::Close));
    }
}

/// The field that finds, or takes a path; true where Enter was pressed in it.
fn field(surface: &mut Surface<'_>, area: Rect, state: &mut State) -> bool {
    let id = Id::unique("file path");
    let before = state.typed.clone();
    // Of an empty field, Backspace leads to the folder above.
    let goes_up = before.is_empty()
        && surface.ui.ctx().memory(|memory| memory.has_focus(id))
        && surface.ui.input(|input| input.key_pressed(Key::Backspace));
    let entered = typing::line(surface, id, area, &mut state.typed, "a name, or a path");
    if state.typed != before {
        (state.cursor, state.top) = (0, 0);
        state.told.clear();
    }
    if std::mem::take(&mut state.is_new) || entered {
        surface.ui.ctx().memory_mut(|memory| memory.request_focus(id));
    }
    if let Some(above) = state.folder.parent().filter(|_| goes_up) {
        surface.ask(Deed::Pick(Pick::Go(above.to_owned())));
    }
    entered
}

/// The ways to other folders, and the name of this one.
fn places(surface: &mut Surface<'_>, area: Rect, now: &Path) {
    let theme = surface.theme;
    let up = now.parent().map(|up| ("Up", up, "The folder above: Backspace in the empty field"));
    let ways = ways();
    let ways = ways.iter().map(|(label, folder, hint)| (*label, folder.as_path(), *hint));
    let mut x = area.left();
    for (label, folder, hint) in up.into_iter().chain(ways) {
        let place = Rect::from_min_size(pos2(x, area.top()), vec2(54.0, area.height()));
        surface.painter.rect_filled(place, 6.0, theme.hover);
        let style = (text::LABEL_STRONG, Look::Bare);
        let (pressed, response) =
            button::labelled(surface, &format!("picker {label}"), place, (None, label), style);
        surface.tip(&response, label, hint);
        if pressed {
            surface.ask(Deed::Pick(Pick::Go(folder.to_owned())));
        }
        x = place.right() + 6.0;
    }
    let (shown, room) = (export::shown(now), area.right() - x - 8.0);
    let end = from_the_end(&shown, |end| text::width(&surface.painter, end, text::LABEL) <= room);
    let place = pos2(x + 8.0, area.center().y);
    text::draw(&surface.painter, place, Align2::LEFT_CENTER, &end, text::LABEL, theme.t2);
    if end != shown {
        let line = Rect::from_min_max(pos2(x, area.top()), area.max);
        let response = surface.ui.interact(line, Id::unique("picker folder"), Sense::hover());
        surface.tip(&response, &shown, "");
    }
}

/// The ways to the usual folders: what they are called, where they lead, and a hint. Whether these are there is not asked: a
/// folder that does not answer would stop the editor. The list says so of one that is not.
fn ways() -> Vec<(&'static str, PathBuf, &'static str)> {
    let all = [
        ("Home", folder::home().map(Path::to_owned), "Your home folder"),
        ("Music", folder::music().map(Path::to_owned), "Your music folder"),
        ("Linnet", folder::of_the_user(), "Where Linnet writes recordings and exports"),
    ];
    all.into_iter().filter_map(|(label, folder, hint)| Some((label, folder?, hint))).collect()
}

/// The longest end of `path` that fits, behind an ellipsis where something is left out: of a path the end tells most.
fn from_the_end(path: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(path) {
        return path.to_owned();
    }
    let ends = path.char_indices().map(|(place, _)| format!("…{}", &path[place..]));
    ends.skip(1).find(|end| fits(end)).unwrap_or_default()
}

/// The rows; gives the one that was clicked.
fn rows_of<'a>(
    surface: &mut Surface<'_>,
    area: Rect,
    rows: &[&'a Entry],
    listing: &Listing,
    state: &mut State,
) -> Option<&'a Entry> {
    let theme = surface.theme;
    paint::panel(&surface.painter, area, 6.0, theme.well, Stroke::new(1.0, theme.line));
    let count = (((area.height() - 8.0) / ROW).floor() as usize).max(1);
    keys(surface, rows.len(), count, state);
    let ground = surface.ui.interact(area, Id::unique("picker rows"), Sense::hover());
    let wheel = surface.wheel(&ground);
    if wheel != 0.0 {
        let by = (wheel * -3.0).round() as isize;
        state.top = state.top.saturating_add_signed(by);
    }
    state.top = state.top.min(rows.len().saturating_sub(count));
    let empty = match (listing.is_reading, rows.is_empty()) {
        (true, _) if listing.folder.as_os_str().is_empty() => "Reading…",
        (_, true) if !listing.fault.is_empty() => listing.fault.as_str(),
        (_, true) if listing.entries.is_empty() => "Nothing here that fits, and no folder.",
        (_, true) => "Nothing of that name here.",
        _ => "",
    };
    text::paragraph(
        &surface.painter,
        area.min + vec2(12.0, 10.0),
        empty,
        (text::BODY, theme.t2),
        area.width() - 24.0,
    );
    let mut clicked = None;
    for (line, (place, entry)) in rows.iter().enumerate().skip(state.top).take(count).enumerate() {
        let min = area.min + vec2(4.0, 4.0 + ROW * line as f32);
        let row = Rect::from_min_size(min, vec2(area.width() - 14.0, ROW));
        let response = surface.ui.interact(row, Id::unique(("picker row", line)), Sense::click());
        if response.hovered() && surface.ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO) {
            state.cursor = place;
        }
        if draw_row(surface, row, entry, state.cursor == place) {
            surface.tip(&response, &entry.name, "");
        }
        surface.hand(&response);
        if response.clicked() {
            clicked = Some(*entry);
        }
    }
    if rows.len() > count {
        let share =
            |place: usize| area.top() + 4.0 + (area.height() - 8.0) * place as f32 / rows.len() as f32;
        let bar = Rect::from_min_max(
            pos2(area.right() - 7.0, share(state.top)),
            pos2(area.right() - 4.0, share(state.top + count)),
        );
        surface.painter.rect_filled(bar, 1.5, theme.t3);
    }
    clicked
}

/// Whether its name had to be cut.
fn draw_row(surface: &Surface<'_>, row: Rect, entry: &Entry, is_under_cursor: bool) -> bool {
    let (painter, theme) = (&surface.painter, surface.theme);
    if is_under_cursor {
        painter.rect_filled(row, 4.0, theme.hover);
    }
    let middle = row.center().y;
    if entry.is_folder {
        // A folder: a box with a tab.
        let body = Rect::from_center_size(pos2(row.left() + 15.0, middle + 1.0), vec2(13.0, 9.0));
        painter.rect_stroke(body, 1.5, Stroke::new(1.3, theme.t2), egui::StrokeKind::Middle);
        paint::hline(painter, (body.left(), body.left() + 6.0), body.top() - 2.0, 1.5, theme.t2);
    } else {
        icons::draw(painter, Icon::Wave, pos2(row.left() + 15.0, middle), 13.0, theme.t2);
    }
    let style = if entry.is_folder { text::STRONG } else { text::BODY };
    let at = pos2(row.left() + 30.0, middle);
    text::draw_within(painter, at, Align2::LEFT_CENTER, &entry.name, (style, theme.t1), row.width() - 40.0)
}

/// Up, Down and the pages move the cursor, which stays in sight.
fn keys(surface: &Surface<'_>, rows: usize, shown: usize, state: &mut State) {
    let pressed = |key: Key| surface.ui.input(|input| input.key_pressed(key));
    let last = rows.saturating_sub(1);
    let before = state.cursor;
    for (key, by) in [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, shown as isize),
        (Key::PageUp, -(shown as isize)),
    ] {
        if pressed(key) {
            state.cursor = state.cursor.saturating_add_signed(by);
        }
    }
    state.cursor = state.cursor.min(last);
    if state.cursor != before {
        state.top = state.top.clamp((state.cursor + 1).saturating_sub(shown), state.cursor);
    }
}

impl Editor {
    /// Opens the page that chooses a file.
    pub(super) fn pick(&mut self, purpose: Purpose) {
        self.picker = State { is_new: true, ..State::default() };
        let saved = &self.params.saved;
        let before = match purpose {
            Purpose::File(target) => {
                saved.instruments().file(target).wish.map(|wish| PathBuf::from(wish.path))
            }
            // What lies in the folder itself.
            Purpose::Preset(_) => saved.presets().folder().map(|folder| folder.join("any")),
        };
        saved.files().begin(before.as_deref(), purpose.kinds());
        self.pages.over = Some(Page::Files(purpose));
    }

    /// Does what the user asked on that page.
    pub(super) fn choose_file(&mut self, pick: Pick, reach: &Reach<'_>) {
        let Some(Page::Files(purpose)) = self.pages.over else { return };
        match pick {
            Pick::Close => self.pages.over = None,
            Pick::Go(folder) => {
                self.picker.typed.clear();
                self.params.saved.files().open(folder, purpose.kinds());
            }
            Pick::Use(typed) => match path_of(&typed) {
                // What is no file of these kinds is a folder, or is said to be none: nothing is replaced by it.
                Ok(path) if !file_list::fits(Path::new(&path), purpose.kinds()) => {
                    self.choose_file(Pick::Go(path.into()), reach);
                }
                Ok(path) => {
                    self.picker.told.clear();
                    match purpose {
                        Purpose::File(target) => self.own(target, Own::Use(path), reach),
                        Purpose::Preset(part) => self.own_preset(part, OwnPreset::Load(path.into())),
                    }
                }
                Err(fault) => self.picker.told = fault,
            },
        }
    }

    /// How what the page chooses stands.
    pub(super) fn picked(&self, purpose: Purpose) -> String {
        match purpose {
            Purpose::File(target) => in_words(&self.params.saved.instruments().file(target)),
            Purpose::Preset(_) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_finds_names_or_is_a_path() {
        for (typed, expect) in
            [("grand pi", false), ("/a/b", true), ("~/b", true), ("\"/a b\"", true), ("C:\\a", true)]
        {
            assert_eq!(is_path(typed), expect, "{typed}");
        }
        let entry = |name: &str| Entry { name: name.to_owned(), is_folder: false };
        let entries = ["Grand piano.sf2", "Upright.sf2"].map(entry);
        assert_eq!(found(&entries, "pia gra").len(), 1);
        assert_eq!(found(&entries, "").len(), 2);
    }

    #[test]
    fn of_a_long_path_the_end_is_shown() {
        assert_eq!(from_the_end("~/Music/Sounds", |end| end.chars().count() <= 7), "…Sounds");
        assert_eq!(from_the_end("~/a", |_| true), "~/a");
    }
}
