//! The values of a part's `sound`: automatic, a preset of the bank by its number, or the user's own.
//!
//! Runs on the host's threads and in the editor; [`by_style`] on the audio thread too.

use super::text;
use linnet_engine::synth::bank::{self, AUTO, NUMBER_MAX};
pub(crate) use linnet_engine::synth::bank::{OWN_INSTRUMENT, OWN_PRESET};
use linnet_music::{Part, Style};
use nice_plug::prelude::{IntParam, IntRange};
use std::sync::Arc;

/// A preset as the editor lists it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// The value of the parameter.
    pub number: usize,
    /// What users read.
    pub name: &'static str,
    /// The heading under which it stands.
    pub heading: &'static str,
    /// The styles that it suits, and from −1 to 1 how bright and how driving it is.
    pub styles: &'static [Style],
    /// From −1, dark, to 1, bright.
    pub valence: f32,
    /// From −1, calm, to 1, driving.
    pub energy: f32,
}

/// The presets of `part`, by category.
pub fn choices(part: Part) -> Vec<Choice> {
    let choice = |(number, tags): (usize, &'static bank::Tags)| Choice {
        number,
        name: tags.name,
        heading: tags.category.name(),
        styles: tags.styles,
        valence: tags.valence,
        energy: tags.energy,
    };
    let mut choices: Vec<Choice> = bank::choices(part).map(choice).collect();
    let place = |heading: &str| bank::Category::ALL.iter().position(|category| category.name() == heading);
    choices.sort_by_key(|choice| place(choice.heading));
    choices
}

/// The number that `part` sounds with where its parameter says `value` and the style is `style`.
///
/// # Realtime safety
/// Never allocates.
pub fn by_style(part: Part, value: i32, style: Option<Style>) -> usize {
    match usize::try_from(value).unwrap_or(AUTO) {
        AUTO => bank::auto(part, style),
        number => number,
    }
}

/// The parameter of `part`. Its range leaves room for presets to come, so that automation keeps its meaning.
pub(super) fn parameter(name: &str, part: Part) -> IntParam {
    IntParam::new(name, AUTO as i32, IntRange::Linear { min: 0, max: NUMBER_MAX as i32 })
        .with_value_to_string(Arc::new(move |value| word(part, value)))
        .with_string_to_value(Arc::new(move |typed| read(part, typed)))
}

/// The name of `value`.
pub fn word(part: Part, value: i32) -> String {
    let number = usize::try_from(value).unwrap_or(AUTO);
    match (number, bank::name(part, number)) {
        (AUTO, _) => "Auto".to_owned(),
        (OWN_INSTRUMENT, _) => "Own instrument".to_owned(),
        (OWN_PRESET, _) => "User preset".to_owned(),
        (_, Some(name)) => name.to_owned(),
        (_, None) => format!("Unused {number}"),
    }
}

/// The value of a name, whatever its case; also of the only name that begins like it.
fn read(part: Part, typed: &str) -> Option<i32> {
    let words: Vec<String> = (0..=NUMBER_MAX as i32).map(|value| word(part, value)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    text::read_choice(typed, &words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_their_numbers() {
        for part in Part::ALL {
            for value in 0..=NUMBER_MAX as i32 {
                assert_eq!(read(part, &word(part, value)), Some(value), "{}", word(part, value));
            }
        }
        assert_eq!(read(Part::Lead, "concert"), read(Part::Chords, "Concert grand"));
    }

    #[test]
    fn auto_goes_by_the_style_and_a_number_does_not() {
        assert_eq!(by_style(Part::Drums, 0, None), 1);
        let club = by_style(Part::Drums, 0, Some(Style::Techno));
        assert_eq!(bank::name(Part::Drums, club), Some("Club machine"));
        assert_eq!(by_style(Part::Drums, 2, Some(Style::Techno)), 2);
    }
}
