//! Runs on the composer thread. One request on its way to an idea: part after part, in the order that serves it. Each
//! call computes one small step.

mod offer;
mod textures;

use super::assembly::{self, Lines, Written};
use super::copies;
use super::parts::{self, Hole, Parts};
use super::plan::{HarmonySource, Task, harmony_request, lay_out, tasks};
use super::playing::Touches;
use super::relative::{self, Begun, Relative};
use super::request::Request;
use crate::compose_error::JobStep;
use crate::drums::DrumJob;
use crate::harmony::ChordJob;
use crate::models::Models;
use crate::originality::Originality;
use crate::phrase::window::Asked;
use crate::phrase::{COPIED_NOTES, PhraseCandidate, PhraseJob};
use crate::texture::{Texture, TextureJob};
use crate::vocabulary::Role;
use linnet_handover::worker_view::Failure;
use linnet_music::{Beats, ChordSpan, Idea, Mode, Note, Part, SharedRun};
use std::collections::VecDeque;
use std::sync::Arc;

/// Melodies that are written at most, of eight candidates each, before the request is given up as a copy.
const ATTEMPTS_MAX: u16 = 4;
/// What the seed moves by between attempts: far from the seeds that a user tries next.
const SEED_STEP: u16 = 40_503;
/// Alternatives that are shown at most.
const ALTERNATIVES_MAX: usize = 3;

/// What came of a request.
pub(super) struct Proposal {
    /// The idea, without its number in the session.
    pub(super) idea: Idea,
    /// The others, best first.
    pub(super) alternatives: Vec<Idea>,
    /// A sentence where something is worth saying.
    pub(super) note: String,
}

/// What a step came to.
pub(super) enum Advance {
    /// There is more to do.
    Continue {
        /// Done, in [0, 1].
        progress: f32,
    },
    /// The idea is there.
    Done(Box<Proposal>),
    /// Every line that was written copied the training set.
    Copies(SharedRun),
}

enum Stage {
    Harmony(Box<ChordJob>),
    Sketch(Box<TextureJob>),
    Drums { hole: Hole, job: Box<DrumJob> },
    Phrase { part: Part, hole: Hole, job: Box<PhraseJob> },
    Voicing { texture: usize, part: Part, job: Box<PhraseJob> },
    Relative(Box<Relative>),
    Between,
}

/// One request on its way.
pub(super) struct Composition {
    request: Request,
    models: Arc<Models>,
    originality: &'static Originality,
    harmony: Vec<ChordSpan>,
    harmony_source: HarmonySource,
    attempt: u16,
    tasks: VecDeque<Task>,
    all_tasks: usize,
    /// Of these, voicings that are not among `tasks` yet, since the textures are not drawn.
    to_come: usize,
    stage: Stage,
    /// What is known so far: parts that stay, and those composed, each hole on the grid until the end.
    parts: Parts,
    written: Vec<Written>,
    /// The candidates of the last part, and what the knobs asked of them.
    last: Vec<PhraseCandidate>,
    asked: Asked,
    /// The textures drawn, best first.
    textures: Vec<Texture>,
    /// What the ideas are made of, once all is written, and how their parts are played.
    lines: Option<Vec<Lines>>,
    touches: Touches,
    copies_dropped: usize,
    /// Whether the latents of lines, and those of drums, took part.
    latents: [bool; 2],
    /// The versions of each part of a relative, best first.
    versions: [Vec<Vec<Note>>; 4],
}

impl Composition {
    pub(super) fn new(
        request: Request,
        models: &Arc<Models>,
        originality: &'static Originality,
    ) -> Result<Self, Failure> {
        if let Some(failure) = request.lacks() {
            return Err(failure);
        }
        let (harmony, harmony_source) = lay_out(&request);
        let tasks = tasks(&request, harmony_source);
        let to_come = textures::voicings(&request, &tasks);
        Ok(Self {
            parts: parts::given(&request),
            models: Arc::clone(models),
            originality,
            harmony,
            harmony_source,
            attempt: 0,
            all_tasks: tasks.len() + to_come,
            to_come,
            tasks,
            stage: Stage::Between,
            written: Vec::new(),
            last: Vec::new(),
            asked: Asked::default(),
            textures: Vec::new(),
            lines: None,
            touches: Touches::default(),
            copies_dropped: 0,
            latents: [false; 2],
            versions: Default::default(),
            request,
        })
    }

    /// Computes one step.
    pub(super) fn advance(&mut self) -> Result<Advance, Failure> {
        let step = match &mut self.stage {
            Stage::Between => return self.begin_next(),
            Stage::Harmony(job) => match job.advance()? {
                JobStep::Continue { progress } => progress,
                JobStep::Done(rows) => {
                    self.harmony = rows.into_iter().next().map_or_else(Vec::new, |best| best.spans);
                    self.stage = Stage::Between;
                    0.0
                }
            },
            Stage::Relative(job) => match job.advance(&self.request, &self.models, self.originality)? {
                relative::Step::Continue { progress } => progress,
                relative::Step::Done(versions) => {
                    let part = job.part();
                    self.latents[usize::from(part == Part::Drums)] = true;
                    self.copies_dropped += job.copies_dropped();
                    self.stage = Stage::Between;
                    self.settle(part, versions);
                    0.0
                }
            },
            Stage::Sketch(job) => match job.advance()? {
                JobStep::Continue { progress } => progress,
                JobStep::Done(textures) => {
                    self.end_sketch(textures);
                    0.0
                }
            },
            Stage::Drums { hole, job } => match job.advance()? {
                JobStep::Continue { progress } => progress,
                JobStep::Done(drums) => {
                    let notes = drums.into_iter().next().map_or_else(Vec::new, |best| best.notes);
                    let hole = *hole;
                    self.stage = Stage::Between;
                    self.put(Written { part: Part::Drums, hole, notes });
                    0.0
                }
            },
            Stage::Voicing { texture, part, job } => match job.advance()? {
                JobStep::Continue { progress } => progress,
                JobStep::Done(candidates) => {
                    let (texture, part) = (*texture, *part);
                    self.end_voicing(texture, part, candidates)?;
                    0.0
                }
            },
            Stage::Phrase { part, hole, job } => match job.advance()? {
                JobStep::Continue { progress } => progress,
                JobStep::Done(candidates) => {
                    let (part, hole) = (*part, *hole);
                    self.copies_dropped += job.copies_dropped();
                    if let Some(copies) = self.end_phrase(part, hole, candidates) {
                        return Ok(copies);
                    }
                    0.0
                }
            },
        };
        let under_way = usize::from(!matches!(self.stage, Stage::Between));
        let done = self.all_tasks - self.tasks.len() - self.to_come - under_way;
        Ok(Advance::Continue { progress: (done as f32 + step) / self.all_tasks.max(1) as f32 })
    }

    fn begin_next(&mut self) -> Result<Advance, Failure> {
        let Some(task) = self.tasks.pop_front() else { return self.play() };
        self.stage = match task {
            Task::Harmony => self.harmony_stage()?,
            Task::Sketch => self.sketch_stage()?,
            Task::Drums(hole) => self.drum_stage(hole)?,
            Task::Voicing { texture, part } => self.voicing_stage(texture, part)?,
            Task::Phrase { part, hole } => self.phrase_stage(part, hole)?,
            Task::Relative { part } => match relative::begin(&self.request, &self.models, part)? {
                Begun::Settled(notes) => {
                    self.settle(part, vec![notes]);
                    Stage::Between
                }
                Begun::Job(job) => Stage::Relative(job),
            },
        };
        let done = self.all_tasks - self.tasks.len() - self.to_come - 1;
        Ok(Advance::Continue { progress: done as f32 / self.all_tasks as f32 })
    }

    /// Takes the versions of a part of a relative, best first.
    fn settle(&mut self, part: Part, versions: Vec<Vec<Note>>) {
        self.parts[part.index()] = versions.first().cloned();
        self.versions[part.index()] = versions;
    }

    fn phrase_stage(&mut self, part: Part, hole: Hole) -> Result<Stage, Failure> {
        let Some(role) = Role::of(part, self.request.controls.chords_role) else { return Ok(Stage::Between) };
        let seed = self.request.controls.seed.wrapping_add(SEED_STEP.wrapping_mul(self.attempt));
        let wanted = parts::phrase_request(
            &self.request,
            &self.models.phrase,
            &self.harmony,
            &self.parts,
            (part, role),
            hole,
            seed,
        );
        self.asked = wanted.knobs;
        let mut job = PhraseJob::new(&self.models.phrase, &wanted)?;
        if matches!(role, Role::Lead | Role::Counter) {
            let line = copies::Surroundings::new(&self.request, &self.parts, part, hole);
            let originality = self.originality;
            job.set_shared_run_check(Box::new(move |notes| line.shared_run(originality, notes)));
        }
        Ok(Stage::Phrase { part, hole, job: Box::new(job) })
    }

    /// Takes the best candidate; or writes again where every one was a copy.
    fn end_phrase(&mut self, part: Part, hole: Hole, candidates: Vec<PhraseCandidate>) -> Option<Advance> {
        let best = candidates.first()?;
        self.stage = Stage::Between;
        if best.shared_run >= COPIED_NOTES {
            self.attempt += 1;
            if self.attempt >= ATTEMPTS_MAX {
                return Some(Advance::Copies(self.originality.longest_shared_run(&best.notes)));
            }
            self.copies_dropped += candidates.len();
            self.tasks.push_front(Task::Phrase { part, hole });
            return None;
        }
        let notes = best.notes.clone();
        self.put(Written { part, hole, notes });
        self.last = candidates;
        None
    }

    /// Puts a hole's notes among those known.
    fn put(&mut self, written: Written) {
        let begin = self.request.begin(written.hole).0;
        let known = self.parts[written.part.index()].get_or_insert_default();
        let end = self.request.begin((written.hole.1, 0)).0;
        known.retain(|note| !(begin - 1e-6..end - 1e-6).contains(&note.onset.0));
        known.extend(written.notes.iter().map(|note| Note { onset: Beats(note.onset.0 + begin), ..*note }));
        known.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
        self.written.push(written);
    }

    fn harmony_stage(&self) -> Result<Stage, Failure> {
        let melody = match self.harmony_source {
            HarmonySource::Melody => self.parts[Part::Lead.index()].as_deref(),
            _ => None,
        };
        let wanted = harmony_request(&self.request);
        let job = ChordJob::new(&self.models.chords, &wanted, &self.request.controls, melody);
        Ok(Stage::Harmony(Box::new(job?)))
    }

    fn drum_stage(&self, hole: Hole) -> Result<Stage, Failure> {
        let wanted = parts::drum_request(&self.request, &self.parts, &self.rhythm(), hole);
        let job = DrumJob::new(&self.models.drums, &wanted)?;
        Ok(Stage::Drums { hole, job: Box::new(job) })
    }

    /// The rhythm that the drums fit: in Groove that of what was heard, else that of the lead; where one is missing, the
    /// other.
    fn rhythm(&self) -> Vec<Note> {
        let heard = assembly::heard_rhythm(&self.request);
        let lead = self.parts[Part::Lead.index()].clone().unwrap_or_default();
        let (first, second) =
            if self.request.controls.mode == Mode::Groove { (heard, lead) } else { (lead, heard) };
        if first.is_empty() { second } else { first }
    }

    /// Has one part played, or hands over the ideas where all are.
    fn play(&mut self) -> Result<Advance, Failure> {
        let lines = self.lines.take().unwrap_or_else(|| self.lines());
        let unplayed = lines.iter().find_map(|lines| self.touches.unplayed(&self.request, lines));
        let Some(unplayed) = unplayed else {
            let idea = |lines| {
                let mut idea = assembly::idea(&self.request, &self.models, lines, &self.touches);
                let far = relative::figures(&self.request, &idea);
                idea.figures.extend(far);
                idea
            };
            let mut ideas = lines.iter().map(idea);
            let Some(idea) = ideas.next() else { return Ok(Advance::Copies(SharedRun::default())) };
            let proposal = Proposal { note: self.note(&idea), alternatives: ideas.collect(), idea };
            return Ok(Advance::Done(Box::new(proposal)));
        };
        self.touches.play(&self.models.groove, unplayed)?;
        self.lines = Some(lines);
        Ok(Advance::Continue { progress: 1.0 })
    }
}

/// A fault of this very binary.
pub(super) fn damaged(error: &dyn std::error::Error) -> Failure {
    Failure {
        title: "Linnet itself is damaged.".into(),
        detail: error.to_string(),
        remedy: "Install it again.".into(),
    }
}
