//! Runs on the composer thread. Loads the models onto an engine.

use crate::config::Config;
use crate::inference::onnxruntime::OnnxRuntime;
use crate::inference::rten::Rten;
use crate::models::{ModelError, ModelSource, Models};
use linnet_handover::worker_view::Failure;
use std::sync::Arc;

/// Models that are ready to compose.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The models.
    pub models: Arc<Models>,
    /// Why another engine than the one wished for runs them; empty where it does.
    pub engine_note: String,
}

/// Something that loads models: [`load`], or a stand-in in tests.
pub type Loader = Box<dyn FnMut(&Config) -> Result<Loaded, Failure> + Send>;

/// Loads the models of `config`. Where the runtime that it names does not work, the built-in engine runs them, with a
/// note that says why.
///
/// # Errors
/// Where the models themselves cannot be used, in words for the user.
pub fn load(config: &Config) -> Result<Loaded, Failure> {
    let source = config.models_folder.clone().map_or(ModelSource::BuiltIn, ModelSource::Folder);
    let (models, engine_note) = match &config.runtime {
        None => (None, String::new()),
        Some(path) => match OnnxRuntime::open(path) {
            Ok(runtime) => match Models::load(&source, &runtime) {
                Ok(models) => (Some(models), String::new()),
                Err(error @ ModelError::Network { .. }) => (None, format!("{error}.")),
                Err(error) => return Err(error.failure()),
            },
            Err(error) => (None, format!("{error}.")),
        },
    };
    let models = match models {
        Some(models) => models,
        None => Models::load(&source, &Rten::new()).map_err(|error| error.failure())?,
    };
    Ok(Loaded { models, engine_note })
}
