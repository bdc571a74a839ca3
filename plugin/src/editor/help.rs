//! Runs on the main thread. The help page: first steps and keys.

use super::button::{self, Look};
use super::icons::Icon;
use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use egui::{Align2, Id, Key, Pos2, Rect, Sense, Stroke, pos2, vec2};

const STEPS: [&str; 6] = [
    "Play on a MIDI track that reaches Linnet. It hears key, harmony and groove.",
    "Press Propose. The idea starts on your next bar and loops.",
    "Turn the knobs, lock the parts or bars that you like, and propose again.",
    "The history has the newest 200 ideas, and every one that you keep. Projects save it.",
    "Export MIDI writes it as a file, one track a part. Record writes a WAV file; the menu edits it.",
    "Click a part's sound, or the reverb's space, to play presets and files of your own.",
];

const KEYS: [(&str, &str); 16] = [
    ("Ctrl Enter", "propose, or stop composing"),
    ("Ctrl K", "keep"),
    ("Ctrl E", "export as MIDI"),
    ("Alt ← →", "through the history"),
    ("Alt 1 2 3", "alternatives"),
    ("Ctrl Z", "undo"),
    ("Ctrl Shift Z", "redo"),
    ("Ctrl + − 0", "zoom"),
    ("F1 or ?", "this page"),
    ("Tab", "next control"),
    ("Arrows", "1 % or one step"),
    ("PgUp PgDn", "10 %"),
    ("Home End", "the ends"),
    ("Backspace", "reset"),
    ("Enter", "type a value"),
    ("Esc", "close, cancel"),
];

const ROLL: [(&str, &str); 3] = [
    ("Click a bar", "lock it; the padlock of a part: lock that"),
    ("Alt-click", "in a lane: lock one bar of one part"),
    ("Ctrl-click", "or Enter, in the history: Morph with it"),
];

const MOUSE: [(&str, &str); 3] = [
    ("Drag ↕", "200 px are the full range; Shift: fine"),
    ("Wheel", "2 %; Shift: 0.2 %"),
    ("Double-click", "reset; on the value: type it"),
];

/// Draws the page over the window.
pub(crate) fn show(surface: &mut Surface<'_>, window: Rect) {
    let theme = surface.theme;
    let size = vec2((window.width() - 80.0).min(680.0), (window.height() - 40.0).min(496.0));
    let area = paint::snapped(&surface.painter, Rect::from_center_size(window.center(), size));
    let veil = surface.ui.interact(window, Id::unique("help veil"), Sense::click());
    let page = surface.ui.interact(area, Id::unique("help page"), Sense::click_and_drag());
    surface.painter.rect_filled(window, 0.0, super::theme::fade(theme.win, 0.6));
    paint::shadow(&surface.painter, area, 8, theme.shadow);
    paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::new(1.0, theme.line));
    let left = area.left() + 24.0;
    text::draw(
        &surface.painter,
        pos2(left, area.top() + 28.0),
        Align2::LEFT_CENTER,
        "How it goes",
        text::NAME,
        theme.t1,
    );
    let mut y = area.top() + 54.0;
    let line = if size.y < 490.0 { 18.0 } else { 21.0 };
    for (i, step) in STEPS.iter().enumerate() {
        let number = format!("{}", i + 1);
        text::draw(&surface.painter, pos2(left, y), Align2::LEFT_CENTER, &number, text::CHORD, theme.t1);
        let room = area.width() - 66.0;
        text::draw_within(
            &surface.painter,
            pos2(left + 18.0, y),
            Align2::LEFT_CENTER,
            step,
            (text::BODY, theme.t1),
            room,
        );
        y += line;
    }
    y += 10.0;
    let half = area.width() / 2.0;
    column(surface, pos2(left, y), "Keys, with the focus here", &KEYS[..9], line);
    column(surface, pos2(area.left() + half, y), "On a control", &KEYS[9..], line);
    rows(surface, pos2(area.left() + half, y + line * 8.6), &MOUSE, line);
    rows(surface, pos2(left, y + line * 10.6), &ROLL, line);
    let cross = Rect::from_center_size(pos2(area.right() - 24.0, area.top() + 26.0), vec2(26.0, 26.0));
    let (closed, _) = button::icon(surface, "help close", cross, (Icon::Close, 12.0), Look::Bare);
    let escaped = surface.ui.input(|input| input.key_pressed(Key::Escape));
    if closed || escaped || (veil.clicked() && !page.hovered()) {
        surface.ask(Deed::Help(false));
    }
}

fn column(surface: &Surface<'_>, at: Pos2, title: &str, entries: &[(&str, &str)], line: f32) {
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, title, text::LABEL_CHOSEN, surface.theme.t3);
    rows(surface, at + vec2(0.0, line), entries, line);
}

fn rows(surface: &Surface<'_>, at: Pos2, entries: &[(&str, &str)], line: f32) {
    let (painter, theme) = (&surface.painter, surface.theme);
    for (i, (key, meaning)) in entries.iter().enumerate() {
        let y = at.y + i as f32 * line;
        text::draw(painter, pos2(at.x, y), Align2::LEFT_CENTER, key, text::LABEL_STRONG, theme.t1);
        text::draw(painter, pos2(at.x + 88.0, y), Align2::LEFT_CENTER, meaning, text::LABEL, theme.t2);
    }
}
