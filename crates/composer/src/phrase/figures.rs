//! Runs on the composer thread. Why a candidate came first, in figures for the user, beside those of people's music.

use super::judge::Scores;
use super::quantiles::Quantiles;
use super::window::Asked;
use crate::attributes::Attribute;
use crate::vocabulary::Role;
use linnet_music::Figure;

/// An attribute in the user's units: its name, what a value of 1 is, and what is added.
struct Shown {
    attribute: Attribute,
    name: &'static str,
    scale: f32,
    offset: f32,
}

const fn shown(attribute: Attribute, name: &'static str, scale: f32, offset: f32) -> Shown {
    Shown { attribute, name, scale, offset }
}

const SHOWN: [Shown; 8] = [
    shown(Attribute::Density, "Onsets a quarter", 4.0, 0.0),
    shown(Attribute::Register, "Mean key (middle C is 60)", 24.0, 60.0),
    shown(Attribute::Range, "Range in semitones", 24.0, 0.0),
    shown(Attribute::Syncopation, "Syncopated, of all onsets", 1.0, 0.0),
    shown(Attribute::Leaps, "Leaps, of all steps", 1.0, 0.0),
    shown(Attribute::Repetition, "Likeness of bars to earlier ones", 1.0, 0.0),
    shown(Attribute::Articulation, "Sounding, of the time to the next note", 1.0, 0.0),
    shown(Attribute::Polyphony, "Notes at a time", 3.0, 1.0),
];

/// The figures of a part that `role` plays.
pub fn figures(role: Role, scores: &Scores, asked: &Asked, quantiles: &Quantiles) -> Vec<Figure> {
    let usual = quantiles.usual(role);
    let figure = |shown: &Shown| {
        let index = shown.attribute.index();
        let units = |value: f32| value * shown.scale + shown.offset;
        Figure {
            name: shown.name.into(),
            value: units(scores.values[index]),
            human: Some((units(usual[index].0), units(usual[index].1))),
            asked: asked[index].map(units),
        }
    };
    let applies = |shown: &&Shown| shown.attribute != Attribute::Polyphony || role.is_stacked();
    let mut figures: Vec<Figure> = SHOWN.iter().filter(applies).map(figure).collect();
    figures.extend(scores.chord_tones.map(|share| Figure {
        name: "Chord tones, of the notes on beats".into(),
        value: share,
        human: None,
        asked: None,
    }));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::quantiles::even;

    #[test]
    fn figures_are_in_the_units_of_users() {
        let mut scores = Scores { chord_tones: Some(0.75), ..Scores::default() };
        scores.values[Attribute::Density.index()] = 0.25;
        scores.values[Attribute::Register.index()] = 0.5;
        let mut asked: Asked = [None; 8];
        asked[Attribute::Density.index()] = Some(0.5);
        let found = figures(Role::Lead, &scores, &asked, &even());
        assert_eq!((found[0].value, found[0].asked), (1.0, Some(2.0)));
        assert_eq!(found[1].value, 72.0);
        assert!(found[1].human.is_some_and(|(low, high)| low < high));
        assert_eq!(found.len(), 8);
        assert_eq!(figures(Role::Chords, &scores, &asked, &even()).len(), 9);
    }
}
