//! Saved states: those of every released version load for ever, and no bytes, however damaged, harm the host.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_tests::clap_host::Instance;
use linnet_tests::saved::{State, contents, corpus, framed};
use linnet_tests::scene::{INSTRUMENT, NOTE_EFFECT, open};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Every state of every version: its name, its plug-in, its bytes, and what it must load as.
fn all() -> Vec<(String, String, Vec<u8>, Value)> {
    let list = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = list(corpus()).filter(|path| path.is_dir()).flat_map(list).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "state"));
    files.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(path.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let plugin = expected["plugin"].as_str().unwrap().to_owned();
        let name = path.strip_prefix(corpus()).unwrap().display().to_string();
        (name, plugin, fs::read(&path).unwrap(), expected)
    };
    files.into_iter().map(read).collect()
}

/// Fails where `found` lacks something of `expected`: a later version may know more.
#[track_caller]
fn assert_holds(found: &Value, expected: &Value, place: &str) {
    match expected {
        Value::Object(fields) => {
            for (name, value) in fields {
                assert_holds(&found[name], value, &format!("{place}/{name}"));
            }
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

#[test]
fn a_state_of_every_released_version_loads_as_what_it_was() {
    let states = all();
    assert!(
        states.iter().any(|(name, ..)| name.starts_with(env!("CARGO_PKG_VERSION"))),
        "none of this version"
    );
    assert!(states.len() >= 7, "{} states", states.len());
    for (name, plugin, bytes, expected) in states {
        let mut instance = open(&plugin).unwrap();
        instance.load_state(&bytes).unwrap();
        let saved = instance.save_state().unwrap();
        let found = contents(&plugin, &State::read(&saved).unwrap()).unwrap();
        assert_holds(&found, &expected, &name);
        let mut again = open(&plugin).unwrap();
        again.load_state(&saved).unwrap();
        assert!(again.save_state().unwrap() == saved, "{name}: saved again, it gives other bytes");
        if name.starts_with(&format!("{}/", env!("CARGO_PKG_VERSION"))) {
            assert!(bytes == saved, "{name}: the version that wrote it writes other bytes now");
        }
    }
}

/// What this build saves of `bytes`, which may be of an older one.
fn saved_again(instance: &mut Instance, bytes: &[u8]) -> Vec<u8> {
    instance.load_state(bytes).unwrap();
    instance.save_state().unwrap()
}

#[test]
fn a_state_written_and_read_in_chunks_of_prime_sizes_is_the_same() {
    for (name, plugin, bytes, _) in all() {
        let whole = saved_again(&mut open(&plugin).unwrap(), &bytes);
        for chunk in [1, 2, 3, 7, 13, 127, 1_021, 65_537] {
            let mut instance = open(&plugin).unwrap();
            instance.load_state_in(&bytes, chunk).unwrap();
            assert!(instance.save_state_in(chunk).unwrap() == whole, "{name} in chunks of {chunk}");
        }
    }
}

/// Loads `bytes`, whatever they are, and shows that the instance still plays and saves.
#[track_caller]
fn survives(instance: &mut Instance, bytes: &[u8]) -> bool {
    let taken = instance.load_state(bytes).is_ok();
    let block = instance.process(256, None, &[]).unwrap();
    assert!(block.audio.iter().flatten().all(|sample| sample.is_finite()));
    taken
}

#[test]
fn every_cut_of_a_state_is_refused_and_changes_nothing() {
    let mut instance = open(INSTRUMENT).unwrap();
    let (_, _, bytes, _) = all().into_iter().find(|(name, ..)| name.ends_with("/one-idea.state")).unwrap();
    let whole = saved_again(&mut instance, &bytes);
    let empty = open(INSTRUMENT).unwrap().save_state().unwrap();
    for length in 0..empty.len() {
        assert!(!survives(&mut instance, &empty[..length]), "cut to {length} bytes");
    }
    for length in (0..bytes.len()).step_by(101) {
        assert!(!survives(&mut instance, &bytes[..length]), "cut to {length} bytes");
        if length > 8 {
            assert!(
                !survives(&mut instance, &framed(&bytes[8..length])),
                "cut to {length} bytes, with its length"
            );
        }
    }
    assert!(instance.save_state().unwrap() == whole);
}

#[test]
fn random_bytes_are_refused_or_read_and_never_harm() {
    let mut instance = open(INSTRUMENT).unwrap();
    let (_, _, good, _) = all().into_iter().find(|(name, ..)| name.ends_with("/one-idea.state")).unwrap();
    let mut seed = 1_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for _ in 0..300 {
        let noise: Vec<u8> = (0..random() % 600).map(|_| random() as u8).collect();
        survives(&mut instance, &noise);
        survives(&mut instance, &framed(&noise));
        // A state with some of its bytes changed, each still a character of JSON most of the time.
        let mut damaged = good.clone();
        for _ in 0..=random() % 8 {
            let at = 8 + random() % (damaged.len() - 8);
            damaged[at] = b"0123456789-.eE\"{}[],:ntf \\"[random() % 26];
        }
        survives(&mut instance, &damaged);
    }
    let again = saved_again(&mut instance, &good);
    let fresh = saved_again(&mut open(INSTRUMENT).unwrap(), &good);
    assert!(again == fresh, "what was loaded before is still there");
}

fn state(session: &str) -> State {
    let fields = [("session".to_owned(), session.to_owned())].into();
    State { version: "0.1.0".to_owned(), params: [].into(), fields }
}

fn idea(id: u64) -> Value {
    json!({"id": id, "parent": null, "kept": true, "length": 16.0, "metre": {"numerator": 4, "denominator": 4},
        "key": {"tonic": 0, "scale": "major"}, "harmony": [], "phrases": [[], [], [], []], "controls": {}})
}

#[test]
fn values_that_no_music_has_are_kept_unread_and_written_back() {
    let note = |onset: f64, length: f64, pitch: u64, velocity: u64| json!({"onset": onset, "length": length, "pitch": pitch, "velocity": velocity});
    let cases = [
        ("id", json!(0)),
        ("length", json!(0.0)),
        ("length", json!(-4.0)),
        ("length", json!(1e300)),
        ("metre", json!({"numerator": 4, "denominator": 0})),
        ("metre", json!({"numerator": 0, "denominator": 4})),
        ("metre", json!({"numerator": 255, "denominator": 3})),
        ("key", json!({"tonic": 200, "scale": "major"})),
        ("phrases", json!([[note(0.0, 1.0, 200, 90)], [], [], []])),
        ("phrases", json!([[note(0.0, 1.0, 60, 0)], [], [], []])),
        ("phrases", json!([[note(-1.0, 1.0, 60, 90)], [], [], []])),
        ("phrases", json!([[note(0.0, 0.0, 60, 90)], [], [], []])),
        ("harmony", json!([{"onset": 0.0, "length": -1.0, "chord": {"root": 0, "quality": "major"}}])),
        ("harmony", json!([{"onset": 0.0, "length": 4.0, "chord": {"root": 99, "quality": "major"}}])),
    ];
    for (field, value) in cases {
        let mut strange = idea(1);
        strange[field] = value;
        let session = json!({"version": 1, "current": 1, "ideas": [strange, idea(2)]}).to_string();
        let mut instance = open(INSTRUMENT).unwrap();
        assert!(survives(&mut instance, &state(&session).to_bytes().unwrap()));
        let saved: Value =
            serde_json::from_str(&State::read(&instance.save_state().unwrap()).unwrap().fields["session"])
                .unwrap();
        let written = saved["ideas"].as_array().unwrap();
        assert!(written.contains(&strange), "{field} of {strange}");
        assert_eq!(written.len(), 2);
    }
}

#[test]
fn enormous_states_end_in_time_and_lose_nothing() {
    let mut instance = open(INSTRUMENT).unwrap();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    // The whole state as deep as that, one field, the session, and an idea of it.
    assert!(!survives(&mut instance, &framed(deep.as_bytes())));
    let mut odd = state("");
    odd.fields.insert("future".to_owned(), deep.clone());
    odd.fields.insert("editor".to_owned(), deep.clone());
    odd.fields.insert("session".to_owned(), deep.clone());
    assert!(survives(&mut instance, &odd.to_bytes().unwrap()));
    let saved = State::read(&instance.save_state().unwrap()).unwrap();
    assert!(saved.fields["future"] == deep && saved.fields["session"] == deep);
    assert!(saved.fields["editor_unread"] == deep);

    // 50 MB that mean nothing, in a field of a newer version.
    let mut large = state(r#"{"version":1,"current":null,"ideas":[]}"#);
    large.fields.insert("future".to_owned(), "x".repeat(50_000_000));
    assert!(survives(&mut instance, &large.to_bytes().unwrap()));
    assert_eq!(State::read(&instance.save_state().unwrap()).unwrap().fields["future"].len(), 50_000_000);

    // 100,000 ideas, of which half have a number twice; and one idea of a million notes.
    let ideas: Vec<Value> = (0..100_000).map(|i| idea(1 + i / 2)).collect();
    let session = json!({"version": 1, "current": 7, "ideas": ideas}).to_string();
    assert!(survives(&mut instance, &state(&session).to_bytes().unwrap()));
    let saved = State::read(&instance.save_state().unwrap()).unwrap();
    let saved: Value = serde_json::from_str(&saved.fields["session"]).unwrap();
    assert_eq!(saved["ideas"].as_array().unwrap().len(), 100_000);
    let note = json!({"onset": 1.0, "length": 1.0, "pitch": 60, "velocity": 90});
    let mut long = idea(1);
    long["phrases"][0] = json!(vec![note; 1_000_000]);
    let session = json!({"version": 1, "current": 1, "ideas": [long]}).to_string();
    assert!(survives(&mut instance, &state(&session).to_bytes().unwrap()));
    let saved = State::read(&instance.save_state().unwrap()).unwrap();
    assert!(saved.fields["session"].len() > 50_000_000, "the notes are kept, though not played");
}

#[test]
fn a_state_of_one_plugin_does_the_other_no_harm() {
    for (name, plugin, bytes, _) in all() {
        let other = if plugin == INSTRUMENT { NOTE_EFFECT } else { INSTRUMENT };
        let mut instance = open(other).unwrap();
        assert!(survives(&mut instance, &bytes), "{name}");
        let ideas = |bytes: &[u8]| State::read(bytes).unwrap().fields["session"].clone();
        let own = saved_again(&mut open(&plugin).unwrap(), &bytes);
        assert!(ideas(&instance.save_state().unwrap()) == ideas(&own), "{name}");
    }
}
