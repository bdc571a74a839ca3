//! Runs on the composer thread. Music as points of a latent space, two bars at a time: what Vary and Morph move in.
//!
//! A part is encoded window by window; a way through the latents is taken that is the same in all of its windows; and
//! every point of it is decoded step by step, all windows side by side. Between two ideas the likeliest allowed class is
//! taken each time; around one, where that would be dull, classes are drawn, with the same random numbers at every point,
//! so that points that are alike decode alike. [`LatentJob::advance`] computes one step, so that a newer request waits for
//! no more than that. After A. Roberts et al., "A Hierarchical Latent Vector Model for Learning Long-Term Structure in
//! Music", ICML 2018.

pub mod chain;
pub mod drum_grid;
pub mod line_grid;
pub mod space;
pub mod vary;

use crate::compose_error::{ComposeError, JobStep};
use crate::inference::{BATCH_MAX, Tensor};
use crate::models::LatentModel;
use crate::rng::{Head, Noise};
use crate::sampling::{Draw, all_finite, log_probability};
use std::sync::Arc;

/// Dimensions of the latents of lines.
pub const LINE_LATENT: usize = 64;
/// Dimensions of the latents of drums.
pub const DRUM_LATENT: usize = 32;
/// The turns of Vary's candidates, as shares of what similarity asks for.
const TURNS: [f32; BATCH_MAX - 1] = [0.5, 0.7, 0.85, 1.0, 1.15, 1.35, 1.6];
/// Points of Morph's way, the ends included.
pub const POINTS: usize = 17;
/// Lanes that are decoded together: a multiple of the six rows in which the built-in engine multiplies without VNNI, and
/// all of Morph's over four bars.
pub(crate) const LANES_MAX: usize = 30;
/// The place of the random numbers that all candidates share.
const SHARED: usize = 255;
/// Logits are rounded to this, so that the last bits, in which processors and engines differ, rarely change a class.
const ROUNDING: f32 = 256.0;

/// A part in windows of two bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The step classes, a whole number of windows.
    pub classes: Vec<i64>,
    /// Conditions to encode under, a row a step.
    pub encode_under: Vec<f32>,
    /// Conditions to decode under, a row a step.
    pub decode_under: Vec<f32>,
    /// The classes that may be decoded.
    pub allowed: Vec<bool>,
}

/// Where to go from what was encoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Course {
    /// Around the only passage: first its own latents, then one with every step of [`TURNS`].
    Around {
        /// The prior that steps are drawn from.
        role: usize,
        /// How near to stay, in [0, 1].
        similarity: f32,
        /// How to draw classes.
        draw: Draw,
        /// The seed.
        seed: u16,
    },
    /// From the first passage to the second, without the ends: the first half under the conditions of the first.
    Between {
        /// The prior around whose middle the way leads.
        role: usize,
    },
}

/// One decoded part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// The step classes of all windows.
    pub classes: Vec<i64>,
    /// Their mean log-likelihood, in nats a step, ≤ 0.
    pub log_likelihood: f32,
}

/// A row to decode: a latent a window, and the passage whose conditions and classes it has.
struct Row {
    latents: Vec<Vec<f32>>,
    passage: usize,
}

/// One window of a row. Nothing of a window's classes is carried into the next, so all are decoded side by side.
struct Lane {
    row: usize,
    window: usize,
    classes: Vec<i64>,
    log_likelihood: f32,
}

/// A part on its ways through the latents.
pub struct LatentJob {
    model: Arc<LatentModel>,
    passages: Vec<Passage>,
    course: Course,
    /// Steps in a window, classes of a step and values of a condition.
    steps: usize,
    classes: usize,
    width: usize,
    /// The class that the first step may not have.
    never_first: Option<usize>,
    /// The latents encoded so far: all windows of a passage, then those of the next.
    latents: Vec<Vec<f32>>,
    rows: Vec<Row>,
    /// The windows of the first row, then those of the next.
    lanes: Vec<Lane>,
    /// The next step, and the first lane of those that are decoded together.
    step: usize,
    first: usize,
    state: [Vec<f32>; 2],
}

/// The sizes of a model's windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Steps in a window.
    pub steps: usize,
    /// Classes of a step.
    pub classes: usize,
    /// Values of a condition.
    pub conditions: usize,
}

impl LatentJob {
    /// A job for `passages`, equally long: one to go around, two to go between.
    ///
    /// # Errors
    /// Where passages are missing, empty, or of another length than their conditions.
    pub fn new(
        model: &Arc<LatentModel>,
        sizes: Sizes,
        passages: Vec<Passage>,
        course: Course,
        never_first: Option<usize>,
    ) -> Result<Self, ComposeError> {
        let wanted = if matches!(course, Course::Between { .. }) { 2 } else { 1 };
        let length = passages.first().map_or(0, |passage| passage.classes.len());
        let fits = |passage: &Passage| {
            let values = length * sizes.conditions;
            passage.classes.len() == length
                && passage.encode_under.len() == values
                && passage.decode_under.len() == values
                && passage.allowed.len() == sizes.classes
        };
        let whole = length > 0 && sizes.steps > 0 && length.is_multiple_of(sizes.steps);
        if passages.len() != wanted || !whole || !passages.iter().all(fits) {
            return Err(ComposeError::Request("A part is varied in windows of two bars"));
        }
        Ok(Self {
            model: Arc::clone(model),
            passages,
            course,
            steps: sizes.steps,
            classes: sizes.classes,
            width: sizes.conditions,
            never_first,
            latents: Vec::new(),
            rows: Vec::new(),
            lanes: Vec::new(),
            step: 0,
            first: 0,
            state: [Vec::new(), Vec::new()],
        })
    }

    fn windows(&self) -> usize {
        self.passages[0].classes.len() / self.steps
    }

    /// Computes one step. What is done comes in the order of the course.
    ///
    /// # Errors
    /// Where a network fails or answers with something that is not a number.
    pub fn advance(&mut self) -> Result<JobStep<Decoded>, ComposeError> {
        let model = Arc::clone(&self.model);
        model.step.on_its_thread(|| self.compute_step())
    }

    fn compute_step(&mut self) -> Result<JobStep<Decoded>, ComposeError> {
        let to_encode = self.windows() * self.passages.len();
        if self.latents.len() < to_encode {
            self.encode_next()?;
            if self.latents.len() == to_encode {
                self.lay_out();
            }
            return Ok(JobStep::Continue { progress: 0.1 * self.latents.len() as f32 / to_encode as f32 });
        }
        self.decode_step()?;
        if self.first >= self.lanes.len() {
            return Ok(JobStep::Done(self.decoded()));
        }
        let together = self.lanes.len().min(self.first + LANES_MAX) - self.first;
        let done = self.first * self.steps + together * self.step;
        let all = self.lanes.len() * self.steps;
        Ok(JobStep::Continue { progress: 0.1 + 0.9 * done as f32 / all as f32 })
    }

    fn encode_next(&mut self) -> Result<(), ComposeError> {
        let (passage, window) = (self.latents.len() / self.windows(), self.latents.len() % self.windows());
        let (passage, begin) = (&self.passages[passage], window * self.steps);
        let classes = &passage.classes[begin..begin + self.steps];
        let conditions = &passage.encode_under[begin * self.width..(begin + self.steps) * self.width];
        let mut outputs = [Vec::new(), Vec::new()];
        let inputs = [Tensor::I64(classes), Tensor::F32(conditions)];
        self.model.encoder.run(self.steps, &inputs, &mut outputs)?;
        let [mu, _] = outputs;
        if !all_finite(&mu) {
            return Err(ComposeError::NotFinite(self.model.encoder.name()));
        }
        self.latents.push(mu);
        Ok(())
    }

    /// Lays out the rows to decode.
    fn lay_out(&mut self) {
        let space = &self.model.space;
        self.rows = match self.course {
            Course::Around { role, similarity, seed, .. } => {
                let asked = 1.0 - similarity.clamp(0.0, 1.0);
                let own = Row { latents: self.latents.clone(), passage: 0 };
                let moved = TURNS.iter().enumerate().map(|(candidate, share)| {
                    let step = space.step(role, seed, candidate);
                    let near = |mu: &Vec<f32>| space.near(role, mu, &step, (asked * share).min(1.0));
                    Row { latents: self.latents.iter().map(near).collect(), passage: 0 }
                });
                std::iter::once(own).chain(moved).collect()
            }
            Course::Between { role } => {
                let (one, other) = self.latents.split_at(self.latents.len() / 2);
                let row = |point: usize| {
                    let t = point as f32 / (POINTS - 1) as f32;
                    let latents =
                        one.iter().zip(other).map(|(one, other)| space.between(role, one, other, t));
                    Row { latents: latents.collect(), passage: usize::from(t >= 0.5) }
                };
                (1..POINTS - 1).map(row).collect()
            }
        };
        let windows = self.windows();
        let lane = |row, window| Lane { row, window, classes: Vec::new(), log_likelihood: 0.0 };
        self.lanes =
            (0..self.rows.len()).flat_map(|row| (0..windows).map(move |window| lane(row, window))).collect();
    }

    /// Decodes the next step of the lanes that are decoded together.
    fn decode_step(&mut self) -> Result<(), ComposeError> {
        let together = self.first..self.lanes.len().min(self.first + LANES_MAX);
        let count = together.len();
        if self.step == 0 {
            let size = 2 * count * self.model.step.hidden();
            self.state = [vec![0.0; size], vec![0.0; size]];
        }
        let (mut previous, mut latents, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for lane in &self.lanes[together.clone()] {
            let row = &self.rows[lane.row];
            previous.push(lane.classes.last().copied().unwrap_or(self.classes as i64));
            latents.extend_from_slice(&row.latents[lane.window]);
            let (under, at) = (&self.passages[row.passage].decode_under, self.place(lane));
            conditions.extend_from_slice(&under[at * self.width..(at + 1) * self.width]);
        }
        let mut outputs = [Vec::new(), Vec::new(), Vec::new()];
        let inputs = [
            Tensor::I64(&previous),
            Tensor::F32(&latents),
            Tensor::F32(&conditions),
            Tensor::F32(&self.state[0]),
            Tensor::F32(&self.state[1]),
        ];
        self.model.step.run(count, &inputs, &mut outputs)?;
        let [logits, h, c] = outputs;
        if !all_finite(&logits) {
            return Err(ComposeError::NotFinite(self.model.step.name()));
        }
        self.state = [h, c];
        for (index, logits) in together.zip(logits.chunks_exact(self.classes)) {
            let lane = &self.lanes[index];
            let class = self.class(self.place(lane), self.rows[lane.row].passage, logits);
            let class = class.ok_or(ComposeError::NotFinite(self.model.step.name()))?;
            let lane = &mut self.lanes[index];
            lane.log_likelihood += log_probability(logits, class);
            lane.classes.push(class as i64);
        }
        self.step += 1;
        if self.step == self.steps {
            (self.step, self.first) = (0, self.first + LANES_MAX);
        }
        Ok(())
    }

    /// The step of the whole part that `lane` is at.
    fn place(&self, lane: &Lane) -> usize {
        lane.window * self.steps + self.step
    }

    /// The rows, each of its lanes.
    fn decoded(&self) -> Vec<Decoded> {
        let steps = self.passages[0].classes.len() as f32;
        let row = |lanes: &[Lane]| Decoded {
            classes: lanes.iter().flat_map(|lane| &lane.classes).copied().collect(),
            log_likelihood: lanes.iter().map(|lane| lane.log_likelihood).sum::<f32>() / steps,
        };
        self.lanes.chunks(self.windows()).map(row).collect()
    }

    /// The class that step `at` of a row of `passage` takes.
    fn class(&self, at: usize, passage: usize, logits: &[f32]) -> Option<usize> {
        let barred = self.never_first.filter(|_| at == 0);
        let mut masked = logits.to_vec();
        for (class, (logit, allowed)) in masked.iter_mut().zip(&self.passages[passage].allowed).enumerate() {
            if !allowed || Some(class) == barred {
                *logit = f32::NEG_INFINITY;
            }
        }
        match self.course {
            Course::Between { .. } => likeliest(&masked),
            Course::Around { draw, seed, role, .. } => {
                draw.class(&masked, &mut Noise::new(seed, SHARED | role << 8, at, Head::Latent))
            }
        }
    }
}

/// The likeliest class, the first of equals; none where none is allowed.
fn likeliest(logits: &[f32]) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (class, logit) in logits.iter().enumerate() {
        let rounded = (logit * ROUNDING).round();
        if rounded > best.map_or(f32::NEG_INFINITY, |(_, best)| best) {
            best = Some((class, rounded));
        }
    }
    best.map(|(class, _)| class)
}
