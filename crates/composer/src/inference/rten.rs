//! Runs on the composer thread. The engine that is built in: rten, in pure Rust, on one thread.

use super::{Element, Engine, FoundTensor, InferenceError, Network, Signature, Tensor};
use rten::{
    DataType, Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView, ValueType,
    ValueView,
};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The built-in engine.
pub struct Rten {
    pool: Arc<ThreadPool>,
}

impl Rten {
    /// The engine, with the one thread on which all instances of this process compute. It ends with the last network.
    pub fn new() -> Self {
        static POOL: Mutex<Weak<ThreadPool>> = Mutex::new(Weak::new());
        let mut shared = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = shared.upgrade().unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        *shared = Arc::downgrade(&pool);
        Self { pool }
    }
}

impl Default for Rten {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine for Rten {
    fn name(&self) -> String {
        "rten 0.27 (built in)".into()
    }

    fn load(
        &self,
        model: &[u8],
        signature: &'static Signature,
    ) -> Result<(Box<dyn Network>, usize), InferenceError> {
        let unreadable = |reason: String| InferenceError::NotAModel { graph: signature.graph, reason };
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load(model.to_vec()).map_err(|error| unreadable(error.to_string()))?;
        let hidden =
            signature.check(&found(&model, model.input_ids()), &found(&model, model.output_ids()))?;
        let node = |name: &str| model.node_id(name).map_err(|error| unreadable(error.to_string()));
        let inputs = signature.inputs.iter().map(|spec| node(spec.name)).collect::<Result<_, _>>()?;
        let outputs = signature.outputs.iter().map(|spec| node(spec.name)).collect::<Result<_, _>>()?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        Ok((
            Box::new(RtenNetwork {
                model,
                signature,
                hidden,
                inputs,
                outputs,
                pool: Arc::clone(&self.pool),
                options,
            }),
            hidden,
        ))
    }
}

fn found(model: &Model, ids: &[NodeId]) -> Vec<FoundTensor> {
    let tensor = |id: &NodeId| {
        let info = model.node_info(*id)?;
        let size = |dim: &Dimension| match dim {
            Dimension::Fixed(size) => Some(*size),
            Dimension::Symbolic(_) => None,
        };
        Some(FoundTensor {
            name: info.name()?.into(),
            element: match info.dtype() {
                Some(ValueType::Tensor(DataType::Float)) => Some(Element::F32),
                // rten keeps 64-bit integers as 32-bit ones.
                Some(ValueType::Tensor(DataType::Int32)) => Some(Element::I64),
                _ => None,
            },
            dims: info.shape().map(|shape| shape.iter().map(size).collect()),
        })
    };
    ids.iter().filter_map(tensor).collect()
}

struct RtenNetwork {
    model: Model,
    signature: &'static Signature,
    hidden: usize,
    inputs: Vec<NodeId>,
    outputs: Vec<NodeId>,
    pool: Arc<ThreadPool>,
    options: RunOptions,
}

impl RtenNetwork {
    fn failed(&self, error: &dyn std::fmt::Display) -> InferenceError {
        InferenceError::Run { graph: self.signature.graph, reason: error.to_string() }
    }
}

impl Network for RtenNetwork {
    fn on_its_thread(&self, work: &mut (dyn FnMut() + Send)) {
        self.pool.run(work);
    }

    fn run(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), InferenceError> {
        let ids: Vec<Vec<i32>> = inputs
            .iter()
            .map(|input| match input {
                Tensor::F32(_) => Vec::new(),
                // The ids were checked against their tables.
                Tensor::I64(ids) => ids.iter().map(|id| *id as i32).collect(),
            })
            .collect();
        let mut values: Vec<(NodeId, ValueOrView<'_>)> = Vec::with_capacity(inputs.len());
        for (index, spec) in self.signature.inputs.iter().enumerate() {
            let shape: Vec<usize> = spec.shape(batch, self.hidden).collect();
            let view = match inputs[index] {
                Tensor::F32(numbers) => {
                    ValueView::from_shape(&shape, numbers).map_err(|error| self.failed(&error))
                }
                Tensor::I64(_) => {
                    ValueView::from_shape(&shape, &ids[index]).map_err(|error| self.failed(&error))
                }
            };
            values.push((self.inputs[index], view?.into()));
        }
        let results = self
            .model
            .run(values, &self.outputs, Some(self.options.clone()))
            .map_err(|error| self.failed(&error))?;
        for (output, result) in outputs.iter_mut().zip(&results) {
            let tensor =
                result.as_tensor_view::<f32>().ok_or_else(|| self.failed(&"an output is not numbers"))?;
            output.clear();
            match tensor.data() {
                Some(numbers) => output.extend_from_slice(numbers),
                None => output.extend(tensor.iter()),
            }
        }
        Ok(())
    }
}
