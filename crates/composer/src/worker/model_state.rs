//! Runs on the composer thread. How far the models of one instance are.

use super::loader::{Load, Loaded};
use linnet_handover::worker_view::Failure;

/// Whether there are models.
pub(super) enum ModelState {
    /// Not asked for yet.
    Unloaded,
    /// To be loaded, from the next step on.
    Wanted,
    /// On their way.
    Loading(Box<dyn Load>),
    /// Loaded; the index of the training set is to be read in the next step.
    Unindexed(Loaded),
    Loaded(Loaded),
    Failed(Failure),
}

impl ModelState {
    /// Whether there is nothing more to load.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self, Self::Loaded(_) | Self::Failed(_))
    }
}
