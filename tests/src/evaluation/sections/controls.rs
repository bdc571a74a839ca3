//! Whether the knobs do what they say, and nothing else: each is turned through its range, one at a time.

use super::{Section, Setting};
use crate::chart::Bar;
use crate::evaluation::EvaluationError;
use crate::evaluation::band::{Ask, Band};
use crate::evaluation::knobs::{KNOBS, Knob, PART_KNOBS, SETTINGS, SWING_MAX};
use crate::evaluation::markov::Markov;
use crate::evaluation::realised::{NAMES, REALISED, Realised, of_drums, of_lead, of_part, place};
use crate::evaluation::statistics::{mean, spearman};
use crate::evaluation::table::{Table, number, verdict};
use crate::evaluation::window::{Window, halves, spread};
use linnet_composer::expression::Swing;
use linnet_music::{Mode, Part};
use serde::Serialize;

/// Spearman that a knob is to reach, and more for density, register and loudness.
const WANTED: f64 = 0.8;
const WANTED_MORE: f64 = 0.9;
/// Spearman with any other attribute that is still no leak.
const LEAK_MAX: f64 = 0.3;

/// One knob.
#[derive(Serialize)]
struct KnobScores {
    knob: &'static str,
    realised: &'static str,
    proposals: usize,
    /// Spearman of what was asked with what came, over all contexts.
    rho: f64,
    target: f64,
    /// The greatest absolute Spearman with another attribute, and which; those that move by design left out.
    leak: f64,
    leaks_into: &'static str,
    /// Spearman with every realised attribute.
    all: Vec<f64>,
    /// The mean of what came at each of [`SETTINGS`].
    means: Vec<f64>,
}

#[derive(Serialize)]
struct PartScores {
    part: &'static str,
    knob: &'static str,
    realised: &'static str,
    proposals: usize,
    rho: f64,
}

/// The section.
#[derive(Serialize)]
pub struct Controls {
    realised: [&'static str; REALISED],
    lead: Vec<KnobScores>,
    parts: Vec<PartScores>,
}

struct Turn<'a> {
    knob: &'a Knob,
    part: Part,
    window: Window<'a>,
    setting: f32,
    seed: u16,
}

/// Turns every knob.
///
/// # Errors
/// Where the worker cannot be asked.
pub fn measure(setting: &Setting) -> Result<Controls, EvaluationError> {
    let windows = halves(setting.people.iter().flat_map(Window::of_lead).collect()).1;
    let fits = |window: &Window| hears(window).is_some();
    let fitting: Vec<Window> = windows.into_iter().filter(fits).collect();
    let windows = spread(&fitting, setting.contexts.div_ceil(4).max(4));
    let events = setting.training.iter().map(|line| line.events.clone()).collect::<Vec<_>>();
    let markov = Markov::new(&events);
    let mut lead = Vec::new();
    for (index, knob) in KNOBS.iter().enumerate() {
        let rows = turned(setting, knob, Part::Lead, &windows, &markov)?;
        lead.push(of_knob(index, knob, &rows));
    }
    let mut parts = Vec::new();
    for (part, knob) in PART_KNOBS {
        let rows = turned(setting, knob, *part, &windows, &markov)?;
        parts.push(PartScores {
            part: part.id(),
            knob: knob.name,
            realised: NAMES[knob.realises],
            proposals: rows.len(),
            rho: knob.sign() * rho(&rows, knob.realises),
        });
    }
    Ok(Controls { realised: NAMES, lead, parts })
}

/// What was asked, in [0, 1], and what came.
type Row = (f64, Realised);

fn turned(
    setting: &Setting,
    knob: &Knob,
    part: Part,
    windows: &[Window],
    markov: &Markov,
) -> Result<Vec<Row>, EvaluationError> {
    // Only metres that count quarters swing.
    let is_straight = |metre| Swing::of(metre, SWING_MAX).is_straight();
    let swings = |window: &&Window| knob.realises != place::SWING || !is_straight(window.score.metre);
    let turns: Vec<Turn> = windows
        .iter()
        .filter(swings)
        .zip(1..)
        .flat_map(|(window, seed)| {
            SETTINGS.map(|setting| Turn { knob, part, window: *window, setting, seed })
        })
        .collect();
    let name = format!("{} of the {}", knob.name, part.id());
    let rows = setting.players.each(&name, &turns, |band, _, turn| Ok(play(band, turn, markov)))?;
    Ok(rows.into_iter().flatten().collect())
}

fn play(band: &mut Band, turn: &Turn, markov: &Markov) -> Option<Row> {
    let mut ask = match turn.knob.mode {
        Mode::Continue => hears(&turn.window)?,
        mode => {
            let mut ask = empty(&turn.window);
            ask.controls.mode = mode;
            ask.controls.key = Some(turn.window.score.key.tonic);
            ask.ideas = if mode == Mode::Vary { vec![turn.window.idea(1)] } else { Vec::new() };
            ask
        }
    };
    ask.controls.seed = turn.seed;
    ask.controls.on = Part::ALL.map(|part| part == turn.part);
    (turn.knob.turn)(&mut ask.controls, turn.setting);
    let idea = band.ask(&ask).ok()?.idea;
    let realised = match turn.part {
        Part::Lead => of_lead(&idea, &ask, markov),
        Part::Drums => of_drums(&idea),
        part => of_part(&idea, part),
    };
    Some((f64::from(turn.setting), realised?))
}

/// Four bars asked, nothing heard.
fn empty(window: &Window) -> Ask {
    Ask {
        metre: window.score.metre,
        tempo: window.tempo(),
        controls: linnet_music::Controls {
            bars: 4,
            style_a: window.score.style,
            ..linnet_music::Controls::default()
        },
        ..Ask::default()
    }
}

/// Four bars asked after up to eight that are heard; none where there are too few.
fn hears(window: &Window) -> Option<Ask> {
    let context = crate::evaluation::asking::Context {
        window: *window,
        other: None,
        parts: crate::evaluation::asking::Parts::Pitched,
    };
    let heard = context.ask(Mode::Continue, 1)?.ask;
    Some(Ask { controls: empty(window).controls, ..heard })
}

fn rho(rows: &[Row], realised: usize) -> f64 {
    let known = rows.iter().filter(|row| row.1[realised].is_finite());
    let (asked, came): (Vec<f64>, Vec<f64>) = known.map(|row| (row.0, row.1[realised])).unzip();
    if asked.is_empty() { f64::NAN } else { spearman(&asked, &came) }
}

/// The mean of what came at each of [`SETTINGS`].
fn means(rows: &[Row], realised: usize) -> Vec<f64> {
    let at = |setting: f32| {
        let rows = rows.iter().filter(|row| row.0 == f64::from(setting) && row.1[realised].is_finite());
        mean(&rows.map(|row| row.1[realised]).collect::<Vec<_>>())
    };
    SETTINGS.map(at).to_vec()
}

/// The greatest of the absolute values at other places than those that `may_move` names; 0 where there is none.
fn leak(all: &[f64], may_move: &[usize]) -> (f64, usize) {
    let others = (0..all.len()).filter(|place| !may_move.contains(place) && all[*place].is_finite());
    others
        .map(|place| (all[place].abs(), place))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((0.0, all.len().saturating_sub(1)))
}

fn of_knob(index: usize, knob: &'static Knob, rows: &[Row]) -> KnobScores {
    let all: Vec<f64> = (0..REALISED).map(|realised| rho(rows, realised)).collect();
    let mut may_move = knob.by_design.to_vec();
    may_move.push(knob.realises);
    let (leak, into) = leak(&all, &may_move);
    let more = matches!(KNOBS[index].name, "density" | "register" | "energy");
    KnobScores {
        knob: knob.name,
        realised: NAMES[knob.realises],
        proposals: rows.len(),
        rho: knob.sign() * all[knob.realises],
        target: if more { WANTED_MORE } else { WANTED },
        leak,
        leaks_into: NAMES[into],
        all,
        means: means(rows, knob.realises),
    }
}

impl Section for Controls {
    fn tables(&self) -> Vec<Table> {
        vec![self.knobs_table(), self.matrix(), self.parts_table()]
    }

    fn bars(&self) -> Vec<Bar> {
        let bar = |knob: &KnobScores| Bar::new(knob.knob.into(), knob.rho, 1.0).target(knob.target);
        self.lead.iter().map(bar).collect()
    }
}

impl Controls {
    fn knobs_table(&self) -> Table {
        let mut table = Table::new(
            "Knobs",
            "Spearman of what was asked with what came, five settings a context, pooled over contexts: four bars of the lead \
             after bars heard (valence: after none; similarity: Vary). Leak: the greatest absolute Spearman with another attribute; \
             target 0.3 at most. Left out: density of energy, by design; surprise of swing, since swung places are rare in the \
             Markov model's tunes; loudness, timing and surprise of similarity, since the idea that is varied is a piece as it \
             is written.",
            &["knob", "realised as", "proposals", "Spearman", "target", "", "leak", "into", ""],
        );
        for knob in &self.lead {
            table.rows.push(vec![
                knob.knob.into(),
                knob.realised.into(),
                knob.proposals.to_string(),
                number(knob.rho, 3),
                number(knob.target, 1),
                verdict(Some(knob.rho >= knob.target)).into(),
                number(knob.leak, 2),
                knob.leaks_into.into(),
                verdict(Some(knob.leak <= LEAK_MAX)).into(),
            ]);
        }
        table
    }

    fn matrix(&self) -> Table {
        let columns: Vec<&str> = std::iter::once("asked").chain(self.realised).collect();
        let mut table = Table::new(
            "What each knob moves",
            "Spearman of what was asked with every realised attribute of the lead.",
            &columns,
        );
        for knob in &self.lead {
            let cells = knob.all.iter().zip(self.realised).map(|(rho, name)| {
                let text = number(*rho, 2);
                if name == knob.realised { format!("**{text}**") } else { text }
            });
            table.rows.push(std::iter::once(knob.knob.to_owned()).chain(cells).collect());
        }
        table
    }

    fn parts_table(&self) -> Table {
        let mut table = Table::new(
            "Knobs of the other parts",
            "The same with that part alone.",
            &["part", "knob", "realised as", "proposals", "Spearman", "target 0.8"],
        );
        for part in &self.parts {
            table.rows.push(vec![
                part.part.into(),
                part.knob.into(),
                part.realised.into(),
                part.proposals.to_string(),
                number(part.rho, 3),
                verdict(Some(part.rho >= WANTED)).into(),
            ]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leak_is_the_greatest_of_the_others() {
        assert_eq!(leak(&[0.9, -0.4, 0.2], &[0]), (0.4, 1));
        assert_eq!(leak(&[0.9, -0.4, 0.2], &[0, 1]), (0.2, 2));
        assert_eq!(leak(&[0.9, f64::NAN, 0.1], &[0]), (0.1, 2));
        assert_eq!(leak(&[0.9], &[0]).0, 0.0);
    }

    #[test]
    fn what_follows_the_knob_correlates_and_what_does_not_does_not() {
        let row = |asked: f64, own: f64, other: f64| {
            let mut realised = [f64::NAN; REALISED];
            (realised[0], realised[1]) = (own, other);
            (asked, realised)
        };
        let rows = [row(0.0, 1.0, 5.0), row(0.5, 2.0, 5.0), row(1.0, 30.0, 5.0)];
        assert!((rho(&rows, 0) - 1.0).abs() < 1e-9);
        assert_eq!(rho(&rows, 1), 0.0);
        assert!(rho(&rows, 2).is_nan());
    }
}
