//! `cargo xtask demo` as a user runs it: what it writes, that it repeats itself, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_music::midi_file;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name)
}

/// Runs the demo into a folder of its own.
fn demo(folder: &str, arguments: &[&str]) -> (PathBuf, Output) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    let output = command.args(arguments).arg("--out").arg(&out).output().unwrap();
    (out, output)
}

fn demo_of(folder: &str, arguments: &[&str]) -> (PathBuf, Value) {
    let (out, output) = demo(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = serde_json::from_slice(&fs::read(out.join("demo.json")).unwrap()).unwrap();
    (out, report)
}

#[test]
fn the_demo_without_options_leaves_sound_notes_a_picture_and_numbers() {
    let (out, report) = demo_of("plain", &[]);
    for name in ["demo.wav", "demo.mid", "demo.png", "demo.json"] {
        assert!(fs::metadata(out.join(name)).unwrap().len() > 500, "{name}");
    }
    let notes = |part: &str| report["notes_proposed"][part].as_u64().unwrap();
    assert!(["lead", "chords", "bass", "drums"].into_iter().all(|part| notes(part) > 0), "{report}");
    assert_eq!(report["started_in_bar"], report["expected_bar"]);
    assert_eq!(report["key"], "D major");
    assert_eq!(report["lead_in_key_share"], 1.0);
    assert_eq!(report["notes_heard"], report["notes_played"]);
    assert!(report["peak_dbfs"].as_f64().unwrap() <= 0.0);
    assert!(report["rms_dbfs"].as_f64().unwrap() > -40.0);
    assert!(report["models"][0]["sha256"].as_str().unwrap().len() == 64);
    let tune = midi_file::read(&fs::read(out.join("demo.mid")).unwrap()).unwrap();
    assert_eq!(tune.track_names[1..], ["Heard", "Lead", "Chords", "Bass", "Drums"]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes =
        |folder: &str, seed: &str| fs::read(demo_of(folder, &["--seed", seed]).0.join("demo.mid")).unwrap();
    let first = bytes("seed-a", "77");
    assert!(first == bytes("seed-b", "77"), "the same seed gave other bytes");
    assert!(first != bytes("seed-c", "78"), "another seed gave the same bytes");
}

#[test]
fn minor_and_other_metres_are_answered_in_their_bars() {
    let check = |file: &str, key: &str, metre: &str| {
        let path = asset(file);
        let (_, report) = demo_of(file, &["--input", path.to_str().unwrap(), "--bars", "2"]);
        assert_eq!((report["key"].as_str(), report["metre"].as_str()), (Some(key), Some(metre)), "{file}");
        assert_eq!(report["started_in_bar"], report["expected_bar"], "{file}");
        assert_eq!(report["lead_in_key_share"], 1.0, "{file}");
    };
    check("god_rest_ye.mid", "E minor", "4/4");
    check("amazing_grace.mid", "G major", "3/4");
    check("greensleeves.mid", "A minor", "6/8");
    check("row_your_boat.mid", "C major", "6/8");
}

#[test]
fn a_file_that_is_not_midi_is_refused_in_words() {
    let path = asset("not_midi.mid");
    let (_, output) = demo("refused", &["--input", path.to_str().unwrap()]);
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("not_midi.mid") && message.contains("not a MIDI file"), "{message}");
    let (_, output) = demo("missing", &["--input", "there/is/none.mid"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("none.mid"));
}
