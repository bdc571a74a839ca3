//! Runs on the composer thread. How notes are played: loudness, swing, and the small irregularities of hands.
//!
//! Loudness follows the rule system of A. Friberg, R. Bresin and J. Sundberg ("Overview of the KTH rule system for
//! musical performance", Advances in Cognitive Psychology 2, 2006) in its simplest parts: a phrase swells and fades,
//! strong beats and high notes are louder. The same notes under the same seed are always played alike.

use crate::rng::{Head, Noise};
use linnet_music::{Beats, Note, Part, Phrase, Tempo, TimeSignature, Velocity};
use std::collections::HashMap;

/// The loudness around which a lead moves.
const LEAD_VELOCITY: f32 = 84.0;
/// Bars of the phrase that swells and fades.
const PHRASE_BARS: f64 = 4.0;
/// The standard deviation of human timing at full depth, in milliseconds.
const TIMING_MS: f32 = 6.0;
/// An onset moves by this many beats at most, so that none overtakes its neighbour.
const TIMING_BEATS_MAX: f64 = 0.03;
/// The shortest note that is left, in beats.
const LENGTH_MIN: f64 = 0.02;

/// The circumstances that notes are played under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// The metre.
    pub metre: TimeSignature,
    /// The tempo, by which milliseconds become beats.
    pub tempo: Tempo,
    /// The idea's length; every note ends by it.
    pub length: Beats,
    /// [`linnet_music::Controls::swing`].
    pub swing: f32,
    /// [`linnet_music::Controls::humanise`].
    pub humanise: f32,
    /// [`linnet_music::Controls::seed`].
    pub seed: u16,
}

/// A lead line as it is played: shaped in loudness, swung and with human timing.
pub fn perform_lead(notes: &[Note], performance: &Performance) -> Phrase {
    let mut shaped = notes.to_vec();
    let count = notes.len().max(1) as f32;
    let mean_pitch = notes.iter().map(|note| f32::from(note.pitch.midi())).sum::<f32>() / count;
    for (index, note) in shaped.iter_mut().enumerate() {
        note.velocity = lead_velocity(note, index, mean_pitch, performance);
    }
    perform_timing(&shaped, Part::Lead, performance)
}

fn lead_velocity(note: &Note, index: usize, mean_pitch: f32, performance: &Performance) -> Velocity {
    let bar = performance.metre.bar().0;
    let phrase = note.onset.0 / (bar * PHRASE_BARS);
    let along = (phrase - phrase.floor()) as f32;
    // Highest at six tenths of the phrase.
    let arch = 10.0 * (1.0 - ((along - 0.6) / 0.6).powi(2)) - 5.0;
    let in_bar = note.onset.0 - (note.onset.0 / bar).floor() * bar;
    let beat = if performance.metre.is_compound() { 1.5 } else { 1.0 };
    let on = |period: f64| (in_bar / period - (in_bar / period).round()).abs() < 1e-3;
    let accent = match () {
        () if in_bar < 1e-3 => 6.0,
        () if on(2.0 * beat) => 3.0,
        () if on(beat) => 1.0,
        () => -4.0,
    };
    let height = (0.5 * (f32::from(note.pitch.midi()) - mean_pitch)).clamp(-6.0, 6.0);
    let depth = performance.humanise.clamp(0.0, 1.0);
    let hand = Noise::new(performance.seed, Part::Lead.index(), 2 * index + 1, Head::Expression).bell();
    let velocity = LEAD_VELOCITY + (0.5 + 0.7 * depth) * (arch + accent + height) + 6.0 * depth * hand;
    Velocity::new(velocity.round() as i32)
}

/// `notes` of `part` swung and with human timing; notes that begin together stay together. Every note begins at or
/// after 0, ends by the idea's end, and before the next of its pitch.
pub fn perform_timing(notes: &[Note], part: Part, performance: &Performance) -> Phrase {
    let mut played: Vec<Note> = Phrase::new(notes.to_vec()).notes().to_vec();
    let swing = Swing::new(performance);
    let milliseconds = performance.tempo.bpm() / 60_000.0;
    let depth = performance.humanise.clamp(0.0, 1.0);
    let (mut group, mut group_onset) = (0, f64::NEG_INFINITY);
    for note in &mut played {
        if note.onset.0 > group_onset {
            group += 1;
            group_onset = note.onset.0;
        }
        let hand = Noise::new(performance.seed, part.index(), 2 * group, Head::Expression).bell();
        let moved = f64::from(TIMING_MS * depth * hand) * milliseconds;
        let onset = swing.warp(note.onset.0) + moved.clamp(-TIMING_BEATS_MAX, TIMING_BEATS_MAX);
        let end = swing.warp(note.end().0);
        note.onset = Beats(onset.max(0.0));
        note.length = Beats((end - note.onset.0).max(LENGTH_MIN));
    }
    Phrase::new(keep_apart(played, performance.length))
}

/// Where a beat's second eighth falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swing {
    /// Beats by which it is late, in [0, 0.1875].
    late: f64,
}

impl Swing {
    /// The swing of `performance`: none in compound metres, nor in others that count eighths.
    pub fn new(performance: &Performance) -> Self {
        let counts_quarters = performance.metre.denominator() <= 4;
        let swing = if counts_quarters { f64::from(performance.swing.clamp(0.0, 0.75)) } else { 0.0 };
        Self { late: swing / 4.0 }
    }

    /// Where `at` beats falls: both halves of a beat are stretched so that its middle is late, and order is kept.
    /// Triplets stay, being swung already.
    pub fn warp(self, at: f64) -> f64 {
        let beat = at.floor();
        let inside = at - beat;
        let sixths = inside * 6.0;
        let triplet = (sixths - sixths.round()).abs() < 0.02 && !matches!(sixths.round() as i32, 0 | 3 | 6);
        if triplet || self.late == 0.0 {
            return at;
        }
        let middle = 0.5 + self.late;
        if inside < 0.5 {
            beat + inside * 2.0 * middle
        } else {
            beat + 1.0 - (1.0 - inside) * 2.0 * (1.0 - middle)
        }
    }
}

/// Ends every note before the next of its pitch, and by `length`; what would begin after that is left out.
pub fn keep_apart(mut notes: Vec<Note>, length: Beats) -> Vec<Note> {
    notes.retain(|note| note.onset.0 + LENGTH_MIN <= length.0);
    notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
    let mut next: HashMap<u8, f64> = HashMap::new();
    for note in notes.iter_mut().rev() {
        let limit = next.get(&note.pitch.midi()).copied().unwrap_or(length.0).min(length.0);
        note.length = Beats(note.length.0.min(limit - note.onset.0));
        next.insert(note.pitch.midi(), note.onset.0);
    }
    // Two of one pitch that begin together leave the one before without length.
    notes.retain(|note| note.length.0 > 0.0);
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use linnet_music::Pitch;
    use proptest::prelude::*;

    fn performance(swing: f32, humanise: f32) -> Performance {
        Performance {
            metre: TimeSignature::COMMON,
            tempo: Tempo::new(120.0),
            length: Beats(16.0),
            swing,
            humanise,
            seed: 9,
        }
    }

    fn note(onset: f64, length: f64, midi: i32) -> Note {
        Note {
            onset: Beats(onset),
            length: Beats(length),
            pitch: Pitch::new(midi),
            velocity: Velocity::new(80),
        }
    }

    fn onsets(phrase: &Phrase) -> Vec<f64> {
        phrase.notes().iter().map(|note| (note.onset.0 * 1e6).round() / 1e6).collect()
    }

    #[test]
    fn swing_delays_the_second_eighth_and_leaves_beats_and_triplets() {
        let notes =
            [note(0.0, 0.5, 60), note(0.5, 0.5, 60), note(1.0, 1.0, 60), note(2.0 + 2.0 / 3.0, 0.3, 60)];
        let played = perform_timing(&notes, Part::Lead, &performance(2.0 / 3.0, 0.0));
        assert_eq!(onsets(&played), [0.0, 0.666_667, 1.0, 2.666_667]);
        let straight = perform_timing(&notes, Part::Lead, &performance(0.0, 0.0));
        assert_eq!(onsets(&straight), onsets(&Phrase::new(notes.to_vec())));
        let compound = Performance { metre: TimeSignature::new(6, 8).unwrap(), ..performance(0.6, 0.0) };
        assert_eq!(perform_timing(&notes, Part::Lead, &compound), straight);
    }

    #[test]
    fn human_timing_is_small_seeded_and_grows_with_its_knob() {
        let notes: Vec<Note> = (0..32).map(|eighth| note(f64::from(eighth) / 2.0, 0.4, 60)).collect();
        let spread = |humanise| {
            let played = perform_timing(&notes, Part::Lead, &performance(0.0, humanise));
            assert_eq!(played, perform_timing(&notes, Part::Lead, &performance(0.0, humanise)));
            played.notes().iter().zip(&notes).map(|(a, b)| (a.onset.0 - b.onset.0).abs()).sum::<f64>() / 32.0
        };
        assert_eq!(spread(0.0), 0.0);
        assert!(spread(0.4) < spread(1.0));
        // Under 20 ms at 120 beats per minute.
        assert!(spread(1.0) > 0.002 && spread(1.0) < 0.04);
    }

    #[test]
    fn strong_beats_are_louder_and_the_phrase_swells() {
        let notes: Vec<Note> = (0..32).map(|eighth| note(f64::from(eighth) / 2.0, 0.4, 60)).collect();
        let played = perform_lead(&notes, &performance(0.0, 0.0));
        let velocity = |index: usize| played.notes()[index].velocity.midi();
        assert!(velocity(0) > velocity(1) && velocity(8) > velocity(9));
        assert!(velocity(17) > velocity(1));
    }

    proptest! {
        #[test]
        fn no_note_is_early_overlaps_its_pitch_or_outlasts_the_idea(
            raw in prop::collection::vec((0u32..384, 1u32..200, 55i32..70), 0..40),
            swing in 0.0f32..=0.75,
            humanise in 0.0f32..=1.0,
            bpm in 20.0f64..400.0,
            seed: u16,
        ) {
            let notes: Vec<Note> = raw
                .iter()
                .map(|(onset, length, midi)| note(f64::from(*onset) / 24.0, f64::from(*length) / 24.0, *midi))
                .collect();
            let performance = Performance { tempo: Tempo::new(bpm), seed, ..performance(swing, humanise) };
            let phrase = perform_lead(&notes, &performance);
            for (index, a) in phrase.notes().iter().enumerate() {
                prop_assert!(a.onset.0 >= 0.0 && a.length.0 > 0.0 && a.end().0 <= 16.0 + 1e-9);
                for b in phrase.notes()[index + 1..].iter().filter(|b| b.pitch == a.pitch) {
                    prop_assert!(a.end().0 <= b.onset.0 + 1e-9);
                }
            }
        }
    }
}
