//! Runs on the main thread. The reverb: its room, and four knobs.

use super::button;
use super::control::Handle;
use super::knob::{self, Look};
use super::layout::KnobPlace;
use super::surface::Surface;
use super::text;
use crate::params::{LinnetParams, REVERBS};
use egui::{Align2, Rect, pos2, vec2};

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let reverb = &params.reverb;
    let at = pos2(area.left(), area.top() + 11.0);
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, "Reverb", text::LABEL, surface.theme.t2);
    let list = Rect::from_min_size(pos2(area.right() - 92.0, area.top()), vec2(92.0, 22.0));
    let name = |kind: &str| {
        let mut rest = kind.chars();
        rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
    };
    let shown = REVERBS.get(reverb.kind.value() as usize).map_or_else(String::new, |kind| name(kind));
    button::list(surface, list, Handle::of(&reverb.kind), &shown, REVERBS.iter().map(|kind| name(kind)));
    let knobs = [
        (&reverb.decay_s, "Decay"),
        (&reverb.size, "Size"),
        (&reverb.damping_hz, "Damp"),
        (&reverb.mix, "Mix"),
    ];
    let pitch = area.width() / 4.0;
    for (i, (param, label)) in knobs.into_iter().enumerate() {
        let centre = pos2(area.left() + (i as f32 + 0.5) * pitch, area.top() + 40.0);
        let rect = Rect::from_min_max(
            pos2(centre.x - 26.0, centre.y - 16.0),
            pos2(centre.x + 26.0, centre.y + 29.0),
        );
        let place = KnobPlace { centre, radius: 14.0, rect };
        knob::show(
            surface,
            place,
            Handle::of(param),
            Look { label, is_bipolar: false, unit_in_label: true, unused: None },
        );
    }
}
