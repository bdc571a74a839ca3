use super::*;
use crate::listen::key::{self, GivenKey};
use crate::listen::tunes::{TUNES, notes, transposed};
use linnet_music::{Pitch, Scale, Velocity};
use proptest::prelude::*;

/// The chords of `text` in 4/4, as symbols with their lengths.
fn symbols(text: &str, tonic: i32, scale: Scale) -> Vec<String> {
    let notes = notes(text);
    let length = notes.iter().map(|note| note.end().0).fold(0.0, f64::max);
    let key = Key { tonic: PitchClass::new(tonic), scale };
    let spans = find(&notes, Beats(length), TimeSignature::COMMON, key);
    spans.iter().map(|span| format!("{}:{}", span.chord, span.length.0)).collect()
}

#[test]
fn played_chords_are_named_with_their_sevenths() {
    let check = |text: &str, expect: &[&str]| assert_eq!(symbols(text, 0, Scale::Major), expect);
    check("C3+E4+G4:4 A2+E4+C5:4 F2+F4+A4+C5:4 G2+D4+G4+B4:4", &["C:4", "Am:4", "F:4", "G:4"]);
    check("D3+F4+A4+C5:4 G2+F4+B4+D5:4 C3+E4+G4+B4:4", &["Dm7:4", "G7:4", "Cmaj7:4"]);
    check("C3+E4+G4:2 F2+A3+C4:2 G2+B3+D4+F4:2 C3+E4+G4:2", &["C:2", "F:2", "G7:2", "C:2"]);
    check("B2+F4+A4+D5:4 E3+G♯4+B4+D5:4 A2+C4+E4:4", &["Bm7♭5:4", "E7:4", "Am:4"]);
    check("C3+F4+G4:4 C3+E4+G4:4", &["Csus4:4", "C:4"]);
}

#[test]
fn a_broken_chord_is_the_chord() {
    let text = "C4 E4 G4 E4 | A3 C4 E4 C4 | F3 A3 C4 A3 | G3 B3 D4 B3";
    assert_eq!(symbols(text, 0, Scale::Major), ["C:4", "Am:4", "F:4", "G:4"]);
}

#[test]
fn a_melody_implies_the_chords_of_its_key() {
    // The bars of Twinkle as every songbook has them: C, F–C, F–C, G–C.
    let spans = symbols(TUNES[1].text, 0, Scale::Major);
    assert_eq!(spans.first().unwrap().split(':').next(), Some("C"), "{spans:?}");
    assert_eq!(spans.last().unwrap().split(':').next(), Some("C"), "{spans:?}");
    assert!(spans.iter().any(|span| span.starts_with("F:")), "{spans:?}");
}

#[test]
fn every_tune_gets_diatonic_chords_that_hold_most_of_its_notes() {
    for tune in &TUNES {
        let notes = notes(tune.text);
        let key = key::find(&notes, tune.metre().bar(), GivenKey::default()).unwrap().key;
        let length = notes.iter().map(|note| note.end().0).fold(0.0, f64::max);
        let spans = find(&notes, Beats(length), tune.metre(), key);
        let at = |onset: f64| {
            spans.iter().find(|s| s.onset.0 <= onset + 1e-9 && onset < s.onset.0 + s.length.0 - 1e-9)
        };
        let inside: f64 = notes
            .iter()
            .filter(|note| at(note.onset.0).is_some_and(|span| span.chord.contains(note.pitch)))
            .map(|note| note.length.0)
            .sum();
        let total: f64 = notes.iter().map(|note| note.length.0).sum();
        assert!(inside / total > 0.55, "{}: {:.2} {spans:?}", tune.name, inside / total);
    }
}

#[test]
fn segments_are_half_bars_where_these_are_long_enough() {
    let check = |numerator, denominator, expect: f64| {
        let metre = TimeSignature::new(numerator, denominator).unwrap();
        assert_eq!(segment_length(metre).0, expect, "{metre}");
    };
    check(4, 4, 2.0);
    check(3, 4, 3.0);
    check(2, 4, 2.0);
    check(6, 8, 1.5);
    check(12, 8, 3.0);
    check(5, 4, 5.0);
    check(2, 2, 2.0);
}

#[test]
fn silence_has_no_chords() {
    let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
    assert!(find(&[], Beats(16.0), TimeSignature::COMMON, key).is_empty());
}

#[test]
fn transposing_the_music_transposes_the_chords() {
    let text = "C3+E4+G4:4 A2+E4+C5:4 F2+F4+A4+C5:4 G2+D4+F4+B4:4";
    let spans = |up: i32| {
        let key = Key { tonic: PitchClass::new(up), scale: Scale::Major };
        find(&transposed(&notes(text), up), Beats(16.0), TimeSignature::COMMON, key)
    };
    let written = spans(0);
    for up in 1..12 {
        let found = spans(up);
        assert_eq!(found.len(), written.len());
        for (a, b) in found.iter().zip(&written) {
            assert_eq!((i32::from(a.chord.root.above(b.chord.root)), a.chord.quality), (up, b.chord.quality));
        }
    }
}

/// A chord as a band plays it: block chords every other beat, some strokes left out, and a bass on root and fifth with a
/// passing note before the next chord.
fn strokes(span: &ChordSpan, unit: &mut dyn FnMut() -> f64) -> Vec<Note> {
    let root = i32::from(span.chord.root.semitones());
    let note = |onset: f64, length: f64, midi: i32| Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(midi),
        velocity: Velocity::new(80),
    };
    let mut notes = Vec::new();
    let (begin, end) = (span.onset.0, (span.onset + span.length).0);
    let mut at = begin;
    while at < end - 1e-6 {
        let length = (end - at).min(2.0);
        if at == begin || unit() < 0.8 {
            let tones = span.chord.quality.intervals().iter();
            notes.extend(tones.map(|tone| note(at, length * 0.9, 48 + (root + i32::from(*tone)) % 12)));
        }
        notes.push(note(at, length / 2.0, 36 + root));
        let second = if unit() < 0.3 { 2 } else { 7 };
        notes.push(note(at + length / 2.0, length / 2.0, 36 + root + second));
        at += 2.0;
    }
    notes
}

/// Eight bars of chords of `key` that change on every bar, some on its middle too.
fn row(key: Key, unit: &mut dyn FnMut() -> f64) -> Vec<ChordSpan> {
    use crate::harmony::nearest_in_scale;
    let (mut spans, mut at): (Vec<ChordSpan>, f64) = (Vec::new(), 0.0);
    while at < 32.0 {
        let degree = [0, 0, 2, 5, 5, 7, 7, 9][(unit() * 8.0) as usize];
        let quality = if unit() < 0.3 { ChordQuality::Dominant7 } else { ChordQuality::Major };
        let root = PitchClass::new(i32::from(key.tonic.semitones()) + degree);
        let chord = nearest_in_scale(Chord { root, quality }, key);
        if spans.last().is_some_and(|last| last.chord == chord) {
            continue;
        }
        let length = if at % 4.0 == 0.0 && unit() < 0.7 { 4.0 } else { 2.0 };
        spans.push(ChordSpan { onset: Beats(at), length: Beats(length), chord });
        at += length;
    }
    spans
}

/// The share of the time in which the chords that were played are heard, by root and by root and quality.
fn accuracy(seed: u16, scale: Scale) -> (f64, f64) {
    use crate::rng::{Head, Noise};
    let mut noise = Noise::new(seed, 0, 0, Head::Root);
    let mut unit = || f64::from(noise.uniform());
    let (key, metre) = (Key { tonic: PitchClass::new(i32::from(seed) % 12), scale }, TimeSignature::COMMON);
    let harmony = row(key, &mut unit);
    let length = Beats(32.0);
    let mut notes: Vec<Note> = harmony.iter().flat_map(|span| strokes(span, &mut unit)).collect();
    notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
    let heard = find(&notes, length, metre, key);
    let at = |spans: &[ChordSpan], place: f64| {
        spans.iter().find(|s| s.onset.0 <= place && place < (s.onset + s.length).0).map(|s| s.chord)
    };
    let places = (0..64).map(|half| 0.25 + 0.5 * f64::from(half));
    let pairs: Vec<(Chord, Chord)> =
        places.filter_map(|place| Some((at(&harmony, place)?, at(&heard, place)?))).collect();
    let share = |same: &dyn Fn(&(Chord, Chord)) -> bool| {
        pairs.iter().filter(|pair| same(pair)).count() as f64 / pairs.len() as f64
    };
    (share(&|(a, b)| a.root == b.root), share(&|(a, b)| a == b))
}

#[test]
fn chords_that_were_played_are_heard() {
    for scale in [Scale::Major, Scale::Minor, Scale::HarmonicMinor, Scale::Dorian] {
        let rows: Vec<(f64, f64)> = (0..40).map(|seed| accuracy(seed, scale)).collect();
        let roots = rows.iter().map(|row| row.0).sum::<f64>() / 40.0;
        let whole = rows.iter().map(|row| row.1).sum::<f64>() / 40.0;
        // Chords that change within a half bar cannot all be heard.
        assert!(roots > 0.85 && whole > 0.75, "{}: roots {roots:.3}, chords {whole:.3}", scale.name());
    }
}

proptest! {
    #[test]
    fn chords_tile_the_stretch(
        rows in proptest::collection::vec((0.0..32.0f64, 0.05..6.0f64, 30..90i32), 1..80),
        numerator in 1..13i32, power in 0..5u32, tonic in 0..12i32, scale in 0usize..12, bars in 1u32..9,
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let length = f64::from(bars) * metre.bar().0;
        let mut notes: Vec<Note> = rows.into_iter().map(|(onset, beats, pitch)| Note {
            onset: Beats(onset), length: Beats(beats), pitch: Pitch::new(pitch), velocity: Velocity::new(80),
        }).collect();
        notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0));
        let key = Key { tonic: PitchClass::new(tonic), scale: Scale::ALL[scale] };
        let spans = find(&notes, Beats(length), metre, key);
        let mut end = 0.0;
        for pair in spans.windows(2) {
            prop_assert!(pair[0].chord != pair[1].chord);
        }
        for span in &spans {
            prop_assert!((span.onset.0 - end).abs() < 1e-9);
            prop_assert!(span.length.0 > 0.0);
            end = span.onset.0 + span.length.0;
        }
        prop_assert!((end - length).abs() < 1e-9);
    }
}
