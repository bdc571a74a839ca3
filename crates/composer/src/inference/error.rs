//! Runs on the composer thread. Why a network cannot be used.

use std::path::PathBuf;

/// What can go wrong with an engine or a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InferenceError {
    /// The file named as ONNX Runtime cannot be used.
    #[error("{path}: {fault}. {remedy}")]
    Library {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        fault: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The bytes are no network that the engine can read.
    #[error("the graph '{graph}' is not a readable ONNX model ({reason})")]
    NotAModel {
        /// The graph's name in its signature.
        graph: &'static str,
        /// In the engine's words.
        reason: String,
    },
    /// A network that could do or cost more than those that Linnet has.
    #[error("the graph '{graph}' is not used: {reason}")]
    Refused {
        /// The graph's name in its signature.
        graph: &'static str,
        /// What in it is not allowed.
        reason: String,
    },
    /// A network with other tensors than agreed on.
    #[error("the graph '{graph}' has other tensors than expected: {reason}")]
    Signature {
        /// The graph's name in its signature.
        graph: &'static str,
        /// Which tensor, and how it differs.
        reason: String,
    },
    /// An input of a wrong length, or a token id outside its table.
    #[error("the graph '{graph}' was given a wrong input: {reason}")]
    Input {
        /// The graph's name in its signature.
        graph: &'static str,
        /// Which input, and how it is wrong.
        reason: String,
    },
    /// The engine failed while it computed.
    #[error("the graph '{graph}' could not be computed ({reason})")]
    Run {
        /// The graph's name in its signature.
        graph: &'static str,
        /// In the engine's words.
        reason: String,
    },
}
