use super::*;
use crate::{
    Chord, ChordQuality, ChordSpan, Controls, Idea, IdeaId, Pitch, PitchClass, Provenance, Scale, SharedRun,
    Velocity,
};
use proptest::prelude::*;

fn note(onset: f64, length: f64, pitch: i32) -> Note {
    Note { onset: Beats(onset), length: Beats(length), pitch: Pitch::new(pitch), velocity: Velocity::new(90) }
}

fn idea() -> Idea {
    let key = Key { tonic: PitchClass::new(2), scale: Scale::Dorian };
    let chord = |root: i32, quality| Chord { root: PitchClass::new(root), quality };
    let span = |onset: f64, chord| ChordSpan { onset: Beats(onset), length: Beats(3.0), chord };
    Idea {
        id: IdeaId(7),
        parent: Some(IdeaId(3)),
        kept: false,
        length: Beats(6.0),
        metre: TimeSignature::new(3, 4).unwrap(),
        key,
        harmony: vec![
            span(0.0, chord(2, ChordQuality::Minor7)),
            span(3.0, chord(10, ChordQuality::HalfDiminished7)),
        ],
        phrases: [
            Phrase::new(vec![note(0.0, 1.0, 62), note(1.0 / 3.0, 0.5, 65), note(5.0, 1.0, 69)]),
            Phrase::new(vec![note(0.0, 3.0, 50), note(0.0, 3.0, 53)]),
            Phrase::new(vec![note(0.0, 2.5, 38)]),
            Phrase::new(vec![note(0.0, 0.25, 36), note(1.0, 0.25, 42)]),
        ],
        controls: Controls { seed: 99, ..Controls::default() },
        started_at: None,
        provenance: Provenance {
            models: vec!["lead 1 abc".into()],
            longest_shared_run: SharedRun { notes: 6, piece: "folk: The Test".into() },
            ..Provenance::default()
        },
        figures: Vec::new(),
        unread: serde_json::Map::new(),
    }
}

#[test]
fn an_idea_comes_back_from_its_file_as_it_was() {
    let idea = idea();
    let tune = read(&write(&idea, Tempo::new(96.0))).unwrap();
    assert_eq!(tune.name, "Linnet idea 7");
    assert_eq!(tune.track_names, ["Linnet idea 7", "Lead", "Chords", "Bass", "Drums"]);
    assert_eq!(tune.metre(), idea.metre);
    assert!((tune.tempo().bpm() - 96.0).abs() < 1e-3);
    assert_eq!(tune.key, Some(Key { tonic: PitchClass::new(2), scale: Scale::Minor }));
    assert_eq!(tune.warnings, Vec::<String>::new());
    for part in crate::Part::ALL {
        let channel = [0, 1, 2, 9][part.index()];
        let read: Vec<Note> = tune.notes.iter().filter(|n| n.channel == channel).map(|n| n.note).collect();
        let written = idea.phrase(part).notes();
        assert_eq!(read.len(), written.len(), "{}", part.name());
        for (read, written) in read.iter().zip(written) {
            assert_eq!((read.pitch, read.velocity), (written.pitch, written.velocity));
            assert!((read.onset.0 - written.onset.0).abs() < 1e-3, "{read:?} {written:?}");
            assert!((read.end().0 - written.end().0).abs() < 1e-3, "{read:?} {written:?}");
        }
    }
}

#[test]
fn a_file_carries_the_chords_and_the_record() {
    let bytes = write(&idea(), Tempo::default());
    let smf = midly::Smf::parse(&bytes).unwrap();
    let texts: Vec<String> = smf.tracks[0]
        .iter()
        .filter_map(|event| match event.kind {
            midly::TrackEventKind::Meta(
                midly::MetaMessage::Marker(text) | midly::MetaMessage::Text(text),
            ) => Some(String::from_utf8(text.to_vec()).unwrap()),
            _ => None,
        })
        .collect();
    assert_eq!(texts[1..], ["Dm7", "Bbm7b5"]);
    let record: serde_json::Value =
        serde_json::from_str(texts[0].strip_prefix("linnet-provenance: ").unwrap()).unwrap();
    assert_eq!(record["controls"]["seed"], 99);
    assert_eq!(record["parent"], 3);
    assert_eq!(record["provenance"]["longest_shared_run"]["piece"], "folk: The Test");
    assert_eq!(record["provenance"]["models"][0], "lead 1 abc");
}

#[test]
fn the_same_idea_gives_the_same_bytes() {
    assert_eq!(write(&idea(), Tempo::new(120.0)), write(&idea(), Tempo::new(120.0)));
    assert_ne!(write(&idea(), Tempo::new(120.0)), write(&idea(), Tempo::new(121.0)));
}

/// A file of these chunks, each a name and a body.
fn file(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    chunks
        .iter()
        .flat_map(|(name, body)| [&name[..], &(body.len() as u32).to_be_bytes(), body].concat())
        .collect()
}

const HEADER: (&[u8; 4], &[u8]) = (b"MThd", &[0, 0, 0, 1, 0, 96]);
const END: [u8; 4] = [0, 0xFF, 0x2F, 0];

#[test]
fn what_is_not_a_tune_is_refused_in_words() {
    let track = |events: &[u8]| file(&[HEADER, (b"MTrk", &[events, &END].concat())]);
    let check = |bytes: &[u8], expect: &str| {
        let message = read(bytes).unwrap_err().to_string();
        assert!(message.contains(expect), "{message:?} does not say {expect:?}");
    };
    check(b"", "not a MIDI file (it is empty)");
    check(b"%PDF-1.7 and more", "not a MIDI file");
    check(b"MThd", "cut short");
    check(&track(&[]), "has no notes");
    check(&track(&[0, 0xB0, 64, 127]), "has no notes");
    check(&file(&[(b"MThd", &[0, 2, 0, 1, 0, 96]), (b"MTrk", &END)]), "separate patterns");
    check(&file(&[(b"MThd", &[0, 1, 0, 2, 0, 96]), (b"MTrk", &END)]), "should have 2 tracks and has 1");
    // One note of 2^28 − 1 ticks at 96 a quarter is far beyond 4,000 bars.
    check(&track(&[0, 0x90, 60, 90, 0xFF, 0xFF, 0xFF, 0x7F, 0x80, 60, 0]), "more than 4000 bars");
}

#[test]
fn a_file_of_too_many_notes_is_refused() {
    let mut events = vec![0, 0x90, 60, 90];
    for _ in 0..NOTES_MAX {
        events.extend([0, 60, 0, 0, 60, 90]);
    }
    events.extend(END);
    let message = read(&file(&[HEADER, (b"MTrk", &events)])).unwrap_err().to_string();
    assert!(message.contains("more than 200000 notes"), "{message}");
}

#[test]
fn every_cut_of_a_file_is_called_cut_short() {
    let bytes = write(&idea(), Tempo::default());
    for length in 4..bytes.len() {
        let cut = read(&bytes[..length]);
        assert!(matches!(cut, Err(MidiFileError::Truncated(_))), "{length} of {}: {cut:?}", bytes.len());
    }
}

#[test]
fn a_file_timed_in_film_frames_is_read_at_120_beats_a_minute() {
    // 25 frames of 40 ticks a second; a note of 500 ticks lasts half a second, which is one beat.
    let header: (&[u8; 4], &[u8]) = (b"MThd", &[0, 0, 0, 1, 0xE7, 40]);
    let events = [&[0, 0x90, 60, 90, 0x83, 0x74, 0x80, 60, 0][..], &END].concat();
    let tune = read(&file(&[header, (b"MTrk", &events)])).unwrap();
    assert!((tune.notes[0].note.length.0 - 1.0).abs() < 1e-9, "{tune:?}");
}

#[test]
fn a_file_of_128_film_frames_a_second_is_refused() {
    let header: (&[u8; 4], &[u8]) = (b"MThd", &[0, 0, 0, 1, 0x80, 40]);
    let events = [&[0, 0x90, 60, 90, 96, 0x80, 60, 0][..], &END].concat();
    let bytes = file(&[header, (b"MTrk", &events)]);
    assert!(matches!(read(&bytes), Err(MidiFileError::NotMidi(_))));
    // The same in a second header.
    let second = file(&[HEADER, header, (b"MTrk", &events)]);
    assert!(matches!(read(&second), Err(MidiFileError::NotMidi(_))));
    // The same inside a RIFF file.
    let riff = [b"RIFF\0\0\0\0RMIDdata".as_slice(), &(bytes.len() as u32).to_le_bytes(), &bytes].concat();
    assert!(matches!(read(&riff), Err(MidiFileError::NotMidi(_))));
}

#[test]
fn a_file_inside_a_riff_file_is_read_and_cut_short_ones_are_told() {
    let bytes = write(&idea(), Tempo::new(96.0));
    let wrap = |bytes: &[u8]| {
        let length = (bytes.len() as u32).to_le_bytes();
        [b"RIFF\0\0\0\0RMIDLIST\x01\0\0\0x\0data".as_slice(), &length, bytes].concat()
    };
    assert_eq!(read(&wrap(&bytes)), read(&bytes));
    assert!(matches!(read(&wrap(&bytes[..bytes.len() - 3])), Err(MidiFileError::Truncated(_))));
    for nothing in
        [&b"RIFF"[..], b"RIFF\0\0\0\0WAVEdata", b"RIFF\0\0\0\0RMID", b"RIFF\0\0\0\0RMIDdata\0\0\0\0"]
    {
        assert!(matches!(read(nothing), Err(MidiFileError::NotMidi(_))), "{nothing:?}");
    }
}

#[test]
fn a_file_of_too_many_parts_is_refused_whatever_it_costs_to_say_so() {
    let long = vec![0; BYTES_MAX + 1];
    assert_eq!(read(&long), Err(MidiFileError::TooLong("8388608 bytes".into())));
    let tracks = [file(&[HEADER]), b"MTrk\0\0\0\0".repeat(70_000)].concat();
    assert_eq!(read(&tracks), Err(MidiFileError::TooLong("1024 tracks".into())));
    // A million notes in running status, three bytes each.
    let notes = [&[0, 0x90, 60, 90][..], &[1, 60, 90].repeat(1_000_000)[..], &END].concat();
    assert_eq!(read(&file(&[HEADER, (b"MTrk", &notes)])), Err(MidiFileError::TooLong("200000 notes".into())));
    // The longest waits that can be written.
    let waits = [&[0, 0x90, 60, 90][..], &[0xFF, 0xFF, 0xFF, 0x7F, 60, 0].repeat(100)[..], &END].concat();
    assert_eq!(read(&file(&[HEADER, (b"MTrk", &waits)])), Err(MidiFileError::TooLong("4000 bars".into())));
}

#[test]
fn notes_without_an_end_last_to_the_end_of_their_track_with_a_warning() {
    let events = [0, 0x90, 60, 90, 96, 64, 90, 96, 0xB0, 1, 1];
    let tune = read(&file(&[HEADER, (b"MTrk", &events)])).unwrap();
    let ends: Vec<f64> = tune.notes.iter().map(|note| note.note.end().0).collect();
    assert_eq!(ends, [2.0, 2.0]);
    assert_eq!(tune.warnings.len(), 1);
}

#[test]
fn a_repeated_note_is_paired_in_the_order_of_its_beginnings() {
    // Two overlapping C4: the first note-off ends the first.
    let events = [&[0, 0x90, 60, 90, 48, 60, 80, 48, 60, 0, 96, 60, 0][..], &END].concat();
    let tune = read(&file(&[HEADER, (b"MTrk", &events)])).unwrap();
    let rows: Vec<(f64, f64, u8)> =
        tune.notes.iter().map(|n| (n.note.onset.0, n.note.end().0, n.note.velocity.midi())).collect();
    assert_eq!(rows, [(0.0, 1.0, 90), (0.5, 2.0, 80)]);
}

#[test]
fn bars_are_counted_through_changes_of_metre() {
    let tune = Tune {
        metres: vec![(Beats(0.0), TimeSignature::new(3, 4).unwrap()), (Beats(6.0), TimeSignature::COMMON)],
        length: Beats(11.0),
        ..Tune::default()
    };
    assert_eq!(tune.bars(), 4.0);
}

#[test]
fn every_key_survives_its_signature() {
    for tonic in 0..12 {
        for scale in [Scale::Major, Scale::Minor] {
            let mut idea = idea();
            idea.key = Key { tonic: PitchClass::new(tonic), scale };
            assert_eq!(read(&write(&idea, Tempo::default())).unwrap().key, Some(idea.key));
        }
    }
}

fn any_note() -> impl Strategy<Value = Note> {
    (0.0..64.0f64, 0.01..8.0f64, 0..128i32, 1..128i32).prop_map(|(onset, length, pitch, velocity)| Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(velocity),
    })
}

/// Whether no two notes of one pitch sound at once.
fn has_no_overlap(notes: &[TuneNote]) -> bool {
    notes.iter().enumerate().all(|(i, a)| {
        let later = &notes[i + 1..];
        !later.iter().any(|b| a.note.pitch == b.note.pitch && b.note.onset.0 < a.note.end().0 - 1e-9)
    })
}

proptest! {
    #[test]
    fn written_notes_are_read_back_and_never_overlap(notes in proptest::collection::vec(any_note(), 1..60)) {
        let tracks = [Track { name: "Heard", channel: 0, notes: &notes }];
        let arrangement = Arrangement {
            title: "t", tempo: Tempo::default(), metre: TimeSignature::COMMON, key: None, chords: &[],
            record: "", tracks: &tracks, length: Beats(64.0),
        };
        let bytes = write_arrangement(&arrangement);
        let tune = read(&bytes).unwrap();
        prop_assert!(has_no_overlap(&tune.notes));
        for note in &notes {
            let found = tune.notes.iter().any(|read| {
                read.note.pitch == note.pitch && (read.note.onset.0 - note.onset.0).abs() < 1e-3
            });
            prop_assert!(found, "{note:?} is lost");
        }
        // What was read once is a fixed point.
        let again: Vec<Note> = tune.notes.iter().map(|note| note.note).collect();
        let tracks = [Track { name: "Heard", channel: 0, notes: &again }];
        prop_assert_eq!(bytes, write_arrangement(&Arrangement { tracks: &tracks, ..arrangement }));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(tune) = read(&bytes) {
            prop_assert!(!tune.notes.is_empty());
        }
    }

    #[test]
    fn any_track_is_read_or_refused(events in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(tune) = read(&file(&[HEADER, (b"MTrk", &events)])) {
            prop_assert!(tune.notes.iter().all(|n| n.note.length.0 > 0.0 && n.note.onset.0 >= 0.0));
        }
    }

    #[test]
    fn a_damaged_byte_never_panics(at in 0usize..600, value in any::<u8>()) {
        let mut bytes = write(&idea(), Tempo::default());
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(tune) = read(&bytes) {
            prop_assert!(tune.length.0.is_finite());
        }
    }
}
