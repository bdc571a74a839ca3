//! Runs on the composer thread. The trained models: built into the binary, or read from a folder of the user's.
//!
//! A model is a folder: `manifest.toml` and the ONNX files that it names. Every file must have the hash that the
//! manifest states, every manifest the hash of this build's vocabulary, and every network the tensors of its
//! [`signatures`]. The weights are shared by all instances in the process.

mod files;
mod gan;
mod latent;
mod loading;
mod manifest;
pub mod signatures;

use crate::inference::{Engine, Graph, InferenceError};
use crate::phrase::quantiles::Quantiles;
pub use gan::GanModel;
pub use latent::LatentModel;
use linnet_handover::worker_view::Failure;
pub use loading::Loading;
use std::path::PathBuf;
use std::sync::Arc;

/// Where models come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ModelSource {
    /// This binary.
    #[default]
    BuiltIn,
    /// A folder with the layout of `models/` in the repository.
    Folder(PathBuf),
}

/// Why models cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A file is missing or cannot be read.
    #[error("{file} cannot be read: {reason}")]
    Missing {
        /// Which file.
        file: String,
        /// In the system's words.
        reason: String,
    },
    /// A manifest is not one.
    #[error("{file} is not a manifest of a model: {reason}")]
    Manifest {
        /// Which file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// A file is shorter or longer than its manifest says.
    #[error("{file} has {found} bytes in place of {wanted}")]
    Length {
        /// Which file.
        file: String,
        /// Its length by its manifest.
        wanted: u64,
        /// Its length.
        found: u64,
    },
    /// A file is not the one that its manifest was written for.
    #[error("{file} is not the file that its manifest describes: its SHA-256 differs")]
    Hash {
        /// Which file.
        file: String,
    },
    /// A model of another vocabulary.
    #[error("{file} was made for another version of Linnet: its vocabulary differs")]
    Tokens {
        /// Which manifest.
        file: String,
    },
    /// A file is no network, or another one than expected.
    #[error("{file}: {error}")]
    Network {
        /// Which file.
        file: String,
        /// What is wrong.
        error: InferenceError,
    },
}

impl ModelError {
    /// The same in words for the user.
    pub fn failure(&self) -> Failure {
        let remedy = match self {
            Self::Missing { .. } => "Put the whole models folder in place, or choose the built-in models.",
            Self::Length { .. } | Self::Hash { .. } => {
                "Copy the models folder again: a file is damaged or was mixed with another version."
            }
            Self::Tokens { .. } => "Use models that belong to this version, or choose the built-in models.",
            Self::Manifest { .. } | Self::Network { .. } => {
                "Use models exported for Linnet, or choose the built-in models."
            }
        };
        Failure {
            title: "The models cannot be loaded.".into(),
            detail: format!("{self}."),
            remedy: remedy.into(),
        }
    }
}

/// What a model says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the file of its main network, in hex.
    pub sha256: String,
    /// The sets it was trained on: name, licence, and what their terms ask to be said.
    pub training_sets: Vec<String>,
}

impl ModelInfo {
    /// "name version sha256", for the record of an idea.
    pub fn provenance(&self) -> String {
        format!("{} {} {}", self.name, self.version, self.sha256)
    }
}

/// The networks that write a part. Shapes are in [`signatures`].
#[derive(Debug)]
pub struct PhraseModel {
    /// What it says of itself.
    pub info: ModelInfo,
    /// [`signatures::PHRASE_CANVAS`].
    pub canvas: Graph,
    /// [`signatures::PHRASE_STEP`].
    pub step: Graph,
    /// [`signatures::PHRASE_PITCH`].
    pub pitch: Graph,
    /// [`signatures::PHRASE_DURATION`].
    pub duration: Graph,
    /// What music has of each attribute.
    pub quantiles: Quantiles,
}

/// The networks that play drums. Shapes are in [`signatures`].
#[derive(Debug)]
pub struct DrumModel {
    /// What it says of itself.
    pub info: ModelInfo,
    /// [`signatures::DRUM_STEP`].
    pub step: Graph,
    /// [`signatures::DRUM_TOUCH`].
    pub touch: Graph,
}

/// The network that says how notes are played. Its shape is in [`signatures`].
#[derive(Debug)]
pub struct GrooveModel {
    /// What it says of itself.
    pub info: ModelInfo,
    /// [`signatures::GROOVE`].
    pub groove: Graph,
}

/// The networks that write chords. Shapes are in [`signatures`].
#[derive(Debug)]
pub struct ChordModel {
    /// What it says of itself.
    pub info: ModelInfo,
    /// [`signatures::CHORD_STEP`].
    pub step: Graph,
    /// [`signatures::CHORD_QUALITY`].
    pub quality: Graph,
    /// [`signatures::CHORD_LENGTH`].
    pub length: Graph,
}

/// All models, and who computes them.
#[derive(Debug)]
pub struct Models {
    /// Writes every pitched part.
    pub phrase: Arc<PhraseModel>,
    /// Writes the drums.
    pub drums: Arc<DrumModel>,
    /// Plays every part with velocity and timing.
    pub groove: Arc<GrooveModel>,
    /// Writes the chords.
    pub chords: Arc<ChordModel>,
    /// Draws textures, and judges them.
    pub gan: Arc<GanModel>,
    /// Two bars of a line as a latent.
    pub line_latent: Arc<LatentModel>,
    /// Two bars of drums as a latent.
    pub drum_latent: Arc<LatentModel>,
    /// Name and version of the engine.
    pub engine: String,
}

impl Models {
    /// "name version sha256" of each.
    pub fn provenance(&self) -> Vec<String> {
        let all = [
            &self.phrase.info,
            &self.drums.info,
            &self.groove.info,
            &self.chords.info,
            &self.gan.info,
            &self.line_latent.info,
            &self.drum_latent.info,
        ];
        all.map(ModelInfo::provenance).to_vec()
    }

    /// The models of `source` on `engine`, in one go: [`Loading`] to its end.
    ///
    /// # Errors
    /// Where a file is missing, damaged, of another version, or no network of its signature.
    pub fn load(source: &ModelSource, engine: &dyn Engine) -> Result<Arc<Self>, ModelError> {
        let mut loading = Loading::new(source.clone());
        loop {
            if let Some(models) = loading.step(engine)? {
                return Ok(models);
            }
        }
    }
}
