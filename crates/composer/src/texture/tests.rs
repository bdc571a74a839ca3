use super::*;
use crate::tokens::drum::class;
use linnet_music::{ChordQuality, PitchClass, Scale};

fn metre(numerator: i32, denominator: i32) -> TimeSignature {
    TimeSignature::new(numerator, denominator).unwrap()
}

fn c_major() -> Key {
    Key { tonic: PitchClass::new(0), scale: Scale::Major }
}

#[test]
fn bars_lie_on_columns_as_in_training() {
    for ((numerator, denominator), wanted) in [
        ((4, 4), Some((16, 4, 1))),
        ((3, 4), Some((12, 4, 1))),
        ((6, 8), Some((12, 6, 1))),
        ((12, 8), Some((24, 6, 1))),
        ((3, 8), Some((6, 4, 1))),
        ((6, 4), Some((24, 4, 1))),
        ((7, 8), Some((14, 4, 1))),
        ((7, 4), Some((14, 4, 2))),
        ((9, 4), Some((18, 4, 2))),
        ((32, 1), Some((16, 4, 32))),
        ((3, 32), None),
        ((1, 32), None),
        ((2, 32), Some((1, 4, 1))),
    ] {
        let columns = Columns::new(metre(numerator, denominator), false);
        let found = columns.map(|columns| (columns.bar, columns.beat, columns.splits));
        assert_eq!(found, wanted, "{numerator}/{denominator}");
    }
    let columns = Columns::new(metre(3, 4), false).unwrap();
    let grid = columns.grid();
    assert_eq!(grid[..COLUMNS].iter().sum::<f32>(), 24.0);
    assert_eq!((grid[11], grid[12], grid[24], grid[35], grid[36]), (1.0, 0.0, 1.0, 1.0, 0.0));
    assert_eq!(grid[COLUMNS..].iter().sum::<f32>(), 6.0);
    assert_eq!((columns.tick(12), columns.tick(24)), (72, 144));
}

#[test]
fn every_column_is_found_again_swung_or_straight() {
    for (numerator, denominator) in [(4, 4), (3, 4), (7, 4), (6, 8), (5, 16)] {
        for swung in [false, true] {
            let columns = Columns::new(metre(numerator, denominator), swung).unwrap();
            for at in 0..columns.count() {
                let beats = f64::from(columns.tick(at)) / 24.0;
                for off in [-0.02, 0.0, 0.02] {
                    let found = columns.nearest(beats + off);
                    assert_eq!(found, Some(at), "{numerator}/{denominator} {swung} {at} {off}");
                }
                assert!(columns.tick(at) < columns.tick(at + 1));
            }
            assert_eq!(columns.nearest(f64::from(columns.tick(columns.count())) / 24.0), None);
        }
    }
}

fn outputs() -> [Vec<f32>; 5] {
    [9, roll::BASS_ROWS, 1, roll::COMP_ROWS, 1].map(|rows| vec![0.0; rows * COLUMNS])
}

#[test]
fn probabilities_become_notes_as_the_vocabulary_says() {
    let columns = Columns::new(metre(3, 4), false).unwrap();
    let mut values = outputs();
    values[0][class::KICK * COLUMNS] = 0.5;
    values[0][class::SNARE * COLUMNS + 4] = 0.49;
    // Two rows share an onset; column 12 does not exist in this metre.
    (values[1][8 * COLUMNS], values[1][20 * COLUMNS]) = (0.3, 0.25);
    values[1][3 * COLUMNS + 12] = 1.0;
    values[1][3 * COLUMNS + 24] = 1.0;
    // Before the first strike nothing is held; then the hold runs over the bar line, to the next onset.
    values[4][0] = 1.0;
    values[3][12 * COLUMNS + 10] = 0.9;
    values[4][11] = 0.9;
    values[4][24] = 0.9;
    values[4][25] = 0.9;
    values[3][12 * COLUMNS + 25] = 0.9;
    values[3][16 * COLUMNS + 25] = 0.9;
    let roll = Roll::of_probabilities(&values, 0, &columns);
    assert_eq!((roll.drums[0], roll.drums[4]), (1, 0));
    assert_eq!(
        roll.bass_notes(&columns),
        [Strike { at: 0, length: 1, rows: 1 << 8 }, Strike { at: 12, length: 1, rows: 1 << 3 }]
    );
    assert_eq!(
        roll.comp_strikes(&columns),
        [Strike { at: 10, length: 3, rows: 1 << 12 }, Strike { at: 13, length: 1, rows: 1 << 12 | 1 << 16 }]
    );
    assert!(!roll.comp_hold[0] && !roll.comp_hold[13]);
    let mut written = outputs();
    roll.write(&columns, 0, &mut written);
    assert_eq!(Roll::of_probabilities(&written, 0, &columns), roll);
}

#[test]
fn a_strike_keeps_its_five_likeliest_tones() {
    let columns = Columns::new(metre(4, 4), false).unwrap();
    let mut values = outputs();
    for row in 0..9 {
        values[3][row * COLUMNS] = 0.55 + 0.01 * row as f32;
    }
    assert_eq!(Roll::of_probabilities(&values, 0, &columns).comp[0], 0b1_1111_0000);
}

#[test]
fn a_strike_of_one_tone_is_filled_from_its_own_chord() {
    let columns = Columns::new(metre(4, 4), false).unwrap();
    let chords = [(0.0, 0), (4.0, 7)].map(|(onset, root)| ChordSpan {
        onset: Beats(onset),
        length: Beats(4.0),
        chord: Chord { root: PitchClass::new(root), quality: ChordQuality::Major },
    });
    let chord = chord_roll(&columns, 0, c_major(), &chords);
    let mut roll = Roll::EMPTY;
    (roll.comp[0], roll.comp[4], roll.comp[8], roll.comp[20]) = (0b1, 0b11, 0b100, 0b1000);
    roll.fill_thin(&columns, &chord);
    // Under G nothing is fuller: G and B join.
    assert_eq!([0, 4, 8, 20].map(|at| roll.comp[at]), [0b11, 0b11, 0b11, 0b1000_1000_1000]);
    roll.comp[20] = 1 << 39;
    roll.fill_thin(&columns, &chord);
    assert_eq!(roll.comp[20], 1 << 39 | 1 << 38 | 1 << 35);
}

#[test]
fn notes_become_the_roll_that_they_came_from() {
    let columns = Columns::new(metre(4, 4), false).unwrap();
    let note = |onset: f64, length: f64, midi: i32| Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(midi),
        velocity: Velocity::new(80),
    };
    let parts = [
        vec![note(8.01, 0.1, 36), note(10.0, 0.1, 38)],
        vec![note(8.0, 1.5, 36), note(9.5, 9.0, 24)],
        vec![note(8.0, 1.0, 60), note(8.0, 1.0, 64), note(11.25, 0.25, 108)],
    ];
    let roll = roll_of(&columns, 1, c_major(), &parts);
    assert_eq!((roll.drums[0], roll.drums[8]), (1, 2));
    let bass = roll.bass_notes(&columns);
    // Tokens count from the tonic below middle C; too low a note is an octave higher.
    assert_eq!(bass[0], Strike { at: 0, length: 6, rows: 1 << (36 - 24 - 4) });
    assert_eq!(bass[1], Strike { at: 6, length: 26, rows: 1 << (36 - 24 - 4) });
    let comp = roll.comp_strikes(&columns);
    assert_eq!(comp[0], Strike { at: 0, length: 4, rows: 1 << 12 | 1 << 16 });
    assert_eq!(comp[1], Strike { at: 13, length: 1, rows: 1 << 36 });
}

#[test]
fn chords_stand_over_the_columns_of_their_window() {
    let columns = Columns::new(metre(4, 4), false).unwrap();
    let span = |onset: f64, root: i32| ChordSpan {
        onset: Beats(onset),
        length: Beats(4.0),
        chord: Chord { root: PitchClass::new(root), quality: ChordQuality::Major },
    };
    let roll = chord_roll(&columns, 1, c_major(), &[span(0.0, 2), span(8.0, 0), span(12.0, 7)]);
    let root = |column: usize| (12..24).find(|row| roll[row * COLUMNS + column] == 1.0);
    assert_eq!(
        (root(0), root(15), root(16), root(24), root(39)),
        (Some(12), Some(12), None, Some(19), Some(19))
    );
    assert_eq!(roll.iter().sum::<f32>(), 4.0 * 32.0);
}

#[test]
fn keys_outside_of_the_scale_move_to_the_nearest_of_it() {
    let chord = Chord { root: PitchClass::new(9), quality: ChordQuality::Minor };
    assert_eq!(in_scale(61, c_major(), None), 60);
    assert_eq!(
        in_scale(61, c_major(), Some(Chord { root: PitchClass::new(7), quality: ChordQuality::Major })),
        62
    );
    assert_eq!(in_scale(63, c_major(), Some(chord)), 64);
    assert_eq!(in_scale(64, c_major(), Some(chord)), 64);
}

#[test]
fn the_rules_prefer_what_musicians_would() {
    let columns = Columns::new(metre(4, 4), false).unwrap();
    let chords = [ChordSpan {
        onset: Beats(0.0),
        length: Beats(8.0),
        chord: Chord { root: PitchClass::new(0), quality: ChordQuality::Major },
    }];
    let chord = chord_roll(&columns, 0, c_major(), &chords);
    let wish = Wish { wanted: [true; 3], density: 0.0, complexity: 0.0 };
    let score = |roll: &Roll, wish: &Wish| TextureScores::new(roll, &columns, &chord, 0.0, wish);
    let mut good = Roll::EMPTY;
    for at in (0..32).step_by(4) {
        good.drums[at] = 1;
        good.bass[at] = Some(8);
        good.comp[at] = 1 << 12 | 1 << 16 | 1 << 19;
    }
    let best = score(&good, &wish);
    assert_eq!((best.empty, best.chord_tones, best.roots), (0.0, 1.0, 1.0));
    assert_eq!((best.off_beats, best.densities), (0.0, [1.0; 3]));
    let worse = |change: &dyn Fn(&mut Roll)| {
        let mut roll = good;
        change(&mut roll);
        assert!(score(&roll, &wish).total < best.total);
        score(&roll, &wish)
    };
    assert_eq!(worse(&|roll| roll.bass = [None; COLUMNS]).empty, 1.0 / 3.0);
    assert_eq!(worse(&|roll| roll.bass[0] = Some(10)).roots, 0.0);
    assert!(worse(&|roll| roll.comp[4] = 1 << 13 | 1 << 15).chord_tones < 1.0);
    assert!(worse(&|roll| roll.comp[4] = 1 << 12).thin > 0.0);
    let mut off = good;
    off.comp[6] = off.comp[4];
    let complex = Wish { complexity: 1.0, density: 1.0, ..wish };
    assert!(score(&off, &complex).total > score(&good, &complex).total);
}
