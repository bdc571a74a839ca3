//! The scorecard: what was measured, as Markdown, as JSON and as a picture.

use super::EvaluationError;
use super::contexts::{self, Score};
use super::corpus;
use super::options::{Options, Part};
use super::parallel::Players;
use super::reference;
use super::sections::controls::{self, Controls};
use super::sections::engines::{self, Engines};
use super::sections::likelihood::{self, Likelihood};
use super::sections::overlap::{self, Overlap};
use super::sections::promises::{self, Promises};
use super::sections::styles::{self, Styles};
use super::sections::{Section, Setting};
use crate::chart::{self, Panel};
use linnet_composer::config::Config;
use linnet_composer::models::ModelSource;
use linnet_composer::worker::loader;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// All that was measured.
#[derive(Serialize)]
pub struct Scorecard {
    /// The command that measures it again.
    command: String,
    /// The engine and the models, with versions and hashes.
    engine: String,
    models: Vec<String>,
    /// Pieces that people wrote, that drummers played, and that the grammar composed.
    pieces: [usize; 3],
    #[serde(skip_serializing_if = "Option::is_none")]
    likelihood: Option<Likelihood>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overlap: Option<Overlap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<Controls>,
    #[serde(skip_serializing_if = "Option::is_none")]
    styles: Option<Styles>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engines: Option<Engines>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promises: Option<Promises>,
}

/// Reads what the sections use.
///
/// # Errors
/// Where the corpus, the reference or the models cannot be read.
pub fn setting(options: &Options) -> Result<Setting, EvaluationError> {
    let (people, drummers) = pieces(options)?;
    let config = Config { models_folder: options.models.clone(), runtime: None };
    let loaded = loader::load(&config).map_err(|failure| EvaluationError::Engine(failure.detail))?;
    Ok(Setting {
        players: Players { loaded, threads: options.threads },
        people,
        drummers,
        composed: contexts::read(contexts::COMPOSED)?,
        training: corpus::training()?,
        contexts: options.contexts,
        mode: options.mode,
        models: options.models.clone().map_or(ModelSource::BuiltIn, ModelSource::Folder),
        runtime: std::env::var_os("LINNET_ONNXRUNTIME").map(PathBuf::from),
    })
}

/// The pieces that people wrote, and those with people's drums.
fn pieces(options: &Options) -> Result<(Vec<Score>, Vec<Score>), EvaluationError> {
    if let Some(folder) = &options.reference {
        let all = reference::read(folder)?;
        reference::check(folder, &all)?;
        let drummers = all.iter().filter(|score| !score.drums.is_empty()).cloned().collect();
        return Ok((all, drummers));
    }
    let parts = options
        .pieces
        .as_ref()
        .map_or_else(|| contexts::read(contexts::PARTS), |path| contexts::read_file(path))?;
    let is_human = |score: &Score| score.by_grammar == [false; 4] && score.drums.is_empty();
    Ok((parts.into_iter().filter(is_human).collect(), contexts::read(contexts::DRUMS)?))
}

/// Measures what `options` name.
///
/// # Errors
/// Where a section cannot be measured.
pub fn measure(options: &Options, command: String) -> Result<Scorecard, EvaluationError> {
    let setting = setting(options)?;
    let models = &setting.players.loaded.models;
    Ok(Scorecard {
        command,
        engine: models.engine.clone(),
        models: models.provenance(),
        pieces: [setting.people.len(), setting.drummers.len(), setting.composed.len()],
        likelihood: options.has(Part::Likelihood).then(|| likelihood::measure(&setting)).transpose()?,
        overlap: options.has(Part::Overlap).then(|| overlap::measure(&setting)).transpose()?,
        controls: options.has(Part::Controls).then(|| controls::measure(&setting)).transpose()?,
        styles: options.has(Part::Styles).then(|| styles::measure(&setting)).transpose()?,
        engines: options.has(Part::Engines).then(|| engines::measure(&setting)).transpose()?,
        promises: options.has(Part::Promises).then(|| promises::measure(&setting)).transpose()?,
    })
}

impl Scorecard {
    fn sections(&self) -> Vec<(&'static str, &dyn Section)> {
        let likelihood = self.likelihood.as_ref().map(|section| section as &dyn Section);
        let overlap = self.overlap.as_ref().map(|section| section as &dyn Section);
        let controls = self.controls.as_ref().map(|section| section as &dyn Section);
        let styles = self.styles.as_ref().map(|section| section as &dyn Section);
        let engines = self.engines.as_ref().map(|section| section as &dyn Section);
        let promises = self.promises.as_ref().map(|section| section as &dyn Section);
        let all = [
            ("Likelihood, in nats a note; line: target", likelihood),
            ("Overlap with people's; line: 0.95 of the ceiling, diamond: Markov", overlap),
            ("Knobs, Spearman; line: target", controls),
            ("Styles recognised; line: target, diamond: the classifier on unseen pieces", styles),
            ("Engines, share of equal requests; line: target", engines),
            ("Promises; line: target", promises),
        ];
        all.into_iter().filter_map(|(title, section)| Some((title, section?))).collect()
    }

    /// All tables, in Markdown.
    pub fn markdown(&self) -> String {
        let [people, drummers, composed] = self.pieces;
        let mut text = format!(
            "`{}`, on {}: {people} pieces by people, {drummers} by drummers, {composed} by the grammar. Models: {}.\n",
            self.command,
            self.engine,
            self.models.iter().map(|model| short(model)).collect::<Vec<_>>().join(", ")
        );
        for (_, section) in self.sections() {
            for table in section.tables() {
                text.push('\n');
                text.push_str(&table.markdown());
            }
        }
        text
    }

    /// Writes `eval.md`, `eval.json` and `eval.png`.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub fn write(&self, out: &Path) -> Result<(), EvaluationError> {
        let failed = |name: &str, error: &dyn std::fmt::Display| {
            EvaluationError::Write(out.join(name).display().to_string(), error.to_string())
        };
        std::fs::create_dir_all(out).map_err(|error| failed("", &error))?;
        let json = serde_json::to_string_pretty(self).map_err(|error| failed("eval.json", &error))? + "\n";
        let panel =
            |(title, section): (&str, &dyn Section)| Panel { title: title.into(), bars: section.bars() };
        let panels: Vec<Panel> = self.sections().into_iter().map(panel).collect();
        let picture = chart::draw("Linnet's composing on held-out music", &panels)
            .map_err(|error| failed("eval.png", &error))?;
        for (name, bytes) in [
            ("eval.md", self.markdown().into_bytes()),
            ("eval.json", json.into_bytes()),
            ("eval.png", picture),
        ] {
            std::fs::write(out.join(name), bytes).map_err(|error| failed(name, &error))?;
        }
        Ok(())
    }
}

/// Name, version and the first digits of the hash.
fn short(model: &str) -> String {
    let words: Vec<&str> = model.split(' ').collect();
    match words.as_slice() {
        [name, version, hash] => format!("{name} {version} ({})", &hash[..hash.len().min(8)]),
        _ => model.to_owned(),
    }
}
