//! The sections of the scorecard.

pub mod controls;
pub mod engines;
pub mod likelihood;
pub mod overlap;
pub mod promises;
pub mod styles;

use super::contexts::Score;
use super::corpus::TrainingLine;
use super::parallel::Players;
use super::table::Table;
use crate::chart::Bar;
use linnet_composer::models::ModelSource;
use linnet_music::Mode;
use std::path::PathBuf;

/// What a section can use.
pub struct Setting {
    /// The plug-in's composing.
    pub players: Players,
    /// The pieces that people wrote.
    pub people: Vec<Score>,
    /// What drummers played.
    pub drummers: Vec<Score>,
    /// What the style grammar composed over held-out tunes.
    pub composed: Vec<Score>,
    /// The lead lines of the training set.
    pub training: Vec<TrainingLine>,
    /// Windows that each mode is asked for.
    pub contexts: usize,
    /// The modes that are measured; all where none is named.
    pub mode: Option<Mode>,
    /// Where models come from.
    pub models: ModelSource,
    /// The library of ONNX Runtime, where there is one.
    pub runtime: Option<PathBuf>,
}

impl Setting {
    /// Whether `mode` is to be measured.
    pub fn asks_for(&self, mode: Mode) -> bool {
        self.mode.is_none_or(|only| only == mode)
    }
}

/// What a section shows.
pub trait Section {
    /// Its tables.
    fn tables(&self) -> Vec<Table>;
    /// Its bars in the picture.
    fn bars(&self) -> Vec<Bar>;
}
