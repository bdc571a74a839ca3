//! Runs on any thread but the audio thread. Where the composer finds what it needs.

use std::path::PathBuf;

/// What the user chose, from the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// A folder of models to use in place of the built-in ones, with the layout of `models/` in the repository.
    pub models_folder: Option<PathBuf>,
    /// The library of ONNX Runtime to use in place of the built-in engine.
    pub runtime: Option<PathBuf>,
}
