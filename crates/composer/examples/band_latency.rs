//! Prints how long chords, drums, the touch of a part, and whole ideas by mode take: four bars, eight candidates, on the
//! built-in engine, or on the ONNX Runtime that `LINNET_ONNXRUNTIME` names.

use linnet_composer::bench::{
    Latency, chord_latency, drum_latency, idea_latency, lead_latency, touch_latency,
};
use linnet_composer::inference::Engine;
use linnet_composer::inference::onnxruntime::OnnxRuntime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{ModelSource, Models};
use linnet_music::{Mode, Style};
use std::error::Error;
use std::path::PathBuf;

const PROPOSALS: u16 = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let engine: Box<dyn Engine> = match std::env::var_os("LINNET_ONNXRUNTIME").map(PathBuf::from) {
        Some(library) => Box::new(OnnxRuntime::open(&library)?),
        None => Box::new(Rten::new()),
    };
    let models = Models::load(&ModelSource::BuiltIn, &*engine)?;
    println!("{}", engine.name());
    for (what, latency) in [
        ("lead", lead_latency(&models.phrase, PROPOSALS)?),
        ("chords", chord_latency(&models.chords, PROPOSALS)?),
        ("drums", drum_latency(&models.drums, PROPOSALS)?),
        ("touch", touch_latency(&models.groove, PROPOSALS)?),
    ] {
        print(what, latency);
    }
    for mode in Mode::ALL {
        print(mode.name(), idea_latency(&models, mode, None, PROPOSALS)?);
        let styled = format!("{}, in a style", mode.name());
        print(&styled, idea_latency(&models, mode, Some(Style::Pop), PROPOSALS)?);
    }
    Ok(())
}

fn print(what: &str, latency: Latency) {
    let Latency { median_ms, p95_ms, notes } = latency;
    println!("{what}: median {median_ms:.1} ms, 95 % within {p95_ms:.1} ms, {notes:.0} notes");
}
