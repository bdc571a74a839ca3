//! Runs on the main thread. What can be done with a recording.

use super::super::button::{self, Look};
use super::super::icons::Icon;
use super::super::surface::{Deed, Surface};
use super::super::text;
use super::{Record, State};
use crate::recordings::{Open, Shown};
use egui::{Rect, vec2};
use linnet_library::audio_edit::Edit;

/// What can be done with the selection, and with all of it.
pub(super) fn buttons(
    surface: &mut Surface<'_>,
    at: egui::Pos2,
    width: f32,
    (open, shown): (&Open, &Shown),
    state: &State,
) {
    let range = state.range(open.frames);
    let is_idle = shown.busy.is_none();
    let is_free = is_idle && open.frames > 0;
    let has_range = is_free && !range.is_empty();
    let fade = "the selection; half a second where nothing is selected";
    let edits = [
        (
            "Cut out",
            has_range,
            Edit::Cut(range.clone()),
            "Takes the selection out, and joins the rest without a click".to_owned(),
        ),
        (
            "Keep only",
            has_range,
            Edit::Keep(range.clone()),
            "Keeps the selection, and nothing else".to_owned(),
        ),
        ("Fade in", is_free, Edit::FadeIn(range.clone()), format!("From the beginning to the end of {fade}")),
        ("Fade out", is_free, Edit::FadeOut(range), format!("To the end, from the beginning of {fade}")),
        ("Normalise", is_free, Edit::Normalise, "Brings the loudest sample to \u{2212}1 dBFS".to_owned()),
    ];
    let pitch = (width + 6.0) / edits.len() as f32;
    for (place, (label, can, edit, hint)) in edits.into_iter().enumerate() {
        let area = Rect::from_min_size(at + vec2(pitch * place as f32, 0.0), vec2(pitch - 6.0, 28.0));
        if pressed(surface, area, label, (can, Look::Bare), &hint) {
            surface.ask(Deed::Recordings(Record::Edit(edit)));
        }
    }
    let row =
        |column: usize| Rect::from_min_size(at + vec2(pitch * column as f32, 36.0), vec2(pitch - 6.0, 28.0));
    play(surface, row(0), is_free, (open, shown), state);
    let hint = "Ctrl+E   Writes it as a new file in the folder Linnet of your music; this one stays as it is";
    let second = [
        (1, "Undo", is_idle && open.can_undo, Record::Undo, "Ctrl+Z", Look::Bare),
        (2, "Redo", is_idle && open.can_redo, Record::Redo, "Ctrl+Shift+Z", Look::Bare),
        (4, "Export", is_free, Record::Export, hint, Look::Chosen),
    ];
    for (column, label, can, deed, hint, look) in second {
        if pressed(surface, row(column), label, (can, look), hint) {
            surface.ask(Deed::Recordings(deed));
        }
    }
}

/// Plays, or stops.
fn play(surface: &mut Surface<'_>, area: Rect, can: bool, (open, shown): (&Open, &Shown), state: &State) {
    let is_heard = shown.listened.is_some();
    let (icon, label) = if is_heard { (Icon::Stop, "Stop") } else { (Icon::Play, "Play") };
    let look = if can { Look::Bare } else { Look::Disabled };
    if can {
        surface.painter.rect_filled(area, 6.0, surface.theme.hover);
    }
    let style = (text::LABEL_STRONG, look);
    let (pressed, response) = button::labelled(surface, "recording play", area, (Some(icon), label), style);
    let hint = if is_heard {
        "Ends it; Play begins again from where you clicked"
    } else {
        "What is selected, or from where you clicked, with its edits. It is not recorded, and no bounce has it"
    };
    surface.tip(&response, label, hint);
    if pressed && can {
        let range = state.heard(open.frames);
        surface.ask(Deed::Recordings(if is_heard { Record::Silence } else { Record::Listen(range) }));
    }
}

fn pressed(
    surface: &mut Surface<'_>,
    area: Rect,
    label: &str,
    (can, look): (bool, Look),
    hint: &str,
) -> bool {
    let look = if can { look } else { Look::Disabled };
    if look == Look::Bare {
        surface.painter.rect_filled(area, 6.0, surface.theme.hover);
    }
    let id = format!("recording {label}");
    let (pressed, response) = button::labelled(surface, &id, area, (None, label), (text::LABEL_STRONG, look));
    surface.tip(&response, label, hint);
    pressed && can
}
