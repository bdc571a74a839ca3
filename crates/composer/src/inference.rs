//! Runs on the composer thread. Networks behind one small trait, so that no other code knows who computes them.
//!
//! Two engines exist: the one built in ([`rten`]), and ONNX Runtime ([`onnxruntime`]) where the user has its library,
//! which computes the graphs that both compute the same to the bit
//! ([`inspect::is_exact`]), so that a request gives the same notes whatever is chosen.
//! Whatever engine computes it, a [`Graph`] has the names, element types and shapes of its [`Signature`], and no token
//! id outside its table ever reaches a network.

mod error;
pub mod inspect;
pub mod onnxruntime;
pub mod rten;

pub use error::InferenceError;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many candidates are computed at once, at most.
pub const BATCH_MAX: usize = 8;

/// What a tensor's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// 32-bit floating point.
    F32,
    /// 64-bit integers.
    I64,
}

/// One dimension of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dim {
    /// How many lines are computed at once; open in the file.
    Batch,
    /// The width of the network's state; as the file says, the same throughout.
    Hidden,
    /// This many.
    Fixed(usize),
}

/// One input or output.
#[derive(Clone, Copy, Debug)]
pub struct TensorSpec {
    /// Its name in the file.
    pub name: &'static str,
    /// What it holds.
    pub element: Element,
    /// Its shape.
    pub dims: &'static [Dim],
    /// For token ids: how many each place of the last dimension may take, in turn. Empty where it holds no ids.
    pub ids: &'static [i64],
}

impl TensorSpec {
    /// A tensor of numbers.
    pub const fn floats(name: &'static str, dims: &'static [Dim]) -> Self {
        Self { name, element: Element::F32, dims, ids: &[] }
    }

    /// A tensor of token ids, each below the bound in `ids` that its place in the last dimension has.
    pub const fn ids(name: &'static str, dims: &'static [Dim], ids: &'static [i64]) -> Self {
        Self { name, element: Element::I64, dims, ids }
    }

    /// The shape for this batch size and state width.
    pub fn shape(&self, batch: usize, hidden: usize) -> impl Iterator<Item = usize> + '_ {
        self.dims.iter().map(move |dim| match dim {
            Dim::Batch => batch,
            Dim::Hidden => hidden,
            Dim::Fixed(size) => *size,
        })
    }
}

/// What a graph takes and gives.
#[derive(Debug)]
pub struct Signature {
    /// The graph's name in messages.
    pub graph: &'static str,
    /// The greatest batch for which it is computed.
    pub rows_max: usize,
    /// What computing that may cost, in multiplications with their additions.
    pub operations_max: u64,
    /// In the order in which [`Graph::run`] takes them.
    pub inputs: &'static [TensorSpec],
    /// In the order in which [`Graph::run`] gives them; all of them [`Element::F32`].
    pub outputs: &'static [TensorSpec],
}

/// A tensor as an engine found it in a file.
#[derive(Clone, Debug)]
pub struct FoundTensor {
    /// Its name.
    pub name: String,
    /// What it holds; none where that is neither of [`Element`], or not said.
    pub element: Option<Element>,
    /// Its dimensions, none for an open one; none where the file does not say.
    pub dims: Option<Vec<Option<usize>>>,
}

impl Signature {
    /// The width of the network's state, where the tensors found are those agreed on; 0 where none has one.
    ///
    /// # Errors
    /// Where a name is missing or too much, or an element type or a dimension differs.
    pub fn check(&self, inputs: &[FoundTensor], outputs: &[FoundTensor]) -> Result<usize, InferenceError> {
        let mut hidden = None;
        self.check_side("input", self.inputs, inputs, &mut hidden)?;
        self.check_side("output", self.outputs, outputs, &mut hidden)?;
        let mut specs = self.inputs.iter().chain(self.outputs);
        if !specs.any(|spec| spec.dims.contains(&Dim::Hidden)) {
            return Ok(0);
        }
        hidden
            .filter(|hidden| *hidden > 0)
            .ok_or_else(|| self.differs("the width of the state is open".into()))
    }

    fn differs(&self, reason: String) -> InferenceError {
        InferenceError::Signature { graph: self.graph, reason }
    }

    fn check_side(
        &self,
        side: &str,
        specs: &[TensorSpec],
        found: &[FoundTensor],
        hidden: &mut Option<usize>,
    ) -> Result<(), InferenceError> {
        for spec in specs {
            let Some(tensor) = found.iter().find(|tensor| tensor.name == spec.name) else {
                return Err(self.differs(format!("it has no {side} '{}'", spec.name)));
            };
            if tensor.element != Some(spec.element) {
                return Err(self.differs(format!("its {side} '{}' is not {:?}", spec.name, spec.element)));
            }
            if !fits(spec.dims, tensor.dims.as_deref(), hidden) {
                let is = tensor.dims.as_deref().unwrap_or_default();
                let should = spec.dims;
                return Err(self.differs(format!(
                    "its {side} '{}' has the shape {is:?} in place of {should:?}",
                    spec.name
                )));
            }
        }
        match found.iter().find(|tensor| specs.iter().all(|spec| spec.name != tensor.name)) {
            Some(extra) => Err(self.differs(format!("it has a further {side} '{}'", extra.name))),
            None => Ok(()),
        }
    }
}

/// Whether dimensions found agree with those wanted. Open ones agree with everything; a width of the state must be
/// the same wherever it is said.
fn fits(wanted: &[Dim], found: Option<&[Option<usize>]>, hidden: &mut Option<usize>) -> bool {
    let Some(found) = found else { return true };
    if found.len() != wanted.len() {
        return false;
    }
    wanted.iter().zip(found).all(|(wanted, found)| match (wanted, found) {
        (_, None) => *wanted != Dim::Hidden || hidden.is_some(),
        (Dim::Batch, Some(_)) => false,
        (Dim::Fixed(wanted), Some(found)) => wanted == found,
        (Dim::Hidden, Some(found)) => *hidden.get_or_insert(*found) == *found,
    })
}

/// An input's elements, by rows.
#[derive(Clone, Copy, Debug)]
pub enum Tensor<'a> {
    /// Numbers.
    F32(&'a [f32]),
    /// Token ids.
    I64(&'a [i64]),
}

impl Tensor<'_> {
    fn len(&self) -> usize {
        match self {
            Tensor::F32(values) => values.len(),
            Tensor::I64(values) => values.len(),
        }
    }
}

/// A network that an engine has read.
pub trait Network: Send + Sync {
    /// Computes `outputs` (by rows, each resized to fit) for `batch` lines. Inputs and outputs are in the order of the
    /// signature that the network was read with, and were checked against it.
    ///
    /// # Errors
    /// Where the engine fails.
    fn run(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), InferenceError>;

    /// Calls `work` once, on the thread on which the network computes, so that the runs in it change threads no more.
    fn on_its_thread(&self, work: &mut (dyn FnMut() + Send)) {
        work();
    }
}

/// Something that computes networks.
pub trait Engine: Send + Sync {
    /// Name and version, for the user.
    fn name(&self) -> String;

    /// The network in `model`, an ONNX file, and the width of its state.
    ///
    /// # Errors
    /// Where the bytes are no such network.
    fn load(
        &self,
        model: &[u8],
        signature: &'static Signature,
    ) -> Result<(Box<dyn Network>, usize), InferenceError>;
}

/// A network together with what it takes and gives.
pub struct Graph {
    signature: &'static Signature,
    network: Box<dyn Network>,
    hidden: usize,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph")
            .field("name", &self.signature.graph)
            .field("hidden", &self.hidden)
            .finish_non_exhaustive()
    }
}

impl Graph {
    /// Reads the ONNX file `model` with `engine`, once it was [inspected](inspect), and computes it with the lowest and
    /// the highest token ids to see that it can be.
    ///
    /// # Errors
    /// Where the file is no network of this signature.
    pub fn load(
        engine: &dyn Engine,
        model: &[u8],
        signature: &'static Signature,
    ) -> Result<Self, InferenceError> {
        let load = || {
            inspect::inspect(model, signature)?;
            let (network, hidden) = engine.load(model, signature)?;
            let graph = Self { signature, network, hidden };
            graph.try_with_ids(|_| 0)?;
            graph.try_with_ids(|bound| bound - 1)?;
            Ok(graph)
        };
        // A file made to break an engine must not end the thread.
        catch_unwind(AssertUnwindSafe(load)).unwrap_or_else(|_| {
            Err(InferenceError::NotAModel {
                graph: signature.graph,
                reason: "the engine gave up on it".into(),
            })
        })
    }

    /// A graph of any network, with a state of width `hidden`.
    pub fn new(network: Box<dyn Network>, signature: &'static Signature, hidden: usize) -> Self {
        Self { signature, network, hidden }
    }

    /// Its name in messages.
    pub fn name(&self) -> &'static str {
        self.signature.graph
    }

    /// The width of the network's state.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Computes a full batch of zeros with the token ids `id(bound)`.
    fn try_with_ids(&self, id: impl Fn(i64) -> i64) -> Result<(), InferenceError> {
        let inputs: Vec<(Vec<f32>, Vec<i64>)> = self
            .signature
            .inputs
            .iter()
            .map(|spec| {
                let length = spec.shape(self.signature.rows_max, self.hidden).product();
                match spec.element {
                    Element::F32 => (vec![0.0; length], Vec::new()),
                    Element::I64 => {
                        (Vec::new(), spec.ids.iter().cycle().map(|bound| id(*bound)).take(length).collect())
                    }
                }
            })
            .collect();
        let inputs: Vec<Tensor<'_>> = inputs
            .iter()
            .map(|(floats, ids)| if ids.is_empty() { Tensor::F32(floats) } else { Tensor::I64(ids) })
            .collect();
        self.run(self.signature.rows_max, &inputs, &mut vec![Vec::new(); self.signature.outputs.len()])
    }

    /// Computes `outputs` (by rows, each resized to fit) for `batch` lines.
    ///
    /// # Errors
    /// Where an input does not fit the signature, or the engine fails.
    pub fn run(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), InferenceError> {
        if inputs.len() != self.signature.inputs.len() || outputs.len() != self.signature.outputs.len() {
            return Err(self.wrong_input("their number".into()));
        }
        for (spec, input) in self.signature.inputs.iter().zip(inputs) {
            self.check_input(spec, batch, input)?;
        }
        self.network.run(batch, inputs, outputs)?;
        for (spec, output) in self.signature.outputs.iter().zip(outputs) {
            if output.len() != spec.shape(batch, self.hidden).product::<usize>() {
                let reason = format!("its output '{}' has {} values", spec.name, output.len());
                return Err(InferenceError::Signature { graph: self.signature.graph, reason });
            }
        }
        Ok(())
    }

    /// What `work` gives, called on the thread on which the network computes: several runs then change threads once.
    ///
    /// # Errors
    /// Those of `work`, and where the engine did not call it.
    pub fn on_its_thread<T: Send, E: From<InferenceError> + Send>(
        &self,
        work: impl FnOnce() -> Result<T, E> + Send,
    ) -> Result<T, E> {
        let (mut work, mut result) = (Some(work), None);
        self.network.on_its_thread(&mut || result = work.take().map(|work| work()));
        result.unwrap_or_else(|| {
            let reason = "the engine did nothing".into();
            Err(InferenceError::Run { graph: self.signature.graph, reason }.into())
        })
    }

    fn wrong_input(&self, reason: String) -> InferenceError {
        InferenceError::Input { graph: self.signature.graph, reason }
    }

    fn check_input(&self, spec: &TensorSpec, batch: usize, input: &Tensor<'_>) -> Result<(), InferenceError> {
        if input.len() != spec.shape(batch, self.hidden).product::<usize>() {
            return Err(self.wrong_input(format!("'{}' has {} values", spec.name, input.len())));
        }
        match (spec.element, input) {
            (Element::F32, Tensor::F32(_)) => Ok(()),
            (Element::I64, Tensor::I64(ids)) => {
                let bounds = spec.ids.iter().cycle();
                match ids.iter().zip(bounds).find(|(id, bound)| !(0..**bound).contains(*id)) {
                    Some((id, bound)) => {
                        Err(self.wrong_input(format!("'{}' holds the id {id} of {bound}", spec.name)))
                    }
                    None => Ok(()),
                }
            }
            _ => Err(self.wrong_input(format!("'{}' is not {:?}", spec.name, spec.element))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: Signature = Signature {
        graph: "echo",
        rows_max: BATCH_MAX,
        operations_max: 1_000,
        inputs: &[
            TensorSpec::ids("ids", &[Dim::Batch, Dim::Fixed(2)], &[3, 5]),
            TensorSpec::floats("state", &[Dim::Batch, Dim::Hidden]),
        ],
        outputs: &[TensorSpec::floats("out", &[Dim::Batch, Dim::Hidden])],
    };
    static ECHO: Signature = SIGNATURE;

    struct Echo;

    impl Network for Echo {
        fn run(
            &self,
            _: usize,
            inputs: &[Tensor<'_>],
            outputs: &mut [Vec<f32>],
        ) -> Result<(), InferenceError> {
            if let Tensor::F32(values) = inputs[1] {
                outputs[0] = values.to_vec();
            }
            Ok(())
        }
    }

    fn found(name: &str, element: Element, dims: &[Option<usize>]) -> FoundTensor {
        FoundTensor { name: name.into(), element: Some(element), dims: Some(dims.to_vec()) }
    }

    #[test]
    fn a_token_id_outside_its_table_never_reaches_the_network() {
        let graph = Graph::new(Box::new(Echo), &ECHO, 2);
        let mut out = [Vec::new()];
        let mut run = |ids: &[i64]| {
            graph.run(2, &[Tensor::I64(ids), Tensor::F32(&[1.0, 2.0, 3.0, 4.0])], &mut out).is_ok()
        };
        assert!(run(&[0, 0, 2, 4]));
        for ids in [&[0, 0, 3, 4][..], &[0, 0, 2, 5], &[-1, 0, 2, 4], &[0, 0, 2], &[0, 0, 2, 4, 0, 0]] {
            assert!(!run(ids), "{ids:?}");
        }
        assert!(graph.run(1, &[Tensor::F32(&[0.0; 2]), Tensor::F32(&[0.0; 2])], &mut out).is_err());
    }

    #[test]
    fn a_file_with_other_names_types_or_shapes_is_refused() {
        let ids = || found("ids", Element::I64, &[None, Some(2)]);
        let state = || found("state", Element::F32, &[None, Some(7)]);
        let out = || found("out", Element::F32, &[None, Some(7)]);
        assert_eq!(ECHO.check(&[ids(), state()], &[out()]), Ok(7));
        assert_eq!(ECHO.check(&[state(), ids()], &[out()]), Ok(7));
        let refused = [
            (vec![ids()], vec![out()]),
            (vec![], vec![]),
            (vec![ids(), state(), found("more", Element::F32, &[])], vec![out()]),
            (vec![found("ids", Element::F32, &[None, Some(2)]), state()], vec![out()]),
            (vec![found("ids", Element::I64, &[None, Some(3)]), state()], vec![out()]),
            (vec![found("ids", Element::I64, &[Some(4), Some(2)]), state()], vec![out()]),
            (vec![ids(), state()], vec![found("out", Element::F32, &[None, Some(8)])]),
            (vec![ids(), found("state", Element::F32, &[Some(7)])], vec![out()]),
        ];
        for (inputs, outputs) in refused {
            assert!(ECHO.check(&inputs, &outputs).is_err(), "{inputs:?}");
        }
    }
}
