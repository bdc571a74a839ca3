//! Any list of operators over any weights is a network of the signature or is refused, within the bounds on memory and
//! time: where [`model`](../model.rs) mutates the bytes of a file, this one makes whole files of random parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_composer::inference::Graph;
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::signatures::DRUM_TOUCH;
use linnet_fuzz as _;
use std::sync::LazyLock;
use writer::{File, Message};

#[allow(dead_code, reason = "the tests of the inspection use all of it")]
#[path = "../../crates/composer/src/inference/inspect/tests/writer.rs"]
mod writer;

/// The operators that are allowed, and one that is not.
const OPERATORS: [&str; 18] = [
    "Add",
    "Cast",
    "Concat",
    "Constant",
    "DynamicQuantizeLinear",
    "Gather",
    "Gemm",
    "Identity",
    "MatMul",
    "MatMulInteger",
    "Mul",
    "Relu",
    "Sigmoid",
    "Split",
    "Sub",
    "Tanh",
    "Unsqueeze",
    "Expand",
];
const ATTRIBUTES: [&str; 6] = ["axis", "to", "transA", "transB", "num_outputs", "value"];
const SIZES: [u64; 12] = [1, 2, 3, 4, 8, 9, 11, 13, 18, 100, 3_000, 1 << 40];

static ENGINE: LazyLock<Rten> = LazyLock::new(|| {
    // The engine's own panics are caught by `Graph::load`; a panic that reaches the fuzzer is a finding all the same.
    std::panic::set_hook(Box::new(|_| {}));
    Rten::new()
});

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices(bytes);
    let file = file(&mut choices);
    match Graph::load(&*ENGINE, &file.bytes(), &DRUM_TOUCH) {
        Ok(graph) => assert_eq!(graph.hidden(), 2),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

/// The fuzzer's bytes, one a choice.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn below(&mut self, bound: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % bound
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// The small network of the drums' touch with random weights and operators around it.
fn file(choices: &mut Choices<'_>) -> File {
    let mut file = File::touch(2);
    let mut names: Vec<String> = ["context", "hits", "weights", "velocity"].map(str::to_owned).to_vec();
    for number in 0..choices.below(5) {
        let name = format!("w{number}");
        file = file.with(5, weight(choices, &name));
        names.push(name);
    }
    for number in 0..choices.below(12) {
        let operator = choices.of(&OPERATORS);
        let inputs: Vec<String> =
            (0..choices.below(4)).map(|_| names[choices.below(names.len())].clone()).collect();
        let outputs: Vec<String> =
            (0..1 + choices.below(3)).map(|output| format!("n{number}_{output}")).collect();
        let attributes: Vec<Message> = (0..choices.below(3)).map(|_| attribute(choices)).collect();
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let texts: Vec<&str> = outputs.iter().map(String::as_str).collect();
        file = file.with_node(writer::node(operator, &inputs, &texts, &attributes));
        names.extend(outputs);
    }
    file
}

fn attribute(choices: &mut Choices<'_>) -> Message {
    match choices.of(&ATTRIBUTES) {
        "value" => writer::tensor("value", &weight(choices, "")),
        name => writer::integer(name, choices.below(9) as i64 - 4),
    }
}

/// A weight with as many elements as it says, unless these are many.
fn weight(choices: &mut Choices<'_>, name: &str) -> Message {
    let dims: Vec<u64> = (0..choices.below(4)).map(|_| choices.of(&SIZES)).collect();
    let (kind, size) = choices.of(&[(1, 4), (2, 1), (3, 1), (6, 4), (7, 8)]);
    let count = dims.iter().fold(1u64, |product, size| product.saturating_mul(*size)).min(20_000) as usize;
    if kind == 1 {
        return writer::floats(name, &dims, &vec![0.5; count]);
    }
    let element = [&[choices.below(5) as u8][..], &[0; 7]].concat();
    writer::raw(name, kind, &dims, &element[..size].repeat(count))
}
