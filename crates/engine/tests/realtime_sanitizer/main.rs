//! RealtimeSanitizer is on in this build, and ends a program whose callback allocates, frees, locks or calls the system.
//!
//! Each fault runs in a process of its own, which is this test started again with [`FAULT`] set: the sanitizer must end it.
#![cfg(feature = "rtsan")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests run on no audio thread, and these faults are on purpose"
)]

#[path = "../engine/harness.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use more of it")]
mod harness;

use harness::*;
use linnet_handover::worker_to_audio::Start;
use std::process::Command;

/// Names the fault that the process started with it must commit.
const FAULT: &str = "LINNET_FAULT";

/// What the callback could do wrong, by name.
fn commit(fault: &str) {
    match fault {
        "none" => {}
        "allocate" => drop(std::hint::black_box(vec![1_u8; 100])),
        "open a file" => drop(std::fs::File::open("/dev/null")),
        "spawn a thread" => drop(std::thread::spawn(|| {})),
        other => panic!("{other} is no fault that this test knows"),
    }
}

/// A callback: what the host calls, and within it a fault.
#[rtsan_standalone::nonblocking]
fn callback(process: &mut dyn FnMut(), fault: &str) {
    process();
    commit(fault);
}

#[test]
fn a_process_that_is_told_to_commits_a_fault() {
    let Ok(fault) = std::env::var(FAULT) else { return };
    let mut rig = Rig::sounding();
    rig.send(band(1, Start::Now));
    rig.run(&mut Host::playing(), 24_000, 500);
    callback(&mut || rig.engine.reset(), &fault);
    println!("the callback ended");
}

/// Starts this test again with `fault`; returns whether it lived, and what it said.
fn lives_with(fault: &str) -> (bool, String) {
    let program = std::env::current_exe().unwrap();
    let name = "a_process_that_is_told_to_commits_a_fault";
    let output =
        Command::new(program).args(["--exact", name, "--nocapture"]).env(FAULT, fault).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_callback_without_fault_lives() {
    let (lives, said) = lives_with("none");
    assert!(lives && said.contains("the callback ended"), "{said}");
}

#[test]
fn a_callback_that_allocates_or_calls_the_system_is_ended() {
    for fault in ["allocate", "open a file", "spawn a thread"] {
        let (lives, said) = lives_with(fault);
        assert!(
            !lives,
            "it may {fault} unseen: is the sanitizer switched on (RTSAN_ENABLE, RTSAN_LIB_PATH)?"
        );
        assert!(said.contains("RealtimeSanitizer: unsafe-library-call"), "{said}");
        assert!(!said.contains("the callback ended"), "{said}");
    }
}
