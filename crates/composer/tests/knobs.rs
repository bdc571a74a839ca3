//! The trained lead model under its knobs, on tunes that it was not trained on.
#![expect(clippy::unwrap_used, reason = "a model or a corpus that cannot be read fails its test")]

use linnet_composer::bench::compose_lead;
use linnet_composer::drums::{DrumJob, DrumRequest};
use linnet_composer::evaluation::{Knob, Piece, knob_effect, read_held_out, spearman};
use linnet_composer::inference::rten::Rten;
use linnet_composer::lead::JobStep;
use linnet_composer::models::{ModelSource, Models};
use linnet_music::{Controls, Pitch, Tempo, TimeSignature};
use std::sync::Arc;

const HELD_OUT: &[u8] = include_bytes!("../../../models/corpus/heldout.json.gz");

fn models() -> Arc<Models> {
    Models::load(&ModelSource::BuiltIn, &Rten::new()).unwrap()
}

/// `count` pieces, spread over the sets.
fn some(pieces: &[Piece], count: usize) -> Vec<&Piece> {
    let long: Vec<&Piece> =
        pieces.iter().filter(|piece| piece.request(Controls::default()).is_some()).collect();
    (0..count).map(|index| long[index * long.len() / count]).collect()
}

#[test]
fn density_and_register_do_what_they_say() {
    let (models, pieces) = (models(), read_held_out(HELD_OUT).unwrap());
    let pieces = some(&pieces, 60);
    for knob in [Knob::Density, Knob::Register] {
        let pairs = knob_effect(&models.lead, &pieces, knob).unwrap();
        assert!(pairs.len() >= 50);
        let rho = spearman(&pairs);
        println!("{knob:?}: Spearman {rho:.3} over {} proposals", pairs.len());
        assert!(rho >= 0.8, "{knob:?}: {rho}");
    }
}

#[test]
fn the_density_of_drums_does_what_it_says() {
    let models = models();
    let mut pairs = Vec::new();
    for index in 0..40u16 {
        let density = (f32::from(index) * 0.618_034).fract();
        let request = DrumRequest {
            metre: TimeSignature::COMMON,
            bars: 2,
            tempo: Tempo::new(80.0 + 2.0 * f64::from(index)),
            context: Vec::new(),
            context_bars: 0,
            rhythm: Vec::new(),
            controls: Controls { seed: index, density, ..Controls::default() },
        };
        let mut job = DrumJob::new(&models.drums, &request).unwrap();
        let grooves = loop {
            if let JobStep::Done(grooves) = job.advance().unwrap() {
                break grooves;
            }
        };
        pairs.push((density, grooves[0].notes.len() as f32));
    }
    let rho = spearman(&pairs);
    println!("Drum density: Spearman {rho:.3}");
    assert!(rho >= 0.8, "{rho}");
}

#[test]
fn proposals_are_repeatable_stay_in_the_scale_and_end_at_rest() {
    let (models, pieces) = (models(), read_held_out(HELD_OUT).unwrap());
    for (index, piece) in some(&pieces, 24).into_iter().enumerate() {
        let request = piece.request(Controls { seed: index as u16, ..Controls::default() }).unwrap();
        let candidates = compose_lead(&models.lead, &request).unwrap();
        assert_eq!(
            candidates,
            compose_lead(&models.lead, &request).unwrap(),
            "the same request, the same notes"
        );
        for candidate in candidates {
            assert!(candidate.notes.iter().all(|note| request.key.contains(note.pitch)), "{}", piece.title);
            let last = candidate.notes.last().unwrap();
            let degree =
                (i32::from(last.pitch.midi()) - i32::from(piece.key.tonic.semitones())).rem_euclid(12);
            let now = request.metre.bar().0 * 4.0 + last.onset.0;
            let chord = request
                .chords
                .iter()
                .rev()
                .find(|span| (span.onset.0..span.onset.0 + span.length.0).contains(&now));
            let in_chord =
                chord.is_some_and(|span| span.chord.contains(Pitch::new(i32::from(last.pitch.midi()))));
            assert!(in_chord || [0, 3, 4, 7].contains(&degree), "{}: {degree}", piece.title);
        }
    }
}
