//! Runs on the main thread. Icons as paths in a 16 px box, round caps, strokes of 1.3 to 1.5 px.

use super::paint;
use super::theme::Theme;
use egui::epaint::StrokeKind;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use std::f32::consts::{FRAC_PI_2, PI, TAU};

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Undo,
    Redo,
    Moon,
    Sun,
    Help,
    Menu,
    Dice,
    LockOpen,
    LockClosed,
    Continue,
    Invent,
    Groove,
    Vary,
    Morph,
    Fill,
    Accompany,
    Sketch,
    ChevronDown,
    Bookmark,
    BookmarkSolid,
    Download,
    Play,
    Stop,
    Ear,
    Wave,
    Check,
    Warning,
    Clock,
    Close,
    Pill,
    Sliders,
}

/// Draws in a 16 px box around a centre.
struct Pen<'a> {
    painter: &'a Painter,
    centre: Pos2,
    scale: f32,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, (x, y): (f32, f32)) -> Pos2 {
        self.centre + vec2(x, y) * self.scale
    }

    fn line(&self, points: &[(f32, f32)]) {
        let path: Vec<Pos2> = points.iter().map(|p| self.at(*p)).collect();
        for end in [path.first(), path.last()].into_iter().flatten() {
            self.painter.circle_filled(*end, self.stroke.width * 0.5, self.stroke.color);
        }
        self.painter.add(Shape::line(path, self.stroke));
    }

    /// The same pen, half as strong.
    fn faint(&self) -> Self {
        let stroke = Stroke::new(self.stroke.width, self.stroke.color.gamma_multiply(0.55));
        Self { stroke, ..*self }
    }

    fn closed(&self, points: &[(f32, f32)]) {
        self.painter.add(Shape::closed_line(points.iter().map(|p| self.at(*p)).collect(), self.stroke));
    }

    fn solid(&self, points: &[(f32, f32)]) {
        let path = points.iter().map(|p| self.at(*p)).collect();
        self.painter.add(Shape::convex_polygon(path, self.stroke.color, Stroke::NONE));
    }

    fn arc(&self, centre: (f32, f32), radius: f32, from: f32, to: f32) {
        paint::arc(self.painter, self.at(centre), radius * self.scale, (from, to), self.stroke);
    }

    fn circle(&self, centre: (f32, f32), radius: f32) {
        self.painter.circle_stroke(self.at(centre), radius * self.scale, self.stroke);
    }

    fn dot(&self, centre: (f32, f32), radius: f32) {
        self.painter.circle_filled(self.at(centre), radius * self.scale, self.stroke.color);
    }

    fn rect(&self, (left, top): (f32, f32), (right, bottom): (f32, f32), radius: f32) -> (Rect, f32) {
        (Rect::from_min_max(self.at((left, top)), self.at((right, bottom))), radius * self.scale)
    }

    fn outline(&self, min: (f32, f32), max: (f32, f32), radius: f32) {
        let (area, radius) = self.rect(min, max, radius);
        self.painter.rect_stroke(area, radius, self.stroke, StrokeKind::Middle);
    }

    fn filled(&self, min: (f32, f32), max: (f32, f32), radius: f32) {
        let (area, radius) = self.rect(min, max, radius);
        self.painter.rect_filled(area, radius, self.stroke.color);
    }
}

/// Draws `icon` around `centre`; `size` is the side of its box, 16 by default.
pub(crate) fn draw(painter: &Painter, icon: Icon, centre: Pos2, size: f32, colour: Color32) {
    let scale = size / 16.0;
    let stroke = Stroke::new(1.4 * scale.max(0.8), colour);
    let pen = Pen { painter, centre, scale, stroke };
    match icon {
        Icon::Undo => arrow_back(&pen, 1.0),
        Icon::Redo => arrow_back(&pen, -1.0),
        Icon::Moon => moon(&pen),
        Icon::Sun => sun(&pen),
        Icon::Help => help(&pen),
        Icon::Menu => [-4.0, 0.0, 4.0].into_iter().for_each(|y| pen.line(&[(-6.0, y), (6.0, y)])),
        Icon::Dice => dice(&pen),
        Icon::LockOpen => lock(&pen, false),
        Icon::LockClosed => lock(&pen, true),
        Icon::ChevronDown => pen.line(&[(-3.2, -1.6), (0.0, 1.8), (3.2, -1.6)]),
        Icon::Bookmark => pen.closed(&BOOKMARK),
        Icon::BookmarkSolid => bookmark_solid(&pen),
        Icon::Download => download(&pen),
        Icon::Play => pen.solid(&[(-4.0, -5.5), (5.5, 0.0), (-4.0, 5.5)]),
        Icon::Stop => pen.filled((-4.5, -4.5), (4.5, 4.5), 1.0),
        Icon::Check => pen.line(&[(-5.0, 0.5), (-1.5, 4.0), (5.0, -4.0)]),
        Icon::Warning => warning(&pen),
        Icon::Clock => clock(&pen),
        Icon::Close => {
            pen.line(&[(-4.0, -4.0), (4.0, 4.0)]);
            pen.line(&[(4.0, -4.0), (-4.0, 4.0)]);
        }
        Icon::Pill => pen.outline((-5.0, -2.5), (5.0, 2.5), 2.5),
        Icon::Sliders => sliders(&pen),
        mode => draw_mode(&pen, mode),
    }
}

/// The modes, and what has to do with sound.
fn draw_mode(pen: &Pen<'_>, icon: Icon) {
    match icon {
        Icon::Continue => go_on(pen),
        Icon::Invent => spark(pen),
        Icon::Groove => {
            for (x, top) in [(-6.0, 0.0), (-2.0, -5.0), (2.0, -1.5), (6.0, -4.0)] {
                pen.line(&[(x, top), (x, 5.0)]);
            }
        }
        Icon::Vary => {
            pen.line(&wave(-2.4));
            pen.faint().line(&wave(2.6));
        }
        Icon::Morph => [-2.6, 2.6].into_iter().for_each(|x| pen.circle((x, 0.0), 4.0)),
        Icon::Fill => {
            for x in [-6.5, 6.5] {
                pen.line(&[(x, -4.5), (x, 4.5)]);
            }
            pen.filled((-4.2, -1.3), (4.2, 1.3), 1.0);
        }
        Icon::Accompany => {
            pen.filled((-4.5, -4.7), (2.0, -2.7), 1.0);
            let below = pen.faint();
            below.filled((-1.0, -1.0), (6.5, 1.0), 1.0);
            below.filled((-6.5, 2.7), (5.5, 4.7), 1.0);
        }
        Icon::Sketch => sketch(pen),
        Icon::Ear => ear(pen),
        _ => pen.line(&[
            (-7.0, 0.0),
            (-4.5, 0.0),
            (-2.5, -5.0),
            (0.5, 5.0),
            (2.5, -2.0),
            (4.0, 0.0),
            (7.0, 0.0),
        ]),
    }
}

/// Three faders, each at another height.
fn sliders(pen: &Pen<'_>) {
    for (x, y) in [(-5.0, 1.5), (0.0, -2.5), (5.0, 2.5)] {
        pen.line(&[(x, -6.0), (x, 6.0)]);
        pen.dot((x, y), 2.3);
    }
}

/// Two periods of a wave around `y`.
fn wave(y: f32) -> Vec<(f32, f32)> {
    (0..=24).map(|i| i as f32 / 24.0).map(|t| (14.0 * t - 7.0, y - 2.2 * (t * 1.5 * TAU).sin())).collect()
}

/// Scattered squares: a piano roll from afar.
fn sketch(pen: &Pen<'_>) {
    let rows: [(f32, &[f32]); 4] = [
        (-5.0, &[-6.0, -1.5, 3.0]),
        (-1.6, &[-4.0, 0.5, 5.0]),
        (1.6, &[-6.0, -1.5, 3.0]),
        (5.0, &[-4.0, 0.5, 5.0]),
    ];
    for (y, row) in rows {
        for x in row {
            pen.filled((x - 1.1, y - 1.1), (x + 1.1, y + 1.1), 0.5);
        }
    }
}

const BOOKMARK: [(f32, f32); 5] = [(-4.0, -6.0), (4.0, -6.0), (4.0, 6.0), (0.0, 2.5), (-4.0, 6.0)];

fn bookmark_solid(pen: &Pen<'_>) {
    pen.solid(&[(-4.0, -6.0), (0.0, -6.0), (0.0, 2.5), (-4.0, 6.0)]);
    pen.solid(&[(0.0, -6.0), (4.0, -6.0), (4.0, 6.0), (0.0, 2.5)]);
}

/// An arrow that turns back; `side` 1 points left, −1 right.
fn arrow_back(pen: &Pen<'_>, side: f32) {
    let mirrored = |points: &[(f32, f32)]| points.iter().map(|(x, y)| (x * side, *y)).collect::<Vec<_>>();
    pen.line(&mirrored(&[(-2.5, -5.5), (-6.0, -2.0), (-2.5, 1.5)]));
    pen.line(&mirrored(&[(-6.0, -2.0), (2.0, -2.0)]));
    let (from, to) = if side > 0.0 { (-FRAC_PI_2, FRAC_PI_2) } else { (-FRAC_PI_2, -FRAC_PI_2 - PI) };
    pen.arc((2.0 * side, 1.25), 3.25, from, to);
    pen.line(&mirrored(&[(2.0, 4.5), (-2.5, 4.5)]));
}

/// Two circles; the angles are where they meet.
fn moon(pen: &Pen<'_>) {
    let mut path = paint::arc_points(pen.at((0.0, 0.0)), 6.0 * pen.scale, 0.33, 4.666);
    path.extend(paint::arc_points(pen.at((3.2, -2.4)), 5.0 * pen.scale, 3.944, 1.053));
    pen.painter.add(Shape::closed_line(path, pen.stroke));
}

fn sun(pen: &Pen<'_>) {
    pen.circle((0.0, 0.0), 3.2);
    for i in 0..8 {
        let (sin, cos) = (i as f32 * TAU / 8.0).sin_cos();
        pen.line(&[(cos * 5.2, sin * 5.2), (cos * 7.0, sin * 7.0)]);
    }
}

fn help(pen: &Pen<'_>) {
    pen.circle((0.0, 0.0), 6.8);
    let mut hook: Vec<(f32, f32)> = (0..=8)
        .map(|i| {
            let angle = PI + 1.35 * PI * i as f32 / 8.0;
            (2.3 * angle.cos(), -1.6 + 2.3 * angle.sin())
        })
        .collect();
    hook.push((0.0, 1.8));
    pen.line(&hook);
    pen.dot((0.0, 4.1), 0.9);
}

fn dice(pen: &Pen<'_>) {
    pen.outline((-5.5, -5.5), (5.5, 5.5), 2.0);
    for at in [(-2.4, -2.4), (0.0, 0.0), (2.4, 2.4)] {
        pen.dot(at, 1.0);
    }
}

fn lock(pen: &Pen<'_>, closed: bool) {
    if closed {
        pen.filled((-5.0, -1.0), (5.0, 6.5), 1.5);
        pen.line(&[(-3.0, -1.0), (-3.0, -3.2)]);
        pen.line(&[(3.0, -1.0), (3.0, -3.2)]);
        pen.arc((0.0, -3.2), 3.0, PI, TAU);
    } else {
        pen.outline((-5.0, -1.0), (5.0, 6.5), 1.5);
        pen.line(&[(-1.5, -1.0), (-1.5, -4.0)]);
        pen.arc((1.5, -4.0), 3.0, PI, TAU);
        pen.line(&[(4.5, -4.0), (4.5, -3.0)]);
    }
}

fn download(pen: &Pen<'_>) {
    pen.line(&[(0.0, -6.0), (0.0, 2.2)]);
    pen.line(&[(-3.4, -1.0), (0.0, 2.4), (3.4, -1.0)]);
    pen.line(&[(-5.5, 5.8), (5.5, 5.8)]);
}

fn warning(pen: &Pen<'_>) {
    pen.closed(&[(0.0, -6.2), (7.0, 5.8), (-7.0, 5.8)]);
    pen.line(&[(0.0, -2.0), (0.0, 1.8)]);
    pen.dot((0.0, 3.9), 0.9);
}

fn clock(pen: &Pen<'_>) {
    pen.circle((0.0, 0.0), 6.2);
    pen.line(&[(0.0, -3.4), (0.0, 0.0), (2.6, 1.6)]);
}

fn go_on(pen: &Pen<'_>) {
    pen.line(&[(-7.0, 1.8), (-3.6, 1.8)]);
    pen.line(&[(-2.4, -1.6), (0.6, -1.6)]);
    pen.line(&[(1.6, 1.4), (6.4, 1.4)]);
    pen.line(&[(4.2, -1.0), (6.6, 1.4), (4.2, 3.8)]);
}

fn spark(pen: &Pen<'_>) {
    let mut path = Vec::new();
    let tips = [(0.0, -6.5), (6.5, 0.0), (0.0, 6.5), (-6.5, 0.0)];
    for (i, tip) in tips.iter().enumerate() {
        let next = tips[(i + 1) % 4];
        for step in 0..8 {
            let t = step as f32 / 8.0;
            let (u, v) = ((1.0 - t) * (1.0 - t), t * t);
            let waist = 2.0 * t * (1.0 - t) * 0.16;
            path.push((
                tip.0 * u + next.0 * v + waist * (tip.0 + next.0),
                tip.1 * u + next.1 * v + waist * (tip.1 + next.1),
            ));
        }
    }
    pen.closed(&path);
}

fn ear(pen: &Pen<'_>) {
    pen.arc((0.5, -1.5), 4.6, PI * 0.95, TAU + 0.35 * PI);
    pen.line(&[(2.7, 2.5), (1.2, 4.4)]);
    pen.arc((-1.0, 4.3), 2.2, 0.0, 0.75 * PI);
    pen.arc((0.5, -1.5), 1.9, PI, TAU + 0.1);
}

/// The linnet of the header, about 20 px wide around `centre`.
pub(crate) fn bird(painter: &Painter, centre: Pos2, theme: &Theme) {
    let at = |x: f32, y: f32| pos2(centre.x + x, centre.y + y);
    let fill = |points: Vec<Pos2>, colour: Color32| {
        painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    };
    // Tail, then body, head and beak, then the red breast and the eye.
    fill(vec![at(-10.0, 7.6), at(-3.0, 1.0), at(-1.0, 5.0)], theme.t1);
    painter.add(Shape::ellipse_filled(at(0.0, 1.6), vec2(6.6, 5.2), theme.t1));
    painter.circle_filled(at(3.6, -3.4), 4.2, theme.t1);
    fill(vec![at(7.0, -5.0), at(10.4, -3.0), at(7.0, -1.6)], theme.t1);
    painter.add(Shape::ellipse_filled(at(3.9, 2.4), vec2(3.1, 3.6), theme.accent));
    fill(vec![at(-7.0, 4.2), at(-4.2, -1.4), at(1.6, 1.6), at(-1.2, 4.6)], theme.t2);
    painter.circle_filled(at(4.6, -4.2), 0.9, theme.win);
}
