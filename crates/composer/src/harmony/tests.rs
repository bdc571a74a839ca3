use super::*;
use linnet_music::Scale;
use proptest::prelude::*;

fn request(bars: u32) -> HarmonyRequest {
    let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
    HarmonyRequest { key, metre: TimeSignature::COMMON, bars, in_scale: false }
}

/// Chords of one bar each in 4/4, by roots.
fn bars(roots: &[i32]) -> Vec<ChordSpan> {
    let chord = |root: &i32| Chord { root: PitchClass::new(*root), quality: ChordQuality::Major };
    let span = |(n, root)| ChordSpan { onset: Beats(n as f64 * 4.0), length: Beats(4.0), chord: chord(root) };
    joined(roots.iter().enumerate().map(span).collect())
}

/// The root in each bar of 4/4.
fn roots(spans: &[ChordSpan], bars: u32) -> Vec<i32> {
    (0..bars)
        .map(|bar| {
            let at = f64::from(bar) * 4.0;
            let here = spans.iter().find(|span| span.onset.0 <= at && at < (span.onset + span.length).0);
            here.map_or(-1, |span| i32::from(span.chord.root.semitones()))
        })
        .collect()
}

/// A linear congruential generator.
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn heard_chords_are_repeated_so_that_both_end_together() {
    let check = |heard: &[i32], count: u32, expect: &[i32]| {
        let spans = follow(&request(count), &bars(heard), heard.len() as u32);
        assert_eq!(roots(&spans, count), expect, "{heard:?} over {count} bars");
    };
    check(&[0, 9, 5, 7], 4, &[0, 9, 5, 7]);
    check(&[0, 9, 5, 7], 8, &[0, 9, 5, 7, 0, 9, 5, 7]);
    check(&[0, 9, 5, 7], 2, &[5, 7]);
    check(&[0, 9, 5, 7], 6, &[5, 7, 0, 9, 5, 7]);
    check(&[0, 5, 0, 5], 3, &[5, 0, 5]);
    check(&[0, 5, 7, 0, 5, 7], 3, &[0, 5, 7]);
    check(&[2], 2, &[2, 2]);
    // Five bars that do not repeat: the last four.
    check(&[0, 2, 4, 5, 7], 4, &[2, 4, 5, 7]);
}

#[test]
fn following_nothing_gives_nothing() {
    assert!(follow(&request(4), &[], 0).is_empty());
}

#[test]
fn a_chord_outside_a_scale_that_the_user_set_gives_way_to_its_nearest() {
    let check = |root: i32, quality, scale, expect: &str| {
        let key = Key { tonic: PitchClass::new(0), scale };
        let nearest = nearest_in_scale(Chord { root: PitchClass::new(root), quality }, key);
        assert_eq!(nearest.to_string(), expect);
    };
    check(0, ChordQuality::Major, Scale::Minor, "Cm");
    check(2, ChordQuality::Major, Scale::Major, "Dm");
    check(9, ChordQuality::Minor, Scale::Major, "Am");
    check(7, ChordQuality::Dominant7, Scale::Minor, "Gm7");
    check(6, ChordQuality::Diminished, Scale::Chromatic, "F♯dim");
}

#[test]
fn every_scale_holds_a_chord() {
    for scale in Scale::ALL {
        let key = Key { tonic: PitchClass::new(3), scale };
        for root in 0..12 {
            let chord = Chord { root: PitchClass::new(root), quality: ChordQuality::Dominant7 };
            assert!(in_scale(nearest_in_scale(chord, key), key), "{key} {chord}");
        }
    }
}

#[test]
fn the_built_in_model_is_read_and_broken_ones_are_refused() {
    HarmonyModel::built_in().unwrap();
    let table = r#"{"chords":[[0,0]],"edge":1,"grams":[[[5,1]]],"weights":[0.5,0.5],"lengths":[]}"#;
    let broken = format!(r#"{{"qualities":["maj"],"modes":{{"major":{table},"minor":{table}}}}}"#);
    for text in ["", "{}", broken.as_str()] {
        assert!(HarmonyModel::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn invented_chords_end_on_a_tonic_or_a_dominant_and_change() {
    let model = HarmonyModel::built_in().unwrap();
    for seed in 0..200 {
        let spans = invent(&request(4), model, &mut numbers(seed));
        let last = spans.last().unwrap().chord.root.semitones();
        assert!(last == 0 || last == 7, "seed {seed}: {spans:?}");
        assert!(spans.len() > 1, "seed {seed}: {spans:?}");
    }
}

#[test]
fn the_same_numbers_give_the_same_chords_and_others_give_others() {
    let model = HarmonyModel::built_in().unwrap();
    let row = |seed| invent(&request(4), model, &mut numbers(seed));
    assert_eq!(row(5), row(5));
    let distinct: Vec<Vec<ChordSpan>> = (0..20).map(row).fold(Vec::new(), |mut rows, row| {
        if !rows.contains(&row) {
            rows.push(row);
        }
        rows
    });
    assert!(distinct.len() >= 15, "{}", distinct.len());
}

proptest! {
    #[test]
    fn invented_chords_tile_their_bars_and_keep_the_scale(
        seed in any::<u64>(), bars in 1u32..17, numerator in 1..13i32, power in 0..5u32, tonic in 0..12i32,
        scale in 0usize..12,
    ) {
        let key = Key { tonic: PitchClass::new(tonic), scale: Scale::ALL[scale] };
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let request = HarmonyRequest { key, metre, bars, in_scale: true };
        let spans = invent(&request, HarmonyModel::built_in().unwrap(), &mut numbers(seed));
        let mut end = 0.0;
        for span in &spans {
            prop_assert!((span.onset.0 - end).abs() < 1e-6 && span.length.0 > 0.0);
            prop_assert!(in_scale(span.chord, key), "{} in {key}", span.chord);
            end = span.onset.0 + span.length.0;
        }
        prop_assert!((end - request.length()).abs() < 1e-6, "{end}");
    }

    #[test]
    fn followed_chords_tile_their_bars(
        rows in proptest::collection::vec((0..12i32, 0..12usize, 1..9u32), 1..20), bars in 1u32..17, heard_bars in 1u32..17,
    ) {
        let mut at = 0.0;
        let heard: Vec<ChordSpan> = rows.into_iter().map(|(root, quality, halves)| {
            let length = f64::from(halves) / 2.0;
            at += length;
            let chord = Chord { root: PitchClass::new(root), quality: ChordQuality::ALL[quality] };
            ChordSpan { onset: Beats(at - length), length: Beats(length), chord }
        }).collect();
        let spans = follow(&request(bars), &heard, heard_bars);
        let mut end = 0.0;
        for span in &spans {
            prop_assert!((span.onset.0 - end).abs() < 1e-6 && span.length.0 > 0.0, "{spans:?}");
            end = span.onset.0 + span.length.0;
        }
        prop_assert!(spans.is_empty() || (end - f64::from(bars) * 4.0).abs() < 1e-6);
    }
}
