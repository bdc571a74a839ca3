//! The scorecard behind `cargo xtask eval`: how like people's music the plug-in's proposals are, and whether it does what
//! its controls say. Proposals are asked of the composer's worker, as the plug-in asks.

pub mod asking;
pub mod band;
pub mod baseline;
pub mod classifier;
pub mod contexts;
pub mod corpus;
pub mod dice;
pub mod drum_features;
pub mod knobs;
pub mod likelihood;
pub mod likeness_row;
pub mod markov;
pub mod markov_steps;
pub mod music;
pub mod options;
pub mod overlap;
pub mod parallel;
pub mod phrase_features;
pub mod proposals;
pub mod realised;
pub mod reference;
pub mod scorecard;
pub mod sections;
pub mod statistics;
pub mod style_features;
pub mod table;
pub mod voice;
pub mod window;

/// Why there is no scorecard.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A file of the corpus.
    #[error("{file} could not be read: {why}.")]
    Corpus {
        /// Which.
        file: String,
        /// Why.
        why: String,
    },
    /// A folder of MIDI files.
    #[error("The folder {folder} {why}. Name one with MIDI files of several bars.")]
    Reference {
        /// Which.
        folder: String,
        /// What is wrong with it.
        why: String,
    },
    /// A model.
    #[error(transparent)]
    Model(#[from] linnet_composer::models::ModelError),
    /// An engine.
    #[error(transparent)]
    Inference(#[from] linnet_composer::inference::InferenceError),
    /// An engine that was named.
    #[error("The engine does not run: {0}")]
    Engine(String),
    /// A proposal.
    #[error(transparent)]
    Compose(#[from] linnet_composer::compose_error::ComposeError),
    /// A file that is written.
    #[error("{0} could not be written: {1}.")]
    Write(String, String),
}
