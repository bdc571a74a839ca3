//! No panic crosses the edge to the host: a bundle built with the feature `fault_injection` panics in one place after the
//! other, and the host, a process of its own each time, lives to the end, with its ideas saved and no note hanging.
//!
//! `LINNET_CLAP` names that bundle.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_tests::screen::Server;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What one life was like.
struct Life {
    /// What the host saw.
    saw: Value,
    /// What the plug-in printed into the host.
    printed: String,
    /// The log.
    log: String,
}

fn home(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}", name.replace('@', "-")));
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    home
}

/// A life in which the plug-in panics at `fault`; with an editor where there is a `server`.
#[track_caller]
fn life(fault: &str, server: Option<&Server>) -> Life {
    let home = home(fault);
    let mut command = Command::new(env!("CARGO_BIN_EXE_life"));
    command.env("LINNET_FAULT", fault).env_remove("DISPLAY").env_remove("LINNET_LOG").env("HOME", &home);
    command.env("XDG_CONFIG_HOME", home.join("config")).env("LINNET_DATA", home.join("data"));
    if let Some(server) = server {
        command.env("DISPLAY", &server.display).env("LIBGL_ALWAYS_SOFTWARE", "1");
    }
    let output = command.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "with a panic in {fault} the host ended with {}: {printed}",
        output.status
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let saw =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("more than the host's line came: {text}"));
    let log = fs::read_to_string(home.join("data/logs/linnet.log")).unwrap_or_default();
    fs::remove_dir_all(&home).unwrap();
    Life { saw, printed, log }
}

/// Fails where the log does not tell of the panic.
#[track_caller]
fn assert_told(life: &Life, place: &str) {
    assert!(life.log.contains(&format!("The panic was caught in: {place}.")), "{}", life.log);
    assert!(life.log.contains(&format!("a fault was injected in {place}")), "{}", life.log);
    assert_eq!(life.printed, "", "it was printed into the host");
}

#[test]
fn without_a_fault_it_plays_ends_every_note_and_prints_nothing() {
    let life = life("none", None);
    assert!(life.saw["peak"].as_f64().unwrap() > 0.01, "{}", life.saw);
    assert_eq!(
        (life.saw["hanging"].as_u64(), life.saw["ideas"].as_u64()),
        (Some(0), Some(1)),
        "{}",
        life.saw
    );
    assert!(life.saw["notes"].as_u64().unwrap() >= 3, "{}", life.saw);
    assert_eq!(life.printed, "");
    assert!(!life.log.contains("anic"), "{}", life.log);
    for wanted in ["loaded", "Activated: Linnet, CLAP, 48000 Hz", "Closed: Linnet"] {
        assert!(life.log.contains(wanted), "{wanted:?} is not in the log:\n{}", life.log);
    }
    assert!(!life.log.contains("pitch"), "there is music in the log");
}

#[test]
fn a_panic_on_the_audio_thread_ends_in_silence_with_every_note_ended_and_the_ideas_saved() {
    // The 100th block comes while a key is held and an idea plays.
    for (fault, place) in [("Process@100", "Process"), ("Reset", "Reset"), ("Activate", "Activate")] {
        let life = life(fault, None);
        assert_eq!(life.saw["peak"].as_f64(), Some(0.0), "{fault}: {}", life.saw);
        assert_eq!(life.saw["hanging"].as_u64(), Some(0), "{fault}: {}", life.saw);
        assert_eq!(life.saw["ideas"].as_u64(), Some(1), "{fault}: {}", life.saw);
        assert_told(&life, place);
    }
    assert!(
        life("Process@100", None).saw["notes"].as_u64().unwrap() >= 2,
        "nothing sounded before the panic"
    );
}

#[test]
fn a_panic_while_an_instance_is_made_gives_the_host_none_and_no_more() {
    let home = home("Create");
    let mut command = Command::new(env!("CARGO_BIN_EXE_life"));
    command.env("LINNET_FAULT", "Create").env_remove("DISPLAY").env("LINNET_DATA", home.join("data"));
    let output = command.output().unwrap();
    // The host finds no plug-in, says so, and ends by itself.
    assert_eq!(output.status.code(), Some(1), "the host ended with {}", output.status);
    fs::remove_dir_all(&home).unwrap();
}

#[test]
fn a_panic_while_a_state_is_loaded_or_saved_loses_no_idea() {
    for (fault, place) in [
        ("SaveState@2", "SaveState"),
        ("SaveState", "SaveState"),
        ("LoadState", "LoadState"),
        ("MigrateState", "MigrateState"),
    ] {
        let life = life(fault, None);
        assert_eq!(life.saw["is_there"].as_bool(), Some(true), "{fault}: {}", life.saw);
        assert_eq!(life.saw["hanging"].as_u64(), Some(0), "{fault}: {}", life.saw);
        assert_told(&life, place);
    }
}

#[test]
fn a_panic_in_the_editor_leaves_the_sound_and_the_host_alone() {
    let server = Server::start().unwrap();
    for place in ["CreateEditor", "OpenEditor", "DrawEditor", "CloseEditor"] {
        let life = life(place, Some(&server));
        assert_eq!(life.saw["editor"].as_bool(), Some(true));
        assert!(life.saw["peak"].as_f64().unwrap() > 0.01, "{place}: {}", life.saw);
        assert_eq!((life.saw["hanging"].as_u64(), life.saw["ideas"].as_u64()), (Some(0), Some(1)), "{place}");
        assert_told(&life, place);
    }
}

#[test]
fn a_panic_beside_the_audio_thread_leaves_the_sound_and_the_host_alone() {
    for place in ["Keeper", "Wake", "RemoteControls"] {
        let life = life(place, None);
        assert!(life.saw["peak"].as_f64().unwrap() > 0.01, "{place}: {}", life.saw);
        assert_eq!((life.saw["hanging"].as_u64(), life.saw["ideas"].as_u64()), (Some(0), Some(1)), "{place}");
        assert_told(&life, place);
    }
}
