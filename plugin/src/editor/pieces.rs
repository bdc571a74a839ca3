//! Runs on the main thread. The page of the kit's pieces: tune, decay and level of each, and its name, which strikes it.

pub(crate) mod own;

use super::button::{self, Look};
use super::control::Handle;
use super::icons::{self, Icon};
use super::paint;
use super::slider;
use super::sounds;
use super::surface::{Deed, Surface};
use super::text;
use super::theme;
use super::undo::Step;
use super::value_text;
use crate::instruments::Standing;
use crate::params::sounds::OWN_INSTRUMENT;
use crate::params::{LinnetParams, PIECES, PieceParams};
use egui::{Align2, Id, Key, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::Part;
use own::Told;

const MARGIN: f32 = 24.0;
/// Where the rows begin below the page's top, and what lies below the last of them.
const ROWS_TOP: f32 = 84.0;
const ROWS_BOTTOM: f32 = 58.0;
/// The width of the names.
const NAMES: f32 = 118.0;
/// The key that each name strikes, in the order of [`PIECES`].
const KEYS: [i32; PIECES.len()] = [36, 38, 37, 39, 42, 46, 47, 49, 51, 56];

/// The button that opens the page.
pub(crate) fn button(surface: &mut Surface<'_>, area: Rect) {
    let (pressed, response) = button::icon(surface, "pieces", area, (Icon::Sliders, 13.0), Look::Bare);
    surface.tip(&response, "Pieces of the kit", "Tune, decay and level of kick, snare, hats and all others");
    if pressed {
        surface.ask(Deed::Pieces(true));
    }
}

/// What the page says above its rows.
#[derive(Debug, PartialEq)]
enum Note {
    /// How it works.
    Usual,
    /// What became of what the user did.
    Told(String),
    /// Why nothing is heard of it.
    Warning(String),
}

/// Draws the page.
pub(crate) fn show(surface: &mut Surface<'_>, window: Rect, params: &LinnetParams, kits: &mut own::State) {
    let theme = surface.theme;
    let size = vec2((window.width() - 64.0).min(640.0), (window.height() - 32.0).min(452.0));
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("pieces veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("pieces page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let inner = Rect::from_min_max(area.min + vec2(MARGIN, 0.0), area.max - vec2(MARGIN, 0.0));
    let own = params.saved.instruments().file(Part::Drums);
    let kit = sounds::shown(Part::Drums, params, &own);
    title(surface, inner, &kit);
    let plays_own = params.parts[Part::Drums.index()].sound.value() == OWN_INSTRUMENT as i32;
    let plays_kit = !(plays_own && matches!(own.standing, Standing::Plays { .. }));
    said(surface, inner, &note(params, (&kit, plays_kit), &kits.told));
    let rows = Rect::from_min_max(
        pos2(inner.left(), area.top() + ROWS_TOP),
        pos2(inner.right(), area.bottom() - ROWS_BOTTOM),
    );
    headings(surface, rows);
    paint::panel(&surface.painter, rows, 6.0, theme.well, Stroke::new(1.0, theme.line));
    let height = (rows.height() - 4.0) / PIECES.len() as f32;
    for (index, piece) in params.pieces.iter().enumerate() {
        let top = rows.top() + 2.0 + height * index as f32;
        if index > 0 {
            paint::hline(&surface.painter, (rows.left() + 1.0, rows.right() - 1.0), top, 1.0, theme.hair);
        }
        let row = Rect::from_min_size(pos2(rows.left(), top), vec2(rows.width(), height));
        name(surface, row, index, plays_kit);
        sliders(surface, row, piece);
    }
    let below = Rect::from_min_size(pos2(inner.left(), area.bottom() - 44.0), vec2(inner.width(), 28.0));
    reset(surface, below.with_max_x(below.left() + 92.0), params);
    own::show(surface, below.with_min_x(below.left() + 102.0), params, kits);
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, response) = button::icon(surface, "pieces close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", "Esc");
    // Esc first closes what lies over the page.
    let is_top = surface.desk.typing.is_none() && surface.desk.menu.is_none();
    let escaped = is_top && surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Pieces(false));
    }
}

fn title(surface: &Surface<'_>, inner: Rect, kit: &str) {
    let words = format!("Pieces of the kit: {kit}");
    let at = pos2(inner.left(), inner.top() + 26.0);
    let style = (text::NAME, surface.theme.t1);
    text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, &words, style, inner.width() - 32.0);
}

/// A warning comes before what is done, but neither a question nor a fault waits for it.
fn note(params: &LinnetParams, (kit, plays_kit): (&str, bool), told: &Told) -> Note {
    let drums = &params.parts[Part::Drums.index()];
    let is_soloed_out = !drums.solo.value() && params.parts.iter().any(|part| part.solo.value());
    if let Told::Open(words) = told {
        Note::Told(words.clone())
    } else if !plays_kit {
        let words = "Pieces change the synthesised kits only. The drums play an instrument of your own";
        Note::Warning(format!("{words}, {kit}."))
    } else if drums.mute.value() || is_soloed_out {
        Note::Warning("The drums are silent now: they are muted, or another part is solo.".to_owned())
    } else if let Told::Done(words) = told {
        Note::Told(words.clone())
    } else {
        Note::Usual
    }
}

fn said(surface: &mut Surface<'_>, inner: Rect, note: &Note) {
    let theme = surface.theme;
    let mut left = inner.left();
    let y = inner.top() + 47.0;
    let (words, ink) = match note {
        Note::Usual => (
            "Click a name to hear it. What you set is relative to the kit, and stays with another one.",
            theme.t2,
        ),
        Note::Told(words) => (words.as_str(), theme.t1),
        Note::Warning(words) => {
            icons::draw(&surface.painter, Icon::Warning, pos2(left + 7.0, y), 14.0, theme.t1);
            left += 20.0;
            (words.as_str(), theme.t1)
        }
    };
    let room = inner.right() - left;
    let at = pos2(left, y);
    if text::draw_within(&surface.painter, at, Align2::LEFT_CENTER, words, (text::LABEL, ink), room) {
        let line = Rect::from_min_max(pos2(inner.left(), y - 8.0), pos2(inner.right(), y + 8.0));
        let response = surface.ui.interact(line, Id::unique("pieces note"), Sense::hover());
        surface.tip(&response, words, "");
    }
}

/// The three columns of a row: where each slider begins, where it ends, and where its value ends.
fn columns(row: Rect) -> [[f32; 3]; 3] {
    let width = (row.width() - NAMES - 8.0) / 3.0;
    [0.0, 1.0, 2.0].map(|column| {
        let left = row.left() + NAMES + width * column;
        [left + 10.0, left + width - 50.0, left + width - 6.0]
    })
}

fn headings(surface: &Surface<'_>, rows: Rect) {
    let y = rows.top() - 11.0;
    for ([left, _, right], [what, unit]) in
        columns(rows).into_iter().zip([["Tune", "st"], ["Decay", "%"], ["Level", "dB"]])
    {
        let (painter, ink) = (&surface.painter, surface.theme.t2);
        text::draw(painter, pos2(left, y), Align2::LEFT_CENTER, what, text::LABEL_STRONG, ink);
        text::draw(painter, pos2(right, y), Align2::RIGHT_CENTER, unit, text::LABEL, ink);
    }
}

/// The name, which strikes the piece.
fn name(surface: &mut Surface<'_>, row: Rect, index: usize, plays_kit: bool) {
    let name = PIECES[index];
    let area = Rect::from_min_size(row.min + vec2(4.0, 2.0), vec2(NAMES - 8.0, row.height() - 4.0));
    let id = Id::unique(("piece", index));
    if !plays_kit {
        let at = pos2(area.left() + 22.0, area.center().y);
        text::draw(&surface.painter, at, Align2::LEFT_CENTER, name, text::STRONG, surface.theme.t3);
        return;
    }
    let (response, ink) = button::ground(surface, id, area, Look::Bare, 4.0);
    let (painter, theme) = (&surface.painter, surface.theme);
    let play = theme::mix(theme.t3, theme.t1, surface.hover(&response));
    icons::draw(painter, Icon::Play, pos2(area.left() + 11.0, area.center().y), 9.0, play);
    let at = pos2(area.left() + 22.0, area.center().y);
    text::draw(painter, at, Align2::LEFT_CENTER, name, text::STRONG, ink);
    surface.tip(&response, name, "Click to hear it");
    if surface.activated(id, &response) {
        surface.ask(Deed::Strike(KEYS[index]));
    }
}

fn sliders(surface: &mut Surface<'_>, row: Rect, piece: &PieceParams) {
    let theme = surface.theme;
    let hue = theme::mix(theme.part(Part::Drums), theme.well, 0.12);
    let middle = row.center().y;
    let [tune, decay, level] = columns(row);
    let track =
        |[left, right, _]: [f32; 3]| Rect::from_min_max(pos2(left, middle - 3.0), pos2(right, middle + 3.0));
    let mut slide = |place: [f32; 3], param: Handle, from: f32| {
        let (number, _) = value_text::split(&param.text());
        slider::with_value(surface, track(place), place[2], (param, &number), (hue, from));
    };
    for (place, param) in [(tune, Handle::of_semitones(&piece.tune)), (decay, Handle::of(&piece.decay))] {
        slide(place, param, param.default_value());
    }
    slide(level, Handle::of(&piece.level_db), 0.0);
}

/// Every parameter of the pieces.
fn handles(params: &LinnetParams) -> impl Iterator<Item = Handle> {
    params.pieces.iter().flat_map(|piece| [&piece.tune, &piece.decay, &piece.level_db]).map(Handle::of)
}

/// The button that takes all pieces back to the kit's own.
fn reset(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let is_moved = |param: &Handle| (param.value() - param.default_value()).abs() > 1e-4;
    let moved: Vec<_> = handles(params)
        .filter(is_moved)
        .map(|param| (param, param.value(), param.snapped(param.default_value())))
        .collect();
    let look = if moved.is_empty() { Look::Disabled } else { Look::Bare };
    if look == Look::Bare {
        surface.painter.rect_filled(area, 6.0, surface.theme.hover);
    }
    let style = (text::LABEL_STRONG, look);
    let (pressed, response) = button::labelled(surface, "pieces reset", area, (None, "Reset all"), style);
    surface.tip(&response, "Reset all", "Every piece as the kit has it; Ctrl+Z takes it back");
    if pressed && !moved.is_empty() {
        for (param, _, after) in &moved {
            param.put(surface.host, *after);
        }
        surface.desk.undo.push(Step::Values(moved));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PluginKind;
    use crate::state::SavedState;

    #[test]
    fn a_warning_hides_what_is_done_but_no_question() {
        let saved = SavedState::new(std::sync::Arc::default(), linnet_handover::to_worker::channel().0);
        let params = LinnetParams::new(PluginKind::Instrument, saved);
        let [done, open] = [Told::Done("Written.".to_owned()), Told::Open("Replace it?".to_owned())];
        assert_eq!(note(&params, ("Room kit", true), &Told::Nothing), Note::Usual);
        assert_eq!(note(&params, ("Room kit", true), &done), Note::Told("Written.".to_owned()));
        assert!(matches!(note(&params, ("mine.sfz", false), &done), Note::Warning(_)));
        let mute = Handle::of(&params.parts[Part::Drums.index()].mute);
        mute.set_directly(1.0);
        assert!(matches!(note(&params, ("Room kit", true), &done), Note::Warning(_)));
        assert_eq!(note(&params, ("Room kit", true), &open), Note::Told("Replace it?".to_owned()));
    }
}
