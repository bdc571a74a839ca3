//! `cargo xtask demo`: see `linnet_tests::demo`.

use linnet_music::midi_file;
use linnet_tests::demo::{self, DemoError, Heard, Options, Report, SAMPLE_RATE_HZ, Take};
use linnet_tests::{picture, sound};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match Options::parse(&arguments).map_err(DemoError::from).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), DemoError> {
    let path = options.input.clone().unwrap_or_else(default_tune);
    let bytes = fs::read(&path).map_err(|error| DemoError::File { path: path.clone(), error })?;
    let tune = midi_file::read(&bytes).map_err(|error| DemoError::Tune { path: path.clone(), error })?;
    for warning in &tune.warnings {
        println!("{warning}");
    }
    let title = if tune.name.is_empty() { path.display().to_string() } else { tune.name.clone() };
    let take = demo::perform(options, Heard::new(&tune))?;
    let report = Report::new(&title, &take);
    write(options, &title, &take, &report)?;
    println!("{}", report.sentences());
    println!("Written to {}: demo.wav, demo.mid, demo.png, demo.json.", options.out.display());
    Ok(())
}

fn default_tune() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join("ode_to_joy.mid")
}

fn write(options: &Options, title: &str, take: &Take, report: &Report) -> Result<(), DemoError> {
    let out = &options.out;
    let failed = |error| DemoError::File { path: out.clone(), error };
    fs::create_dir_all(out).map_err(failed)?;
    sound::write(&out.join("demo.wav"), &take.recording.audio, SAMPLE_RATE_HZ)?;
    fs::write(out.join("demo.mid"), take.midi()).map_err(failed)?;
    let picture =
        picture::draw(title, take, report).map_err(|error| DemoError::Picture(error.to_string()))?;
    fs::write(out.join("demo.png"), picture).map_err(failed)?;
    let json = serde_json::to_string_pretty(report).unwrap_or_default();
    fs::write(out.join("demo.json"), json + "\n").map_err(failed)
}
