//! Runs on the composer thread. What a stranger's network is allowed to be, looked at before any engine sees it.
//!
//! An engine does what a file says, and cannot always be stopped: a file may loop for ever, fill the memory, or name
//! other files. So a network is a list of a few operators whose cost follows from the shapes, with its weights inside,
//! and a step of it is bounded by arithmetic. The same file is allowed, or refused, on every computer.

mod model;
mod shapes;
mod wire;

use super::{InferenceError, Signature, TensorSpec};
use model::{Constant, GraphFile};
use shapes::{Cost, Tensors};

/// What is wrong with a file; a clause without a subject's name, such as "it is cut short".
type Fault = String;

/// The longest file of a network, in bytes.
pub const BYTES_MAX: usize = 128 << 20;
/// The widest state of a network.
pub const HIDDEN_MAX: usize = 4_096;
/// The elements of all tensors that a run may compute: at most 64 MB.
pub const ELEMENTS_MAX: u64 = 16_000_000;

/// Whether the file `bytes` is a network of `signature` that an engine may be given, and the width of its state.
///
/// # Errors
/// Where it is none, or one that could do or cost more than a network of Linnet's does.
pub fn inspect(bytes: &[u8], signature: &'static Signature) -> Result<usize, InferenceError> {
    let refused = |reason: Fault| InferenceError::Refused { graph: signature.graph, reason };
    if bytes.len() > BYTES_MAX {
        return Err(refused(format!("it has more than {} MB", BYTES_MAX >> 20)));
    }
    let file = model::read(bytes).map_err(refused)?;
    let hidden = signature.check(&file.inputs, &file.outputs)?;
    if hidden > HIDDEN_MAX {
        return Err(refused(format!("its state is {hidden} wide, and {HIDDEN_MAX} is allowed")));
    }
    check_cost(&file, signature, hidden).map_err(refused)?;
    Ok(hidden)
}

/// Operators of which every engine gives the same, to the bit: what IEEE 754 settles, whole numbers, and copies.
/// `QuantizeLinear` is one where its scale is a power of two, as our export has it.
const EXACT: [&str; 20] = [
    "Add",
    "Cast",
    "Concat",
    "Constant",
    "Div",
    "Flatten",
    "Gather",
    "Identity",
    "MatMulInteger",
    "Min",
    "Mul",
    "QuantizeLinear",
    "Relu",
    "Reshape",
    "Slice",
    "Split",
    "Sqrt",
    "Sub",
    "Transpose",
    "Unsqueeze",
];

/// Whether every engine computes the same of the network in `bytes`, to the bit; not so where floating-point sums are in
/// it, whose order is an engine's own, or functions that it approximates.
pub fn is_exact(bytes: &[u8]) -> bool {
    model::read(bytes).is_ok_and(|file| file.nodes.iter().all(|node| EXACT.contains(&node.operator)))
}

fn check_cost(file: &GraphFile<'_>, signature: &Signature, hidden: usize) -> Result<(), Fault> {
    let mut tensors = Tensors::default();
    let dims = |spec: &TensorSpec| spec.shape(signature.rows_max, hidden).collect::<Vec<usize>>();
    for spec in signature.inputs {
        tensors.add(spec.name, Constant { dims: dims(spec), integers: None })?;
    }
    for (name, weight) in &file.weights {
        tensors.add(name, weight.clone())?;
    }
    for node in &file.nodes {
        let Cost { operations, elements } = tensors.compute(node)?;
        if operations > signature.operations_max {
            return Err(format!("a run of it takes more than {} operations", signature.operations_max));
        }
        if elements > ELEMENTS_MAX {
            return Err(format!("a run of it fills more than {ELEMENTS_MAX} numbers of memory"));
        }
    }
    match signature.outputs.iter().find(|spec| tensors.dims(spec.name) != Some(&dims(spec))) {
        None => Ok(()),
        Some(spec) => Err(format!("its output '{}' is not computed, or has another shape", spec.name)),
    }
}

#[cfg(test)]
mod tests;
