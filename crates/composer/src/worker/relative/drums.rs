//! Runs on the composer thread. The drums of a relative. Their touch is that of the idea: a hit that it has is played as
//! there, and a new one as its hits of that drum in the nearest place of the bar.

use super::super::request::Request;
use super::{VERSIONS_MAX, point};
use crate::compose_error::ComposeError;
use crate::expression::Swing;
use crate::latent::drum_grid::{DRUM_CONDITIONS, DrumPlaces};
use crate::latent::vary::{self, FAR_DRUMS};
use crate::latent::{Course, Decoded, LatentJob, Passage, Sizes};
use crate::likeness;
use crate::models::Models;
use crate::tokens::drum::{CLASSES, GENERAL_MIDI_OUT, HITS};
use linnet_music::{Beats, Idea, Mode, Note, Part, Pitch, Velocity};

/// The drums in the making.
pub(super) struct DrumTask {
    places: DrumPlaces,
    /// Steps that are played; windows may reach further.
    steps: usize,
    /// The sets of hits of the ends, whole windows.
    ends: Vec<Vec<u16>>,
}

impl DrumTask {
    /// The task, and the networks' job.
    pub(super) fn begin(request: &Request, models: &Models) -> Result<(Self, LatentJob), ComposeError> {
        let ideas = request.ideas();
        let places = DrumPlaces::of(&ideas);
        let steps = places.steps(request.bars());
        let whole = steps.next_multiple_of(places.window_steps());
        let beats_per_minute = request.tempo.bpm() * 24.0 / f64::from(places.grid.beat_ticks);
        let (mut ends, mut passages) = (Vec::new(), Vec::new());
        for idea in &ideas {
            let mut sets = places.hits(idea, request.bars());
            sets.resize(whole, 0);
            let once = places.conditions(beats_per_minute as f32, &request.style_of(idea));
            let conditions = once.repeat(whole / places.window_steps());
            passages.push(Passage {
                classes: sets.iter().map(|set| i64::from(*set)).collect(),
                encode_under: conditions.clone(),
                decode_under: conditions,
                allowed: vec![true; HITS],
            });
            ends.push(sets);
        }
        let course = match request.controls.mode {
            Mode::Morph => Course::Between { role: 0 },
            _ => Course::Around {
                role: 0,
                similarity: request.controls.similarity,
                draw: request.draw(),
                seed: request.controls.seed,
            },
        };
        let sizes = Sizes { steps: places.window_steps(), classes: HITS, conditions: DRUM_CONDITIONS };
        let job = LatentJob::new(&models.drum_latent, sizes, passages, course, None)?;
        Ok((Self { places, steps, ends }, job))
    }

    /// The versions of the drums as they are played, best first, at least one.
    pub(super) fn finish(&self, request: &Request, decoded: &[Decoded]) -> Vec<Vec<Note>> {
        if request.controls.mode == Mode::Morph {
            vec![self.between(request, decoded)]
        } else {
            self.around(request, decoded)
        }
    }

    fn stays(&self, request: &Request, step: usize) -> bool {
        step >= self.steps
            || request.is_locked(Part::Drums, (step / self.places.grid.bar_steps as usize) as u32)
    }

    fn around(&self, request: &Request, decoded: &[Decoded]) -> Vec<Vec<Note>> {
        let (Some((still, moved)), Some(source)) = (decoded.split_first(), &request.source) else {
            return vec![Vec::new()];
        };
        let own = &self.ends[0];
        let wished = vary::wished(request.controls.similarity, FAR_DRUMS);
        let mut grooves: Vec<(f32, Vec<u16>)> = moved
            .iter()
            .map(|moved| {
                let stays = |step| self.stays(request, step);
                let sets = vary::drums(own, &still.classes, &moved.classes, stays);
                (vary::score_drums(own, &sets, moved.log_likelihood, wished), sets)
            })
            .collect();
        grooves.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut chosen: Vec<Vec<u16>> = Vec::new();
        for (_, sets) in grooves {
            if chosen.len() < VERSIONS_MAX && !chosen.contains(&sets) {
                chosen.push(sets);
            }
        }
        chosen.iter().map(|sets| self.notes(request, source, sets)).collect()
    }

    fn between(&self, request: &Request, decoded: &[Decoded]) -> Vec<Note> {
        let (one, other) = (&self.ends[0][..self.steps], &self.ends[1][..self.steps]);
        let with_staying = |decoded: &[i64]| -> Vec<u16> {
            let rows = decoded.iter().zip(one).enumerate();
            rows.map(|(step, (new, own))| if self.stays(request, step) { *own } else { *new as u16 })
                .collect()
        };
        let distances = |decoded: &Decoded| {
            let sets = with_staying(&decoded.classes);
            (likeness::of_drums(one, &sets), likeness::of_drums(other, &sets))
        };
        let point = point(request, likeness::of_drums(one, other), distances, |_| false, decoded);
        if let Some(end) = request.end(Part::Drums, point) {
            return end;
        }
        let base = if request.place() < 0.5 { &request.source } else { &request.other };
        let Some(base) = base else { return Vec::new() };
        self.notes(request, base, &with_staying(&decoded[point - 1].classes))
    }

    /// The notes of `sets`: those of `base` that are in them, and new ones. In bars that stay all is the current idea's.
    fn notes(&self, request: &Request, base: &Idea, sets: &[u16]) -> Vec<Note> {
        let swing = Swing::of(request.metre, base.controls.swing);
        let frozen = |note: &Note| request.is_locked(Part::Drums, request.bar_of(note.onset));
        let source = request.source.iter().flat_map(|source| request.tiled(source, Part::Drums));
        let mut kept: Vec<Note> = source.filter(|note| frozen(note)).collect();
        let own = request.tiled(base, Part::Drums);
        let mut missing: Vec<u16> = sets.iter().copied().take(self.steps).collect();
        for (step, set) in missing.iter_mut().enumerate() {
            if self.stays(request, step) {
                *set = 0;
            }
        }
        for note in own.iter().filter(|note| !frozen(note)) {
            let place = self.places.place(note, swing);
            let Some((step, class)) = place.map(|(step, class)| (step.min(self.steps - 1), class)) else {
                continue;
            };
            if sets[step] >> class & 1 == 1 {
                kept.push(*note);
                missing[step] &= !(1 << class);
            }
        }
        let mut new = Vec::new();
        for (step, set) in missing.iter().enumerate() {
            for class in (0..CLASSES).filter(|class| set >> class & 1 == 1) {
                new.push(self.hit(request, swing, &own, step, class));
            }
        }
        let mut notes = join_hits(kept, new);
        notes.sort_by(|a, b| a.onset.0.total_cmp(&b.onset.0).then(a.pitch.cmp(&b.pitch)));
        notes
    }

    /// A new hit of `class` at `step`, with the touch of the one of `own` whose place in the bar is nearest.
    fn hit(&self, request: &Request, swing: Swing, own: &[Note], step: usize, class: usize) -> Note {
        let grid = &self.places.grid;
        let in_bar = |step: usize| step % grid.bar_steps as usize;
        let place = |note: &&Note| self.places.place(note, swing);
        let like = own.iter().filter(|note| place(note).is_some_and(|(_, of)| of == class));
        let away = |note: &&Note| place(note).map_or(0, |(at, _)| in_bar(at).abs_diff(in_bar(step)));
        let model = like.min_by_key(away);
        let mean = own.iter().map(|note| note.velocity.unit()).sum::<f32>() / own.len().max(1) as f32;
        let nominal = |step: usize| swing.warp(grid.step_onset(step));
        let late = model.map_or(0.0, |note| {
            let at = self.places.place(note, swing).map_or(note.onset.0, |(step, _)| nominal(step));
            note.onset.0 - at
        });
        let latest = request.length().0 - 0.03;
        let onset = (nominal(step) + late).clamp(0.0, latest);
        Note {
            onset: Beats(onset),
            length: Beats(grid.step_beats().min(request.length().0 - onset)),
            pitch: model.map_or_else(|| Pitch::new(i32::from(GENERAL_MIDI_OUT[class])), |note| note.pitch),
            velocity: model.map_or_else(|| Velocity::from_unit(mean), |note| note.velocity),
        }
    }
}

/// Hits that stay and new ones: each ends before the next of its drum.
fn join_hits(mut kept: Vec<Note>, new: Vec<Note>) -> Vec<Note> {
    let struck: Vec<(f64, Pitch)> = new.iter().map(|note| (note.onset.0, note.pitch)).collect();
    let old: Vec<(f64, Pitch)> = kept.iter().map(|note| (note.onset.0, note.pitch)).collect();
    let cut = |note: &mut Note, at: &[(f64, Pitch)]| {
        let again = at.iter().filter(|(onset, pitch)| *pitch == note.pitch && *onset > note.onset.0);
        let room = again.map(|(onset, _)| *onset).fold(f64::INFINITY, f64::min) - note.onset.0;
        note.length.0 = note.length.0.min(room);
    };
    for note in &mut kept {
        cut(note, &struck);
    }
    for mut note in new {
        cut(&mut note, &struck);
        cut(&mut note, &old);
        if !old.contains(&(note.onset.0, note.pitch)) {
            kept.push(note);
        }
    }
    kept
}
