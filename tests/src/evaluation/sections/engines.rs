//! Whether the same request gives the same notes: twice on one engine, and on the built-in engine and ONNX Runtime.

use super::{Section, Setting};
use crate::chart::Bar;
use crate::evaluation::EvaluationError;
use crate::evaluation::asking::{Parts, contexts};
use crate::evaluation::band::Ask;
use crate::evaluation::parallel::Players;
use crate::evaluation::table::{Table, number, verdict};
use crate::evaluation::window::{Window, halves};
use linnet_composer::config::Config;
use linnet_composer::models::ModelSource;
use linnet_composer::worker::loader;
use linnet_music::{Idea, Mode, Part};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Requests, unless fewer contexts are asked for.
const REQUESTS_MAX: usize = 200;
/// The share of requests that are to agree.
const WANTED: f64 = 0.99;

/// How often two rows of answers agree.
#[derive(Serialize)]
struct Agreement {
    engines: [String; 2],
    requests: usize,
    /// Requests with the same notes in every part.
    equal: usize,
    /// The others by mode.
    differing: BTreeMap<&'static str, usize>,
    /// Parts with the same notes, of all parts that have any.
    parts_equal: usize,
    parts: usize,
}

/// The section.
#[derive(Serialize)]
pub struct Engines {
    agreements: Vec<Agreement>,
    /// Why engines were not compared, where they were not.
    left_out: Option<String>,
}

/// What was answered, as far as it sounds: nothing where the plug-in refused.
type Answers = Vec<Option<Idea>>;

/// Asks on each engine twice.
///
/// # Errors
/// Where ONNX Runtime is named and does not run.
pub fn measure(setting: &Setting) -> Result<Engines, EvaluationError> {
    let asks = asks(setting);
    let built_in =
        [answers(&setting.players, &asks, "built-in engine")?, answers(&setting.players, &asks, "again")?];
    let name = &setting.players.loaded.models.engine;
    let mut agreements = vec![agreement([name, name], &built_in[0], &built_in[1])];
    let mut left_out = None;
    if let Some(library) = &setting.runtime {
        let players = with_runtime(setting, library)?;
        let other = [answers(&players, &asks, "ONNX Runtime")?, answers(&players, &asks, "again")?];
        let peer = &players.loaded.models.engine;
        agreements.push(agreement([peer, peer], &other[0], &other[1]));
        agreements.push(agreement([name, peer], &built_in[0], &other[0]));
    } else {
        left_out =
            Some("LINNET_ONNXRUNTIME names no libonnxruntime, so the engines were not compared.".into());
    }
    Ok(Engines { agreements, left_out })
}

fn with_runtime(setting: &Setting, library: &Path) -> Result<Players, EvaluationError> {
    let models_folder = match &setting.models {
        ModelSource::BuiltIn => None,
        ModelSource::Folder(folder) => Some(folder.clone()),
    };
    let config = Config { models_folder, runtime: Some(library.to_path_buf()) };
    let loaded = loader::load(&config).map_err(|failure| EvaluationError::Engine(failure.detail))?;
    if !loaded.engine_note.is_empty() {
        return Err(EvaluationError::Engine(loaded.engine_note));
    }
    Ok(Players { loaded, threads: setting.players.threads })
}

/// As many requests of each mode, each with a seed of its own, over windows of melodies and of drums.
fn asks(setting: &Setting) -> Vec<Ask> {
    let melodies = halves(setting.people.iter().flat_map(Window::of_lead).collect()).1;
    let drums = halves(setting.drummers.iter().flat_map(Window::of_drums).collect()).1;
    let modes = Mode::ALL.into_iter().filter(|mode| setting.asks_for(*mode));
    let each = REQUESTS_MAX.min(4 * setting.contexts).div_ceil(Mode::ALL.len());
    let mut asks = Vec::new();
    for mode in modes {
        let pitched = contexts(mode, Parts::Pitched, &melodies, &melodies, each - each / 3);
        let struck = contexts(mode, Parts::Drums, &drums, &melodies, each - pitched.len());
        let all = pitched.iter().chain(&struck).zip(101..);
        asks.extend(all.filter_map(|(context, seed)| Some(context.ask(mode, seed)?.ask)));
    }
    asks
}

fn answers(players: &Players, asks: &[Ask], name: &str) -> Result<Answers, EvaluationError> {
    players.each(name, asks, |band, _, ask| Ok(band.ask(ask).ok().map(|answer| answer.idea)))
}

fn agreement(engines: [&String; 2], one: &Answers, other: &Answers) -> Agreement {
    let mut count = Agreement {
        engines: engines.map(Clone::clone),
        requests: one.len(),
        equal: 0,
        differing: BTreeMap::new(),
        parts_equal: 0,
        parts: 0,
    };
    for pair in one.iter().zip(other) {
        let parts = |idea: &Option<Idea>| idea.as_ref().map(|idea| idea.phrases.clone());
        if parts(pair.0) == parts(pair.1) {
            count.equal += 1;
        } else if let Some(idea) = pair.0.as_ref().or(pair.1.as_ref()) {
            *count.differing.entry(idea.controls.mode.name()).or_default() += 1;
        }
        let (Some(a), Some(b)) = pair else { continue };
        for part in Part::ALL.into_iter().filter(|part| !a.phrase(*part).is_empty()) {
            count.parts += 1;
            count.parts_equal += usize::from(a.phrase(part) == b.phrase(part));
        }
    }
    count
}

impl Section for Engines {
    fn tables(&self) -> Vec<Table> {
        let text = "Requests with the same notes, velocities and times in every part; target 99 %.";
        let text = self.left_out.as_ref().map_or(text.to_owned(), |why| format!("{text} {why}"));
        let mut table = Table::new(
            "Engines",
            &text,
            &["engines", "requests", "equal", "share", "", "parts equal", "others by mode"],
        );
        for row in &self.agreements {
            let share = row.equal as f64 / row.requests.max(1) as f64;
            table.rows.push(vec![
                row.engines.join(", "),
                row.requests.to_string(),
                row.equal.to_string(),
                number(share, 3),
                verdict(Some(share >= WANTED)).into(),
                format!("{} of {}", row.parts_equal, row.parts),
                row.differing
                    .iter()
                    .map(|(mode, count)| format!("{mode} {count}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            ]);
        }
        vec![table]
    }

    fn bars(&self) -> Vec<Bar> {
        let bar = |row: &Agreement| {
            let label =
                if row.engines[0] == row.engines[1] { "the same engine twice" } else { "two engines" };
            Bar::new(label.into(), row.equal as f64 / row.requests.max(1) as f64, 1.0).target(WANTED)
        };
        self.agreements.iter().map(bar).collect()
    }
}
