mod copies;
mod relative;
mod sketch;

use super::stand_in::{self, Behaviour};
use super::*;
use crate::harmony;
use linnet_handover::worker_to_audio::{Score, ToAudio};
use linnet_handover::{AudioPorts, EditorPorts, connect};
use linnet_music::{
    Beats, Idea, Key, Mode, Note, Part, Pitch, PitchClass, Scale, Session, Tempo, TimeSignature, Velocity,
};
use proptest::prelude::*;
use std::path::PathBuf;

/// A worker with stand-in models, and the other ends of its queues.
struct Band {
    worker: Worker,
    audio: AudioPorts,
    editor: EditorPorts,
}

fn band_with(loader: Loader) -> Band {
    let (audio, worker, editor) = connect();
    Band { worker: Worker::with_loader(worker, Config::default(), loader), audio, editor }
}

fn band() -> Band {
    band_with(stand_in::loader(Behaviour::Even))
}

fn moment(position: f64, metre: TimeSignature) -> Moment {
    let bar = metre.bar().0;
    Moment {
        position: Beats(position),
        bar_start: Beats((position / bar).floor() * bar),
        tempo: Tempo::default(),
        metre,
        playing: true,
    }
}

fn at(position: f64) -> Moment {
    moment(position, TimeSignature::COMMON)
}

impl Band {
    fn order(&mut self, order: Order) {
        self.editor.orders.send(order).unwrap();
    }

    /// Steps until there is nothing to do.
    fn rest(&mut self) {
        for _ in 0..100_000 {
            if self.worker.step() != NextStep::Continue {
                return;
            }
        }
        panic!("the worker never comes to rest");
    }

    /// Asks and waits for the answer.
    fn ask(&mut self, controls: Controls) {
        self.ask_at(controls, at(16.0));
    }

    fn ask_at(&mut self, controls: Controls, at: Moment) {
        self.order(Order::Ask { controls, start: Start::NextBar, at });
        self.rest();
    }

    /// Plays notes in: rows of onset, length and key.
    fn play_in(&mut self, rows: &[(f64, f64, i32)]) {
        let mut messages: Vec<(f64, FromAudio)> = Vec::new();
        for (onset, length, pitch) in rows {
            let (pitch, velocity, end) = (Pitch::new(*pitch), Velocity::new(90), onset + length);
            messages.push((*onset, FromAudio::NoteOn { pitch, velocity, channel: 0, at: at(*onset) }));
            messages.push((end, FromAudio::NoteOff { pitch, channel: 0, at: at(end) }));
        }
        messages.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, message) in messages {
            self.audio.to_worker.send(message);
        }
        self.rest();
    }

    /// What the audio thread was last sent.
    fn sent(&mut self) -> Option<ToAudio> {
        let mut last = None;
        while let Some(order) = self.audio.scores.receive() {
            if let Some(ToAudio::Play(score)) = last.replace(order) {
                self.audio.scores.give_back(score);
            }
        }
        last
    }

    fn score(&mut self) -> Score {
        match self.sent() {
            Some(ToAudio::Play(score)) => *score,
            other => panic!("{other:?} is no score"),
        }
    }

    fn latest(&self) -> Idea {
        self.editor.worker.session().ideas().last().cloned().expect("an idea")
    }

    fn ideas(&self) -> usize {
        self.editor.worker.session().ideas().len()
    }

    fn activity(&self) -> Activity {
        self.editor.worker.snapshot().activity.clone()
    }
}

/// C, A minor, F and G, a bar each, in close position.
const POP: [(f64, f64, i32); 12] = [
    (0.0, 3.9, 60),
    (0.0, 3.9, 64),
    (0.0, 3.9, 67),
    (4.0, 3.9, 57),
    (4.0, 3.9, 60),
    (4.0, 3.9, 64),
    (8.0, 3.9, 53),
    (8.0, 3.9, 57),
    (8.0, 3.9, 60),
    (12.0, 3.9, 55),
    (12.0, 3.9, 59),
    (12.0, 3.9, 62),
];

fn notes(idea: &Idea, part: Part) -> Vec<Note> {
    idea.phrase(part).notes().to_vec()
}

#[test]
fn an_ask_is_answered_with_an_idea_in_the_session_and_a_score() {
    let mut band = band();
    band.order(Order::Prepare);
    assert_eq!(band.activity(), Activity::Asleep);
    band.rest();
    assert_eq!(band.activity(), Activity::Ready);
    band.ask(Controls::default());
    let idea = band.latest();
    assert_eq!((idea.id, idea.length, idea.bars()), (IdeaId(1), Beats(16.0), 4));
    assert!(Part::ALL.iter().all(|part| !idea.phrase(*part).is_empty()), "{idea:?}");
    let score = band.score();
    assert_eq!((score.idea, score.start), (IdeaId(1), Start::NextBar));
    for part in Part::ALL {
        assert_eq!(&*score.parts[part.index()], idea.phrase(part).notes());
    }
    let snapshot = band.editor.worker.snapshot();
    assert_eq!(snapshot.activity, Activity::Ready);
    assert_eq!(snapshot.latest, Some(IdeaId(1)));
    assert_eq!(snapshot.engine, "stand-in 1");
    assert!(snapshot.proposal_ms > 0.0);
    assert!(!snapshot.alternatives.is_empty());
}

#[test]
fn an_ask_of_the_audio_thread_is_answered_alike() {
    let mut band = band();
    let controls = Controls { bars: 2, ..Controls::default() };
    band.audio.to_worker.send(FromAudio::Ask { controls, start: Start::NextBeat, at: at(3.0) });
    band.rest();
    assert_eq!(band.score().start, Start::NextBeat);
    assert_eq!(band.latest().bars(), 2);
}

#[test]
fn the_same_request_gives_the_same_notes_and_another_seed_others() {
    let idea = |seed: u16| {
        let mut band = band();
        band.play_in(&POP);
        band.ask(Controls { seed, ..Controls::default() });
        band.latest()
    };
    assert_eq!(idea(7), idea(7));
    for part in [Part::Lead, Part::Drums] {
        assert_ne!(notes(&idea(7), part), notes(&idea(8), part), "{}", part.name());
    }
}

#[test]
fn the_record_names_all_that_took_part() {
    let mut band = band();
    band.ask(Controls::default());
    let record = band.latest().provenance;
    let all = ["phrase", "drums", "groove", "chords"].map(|name| format!("{name} 9 hash-of-{name}"));
    assert_eq!(record.models, all);
    assert_eq!(record.engine, "stand-in 1");
    assert!(record.training_sets.contains(&"set of phrase (CC0)".to_owned()));
    assert!(record.harmony_method.contains("chord model"), "{record:?}");
    band.play_in(&POP);
    band.ask(Controls { on: [true, false, false, false], ..Controls::default() });
    let record = band.latest().provenance;
    assert_eq!(record.models, ["phrase 9 hash-of-phrase", "groove 9 hash-of-groove"]);
    assert_eq!(record.heard.len(), POP.len());
    assert!(record.harmony_method.contains("Viterbi"), "{record:?}");
}

#[test]
fn a_dark_mood_alone_makes_a_minor_idea_and_a_bright_one_a_major() {
    let scale = |valence: f32| {
        let mut band = band();
        band.ask(Controls { mode: Mode::Invent, valence, ..Controls::default() });
        let idea = band.latest();
        assert!(valence == 0.0 || idea.provenance.harmony_method.contains("mood"));
        idea.key.scale
    };
    assert_eq!((scale(-0.5), scale(0.0), scale(0.5)), (Scale::Minor, Scale::Major, Scale::Major));
}

#[test]
fn accompany_harmonises_a_melody_and_follows_chords() {
    let tune = [(0.0, 2.0, 60), (2.0, 2.0, 64), (4.0, 4.0, 65), (8.0, 4.0, 67), (12.0, 4.0, 60)];
    let method = |rows: &[(f64, f64, i32)]| {
        let mut band = band();
        band.play_in(rows);
        band.ask(Controls { mode: Mode::Accompany, ..Controls::default() });
        let idea = band.latest();
        assert!(!idea.harmony.is_empty() && !idea.phrase(Part::Bass).is_empty());
        idea.provenance.harmony_method
    };
    assert!(method(&tune).contains("under the melody by the chord model (chords 9)"), "{}", method(&tune));
    assert!(method(&POP).contains("Viterbi"));
}

#[test]
fn a_locked_melody_is_harmonised_anew_where_its_chords_are_not_followed() {
    let mut band = band();
    band.ask(Controls::default());
    let before = band.latest();
    let locked = [true, false, false, false];
    let mode = Mode::Accompany;
    band.ask(Controls { mode, locked, seed: 9, ..Controls::default() });
    assert_eq!(band.latest().harmony, before.harmony);
    band.ask(Controls { mode, locked, seed: 9, follow_chords: false, ..Controls::default() });
    let after = band.latest();
    assert_ne!(after.harmony, before.harmony);
    assert_eq!(after.phrase(Part::Lead), before.phrase(Part::Lead));
    assert!(after.provenance.harmony_method.contains("under the melody"));
}

#[test]
fn fill_writes_the_open_bars_of_the_drums_and_leaves_the_others() {
    let mut band = band();
    band.ask(Controls::default());
    let before = notes(&band.latest(), Part::Drums);
    let locked_bars = [u16::MAX, u16::MAX, u16::MAX, 0b1011];
    band.ask(Controls { mode: Mode::Fill, seed: 5, locked_bars, ..Controls::default() });
    let after = notes(&band.latest(), Part::Drums);
    let inside = |notes: &[Note], open: bool| -> Vec<Note> {
        notes.iter().copied().filter(|note| (7.9..11.9).contains(&note.onset.0) == open).collect()
    };
    assert_eq!(inside(&before, false), inside(&after, false));
    assert_ne!(inside(&before, true), inside(&after, true));
    assert!(!inside(&after, true).is_empty());
}

#[test]
fn a_newer_ask_cancels_the_one_under_way() {
    let mut band = band();
    band.order(Order::Ask { controls: Controls::default(), start: Start::NextBar, at: at(0.0) });
    while !matches!(band.activity(), Activity::Composing { .. }) {
        assert_eq!(band.worker.step(), NextStep::Continue);
    }
    band.ask(Controls { seed: 99, ..Controls::default() });
    assert_eq!(band.ideas(), 1);
    assert_eq!(band.latest().controls.seed, 99);
}

#[test]
fn a_cancelled_ask_leaves_nothing() {
    let mut band = band();
    band.order(Order::Ask { controls: Controls::default(), start: Start::NextBar, at: at(0.0) });
    while !matches!(band.activity(), Activity::Composing { .. }) {
        band.worker.step();
    }
    band.order(Order::Cancel);
    band.rest();
    assert_eq!((band.ideas(), band.activity()), (0, Activity::Ready));
    assert!(band.sent().is_none());
}

#[test]
fn the_chords_heard_go_on_under_the_answer() {
    let mut band = band();
    band.play_in(&POP);
    band.ask(Controls::default());
    let idea = band.latest();
    let harmony: Vec<String> = idea.harmony.iter().map(|span| span.chord.to_string()).collect();
    assert_eq!((harmony.join(" "), idea.key.to_string()), ("C Am F G".into(), "C major".into()));
    band.ask(Controls { follow_chords: false, ..Controls::default() });
    assert!(!band.latest().provenance.harmony_method.contains("Viterbi"));
}

#[test]
fn a_locked_part_stays_and_a_part_that_is_off_is_empty() {
    let mut band = band();
    band.ask(Controls::default());
    let before = band.latest();
    let controls = Controls {
        seed: 5,
        bars: 8,
        on: [true, true, true, false],
        locked: [false, true, false, false],
        ..Controls::default()
    };
    band.ask(controls);
    let after = band.latest();
    let twice: Vec<Note> = [0.0, 16.0]
        .iter()
        .flat_map(|by| {
            notes(&before, Part::Chords).into_iter().map(move |n| Note { onset: Beats(n.onset.0 + by), ..n })
        })
        .collect();
    assert_eq!(notes(&after, Part::Chords), twice);
    assert_eq!(after.harmony[..before.harmony.len()], before.harmony);
    assert_ne!(notes(&after, Part::Lead), notes(&before, Part::Lead));
    assert!(after.phrase(Part::Drums).is_empty());
    assert_eq!((after.parent, before.parent), (Some(before.id), None));
}

#[test]
fn groove_changes_only_the_drums() {
    let mut band = band();
    band.ask(Controls::default());
    let before = band.latest();
    band.ask(Controls { mode: Mode::Groove, seed: 3, bars: 2, ..Controls::default() });
    let after = band.latest();
    for part in [Part::Lead, Part::Chords, Part::Bass] {
        assert_eq!(after.phrase(part), before.phrase(part));
    }
    assert_eq!((after.length, &after.harmony), (before.length, &before.harmony));
    assert_ne!(after.phrase(Part::Drums), before.phrase(Part::Drums));
}

#[test]
fn groove_with_no_idea_before_plays_drums_alone() {
    let mut band = band();
    band.play_in(&POP);
    band.ask(Controls { mode: Mode::Groove, bars: 2, ..Controls::default() });
    let idea = band.latest();
    assert_eq!(idea.bars(), 2);
    assert!(idea.phrases[..3].iter().all(linnet_music::Phrase::is_empty));
    assert!(!idea.phrase(Part::Drums).is_empty());
}

#[test]
fn without_models_the_reason_is_shown_and_everything_else_goes_on() {
    let failure = Failure { title: "No model.".into(), detail: "x.onnx".into(), remedy: "Look.".into() };
    let shown = failure.clone();
    let mut stand_in = stand_in::loader(Behaviour::Even);
    let loader: Loader = Box::new(move |config| match &config.models_folder {
        Some(_) => Box::new(Err::<Loaded, _>(failure.clone())),
        None => stand_in(config),
    });
    let mut band = band_with(loader);
    band.ask(Controls::default());
    let kept = band.latest();
    band.order(Order::UseModels(Some(PathBuf::from("/nowhere"))));
    band.rest();
    assert_eq!(band.activity(), Activity::Failed(shown.clone()));
    band.ask(Controls::default());
    assert_eq!((band.ideas(), band.activity()), (1, Activity::Failed(shown)));
    assert!(band.editor.worker.snapshot().note.contains("x.onnx"));
    band.play_in(&POP);
    band.worker.heard_view.grow();
    band.order(Order::Play { idea: kept.id, start: Start::Now });
    band.rest();
    assert_eq!(band.score().idea, kept.id);
    band.order(Order::UseModels(None));
    band.ask(Controls::default());
    assert_eq!((band.ideas(), band.activity()), (2, Activity::Ready));
}

/// Models that never come.
struct Endless;

impl loader::Load for Endless {
    fn step(&mut self) -> Option<Result<Loaded, Failure>> {
        None
    }
}

#[test]
fn what_is_stored_is_played_while_the_models_still_load() {
    let kept = {
        let mut band = band();
        band.ask(Controls::default());
        band.latest()
    };
    let mut band = band_with(Box::new(|_| Box::new(Endless)));
    band.order(Order::Prepare);
    assert_eq!((band.worker.step(), band.activity()), (NextStep::Continue, Activity::Loading));
    {
        let mut session = band.editor.worker.session();
        session.push(kept.clone());
        session.set_current(Some(kept.id));
    }
    band.order(Order::SessionReplaced);
    assert_eq!(band.worker.step(), NextStep::Continue);
    assert_eq!((band.score().idea, band.activity()), (kept.id, Activity::Loading));
    band.order(Order::Quit);
    assert_eq!(band.worker.step(), NextStep::End);
}

#[test]
fn a_network_that_answers_nonsense_is_a_failure_in_words() {
    let mut band = band_with(stand_in::loader(Behaviour::Nan));
    band.ask(Controls::default());
    let Activity::Failed(failure) = band.activity() else { panic!("{:?}", band.activity()) };
    assert!(failure.detail.contains("not numbers"), "{failure:?}");
    assert_eq!(band.ideas(), 0);
}

#[test]
fn an_idea_of_the_history_is_played_as_it_is_stored() {
    let mut band = band();
    band.ask(Controls::default());
    let first = band.latest();
    band.ask(Controls { seed: 2, ..Controls::default() });
    band.order(Order::Play { idea: first.id, start: Start::NextFourBars });
    band.rest();
    let score = band.score();
    assert_eq!((score.idea, score.start), (first.id, Start::NextFourBars));
    assert_eq!(&*score.parts[0], first.phrase(Part::Lead).notes());
    assert_eq!(band.editor.worker.session().current().map(|idea| idea.id), Some(first.id));
    band.order(Order::Play { idea: IdeaId(77), start: Start::Now });
    band.rest();
    assert!(band.sent().is_none(), "there is no such idea");
}

#[test]
fn silence_is_ordered_and_leaves_no_current_idea() {
    let mut band = band();
    band.ask(Controls::default());
    band.order(Order::Silence);
    band.rest();
    assert!(matches!(band.sent(), Some(ToAudio::Silence)));
    assert!(band.editor.worker.session().current().is_none());
}

#[test]
fn an_idea_remembers_where_it_first_sounded_and_replays_from_there() {
    let mut band = band();
    band.ask(Controls::default());
    let started = |at: f64, playing| FromAudio::Started { idea: IdeaId(1), at: Beats(at), playing };
    band.audio.to_worker.send(started(3.0, false));
    band.rest();
    assert_eq!(band.latest().started_at, None, "the engine's own clock is no place in the song");
    band.audio.to_worker.send(started(20.0, true));
    band.audio.to_worker.send(started(36.0, true));
    band.rest();
    assert_eq!(band.latest().started_at, Some(Beats(20.0)));
    band.order(Order::SessionReplaced);
    band.rest();
    assert_eq!(band.score().start, Start::At(Beats(20.0)));
    band.audio.to_worker.send(started(0.0, true));
    band.rest();
    assert_eq!(band.latest().started_at, Some(Beats(20.0)), "a replay moves nothing");
    band.order(Order::Play { idea: IdeaId(1), start: Start::NextBar });
    band.rest();
    band.audio.to_worker.send(started(64.0, true));
    band.rest();
    assert_eq!(band.latest().started_at, Some(Beats(64.0)), "started afresh");
}

#[test]
fn what_was_being_composed_does_not_enter_a_session_that_is_loaded() {
    let mut band = band();
    band.order(Order::Ask { controls: Controls::default(), start: Start::NextBar, at: at(0.0) });
    while !matches!(band.activity(), Activity::Composing { .. }) {
        band.worker.step();
    }
    *band.editor.worker.session() = Session::default();
    band.order(Order::SessionReplaced);
    band.rest();
    assert_eq!((band.ideas(), band.activity()), (0, Activity::Ready));
}

#[test]
fn a_session_without_a_current_idea_is_silent() {
    let mut band = band();
    band.ask(Controls::default());
    *band.editor.worker.session() = Session::default();
    band.order(Order::SessionReplaced);
    band.rest();
    assert!(matches!(band.sent(), Some(ToAudio::Silence)));
}

#[test]
fn when_the_audio_thread_takes_nothing_the_newest_idea_waits_for_it() {
    let mut band = band();
    let only_chords = [false, true, false, false];
    for seed in 0..40 {
        band.ask(Controls { seed, on: only_chords, bars: 1, ..Controls::default() });
    }
    while let Some(order) = band.audio.scores.receive() {
        if let ToAudio::Play(score) = order {
            band.audio.scores.give_back(score);
        }
    }
    band.rest();
    assert_eq!(band.score().idea, IdeaId(40));
}

#[test]
fn what_is_heard_is_shown_with_key_and_chords_until_it_is_forgotten() {
    let mut band = band();
    band.play_in(&POP);
    let heard = Arc::clone(&band.editor.worker.snapshot().heard);
    assert_eq!((heard.notes.len(), heard.bars(), heard.start), (12, 4, Beats(0.0)));
    assert_eq!(heard.key, Some(Key { tonic: PitchClass::new(0), scale: Scale::Major }));
    assert_eq!(heard.chords.len(), 4);
    band.order(Order::ForgetHeard);
    band.worker.heard_view = HeardView::default();
    band.rest();
    assert_eq!(band.editor.worker.snapshot().heard.notes, []);
}

#[test]
fn an_order_to_quit_ends() {
    let mut band = band();
    band.order(Order::Quit);
    assert_eq!(band.worker.step(), NextStep::End);
}

#[test]
fn a_copy_of_the_training_set_is_never_shown() {
    let mut band = band();
    band.ask(Controls::default());
    for idea in band.editor.worker.session().ideas() {
        assert!(idea.provenance.longest_shared_run.notes < crate::phrase::COPIED_NOTES);
    }
    for alternative in &band.editor.worker.snapshot().alternatives {
        assert!(alternative.provenance.longest_shared_run.notes < crate::phrase::COPIED_NOTES);
    }
}

/// Whether `idea` can be played as it is.
fn check_playable(idea: &Idea) -> Result<(), TestCaseError> {
    for part in Part::ALL {
        let notes = idea.phrase(part).notes();
        prop_assert!(notes.windows(2).all(|pair| pair[0].onset <= pair[1].onset));
        for note in notes {
            prop_assert!(note.onset.0 >= 0.0 && note.end().0 <= idea.length.0 + 1e-9, "{note:?}");
        }
    }
    let mut end = 0.0;
    for span in &idea.harmony {
        prop_assert!((span.onset.0 - end).abs() < 1e-6, "{:?}", idea.harmony);
        end = (span.onset + span.length).0;
    }
    prop_assert!(idea.harmony.is_empty() || (end - idea.length.0).abs() < 1e-6);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_controls_in_any_metre_give_a_playable_idea_in_its_scale(
        rows in proptest::collection::vec((0.0..24.0f64, 0.1..3.0f64, 30..90i32), 0..20),
        (numerator, power, bars, seed) in (1..13i32, 1..5u32, 0u8..20, any::<u16>()),
        (mode, key, scale) in (0usize..3, proptest::option::of(0..12i32), proptest::option::of(0usize..12)),
        (density, surprise, swing, humanise) in (0.0..=1.0f32, 0.0..=1.0f32, 0.0..=0.75f32, 0.0..=1.0f32),
        (energy, complexity, valence) in (0.0..=1.0f32, 0.0..=1.0f32, -1.0..=1.0f32),
        (register, range, follow_chords) in (-2.0..=2.0f32, 5u8..=36, any::<bool>()),
        on in any::<[bool; 4]>(), locked in any::<[bool; 4]>(),
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let mut band = band();
        let mut rows = rows;
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (onset, _, pitch) in &rows {
            let (pitch, velocity) = (Pitch::new(*pitch), Velocity::new(90));
            band.audio.to_worker.send(FromAudio::NoteOn { pitch, velocity, channel: 0, at: moment(*onset, metre) });
        }
        let controls = Controls {
            mode: Mode::ALL[mode], bars, seed, key: key.map(PitchClass::new), scale: scale.map(|scale| Scale::ALL[scale]),
            follow_chords, density, surprise, register, range, swing, humanise, on, locked, energy, complexity,
            valence, ..Controls::default()
        };
        band.ask_at(Controls { locked: [false; 4], ..controls }, moment(24.0, metre));
        band.ask_at(Controls { seed: seed.wrapping_add(1), ..controls }, moment(24.0, metre));
        prop_assert_eq!(band.activity(), Activity::Ready);
        prop_assert_eq!(band.ideas(), 2);
        let ideas = band.editor.worker.session().ideas().to_vec();
        for idea in &ideas {
            check_playable(idea)?;
            let pitched = [Part::Lead, Part::Chords, Part::Bass].iter().flat_map(|part| idea.phrase(*part).notes());
            let in_scale = pitched.filter(|note| idea.key.contains(note.pitch)).count();
            let all: usize = idea.phrases[..3].iter().map(|phrase| phrase.notes().len()).sum();
            prop_assert!(scale.is_none() || in_scale == all, "{in_scale} of {all} in {}", idea.key);
            if scale.is_some() {
                prop_assert!(idea.harmony.iter().all(|span| harmony::in_scale(span.chord, idea.key)));
            }
        }
    }
}
