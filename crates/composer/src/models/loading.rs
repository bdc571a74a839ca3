//! Runs on the composer thread. Loads the models one after the other, and shares them between instances.

use super::files::{self, Files};
use super::{ChordModel, DrumModel, GanModel, GrooveModel, LatentModel, Models, PhraseModel};
use super::{ModelError, ModelSource, gan, latent};
use crate::inference::Engine;
use std::sync::{Arc, Mutex, PoisonError, Weak};

const PHRASE_FILES: &[&str] = &["canvas.onnx", "step.onnx", "pitch.onnx", "duration.onnx", files::ATTRIBUTES];
const DRUM_FILES: &[&str] = &["step.onnx", "touch.onnx"];
const GROOVE_FILES: &[&str] = &["groove.onnx"];
const CHORD_FILES: &[&str] = &["step.onnx", "quality.onnx", "length.onnx"];

static PHRASES: Shared<PhraseModel> = Shared::new();
static DRUMS: Shared<DrumModel> = Shared::new();
static GROOVES: Shared<GrooveModel> = Shared::new();
static CHORDS: Shared<ChordModel> = Shared::new();
static GANS: Shared<GanModel> = Shared::new();
static LATENTS: Shared<LatentModel> = Shared::new();

/// Models of one kind that some instance of this process holds, each with what tells it from others.
struct Shared<T>(Mutex<Vec<(String, Weak<T>)>>);

impl<T> Shared<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The model that `key` tells from others: one that is held, or else the one that `make` makes. Whoever asks for a
    /// model of the kind meanwhile waits.
    fn get(&self, key: String, make: impl FnOnce() -> Result<T, ModelError>) -> Result<Arc<T>, ModelError> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|(_, model)| model.strong_count() > 0);
        let held = shared.iter().find(|(of, _)| *of == key).and_then(|(_, model)| model.upgrade());
        if let Some(model) = held {
            return Ok(model);
        }
        let model = Arc::new(make()?);
        shared.push((key, Arc::downgrade(&model)));
        Ok(model)
    }
}

/// The place of one model.
struct Slot<T: 'static> {
    /// The folder of the model.
    folder: &'static str,
    files: &'static [&'static str],
    make: fn(&Files, &dyn Engine) -> Result<T, ModelError>,
    shared: &'static Shared<T>,
    model: Option<Arc<T>>,
}

impl<T> Slot<T> {
    fn new(
        folder: &'static str,
        files: &'static [&'static str],
        make: fn(&Files, &dyn Engine) -> Result<T, ModelError>,
        shared: &'static Shared<T>,
    ) -> Self {
        Self { folder, files, make, shared, model: None }
    }

    /// Loads the model, unless that is done; returns whether it was done just now.
    fn fill(&mut self, source: &ModelSource, engine: &dyn Engine) -> Result<bool, ModelError> {
        if self.model.is_some() {
            return Ok(false);
        }
        let files = Files::read(source, self.folder, self.files)?;
        let key = format!("{} {} {}", engine.name(), self.folder, files.key());
        self.model = Some(self.shared.get(key, || (self.make)(&files, engine))?);
        Ok(true)
    }
}

/// The models of one source on their way into memory, one a step: whoever waits for the composer thread waits for one
/// model at most.
pub struct Loading {
    source: ModelSource,
    phrase: Slot<PhraseModel>,
    drums: Slot<DrumModel>,
    groove: Slot<GrooveModel>,
    chords: Slot<ChordModel>,
    gan: Slot<GanModel>,
    line_latent: Slot<LatentModel>,
    drum_latent: Slot<LatentModel>,
}

impl Loading {
    /// Nothing of `source` is loaded yet.
    pub fn new(source: ModelSource) -> Self {
        Self {
            source,
            phrase: Slot::new("phrase", PHRASE_FILES, Files::phrase_model, &PHRASES),
            drums: Slot::new("drums", DRUM_FILES, Files::drum_model, &DRUMS),
            groove: Slot::new("groove", GROOVE_FILES, Files::groove_model, &GROOVES),
            chords: Slot::new("chords", CHORD_FILES, Files::chord_model, &CHORDS),
            gan: Slot::new("gan", &gan::FILES, Files::gan_model, &GANS),
            line_latent: Slot::new("line_vae", &latent::FILES, Files::line_latent, &LATENTS),
            drum_latent: Slot::new("drum_vae", &latent::FILES, Files::drum_latent, &LATENTS),
        }
    }

    /// Loads one model onto `engine`, the same in every step; gives all of them in the step after the last. Those that
    /// another instance holds are shared.
    ///
    /// # Errors
    /// Where a file is missing, damaged, of another version, or no network of its signature.
    pub fn step(&mut self, engine: &dyn Engine) -> Result<Option<Arc<Models>>, ModelError> {
        let source = &self.source;
        let one_more = self.drums.fill(source, engine)?
            || self.phrase.fill(source, engine)?
            || self.groove.fill(source, engine)?
            || self.chords.fill(source, engine)?
            || self.gan.fill(source, engine)?
            || self.line_latent.fill(source, engine)?
            || self.drum_latent.fill(source, engine)?;
        Ok(if one_more { None } else { self.whole(engine) })
    }

    /// All of them, where all are there.
    fn whole(&self, engine: &dyn Engine) -> Option<Arc<Models>> {
        Some(Arc::new(Models {
            phrase: self.phrase.model.clone()?,
            drums: self.drums.model.clone()?,
            groove: self.groove.model.clone()?,
            chords: self.chords.model.clone()?,
            gan: self.gan.model.clone()?,
            line_latent: self.line_latent.model.clone()?,
            drum_latent: self.drum_latent.model.clone()?,
            engine: engine.name(),
        }))
    }
}
