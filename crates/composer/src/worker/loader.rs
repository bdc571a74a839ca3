//! Runs on the composer thread. Loads the models onto an engine, a little at a time.

use crate::config::Config;
use crate::inference::Engine;
use crate::inference::onnxruntime::OnnxRuntime;
use crate::inference::rten::Rten;
use crate::models::{self, ModelError, ModelSource, Models};
use linnet_handover::worker_view::Failure;
use std::path::PathBuf;
use std::sync::Arc;

/// Models that are ready to compose.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The models.
    pub models: Arc<Models>,
    /// Why another engine than the one wished for runs them; empty where it does.
    pub engine_note: String,
}

/// Models on their way. None of its steps may be long: an order to play, or to end, waits for one.
pub trait Load: Send {
    /// Loads a little more; gives the models, or in words for the user why there are none, when that is known. It is not
    /// called after that.
    fn step(&mut self) -> Option<Result<Loaded, Failure>>;
}

/// Nothing to wait for.
impl Load for Result<Loaded, Failure> {
    fn step(&mut self) -> Option<Result<Loaded, Failure>> {
        Some(self.clone())
    }
}

/// Something that begins to load models: [`begin`], or a stand-in in tests.
pub type Loader = Box<dyn FnMut(&Config) -> Box<dyn Load> + Send>;

/// A loader of what is loaded already.
pub fn ready(loaded: Loaded) -> Loader {
    Box::new(move |_| Box::new(Ok::<_, Failure>(loaded.clone())))
}

/// Begins to load the models of `config`. Where the runtime that it names does not work, the built-in engine runs them,
/// with a note that says why.
pub fn begin(config: &Config) -> Box<dyn Load> {
    let source = config.models_folder.clone().map_or(ModelSource::BuiltIn, ModelSource::Folder);
    Box::new(FromFiles {
        engine: config.runtime.clone().map_or_else(EngineState::built_in, EngineState::Wished),
        models: models::Loading::new(source.clone()),
        source,
        engine_note: String::new(),
    })
}

/// [`begin`], and all steps in one go.
///
/// # Errors
/// Where the models cannot be used, in words for the user.
pub fn load(config: &Config) -> Result<Loaded, Failure> {
    let mut loading = begin(config);
    loop {
        if let Some(result) = loading.step() {
            return result;
        }
    }
}

/// What computes the networks.
enum EngineState {
    /// The ONNX Runtime at this path, which is not opened yet.
    Wished(PathBuf),
    /// An ONNX Runtime that works.
    Runtime(OnnxRuntime),
    /// Ours.
    BuiltIn(Rten),
}

impl EngineState {
    fn built_in() -> Self {
        Self::BuiltIn(Rten::new())
    }
}

struct FromFiles {
    source: ModelSource,
    engine: EngineState,
    models: models::Loading,
    engine_note: String,
}

impl FromFiles {
    /// Begins anew on the built-in engine.
    fn fall_back(&mut self, why: &dyn std::fmt::Display) {
        self.engine_note = format!("{why}.");
        self.engine = EngineState::built_in();
        self.models = models::Loading::new(self.source.clone());
    }
}

impl Load for FromFiles {
    fn step(&mut self) -> Option<Result<Loaded, Failure>> {
        let (engine, is_ours): (&dyn Engine, bool) = match &self.engine {
            EngineState::Wished(path) => {
                match OnnxRuntime::open(path) {
                    Ok(runtime) => self.engine = EngineState::Runtime(runtime),
                    Err(error) => self.fall_back(&error),
                }
                return None;
            }
            EngineState::Runtime(runtime) => (runtime, false),
            EngineState::BuiltIn(rten) => (rten, true),
        };
        match self.models.step(engine) {
            Ok(models) => {
                let engine_note = self.engine_note.clone();
                models.map(|models| Ok(Loaded { models, engine_note }))
            }
            Err(error @ ModelError::Network { .. }) if !is_ours => {
                self.fall_back(&error);
                None
            }
            Err(error) => Some(Err(error.failure())),
        }
    }
}
