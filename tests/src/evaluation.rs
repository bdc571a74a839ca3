//! The scorecard behind `cargo xtask eval`: how well the lead model knows held-out music, and whether the controls do what
//! they say.

pub mod controls;
pub mod corpus;
pub mod likelihood;
pub mod markov;
pub mod statistics;

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
    /// A model.
    #[error(transparent)]
    Model(#[from] linnet_composer::models::ModelError),
    /// An engine.
    #[error(transparent)]
    Inference(#[from] linnet_composer::inference::InferenceError),
    /// A proposal.
    #[error(transparent)]
    Compose(#[from] linnet_composer::lead::ComposeError),
    /// A file that is written.
    #[error("{0} could not be written: {1}.")]
    Write(String, String),
}
