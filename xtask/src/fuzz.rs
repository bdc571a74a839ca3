//! `cargo xtask fuzz`: throws mutated files at everything that reads one, two targets at a time.
//!
//! The targets are the programs in `fuzz/fuzz_targets`, their seeds lie in `fuzz/corpus`. What a run learns is kept in
//! `target/fuzz-corpus`, and what it finds in `target/fuzz-findings`, one file a finding.

use crate::command::{Failure, cargo, is_installed, quickly_built, root, run, target};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The version of cargo-fuzz that is built where none is installed.
const CARGO_FUZZ_VERSION: &str = "0.13.2";
/// Targets that run at the same time.
const AT_ONCE: usize = 2;
/// One input may take this many seconds, also on a machine with other work.
const INPUT_SECONDS_MAX: u32 = 20;
/// How often the run says how far it is.
const REPORT_EVERY: Duration = Duration::from_secs(20);

/// Runs `[TARGET…] [--seconds N]`: all targets for 60 seconds each, where nothing else is said.
pub(crate) fn fuzz(arguments: &[String]) -> Result<(), Failure> {
    let all = targets()?;
    let (chosen, seconds) = parse(arguments, &all)?;
    build()?;
    let mut waiting = chosen.iter();
    let mut running: Vec<Run> = Vec::new();
    let mut findings = Vec::new();
    let mut reported = Instant::now();
    loop {
        while running.len() < AT_ONCE
            && let Some(name) = waiting.next()
        {
            running.push(Run::start(name, seconds)?);
        }
        if running.is_empty() {
            break;
        }
        sleep(Duration::from_millis(200));
        for at in (0..running.len()).rev() {
            if let Some(ended) = running[at].ended() {
                let run = running.swap_remove(at);
                findings.extend(run.finish(ended));
            }
        }
        if reported.elapsed() > REPORT_EVERY {
            running.iter().for_each(Run::report);
            reported = Instant::now();
        }
    }
    println!("{} passed, {} failed", chosen.len() - findings.len(), findings.len());
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}

/// The names of the targets.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = root().join("fuzz/fuzz_targets");
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| format!("{} could not be read: {error}.", folder.display()))?;
    let names = entries.flatten().filter_map(|entry| {
        let path = entry.path();
        path.extension().is_some_and(|extension| extension == "rs").then(|| stem(&path))
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The targets to run, and for how many seconds each.
fn parse(arguments: &[String], all: &[String]) -> Result<(Vec<String>, u32), Failure> {
    let (mut chosen, mut seconds) = (Vec::new(), 60);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--seconds" {
            let number = rest.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            seconds = number.ok_or("`--seconds` takes a number of seconds above 0.")?;
        } else if all.contains(argument) {
            chosen.push(argument.clone());
        } else {
            return Err(format!("There is no target `{argument}`. The targets are: {}.", all.join(", ")));
        }
    }
    Ok((if chosen.is_empty() { all.to_vec() } else { chosen }, seconds))
}

/// Cargo-fuzz with `command`. Without a sanitizer it needs no nightly toolchain; the targets bound memory themselves.
fn cargo_fuzz(command: &str) -> Command {
    let ours = target().join("tools/bin/cargo-fuzz");
    let mut fuzz = Command::new(if ours.exists() { ours } else { PathBuf::from("cargo-fuzz") });
    let folder = target().join("fuzz");
    fuzz.current_dir(root()).args(["fuzz", command, "--fuzz-dir", "fuzz", "--sanitizer", "none"]);
    fuzz.arg("--target-dir").arg(folder);
    fuzz
}

fn build() -> Result<(), Failure> {
    let tools = target().join("tools");
    if !is_installed("cargo-fuzz") && !tools.join("bin/cargo-fuzz").exists() {
        println!("This needs cargo-fuzz: building it once.");
        let version = ["install", "cargo-fuzz", "--version", CARGO_FUZZ_VERSION, "--locked", "--quiet"];
        run(quickly_built(&mut cargo(&version)).arg("--root").arg(&tools))?;
    }
    println!("Building the targets.");
    run(&mut cargo_fuzz("build"))
}

/// A target that runs.
struct Run {
    name: String,
    child: Child,
    log: PathBuf,
    findings: PathBuf,
}

impl Run {
    fn start(name: &str, seconds: u32) -> Result<Self, Failure> {
        let corpus = target().join("fuzz-corpus").join(name);
        let findings = target().join("fuzz-findings").join(name);
        let log = target().join("fuzz-corpus").join(format!("{name}.log"));
        let failed = |error: std::io::Error| format!("The target {name} could not be started: {error}.");
        std::fs::create_dir_all(&corpus).map_err(failed)?;
        std::fs::create_dir_all(&findings).map_err(failed)?;
        let written = std::fs::File::create(&log).map_err(failed)?;
        let mut command = cargo_fuzz("run");
        command.arg(name).arg(corpus).arg(format!("fuzz/corpus/{name}")).arg("--");
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-timeout={INPUT_SECONDS_MAX}"));
        command.arg(format!("-artifact_prefix={}/", findings.display()));
        command.args(["-print_final_stats=1", "-rss_limit_mb=2048", "-verbosity=1"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(written).spawn();
        println!("{name}: {seconds} s");
        Ok(Self { name: name.into(), child: child.map_err(failed)?, log, findings })
    }

    /// Whether the target ended without a finding; none while it runs.
    fn ended(&mut self) -> Option<bool> {
        match self.child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => Some(status.success()),
            Err(_) => Some(false),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    fn report(&self) {
        let progress = Progress::of(&self.text());
        println!("{}: {} inputs so far, {} places reached", self.name, progress.inputs, progress.places);
    }

    /// Says how it went; the failure where something was found.
    fn finish(self, without_finding: bool) -> Option<Failure> {
        let text = self.text();
        let Progress { inputs, places } = Progress::of(&text);
        let (name, log) = (&self.name, self.log.display());
        if without_finding && inputs > 0 {
            println!("{name}: {inputs} inputs, {places} places reached, no finding");
            return None;
        }
        let found =
            text.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, file)| file);
        let failure = match found {
            Some(file) => format!("{name}: a finding, kept as {file}. What it said is in {log}."),
            None => {
                format!("{name}: ended early, see {log}. Findings would be in {}.", self.findings.display())
            }
        };
        println!("{failure}");
        Some(failure)
    }
}

/// How far a target is, by what libFuzzer prints.
#[derive(Debug, Default, PartialEq, Eq)]
struct Progress {
    /// Inputs tried.
    inputs: u64,
    /// Places of the code reached.
    places: u64,
}

impl Progress {
    fn of(log: &str) -> Self {
        let tells = |line: &&str| line.starts_with('#') && line.contains("cov:");
        let last = log.lines().rfind(tells);
        let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
        last.map_or_else(Self::default, |line| {
            let mut words = line.trim_start_matches('#').split_whitespace();
            let inputs = number(words.next());
            let places = number(words.skip_while(|word| *word != "cov:").nth(1));
            Self { inputs, places }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn targets_and_seconds_are_chosen_and_mistakes_are_named() {
        let all = words(&["midi_file", "model"]);
        assert_eq!(parse(&[], &all), Ok((all.clone(), 60)));
        assert_eq!(parse(&words(&["model", "--seconds", "5"]), &all), Ok((words(&["model"]), 5)));
        assert!(parse(&words(&["modle"]), &all).unwrap_err().contains("midi_file, model"));
        assert!(parse(&words(&["--seconds", "soon"]), &all).is_err());
        assert!(parse(&words(&["--seconds"]), &all).is_err());
    }

    #[test]
    fn every_target_has_seeds_and_is_a_program_of_the_crate() {
        let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
        for name in targets().unwrap() {
            assert!(manifest.contains(&format!("fuzz_targets/{name}.rs")), "{name}");
            let seeds = std::fs::read_dir(root().join("fuzz/corpus").join(&name)).unwrap();
            assert!(seeds.count() > 1, "{name}");
        }
    }

    #[test]
    fn progress_is_read_from_the_last_line_that_tells_it() {
        let log = "INFO: seed\n#2\tINITED cov: 79 ft: 80 corp: 1/1b\n#4096\tpulse  cov: 812 ft: 1903 corp: 9/1b\n###### End of recommended dictionary. ######\n";
        assert_eq!(Progress::of(log), Progress { inputs: 4096, places: 812 });
        assert_eq!(Progress::of("error"), Progress::default());
    }
}
