//! The kits, in the order of their numbers.
//!
//! Read on the audio thread.

mod classic;
mod later;

use super::{Category, KitPreset, tags};
use crate::synth::kit::Kit;
use linnet_music::Style;

/// Of numbers 1 and up; new ones only at the end.
pub(super) static KITS: [KitPreset; 8] = [
    kit_preset(
        "Brush kit",
        &[Style::Swing, Style::BossaNova, Style::Folk, Style::Songbook],
        [0.0, -0.6],
        classic::BRUSH,
    ),
    kit_preset("Room kit", &[Style::Rock, Style::Reggae, Style::Latin], [0.2, 0.4], classic::ROOM),
    kit_preset("Electric kit", &[Style::DrumAndBass, Style::Pop], [0.3, 0.5], classic::ELECTRIC),
    kit_preset("Studio kit", &[Style::Pop, Style::Funk, Style::Soul], [0.4, 0.3], later::STUDIO),
    kit_preset("Boom machine", &[Style::HipHop, Style::Soul], [-0.3, 0.3], later::BOOM),
    kit_preset("Club machine", &[Style::House, Style::Techno], [0.4, 0.9], later::CLUB),
    kit_preset("Dusty kit", &[Style::LoFi, Style::HipHop], [-0.4, -0.4], later::DUSTY),
    kit_preset(
        "Orchestra",
        &[Style::Cinematic, Style::Classical, Style::Chorale],
        [-0.2, 0.2],
        later::ORCHESTRA,
    ),
];

const fn kit_preset(name: &'static str, styles: &'static [Style], mood: [f32; 2], kit: Kit) -> KitPreset {
    KitPreset { tags: tags(name, Category::Kit, styles, mood), kit }
}

/// The kit of number `number`; the first where there is none.
pub(crate) fn kit(number: usize) -> &'static Kit {
    &KITS.get(number.wrapping_sub(1)).unwrap_or(&KITS[0]).kit
}
