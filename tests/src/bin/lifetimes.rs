//! Instances that come and go: `lifetimes WHAT [COUNT] [--strict]`, where WHAT is `instances`, `editors`, `crowd`, `reload`,
//! `states`, `quits` or `quits-open`. Those with editors need `DISPLAY`. `--strict` lets times and processor use fail as well.

use linnet_tests::lifetimes::{
    Limits, Outcome, crowd, instances, load_states, quit_in_mid_composition, quits, reload, states,
};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let strict = arguments.iter().any(|argument| argument == "--strict");
    arguments.retain(|argument| argument != "--strict");
    match run(&arguments, if strict { Limits::Strict } else { Limits::Loose }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String], limits: Limits) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let count = |default: u64| words.get(1).map_or(Ok(default), |word| word.parse());
    let program = std::env::current_exe()?;
    match words.first().copied() {
        Some("instances") => instances(count(5000)?, false, limits),
        Some("editors") => instances(count(200)?, true, limits),
        Some("crowd") => crowd(limits),
        Some("reload") => reload(count(50)?),
        Some("states") => states(&program, count(200)?),
        Some("load-states") => load_states(count(200)?),
        Some("quits") => quits(&program, count(50)?, false),
        Some("quits-open") => quits(&program, count(50)?, true),
        Some("quit") => quit(&words[1..]),
        _ => Err("lifetimes knows instances, editors, crowd, reload, states, quits and quits-open.".into()),
    }
}

fn quit(words: &[&str]) -> Outcome {
    let [after_ms, editor, how] = words else {
        return Err("quit needs milliseconds, editor or alone, and how.".into());
    };
    quit_in_mid_composition(Duration::from_millis(after_ms.parse()?), *editor == "editor", *how == "exit")
}
