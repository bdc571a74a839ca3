//! How likely held-out lines are under the lead model: every bar once as target, after up to eight bars of context, with
//! the key known and no wishes.

use super::EvaluationError;
use linnet_composer::evaluation::Piece;
use linnet_composer::inference::{Engine, Graph, Tensor};
use linnet_composer::models::signatures::{LEAD_DURATION, LEAD_PITCH, LEAD_STEP};
use linnet_composer::tokens::features::Window;
use linnet_composer::tokens::line::Line;
use linnet_composer::tokens::{Event, Grid, LEAD_FEATURES, position_tick};
use linnet_music::{Beats, ChordSpan};
use std::path::Path;

const TARGET_BARS: usize = 8;
const CONTEXT_BARS_MAX: usize = 8;

/// The three graphs of a lead model.
pub struct Lead {
    step: Graph,
    pitch: Graph,
    duration: Graph,
}

impl Lead {
    /// Reads the graphs in `folder`.
    pub fn load(engine: &dyn Engine, folder: &Path) -> Result<Self, EvaluationError> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| EvaluationError::Corpus {
                file: path.display().to_string(),
                why: error.to_string(),
            })
        };
        Ok(Self {
            step: Graph::load(engine, &read("step.onnx")?, &LEAD_STEP)?,
            pitch: Graph::load(engine, &read("pitch.onnx")?, &LEAD_PITCH)?,
            duration: Graph::load(engine, &read("duration.onnx")?, &LEAD_DURATION)?,
        })
    }

    /// The log loss of a piece's events in nats, told the chords or not.
    pub fn nats(&self, piece: &Piece, with_chords: bool) -> Result<f64, EvaluationError> {
        let mut nats = 0.0;
        for (from, to) in windows(piece) {
            let context = from.min(CONTEXT_BARS_MAX);
            let start = from - context;
            let grid = Grid::new(piece.metre);
            let chords = if with_chords { chords_from(piece, start) } else { Vec::new() };
            let window = Window::new(grid, piece.key, context, to - from, &chords);
            nats += self.nats_of_window(&window, bars_of(piece, start, to))?;
        }
        Ok(nats)
    }

    fn nats_of_window(&self, window: &Window, events: &[Event]) -> Result<f64, EvaluationError> {
        let hidden = self.step.hidden();
        let mut line = Line::default();
        let mut outputs = vec![Vec::new(); 4];
        let (mut h, mut c) = (vec![0.0; 2 * hidden], vec![0.0; 2 * hidden]);
        let mut features = [0.0; LEAD_FEATURES];
        let mut nats = 0.0;
        for event in events {
            let previous = line.previous();
            let previous = [previous.position, previous.pitch, previous.duration].map(i64::from);
            window.features(&line, &mut features);
            let inputs = [
                Tensor::I64(&previous),
                Tensor::I64(&line.look_ahead()),
                Tensor::F32(&features),
                Tensor::F32(&h),
                Tensor::F32(&c),
            ];
            self.step.run(1, &inputs, &mut outputs)?;
            (h, c) = (outputs[2].clone(), outputs[3].clone());
            if line.bar() >= window.context_bars {
                nats += log_loss(&outputs[1], event.position);
                if event.is_note() {
                    nats += self.nats_of_note(window, &line, *event, &outputs[0])?;
                }
            }
            line.push(*event);
        }
        Ok(nats)
    }

    fn nats_of_note(
        &self,
        window: &Window,
        line: &Line,
        event: Event,
        context: &[f32],
    ) -> Result<f64, EvaluationError> {
        let position = [i64::from(event.position)];
        let chord = window.chord_values(window.bar_start(line) + position_tick(event.position));
        let mut pitch = [Vec::new()];
        let look = line.look_at(event.position);
        let inputs = [Tensor::F32(context), Tensor::I64(&position), Tensor::I64(&look), Tensor::F32(chord)];
        self.pitch.run(1, &inputs, &mut pitch)?;
        let mut duration = [Vec::new()];
        let key = [i64::from(event.pitch)];
        let inputs = [Tensor::F32(context), Tensor::I64(&position), Tensor::I64(&key)];
        self.duration.run(1, &inputs, &mut duration)?;
        Ok(log_loss(&pitch[0], event.pitch) + log_loss(&duration[0], event.duration))
    }
}

/// First and last bar of each target; a pickup is a target of its own.
fn windows(piece: &Piece) -> Vec<(usize, usize)> {
    let bars = piece.bars();
    let mut starts = vec![0];
    if piece.first_bar > 0 && bars > 1 {
        starts.push(1);
    }
    while starts.last().is_some_and(|start| start + TARGET_BARS < bars) {
        starts.push(starts[starts.len() - 1] + TARGET_BARS);
    }
    let ends = starts.iter().skip(1).copied().chain([bars]);
    starts.iter().copied().zip(ends).collect()
}

/// The events of bars `from` to `to`.
fn bars_of(piece: &Piece, from: usize, to: usize) -> &[Event] {
    let start = |bar: usize| {
        let mut ends = piece.events.iter().enumerate().filter(|(_, event)| !event.is_note());
        match bar.checked_sub(1) {
            None => 0,
            Some(before) => ends.nth(before).map_or(piece.events.len(), |(at, _)| at + 1),
        }
    };
    &piece.events[start(from)..start(to)]
}

/// The chords, counted from the start of bar `from`.
fn chords_from(piece: &Piece, from: usize) -> Vec<ChordSpan> {
    let start = Beats(from as f64 * piece.metre.bar().0);
    let after = piece.chords.iter().filter(|span| span.onset + span.length > start);
    after
        .map(|span| {
            let onset = Beats((span.onset - start).0.max(0.0));
            ChordSpan { onset, length: span.onset + span.length - start - onset, ..*span }
        })
        .collect()
}

fn log_loss(logits: &[f32], symbol: u8) -> f64 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - top).exp()).sum();
    sum.ln() - f64::from(logits[usize::from(symbol)] - top)
}
