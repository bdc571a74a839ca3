//! The models of two bars, and their inputs, against what training wrote down of them.

use crate::file::{assert_near, compare_rows, floats, ids, json, list, models};
use crate::networks::onnx_runtime;
use linnet_composer::inference::rten::Rten;
use linnet_composer::inference::{Engine, Graph, Signature, Tensor};
use linnet_composer::latent::drum_grid::DrumPlaces;
use linnet_composer::latent::line_grid::LineGrid;
use linnet_composer::models::signatures;
use linnet_composer::phrase::window::{Span, Window};
use linnet_composer::tokens::line::GridNote;
use linnet_composer::tokens::{DURATIONS, Grid, position_tick};
use linnet_composer::vocabulary::Role;
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Key, PitchClass, STYLES, Scale, Style, TimeSignature,
};
use serde_json::Value;

fn style(name: &Value) -> [f32; STYLES] {
    let mut weights = [0.0; STYLES];
    if let Some(style) = Style::ALL.into_iter().find(|style| style.name().to_lowercase() == *name) {
        weights[style.index()] = 1.0;
    }
    weights
}

fn beats(ticks: i64) -> Beats {
    Beats(ticks as f64 / 24.0)
}

#[test]
fn lines_lie_on_the_grid_as_in_training() {
    let golden = json("line_vae/features_golden.json");
    assert!(list(&golden).count() >= 2);
    for case in list(&golden) {
        let metre = ids(&case["metre"]);
        let metre = TimeSignature::new(metre[0] as i32, metre[1] as i32).unwrap();
        let grid = LineGrid::new(metre);
        let scale = Scale::ALL.into_iter().find(|scale| {
            scale.name() == case["scale"] || (case["scale"] == "minor" && *scale == Scale::Minor)
        });
        let key =
            Key { tonic: PitchClass::new(case["tonic"].as_i64().unwrap() as i32), scale: scale.unwrap() };
        let rows: Vec<Vec<i64>> = list(&case["rows"]).map(ids).collect();
        let notes: Vec<GridNote> = rows
            .iter()
            .map(|row| GridNote {
                onset: row[0] as u32 * grid.grid.bar_ticks + position_tick(row[1] as u8),
                length: DURATIONS[row[3] as usize],
                midi: row[2] as i32,
            })
            .collect();
        let classes = grid.encode(&notes, key.tonic, 2);
        let wanted: Vec<u8> = ids(&case["grid"]).into_iter().map(|class| class as u8).collect();
        assert_eq!(classes, wanted);
        let decoded: Vec<(u32, i32)> =
            grid.decode(&classes, key.tonic).iter().map(|note| (note.onset, note.midi)).collect();
        let rows: Vec<(u32, i32)> = list(&case["decoded_rows"])
            .map(ids)
            .map(|row| (row[0] as u32 * grid.grid.bar_ticks + position_tick(row[1] as u8), row[2] as i32))
            .collect();
        assert_eq!(decoded, rows);
        let chords: Vec<ChordSpan> = list(&case["chords"])
            .map(ids)
            .map(|row| ChordSpan {
                onset: beats(row[0]),
                length: beats(row[1]),
                chord: Chord {
                    root: PitchClass::new(row[2] as i32),
                    quality: ChordQuality::ALL[row[3] as usize],
                },
            })
            .collect();
        let role = Role::ALL.into_iter().find(|role| role.name() == case["role"]).unwrap();
        let span = Span { context: 0, target: 2, future: 0 };
        let window = Window::new(Grid::new(metre), key, role, span, &chords);
        let conditions = grid.conditions(&window, &style(&case["style"]), 0);
        assert_near(&conditions, &floats(&case["conditions"]["values"]), 1e-5, "conditions");
    }
}

#[test]
fn drums_lie_on_the_grid_as_in_training() {
    let golden = json("drum_vae/features_golden.json");
    assert!(list(&golden).count() >= 2);
    for case in list(&golden) {
        let metre = TimeSignature::new(case["beats"].as_i64().unwrap() as i32, 4).unwrap();
        let places = DrumPlaces::new(metre, case["a_beat"] == 3);
        let mut sets = vec![0; places.window_steps()];
        for hit in list(&case["hits"]).map(ids) {
            sets[hit[0] as usize] |= 1 << hit[1];
        }
        assert_eq!(sets, ids(&case["grid"]));
        let conditions = places.conditions(case["bpm"].as_f64().unwrap() as f32, &style(&case["style"]));
        assert_near(&conditions, &floats(&case["conditions"]["values"]), 1e-5, "conditions");
    }
}

/// Computes every golden case of `model` and compares; returns how many rows of logits were compared, and how many of
/// them had their greatest value at the same place.
fn compare(engine: &dyn Engine, model: &str, graphs: [&'static Signature; 2]) -> (usize, usize) {
    let graphs = graphs.map(|signature| {
        let name = signature.graph.rsplit(' ').next().unwrap();
        let bytes = std::fs::read(models().join(format!("{model}/{name}.onnx"))).unwrap();
        (name, signature, Graph::load(engine, &bytes, signature).unwrap())
    });
    let (mut compared, mut agreed) = (0, 0);
    let mut state = [Vec::new(), Vec::new()];
    for case in list(&json(&format!("{model}/golden.json"))["cases"]) {
        let rows = case["batch"].as_u64().unwrap() as usize;
        for (name, signature, graph) in &graphs {
            let entry = &case["graphs"][name];
            let is_step = *name == "step";
            if is_step && case["step"] == 0 {
                state = [vec![0.0; 2 * rows * graph.hidden()], vec![0.0; 2 * rows * graph.hidden()]];
            }
            let given: Vec<(Vec<f32>, Vec<i64>)> = signature
                .inputs
                .iter()
                .map(|spec| match spec.name {
                    "h" => (state[0].clone(), vec![]),
                    "c" => (state[1].clone(), vec![]),
                    name if spec.ids.is_empty() => (floats(&entry["inputs"][name]["values"]), vec![]),
                    name => (vec![], ids(&entry["inputs"][name]["values"])),
                })
                .collect();
            let inputs: Vec<Tensor<'_>> = given
                .iter()
                .map(|(f, i)| if i.is_empty() { Tensor::F32(f) } else { Tensor::I64(i) })
                .collect();
            let batch = if is_step { rows } else { ids(&entry["inputs"]["grid"]["shape"])[1] as usize };
            let mut outputs = vec![Vec::new(); signature.outputs.len()];
            graph.run(batch, &inputs, &mut outputs).unwrap();
            let (kind, tolerance) = if is_step { ("int8", 0.15) } else { ("fp32", 1e-3) };
            for (spec, output) in signature.outputs.iter().zip(&outputs) {
                let what = format!("{model} {name} {}", spec.name);
                let same = compare_rows(output, &entry[kind][spec.name], tolerance, &what);
                if spec.name == "logits" {
                    compared += same.len();
                    agreed += same.iter().filter(|same| **same).count();
                }
            }
            if is_step {
                state = [outputs.remove(1), outputs.remove(1)];
            }
        }
    }
    (compared, agreed)
}

fn check_engine(engine: &dyn Engine) {
    for (model, graphs) in [
        ("line_vae", [&signatures::LINE_ENCODER, &signatures::LINE_STEP]),
        ("drum_vae", [&signatures::DRUM_ENCODER, &signatures::DRUM_LATENT_STEP]),
    ] {
        let (compared, agreed) = compare(engine, model, graphs);
        println!("{}: {model} int8, {agreed} of {compared} rows agree", engine.name());
        assert!(compared >= 15 && agreed * 10 >= compared * 9, "{model}: {agreed} of {compared}");
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
