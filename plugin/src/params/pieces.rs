//! The parameters of the pieces of the drums' kit. Not in Linnet Notes.
//!
//! They say how a piece differs from what it is in the kit, so that they stay when another kit is chosen.

use super::build::{level, semitones, times};
use linnet_engine::settings::{Piece, PieceSettings};
use nice_plug::prelude::*;

/// The names of the pieces, in the order of [`Piece::ALL`].
pub const PIECES: [&str; Piece::ALL.len()] = {
    let mut names = [""; Piece::ALL.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = Piece::ALL[index].name();
        index += 1;
    }
    names
};

/// One piece.
#[derive(Params)]
pub struct PieceParams {
    /// In semitones in [−24, 24].
    #[id = "tune"]
    pub tune: FloatParam,
    /// How many times as long, in [0.25, 4].
    #[id = "decay"]
    pub decay: FloatParam,
    /// In [−60, 12].
    #[id = "level_db"]
    pub level_db: FloatParam,
}

impl PieceParams {
    /// The parameters of the piece at `index` in [`PIECES`].
    pub(super) fn new(index: usize) -> Self {
        let name = |what: &str| format!("{} {what}", PIECES[index]);
        Self {
            tune: semitones(&name("tune")),
            decay: times(&name("decay")),
            level_db: level(&name("level"), 0.0, 12.0),
        }
    }

    /// What the engine plays by.
    ///
    /// # Realtime safety
    /// Reads atomics only.
    pub(super) fn settings(&self) -> PieceSettings {
        PieceSettings {
            tune_semitones: self.tune.value(),
            decay: self.decay.value(),
            level_db: self.level_db.value(),
        }
    }
}

/// What the ids of the piece at `index` begin with.
pub(super) fn id(index: usize) -> &'static str {
    Piece::ALL[index].id()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_those_of_the_engines_pieces() {
        for piece in Piece::ALL {
            let plain = format!("{piece:?}").to_lowercase();
            assert_eq!(PIECES[piece.index()].replace(' ', "").to_lowercase(), plain);
            assert_eq!(id(piece.index()).replace('_', ""), plain);
        }
    }
}
