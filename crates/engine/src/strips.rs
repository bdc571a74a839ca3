//! How each part leaves the engine in this block, as the strips say.
//!
//! Runs on the audio thread.

use crate::Settings;
use linnet_music::{Part, Pitch};

/// One part's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strip {
    /// Whether it is neither muted nor silenced by another part's solo.
    pub(crate) audible: bool,
    /// Whether its phrase plays.
    pub(crate) plays: bool,
    /// MIDI channel in [0, 15], or none.
    pub(crate) channel: Option<u8>,
    /// Semitones added to the phrase.
    pub(crate) transpose: i32,
}

impl Strip {
    /// The key that `pitch` of the phrase sounds as: keys outside MIDI's are folded in by octaves.
    pub(crate) fn key(self, pitch: Pitch) -> u8 {
        let key = i32::from(pitch.midi()) + self.transpose;
        let folded = match key {
            ..0 => key.rem_euclid(12),
            // 116 to 127 is the top octave.
            128.. => 116 + (key - 116).rem_euclid(12),
            _ => key,
        };
        folded as u8
    }
}

/// All parts'.
pub(crate) type Strips = [Strip; 4];

/// What the strips say.
pub(crate) fn strips(settings: &Settings) -> Strips {
    let soloing = settings.parts.iter().any(|part| part.solo);
    let of = |part: Part| {
        let strip = &settings.parts[part.index()];
        let audible = !strip.mute && (strip.solo || !soloing);
        let octaves = if part == Part::Drums { 0 } else { strip.octave.clamp(-3, 3) };
        Strip {
            audible,
            plays: audible && strip.on,
            channel: strip.midi_channel.checked_sub(1).filter(|channel| *channel < 16),
            transpose: 12 * octaves,
        }
    };
    // Side by side, and not by a map, which would call four times in every block.
    let [lead, chords, bass, drums] = Part::ALL;
    [of(lead), of(chords), of(bass), of(drums)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_outside_midi_are_folded_in_by_octaves() {
        let check = |transpose: i32, pitch: i32, expect: u8| {
            let strip = Strip { transpose, ..Strip::default() };
            assert_eq!(strip.key(Pitch::new(pitch)), expect, "{pitch} {transpose:+}");
        };
        check(0, 60, 60);
        check(24, 60, 84);
        check(24, 110, 122);
        check(36, 127, 127);
        check(12, 116, 116);
        check(-36, 30, 6);
        check(-12, 11, 11);
    }
}
