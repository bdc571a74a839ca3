//! The features and the networks against what training wrote down of them.

use crate::file::{assert_near, compare_rows, floats, ids, json, list, models};
use linnet_composer::inference::inspect::is_exact;
use linnet_composer::inference::onnxruntime::OnnxRuntime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::inference::{BATCH_MAX, Element, Engine, Graph, Signature, Tensor};
use linnet_composer::models::signatures;
use linnet_composer::rng::{Head, Noise};
use serde_json::Value;
use std::path::PathBuf;

/// How far outputs may lie from the golden ones. A dynamic 8-bit product rounds its inputs: engines agree but where a
/// value falls on the edge of such a step.
const TOLERANCE: f32 = 0.05;

/// Computes every golden case of `model` in `folder` and compares; returns how many logits rows were compared and how
/// many had their greatest value at the same place.
fn compare(engine: &dyn Engine, model: &str, graphs: &[&'static Signature]) -> (usize, usize) {
    let golden = json(&format!("{model}/golden.json"));
    let graphs: Vec<(&str, &'static Signature, Graph)> = graphs
        .iter()
        .map(|signature| {
            let name = signature.graph.rsplit(' ').next().unwrap();
            let bytes = std::fs::read(models().join(format!("{model}/{name}.onnx"))).unwrap();
            (name, *signature, Graph::load(engine, &bytes, signature).unwrap())
        })
        .collect();
    let hidden = graphs[0].2.hidden();
    let (mut compared, mut agreed) = (0, 0);
    let mut state = Vec::new();
    let mut context = Vec::new();
    for case in list(&golden["cases"]) {
        let batch = case["batch"].as_u64().unwrap() as usize;
        if case["step"].as_u64() == Some(0) {
            state = vec![vec![0.0; 2 * batch * hidden]; 2];
        }
        for (name, signature, graph) in &graphs {
            let entry = &case["graphs"][name];
            // Not every model is quantised.
            let shipped = entry.get("int8").unwrap_or(&entry["fp32"]);
            let given: Vec<(Vec<f32>, Vec<i64>)> = signature
                .inputs
                .iter()
                .map(|spec| {
                    let values = &entry["inputs"][spec.name]["values"];
                    match spec.name {
                        _ if model == "gan" => (floats(values), vec![]),
                        "h" => (state[0].clone(), vec![]),
                        "c" => (state[1].clone(), vec![]),
                        "context" => (context.clone(), vec![]),
                        _ if spec.ids.is_empty() => (floats(values), vec![]),
                        _ => (vec![], ids(values)),
                    }
                })
                .collect();
            let inputs: Vec<Tensor<'_>> = given
                .iter()
                .map(|(f, i)| if i.is_empty() { Tensor::F32(f) } else { Tensor::I64(i) })
                .collect();
            let mut outputs = vec![Vec::new(); signature.outputs.len()];
            graph.run(batch, &inputs, &mut outputs).unwrap();
            for (spec, output) in signature.outputs.iter().zip(&outputs) {
                let what = format!("{model} {name} {} of {}", spec.name, case["step"]);
                let same = compare_rows(output, &shipped[spec.name], TOLERANCE, &what);
                if spec.name.ends_with("logits") {
                    compared += same.len();
                    agreed += same.iter().filter(|same| **same).count();
                }
            }
            if *name == "step" {
                context.clone_from(&outputs[0]);
                state = outputs.split_off(2);
            }
        }
    }
    (compared, agreed)
}

fn check_engine(engine: &dyn Engine) {
    let phrase = [&signatures::PHRASE_STEP, &signatures::PHRASE_PITCH, &signatures::PHRASE_DURATION];
    let drums = [&signatures::DRUM_STEP, &signatures::DRUM_TOUCH];
    let chords = [&signatures::CHORD_STEP, &signatures::CHORD_QUALITY, &signatures::CHORD_LENGTH];
    for (model, graphs) in [("phrase", &phrase[..]), ("drums", &drums), ("chords", &chords)] {
        let (compared, agreed) = compare(engine, model, graphs);
        println!("{}: {model}, {agreed} of {compared} rows agree on the greatest logit", engine.name());
        assert!(agreed * 10 >= compared * 9, "{model}: {agreed} of {compared}");
    }
    compare(engine, "gan", &[&signatures::GAN_GENERATOR, &signatures::GAN_CRITIC]);
    compare_groove(engine);
}

/// The groove model, whose golden cases hold several parts, a part at a time.
fn compare_groove(engine: &dyn Engine) {
    let golden = json("groove/golden.json");
    let bytes = std::fs::read(models().join("groove/groove.onnx")).unwrap();
    let graph = Graph::load(engine, &bytes, &signatures::GROOVE).unwrap();
    for case in list(&golden["cases"]) {
        let entry = &case["graphs"]["groove"];
        let parts = case["batch"].as_u64().unwrap() as usize;
        let steps = ids(&entry["inputs"]["hits"]["shape"])[1] as usize;
        let part_of = |tensor: &Value, part: usize| {
            let values = floats(&tensor["values"]);
            let length = values.len() / parts;
            values[part * length..(part + 1) * length].to_vec()
        };
        for part in 0..parts {
            let hits = part_of(&entry["inputs"]["hits"], part);
            let features = part_of(&entry["inputs"]["features"], part);
            let mut outputs = vec![Vec::new(); 2];
            graph.run(steps, &[Tensor::F32(&hits), Tensor::F32(&features)], &mut outputs).unwrap();
            for (output, name) in outputs.iter().zip(["velocity", "shift"]) {
                assert_near(output, &part_of(&entry["fp32"][name], part), TOLERANCE, name);
            }
        }
    }
}

#[test]
fn the_built_in_engine_computes_what_training_computed() {
    check_engine(&Rten::new());
}

#[test]
fn onnx_runtime_computes_what_training_computed() {
    if let Some(runtime) = onnx_runtime() {
        check_engine(&runtime);
    }
}

/// A network on one engine, and the state that it has come to.
struct Walk {
    graph: Graph,
    signature: &'static Signature,
    outputs: Vec<Vec<f32>>,
}

impl Walk {
    fn new(engine: &dyn Engine, file: &str, signature: &'static Signature) -> Self {
        let graph = Graph::load(engine, &std::fs::read(models().join(file)).unwrap(), signature).unwrap();
        Self { graph, signature, outputs: Vec::new() }
    }

    /// The next step from its own state and inputs that are drawn, the same with the same `noise`.
    fn step(&mut self, noise: &mut Noise) -> &[Vec<f32>] {
        let batch = BATCH_MAX;
        let given: Vec<(Vec<f32>, Vec<i64>)> = self
            .signature
            .inputs
            .iter()
            .map(|spec| {
                let length: usize = spec.shape(batch, self.graph.hidden()).product();
                let mut floats: Vec<f32> = (0..length).map(|_| 2.0 * noise.uniform() - 1.0).collect();
                let out = format!("{}_out", spec.name);
                let state = self.signature.outputs.iter().position(|output| output.name == out);
                if let Some(state) = state.and_then(|state| self.outputs.get(state)) {
                    floats.clone_from(state);
                }
                let id = |(bound, value): (&i64, &f32)| ((value + 1.0) / 2.0 * *bound as f32) as i64 % bound;
                match spec.element {
                    Element::F32 => (floats, vec![]),
                    Element::I64 => (vec![], spec.ids.iter().cycle().zip(&floats).map(id).collect()),
                }
            })
            .collect();
        let inputs: Vec<Tensor<'_>> =
            given.iter().map(|(f, i)| if i.is_empty() { Tensor::F32(f) } else { Tensor::I64(i) }).collect();
        let mut outputs = vec![Vec::new(); self.signature.outputs.len()];
        self.graph.run(batch, &inputs, &mut outputs).unwrap();
        self.outputs = outputs;
        &self.outputs
    }
}

#[test]
fn what_is_summed_in_floating_point_is_not_exact() {
    for file in ["phrase/canvas", "gan/generator", "gan/critic", "groove/groove", "line_vae/encoder"] {
        assert!(!is_exact(&std::fs::read(models().join(format!("{file}.onnx"))).unwrap()), "{file}");
    }
    assert!(!is_exact(b"no network"));
}

#[test]
fn both_engines_compute_what_is_exact_the_same_to_the_bit() {
    let Some(runtime) = onnx_runtime() else { return };
    let exact = [
        ("phrase/step.onnx", &signatures::PHRASE_STEP),
        ("phrase/pitch.onnx", &signatures::PHRASE_PITCH),
        ("phrase/duration.onnx", &signatures::PHRASE_DURATION),
        ("drums/step.onnx", &signatures::DRUM_STEP),
        ("drums/touch.onnx", &signatures::DRUM_TOUCH),
        ("chords/step.onnx", &signatures::CHORD_STEP),
        ("chords/quality.onnx", &signatures::CHORD_QUALITY),
        ("chords/length.onnx", &signatures::CHORD_LENGTH),
        ("line_vae/step.onnx", &signatures::LINE_STEP),
        ("drum_vae/step.onnx", &signatures::DRUM_LATENT_STEP),
    ];
    for (file, signature) in exact {
        assert!(is_exact(&std::fs::read(models().join(file)).unwrap()), "{file}");
        let mut walks = [Walk::new(&Rten::new(), file, signature), Walk::new(&runtime, file, signature)];
        for step in 0..40 {
            let [ours, theirs] =
                walks.each_mut().map(|walk| walk.step(&mut Noise::new(9, 0, step, Head::Pitch)).to_vec());
            for (one, other) in ours.iter().flatten().zip(theirs.iter().flatten()) {
                assert_eq!(one.to_bits(), other.to_bits(), "{file}, step {step}: {one} and {other}");
            }
        }
    }
}

/// The ONNX Runtime that the environment names, or one in a usual place; without one, says what is skipped.
pub(crate) fn onnx_runtime() -> Option<OnnxRuntime> {
    let named = std::env::var_os("LINNET_ONNXRUNTIME").map(PathBuf::from);
    let Some(path) = named.or_else(installed) else {
        println!("Skipped: there is no ONNX Runtime; LINNET_ONNXRUNTIME names one.");
        return None;
    };
    Some(OnnxRuntime::open(&path).unwrap())
}

fn installed() -> Option<PathBuf> {
    [
        "/usr/lib/libonnxruntime.so",
        "/usr/local/lib/libonnxruntime.so",
        "/opt/homebrew/lib/libonnxruntime.dylib",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|path| path.exists())
}
