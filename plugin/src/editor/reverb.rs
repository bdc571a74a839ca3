//! Runs on the main thread. The reverb: its room or its space, and the four knobs that matter there.

use super::button;
use super::control::Handle;
use super::knob::{self, Look};
use super::layout::KnobPlace;
use super::surface::Surface;
use super::text;
use crate::params::{LinnetParams, REVERBS, SPACES};
use egui::{Align2, Rect, pos2, vec2};
use nice_plug::prelude::FloatParam;

/// The place of "space" in [`REVERBS`].
const SPACE: i32 = 3;

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let at = pos2(area.left(), area.top() + 11.0);
    text::draw(&surface.painter, at, Align2::LEFT_CENTER, "Reverb", text::LABEL, surface.theme.t2);
    let is_space = params.reverb.kind.value() == SPACE;
    lists(surface, area, params, is_space);
    knobs(surface, area, if is_space { knobs_of_space(params) } else { knobs_of_room(params) });
}

/// The type, and left of it which space.
fn lists(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams, is_space: bool) {
    let reverb = &params.reverb;
    let list = |right: f32, width: f32| {
        Rect::from_min_size(pos2(area.right() - right, area.top()), vec2(width, 22.0))
    };
    let shown = |names: &[&str], place: i32| names.get(place as usize).map_or_else(String::new, |n| name(n));
    if is_space {
        let (area, shown) = (list(174.0, 104.0), shown(&SPACES, reverb.space.value()));
        button::list(
            surface,
            area,
            Handle::of(&reverb.space),
            &shown,
            SPACES.iter().map(|space| name(space)),
        );
    }
    let width = if is_space { 66.0 } else { 92.0 };
    let (area, shown) = (list(width, width), shown(&REVERBS, reverb.kind.value()));
    button::list(surface, area, Handle::of(&reverb.kind), &shown, REVERBS.iter().map(|kind| name(kind)));
}

/// With a capital.
fn name(value: &str) -> String {
    let mut rest = value.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

type Knobs<'a> = [(&'a FloatParam, &'a str); 4];

fn knobs_of_room(params: &LinnetParams) -> Knobs<'_> {
    let reverb = &params.reverb;
    [(&reverb.decay_s, "Decay"), (&reverb.size, "Size"), (&reverb.damping_hz, "Damp"), (&reverb.mix, "Mix")]
}

/// A space has its own decay, size and damping.
fn knobs_of_space(params: &LinnetParams) -> Knobs<'_> {
    let reverb = &params.reverb;
    [
        (&reverb.pre_delay_ms, "Delay"),
        (&reverb.low_cut_hz, "Low cut"),
        (&reverb.width, "Width"),
        (&reverb.mix, "Mix"),
    ]
}

fn knobs(surface: &mut Surface<'_>, area: Rect, knobs: Knobs<'_>) {
    let pitch = area.width() / 4.0;
    for (i, (param, label)) in knobs.into_iter().enumerate() {
        let centre = pos2(area.left() + (i as f32 + 0.5) * pitch, area.top() + 40.0);
        let rect = Rect::from_min_max(
            pos2(centre.x - 26.0, centre.y - 16.0),
            pos2(centre.x + 26.0, centre.y + 29.0),
        );
        let place = KnobPlace { centre, radius: 14.0, rect };
        let look = Look { label, is_bipolar: false, unit_in_label: true, unused: None };
        knob::show(surface, place, Handle::of(param), look);
    }
}
