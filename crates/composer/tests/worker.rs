//! The worker with the models that ship: a tune goes in, an idea comes out.

use linnet_composer::{Config, NextStep, Worker};
use linnet_handover::audio_to_worker::{FromAudio, Moment};
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::Start;
use linnet_handover::worker_view::Activity;
use linnet_handover::{AudioPorts, EditorPorts, connect};
use linnet_music::{
    Beats, Controls, Idea, Mode, Note, Part, Pitch, Scale, Style, Tempo, TimeSignature, Velocity,
};

struct Band {
    worker: Worker,
    audio: AudioPorts,
    editor: EditorPorts,
    metre: TimeSignature,
}

impl Band {
    fn new(metre: TimeSignature) -> Self {
        let (audio, ports, editor) = connect();
        Self { worker: Worker::new(ports, Config::default()), audio, editor, metre }
    }

    fn moment(&self, position: f64) -> Moment {
        let bar = self.metre.bar().0;
        Moment {
            position: Beats(position),
            bar_start: Beats((position / bar).floor() * bar),
            tempo: Tempo::new(100.0),
            metre: self.metre,
            playing: true,
        }
    }

    /// Plays one note after the other: pairs of key and length.
    fn play(&mut self, tune: &[(i32, f64)]) -> f64 {
        let mut now = 0.0;
        for (key, length) in tune {
            let (pitch, at) = (Pitch::new(*key), self.moment(now));
            self.audio.to_worker.send(FromAudio::NoteOn {
                pitch,
                velocity: Velocity::new(88),
                channel: 0,
                at,
            });
            now += length;
            let at = self.moment(now - 0.02);
            self.audio.to_worker.send(FromAudio::NoteOff { pitch, channel: 0, at });
        }
        now
    }

    fn ask(&mut self, controls: Controls, position: f64) -> Idea {
        let at = self.moment(position);
        self.editor
            .orders
            .send(Order::Ask { controls, start: Start::NextBar, at })
            .expect("the worker listens");
        while self.worker.step() == NextStep::Continue {}
        let snapshot = self.editor.worker.snapshot();
        assert_eq!(snapshot.activity, Activity::Ready, "{}", snapshot.note);
        drop(snapshot);
        self.editor.worker.session().ideas().last().cloned().expect("an idea")
    }
}

fn metre(numerator: i32, denominator: i32) -> TimeSignature {
    TimeSignature::new(numerator, denominator).expect("a metre")
}

/// The first half of the tune of Beethoven's Ninth, in D.
const ODE: [(i32, f64); 15] = [
    (66, 1.0),
    (66, 1.0),
    (67, 1.0),
    (69, 1.0),
    (69, 1.0),
    (67, 1.0),
    (66, 1.0),
    (64, 1.0),
    (62, 1.0),
    (62, 1.0),
    (64, 1.0),
    (66, 1.0),
    (66, 1.5),
    (64, 0.5),
    (64, 2.0),
];

/// Greensleeves in A minor, from its first bar line.
const GREENSLEEVES: [(i32, f64); 16] = [
    (72, 1.0),
    (74, 0.5),
    (76, 0.75),
    (77, 0.25),
    (76, 0.5),
    (74, 1.0),
    (71, 0.5),
    (67, 0.75),
    (69, 0.25),
    (71, 0.5),
    (72, 1.0),
    (69, 0.5),
    (69, 0.75),
    (68, 0.25),
    (69, 0.5),
    (71, 1.5),
];

fn check(tune: &[(i32, f64)], metre: TimeSignature, key: &str) {
    let mut band = Band::new(metre);
    let end = band.play(tune);
    let idea = band.ask(Controls::default(), end);
    assert_eq!((idea.key.to_string(), idea.bars(), idea.metre), (key.into(), 4, metre));
    for part in Part::ALL {
        assert!(!idea.phrase(part).is_empty(), "{} has no notes", part.name());
    }
    // The key was inferred, so that a note may lie outside its scale.
    let lead = idea.phrase(Part::Lead).notes();
    let outside = lead.iter().filter(|note| !idea.key.contains(note.pitch)).count();
    assert!(8 * outside <= lead.len(), "{outside} of {} notes are outside of {}", lead.len(), idea.key);
    // The phrase model, the drums, and the groove.
    assert_eq!(idea.provenance.models.len(), 3);
    assert!(idea.provenance.models.iter().all(|model| model.split(' ').count() == 3));
    assert!(idea.provenance.training_sets.len() > 3);
    assert_eq!(idea.provenance.heard.len(), tune.len());
    assert!(idea.provenance.longest_shared_run.notes < 12);
}

#[test]
fn a_tune_is_answered_in_its_key_and_metre() {
    check(&ODE, TimeSignature::COMMON, "D major");
    check(&GREENSLEEVES, metre(6, 8), "A minor");
}

#[test]
fn the_same_request_gives_the_same_idea_and_another_seed_another() {
    let idea = |seed: u16| {
        let mut band = Band::new(TimeSignature::COMMON);
        let end = band.play(&ODE);
        band.ask(Controls { seed, ..Controls::default() }, end)
    };
    let (first, second, other) = (idea(1), idea(1), idea(2));
    assert_eq!(first, second);
    assert_ne!(first.phrase(Part::Lead), other.phrase(Part::Lead));
}

#[test]
fn an_idea_is_invented_from_nothing_in_any_scale() {
    for scale in Scale::ALL {
        let mut band = Band::new(metre(3, 4));
        let controls = Controls { mode: Mode::Invent, scale: Some(scale), bars: 2, ..Controls::default() };
        let idea = band.ask(controls, 0.0);
        let pitched = idea.phrases[..3].iter().flat_map(linnet_music::Phrase::notes);
        assert!(pitched.clone().count() > 5, "{}", idea.key);
        assert!(pitched.into_iter().all(|note| idea.key.contains(note.pitch)), "{}", idea.key);
    }
}

#[test]
fn a_whole_phrase_of_the_training_set_asked_back_is_not_given_back() {
    let mut band = Band::new(TimeSignature::COMMON);
    let end = band.play(&ODE);
    for seed in 0..6 {
        let idea = band.ask(Controls { seed, surprise: 0.0, ..Controls::default() }, end);
        assert!(idea.provenance.longest_shared_run.notes < 12, "{:?}", idea.provenance.longest_shared_run);
    }
}

#[test]
fn humanise_says_how_far_from_the_grid_notes_come_and_energy_how_loud_they_are() {
    let idea = |humanise: f32, energy: f32| {
        let mut band = Band::new(TimeSignature::COMMON);
        let mode = Mode::Invent;
        band.ask(Controls { mode, humanise, energy, style_a: Some(Style::Funk), ..Controls::default() }, 0.0)
    };
    let off_grid = |idea: &Idea, part: Part| -> f64 {
        let off = |note: &Note| (note.onset.0 * 12.0 - (note.onset.0 * 12.0).round()).abs() / 12.0;
        let notes = idea.phrase(part).notes();
        notes.iter().map(off).sum::<f64>() / notes.len() as f64
    };
    let loud = |idea: &Idea| {
        let notes = idea.phrase(Part::Drums).notes();
        notes.iter().map(|note| f64::from(note.velocity.midi())).sum::<f64>() / notes.len() as f64
    };
    let (straight, human) = (idea(0.0, 0.5), idea(1.0, 0.5));
    for part in [Part::Drums, Part::Bass] {
        assert!(off_grid(&straight, part) < 1e-9, "{}", part.name());
        let off = off_grid(&human, part);
        println!("{}: {:.1} ms off the grid", part.name(), off * 600.0);
        assert!(off > 0.002 && off < 0.1, "{}: {off}", part.name());
    }
    for part in Part::ALL {
        let notes = human.phrase(part).notes();
        assert!(
            notes.iter().all(|note| note.onset.0 >= 0.0 && note.end() <= human.length),
            "{}",
            part.name()
        );
    }
    let (calm, driving) = (loud(&idea(0.4, 0.1)), loud(&idea(0.4, 0.9)));
    println!("Drums: {calm:.0} calm, {:.0}, {driving:.0} driving", loud(&idea(0.4, 0.5)));
    assert!(calm + 15.0 < driving, "{calm} {driving}");
}

#[test]
fn the_mood_of_an_idea_from_nothing_is_in_its_chords() {
    let bright = |valence: f32| {
        let mut band = Band::new(TimeSignature::COMMON);
        let idea = band.ask(Controls { mode: Mode::Invent, valence, ..Controls::default() }, 0.0);
        let minor = idea.harmony.iter().filter(|span| span.chord.to_string().contains('m'));
        (idea.key.scale, minor.count() as f64 / idea.harmony.len() as f64)
    };
    let (dark, light) = (bright(-0.6), bright(0.6));
    assert_eq!((dark.0, light.0), (Scale::Minor, Scale::Major));
    assert!(dark.1 > light.1, "{dark:?} {light:?}");
}
