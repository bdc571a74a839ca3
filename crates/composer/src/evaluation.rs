//! Runs on the caller's thread. Measures the phrase model on tunes that it was not trained on, for `cargo xtask eval` and
//! the tests: whether the knobs do what they say, and how likely it finds people's notes.

use crate::attributes::{self, Attribute};
use crate::bench::compose;
use crate::compose_error::ComposeError;
use crate::inference::Tensor;
use crate::models::PhraseModel;
use crate::phrase::PhraseRequest;
use crate::phrase::canvas::canvas;
use crate::phrase::line::{Line, on_grid};
use crate::phrase::window::{Span, Window};
use crate::phrase::wish::{style_weights, wishes};
use crate::sampling::log_probability;
use crate::tokens::line::{GridNote, decode};
use crate::tokens::{DURATIONS, Event, Grid, position_tick, token_midi};
use crate::vocabulary::{MEMORY, PHRASE_FEATURES, ROLES, Role};
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

    /// The events of bars `from` to `to`.
    fn bars_of(&self, from: usize, to: usize) -> &[Event] {
        let start = |bar: usize| {
            let mut ends = self.events.iter().enumerate().filter(|(_, event)| !event.is_note());
            match bar.checked_sub(1) {
                None => 0,
                Some(before) => ends.nth(before).map_or(self.events.len(), |(at, _)| at + 1),
            }
        };
        &self.events[start(from)..start(to)]
    }

    /// Its notes in beats from its first bar line.
    pub fn notes(&self) -> Vec<Note> {
        let grid = Grid::new(self.metre);
        let notes = decode(&self.events, &grid, self.key.tonic, self.bars()).unwrap_or_default();
        notes.into_iter().map(|note| note.to_note(Velocity::new(84))).collect()
    }

    /// Its notes in bars `from` to `to`, and the harmony there, counted from `from`.
    fn stretch(&self, from: usize, to: usize) -> (Vec<Note>, Vec<ChordSpan>) {
        let bar = self.metre.bar().0;
        let (begin, end) = (from as f64 * bar, to as f64 * bar);
        let moved = |onset: Beats| Beats(onset.0 - begin);
        let notes = self.notes().into_iter().filter(|note| (begin..end).contains(&note.onset.0));
        let notes = notes.map(|note| Note { onset: moved(note.onset), ..note }).collect();
        let chords = self.chords.iter().filter(|span| (span.onset + span.length).0 > begin);
        let chords = chords
            .map(|span| {
                let onset = Beats(moved(span.onset).0.max(0.0));
                ChordSpan { onset, length: moved(span.onset) + span.length - onset, ..*span }
            })
            .collect();
        (notes, chords)
    }

    /// The mean MIDI key of the first four whole bars; none where there are fewer, or hardly a note in them.
    pub fn centre(&self) -> Option<f32> {
        if self.bars() < self.first_bar + CONTEXT_BARS {
            return None;
        }
        let (notes, _) = self.stretch(self.first_bar, self.first_bar + CONTEXT_BARS);
        let sum: f32 = notes.iter().map(|note| f32::from(note.pitch.midi())).sum();
        (notes.len() >= CONTEXT_BARS).then(|| sum / notes.len() as f32)
    }

    /// A request for four bars of lead after its first four whole ones, where it has as many.
    pub fn request(&self, model: &PhraseModel, controls: Controls) -> Option<PhraseRequest> {
        let centre = self.centre()?;
        let end = self.first_bar + CONTEXT_BARS;
        let (own, _) = self.stretch(self.first_bar, end);
        let (_, chords) = self.stretch(self.first_bar, self.bars().max(end + usize::from(TARGET_BARS)));
        let grid = Grid::new(self.metre);
        let bars = CONTEXT_BARS * grid.splits as usize;
        let heard = attributes::measure(&on_grid(&own, &grid, bars, false), &grid, bars);
        let wishes = wishes(&controls, Role::Lead, &model.quantiles, Some(&heard), centre);
        Some(PhraseRequest {
            role: Role::Lead,
            key: self.key,
            metre: self.metre,
            context_bars: CONTEXT_BARS as u8,
            bars: TARGET_BARS,
            future_bars: 0,
            own,
            outline: Vec::new(),
            known: Vec::new(),
            chords,
            knobs: wishes.knobs,
            asked: wishes.asked,
            strength: wishes.strength,
            repeats: wishes.repeats,
            style: style_weights(&controls),
            controls,
            bounds: wishes.bounds,
            octaves: wishes.octaves,
            ends: true,
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

/// What `knob` asked for (notes per quarter, or the mean key) and what came of it, once for each piece that is long enough,
/// each with another setting and another seed. A setting that asks for nothing is left out.
///
/// # Errors
/// Where composing fails.
pub fn knob_effect(
    model: &Arc<PhraseModel>,
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
        let (Some(request), Some(centre)) = (piece.request(model, controls), piece.centre()) else {
            continue;
        };
        let asked = request.asked[Attribute::Density.index()].map_or(0.0, |density| 4.0 * density);
        if knob == Knob::Density && asked == 0.0 {
            continue;
        }
        let candidates = compose(model, &request)?;
        let Some(best) = candidates.first() else { continue };
        let count = best.notes.len() as f32;
        pairs.push(match knob {
            Knob::Density => {
                let quarters = f64::from(request.bars) * request.metre.bar().0;
                (asked, count / quarters as f32)
            }
            Knob::Register => {
                let mean = best.notes.iter().map(|note| f32::from(note.pitch.midi())).sum::<f32>() / count;
                (centre + 12.0 * controls.register, mean)
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

/// The log loss of bars `from` to `to` of `piece` as a lead, in nats, after up to eight bars before them; told the chords
/// or not. Bar lines count.
///
/// # Errors
/// Where a network fails.
pub fn nats_of_bars(
    model: &PhraseModel,
    piece: &Piece,
    (from, to): (usize, usize),
    with_chords: bool,
) -> Result<f64, ComposeError> {
    const CONTEXT_BARS_MAX: usize = 8;
    let grid = Grid::new(piece.metre);
    let context = from.min(CONTEXT_BARS_MAX);
    let (_, chords) = piece.stretch(from - context, to);
    let chords = if with_chords { chords } else { Vec::new() };
    let span = Span { context, target: to - from, future: 0 };
    let mut window = Window::new(grid, piece.key, Role::Lead, span, &chords);
    encode(model, &mut window)?;
    let mut state = [vec![0.0; 2 * model.step.hidden()], vec![0.0; 2 * model.step.hidden()]];
    let (mut line, mut written) = (Line::new(false), attributes::Running::default());
    let mut nats = 0.0;
    for event in piece.bars_of(from - context, to) {
        let loss = event_loss(model, &window, (&line, &written), &mut state, *event)?;
        if line.bar() >= context {
            nats += loss;
            if event.is_note() {
                let onset = line.bar() as u32 * grid.bar_ticks + position_tick(event.position);
                let midi = token_midi(event.pitch, window.tonic);
                written.push(GridNote { onset, length: DURATIONS[usize::from(event.duration)], midi }, &grid);
            }
        }
        line.push(*event);
    }
    Ok(nats)
}

fn encode(model: &PhraseModel, window: &mut Window) -> Result<(), ComposeError> {
    let mut role = [0.0; ROLES];
    role[window.role.index()] = 1.0;
    let canvas = canvas(window, &[], &[]);
    let mut outputs = [Vec::new(), Vec::new()];
    model.canvas.run(window.columns(), &[Tensor::F32(&canvas), Tensor::F32(&role)], &mut outputs)?;
    let [memory, summary] = outputs;
    window.remember(memory, summary);
    Ok(())
}

/// The log loss of `event` after `line`, in nats; the state moves on.
fn event_loss(
    model: &PhraseModel,
    window: &Window,
    (line, written): (&Line, &attributes::Running),
    state: &mut [Vec<f32>; 2],
    event: Event,
) -> Result<f64, ComposeError> {
    let previous = line.previous();
    let ids = [previous.position, previous.pitch, previous.duration].map(i64::from);
    let mut features = [0.0; PHRASE_FEATURES];
    window.features(line, written, &mut features);
    let mut memory = [0.0; 3 * MEMORY];
    window.memories(line, &mut memory);
    let look = line.look_ahead();
    let inputs = [
        Tensor::I64(&ids),
        Tensor::I64(&look),
        Tensor::F32(&features),
        Tensor::F32(&memory),
        Tensor::F32(window.summary()),
        Tensor::F32(&state[0]),
        Tensor::F32(&state[1]),
    ];
    let mut step: [Vec<f32>; 4] = Default::default();
    model.step.run(1, &inputs, &mut step)?;
    let [context, logits, h, c] = step;
    *state = [h, c];
    let mut nats = -log_probability(&logits, usize::from(event.position));
    if event.is_note() {
        let onset = line.bar() as u32 * window.grid.bar_ticks + position_tick(event.position);
        let (position, pitch) = ([i64::from(event.position)], [i64::from(event.pitch)]);
        let look = line.look_at(event.position, window);
        let inputs = [
            Tensor::F32(&context),
            Tensor::I64(&position),
            Tensor::I64(&look),
            Tensor::F32(window.chord_values(onset)),
            Tensor::F32(window.memory(onset)),
        ];
        let mut out = [Vec::new()];
        model.pitch.run(1, &inputs, &mut out)?;
        nats -= log_probability(&out[0], usize::from(event.pitch));
        let inputs = [Tensor::F32(&context), Tensor::I64(&position), Tensor::I64(&pitch)];
        model.duration.run(1, &inputs, &mut out)?;
        nats -= log_probability(&out[0], usize::from(event.duration));
    }
    Ok(f64::from(nats))
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
