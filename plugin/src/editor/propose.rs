//! Runs on the main thread. Propose, the only large accent surface. While composing it shows progress, and stops.

use super::paint;
use super::surface::{Deed, Surface};
use super::text;
use super::theme;
use super::uses::{Control, unused};
use super::view::View;
use crate::params::LinnetParams;
use egui::{Align2, Color32, Id, Rect, Sense, Stroke, pos2};
use linnet_handover::worker_to_audio::Start;
use linnet_handover::worker_view::Activity;
use linnet_music::Mode;

/// Draws the button.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, view: &View, params: &LinnetParams) {
    let id = Id::unique("propose");
    let is_dim = matches!(view.worker.activity, Activity::Failed(_));
    let response = surface.control(id, area, Sense::click());
    surface.hand(&response);
    let theme = surface.theme;
    let hover = surface.hover(&response);
    match view.composing() {
        Some(progress) => composing(surface, area, progress, hover),
        None if is_dim => {
            paint::panel(&surface.painter, area, 8.0, theme.raised, Stroke::NONE);
            words(surface, area, "Propose", "needs a model", (theme.t3, theme.t3));
        }
        None => {
            let lift = if theme.dark { Color32::WHITE } else { Color32::BLACK };
            let fill = theme::mix(theme.accent, lift, 0.08 * hover);
            paint::panel(&surface.painter, area, 8.0, fill, Stroke::NONE);
            words(surface, area, "Propose", &what(params), (theme.on_accent, theme.on_accent));
        }
    }
    surface.ring(id, area, 8.0);
    if surface.activated(id, &response) {
        surface.ask(match (view.composing(), is_dim) {
            (Some(_), _) => Deed::Stop,
            (None, true) => Deed::ShowMessage(true),
            (None, false) => Deed::Propose,
        });
    }
    let title = if view.composing().is_some() { "Stop composing" } else { "Propose an idea" };
    surface.tip(&response, title, "Ctrl+Enter");
}

fn composing(surface: &Surface<'_>, area: Rect, progress: f32, hover: f32) {
    let theme = surface.theme;
    let fill = theme::mix(theme.accent_quiet, theme.hover, 0.3 * hover);
    paint::panel(&surface.painter, area, 8.0, fill, Stroke::new(1.5, theme.accent));
    words(
        surface,
        area.translate(egui::vec2(0.0, -2.0)),
        "Composing",
        "press again to stop",
        (theme.t1, theme.t1),
    );
    let track = Rect::from_min_max(
        pos2(area.left() + 10.0, area.bottom() - 6.0),
        pos2(area.right() - 10.0, area.bottom() - 3.0),
    );
    surface.painter.rect_filled(track, 1.5, theme.line);
    let done = Rect::from_min_max(track.min, pos2(track.left() + track.width() * progress, track.bottom()));
    surface.painter.rect_filled(done, 1.5, theme.accent);
}

fn words(surface: &Surface<'_>, area: Rect, title: &str, below: &str, (ink, quiet): (Color32, Color32)) {
    let (painter, centre) = (&surface.painter, area.center());
    text::draw(painter, pos2(centre.x, centre.y - 7.0), Align2::CENTER_CENTER, title, text::PROPOSE, ink);
    text::draw(painter, pos2(centre.x, centre.y + 11.0), Align2::CENTER_CENTER, below, text::LABEL, quiet);
}

/// "continue, 4 bars, next bar".
fn what(params: &LinnetParams) -> String {
    let bars = params.propose.bars.value();
    let unit = if bars == 1 { "bar" } else { "bars" };
    let mode = params.mode();
    let name = mode.name().to_lowercase();
    let start = when(params.start());
    // The longest name leaves no room for the bars.
    if unused(mode, Control::Bars).is_some() || mode == Mode::Accompany {
        return format!("{name}, {start}");
    }
    format!("{name}, {bars} {unit}, {start}")
}

/// When an idea would start, in words.
fn when(start: Start) -> &'static str {
    match start {
        Start::Now | Start::At(_) => "at once",
        Start::NextBeat => "next beat",
        Start::NextBar => "next bar",
        Start::NextFourBars => "by 4 bars",
    }
}
