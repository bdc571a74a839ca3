//! Prints how long a lead proposal takes on the built-in engine and, where `LINNET_ONNXRUNTIME` names its library, on
//! ONNX Runtime.

use linnet_composer::bench::lead_latency;
use linnet_composer::inference::Engine;
use linnet_composer::inference::onnxruntime::OnnxRuntime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{ModelSource, Models};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut engines: Vec<Box<dyn Engine>> = vec![Box::new(Rten::new())];
    if let Some(path) = std::env::var_os("LINNET_ONNXRUNTIME") {
        engines.push(Box::new(OnnxRuntime::open(Path::new(&path))?));
    }
    println!("four bars after four, eight candidates in one batch, one thread");
    for engine in engines {
        let begin = Instant::now();
        let models = Models::load(&ModelSource::BuiltIn, engine.as_ref())?;
        println!("{:<24} loads in {:.0} ms", engine.name(), begin.elapsed().as_secs_f64() * 1e3);
        let latency = lead_latency(&models.lead, 60)?;
        println!(
            "{:<24} median {:6.1} ms   p95 {:6.1} ms   {:.1} notes",
            engine.name(),
            latency.median_ms,
            latency.p95_ms,
            latency.notes
        );
    }
    Ok(())
}
