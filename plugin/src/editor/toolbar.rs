//! Runs on the main thread. Above the roll: audition, the heard notes, the alternatives.

use super::button::{self, Look};
use super::icons::Icon;
use super::surface::{Deed, Surface};
use super::text;
use super::view::View;
use super::{Page, Pages, alternatives};
use egui::{Rect, pos2, vec2};

/// Draws the row.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, view: &View, pages: &Pages) {
    let now = &view.now;
    let audition = Rect::from_min_size(area.min, vec2(94.0, 24.0));
    let (icon, label) = if now.is_auditioning { (Icon::Stop, "Stop") } else { (Icon::Play, "Audition") };
    let can = view.current.is_some() && !now.is_playing;
    let look = match (now.is_auditioning, can) {
        (true, _) => Look::Chosen,
        (false, true) => Look::Raised,
        (false, false) => Look::Disabled,
    };
    let (pressed, response) =
        button::labelled(surface, "audition", audition, (Some(icon), label), (text::LABEL_STRONG, look));
    let hint = if now.is_playing {
        "The transport runs: the idea plays with it"
    } else {
        "Plays the idea while the transport stands"
    };
    surface.tip(&response, "Audition", hint);
    if pressed {
        surface.ask(Deed::Audition(!now.is_auditioning));
    }
    let heard = Rect::from_min_size(pos2(audition.right() + 8.0, area.top()), vec2(76.0, 24.0));
    let look = if pages.shows_heard { Look::Raised } else { Look::Bare };
    let (pressed, response) = button::labelled(
        surface,
        "heard notes",
        heard,
        (Some(Icon::Pill), "Heard"),
        (text::LABEL_STRONG, look),
    );
    surface.tip(&response, "Heard notes", "Outlined behind the proposal");
    if pressed {
        surface.ask(Deed::ShowHeard(!pages.shows_heard));
    }
    let why = Rect::from_min_size(pos2(heard.right() + 8.0, area.top()), vec2(46.0, 24.0));
    let is_open = pages.over == Some(Page::Why);
    let look = if is_open { Look::Chosen } else { Look::Raised };
    let (pressed, response) =
        button::labelled(surface, "why", why, (None, "Why"), (text::LABEL_STRONG, look));
    surface.tip(&response, "Why this idea", "Its figures beside those of people’s music");
    if pressed {
        surface.ask(Deed::Why(!is_open));
    }
    alternatives::show(surface, area, view);
}
