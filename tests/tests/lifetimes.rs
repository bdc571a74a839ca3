//! Instances that come and go, hosts that quit, and a session of some minutes: `cargo xtask torture` does the same at length.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_tests::screen::Server;
use std::path::Path;
use std::process::Command;

/// Runs one of the programs with a home of its own, and fails with what it says.
fn check(program: &str, arguments: &[&str], display: Option<&str>) {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home");
    std::fs::create_dir_all(&home).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).env("HOME", &home).env("XDG_CONFIG_HOME", home.join("config"));
    command
        .env("XDG_DATA_HOME", home.join("data"))
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("MALLOC_ARENA_MAX", "1");
    let output = command.envs(display.map(|display| ("DISPLAY", display))).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(
        output.status.success(),
        "{arguments:?}: {}: {}",
        output.status,
        said.lines().last().unwrap_or_default()
    );
}

const LIFETIMES: &str = env!("CARGO_BIN_EXE_lifetimes");

#[test]
fn instances_closed_while_they_compose_leave_nothing_behind() {
    check(LIFETIMES, &["instances", "200"], None);
}

#[test]
fn instances_with_open_editors_leave_nothing_behind() {
    let server = Server::start().unwrap();
    check(LIFETIMES, &["editors", "60"], Some(&server.display));
}

#[test]
fn sixteen_instances_share_what_is_large() {
    check(LIFETIMES, &["crowd"], None);
}

#[test]
fn the_library_is_unloaded_and_loaded_again() {
    check(LIFETIMES, &["reload", "20"], None);
}

#[test]
fn a_state_that_takes_the_place_of_another_leaves_nothing_of_it() {
    check(LIFETIMES, &["states", "25"], None);
}

#[test]
fn a_host_that_quits_while_composing_ends_well() {
    check(LIFETIMES, &["quits", "10"], None);
}

#[test]
fn a_host_that_quits_while_composing_with_the_editor_open_ends_well() {
    let server = Server::start().unwrap();
    check(LIFETIMES, &["quits-open", "12"], Some(&server.display));
}

#[test]
fn a_session_of_some_minutes_neither_grows_nor_drifts_nor_hangs() {
    check(env!("CARGO_BIN_EXE_soak"), &["--minutes", "4"], None);
}
