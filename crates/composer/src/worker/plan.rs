//! Runs on the composer thread. What there is to do for a request, and in which order.

use super::parts::{self, Hole};
use super::request::Request;
use super::{assembly, sketch};
use crate::harmony::{self, HarmonyRequest};
use linnet_music::{ChordSpan, Mode, Part};
use std::collections::VecDeque;

/// Where the chords of an idea came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HarmonySource {
    /// Repeated from what was heard.
    Heard,
    /// Written by the chord model.
    Model,
    /// Written by the chord model under a melody.
    Melody,
    /// Carried over with the parts that stay.
    Carried,
    /// There are none: only drums were asked for.
    None,
}

/// A piece of the work: the chords, a texture, or some bars of a part.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    Harmony,
    Drums(Hole),
    Sketch,
    /// A part of one of the textures that Sketch drew, by its place among them, played anew.
    Voicing {
        texture: usize,
        part: Part,
    },
    Phrase {
        part: Part,
        hole: Hole,
    },
    /// A part of Vary or Morph.
    Relative {
        part: Part,
    },
}

/// What there is to do, in order: the ground before what stands on it, so that the alternatives are melodies over the
/// same ground; where the melody is given, the parts under it.
pub(super) fn tasks(request: &Request, harmony: HarmonySource) -> VecDeque<Task> {
    if request.is_relative() {
        return Part::ALL.into_iter().map(|part| Task::Relative { part }).collect();
    }
    let mut tasks = VecDeque::new();
    if matches!(harmony, HarmonySource::Model | HarmonySource::Melody) {
        tasks.push_back(Task::Harmony);
    }
    if sketch::draws_any(request) {
        tasks.push_back(Task::Sketch);
    } else if request.is_wanted(Part::Drums) {
        tasks.extend(parts::holes(request, Part::Drums).into_iter().map(Task::Drums));
    }
    for part in [Part::Bass, Part::Chords, Part::Lead] {
        if request.is_wanted(part) && !sketch::draws(request, part) {
            tasks.extend(parts::holes(request, part).into_iter().map(|hole| Task::Phrase { part, hole }));
        }
    }
    tasks
}

pub(super) fn harmony_request(request: &Request) -> HarmonyRequest {
    HarmonyRequest {
        key: request.key,
        metre: request.metre,
        bars: request.bars(),
        in_scale: request.in_scale(),
    }
}

/// The chords of the new bars, as far as they need no model, and where they come from.
pub(super) fn lay_out(request: &Request) -> (Vec<ChordSpan>, HarmonySource) {
    if let Some(harmony) = assembly::carried_harmony(request) {
        return (harmony, HarmonySource::Carried);
    }
    if let Some((heard, bars)) = request.chords_to_follow() {
        return (harmony::follow(&harmony_request(request), heard, bars), HarmonySource::Heard);
    }
    let source = match request.controls.mode {
        Mode::Groove => HarmonySource::None,
        Mode::Accompany if parts::given(request)[Part::Lead.index()].is_some() => HarmonySource::Melody,
        _ => HarmonySource::Model,
    };
    (Vec::new(), source)
}
