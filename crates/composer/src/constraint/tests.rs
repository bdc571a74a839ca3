use super::*;
use crate::tokens::Grid;
use crate::tokens::line::{Line, decode};
use linnet_music::{Beats, Chord, ChordQuality, ChordSpan, PitchClass, Scale, TimeSignature};
use proptest::prelude::*;

fn window(metre: TimeSignature, key: Key, bars: usize, chords: &[ChordSpan]) -> Window {
    let grid = Grid::new(metre);
    Window::new(grid, key, 0, bars * grid.splits as usize, chords)
}

/// A line that takes, of what is allowed, the class that `choose` says.
fn random_line(window: &Window, rules: &Rules, mut choose: impl FnMut(usize) -> usize) -> Line {
    let mut progress = Progress::new(window);
    let mut line = Line::default();
    let mut pick = |mask: &[bool]| {
        let allowed: Vec<usize> = (0..mask.len()).filter(|class| mask[*class]).collect();
        assert!(!allowed.is_empty());
        allowed[choose(allowed.len())]
    };
    while progress.bar() < window.bars {
        let mut positions = [false; POSITIONS + 1];
        rules.positions(window, &progress, line.notes_in(line.bar()), &mut positions);
        let position = pick(&positions) as u8;
        let mut event = Event::BAR;
        if position != BAR {
            let (mut pitches, mut durations) = ([false; PITCHES], [false; DURATIONS.len()]);
            rules.pitches(window, &progress, position, &mut pitches);
            let pitch = pick(&pitches) as u8;
            rules.durations(window, &progress, position, pitch, &mut durations);
            event = Event { position, pitch, duration: pick(&durations) as u8 };
        }
        rules.push(window, &mut progress, event);
        line.push(event);
    }
    line
}

proptest! {
    #[test]
    fn whatever_is_drawn_the_line_keeps_to_its_rules(
        draws in prop::collection::vec(0usize..10_000, 64),
        numerator in 1i32..=16,
        power in 0u32..6,
        bars in 1usize..6,
        tonic in 0i32..12,
        scale in 0usize..12,
        range in 5u8..=36,
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let key = Key { tonic: PitchClass::new(tonic), scale: Scale::ALL[scale] };
        let chord = Chord { root: key.tonic, quality: ChordQuality::Major };
        let span = ChordSpan { onset: Beats(0.0), length: Beats(3.0), chord };
        let window = window(metre, key, bars, &[span]);
        let rules = Rules::new(key, 48, 96, range, window.bars);
        let mut at = 0;
        let line = random_line(&window, &rules, |choices| {
            at += 1;
            (draws[at % draws.len()] + at) % choices
        });
        let notes = decode(line.events(), &window.grid, key.tonic, window.bars).unwrap();
        prop_assert!(!notes.is_empty());
        let end = window.bars as u32 * window.grid.bar_ticks;
        let keys = notes.iter().map(|note| note.midi);
        prop_assert!(keys.clone().max().unwrap() - keys.clone().min().unwrap() <= i32::from(range));
        for note in &notes {
            prop_assert!((48..=96).contains(&note.midi));
            prop_assert!(key.contains(linnet_music::Pitch::new(note.midi)));
            prop_assert!(note.onset + note.length <= end);
        }
        for pair in notes.windows(2) {
            prop_assert!(pair[1].onset - pair[0].onset >= GAP_MIN);
        }
        let last = notes.last().unwrap();
        let stable = match window.chord(last.onset) {
            Some(chord) if chord.mask() & key_mask(key) != 0 => chord.contains(linnet_music::Pitch::new(last.midi)),
            _ => [0, 3, 4, 7].contains(&(last.midi - tonic).rem_euclid(12)),
        };
        prop_assert!(stable, "the last note is {} in {key}", last.midi);
    }
}

fn key_mask(key: Key) -> u16 {
    (0..12)
        .filter(|class| key.contains(linnet_music::Pitch::new(*class)))
        .fold(0, |mask, class| mask | 1 << class)
}

#[test]
fn a_quarter_is_divided_into_twos_or_into_threes() {
    let event = |position| Event { position, pitch: 36, duration: 0 };
    // In a quarter: position 3 is a sixteenth, 4 a third, 6 the eighth.
    assert!(fits_subdivision(8, &[event(0)]));
    assert!(!fits_subdivision(8, &[event(0), event(3)]));
    assert!(fits_subdivision(8 + 24, &[event(0), event(3)]));
    assert!(!fits_subdivision(18, &[event(4)]));
}
