//! Runs on the main thread. The reverb: its room, or its space.

use super::button;
use super::control::Handle;
use super::effects;
use super::surface::Surface;
use crate::params::{LinnetParams, REVERBS, SPACES};
use egui::{Rect, pos2, vec2};

/// The place of "space" in [`REVERBS`].
const SPACE: i32 = 3;

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let reverb = &params.reverb;
    let shown = named(&REVERBS, reverb.kind.value());
    effects::list(surface, area, Handle::of(&reverb.kind), &shown, REVERBS.iter().map(|kind| name(kind)));
    if reverb.kind.value() == SPACE {
        // A space has its own decay, size and damping.
        let list = Rect::from_min_size(pos2(area.left(), area.top() + 31.0), vec2(104.0, 22.0));
        let shown = named(&SPACES, reverb.space.value());
        button::list(
            surface,
            list,
            Handle::of(&reverb.space),
            &shown,
            SPACES.iter().map(|space| name(space)),
        );
        effects::knob(surface, area, 2, &reverb.pre_delay_ms, "Pre");
    } else {
        effects::knob(surface, area, 0, &reverb.decay_s, "Decay");
        effects::knob(surface, area, 1, &reverb.size, "Size");
        effects::knob(surface, area, 2, &reverb.damping_hz, "Damp");
    }
    effects::knob(surface, area, 3, &reverb.mix, "Mix");
}

fn named(names: &[&str], place: i32) -> String {
    names.get(place as usize).map_or_else(String::new, |word| name(word))
}

/// With a capital.
fn name(value: &str) -> String {
    let mut rest = value.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
