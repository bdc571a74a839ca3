//! Runs on the composer thread. The trained models: built into the binary, or read from a folder of the user's.
//!
//! A model is a folder: `manifest.toml` and the ONNX files that it names. Every file must have the hash that the
//! manifest states, every manifest the hash of this build's vocabulary, and every network the tensors of its
//! [`signatures`]. The weights are shared by all instances in the process.

mod manifest;
pub mod signatures;

use crate::harmony::HarmonyModel;
use crate::inference::{Engine, Graph, InferenceError, Signature, inspect};
use crate::tokens::TOKENS_JSON;
use linnet_handover::worker_view::Failure;
use manifest::Manifest;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The file that describes a model.
const MANIFEST: &str = "manifest.toml";
/// The longest manifest, in bytes.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;

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
    /// SHA-256 of its step network's file, in hex.
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

/// The networks that write a lead line. Shapes are in [`signatures`].
#[derive(Debug)]
pub struct LeadModel {
    /// What it says of itself.
    pub info: ModelInfo,
    /// [`signatures::LEAD_STEP`].
    pub step: Graph,
    /// [`signatures::LEAD_PITCH`].
    pub pitch: Graph,
    /// [`signatures::LEAD_DURATION`].
    pub duration: Graph,
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

/// All models, and who computes them.
#[derive(Debug)]
pub struct Models {
    /// Writes the lead.
    pub lead: Arc<LeadModel>,
    /// Plays the drums.
    pub drums: Arc<DrumModel>,
    /// Name and version of the engine.
    pub engine: String,
}

impl Models {
    /// "name version sha256" of each.
    pub fn provenance(&self) -> Vec<String> {
        vec![self.lead.info.provenance(), self.drums.info.provenance(), HarmonyModel::provenance()]
    }

    /// The models of `source` on `engine`; those that another instance holds are shared.
    ///
    /// # Errors
    /// Where a file is missing, damaged, of another version, or no network of its signature.
    pub fn load(source: &ModelSource, engine: &dyn Engine) -> Result<Arc<Self>, ModelError> {
        static SHARED: Mutex<Vec<(String, Weak<Models>)>> = Mutex::new(Vec::new());
        let lead = Files::read(source, "lead", &["step.onnx", "pitch.onnx", "duration.onnx"])?;
        let drums = Files::read(source, "drums", &["step.onnx", "touch.onnx"])?;
        let key = format!("{} {} {}", engine.name(), lead.key(), drums.key());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|(_, models)| models.strong_count() > 0);
        if let Some(models) =
            shared.iter().find(|(of, _)| *of == key).and_then(|(_, models)| models.upgrade())
        {
            return Ok(models);
        }
        let models = Arc::new(Self {
            lead: Arc::new(lead.lead_model(engine)?),
            drums: Arc::new(drums.drum_model(engine)?),
            engine: engine.name(),
        });
        shared.push((key, Arc::downgrade(&models)));
        Ok(models)
    }
}

/// A model's manifest and files, checked against each other.
struct Files {
    /// The folder's name in messages.
    place: String,
    manifest: Manifest,
    read: Vec<(&'static str, Cow<'static, [u8]>)>,
}

impl Files {
    fn read(source: &ModelSource, model: &'static str, names: &[&'static str]) -> Result<Self, ModelError> {
        let place = match source {
            ModelSource::BuiltIn => format!("built-in {model}"),
            ModelSource::Folder(folder) => folder.join(model).display().to_string(),
        };
        let text = read(source, model, MANIFEST, &place)?;
        let manifest_file = format!("{place}/{MANIFEST}");
        let manifest = Manifest::parse(&text)
            .map_err(|reason| ModelError::Manifest { file: manifest_file.clone(), reason })?;
        if manifest.tokens_sha256 != sha256(TOKENS_JSON) {
            return Err(ModelError::Tokens { file: manifest_file });
        }
        let mut files = Vec::new();
        for name in names {
            let bytes = read(source, model, name, &place)?;
            let file = format!("{place}/{name}");
            let Some(entry) = manifest.file.iter().find(|entry| entry.path == *name) else {
                let reason = format!("it does not name {name}");
                return Err(ModelError::Manifest { file: manifest_file, reason });
            };
            if entry.bytes != bytes.len() as u64 {
                return Err(ModelError::Length { file, wanted: entry.bytes, found: bytes.len() as u64 });
            }
            if !entry.sha256.eq_ignore_ascii_case(&sha256(&bytes)) {
                return Err(ModelError::Hash { file });
            }
            files.push((*name, bytes));
        }
        Ok(Self { place, manifest, read: files })
    }

    /// What tells these files from all others.
    fn key(&self) -> String {
        self.manifest.file.iter().map(|file| file.sha256.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn info(&self) -> ModelInfo {
        self.manifest.info("step.onnx")
    }

    fn graph(&self, engine: &dyn Engine, signature: &'static Signature) -> Result<Graph, ModelError> {
        let name = signature.graph.rsplit(' ').next().unwrap_or_default();
        let wanted = format!("{name}.onnx");
        let file = format!("{}/{wanted}", self.place);
        let bytes = self.read.iter().find(|(name, _)| **name == wanted).map_or(&[][..], |(_, bytes)| bytes);
        Graph::load(engine, bytes, signature).map_err(|error| ModelError::Network { file, error })
    }

    /// The graphs of `signatures`, which must agree on the width of the state.
    fn graphs<const N: usize>(
        &self,
        engine: &dyn Engine,
        signatures: [&'static Signature; N],
    ) -> Result<[Graph; N], ModelError> {
        let mut graphs = Vec::with_capacity(N);
        for signature in signatures {
            graphs.push(self.graph(engine, signature)?);
        }
        let differing = graphs.iter().find(|graph: &&Graph| graph.hidden() != graphs[0].hidden());
        if let Some(graph) = differing {
            let reason = format!("a state {} wide beside one {} wide", graph.hidden(), graphs[0].hidden());
            let error = InferenceError::Signature { graph: graph.name(), reason };
            return Err(ModelError::Network { file: self.place.clone(), error });
        }
        let fault =
            |_| ModelError::Manifest { file: self.place.clone(), reason: "a network is missing".into() };
        graphs.try_into().map_err(fault)
    }

    fn lead_model(&self, engine: &dyn Engine) -> Result<LeadModel, ModelError> {
        let wanted = [&signatures::LEAD_STEP, &signatures::LEAD_PITCH, &signatures::LEAD_DURATION];
        let [step, pitch, duration] = self.graphs(engine, wanted)?;
        Ok(LeadModel { info: self.info(), step, pitch, duration })
    }

    fn drum_model(&self, engine: &dyn Engine) -> Result<DrumModel, ModelError> {
        let [step, touch] = self.graphs(engine, [&signatures::DRUM_STEP, &signatures::DRUM_TOUCH])?;
        Ok(DrumModel { info: self.info(), step, touch })
    }
}

fn read(
    source: &ModelSource,
    model: &str,
    name: &str,
    place: &str,
) -> Result<Cow<'static, [u8]>, ModelError> {
    let missing = |reason: String| ModelError::Missing { file: format!("{place}/{name}"), reason };
    match source {
        ModelSource::BuiltIn => {
            built_in(model, name).map(Cow::Borrowed).ok_or_else(|| missing("not in this build".into()))
        }
        ModelSource::Folder(folder) => {
            let bytes_max = if name == MANIFEST { MANIFEST_BYTES_MAX } else { inspect::BYTES_MAX as u64 };
            let bytes = crate::files::read(&folder.join(model).join(name), bytes_max);
            bytes.map(Cow::Owned).map_err(|error| missing(error.to_string()))
        }
    }
}

/// The file `name` of the model `model` in this binary.
fn built_in(model: &str, name: &str) -> Option<&'static [u8]> {
    macro_rules! file {
        ($path:literal) => {
            Some(include_bytes!(concat!("../../../models/", $path)).as_slice())
        };
    }
    match (model, name) {
        ("lead", "manifest.toml") => file!("lead/manifest.toml"),
        ("lead", "step.onnx") => file!("lead/step.onnx"),
        ("lead", "pitch.onnx") => file!("lead/pitch.onnx"),
        ("lead", "duration.onnx") => file!("lead/duration.onnx"),
        ("drums", "manifest.toml") => file!("drums/manifest.toml"),
        ("drums", "step.onnx") => file!("drums/step.onnx"),
        ("drums", "touch.onnx") => file!("drums/touch.onnx"),
        _ => None,
    }
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
