use super::*;
use crate::compose_error::JobStep;
use crate::models::ChordModel;
use crate::worker::stand_in::{Behaviour, models};
use linnet_music::Scale;
use linnet_music::{Controls, Note, Pitch, Velocity};
use proptest::prelude::*;
use std::sync::Arc;

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

/// A model to which everything is equally likely.
fn model() -> Arc<ChordModel> {
    Arc::clone(&models(Behaviour::Even).chords)
}

fn rows(request: &HarmonyRequest, controls: &Controls, melody: Option<&[Note]>) -> Vec<ChordCandidate> {
    let mut job = ChordJob::new(&model(), request, controls, melody).unwrap();
    loop {
        if let JobStep::Done(rows) = job.advance().unwrap() {
            return rows;
        }
    }
}

fn invent(request: &HarmonyRequest, seed: u16) -> Vec<ChordSpan> {
    rows(request, &Controls { seed, ..Controls::default() }, None)[0].spans.clone()
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
fn invented_chords_change_and_mostly_end_on_a_tonic_or_a_dominant() {
    let closed = (0..100)
        .filter(|seed| {
            let spans = invent(&request(4), *seed);
            assert!(spans.len() > 1, "seed {seed}: {spans:?}");
            matches!(spans.last().unwrap().chord.root.semitones(), 0 | 7)
        })
        .count();
    assert!(closed >= 95, "{closed}");
}

#[test]
fn the_same_seed_gives_the_same_chords_and_others_give_others() {
    assert_eq!(invent(&request(4), 5), invent(&request(4), 5));
    assert_ne!(invent(&request(4), 5), invent(&request(4), 6));
}

#[test]
fn the_brighter_and_the_richer_row_is_taken_where_that_is_asked_for() {
    let mean = |controls: Controls, of: fn(&ChordScores) -> f32| {
        let of_seed = |seed| of(&rows(&request(8), &Controls { seed, ..controls }, None)[0].scores);
        (0..20).map(of_seed).sum::<f32>() / 20.0
    };
    let mood = |valence| mean(Controls { valence, ..Controls::default() }, |scores| scores.valence);
    assert!(mood(-1.0) < mood(1.0) - 0.1, "{} {}", mood(-1.0), mood(1.0));
    let rich = |complexity| mean(Controls { complexity, ..Controls::default() }, |scores| scores.complexity);
    assert!(rich(0.0) < rich(1.0) - 0.05, "{} {}", rich(0.0), rich(1.0));
}

#[test]
fn chords_under_a_melody_fit_it_better_than_others() {
    let note = |bar: u32, key: i32| Note {
        onset: Beats(f64::from(bar) * 4.0),
        length: Beats(4.0),
        pitch: Pitch::new(key),
        velocity: Velocity::new(80),
    };
    let tune: Vec<Note> = [60, 65, 67, 60].into_iter().zip(0..).map(|(key, bar)| note(bar, key)).collect();
    let fits = |seed| {
        let rows = rows(&request(4), &Controls { seed, ..Controls::default() }, Some(&tune));
        let all = rows.iter().filter_map(|row| row.scores.fits).sum::<f32>() / rows.len() as f32;
        rows[0].scores.fits.unwrap() - all
    };
    assert!((0..20).map(fits).sum::<f32>() / 20.0 > 0.1);
}

proptest! {
    #[test]
    fn invented_chords_tile_their_bars_and_keep_the_scale(
        seed in any::<u16>(), bars in 1u32..17, numerator in 1..13i32, power in 0..5u32, tonic in 0..12i32,
        scale in 0usize..12,
    ) {
        let key = Key { tonic: PitchClass::new(tonic), scale: Scale::ALL[scale] };
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let request = HarmonyRequest { key, metre, bars, in_scale: true };
        let spans = invent(&request, seed);
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
