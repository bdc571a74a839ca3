//! Runs on the composer thread. An ONNX file, read as strictly as a stranger's deserves: a field that no network of
//! Linnet's has is a reason to refuse it, since an engine may know what to do with it.
//!
//! Nothing here calls itself, so no depth of nesting can exhaust the stack, and what is kept borrows from the file.

use super::Fault;
use super::wire::{Fields, Value, varints};
use crate::inference::{Element, FoundTensor};

/// Operators in a graph at most.
const NODES_MAX: usize = 1_000;
/// Weights, inputs and outputs of a graph at most, each.
const TENSORS_MAX: usize = 1_000;
/// Inputs or outputs of an operator at most.
const ENDS_MAX: usize = 64;
/// Attributes of an operator at most.
const ATTRIBUTES_MAX: usize = 8;
/// Dimensions of a tensor at most.
pub(super) const RANK_MAX: usize = 6;
/// Bytes of a name at most.
const NAME_MAX: usize = 256;
/// Integers of a constant that are kept, for those operators that take sizes from one.
const INTEGERS_MAX: usize = 64;
/// The versions of the operators' definitions that the shapes are computed by.
const OPERATOR_SET: std::ops::RangeInclusive<u64> = 13..=21;

/// A file's graph.
#[derive(Debug, Default)]
pub(super) struct GraphFile<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) weights: Vec<(&'a str, Constant)>,
    pub(super) inputs: Vec<FoundTensor>,
    pub(super) outputs: Vec<FoundTensor>,
}

/// An operator.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) operator: &'a str,
    /// Names; empty where an optional one is left out.
    pub(super) inputs: Vec<&'a str>,
    /// Names; empty where an optional one is left out.
    pub(super) outputs: Vec<&'a str>,
    pub(super) attributes: Vec<(&'a str, Attribute)>,
}

/// What an operator is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Attribute {
    Float,
    Integer(i64),
    Integers(Vec<i64>),
    Tensor(Constant),
    Text(String),
}

/// A tensor in the file, without its elements.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Constant {
    pub(super) dims: Vec<usize>,
    /// The elements where they are few 64-bit integers.
    pub(super) integers: Option<Vec<i64>>,
}

/// The longest list in an attribute.
const LIST_MAX: usize = 16;

/// The graph of the ONNX file `bytes`.
pub(super) fn read(bytes: &[u8]) -> Result<GraphFile<'_>, Fault> {
    let (mut graph, mut operators) = (None, None);
    for field in Fields::of(bytes) {
        match field? {
            (7, Value::Bytes(message)) => once(&mut graph, read_graph(message)?)?,
            (8, Value::Bytes(message)) => once(&mut operators, check_operators(message)?)?,
            (14, Value::Bytes(message)) => check_entry(message)?,
            (1 | 5, Value::Varint(_)) | (2 | 3 | 4 | 6, Value::Bytes(_)) => {}
            (20, _) => return Err("it holds a graph for training".into()),
            (25, _) => return Err("it defines operators of its own".into()),
            (number, _) => return Err(unknown("model", number)),
        }
    }
    operators.ok_or("it does not say which ONNX operators it uses")?;
    graph.ok_or_else(|| "it holds no graph".into())
}

fn unknown(message: &str, number: u64) -> Fault {
    format!("its {message} has a field that Linnet's models do not have ({number})")
}

/// Fills `slot`, which a well-formed file does once.
fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Fault> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err("it says twice what it may say once".into()),
    }
}

fn push<T>(list: &mut Vec<T>, value: T, max: usize, what: &str) -> Result<(), Fault> {
    if list.len() == max {
        return Err(format!("it has more than {max} {what}"));
    }
    list.push(value);
    Ok(())
}

fn name(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > NAME_MAX {
        return Err(format!("a name in it is longer than {NAME_MAX} bytes"));
    }
    std::str::from_utf8(bytes).map_err(|_| "a name in it is not text".into())
}

fn check_operators(message: &[u8]) -> Result<(), Fault> {
    let mut version = None;
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(domain)) => check_domain(domain)?,
            (2, Value::Varint(value)) => once(&mut version, value)?,
            (number, _) => return Err(unknown("operator set", number)),
        }
    }
    match version {
        Some(version) if OPERATOR_SET.contains(&version) => Ok(()),
        _ => {
            let (oldest, newest) = (OPERATOR_SET.start(), OPERATOR_SET.end());
            Err(format!("it was not exported for an ONNX operator set from {oldest} to {newest}"))
        }
    }
}

fn check_domain(bytes: &[u8]) -> Result<(), Fault> {
    match name(bytes)? {
        "" | "ai.onnx" => Ok(()),
        other => Err(format!("it uses operators that are not ONNX's own ('{other}')")),
    }
}

/// Checks a pair of texts that nothing reads.
fn check_entry(message: &[u8]) -> Result<(), Fault> {
    for field in Fields::of(message) {
        let (1 | 2, Value::Bytes(_)) = field? else { return Err(unknown("remark", 0)) };
    }
    Ok(())
}

fn read_graph(message: &[u8]) -> Result<GraphFile<'_>, Fault> {
    let mut graph = GraphFile::default();
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(node)) => push(&mut graph.nodes, read_node(node)?, NODES_MAX, "operators")?,
            (5, Value::Bytes(tensor)) => {
                push(&mut graph.weights, read_tensor(tensor)?, TENSORS_MAX, "weights")?;
            }
            (11, Value::Bytes(end)) => {
                push(&mut graph.inputs, read_end(end)?, TENSORS_MAX, "inputs")?;
            }
            (12, Value::Bytes(end)) => {
                push(&mut graph.outputs, read_end(end)?, TENSORS_MAX, "outputs")?;
            }
            // What the file says of the tensors in between is checked by the engine against what they are.
            (13, Value::Bytes(end)) => drop(read_end(end)?),
            (16, Value::Bytes(entry)) => check_entry(entry)?,
            (2 | 10, Value::Bytes(_)) => {}
            (15, _) => return Err("it has sparse weights".into()),
            (number, _) => return Err(unknown("graph", number)),
        }
    }
    Ok(graph)
}

fn read_node(message: &[u8]) -> Result<Node<'_>, Fault> {
    let (mut node, mut operator) = (Node::default(), None);
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(input)) => {
                push(&mut node.inputs, name(input)?, ENDS_MAX, "inputs to one operator")?;
            }
            (2, Value::Bytes(output)) => {
                push(&mut node.outputs, name(output)?, ENDS_MAX, "outputs of one operator")?;
            }
            (4, Value::Bytes(text)) => once(&mut operator, name(text)?)?,
            (5, Value::Bytes(attribute)) => {
                let attribute = read_attribute(attribute)?;
                if node.attributes.iter().any(|(name, _)| *name == attribute.0) {
                    return Err("it says twice what it may say once".into());
                }
                push(&mut node.attributes, attribute, ATTRIBUTES_MAX, "attributes of one operator")?;
            }
            (7, Value::Bytes(domain)) => check_domain(domain)?,
            (9, Value::Bytes(entry)) => check_entry(entry)?,
            (3 | 6, Value::Bytes(_)) => {}
            (number, _) => return Err(unknown("operator", number)),
        }
    }
    node.operator = operator.ok_or("an operator in it has no name")?;
    Ok(node)
}

fn read_attribute(message: &[u8]) -> Result<(&str, Attribute), Fault> {
    let (mut title, mut value, mut kind, mut list) = (None, None, None, Vec::new());
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(text)) => once(&mut title, name(text)?)?,
            (2, Value::Fixed32(_)) => once(&mut value, Attribute::Float)?,
            (3, Value::Varint(number)) => once(&mut value, Attribute::Integer(number as i64))?,
            (4, Value::Bytes(text)) => once(&mut value, Attribute::Text(name(text)?.to_owned()))?,
            (8, Value::Varint(number)) => list.push(number as i64),
            (5, Value::Bytes(tensor)) => once(&mut value, Attribute::Tensor(read_tensor(tensor)?.1))?,
            (13, Value::Bytes(_)) => {}
            (20, Value::Varint(number)) => once(&mut kind, number)?,
            (6 | 11, _) => return Err("an operator in it holds a graph of its own, such as a loop".into()),
            (number, _) => return Err(unknown("attribute", number)),
        }
    }
    if list.len() > LIST_MAX {
        return Err("an attribute in it is a long list".into());
    }
    if !list.is_empty() {
        once(&mut value, Attribute::Integers(list))?;
    }
    let (title, value) = title.zip(value).ok_or("an attribute in it says nothing")?;
    // Engines go by the kind, so it must be that of the value.
    let wanted = match value {
        Attribute::Float => 1,
        Attribute::Integer(_) => 2,
        Attribute::Text(_) => 3,
        Attribute::Tensor(_) => 4,
        Attribute::Integers(_) => 7,
    };
    if kind != Some(wanted) {
        return Err(format!("the attribute '{title}' in it is not of the kind that it says"));
    }
    Ok((title, value))
}

/// How many elements a tensor's data has, and the elements where they are few integers.
#[derive(Default)]
struct Elements {
    count: usize,
    integers: Vec<i64>,
}

impl Elements {
    fn add_integer(&mut self, value: u64) {
        self.count += 1;
        if self.integers.len() < INTEGERS_MAX {
            self.integers.push(value as i64);
        }
    }

    fn add_float(&mut self, bytes: [u8; 4]) -> Result<(), Fault> {
        self.count += 1;
        if f32::from_le_bytes(bytes).is_finite() { Ok(()) } else { Err("a weight in it is no number".into()) }
    }

    fn add_packed_floats(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let (floats, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err("a weight in it is cut short".into());
        }
        floats.iter().try_for_each(|float| self.add_float(*float))
    }
}

const FLOAT: u64 = 1;
const UINT8: u64 = 2;
const INT8: u64 = 3;
const INT32: u64 = 6;
const INT64: u64 = 7;

fn read_tensor(message: &[u8]) -> Result<(&str, Constant), Fault> {
    let (mut title, mut kind, mut raw) = (None, None, None);
    let (mut dims, mut listed) = (Vec::new(), Elements::default());
    for field in Fields::of(message) {
        match field? {
            (1, Value::Varint(size)) => add_dim(&mut dims, size)?,
            (1, Value::Bytes(sizes)) => varints(sizes).try_for_each(|size| add_dim(&mut dims, size?))?,
            (2, Value::Varint(number)) => once(&mut kind, number)?,
            (4, Value::Fixed32(float)) => listed.add_float(float)?,
            (4, Value::Bytes(floats)) => listed.add_packed_floats(floats)?,
            (5 | 7, Value::Varint(integer)) => listed.add_integer(integer),
            (5 | 7, Value::Bytes(integers)) => {
                varints(integers)
                    .try_for_each(|integer| integer.map(|integer| listed.add_integer(integer)))?;
            }
            (8, Value::Bytes(text)) => once(&mut title, name(text)?)?,
            (9, Value::Bytes(bytes)) => once(&mut raw, bytes)?,
            (12, Value::Bytes(_)) | (14, Value::Varint(0)) => {}
            (13 | 14, _) => {
                return Err("it keeps its weights in another file, which Linnet does not open".into());
            }
            (number, _) => return Err(unknown("weight", number)),
        }
    }
    let elements = match raw {
        Some(bytes) if listed.count == 0 => read_raw(bytes, kind)?,
        Some(_) => return Err("it says twice what it may say once".into()),
        None => listed,
    };
    if !matches!(kind, Some(FLOAT | UINT8 | INT8 | INT32 | INT64)) {
        return Err("a weight in it is of a kind that Linnet's models do not have".into());
    }
    if dims.iter().try_fold(1usize, |product, size| product.checked_mul(*size)) != Some(elements.count) {
        return Err("a weight in it has another number of elements than it says".into());
    }
    let keeps = kind == Some(INT64) && elements.count <= INTEGERS_MAX;
    Ok((title.unwrap_or_default(), Constant { dims, integers: keeps.then_some(elements.integers) }))
}

fn add_dim(dims: &mut Vec<usize>, size: u64) -> Result<(), Fault> {
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    push(dims, size.ok_or("a tensor in it has no elements")?, RANK_MAX, "dimensions of one tensor")
}

fn read_raw(bytes: &[u8], kind: Option<u64>) -> Result<Elements, Fault> {
    let mut elements = Elements::default();
    match kind {
        Some(FLOAT) => elements.add_packed_floats(bytes)?,
        Some(INT64) if bytes.len().is_multiple_of(8) => {
            let (integers, _) = bytes.as_chunks::<8>();
            for integer in integers {
                elements.add_integer(u64::from_le_bytes(*integer));
            }
        }
        Some(INT32) if bytes.len().is_multiple_of(4) => elements.count = bytes.len() / 4,
        Some(UINT8 | INT8) => elements.count = bytes.len(),
        _ => return Err("a weight in it is cut short, or of a kind that Linnet's models do not have".into()),
    }
    Ok(elements)
}

/// An input or output of the graph, or a tensor in between.
fn read_end(message: &[u8]) -> Result<FoundTensor, Fault> {
    let (mut title, mut kind, mut dims) = (None, None, None);
    for field in Fields::of(message) {
        match field? {
            (1, Value::Bytes(text)) => once(&mut title, name(text)?)?,
            (2, Value::Bytes(message)) => once(&mut kind, read_type(message, &mut dims)?)?,
            (3, Value::Bytes(_)) => {}
            (4, Value::Bytes(entry)) => check_entry(entry)?,
            (number, _) => return Err(unknown("tensor", number)),
        }
    }
    let element = match kind.flatten() {
        Some(FLOAT) => Some(Element::F32),
        Some(INT64) => Some(Element::I64),
        _ => None,
    };
    Ok(FoundTensor { name: title.unwrap_or_default().into(), element, dims })
}

/// The kind of the elements of a tensor; its dimensions go to `dims`.
fn read_type(message: &[u8], dims: &mut Option<Vec<Option<usize>>>) -> Result<Option<u64>, Fault> {
    let mut kind = None;
    for field in Fields::of(message) {
        let tensor = match field? {
            (1, Value::Bytes(tensor)) => tensor,
            (6, Value::Bytes(_)) => continue,
            _ => return Err("it passes on something else than tensors".into()),
        };
        for field in Fields::of(tensor) {
            match field? {
                (1, Value::Varint(number)) => once(&mut kind, number)?,
                (2, Value::Bytes(shape)) => once(dims, read_shape(shape)?)?,
                (number, _) => return Err(unknown("tensor", number)),
            }
        }
    }
    Ok(kind)
}

fn read_shape(message: &[u8]) -> Result<Vec<Option<usize>>, Fault> {
    let mut dims = Vec::new();
    for field in Fields::of(message) {
        let (1, Value::Bytes(dim)) = field? else { return Err(unknown("shape", 0)) };
        let mut size = None;
        for field in Fields::of(dim) {
            match field? {
                (1, Value::Varint(number)) => once(&mut size, usize::try_from(number).unwrap_or(usize::MAX))?,
                (2 | 3, Value::Bytes(_)) => {}
                (number, _) => return Err(unknown("shape", number)),
            }
        }
        push(&mut dims, size, RANK_MAX, "dimensions of one tensor")?;
    }
    Ok(dims)
}
