//! Vary and Morph with stand-ins: what must hold whatever the networks say.

use super::*;
use linnet_music::{ChordsRole, Controls};

fn vary(similarity: f32) -> Controls {
    Controls { mode: Mode::Vary, similarity, ..Controls::default() }
}

fn morph(with: &Idea, place: f32) -> Controls {
    Controls { mode: Mode::Morph, morph: place, morph_with: Some(with.id), ..Controls::default() }
}

impl Band {
    /// An idea, and a relative of it.
    fn relative(&mut self, idea: &Idea, controls: Controls) -> Idea {
        self.editor.worker.session().set_current(Some(idea.id));
        self.ask(controls);
        assert_eq!(self.activity(), Activity::Ready);
        self.latest()
    }

    /// Two ideas of their own keys and lengths.
    fn two(&mut self) -> (Idea, Idea) {
        let invent = |key, bars| Controls {
            mode: Mode::Invent,
            key: Some(PitchClass::new(key)),
            scale: Some(Scale::Major),
            bars,
            ..Controls::default()
        };
        self.ask(invent(0, 2));
        let one = self.latest();
        self.ask(Controls { seed: 9, ..invent(4, 3) });
        (one, self.latest())
    }

    fn failure(&mut self, controls: Controls) -> String {
        self.ask(controls);
        match self.activity() {
            Activity::Failed(failure) => format!("{} {}", failure.title, failure.detail),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_missing_is_said_in_words() {
    let mut band = band();
    assert!(band.failure(vary(0.5)).contains("no idea yet"));
    assert!(band.failure(Controls { mode: Mode::Morph, ..Controls::default() }).contains("no idea yet"));
    band.ask(Controls::default());
    let one = band.latest();
    assert!(band.failure(Controls { mode: Mode::Morph, ..Controls::default() }).contains("No other idea"));
    let gone = Controls { mode: Mode::Morph, morph_with: Some(IdeaId(77)), ..Controls::default() };
    assert!(band.failure(gone).contains("no longer in the history"));
    band.ask_at(Controls::default(), moment(18.0, TimeSignature::new(3, 4).unwrap()));
    let words = band.failure(morph(&one, 0.5));
    assert!(words.contains("Morph needs two ideas in the same metre"), "{words}");
    assert!(words.contains("3/4") && words.contains("4/4"), "{words}");
}

#[test]
fn a_variation_keeps_key_harmony_and_length_and_names_its_models() {
    let mut band = band();
    band.play_in(&POP);
    band.ask(Controls::default());
    let idea = band.latest();
    let varied = band.relative(&idea, vary(0.2));
    assert_eq!((varied.key, &varied.harmony, varied.length), (idea.key, &idea.harmony, idea.length));
    assert_eq!(varied.parent, Some(idea.id));
    assert!(Part::ALL.iter().all(|part| varied.phrase(*part) != idea.phrase(*part)));
    for model in ["line_vae 9 hash-of-line_vae", "drum_vae 9 hash-of-drum_vae", "phrase 9 hash-of-phrase"] {
        assert!(varied.provenance.models.iter().any(|line| line == model), "{:?}", varied.provenance.models);
    }
    assert!(varied.provenance.training_sets.contains(&"set of line_vae (CC0)".to_owned()));
    assert_eq!(varied.figures.iter().filter(|figure| figure.name == "Distance from the idea").count(), 1);
    let same = band.relative(&idea, vary(1.0));
    assert_eq!(same.phrases, idea.phrases);
    assert!(!same.provenance.models.iter().any(|line| line.contains("vae")), "nothing was computed");
}

#[test]
fn under_a_varied_top_stand_no_tones_outside_the_scale_that_the_user_set() {
    let mut band = band();
    band.ask(Controls { mode: Mode::Invent, scale: Some(Scale::Major), ..Controls::default() });
    let mut idea = band.latest();
    // Under every chord a tone that the scale lacks.
    let outside = |note: &Note| {
        let below = (1..12).map(|by| Pitch::new(i32::from(note.pitch.midi()) - by));
        below.into_iter().find(|pitch| !idea.key.contains(*pitch)).map(|pitch| Note { pitch, ..*note })
    };
    let own = notes(&idea, Part::Chords);
    let chromatic: Vec<Note> = own.iter().filter_map(outside).chain(own.clone()).collect();
    idea.phrases[Part::Chords.index()] = linnet_music::Phrase::new(chromatic);
    idea.id = IdeaId(99);
    band.editor.worker.session().push(idea.clone());
    // Of the notes that the idea does not have: all, and those outside.
    let before = notes(&idea, Part::Chords);
    let mut counted = |scale| {
        let varied = band.relative(&idea, Controls { scale, humanise: 0.0, ..vary(0.0) });
        let is_old =
            |note: &Note| before.iter().any(|old| old.pitch == note.pitch && old.onset == note.onset);
        let new: Vec<Note> = notes(&varied, Part::Chords).into_iter().filter(|note| !is_old(note)).collect();
        (new.len(), new.iter().filter(|note| !idea.key.contains(note.pitch)).count())
    };
    let [free, locked] = [None, Some(Scale::Major)].map(&mut counted);
    assert!(free.1 > 0, "{free:?}");
    assert!(locked.0 > 0 && locked.1 == 0, "{locked:?}");
}

#[test]
fn morph_ends_with_its_ideas_as_they_are() {
    let mut band = band();
    let (one, other) = band.two();
    for (place, end) in [(0.0, &one), (1.0, &other)] {
        let between = band.relative(&one, morph(&other, place));
        assert_eq!((&between.phrases, &between.harmony), (&end.phrases, &end.harmony));
        assert_eq!((between.key, between.length), (end.key, end.length));
    }
    for (place, ruling) in [(0.3, &one), (0.7, &other)] {
        let between = band.relative(&one, morph(&other, place));
        assert_eq!((between.key, between.bars()), (ruling.key, 3));
        assert_eq!(between.harmony[0], ruling.harmony[0]);
    }
}

#[test]
fn what_is_locked_stays_and_keeps_its_key() {
    let mut band = band();
    let (one, other) = band.two();
    for controls in [vary(0.0), morph(&other, 0.5), morph(&other, 1.0)] {
        let locked = Controls { locked: [false, false, true, false], ..controls };
        let relative = band.relative(&one, locked);
        let bars = f64::from(relative.bars());
        let own: Vec<Note> = notes(&one, Part::Bass);
        let kept = notes(&relative, Part::Bass);
        assert_eq!(kept[..own.len()], own, "{:?}", controls.mode);
        assert_eq!((relative.key, relative.harmony[0]), (one.key, one.harmony[0]));
        let inside = |note: &Note| relative.key.contains(note.pitch) && note.end().0 <= 4.0 * bars + 1e-9;
        assert!(notes(&relative, Part::Lead).iter().all(inside));
    }
}

#[test]
fn locked_bars_stay_as_they_are() {
    let mut band = band();
    let (one, other) = band.two();
    let in_second = |idea: &Idea, part| -> Vec<Note> {
        let inside = |note: &Note| (3.95..7.95).contains(&note.onset.0);
        notes(idea, part).into_iter().filter(inside).collect()
    };
    for controls in [vary(0.0), morph(&other, 0.4), morph(&other, 1.0)] {
        let relative = band.relative(&one, Controls { locked_bars: [2; 4], ..controls });
        for part in Part::ALL {
            assert_eq!(
                in_second(&relative, part),
                in_second(&one, part),
                "{} {:?}",
                part.name(),
                controls.mode
            );
        }
    }
}

#[test]
fn between_ideas_of_the_shortest_bars_there_are_chords_to_the_end() {
    let mut band = band();
    let at = || moment(24.0, TimeSignature::new(1, 32).unwrap());
    let invent = |bars| Controls { mode: Mode::Invent, bars, ..Controls::default() };
    band.ask_at(invent(2), at());
    let other = band.latest();
    band.ask_at(invent(1), at());
    let nothing_new = Controls { on: [false; 4], ..morph(&other, 0.9) };
    band.ask_at(nothing_new, at());
    let between = band.latest();
    assert_eq!(between.bars(), 2);
    check_playable(&between).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_relative_in_any_metre_is_playable_and_in_its_scale_or_its_ideas_own(
        (numerator, power, bars, seed) in (1..13i32, 0..6u32, 1u8..5, any::<u16>()),
        (is_morph, similarity, place) in (any::<bool>(), 0.0..=1.0f32, 0.0..=1.0f32),
        (keys, scales) in ((0..12i32, 0..12i32), (0usize..12, 0usize..12)),
        (swing, humanise, counter) in (0.0..=0.75f32, 0.0..=1.0f32, any::<bool>()),
        on in any::<[bool; 4]>(), locked in any::<[bool; 4]>(), locked_bars in any::<[u16; 4]>(), locks in any::<bool>(),
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let mut band = band();
        let invent = |key, scale: usize, bars| Controls {
            mode: Mode::Invent, key: Some(PitchClass::new(key)), scale: Some(Scale::ALL[scale]), bars, seed, swing, humanise,
            chords_role: if counter { ChordsRole::CounterLine } else { ChordsRole::Comping },
            ..Controls::default()
        };
        band.ask_at(invent(keys.1, scales.1, bars % 3 + 1), moment(24.0, metre));
        let other = band.latest();
        band.ask_at(invent(keys.0, scales.0, bars), moment(24.0, metre));
        let one = band.latest();
        let mode = if is_morph { Mode::Morph } else { Mode::Vary };
        let free = Controls { mode, similarity, morph: place, morph_with: Some(other.id), seed, swing, humanise, ..Controls::default() };
        let controls = if locks { Controls { on, locked, locked_bars, ..free } } else { free };
        band.ask_at(controls, moment(24.0, metre));
        prop_assert_eq!(band.activity(), Activity::Ready);
        let idea = band.latest();
        check_playable(&idea)?;
        prop_assert!(idea.key == one.key || idea.key == other.key);
        // Nobody set this one's scale: it may have what the ideas have outside of it, counted from the tonic.
        let degree = |of: &Idea, note: &Note| {
            (i32::from(note.pitch.midi()) - i32::from(of.key.tonic.semitones())).rem_euclid(12)
        };
        for part in [Part::Lead, Part::Chords, Part::Bass] {
            let has = |of: &Idea, wanted| of.phrase(part).notes().iter().any(|note| degree(of, note) == wanted);
            for note in idea.phrase(part).notes() {
                let wanted = degree(&idea, note);
                let is_known = idea.key.contains(note.pitch) || has(&one, wanted) || has(&other, wanted);
                prop_assert!(is_known, "{} in {}", part.name(), idea.key);
            }
        }
        for part in Part::ALL.into_iter().filter(|part| locks && (locked[part.index()] || !on[part.index()])) {
            let own = notes(&one, part);
            let kept = notes(&idea, part);
            prop_assert_eq!(&kept[..own.len()], &own[..]);
        }
    }
}

#[test]
fn vary_offers_two_more_relatives_and_morph_says_that_it_has_one_answer() {
    let mut band = band();
    band.play_in(&POP);
    let (one, other) = band.two();
    let best = band.relative(&one, vary(0.3));
    let alternatives = band.editor.worker.snapshot().alternatives.clone();
    assert_eq!(alternatives.len(), 2);
    let all: Vec<&Idea> = std::iter::once(&best).chain(alternatives.iter().map(|idea| &**idea)).collect();
    for (place, idea) in all.iter().enumerate() {
        assert_eq!((idea.parent, idea.key, &idea.harmony), (Some(one.id), one.key, &one.harmony));
        assert_eq!(idea.figures.iter().filter(|figure| figure.name == "Distance from the idea").count(), 1);
        for before in &all[..place] {
            for part in Part::ALL {
                assert_ne!(idea.phrase(part), before.phrase(part), "{}", part.name());
            }
        }
    }
    let locked = Controls { locked: [true, true, true, false], ..vary(0.3) };
    let drums = band.relative(&one, locked);
    let alternatives = band.editor.worker.snapshot().alternatives.clone();
    assert_eq!(alternatives.len(), 2);
    assert!(alternatives.iter().all(|idea| idea.phrase(Part::Lead) == drums.phrase(Part::Lead)));
    band.relative(&one, morph(&other, 0.4));
    let snapshot = band.editor.worker.snapshot();
    assert!(snapshot.alternatives.is_empty() && snapshot.note.contains("one answer"), "{}", snapshot.note);
}
