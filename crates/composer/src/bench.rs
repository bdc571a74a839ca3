//! Runs on the caller's thread. Measures how long a lead proposal takes, for `cargo xtask bench`.

use crate::lead::{ComposeError, JobStep, LeadCandidate, LeadJob, LeadRequest};
use crate::models::LeadModel;
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Controls, Key, Note, Pitch, PitchClass, Scale, TimeSignature,
    Velocity,
};
use std::sync::Arc;
use std::time::Instant;

/// How long proposals took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// Half of them took no longer, in milliseconds.
    pub median_ms: f64,
    /// Nineteen of twenty took no longer, in milliseconds.
    pub p95_ms: f64,
    /// Notes in the best lines, on average.
    pub notes: f64,
}

/// Four bars in C major that ask for four more, with chords and with `seed`.
pub fn four_bar_request(seed: u16) -> LeadRequest {
    const TUNE: [(f64, f64, i32); 15] = [
        (0.0, 1.0, 64),
        (1.0, 0.5, 65),
        (1.5, 0.5, 67),
        (2.0, 2.0, 69),
        (4.0, 1.0, 67),
        (5.0, 0.5, 65),
        (5.5, 0.5, 64),
        (6.0, 2.0, 62),
        (8.0, 1.0, 64),
        (9.0, 1.0, 67),
        (10.0, 1.0, 72),
        (11.0, 1.0, 71),
        (12.0, 1.5, 69),
        (13.5, 0.5, 67),
        (14.0, 2.0, 67),
    ];
    let context = TUNE.map(|(onset, length, midi)| Note {
        onset: Beats(onset),
        length: Beats(length),
        pitch: Pitch::new(midi),
        velocity: Velocity::new(90),
    });
    let chord = |bar: i32| {
        let (root, quality) = [
            (0, ChordQuality::Major),
            (7, ChordQuality::Major),
            (9, ChordQuality::Minor),
            (5, ChordQuality::Major),
        ][bar as usize % 4];
        let chord = Chord { root: PitchClass::new(root), quality };
        ChordSpan { onset: Beats(f64::from(4 * bar)), length: Beats(4.0), chord }
    };
    LeadRequest {
        key: Key { tonic: PitchClass::new(0), scale: Scale::Major },
        metre: TimeSignature::COMMON,
        bars: 4,
        context: context.to_vec(),
        context_bars: 4,
        chords: (0..8).map(chord).collect(),
        controls: Controls { seed, ..Controls::default() },
        register_centre: 67.0,
    }
}

/// The candidates for `request`, computed to the end.
///
/// # Errors
/// Where the job fails.
pub fn compose_lead(
    model: &Arc<LeadModel>,
    request: &LeadRequest,
) -> Result<Vec<LeadCandidate>, ComposeError> {
    let mut job = LeadJob::new(model, request)?;
    loop {
        if let JobStep::Done(candidates) = job.advance()? {
            return Ok(candidates);
        }
    }
}

/// The time from request to sorted candidates over `proposals` requests with different seeds, after one that is not
/// counted.
///
/// # Errors
/// Where a job fails.
pub fn lead_latency(model: &Arc<LeadModel>, proposals: u16) -> Result<Latency, ComposeError> {
    compose_lead(model, &four_bar_request(0))?;
    let mut times = Vec::new();
    let mut notes = 0;
    for seed in 1..=proposals.max(1) {
        let request = four_bar_request(seed);
        let begin = Instant::now();
        let candidates = compose_lead(model, &request)?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        notes += candidates.first().map_or(0, |best| best.notes.len());
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    Ok(Latency { median_ms: at(0.5), p95_ms: at(0.95), notes: notes as f64 / times.len() as f64 })
}
