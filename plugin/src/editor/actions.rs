//! Runs on the main thread. Keep, export and record; beside them the file that was written last.

use super::button::{self, Look};
use super::export;
use super::icons::Icon;
use super::layout::Roll;
use super::surface::{Deed, Surface};
use super::text;
use super::view::View;
use crate::recorder::Standing;
use egui::{Align2, Id, Rect, Sense, pos2, vec2};

/// The width of the button that records.
const RECORD_WIDTH: f32 = 92.0;

/// What became of the last export.
#[derive(Debug)]
pub(crate) struct Exported {
    /// The file, or why there is none; empty before the first.
    told: Result<String, String>,
    /// How the recorder stood then: what it says later is newer.
    recorder: Standing,
}

impl Exported {
    /// Of an export that ended as `told` says.
    pub(crate) fn new(told: Result<String, String>, recorder: Standing) -> Self {
        Self { told, recorder }
    }

    /// What is newest: the export, or what the recorder, which stands at `now`, has to say.
    fn or_recorded(&self, now: &Standing) -> Result<String, String> {
        let is_older = *now != Standing::On && *now == self.recorder;
        recorded(now).filter(|_| !is_older).unwrap_or_else(|| self.told.clone())
    }
}

impl Default for Exported {
    fn default() -> Self {
        Self::new(Ok(String::new()), Standing::Off)
    }
}

/// Draws the actions.
/// `recorder` is none where there is no sound to record.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    roll: &Roll,
    view: &View,
    exported: &Exported,
    recorder: Option<Standing>,
) {
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
    let mut area = roll.exported;
    let told = exported.or_recorded(recorder.as_ref().unwrap_or(&Standing::Off));
    if let Some(standing) = recorder {
        let place = Rect::from_min_size(area.min, vec2(RECORD_WIDTH, area.height()));
        area.min.x = place.right() + 12.0;
        record(surface, place, &standing);
    }
    let (words, ink) = match told {
        Ok(path) => (path, surface.theme.t2),
        Err(fault) => (fault, surface.theme.t1),
    };
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

/// The switch of the recorder.
fn record(surface: &mut Surface<'_>, area: Rect, standing: &Standing) {
    let is_on = *standing == Standing::On;
    let look = if is_on { Look::Chosen } else { Look::Raised };
    let label = if is_on { "Recording" } else { "Record" };
    let (pressed, response) = button::labelled(surface, "record", area, (None, label), (text::STRONG, look));
    let title = if is_on { "Stop recording" } else { "Record what Linnet plays" };
    surface.tip(&response, title, "A WAV file of 24 bits in the folder Linnet of your music");
    if pressed {
        surface.ask(Deed::Record(!is_on));
    }
}

/// What the recorder has to say; none where nothing was recorded.
fn recorded(standing: &Standing) -> Option<Result<String, String>> {
    match standing {
        Standing::Off => None,
        Standing::On => Some(Ok("Recording what is heard.".to_owned())),
        Standing::Written { path, dropped: 0 } => Some(Ok(format!("Written: {}", export::shown(path)))),
        Standing::Written { path, dropped } => {
            Some(Err(format!("Written, but {dropped} frames are missing: {}", export::shown(path))))
        }
        Standing::Faulty(why) => Some(Err(why.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_export_and_recording_is_told() {
        let written = Standing::Written { path: "/music/Recording.wav".into(), dropped: 0 };
        let before = Exported::new(Ok("Written: a.mid".into()), Standing::Off);
        assert_eq!(before.or_recorded(&Standing::Off), Ok("Written: a.mid".into()));
        assert!(before.or_recorded(&written).is_ok_and(|told| told.contains("Recording.wav")));
        let after = Exported::new(Err("no room".into()), written.clone());
        assert_eq!(after.or_recorded(&written), Err("no room".into()));
        assert!(after.or_recorded(&Standing::On).is_ok_and(|told| told.contains("Recording")));
    }
}
