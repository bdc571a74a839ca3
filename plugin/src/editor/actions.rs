//! Runs on the main thread. Keep, and export; beside them the file that was written last.

use super::button::{self, Look};
use super::icons::Icon;
use super::layout::Roll;
use super::surface::{Deed, Surface};
use super::text;
use super::view::View;
use egui::{Align2, Id, Sense, pos2};

/// Draws the actions.
pub(crate) fn show(surface: &mut Surface<'_>, roll: &Roll, view: &View, exported: &Result<String, String>) {
    let kept = view.current.as_ref().is_some_and(|idea| idea.kept);
    let (icon, label, look) = match (&view.current, kept) {
        (None, _) => (Icon::Bookmark, "Keep", Look::Disabled),
        (Some(_), true) => (Icon::BookmarkSolid, "Kept", Look::Chosen),
        (Some(_), false) => (Icon::Bookmark, "Keep", Look::Raised),
    };
    let (pressed, response) =
        button::labelled(surface, "keep", roll.keep, (Some(icon), label), (text::STRONG, look));
    let hint =
        if kept { "Ctrl+K   Click: let it go" } else { "Ctrl+K   Saved with the project, replays exactly" };
    surface.tip(&response, if kept { "Kept" } else { "Keep this idea" }, hint);
    if pressed {
        surface.ask(Deed::Keep);
    }
    let look = if view.current.is_some() { Look::Raised } else { Look::Disabled };
    let (pressed, response) = button::labelled(
        surface,
        "export",
        roll.export,
        (Some(Icon::Download), "Export MIDI"),
        (text::STRONG, look),
    );
    surface.tip(&response, "Export as a MIDI file", "Ctrl+E   One track a part, at the host's tempo");
    if pressed {
        surface.ask(Deed::Export);
    }
    let (words, ink) = match exported {
        Ok(path) => (path.clone(), surface.theme.t2),
        Err(fault) => (fault.clone(), surface.theme.t1),
    };
    let area = roll.exported;
    let at = pos2(area.left() + 2.0, area.center().y);
    let was_cut = text::draw_within(
        &surface.painter,
        at,
        Align2::LEFT_CENTER,
        &words,
        (text::LABEL, ink),
        area.width() - 4.0,
    );
    if was_cut {
        let response = surface.ui.interact(area, Id::unique("exported"), Sense::hover());
        surface.tip(&response, &words, "");
    }
}
