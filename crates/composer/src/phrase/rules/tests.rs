use super::*;
use crate::phrase::window::Span;
use crate::tokens::{Grid, pitch_token};
use linnet_music::{Beats, Note, PitchClass, Scale, TimeSignature, Velocity};

fn c_major() -> Key {
    Key { tonic: PitchClass::new(0), scale: Scale::Major }
}

/// The pitches that may follow `keys`, struck together on the first beat of a window of four bars without chords: on the
/// beat `beat`.
fn after(keys: &[i32], beat: u32, role: Role, chromatic: bool) -> PitchMask {
    beside(&[], keys, beat, role, chromatic)
}

/// The same beside the parts `known`.
fn beside(known: &[Known], keys: &[i32], beat: u32, role: Role, chromatic: bool) -> PitchMask {
    let key = c_major();
    let span = Span { context: 0, target: 4, future: 0 };
    let window = Window::new(Grid::new(TimeSignature::COMMON), key, role, span, &[]);
    let rules =
        Rules::new(&window, key, Bounds { lowest: 40, highest: 80, range: 24, chromatic }, known, true);
    let mut progress = Progress::new(&window);
    for midi in keys {
        let pitch = pitch_token(*midi, key.tonic);
        rules.push(&window, &mut progress, Event { position: 0, pitch, duration: 3 });
    }
    for _ in 0..beat / 4 {
        rules.push(&window, &mut progress, Event { position: BAR, pitch: 0, duration: 0 });
    }
    let mut mask = [false; PITCHES];
    let position = (0..POSITIONS as u8).find(|position| position_tick(*position) == beat % 4 * 24).unwrap();
    rules.pitches(&window, &progress, position, &mut mask);
    mask
}

fn outside(mask: &PitchMask) -> Vec<i32> {
    let key = c_major();
    let keys = (0..PITCHES).filter(|token| mask[*token]).map(|token| token_midi(token as u8, key.tonic));
    keys.filter(|midi| !key.contains(Pitch::new(*midi))).collect()
}

#[test]
fn outside_an_inferred_scale_a_part_may_play_but_not_outside_a_set_one() {
    for role in Role::ALL {
        assert!([61, 63, 66, 68, 70].iter().all(|midi| outside(&after(&[60], 1, role, true)).contains(midi)));
        assert_eq!(outside(&after(&[60], 1, role, false)), [0; 0], "{role:?}");
    }
}

#[test]
fn what_lies_outside_goes_on_by_a_step() {
    for role in [Role::Lead, Role::Counter, Role::Bass] {
        let next = after(&[61], 1, role, true);
        let keys: Vec<i32> = (0..PITCHES)
            .filter(|token| next[*token])
            .map(|token| token_midi(token as u8, c_major().tonic))
            .collect();
        assert_eq!(keys, [59, 60, 62, 63], "{role:?}");
    }
}

#[test]
fn nothing_ends_outside_the_scale() {
    for role in Role::ALL {
        assert_eq!(outside(&after(&[60], 15, role, true)), [0; 0], "{role:?}");
    }
}

#[test]
fn a_chord_may_hold_what_lies_outside_and_the_next_begins_where_it_likes() {
    let together = after(&[48, 55], 0, Role::Chords, true);
    assert!(outside(&together).contains(&61));
    let next = after(&[48, 55, 61], 1, Role::Chords, true);
    assert!([48, 50, 64].iter().all(|midi| next[usize::from(pitch_token(*midi, c_major().tonic))]));
}

#[test]
fn a_chord_holds_nothing_outside_the_scale_a_semitone_beside_another_part() {
    let note = |midi, onset| Note {
        pitch: Pitch::new(midi),
        velocity: Velocity::new(90),
        onset: Beats(onset),
        length: Beats(1.0),
    };
    let melody = |role| Known { role, notes: vec![note(67, 0.0), note(69, 1.0)], bars: 0..4 };
    let [alone, beside_lead, beside_drums] = [vec![], vec![melody(Some(Role::Lead))], vec![melody(None)]]
        .map(|known| outside(&beside(&known, &[48], 1, Role::Chords, true)));
    let kept: Vec<i32> = alone.iter().copied().filter(|midi| ![8, 10].contains(&(midi % 12))).collect();
    assert_eq!(beside_lead, kept, "the A that sounds there, in every octave");
    assert!(kept.len() < alone.len());
    assert_eq!(beside_drums, alone);
    // A line may pass there, and a chord may where the A is over.
    let line = beside(&[melody(Some(Role::Lead))], &[48], 1, Role::Counter, true);
    assert!(outside(&line).contains(&68));
    assert!(outside(&beside(&[melody(Some(Role::Lead))], &[48], 2, Role::Chords, true)).contains(&68));
}
