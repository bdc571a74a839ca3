//! Vary and Morph with the models that ship, on ideas that continue tunes of the test split.
#![expect(clippy::unwrap_used, reason = "a model or a corpus that cannot be read fails its test")]

use linnet_composer::evaluation::{Piece, read_held_out, spearman};
use linnet_composer::{Config, NextStep, Worker, likeness};
use linnet_handover::audio_to_worker::{FromAudio, Moment};
use linnet_handover::to_worker::Order;
use linnet_handover::worker_to_audio::{Start, ToAudio};
use linnet_handover::worker_view::Activity;
use linnet_handover::{AudioPorts, EditorPorts, connect};
use linnet_music::{Beats, Controls, Idea, Mode, Note, Part, Tempo, TimeSignature};

const HELD_OUT: &[u8] = include_bytes!("../../../models/corpus/heldout.json.gz");
/// How far drums may seem to turn back, and lines.
const DRUMS_BACK: f32 = 0.02;
const LINES_BACK: f32 = 1e-4;

const SIMILARITIES: [f32; 6] = [1.0, 0.9, 0.75, 0.5, 0.25, 0.0];

struct Band {
    worker: Worker,
    audio: AudioPorts,
    editor: EditorPorts,
    metre: TimeSignature,
}

impl Band {
    fn new() -> Self {
        let (audio, ports, editor) = connect();
        Self { worker: Worker::new(ports, Config::default()), audio, editor, metre: TimeSignature::COMMON }
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

    /// An idea that continues the first four bars of `piece`.
    fn answer(&mut self, piece: &Piece, seed: u16) -> Idea {
        self.metre = piece.metre;
        self.editor.orders.send(Order::ForgetHeard).unwrap();
        self.rest();
        let end = 4.0 * self.metre.bar().0;
        for note in piece.notes().iter().filter(|note| note.onset.0 < end) {
            let (pitch, velocity) = (note.pitch, note.velocity);
            let at = self.moment(note.onset.0);
            self.audio.to_worker.send(FromAudio::NoteOn { pitch, velocity, channel: 0, at });
            let at = self.moment(note.end().0.min(end) - 0.02);
            self.audio.to_worker.send(FromAudio::NoteOff { pitch, channel: 0, at });
        }
        self.ask(Controls { seed, ..Controls::default() })
    }

    fn rest(&mut self) {
        while self.worker.step() == NextStep::Continue {}
        while let Some(order) = self.audio.scores.receive() {
            if let ToAudio::Play(score) = order {
                self.audio.scores.give_back(score);
            }
        }
    }

    fn ask(&mut self, controls: Controls) -> Idea {
        // Lines are chosen on the grid of sixteenths, which human timing crosses now and then.
        let controls = Controls { humanise: 0.0, ..controls };
        let at = self.moment(4.0 * self.metre.bar().0);
        self.editor.orders.send(Order::Ask { controls, start: Start::NextBar, at }).unwrap();
        self.rest();
        let snapshot = self.editor.worker.snapshot();
        assert_eq!(snapshot.activity, Activity::Ready, "{}", snapshot.note);
        drop(snapshot);
        self.editor.worker.session().ideas().last().cloned().unwrap()
    }

    /// A relative of `idea`, which is the current one again.
    fn relative(&mut self, idea: &Idea, controls: Controls) -> Idea {
        self.editor.worker.session().set_current(Some(idea.id));
        self.ask(controls)
    }
}

/// `count` pieces in common metres, spread over the sets.
fn some(count: usize) -> Vec<Piece> {
    let pieces = read_held_out(HELD_OUT).unwrap();
    let mut long: Vec<Piece> = pieces.into_iter().filter(|piece| piece.centre().is_some()).collect();
    long.sort_by_key(|piece| (piece.metre.numerator(), piece.metre.denominator()));
    let all = long.len();
    let mut index = 0;
    long.retain(|_| {
        index += 1;
        (index * count) / all != ((index - 1) * count) / all
    });
    long
}

#[test]
fn a_variation_is_as_far_from_its_idea_as_similarity_says() {
    let mut band = Band::new();
    let mut pairs = Vec::new();
    let mut sums = [[0.0; 5]; 6];
    let pieces = some(20);
    for (number, piece) in pieces.iter().enumerate() {
        let idea = band.answer(piece, number as u16 + 1);
        for (row, similarity) in SIMILARITIES.into_iter().enumerate() {
            let controls = Controls { mode: Mode::Vary, similarity, seed: 7, ..Controls::default() };
            let varied = band.relative(&idea, controls);
            assert_eq!((varied.key, &varied.harmony, varied.length), (idea.key, &idea.harmony, idea.length));
            if similarity >= 1.0 {
                assert_eq!(varied.phrases, idea.phrases, "{}", piece.title);
            }
            let far = likeness::of_ideas(&idea, &varied);
            sums[row][4] += far / pieces.len() as f32;
            for part in Part::ALL {
                sums[row][part.index()] += likeness::of_part(&idea, &varied, part) / pieces.len() as f32;
            }
            let lead = varied.phrase(Part::Lead).notes();
            let own = idea.phrase(Part::Lead).notes();
            let has = |note: &Note| own.iter().any(|own| own.pitch == note.pitch);
            assert!(lead.iter().all(|note| idea.key.contains(note.pitch) || has(note)), "{}", piece.title);
            pairs.push((1.0 - similarity, far));
        }
    }
    println!("similarity: lead, chords, bass, drums, all");
    for (row, similarity) in SIMILARITIES.into_iter().enumerate() {
        println!("{similarity}: {:?}", sums[row].map(|sum| (sum * 1000.0).round() / 1000.0));
    }
    let rho = spearman(&pairs);
    println!("Vary: Spearman {rho:.3} over {} variations of {} ideas", pairs.len(), pieces.len());
    assert!(rho >= 0.9, "{rho}");
    assert!(sums.windows(2).all(|pair| pair[0][4] < pair[1][4]), "{sums:?}");
}

#[test]
fn morph_begins_and_ends_with_its_ideas_and_never_turns_back() {
    let mut band = Band::new();
    let pieces = some(44);
    let (mut pairs, mut steps, mut share_error) = (0, 0, Vec::new());
    let mut apart = Vec::new();
    for number in (0..pieces.len() - 1).step_by(2) {
        if pieces[number].metre != pieces[number + 1].metre {
            continue;
        }
        let one = band.answer(&pieces[number], number as u16);
        let other = band.answer(&pieces[number + 1], number as u16);
        pairs += 1;
        apart.push(likeness::of_ideas(&one, &other));
        let mut last = [(0.0, f32::INFINITY); 4];
        let mut whole = (0.0, f32::INFINITY);
        for place in 0..=8u8 {
            let morph = f32::from(place) / 8.0;
            let controls =
                Controls { mode: Mode::Morph, morph, morph_with: Some(other.id), ..Controls::default() };
            let between = band.relative(&one, controls);
            let end = [(0, &one), (8, &other)].into_iter().find(|(at, _)| *at == place);
            if let Some((_, end)) = end {
                assert_eq!((&between.phrases, &between.harmony), (&end.phrases, &end.harmony));
                assert_eq!((between.key, between.length), (end.key, end.length));
            }
            for part in Part::ALL {
                let near = likeness::of_part(&one, &between, part);
                let far = likeness::of_part(&other, &between, part);
                let before = &mut last[part.index()];
                let back = if part == Part::Drums { DRUMS_BACK } else { LINES_BACK };
                let onwards = near >= before.0 - back && far <= before.1 + back;
                assert!(onwards, "{} at {morph}: {before:?} then {near} {far}", part.name());
                *before = (near, far);
            }
            let now = (likeness::of_ideas(&one, &between), likeness::of_ideas(&other, &between));
            assert!(now.0 >= whole.0 - 0.01 && now.1 <= whole.1 + 0.01, "{morph}: {whole:?} then {now:?}");
            whole = now;
            steps += 1;
            share_error.push((now.0 / (now.0 + now.1).max(1e-6) - morph).abs());
        }
    }
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    println!(
        "Morph: {pairs} pairs {:.3} apart, {steps} places, none turned back; mean miss of the place {:.3}",
        mean(&apart),
        mean(&share_error)
    );
    assert!(pairs >= 18, "{pairs}");
}
