//! Runs on the main thread. The Steer column: what was heard, Propose, the ways, the styles, the knobs.

use super::control::Handle;
use super::layout::Steer;
use super::surface::Surface;
use super::uses::{Control, unused};
use super::view::View;
use super::{harmony, heard, knob, lists, modes, propose, seed, style_pad};
use crate::params::LinnetParams;
use linnet_music::Mode;

/// The headings of the groups of knobs.
const HEADINGS: [&str; 5] = ["Mood", "Feel", "Shape", "Line", "Vary"];

/// Draws the column.
pub(crate) fn show(
    surface: &mut Surface<'_>,
    steer: &Steer,
    view: &View,
    params: &LinnetParams,
    pad: &mut style_pad::State,
) {
    heard::show(surface, steer.heard, view);
    harmony::show(surface, steer, view, params);
    propose::show(surface, steer.propose, view, params);
    seed::show(surface, steer.seed, params);
    modes::show(surface, &steer.modes, params);
    lists::show(surface, steer.lists, params);
    style_pad::show(surface, steer, params, pad);
    let mode = params.mode();
    for (area, words) in steer.headings.iter().zip(HEADINGS) {
        let words = if words == "Vary" && mode == Mode::Morph { "Morph" } else { words };
        harmony::heading(surface, *area, words);
    }
    for (place, (control, param, label)) in steer.knobs.iter().zip(knobs(params, mode)) {
        let is_bipolar = matches!(control, Control::Valence | Control::Register);
        let look = knob::Look { label, is_bipolar, unit_in_label: false, unused: unused(mode, control) };
        knob::show(surface, *place, param, look);
    }
}

/// The knobs in their rows. The last one is Vary's, and Morph's in its mode.
fn knobs(params: &LinnetParams, mode: Mode) -> [(Control, Handle, &'static str); 12] {
    let style = &params.style;
    let last = if mode == Mode::Morph {
        (Control::Morph, Handle::of(&style.morph), "Position")
    } else {
        (Control::Similarity, Handle::of(&style.similarity), "Similarity")
    };
    [
        (Control::Valence, Handle::of(&style.valence), "Valence"),
        (Control::Energy, Handle::of(&style.energy), "Energy"),
        (Control::Swing, Handle::of(&style.swing), "Swing"),
        (Control::Humanise, Handle::of(&style.humanise), "Humanise"),
        (Control::Density, Handle::of(&style.density), "Density"),
        (Control::Complexity, Handle::of(&style.complexity), "Complexity"),
        (Control::Repetition, Handle::of(&style.repetition), "Repeats"),
        (Control::Surprise, Handle::of(&style.surprise), "Surprise"),
        (Control::Register, Handle::of(&style.register), "Register"),
        (Control::Range, Handle::of(&style.range), "Range"),
        (Control::Leaps, Handle::of(&style.leaps), "Leaps"),
        last,
    ]
}
