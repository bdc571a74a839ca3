//! Runs on the main thread. The delay: its time, ping-pong, and four knobs.

use super::control::Handle;
use super::effects;
use super::strip;
use super::surface::Surface;
use crate::params::{DELAY_TIMES, LinnetParams};
use egui::{Rect, pos2, vec2};

/// Draws the block.
pub(crate) fn show(surface: &mut Surface<'_>, area: Rect, params: &LinnetParams) {
    let delay = &params.delay;
    let shown = DELAY_TIMES.get(delay.time.value() as usize).copied().unwrap_or_default();
    let labels = DELAY_TIMES.iter().map(ToString::to_string);
    effects::list(surface, area, Handle::of(&delay.time), shown, labels);
    let switch = Rect::from_min_size(pos2(area.right() - 116.0, area.top() + 1.0), vec2(20.0, 20.0));
    strip::letter(surface, switch, Handle::of(&delay.ping_pong), "P", "The echoes go from side to side");
    effects::knob(surface, area, 0, &delay.feedback, "Echoes");
    effects::knob(surface, area, 1, &delay.low_cut_hz, "Low");
    effects::knob(surface, area, 2, &delay.high_cut_hz, "High");
    effects::knob(surface, area, 3, &delay.mix, "Mix");
}
