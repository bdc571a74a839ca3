//! Writes ONNX files byte by byte, good ones and those that no exporter would write. Field numbers are those of
//! `onnx.proto3`.

/// A message of Protocol Buffers.
#[derive(Clone, Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    pub(crate) fn varint(mut self, number: u64, value: u64) -> Self {
        self.push(number << 3);
        self.push(value);
        self
    }

    pub(crate) fn bytes(mut self, number: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.push(number << 3 | 2);
        self.push(bytes.as_ref().len() as u64);
        self.0.extend_from_slice(bytes.as_ref());
        self
    }

    /// A field whose length is a lie.
    pub(crate) fn bytes_of_length(mut self, number: u64, length: u64) -> Self {
        self.push(number << 3 | 2);
        self.push(length);
        self
    }

    fn push(&mut self, mut value: u64) {
        while value > 127 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// An ONNX file in parts.
#[derive(Clone, Default)]
pub(crate) struct File {
    /// Fields of the graph: number and message.
    pub(crate) graph: Vec<(u64, Message)>,
    /// Fields of the file beside the graph and the set of operators.
    pub(crate) model: Vec<(u64, Message)>,
    /// The version of the set of operators.
    pub(crate) operators: u64,
}

impl File {
    /// A network of the drums' touch with a state of width `hidden`.
    pub(crate) fn touch(hidden: usize) -> Self {
        let rows = hidden + 9;
        let weights: Vec<f32> = (0..rows * 9).map(|index| (index % 7) as f32 / 10.0 - 0.3).collect();
        let mut file = Self { operators: 17, ..Self::default() };
        file.graph.push((1, node("Concat", &["context", "hits"], &["joined"], &[integer("axis", 1)])));
        file.graph.push((1, node("MatMul", &["joined", "weights"], &["velocity"], &[])));
        file.graph.push((1, node("Tanh", &["velocity"], &["shift"], &[])));
        file.graph.push((5, floats("weights", &[rows as u64, 9], &weights)));
        file.graph.push((11, end("context", 1, &[None, Some(hidden as u64)])));
        file.graph.push((11, end("hits", 1, &[None, Some(9)])));
        file.graph.push((12, end("velocity", 1, &[None, Some(9)])));
        file.graph.push((12, end("shift", 1, &[None, Some(9)])));
        file
    }

    /// The same with a further field of the graph.
    pub(crate) fn with(mut self, number: u64, message: Message) -> Self {
        self.graph.push((number, message));
        self
    }

    /// The same with a further operator that is given a tensor of the file's and that nothing needs.
    pub(crate) fn with_node(self, node: Message) -> Self {
        self.with(1, node)
    }

    /// The same with a further field of the file.
    pub(crate) fn with_model_field(mut self, number: u64, message: Message) -> Self {
        self.model.push((number, message));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let graph = self
            .graph
            .iter()
            .fold(Message::default(), |graph, (number, field)| graph.bytes(*number, &field.0));
        let file = Message::default().varint(1, 8).bytes(7, graph.0);
        let file = file.bytes(8, Message::default().bytes(1, "").varint(2, self.operators).0);
        self.model.iter().fold(file, |file, (number, field)| file.bytes(*number, &field.0)).0
    }
}

pub(crate) fn node(operator: &str, inputs: &[&str], outputs: &[&str], attributes: &[Message]) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.bytes(1, input));
    let node = outputs.iter().fold(node, |node, output| node.bytes(2, output));
    attributes.iter().fold(node.bytes(4, operator), |node, attribute| node.bytes(5, &attribute.0))
}

/// A text attribute.
pub(crate) fn text(name: &str, value: &str) -> Message {
    Message::default().bytes(1, name).bytes(4, value).varint(20, 3)
}

/// An attribute that is an integer.
pub(crate) fn integer(name: &str, value: i64) -> Message {
    Message::default().bytes(1, name).varint(3, value as u64).varint(20, 2)
}

/// An attribute that is a tensor.
pub(crate) fn tensor(name: &str, tensor: &Message) -> Message {
    Message::default().bytes(1, name).bytes(5, &tensor.0).varint(20, 4)
}

/// An attribute that is a graph.
pub(crate) fn graph(name: &str, graph: &Message) -> Message {
    Message::default().bytes(1, name).bytes(6, &graph.0).varint(20, 5)
}

/// A tensor of kind `kind` with `raw` bytes.
pub(crate) fn raw(name: &str, kind: u64, dims: &[u64], raw: &[u8]) -> Message {
    let dims = dims.iter().fold(Message::default(), |tensor, size| tensor.varint(1, *size));
    dims.varint(2, kind).bytes(8, name).bytes(9, raw)
}

pub(crate) fn floats(name: &str, dims: &[u64], values: &[f32]) -> Message {
    raw(name, 1, dims, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

pub(crate) fn integers(name: &str, values: &[i64]) -> Message {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    raw(name, 7, &[values.len() as u64], &bytes)
}

/// An input or output of the graph.
pub(crate) fn end(name: &str, element: u64, dims: &[Option<u64>]) -> Message {
    let shape = dims.iter().fold(Message::default(), |shape, dim| {
        let dim = match dim {
            Some(size) => Message::default().varint(1, *size),
            None => Message::default().bytes(2, "batch"),
        };
        shape.bytes(1, dim.0)
    });
    let tensor = Message::default().varint(1, element).bytes(2, shape.0);
    Message::default().bytes(1, name).bytes(2, Message::default().bytes(1, tensor.0).0)
}
