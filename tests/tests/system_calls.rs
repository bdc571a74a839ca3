//! The callback calls the system never: seen by strace, which sees every call of every thread, while the composer composes
//! and the state is saved. Reading the clock is no such call on most systems; the lints forbid it.
//!
//! Needs strace, and the right to trace a child.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// What a thread did, line by line, by the thread's number.
type Threads = BTreeMap<String, Vec<String>>;

/// What a trace shows of the windows.
#[derive(Debug, Default)]
struct Seen {
    windows: usize,
    calls_within: Vec<String>,
    /// Calls of other threads.
    elsewhere: usize,
}

/// Runs the program under strace; returns what each thread called, and what the program printed.
fn trace(name: &str, arguments: &[&str]) -> (Threads, String) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut strace = Command::new("strace");
    strace.args(["--follow-forks", "--quiet=all", "--output"]).arg(&file);
    let output = strace.arg(env!("CARGO_BIN_EXE_windows")).args(arguments).output();
    let output = output.expect("strace could not be started: install what Debian calls strace");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the trace ended with {}: {said}\nWhere it says that it may not trace, allow ptrace (in a container: \
         CAP_SYS_PTRACE); without it nothing is proved.",
        output.status
    );
    let mut threads = Threads::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        threads.entry(thread.into()).or_default().push(call.trim_start().into());
    }
    (threads, String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What happened between each begin and its end, on the thread that has windows.
fn read(threads: &Threads) -> Seen {
    let has_window = |calls: &&Vec<String>| calls.iter().any(|call| call.contains("/linnet/window/"));
    let with: BTreeSet<&String> =
        threads.iter().filter(|(_, calls)| has_window(calls)).map(|it| it.0).collect();
    assert_eq!(with.len(), 1, "one thread has windows: {with:?}");
    let mut seen = Seen::default();
    for (thread, calls) in threads {
        if !with.contains(thread) {
            seen.elsewhere += calls.len();
            continue;
        }
        let mut is_within = false;
        // The second line of a call that another thread's interrupted.
        for call in calls.iter().filter(|call| !call.starts_with("<...")) {
            if call.contains("/linnet/window/begin") {
                is_within = true;
                seen.windows += 1;
            } else if call.contains("/linnet/window/end") {
                is_within = false;
            } else if is_within {
                seen.calls_within.push(call.clone());
            }
        }
    }
    seen
}

#[test]
fn the_callback_calls_the_system_never_while_the_composer_composes() {
    let (threads, said) = trace("windows.txt", &["3000"]);
    let seen = read(&threads);
    assert_eq!(seen.windows, 3000, "windows");
    assert_eq!(seen.calls_within, Vec::<String>::new(), "calls of the system in the callback");
    assert!(seen.elsewhere > 1000, "nothing else went on: {} calls", seen.elsewhere);
    let ideas: usize = said.split_whitespace().next().unwrap().parse().unwrap();
    assert!(ideas > 3, "the composer did not compose: {said}");
}

#[test]
fn a_call_within_a_window_is_seen() {
    let (threads, _) = trace("windows-misbehaving.txt", &["20", "--misbehave"]);
    let seen = read(&threads);
    assert_eq!(seen.calls_within.len(), 1, "{:?}", seen.calls_within);
    assert!(seen.calls_within[0].contains("/linnet/misbehaviour"), "{:?}", seen.calls_within);
}
