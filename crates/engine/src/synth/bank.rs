//! The bank: every preset of the parts with pitch and every kit, by number, name, category, style and mood.
//!
//! Read on any thread; nothing in it ever changes while the program runs. The numbers are those that projects save: new
//! presets only ever come behind the last one.

mod auto;
mod basses;
mod bells;
mod classic;
mod keys;
mod kits;
mod leads;
mod pads;
mod plucks;
mod strings;

#[cfg(test)]
mod tests;

pub use auto::auto;
pub(crate) use kits::kit;

use super::kit::Kit;
use super::sound::Sound;
pub use linnet_music::{Part, Style};

/// The number that leaves the choice to [`auto()`].
pub const AUTO: usize = 0;
/// The number of the user's own preset; the bank ends before.
pub const OWN_PRESET: usize = 254;
/// The number of the user's own instrument.
pub const OWN_INSTRUMENT: usize = 255;
/// The highest number.
pub const NUMBER_MAX: usize = 255;

/// What a preset is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Melodies.
    Lead,
    /// Struck keyboards and organs.
    Keys,
    /// Strings and bars that are plucked.
    Pluck,
    /// Slow and broad.
    Pad,
    /// Below everything else.
    Bass,
    /// Metal and wood that is struck.
    Bell,
    /// Bowed.
    Strings,
    /// Drums.
    Kit,
}

impl Category {
    /// All, as they are listed.
    pub const ALL: [Self; 8] =
        [Self::Lead, Self::Keys, Self::Pluck, Self::Pad, Self::Bass, Self::Bell, Self::Strings, Self::Kit];

    /// The heading that users read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "Leads",
            Self::Keys => "Keys",
            Self::Pluck => "Plucks",
            Self::Pad => "Pads",
            Self::Bass => "Basses",
            Self::Bell => "Bells",
            Self::Strings => "Strings",
            Self::Kit => "Kits",
        }
    }
}

/// What a preset is called, and what it suits.
#[derive(Clone, Copy, Debug)]
pub struct Tags {
    /// The name, unlike that of every other.
    pub name: &'static str,
    /// What it is for.
    pub category: Category,
    /// The styles that it suits best.
    pub styles: &'static [Style],
    /// From −1, dark, to 1, bright.
    pub valence: f32,
    /// From −1, calm, to 1, driving.
    pub energy: f32,
}

/// A preset with pitch.
#[derive(Debug)]
pub struct Preset {
    /// What it is called, and what it suits.
    pub tags: Tags,
    /// How it sounds.
    pub sound: Sound,
}

/// A kit.
#[derive(Debug)]
pub(crate) struct KitPreset {
    pub(crate) tags: Tags,
    pub(crate) kit: Kit,
}

const fn tags(
    name: &'static str,
    category: Category,
    styles: &'static [Style],
    [valence, energy]: [f32; 2],
) -> Tags {
    Tags { name, category, styles, valence, energy }
}

#[expect(clippy::large_types_passed_by_value, reason = "this is done before the program runs")]
const fn preset(
    name: &'static str,
    category: Category,
    styles: &'static [Style],
    mood: [f32; 2],
    sound: Sound,
) -> Preset {
    Preset { tags: tags(name, category, styles, mood), sound }
}

/// The presets with pitch in the order of their numbers. What is added later comes in a list of its own, at the end.
static TONAL: [&[Preset]; 8] = [
    &classic::PRESETS,
    &leads::PRESETS,
    &keys::PRESETS,
    &plucks::PRESETS,
    &pads::PRESETS,
    &basses::PRESETS,
    &bells::PRESETS,
    &strings::PRESETS,
];

/// The presets of the parts with pitch, with their numbers from 1 on.
pub fn presets() -> impl Iterator<Item = (usize, &'static Preset)> {
    (1..).zip(TONAL.iter().copied().flatten())
}

/// What `part` can choose from, with the numbers from 1 on.
pub fn choices(part: Part) -> impl Iterator<Item = (usize, &'static Tags)> {
    let is_drums = part == Part::Drums;
    let tonal = presets().map(|(number, preset)| (number, &preset.tags)).filter(move |_| !is_drums);
    let kits = (1..).zip(kits::KITS.iter().map(|preset| &preset.tags)).filter(move |_| is_drums);
    tonal.chain(kits)
}

/// The preset of that number, for parts with pitch. None for numbers that stand for none.
pub fn preset_at(number: usize) -> Option<&'static Preset> {
    let mut place = number.checked_sub(1)?;
    for list in TONAL {
        match list.get(place) {
            Some(preset) => return Some(preset),
            None => place -= list.len(),
        }
    }
    None
}

/// The name of number `number` of `part`; none for numbers that stand for no preset.
pub fn name(part: Part, number: usize) -> Option<&'static str> {
    let kit = || Some(kits::KITS.get(number.checked_sub(1)?)?.tags.name);
    if part == Part::Drums { kit() } else { preset_at(number).map(|preset| preset.tags.name) }
}

/// The number of a part whose `number` stands for no preset: the first that it ever had.
const fn classic(part: Part) -> usize {
    match part {
        Part::Lead | Part::Drums => 1,
        Part::Chords => 4,
        Part::Bass => 7,
    }
}

/// The sound of number `number` of `part`; the part's classic one where there is none. None for the drums.
pub(crate) fn sound(part: Part, number: usize) -> Option<&'static Sound> {
    if part == Part::Drums {
        return None;
    }
    preset_at(number).or_else(|| preset_at(classic(part))).map(|preset| &preset.sound)
}
