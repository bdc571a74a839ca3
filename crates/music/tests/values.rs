//! The arithmetic of pitches, scales, chords and time.

use linnet_music::{
    Beats, Chord, ChordQuality, Key, Note, Phrase, Pitch, PitchClass, Scale, Tempo, TimeSignature, Velocity,
};
use proptest::prelude::*;

fn chord(root: i32, quality: ChordQuality) -> Chord {
    Chord { root: PitchClass::new(root), quality }
}

#[test]
fn chords_are_named_as_musicians_name_them() {
    let check = |root, quality, expect: &str| assert_eq!(chord(root, quality).to_string(), expect);
    check(0, ChordQuality::Major, "C");
    check(10, ChordQuality::Minor7, "B♭m7");
    check(6, ChordQuality::HalfDiminished7, "F♯m7♭5");
    check(8, ChordQuality::Suspended4, "A♭sus4");
}

#[test]
fn a_chord_holds_its_tones_in_every_octave() {
    let g7 = chord(7, ChordQuality::Dominant7);
    for pitch in 0..128 {
        assert_eq!(g7.contains(Pitch::new(pitch)), [7, 11, 2, 5].contains(&(pitch % 12)), "{pitch}");
    }
}

#[test]
fn modes_of_one_major_scale_share_its_pitches() {
    let c_major = Key { tonic: PitchClass::new(0), scale: Scale::Major };
    let modes = [
        (2, Scale::Dorian),
        (4, Scale::Phrygian),
        (5, Scale::Lydian),
        (7, Scale::Mixolydian),
        (9, Scale::Minor),
    ];
    for (tonic, scale) in modes {
        let key = Key { tonic: PitchClass::new(tonic), scale };
        for pitch in (0..128).map(Pitch::new) {
            assert_eq!(key.contains(pitch), c_major.contains(pitch), "{key}, {pitch:?}");
        }
    }
}

#[test]
fn only_scales_with_a_minor_and_no_major_third_are_minor() {
    let minor: Vec<Scale> = Scale::ALL.into_iter().filter(|scale| scale.is_minor()).collect();
    let expect = [
        Scale::Minor,
        Scale::HarmonicMinor,
        Scale::MelodicMinor,
        Scale::Dorian,
        Scale::Phrygian,
        Scale::MinorPentatonic,
        Scale::Blues,
    ];
    assert_eq!(minor, expect);
}

#[test]
fn bars_last_as_long_as_their_metre_says() {
    let check = |numerator, denominator, quarters: f64, compound: bool| {
        let metre = TimeSignature::new(numerator, denominator).unwrap();
        assert_eq!((metre.bar().0, metre.is_compound()), (quarters, compound), "{metre}");
    };
    check(4, 4, 4.0, false);
    check(3, 4, 3.0, false);
    check(6, 8, 3.0, true);
    check(3, 8, 1.5, false);
    check(12, 8, 6.0, true);
    check(7, 8, 3.5, false);
    check(2, 2, 4.0, false);
}

#[test]
fn metres_outside_their_ranges_do_not_exist() {
    for (numerator, denominator) in [(0, 4), (33, 4), (4, 3), (4, 0), (4, 64), (-3, 4), (4, -4)] {
        assert_eq!(TimeSignature::new(numerator, denominator), None, "{numerator}/{denominator}");
    }
}

#[test]
fn tempos_stay_in_their_range() {
    let check = |bpm: f64, expect: f64| assert_eq!(Tempo::new(bpm).bpm(), expect);
    check(0.0, 1.0);
    check(5e9, 999.0);
    check(f64::NAN, 120.0);
    check(f64::INFINITY, 120.0);
    check(98.5, 98.5);
}

#[test]
fn a_phrase_drops_what_is_no_note_and_sorts_the_rest() {
    let note = |onset: f64, length: f64, pitch| Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(pitch),
        velocity: Velocity::new(64),
    };
    let phrase = Phrase::new(vec![
        note(2.0, 1.0, 60),
        note(f64::NAN, 1.0, 61),
        note(1.0, 0.0, 62),
        note(-0.5, 1.0, 63),
        note(0.0, f64::INFINITY, 64),
        note(2.0, 1.0, 55),
        note(0.0, 1.0, 65),
    ]);
    let pitches: Vec<u8> = phrase.notes().iter().map(|note| note.pitch.midi()).collect();
    assert_eq!(pitches, [65, 55, 60]);
}

proptest! {
    #[test]
    fn samples_and_beats_are_each_others_inverse(beats in -1e4..1e4f64, bpm in 1.0..999.0f64, rate in 8e3..768e3f64) {
        let tempo = Tempo::new(bpm);
        let back = Beats::from_samples(Beats(beats).to_samples(tempo, rate), tempo, rate);
        prop_assert!((back.0 - beats).abs() < 1e-6);
    }

    #[test]
    fn a_class_above_another_leads_back_to_it(a in -100..100i32, b in -100..100i32) {
        let (a, b) = (PitchClass::new(a), PitchClass::new(b));
        prop_assert_eq!(PitchClass::new(i32::from(b.semitones() + a.above(b))), a);
    }

    #[test]
    fn transposing_a_chord_rotates_its_mask(root in 0..12i32, by in 0..12i32, quality in 0usize..12) {
        let quality = ChordQuality::ALL[quality];
        let mask = u32::from(chord(root, quality).mask());
        let rotated = ((mask << by) | (mask >> (12 - by))) & 0xFFF;
        prop_assert_eq!(u32::from(chord(root + by, quality).mask()), rotated);
    }

    #[test]
    fn an_octave_doubles_the_frequency(pitch in 0..116i32) {
        let ratio = Pitch::new(pitch + 12).frequency_hz() / Pitch::new(pitch).frequency_hz();
        prop_assert!((ratio - 2.0).abs() < 1e-12);
    }
}
