//! Runs on the main thread. One part of the idea: its gutter with name and lock, and its notes.
//!
//! The parts differ by hue and by pattern: solid, outlined, hatched, diamonds. Velocity is opacity.

use super::control::Handle;
use super::icons::{self, Icon};
use super::locks::{BARS_MAX, Locks};
use super::menu::{self, Choice, Item, OpenMenu};
use super::paint;
use super::roll_axis::{Axis, Window};
use super::surface::{Deed, Surface};
use super::text;
use super::theme::{self, Theme};
use super::view::bar_number;
use crate::PluginKind;
use crate::params::{CHANNELS, LinnetParams};
use egui::epaint::StrokeKind;
use egui::{Align2, Color32, Id, Painter, Pos2, Rect, Sense, Stroke, pos2, vec2};
use linnet_music::{ChordSpan, Note, Part};

/// What a lane shows.
#[derive(Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) part: Part,
    /// The proposal's notes, from the roll's start.
    pub(crate) notes: &'a [Note],
    /// The heard notes, from the roll's start; outlined behind the proposal.
    pub(crate) heard: &'a [Note],
    /// Whether the heard notes are all there is.
    pub(crate) is_listening: bool,
    pub(crate) chords: &'a [ChordSpan],
    /// What stays as it is.
    pub(crate) locks: Locks,
}

/// Draws the grid and the notes.
pub(crate) fn show(surface: &Surface<'_>, area: Rect, axis: &Axis, content: Content<'_>) {
    let theme = surface.theme;
    // A diamond on the first beat reaches over the edge.
    let painter = surface.painter.with_clip_rect(area.expand2(vec2(5.0, 0.0)));
    let is_ghost = area.height() < 40.0;
    raise(&painter, area, axis, content.part.index(), content.locks, theme);
    let inside = area.shrink2(vec2(0.0, if is_ghost { 3.0 } else { 5.0 }));
    let window = Window::fitted(content.notes.iter().chain(content.heard));
    if content.part != Part::Drums && !is_ghost {
        bands(&painter, inside, axis, window, content.chords, theme);
    }
    grid(&painter, area, axis, theme);
    if content.part == Part::Drums {
        drums(&painter, inside, axis, content.notes, theme);
        return;
    }
    let bar = |note: &Note| note_bar(inside, axis, window, note);
    for area in content.heard.iter().map(bar) {
        heard_note(&painter, area, theme, content.is_listening);
    }
    for note in content.notes {
        let opacity = 0.55 + 0.45 * note.velocity.unit();
        draw_note(&painter, bar(note), content.part, theme, opacity);
    }
}

/// What is locked, a little raised.
fn raise(painter: &Painter, area: Rect, axis: &Axis, part: usize, locks: Locks, theme: &Theme) {
    let fill = theme::fade(theme.raised, 0.55);
    if locks.parts[part] {
        painter.rect_filled(area, 0.0, fill);
        return;
    }
    for bar in (0..axis.whole_bars()).filter(|bar| locks.holds(part, *bar)) {
        painter.rect_filled(axis.bar_area(area, bar), 0.0, fill);
    }
}

/// Padlocks over the notes, on each bar that is locked in this part and not in all.
pub(crate) fn padlocks(surface: &Surface<'_>, area: Rect, axis: &Axis, part: Part, locks: Locks) {
    let part = part.index();
    if locks.parts[part] || area.height() < 40.0 {
        return;
    }
    let theme = surface.theme;
    for bar in (0..axis.whole_bars()).filter(|bar| locks.holds(part, *bar) && !locks.holds_bar(*bar)) {
        let cell = axis.bar_area(area, bar);
        if cell.width() >= 22.0 {
            let at = pos2(cell.right() - 11.0, cell.top() + 11.0);
            surface.painter.circle_filled(at, 9.0, theme.raised);
            icons::draw(&surface.painter, Icon::LockClosed, at - vec2(0.0, 0.5), 10.0, theme.t1);
        }
    }
}

/// Lets a lane answer: Alt-click locks one bar of the part, or frees it; a right-click offers that and more.
pub(crate) fn answer(surface: &mut Surface<'_>, area: Rect, axis: &Axis, part: Part, locks: Locks) {
    let response = surface.ui.interact(area, Id::unique(("lane", part.index())), Sense::click());
    let at = response.interact_pointer_pos().or(response.hover_pos());
    let Some(bar) = at.map(|at| axis.bar_at(at.x)).filter(|bar| *bar < BARS_MAX) else { return };
    let cell = axis.bar_area(area, bar).shrink(1.0);
    let is_alt = surface.modifiers().alt;
    if response.clicked() && is_alt {
        surface.ask(Deed::Lock(locks.with_cell(part.index(), bar, axis.whole_bars())));
    } else if response.clicked() {
        surface.desk.focus.clear();
    } else if response.secondary_clicked() {
        surface.desk.menu = Some(cell_menu(axis, part, bar, locks, cell));
    } else if response.hovered() && is_alt {
        surface.painter.rect_stroke(cell, 2.0, Stroke::new(1.0, surface.theme.t2), StrokeKind::Inside);
        surface.hand(&response);
    }
}

fn cell_menu(axis: &Axis, part: Part, bar: usize, locks: Locks, anchor: Rect) -> OpenMenu {
    let (index, count) = (part.index(), axis.whole_bars());
    let verb = |held: bool| if held { "Free" } else { "Lock" };
    let here = format!("{} this bar of {}", verb(locks.holds(index, bar)), part.name().to_lowercase());
    let everywhere = format!("{} it in every part", verb(locks.holds_bar(bar)));
    let whole = format!("{} all of {}", verb(locks.parts[index]), part.name().to_lowercase());
    let items = vec![
        Item::new(&here, "Alt-click", Choice::Do(Deed::Lock(locks.with_cell(index, bar, count)))),
        Item::new(&everywhere, "", Choice::Do(Deed::Lock(locks.with_bar(bar, count)))),
        Item::new(&whole, "", Choice::Do(Deed::Lock(locks.with_part(index)))),
    ];
    let number = bar_number(axis.start_beats, axis.metre) + bar as i64;
    OpenMenu::new(anchor, Some((format!("Bar {number}"), part.name().to_owned())), items)
}

/// The rows of each chord's tones.
fn bands(painter: &Painter, area: Rect, axis: &Axis, window: Window, chords: &[ChordSpan], theme: &Theme) {
    let row = window.row(area);
    for span in chords {
        let (left, right) = (axis.x(span.onset.0), axis.x(span.onset.0 + span.length.0));
        let mask = span.chord.mask();
        let tones = (window.low..=window.low + window.span).filter(|p| mask & (1 << p.rem_euclid(12)) != 0);
        for pitch in tones {
            let middle = pos2(f32::midpoint(left, right), window.y(area, pitch));
            let band = Rect::from_center_size(middle, vec2(right - left, row));
            painter.rect_filled(band.intersect(area), 0.0, theme.band);
        }
    }
}

fn grid(painter: &Painter, area: Rect, axis: &Axis, theme: &Theme) {
    for beats in axis.beats() {
        paint::vline(painter, axis.x(beats), (area.top(), area.bottom()), 1.0, theme.hair);
    }
    for beats in axis.bars() {
        paint::vline(painter, axis.x(beats), (area.top(), area.bottom()), 1.0, theme.line);
    }
}

/// Where a note lies: up to 8 px high, in the middle of its row, never narrower than 3 px.
fn note_bar(area: Rect, axis: &Axis, window: Window, note: &Note) -> Rect {
    let y = window.y(area, i32::from(note.pitch.midi()));
    let height = (window.row(area) * 0.8).clamp(2.0, 8.0).max(if area.height() < 30.0 { 2.0 } else { 4.0 });
    let (left, right) = (axis.x(note.onset.0), axis.x(note.end().0));
    Rect::from_min_max(
        pos2(left + 0.5, y - height / 2.0),
        pos2((right - 0.5).max(left + 3.0), y + height / 2.0),
    )
}

fn heard_note(painter: &Painter, area: Rect, theme: &Theme, is_listening: bool) {
    if is_listening {
        painter.rect_filled(area, 2.0, theme::mix(theme.well, theme.t3, 0.7));
    } else {
        painter.rect_stroke(area, 2.0, Stroke::new(1.0, theme::fade(theme.t3, 0.75)), StrokeKind::Inside);
    }
}

fn draw_note(painter: &Painter, area: Rect, part: Part, theme: &Theme, opacity: f32) {
    let hue = theme::mix(theme.well, theme.part(part), opacity);
    match part {
        Part::Chords => {
            painter.rect_filled(area, 2.0, theme::mix(theme.well, hue, 0.27));
            painter.rect_stroke(area, 2.0, Stroke::new(1.0, hue), StrokeKind::Inside);
        }
        Part::Bass => {
            painter.rect_filled(area, 1.0, theme::mix(theme.well, hue, 0.62));
            paint::hatch(painter, area, 4.0, Stroke::new(1.8, hue));
        }
        Part::Lead | Part::Drums => {
            painter.rect_filled(area, 2.0, hue);
        }
    }
}

/// Drums have no pitch axis: one row for each instrument that is used, low ones below.
fn drums(painter: &Painter, area: Rect, axis: &Axis, notes: &[Note], theme: &Theme) {
    let mut keys: Vec<u8> = notes.iter().map(|note| note.pitch.midi()).collect();
    keys.sort_unstable();
    keys.dedup();
    let rows = keys.len().max(1) as f32;
    let step = area.height() / rows;
    let radius = (step * 0.36).clamp(1.5, 4.0);
    for note in notes {
        let place = keys.binary_search(&note.pitch.midi()).unwrap_or(0) as f32;
        let centre = pos2(axis.x(note.onset.0), area.bottom() - (place + 0.5) * step);
        let opacity = 0.55 + 0.45 * note.velocity.unit();
        paint::diamond(painter, centre, radius, theme::mix(theme.well, theme.part(Part::Drums), opacity));
    }
}

/// The swatch of a part: its hue and pattern in 10 px.
pub(crate) fn swatch(painter: &Painter, centre: Pos2, part: Part, theme: &Theme) {
    let area = Rect::from_center_size(centre, vec2(10.0, 9.0));
    if part == Part::Drums {
        paint::diamond(painter, centre, 5.0, theme.part(part));
    } else {
        draw_note(painter, area, part, theme, 1.0);
    }
}

/// The gutter: swatch, name, padlock. A click on the name opens the part's menu, a double-click makes it tall. `bars` are
/// how many there are, 0 without an idea, and the number of the first.
pub(crate) fn gutter(
    surface: &mut Surface<'_>,
    area: Rect,
    part: Part,
    params: &LinnetParams,
    (tall, bars): (Option<usize>, (usize, i64)),
) {
    let theme = surface.theme;
    let index = part.index();
    let strip = &params.parts[index];
    let on = Handle::of(&strip.on);
    let is_ghost = area.height() < 40.0;
    let name_y = if is_ghost { area.center().y } else { area.top() + 14.0 };
    let id = Id::unique(("part", index));
    let name_area =
        Rect::from_min_max(pos2(area.left() + 4.0, name_y - 9.0), pos2(area.right() - 2.0, name_y + 9.0));
    let response = surface.control(id, name_area, Sense::click());
    let fill: Color32 = theme::fade(theme.hover, surface.hover(&response));
    paint::panel(&surface.painter, name_area, 4.0, fill, Stroke::NONE);
    swatch(&surface.painter, pos2(area.left() + 15.0, name_y), part, theme);
    let ink = if on.is_on() { theme.t1 } else { theme.t3 };
    let at = pos2(area.left() + 25.0, name_y);
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, part.name(), text::STRONG, ink);
    surface.hand(&response);
    surface.ring(id, name_area, 4.0);
    surface.tip(&response, part.name(), "Click: options   Double-click: all the height");
    let next = if tall == Some(index) { None } else { Some(index) };
    if surface.activated(id, &response) || response.secondary_clicked() {
        let now = surface.ui.input(|input| input.time);
        let menu = part_menu(part, params, name_area, tall, bars);
        surface.desk.menu = Some(menu.or_double(Deed::TallLane(next), now));
    }
    if !is_ghost {
        padlock(surface, area, pos2(area.left() + 16.0, name_y + 18.0), index, (params, on.is_on()));
    }
}

/// The padlock, and all of the gutter below the name: a click locks the part, or frees it.
fn padlock(
    surface: &mut Surface<'_>,
    gutter: Rect,
    centre: Pos2,
    index: usize,
    (params, is_on): (&LinnetParams, bool),
) {
    let theme = surface.theme;
    let locks = Locks::of(params);
    let id = Id::unique(("part lock", index));
    let area = Rect::from_min_max(
        pos2(gutter.left() + 4.0, centre.y - 9.0),
        pos2(gutter.right() - 2.0, (gutter.bottom() - 2.0).max(centre.y + 9.0)),
    );
    let response = surface.control(id, area, Sense::click());
    let is_locked = locks.parts[index];
    let (icon, rest) = if is_locked { (Icon::LockClosed, theme.t1) } else { (Icon::LockOpen, theme.t2) };
    let ink = theme::mix(rest, theme.t1, surface.hover(&response));
    icons::draw(&surface.painter, icon, centre, 11.5, ink);
    // What is locked in every part, the ruler says.
    let count = (0..BARS_MAX).filter(|bar| locks.holds(index, *bar) && !locks.holds_bar(*bar)).count();
    let words = match (is_locked, is_on, count) {
        (_, false, _) => "off".to_owned(),
        (true, ..) => "locked".to_owned(),
        (_, _, 0) => String::new(),
        (_, _, 1) => "1 bar".to_owned(),
        (_, _, count) => format!("{count} bars"),
    };
    let at = centre + vec2(11.0, 0.0);
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, &words, text::LABEL, theme.t2);
    surface.hand(&response);
    surface.ring(id, Rect::from_center_size(centre, vec2(18.0, 16.0)), 4.0);
    let title = if is_locked { "Locked" } else { "Open" };
    surface.tip(&response, title, "A locked part stays as it is when you propose");
    if surface.activated(id, &response) {
        surface.ask(Deed::Lock(locks.with_part(index)));
    }
}

fn part_menu(
    part: Part,
    params: &LinnetParams,
    anchor: Rect,
    tall: Option<usize>,
    bars: (usize, i64),
) -> OpenMenu {
    let strip = &params.parts[part.index()];
    let switch = |label: &str, param: &nice_plug::prelude::BoolParam| {
        Item::new(label, "", Choice::Toggle(Handle::of(param))).marked(param.value())
    };
    let locks = Locks::of(params);
    let whole = Choice::Do(Deed::Lock(locks.with_part(part.index())));
    let mut items = vec![switch("On", &strip.on)];
    items.push(Item::new("Locked", "", whole).marked(locks.parts[part.index()]));
    if bars.0 > 0 {
        let list = bar_menu(part, locks, anchor, bars);
        items.push(Item::new("Locked bars", "", Choice::Open(Box::new(list))));
    }
    items.push(switch("Solo", &strip.solo));
    items.push(switch("Mute", &strip.mute));
    if part == Part::Chords {
        let role = Handle::of(&params.style.chords_role);
        let list = menu::of_list(role, anchor, ["Comping", "Counter-line"].map(str::to_owned).into_iter());
        items.push(Item::new("Plays", &role.text(), Choice::Open(Box::new(list))));
    }
    if part != Part::Drums {
        let octave = Handle::of(&strip.octave);
        let names = (-3..=3).map(|n| super::text::minus(&format!("{n:+} oct")).replace("+0", "0"));
        let list = menu::of_list(octave, anchor, names);
        items.push(Item::new("Octave", &octave.text(), Choice::Open(Box::new(list))));
    }
    let channel = Handle::of(&strip.midi_channel);
    let names =
        CHANNELS.iter().map(|name| if *name == "off" { "Off".to_owned() } else { format!("Channel {name}") });
    let list = menu::of_list(channel, anchor, names);
    items.push(Item::new("MIDI out", &channel.text(), Choice::Open(Box::new(list))));
    if params.kind == PluginKind::Notes || params.midi.midi_out.value() != 0 {
        let routing = Handle::of(&params.midi.midi_out);
        let names = crate::params::ROUTINGS.iter().map(ToString::to_string);
        let list = menu::of_list(routing, anchor, names);
        items.push(Item::new("MIDI routing", "", Choice::Open(Box::new(list))));
    }
    let is_tall = tall == Some(part.index());
    let next = if is_tall { None } else { Some(part.index()) };
    items.push(Item::new("All the height", "", Choice::Do(Deed::TallLane(next))).marked(is_tall));
    OpenMenu::new(anchor, Some((part.name().to_owned(), String::new())), items)
}

/// The bars of a part, to lock one by one.
fn bar_menu(part: Part, locks: Locks, anchor: Rect, (count, first): (usize, i64)) -> OpenMenu {
    let item = |bar: usize| {
        let turned = Choice::Do(Deed::Lock(locks.with_cell(part.index(), bar, count)));
        let label = format!("Bar {}", first + bar as i64);
        Item::new(&label, "", turned).marked(locks.holds(part.index(), bar))
    };
    let title = Some((format!("{}, locked bars", part.name()), String::new()));
    OpenMenu::new(anchor, title, (0..count.min(BARS_MAX)).map(item).collect())
}
