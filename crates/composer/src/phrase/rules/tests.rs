use super::*;
use crate::phrase::window::Span;
use crate::tokens::{Grid, pitch_token};
use linnet_music::{PitchClass, Scale, TimeSignature};

fn c_major() -> Key {
    Key { tonic: PitchClass::new(0), scale: Scale::Major }
}

/// The pitches that may follow middle C, struck on the first beat of a window without chords: on the second beat, and
/// together with it.
fn after_c(role: Role, chromatic: bool) -> (PitchMask, PitchMask) {
    let key = c_major();
    let span = Span { context: 0, target: 4, future: 0 };
    let window = Window::new(Grid::new(TimeSignature::COMMON), key, role, span, &[]);
    let rules = Rules::new(&window, key, Bounds { lowest: 40, highest: 80, range: 24, chromatic }, true);
    let mut progress = Progress::new(&window);
    let pitch = pitch_token(60, key.tonic);
    rules.push(&window, &mut progress, Event { position: 0, pitch, duration: 3 });
    let at = |position: u8| {
        let mut mask = [false; PITCHES];
        rules.pitches(&window, &progress, position, &mut mask);
        mask
    };
    let second_beat = (0..POSITIONS as u8).find(|position| position_tick(*position) == 24).unwrap();
    (at(second_beat), at(0))
}

fn outside(mask: &PitchMask) -> Vec<i32> {
    let key = c_major();
    let keys = (0..PITCHES).filter(|token| mask[*token]).map(|token| token_midi(token as u8, key.tonic));
    keys.filter(|midi| !key.contains(Pitch::new(*midi))).collect()
}

#[test]
fn outside_an_inferred_scale_a_line_passes_by_a_semitone() {
    for role in Role::ALL {
        assert_eq!(outside(&after_c(role, true).0), [61], "{role:?}");
        assert_eq!(outside(&after_c(role, false).0), [0; 0], "{role:?}");
    }
}

#[test]
fn no_chord_is_built_on_a_passing_note() {
    let (_, together) = after_c(Role::Chords, true);
    assert_eq!(outside(&together), [0; 0]);
    assert!(together[usize::from(pitch_token(64, c_major().tonic))]);
}
