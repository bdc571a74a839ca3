//! Runs on the composer thread. Vary and Morph: relatives of ideas that are there, part by part, through the latents.
//!
//! Every part of the idea is taken: those that are locked or off stay as they are, and so do locked bars. Key and
//! harmony are those of one idea, never a mixture: in Vary the idea's, in Morph before the middle of the way the current
//! idea's, from there on the other's. Where something pitched of the current idea stays, its key and harmony do, and the
//! other idea's notes are moved to them.
//!
//! Vary draws around the idea seven times and offers the three best that differ; Morph has one answer at a place.

mod drums;
mod join;
mod lines;

use super::assembly;
use super::request::Request;
use crate::compose_error::{ComposeError, JobStep};
use crate::latent::chain::Way;
use crate::latent::vary::VariedLine;
use crate::latent::{Decoded, LatentJob, POINTS};
use crate::likeness;
use crate::models::Models;
use crate::originality::Originality;
use crate::phrase::wish::style_weights;
use crate::sampling::Draw;
use drums::DrumTask;
use lines::LineTask;
use linnet_handover::worker_view::Failure;
use linnet_music::{Beats, Figure, Idea, Mode, Note, Part, Phrase, Pitch, STYLES};
use std::collections::VecDeque;

impl Request {
    /// Whether the idea is a relative of others: Vary and Morph.
    pub(super) fn is_relative(&self) -> bool {
        matches!(self.controls.mode, Mode::Vary | Mode::Morph)
    }

    /// Whether `bar` of `part` is locked.
    fn is_locked(&self, part: Part, bar: u32) -> bool {
        bar < 16 && self.controls.locked_bars[part.index()] >> bar & 1 == 1
    }

    /// Whether bars of `part` stay, or all of it.
    fn has_staying(&self, part: Part) -> bool {
        !self.is_wanted(part) || (0..16).any(|bar| self.is_locked(part, bar))
    }

    /// Whether something pitched of the current idea stays, and with it key and harmony.
    fn is_anchored(&self) -> bool {
        let has_notes = |part: Part| self.source.as_ref().is_some_and(|idea| !idea.phrase(part).is_empty());
        [Part::Lead, Part::Chords, Part::Bass]
            .into_iter()
            .any(|part| has_notes(part) && self.has_staying(part))
    }

    /// Morph's place between the ideas, in [0, 1].
    fn place(&self) -> f32 {
        self.controls.morph.clamp(0.0, 1.0)
    }

    /// The idea whose key and harmony hold in Vary and Morph; none in other modes.
    pub(super) fn ruling(&self) -> Option<&Idea> {
        let source = self.source.as_ref().filter(|_| self.is_relative())?;
        let rules = self.controls.mode == Mode::Morph && self.place() >= 0.5 && !self.is_anchored();
        Some(self.other.as_ref().filter(|_| rules).unwrap_or(source))
    }

    /// The ideas that the request is between: the current one, and in Morph the other.
    fn ideas(&self) -> Vec<&Idea> {
        self.source.iter().chain(&self.other).collect()
    }

    /// The length of a relative: that of the idea, between two that of the longer.
    pub(super) fn relative_bars(&self) -> u32 {
        let bars = |idea: &Option<Idea>| idea.as_ref().map_or(0, Idea::bars);
        let stays = Part::ALL.into_iter().any(|part| self.has_staying(part));
        match self.place() {
            _ if self.other.is_none() => bars(&self.source),
            place if place <= 0.0 => bars(&self.source),
            place if place >= 1.0 && !stays => bars(&self.other),
            _ => bars(&self.source).max(bars(&self.other)),
        }
    }

    /// Why there is nothing to morph; `lacks` makes a failure of a detail and a remedy.
    pub(super) fn morph_lacks(&self, lacks: impl Fn(&str, &str) -> Failure) -> Option<Failure> {
        let Some(source) = &self.source else {
            return Some(lacks(
                "It goes from the current idea to another, and there is no idea yet.",
                "Ask for two ideas first, or choose Invent.",
            ));
        };
        let Some(other) = &self.other else {
            let detail = match self.controls.morph_with {
                None => "No other idea is chosen to go to.",
                Some(_) => "The other idea is no longer in the history.",
            };
            return Some(lacks(detail, "Choose the idea to morph with in the history."));
        };
        (source.metre != other.metre).then(|| Failure {
            title: "Morph needs two ideas in the same metre.".into(),
            detail: format!("The current idea is in {}, the other in {}.", source.metre, other.metre),
            remedy: "Choose another idea to morph with.".into(),
        })
    }

    /// How Vary draws: nearer to the likeliest than new ideas are.
    fn draw(&self) -> Draw {
        Draw { temperature: 0.3 + 0.8 * self.controls.surprise.clamp(0.0, 1.0) }
    }

    /// The weights of the styles asked for, or those under which `idea` was made.
    fn style_of(&self, idea: &Idea) -> [f32; STYLES] {
        let asked = style_weights(&self.controls);
        if asked.iter().sum::<f32>() > 0.0 { asked } else { style_weights(&idea.controls) }
    }

    /// A part of an idea, repeated or cut to the length of the request.
    fn tiled(&self, idea: &Idea, part: Part) -> Vec<Note> {
        let notes = idea.phrase(part).notes();
        let rounds = assembly::repeats(idea.length, self.length());
        let moved = |round: u32| {
            let by = f64::from(round) * idea.length.0;
            notes.iter().map(move |note| Note { onset: Beats(note.onset.0 + by), ..*note })
        };
        assembly::within((0..rounds).flat_map(moved).collect(), self.length())
    }

    /// A part of Morph's other idea, in the key of the request.
    fn moved_here(&self, idea: &Idea, part: Part) -> Vec<Note> {
        let mut notes = self.tiled(idea, part);
        if part == Part::Drums || idea.key == self.key {
            return notes;
        }
        let up = (i32::from(self.key.tonic.above(idea.key.tonic)) + 5) % 12 - 5;
        for note in &mut notes {
            let there = i32::from(note.pitch.midi()) + up;
            let near = [0, -1, 1, -2, 2].into_iter().map(|by| Pitch::new(there + by));
            note.pitch = near.into_iter().find(|pitch| self.key.contains(*pitch)).unwrap_or(note.pitch);
        }
        Phrase::new(notes).notes().to_vec()
    }

    /// The end of Morph's way that `point` is, with the bars that stay; none for a point between.
    fn end(&self, part: Part, point: usize) -> Option<Vec<Note>> {
        let (source, other) = (self.source.as_ref()?, self.other.as_ref()?);
        let own = || self.tiled(source, part);
        match point {
            0 => Some(own()),
            point if point + 1 == POINTS => {
                let stays = |note: &Note| self.is_locked(part, self.bar_of(note.onset));
                let kept: Vec<Note> = own().into_iter().filter(|note| stays(note)).collect();
                let mut new = self.moved_here(other, part);
                new.retain(|note| !stays(note));
                Some(join::join(kept, new, stays))
            }
            _ => None,
        }
    }

    /// The bar that an onset belongs to, though it be played a little early.
    fn bar_of(&self, onset: Beats) -> u32 {
        ((onset.0 + 0.05) / self.metre.bar().0).floor().max(0.0) as u32
    }
}

/// Versions of a part that Vary offers at most.
const VERSIONS_MAX: usize = 3;

/// A part that was begun.
pub(super) enum Begun {
    /// It needs no network.
    Settled(Vec<Note>),
    Job(Box<Relative>),
}

/// What a step came to.
pub(super) enum Step {
    /// There is more to do.
    Continue {
        /// Done, in [0, 1].
        progress: f32,
    },
    /// The versions of the part as they are played, best first, at least one; of Morph there is one.
    Done(Vec<Vec<Note>>),
}

enum Task {
    Line(Box<LineTask>),
    Drums(DrumTask),
}

/// A part of a relative in the making.
pub(super) struct Relative {
    part: Part,
    job: LatentJob,
    task: Task,
    /// The lines that are to be played, once they are chosen, and those that were.
    lines: Option<VecDeque<VariedLine>>,
    played: Vec<Vec<Note>>,
    copies_dropped: usize,
}

/// Begins `part` of the relative that `request` asks for.
pub(super) fn begin(request: &Request, models: &Models, part: Part) -> Result<Begun, Failure> {
    if let Some(notes) = settled(request, part) {
        return Ok(Begun::Settled(notes));
    }
    let begun = match part {
        Part::Drums => DrumTask::begin(request, models).map(|(task, job)| (Task::Drums(task), job)),
        _ => LineTask::begin(request, models, part).map(|(task, job)| (Task::Line(Box::new(task)), job)),
    };
    let (task, job) = begun.map_err(|error: ComposeError| error.failure())?;
    let (lines, played, copies_dropped) = (None, Vec::new(), 0);
    Ok(Begun::Job(Box::new(Relative { part, job, task, lines, played, copies_dropped })))
}

/// A part that needs no network: one that stays, an end of Morph's way, or one that only one idea has.
fn settled(request: &Request, part: Part) -> Option<Vec<Note>> {
    let Some(source) = &request.source else { return Some(Vec::new()) };
    let stays = !request.is_wanted(part);
    let Some(other) = &request.other else {
        let same = stays || request.controls.similarity >= 1.0 || source.phrase(part).is_empty();
        return same.then(|| request.tiled(source, part));
    };
    let empty = source.phrase(part).is_empty() || other.phrase(part).is_empty();
    match request.place() {
        _ if stays => request.end(part, 0),
        place if place <= 0.0 || (empty && place < 0.5) => request.end(part, 0),
        place if place >= 1.0 || empty => request.end(part, POINTS - 1),
        _ => None,
    }
}

impl Relative {
    pub(super) fn part(&self) -> Part {
        self.part
    }

    /// Lines that came too near to a training piece.
    pub(super) fn copies_dropped(&self) -> usize {
        self.copies_dropped
    }

    /// Computes one step.
    pub(super) fn advance(
        &mut self,
        request: &Request,
        models: &Models,
        originality: &Originality,
    ) -> Result<Step, Failure> {
        if let (Task::Line(task), Some(lines)) = (&self.task, &mut self.lines) {
            if let Some(line) = lines.pop_front() {
                self.played.push(task.play(request, models, &line)?);
            }
            return Ok(if lines.is_empty() {
                Step::Done(std::mem::take(&mut self.played))
            } else {
                Step::Continue { progress: 1.0 }
            });
        }
        let decoded = match self.job.advance()? {
            JobStep::Continue { progress } => return Ok(Step::Continue { progress }),
            JobStep::Done(decoded) => decoded,
        };
        let found = match &self.task {
            Task::Line(task) => task.find(request, &decoded, originality),
            Task::Drums(task) => return Ok(Step::Done(task.finish(request, &decoded))),
        };
        self.copies_dropped = found.copies_dropped;
        if found.lines.is_empty() {
            return Ok(Step::Done(vec![found.settled]));
        }
        self.lines = Some(found.lines.into());
        Ok(Step::Continue { progress: 1.0 })
    }
}

/// The point of Morph's way that is played, by the distances of the decoded points from both ends, which are `apart`.
/// Points that `is_copy` names are not: the ends, the user's own ideas, always may be.
fn point(
    request: &Request,
    apart: f32,
    distances: impl Fn(&Decoded) -> (f32, f32),
    is_copy: impl Fn(&Decoded) -> bool,
    decoded: &[Decoded],
) -> usize {
    let (mut near, mut far) = (vec![0.0], vec![apart]);
    for decoded in decoded {
        let (from_one, from_other) = distances(decoded);
        near.push(from_one);
        far.push(from_other);
    }
    near.push(apart);
    far.push(0.0);
    let mut way = Way::new(&near, &far);
    loop {
        let point = way.point(request.place());
        match point.checked_sub(1).and_then(|before| decoded.get(before)) {
            Some(decoded) if is_copy(decoded) => way.leave_out(point),
            _ => return point,
        }
    }
}

/// How far a relative is from the ideas that it was made of.
pub(super) fn figures(request: &Request, idea: &Idea) -> Vec<Figure> {
    if !request.is_relative() {
        return Vec::new();
    }
    let figure = |name: &str, from: &Option<Idea>| {
        let value = likeness::of_ideas(from.as_ref()?, idea);
        Some(Figure { name: name.into(), value, human: None, asked: None })
    };
    let far = [
        figure("Distance from the idea", &request.source),
        figure("Distance from the other", &request.other),
    ];
    far.into_iter().flatten().collect()
}
