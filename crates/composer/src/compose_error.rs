//! Runs on the composer thread. Why nothing was composed.

use crate::inference::InferenceError;
use linnet_handover::worker_view::Failure;

/// Why nothing was composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A network answered with something that is not a number.
    #[error("the network '{0}' answered with values that are not numbers")]
    NotFinite(&'static str),
    /// A network failed.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// A request that nothing can answer.
    #[error("{0}")]
    Request(&'static str),
}

impl ComposeError {
    /// The same in words for the user.
    pub fn failure(&self) -> Failure {
        let remedy = match self {
            Self::Request(_) => "Change the controls and ask again.",
            _ => "Ask again. If it happens again, choose the built-in models and the built-in engine.",
        };
        Failure {
            title: "No idea could be composed.".into(),
            detail: format!("{self}."),
            remedy: remedy.into(),
        }
    }
}

impl From<ComposeError> for Failure {
    fn from(error: ComposeError) -> Self {
        error.failure()
    }
}

/// What a step of a job came to.
#[derive(Clone, Debug, PartialEq)]
pub enum JobStep<T> {
    /// There is more to do.
    Continue {
        /// Done, in [0, 1].
        progress: f32,
    },
    /// The candidates, best first; never empty.
    Done(Vec<T>),
}
