//! Runs on the composer thread. A pitched part of a relative.
//!
//! Of chords the highest line is varied. Under each of its new notes stand as many notes as the idea's own chord had
//! there, of that chord's pitch classes, each the nearest below; where the user set a scale, of those that the idea's
//! scale has.

use super::super::request::Request;
use super::super::{assembly, copies, playing};
use super::{VERSIONS_MAX, join, point};
use crate::compose_error::ComposeError;
use crate::expression::Swing;
use crate::latent::line_grid::{FIRST_PITCH, HOLD, LINE_CLASSES, LINE_CONDITIONS, LineGrid, OFF};
use crate::latent::vary::{self, FAR_LINES, VariedLine};
use crate::latent::{Course, Decoded, LatentJob, Passage, Sizes};
use crate::likeness;
use crate::models::Models;
use crate::originality::Originality;
use crate::phrase::COPIED_NOTES;
use crate::phrase::window::{Span, Window};
use crate::tokens::line::GridNote;
use crate::tokens::token_midi;
use crate::vocabulary::Role;
use linnet_music::{Idea, Key, Mode, Note, Part, Pitch, Velocity};
use std::cell::Cell;

/// Semitones beyond the extremes of what there is that a relative may use.
const ROOM: u8 = 4;
/// Semitones between the top of a chord and the next note under it at least.
const UNDER_TOP: i32 = 3;
/// The lowest note that is put under a top.
const LOWEST: i32 = 40;

/// A pitched part in the making.
pub(super) struct LineTask {
    part: Part,
    role: Role,
    grid: LineGrid,
    /// Steps that are played; there may be an empty bar more.
    steps: usize,
    /// The classes of the ends, whole windows.
    ends: Vec<Vec<u8>>,
    /// The bars to fill, in the key and the harmony of the request.
    window: Window,
}

/// The lines that a part may become.
#[derive(Default)]
pub(super) struct Found {
    /// Best first; none where `settled` is the part.
    pub(super) lines: Vec<VariedLine>,
    /// The part, as it is played, where no line is.
    pub(super) settled: Vec<Note>,
    /// Lines that came too near to a training piece.
    pub(super) copies_dropped: usize,
}

impl LineTask {
    /// The task for `part`, and the networks' job.
    pub(super) fn begin(
        request: &Request,
        models: &Models,
        part: Part,
    ) -> Result<(Self, LatentJob), ComposeError> {
        let grid = LineGrid::new(request.metre);
        let ideas = request.ideas();
        let steps = grid.steps(request.bars());
        let ends: Vec<Vec<u8>> = ideas.iter().map(|idea| whole(&grid, idea, part, request.bars())).collect();
        let role = |idea: &Idea| Role::of(part, idea.controls.chords_role).unwrap_or(Role::Lead);
        let window = |idea: &Idea, key: Key| {
            let bars = ends[0].len() / grid.width;
            let span = Span { context: 0, target: bars, future: 0 };
            Window::new(grid.grid, key, role(idea), span, &assembly::tiled_harmony(idea, request.length()))
        };
        let mut passages = Vec::with_capacity(ideas.len());
        for (idea, classes) in ideas.iter().zip(&ends) {
            let rules = if request.is_anchored() { ideas[0] } else { *idea };
            let under = window(rules, rules.key);
            passages.push(Passage {
                classes: classes.iter().map(|class| i64::from(*class)).collect(),
                encode_under: conditions(&grid, &window(idea, idea.key), idea, None, classes.len()),
                decode_under: conditions(&grid, &under, rules, Some(request), classes.len()),
                allowed: allowed(&ends, rules.key, request.controls.scale.is_none()),
            });
        }
        let ruling = request.ruling().unwrap_or(ideas[0]);
        let course = match request.controls.mode {
            Mode::Morph => Course::Between { role: role(ideas[0]).index() },
            _ => Course::Around {
                role: role(ruling).index(),
                similarity: request.controls.similarity,
                draw: request.draw(),
                seed: request.controls.seed,
            },
        };
        let sizes = Sizes { steps: grid.window_steps(), classes: LINE_CLASSES, conditions: LINE_CONDITIONS };
        let never_first = Some(usize::from(HOLD));
        let job = LatentJob::new(&models.line_latent, sizes, passages, course, never_first)?;
        let window = window(ruling, ruling.key);
        Ok((Self { part, role: role(ruling), grid, steps, ends, window }, job))
    }

    /// The lines to play, best first. Of Morph there is one.
    pub(super) fn find(&self, request: &Request, decoded: &[Decoded], originality: &Originality) -> Found {
        if request.controls.mode == Mode::Morph {
            self.between(request, decoded, originality)
        } else {
            self.around(request, decoded, originality)
        }
    }

    fn stays(&self, request: &Request, step: usize) -> bool {
        step >= self.steps || request.is_locked(self.part, self.grid.bar_of(step))
    }

    /// The best of the lines around the idea that differ and are no copies of the training set; the idea itself where
    /// all are.
    fn around(&self, request: &Request, decoded: &[Decoded], originality: &Originality) -> Found {
        let own = &self.ends[0];
        let Some((still, moved)) = decoded.split_first() else { return Found::default() };
        let wished = vary::wished(request.controls.similarity, FAR_LINES);
        let mut lines: Vec<(f32, VariedLine)> = moved
            .iter()
            .map(|moved| {
                let stays = |step| self.stays(request, step);
                let line = vary::line(&self.grid, own, &still.classes, &moved.classes, stays);
                let likely = moved.log_likelihood;
                (vary::score_line(&self.grid, &self.window, own, &line, likely, wished), line)
            })
            .collect();
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut found = Found::default();
        for (_, line) in lines {
            if found.lines.len() >= VERSIONS_MAX || found.lines.iter().any(|of| of.classes == line.classes) {
                continue;
            }
            if self.is_copy(request, originality, &line) {
                found.copies_dropped += 1;
            } else {
                found.lines.push(line);
            }
        }
        found.settled = request.source.as_ref().map_or_else(Vec::new, |idea| request.tiled(idea, self.part));
        found
    }

    /// The line at Morph's place.
    fn between(&self, request: &Request, decoded: &[Decoded], originality: &Originality) -> Found {
        let (one, other) = (&self.ends[0][..self.steps], &self.ends[1][..self.steps]);
        let line = |decoded: &Decoded| {
            let rows = decoded.classes.iter().zip(one).enumerate();
            let stays = |step| self.stays(request, step);
            VariedLine {
                classes: rows.map(|(step, (new, own))| if stays(step) { *own } else { *new as u8 }).collect(),
                is_new: (0..self.steps).map(|step| !stays(step)).collect(),
                distance: 0.0,
            }
        };
        let distances = |decoded: &Decoded| {
            let line = line(decoded).classes;
            (likeness::of_lines(one, &line), likeness::of_lines(other, &line))
        };
        let copies_dropped = Cell::new(0);
        let is_copy = |decoded: &Decoded| {
            let is_copy = self.is_copy(request, originality, &line(decoded));
            copies_dropped.set(copies_dropped.get() + usize::from(is_copy));
            is_copy
        };
        let point = point(request, likeness::of_lines(one, other), distances, is_copy, decoded);
        let copies_dropped = copies_dropped.get();
        match request.end(self.part, point) {
            Some(settled) => Found { settled, copies_dropped, ..Found::default() },
            None => Found { lines: vec![line(&decoded[point - 1])], copies_dropped, ..Found::default() },
        }
    }

    /// Whether a melody shares too long a run with a training piece.
    fn is_copy(&self, request: &Request, originality: &Originality, line: &VariedLine) -> bool {
        if !matches!(self.role, Role::Lead | Role::Counter) {
            return false;
        }
        let (kept, tops) = self.parted(request, line);
        let new: Vec<Note> = tops.iter().map(|note| note.to_note(Velocity::new(84))).collect();
        copies::shared_run(originality, &copies::straight(request, &kept), &new) >= COPIED_NOTES
    }

    /// The notes of the current idea where `line` is not new, as they are played, and its new notes.
    fn parted(&self, request: &Request, line: &VariedLine) -> (Vec<Note>, Vec<GridNote>) {
        let Some(source) = &request.source else { return Default::default() };
        let swing = Swing::of(request.metre, source.controls.swing);
        let is_new = |step: usize| line.is_new.get(step.min(self.steps - 1)).copied().unwrap_or(false);
        let mut kept = request.tiled(source, self.part);
        kept.retain(|note| !is_new(self.grid.step_of_onset(note.onset.0, swing)));
        let mut tops = self.grid.decode(&line.classes[..self.steps], self.window.tonic);
        tops.retain(|note| is_new(self.grid.step_of(note.onset)));
        (kept, tops)
    }

    /// The notes of a line as they are played: those of the current idea where it is not new, and new ones, under which
    /// chords are those of the ruling idea.
    ///
    /// # Errors
    /// Where the groove model fails or answers with something that is not a number.
    pub(super) fn play(
        &self,
        request: &Request,
        models: &Models,
        line: &VariedLine,
    ) -> Result<Vec<Note>, ComposeError> {
        let (kept, tops) = self.parted(request, line);
        let mut new: Vec<Note> = tops.iter().map(|note| note.to_note(Velocity::new(84))).collect();
        if let Some(base) = request.ruling().filter(|_| self.role == Role::Chords) {
            let chromatic = request.controls.scale.is_none();
            new.extend(self.voices(&tops, &request.tiled(base, self.part), base, chromatic));
        }
        let new = playing::play(request, &models.groove, self.part, &new, &kept)?;
        let frozen = |note: &Note| request.is_locked(self.part, request.bar_of(note.onset));
        Ok(join::join(kept, new, frozen))
    }

    /// The notes under `tops`, of the chords that `base` plays there in `notes`: where they are not to be `chromatic`, of the
    /// tones that its scale has.
    fn voices(&self, tops: &[GridNote], notes: &[Note], base: &Idea, chromatic: bool) -> Vec<Note> {
        let swing = Swing::of(base.metre, base.controls.swing);
        let steps: Vec<usize> =
            notes.iter().map(|note| self.grid.step_of_onset(note.onset.0, swing)).collect();
        let mut voices = Vec::new();
        for top in tops {
            let at = self.grid.step_of(top.onset);
            let last = steps.iter().copied().filter(|step| *step <= at).max().or(steps.first().copied());
            let chord =
                steps.iter().zip(notes).filter(|(step, _)| Some(**step) == last).map(|(_, note)| note.pitch);
            let chord: Vec<Pitch> = chord.collect();
            let mut left: Vec<u8> = chord.iter().map(|pitch| pitch.class().semitones()).collect();
            left.sort_unstable();
            left.dedup();
            left.retain(|class| i32::from(*class) != top.midi.rem_euclid(12));
            left.retain(|class| chromatic || base.key.contains(Pitch::new(i32::from(*class))));
            let mut wanted = chord.len().saturating_sub(1);
            for midi in (LOWEST..=top.midi - UNDER_TOP).rev() {
                let Some(found) = left.iter().position(|class| i32::from(*class) == midi.rem_euclid(12))
                else {
                    continue;
                };
                if wanted == 0 {
                    break;
                }
                left.remove(found);
                wanted -= 1;
                voices.push(GridNote { midi, ..*top }.to_note(Velocity::new(84)));
            }
        }
        voices
    }
}

/// The classes of a part over whole windows: an odd last bar is followed by an empty one.
fn whole(grid: &LineGrid, idea: &Idea, part: Part, bars: u32) -> Vec<u8> {
    let mut classes = grid.of_idea(idea, part, bars);
    let steps = classes.len().next_multiple_of(grid.window_steps());
    if classes.len() < steps {
        classes.push(OFF);
        classes.resize(steps, HOLD);
    }
    classes
}

/// The conditions of `steps` steps, in the style of `idea`, or the one that `request` asks for.
fn conditions(
    grid: &LineGrid,
    window: &Window,
    idea: &Idea,
    request: Option<&Request>,
    steps: usize,
) -> Vec<f32> {
    let own = || crate::phrase::wish::style_weights(&idea.controls);
    let style = request.map_or_else(own, |request| request.style_of(idea));
    (0..steps / grid.window_steps()).flat_map(|number| grid.conditions(window, &style, number)).collect()
}

/// The classes of the scale of `key` near the pitches of `ends`, and those without a pitch; where the user set no scale, also
/// every class of `ends` themselves.
fn allowed(ends: &[Vec<u8>], key: Key, chromatic: bool) -> Vec<bool> {
    let pitches = || ends.iter().flatten().copied().filter(|class| *class >= FIRST_PITCH);
    let lowest = pitches().min().unwrap_or(FIRST_PITCH).saturating_sub(ROOM);
    let highest = pitches().max().unwrap_or(FIRST_PITCH).saturating_add(ROOM);
    let fits = |class: u8| {
        class < FIRST_PITCH
            || (lowest..=highest).contains(&class)
                && (key.contains(Pitch::new(token_midi(class - FIRST_PITCH, key.tonic)))
                    || chromatic && pitches().any(|of| of == class))
    };
    (0..LINE_CLASSES as u8).map(fits).collect()
}
