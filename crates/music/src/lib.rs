//! What is played: values without threads, hosts or sound.
//!
//! Everything else in Linnet is said in these words: an [`Idea`] holds a [`Phrase`] for each [`Part`], a
//! harmony of [`ChordSpan`]s, and the [`Controls`] that made it.
#![forbid(unsafe_code)]

pub mod chord;
pub mod controls;
pub mod idea;
pub mod midi_file;
pub mod note;
pub mod part;
pub mod pitch;
pub mod scale;
pub mod session;
pub mod style;
pub mod time;

pub use chord::{Chord, ChordQuality, ChordSpan};
pub use controls::{ChordsRole, Controls, Mode};
pub use idea::{Figure, Idea, IdeaId, Provenance, SharedRun};
pub use note::{Note, Phrase, Velocity};
pub use part::Part;
pub use pitch::{Pitch, PitchClass};
pub use scale::{Key, Scale};
pub use session::{Session, SessionError};
pub use style::{STYLES, Style};
pub use time::{Beats, Tempo, TimeSignature};

/// Why a saved value is none: which range it lies outside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutOfRange(&'static str);
