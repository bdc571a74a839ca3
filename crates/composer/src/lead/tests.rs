use super::*;
use crate::inference::{Graph, Network, Tensor};
use crate::models::{ModelInfo, signatures};
use crate::tokens::PITCHES;
use linnet_music::{Pitch, PitchClass, Scale, Velocity};
use proptest::prelude::*;

const HIDDEN: usize = 4;
const STEP_WIDTHS: [usize; 4] = [HIDDEN, 97, 2 * HIDDEN, 2 * HIDDEN];

/// A stand-in for a network: logits by a rule of what it is given.
struct Scripted<F: Fn(&[Tensor<'_>], usize) -> f32 + Send + Sync> {
    widths: &'static [usize],
    value: F,
}

impl<F: Fn(&[Tensor<'_>], usize) -> f32 + Send + Sync> Network for Scripted<F> {
    fn run(
        &self,
        batch: usize,
        inputs: &[Tensor<'_>],
        outputs: &mut [Vec<f32>],
    ) -> Result<(), InferenceError> {
        for (output, width) in outputs.iter_mut().zip(self.widths) {
            *output = (0..batch * width).map(|place| (self.value)(inputs, place % width)).collect();
        }
        Ok(())
    }
}

/// A model whose classes are all alike, but for the value of `class` in each graph.
fn model(value: impl Fn(usize) -> f32 + Clone + Send + Sync + 'static) -> Arc<LeadModel> {
    let graph = |signature, widths: &'static [usize]| {
        let value = value.clone();
        Graph::new(Box::new(Scripted { widths, value: move |_, class| value(class) }), signature, HIDDEN)
    };
    Arc::new(LeadModel {
        info: ModelInfo::default(),
        step: graph(&signatures::LEAD_STEP, &STEP_WIDTHS),
        pitch: graph(&signatures::LEAD_PITCH, &[PITCHES]),
        duration: graph(&signatures::LEAD_DURATION, &[24]),
    })
}

fn request() -> LeadRequest {
    let note = |onset: f64, midi| Note {
        onset: Beats(onset),
        length: Beats(1.0),
        pitch: Pitch::new(midi),
        velocity: Velocity::new(90),
    };
    LeadRequest {
        key: Key { tonic: PitchClass::new(2), scale: Scale::Dorian },
        metre: TimeSignature::COMMON,
        bars: 4,
        context: (0..16).map(|beat| note(f64::from(beat), 62 + beat % 5)).collect(),
        context_bars: 4,
        chords: Vec::new(),
        controls: Controls::default(),
        register_centre: 65.0,
    }
}

fn compose(model: &Arc<LeadModel>, request: &LeadRequest) -> Vec<LeadCandidate> {
    let mut job = LeadJob::new(model, request).unwrap();
    loop {
        if let JobStep::Done(candidates) = job.advance().unwrap() {
            return candidates;
        }
    }
}

#[test]
fn the_same_request_gives_the_same_notes_and_another_seed_gives_others() {
    let model = model(|_| 0.0);
    let first = compose(&model, &request());
    assert_eq!(first, compose(&model, &request()));
    let mut other = request();
    other.controls.seed = 2;
    assert_ne!(first, compose(&model, &other));
    assert_eq!(first.len(), CANDIDATES);
    assert!(first.windows(2).all(|pair| pair[0].scores.total >= pair[1].scores.total));
}

#[test]
fn values_that_are_no_numbers_are_an_error_and_no_panic() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut job =
            LeadJob::new(&model(move |class| if class == 3 { bad } else { 0.0 }), &request()).unwrap();
        let error = job.advance().unwrap_err();
        assert!(matches!(error, ComposeError::NotFinite(_)));
        assert!(error.failure().detail.contains("not numbers"));
    }
}

#[test]
fn more_bars_than_can_be_written_are_refused() {
    for bars in [0, 17] {
        assert!(LeadJob::new(&model(|_| 0.0), &LeadRequest { bars, ..request() }).is_err());
    }
}

#[test]
fn lines_that_copy_are_dropped_while_there_are_others() {
    let model = model(|_| 0.0);
    let run = |check: SharedRunCheck| {
        let mut job = LeadJob::new(&model, &request()).unwrap();
        job.set_shared_run_check(check);
        loop {
            if let JobStep::Done(candidates) = job.advance().unwrap() {
                return (candidates, job.copies_dropped());
            }
        }
    };
    let best = compose(&model, &request())[0].notes.clone();
    let (candidates, dropped) = run(Box::new(move |notes| if notes == best { 20 } else { 3 }));
    assert_eq!((candidates.len(), dropped), (CANDIDATES - 1, 1));
    let (candidates, dropped) = run(Box::new(|notes| 12 + notes.len() as u32));
    assert_eq!((candidates.len(), dropped), (CANDIDATES, 0));
    assert!(candidates.windows(2).all(|pair| pair[0].shared_run <= pair[1].shared_run));
}

#[test]
fn the_register_moves_the_line_by_octaves() {
    let model = model(|class| -(class as f32 - 40.0).abs() / 8.0);
    let mean = |register| {
        let mut request = request();
        request.controls.register = register;
        let notes = &compose(&model, &request)[0].notes;
        notes.iter().map(|note| f32::from(note.pitch.midi())).sum::<f32>() / notes.len() as f32
    };
    let means = [-2.0, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0].map(mean);
    assert!(means.windows(2).all(|pair| pair[1] > pair[0] + 2.0), "{means:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_line_is_in_the_scale_in_its_bars_and_one_note_at_a_time(
        seed: u16,
        bars in 1u8..=6,
        numerator in 1i32..=13,
        power in 0u32..6,
        tonic in 0i32..12,
        scale in 0usize..12,
        density in 0.0f32..=1.0,
        surprise in 0.0f32..=1.0,
        register in -2.0f32..=2.0,
        range in 5u8..=36,
        context_bars in 0u8..12,
    ) {
        let metre = TimeSignature::new(numerator, 1 << power).unwrap();
        let mut request = LeadRequest {
            key: Key { tonic: PitchClass::new(tonic), scale: Scale::ALL[scale] },
            metre,
            bars,
            context_bars,
            ..request()
        };
        request.controls = Controls { seed, density, surprise, register, range, ..request.controls };
        for candidate in compose(&model(|_| 0.0), &request) {
            let length = f64::from(bars) * metre.bar().0;
            prop_assert!(!candidate.notes.is_empty());
            let mut end = 0.0;
            for note in &candidate.notes {
                prop_assert!(note.onset.0 >= end - 1e-9 && note.length.0 > 0.0);
                end = note.end().0;
                prop_assert!(request.key.contains(note.pitch), "{} in {}", note.pitch.midi(), request.key);
            }
            prop_assert!(end <= length + 1e-9);
            let keys = candidate.notes.iter().map(|note| note.pitch.midi());
            prop_assert!(keys.clone().max().unwrap() - keys.min().unwrap() <= range);
        }
    }
}
