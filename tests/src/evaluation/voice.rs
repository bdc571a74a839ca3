//! What is compared: the roles of the phrase model, and the drums.

use super::drum_features;
use super::phrase_features;
use linnet_composer::vocabulary::Role;
use serde::{Serialize, Serializer};

/// A part as it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Notes of a role.
    Pitched(Role),
    /// Drums.
    Drums,
}

impl Voice {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pitched(Role::Lead),
        Self::Pitched(Role::Counter),
        Self::Pitched(Role::Chords),
        Self::Pitched(Role::Bass),
        Self::Drums,
    ];

    /// The place in [`Voice::ALL`].
    pub fn index(self) -> usize {
        match self {
            Self::Pitched(role) => role.index(),
            Self::Drums => Role::ALL.len(),
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pitched(role) => role.name(),
            Self::Drums => "drums",
        }
    }

    /// The names of its features.
    pub fn features(self) -> &'static [&'static str] {
        match self {
            Self::Pitched(_) => &phrase_features::NAMES,
            Self::Drums => &drum_features::NAMES,
        }
    }

    /// The place of the feature `name`, where it has it.
    pub fn feature(self, name: &str) -> Option<usize> {
        self.features().iter().position(|feature| *feature == name)
    }
}

impl Serialize for Voice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
