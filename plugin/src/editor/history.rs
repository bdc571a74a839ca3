//! Runs on the main thread. Every idea of the session as a tree of thumbs. A click plays one; the wheel scrolls.

use super::icons::{self, Icon};
use super::layout::Roll;
use super::menu::{Choice, Item, OpenMenu};
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::theme;
use super::view::{Card, View, bar_number};
use egui::{Align2, Id, Key, Rect, Sense, Shape, Stroke, Vec2, pos2, vec2};
use linnet_music::session::HISTORY_MAX;
use linnet_music::{IdeaId, Part};

/// The pitch of the tree's cells, and the size of a thumb.
const COLUMN: f32 = 89.0;
const ROW: f32 = 54.0;
const THUMB: Vec2 = vec2(68.0, 34.0);
/// The same where history is one row of numbers.
const CHIP: Vec2 = vec2(28.0, 24.0);
const CHIP_PITCH: f32 = 36.0;

/// Which idea is the other one of Morph, and whether that matters now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    pub(crate) other: Option<IdeaId>,
    pub(crate) is_morph: bool,
}

/// How far the tree is scrolled, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Scroll {
    offset: Vec2,
    /// The idea that was last brought into sight.
    shown: Option<u32>,
}

/// Draws the history.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    roll: &Roll,
    (view, marks): (&View, Marks),
    scroll: &mut Scroll,
    compact: bool,
) {
    let area = roll.history;
    let left = roll.well.left() + 10.0;
    heading(surface, pos2(left, area.top() + 10.0), view, compact);
    let clip = area.expand2(vec2(3.0, 4.0)).intersect(roll.well);
    let painter = surface.painter.clone();
    surface.painter = painter.with_clip_rect(clip);
    let id = Id::unique("history");
    let ground = surface.control(id, area, Sense::click_and_drag());
    if compact {
        chips(surface, area, (view, marks), scroll, &ground);
    } else if view.cards.is_empty() && view.composing().is_none() {
        surface.painter = painter.clone();
        empty(surface, area);
    } else {
        tree(surface, area, (view, marks), scroll, &ground);
    }
    surface.painter = painter;
    surface.ring(id, area, 4.0);
    if surface.pressed(id, Key::ArrowLeft) {
        surface.ask(Deed::Walk(-1));
    }
    if surface.pressed(id, Key::ArrowRight) {
        surface.ask(Deed::Walk(1));
    }
    if surface.pressed(id, Key::Enter)
        && let Some(current) = view.current_id()
    {
        // The idea that plays now is to be the other one; then choose the first by the arrows.
        surface.ask(Deed::MorphWith(Some(current).filter(|id| marks.other != Some(*id))));
    }
}

fn heading(surface: &mut Surface<'_>, at: egui::Pos2, view: &View, compact: bool) {
    let (painter, theme) = (&surface.painter, surface.theme);
    if compact {
        text::draw(painter, pos2(at.x, at.y + 2.0), Align2::LEFT_CENTER, "History", text::LABEL, theme.t2);
        return;
    }
    text::draw(painter, at, Align2::LEFT_CENTER, "History", text::LABEL_STRONG, theme.t2);
    let words = match view.cards.len() {
        0 => "empty".to_owned(),
        1 => "1 idea".to_owned(),
        n => format!("{n} ideas"),
    };
    text::draw(painter, at + vec2(0.0, 15.0), Align2::LEFT_CENTER, &words, text::LABEL, theme.t3);
    if view.let_go > 0 {
        let gone = format!("{} let go", view.let_go);
        let place =
            text::draw(painter, at + vec2(0.0, 30.0), Align2::LEFT_CENTER, &gone, text::LABEL, theme.t3);
        let response = surface.ui.interact(place, Id::unique("let go"), Sense::hover());
        let hint = format!("Kept ideas always stay, of the others the newest {HISTORY_MAX}");
        surface.tip(&response, "Older ideas left the history", &hint);
    }
}

fn empty(surface: &Surface<'_>, area: Rect) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let ghost = Rect::from_min_size(area.min, THUMB);
    paint::dashed_outline(painter, ghost, 4.0, Stroke::new(1.0, theme.line));
    let at = pos2(area.left() + COLUMN, area.top() + 10.0);
    text::draw(painter, at, Align2::LEFT_CENTER, "Every idea stays here as a branch.", text::LABEL, theme.t2);
    let at = at + vec2(0.0, 15.0);
    text::draw(
        painter,
        at,
        Align2::LEFT_CENTER,
        "Asking again loses none that you keep.",
        text::LABEL,
        theme.t2,
    );
}

/// Follows the wheel and the current idea.
fn follow(
    surface: &Surface<'_>,
    scroll: &mut Scroll,
    ground: &egui::Response,
    (size, content): (Vec2, Vec2),
    current: Option<(u32, Rect)>,
) {
    let wheel = surface.wheel(ground);
    let sideways = surface.modifiers().shift || content.y <= size.y;
    let by = if sideways { vec2(-wheel * COLUMN, 0.0) } else { vec2(0.0, -wheel * ROW) };
    scroll.offset += by - if ground.dragged() { ground.drag_delta() } else { Vec2::ZERO };
    if let Some((number, place)) = current.filter(|(number, _)| scroll.shown != Some(*number)) {
        scroll.shown = Some(number);
        let sight = Rect::from_min_size(scroll.offset.to_pos2(), size);
        if place.right() > sight.right() || place.left() < sight.left() {
            scroll.offset.x = place.right() - size.x;
        }
        if place.bottom() > sight.bottom() || place.top() < sight.top() {
            scroll.offset.y = place.top();
        }
    }
    let most = (content - size).max(Vec2::ZERO);
    scroll.offset = scroll.offset.clamp(Vec2::ZERO, most);
    // A row that is cut in half reads worse than one that is not there.
    scroll.offset.y = (scroll.offset.y / ROW).round() * ROW;
}

fn tree(
    surface: &mut Surface<'_>,
    area: Rect,
    (view, marks): (&View, Marks),
    scroll: &mut Scroll,
    ground: &egui::Response,
) {
    let cell = |column: usize, row: usize| {
        Rect::from_min_size(pos2(column as f32 * COLUMN, row as f32 * ROW), THUMB)
    };
    let columns = view.places.iter().map(|place| place.column + 1).max().unwrap_or(0);
    let rows = view.places.iter().map(|place| place.row + 1).max().unwrap_or(0);
    let pending = view.composing().is_some();
    let content =
        vec2((columns + usize::from(pending)) as f32 * COLUMN - (COLUMN - THUMB.x), rows as f32 * ROW);
    let current = view.current_id();
    let at = view.cards.iter().position(|card| Some(card.id) == current);
    let here = at.map(|i| (view.cards[i].id.0, cell(view.places[i].column, view.places[i].row)));
    let wanted =
        if pending { here.map(|(n, place)| (n | 1 << 31, place.translate(vec2(COLUMN, 0.0)))) } else { here };
    follow(
        surface,
        scroll,
        ground,
        (vec2(area.width(), (area.height() / ROW).floor().max(1.0) * ROW), content),
        wanted,
    );
    let shift = area.min.to_vec2() - scroll.offset;
    let in_sight = area.expand(4.0);
    for (i, place) in view.places.iter().enumerate() {
        let to = cell(place.column, place.row).translate(shift);
        if let Some(parent) = place.parent {
            let from = cell(view.places[parent].column, view.places[parent].row).translate(shift);
            if from.union(to).intersects(in_sight) {
                branch(surface, from, to);
            }
        }
        if to.expand2(vec2(0.0, 20.0)).intersects(in_sight) && to.bottom() <= area.bottom() {
            thumb(surface, to, &view.cards[i], Some(view.cards[i].id) == current, marks);
        }
    }
    if pending {
        let from = here.map_or(Rect::from_min_size(area.min - vec2(COLUMN, 0.0), THUMB), |(_, place)| {
            place.translate(shift)
        });
        composing(surface, from, view, here.is_some());
    }
}

/// The dashed thumb of what is being composed, with the bar where it starts.
fn composing(surface: &Surface<'_>, from: Rect, view: &View, has_parent: bool) {
    let theme = surface.theme;
    let to = from.translate(vec2(COLUMN, 0.0));
    if has_parent {
        branch(surface, from, to);
    }
    surface.painter.rect_filled(to, 4.0, theme.well);
    paint::dashed_outline(&surface.painter, to, 4.0, Stroke::new(1.0, theme.accent));
    let now = &view.now;
    let label = if now.is_playing && now.next_start > now.position {
        format!("at bar {}", bar_number(now.next_start, now.metre))
    } else {
        "composing".to_owned()
    };
    text::draw(&surface.painter, to.center(), Align2::CENTER_CENTER, &label, text::LABEL, theme.t2);
}

/// The line from a parent to its child: straight, or down between the columns.
fn branch(surface: &Surface<'_>, from: Rect, to: Rect) {
    let painter = &surface.painter;
    let stroke = Stroke::new(1.0, surface.theme.t3);
    let (start, end) = (from.right_center(), to.left_center());
    if (start.y - end.y).abs() < 1.0 {
        paint::hline(painter, (start.x, end.x), start.y - 0.5, 1.0, stroke.color);
        return;
    }
    let x = paint::snap(painter, to.left() - 11.0) + 0.5;
    let down = if end.y > start.y { 5.0 } else { -5.0 };
    let mut path = vec![start, pos2(x, start.y), pos2(x, end.y - down)];
    path.extend((1..=4).map(|i| {
        let t = i as f32 / 4.0;
        let (a, c) = (pos2(x, end.y - down), pos2(x + 5.0, end.y));
        a.lerp(pos2(x, end.y), t).lerp(pos2(x, end.y).lerp(c, t), t)
    }));
    path.push(end);
    painter.add(Shape::line(path, stroke));
}

fn thumb(surface: &mut Surface<'_>, area: Rect, card: &Card, is_current: bool, marks: Marks) {
    let theme = surface.theme;
    let id = Id::unique(("idea", card.id.0));
    let response = surface.ui.interact(area.expand2(vec2(0.0, 2.0)), id, Sense::click());
    let fill = theme::mix(theme.win, theme.hover, 0.6 * surface.hover(&response));
    let edge = if is_current { Stroke::new(2.0, theme.t1) } else { Stroke::new(1.0, theme.line) };
    let frame = if is_current { area.expand(0.5) } else { area };
    paint::panel(&surface.painter, frame, 4.0, fill, edge);
    notes(surface, area.shrink2(vec2(5.0, 5.0)), card);
    if card.is_kept {
        let at = pos2(area.right() - 9.0, area.top() + 3.0);
        icons::draw(&surface.painter, Icon::BookmarkSolid, at, 12.0, theme.accent);
    }
    let label = pos2(area.left(), area.bottom() + 9.0);
    let number = card.id.0.to_string();
    let place =
        text::draw(&surface.painter, label, Align2::LEFT_CENTER, &number, text::LABEL_CHOSEN, theme.t1);
    let next = pos2(place.right() + 4.0, label.y);
    let ink = if is_current { theme.t1 } else { theme.t2 };
    text::draw(&surface.painter, next, Align2::LEFT_CENTER, card.mode.name(), text::LABEL, ink);
    letter(surface, area.min + vec2(8.0, 8.0), card.id, is_current, marks);
    answer(surface, &response, card, marks);
}

/// A and B: the two ideas of Morph.
fn letter(surface: &Surface<'_>, at: egui::Pos2, id: IdeaId, is_current: bool, marks: Marks) {
    let words = match (marks.other == Some(id), is_current && marks.is_morph) {
        (true, _) => "B",
        (_, true) => "A",
        _ => return,
    };
    let ink = if marks.is_morph { surface.theme.t1 } else { surface.theme.t2 };
    surface.painter.circle_filled(at, 7.0, ink);
    text::draw(&surface.painter, at, Align2::CENTER_CENTER, words, text::LABEL_CHOSEN, surface.theme.win);
}

/// A click plays an idea; with Ctrl or Shift it makes it the other one of Morph.
fn answer(surface: &mut Surface<'_>, response: &egui::Response, card: &Card, marks: Marks) {
    surface.hand(response);
    let title = format!("Idea {}, {}", card.id.0, card.origin);
    let kept = if card.is_kept { "Kept   " } else { "" };
    surface.tip(response, &title, &format!("{kept}Click: play it   Ctrl-click: Morph with it"));
    let chosen = if marks.other == Some(card.id) { None } else { Some(card.id) };
    let words = if chosen.is_some() { "Morph with this idea" } else { "Morph without this idea" };
    if response.secondary_clicked() {
        let items = vec![
            Item::new("Play it", "Click", Choice::Do(Deed::Play(card.id))),
            Item::new(words, "Ctrl-click", Choice::Do(Deed::MorphWith(chosen))),
        ];
        let title = Some((format!("Idea {}", card.id.0), card.mode.name().to_owned()));
        surface.desk.menu = Some(OpenMenu::new(response.rect, title, items));
    }
    if response.clicked() {
        surface.desk.focus.click(Id::unique("history"));
        let held = surface.modifiers();
        surface.ask(if held.command || held.shift { Deed::MorphWith(chosen) } else { Deed::Play(card.id) });
    }
}

/// Lead, chords and bass as dashes, one above the other.
fn notes(surface: &Surface<'_>, area: Rect, card: &Card) {
    let theme = surface.theme;
    let rows = [(Part::Lead, 0.0, 0.42, 2.0), (Part::Chords, 0.5, 0.16, 1.5), (Part::Bass, 0.86, 0.08, 1.5)];
    for (part, top, height, thick) in rows {
        let hue = theme.part(part);
        for [start, end, pitch] in &card.thumb[part.index()] {
            // A chord is two lines here: one for its upper tones, one for its lower.
            let pitch = if part == Part::Chords { pitch.round() } else { *pitch };
            let x = area.left() + start * area.width();
            let width = ((end - start) * area.width() - 1.0).max(1.5);
            let y = area.top() + area.height() * (top + height * (1.0 - pitch));
            let dash = Rect::from_min_size(pos2(x, y), vec2(width.min(area.right() - x), thick));
            surface.painter.rect_filled(dash, 0.5, hue);
        }
    }
}

/// One row of numbers, where there is little room.
fn chips(
    surface: &mut Surface<'_>,
    area: Rect,
    (view, marks): (&View, Marks),
    scroll: &mut Scroll,
    ground: &egui::Response,
) {
    let theme = surface.theme;
    if view.cards.is_empty() {
        let at = area.left_center();
        text::draw(
            &surface.painter,
            at,
            Align2::LEFT_CENTER,
            "Every idea stays here.",
            text::LABEL,
            theme.t2,
        );
        return;
    }
    let cell = |i: usize| Rect::from_min_size(pos2(i as f32 * CHIP_PITCH, 0.0), CHIP);
    let content = vec2(view.cards.len() as f32 * CHIP_PITCH, CHIP.y);
    let current = view.current_id();
    let at = view.cards.iter().position(|card| Some(card.id) == current);
    let here = at.map(|i| (view.cards[i].id.0, cell(i)));
    follow(surface, scroll, ground, (area.size(), content), here);
    let shift = area.min.to_vec2() - vec2(scroll.offset.x, 0.0);
    for (i, card) in view.cards.iter().enumerate() {
        let place = cell(i).translate(shift);
        if !place.intersects(area) {
            continue;
        }
        let response = surface.ui.interact(place, Id::unique(("idea", card.id.0)), Sense::click());
        let is_current = Some(card.id) == current;
        let edge = if is_current { Stroke::new(2.0, theme.t1) } else { Stroke::NONE };
        paint::panel(&surface.painter, place, 4.0, surface.ground(&response, theme.raised), edge);
        let number = card.id.0.to_string();
        let style = if is_current { text::LABEL_CHOSEN } else { text::LABEL };
        text::draw(&surface.painter, place.center(), Align2::CENTER_CENTER, &number, style, theme.t1);
        if card.is_kept {
            let at = pos2(place.right() - 5.0, place.top() + 2.0);
            icons::draw(&surface.painter, Icon::BookmarkSolid, at, 10.0, theme.accent);
        }
        letter(surface, place.left_top() + vec2(3.0, 3.0), card.id, is_current, marks);
        answer(surface, &response, card, marks);
    }
}
