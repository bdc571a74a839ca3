//! The trained models under their knobs; the lead on tunes that it was not trained on.
#![expect(clippy::unwrap_used, reason = "a model or a corpus that cannot be read fails its test")]

use linnet_composer::bench::compose;
use linnet_composer::compose_error::JobStep;
use linnet_composer::drums::{DrumCandidate, DrumJob, DrumRequest};
use linnet_composer::evaluation::{Knob, Piece, knob_effect, read_held_out, spearman};
use linnet_composer::harmony::{ChordJob, HarmonyRequest};
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{ModelSource, Models};
use linnet_music::{
    Beats, Controls, Key, Note, Pitch, PitchClass, Scale, Style, Tempo, TimeSignature, Velocity,
};
use std::sync::Arc;

const HELD_OUT: &[u8] = include_bytes!("../../../models/corpus/heldout.json.gz");

fn models() -> Arc<Models> {
    Models::load(&ModelSource::BuiltIn, &Rten::new()).unwrap()
}

/// `count` pieces, spread over the sets.
fn some(pieces: &[Piece], count: usize) -> Vec<&Piece> {
    let long: Vec<&Piece> = pieces.iter().filter(|piece| piece.centre().is_some()).collect();
    (0..count).map(|index| long[index * long.len() / count]).collect()
}

#[test]
fn density_and_register_do_what_they_say() {
    let (models, pieces) = (models(), read_held_out(HELD_OUT).unwrap());
    let pieces = some(&pieces, 60);
    for knob in [Knob::Density, Knob::Register] {
        let pairs = knob_effect(&models.phrase, &pieces, knob).unwrap();
        assert!(pairs.len() >= 50);
        let rho = spearman(&pairs);
        println!("{knob:?}: Spearman {rho:.3} over {} proposals", pairs.len());
        assert!(rho >= 0.8, "{knob:?}: {rho}");
    }
}

fn grooves(models: &Models, bars: u8, tempo: f64, controls: Controls) -> Vec<DrumCandidate> {
    let request = DrumRequest {
        metre: TimeSignature::COMMON,
        bars,
        place: (0, bars),
        tempo: Tempo::new(tempo),
        context: Vec::new(),
        context_bars: 0,
        rhythm: Vec::new(),
        controls,
    };
    let mut job = DrumJob::new(&models.drums, &request).unwrap();
    loop {
        if let JobStep::Done(grooves) = job.advance().unwrap() {
            return grooves;
        }
    }
}

/// Spearman's rank correlation of a knob with what it asks of the drums.
fn of_drums(set: impl Fn(&mut Controls, f32), measure: impl Fn(&DrumCandidate) -> f32) -> f32 {
    let models = models();
    let pairs: Vec<(f32, f32)> = (0..40u16)
        .map(|index| {
            let knob = (f32::from(index) * 0.618_034).fract();
            let mut controls = Controls { seed: index, ..Controls::default() };
            set(&mut controls, knob);
            let grooves = grooves(&models, 2, 80.0 + 2.0 * f64::from(index), controls);
            (knob, measure(&grooves[0]))
        })
        .collect();
    spearman(&pairs)
}

#[test]
fn drums_do_what_their_knobs_say() {
    let density = of_drums(|controls, knob| controls.density = knob, |groove| groove.scores.density);
    let off_beat = of_drums(|controls, knob| controls.complexity = knob, |groove| groove.scores.syncopation);
    let energy = of_drums(|controls, knob| controls.energy = knob, |groove| groove.scores.energy);
    println!("Drums: density {density:.3}, complexity {off_beat:.3}, energy {energy:.3}");
    assert!(density >= 0.8 && off_beat >= 0.8 && energy >= 0.8);
}

/// What sounds in each sixteenth of four bars.
fn grid(groove: &DrumCandidate) -> Vec<u128> {
    let mut grid = vec![0; 64];
    for note in &groove.notes {
        grid[(note.onset.0 * 4.0).round() as usize % 64] |= 1 << note.pitch.midi();
    }
    grid
}

#[test]
fn styles_give_other_grooves() {
    let models = models();
    let mut apart = Vec::new();
    for seed in 0..6 {
        let of = |style| {
            let controls = Controls { seed, style_a: Some(style), ..Controls::default() };
            grid(&grooves(&models, 4, 118.0, controls)[0])
        };
        let (house, bossa) = (of(Style::House), of(Style::BossaNova));
        let distance: u32 = house.iter().zip(&bossa).map(|(a, b)| (a ^ b).count_ones()).sum();
        apart.push(distance);
    }
    println!("House and bossa nova differ in {apart:?} hits");
    assert!(apart.iter().all(|distance| *distance > 20), "{apart:?}");
}

#[test]
fn chords_do_what_their_knobs_say_and_fit_a_melody() {
    let models = models();
    let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
    let request = HarmonyRequest { key, metre: TimeSignature::COMMON, bars: 8, in_scale: false };
    let best = |controls: Controls, melody: Option<&[Note]>| {
        let mut job = ChordJob::new(&models.chords, &request, &controls, melody).unwrap();
        loop {
            if let JobStep::Done(rows) = job.advance().unwrap() {
                return rows[0].scores;
            }
        }
    };
    let (mut moods, mut rich, mut fits, mut closed) = (Vec::new(), Vec::new(), 0.0, 0);
    for seed in 0..40u16 {
        let knob = (f32::from(seed) * 0.618_034).fract();
        let controls = Controls { seed, ..Controls::default() };
        moods.push((knob, best(Controls { valence: 2.0 * knob - 1.0, ..controls }, None).valence));
        rich.push((knob, best(Controls { complexity: knob, ..controls }, None).complexity));
        let tune: Vec<Note> = (0..16usize)
            .map(|half| Note {
                onset: Beats(2.0 * half as f64),
                length: Beats(2.0),
                pitch: Pitch::new([60, 64, 65, 69, 67, 71, 64, 60][half / 2 % 8]),
                velocity: Velocity::new(80),
            })
            .collect();
        let scores = best(controls, Some(&tune));
        fits += scores.fits.unwrap() / 40.0;
        closed += u32::from(scores.ending >= 0.8);
    }
    let (mood, rich) = (spearman(&moods), spearman(&rich));
    println!("Chords: mood {mood:.3}, complexity {rich:.3}, fit {fits:.3}, {closed} of 40 end at rest");
    assert!(mood >= 0.8 && rich >= 0.8 && fits > 0.7 && closed >= 38);
}

#[test]
fn proposals_are_repeatable_stay_in_the_scale_and_end_at_rest() {
    let (models, pieces) = (models(), read_held_out(HELD_OUT).unwrap());
    for (index, piece) in some(&pieces, 24).into_iter().enumerate() {
        let scale = Some(piece.key.scale);
        let controls = Controls { seed: index as u16, scale, ..Controls::default() };
        let request = piece.request(&models.phrase, controls).unwrap();
        let candidates = compose(&models.phrase, &request).unwrap();
        assert_eq!(
            candidates,
            compose(&models.phrase, &request).unwrap(),
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
