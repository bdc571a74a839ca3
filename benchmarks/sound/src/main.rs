//! `cargo xtask bench`, third part: what the sound costs, with peers in the same run, as a table and as `sound.json`.
//!
//! `--out DIR` says where the file goes, `--rounds N` how often everything is measured in turn,
//! `--only TASK` measures only what begins like that.

mod measure;
mod ours;
mod peers;
mod report;
mod soundfont;
mod subject;

use measure::{Entry, measure};
use serde::Serialize;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use subject::Task;

/// Frames of a block.
const BLOCK_FRAMES: [usize; 3] = [64, 128, 512];
/// How many voices are held.
const VOICES: [u8; 4] = [1, 8, 16, 32];
const ROUNDS: usize = 30;

#[derive(Serialize)]
struct Report {
    rounds: usize,
    rows: Vec<report::Row>,
    goals: Vec<report::Goal>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (mut out, mut rounds, mut only) = (PathBuf::from("out"), ROUNDS, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match (argument.as_str(), rest.next()) {
            ("--out", Some(folder)) => out = folder.into(),
            ("--rounds", Some(number)) => rounds = number.parse()?,
            ("--only", Some(name)) => only = Some(name.clone()),
            _ => return Err("This knows --out DIR, --rounds N and --only TASK.".into()),
        }
    }
    let mut entries = entries();
    entries.retain(|entry| only.as_ref().is_none_or(|name| entry.task.name().starts_with(name)));
    let mut rows = Vec::new();
    for frames in BLOCK_FRAMES {
        measure(&mut entries, frames, rounds);
        rows.extend(report::rows(&entries, frames));
    }
    let goals = report::goals(&rows);
    report::print(&rows, &goals);
    std::fs::create_dir_all(&out)?;
    let file = out.join(if report::IS_SSE2 { "sound-sse2.json" } else { "sound.json" });
    std::fs::write(&file, serde_json::to_string_pretty(&Report { rounds, rows, goals })? + "\n")?;
    println!("Written to {}.", file.display());
    Ok(())
}

fn entries() -> Vec<Entry> {
    let voices = VOICES.map(Task::Voices);
    let others = [Task::Equalizer, Task::Reverb, Task::Convolution, Task::Rig, Task::Idle, Task::OneVoice];
    let faint = subject::FAINT.map(|(faint, _)| faint);
    let ours =
        voices.into_iter().chain(others).chain(faint).map(|task| (task, report::OURS, ours::subject(task)));
    ours.chain(peers::subjects()).map(|(task, name, subject)| Entry::new(task, name, subject)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_does_what_is_measured() {
        for entry in &mut entries() {
            let level = entry.level();
            let is_heard = (1e-4..2.0).contains(&level);
            let is_faint = subject::FAINT.iter().any(|(faint, _)| *faint == entry.task);
            assert!(level.is_finite(), "{:?} by {}", entry.task, entry.name);
            if !is_faint {
                assert_eq!(is_heard, entry.task != Task::Idle, "{:?} by {}: {level}", entry.task, entry.name);
            }
        }
    }
}
