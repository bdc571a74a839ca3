//! How like people's the proposals of every mode are, part by part and style by style.

use super::{Section, Setting};
use crate::chart::Bar;
use crate::evaluation::EvaluationError;
use crate::evaluation::asking::{self, Context, Parts, contexts};
use crate::evaluation::baseline::Baselines;
use crate::evaluation::likeness_row::{Row, StyleRow, Word, rows, style_rows};
use crate::evaluation::proposals::{Proposal, propose};
use crate::evaluation::table::{Table, number, verdict};
use crate::evaluation::window::{Window, halves};
use linnet_music::Mode;
use serde::Serialize;
use std::collections::BTreeMap;

/// Melodies that Groove is asked with for each window of drums.
const GROOVE_TURNS: usize = 4;

/// What came of one mode.
#[derive(Serialize)]
struct ModeScores {
    mode: &'static str,
    /// Requests, and how many the plug-in refused, with its first words.
    requests: usize,
    refused: usize,
    first_refusal: Option<String>,
    /// Notes in locked bars, and how many of them were touched: Fill alone has any.
    locked_notes: usize,
    locked_notes_touched: usize,
    parts: Vec<Row>,
    styles: Vec<StyleRow>,
}

/// The section.
#[derive(Serialize)]
pub struct Overlap {
    modes: Vec<ModeScores>,
}

/// Measures all modes.
///
/// # Errors
/// Where the corpus cannot be read.
pub fn measure(setting: &Setting) -> Result<Overlap, EvaluationError> {
    let melodies = halves(setting.people.iter().flat_map(Window::of_lead).filter(is_by_people).collect());
    let drums = halves(setting.drummers.iter().flat_map(Window::of_drums).collect());
    let asked = || melodies.1.iter().chain(&drums.1);
    let mut pieces: BTreeMap<*const _, _> = BTreeMap::new();
    for window in asked() {
        pieces.insert(std::ptr::from_ref(window.score), window.score);
    }
    let baselines = Baselines::new(&setting.training, &pieces.into_values().collect::<Vec<_>>());
    let mut modes = Vec::new();
    for mode in Mode::ALL.into_iter().filter(|mode| setting.asks_for(*mode)) {
        let contexts = [
            contexts(mode, Parts::Pitched, &melodies.1, &melodies.1, setting.contexts),
            drum_contexts(mode, &drums.1, &melodies.1, setting.contexts),
        ];
        let contexts = contexts.concat();
        let proposals = propose(&setting.players, &baselines, mode, &contexts)?;
        let reference: Vec<Word> = melodies
            .0
            .iter()
            .flat_map(|window| {
                Word::of_window(window, &asking::voices(Mode::Continue, Parts::Pitched, window))
            })
            .chain(
                drums
                    .0
                    .iter()
                    .flat_map(|window| Word::of_window(window, &asking::voices(mode, Parts::Drums, window))),
            )
            .filter(|word| !matches!(mode, Mode::Invent | Mode::Sketch) || word.is_major_or_drums)
            .collect();
        modes.push(of_mode(mode, &proposals, &reference));
    }
    Ok(Overlap { modes })
}

fn is_by_people(window: &Window) -> bool {
    window.human_roles().contains(&linnet_composer::vocabulary::Role::Lead)
}

/// Groove writes nothing but drums, so it is asked as often as the others write parts: for each window of drums with
/// several melodies.
fn drum_contexts<'a>(
    mode: Mode,
    drums: &[Window<'a>],
    melodies: &[Window<'a>],
    count: usize,
) -> Vec<Context<'a>> {
    if mode != Mode::Groove {
        return contexts(mode, Parts::Drums, drums, melodies, count);
    }
    let turned = |turn: usize| {
        let mut melodies = melodies.to_vec();
        let by = turn * melodies.len() / GROOVE_TURNS;
        melodies.rotate_left(by);
        contexts(mode, Parts::Drums, drums, &melodies, count)
    };
    (0..GROOVE_TURNS).flat_map(turned).collect()
}

fn of_mode(mode: Mode, proposals: &[Proposal], reference: &[Word]) -> ModeScores {
    let refusals: Vec<&String> = proposals.iter().filter_map(|proposal| proposal.refused.as_ref()).collect();
    ModeScores {
        mode: mode.name(),
        requests: proposals.len(),
        refused: refusals.len(),
        first_refusal: refusals.first().map(|words| (*words).clone()),
        locked_notes: proposals.iter().map(|proposal| proposal.locked[0]).sum(),
        locked_notes_touched: proposals.iter().map(|proposal| proposal.locked[1]).sum(),
        parts: rows(proposals, reference),
        styles: style_rows(proposals, reference),
    }
}

impl Section for Overlap {
    fn tables(&self) -> Vec<Table> {
        vec![self.parts_table(), self.targets_table(), self.styles_table(), self.requests_table()]
    }

    fn bars(&self) -> Vec<Bar> {
        let of_mode = |mode: &ModeScores| {
            let mode_name = mode.mode;
            mode.parts
                .iter()
                .map(move |row| {
                    Bar::new(format!("{mode_name}, {}", row.part.name()), row.overlap, 1.0)
                        .target(0.95 * row.ceiling)
                        .other(row.markov)
                })
                .collect::<Vec<_>>()
        };
        self.modes.iter().flat_map(of_mode).collect()
    }
}

impl Overlap {
    fn parts_table(&self) -> Table {
        let mut table = Table::new(
            "Overlap with people's music",
            "Mean overlap of the features of the phrases with one half of people's, of eight bars. Ceiling: the other half of \
             people's, for whose windows the proposals were made. Markov: order 5, from the same windows. Random: places and \
             notes of the scale by chance, as many as people's. Target: share ≥ 0.95, and above Markov. Fill's phrases hold four bars \
             of people's, and Vary's and Morph's stay near to theirs. The lead's Markov model knows the training lines; those of the \
             other parts know the pieces that proposals are made for, each but its own. Invent and Sketch: major keys.",
            &[
                "mode", "part", "phrases", "overlap", "ceiling", "share", "Markov", "random", "target",
                "weakest", "next",
            ],
        );
        for (mode, row) in self.rows() {
            let share = row.overlap / row.ceiling;
            let met = share >= 0.95 && (row.markov.is_nan() || row.overlap > row.markov);
            let [weakest, next] = &row.weakest;
            table.rows.push(vec![
                mode.into(),
                row.part.name().into(),
                row.phrases.to_string(),
                number(row.overlap, 3),
                number(row.ceiling, 3),
                number(share, 3),
                number(row.markov, 3),
                number(row.random, 3),
                verdict(Some(met)).into(),
                format!("{} {:.2}", weakest.0, weakest.1),
                format!("{} {:.2}", next.0, next.1),
            ]);
        }
        table
    }

    fn targets_table(&self) -> Table {
        let mut table = Table::new(
            "Beside people's",
            "Linnet's mean, people's in brackets, and whether the difference is within bounds: in scale 0.01 (the scale is not \
             locked), chord tones 0.05, pitch-class entropy 0.15 bits, groove consistency 0.02, bar likeness 0.04. Run: notes \
             in a row shared with the training set, transposition and tempo disregarded; 95th percentile 13 at most. Diversity: \
             distance among the ideas shown for one request, and between two seeds', over that of people's phrases; 0.6 at \
             least.",
            &[
                "mode",
                "part",
                "in scale",
                "chord tones",
                "entropy",
                "groove",
                "bar likeness",
                "run p50 / p95 / max",
                "people's run",
                "shown",
                "seeds",
            ],
        );
        for (mode, row) in self.rows() {
            let mut cells = vec![mode.to_owned(), row.part.name().to_owned()];
            cells.extend(row.beside.iter().map(|beside| match beside {
                Some(beside) => {
                    format!("{:.3} ({:.3}) {}", beside.ours, beside.people, verdict(Some(beside.is_within())))
                }
                None => "–".into(),
            }));
            let run = |run: [f64; 3]| run.map(|notes| number(notes, 0)).join(" / ");
            cells.extend([run(row.run), run(row.people_run), number(row.shown, 2), number(row.seeds, 2)]);
            table.rows.push(cells);
        }
        table
    }

    fn styles_table(&self) -> Table {
        let mut table = Table::new(
            "Overlap by style",
            "Mean over the parts with 12 phrases or more on each side; people's music of that style alone.",
            &["mode", "style", "phrases", "overlap", "ceiling", "share"],
        );
        for mode in &self.modes {
            for row in &mode.styles {
                table.rows.push(vec![
                    mode.mode.into(),
                    row.style.clone(),
                    row.phrases.to_string(),
                    number(row.overlap, 3),
                    number(row.ceiling, 3),
                    number(row.overlap / row.ceiling, 3),
                ]);
            }
        }
        table
    }

    fn requests_table(&self) -> Table {
        let mut table = Table::new(
            "Requests",
            "",
            &["mode", "requests", "refused", "why first", "notes in locked bars", "touched"],
        );
        for mode in &self.modes {
            table.rows.push(vec![
                mode.mode.into(),
                mode.requests.to_string(),
                mode.refused.to_string(),
                mode.first_refusal.clone().unwrap_or_default(),
                mode.locked_notes.to_string(),
                mode.locked_notes_touched.to_string(),
            ]);
        }
        table
    }

    fn rows(&self) -> impl Iterator<Item = (&'static str, &Row)> {
        self.modes.iter().flat_map(|mode| mode.parts.iter().map(|row| (mode.mode, row)))
    }
}
