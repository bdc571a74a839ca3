use super::*;
use crate::listen::tunes::{TUNES, notes, transposed};

/// The key of notes in bars of 4/4.
fn found(notes: &[Note], given: GivenKey) -> Key {
    find(notes, Beats(4.0), given).unwrap().key
}

#[test]
fn little_tunes_are_found_in_their_keys_wherever_they_are_transposed() {
    for tune in &TUNES {
        let notes = notes(tune.text);
        let found = |notes: &[Note]| find(notes, tune.metre().bar(), GivenKey::default()).unwrap().key;
        let written = found(&notes);
        assert_eq!(written.to_string(), tune.key, "{}", tune.name);
        for up in 1..12 {
            let key = found(&transposed(&notes, up));
            assert_eq!(key.scale, written.scale, "{} up {up}", tune.name);
            assert_eq!(i32::from(key.tonic.above(written.tonic)), up, "{} up {up}", tune.name);
        }
    }
}

#[test]
fn a_row_of_chords_tells_the_key() {
    let check =
        |text: &str, expect: &str| assert_eq!(found(&notes(text), GivenKey::default()).to_string(), expect);
    check("C3+E4+G4:4 A2+E4+A4:4 F2+F4+A4:4 G2+D4+G4+B4:4", "C major");
    check("A2+C4+E4:4 D3+D4+F4:4 E3+E4+G♯4+B4:4 A2+C4+E4:4", "A harmonic minor");
    check("A2+C4+E4+A4:4 D3+D4+F4+A4:4 E3+B3+E4+G4:4 A2+C4+E4+A4:4", "A minor");
}

#[test]
fn too_little_tells_nothing() {
    assert_eq!(find(&[], Beats(4.0), GivenKey::default()), None);
    assert_eq!(find(&notes("C4 E4"), Beats(4.0), GivenKey::default()), None);
    let sure = |text: &str| find(&notes(text), Beats(4.0), GivenKey::default()).unwrap().confidence;
    assert!(sure("C4 E4 G4") < sure(TUNES[0].text));
    assert!((0.5..=1.0).contains(&sure(TUNES[0].text)), "{}", sure(TUNES[0].text));
}

#[test]
fn what_the_user_set_is_kept() {
    let tune = notes(TUNES[0].text);
    let tonic = Some(PitchClass::new(9));
    assert_eq!(found(&tune, GivenKey { tonic, scale: None }).tonic, PitchClass::new(9));
    let dorian = found(&tune, GivenKey { tonic: None, scale: Some(Scale::Dorian) });
    assert_eq!(dorian.to_string(), "D dorian", "the tonic whose dorian scale holds the notes");
    let whole = GivenKey { tonic, scale: Some(Scale::Blues) };
    let key = Key { tonic: PitchClass::new(9), scale: Scale::Blues };
    assert_eq!(find(&[], Beats(4.0), whole), Some(KeyGuess { key, confidence: 1.0 }));
}

#[test]
fn every_scale_can_be_given_alone() {
    for scale in Scale::ALL {
        let key = found(&notes(TUNES[1].text), GivenKey { tonic: None, scale: Some(scale) });
        assert_eq!(key.scale, scale);
    }
}

#[test]
fn a_first_half_that_ends_on_the_dominant_is_heard_in_its_key() {
    let check =
        |text: &str, expect: &str| assert_eq!(found(&notes(text), GivenKey::default()).to_string(), expect);
    check("F♯4 F♯4 G4 A4 A4 G4 F♯4 E4 D4 D4 E4 F♯4 F♯4:1.5 E4:.5 E4:2", "D major");
    check("G4:2 E4 C4 D4 E4 F4:2 E4:2 D4 C4 D4:4", "C major");
}
