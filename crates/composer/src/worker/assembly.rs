//! Runs on the composer thread. Puts an idea together: composed lines, parts carried over, parts by rule, and the record
//! of where all of it came from.

use super::composition::HarmonySource;
use super::request::{self, Request};
use crate::accompany::{self, Accompaniment};
use crate::expression::{Performance, perform_lead, perform_timing};
use crate::harmony::HarmonyModel;
use crate::models::Models;
use crate::rng::{Head, Noise};
use crate::tokens::drum::class_of;
use linnet_music::{Beats, ChordSpan, Idea, IdeaId, Mode, Note, Part, Phrase, Provenance, SharedRun};

/// The class of the kick in the drum vocabulary.
const KICK: usize = 0;

/// What was composed.
pub(super) struct Lines {
    pub(super) harmony: Vec<ChordSpan>,
    pub(super) harmony_source: HarmonySource,
    /// The lead, unless it is not wanted.
    pub(super) lead: Vec<Note>,
    /// What that lead shares with the training set.
    pub(super) shared_run: SharedRun,
    /// The drums, unless they are not wanted.
    pub(super) drums: Vec<Note>,
}

/// The idea of `request`, not yet numbered.
pub(super) fn idea(request: &Request, models: &Models, lines: &Lines) -> Idea {
    let drums = part(request, Part::Drums, || lines.drums.clone());
    let is_kick = |note: &&Note| class_of(note.pitch.midi()) == Some(KICK);
    let kicks: Vec<Beats> = drums.iter().filter(is_kick).map(|note| note.onset).collect();
    let to = Accompaniment {
        key: request.key,
        metre: request.metre,
        length: request.length(),
        harmony: &lines.harmony,
        density: request.controls.density,
        in_scale: request.in_scale(),
        kicks: &kicks,
    };
    let unit = |head: Head| {
        let mut noise = Noise::new(request.controls.seed, 0, 0, head);
        move || f64::from(noise.uniform())
    };
    let performance = Performance {
        metre: request.metre,
        tempo: request.tempo,
        length: request.length(),
        swing: request.controls.swing,
        humanise: request.controls.humanise,
        seed: request.controls.seed,
    };
    let played = |part: Part, notes: Vec<Note>| perform_timing(&notes, part, &performance).notes().to_vec();
    let lead = part(request, Part::Lead, || perform_lead(&lines.lead, &performance).notes().to_vec());
    let chords =
        part(request, Part::Chords, || played(Part::Chords, accompany::chords(&to, &mut unit(Head::Chords))));
    let bass = part(request, Part::Bass, || played(Part::Bass, accompany::bass(&to, &mut unit(Head::Bass))));
    Idea {
        id: IdeaId(0),
        parent: request.source.as_ref().map(|source| source.id),
        kept: false,
        length: request.length(),
        metre: request.metre,
        key: request.key,
        harmony: lines.harmony.clone(),
        phrases: [lead, chords, bass, drums].map(|notes| Phrase::new(within(notes, request.length()))),
        controls: request.controls,
        started_at: None,
        provenance: provenance(request, models, lines),
        unread: serde_json::Map::new(),
    }
}

/// The notes of `part`: carried over, composed or none.
fn part(request: &Request, part: Part, compose: impl FnOnce() -> Vec<Note>) -> Vec<Note> {
    match carried(request, part) {
        Some(notes) => notes,
        None if request.is_wanted(part) => compose(),
        None => Vec::new(),
    }
}

/// Notes that begin in the idea, none longer than it.
fn within(mut notes: Vec<Note>, length: Beats) -> Vec<Note> {
    notes.retain(|note| note.onset < length);
    for note in &mut notes {
        note.length = Beats(note.length.0.min(length.0 - note.onset.0));
    }
    notes
}

/// The notes of a part that stays, repeated or cut to the new length; none where the part does not stay.
pub(super) fn carried(request: &Request, part: Part) -> Option<Vec<Note>> {
    let source = request.source.as_ref().filter(|_| request.is_carried(part))?;
    let notes = source.phrase(part).notes();
    let rounds = repeats(source.length, request.length());
    let moved = |round: u32| {
        let by = f64::from(round) * source.length.0;
        notes.iter().map(move |note| Note { onset: Beats(note.onset.0 + by), ..*note })
    };
    Some(within((0..rounds).flat_map(moved).collect(), request.length()))
}

/// The harmony under the pitched parts that stay, repeated or cut to the new length; none where no such part stays.
pub(super) fn carried_harmony(request: &Request) -> Option<Vec<ChordSpan>> {
    let stays = |part: &Part| request.is_carried(*part);
    let source = request.source.as_ref().filter(|source| {
        [Part::Lead, Part::Chords, Part::Bass]
            .iter()
            .any(|part| stays(part) && !source.phrase(*part).is_empty())
    })?;
    let length = request.length().0;
    let moved = |round: u32| {
        let by = f64::from(round) * source.length.0;
        source.harmony.iter().map(move |span| ChordSpan { onset: Beats(span.onset.0 + by), ..*span })
    };
    let spans =
        (0..repeats(source.length, request.length())).flat_map(moved).filter(|span| span.onset.0 < length);
    Some(
        spans
            .map(|span| ChordSpan { length: Beats(span.length.0.min(length - span.onset.0)), ..span })
            .collect(),
    )
}

fn repeats(source: Beats, length: Beats) -> u32 {
    (length.0 / source.0.max(0.25) - 1e-6).ceil().max(1.0) as u32
}

/// The rhythm of the last bars heard, under the bars of the idea; empty where nothing was heard in its metre.
pub(super) fn heard_rhythm(request: &Request) -> Vec<Note> {
    let Some(stretch) = request.stretch_in_metre() else { return Vec::new() };
    let bar = request.metre.bar().0;
    let notes = stretch.notes();
    let bars = request.bars();
    let mut rhythm = Vec::new();
    for target in 0..bars {
        let source = stretch.bars - 1 - (bars - 1 - target) % stretch.bars;
        let (from, to) = (f64::from(source) * bar, f64::from(target) * bar);
        let here = notes.iter().filter(|note| (from..from + bar).contains(&note.onset.0));
        rhythm.extend(here.map(|note| Note { onset: Beats(note.onset.0 - from + to), ..*note }));
    }
    rhythm
}

fn provenance(request: &Request, models: &Models, lines: &Lines) -> Provenance {
    let mut record = Provenance {
        engine: models.engine.clone(),
        heard: request.stretch.as_ref().map_or_else(Vec::new, crate::listen::Stretch::notes),
        harmony_method: harmony_method(request, lines),
        ..Provenance::default()
    };
    let mut add = |models: Vec<String>, sets: &[String]| {
        extend_new(&mut record.models, models);
        extend_new(&mut record.training_sets, sets.to_vec());
    };
    if request.is_wanted(Part::Lead) {
        add(vec![models.lead.info.provenance()], &models.lead.info.training_sets);
    }
    if request.is_wanted(Part::Drums) {
        add(vec![models.drums.info.provenance()], &models.drums.info.training_sets);
    }
    if lines.harmony_source == HarmonySource::Model && request.controls.mode != Mode::Groove {
        add(vec![HarmonyModel::provenance()], &HarmonyModel::training_sets());
    }
    if let Some(source) = &request.source {
        add(source.provenance.models.clone(), &source.provenance.training_sets);
    }
    let source = request.source.as_ref().filter(|_| request.is_carried(Part::Lead));
    record.longest_shared_run = source
        .map_or_else(|| lines.shared_run.clone(), |source| source.provenance.longest_shared_run.clone());
    record
}

/// Appends what is not there yet.
fn extend_new(lines: &mut Vec<String>, more: Vec<String>) {
    for line in more {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
}

fn harmony_method(request: &Request, lines: &Lines) -> String {
    let chords = match lines.harmony_source {
        HarmonySource::Heard => request::followed_method(),
        HarmonySource::Model => "chords drawn from the chord model (n-gram)".into(),
        HarmonySource::Carried => "chords of the idea before".into(),
    };
    let mut methods = vec![request.key_method(), chords];
    let by_rule = [(Part::Chords, accompany::CHORDS_METHOD), (Part::Bass, accompany::BASS_METHOD)];
    methods.extend(
        by_rule.iter().filter(|(part, _)| request.is_wanted(*part)).map(|(_, how)| (*how).to_owned()),
    );
    methods.join("; ")
}
