//! Runs on the main thread. Why this idea came first: its figures beside those of people's music.

use super::button::{self, Look};
use super::icons::Icon;
use super::layout::Layout;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::theme;
use super::view::View;
use egui::{Align2, Id, Key, Pos2, Rect, Sense, Shape, Stroke, pos2, vec2};
use linnet_music::Figure;

const WIDTH: f32 = 440.0;
const HEAD: f32 = 50.0;
const FOOT: f32 = 40.0;
const ROW: f32 = 24.0;
const MARGIN: f32 = 16.0;
/// Where the values end, and where the bars begin.
const VALUE_RIGHT: f32 = 252.0;
const BAR_LEFT: f32 = 268.0;

const NO_FIGURES: [&str; 2] = [
    "This idea was made by an earlier version, or by hand:",
    "it holds no figures. The next proposal has them.",
];
const NO_IDEA: [&str; 2] = ["There is no idea yet.", "Propose one, and its figures stand here."];

/// Draws the panel under its button.
pub(crate) fn show(surface: &mut Surface<'_>, all: &Layout, view: &View) {
    let figures = view.current.as_ref().map_or(&[][..], |idea| &idea.figures[..]);
    let window = Rect::from_min_size(Pos2::ZERO, all.size);
    let top = all.roll.tools.bottom() + 6.0;
    let room = ((all.status.top() - 8.0 - top - HEAD - FOOT) / ROW).floor().max(1.0) as usize;
    let rows = figures.len().min(room);
    let height = if rows == 0 { HEAD + 36.0 } else { HEAD + rows as f32 * ROW + FOOT };
    let area = Rect::from_min_size(pos2(all.roll.well.left() + 8.0, top), vec2(WIDTH, height));
    let area = paint::snapped(&surface.painter, area);
    let veil = surface.ui.interact(window, Id::unique("why veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("why page"), Sense::click_and_drag());
    let theme = surface.theme;
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    head(surface, area, view, figures.len());
    for (i, figure) in figures.iter().take(rows).enumerate() {
        let place = pos2(area.left(), area.top() + HEAD + (i as f32 + 0.5) * ROW);
        row(surface, place, figure, i);
    }
    if rows == 0 {
        let words = if view.current.is_some() { NO_FIGURES } else { NO_IDEA };
        for (i, line) in words.into_iter().enumerate() {
            let at = area.min + vec2(MARGIN, HEAD - 4.0 + 16.0 * i as f32);
            text::draw(&surface.painter, at, Align2::LEFT_CENTER, line, text::BODY, theme.t1);
        }
    } else {
        legend(surface, area, figures.len() - rows);
    }
    let cross = Rect::from_center_size(pos2(area.right() - 20.0, area.top() + 20.0), vec2(24.0, 24.0));
    let (closed, response) = button::icon(surface, "why close", cross, (Icon::Close, 12.0), Look::Bare);
    surface.tip(&response, "Close", "Esc");
    let escaped = surface.desk.menu.is_none() && surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Why(false));
    }
}

fn head(surface: &Surface<'_>, area: Rect, view: &View, count: usize) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let title = match view.current_id() {
        Some(id) => format!("Why idea {}", id.0),
        None => "Why this idea".to_owned(),
    };
    let at = area.min + vec2(MARGIN, 18.0);
    text::draw(painter, at, Align2::LEFT_CENTER, &title, text::TITLE, theme.t1);
    if count > 0 {
        let words = "It came first of its candidates by these figures.";
        let at = area.min + vec2(MARGIN, 35.0);
        text::draw_within(
            painter,
            at,
            Align2::LEFT_CENTER,
            words,
            (text::LABEL, theme.t2),
            WIDTH - 2.0 * MARGIN,
        );
    }
}

/// Name, value, and the bar. All of it in words for the pointer that rests there.
fn row(surface: &mut Surface<'_>, at: Pos2, figure: &Figure, i: usize) {
    let theme = surface.theme;
    let name_at = at + vec2(MARGIN, 0.0);
    let look = (text::BODY, theme.t1);
    let room = VALUE_RIGHT - MARGIN - 44.0;
    text::draw_within(&surface.painter, name_at, Align2::LEFT_CENTER, &figure.name, look, room);
    let value = number(figure.value);
    let value_at = at + vec2(VALUE_RIGHT, 0.0);
    text::draw(&surface.painter, value_at, Align2::RIGHT_CENTER, &value, text::STRONG, theme.t1);
    let track = Rect::from_min_max(at + vec2(BAR_LEFT, -4.0), at + vec2(WIDTH - MARGIN - 4.0, 4.0));
    bar(surface, track, figure);
    let place = Rect::from_min_size(at - vec2(0.0, ROW / 2.0), vec2(WIDTH, ROW));
    let response = surface.ui.interact(place, Id::unique(("why row", i)), Sense::hover());
    surface.tip(&response, &format!("{} {value}", figure.name), &in_words(figure));
}

/// Where the bar of a figure begins and ends: around the human range, and all that is marked on it.
fn scale(figure: &Figure) -> (f32, f32) {
    let marks = [
        Some(figure.value),
        figure.asked,
        figure.human.map(|range| range.0),
        figure.human.map(|range| range.1),
    ];
    let finite = marks.into_iter().flatten().filter(|mark| mark.is_finite());
    let (low, high) =
        finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), mark| (low.min(mark), high.max(mark)));
    if low > high {
        return (0.0, 1.0);
    }
    let margin = ((high - low) * 0.35).max(high.abs() * 0.05).max(1e-3);
    let least = if low >= 0.0 { (low - margin).max(0.0) } else { low - margin };
    (least, high + margin)
}

fn bar(surface: &Surface<'_>, track: Rect, figure: &Figure) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let (low, high) = scale(figure);
    let x = |value: f32| track.left() + ((value - low) / (high - low)).clamp(0.0, 1.0) * track.width();
    let rail = Rect::from_center_size(track.center(), vec2(track.width(), 4.0));
    painter.rect_filled(rail, 2.0, theme.hover);
    if let Some((from, to)) = figure.human {
        let range =
            Rect::from_min_max(pos2(x(from), rail.top()), pos2(x(to).max(x(from) + 2.0), rail.bottom()));
        painter.rect_filled(range, 2.0, theme::mix(theme.raised, theme.t3, 0.8));
    }
    if let Some(asked) = figure.asked.filter(|asked| asked.is_finite()) {
        asked_mark(surface, pos2(x(asked), track.bottom()));
    }
    if figure.value.is_finite() {
        let tick = Rect::from_center_size(pos2(x(figure.value), track.center().y), vec2(3.0, 12.0));
        painter.rect_filled(tick.expand2(vec2(1.0, 0.0)), 1.5, theme.raised);
        painter.rect_filled(tick, 1.0, theme.t1);
    }
}

/// A triangle from below: here it was asked to be.
fn asked_mark(surface: &Surface<'_>, at: Pos2) {
    let corners = [at + vec2(0.0, -1.0), at + vec2(3.5, 4.5), at + vec2(-3.5, 4.5)];
    surface.painter.add(Shape::convex_polygon(corners.to_vec(), surface.theme.t2, Stroke::NONE));
}

fn legend(surface: &Surface<'_>, area: Rect, left_out: usize) {
    let (painter, theme) = (&surface.painter, surface.theme);
    let y = area.bottom() - 18.0;
    paint::hline(painter, (area.left() + 1.0, area.right() - 1.0), y - 18.0, 1.0, theme.line);
    let label = |x: f32, words: &str| {
        text::draw(painter, pos2(x, y), Align2::LEFT_CENTER, words, text::LABEL, theme.t2).right()
    };
    let mut x = area.left() + MARGIN;
    let tick = Rect::from_center_size(pos2(x + 1.5, y), vec2(3.0, 12.0));
    painter.rect_filled(tick, 1.0, theme.t1);
    x = label(x + 10.0, "this idea") + 16.0;
    let range = Rect::from_center_size(pos2(x + 10.0, y), vec2(20.0, 4.0));
    painter.rect_filled(range, 2.0, theme::mix(theme.raised, theme.t3, 0.8));
    x = label(x + 26.0, "8 of 10 human pieces") + 16.0;
    asked_mark(surface, pos2(x + 4.0, y - 2.0));
    x = label(x + 14.0, "asked for");
    if left_out > 0 {
        label(x + 16.0, &format!("and {left_out} more"));
    }
}

/// Three digits are enough.
fn number(value: f32) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    text::minus(&format!("{value:.digits$}"))
}

/// "People's music: 0.42 to 0.71. Asked for: 0.5."
fn in_words(figure: &Figure) -> String {
    let human = match figure.human {
        Some((from, to)) => format!("8 of 10 human pieces: {} to {}", number(from), number(to)),
        None => "Not measured on human pieces".to_owned(),
    };
    match figure.asked {
        Some(asked) => format!("{human}   Asked for: {}", number(asked)),
        None => human,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_told_in_words() {
        let figure =
            Figure { name: "Notes a beat".into(), value: 1.5, human: Some((0.8, 2.4)), asked: Some(1.2) };
        assert_eq!(in_words(&figure), "8 of 10 human pieces: 0.80 to 2.40   Asked for: 1.20");
        assert_eq!(number(-12.34), "−12.3");
        assert_eq!(number(f32::NAN), "–");
    }

    #[test]
    fn a_scale_holds_every_mark_and_is_never_empty() {
        let figure = Figure { name: String::new(), value: 9.0, human: Some((0.0, 1.0)), asked: Some(0.5) };
        let (low, high) = scale(&figure);
        assert!(low == 0.0 && high > 9.0);
        let odd = Figure { value: f32::NAN, ..Figure::default() };
        assert_eq!(scale(&odd), (0.0, 1.0));
        let point = Figure::default();
        assert!(scale(&point).1 > scale(&point).0);
    }
}
