//! Runs on the main thread. Bars, quantise, auto: how long, when, how often.

use super::button;
use super::control::Handle;
use super::surface::Surface;
use super::uses::{Control, unused};
use crate::params::{AUTOS, LinnetParams};
use egui::Rect;

/// The values of `quantise` as one reads them on their own.
const QUANTISE: [&str; 4] = ["At once", "Next beat", "Next bar", "By 4 bars"];

/// Draws the three lists.
pub(crate) fn show(surface: &mut Surface<'_>, [bars, quantise, auto]: [Rect; 3], params: &LinnetParams) {
    let propose = &params.propose;
    let in_bars = |n: i32| if n == 1 { "1 bar".to_owned() } else { format!("{n} bars") };
    let shown = in_bars(propose.bars.value());
    let why = unused(params.mode(), Control::Bars);
    button::list_dimmed(surface, bars, Handle::of(&propose.bars), (&shown, why), (1..=16).map(in_bars));
    let place = propose.quantise.value() as usize;
    let shown = QUANTISE.get(place).copied().unwrap_or_default();
    let labels = QUANTISE.iter().map(ToString::to_string);
    button::list(surface, quantise, Handle::of(&propose.quantise), shown, labels);
    let shown = AUTOS.get(propose.auto.value() as usize).map_or_else(String::new, |auto| auto_label(auto));
    let labels = AUTOS.iter().map(|auto| auto_label(auto));
    button::list(surface, auto, Handle::of(&propose.auto), &shown, labels);
}

/// "Auto off", "Auto 4".
fn auto_label(auto: &str) -> String {
    let short = auto.split_once(' ').map_or(auto, |(number, _)| number);
    format!("Auto {short}")
}
