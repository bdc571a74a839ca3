//! Runs on the composer thread. Reads `manifest.toml`: a model's files with their hashes, and what it was trained on.

use super::ModelInfo;
use serde::Deserialize;

/// What a manifest says that the plug-in reads; its figures are for people.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    name: String,
    version: String,
    /// SHA-256 of the `tokens.json` that the model was trained with, in hex.
    pub(super) tokens_sha256: String,
    /// The model's files.
    #[serde(default)]
    pub(super) file: Vec<FileEntry>,
    #[serde(default)]
    training_set: Vec<TrainingSet>,
}

/// A file of the model.
#[derive(Debug, Deserialize)]
pub(super) struct FileEntry {
    /// From the manifest's folder.
    pub(super) path: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Its hash, in hex.
    pub(super) sha256: String,
}

#[derive(Debug, Deserialize)]
struct TrainingSet {
    name: String,
    licence: String,
    #[serde(default)]
    attribution: String,
}

impl Manifest {
    /// The manifest in `text`, or what is wrong with it.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| String::from("it is not text"))?;
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    /// What the model says of itself; its hash is that of `file`.
    pub(super) fn info(&self, file: &str) -> ModelInfo {
        let entry = self.file.iter().find(|entry| entry.path == file);
        ModelInfo {
            name: self.name.clone(),
            version: self.version.clone(),
            sha256: entry.map_or_else(String::new, |entry| entry.sha256.clone()),
            training_sets: self.training_set.iter().map(TrainingSet::line).collect(),
        }
    }
}

impl TrainingSet {
    fn line(&self) -> String {
        if self.attribution.is_empty() {
            format!("{} ({})", self.name, self.licence)
        } else {
            format!("{} ({}): {}", self.name, self.licence, self.attribution)
        }
    }
}
