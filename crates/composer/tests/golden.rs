//! The features and the networks against what training wrote down of them.
#![expect(clippy::unwrap_used, reason = "a golden file that cannot be read fails its test")]

use linnet_composer::inference::onnxruntime::OnnxRuntime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::inference::{Engine, Graph, Signature, Tensor};
use linnet_composer::models::signatures;
use linnet_composer::tokens::drum::{DRUM_FEATURES, DrumGrid, DrumWindow};
use linnet_composer::tokens::features::{Window, Wish};
use linnet_composer::tokens::line::Line;
use linnet_composer::tokens::{Event, Grid, LEAD_FEATURES};
use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, Key, PitchClass, Scale, TimeSignature};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(models().join(path)).unwrap()).unwrap()
}

fn floats(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

fn ids(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|v| v.as_i64().unwrap()).collect()
}

fn rows(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn metre(value: &Value) -> TimeSignature {
    let parts = ids(value);
    TimeSignature::new(parts[0] as i32, parts[1] as i32).unwrap()
}

fn window(case: &Value) -> Window {
    let scale = Scale::ALL.into_iter().find(|scale| scale.name() == case["scale"].as_str().unwrap()).unwrap();
    let key = Key { tonic: PitchClass::new(case["tonic"].as_i64().unwrap() as i32), scale };
    let ticks = |value: i64| Beats(value as f64 / 24.0);
    let chords: Vec<ChordSpan> = rows(&case["chords"])
        .map(|row| {
            let row = ids(row);
            let quality = ChordQuality::ALL[row[3] as usize];
            let chord = Chord { root: PitchClass::new(row[2] as i32), quality };
            ChordSpan { onset: ticks(row[0]), length: ticks(row[1]), chord }
        })
        .collect();
    let bars = |name: &str| case[name].as_u64().unwrap() as usize;
    let grid = Grid::new(metre(&case["metre"]));
    let mut window = Window::new(grid, key, bars("context_bars"), bars("target_bars"), &chords);
    let present = ids(&case["present"]);
    let wish =
        |at: usize, name: &str| (present[at] != 0).then(|| case["controls"][name].as_f64().unwrap() as f32);
    window.wish = Wish {
        density: wish(0, "density"),
        register: wish(1, "register"),
        range: wish(2, "range"),
        syncopation: wish(3, "syncopation"),
    };
    window
}

fn assert_near(found: &[f32], wanted: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!((found - wanted).abs() <= tolerance, "{what}, place {place}: {found} in place of {wanted}");
    }
}

#[test]
fn the_lead_features_are_those_of_training() {
    let golden = json("lead/features_golden.json");
    let cases: Vec<&Value> = rows(&golden["cases"]).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let window = window(case);
        let title = case["title"].as_str().unwrap();
        let mut line = Line::default();
        for (step, event) in rows(&case["events"]).enumerate() {
            let event = ids(event);
            let event = Event { position: event[0] as u8, pitch: event[1] as u8, duration: event[2] as u8 };
            let what = format!("{title}, step {step}");
            let before = line.previous();
            let previous = [before.position, before.pitch, before.duration].map(i64::from);
            assert_eq!(previous.as_slice(), ids(&case["prev"][step]), "{what}");
            assert_eq!(line.look_ahead().as_slice(), ids(&case["look"][step]), "{what}");
            let mut features = [0.0; LEAD_FEATURES];
            window.features(&line, &mut features);
            assert_near(&features, &floats(&case["features"][step]), 1e-5, &what);
            if event.is_note() {
                assert_eq!(line.look_at(event.position).as_slice(), ids(&case["pitch_look"][step]), "{what}");
                let onset = window.bar_start(&line) + linnet_composer::tokens::position_tick(event.position);
                assert_near(window.chord_values(onset), &floats(&case["chord"][step]), 1e-5, &what);
            }
            line.push(event);
        }
    }
}

#[test]
fn the_drum_features_are_those_of_training() {
    let golden = json("drums/features_golden.json");
    let cases: Vec<&Value> = rows(&golden["cases"]).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let beats = case["beats_a_bar"].as_i64().unwrap() as i32;
        let metre = TimeSignature::new(beats, 4).unwrap();
        let window = DrumWindow {
            grid: DrumGrid::new(metre, case["steps_a_beat"].as_u64() == Some(3)),
            beats_per_minute: case["beats_per_minute"].as_f64().unwrap() as f32,
            bars: case["bars"].as_u64().unwrap() as usize,
            fill_bar: case["fill_bars"].as_array().unwrap().first().map(|bar| bar.as_u64().unwrap() as usize),
            rhythm: case["rhythm"].is_array().then(|| floats(&case["rhythm"])),
            density: case["density"].as_f64().map(|density| density as f32),
        };
        let hits: Vec<u16> = ids(&case["hits"]).into_iter().map(|hits| hits as u16).collect();
        assert_eq!(window.steps(), hits.len());
        for step in 0..hits.len() {
            let mut features = [0.0; DRUM_FEATURES];
            window.features(&hits[..step], &mut features);
            let what = format!("{}, step {step}", case["take"]);
            assert_near(&features, &floats(&case["features"][step]), 1e-5, &what);
        }
    }
}

/// How far outputs may lie from the golden ones.
struct Tolerance {
    kind: &'static str,
    values: f32,
}

const FP32: Tolerance = Tolerance { kind: "fp32", values: 1e-4 };

/// Computes every golden case of `model` in `folder` and compares; returns how many logits rows were compared and how
/// many had their greatest value at the same place.
fn compare(
    engine: &dyn Engine,
    model: &str,
    graphs: &[&'static Signature],
    tolerance: &Tolerance,
) -> (usize, usize) {
    let golden = json(&format!("{model}/golden.json"));
    let folder = if tolerance.kind == "fp32" { "fp32/" } else { "" };
    let graphs: Vec<(&str, &'static Signature, Graph)> = graphs
        .iter()
        .map(|signature| {
            let name = signature.graph.rsplit(' ').next().unwrap();
            let bytes = std::fs::read(models().join(format!("{model}/{folder}{name}.onnx"))).unwrap();
            (name, *signature, Graph::load(engine, &bytes, signature).unwrap())
        })
        .collect();
    let hidden = graphs[0].2.hidden();
    let (mut compared, mut agreed) = (0, 0);
    let mut state = Vec::new();
    let mut context = Vec::new();
    for case in rows(&golden["cases"]) {
        let batch = case["batch"].as_u64().unwrap() as usize;
        if case["step"].as_u64() == Some(0) {
            state = vec![vec![0.0; 2 * batch * hidden]; 2];
        }
        for (name, signature, graph) in &graphs {
            let entry = &case["graphs"][name];
            let given: Vec<(Vec<f32>, Vec<i64>)> = signature
                .inputs
                .iter()
                .map(|spec| {
                    let values = &entry["inputs"][spec.name]["values"];
                    match spec.name {
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
                let same = compare_rows(output, &entry[tolerance.kind][spec.name], tolerance, &what);
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

/// Compares the rows of `output` with the golden tensor; says of each whether its greatest value stands where it should.
fn compare_rows(output: &[f32], golden: &Value, tolerance: &Tolerance, what: &str) -> Vec<bool> {
    let last = |name: &str| *ids(&golden[name]).last().unwrap() as usize;
    let (width, kept) = (last("shape"), last("kept"));
    let wanted = floats(&golden["values"]);
    assert_eq!(output.len() / width, wanted.len() / kept, "{what}");
    let rows = output.chunks(width).zip(wanted.chunks(kept));
    rows.map(|(found, wanted)| {
        assert_near(&found[..kept], wanted, tolerance.values, what);
        greatest(&found[..kept]) == greatest(wanted)
    })
    .collect()
}

fn greatest(values: &[f32]) -> usize {
    (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap()
}

fn check_engine(engine: &dyn Engine) {
    let lead = [&signatures::LEAD_STEP, &signatures::LEAD_PITCH, &signatures::LEAD_DURATION];
    let drums = [&signatures::DRUM_STEP, &signatures::DRUM_TOUCH];
    compare(engine, "lead", &lead, &FP32);
    compare(engine, "drums", &drums, &FP32);
    // A dynamic 8-bit product rounds its inputs: engines agree but where a value falls on the edge of such a step.
    let int8 = Tolerance { kind: "int8", values: 0.05 };
    for (model, graphs) in [("lead", &lead[..]), ("drums", &drums[..])] {
        let (compared, agreed) = compare(engine, model, graphs, &int8);
        println!("{}: {model} int8, {agreed} of {compared} rows agree on the greatest logit", engine.name());
        assert!(agreed * 10 >= compared * 9, "{model}: {agreed} of {compared}");
    }
}

#[test]
fn the_built_in_engine_computes_what_training_computed() {
    check_engine(&Rten::new());
}

#[test]
fn onnx_runtime_computes_what_training_computed() {
    match onnx_runtime() {
        Some(path) => check_engine(&OnnxRuntime::open(&path).unwrap()),
        None => println!("Skipped: there is no ONNX Runtime; LINNET_ONNXRUNTIME names one."),
    }
}

/// The library that the environment names, or one in a usual place.
fn onnx_runtime() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("LINNET_ONNXRUNTIME") {
        return Some(path.into());
    }
    [
        "/usr/lib/libonnxruntime.so",
        "/usr/local/lib/libonnxruntime.so",
        "/opt/homebrew/lib/libonnxruntime.dylib",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|path| path.exists())
}
