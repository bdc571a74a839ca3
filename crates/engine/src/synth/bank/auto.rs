//! Which preset suits a style, for each part.
//!
//! Read on the audio thread.

use super::classic;
use linnet_music::{Part, Style};

/// The number of the preset that `part` has in `style`; its classic one where no style is asked for. Always the same for
/// the same style.
pub fn auto(part: Part, style: Option<Style>) -> usize {
    style.map_or(classic(part), |style| usize::from(of_style(style)[part.index()]))
}

/// Lead, chords, bass and kit. The names behind the numbers are in the test of `bank`.
fn of_style(style: Style) -> [u8; 4] {
    match style {
        Style::Folk => [19, 32, 9, 1],
        Style::Chorale => [18, 41, 56, 8],
        Style::Classical => [67, 25, 56, 8],
        Style::Lied => [17, 4, 56, 1],
        Style::Songbook => [17, 26, 56, 1],
        Style::Pop => [2, 30, 7, 4],
        Style::Rock => [22, 29, 53, 2],
        Style::Funk => [20, 27, 54, 4],
        Style::Soul => [1, 24, 7, 4],
        Style::House => [12, 73, 57, 6],
        Style::Techno => [14, 46, 50, 6],
        Style::HipHop => [13, 24, 49, 5],
        Style::LoFi => [21, 4, 55, 7],
        Style::DrumAndBass => [15, 47, 51, 3],
        Style::Ambient => [3, 40, 8, 1],
        Style::Swing => [16, 26, 56, 1],
        Style::BossaNova => [59, 32, 55, 1],
        Style::Latin => [16, 60, 56, 2],
        Style::Reggae => [66, 28, 7, 2],
        Style::Cinematic => [68, 69, 8, 8],
    }
}
