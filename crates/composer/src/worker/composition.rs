//! Runs on the composer thread. One request on its way to an idea: the lead's steps, then the drums', then the rest by
//! rule. Each call computes one small step.

use super::assembly::{self, Lines};
use super::request::Request;
use crate::drums::{DrumJob, DrumRequest};
use crate::harmony::{self, HarmonyModel, HarmonyRequest};
use crate::lead::{COPIED_NOTES, JobStep, LeadCandidate, LeadJob, LeadRequest};
use crate::models::Models;
use crate::originality::Originality;
use crate::rng::{Head, Noise};
use linnet_handover::worker_view::Failure;
use linnet_music::{Beats, ChordSpan, Controls, Idea, Mode, Note, Part, SharedRun};
use std::sync::Arc;

/// Leads that are written at most, of eight candidates each, before the request is given up as a copy.
const ATTEMPTS_MAX: u16 = 4;
/// What the seed moves by between attempts: far from the seeds that a user tries next.
const SEED_STEP: u16 = 40_503;
/// Alternatives that are shown at most.
const ALTERNATIVES_MAX: usize = 3;
/// The share of the work that the lead takes, for the progress.
const LEAD_SHARE: f32 = 0.7;

/// Where the chords of an idea came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HarmonySource {
    /// Repeated from what was heard.
    Heard,
    /// Drawn from the chord model.
    Model,
    /// Carried over with the parts that stay.
    Carried,
}

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
    Lead(Box<LeadJob>),
    Drums(Box<DrumJob>),
    Assembly,
}

/// One request on its way.
pub(super) struct Composition {
    request: Request,
    models: Arc<Models>,
    originality: &'static Originality,
    harmony: Vec<ChordSpan>,
    harmony_source: HarmonySource,
    attempt: u16,
    stage: Stage,
    leads: Vec<LeadCandidate>,
    copies_dropped: usize,
    drums: Vec<Note>,
}

impl Composition {
    pub(super) fn new(request: Request, models: &Arc<Models>) -> Result<Self, Failure> {
        let originality = Originality::built_in().map_err(|error| damaged(&error))?;
        let chords = HarmonyModel::built_in().map_err(|error| damaged(&error))?;
        let (harmony, harmony_source) = lay_out(&request, chords);
        let mut composition = Self {
            request,
            models: Arc::clone(models),
            originality,
            harmony,
            harmony_source,
            attempt: 0,
            stage: Stage::Assembly,
            leads: Vec::new(),
            copies_dropped: 0,
            drums: Vec::new(),
        };
        composition.stage = composition.first_stage()?;
        Ok(composition)
    }

    /// Computes one step.
    pub(super) fn advance(&mut self) -> Result<Advance, Failure> {
        match &mut self.stage {
            Stage::Lead(job) => match job.advance().map_err(|error| error.failure())? {
                JobStep::Continue { progress } => Ok(Advance::Continue { progress: LEAD_SHARE * progress }),
                JobStep::Done(leads) => {
                    self.copies_dropped += job.copies_dropped();
                    self.end_lead(leads)
                }
            },
            Stage::Drums(job) => match job.advance().map_err(|error| error.failure())? {
                JobStep::Continue { progress } => {
                    Ok(Advance::Continue { progress: LEAD_SHARE + (1.0 - LEAD_SHARE) * progress })
                }
                JobStep::Done(drums) => {
                    self.drums = drums.into_iter().next().map_or_else(Vec::new, |best| best.notes);
                    self.stage = Stage::Assembly;
                    Ok(Advance::Continue { progress: 1.0 })
                }
            },
            Stage::Assembly => Ok(Advance::Done(Box::new(self.proposal()))),
        }
    }

    fn first_stage(&self) -> Result<Stage, Failure> {
        if self.request.is_wanted(Part::Lead) { self.lead_stage() } else { self.drum_stage() }
    }

    fn lead_stage(&self) -> Result<Stage, Failure> {
        let seed = self.request.controls.seed.wrapping_add(SEED_STEP.wrapping_mul(self.attempt));
        let mut job =
            LeadJob::new(&self.models.lead, &self.lead_request(seed)).map_err(|error| error.failure())?;
        let originality = self.originality;
        job.set_shared_run_check(Box::new(move |notes| originality.longest_shared_run(notes).notes));
        Ok(Stage::Lead(Box::new(job)))
    }

    fn lead_request(&self, seed: u16) -> LeadRequest {
        let request = &self.request;
        let (context, context_bars) = request.context();
        let begin = f64::from(context_bars) * request.metre.bar().0;
        let before: &[ChordSpan] = if context_bars > 0 { &request.heard.chords } else { &[] };
        let after = self.harmony.iter().map(|span| ChordSpan { onset: Beats(span.onset.0 + begin), ..*span });
        LeadRequest {
            key: request.key,
            metre: request.metre,
            bars: request.bars() as u8,
            context: context.to_vec(),
            context_bars,
            chords: before.iter().copied().chain(after).collect(),
            controls: Controls { seed, ..request.controls },
            register_centre: request.register_centre(),
        }
    }

    /// Goes on to the drums; or writes again where every line was a copy.
    fn end_lead(&mut self, leads: Vec<LeadCandidate>) -> Result<Advance, Failure> {
        let best = leads.first().map_or(&[][..], |lead| &lead.notes);
        if leads.first().is_some_and(|lead| lead.shared_run >= COPIED_NOTES) {
            self.attempt += 1;
            if self.attempt >= ATTEMPTS_MAX {
                return Ok(Advance::Copies(self.originality.longest_shared_run(best)));
            }
            self.copies_dropped += leads.len();
            self.stage = self.lead_stage()?;
            return Ok(Advance::Continue { progress: 0.0 });
        }
        self.leads = leads;
        self.stage = self.drum_stage()?;
        Ok(Advance::Continue { progress: LEAD_SHARE })
    }

    fn drum_stage(&self) -> Result<Stage, Failure> {
        if !self.request.is_wanted(Part::Drums) {
            return Ok(Stage::Assembly);
        }
        let (context, context_bars) = self.request.drum_context();
        let request = DrumRequest {
            metre: self.request.metre,
            tempo: self.request.tempo,
            bars: self.request.bars() as u8,
            context: context.to_vec(),
            context_bars,
            rhythm: self.rhythm(),
            controls: self.request.controls,
        };
        let job = DrumJob::new(&self.models.drums, &request).map_err(|error| error.failure())?;
        Ok(Stage::Drums(Box::new(job)))
    }

    /// The rhythm that the drums fit: in Groove that of what was heard, else that of the lead; where one is missing, the
    /// other.
    fn rhythm(&self) -> Vec<Note> {
        let heard = assembly::heard_rhythm(&self.request);
        let lead = match self.leads.first() {
            Some(lead) => lead.notes.clone(),
            None => assembly::carried(&self.request, Part::Lead).unwrap_or_default(),
        };
        let (first, second) =
            if self.request.controls.mode == Mode::Groove { (heard, lead) } else { (lead, heard) };
        if first.is_empty() { second } else { first }
    }

    fn proposal(&self) -> Proposal {
        let lines = |lead: &[Note]| Lines {
            harmony: self.harmony.clone(),
            harmony_source: self.harmony_source,
            lead: lead.to_vec(),
            shared_run: self.originality.longest_shared_run(lead),
            drums: self.drums.clone(),
        };
        let idea = |lead: &[Note]| assembly::idea(&self.request, &self.models, &lines(lead));
        let best = idea(self.leads.first().map_or(&[][..], |lead| &lead.notes));
        let others = self.leads.iter().skip(1).take(ALTERNATIVES_MAX);
        Proposal {
            note: self.note(&best),
            idea: best,
            alternatives: others.map(|lead| idea(&lead.notes)).collect(),
        }
    }

    /// What is worth saying about the request.
    fn note(&self, idea: &Idea) -> String {
        let mut sentences = Vec::new();
        let controls = &self.request.controls;
        if controls.mode == Mode::Continue && self.request.stretch_in_metre().is_none() {
            sentences.push(
                "Nothing was heard in this metre yet, so the idea begins from the controls.".to_owned(),
            );
        }
        if controls.mode == Mode::Groove && !self.request.is_wanted(Part::Drums) {
            sentences.push("The drums are locked, so there was nothing to groove.".to_owned());
        }
        if self.copies_dropped > 0 {
            let lines = self.copies_dropped;
            sentences.push(format!("{lines} lines came too near to a training piece and were dropped."));
        }
        if idea.phrases.iter().all(linnet_music::Phrase::is_empty) {
            sentences.push("No part is on, so the idea has no notes.".to_owned());
        }
        sentences.join(" ")
    }
}

/// The chords of the new bars.
fn lay_out(request: &Request, model: &HarmonyModel) -> (Vec<ChordSpan>, HarmonySource) {
    if let Some(harmony) = assembly::carried_harmony(request) {
        return (harmony, HarmonySource::Carried);
    }
    let wanted = HarmonyRequest {
        key: request.key,
        metre: request.metre,
        bars: request.bars(),
        in_scale: request.in_scale(),
    };
    if let Some((heard, bars)) = request.chords_to_follow() {
        return (harmony::follow(&wanted, heard, bars), HarmonySource::Heard);
    }
    let mut noise = Noise::new(request.controls.seed, 0, 0, Head::Harmony);
    let mut unit = || f64::from(noise.uniform());
    (harmony::invent(&wanted, model, &mut unit), HarmonySource::Model)
}

/// A fault of this very binary.
pub(super) fn damaged(error: &dyn std::error::Error) -> Failure {
    Failure {
        title: "Linnet itself is damaged.".into(),
        detail: error.to_string(),
        remedy: "Install it again.".into(),
    }
}
