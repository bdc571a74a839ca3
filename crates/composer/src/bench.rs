//! Runs on the caller's thread. Measures how long proposals take, for `cargo xtask bench`.

mod modes;

pub use modes::{NoIdea, idea_latency};

use crate::compose_error::{ComposeError, JobStep};
use crate::drums::{DrumJob, DrumRequest};
use crate::groove::{Feel, Touch};
use crate::harmony::{ChordJob, HarmonyRequest};
use crate::models::{ChordModel, DrumModel, GanModel, GrooveModel, PhraseModel};
use crate::originality::Originality;
use crate::phrase::wish::{style_weights, wishes};
use crate::phrase::{PhraseCandidate, PhraseJob, PhraseRequest};
use crate::texture::{PARTS, TextureJob, TextureRequest};
use crate::vocabulary::Role;
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Controls, Key, Note, Pitch, PitchClass, STYLES, Scale, Style,
    Tempo, TimeSignature, Velocity,
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

/// Four bars in C major: onset and length in beats, and MIDI key.
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

/// Four bars in C major that ask for four more, with chords and with `seed`.
pub fn four_bar_request(model: &PhraseModel, seed: u16) -> PhraseRequest {
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
    let controls = Controls { seed, ..Controls::default() };
    let wishes = wishes(&controls, Role::Lead, &model.quantiles, None, 67.0);
    PhraseRequest {
        role: Role::Lead,
        key: Key { tonic: PitchClass::new(0), scale: Scale::Major },
        metre: TimeSignature::COMMON,
        context_bars: 4,
        bars: 4,
        future_bars: 0,
        own: context.to_vec(),
        outline: Vec::new(),
        known: Vec::new(),
        chords: (0..8).map(chord).collect(),
        knobs: wishes.knobs,
        asked: wishes.asked,
        strength: wishes.strength,
        repeats: wishes.repeats,
        style: style_weights(&controls),
        controls,
        bounds: wishes.bounds,
        octaves: wishes.octaves,
        ends: true,
    }
}

/// The candidates for `request`, computed to the end.
///
/// # Errors
/// Where the job fails.
pub fn compose(
    model: &Arc<PhraseModel>,
    request: &PhraseRequest,
) -> Result<Vec<PhraseCandidate>, ComposeError> {
    let mut job = PhraseJob::new(model, request)?;
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
pub fn lead_latency(model: &Arc<PhraseModel>, proposals: u16) -> Result<Latency, ComposeError> {
    timed(proposals, |seed| {
        let candidates = compose(model, &four_bar_request(model, seed))?;
        Ok(candidates.first().map_or(0, |best| best.notes.len()))
    })
}

/// The same for the drums of four bars, in a style.
///
/// # Errors
/// Where a job fails.
pub fn drum_latency(model: &Arc<DrumModel>, proposals: u16) -> Result<Latency, ComposeError> {
    timed(proposals, |seed| {
        let request = DrumRequest {
            metre: TimeSignature::COMMON,
            bars: 4,
            place: (0, 4),
            tempo: Tempo::new(110.0),
            context: Vec::new(),
            context_bars: 0,
            rhythm: Vec::new(),
            controls: Controls { seed, style_a: Some(Style::Funk), ..Controls::default() },
        };
        let mut job = DrumJob::new(model, &request)?;
        loop {
            if let JobStep::Done(grooves) = job.advance()? {
                return Ok(grooves[0].notes.len());
            }
        }
    })
}

/// The same for the chords of four bars; its notes are chords.
///
/// # Errors
/// Where a job fails.
pub fn chord_latency(model: &Arc<ChordModel>, proposals: u16) -> Result<Latency, ComposeError> {
    let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
    let request = HarmonyRequest { key, metre: TimeSignature::COMMON, bars: 4, in_scale: false };
    timed(proposals, |seed| {
        let controls = Controls { seed, style_a: Some(Style::Pop), ..Controls::default() };
        let mut job = ChordJob::new(model, &request, &controls, None)?;
        loop {
            if let JobStep::Done(rows) = job.advance()? {
                return Ok(rows[0].spans.len());
            }
        }
    })
}

/// The same for the touch of a part of four bars, an eighth a note.
///
/// # Errors
/// Where the network fails.
pub fn touch_latency(model: &Arc<GrooveModel>, proposals: u16) -> Result<Latency, ComposeError> {
    let feel = Feel::new(TimeSignature::COMMON, Tempo::new(110.0), &[], [0.0; STYLES]);
    let hits: Vec<u16> = (0..64).map(|step| if step % 2 == 0 { 2 } else { 0 }).collect();
    timed(proposals, |_| Touch::new(model, &hits, &feel).map(|_| 32))
}

/// The same for a texture of four bars.
///
/// # Errors
/// Where a job fails.
pub fn texture_latency(model: &Arc<GanModel>, proposals: u16) -> Result<Latency, ComposeError> {
    timed(proposals, |seed| {
        let request = TextureRequest {
            key: Key { tonic: PitchClass::new(0), scale: Scale::Major },
            metre: TimeSignature::COMMON,
            bars: 4,
            chords: Vec::new(),
            wanted: [true; PARTS],
            known: Default::default(),
            swung: false,
            style: [0.0; STYLES],
            density: 0.5,
            controls: Controls { seed, ..Controls::default() },
        };
        let mut job = TextureJob::new(model, &request)?;
        loop {
            if let JobStep::Done(textures) = job.advance()? {
                return Ok(textures.first().map_or(0, |best| best.notes.iter().map(Vec::len).sum()));
            }
        }
    })
}

/// The same for looking for a line of four bars in the whole training set; its notes are those of the longest run.
///
/// # Errors
/// Where a job fails.
pub fn originality_latency(
    model: &Arc<PhraseModel>,
    originality: &Originality,
    searches: u16,
) -> Result<Latency, ComposeError> {
    let lines = compose(model, &four_bar_request(model, 1))?;
    timed(searches, |seed| {
        let line = &lines[usize::from(seed) % lines.len()];
        Ok(originality.longest_shared_run(&line.notes).notes as usize)
    })
}

/// How long `compose`, which gives a number of notes, takes for `proposals` seeds, after one that is not counted.
fn timed(
    proposals: u16,
    mut compose: impl FnMut(u16) -> Result<usize, ComposeError>,
) -> Result<Latency, ComposeError> {
    compose(0)?;
    let mut times = Vec::new();
    let mut notes = 0;
    for seed in 1..=proposals.max(1) {
        let begin = Instant::now();
        notes += compose(seed)?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    Ok(latency(times, notes))
}

/// What `times`, in milliseconds and at least one, and the notes made in them come to.
fn latency(mut times: Vec<f64>, notes: usize) -> Latency {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    Latency { median_ms: at(0.5), p95_ms: at(0.95), notes: notes as f64 / times.len() as f64 }
}
