//! What the next proposal must know and no parameter can say: the bars that are locked, and the other idea of Morph.
//!
//! Set by the editor and by a loaded state, read on any thread: the audio thread asks with them. Saved with the project.
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

use linnet_music::IdeaId;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering::Relaxed};

/// Locked bars and the other idea.
#[derive(Debug, Default)]
pub struct Marks {
    locked_bars: [AtomicU16; 4],
    /// 0 is none.
    morph_with: AtomicU32,
}

impl Marks {
    /// Bars of each part to leave alone: bit 0 is the first bar.
    ///
    /// # Realtime safety
    /// Reads atomics only.
    pub fn locked_bars(&self) -> [u16; 4] {
        self.locked_bars.each_ref().map(|bars| bars.load(Relaxed))
    }

    /// The other idea of Morph.
    ///
    /// # Realtime safety
    /// Reads an atomic only.
    pub fn morph_with(&self) -> Option<IdeaId> {
        Some(self.morph_with.load(Relaxed)).filter(|id| *id > 0).map(IdeaId)
    }

    /// Locks these bars, by part, and no others.
    pub fn lock_bars(&self, bars: [u16; 4]) {
        self.locked_bars.iter().zip(bars).for_each(|(held, bars)| held.store(bars, Relaxed));
    }

    /// Makes `idea` the other one of Morph.
    pub fn set_morph_with(&self, idea: Option<IdeaId>) {
        self.morph_with.store(idea.map_or(0, |id| id.0), Relaxed);
    }
}
