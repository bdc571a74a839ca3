//! What a host's project saves comes back, whatever build wrote it.

use linnet_music::{
    Beats, Controls, Idea, IdeaId, Key, Note, Phrase, Pitch, PitchClass, Provenance, Scale, Session,
    TimeSignature, Velocity,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn idea(id: u32, notes: Vec<Note>) -> Idea {
    Idea {
        id: IdeaId(id),
        parent: (id > 1).then(|| IdeaId(id - 1)),
        kept: id % 2 == 1,
        length: Beats(16.0),
        metre: TimeSignature::COMMON,
        key: Key { tonic: PitchClass::new(7), scale: Scale::Mixolydian },
        harmony: Vec::new(),
        phrases: [Phrase::new(notes), Phrase::default(), Phrase::default(), Phrase::default()],
        controls: Controls::default(),
        started_at: Some(Beats(0.1 + f64::from(id) / 3.0)),
        provenance: Provenance::default(),
        unread: serde_json::Map::new(),
    }
}

fn session() -> Session {
    let mut session = Session::default();
    let note = Note {
        onset: Beats(1.0 / 3.0),
        length: Beats(0.1),
        pitch: Pitch::new(60),
        velocity: Velocity::new(100),
    };
    session.push(idea(1, vec![note]));
    session.push(idea(2, Vec::new()));
    session
}

/// `session()` as JSON, with something changed.
fn altered(change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(&session().to_json()).expect("a session is JSON");
    change(&mut value);
    value.to_string()
}

#[test]
fn a_session_saved_twice_gives_the_same_bytes() {
    let first = session().to_json();
    let loaded = Session::from_json(&first).unwrap();
    assert_eq!(loaded, session());
    assert_eq!(loaded.to_json(), first);
    assert_eq!(loaded.to_json(), loaded.to_json());
}

#[test]
fn an_empty_session_comes_back_empty() {
    let empty = Session::default();
    assert_eq!(Session::from_json(&empty.to_json()).unwrap(), empty);
    assert_eq!(empty.next_id(), IdeaId(1));
}

#[test]
fn ideas_that_cannot_be_read_are_kept_and_written_back() {
    let strange = json!({"id": 41, "holograms": [1, 2, 3]});
    let text = altered(|value| value["ideas"].as_array_mut().unwrap().push(strange.clone()));
    let loaded = Session::from_json(&text).unwrap();
    assert_eq!(loaded.ideas().len(), 2);
    assert_eq!(loaded.unread_ideas(), 1);
    assert_eq!(loaded.next_id(), IdeaId(42), "the number of an unread idea is taken");
    let saved: Value = serde_json::from_str(&loaded.to_json()).unwrap();
    assert_eq!(saved["ideas"][2], strange);
}

#[test]
fn fields_of_a_newer_version_are_kept_and_written_back() {
    let text = altered(|value| {
        value["version"] = json!(9);
        value["moods"] = json!({"a": 0.1});
        value["ideas"][0]["lyrics"] = json!(["la", "la"]);
    });
    let loaded = Session::from_json(&text).unwrap();
    assert_eq!(loaded.ideas().len(), 2);
    let saved: Value = serde_json::from_str(&loaded.to_json()).unwrap();
    assert_eq!(saved["moods"], json!({"a": 0.1}));
    assert_eq!(saved["ideas"][0]["lyrics"], json!(["la", "la"]));
}

#[test]
fn an_idea_whose_fields_are_missing_where_a_default_is_known_is_read() {
    let text = altered(|value| {
        let idea = value["ideas"][0].as_object_mut().unwrap();
        for field in ["kept", "started_at", "provenance"] {
            idea.remove(field);
        }
        idea["controls"].as_object_mut().unwrap().remove("humanise");
    });
    let loaded = Session::from_json(&text).unwrap();
    assert_eq!(loaded.ideas().len(), 2);
    assert_eq!(loaded.ideas()[0].controls.humanise, Controls::default().humanise);
}

#[test]
fn two_ideas_of_one_number_are_both_kept() {
    let text = altered(|value| {
        let copy = value["ideas"][0].clone();
        value["ideas"].as_array_mut().unwrap().push(copy);
    });
    let loaded = Session::from_json(&text).unwrap();
    assert_eq!((loaded.ideas().len(), loaded.unread_ideas()), (2, 1));
    let saved: Value = serde_json::from_str(&loaded.to_json()).unwrap();
    assert_eq!(saved["ideas"].as_array().unwrap().len(), 3);
}

#[test]
fn a_current_idea_that_is_not_there_is_no_idea() {
    let text = altered(|value| value["current"] = json!(77));
    assert_eq!(Session::from_json(&text).unwrap().current(), None);
}

#[test]
fn every_cut_of_a_session_is_refused_without_a_panic() {
    let text = session().to_json();
    for length in (0..text.len()).filter(|length| text.is_char_boundary(*length)) {
        assert!(Session::from_json(&text[..length]).is_err(), "cut to {length} bytes");
    }
}

proptest! {
    #[test]
    fn notes_keep_every_bit_through_a_save(onset in 0.0..1e6f64, length in 1e-9..1e3f64, pitch in 0..128) {
        let note = Note {
            onset: Beats(onset), length: Beats(length), pitch: Pitch::new(pitch), velocity: Velocity::new(1),
        };
        let mut session = Session::default();
        session.push(idea(1, vec![note]));
        let loaded = Session::from_json(&session.to_json()).unwrap();
        prop_assert_eq!(loaded.ideas()[0].phrases[0].notes()[0], note);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        if let Ok(session) = Session::from_json(&text) {
            prop_assert!(Session::from_json(&session.to_json()).is_ok());
        }
    }
}
