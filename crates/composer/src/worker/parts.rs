//! Runs on the composer thread. What each part of a request is asked for, given what is known of the others.

use super::assembly;
use super::request::Request;
use crate::attributes::{self, Values};
use crate::drums::DrumRequest;
use crate::models::PhraseModel;
use crate::phrase::PhraseRequest;
use crate::phrase::canvas::Known;
use crate::phrase::line::on_grid;
use crate::phrase::wish::{Wishes, style_weights, wishes};
use crate::tokens::Grid;
use crate::vocabulary::Role;
use linnet_music::{Beats, ChordSpan, Controls, Mode, Note, Part};

/// Bars of a part that are written together: from the first to before the second, from the idea's start.
pub(super) type Hole = (u32, u32);

/// The notes of each part that are known so far, in beats from the idea's start; none where nothing is.
pub(super) type Parts = [Option<Vec<Note>>; 4];

/// The holes of `part`: all bars, or in Fill those that are not locked.
pub(super) fn holes(request: &Request, part: Part) -> Vec<Hole> {
    let bars = request.bars();
    if request.controls.mode != Mode::Fill || request.source.is_none() {
        return vec![(0, bars)];
    }
    let locked = request.controls.locked_bars[part.index()];
    let is_open = |bar: u32| bar < bars && locked >> bar.min(15) & 1 == 0;
    let mut holes = Vec::new();
    let mut begin = None;
    for bar in 0..=bars {
        match (is_open(bar), begin) {
            (true, None) => begin = Some(bar),
            (false, Some(from)) => {
                holes.push((from, bar));
                begin = None;
            }
            _ => {}
        }
    }
    holes
}

/// The request for `hole` of `part`, which `role` plays.
pub(super) fn phrase_request(
    request: &Request,
    model: &PhraseModel,
    harmony: &[ChordSpan],
    parts: &Parts,
    (part, role): (Part, Role),
    hole: Hole,
    seed: u16,
) -> PhraseRequest {
    let before = Before::new(request, role, hole);
    let bar = request.metre.bar().0;
    let begin = f64::from(before.heard_bars) * bar;
    let shifted = |note: &Note| Note { onset: Beats(note.onset.0 + begin), ..*note };
    let mut own = before.heard.to_vec();
    if let Some(notes) = &parts[part.index()] {
        let inside = |note: &&Note| {
            let at = (note.onset.0 / bar + 1e-6).floor() as u32;
            !(hole.0..hole.1).contains(&at)
        };
        own.extend(notes.iter().filter(inside).map(shifted));
    }
    let all_bars = (before.heard_bars + request.bars()) as usize;
    let known = known(request, parts, part, &before, all_bars, shifted);
    let after = harmony.iter().map(|span| ChordSpan { onset: Beats(span.onset.0 + begin), ..*span });
    let mut wishes =
        wishes(&request.controls, role, &model.quantiles, before.values.as_ref(), request.register_centre());
    // A part with a past goes on like it.
    if own.is_empty() {
        wishes.add_character(role, &model.quantiles, &style_weights(&request.controls), seed);
    }
    let Wishes { knobs, asked, strength, repeats, bounds, octaves } = wishes;
    PhraseRequest {
        role,
        key: request.key,
        metre: request.metre,
        context_bars: (before.heard_bars + hole.0) as u8,
        bars: (hole.1 - hole.0) as u8,
        future_bars: (request.bars() - hole.1) as u8,
        own,
        outline: Vec::new(),
        known,
        chords: before.chords.iter().copied().chain(after).collect(),
        knobs,
        asked,
        strength,
        repeats,
        style: style_weights(&request.controls),
        controls: Controls { seed, ..request.controls },
        bounds,
        octaves,
        ends: hole.1 == request.bars(),
    }
}

/// The request for `hole` of the drums: what comes before it is known, and `rhythm`, of the whole idea, is to be fitted.
pub(super) fn drum_request(request: &Request, parts: &Parts, rhythm: &[Note], hole: Hole) -> DrumRequest {
    let (begin, bar) = (request.begin(hole).0, request.metre.bar().0);
    let inside = |note: &&Note| (begin..f64::from(hole.1) * bar).contains(&note.onset.0);
    let (heard, heard_bars) = request.drum_context();
    let before = parts[Part::Drums.index()].iter().flatten().filter(|note| note.onset.0 < begin - 1e-6);
    let (context, context_bars) =
        if hole.0 == 0 { (heard.to_vec(), heard_bars) } else { (before.copied().collect(), hole.0 as u8) };
    DrumRequest {
        metre: request.metre,
        tempo: request.tempo,
        bars: (hole.1 - hole.0) as u8,
        place: (hole.0 as u8, request.bars() as u8),
        context,
        context_bars,
        rhythm: rhythm
            .iter()
            .filter(inside)
            .map(|note| Note { onset: Beats(note.onset.0 - begin), ..*note })
            .collect(),
        controls: request.controls,
    }
}

/// Bars and notes from which on the attributes of what was heard say something.
const TELLING: (usize, usize) = (2, 8);

/// What was heard before an idea that a part continues.
struct Before<'a> {
    heard: &'a [Note],
    heard_bars: u32,
    chords: &'a [ChordSpan],
    /// Its attributes, where it is long enough to tell.
    values: Option<Values>,
}

impl<'a> Before<'a> {
    fn new(request: &'a Request, role: Role, hole: Hole) -> Self {
        let (heard, bars) = request.context();
        if role != Role::Lead || hole.0 > 0 || bars == 0 {
            return Self { heard: &[], heard_bars: 0, chords: &[], values: None };
        }
        let grid = Grid::new(request.metre);
        let bars_of_grid = usize::from(bars) * grid.splits as usize;
        let notes = on_grid(heard, &grid, bars_of_grid, false);
        let tells = bars_of_grid >= TELLING.0 && notes.len() >= TELLING.1;
        let values = tells.then(|| attributes::measure(&notes, &grid, bars_of_grid));
        Self { heard, heard_bars: u32::from(bars), chords: &request.heard.chords, values }
    }
}

/// The other parts, as they are known under the bars of the window.
fn known(
    request: &Request,
    parts: &Parts,
    part: Part,
    before: &Before,
    all_bars: usize,
    shifted: impl Fn(&Note) -> Note,
) -> Vec<Known> {
    let mut known = Vec::new();
    for other in Part::ALL.into_iter().filter(|other| *other != part) {
        let Some(notes) = &parts[other.index()] else { continue };
        if notes.is_empty() {
            continue;
        }
        known.push(Known {
            role: Role::of(other, request.controls.chords_role),
            notes: notes.iter().map(&shifted).collect(),
            bars: before.heard_bars as usize..all_bars,
        });
    }
    known
}

/// The parts that stay as they are, as far as they do: locked ones, those of Groove, and the melody that Accompany heard.
pub(super) fn given(request: &Request) -> Parts {
    let mut parts = Part::ALL.map(|part| assembly::carried(request, part));
    if request.controls.mode == Mode::Fill
        && let Some(source) = &request.source
    {
        for part in Part::ALL {
            let whole = || source.phrase(part).notes().to_vec();
            parts[part.index()].get_or_insert_with(whole);
        }
    }
    if request.controls.mode == Mode::Accompany && parts[Part::Lead.index()].is_none() {
        parts[Part::Lead.index()] = assembly::heard_melody(request);
    }
    parts
}
