use super::*;
use crate::phrase::window::Span;
use crate::tokens::{Grid, pitch_token};
use linnet_music::{PitchClass, Scale, TimeSignature};

fn c_major() -> Key {
    Key { tonic: PitchClass::new(0), scale: Scale::Major }
}

/// The pitches that may follow `midi`, struck on the first beat of a window of four bars without chords: on the beat
/// `beat`, and together with it.
fn after(midi: i32, beat: u32, role: Role, chromatic: bool) -> (PitchMask, PitchMask) {
    let key = c_major();
    let span = Span { context: 0, target: 4, future: 0 };
    let window = Window::new(Grid::new(TimeSignature::COMMON), key, role, span, &[]);
    let rules = Rules::new(&window, key, Bounds { lowest: 40, highest: 80, range: 24, chromatic }, true);
    let mut progress = Progress::new(&window);
    let pitch = pitch_token(midi, key.tonic);
    for bar in 0..=beat / 4 {
        let event = if bar == 0 {
            Event { position: 0, pitch, duration: 3 }
        } else {
            Event { position: BAR, pitch: 0, duration: 0 }
        };
        rules.push(&window, &mut progress, event);
    }
    let at = |position: u8| {
        let mut mask = [false; PITCHES];
        rules.pitches(&window, &progress, position, &mut mask);
        mask
    };
    let position = (0..POSITIONS as u8).find(|position| position_tick(*position) == beat % 4 * 24).unwrap();
    (at(position), at(0))
}

fn outside(mask: &PitchMask) -> Vec<i32> {
    let key = c_major();
    let keys = (0..PITCHES).filter(|token| mask[*token]).map(|token| token_midi(token as u8, key.tonic));
    keys.filter(|midi| !key.contains(Pitch::new(*midi))).collect()
}

#[test]
fn outside_an_inferred_scale_a_part_may_play_but_not_outside_a_set_one() {
    for role in Role::ALL {
        assert!([61, 63, 66, 68, 70].iter().all(|midi| outside(&after(60, 1, role, true).0).contains(midi)));
        assert_eq!(outside(&after(60, 1, role, false).0), [0; 0], "{role:?}");
    }
}

#[test]
fn what_lies_outside_goes_on_by_a_step() {
    for role in Role::ALL {
        let next = after(61, 1, role, true).0;
        let keys: Vec<i32> = (0..PITCHES)
            .filter(|token| next[*token])
            .map(|token| token_midi(token as u8, c_major().tonic))
            .collect();
        assert_eq!(keys, [59, 60, 62, 63], "{role:?}");
    }
}

#[test]
fn a_melody_does_not_end_outside_the_scale() {
    for role in [Role::Lead, Role::Counter, Role::Bass] {
        assert_eq!(outside(&after(60, 15, role, true).0), [0; 0], "{role:?}");
    }
}
