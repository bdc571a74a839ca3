//! Runs on the caller's thread. Measures the lead model on tunes that it was not trained on, for `cargo xtask eval` and
//! the tests: whether the knobs do what they say, and how likely it finds people's notes.

use crate::bench::compose_lead;
use crate::inference::Tensor;
use crate::lead::{ComposeError, LeadRequest};
use crate::models::LeadModel;
use crate::sampling::log_probability;
use crate::tokens::features::Window;
use crate::tokens::line::{Line, decode};
use crate::tokens::{Event, Grid, LEAD_FEATURES, position_tick};
use flate2::read::GzDecoder;
use linnet_music::{
    Beats, Chord, ChordQuality, ChordSpan, Controls, Key, Note, PitchClass, Scale, TimeSignature, Velocity,
};
use serde::Deserialize;
use std::io::Read;
use std::sync::Arc;

/// Bars of a tune that are heard, and bars asked for after them.
const CONTEXT_BARS: usize = 4;
const TARGET_BARS: u8 = 4;

/// A tune of the held-out split.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Which set it is from.
    pub set: String,
    /// Its title.
    pub title: String,
    /// Its key.
    pub key: Key,
    /// Its metre.
    pub metre: TimeSignature,
    /// Its events, from its first bar line.
    pub events: Vec<Event>,
    /// Its chords, from its first bar line.
    pub chords: Vec<ChordSpan>,
    /// The first whole bar: 1 after a pickup.
    pub first_bar: usize,
}

#[derive(Deserialize)]
struct Row {
    set: String,
    title: String,
    tonic: i32,
    scale: String,
    metre: (i32, i32),
    #[serde(default)]
    first_full: usize,
    events: Vec<(u8, u8, u8)>,
    chords: Vec<(i64, i64, i32, usize)>,
}

/// Reads `models/corpus/heldout.json.gz`.
///
/// # Errors
/// In words, where the bytes are not that.
pub fn read_held_out(bytes: &[u8]) -> Result<Vec<Piece>, String> {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).map_err(|error| error.to_string())?;
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|error| error.to_string()).and_then(piece))
        .collect()
}

fn piece(row: Row) -> Result<Piece, String> {
    let scale = Scale::ALL.into_iter().find(|scale| scale.name() == row.scale);
    let span = |(onset, length, root, quality): (i64, i64, i32, usize)| {
        let quality = *ChordQuality::ALL.get(quality)?;
        let chord = Chord { root: PitchClass::new(root), quality };
        Some(ChordSpan { onset: Beats(onset as f64 / 24.0), length: Beats(length as f64 / 24.0), chord })
    };
    let event = |(position, pitch, duration)| Event { position, pitch, duration };
    Ok(Piece {
        key: Key {
            tonic: PitchClass::new(row.tonic),
            scale: scale.ok_or_else(|| format!("unknown scale {}", row.scale))?,
        },
        metre: TimeSignature::new(row.metre.0, row.metre.1).ok_or("a metre out of range")?,
        events: row.events.into_iter().map(event).collect(),
        chords: row.chords.into_iter().map(span).collect::<Option<_>>().ok_or("an unknown chord quality")?,
        first_bar: row.first_full,
        set: row.set,
        title: row.title,
    })
}

impl Piece {
    /// How many bars it has.
    pub fn bars(&self) -> usize {
        self.events.iter().filter(|event| **event == Event::BAR).count()
    }

    /// Its notes in beats from its first bar line.
    pub fn notes(&self) -> Vec<Note> {
        let grid = Grid::new(self.metre);
        let notes = decode(&self.events, &grid, self.key.tonic, self.bars()).unwrap_or_default();
        notes.into_iter().map(|note| note.to_note(Velocity::new(84))).collect()
    }

    /// A request for four bars after its first four whole ones, where it has as many.
    pub fn request(&self, controls: Controls) -> Option<LeadRequest> {
        let bar = self.metre.bar().0;
        let begin = self.first_bar as f64 * bar;
        let length = CONTEXT_BARS as f64 * bar;
        if self.bars() < self.first_bar + CONTEXT_BARS {
            return None;
        }
        let from_begin = |onset: Beats| Beats(onset.0 - begin);
        let context: Vec<Note> = self
            .notes()
            .into_iter()
            .map(|note| Note { onset: from_begin(note.onset), ..note })
            .filter(|note| (0.0..length).contains(&note.onset.0))
            .collect();
        let mean =
            context.iter().map(|note| f32::from(note.pitch.midi())).sum::<f32>() / context.len() as f32;
        let chords = self.chords.iter().map(|span| ChordSpan { onset: from_begin(span.onset), ..*span });
        (context.len() >= CONTEXT_BARS).then(|| LeadRequest {
            key: self.key,
            metre: self.metre,
            bars: TARGET_BARS,
            chords: chords.filter(|span| span.onset.0 + span.length.0 > 0.0).collect(),
            context,
            context_bars: CONTEXT_BARS as u8,
            controls,
            register_centre: mean,
        })
    }
}

/// A knob whose effect can be measured on the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knob {
    /// Notes per quarter.
    Density,
    /// Mean MIDI key.
    Register,
}

/// The knob's setting (for the register, the mean key asked for) and what came of it, once for each piece that is long enough, each with another setting of `knob`
/// and another seed.
///
/// # Errors
/// Where composing fails.
pub fn knob_effect(
    model: &Arc<LeadModel>,
    pieces: &[&Piece],
    knob: Knob,
) -> Result<Vec<(f32, f32)>, ComposeError> {
    let mut pairs = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        // The golden ratio spreads the settings evenly, however many pieces there are.
        let setting = (index as f32 * 0.618_034).fract();
        let mut controls = Controls { seed: index as u16, ..Controls::default() };
        match knob {
            Knob::Density => controls.density = setting,
            Knob::Register => controls.register = 4.0 * setting - 2.0,
        }
        let Some(request) = piece.request(controls) else { continue };
        let candidates = compose_lead(model, &request)?;
        let Some(best) = candidates.first() else { continue };
        let count = best.notes.len() as f32;
        pairs.push(match knob {
            Knob::Density => {
                let quarters = f64::from(request.bars) * request.metre.bar().0;
                (setting, count / quarters as f32)
            }
            Knob::Register => {
                let mean = best.notes.iter().map(|note| f32::from(note.pitch.midi())).sum::<f32>() / count;
                (request.register_centre + 12.0 * controls.register, mean)
            }
        });
    }
    Ok(pairs)
}

/// Spearman's rank correlation of `pairs`, in [−1, 1]; 0 where there are fewer than two.
pub fn spearman(pairs: &[(f32, f32)]) -> f32 {
    let ranks = |values: Vec<f32>| -> Vec<f32> {
        // The mean of the places that equal values share.
        let below = |value: f32| values.iter().filter(|other| **other < value).count() as f32;
        let equal = |value: f32| values.iter().filter(|other| **other == value).count() as f32;
        values.iter().map(|value| below(*value) + 0.5 * (equal(*value) - 1.0)).collect()
    };
    let a = ranks(pairs.iter().map(|pair| pair.0).collect());
    let b = ranks(pairs.iter().map(|pair| pair.1).collect());
    let mean = (pairs.len() as f32 - 1.0) / 2.0;
    let product = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f32>();
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    if scale > 0.0 { product(&a, &b) / scale } else { 0.0 }
}

/// The log-likelihood of the notes of `piece` from its first whole bar on, up to `bars` of them, nothing heard before:
/// nats in all (≤ 0), and notes. Bar lines count towards the nats.
///
/// # Errors
/// Where a network fails.
pub fn log_likelihood(model: &LeadModel, piece: &Piece, bars: usize) -> Result<(f32, usize), ComposeError> {
    let grid = Grid::new(piece.metre);
    let bars = bars.min(piece.bars() - piece.first_bar);
    let begin = piece.first_bar as f64 * piece.metre.bar().0;
    let chords: Vec<ChordSpan> =
        piece.chords.iter().map(|span| ChordSpan { onset: Beats(span.onset.0 - begin), ..*span }).collect();
    let window = Window::new(grid, piece.key, 0, bars, &chords);
    let mut line = Line::default();
    let mut state = [vec![0.0; 2 * model.step.hidden()], vec![0.0; 2 * model.step.hidden()]];
    let (mut nats, mut notes, mut skipped) = (0.0, 0, 0);
    for event in &piece.events {
        if skipped < piece.first_bar {
            skipped += usize::from(*event == Event::BAR);
            continue;
        }
        if line.bar() == bars {
            break;
        }
        nats += event_likelihood(model, &window, &line, &mut state, *event)?;
        notes += usize::from(event.is_note());
        line.push(*event);
    }
    Ok((nats, notes))
}

/// The log-likelihood of `event` after `line`, in nats; the state moves on.
fn event_likelihood(
    model: &LeadModel,
    window: &Window,
    line: &Line,
    state: &mut [Vec<f32>; 2],
    event: Event,
) -> Result<f32, ComposeError> {
    let previous = line.previous();
    let ids = [previous.position, previous.pitch, previous.duration].map(i64::from);
    let mut features = [0.0; LEAD_FEATURES];
    window.features(line, &mut features);
    let mut step: [Vec<f32>; 4] = Default::default();
    let look = line.look_ahead();
    let inputs = [
        Tensor::I64(&ids),
        Tensor::I64(&look),
        Tensor::F32(&features),
        Tensor::F32(&state[0]),
        Tensor::F32(&state[1]),
    ];
    model.step.run(1, &inputs, &mut step)?;
    let [context, logits, h, c] = step;
    *state = [h, c];
    let mut nats = log_probability(&logits, usize::from(event.position));
    if event.is_note() {
        let (position, pitch) = ([i64::from(event.position)], [i64::from(event.pitch)]);
        let chord = window.chord_values(window.bar_start(line) + position_tick(event.position));
        let look = line.look_at(event.position);
        let mut out = [Vec::new()];
        let inputs = [Tensor::F32(&context), Tensor::I64(&position), Tensor::I64(&look), Tensor::F32(chord)];
        model.pitch.run(1, &inputs, &mut out)?;
        nats += log_probability(&out[0], usize::from(event.pitch));
        let inputs = [Tensor::F32(&context), Tensor::I64(&position), Tensor::I64(&pitch)];
        model.duration.run(1, &inputs, &mut out)?;
        nats += log_probability(&out[0], usize::from(event.duration));
    }
    Ok(nats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_knows_order_and_ties() {
        let pairs = |values: &[(i32, i32)]| -> Vec<(f32, f32)> {
            values.iter().map(|(a, b)| (*a as f32, *b as f32)).collect()
        };
        assert_eq!(spearman(&pairs(&[(1, 10), (2, 20), (3, 900)])), 1.0);
        assert_eq!(spearman(&pairs(&[(1, 3), (2, 2), (3, 1)])), -1.0);
        assert_eq!(spearman(&pairs(&[(1, 5), (2, 5)])), 0.0);
        assert!((spearman(&pairs(&[(1, 1), (2, 2), (2, 3), (4, 4)])) - 0.9487).abs() < 1e-3);
    }
}
