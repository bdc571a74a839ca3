//! Runs on the main thread. The processes that the tests run in: started, watched, and their ends put into words.

use super::library::Library;
use super::report::{Outcome, Tested};
use super::{Request, run_here};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The first argument of a process that runs a test.
pub const CHILD: &str = "--child";
/// The test's name that asks for the plug-ins' ids instead.
const LIST: &str = "list";
/// What the line with the answer begins with: plug-ins print, too.
const ANSWER: &str = "@answer ";

/// An empty home folder for the plug-ins, so that they neither read nor change the user's files. It goes with this value.
pub(super) struct Home(PathBuf);

impl Home {
    pub(super) fn new() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("linnet-validate-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Does what the arguments behind [`CHILD`] say, and prints the answer.
pub fn answer(arguments: &[String]) {
    let [name, file, rest @ ..] = arguments else { return };
    let file = Path::new(file);
    let text = if name == LIST {
        let ids = Library::open(file).and_then(|library| library.descriptors());
        let ids = ids.map(|all| all.into_iter().map(|one| one.id.unwrap_or_default()).collect::<Vec<_>>());
        serde_json::to_string(&ids.map_err(|found| Outcome::from(Err(found))))
    } else {
        serde_json::to_string(&run_here(file, name, rest.first().map(String::as_str)))
    };
    println!("\n{ANSWER}{}", text.unwrap_or_default());
}

/// Runs a test in a process of its own.
pub(super) fn run(home: &Home, request: &Request, name: &str, id: Option<&str>) -> io::Result<Tested> {
    let start = Instant::now();
    let ended = Ended::of(home, request, name, id)?;
    let outcome = match ended.answer() {
        Ok(text) => serde_json::from_str(&text)
            .unwrap_or_else(|error| Outcome::Failed(format!("its answer could not be read: {error}"))),
        Err(why) => Outcome::Failed(why),
    };
    let seconds = start.elapsed().as_secs_f64();
    Ok(Tested { test: name.into(), plugin: id.map(str::to_owned), outcome, seconds })
}

/// The ids of the plug-ins in the file, or how reading them failed.
pub(super) fn plugins(home: &Home, request: &Request) -> io::Result<Result<Vec<String>, Tested>> {
    let failed = |outcome| Tested { test: "load".into(), plugin: None, outcome, seconds: 0.0 };
    let ended = Ended::of(home, request, LIST, None)?;
    let text = match ended.answer() {
        Ok(text) => text,
        Err(why) => return Ok(Err(failed(Outcome::Failed(why)))),
    };
    let read: Result<Result<Vec<String>, Outcome>, _> = serde_json::from_str(&text);
    Ok(match read {
        Ok(ids) => ids.map_err(failed),
        Err(error) => Err(failed(Outcome::Failed(format!("its answer could not be read: {error}")))),
    })
}

/// A process that is over.
struct Ended {
    /// None where it had to be ended.
    status: Option<ExitStatus>,
    limit: Duration,
    said: String,
    complained: String,
}

impl Ended {
    fn of(home: &Home, request: &Request, name: &str, id: Option<&str>) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([CHILD, name]).arg(&request.file).args(id).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("HOME", &home.0);
        for (variable, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            command.env(variable, home.0.join(folder));
        }
        command.envs(request.display.as_ref().map(|display| ("DISPLAY", display)));
        let mut child = command.spawn()?;
        let said = child.stdout.take().map(read);
        let complained = child.stderr.take().map(read);
        let status = wait(&mut child, request.time_limit)?;
        let text = |reader: Option<thread::JoinHandle<String>>| {
            reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
        };
        Ok(Self { status, limit: request.time_limit, said: text(said), complained: text(complained) })
    }

    /// The answer, or what happened instead of one.
    fn answer(&self) -> Result<String, String> {
        let answer = self.said.lines().rev().find_map(|line| line.strip_prefix(ANSWER));
        let Some(status) = self.status else {
            return Err(format!("it hung: no end after {} s", self.limit.as_secs()));
        };
        match answer {
            Some(answer) if status.success() => Ok(answer.to_owned()),
            Some(_) => {
                Err(format!("it crashed at the end of the process: {}{}", how(status), self.last_words()))
            }
            None => Err(format!("it crashed: {}{}", how(status), self.last_words())),
        }
    }

    /// What it said before it ended.
    fn last_words(&self) -> String {
        let lines: Vec<&str> = self.complained.lines().filter(|line| !line.trim().is_empty()).collect();
        let panic = lines.iter().position(|line| line.contains("panicked at"));
        let from = panic.unwrap_or(lines.len().saturating_sub(2));
        let some: Vec<&str> = lines[from..].iter().take(2).copied().collect();
        if some.is_empty() { String::new() } else { format!(" (its last words: {})", some.join(" / ")) }
    }
}

fn read(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).ok();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for a process; ends it after `limit` and gives nothing.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    let Some(signal) = status.signal() else { return status.to_string() };
    let name = match signal {
        libc::SIGSEGV => "segmentation fault",
        libc::SIGABRT => "abort",
        libc::SIGBUS => "bus error",
        libc::SIGFPE => "arithmetic error",
        libc::SIGILL => "illegal instruction",
        libc::SIGTRAP => "trap",
        libc::SIGKILL => "killed",
        _ => "a signal",
    };
    format!("{name}, signal {signal}")
}

#[cfg(not(unix))]
fn how(status: ExitStatus) -> String {
    status.to_string()
}
