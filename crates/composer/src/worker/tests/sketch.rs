//! Sketch and the critic, with stand-ins.

use super::*;
use linnet_music::{ChordsRole, Style};

const WITHOUT_LEAD: [bool; 4] = [false, true, true, true];

fn sketch() -> Controls {
    Controls { mode: Mode::Sketch, ..Controls::default() }
}

fn is_phrase_named(idea: &Idea) -> bool {
    idea.provenance.models.iter().any(|model| model.starts_with("phrase"))
}

#[test]
fn a_texture_comes_with_a_lead_over_it_and_the_record_names_all_models() {
    let mut band = band();
    band.ask(sketch());
    let idea = band.latest();
    assert!(Part::ALL.iter().all(|part| !idea.phrase(*part).is_empty()), "{idea:?}");
    let names: Vec<&str> =
        idea.provenance.models.iter().filter_map(|model| model.split(' ').next()).collect();
    assert_eq!(names, ["phrase", "groove", "chords", "gan"]);
    assert!(idea.provenance.training_sets.contains(&"set of gan (CC0)".to_owned()));
    assert_eq!(idea.figures.len(), 5);
    assert!(idea.figures.iter().all(|figure| figure.value.is_finite() && figure.human.is_some()));
    // Alternatives are melodies over the same ground.
    let alternatives = band.editor.worker.snapshot().alternatives.clone();
    assert!(alternatives.iter().all(|other| other.phrase(Part::Bass) == idea.phrase(Part::Bass)));
}

#[test]
fn without_a_lead_the_alternatives_are_other_textures() {
    let mut band = band();
    band.ask(Controls { on: WITHOUT_LEAD, ..sketch() });
    let idea = band.latest();
    assert!(is_phrase_named(&idea), "bass and chords are played by the phrase model");
    assert!(idea.phrase(Part::Lead).is_empty());
    let alternatives = band.editor.worker.snapshot().alternatives.clone();
    assert_eq!(alternatives.len(), 3);
    // The stand-in for the phrase model plays the same over any texture.
    assert!(alternatives.iter().all(|other| other.phrase(Part::Drums) != idea.phrase(Part::Drums)));
}

#[test]
fn the_same_sketch_comes_again_and_another_seed_brings_another() {
    let idea = |seed: u16| {
        let mut band = band();
        band.play_in(&POP);
        band.ask(Controls { seed, ..sketch() });
        band.latest()
    };
    assert_eq!(idea(7), idea(7));
    assert_ne!(notes(&idea(7), Part::Drums), notes(&idea(8), Part::Drums));
}

#[test]
fn the_form_returns_to_its_beginning() {
    let mut band = band();
    let plain = Controls { humanise: 0.0, bars: 8, on: [false, false, false, true], ..sketch() };
    band.ask(plain);
    assert!(!is_phrase_named(&band.latest()), "drums are as they are drawn");
    let drums = notes(&band.latest(), Part::Drums);
    let hits = |window: u32| -> Vec<(i64, u8)> {
        let begin = f64::from(window) * 8.0;
        let here = drums.iter().filter(|note| (begin..begin + 8.0).contains(&note.onset.0));
        here.map(|note| (((note.onset.0 - begin) * 4.0).round() as i64, note.pitch.midi())).collect()
    };
    assert!(!hits(0).is_empty());
    assert_eq!(hits(0), hits(2), "A A′ A B");
    assert_ne!(hits(0), hits(1));
    assert_ne!(hits(0), hits(3));
    band.ask(Controls { repetition: 1.0, ..plain });
    let drums = notes(&band.latest(), Part::Drums);
    let here = |window: f64| drums.iter().filter(move |note| (note.onset.0 / 8.0).floor() == window).count();
    assert_eq!((here(0.0), here(0.0)), (here(1.0), here(3.0)));
}

#[test]
fn a_swung_style_puts_off_beat_eighths_on_the_third_of_a_beat() {
    let mut band = band();
    let swing = Controls { style_a: Some(Style::Swing), humanise: 0.0, ..sketch() };
    band.ask(swing);
    let sixths = |idea: &Idea| {
        let onsets = notes(idea, Part::Drums).into_iter().map(|note| note.onset.0.fract() * 6.0);
        onsets.map(|at| (at * 100.0).round() as i64).collect::<std::collections::BTreeSet<i64>>()
    };
    assert_eq!(sixths(&band.latest()).into_iter().collect::<Vec<_>>(), [0, 200, 400, 500]);
    band.ask(Controls { style_a: Some(Style::House), ..swing });
    assert_eq!(sixths(&band.latest()).into_iter().collect::<Vec<_>>(), [0, 150, 300, 450]);
}

#[test]
fn a_counter_line_is_written_by_the_phrase_model_over_the_texture() {
    let mut band = band();
    let on = [false, true, true, true];
    band.ask(Controls { chords_role: ChordsRole::CounterLine, on, ..sketch() });
    let idea = band.latest();
    let counter = notes(&idea, Part::Chords);
    assert!(!counter.is_empty());
    assert!(counter.windows(2).all(|pair| pair[0].onset < pair[1].onset));
    assert!(idea.provenance.models.iter().any(|model| model.starts_with("phrase")));
}

#[test]
fn a_locked_part_stays_under_a_new_texture() {
    let mut band = band();
    band.ask(sketch());
    let before = band.latest();
    band.ask(Controls { seed: 9, locked: [false, false, true, false], ..sketch() });
    let after = band.latest();
    assert_eq!(notes(&before, Part::Bass), notes(&after, Part::Bass));
    assert_ne!(notes(&before, Part::Chords), notes(&after, Part::Chords));
    assert_eq!(before.harmony, after.harmony);
}

#[test]
fn a_metre_without_sixteenths_is_refused_in_words() {
    let mut band = band();
    band.ask_at(sketch(), moment(3.0, TimeSignature::new(3, 32).unwrap()));
    let Activity::Failed(failure) = band.activity() else { panic!("{:?}", band.activity()) };
    assert!(failure.detail.contains("sixteenths"), "{failure:?}");
    assert_eq!(band.ideas(), 0);
}

#[test]
fn a_texture_that_is_no_number_is_no_idea() {
    let mut band = band_with(stand_in::loader(Behaviour::Nan));
    band.ask(sketch());
    assert!(matches!(band.activity(), Activity::Failed(_)), "{:?}", band.activity());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_sketch_in_any_metre_is_playable_and_in_its_scale(
        (numerator, power, bars, seed) in (1..=32i32, 0..5u32, 0u8..20, any::<u16>()),
        (key, scale) in (proptest::option::of(0..12i32), proptest::option::of(0usize..12)),
        (density, surprise, swing, humanise) in (0.0..=1.0f32, 0.0..=1.0f32, 0.0..=0.75f32, 0.0..=1.0f32),
        (energy, complexity, repetition) in (0.0..=1.0f32, 0.0..=1.0f32, 0.0..=1.0f32),
        (style_a, style_b, style_blend) in
            (proptest::option::of(0usize..20), proptest::option::of(0usize..20), 0.0..=1.0f32),
        (counter, on, locked) in (any::<bool>(), any::<[bool; 4]>(), any::<[bool; 4]>()),
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let mut band = band();
        band.play_in(&POP[..3]);
        // The lead has tests of its own, and takes longest.
        let on = [false, on[1], on[2], on[3]];
        let chords_role = if counter && bars < 3 { ChordsRole::CounterLine } else { ChordsRole::Comping };
        let controls = Controls {
            bars, seed, key: key.map(PitchClass::new), scale: scale.map(|scale| Scale::ALL[scale]), density, surprise,
            swing, humanise, energy, complexity, repetition, style_a: style_a.map(|style| Style::ALL[style]),
            style_b: style_b.map(|style| Style::ALL[style]), style_blend, chords_role, on, ..sketch()
        };
        band.ask_at(controls, moment(24.0, metre));
        band.ask_at(Controls { seed: seed.wrapping_add(1), locked, ..controls }, moment(24.0, metre));
        prop_assert_eq!(band.activity(), Activity::Ready);
        prop_assert_eq!(band.ideas(), 2);
        for idea in band.editor.worker.session().ideas() {
            check_playable(idea)?;
            for part in [Part::Bass, Part::Chords] {
                let bounds = if part == Part::Bass { 28..=60 } else { 40..=84 };
                for note in idea.phrase(part).notes() {
                    prop_assert!(scale.is_none() || idea.key.contains(note.pitch), "{:?} in {}", note, idea.key);
                    prop_assert!(bounds.contains(&note.pitch.midi()), "{note:?}");
                }
            }
        }
    }
}
