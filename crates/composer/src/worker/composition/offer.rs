//! Runs on the composer thread. What a composition that is written offers: the best idea and its alternatives, why it came
//! first, and what is worth saying.
//!
//! Alternatives of a request that writes are the next candidates of its last part, of Sketch alone the next textures.
//! Those of Vary are the next draws around the idea, part by part. Morph has none: the place says which point of the way
//! is played, the points are decoded without drawing, and those beside it would be answers to another place.

use super::super::assembly::Lines;
use super::super::copies;
use super::super::parts::Parts;
use super::super::sketch;
use super::{ALTERNATIVES_MAX, Composition};
use crate::phrase::PhraseCandidate;
use crate::phrase::figures::figures;
use crate::vocabulary::Role;
use linnet_music::{Figure, Idea, Mode, Part};

impl Composition {
    /// What the ideas are made of: the best, and the alternatives.
    pub(super) fn lines(&self) -> Vec<Lines> {
        let with = |last: Option<&PhraseCandidate>| {
            let mut written = self.written.clone();
            if let (Some(last), Some(of)) = (last, written.last_mut()) {
                of.notes.clone_from(&last.notes);
            }
            let lead = written.iter().filter(|of| of.part == Part::Lead).map(|of| of.notes.as_slice());
            Lines {
                harmony: self.harmony.clone(),
                harmony_source: self.harmony_source,
                shared_run: lead
                    .map(|notes| self.originality.longest_shared_run(notes))
                    .max_by_key(|run| run.notes)
                    .unwrap_or_default(),
                figures: self.figures(last.or(self.last.first())),
                relative: None,
                latents: self.latents,
                written,
                drew_textures: !self.textures.is_empty(),
            }
        };
        if self.request.is_relative() {
            return self.relatives().map(|parts| self.relative(with(None), parts)).collect();
        }
        let alternatives: Vec<Lines> = if self.last.is_empty() {
            let textures = self.textures.iter().skip(1).take(ALTERNATIVES_MAX);
            textures.map(|texture| with(None).with_texture(&self.request, texture)).collect()
        } else {
            self.last.iter().skip(1).take(ALTERNATIVES_MAX).map(|other| with(Some(other))).collect()
        };
        std::iter::once(with(None)).chain(alternatives).collect()
    }

    /// The relatives to offer, best first: each has the next version of every part, or its best where there is no other.
    fn relatives(&self) -> impl Iterator<Item = Parts> {
        let count = self.versions.iter().map(Vec::len).max().unwrap_or(0).max(1);
        (0..count).map(|place| {
            self.versions.each_ref().map(|versions| versions.get(place).or(versions.first()).cloned())
        })
    }

    fn relative(&self, lines: Lines, parts: Parts) -> Lines {
        let lead = parts[Part::Lead.index()].as_deref().unwrap_or_default();
        let shared_run = self.originality.longest_shared_run(&copies::straight(&self.request, lead));
        Lines { shared_run, relative: Some(parts), ..lines }
    }

    /// The figures of the texture, or else of the part that was written last.
    fn figures(&self, candidate: Option<&PhraseCandidate>) -> Vec<Figure> {
        if let Some(texture) = self.textures.first() {
            return sketch::figures(&self.request, &texture.scores);
        }
        let part = self.written.last().map(|written| written.part);
        let role = part.and_then(|part| Role::of(part, self.request.controls.chords_role));
        let judged = role.zip(candidate);
        judged.map_or_else(Vec::new, |(role, candidate)| {
            figures(role, &candidate.scores, &self.asked, &self.models.phrase.quantiles)
        })
    }

    /// What is worth saying about the request.
    pub(super) fn note(&self, idea: &Idea) -> String {
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
        if controls.mode == Mode::Morph {
            sentences.push("Morph has one answer at each place; for another, move Position.".to_owned());
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
