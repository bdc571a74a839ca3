//! What a host's project saves comes back, whatever build wrote it.

use linnet_music::session::HISTORY_MAX;
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
        figures: Vec::new(),
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

#[test]
fn the_history_drops_the_oldest_that_nobody_kept_and_never_a_kept_or_the_current_one() {
    let mut session = Session::default();
    for id in 1..=700 {
        let mut idea = idea(id, Vec::new());
        idea.kept = id % 100 == 0;
        session.push(idea);
    }
    let kept = session.ideas().iter().filter(|idea| idea.kept).count();
    assert_eq!((session.ideas().len() - kept, kept), (HISTORY_MAX, 7));
    assert_eq!(session.ideas()[0].id, IdeaId(100));
    assert_eq!((session.let_go(), session.next_id()), (700 - 207, IdeaId(701)));
    // An old one that plays stays as long as it does, and newer ones go before it.
    session.set_current(Some(IdeaId(550)));
    (701..=1_000).for_each(|id| session.add(idea(id, Vec::new())));
    assert_eq!(session.current().map(|idea| idea.id), Some(IdeaId(550)));
    let others = session.ideas().iter().filter(|idea| !idea.kept && idea.id != IdeaId(550)).count();
    assert!((HISTORY_MAX..=HISTORY_MAX + 1).contains(&others), "{others}");
    // What a project brought along leaves only when there is something new.
    let loaded = Session::from_json(&session.to_json()).unwrap();
    assert_eq!(loaded, session);
}

#[test]
fn a_session_of_kept_ideas_has_the_newest_of_them() {
    let mut session = Session::default();
    (1..=9).for_each(|id| session.push(idea(id, Vec::new())));
    let numbers = |session: &Session| session.ideas().iter().map(|idea| idea.id.0).collect::<Vec<_>>();
    assert_eq!(numbers(&session.kept(3)), [5, 7, 9]);
    assert_eq!(numbers(&session.kept(usize::MAX)), [1, 3, 5, 7, 9]);
}

#[test]
fn the_highest_number_in_a_damaged_project_leaves_room_for_a_next_idea() {
    for taken in [u64::from(u32::MAX), u64::MAX] {
        let text = altered(|value| value["ideas"][0]["id"] = json!(taken));
        let mut loaded = Session::from_json(&text).unwrap();
        let next = loaded.next_id();
        assert!(loaded.idea(next).is_none() && next.0 > 0, "{taken}: {next:?}");
        loaded.push(idea(next.0, Vec::new()));
        assert_eq!(loaded.current().map(|idea| idea.id), Some(next));
    }
}

#[test]
fn an_idea_that_cannot_be_played_is_kept_unread() {
    type Change = fn(&mut Value);
    let changes: [Change; 7] = [
        // Too large for the 32 bits of a control: saved again it would be no number.
        |idea| idea["controls"]["humanise"] = json!(4e45),
        |idea| idea["id"] = json!(0),
        |idea| idea["length"] = json!(0.0),
        |idea| idea["metre"]["denominator"] = json!(0),
        |idea| idea["key"]["tonic"] = json!(12),
        |idea| idea["phrases"][0][0]["pitch"] = json!(128),
        |idea| idea["phrases"][0][0]["onset"] = json!(-0.5),
    ];
    for change in changes {
        let text = altered(|value| change(&mut value["ideas"][0]));
        let loaded = Session::from_json(&text).unwrap();
        assert_eq!((loaded.ideas().len(), loaded.unread_ideas()), (1, 1), "{text}");
        let written: Value = serde_json::from_str(&loaded.to_json()).unwrap();
        let original: Value = serde_json::from_str(&text).unwrap();
        assert!(written["ideas"].as_array().unwrap().contains(&original["ideas"][0]));
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
