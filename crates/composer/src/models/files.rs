//! Runs on the composer thread. Reads a model's folder, or what this binary holds of one, and checks its files against
//! each other.

use super::manifest::Manifest;
use super::{ChordModel, DrumModel, GrooveModel, ModelError, ModelSource, PhraseModel, signatures};
use crate::inference::rten::Rten;
use crate::inference::{Engine, Graph, InferenceError, Signature, inspect};
use crate::phrase::quantiles::Quantiles;
use crate::tokens::TOKENS_JSON;
use crate::vocabulary::{MEMORY, VOCABULARY_JSON};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The file that describes a model.
const MANIFEST: &str = "manifest.toml";
/// The file of the attributes' percentiles.
pub(super) const ATTRIBUTES: &str = "attributes.json";
/// The longest manifest, in bytes.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;

/// A model's manifest and files, checked against each other.
pub(super) struct Files {
    /// The folder's name in messages.
    pub(super) place: String,
    pub(super) manifest: Manifest,
    read: Vec<(&'static str, Cow<'static, [u8]>)>,
}

impl Files {
    pub(super) fn read(
        source: &ModelSource,
        model: &'static str,
        names: &[&'static str],
    ) -> Result<Self, ModelError> {
        let place = match source {
            ModelSource::BuiltIn => format!("built-in {model}"),
            ModelSource::Folder(folder) => folder.join(model).display().to_string(),
        };
        let text = read(source, model, MANIFEST, &place)?;
        let manifest_file = format!("{place}/{MANIFEST}");
        let manifest = Manifest::parse(&text)
            .map_err(|reason| ModelError::Manifest { file: manifest_file.clone(), reason })?;
        if manifest.tokens_sha256 != sha256(&[TOKENS_JSON, VOCABULARY_JSON].concat()) {
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
    pub(super) fn key(&self) -> String {
        self.manifest.file.iter().map(|file| file.sha256.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn bytes(&self, name: &str) -> &[u8] {
        self.read.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, bytes)| bytes)
    }

    pub(super) fn graph(
        &self,
        engine: &dyn Engine,
        signature: &'static Signature,
    ) -> Result<Graph, ModelError> {
        let name = signature.graph.rsplit(' ').next().unwrap_or_default();
        let wanted = format!("{name}.onnx");
        let file = format!("{}/{wanted}", self.place);
        let bytes = self.bytes(&wanted);
        let built_in = (!inspect::is_exact(bytes)).then(Rten::new);
        let engine = built_in.as_ref().map_or(engine, |built_in| built_in);
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

    pub(super) fn phrase_model(&self, engine: &dyn Engine) -> Result<PhraseModel, ModelError> {
        let wanted = [&signatures::PHRASE_STEP, &signatures::PHRASE_PITCH, &signatures::PHRASE_DURATION];
        let [step, pitch, duration] = self.graphs(engine, wanted)?;
        let canvas = self.graph(engine, &signatures::PHRASE_CANVAS)?;
        if canvas.hidden() != MEMORY {
            let reason = format!("a memory {} wide in place of {MEMORY}", canvas.hidden());
            let error = InferenceError::Signature { graph: canvas.name(), reason };
            return Err(ModelError::Network { file: self.place.clone(), error });
        }
        let file = format!("{}/{ATTRIBUTES}", self.place);
        let quantiles = Quantiles::parse(self.bytes(ATTRIBUTES))
            .map_err(|reason| ModelError::Manifest { file, reason })?;
        Ok(PhraseModel { info: self.manifest.info("step.onnx"), canvas, step, pitch, duration, quantiles })
    }

    pub(super) fn drum_model(&self, engine: &dyn Engine) -> Result<DrumModel, ModelError> {
        let [step, touch] = self.graphs(engine, [&signatures::DRUM_STEP, &signatures::DRUM_TOUCH])?;
        Ok(DrumModel { info: self.manifest.info("step.onnx"), step, touch })
    }

    pub(super) fn groove_model(&self, engine: &dyn Engine) -> Result<GrooveModel, ModelError> {
        let groove = self.graph(engine, &signatures::GROOVE)?;
        Ok(GrooveModel { info: self.manifest.info("groove.onnx"), groove })
    }

    pub(super) fn chord_model(&self, engine: &dyn Engine) -> Result<ChordModel, ModelError> {
        let wanted = [&signatures::CHORD_STEP, &signatures::CHORD_QUALITY, &signatures::CHORD_LENGTH];
        let [step, quality, length] = self.graphs(engine, wanted)?;
        Ok(ChordModel { info: self.manifest.info("step.onnx"), step, quality, length })
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
            Some(include_bytes!(concat!("../../../../models/", $path)).as_slice())
        };
    }
    match (model, name) {
        ("phrase", "manifest.toml") => file!("phrase/manifest.toml"),
        ("phrase", "canvas.onnx") => file!("phrase/canvas.onnx"),
        ("phrase", "step.onnx") => file!("phrase/step.onnx"),
        ("phrase", "pitch.onnx") => file!("phrase/pitch.onnx"),
        ("phrase", "duration.onnx") => file!("phrase/duration.onnx"),
        ("phrase", "attributes.json") => file!("phrase/attributes.json"),
        ("drums", "manifest.toml") => file!("drums/manifest.toml"),
        ("drums", "step.onnx") => file!("drums/step.onnx"),
        ("drums", "touch.onnx") => file!("drums/touch.onnx"),
        ("groove", "manifest.toml") => file!("groove/manifest.toml"),
        ("groove", "groove.onnx") => file!("groove/groove.onnx"),
        ("chords", "manifest.toml") => file!("chords/manifest.toml"),
        ("chords", "step.onnx") => file!("chords/step.onnx"),
        ("chords", "quality.onnx") => file!("chords/quality.onnx"),
        ("chords", "length.onnx") => file!("chords/length.onnx"),
        ("gan", "manifest.toml") => file!("gan/manifest.toml"),
        ("gan", "generator.onnx") => file!("gan/generator.onnx"),
        ("gan", "critic.onnx") => file!("gan/critic.onnx"),
        ("line_vae", "manifest.toml") => file!("line_vae/manifest.toml"),
        ("line_vae", "encoder.onnx") => file!("line_vae/encoder.onnx"),
        ("line_vae", "step.onnx") => file!("line_vae/step.onnx"),
        ("line_vae", "latent.json") => file!("line_vae/latent.json"),
        ("drum_vae", "manifest.toml") => file!("drum_vae/manifest.toml"),
        ("drum_vae", "encoder.onnx") => file!("drum_vae/encoder.onnx"),
        ("drum_vae", "step.onnx") => file!("drum_vae/step.onnx"),
        ("drum_vae", "latent.json") => file!("drum_vae/latent.json"),
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
