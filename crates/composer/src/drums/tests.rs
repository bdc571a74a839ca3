use super::*;
use crate::inference::{Graph, InferenceError, Network, Tensor};
use crate::models::{ModelInfo, signatures};
use crate::tokens::drum::HITS;
use proptest::prelude::*;

const HIDDEN: usize = 2;
const STEP_WIDTHS: [usize; 4] = [HIDDEN, HITS, 2 * HIDDEN, 2 * HIDDEN];

/// A stand-in for a network: each value by its place in the row.
struct Scripted<F: Fn(usize) -> f32 + Send + Sync> {
    widths: &'static [usize],
    value: F,
}

impl<F: Fn(usize) -> f32 + Send + Sync> Network for Scripted<F> {
    fn run(&self, batch: usize, _: &[Tensor<'_>], outputs: &mut [Vec<f32>]) -> Result<(), InferenceError> {
        for (output, width) in outputs.iter_mut().zip(self.widths) {
            *output = (0..batch * width).map(|place| (self.value)(place % width)).collect();
        }
        Ok(())
    }
}

fn model(logit: impl Fn(usize) -> f32 + Send + Sync + 'static, touch: f32) -> Arc<DrumModel> {
    let step = Scripted { widths: &STEP_WIDTHS, value: logit };
    let touch = Scripted { widths: &[CLASSES, CLASSES], value: move |_| touch };
    Arc::new(DrumModel {
        info: ModelInfo::default(),
        step: Graph::new(Box::new(step), &signatures::DRUM_STEP, HIDDEN),
        touch: Graph::new(Box::new(touch), &signatures::DRUM_TOUCH, HIDDEN),
    })
}

fn request() -> DrumRequest {
    DrumRequest {
        metre: TimeSignature::COMMON,
        bars: 4,
        tempo: Tempo::new(110.0),
        place: (0, 4),
        context: Vec::new(),
        context_bars: 0,
        rhythm: Vec::new(),
        controls: Controls::default(),
    }
}

fn note(onset: f64, key: i32) -> Note {
    Note { onset: Beats(onset), length: Beats(0.25), pitch: Pitch::new(key), velocity: Velocity::new(100) }
}

fn play(model: &Arc<DrumModel>, request: &DrumRequest) -> Vec<DrumCandidate> {
    let mut job = DrumJob::new(model, request).unwrap();
    loop {
        if let JobStep::Done(candidates) = job.advance().unwrap() {
            return candidates;
        }
    }
}

#[test]
fn the_same_request_gives_the_same_groove_and_another_seed_another() {
    let model = model(|class| -(class as f32).sqrt() / 4.0, 0.3);
    let first = play(&model, &request());
    assert_eq!(first, play(&model, &request()));
    assert_eq!(first.len(), CANDIDATES);
    let mut other = request();
    other.controls.seed = 77;
    assert_ne!(first, play(&model, &other));
}

#[test]
fn values_that_are_no_numbers_are_an_error() {
    let mut job = DrumJob::new(&model(|_| f32::NAN, 0.3), &request()).unwrap();
    assert!(matches!(job.advance(), Err(ComposeError::NotFinite(_))));
    let mut job = DrumJob::new(&model(|_| 0.0, f32::NAN), &request()).unwrap();
    assert!(matches!(job.advance(), Err(ComposeError::NotFinite(_))));
}

#[test]
fn what_was_heard_is_shown_to_the_network_and_not_played_again() {
    let model = model(|class| if class == 4 { 50.0 } else { 0.0 }, 0.5);
    let mut request = request();
    request.context = (0..8).map(|beat| note(f64::from(beat), 36)).collect();
    request.context_bars = 2;
    let notes = &play(&model, &request)[0].notes;
    assert!(notes.iter().all(|note| note.pitch == Pitch::new(42)));
    assert_eq!(notes.len(), 64);
}

#[test]
fn triplets_heard_make_a_groove_in_thirds() {
    let mut straight = request();
    straight.rhythm = (0..16).map(|half| note(f64::from(half) / 2.0, 60)).collect();
    assert!(!in_thirds(&straight, &[0.0; STYLES]));
    let mut thirds = request();
    thirds.rhythm = (0..12).map(|third| note(f64::from(third) / 3.0, 60)).collect();
    assert!(in_thirds(&thirds, &[0.0; STYLES]));
    let mut swing = [0.0; STYLES];
    swing[Style::Swing.index()] = 1.0;
    assert!(in_thirds(&request(), &swing) && !in_thirds(&straight, &swing));
}

#[test]
fn phrases_end_with_fills() {
    let fills = |bars, place| fill_bars(&DrumRequest { bars, place, ..request() }).collect::<Vec<_>>();
    assert_eq!(fills(4, (0, 4)), [3]);
    assert_eq!(fills(16, (0, 16)), [7, 15]);
    assert_eq!(fills(2, (0, 2)), [0; 0]);
    assert_eq!(fills(3, (5, 12)), [2]);
    assert_eq!(fills(2, (1, 8)), [0; 0]);
}

#[test]
fn every_note_lies_on_its_step() {
    for candidate in play(&model(|_| 0.0, 0.4), &request()) {
        assert!(candidate.notes.iter().all(|note| (note.onset.0 * 4.0).fract() == 0.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_groove_stays_in_its_bars_and_keeps_its_hits_apart(
        seed: u16,
        bars in 1u8..=5,
        numerator in 1i32..=13,
        power in 0u32..6,
        density in 0.0f32..=1.0,
        (energy, complexity) in (0.0f32..=1.0, 0.0f32..=1.0),
        style in 0usize..STYLES,
        touch in -1.0f32..=1.0,
        rhythm in prop::collection::vec(0.0f64..20.0, 0..12),
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let mut request = DrumRequest { metre, bars, ..request() };
        request.controls =
            Controls { seed, density, energy, complexity, style_a: Some(Style::ALL[style]), ..request.controls };
        request.rhythm = rhythm.into_iter().map(|onset| note(onset, 60)).collect();
        let length = f64::from(bars) * metre.bar().0;
        for candidate in play(&model(|_| 0.0, touch), &request) {
            for (index, a) in candidate.notes.iter().enumerate() {
                prop_assert!((0.0..length).contains(&a.onset.0) && a.length.0 > 0.0);
                prop_assert!(a.end().0 <= length + 1e-9);
                for b in candidate.notes[index + 1..].iter().filter(|b| b.pitch == a.pitch) {
                    prop_assert!(a.end().0 <= b.onset.0 + 1e-9);
                }
            }
        }
    }
}
