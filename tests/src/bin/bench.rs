//! `cargo xtask bench [--out DIR]`: how fast it is, with peers side by side, as a table and as `bench.json`.
//!
//! `LINNET_ONNXRUNTIME` names a libonnxruntime to compare the built-in engine with.

use linnet_composer::bench::{
    Latency, chord_latency, drum_latency, idea_latency, lead_latency, originality_latency, texture_latency,
    touch_latency,
};
use linnet_composer::inference::onnxruntime::OnnxRuntime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::inference::{Engine, InferenceError};
use linnet_composer::models::{Loading, ModelError, ModelSource, Models};
use linnet_composer::originality::Originality;
use linnet_music::{Mode, Style};
use linnet_tests::clap_host::{Bundle, bundle_path};
use linnet_tests::evaluation::statistics::median;
use linnet_tests::offline::{SCENES, render};
use linnet_tests::scene::INSTRUMENT;
use serde::Serialize;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;

const PROPOSALS: u16 = 40;
const IDEAS: u16 = 15;
const STARTS: usize = 11;
const SAMPLE_RATE_HZ: f64 = 48_000.0;
const BLOCK_FRAMES: usize = 512;
/// The argument that makes this program time one cold load and end.
const SCAN: &str = "--scan-once";

#[derive(Serialize)]
struct Row {
    what: String,
    value: f64,
    unit: &'static str,
    target: Option<f64>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [] => run(Path::new("out")),
        [one] if one == SCAN => scan_once(),
        [name, out] if name == "--out" => run(Path::new(out)),
        _ => Err("bench knows --out DIR.".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &Path) -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    proposals(&mut rows)?;
    starts(&mut rows)?;
    scenes(&mut rows);
    for row in &rows {
        let target = row.target.map_or_else(String::new, |target| format!("(target ≤ {target})"));
        println!("{:<64} {:>10.3} {:<5} {target}", row.what, row.value, row.unit);
    }
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("bench.json"), serde_json::to_string_pretty(&rows)? + "\n")?;
    println!("Written to {}: bench.json.", out.display());
    Ok(())
}

/// A four-bar lead of eight candidates in one batch, the other networks, and whole ideas by mode, on one core: the
/// built-in engine, and onnxruntime beside it.
fn proposals(rows: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    let mut measure = |engine: &dyn Engine, targets: Option<[f64; 2]>| -> Result<(), Box<dyn Error>> {
        let name = engine.name();
        let models = load(engine, &name, rows)?;
        let lead = lead_latency(&models.phrase, PROPOSALS)?;
        rows.extend(latencies("four-bar lead", &name, lead, targets.map(|[lead, _]| lead)));
        for (what, latency) in [
            ("chords of four bars", chord_latency(&models.chords, PROPOSALS)?),
            ("drums of four bars", drum_latency(&models.drums, PROPOSALS)?),
            ("texture of four bars", texture_latency(&models.gan, PROPOSALS)?),
            ("touch of a part of four bars", touch_latency(&models.groove, PROPOSALS)?),
            ("search for copies", originality_latency(&models.phrase, Originality::built_in()?, PROPOSALS)?),
        ] {
            rows.extend(latencies(what, &name, latency, None));
        }
        for mode in Mode::ALL {
            for (style, in_style) in [(None, ""), (Some(Style::Pop), ", in a style")] {
                let what = format!("{}, four parts{in_style}", mode.name());
                let latency = idea_latency(&models, mode, style, IDEAS)?;
                rows.extend(latencies(&what, &name, latency, targets.map(|[_, band]| band)));
            }
        }
        Ok(())
    };
    measure(&Rten::new(), Some([60.0, 250.0]))?;
    match onnxruntime() {
        Ok(Some(engine)) => measure(&engine, None),
        Ok(None) => {
            println!("Set LINNET_ONNXRUNTIME to a libonnxruntime to see it beside the built-in engine.");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Loads the models; the longest step is what a host that closes, or plays what it has saved, may wait for.
fn load(engine: &dyn Engine, name: &str, rows: &mut Vec<Row>) -> Result<Arc<Models>, ModelError> {
    let mut loading = Loading::new(ModelSource::BuiltIn);
    let mut steps_ms = Vec::new();
    let models = loop {
        let begin = Instant::now();
        let models = loading.step(engine)?;
        steps_ms.push(begin.elapsed().as_secs_f64() * 1e3);
        if let Some(models) = models {
            break models;
        }
    };
    let longest = steps_ms.iter().copied().fold(0.0, f64::max);
    for (what, value) in [("all models loaded", steps_ms.iter().sum()), ("loading, longest step", longest)] {
        rows.push(Row { what: format!("{what}, {name}"), value, unit: "ms", target: None });
    }
    Ok(models)
}

/// The rows of a latency; the target is the median's.
fn latencies(what: &str, engine: &str, latency: Latency, target: Option<f64>) -> [Row; 2] {
    let row = |which: &str, value, target| Row {
        what: format!("{what}, {which}, {engine}"),
        value,
        unit: "ms",
        target,
    };
    [row("median", latency.median_ms, target), row("95th percentile", latency.p95_ms, None)]
}

fn onnxruntime() -> Result<Option<OnnxRuntime>, InferenceError> {
    std::env::var_os("LINNET_ONNXRUNTIME").map(|path| OnnxRuntime::open(&PathBuf::from(path))).transpose()
}

/// Loading the bundle in a fresh process, and from opening an instance to its first block.
fn starts(rows: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    let (mut scans, mut firsts) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let output = Command::new(std::env::current_exe()?).arg(SCAN).output()?;
        let text = String::from_utf8(output.stdout)?;
        let mut numbers = text.split_whitespace().map(str::parse::<f64>);
        let (Some(Ok(scan)), Some(Ok(first))) = (numbers.next(), numbers.next()) else {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        };
        scans.push(scan);
        firsts.push(first);
    }
    let row = |what: &str, values: &[f64], target| Row {
        what: what.into(),
        value: median(values),
        unit: "ms",
        target: Some(target),
    };
    rows.push(row("library scan: load and list the plug-ins, median", &scans, 20.0));
    rows.push(row("instantiate to first block, median", &firsts, 50.0));
    Ok(())
}

fn scan_once() -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let bundle = Bundle::load(&bundle_path())?;
    let ids = bundle.ids();
    let scan_ms = begin.elapsed().as_secs_f64() * 1e3;
    if ids.is_empty() {
        return Err("The bundle lists no plug-in.".into());
    }
    let begin = Instant::now();
    let mut instance = bundle.open(INSTRUMENT, SAMPLE_RATE_HZ, BLOCK_FRAMES)?;
    instance.process(BLOCK_FRAMES, None, &[])?;
    println!("{scan_ms} {}", begin.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn scenes(rows: &mut Vec<Row>) {
    for scene in &SCENES {
        let runs: Vec<f64> = (0..3)
            .map(|_| {
                let rendered = render(scene, SAMPLE_RATE_HZ, BLOCK_FRAMES);
                rendered.seconds * 1e9 / rendered.audio[0].len() as f64
            })
            .collect();
        let ns = median(&runs);
        rows.push(Row {
            what: format!("engine, {}, a frame", scene.name),
            value: ns,
            unit: "ns",
            target: None,
        });
        let share = ns * SAMPLE_RATE_HZ / 1e9 * 100.0;
        rows.push(Row {
            what: format!("engine, {}, share of real time at 48 kHz", scene.name),
            value: share,
            unit: "%",
            target: None,
        });
    }
}
