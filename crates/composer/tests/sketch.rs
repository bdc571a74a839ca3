//! Sketch with the models that ship: what its textures sound like, and that engines agree on them.

use linnet_composer::{Config, NextStep, Worker};
use linnet_handover::audio_to_worker::Moment;
use linnet_handover::connect;
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::Start;
use linnet_handover::worker_view::Activity;
use linnet_music::{Beats, Controls, Idea, Mode, Note, Part, Scale, Style, Tempo, TimeSignature};
use std::path::PathBuf;

const BAND: [bool; 4] = [false, true, true, true];

fn metre(numerator: i32, denominator: i32) -> TimeSignature {
    TimeSignature::new(numerator, denominator).expect("a metre")
}

/// The ideas that `asked` bring on the engine at `runtime`, or the built-in one.
fn ideas(runtime: Option<PathBuf>, asked: &[(Controls, TimeSignature)]) -> Vec<Idea> {
    let (_audio, ports, editor) = connect();
    let mut worker = Worker::new(ports, Config { runtime, ..Config::default() });
    for (controls, metre) in asked {
        let at = Moment {
            position: Beats(0.0),
            bar_start: Beats(0.0),
            tempo: Tempo::new(110.0),
            metre: *metre,
            playing: true,
        };
        let order = Order::Ask { controls: *controls, start: Start::NextBar, at };
        editor.orders.send(order).expect("the worker listens");
        while worker.step() == NextStep::Continue {}
        assert_eq!(editor.worker.snapshot().activity, Activity::Ready);
    }
    editor.worker.session().ideas().to_vec()
}

fn sketches(style: Option<Style>, count: u16) -> Vec<Idea> {
    let sketch = |seed| Controls {
        mode: Mode::Sketch,
        seed,
        style_a: style,
        on: BAND,
        humanise: 0.0,
        ..Controls::default()
    };
    let asked: Vec<_> = (1..=count).map(|seed| (sketch(seed), TimeSignature::COMMON)).collect();
    ideas(None, &asked)
}

/// The share of the quarters of `ideas` at which `note` is true of a drum.
fn share_of_beats(ideas: &[Idea], beats: &[u32], key: u8) -> f32 {
    let (mut hit, mut all) = (0.0, 0.0);
    for idea in ideas {
        for bar in 0..idea.bars() {
            for beat in beats {
                let at = f64::from(4 * bar + beat);
                let is_hit = |note: &Note| note.pitch.midi() == key && (note.onset.0 - at).abs() < 0.01;
                all += 1.0;
                hit += f32::from(u8::from(idea.phrase(Part::Drums).notes().iter().any(is_hit)));
            }
        }
    }
    hit / all
}

fn bars_with(idea: &Idea, part: Part) -> u32 {
    let bar = idea.metre.bar().0;
    let sounds = |bar_index: &u32| {
        let (from, to) = (f64::from(*bar_index) * bar, f64::from(bar_index + 1) * bar);
        idea.phrase(part).notes().iter().any(|note| note.onset.0 < to && note.end().0 > from + 0.01)
    };
    (0..idea.bars()).filter(sounds).count() as u32
}

#[test]
fn styles_have_their_drums_and_no_part_falls_silent() {
    let (kick, snare) = (36, 38);
    let house = sketches(Some(Style::House), 6);
    let pop = sketches(Some(Style::Pop), 6);
    let four_to_the_floor = |ideas: &[Idea]| share_of_beats(ideas, &[0, 1, 2, 3], kick);
    println!("kick on the beats: house {}, pop {}", four_to_the_floor(&house), four_to_the_floor(&pop));
    println!("snare on 2 and 4: pop {}", share_of_beats(&pop, &[1, 3], snare));
    assert!(four_to_the_floor(&house) > 0.8);
    assert!(four_to_the_floor(&pop) < 0.7);
    assert!(share_of_beats(&pop, &[1, 3], snare) > 0.6);
    for idea in house.iter().chain(&pop) {
        for part in [Part::Drums, Part::Bass, Part::Chords] {
            let bars = bars_with(idea, part);
            assert!(bars + 1 >= idea.bars(), "{} sounds in {bars} bars", part.name());
        }
    }
}

#[test]
fn the_bass_begins_chords_on_their_roots_and_the_density_knob_is_heard() {
    let asked: Vec<_> = [0.1, 0.5, 0.9]
        .into_iter()
        .flat_map(|density| (1..=4).map(move |seed| (density, seed)))
        .map(|(density, seed)| {
            let controls = Controls { mode: Mode::Sketch, seed, density, on: BAND, ..Controls::default() };
            (controls, TimeSignature::COMMON)
        })
        .collect();
    let found = ideas(None, &asked);
    let count = |ideas: &[Idea], part: Part| -> usize {
        ideas.iter().map(|idea| idea.phrase(part).notes().len()).sum()
    };
    for part in [Part::Drums, Part::Bass, Part::Chords] {
        let counts: Vec<usize> = found.chunks(4).map(|ideas| count(ideas, part)).collect();
        println!("{}: {counts:?} notes", part.name());
        assert!(counts.windows(2).all(|pair| pair[0] < pair[1]), "{} {counts:?}", part.name());
    }
    let (mut on_root, mut all) = (0, 0);
    for idea in &found {
        for span in &idea.harmony {
            let begins = |note: &&Note| (note.onset.0 - span.onset.0).abs() < 0.06;
            if let Some(note) = idea.phrase(Part::Bass).notes().iter().find(begins) {
                all += 1;
                on_root += usize::from(note.pitch.class() == span.chord.root);
            }
        }
    }
    println!("{on_root} of {all} chords begin with their root");
    assert!(on_root * 10 >= all * 7, "{on_root} of {all}");
}

#[test]
fn the_complexity_knob_is_heard() {
    let off_beats = |complexity: f32| {
        let sketch =
            |seed| Controls { mode: Mode::Sketch, seed, complexity, on: BAND, ..Controls::default() };
        let asked: Vec<_> = (1..9).map(|seed| (sketch(seed), TimeSignature::COMMON)).collect();
        let found = ideas(None, &asked);
        // Kick and snare of the drums.
        let counts = |part: Part, note: &Note| part != Part::Drums || note.pitch.midi() <= 38;
        let (mut off, mut all) = (0, 0);
        for (part, notes) in found.iter().flat_map(|idea| Part::ALL.map(|part| (part, idea.phrase(part)))) {
            for note in notes.notes().iter().filter(|note| counts(part, note)) {
                all += 1;
                off += usize::from((note.onset.0 - note.onset.0.round()).abs() > 0.1);
            }
        }
        off as f32 / all as f32
    };
    let shares = [0.0, 0.5, 1.0].map(off_beats);
    println!("off the beat: {shares:?}");
    assert!(shares[2] > shares[0] + 0.04, "{shares:?}");
}

#[test]
fn both_engines_sketch_the_same_notes() {
    let Some(runtime) = onnx_runtime() else {
        println!("Skipped: there is no ONNX Runtime; LINNET_ONNXRUNTIME names one.");
        return;
    };
    let metres = [metre(4, 4), metre(3, 4), metre(6, 8), metre(7, 4), metre(5, 4)];
    let asked: Vec<_> = (0..20usize)
        .map(|round| {
            let controls = Controls {
                mode: Mode::Sketch,
                seed: 100 + round as u16,
                bars: 2 + (round % 4) as u8,
                humanise: 0.0,
                style_a: (round % 3 > 0).then(|| Style::ALL[round]),
                scale: (round % 2 > 0).then(|| Scale::ALL[round % 7]),
                on: BAND,
                ..Controls::default()
            };
            (controls, metres[round % metres.len()])
        })
        .collect();
    let (one, other) = (ideas(None, &asked), ideas(Some(runtime), &asked));
    // The groove model is of 8 bits, so that touches differ by a hair; what sounds where does not.
    let written = |idea: &Idea| -> Vec<Vec<(i64, u8)>> {
        let place = |note: &Note| ((note.onset.0 * 4.0).round() as i64, note.pitch.midi());
        let phrases = idea.phrases.iter();
        phrases
            .map(|phrase| {
                let mut places: Vec<_> = phrase.notes().iter().map(place).collect();
                places.sort_unstable();
                places
            })
            .collect()
    };
    let same_chords = one.iter().zip(&other).filter(|(one, other)| one.harmony == other.harmony);
    let (chords, same) = (
        same_chords.clone().count(),
        same_chords.filter(|(one, other)| written(one) == written(other)).count(),
    );
    println!("{chords} of 20 with the same chords, and {same} of these with the same notes");
    assert_ne!(one[0].provenance.engine, other[0].provenance.engine);
    assert!(chords >= 18 && same == chords, "{same} of {chords}");
}

/// The library that the environment names, or one in a usual place.
fn onnx_runtime() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("LINNET_ONNXRUNTIME") {
        return Some(path.into());
    }
    ["/usr/lib/libonnxruntime.so", "/usr/local/lib/libonnxruntime.so"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
}
