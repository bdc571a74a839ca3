//! Runs on the composer thread. From knobs to wishes: what each part is asked for, in the units of its attributes.

use super::quantiles::{Measure, Quantiles};
use super::rules::Bounds;
use super::window::Asked;
use crate::attributes::{ATTRIBUTES, Attribute, Values};
use crate::rng::{Head, Noise};
use crate::vocabulary::Role;
use linnet_music::{Controls, STYLES, Style};

/// How much of the density knob's way the energy knob goes.
pub const ENERGY_TO_DENSITY: f32 = 0.5;
/// Where knobs end in people's music: not at the one piece in thousands that is a single trill.
const SHARE_MIN: f32 = 0.01;
const SHARE_MAX: f32 = 0.99;
/// How knobs bend on their way there: below 1 they are heard from the first turn on.
const BEND: f32 = 0.7;
/// How often a character has an attribute, and how strongly that is held, where nothing else was found better.
pub(crate) const WISHED_SHARE: f32 = 0.5;
pub(crate) const CHARACTER_STRENGTH: f32 = 0.6;
/// How strongly a part that goes on holds what it heard where another knob is turned. The network is told it as what knobs
/// ask for.
const HELD_STRENGTH: f32 = 0.25;
/// What a part's character may have; found on the validation split.
const TRAITS: [Trait; 3] = [
    Trait { attribute: Attribute::Syncopation, often: WISHED_SHARE, strength: CHARACTER_STRENGTH },
    Trait { attribute: Attribute::Leaps, often: WISHED_SHARE, strength: CHARACTER_STRENGTH },
    Trait { attribute: Attribute::Repetition, often: 1.0, strength: 0.8 },
];
/// What that of a bass has besides.
const BASS_DENSITY: Trait = Trait { attribute: Attribute::Density, often: 1.0, strength: CHARACTER_STRENGTH };
/// What that of chords has besides, where neither leaps nor repetition are asked for: by itself the network reaches less far.
const CHORDS_RANGE: Trait = Trait { attribute: Attribute::Range, often: 1.0, strength: CHARACTER_STRENGTH };
/// Less of these comes than is asked for. In a style of people's the tables of all music, in which the grammar's parts lie
/// higher, make up for it.
const COMES_SHORT: [Attribute; 2] = [Attribute::Repetition, Attribute::Density];
/// Semitones to either side of a wished mean that a melody may use.
const REGISTER_ROOM: f32 = 9.0;

/// An attribute of a character.
#[derive(Clone, Copy)]
struct Trait {
    attribute: Attribute,
    /// The share of seeds that have it, in [0, 1].
    often: f32,
    /// How strongly it is held, in [0, 1].
    strength: f32,
}

/// What one part is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wishes {
    /// What the knobs ask for, in the units of the attributes.
    pub knobs: Asked,
    /// The same with what is held, or the part's character.
    pub asked: Asked,
    /// How strongly each is held, in [0, 1].
    pub strength: Values,
    /// The share of steps that are to repeat a note, in [0, 1].
    pub repeats: Option<f32>,
    /// What the part must keep to.
    pub bounds: Bounds,
    /// Octaves by which the finished part is moved.
    pub octaves: i32,
}

/// What `controls` ask of the part `role`. `heard` are the attributes of what it continues, and `centre` the mean MIDI
/// key that the register knob counts from.
pub fn wishes(
    controls: &Controls,
    role: Role,
    quantiles: &Quantiles,
    heard: Option<&Values>,
    centre: f32,
) -> Wishes {
    let mut wishes = Wishes {
        knobs: [None; ATTRIBUTES],
        asked: [None; ATTRIBUTES],
        strength: [0.0; ATTRIBUTES],
        repeats: None,
        bounds: bounds(role, controls),
        octaves: 0,
    };
    // Of a value that much music has, such as no syncopation, the side that the knob turns to.
    let from = |attribute: Attribute, knob: f32| {
        heard.map_or(0.5, |values| {
            let (below, up_to) = quantiles.shares(role, attribute, values[attribute.index()]);
            (if knob > 0.5 { up_to } else { below }).clamp(0.05, 0.95)
        })
    };
    let mut ask = |attribute: Attribute, knob: f32| {
        let knob = knob.clamp(0.0, 1.0);
        if is_middle(knob) {
            return;
        }
        let share = along(from(attribute, knob), knob);
        wishes.asked[attribute.index()] = Some(quantiles.value(role, attribute, share));
        wishes.strength[attribute.index()] = (4.0 * (knob - 0.5).abs()).min(1.0);
    };
    ask(Attribute::Density, controls.density + ENERGY_TO_DENSITY * (controls.energy - 0.5));
    ask(Attribute::Syncopation, controls.complexity);
    ask(Attribute::Repetition, controls.repetition);
    if matches!(role, Role::Lead | Role::Counter) {
        ask(Attribute::Leaps, controls.leaps);
    }
    if role == Role::Lead {
        ask_range(&mut wishes, controls);
        ask_register(&mut wishes, controls, centre);
    }
    wishes.knobs = wishes.asked;
    // Surprise asks for no attribute, and yet would move them all.
    let is_turned = wishes.knobs.iter().any(Option::is_some) || !is_middle(controls.surprise);
    if let Some(heard) = heard.filter(|_| is_turned) {
        wishes.hold(role, quantiles, heard);
    }
    wishes
}

impl Wishes {
    /// Asks of what no knob asks for as much as was heard: who turns one knob means that one. Where the range is turned,
    /// all that goes by pitch is left to follow.
    fn hold(&mut self, role: Role, quantiles: &Quantiles, heard: &Values) {
        let range_is_asked = self.asked[Attribute::Range.index()].is_some();
        let follows_range = |of| matches!(of, Attribute::Leaps | Attribute::Repetition | Attribute::Register);
        for attribute in Attribute::ALL {
            let asked = &mut self.asked[attribute.index()];
            if asked.is_none()
                && attribute != Attribute::Polyphony
                && !(range_is_asked && follows_range(attribute))
            {
                let end = |share| quantiles.value(role, attribute, share);
                *asked = Some(heard[attribute.index()].clamp(end(SHARE_MIN), end(SHARE_MAX)));
                self.strength[attribute.index()] = HELD_STRENGTH;
            }
        }
    }

    /// Gives a part without a past a character of its own, by its seed: of what nobody asked for, some attributes are
    /// wished as some piece of the style has them, or of all music. Without, all parts are alike: each lies near the middle.
    pub fn add_character(&mut self, role: Role, quantiles: &Quantiles, style: &[f32; STYLES], seed: u16) {
        let draw = |place: usize| Noise::new(seed, role.index() << 8, place, Head::Character);
        // People's counter-lines of the training split repeat more than those of the others.
        let moves_freely =
            [Attribute::Leaps, Attribute::Repetition].iter().all(|of| self.asked[of.index()].is_none());
        if moves_freely && role != Role::Counter {
            let share = inside(draw(ATTRIBUTES).uniform());
            let of_style = quantiles.of_styles(style, role, Measure::Repeats, share);
            self.repeats = Some(of_style.unwrap_or_else(|| quantiles.repeats(role, share)));
        }
        let more = match role {
            Role::Bass => Some(BASS_DENSITY),
            Role::Chords => Some(CHORDS_RANGE).filter(|_| moves_freely),
            Role::Lead | Role::Counter => None,
        };
        let traits = TRAITS.into_iter().chain(more);
        for Trait { attribute, often, strength } in traits {
            let mut noise = draw(attribute.index());
            let (is_wished, share) = (noise.uniform() < often, inside(noise.uniform()));
            if is_wished && self.asked[attribute.index()].is_none() {
                self.asked[attribute.index()] = Some(in_style(quantiles, style, role, attribute, share));
                self.strength[attribute.index()] = strength;
            }
        }
    }
}

/// A share in [0, 1], moved between [`SHARE_MIN`] and [`SHARE_MAX`].
fn inside(share: f32) -> f32 {
    SHARE_MIN + share * (SHARE_MAX - SHARE_MIN)
}

/// The value to wish for, at `share` of the music of `style`, or of all music.
fn in_style(
    quantiles: &Quantiles,
    style: &[f32; STYLES],
    role: Role,
    attribute: Attribute,
    share: f32,
) -> f32 {
    let comes_short = COMES_SHORT.contains(&attribute) && !leans_on_grammar(style);
    let of_style = quantiles.of_styles(style, role, Measure::Attribute(attribute), share);
    of_style.filter(|_| !comes_short).unwrap_or_else(|| quantiles.value(role, attribute, share))
}

/// Whether a knob in [0, 1] asks for nothing.
fn is_middle(knob: f32) -> bool {
    (knob - 0.5).abs() < 1e-3
}

/// From `middle` towards [`SHARE_MIN`] or [`SHARE_MAX`], as `knob` goes from 0.5 towards 0 or 1.
fn along(middle: f32, knob: f32) -> f32 {
    let end = if knob > 0.5 { SHARE_MAX } else { SHARE_MIN };
    middle + (2.0 * knob - 1.0).abs().powf(BEND) * (end - middle)
}

fn ask_range(wishes: &mut Wishes, controls: &Controls) {
    if controls.range != Controls::default().range {
        wishes.asked[Attribute::Range.index()] = Some(f32::from(controls.range) / 24.0);
        wishes.strength[Attribute::Range.index()] = 1.0;
    }
}

/// The network writes where it learnt to, near the centre; whole octaves are added afterwards.
fn ask_register(wishes: &mut Wishes, controls: &Controls, centre: f32) {
    let control = if controls.register.is_finite() { controls.register.clamp(-2.0, 2.0) } else { 0.0 };
    if control == 0.0 {
        return;
    }
    let octaves = control.round();
    let wish = centre + 12.0 * (control - octaves);
    wishes.octaves = octaves as i32;
    wishes.asked[Attribute::Register.index()] = Some((wish - 60.0) / 24.0);
    wishes.strength[Attribute::Register.index()] = (4.0 * control.abs()).min(1.0);
    let moved = 12.0 * octaves;
    let bounds = &mut wishes.bounds;
    let lowest = (bounds.lowest as f32).min(wish + moved - REGISTER_ROOM).max(24.0);
    let highest = (bounds.highest as f32).max(wish + moved + REGISTER_ROOM).min(108.0);
    (bounds.lowest, bounds.highest) = ((lowest - moved) as i32, (highest - moved) as i32);
}

/// Where the part lies unless its register asks for others.
pub fn bounds(role: Role, controls: &Controls) -> Bounds {
    let (lowest, highest, range) = match role {
        Role::Lead => (48, 86, controls.range.max(5)),
        Role::Counter => (50, 81, 19),
        Role::Chords => (40, 84, 40),
        Role::Bass => (28, 60, 31),
    };
    Bounds { lowest, highest, range, chromatic: controls.scale.is_none() }
}

/// The weights of the styles that `controls` ask for; all 0 where none is.
pub fn style_weights(controls: &Controls) -> [f32; STYLES] {
    let mut weights = [0.0; STYLES];
    let blend = controls.style_blend.clamp(0.0, 1.0);
    match (controls.style_a, controls.style_b) {
        (Some(a), Some(b)) => {
            weights[a.index()] += 1.0 - blend;
            weights[b.index()] += blend;
        }
        // Towards "any", a style fades.
        (Some(a), None) => weights[a.index()] = 1.0 - blend,
        (None, Some(b)) => weights[b.index()] = blend,
        (None, None) => {}
    }
    weights
}

/// Whether any style is asked for by `weights`.
pub(crate) fn is_styled(weights: &[f32; STYLES]) -> bool {
    weights.iter().any(|weight| *weight > 0.0)
}

/// Whether half or more of `weights` are of styles whose accompaniment the style grammar wrote.
fn leans_on_grammar(weights: &[f32; STYLES]) -> bool {
    let by_grammar = Style::ALL.into_iter().filter(|style| style.is_by_grammar());
    by_grammar.map(|style| weights[style.index()]).sum::<f32>() >= 0.5
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::quantiles::even;

    #[test]
    fn knobs_in_the_middle_ask_for_nothing() {
        for role in Role::ALL {
            let wishes = wishes(&Controls::default(), role, &even(), None, 67.0);
            assert_eq!((wishes.asked, wishes.strength, wishes.octaves), ([None; 8], [0.0; 8], 0));
        }
        assert_eq!(style_weights(&Controls::default()), [0.0; STYLES]);
    }

    #[test]
    fn what_is_asked_grows_with_the_knob_from_what_was_heard() {
        let mut heard = [0.0; ATTRIBUTES];
        heard[Attribute::Density.index()] = 0.3;
        let asked = |density: f32| {
            let controls = Controls { density, ..Controls::default() };
            wishes(&controls, Role::Lead, &even(), Some(&heard), 67.0).asked[Attribute::Density.index()]
        };
        let values: Vec<f32> = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0].into_iter().filter_map(asked).collect();
        assert_eq!(values.len(), 6);
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{values:?}");
        assert!((0.15..0.25).contains(&values[2]) && (values[5] - SHARE_MAX).abs() < 1e-5, "{values:?}");
        assert_eq!(asked(0.5), None);
    }

    #[test]
    fn who_turns_one_knob_means_that_one() {
        let heard = [0.4; ATTRIBUTES];
        let of = |controls: &Controls| wishes(controls, Role::Lead, &even(), Some(&heard), 67.0);
        assert_eq!(of(&Controls::default()).asked, [None; ATTRIBUTES]);
        let denser = of(&Controls { density: 0.9, ..Controls::default() });
        for attribute in Attribute::ALL {
            let (asked, strength) = (denser.asked[attribute.index()], denser.strength[attribute.index()]);
            match attribute {
                Attribute::Density => assert!(asked > Some(0.4) && strength > HELD_STRENGTH),
                Attribute::Polyphony => assert_eq!((asked, strength), (None, 0.0)),
                _ => assert_eq!((asked, strength), (Some(0.4), HELD_STRENGTH), "{attribute:?}"),
            }
        }
        assert_eq!(denser.knobs.iter().flatten().count(), 1);
        let surprising = of(&Controls { surprise: 0.9, ..Controls::default() });
        assert_eq!(surprising.knobs, [None; ATTRIBUTES]);
        assert_eq!(surprising.asked[Attribute::Density.index()], Some(0.4));
        let wide = of(&Controls { range: 36, ..Controls::default() });
        assert_eq!(wide.asked[Attribute::Leaps.index()], None);
        assert_eq!(wide.asked[Attribute::Density.index()], Some(0.4));
    }

    #[test]
    fn a_value_that_much_music_has_is_left_at_the_first_turn() {
        let mut json = crate::phrase::quantiles::even_json();
        let flat: Vec<f32> = (0..101).map(|share| (share as f32 / 100.0 - 0.6).max(0.0)).collect();
        json["lead"]["syncopation"] = serde_json::json!(flat);
        let quantiles = Quantiles::parse(&serde_json::to_vec(&json).unwrap()).unwrap();
        let asked = |complexity: f32| {
            let controls = Controls { complexity, ..Controls::default() };
            let wishes = wishes(&controls, Role::Lead, &quantiles, Some(&[0.0; ATTRIBUTES]), 67.0);
            wishes.asked[Attribute::Syncopation.index()]
        };
        assert_eq!((asked(0.1), asked(0.4)), (Some(0.0), Some(0.0)));
        assert!(asked(0.6).is_some_and(|asked| asked > 0.05), "{:?}", asked(0.6));
    }

    #[test]
    fn register_moves_by_octaves_and_asks_for_the_rest() {
        let controls = Controls { register: 1.25, ..Controls::default() };
        let wishes = wishes(&controls, Role::Lead, &even(), None, 67.0);
        assert_eq!(wishes.octaves, 1);
        assert_eq!(wishes.asked[Attribute::Register.index()], Some(10.0 / 24.0));
    }

    /// What forty seeds ask of `role` under `controls`.
    fn characters(controls: &Controls, role: Role) -> Vec<Wishes> {
        let of = |seed| {
            let mut wishes = wishes(controls, role, &even(), None, 67.0);
            wishes.add_character(role, &even(), &style_weights(controls), seed);
            wishes
        };
        (0..40).map(of).collect()
    }

    fn asked(of: &[Wishes], attribute: Attribute) -> Vec<f32> {
        of.iter().filter_map(|wishes| wishes.asked[attribute.index()]).collect()
    }

    #[test]
    fn a_character_is_the_seeds_own_and_leaves_what_was_asked() {
        let controls = Controls { leaps: 0.9, ..Controls::default() };
        let plain = wishes(&controls, Role::Lead, &even(), None, 67.0);
        let all = characters(&controls, Role::Lead);
        assert_eq!(all, characters(&controls, Role::Lead));
        let leaps = Attribute::Leaps.index();
        assert!(all.iter().all(|wishes| wishes.asked[leaps] == plain.asked[leaps]));
        assert!((10..30).contains(&asked(&all, Attribute::Syncopation).len()));
        let repetition = asked(&all, Attribute::Repetition);
        assert_eq!(repetition.len(), 40);
        assert!(repetition.iter().any(|it| *it < 0.3) && repetition.iter().any(|it| *it > 0.7));
    }

    #[test]
    fn notes_repeat_as_often_as_peoples_do_unless_a_knob_says_how_they_move() {
        let repeats = |controls: &Controls, role| -> Vec<f32> {
            characters(controls, role).iter().filter_map(|wishes| wishes.repeats).collect()
        };
        let free = repeats(&Controls::default(), Role::Bass);
        assert_eq!(free.len(), 40);
        assert!(free.iter().any(|it| *it < 0.3) && free.iter().any(|it| *it > 0.7));
        for controls in [
            Controls { repetition: 0.9, ..Controls::default() },
            Controls { leaps: 0.9, ..Controls::default() },
        ] {
            assert_eq!(repeats(&controls, Role::Lead), [0.0; 0]);
        }
        assert_eq!(repeats(&Controls::default(), Role::Counter), [0.0; 0]);
    }

    #[test]
    fn chords_reach_as_far_as_some_music_unless_a_knob_says_how_they_repeat() {
        let range = |controls: &Controls, role| asked(&characters(controls, role), Attribute::Range).len();
        let repetition = Controls { repetition: 0.9, ..Controls::default() };
        assert_eq!((range(&Controls::default(), Role::Chords), range(&repetition, Role::Chords)), (40, 0));
        assert_eq!(range(&Controls::default(), Role::Bass), 0);
    }

    #[test]
    fn a_character_is_that_of_the_style_where_its_music_is_known() {
        let mut json = crate::phrase::quantiles::even_json();
        let names = Attribute::ALL.into_iter().map(Attribute::id).chain(["repeats"]);
        let held: serde_json::Map<String, serde_json::Value> =
            names.map(|name| (name.to_owned(), serde_json::json!(vec![7.0; 21]))).collect();
        json["styles"]["house"] = serde_json::json!({ "bass": held });
        let quantiles = Quantiles::parse(&serde_json::to_vec(&json).unwrap()).unwrap();
        let of = |style_a, role| {
            let controls = Controls { style_a, ..Controls::default() };
            let mut wishes = wishes(&controls, role, &quantiles, None, 67.0);
            wishes.add_character(role, &quantiles, &style_weights(&controls), 5);
            (wishes.repeats, wishes.asked[Attribute::Density.index()])
        };
        assert_eq!(of(Some(Style::House), Role::Bass), (Some(7.0), Some(7.0)));
        for other in [of(None, Role::Bass), of(Some(Style::Folk), Role::Bass)] {
            assert!(other.0.is_some_and(|repeats| repeats != 7.0) && other.1.is_some(), "{other:?}");
        }
        assert!(of(Some(Style::House), Role::Lead).0 != Some(7.0));
    }

    #[test]
    fn styles_blend_to_one() {
        let controls = Controls {
            style_a: Some(Style::House),
            style_b: Some(Style::Folk),
            style_blend: 0.25,
            ..Controls::default()
        };
        let weights = style_weights(&controls);
        assert_eq!((weights[Style::House.index()], weights[Style::Folk.index()]), (0.75, 0.25));
    }
}
