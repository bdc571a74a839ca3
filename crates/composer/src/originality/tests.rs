use super::*;
use flate2::{Compression, write::GzEncoder};
use linnet_music::{Beats, Pitch, Velocity};
use proptest::prelude::*;
use std::io::Write;

/// Rows of (bar, position class, pitch) as a piece of 4/4.
pub(crate) type Rows = Vec<(u32, u8, u8)>;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A corpus file of pieces in 4/4, by title.
pub(crate) fn corpus(pieces: &[(&str, Rows)]) -> Vec<u8> {
    let (mut events, mut headers) = (Vec::new(), Vec::new());
    for (title, rows) in pieces {
        let before = events.len();
        let mut bar = 0;
        for (at, position, pitch) in rows {
            while bar < *at {
                events.extend([BAR_EVENT]);
                bar += 1;
            }
            events.push([*position, *pitch, 4]);
        }
        events.push(BAR_EVENT);
        let count = events.len() - before;
        headers.push(serde_json::json!({"set": "folk", "title": title, "metre": [4, 4], "events": count}));
    }
    let header = serde_json::json!({ "pieces": headers }).to_string();
    let mut bytes = b"LNCP1\n".to_vec();
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(events.as_flattened());
    packed(&bytes)
}

const BAR_EVENT: [u8; 3] = [96, 64, 24];

/// The onset of a row in beats.
fn beats((bar, position, _): (u32, u8, u8)) -> f64 {
    let places = [0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21];
    f64::from(bar) * 4.0 + f64::from(position / 12) + f64::from(places[usize::from(position % 12)]) / 24.0
}

/// Rows as notes, `up` semitones higher and `slower` times as slow.
fn notes(rows: &[(u32, u8, u8)], up: i32, slower: f64) -> Vec<Note> {
    let note = |row: &(u32, u8, u8)| Note {
        onset: Beats(beats(*row) * slower),
        length: Beats(0.25),
        pitch: Pitch::new(i32::from(row.2) + 24 + up),
        velocity: Velocity::new(80),
    };
    rows.iter().map(note).collect()
}

/// A piece whose notes stand on every quarter; intervals come from `steps`.
fn piece(steps: &[u8]) -> Rows {
    let mut pitch = 30;
    let rows = steps.iter().enumerate().map(|(number, step)| {
        pitch = 10 + (pitch + *step) % 40;
        (number as u32 / 4, (number as u8 % 4) * 12, pitch)
    });
    rows.collect()
}

#[test]
fn a_copied_run_is_found_with_its_title_in_any_key_and_tempo() {
    let tune = piece(&[3, 7, 2, 11, 5, 1, 9, 4, 8, 6, 13, 2]);
    let other = piece(&[1, 1, 1, 1, 1, 1, 1, 1]);
    let index = Originality::from_bytes(&corpus(&[("Other", other), ("The Tune", tune.clone())])).unwrap();
    for (up, slower) in [(0, 1.0), (5, 1.0), (-7, 2.0), (12, 0.5), (1, 1.5)] {
        let run = index.longest_shared_run(&notes(&tune[2..11], up, slower));
        assert_eq!(
            run,
            SharedRun { notes: 9, piece: "folk: The Tune".into() },
            "up {up}, {slower} times as slow"
        );
    }
}

#[test]
fn another_rhythm_or_another_interval_is_another_run() {
    let tune = piece(&[3, 7, 2, 11, 5, 1, 9, 4, 8, 6]);
    let index = Originality::from_bytes(&corpus(&[("The Tune", tune.clone())])).unwrap();
    let mut line = notes(&tune, 0, 1.0);
    line[6].onset = Beats(line[6].onset.0 + 0.25);
    assert_eq!(index.longest_shared_run(&line).notes, 6, "the notes before the late one");
    let mut line = notes(&tune, 0, 1.0);
    line[5].pitch = Pitch::new(i32::from(line[5].pitch.midi()) + 1);
    assert_eq!(index.longest_shared_run(&line).notes, 5);
}

#[test]
fn a_run_does_not_reach_from_one_piece_into_the_next() {
    let tune = piece(&[3, 7, 2, 11, 5, 1, 9, 4]);
    let (a, b) = tune.split_at(4);
    let b: Rows = b.iter().map(|(_, position, pitch)| (0, *position, *pitch)).collect();
    let index = Originality::from_bytes(&corpus(&[("A", a.to_vec()), ("B", b)])).unwrap();
    assert_eq!(index.longest_shared_run(&notes(&tune, 0, 1.0)), SharedRun::default());
}

#[test]
fn lines_too_short_to_compare_share_nothing() {
    let tune = piece(&[3, 7, 2, 11, 5, 1]);
    let index = Originality::from_bytes(&corpus(&[("The Tune", tune.clone())])).unwrap();
    assert_eq!(index.longest_shared_run(&[]), SharedRun::default());
    assert_eq!(index.longest_shared_run(&notes(&tune[..4], 0, 1.0)), SharedRun::default());
    assert_eq!(index.longest_shared_run(&notes(&tune[..5], 0, 1.0)).notes, 5);
}

#[test]
fn of_a_chord_the_highest_note_is_compared() {
    let tune = piece(&[3, 7, 2, 11, 5, 1, 9, 4]);
    let index = Originality::from_bytes(&corpus(&[("The Tune", tune.clone())])).unwrap();
    let mut line = notes(&tune, 0, 1.0);
    line.extend(notes(&tune, -20, 1.0));
    line.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0));
    assert_eq!(index.longest_shared_run(&line).notes, 8);
}

#[test]
fn the_built_in_training_set_is_indexed() {
    let index = Originality::built_in().unwrap();
    assert!(index.corpus.points().len() > 100_000);
    let piece = index.corpus.pieces().max_by_key(ExactSizeIterator::len).unwrap();
    let copied: Vec<Note> = index.corpus.points()[piece.start + 10..piece.start + 40]
        .iter()
        .map(|point| Note {
            onset: Beats(f64::from(point.onset - index.corpus.points()[piece.start + 10].onset) / 24.0),
            length: Beats(0.1),
            pitch: Pitch::new(i32::from(point.pitch) + 30),
            velocity: Velocity::new(80),
        })
        .collect();
    assert!(index.longest_shared_run(&copied).notes >= 30);
}

#[test]
fn damaged_corpora_are_refused() {
    let whole = corpus(&[("The Tune", piece(&[3, 7, 2, 11, 5, 1]))]);
    assert!(Originality::from_bytes(&whole[..whole.len() / 2]).is_err());
    let refused =
        [packed(b""), packed(b"LNCP1\n"), packed(b"LNCP1\n\xFF\xFF\0\0{}"), packed(b"MThd..."), vec![]];
    for bytes in refused {
        assert!(Originality::from_bytes(&bytes).is_err(), "{bytes:?}");
    }
}

proptest! {
    /// A planted excerpt is found with its exact length, and what surrounds it does not matter.
    #[test]
    fn a_planted_excerpt_is_found_with_its_exact_length(
        steps in proptest::collection::vec(1u8..20, 30..80), from in 0usize..20, length in 5usize..10, up in -20i32..20,
        slower in prop_oneof![Just(0.5), Just(1.0), Just(2.0), Just(3.0)],
    ) {
        let tune = piece(&steps);
        let index = Originality::from_bytes(&corpus(&[("The Tune", tune.clone())])).unwrap();
        let excerpt = notes(&tune[from..from + length], up, slower);
        // A line that begins elsewhere: its intervals, of more than 40 semitones, are in no piece.
        let shift = 10.0 - excerpt[0].onset.0;
        let strange = |onset: f64, pitch: i32| Note {
            onset: Beats(onset), length: Beats(0.1), pitch: Pitch::new(pitch), velocity: Velocity::new(80),
        };
        let mut line = vec![strange(0.0, 127), strange(1.0, 0), strange(2.0, 127)];
        line.extend(excerpt.iter().map(|note| Note { onset: Beats(note.onset.0 + shift), ..*note }));
        let end = line.last().unwrap().onset.0;
        line.extend([strange(end + 77.0, 0), strange(end + 78.0, 127)]);
        let run = index.longest_shared_run(&line);
        // The same steps may by chance occur elsewhere with one note more.
        let planted = index.longest_shared_run(&excerpt);
        prop_assert!(planted.notes == length as u32, "{planted:?}");
        prop_assert!(run.notes == length as u32, "{run:?}");
    }
}
