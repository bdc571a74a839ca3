//! No mode shows a copy of the training set, and what is the user's own is let be.

use super::*;
use crate::originality::tests::{Rows, corpus};
use crate::phrase::COPIED_NOTES;
use crate::phrase::line::on_grid;
use crate::tokens::line::GridNote;
use crate::tokens::{Grid, position_of_tick};
use linnet_music::{ChordsRole, Controls};

/// A melody where it was written.
fn written(notes: &[Note]) -> Vec<GridNote> {
    on_grid(notes, &Grid::new(TimeSignature::COMMON), 16, false)
}

/// A melody as a piece of a training set.
fn rows(notes: &[Note]) -> Rows {
    let bar_ticks = Grid::new(TimeSignature::COMMON).bar_ticks;
    let row = |note: &GridNote| {
        let position = position_of_tick(note.onset % bar_ticks).expect("a place of the grid");
        (note.onset / bar_ticks, position, (note.midi - 24) as u8)
    };
    written(notes).iter().map(row).collect()
}

/// The melodies of an idea: the lead, and a counter-line.
fn melodies(idea: &Idea) -> Vec<Vec<Note>> {
    let counter = (idea.controls.chords_role == ChordsRole::CounterLine).then_some(Part::Chords);
    [Some(Part::Lead), counter].into_iter().flatten().map(|part| notes(idea, part)).collect()
}

impl Band {
    /// Hears a tune, makes two ideas, and is asked for `controls` from the first of them, with `trained_on` as the
    /// training set. What is shown, best first, and the two ideas.
    fn shown(controls: Controls, trained_on: Option<&'static Originality>) -> (Vec<Idea>, [Idea; 2]) {
        let mut band = band();
        band.play_in(&POP);
        let plain = Controls {
            humanise: 0.0,
            bars: 8,
            density: 1.0,
            seed: controls.seed,
            chords_role: controls.chords_role,
            ..Controls::default()
        };
        band.ask(plain);
        let one = band.latest();
        band.ask(Controls { seed: plain.seed.wrapping_add(1), ..plain });
        let other = band.latest();
        band.editor.worker.session().set_current(Some(one.id));
        band.worker.originality = trained_on.or(band.worker.originality);
        let known = band.ideas();
        band.ask(Controls { humanise: 0.0, morph_with: Some(other.id), ..controls });
        assert_eq!(band.activity(), Activity::Ready);
        if band.ideas() == known {
            assert!(band.editor.worker.snapshot().note.contains("training piece"));
            return (Vec::new(), [one, other]);
        }
        let alternatives = band.editor.worker.snapshot().alternatives.clone();
        let shown = std::iter::once(band.latest()).chain(alternatives.iter().map(|idea| (**idea).clone()));
        (shown.collect(), [one, other])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn no_mode_shows_a_copy(
        mode in 0usize..8, seed in any::<u16>(), similarity in 0.0..0.8f32, place in 0.1..0.9f32, is_counter in any::<bool>(),
    ) {
        let mode = Mode::ALL[mode];
        // With locked bars an end of Morph is of two ideas, and no longer one of them.
        let locked_bars = if mode == Mode::Morph { [0; 4] } else { [0x81; 4] };
        let controls = Controls {
            mode, seed, similarity, morph: place, locked_bars, bars: 8, density: 1.0,
            chords_role: if is_counter { ChordsRole::CounterLine } else { ChordsRole::Comping },
            ..Controls::default()
        };
        let (shown, ideas) = Band::shown(controls, None);
        let pieces: Vec<(&str, Rows)> =
            shown.iter().flat_map(melodies).map(|line| ("shown before", rows(&line))).collect();
        let trained: &'static Originality = Box::leak(Box::new(Originality::from_bytes(&corpus(&pieces)).unwrap()));
        let run = |line: &[Note]| {
            let line: Vec<Note> = written(line).iter().map(|note| note.to_note(Velocity::new(84))).collect();
            trained.longest_shared_run(&line).notes
        };
        let is_written = !matches!(mode, Mode::Groove | Mode::Accompany) || (is_counter && mode == Mode::Accompany);
        if is_written {
            let before = shown.iter().flat_map(melodies).map(|line| run(&line)).max();
            prop_assert!(before >= Some(COPIED_NOTES), "nothing would have been refused: {before:?}");
        }
        let (again, _) = Band::shown(controls, Some(trained));
        let own = ideas.iter().flat_map(melodies).map(|line| run(&line)).max().unwrap_or(0);
        for idea in &again {
            let melodies = melodies(idea);
            let composed = if mode == Mode::Accompany { &melodies[1..] } else { &melodies[..] };
            for line in composed {
                let shared = run(line);
                // A run as long of the user's own ideas is theirs.
                prop_assert!(shared < COPIED_NOTES || shared <= own, "{} shows {shared} notes", mode.name());
            }
        }
    }
}
