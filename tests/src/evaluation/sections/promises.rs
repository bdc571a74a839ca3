//! What must hold for every proposal: Fill leaves locked bars alone, a locked scale is kept, Morph begins and ends with its
//! ideas and goes from one to the other, Vary goes as far as it is told.

use super::{Section, Setting};
use crate::chart::Bar;
use crate::evaluation::EvaluationError;
use crate::evaluation::asking::{Asked, Context, Parts, contexts};
use crate::evaluation::band::Band;
use crate::evaluation::dice::Dice;
use crate::evaluation::proposals::locked;
use crate::evaluation::statistics::spearman;
use crate::evaluation::table::{Table, number, verdict};
use crate::evaluation::window::{BARS, Window, halves};
use linnet_composer::likeness;
use linnet_music::{Idea, Mode, Note, Part};
use serde::Serialize;

/// Where similarity and Morph's place are set to.
const PLACES: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// The absolute Spearman that Vary is to reach.
const WANTED: f64 = 0.8;

/// One promise.
#[derive(Serialize)]
struct Promise {
    name: String,
    value: f64,
    target: f64,
    /// Of how many what.
    of: String,
}

/// The section.
#[derive(Serialize)]
pub struct Promises {
    promises: Vec<Promise>,
}

/// Measures all of them.
///
/// # Errors
/// Where the worker cannot be asked.
pub fn measure(setting: &Setting) -> Result<Promises, EvaluationError> {
    let melodies = halves(setting.people.iter().flat_map(Window::of_lead).collect()).1;
    let drums = halves(setting.drummers.iter().flat_map(Window::of_drums).collect()).1;
    let of = |mode: Mode| -> Vec<Context> {
        let count = setting.contexts.div_ceil(2);
        let mut all = contexts(mode, Parts::Pitched, &melodies, &melodies, count);
        all.extend(contexts(mode, Parts::Drums, &drums, &melodies, count.div_ceil(2)));
        all
    };
    let mut promises = Vec::new();
    if setting.asks_for(Mode::Fill) {
        promises.push(fill(setting, &of(Mode::Fill))?);
    }
    for mode in Mode::ALL.into_iter().filter(|mode| setting.asks_for(*mode) && *mode != Mode::Groove) {
        promises.extend(scale(setting, mode, &of(mode))?);
    }
    if setting.asks_for(Mode::Vary) {
        promises.extend(vary(setting, &of(Mode::Vary))?);
    }
    if setting.asks_for(Mode::Morph) {
        promises.extend(morph(setting, &of(Mode::Morph))?);
    }
    Ok(Promises { promises })
}

fn share(name: &str, kept: usize, all: usize, what: &str) -> Promise {
    let value = if all == 0 { f64::NAN } else { kept as f64 / all as f64 };
    Promise { name: name.into(), value, target: 1.0, of: format!("{kept} of {all} {what}") }
}

/// Bars are locked at random, in each part others.
fn fill(setting: &Setting, contexts: &[Context]) -> Result<Promise, EvaluationError> {
    let counts = setting.players.each("Fill's locks", contexts, |band, index, context| {
        let Some(mut asked) = context.ask(Mode::Fill, index as u16 + 1) else { return Ok([0, 0]) };
        let mut dice = Dice::new(index as u64 + 77);
        asked.ask.controls.locked_bars = std::array::from_fn(|_| dice.below(1 << BARS) as u16);
        asked.ask.controls.humanise = 0.4;
        Ok(band.ask(&asked.ask).map_or([0, 0], |answer| locked(&asked, &answer.idea)))
    })?;
    let sum = |place: usize| counts.iter().map(|count| count[place]).sum::<usize>();
    Ok(share("Fill: notes of locked bars that stayed", sum(0).saturating_sub(sum(1)), sum(0), "notes"))
}

/// With the scale of the piece locked, notes that the idea before does not have.
fn scale(setting: &Setting, mode: Mode, contexts: &[Context]) -> Result<Option<Promise>, EvaluationError> {
    let pitched: Vec<Context> =
        contexts.iter().filter(|context| context.parts == Parts::Pitched).copied().collect();
    let name = format!("{}, scale locked", mode.name());
    let counts = setting.players.each(&name, &pitched, |band, index, context| {
        let Some(mut asked) = context.ask(mode, index as u16 + 1) else { return Ok([0, 0]) };
        let key = context.window.score.key;
        (asked.ask.controls.key, asked.ask.controls.scale) = (Some(key.tonic), Some(key.scale));
        let Ok(answer) = band.ask(&asked.ask) else { return Ok([0, 0]) };
        let new = new_notes(&asked, &answer.idea);
        let inside = new.iter().filter(|note| answer.idea.key.contains(note.pitch)).count();
        Ok([inside, new.len()])
    })?;
    let sum = |place: usize| counts.iter().map(|count| count[place]).sum::<usize>();
    let promise = share(&format!("{}: new notes in the locked scale", mode.name()), sum(0), sum(1), "notes");
    Ok((sum(1) > 0).then_some(promise))
}

/// The pitched notes of an idea whose onset and pitch none of those before has.
fn new_notes(asked: &Asked, idea: &Idea) -> Vec<Note> {
    // The melody that Accompany goes with is in the idea, too.
    let pitched = [Part::Lead, Part::Chords, Part::Bass].into_iter();
    let pitched = pitched.filter(|part| asked.ask.controls.on[part.index()]);
    let is_old = |part: Part, note: &Note| {
        asked.ask.ideas.iter().any(|before| {
            let mut notes = before.phrase(part).notes().iter();
            notes.any(|old| old.pitch == note.pitch && (old.onset.0 - note.onset.0).abs() < 0.05)
        })
    };
    pitched
        .flat_map(|part| {
            let notes = idea.phrase(part).notes().iter();
            notes.filter(move |note| !is_old(part, note)).copied().collect::<Vec<_>>()
        })
        .collect()
}

/// The ideas of a sweep; none where the plug-in refused one.
fn sweep(
    band: &mut Band,
    asked: &Asked,
    set: impl Fn(&mut linnet_music::Controls, f32),
) -> Option<Vec<Idea>> {
    let ideas = PLACES.map(|place| {
        let mut ask = asked.ask.clone();
        set(&mut ask.controls, place);
        band.ask(&ask).ok().map(|answer| answer.idea)
    });
    ideas.into_iter().collect()
}

fn vary(setting: &Setting, contexts: &[Context]) -> Result<Vec<Promise>, EvaluationError> {
    let rows = setting.players.each("Vary's similarity", contexts, |band, index, context| {
        let Some(asked) = context.ask(Mode::Vary, index as u16 + 1) else { return Ok(None) };
        let ideas = sweep(band, &asked, |controls, place| controls.similarity = place);
        let from = |idea: &Idea| f64::from(likeness::of_ideas(&asked.ask.ideas[0], idea));
        Ok(ideas.map(|ideas| ideas.iter().map(from).collect::<Vec<f64>>()))
    })?;
    let rows: Vec<Vec<f64>> = rows.into_iter().flatten().collect();
    let asked: Vec<f64> = rows.iter().flat_map(|_| PLACES.map(f64::from)).collect();
    let rho = -spearman(&asked, &rows.concat());
    let same = rows.iter().filter(|row| row.last() == Some(&0.0)).count();
    let means = (0..PLACES.len())
        .map(|place| number(rows.iter().map(|row| row[place]).sum::<f64>() / rows.len() as f64, 2))
        .collect::<Vec<_>>();
    let of = format!("{} ideas; mean distances at 0, 0.25 … 1: {}", asked.len(), means.join(", "));
    Ok(vec![
        Promise { name: "Vary: Spearman of similarity with nearness".into(), value: rho, target: WANTED, of },
        share("Vary: similarity 1 gives the idea itself", same, rows.len(), "ideas"),
    ])
}

/// What one sweep of Morph kept: its beginning, its end, distances from the first that never fall, and to the other that
/// never rise.
fn kept(asked: &Asked, ideas: &[Idea]) -> [bool; 4] {
    let [first, other] = [&asked.ask.ideas[0], &asked.ask.ideas[1]];
    let on = |part: &Part| asked.ask.controls.on[part.index()];
    let same = |one: &Idea, end: &Idea| {
        Part::ALL.iter().filter(|part| on(part)).all(|part| one.phrase(*part) == end.phrase(*part))
    };
    let way = |end: &Idea| -> Vec<f32> { ideas.iter().map(|idea| likeness::of_ideas(end, idea)).collect() };
    let rises = |way: &[f32]| way.windows(2).all(|pair| pair[1] >= pair[0] - 1e-6);
    let back: Vec<f32> = way(other).into_iter().rev().collect();
    let last = ideas.len() - 1;
    [same(&ideas[0], first), same(&ideas[last], other), rises(&way(first)), rises(&back)]
}

fn morph(setting: &Setting, contexts: &[Context]) -> Result<Vec<Promise>, EvaluationError> {
    let rows = setting.players.each("Morph's way", contexts, |band, index, context| {
        let Some(asked) = context.ask(Mode::Morph, index as u16 + 1) else { return Ok(None) };
        let ideas = sweep(band, &asked, |controls, place| controls.morph = place);
        Ok(ideas.map(|ideas| kept(&asked, &ideas)))
    })?;
    let rows: Vec<[bool; 4]> = rows.into_iter().flatten().collect();
    let names = [
        "Morph: 0 gives the first idea",
        "Morph: 1 gives the other idea",
        "Morph: never nearer to the first again",
        "Morph: never farther from the other again",
    ];
    let count = |place: usize| rows.iter().filter(|row| row[place]).count();
    Ok(names.iter().enumerate().map(|(place, name)| share(name, count(place), rows.len(), "ways")).collect())
}

impl Section for Promises {
    fn tables(&self) -> Vec<Table> {
        let mut table = Table::new(
            "Promises",
            "Shares that are to be 1, and Vary's Spearman.",
            &["promise", "value", "target", "", "of"],
        );
        for promise in &self.promises {
            table.rows.push(vec![
                promise.name.clone(),
                number(promise.value, 4),
                number(promise.target, 1),
                verdict(promise.value.is_finite().then_some(promise.value >= promise.target)).into(),
                promise.of.clone(),
            ]);
        }
        vec![table]
    }

    fn bars(&self) -> Vec<Bar> {
        let bar =
            |promise: &Promise| Bar::new(promise.name.clone(), promise.value, 1.0).target(promise.target);
        self.promises.iter().map(bar).collect()
    }
}
