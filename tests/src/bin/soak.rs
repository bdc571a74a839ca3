//! A long session, offline as fast as it goes: `soak [--minutes M] [--rate HZ]`, simulated minutes, 24 hours of them where
//! nothing is said.
//!
//! It runs itself with a folder of its own for the plug-in's files, and where there is no `DISPLAY`, with an X server
//! without a screen.

use linnet_tests::process::NO_THREAD_CACHE;
use linnet_tests::screen::Server;
use linnet_tests::soak::{RATE_HZ, soak};
use std::error::Error;
use std::process::{Command, ExitCode};

const DAY: u64 = 24 * 60;
/// Set in the process that does the work.
const INNER: &str = "LINNET_SOAK";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = if std::env::var_os(INNER).is_some() { inner(&arguments) } else { outer(&arguments) };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn outer(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    options(arguments)?;
    let folder = std::env::temp_dir().join(format!("linnet-soak-{}", std::process::id()));
    let mut again = Command::new(std::env::current_exe()?);
    again
        .args(arguments)
        .env(INNER, "1")
        .env("LINNET_DATA", &folder)
        .env(NO_THREAD_CACHE.0, NO_THREAD_CACHE.1);
    let mut server = None;
    if std::env::var_os("DISPLAY").is_none() {
        let started = Server::start().map_err(|error| format!("Xvfb could not be started: {error}."))?;
        again.env("DISPLAY", &started.display).env("LIBGL_ALWAYS_SOFTWARE", "1").env("MALLOC_ARENA_MAX", "1");
        server = Some(started);
    }
    let status = again.status();
    drop(server);
    std::fs::remove_dir_all(&folder).ok();
    let status = status?;
    if status.success() { Ok(()) } else { Err(format!("The soak ended with {status}.").into()) }
}

fn inner(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (minutes, rate_hz) = options(arguments)?;
    soak(minutes, rate_hz)
}

/// The minutes, and the rate.
fn options(arguments: &[String]) -> Result<(u64, u64), Box<dyn Error>> {
    let (mut minutes, mut rate_hz) = (DAY, RATE_HZ);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--minutes" => minutes = value.parse()?,
            [name, value] if name == "--rate" => rate_hz = value.parse()?,
            _ => return Err("soak knows --minutes M and --rate HZ.".into()),
        }
    }
    Ok((minutes, rate_hz))
}
