//! The styles that the models know.

use serde::{Deserialize, Serialize};

/// A style. The order is that of `models/vocabulary.json`, and of every array over styles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Irish dance tunes.
    Folk,
    /// Four-part chorales and hymns.
    Chorale,
    /// Scores of the Baroque and Classical periods.
    Classical,
    /// Songs with piano of the nineteenth century.
    Lied,
    /// Lead sheets of the early twentieth century.
    Songbook,
    /// Written by the style grammar, as all that follow.
    Pop,
    /// See [`Style::Pop`].
    Rock,
    /// See [`Style::Pop`].
    Funk,
    /// See [`Style::Pop`].
    Soul,
    /// See [`Style::Pop`].
    House,
    /// See [`Style::Pop`].
    Techno,
    /// See [`Style::Pop`].
    HipHop,
    /// See [`Style::Pop`].
    LoFi,
    /// See [`Style::Pop`].
    DrumAndBass,
    /// See [`Style::Pop`].
    Ambient,
    /// See [`Style::Pop`].
    Swing,
    /// See [`Style::Pop`].
    BossaNova,
    /// See [`Style::Pop`].
    Latin,
    /// See [`Style::Pop`].
    Reggae,
    /// See [`Style::Pop`].
    Cinematic,
}

/// How many styles there are.
pub const STYLES: usize = 20;

impl Style {
    /// All styles, in order.
    pub const ALL: [Self; STYLES] = [
        Self::Folk,
        Self::Chorale,
        Self::Classical,
        Self::Lied,
        Self::Songbook,
        Self::Pop,
        Self::Rock,
        Self::Funk,
        Self::Soul,
        Self::House,
        Self::Techno,
        Self::HipHop,
        Self::LoFi,
        Self::DrumAndBass,
        Self::Ambient,
        Self::Swing,
        Self::BossaNova,
        Self::Latin,
        Self::Reggae,
        Self::Cinematic,
    ];

    /// The place in [`Style::ALL`], in [0, 19].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name that users read, and that the models' vocabulary has in lower case.
    pub fn name(self) -> &'static str {
        [
            "Folk",
            "Chorale",
            "Classical",
            "Lied",
            "Songbook",
            "Pop",
            "Rock",
            "Funk",
            "Soul",
            "House",
            "Techno",
            "Hip-hop",
            "Lo-fi",
            "Drum and bass",
            "Ambient",
            "Swing",
            "Bossa nova",
            "Latin",
            "Reggae",
            "Cinematic",
        ][self.index()]
    }

    /// Whether its accompaniment was learnt from our style grammar, and not from music that people wrote.
    pub fn is_by_grammar(self) -> bool {
        self.index() >= Self::Pop.index()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_in_the_order_of_their_list() {
        for (index, style) in Style::ALL.into_iter().enumerate() {
            assert_eq!(style.index(), index);
        }
    }
}
