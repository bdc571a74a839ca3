//! `cargo xtask validate [FILE.clap] [--json FILE] [--only NAME] [--plugin ID] [--time-limit SECONDS] [--strict]`: a validator of CLAP
//! files. It fails where a test fails, with `--strict` also where one warns.

use linnet_tests::clap_host::bundle_path;
use linnet_tests::screen::Server;
use linnet_tests::validator::{CHILD, Request, answer, validate};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long a test may take, in seconds, where nothing else is asked for.
const TIME_LIMIT_S: u64 = 120;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == CHILD) {
        answer(&arguments[1..]);
        return ExitCode::SUCCESS;
    }
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What was asked for.
struct Options {
    request: Request,
    json: Option<PathBuf>,
    strict: bool,
}

fn options(arguments: Vec<String>) -> Result<Options, Box<dyn Error>> {
    let request = Request {
        plugin: None,
        file: bundle_path(),
        only: None,
        display: None,
        time_limit: Duration::from_secs(TIME_LIMIT_S),
    };
    let mut options = Options { request, json: None, strict: false };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("`{argument}` needs a value behind it."));
        match argument.as_str() {
            "--json" => options.json = Some(value()?.into()),
            "--plugin" => options.request.plugin = Some(value()?),
            "--only" => options.request.only = Some(value()?),
            "--time-limit" => options.request.time_limit = Duration::from_secs(value()?.parse()?),
            "--strict" => options.strict = true,
            other if other.starts_with('-') => return Err(format!("There is no option `{other}`.").into()),
            file => options.request.file = file.into(),
        }
    }
    Ok(options)
}

/// Whether all is well.
fn run(arguments: Vec<String>) -> Result<bool, Box<dyn Error>> {
    let mut options = options(arguments)?;
    // A screen of its own, so that nothing opens on the user's. Without one, the tests of the editor are skipped.
    let server = match Server::start() {
        Ok(server) => Some(server),
        Err(error) if options.strict => return Err(format!("Xvfb could not be started: {error}.").into()),
        Err(_) => None,
    };
    options.request.display = server.as_ref().map(|server| server.display.clone());
    println!("{}", options.request.file.display());
    let report = validate(&options.request, |tested| println!("{tested}"))?;
    if let Some(file) = options.json {
        std::fs::write(&file, serde_json::to_string_pretty(&report)?)
            .map_err(|error| format!("{} could not be written: {error}.", file.display()))?;
    }
    println!("{report}");
    Ok(report.failures() == 0 && !(options.strict && report.warnings() > 0))
}
