//! Runs on the composer thread. How notes are played: loudness, swing, and what the groove model hears in them.
//!
//! Where that says nothing, loudness follows the rule system of A. Friberg, R. Bresin and J. Sundberg ("Overview of the KTH rule system for
//! musical performance", Advances in Cognitive Psychology 2, 2006) in its simplest parts: a phrase swells and fades,
//! strong beats and high notes are louder. The same notes with the same touch are always played alike.

use crate::groove::Touch;
use crate::tokens::drum::{CLASSES, class_of};
use crate::vocabulary::Role;
use linnet_music::{Beats, Note, Part, Phrase, TimeSignature, Velocity};
use std::collections::HashMap;

/// The loudness around which each part moves, and how much of a melody's shape it has.
const VELOCITY: [(f32, f32); 4] = [(84.0, 1.0), (70.0, 0.5), (82.0, 0.6), (84.0, 1.0)];
/// Bars of the phrase that swells and fades.
const PHRASE_BARS: f64 = 4.0;
/// How much of the model's differences in loudness a melody has at full depth, in velocities.
const TOUCH_VELOCITY: f32 = 80.0;
/// Velocities from the energy knob's middle to either end.
const ENERGY_VELOCITY: f32 = 15.0;
/// How much of the model's timing is played at full depth. It says the middle of what people do, which is less than what
/// each of them does.
const TOUCH_TIMING: f64 = 2.0;
/// The most by which a note is early or late, in beats, approached softly: beyond that, a part is no longer together with
/// others.
const LATE_MAX: f64 = 0.08;
/// The least that neighbouring onsets keep of the time between them, as a share of it.
const GAP_SHARE_MIN: f64 = 0.5;
/// The shortest note that is left, in beats.
const LENGTH_MIN: f64 = 0.02;

/// The circumstances that notes are played under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Performance {
    /// The metre.
    pub metre: TimeSignature,
    /// The idea's length; every note ends by it.
    pub length: Beats,
    /// [`linnet_music::Controls::swing`].
    pub swing: f32,
    /// [`linnet_music::Controls::humanise`].
    pub humanise: f32,
    /// [`linnet_music::Controls::energy`].
    pub energy: f32,
}

impl Performance {
    fn depth(&self) -> f32 {
        self.humanise.clamp(0.0, 1.0)
    }

    /// What energy adds to every note, in velocities.
    fn pushed(&self) -> f32 {
        ENERGY_VELOCITY * (2.0 * self.energy.clamp(0.0, 1.0) - 1.0)
    }
}

/// A pitched part as it is played by `touch`, beside its notes that stay as they are: shaped in loudness, swung and with
/// human timing.
pub fn perform(
    notes: &[Note],
    stays: &[Note],
    (part, role): (Part, Role),
    touch: Option<&Touch>,
    performance: &Performance,
) -> Phrase {
    let mut shaped = notes.to_vec();
    let all = || notes.iter().chain(stays);
    let mean_of = |value: &dyn Fn(&Note) -> f32| all().map(value).sum::<f32>() / all().count().max(1) as f32;
    let mean_pitch = mean_of(&|note| f32::from(note.pitch.midi()));
    let loud = |note: &Note| touch.and_then(|touch| touch.of(note, Some(role))).map(|(velocity, _)| velocity);
    let mean = mean_of(&|note| loud(note).unwrap_or(0.0));
    let shape_of =
        |note: &Note| shape(note, part, loud(note).map(|velocity| velocity - mean), mean_pitch, performance);
    // How loud a part is on the whole, energy says alone.
    let loudness = VELOCITY[part.index()].0 + performance.pushed() - mean_of(&shape_of);
    for (note, raw) in shaped.iter_mut().zip(notes) {
        note.velocity = Velocity::new((loudness + shape_of(raw)).round() as i32);
    }
    perform_timing(&shaped, Some(role), touch, performance)
}

/// Drums as they are played by `touch`. Without one, they keep their velocities.
pub fn perform_drums(notes: &[Note], touch: Option<&Touch>, performance: &Performance) -> Phrase {
    let mut shaped = notes.to_vec();
    if let Some(touch) = touch {
        let (mut sums, mut counts) = ([0.0; CLASSES], [0.0; CLASSES]);
        let of = |note: &Note| class_of(note.pitch.midi()).zip(touch.of(note, None));
        for (class, (velocity, _)) in notes.iter().filter_map(of) {
            sums[class] += velocity;
            counts[class] += 1.0;
        }
        for note in &mut shaped {
            let Some((class, (velocity, _))) = of(note) else { continue };
            let mean = sums[class] / counts[class];
            let played = mean + (velocity - mean) * (0.4 + 0.6 * performance.depth());
            note.velocity = Velocity::new((127.0 * played + performance.pushed()).round() as i32);
        }
    }
    perform_timing(&shaped, None, touch, performance)
}

/// What phrase, metre, height and touch add to a note's loudness, in velocities.
fn shape(note: &Note, part: Part, differs: Option<f32>, mean_pitch: f32, performance: &Performance) -> f32 {
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
    let depth = performance.depth();
    // The accents of the model take the place of those of the rule, as far as the part is played by hands.
    let heard = differs.map_or(accent, |differs| (1.0 - depth) * accent + depth * TOUCH_VELOCITY * differs);
    VELOCITY[part.index()].1 * (0.5 + 0.7 * depth) * (arch + heard.clamp(-30.0, 30.0) + height)
}

/// `notes` swung, and early or late as `touch` says; notes that begin together stay together, and none overtakes
/// another. Every note begins at or after 0, ends by the idea's end, and before the next of its pitch.
fn perform_timing(
    notes: &[Note],
    role: Option<Role>,
    touch: Option<&Touch>,
    performance: &Performance,
) -> Phrase {
    let mut played: Vec<Note> = Phrase::new(notes.to_vec()).notes().to_vec();
    let swing = Swing::new(performance);
    let depth = f64::from(performance.depth());
    let (mut before, mut last) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for group in played.chunk_by_mut(|a, b| a.onset == b.onset) {
        let late: f64 =
            group.iter().filter_map(|note| touch?.of(note, role)).map(|(_, late)| late).sum::<f64>();
        let nominal = swing.warp(group[0].onset.0);
        let late = TOUCH_TIMING * depth * late / group.len() as f64;
        let moved = nominal + LATE_MAX * (late / LATE_MAX).tanh();
        let least = last + GAP_SHARE_MIN * (nominal - before);
        // Nothing is pushed past the end.
        let onset = if least.is_finite() { moved.max(least) } else { moved };
        let onset = onset.min((performance.length.0 - 2.0 * LENGTH_MIN).max(nominal)).max(0.0);
        for note in group {
            let end = swing.warp(note.end().0);
            note.onset = Beats(onset);
            note.length = Beats((end - onset).max(LENGTH_MIN));
        }
        (before, last) = (nominal, onset);
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
        Self::of(performance.metre, performance.swing)
    }

    /// The swing of a metre under the control `swing`.
    pub fn of(metre: TimeSignature, swing: f32) -> Self {
        let counts_quarters = metre.denominator() <= 4;
        let swing = if counts_quarters { f64::from(swing.clamp(0.0, 0.75)) } else { 0.0 };
        Self { late: swing / 4.0 }
    }

    /// Whether it changes nothing.
    pub fn is_straight(self) -> bool {
        self.late == 0.0
    }

    /// Where what falls at `at` beats was before it was swung. What was a triplet then cannot be told from an eighth.
    pub fn unwarp(self, at: f64) -> f64 {
        if self.is_straight() {
            return at;
        }
        let beat = at.floor();
        let (inside, middle) = (at - beat, 0.5 + self.late);
        if inside < middle {
            beat + inside / (2.0 * middle)
        } else {
            beat + 1.0 - (1.0 - inside) / (2.0 * (1.0 - middle))
        }
    }

    /// Where `at` beats falls: both halves of a beat are stretched so that its middle is late, and order is kept.
    /// Triplets stay, being swung already.
    pub fn warp(self, at: f64) -> f64 {
        let beat = at.floor();
        let inside = at - beat;
        let sixths = inside * 6.0;
        let triplet = (sixths - sixths.round()).abs() < 0.02 && !matches!(sixths.round() as i32, 0 | 3 | 6);
        if triplet || self.is_straight() {
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

    const LEAD: Option<Role> = Some(Role::Lead);

    fn performance(swing: f32, humanise: f32) -> Performance {
        Performance { metre: TimeSignature::COMMON, length: Beats(16.0), swing, humanise, energy: 0.5 }
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
        let played = perform_timing(&notes, LEAD, None, &performance(2.0 / 3.0, 0.0));
        assert_eq!(onsets(&played), [0.0, 0.666_667, 1.0, 2.666_667]);
        let straight = perform_timing(&notes, LEAD, None, &performance(0.0, 0.0));
        assert_eq!(onsets(&straight), onsets(&Phrase::new(notes.to_vec())));
        let compound = Performance { metre: TimeSignature::new(6, 8).unwrap(), ..performance(0.6, 0.0) };
        assert_eq!(perform_timing(&notes, LEAD, None, &compound), straight);
    }

    #[test]
    fn swing_is_taken_away_again() {
        for swing in [0.0, 0.3, 0.75] {
            let swing = Swing::of(TimeSignature::COMMON, swing);
            for sixteenth in 0..32 {
                let at = f64::from(sixteenth) / 4.0;
                assert!((swing.unwarp(swing.warp(at)) - at).abs() < 1e-9, "{at}");
            }
        }
    }

    #[test]
    fn the_touch_moves_notes_by_the_humanise_knob_and_keeps_their_order() {
        let notes: Vec<Note> = (0..32).map(|eighth| note(f64::from(eighth) / 2.0, 0.4, 60)).collect();
        let spread = |humanise, by: f32| {
            let late = |step: usize| (0.5, if step.is_multiple_of(4) { by } else { -by });
            let touch = Touch::scripted(TimeSignature::COMMON, 64, late);
            let played = perform_timing(&notes, LEAD, Some(&touch), &performance(0.0, humanise));
            assert!(played.notes().windows(2).all(|pair| pair[0].onset < pair[1].onset));
            played.notes().iter().zip(&notes).map(|(a, b)| (a.onset.0 - b.onset.0).abs()).sum::<f64>() / 32.0
        };
        assert_eq!(spread(0.0, 0.04), 0.0);
        assert!(spread(0.4, 0.04) < spread(1.0, 0.04));
        assert!((spread(1.0, 0.04) - 0.02).abs() < 1e-3, "{}", spread(1.0, 0.04));
        assert!((0.06..=LATE_MAX).contains(&spread(1.0, 0.4)), "{}", spread(1.0, 0.4));
    }

    #[test]
    fn notes_that_begin_together_stay_together() {
        let touch = Touch::scripted(TimeSignature::COMMON, 64, |step| (0.5, (step % 7) as f32 / 20.0));
        let drums = [note(1.0, 0.2, 36), note(1.0, 0.2, 42), note(1.5, 0.2, 38), note(1.5, 0.2, 46)];
        let played = onsets(&perform_drums(&drums, Some(&touch), &performance(0.5, 1.0)));
        assert_eq!((played[0], played[2]), (played[1], played[3]));
        assert!(played[0] > 1.0);
    }

    #[test]
    fn a_part_is_as_loud_as_its_touch_and_its_energy_say() {
        let notes: Vec<Note> = (0..16).map(|step| note(f64::from(step) / 4.0, 0.2, 38)).collect();
        let touch =
            Touch::scripted(TimeSignature::COMMON, 64, |step| (if step == 5 { 0.9 } else { 0.4 }, 0.0));
        let loud = |energy| {
            let performance = Performance { energy, ..performance(0.0, 1.0) };
            let drums = perform_drums(&notes, Some(&touch), &performance);
            let lead = perform(&notes, &[], (Part::Lead, Role::Lead), Some(&touch), &performance);
            [drums, lead].map(|phrase| phrase.notes()[5].velocity.midi() - phrase.notes()[4].velocity.midi())
        };
        assert!(loud(0.5).iter().all(|louder| *louder > 20), "{:?}", loud(0.5));
        let mean = |energy| {
            let performance = Performance { energy, ..performance(0.0, 1.0) };
            let played = perform_drums(&notes, Some(&touch), &performance);
            played.notes().iter().map(|note| f32::from(note.velocity.midi())).sum::<f32>()
        };
        assert!(mean(0.0) < mean(0.5) && mean(0.5) < mean(1.0));
    }

    #[test]
    fn neither_places_nor_touch_make_a_part_louder_on_the_whole() {
        let mean = |shift: f64, humanise, touch: Option<&Touch>| {
            let notes: Vec<Note> =
                (0..15).map(|beat| note(f64::from(beat) + shift, 0.2, 60 + beat % 5)).collect();
            let played = perform(&notes, &[], (Part::Lead, Role::Lead), touch, &performance(0.0, humanise));
            played.notes().iter().map(|note| f32::from(note.velocity.midi())).sum::<f32>() / 15.0
        };
        let touch = Touch::scripted(TimeSignature::COMMON, 64, |step| ((step % 5) as f32 / 6.0, 0.0));
        for (shift, humanise, touch) in [(0.0, 0.0, None), (0.25, 0.3, None), (0.5, 1.0, Some(&touch))] {
            let mean = mean(shift, humanise, touch);
            assert!((mean - VELOCITY[Part::Lead.index()].0).abs() < 0.5, "{shift} {humanise}: {mean}");
        }
    }

    #[test]
    fn bars_that_are_filled_are_as_loud_as_in_the_whole() {
        let notes: Vec<Note> = (0..32).map(|eighth| note(f64::from(eighth) / 2.0, 0.4, 60)).collect();
        let (bar, stays) = notes.split_at(8);
        let of = |notes: &[Note], stays: &[Note]| {
            let played = perform(notes, stays, (Part::Lead, Role::Lead), None, &performance(0.0, 0.0));
            played.notes()[..8].iter().map(|note| note.velocity.midi()).collect::<Vec<_>>()
        };
        assert_eq!(of(bar, stays), of(&notes, &[]));
        assert_ne!(of(bar, &[]), of(&notes, &[]));
    }

    #[test]
    fn strong_beats_are_louder_and_the_phrase_swells() {
        let notes: Vec<Note> = (0..32).map(|eighth| note(f64::from(eighth) / 2.0, 0.4, 60)).collect();
        let played = perform(&notes, &[], (Part::Lead, Role::Lead), None, &performance(0.0, 0.0));
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
            (late, early) in (-0.5f32..0.5, 0usize..64),
        ) {
            let notes: Vec<Note> = raw
                .iter()
                .map(|(onset, length, midi)| note(f64::from(*onset) / 24.0, f64::from(*length) / 24.0, *midi))
                .collect();
            let touch = Touch::scripted(TimeSignature::COMMON, 64, |step| (0.5, if step == early { -late } else { late }));
            let phrase = perform(&notes, &[], (Part::Lead, Role::Lead), Some(&touch), &performance(swing, humanise));
            for (index, a) in phrase.notes().iter().enumerate() {
                prop_assert!(a.onset.0 >= 0.0 && a.length.0 > 0.0 && a.end().0 <= 16.0 + 1e-9);
                for b in phrase.notes()[index + 1..].iter().filter(|b| b.pitch == a.pitch) {
                    prop_assert!(a.end().0 <= b.onset.0 + 1e-9);
                }
            }
        }
    }
}
