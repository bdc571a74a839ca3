//! Runs on the composer thread. Puts an idea together: parts composed and parts carried over, and the record of where
//! all of it came from.

use super::parts::{Hole, Parts};
use super::plan::HarmonySource;
use super::playing::Touches;
use super::request::{self, Request};
use super::sketch;
use crate::models::Models;
use crate::texture::Texture;
use linnet_music::{Beats, ChordSpan, Figure, Idea, IdeaId, Mode, Note, Part, Phrase, Provenance, SharedRun};

/// The length in beats of a bar of 1/32: nothing is shorter.
const SHORTEST_BAR: f64 = 0.125;

/// Onsets that are nearer than this, in beats, are of one chord.
const TOGETHER_BEATS: f64 = 0.1;

/// Bars of a part that were composed, as the network wrote them: in beats from the hole's start.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) part: Part,
    pub(super) hole: Hole,
    pub(super) notes: Vec<Note>,
}

/// What was composed.
pub(super) struct Lines {
    pub(super) harmony: Vec<ChordSpan>,
    pub(super) harmony_source: HarmonySource,
    /// What the melody shares with the training set.
    pub(super) shared_run: SharedRun,
    /// Why the part written last came first, or the texture.
    pub(super) figures: Vec<Figure>,
    /// The parts of a relative, as they are played.
    pub(super) relative: Option<Parts>,
    /// Whether the latents of lines, and those of drums, took part.
    pub(super) latents: [bool; 2],
    /// What was composed.
    pub(super) written: Vec<Written>,
    /// Whether textures were drawn.
    pub(super) drew_textures: bool,
}

impl Lines {
    /// The same with another texture.
    pub(super) fn with_texture(mut self, request: &Request, texture: &Texture) -> Self {
        self.written.retain(|of| !sketch::draws(request, of.part));
        self.written.extend(sketch::take(request, texture));
        self.figures = sketch::figures(request, &texture.scores);
        self
    }
}

/// The idea of `request`, not yet numbered.
pub(super) fn idea(request: &Request, models: &Models, lines: &Lines, touches: &Touches) -> Idea {
    let given = super::parts::given(request);
    let phrases = Part::ALL.map(|part| {
        let notes = match (&lines.relative, composed(request, lines, part)) {
            (Some(parts), _) => parts[part.index()].clone().unwrap_or_default(),
            (_, None) => given[part.index()].clone().unwrap_or_default(),
            (_, Some((new, stays))) => [touches.played(request, part, &new, &stays), stays].concat(),
        };
        Phrase::new(within(notes, request.length()))
    });
    Idea {
        id: IdeaId(0),
        parent: request.source.as_ref().map(|source| source.id),
        kept: false,
        length: request.length(),
        metre: request.metre,
        key: request.key,
        harmony: lines.harmony.clone(),
        phrases,
        controls: request.controls,
        started_at: None,
        provenance: provenance(request, models, lines),
        figures: lines.figures.clone(),
        unread: serde_json::Map::new(),
    }
}

/// The notes of a part that were composed, from the idea's start, and those that stay beside them; none where the whole
/// part stays.
pub(super) fn composed(request: &Request, lines: &Lines, part: Part) -> Option<(Vec<Note>, Vec<Note>)> {
    let written: Vec<&Written> = lines.written.iter().filter(|of| of.part == part).collect();
    if written.is_empty() {
        return None;
    }
    let mut new = Vec::new();
    for of in &written {
        let begin = request.begin(of.hole).0;
        new.extend(of.notes.iter().map(|note| Note { onset: Beats(note.onset.0 + begin), ..*note }));
    }
    let holes: Vec<Hole> = written.iter().map(|of| of.hole).collect();
    let mut stays = super::parts::given(request)[part.index()].clone().unwrap_or_default();
    stays.retain(|note| !request.is_in(&holes, note.onset));
    Some((new, stays))
}

/// Notes that begin in the idea, none longer than it.
pub(super) fn within(mut notes: Vec<Note>, length: Beats) -> Vec<Note> {
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
    let stays = |part: &Part| request.controls.mode == Mode::Fill || request.is_carried(*part);
    if request.harmonises_anew() {
        return None;
    }
    let has_staying = |source: &&Idea| {
        let mut pitched = [Part::Lead, Part::Chords, Part::Bass].iter();
        pitched.any(|part| stays(part) && !source.phrase(*part).is_empty())
    };
    let source = request.ruling().or(request.source.as_ref().filter(has_staying))?;
    Some(tiled_harmony(source, request.length()))
}

/// The harmony of an idea, repeated or cut to `length`.
pub(super) fn tiled_harmony(idea: &Idea, length: Beats) -> Vec<ChordSpan> {
    let moved = |round: u32| {
        let by = f64::from(round) * idea.length.0;
        idea.harmony.iter().map(move |span| ChordSpan { onset: Beats(span.onset.0 + by), ..*span })
    };
    let spans = (0..repeats(idea.length, length)).flat_map(moved).filter(|span| span.onset < length);
    spans
        .map(|span| ChordSpan { length: Beats(span.length.0.min(length.0 - span.onset.0)), ..span })
        .collect()
}

/// How often something of the length `source` is played to fill `length`, the last time perhaps not to its end.
pub(super) fn repeats(source: Beats, length: Beats) -> u32 {
    (length.0 / source.0.max(SHORTEST_BAR) - 1e-6).ceil().max(1.0) as u32
}

/// The rhythm of the last bars heard, under the bars of the idea; empty where nothing was heard in its metre.
pub(super) fn heard_rhythm(request: &Request) -> Vec<Note> {
    let stretch = request.stretch_in_metre();
    stretch.map_or_else(Vec::new, |stretch| last_bars(request, stretch.bars, &stretch.notes()))
}

/// The last of the `heard_bars` bars of `notes` under the bars of the idea, repeated where there are fewer.
fn last_bars(request: &Request, heard_bars: u32, notes: &[Note]) -> Vec<Note> {
    let bar = request.metre.bar().0;
    let bars = request.bars();
    let mut out = Vec::new();
    for target in 0..bars {
        let source = heard_bars - 1 - (bars - 1 - target) % heard_bars;
        let (from, to) = (f64::from(source) * bar, f64::from(target) * bar);
        let here = notes.iter().filter(|note| (from..from + bar).contains(&note.onset.0));
        out.extend(here.map(|note| Note { onset: Beats(note.onset.0 - from + to), ..*note }));
    }
    out
}

/// The melody of the last bars heard, under the bars of the idea; none where nothing was heard in its metre. What sounds
/// below another note of its onset is no melody, nor is what begins under a note that goes on.
pub(super) fn heard_melody(request: &Request) -> Option<Vec<Note>> {
    let stretch = request.stretch_in_metre().filter(|stretch| !stretch.pitched.is_empty())?;
    let notes = last_bars(request, stretch.bars, &stretch.pitched);
    let is_under = |note: &Note, other: &Note| {
        let begins = (other.onset.0..other.end().0 - TOGETHER_BEATS).contains(&note.onset.0);
        let together = (other.onset.0 - note.onset.0).abs() < TOGETHER_BEATS;
        other.pitch > note.pitch && (begins || together)
    };
    let is_top = |note: &&Note| !notes.iter().any(|other| is_under(note, other));
    Some(notes.iter().filter(is_top).copied().collect())
}

fn provenance(request: &Request, models: &Models, lines: &Lines) -> Provenance {
    let mut record = Provenance {
        engine: models.engine.clone(),
        heard: request.stretch.as_ref().map_or_else(Vec::new, crate::listen::Stretch::notes),
        harmony_method: harmony_method(request, models, lines),
        ..Provenance::default()
    };
    let mut add = |models: Vec<String>, sets: &[String]| {
        extend_new(&mut record.models, models);
        extend_new(&mut record.training_sets, sets.to_vec());
    };
    if lines.written.iter().any(|of| of.part != Part::Drums) {
        add(vec![models.phrase.info.provenance()], &models.phrase.info.training_sets);
    }
    for (model, took_part) in [&models.line_latent, &models.drum_latent].into_iter().zip(lines.latents) {
        if took_part {
            add(vec![model.info.provenance()], &model.info.training_sets);
        }
    }
    if lines.written.iter().any(|of| of.part == Part::Drums && !sketch::draws(request, of.part)) {
        add(vec![models.drums.info.provenance()], &models.drums.info.training_sets);
    }
    if !lines.written.is_empty() || lines.latents[0] {
        add(vec![models.groove.info.provenance()], &models.groove.info.training_sets);
    }
    let is_new = matches!(lines.harmony_source, HarmonySource::Model | HarmonySource::Melody);
    if is_new && !lines.harmony.is_empty() {
        add(vec![models.chords.info.provenance()], &models.chords.info.training_sets);
    }
    if lines.drew_textures {
        add(vec![models.gan.info.provenance()], &models.gan.info.training_sets);
    }
    for source in request.source.iter().chain(&request.other) {
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

fn harmony_method(request: &Request, models: &Models, lines: &Lines) -> String {
    let model = || format!("the chord model ({} {})", models.chords.info.name, models.chords.info.version);
    let chords = match lines.harmony_source {
        HarmonySource::Heard => request::followed_method(),
        HarmonySource::Model => format!("chords by {}", model()),
        HarmonySource::Melody => format!("chords under the melody by {}", model()),
        HarmonySource::Carried => "chords of the idea before".into(),
        HarmonySource::None => "no chords".into(),
    };
    [request.key_method(), chords].join("; ")
}
