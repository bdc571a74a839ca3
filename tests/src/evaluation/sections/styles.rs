//! Whether proposals are of the style that was asked for: a classifier that learnt the styles from held-out pieces says which
//! style it takes them for, and they are compared with these pieces as other proposals are with people's.

use super::{Section, Setting};
use crate::chart::Bar;
use crate::evaluation::EvaluationError;
use crate::evaluation::asking::BAND;
use crate::evaluation::band::Ask;
use crate::evaluation::classifier::Classifier;
use crate::evaluation::music::Music;
use crate::evaluation::overlap::overlaps;
use crate::evaluation::statistics::mean;
use crate::evaluation::style_features;
use crate::evaluation::table::{Table, number, verdict};
use crate::evaluation::window::{BARS, Window, halves, spread};
use linnet_music::{Controls, Idea, Mode, Part, STYLES, Scale, Style};
use serde::Serialize;

/// The share of proposals that is to be recognised.
const WANTED: f64 = 0.7;
/// Phrases on either side below which nothing is compared.
const PHRASES_MIN: usize = 8;

/// How often one style was recognised.
#[derive(Serialize)]
struct StyleScores {
    style: &'static str,
    proposals: usize,
    recognised: f64,
    /// The same by the parts alone that the pieces of the style have, too.
    by_pieces_parts: f64,
    /// The classifier's own share of right answers on unseen windows of this style.
    ceiling: f64,
    /// What it is mostly taken for, where that is another style.
    taken_for: Option<&'static str>,
    /// Mean overlap of the parts with one half of the style's pieces, and that of the other half.
    overlap: f64,
    overlap_ceiling: f64,
}

#[derive(Serialize)]
struct ModeScores {
    mode: &'static str,
    recognised: f64,
    by_pieces_parts: f64,
    styles: Vec<StyleScores>,
    /// By style asked, then by style recognised.
    confusion: Vec<Vec<usize>>,
}

/// The section.
#[derive(Serialize)]
pub struct Styles {
    learnt_from: usize,
    tested_on: usize,
    /// The classifier's share of right answers on unseen windows: all, and those by the grammar alone.
    ceiling: f64,
    grammar_ceiling: f64,
    modes: Vec<ModeScores>,
}

/// Rows of features with their styles.
type Rows = Vec<(Vec<f64>, usize)>;

/// Measures Invent and Sketch.
///
/// # Errors
/// Where the worker cannot be asked.
pub fn measure(setting: &Setting) -> Result<Styles, EvaluationError> {
    let pieces = setting.people.iter().chain(&setting.composed).filter(|score| score.style.is_some());
    let (learnt, unseen) = halves(pieces.flat_map(Window::of_lead).collect());
    let model = Classifier::new(&rows(&learnt), STYLES);
    let test = rows(&unseen);
    let by_grammar: Rows =
        test.iter().filter(|(_, style)| Style::ALL[*style].is_by_grammar()).cloned().collect();
    let mut modes = Vec::new();
    for mode in [Mode::Invent, Mode::Sketch].into_iter().filter(|mode| setting.asks_for(*mode)) {
        modes.push(of_mode(setting, mode, &model, (&learnt, &unseen))?);
    }
    Ok(Styles {
        learnt_from: learnt.len(),
        tested_on: unseen.len(),
        ceiling: model.accuracy(&test),
        grammar_ceiling: model.accuracy(&by_grammar),
        modes,
    })
}

fn rows(windows: &[Window]) -> Rows {
    let row = |window: &Window| Some((style_features::of_window(window), window.score.style?.index()));
    windows.iter().filter_map(row).collect()
}

fn of_style<'a>(windows: &[Window<'a>], style: Style) -> Vec<Window<'a>> {
    windows.iter().filter(|window| window.score.style == Some(style)).copied().collect()
}

fn of_mode(
    setting: &Setting,
    mode: Mode,
    model: &Classifier,
    (learnt, unseen): (&[Window], &[Window]),
) -> Result<ModeScores, EvaluationError> {
    let each = setting.contexts.div_ceil(6).max(4);
    let windows: Vec<Window> =
        Style::ALL.into_iter().flat_map(|style| spread(&of_style(unseen, style), each)).collect();
    let name = format!("{} by style", mode.name());
    let ideas = setting.players.each(&name, &windows, |band, index, window| {
        Ok(band.ask(&ask(mode, window, index as u16 + 1)).ok().map(|answer| answer.idea))
    })?;
    let mut confusion = vec![vec![0; STYLES]; STYLES];
    let mut styles = Vec::new();
    for style in Style::ALL {
        let of_style_asked =
            windows.iter().zip(&ideas).filter(|(window, _)| window.score.style == Some(style));
        let asked: Vec<(&Window, &Idea)> =
            of_style_asked.filter_map(|(window, idea)| Some((window, idea.as_ref()?))).collect();
        let made: Vec<&Idea> = asked.iter().map(|(_, idea)| *idea).collect();
        if made.is_empty() {
            continue;
        }
        for idea in &made {
            confusion[style.index()][model.class(&style_features::of_idea(idea))] += 1;
        }
        let is_known = |(window, idea): &&(&Window, &Idea)| {
            model.class(&style_features::of_idea_beside(idea, window)) == style.index()
        };
        let known_beside = asked.iter().filter(is_known).count();
        let counts = &confusion[style.index()];
        let most = (0..STYLES).max_by_key(|other| counts[*other]).filter(|other| *other != style.index());
        let own = (of_style(learnt, style), of_style(unseen, style));
        let [overlap, overlap_ceiling] = overlap(&made, &own.0, &own.1);
        styles.push(StyleScores {
            style: style.name(),
            proposals: made.len(),
            recognised: counts[style.index()] as f64 / made.len() as f64,
            by_pieces_parts: known_beside as f64 / made.len() as f64,
            ceiling: model.accuracy(&rows(&own.1)),
            taken_for: most.map(|other| Style::ALL[other].name()),
            overlap,
            overlap_ceiling,
        });
    }
    let over_styles = |of: &dyn Fn(&StyleScores) -> f64| mean(&styles.iter().map(of).collect::<Vec<_>>());
    Ok(ModeScores {
        mode: mode.name(),
        recognised: over_styles(&|style| style.recognised),
        by_pieces_parts: over_styles(&|style| style.by_pieces_parts),
        styles,
        confusion,
    })
}

/// The whole band in the style, metre and key of a window; people's styles have no drums. Major is left open, other scales
/// have to be told.
fn ask(mode: Mode, window: &Window, seed: u16) -> Ask {
    let score = window.score;
    let has_drums = score.style.is_some_and(Style::is_by_grammar);
    let scale = Some(score.key.scale).filter(|scale| *scale != Scale::Major);
    let controls = Controls {
        mode,
        seed,
        bars: BARS as u8,
        key: Some(score.key.tonic),
        scale,
        style_a: score.style,
        humanise: 0.0,
        on: Part::ALL.map(|part| part != Part::Drums || has_drums),
        ..Controls::default()
    };
    Ask { metre: score.metre, tempo: window.tempo(), controls, ..Ask::default() }
}

/// The mean overlap over the parts of `made` with the windows `theirs`, and that of as many of the windows `others`; NaN
/// where there are too few.
fn overlap(made: &[&Idea], theirs: &[Window], others: &[Window]) -> [f64; 2] {
    let (mut ours, mut best) = (Vec::new(), Vec::new());
    for (voice, part) in BAND {
        let of = |windows: &[Window]| -> Vec<Vec<f64>> {
            windows.iter().filter_map(|window| Music::of_window(window, voice).features()).collect()
        };
        let found: Vec<Vec<f64>> =
            made.iter().filter_map(|idea| Music::of_idea(idea, part, voice).features()).collect();
        let (theirs, others) = (of(theirs), of(&spread(others, made.len())));
        if [found.len(), theirs.len(), others.len()].iter().all(|count| *count >= PHRASES_MIN) {
            let of = |rows: &[Vec<f64>]| {
                let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
                let theirs: Vec<&[f64]> = theirs.iter().map(Vec::as_slice).collect();
                mean(&overlaps(&rows, &theirs))
            };
            ours.push(of(&found));
            best.push(of(&others));
        }
    }
    [mean(&ours), mean(&best)]
}

impl Section for Styles {
    fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.styles_table()];
        tables.extend(self.modes.iter().map(confusion_table));
        tables
    }

    fn bars(&self) -> Vec<Bar> {
        let of = |mode: &ModeScores| {
            let name = mode.mode;
            let bar = |style: &StyleScores| {
                Bar::new(format!("{name}, {}", style.style), style.recognised, 1.0)
                    .target(WANTED)
                    .other(style.ceiling)
            };
            mode.styles.iter().map(bar).collect::<Vec<_>>()
        };
        self.modes.iter().flat_map(of).collect()
    }
}

impl Styles {
    fn styles_table(&self) -> Table {
        let text = format!(
            "A linear classifier over features of the four parts and the harmony, without tempo and metre; learnt from {} windows \
             of held-out pieces, by people and by the grammar. On {} windows of other pieces it is right in {} of the cases, in {} of \
             those by the grammar: the ceiling. Target: 0.7 of the proposals recognised. By the pieces' parts: the \
             same by those parts alone that the held-out piece has in whose style, metre and key a proposal was made. Folk tunes and \
             lead sheets are leads alone, and how their chords and basses sound no classifier can learn from them; which parts \
             are left narrows its choice, however. Overlap: with pieces of the style, as above.",
            self.learnt_from,
            self.tested_on,
            number(self.ceiling, 3),
            number(self.grammar_ceiling, 3),
        );
        let columns = [
            "mode",
            "style",
            "proposals",
            "recognised",
            "",
            "by the pieces' parts",
            "ceiling",
            "mostly taken for",
            "overlap",
            "overlap ceiling",
        ];
        let mut table = Table::new("Styles", &text, &columns);
        for mode in &self.modes {
            for style in &mode.styles {
                table.rows.push(vec![
                    mode.mode.into(),
                    style.style.into(),
                    style.proposals.to_string(),
                    number(style.recognised, 2),
                    verdict(Some(style.recognised >= WANTED)).into(),
                    number(style.by_pieces_parts, 2),
                    number(style.ceiling, 2),
                    style.taken_for.unwrap_or_default().into(),
                    number(style.overlap, 3),
                    number(style.overlap_ceiling, 3),
                ]);
            }
            let met = verdict(Some(mode.recognised >= WANTED));
            let mut mean = vec![mode.mode.to_owned(), "**mean**".into(), String::new()];
            mean.extend([number(mode.recognised, 2), met.into(), number(mode.by_pieces_parts, 2)]);
            mean.resize(columns.len(), String::new());
            table.rows.push(mean);
        }
        table
    }
}

fn confusion_table(mode: &ModeScores) -> Table {
    let names = Style::ALL.map(Style::name);
    let columns: Vec<&str> = std::iter::once("asked").chain(names).collect();
    let title = format!("Which style {} is taken for", mode.mode);
    let mut table = Table::new(&title, "Rows: asked; columns: recognised.", &columns);
    for (name, counts) in names.into_iter().zip(&mode.confusion) {
        if counts.iter().sum::<usize>() > 0 {
            let cells =
                counts.iter().map(|count| if *count == 0 { String::new() } else { count.to_string() });
            table.rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
        }
    }
    table
}
