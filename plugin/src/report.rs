//! Runs on the main thread. What this build is and where it runs, for the About page and for a bug report.

use crate::{PluginKind, log};
use linnet_handover::worker_view::{Activity, Snapshot};
use std::fs;
use std::sync::OnceLock;

/// What the report is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Which plug-in.
    pub(crate) kind: PluginKind,
    /// The format that the host loaded: CLAP, VST3.
    pub(crate) format: &'a str,
    /// Frames a second; 0 before the host has said.
    pub(crate) sample_rate_hz: f32,
    /// Messages that found no room in a queue.
    pub(crate) dropped: u64,
    /// Whether the sound stopped at a defect.
    pub(crate) is_stopped: bool,
    /// The composer.
    pub(crate) worker: &'a Snapshot,
}

/// One line: what, and its value.
pub(crate) type Line = (&'static str, String);

/// The lines of the report.
pub(crate) fn lines(facts: &Facts) -> Vec<Line> {
    let worker = facts.worker;
    let mut lines = vec![
        ("Version", format!("{} {}, {}", facts.kind.name(), env!("CARGO_PKG_VERSION"), build())),
        ("Format", format!("{} in {}", facts.format, host())),
        ("System", system()),
        ("Sample rate", rate(facts.sample_rate_hz)),
        (
            "Engine",
            if worker.engine.is_empty() { "not started yet".to_owned() } else { worker.engine.clone() },
        ),
    ];
    if !worker.engine_note.is_empty() {
        lines.push(("", worker.engine_note.clone()));
    }
    lines.extend(worker.models.iter().enumerate().map(|(i, model)| {
        let label = if i == 0 { "Models" } else { "" };
        (label, model.clone())
    }));
    if let Activity::Failed(failure) = &worker.activity {
        lines.push(("Failure", format!("{} {}", failure.title, failure.detail)));
    }
    if facts.is_stopped {
        lines.push((
            "Stopped",
            log::last_panic().unwrap_or_else(|| "at an error; the log says where".to_owned()),
        ));
    }
    if facts.dropped > 0 {
        lines.push(("Dropped", format!("{} messages between threads", facts.dropped)));
    }
    lines.push(("Log", log_folder()));
    lines
}

/// The report as text, ready to paste. It names no folder of the user's beyond `~`.
pub(crate) fn text(lines: &[Line]) -> String {
    let row = |(label, value): &Line| format!("{label:<12} {}\n", log::without_home(value));
    lines.iter().map(row).collect()
}

/// The folder of the log, as the user may see it.
pub(crate) fn log_folder() -> String {
    log::folder().map_or_else(
        || "none: there is no home folder".to_owned(),
        |folder| log::without_home(&folder.display().to_string()),
    )
}

fn build() -> &'static str {
    if cfg!(debug_assertions) { "debug build" } else { "release build" }
}

/// The name of the program that Linnet runs in.
fn host() -> String {
    let program = std::env::current_exe().ok();
    let name = program.as_ref().and_then(|path| path.file_name());
    name.map_or_else(|| "an unknown host".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn rate(hz: f32) -> String {
    if hz > 0.0 { format!("{hz} Hz") } else { "not known yet".to_owned() }
}

fn system() -> String {
    let kind = format!("{}, {}", std::env::consts::OS, std::env::consts::ARCH);
    distribution().map_or_else(|| kind.clone(), |name| format!("{name} ({kind})"))
}

/// The name that a Linux distribution gives itself, read once.
fn distribution() -> Option<&'static str> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let text = fs::read_to_string("/etc/os-release").ok()?;
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    };
    NAME.get_or_init(read).as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_what_a_maintainer_asks_for() {
        let worker = Snapshot {
            engine: "rten 0.27".to_owned(),
            models: vec!["lead 1 abc".to_owned(), "drums 2 def".to_owned()],
            ..Snapshot::default()
        };
        let facts = Facts {
            kind: PluginKind::Notes,
            format: "CLAP",
            sample_rate_hz: 44_100.0,
            dropped: 3,
            is_stopped: true,
            worker: &worker,
        };
        let text = text(&lines(&facts));
        for wanted in [
            "Linnet Notes",
            env!("CARGO_PKG_VERSION"),
            "CLAP in ",
            "44100 Hz",
            "rten 0.27",
            "lead 1 abc",
            "drums 2 def",
            std::env::consts::ARCH,
            "3 messages",
            "Stopped",
            "Log",
        ] {
            assert!(text.contains(wanted), "{wanted:?} is missing in:\n{text}");
        }
    }
}
