//! `cargo xtask torture`: the long runs, each with its progress and a time limit.

use crate::bundle;
use crate::command::{Failure, cargo, program, target};
use crate::python;
use crate::setup::{self, For};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

const HELP: &str = "`cargo xtask torture [--minutes M] [--only NAME]`: M limits each run, 600 where nothing is said. The \
                    soak is a day at 11,025 Hz, which takes about an hour.";
/// How often a run is looked at.
const POLL: Duration = Duration::from_millis(200);
const MINUTES: u64 = 600;

/// A long run: its name, and how it is called.
struct Run {
    name: &'static str,
    command: fn() -> Command,
}

/// Every long run. To add one, add a row.
const RUNS: [Run; 14] = [
    Run { name: "notes", command: notes },
    Run { name: "numbers", command: numbers },
    Run { name: "wild-hosts", command: wild_hosts },
    Run { name: "crowd", command: || lifetimes("crowd", "") },
    Run { name: "reload", command: || lifetimes("reload", "100") },
    Run { name: "states", command: || lifetimes("states", "500") },
    Run { name: "quits", command: || lifetimes("quits", "50") },
    Run { name: "instances", command: || lifetimes("instances", "5000") },
    // Not strict: with OpenGL in software, closing takes longer than it may where there is a graphics card.
    Run { name: "editors", command: || on_screen(&["lifetimes", "editors", "5000"]) },
    Run { name: "quits-open", command: || on_screen(&["lifetimes", "quits-open", "50"]) },
    Run { name: "vst3-editor", command: vst3_editor },
    Run { name: "load", command: || built("callback_load", &["120", "--strict"]) },
    Run { name: "fuzz", command: || cargo(&["xtask", "fuzz", "--seconds", "600"]) },
    Run { name: "soak", command: || built("soak", &["--minutes", "1440"]) },
];

/// A million steps of the engine against the reference.
fn notes() -> Command {
    let name = "model::what_sounds_and_is_sent_is_what_the_reference_says";
    let mut command = cargo(&["test", "--release", "--package", "linnet-engine", "--test", "engine", name]);
    command.args(["--", "--nocapture"]).env("LINNET_NOTES_STEPS", "1000000");
    command
}

/// The engine's properties of any numbers, with many more cases than in `test`.
fn numbers() -> Command {
    let arguments = ["test", "--release", "--package", "linnet-engine", "--test", "engine", "extremes"];
    let mut command = cargo(&arguments);
    command.env("LINNET_CASES", "1000");
    command
}

/// The same for the bundle in a host.
fn wild_hosts() -> Command {
    let mut command = cargo(&["test", "--release", "--package", "linnet-tests", "--test", "numbers"]);
    command.env("LINNET_CASES", "200").env("LINNET_CLAP", bundle::folder().join("Linnet.clap"));
    command
}

/// The editor in a third-party host, opened 200 times while others act.
fn vst3_editor() -> Command {
    // Where there is no environment, the system's Python says what is missing.
    let hosts = python::environment("hosts", "tests/requirements.txt").unwrap_or_else(|_| "python3".into());
    let mut command = program(hosts, &["tests/vst3/hosts.py", "opened_again_and_again"]);
    command.env("LINNET_OPENINGS", "200").env("LINNET_BUNDLES", bundle::folder());
    command.env("LINNET_REFERENCE", target().join("reference.wav"));
    command
}

fn lifetimes(what: &str, count: &str) -> Command {
    let count = if count.is_empty() { None } else { Some(count) };
    let mut arguments = vec![what, "--strict"];
    arguments.splice(1..1, count);
    built("lifetimes", &arguments)
}

/// A program of the `linnet-tests` crate.
fn built(name: &str, arguments: &[&str]) -> Command {
    let mut command =
        cargo(&["run", "--quiet", "--release", "--package", "linnet-tests", "--bin", name, "--"]);
    command.args(arguments);
    command
}

/// The same under an X server without a screen.
fn on_screen(words: &[&str]) -> Command {
    let mut command =
        cargo(&["run", "--quiet", "--release", "--package", "linnet-tests", "--bin", "on-screen", "--"]);
    command.args(words).env("LIBGL_ALWAYS_SOFTWARE", "1").env("MALLOC_ARENA_MAX", "1");
    command
}

/// Runs them all, or the one that `--only` names, and sums up.
pub(crate) fn torture(arguments: &[String]) -> Result<(), Failure> {
    let (minutes, only) = options(arguments)?;
    setup::prepare(For::Tests)?;
    bundle::bundle()?;
    let mut summary = Vec::new();
    for run in RUNS.iter().filter(|run| only.as_deref().is_none_or(|name| name == run.name)) {
        println!("\n── {}", run.name);
        let start = Instant::now();
        let result = limited((run.command)(), Duration::from_secs(minutes * 60));
        let verdict = result.as_ref().err().map_or("passed", String::as_str).to_owned();
        summary.push((
            run.name,
            result.is_ok(),
            format!("{verdict}, {:.0} s", start.elapsed().as_secs_f64()),
        ));
    }
    println!();
    for (name, _, verdict) in &summary {
        println!("{name:<12} {verdict}");
    }
    let failed = summary.iter().filter(|(_, passed, _)| !passed).count();
    println!("{} passed, {failed} failed", summary.len() - failed);
    if failed == 0 { Ok(()) } else { Err(String::new()) }
}

fn options(arguments: &[String]) -> Result<(u64, Option<String>), Failure> {
    let (mut minutes, mut only) = (MINUTES, None);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--minutes" => minutes = value.parse().map_err(|_| HELP.to_owned())?,
            [name, value] if name == "--only" && RUNS.iter().any(|run| run.name == value) => {
                only = Some(value.clone());
            }
            _ => {
                let names: Vec<&str> = RUNS.iter().map(|run| run.name).collect();
                return Err(format!("{HELP} The names are {}.", names.join(", ")));
            }
        }
    }
    Ok((minutes, only))
}

/// Runs `command` for as long as `limit`; longer is a failure, and ends it.
fn limited(mut command: Command, limit: Duration) -> Result<(), Failure> {
    let mut child = command.spawn().map_err(|error| format!("it could not be started: {error}"))?;
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("FAILED with {status}")),
            Ok(None) if start.elapsed() > limit => return end(&mut child, limit),
            Ok(None) => sleep(POLL),
            Err(error) => return Err(format!("FAILED: {error}")),
        }
    }
}

fn end(child: &mut Child, limit: Duration) -> Result<(), Failure> {
    // Read before they lose their parent.
    let others = descendants(child.id());
    child.kill().ok();
    child.wait().ok();
    for id in others {
        program("kill", &["-9", &id.to_string()]).status().ok();
    }
    Err(format!("FAILED: not done after {} minutes", limit.as_secs() / 60))
}

/// The processes that `id` has started, and those that they have; none where the system does not say.
fn descendants(id: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<u32> =
        lists.flat_map(|list| list.split_whitespace().flat_map(str::parse).collect::<Vec<_>>()).collect();
    children.iter().flat_map(|child| std::iter::once(*child).chain(descendants(*child))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_fails_or_takes_too_long_is_a_failure() {
        let limit = Duration::from_mins(1);
        assert!(limited(cargo(&["--version"]), limit).is_ok());
        assert!(limited(cargo(&["no-such-command"]), limit).is_err());
        let late = limited(cargo(&["--version"]), Duration::ZERO);
        assert!(late.is_ok() || late.is_err_and(|why| why.contains("not done")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_run_has_started_ends_with_it() {
        let mut command = program("sh", &["-c", "sh -c 'sleep 77; true' & wait"]);
        let mut child = command.spawn().unwrap();
        while descendants(child.id()).len() < 2 {
            sleep(POLL);
        }
        let started = descendants(child.id());
        end(&mut child, Duration::ZERO).unwrap_err();
        let is_gone = |id: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        // The system takes a moment; `sleep` would take 77 seconds.
        let told = Instant::now();
        while !started.iter().all(is_gone) {
            assert!(told.elapsed() < Duration::from_secs(30), "{started:?}");
            sleep(POLL);
        }
    }

    #[test]
    fn options_are_understood_or_refused_in_words() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(options(&words("--minutes 5 --only soak")), Ok((5, Some("soak".into()))));
        assert_eq!(options(&[]), Ok((MINUTES, None)));
        for wrong in ["--only nothing", "--minutes", "--minutes x", "5"] {
            assert!(options(&words(wrong)).is_err_and(|why| why.contains("--minutes")), "{wrong}");
        }
    }
}
