//! Crafted files: whatever an engine could be made to do by one, the file is refused before an engine sees it.

mod writer;

use super::*;
use crate::inference::rten::Rten;
use crate::inference::{Graph, Tensor};
use crate::models::signatures::{
    CHORD_LENGTH, CHORD_QUALITY, CHORD_STEP, DRUM_ENCODER, DRUM_LATENT_STEP, DRUM_STEP, DRUM_TOUCH,
    GAN_CRITIC, GAN_GENERATOR, GROOVE, LINE_ENCODER, LINE_STEP, PHRASE_CANVAS, PHRASE_DURATION, PHRASE_PITCH,
    PHRASE_STEP,
};
use proptest::prelude::*;
use std::path::Path;
use writer::{File, Message, end, floats, graph, integer, integers, node, raw, tensor, text};

/// Asserts that `file` is refused with a reason that holds `words`.
#[track_caller]
fn refused(file: &File, words: &str) {
    match inspect(&file.bytes(), &DRUM_TOUCH) {
        Ok(_) => panic!("it was allowed: {words}"),
        Err(error) => assert!(error.to_string().contains(words), "{error}"),
    }
    Graph::load(&Rten::new(), &file.bytes(), &DRUM_TOUCH).unwrap_err();
}

fn good() -> File {
    File::touch(4)
}

/// A further operator on the tensor `hits`.
fn with_operator(operator: &str, attributes: &[Message]) -> File {
    good().with_node(node(operator, &["hits"], &["more"], attributes))
}

#[test]
fn every_network_of_linnets_is_allowed() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let signatures = [
        ("phrase", "canvas", &PHRASE_CANVAS),
        ("phrase", "step", &PHRASE_STEP),
        ("phrase", "pitch", &PHRASE_PITCH),
        ("phrase", "duration", &PHRASE_DURATION),
        ("chords", "step", &CHORD_STEP),
        ("chords", "quality", &CHORD_QUALITY),
        ("chords", "length", &CHORD_LENGTH),
        ("line_vae", "step", &LINE_STEP),
        ("drum_vae", "step", &DRUM_LATENT_STEP),
        ("drums", "step", &DRUM_STEP),
        ("drums", "touch", &DRUM_TOUCH),
    ];
    for (model, graph, signature) in signatures {
        let path = models.join(model).join(format!("{graph}.onnx"));
        let hidden = inspect(&std::fs::read(&path).unwrap(), signature);
        assert!(hidden.as_ref().is_ok_and(|hidden| *hidden > 100), "{} {hidden:?}", path.display());
    }
    for (model, signature, latent) in [("line_vae", &LINE_ENCODER, 64), ("drum_vae", &DRUM_ENCODER, 32)] {
        let path = models.join(model).join("encoder.onnx");
        assert_eq!(inspect(&std::fs::read(&path).unwrap(), signature), Ok(latent), "{}", path.display());
    }
    // They have no state.
    assert_eq!(inspect(&std::fs::read(models.join("groove/groove.onnx")).unwrap(), &GROOVE), Ok(0));
    for (graph, signature) in [("generator", &GAN_GENERATOR), ("critic", &GAN_CRITIC)] {
        let path = models.join("gan").join(format!("{graph}.onnx"));
        assert_eq!(inspect(&std::fs::read(&path).unwrap(), signature), Ok(0), "{}", path.display());
    }
}

/// A recurrent layer of `units` over the hits, with weights for `ways`, `gates` and `values`.
fn recurrent(ways: u64, gates: u64, values: u64, units: u64, attributes: &[Message]) -> File {
    let weights = |name: &str, dims: [u64; 3]| {
        let count = dims.iter().product::<u64>() as usize;
        floats(name, &dims, &vec![0.1; count])
    };
    good()
        .with(5, weights("in", [ways, gates, values]))
        .with(5, weights("back", [ways, gates, units]))
        .with(5, integers("axes", &[1]))
        .with_node(node("Unsqueeze", &["hits", "axes"], &["steps"], &[]))
        .with_node(node("LSTM", &["steps", "in", "back"], &["states"], attributes))
}

#[test]
fn a_recurrent_layer_has_the_shape_and_the_cost_of_its_gates() {
    let both = [text("direction", "bidirectional"), integer("hidden_size", 3)];
    let bytes = recurrent(2, 12, 9, 3, &both).bytes();
    let file = model::read(&bytes).unwrap();
    let mut tensors = Tensors::default();
    for (name, size) in [("context", 4), ("hits", 9)] {
        tensors.add(name, Constant { dims: vec![8, size], integers: None }).unwrap();
    }
    for (name, weight) in &file.weights {
        tensors.add(name, weight.clone()).unwrap();
    }
    let costs: Vec<Cost> = file.nodes.iter().map(|node| tensors.compute(node).unwrap()).collect();
    assert_eq!(tensors.dims("states"), Some(&[8, 2, 1, 3][..]));
    let [before, after] = costs.last_chunk().unwrap();
    assert_eq!(after.operations - before.operations, 8 * 2 * (12 * (9 + 3) + 2 * 12));
    assert_eq!(after.elements - before.elements, 8 * 2 * 3);
    assert_eq!(inspect(&bytes, &DRUM_TOUCH), Ok(4));
}

#[test]
fn a_recurrent_layer_of_another_kind_is_refused() {
    let wrong = "do not go together";
    let units = || integer("hidden_size", 3);
    refused(&recurrent(2, 12, 9, 3, &[units()]), wrong);
    refused(&recurrent(1, 12, 9, 3, &[text("direction", "bidirectional"), units()]), wrong);
    refused(&recurrent(1, 12, 9, 3, &[text("direction", "sideways"), units()]), wrong);
    refused(&recurrent(1, 12, 8, 3, &[units()]), wrong);
    refused(&recurrent(1, 9, 9, 3, &[units()]), wrong);
    refused(&recurrent(1, 12, 9, 3, &[]), wrong);
    refused(&recurrent(1, 12, 9, 3, &[integer("hidden_size", -3)]), wrong);
    refused(&recurrent(1, 12, 9, 3, &[units(), integer("layout", 1)]), wrong);
    refused(&recurrent(1, 12, 9, 3, &[units(), text("activations", "Affine")]), wrong);
}

#[test]
fn a_tensor_takes_other_dimensions_only_with_all_its_elements() {
    let reshaped = |sizes: &[i64], attributes: &[Message]| {
        good().with(5, integers("sizes", sizes)).with_node(node(
            "Reshape",
            &["hits", "sizes"],
            &["more"],
            attributes,
        ))
    };
    for sizes in [&[0, -1][..], &[-1], &[8, 3, 3], &[0, 3, -1], &[0, 9, 1]] {
        assert_eq!(inspect(&reshaped(sizes, &[]).bytes(), &DRUM_TOUCH), Ok(4), "{sizes:?}");
    }
    for sizes in [&[0, -1, -1][..], &[8, 4], &[0, 0, 0], &[i64::MAX, 9], &[-2, 9], &[7, -1], &[1 << 40, -1]] {
        refused(&reshaped(sizes, &[]), "do not go together");
    }
    refused(&reshaped(&[0, 9], &[integer("allowzero", 1)]), "do not go together");
    refused(&good().with_node(node("Reshape", &["hits", "context"], &["more"], &[])), "do not go together");
}

#[test]
fn the_seeds_of_the_fuzz_target_are_what_their_names_say() {
    let read = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/model");
        std::fs::read(folder.join(name)).unwrap()
    };
    for (name, signature) in [
        ("touch", &DRUM_TOUCH),
        ("quantised", &DRUM_TOUCH),
        ("duration", &PHRASE_DURATION),
        ("chord_length", &CHORD_LENGTH),
        ("groove", &GROOVE),
    ] {
        let graph = Graph::load(&Rten::new(), &read(name), signature);
        assert!(graph.is_ok(), "{name}: {graph:?}");
    }
    for name in ["loop", "other_file", "large", "functions"] {
        let refused = Graph::load(&Rten::new(), &read(name), &DRUM_TOUCH);
        assert!(matches!(refused, Err(InferenceError::Refused { .. })), "{name}: {refused:?}");
    }
}

#[test]
fn a_small_network_is_allowed_and_computes_what_it_says() {
    assert_eq!(inspect(&good().bytes(), &DRUM_TOUCH), Ok(4));
    let graph = Graph::load(&Rten::new(), &good().bytes(), &DRUM_TOUCH).unwrap();
    let mut outputs = [Vec::new(), Vec::new()];
    let (context, hits) = ([1.0, 0.0, 0.0, 0.0], [0.0; 9]);
    graph.run(1, &[Tensor::F32(&context), Tensor::F32(&hits)], &mut outputs).unwrap();
    let row: Vec<f32> = (0..9).map(|index| (index % 7) as f32 / 10.0 - 0.3).collect();
    assert!(outputs[0].iter().zip(&row).all(|(found, wanted)| (found - wanted).abs() < 1e-6));
}

#[test]
fn the_cost_is_that_of_the_arithmetic() {
    let bytes = good().bytes();
    let file = model::read(&bytes).unwrap();
    let mut tensors = Tensors::default();
    for (name, size) in [("context", 4), ("hits", 9)] {
        tensors.add(name, Constant { dims: vec![8, size], integers: None }).unwrap();
    }
    tensors.add("weights", file.weights[0].1.clone()).unwrap();
    let costs: Vec<Cost> = file.nodes.iter().map(|node| tensors.compute(node).unwrap()).collect();
    let (joined, matrix, tanh) = (8 * 13, 8 * 13 * 9, 8 * 9);
    assert_eq!(costs[2].operations, joined + matrix + tanh);
    assert_eq!(costs[2].elements, joined + 2 * tanh);
}

#[test]
fn a_slice_is_as_long_as_it_says_and_no_longer_than_its_tensor() {
    let length = |starts: i64, ends: i64, axis: i64, steps: &[i64]| {
        let mut inputs = vec!["x", "starts", "ends", "axis"];
        inputs.extend(steps.iter().map(|_| "steps"));
        let bytes =
            File { operators: 17, ..File::default() }.with_node(node("Slice", &inputs, &["y"], &[])).bytes();
        let file = model::read(&bytes).unwrap();
        let mut tensors = Tensors::default();
        tensors.add("x", Constant { dims: vec![8, 74], integers: None }).unwrap();
        for (name, value) in [("starts", starts), ("ends", ends), ("axis", axis)] {
            tensors.add(name, Constant { dims: vec![1], integers: Some(vec![value]) }).unwrap();
        }
        for value in steps {
            tensors.add("steps", Constant { dims: vec![1], integers: Some(vec![*value]) }).unwrap();
        }
        tensors.compute(&file.nodes[0]).ok()?;
        tensors.dims("y").map(<[usize]>::to_vec)
    };
    assert_eq!(length(0, 12, 1, &[1]), Some(vec![8, 12]));
    assert_eq!(length(12, 24, -1, &[]), Some(vec![8, 12]));
    assert_eq!(length(-4, i64::MAX, 1, &[1]), Some(vec![8, 4]));
    assert_eq!(length(i64::MIN, i64::MAX, 0, &[1]), Some(vec![8, 74]));
    for (starts, ends, axis, steps) in
        [(5, 5, 1, 1), (9, 3, 1, 1), (0, 12, 2, 1), (0, 12, 1, 2), (0, 12, 1, -1)]
    {
        assert_eq!(length(starts, ends, axis, &[steps]), None);
    }
}

/// What an LSTM of 5 hidden and `directions` over `[steps, 8, 13]` comes to: dimensions of its outputs, and operations.
fn lstm(
    attributes: &[Message],
    directions: usize,
    states: &[&str],
    steps: usize,
) -> Result<(Vec<Vec<usize>>, u64), Fault> {
    let inputs = [&["x", "w", "r", "b", ""], states].concat();
    let message = node("LSTM", &inputs, &["all", "h", "c"], attributes);
    let bytes = File { operators: 17, ..File::default() }.with_node(message).bytes();
    let file = model::read(&bytes).unwrap();
    let mut tensors = Tensors::default();
    for (name, dims) in [
        ("x", vec![steps, 8, 13]),
        ("w", vec![directions, 20, 13]),
        ("r", vec![directions, 20, 5]),
        ("b", vec![directions, 40]),
        ("still", vec![directions, 8, 5]),
        ("wide", vec![directions, 8, 6]),
    ] {
        tensors.add(name, Constant { dims, integers: None }).unwrap();
    }
    let cost = tensors.compute(&file.nodes[0])?;
    let dims = ["all", "h", "c"].map(|name| tensors.dims(name).unwrap_or_default().to_vec());
    Ok((dims.to_vec(), cost.operations))
}

#[test]
fn a_recurrent_layer_costs_what_its_steps_do() {
    let hidden = integer("hidden_size", 5);
    let both = [text("direction", "bidirectional"), hidden.clone()];
    let (dims, operations) = lstm(&both, 2, &["still", "still"], 7).unwrap();
    assert_eq!(dims, [vec![7, 2, 8, 5], vec![2, 8, 5], vec![2, 8, 5]]);
    assert_eq!(operations, 7 * 2 * 8 * (20 * (13 + 5) + 40));
    let (dims, operations) = lstm(&[text("direction", "reverse"), hidden.clone()], 1, &[], 3).unwrap();
    assert_eq!((dims[0].clone(), operations), (vec![3, 1, 8, 5], 3 * 8 * (20 * 18 + 40)));
    assert!(lstm(std::slice::from_ref(&hidden), 1, &["still", "still"], 7).is_ok());
    for wrong in [
        lstm(&both, 1, &[], 7),
        lstm(std::slice::from_ref(&hidden), 2, &[], 7),
        lstm(&[text("direction", "sideways"), hidden.clone()], 1, &[], 7),
        lstm(&[integer("hidden_size", 6)], 1, &[], 7),
        lstm(&[integer("hidden_size", -5)], 1, &[], 7),
        lstm(&both, 2, &["wide", "still"], 7),
        lstm(&both, 2, &["still", "wide"], 7),
        lstm(&[integer("input_forget", 1), hidden], 1, &[], 7),
        lstm(&[], 1, &[], 7),
    ] {
        assert!(wrong.is_err(), "{wrong:?}");
    }
}

#[test]
fn a_graph_that_could_run_for_ever_is_refused() {
    let body = Message::default().bytes(1, node("Identity", &["hits"], &["again"], &[]).0);
    for operator in ["Loop", "Scan", "If"] {
        refused(&with_operator(operator, &[graph("body", &body)]), "a graph of its own, such as a loop");
        refused(&with_operator(operator, &[]), operator);
    }
    let trips = integers("trips", &[i64::MAX]);
    refused(&good().with(5, trips).with_node(node("Loop", &["trips"], &["more"], &[])), "Loop");
    refused(&good().with_model_field(25, Message::default().bytes(1, "mine")), "operators of its own");
    refused(&good().with_model_field(20, Message::default()), "training");
}

#[test]
fn an_operator_that_fills_or_stretches_is_refused() {
    let sizes = integers("sizes", &[1 << 40]);
    for operator in ["ConstantOfShape", "Expand", "Tile", "Resize", "Pad", "Range", "OneHot", "RandomNormal"]
    {
        let file = good().with(5, sizes.clone());
        refused(&file.with_node(node(operator, &["sizes"], &["more"], &[])), operator);
    }
    refused(&with_operator("Mine", &[]), "Mine");
    let mut foreign = node("Relu", &["hits"], &["more"], &[]);
    foreign = foreign.bytes(7, "com.microsoft");
    refused(&good().with_node(foreign), "com.microsoft");
}

#[test]
fn a_tensor_that_grows_without_bound_is_refused() {
    let doubled = (0..60).fold(good(), |file, round| {
        let from = if round == 0 { "hits".into() } else { format!("twice{}", round - 1) };
        let to = format!("twice{round}");
        file.with_node(node("Concat", &[&from, &from], &[&to], &[integer("axis", 1)]))
    });
    refused(&doubled, "numbers of memory");
    let side = floats("side", &[1, 30_000], &vec![0.5; 30_000]);
    let other = floats("other", &[30_000, 1], &vec![0.5; 30_000]);
    let both = good().with(5, side).with(5, other);
    refused(&both.clone().with_node(node("Add", &["other", "side"], &["more"], &[])), "operations");
    refused(&both.clone().with_node(node("MatMul", &["other", "side"], &["more"], &[])), "operations");
    // Few enough operations, and too much memory.
    let rows = integers("rows", &[0; 60]);
    let gathers = (0..20).fold(both.with(5, rows), |file, round| {
        file.with_node(node("Gather", &["side", "rows"], &[&format!("more{round}")], &[]))
    });
    refused(&gathers, "numbers of memory");
    // One element in ever more dimensions, whose list alone would fill the memory.
    let index = raw("index0", 7, &[1, 1], &0_i64.to_le_bytes());
    let nested = (0..40).fold(good().with(5, index), |file, round| {
        let (from, to) = (format!("index{round}"), format!("index{}", round + 1));
        file.with_node(node("Gather", &[&from, &from], &[&to], &[]))
    });
    refused(&nested, "dimensions");
}

#[test]
fn cuts_folds_and_sums_have_the_shapes_of_the_standard() {
    let shape = |operator: &str, sizes: &[&[i64]], attributes: &[Message]| {
        let names = ["one", "two", "three", "four"];
        let inputs = [&["in"][..], &names[..sizes.len()]].concat();
        let mut file = good().with_node(node(operator, &inputs, &["more"], attributes));
        for (name, values) in names.iter().zip(sizes) {
            file = file.with(5, integers(name, values));
        }
        let bytes = file.bytes();
        let file = model::read(&bytes).unwrap();
        let mut tensors = Tensors::default();
        tensors.add("in", Constant { dims: vec![8, 9, 48], integers: None }).unwrap();
        for (name, weight) in file.weights.iter().filter(|(name, _)| names.contains(name)) {
            tensors.add(name, weight.clone()).unwrap();
        }
        tensors.compute(file.nodes.last().unwrap()).ok()?;
        tensors.dims("more").map(<[usize]>::to_vec)
    };
    assert_eq!(shape("Slice", &[&[2], &[i64::MAX], &[1], &[1]], &[]), Some(vec![8, 7, 48]));
    assert_eq!(shape("Slice", &[&[0, -8], &[-2, 40], &[0, -1]], &[]), None);
    assert_eq!(shape("Slice", &[&[0, -8], &[-2, 48], &[0, -1]], &[]), Some(vec![6, 9, 8]));
    assert_eq!(shape("Slice", &[&[0], &[5]], &[]), Some(vec![5, 9, 48]));
    for wrong in [
        &[&[0][..], &[8], &[3]][..],
        &[&[4], &[2], &[0]],
        &[&[0, 0], &[2, 2], &[1, -2]],
        &[&[0], &[8, 8], &[1]],
        &[&[0], &[8], &[1], &[2]],
        &[&[0], &[8], &[1], &[-1]],
        &[&[0], &[8], &[i64::MIN]],
    ] {
        assert_eq!(shape("Slice", wrong, &[]), None, "{wrong:?}");
    }
    assert_eq!(shape("Reshape", &[&[-1, 12]], &[]), Some(vec![288, 12]));
    assert_eq!(shape("Reshape", &[&[0, 3, -1]], &[]), Some(vec![8, 3, 144]));
    for wrong in
        [&[-1, -1][..], &[5, -1], &[8, 9], &[0, 0, 0, 0], &[-2], &[-1, 0, 0, 1 << 62], &[i64::MAX, 2]]
    {
        assert_eq!(shape("Reshape", &[wrong], &[]), None, "{wrong:?}");
    }
    assert_eq!(shape("Reshape", &[&[8, -1]], &[integer("allowzero", 1)]), None);
    assert_eq!(shape("Flatten", &[], &[integer("axis", 1)]), Some(vec![8, 432]));
    assert_eq!(shape("Flatten", &[], &[integer("axis", 7)]), None);
    assert_eq!(shape("Softmax", &[], &[integer("axis", 1)]), Some(vec![8, 9, 48]));
    assert_eq!(shape("Softmax", &[], &[integer("axis", 3)]), None);
    assert_eq!(shape("LeakyRelu", &[], &[integer("alpha", 1)]), None);
    assert_eq!(shape("ReduceSum", &[&[-1]], &[integer("keepdims", 0)]), Some(vec![8, 9]));
    assert_eq!(shape("ReduceSum", &[&[1]], &[]), Some(vec![8, 1, 48]));
    assert_eq!(shape("ReduceSum", &[&[3]], &[]), None);
    assert_eq!(shape("ReduceSum", &[], &[]), None);
    assert_eq!(shape("Sqrt", &[], &[]), Some(vec![8, 9, 48]));
    assert_eq!(shape("QuantizeLinear", &[&[1], &[0]], &[]), Some(vec![8, 9, 48]));
    for wrong in [&[&[1, 2][..], &[0]][..], &[&[1], &[0, 0]], &[&[1]]] {
        assert_eq!(shape("QuantizeLinear", wrong, &[]), None, "{wrong:?}");
    }
    for operator in ["Div", "Min"] {
        assert_eq!(shape(operator, &[], &[]), None);
    }
}

#[test]
fn weights_in_other_files_are_refused() {
    for location in ["/etc/passwd", "../../secret.bin", "weights.bin"] {
        let entry = Message::default().bytes(1, "location").bytes(2, location);
        let weight = raw("more", 1, &[1], &[0; 4]).bytes(13, entry.0);
        refused(&good().with(5, weight.clone()), "another file");
        refused(&with_operator("Constant", &[tensor("value", &weight)]), "another file");
    }
    refused(&good().with(5, raw("more", 1, &[1], &[0; 4]).varint(14, 1)), "another file");
    refused(&good().with(15, Message::default()), "sparse");
}

#[test]
fn weights_that_are_not_what_they_say_are_refused() {
    let wrong = "another number of elements";
    refused(&good().with(5, raw("more", 1, &[1 << 40], &[0; 4])), wrong);
    refused(&good().with(5, raw("more", 1, &[1 << 32, 1 << 32], &[])), wrong);
    refused(&good().with(5, raw("more", 3, &[5], &[0; 4])), wrong);
    refused(&good().with(5, raw("more", 1, &[0], &[])), "no elements");
    refused(&good().with(5, raw("more", 1, &[1], &[0; 3])), "cut short");
    refused(&good().with(5, raw("more", 8, &[4], &[0; 4])), "of a kind");
    refused(&good().with(5, raw("more", 11, &[1], &[0; 8])), "of a kind");
    refused(&good().with(5, raw("more", 1, &[1; 7], &[0; 4])), "dimensions");
    for value in [f32::NAN, f32::INFINITY] {
        refused(&good().with(5, floats("more", &[1], &[value])), "no number");
    }
    let twice = floats("more", &[1], &[1.0]).bytes(4, 1f32.to_le_bytes());
    refused(&good().with(5, twice), "twice");
}

#[test]
fn a_graph_that_does_not_hang_together_is_refused() {
    refused(&good().with_node(node("Relu", &["nothing"], &["more"], &[])), "before that is computed");
    refused(&good().with_node(node("Relu", &["more"], &["more"], &[])), "before that is computed");
    refused(&good().with_node(node("Relu", &["hits"], &["velocity"], &[])), "have the name 'velocity'");
    refused(&good().with(5, floats("hits", &[1], &[1.0])), "have the name 'hits'");
    refused(&with_operator("Concat", &[integer("axis", 2)]), "do not go together");
    refused(&with_operator("Relu", &[integer("axis", 1)]), "do not go together");
    let mut kind = integer("axis", 1);
    kind.0.truncate(kind.0.len() - 3);
    refused(&with_operator("Concat", &[kind.varint(20, 1)]), "not of the kind");
    refused(&with_operator("Concat", &[integer("axis", 0), integer("axis", 1)]), "twice");
    let mut lost = good();
    lost.graph.retain(|(number, message)| {
        *number != 1 || message.0 != node("Tanh", &["velocity"], &["shift"], &[]).0
    });
    refused(&lost, "'shift' is not computed");
}

#[test]
fn a_file_of_many_parts_is_refused() {
    let many = (0..1_001)
        .fold(good(), |file, round| file.with_node(node("Relu", &["hits"], &[&format!("more{round}")], &[])));
    refused(&many, "more than 1000 operators");
    let ends = vec!["hits"; 65];
    refused(
        &good().with_node(node("Concat", &ends, &["more"], &[integer("axis", 1)])),
        "more than 64 inputs",
    );
    refused(&good().with_node(node("Relu", &[&"x".repeat(300)], &["more"], &[])), "longer than 256");
    refused(&File::touch(HIDDEN_MAX + 1), "4096 is allowed");
    refused(&File { operators: 7, ..good() }, "operator set from 13 to 21");
    let mut two = good().bytes();
    two.extend_from_slice(&good().bytes());
    assert!(inspect(&two, &DRUM_TOUCH).is_err(), "two graphs, of which engines take either");
}

#[test]
fn other_tensors_than_agreed_on_are_refused_before_an_engine_sees_them() {
    refused(&good().with(11, end("more", 1, &[None])), "a further input 'more'");
    refused(&good().with(12, end("more", 1, &[None])), "a further output 'more'");
    let sequence = Message::default().bytes(4, end("x", 1, &[]).0);
    refused(&good().with(11, Message::default().bytes(1, "more").bytes(2, sequence.0)), "else than tensors");
}

#[test]
fn no_depth_of_nesting_exhausts_the_stack() {
    let deep = (0..200).fold(Message::default(), |inner, _| {
        let attribute = graph("body", &inner);
        Message::default().bytes(1, node("If", &[], &[], &[attribute]).0)
    });
    refused(&with_operator("If", &[graph("body", &deep)]), "a graph of its own");
    let mut types = Message::default();
    for _ in 0..5_000 {
        types = Message::default().bytes(4, Message::default().bytes(1, &types.0).0);
    }
    refused(&good().with(13, Message::default().bytes(1, "x").bytes(2, types.0)), "else than tensors");
}

#[test]
fn a_length_beyond_the_file_is_an_error_before_memory_is_taken_for_it() {
    for length in [1 << 40, u64::MAX, u64::MAX / 2] {
        refused(&good().with(5, Message::default().bytes_of_length(9, length)), "cut short");
        assert!(inspect(&Message::default().bytes_of_length(7, length).0, &DRUM_TOUCH).is_err());
    }
    let whole = good().bytes();
    for length in 0..whole.len() {
        assert!(inspect(&whole[..length], &DRUM_TOUCH).is_err(), "the first {length} bytes");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_allowed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(inspect(&bytes, &DRUM_TOUCH).is_err());
    }

    #[test]
    fn what_is_allowed_of_a_changed_file_loads_or_is_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = good().bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if inspect(&bytes, &DRUM_TOUCH).is_ok() {
            drop(Graph::load(&Rten::new(), &bytes, &DRUM_TOUCH));
        }
    }
}
