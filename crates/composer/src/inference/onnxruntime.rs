//! Runs on the composer thread. ONNX Runtime, loaded from a library that the user has.
//!
//! The library is opened at run time, once a process, and never replaced: its environment lives as long as the process.

use super::{Element, Engine, FoundTensor, InferenceError, Network, Signature, Tensor};
use ort::environment::Environment;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{Session, SessionInputValue};
use ort::value::{Outlet, TensorElementType, TensorRef, ValueType};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The oldest 1.x that was tried.
const MINOR_MIN: u32 = 20;
const TAKE_ANOTHER: &str =
    "Choose the library of ONNX Runtime 1.20 or newer for this computer, or leave the setting empty";
const RESTART: &str = "Restart the host to use the other one";

/// The library in use by this process.
#[derive(Clone)]
struct Library {
    path: PathBuf,
    minor: u32,
    environment: Environment,
}

/// ONNX Runtime.
pub struct OnnxRuntime {
    library: Library,
}

impl OnnxRuntime {
    /// The engine in the library at `path`.
    ///
    /// # Errors
    /// Where the file is missing, is no ONNX Runtime for this computer, is older than 1.20, or where this process
    /// already uses another one.
    pub fn open(path: &Path) -> Result<Self, InferenceError> {
        static LIBRARY: Mutex<Option<Library>> = Mutex::new(None);
        let fault =
            |fault: String| InferenceError::Library { path: path.into(), fault, remedy: TAKE_ANOTHER };
        let path =
            path.canonicalize().map_err(|error| fault(format!("The file cannot be read ({error})")))?;
        if !path.is_file() {
            return Err(fault("This is not a file".into()));
        }
        let mut loaded = LIBRARY.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = loaded.as_ref() {
            if library.path == path {
                return Ok(Self { library: library.clone() });
            }
            let fault = format!("This session of the host already uses {}", library.path.display());
            return Err(InferenceError::Library { path, fault, remedy: RESTART });
        }
        let library = load(&path).map_err(fault)?;
        *loaded = Some(library.clone());
        Ok(Self { library })
    }
}

/// Opens the library at `path`, or says what is wrong with it. Its version is asked for first, because a library that
/// was once handed over cannot be replaced.
fn load(path: &Path) -> Result<Library, String> {
    let broken = "The library does not answer as ONNX Runtime does";
    let minor = catch_unwind(|| ort::util::probe(path)).map_err(|_| String::from(broken))?;
    match minor {
        Some(minor) if minor < MINOR_MIN => {
            return Err(format!("This is ONNX Runtime 1.{minor}, which is too old"));
        }
        _ => {}
    }
    let builder = catch_unwind(|| ort::init_from(path))
        .map_err(|_| String::from(broken))?
        .map_err(|error| format!("This is not a library of ONNX Runtime for this computer ({error})"))?;
    let minor = minor.ok_or("This is not ONNX Runtime 1.x")?;
    let environment =
        catch_unwind(AssertUnwindSafe(|| builder.with_name("linnet").with_telemetry(false).build()))
            .map_err(|_| String::from(broken))?
            .map_err(|error| format!("ONNX Runtime 1.{minor} did not start ({error})"))?;
    Ok(Library { path: path.into(), minor, environment })
}

impl Engine for OnnxRuntime {
    fn name(&self) -> String {
        format!("ONNX Runtime 1.{}", self.library.minor)
    }

    fn load(
        &self,
        model: &[u8],
        signature: &'static Signature,
    ) -> Result<(Box<dyn Network>, usize), InferenceError> {
        let session = self
            .session(model)
            .map_err(|reason| InferenceError::NotAModel { graph: signature.graph, reason })?;
        let hidden = signature.check(&found(session.inputs()), &found(session.outputs()))?;
        Ok((Box::new(OnnxRuntimeNetwork { session: Mutex::new(session), signature, hidden }), hidden))
    }
}

impl OnnxRuntime {
    fn session(&self, model: &[u8]) -> Result<Session, String> {
        let words = |error: ort::Error<SessionBuilder>| error.to_string();
        Session::builder(&self.library.environment)
            .map_err(|error| error.to_string())?
            .with_optimization_level(GraphOptimizationLevel::All)
            .map_err(words)?
            .with_intra_threads(1)
            .map_err(words)?
            .with_inter_threads(1)
            .map_err(words)?
            .commit_from_memory(model)
            .map_err(|error| error.to_string())
    }
}

fn found(outlets: &[Outlet]) -> Vec<FoundTensor> {
    let tensor = |outlet: &Outlet| {
        let (element, dims) = match outlet.dtype() {
            ValueType::Tensor { ty, shape, .. } => {
                let element = match ty {
                    TensorElementType::Float32 => Some(Element::F32),
                    TensorElementType::Int64 => Some(Element::I64),
                    _ => None,
                };
                (element, Some(shape.iter().map(|size| usize::try_from(*size).ok()).collect()))
            }
            _ => (None, None),
        };
        FoundTensor { name: outlet.name().into(), element, dims }
    };
    outlets.iter().map(tensor).collect()
}

struct OnnxRuntimeNetwork {
    /// Instances that share the weights take turns: a run lasts far less than a millisecond.
    session: Mutex<Session>,
    signature: &'static Signature,
    hidden: usize,
}

impl OnnxRuntimeNetwork {
    fn compute(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), ort::Error> {
        let mut values: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = Vec::with_capacity(inputs.len());
        for (spec, input) in self.signature.inputs.iter().zip(inputs) {
            let shape: Vec<usize> = spec.shape(batch, self.hidden).collect();
            let value: SessionInputValue<'_> = match input {
                Tensor::F32(numbers) => TensorRef::from_array_view((shape, *numbers))?.into(),
                Tensor::I64(ids) => TensorRef::from_array_view((shape, *ids))?.into(),
            };
            values.push((spec.name.into(), value));
        }
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let results = session.run(values)?;
        for (spec, output) in self.signature.outputs.iter().zip(outputs) {
            output.clear();
            if let Some(value) = results.get(spec.name) {
                output.extend_from_slice(value.try_extract_tensor::<f32>()?.1);
            }
        }
        Ok(())
    }
}

impl Network for OnnxRuntimeNetwork {
    fn run(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), InferenceError> {
        self.compute(batch, inputs, outputs)
            .map_err(|error| InferenceError::Run { graph: self.signature.graph, reason: error.to_string() })
    }
}
