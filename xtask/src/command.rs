//! Running other programs, with errors that say which one failed.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

/// What went wrong, in a sentence for the user.
pub(crate) type Failure = String;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where cargo builds to.
pub(crate) fn target() -> PathBuf {
    let set = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    set.map_or_else(|| root().join("target"), |target| root().join(target))
}

/// Cargo, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// The same `command` for a tool that runs for seconds: what counts is how soon it is built.
pub(crate) fn quickly_built(command: &mut Command) -> &mut Command {
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0").env("CARGO_PROFILE_RELEASE_LTO", "off")
}

/// What names a plug-in's folder for settings, log and recovery, in place of the user's.
pub(crate) const DATA: &str = "LINNET_DATA";

/// That folder for every plug-in that a command here loads.
pub(crate) fn data() -> PathBuf {
    target().join("data")
}

/// `program`, in the workspace's root. Plug-ins in it leave the user's data alone.
pub(crate) fn program(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).env(DATA, data());
    command
}

/// Whether `program` is installed.
pub(crate) fn is_installed(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs `command` with its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}.", words(command))) }
}

/// Runs `command` with its output on the terminal, and also gives it back.
pub(crate) fn run_and_read(command: &mut Command) -> Result<String, (Failure, String)> {
    let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| (could_not_start(command, &error), String::new()))?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|pipe| pass_on(pipe, sender.clone())),
        child.stderr.take().map(|pipe| pass_on(pipe, sender)),
    ];
    let mut text = String::new();
    for line in lines {
        println!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    for reader in readers.into_iter().flatten() {
        reader.join().ok();
    }
    match child.wait() {
        Ok(status) if status.success() => Ok(text),
        Ok(status) => Err((format!("`{}` ended with {status}.", words(command)), text)),
        Err(error) => Err((could_not_start(command, &error), text)),
    }
}

fn pass_on(pipe: impl Read + Send + 'static, to: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            to.send(String::from_utf8_lossy(&line).into_owned()).ok();
        }
    })
}

fn could_not_start(command: &Command, error: &std::io::Error) -> Failure {
    format!("`{}` could not be started: {error}.", command.get_program().to_string_lossy())
}

fn words(command: &Command) -> String {
    let all = std::iter::once(command.get_program()).chain(command.get_args());
    all.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
