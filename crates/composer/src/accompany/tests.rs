use super::*;
use crate::harmony::nearest_in_scale;
use linnet_music::{ChordQuality, PitchClass, Scale};
use proptest::prelude::*;

fn c_major() -> Key {
    Key { tonic: PitchClass::new(0), scale: Scale::Major }
}

/// One chord a bar of 4/4.
fn harmony(chords: &[(i32, ChordQuality)]) -> Vec<ChordSpan> {
    let span = |(number, (root, quality)): (usize, &(i32, ChordQuality))| ChordSpan {
        onset: Beats(number as f64 * 4.0),
        length: Beats(4.0),
        chord: Chord { root: PitchClass::new(*root), quality: *quality },
    };
    chords.iter().enumerate().map(span).collect()
}

fn pop() -> Vec<ChordSpan> {
    use ChordQuality::{Major, Minor};
    harmony(&[(0, Major), (9, Minor), (5, Major), (7, Major)])
}

fn to(harmony: &[ChordSpan], density: f32) -> Accompaniment<'_> {
    let length = harmony.last().map_or(0.0, |span| (span.onset + span.length).0);
    Accompaniment {
        key: c_major(),
        metre: TimeSignature::COMMON,
        length: Beats(length),
        harmony,
        density,
        in_scale: false,
        kicks: &[],
    }
}

fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The pitches that begin at each onset.
fn by_onset(notes: &[Note]) -> Vec<(f64, Vec<u8>)> {
    let mut rows: Vec<(f64, Vec<u8>)> = Vec::new();
    for note in notes {
        match rows.last_mut() {
            Some((onset, pitches)) if *onset == note.onset.0 => pitches.push(note.pitch.midi()),
            _ => rows.push((note.onset.0, vec![note.pitch.midi()])),
        }
    }
    rows
}

#[test]
fn voices_keep_common_tones_and_move_by_steps() {
    let spans = pop();
    let notes = chords(&to(&spans, 0.0), &mut numbers(1));
    let rows = by_onset(&notes);
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [0.0, 4.0, 8.0, 12.0]);
    for pair in rows.windows(2) {
        let moved: i32 = pair[0].1.iter().zip(&pair[1].1).map(|(a, b)| i32::from(a.abs_diff(*b))).sum();
        assert!(moved <= 6, "{pair:?}");
    }
    // C and A minor share two tones, so two voices stay.
    let common = rows[0].1.iter().filter(|pitch| rows[1].1.contains(pitch)).count();
    assert_eq!(common, 2, "{rows:?}");
}

#[test]
fn every_tone_of_a_chord_sounds_and_no_other() {
    let spans =
        harmony(&[(2, ChordQuality::Minor7), (7, ChordQuality::Dominant7), (0, ChordQuality::Major7)]);
    for (_, pitches) in by_onset(&chords(&to(&spans, 0.0), &mut numbers(1))) {
        let sounding = pitches.iter().fold(0u16, |mask, pitch| mask | 1 << (pitch % 12));
        assert!(spans.iter().any(|span| span.chord.mask() == sounding), "{pitches:?}");
    }
}

#[test]
fn more_density_gives_more_strokes_and_more_bass() {
    let spans = pop();
    let count = |density: f32| {
        let strokes: usize =
            (0..20).map(|seed| by_onset(&chords(&to(&spans, density), &mut numbers(seed))).len()).sum();
        let steps: usize = (0..20).map(|seed| bass(&to(&spans, density), &mut numbers(seed)).len()).sum();
        (strokes, steps)
    };
    let counts: Vec<(usize, usize)> = [0.0, 0.5, 1.0].into_iter().map(count).collect();
    assert!(counts.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "{counts:?}");
}

#[test]
fn the_bass_begins_each_chord_with_its_root() {
    let spans = pop();
    for seed in 0..30 {
        let line = bass(&to(&spans, 0.9), &mut numbers(seed));
        for span in &spans {
            let first = line.iter().find(|note| note.onset == span.onset).unwrap();
            assert_eq!(first.pitch.class(), span.chord.root, "seed {seed}");
        }
    }
}

#[test]
fn the_bass_joins_the_kick() {
    let spans = pop();
    let kicks: Vec<Beats> = [0.01, 2.49, 4.0, 6.52, 8.0, 12.0, 14.26].map(Beats).to_vec();
    let line = bass(&Accompaniment { kicks: &kicks, ..to(&spans, 0.5) }, &mut numbers(3));
    let onsets: Vec<f64> = line.iter().map(|note| note.onset.0).collect();
    assert_eq!(onsets, [0.0, 2.5, 4.0, 6.5, 8.0, 12.0, 14.25]);
}

#[test]
fn a_note_before_a_change_steps_towards_the_next_root() {
    let spans = pop();
    let mut steps = 0;
    for seed in 0..30 {
        let line = bass(&to(&spans, 0.9), &mut numbers(seed));
        for pair in line.windows(2).filter(|pair| pair[1].onset.0 % 4.0 == 0.0 && pair[1].onset.0 > 0.0) {
            let way = pair[0].pitch.midi().abs_diff(pair[1].pitch.midi());
            assert!((1..=2).contains(&way), "seed {seed}: {pair:?}");
            steps += 1;
        }
    }
    assert_eq!(steps, 90);
}

#[test]
fn the_same_numbers_give_the_same_parts() {
    let spans = pop();
    assert_eq!(chords(&to(&spans, 0.7), &mut numbers(9)), chords(&to(&spans, 0.7), &mut numbers(9)));
    assert_eq!(bass(&to(&spans, 0.7), &mut numbers(9)), bass(&to(&spans, 0.7), &mut numbers(9)));
}

fn has_no_overlap(notes: &[Note]) -> bool {
    notes.iter().enumerate().all(|(i, a)| {
        notes[i + 1..]
            .iter()
            .all(|b| a.pitch != b.pitch || b.onset.0 >= a.end().0 - 1e-9 || a.onset.0 >= b.end().0 - 1e-9)
    })
}

proptest! {
    #[test]
    fn parts_are_playable_and_keep_a_scale_that_the_user_set(
        rows in proptest::collection::vec((0..12i32, 0..12usize, 1..9u32), 1..12),
        numerator in 1..13i32, power in 0..5u32, tonic in 0..12i32, scale in 0usize..12, in_scale in any::<bool>(),
        density in 0.0..=1.0f32, kicks in proptest::collection::vec(0.0..40.0f64, 0..40), seed in any::<u64>(),
    ) {
        let key = Key { tonic: PitchClass::new(tonic), scale: Scale::ALL[scale] };
        let mut at = 0.0;
        let harmony: Vec<ChordSpan> = rows.into_iter().map(|(root, quality, halves)| {
            let length = f64::from(halves) / 2.0;
            at += length;
            let chord = Chord { root: PitchClass::new(root), quality: ChordQuality::ALL[quality] };
            let chord = if in_scale { nearest_in_scale(chord, key) } else { chord };
            ChordSpan { onset: Beats(at - length), length: Beats(length), chord }
        }).collect();
        let kicks: Vec<Beats> = kicks.into_iter().map(Beats).collect();
        let to = Accompaniment {
            key, metre: TimeSignature::new(numerator, 1 << power).unwrap(), length: Beats(at), harmony: &harmony,
            density, in_scale, kicks: &kicks,
        };
        let parts = [(chords(&to, &mut numbers(seed)), CHORDS_RANGE), (bass(&to, &mut numbers(seed)), BASS_RANGE)];
        for (notes, (low, high)) in parts {
            prop_assert!(!notes.is_empty());
            prop_assert!(has_no_overlap(&notes));
            for note in &notes {
                prop_assert!((low..=high).contains(&note.pitch.midi()), "{note:?}");
                prop_assert!(note.onset.0 >= 0.0 && note.length.0 > 0.0 && note.end().0 <= at + 1e-9, "{note:?}");
                prop_assert!(!in_scale || key.contains(note.pitch), "{note:?} in {key}");
            }
        }
    }
}
