use super::*;
use crate::phrase::window::Span;
use crate::tokens::{Grid, pitch_token};
use linnet_music::{PitchClass, Scale, TimeSignature};

fn c_major() -> Key {
    Key { tonic: PitchClass::new(0), scale: Scale::Major }
}

/// The pitches that may follow `keys`, struck together on the first beat of a window of four bars without chords: on the
/// beat `beat`.
fn after(keys: &[i32], beat: u32, role: Role, chromatic: bool) -> PitchMask {
    let key = c_major();
    let span = Span { context: 0, target: 4, future: 0 };
    let window = Window::new(Grid::new(TimeSignature::COMMON), key, role, span, &[]);
    let rules = Rules::new(&window, key, Bounds { lowest: 40, highest: 80, range: 24, chromatic }, true);
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
