//! Runs on the composer thread. The stages of Sketch: textures are drawn, and the pitched parts of those that will be shown
//! are played anew.

use super::super::parts;
use super::super::plan::Task;
use super::super::request::Request;
use super::super::sketch;
use super::{ALTERNATIVES_MAX, Composition, Stage};
use crate::phrase::{PhraseCandidate, PhraseJob, PhraseRequest};
use crate::texture::{Texture, TextureJob};
use crate::vocabulary::Role;
use linnet_handover::worker_view::Failure;
use linnet_music::Part;
use std::collections::VecDeque;

/// The parts that are played anew.
fn pitched(request: &Request) -> impl Iterator<Item = Part> {
    [Part::Bass, Part::Chords].into_iter().filter(|part| sketch::draws(request, *part))
}

/// How many textures are shown, where `later` says whether a line is written over the best.
fn shown(later: bool) -> usize {
    if later { 1 } else { 1 + ALTERNATIVES_MAX }
}

/// How many parts will be played anew once the textures are drawn, with these `tasks`.
pub(super) fn voicings(request: &Request, tasks: &VecDeque<Task>) -> usize {
    if !sketch::draws_any(request) {
        return 0;
    }
    let later = !matches!(tasks.back(), Some(Task::Sketch));
    shown(later) * pitched(request).count()
}

impl Composition {
    pub(super) fn sketch_stage(&self) -> Result<Stage, Failure> {
        let wanted = sketch::texture_request(&self.request, &self.harmony, &self.parts);
        let job = TextureJob::new(&self.models.gan, &wanted)?;
        Ok(Stage::Sketch(Box::new(job)))
    }

    /// Has the pitched parts of the textures voiced that will be shown: the best, and the alternatives where no line is
    /// written over it.
    pub(super) fn end_sketch(&mut self, mut textures: Vec<Texture>) {
        self.stage = Stage::Between;
        textures.truncate(shown(!self.tasks.is_empty()));
        let of = |texture| pitched(&self.request).map(move |part| Task::Voicing { texture, part });
        let voicings: Vec<Task> = (0..textures.len()).flat_map(of).collect();
        self.all_tasks = self.all_tasks - self.to_come + voicings.len();
        self.to_come = 0;
        self.textures = textures;
        self.take_texture();
        for task in voicings.into_iter().rev() {
            self.tasks.push_front(task);
        }
    }

    /// Puts the parts of the best texture, as they are so far, among those known.
    fn take_texture(&mut self) {
        self.written.retain(|of| !sketch::draws(&self.request, of.part));
        if let Some(best) = self.textures.first() {
            for written in sketch::take(&self.request, best) {
                self.put(written);
            }
        }
    }

    pub(super) fn voicing_stage(&self, texture: usize, part: Part) -> Result<Stage, Failure> {
        let role = Role::of(part, self.request.controls.chords_role);
        let Some((role, texture_of)) = role.zip(self.textures.get(texture)) else {
            return Ok(Stage::Between);
        };
        let mut parts = self.parts.clone();
        for written in sketch::take(&self.request, texture_of) {
            parts[written.part.index()] = Some(written.notes);
        }
        let outline = parts[part.index()].take().unwrap_or_default();
        // What is still to be voiced is not known yet.
        if part == Part::Bass && sketch::draws(&self.request, Part::Chords) {
            parts[Part::Chords.index()] = None;
        }
        let hole = (0, self.request.bars());
        let seed = self.request.controls.seed;
        let phrase = &self.models.phrase;
        let wanted =
            parts::phrase_request(&self.request, phrase, &self.harmony, &parts, (part, role), hole, seed);
        let wanted = PhraseRequest { outline, ends: false, ..wanted };
        let job = Box::new(PhraseJob::new(&self.models.phrase, &wanted)?);
        Ok(Stage::Voicing { texture, part, job })
    }

    pub(super) fn end_voicing(
        &mut self,
        place: usize,
        part: Part,
        candidates: Vec<PhraseCandidate>,
    ) -> Result<(), Failure> {
        self.stage = Stage::Between;
        let best = candidates.into_iter().next();
        let Some((texture, best)) = self.textures.get_mut(place).zip(best) else { return Ok(()) };
        sketch::voice(texture, part, best.notes);
        let goes_on = matches!(self.tasks.front(), Some(Task::Voicing { texture, .. }) if *texture == place);
        if !goes_on {
            let wanted = sketch::texture_request(&self.request, &self.harmony, &parts::given(&self.request));
            texture.scores = TextureJob::new(&self.models.gan, &wanted)?.judge(&texture.notes)?;
        }
        if place == 0 {
            self.take_texture();
        }
        Ok(())
    }
}
