//! A validator of CLAP files, of any maker: what hosts do to plug-ins, one test each.
//!
//! Runs on the main thread. Every test runs in a process of its own, so that a crash or a hang of a plug-in is the failure
//! of one test, with its signal named. Only those processes load the plug-in.

mod cases;
mod child;
mod events;
mod finding;
mod host;
mod library;
mod notes;
mod parameters;
mod plugin;
mod ports;
mod random;
mod report;
mod runner;
mod stream;
mod transports;
mod window;

pub use child::{CHILD, answer};
pub use report::{Outcome, Report, Tested};

use cases::{CASES, Case, Run};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to validate, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The CLAP file.
    pub file: PathBuf,
    /// The only test to run, or how the names of those begin; all of them without one.
    pub only: Option<String>,
    /// The id of the only plug-in to test; all of the file without one.
    pub plugin: Option<String>,
    /// The X server of the editors, as `DISPLAY` says it; without one, that of this process, if any.
    pub display: Option<String>,
    /// How long a test may take.
    pub time_limit: Duration,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum NotValidated {
    /// No test has this name.
    #[error("There is no test named `{0}`. Their names are: {1}.")]
    NoSuchTest(String, String),
    /// There is no such file.
    #[error("There is no file {0}. Name a CLAP file, or build ours with `cargo xtask bundle`.")]
    NoFile(String),
    /// The validator could not start itself.
    #[error("The validator could not start a process for a test: {0}.")]
    NoProcess(#[from] std::io::Error),
}

/// Runs the tests and says how each went as soon as it is known.
pub fn validate(request: &Request, mut say: impl FnMut(&Tested)) -> Result<Report, NotValidated> {
    if !request.file.exists() {
        return Err(NotValidated::NoFile(request.file.display().to_string()));
    }
    let wanted = wanted(request.only.as_deref())?;
    let mut report = Report::new(&request.file);
    let home = child::Home::new()?;
    let mut run = |case: &Case, id: Option<&str>| -> Result<(), NotValidated> {
        let tested = child::run(&home, request, case.name, id)?;
        say(&tested);
        report.tests.push(tested);
        Ok(())
    };
    let of_file = |case: &&&Case| matches!(case.run, Run::File(_)) && request.plugin.is_none();
    for case in wanted.iter().filter(of_file) {
        run(case, None)?;
    }
    match child::plugins(&home, request)? {
        Ok(ids) => {
            for id in ids.iter().filter(|id| request.plugin.as_ref().is_none_or(|only| only == *id)) {
                for case in wanted.iter().filter(|case| matches!(case.run, Run::Plugin(_))) {
                    run(case, Some(id))?;
                }
            }
        }
        Err(unread) => {
            say(&unread);
            report.tests.push(unread);
        }
    }
    Ok(report)
}

fn wanted(only: Option<&str>) -> Result<Vec<&'static Case>, NotValidated> {
    let some: Vec<&Case> =
        CASES.iter().filter(|case| only.is_none_or(|only| case.name.starts_with(only))).collect();
    if some.is_empty() {
        let names: Vec<&str> = CASES.iter().map(|case| case.name).collect();
        return Err(NotValidated::NoSuchTest(only.unwrap_or_default().into(), names.join(", ")));
    }
    Ok(some)
}

/// Runs one test in this process.
fn run_here(file: &Path, name: &str, id: Option<&str>) -> Outcome {
    let Some(case) = CASES.iter().find(|case| case.name == name) else {
        return Outcome::Failed(format!("there is no test named {name}"));
    };
    let verdict = match case.run {
        Run::File(run) => run(file),
        Run::Plugin(run) => subject(file, id.unwrap_or_default(), run),
    };
    let misuses = host::misuses();
    match Outcome::from(verdict) {
        Outcome::Failed(why) => Outcome::Failed(why),
        _ if !misuses.is_empty() => Outcome::Failed(misuses.join("; ")),
        other => other,
    }
}

fn subject(file: &Path, id: &str, run: fn(&cases::Subject) -> finding::Verdict) -> finding::Verdict {
    let library = library::Library::open(file)?;
    let is_it = |descriptor: &library::Descriptor| descriptor.id.as_deref().unwrap_or_default() == id;
    let descriptor = library.descriptors()?.into_iter().find(is_it);
    let descriptor = descriptor.ok_or_else(|| finding::failed("the file does not list it any more"))?;
    run(&cases::Subject { library: &library, id, descriptor })
}
