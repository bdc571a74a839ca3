//! The validator, on plug-ins with known faults and on one without any.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The file of `examples/faulty`, built.
fn faulty() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut command = Command::new(env!("CARGO"));
        command.args([
            "build",
            "--quiet",
            "--package",
            "linnet-tests",
            "--example",
            "faulty",
            "--target-dir",
        ]);
        assert!(command.arg(target).status().unwrap().success());
        let name = format!("{}faulty{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        target.join("debug").join("examples").join(name)
    })
}

fn validate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_validate"));
    command.arg(faulty()).args(arguments);
    command
}

/// Runs a validation; its tests' names, outcomes and reasons, and how it ended.
fn report(command: &mut Command) -> (Vec<[String; 3]>, Output) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("validated-{}-{}.json", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let output = command.arg("--json").arg(&path).output().unwrap();
    let read: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    std::fs::remove_file(path).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = read["tests"].as_array().unwrap().iter();
    (rows.map(|row| [text(&row["test"]), text(&row["outcome"]), text(&row["why"])]).collect(), output)
}

/// Fails unless `test` finds the plug-in `fault` faulty, for a reason that holds `words`.
fn check(test: &str, fault: &str, words: &str) {
    let limit = if fault == "hang" { "3" } else { "60" };
    let (rows, output) = report(&mut validate(&["--only", test, "--plugin", fault, "--time-limit", limit]));
    let [_, outcome, why] = rows.iter().find(|[name, ..]| name == test).unwrap();
    assert!(outcome == "failed" && why.contains(words), "{test} on {fault}: {outcome}, {why}");
    assert!(!output.status.success(), "{test} on {fault}: the validator does not say so to its caller");
}

#[test]
fn what_a_block_must_not_do_is_found() {
    let faults = [
        ("crash", "segmentation fault"),
        ("hang", "hung"),
        ("nan", "is NaN"),
        ("adds", "as it was, or added to it"),
        ("constant", "constant mask"),
        ("beyond", "beyond the 512 frames"),
        ("input", "wrote to its input"),
        ("late-event", "at frame 512 of a block of 512"),
        ("thread", "another thread than the main thread"),
    ];
    for (fault, words) in faults {
        check("process-audio-out-of-place", fault, words);
    }
}

#[test]
fn what_only_one_test_can_see_is_found() {
    let faults = [
        ("stale-output-buffers", "stale", "depends on what the output buffers held"),
        ("notes-basic", "hanging-note", "hang"),
        ("param-set-wrong-namespace", "namespace", "changed \"Gain\""),
        ("reset-is-reactivate", "reset", "after a reset"),
        ("state-empty", "empty-state", "empty state"),
        ("state-reproducible-binary", "bytes", "other bytes"),
        ("state-buffered-streams", "pieces", "does not load"),
        ("denormal-input", "denormal", "times the usual time"),
        ("features", "twice", "there twice"),
        ("param-conversions", "text", "prints"),
        ("param-defaults", "default", "by default"),
        ("process-status", "sleep", "refers to its tail"),
        ("varying-sample-rates", "rate", "at a rate in hertz of 1000"),
        ("transport-null", "transport", "segmentation fault"),
    ];
    for (test, fault, words) in faults {
        check(test, fault, words);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_found() {
    let faults = [
        ("scan-time", "ms a plug-in"),
        ("query-nonexistent-factory", "does not exist"),
        ("create-id-with-trailing-garbage", "which it does not have"),
    ];
    for (test, words) in faults {
        let mut command = validate(&["--only", test]);
        let (rows, _) = report(command.env("LINNET_FAULTY_FILE", "yes"));
        let [name, outcome, why] = &rows[0];
        assert!(name == test && outcome == "failed" && why.contains(words), "{test}: {outcome}, {why}");
    }
}

#[test]
fn a_plugin_without_a_fault_passes_every_test() {
    let (rows, output) = report(&mut validate(&["--plugin", "faultless", "--strict"]));
    let bad: Vec<_> =
        rows.iter().filter(|[_, outcome, _]| ["failed", "warning"].contains(&outcome.as_str())).collect();
    assert!(bad.is_empty() && output.status.success(), "{bad:?}");
    let passed = rows.iter().filter(|[_, outcome, _]| outcome == "passed").count();
    assert!(passed >= 30, "{passed} passed");
}

#[test]
fn a_file_that_is_no_plugin_does_not_pass() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-plugin.clap");
    std::fs::write(&file, "this is no library").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_validate")).arg(&file).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("could not be loaded"));
}
