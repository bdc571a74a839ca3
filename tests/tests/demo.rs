//! `cargo xtask demo` as a user runs it: what it writes, that it repeats itself, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_music::{Mode, midi_file};
use linnet_tests::odd_tunes;
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
        let input = ["--input", path.to_str().unwrap(), "--bars", "2"];
        let (_, report) = demo_of(file, &input);
        assert_eq!((report["key"].as_str(), report["metre"].as_str()), (Some(key), Some(metre)), "{file}");
        assert_eq!(report["started_in_bar"], report["expected_bar"], "{file}");
        // Where nobody sets the scale, a proposal may leave it, as for a leading note.
        assert!(report["lead_in_key_share"].as_f64() >= Some(0.8), "{file}");
        let scale = format!("scale={}", key.split(' ').nth(1).unwrap());
        let (_, report) = demo_of(file, &[&input[..], &["--set", &scale]].concat());
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

/// A file of our own for the demo to play.
fn written(name: &str, bytes: &[u8]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("odd");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}.mid"));
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn every_mode_answers_an_odd_tune_and_says_what_it_began_from() {
    for (place, mode) in Mode::ALL.into_iter().enumerate() {
        let tunes = odd_tunes::tunes();
        let tune = &tunes[place % tunes.len()];
        let file = written(&format!("tune-{place}"), &tune.to_midi().unwrap());
        let folder = format!("mode-{}", mode.name());
        let name = mode.name().to_lowercase();
        let (_, report) = demo_of(&folder, &["--input", &file, "--mode", &name, "--seed", "5"]);
        let metre = format!("{}/{}", tune.metre.0, tune.metre.1);
        let found = (report["mode"].as_str(), report["metre"].as_str());
        assert_eq!(found, (Some(mode.name()), Some(metre.as_str())));
        assert_eq!(report["started_in_bar"], report["expected_bar"], "{name} of {}", tune.title);
        let from = report["began_from"].as_array().unwrap();
        let seeds: Vec<u64> = from.iter().map(|of| of["seed"].as_u64().unwrap()).collect();
        let wanted: &[u64] = match mode {
            Mode::Vary | Mode::Fill | Mode::Groove => &[5],
            Mode::Morph => &[6, 5],
            _ => &[],
        };
        assert_eq!(seeds, wanted, "{name}");
        let locked = report["locked_bars"].as_array().unwrap().len();
        assert_eq!(locked, if mode == Mode::Fill { 2 } else { 0 });
        let distances = report["distances"].as_object().unwrap().len();
        assert_eq!(
            distances,
            [Mode::Vary, Mode::Morph].iter().position(|of| *of == mode).map_or(0, |at| at + 1)
        );
        for part in ["lead", "chords", "bass", "drums"] {
            assert!(report["notes_proposed"][part].as_u64() > Some(0), "{name} of {}: no {part}", tune.title);
        }
    }
}

#[test]
fn a_tune_that_a_mode_cannot_answer_is_refused_in_words() {
    let refused = |folder: &str, arguments: &[&str], words: &str| {
        let (_, output) = demo(folder, arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && message.contains(words), "{message}");
    };
    refused("silence", &["--input", &written("silence", &odd_tunes::silence())], "no notes");
    let drums = written("drums", &odd_tunes::drums());
    refused("drums-accompany", &["--input", &drums, "--mode", "accompany"], "drums alone");
    let (_, report) = demo_of("drums-groove", &["--input", &drums, "--mode", "groove"]);
    assert!(report["remarks"][0].as_str().unwrap().contains("drums alone"));
    assert!(report["notes_proposed"]["drums"].as_u64() > Some(0));
}
