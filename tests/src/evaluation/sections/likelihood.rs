//! How likely the lead of held-out pieces is under the phrase model, and under the Markov model that it must beat.

use super::{Section, Setting};
use crate::chart::Bar;
use crate::evaluation::markov::Markov;
use crate::evaluation::table::{Table, number, verdict};
use crate::evaluation::{EvaluationError, corpus, likelihood};
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::Models;
use serde::Serialize;

/// Nats a note that the network is to be better by.
const BETTER_BY: f64 = 0.5;

/// The section: nats a note, the events' log loss, bar lines included, over the notes.
#[derive(Serialize)]
pub struct Likelihood {
    pieces: usize,
    notes: usize,
    markov_order_5: f64,
    phrase: f64,
    /// Most chords of the held-out tunes were inferred from their notes; this is without them.
    phrase_without_chords: f64,
}

/// Measures the built-in pieces, whatever the reference is.
///
/// # Errors
/// Where the corpus or the model cannot be read.
pub fn measure(setting: &Setting) -> Result<Likelihood, EvaluationError> {
    let pieces = corpus::held_out()?;
    let notes = pieces.iter().flat_map(|piece| &piece.events).filter(|event| event.is_note()).count();
    let events = setting.training.iter().map(|line| line.events.clone()).collect::<Vec<_>>();
    let markov = Markov::new(&events);
    let markov: f64 = pieces.iter().flat_map(|piece| markov.nats(&piece.events)).sum();
    let model = Models::load(&setting.models, &Rten::new())?;
    let nats = |with_chords| -> Result<f64, EvaluationError> {
        let name = if with_chords { "likelihood" } else { "likelihood without chords" };
        let losses = setting
            .players
            .each(name, &pieces, |_, _, piece| likelihood::nats(&model.phrase, piece, with_chords))?;
        Ok(losses.iter().sum::<f64>() / notes as f64)
    };
    Ok(Likelihood {
        pieces: pieces.len(),
        notes,
        markov_order_5: markov / notes as f64,
        phrase: nats(true)?,
        phrase_without_chords: nats(false)?,
    })
}

impl Section for Likelihood {
    fn tables(&self) -> Vec<Table> {
        let mut table = Table::new(
            "Likelihood of the lead",
            &format!(
                "{} held-out pieces, {} notes; target: {BETTER_BY} below the Markov model of order 5.",
                self.pieces, self.notes
            ),
            &["model", "nats a note", ""],
        );
        let met = |nats: f64| verdict(Some(nats <= self.markov_order_5 - BETTER_BY)).to_owned();
        table.rows = vec![
            vec!["Markov, order 5".into(), number(self.markov_order_5, 3), String::new()],
            vec!["phrase model".into(), number(self.phrase, 3), met(self.phrase)],
            vec![
                "phrase model, no chords told".into(),
                number(self.phrase_without_chords, 3),
                met(self.phrase_without_chords),
            ],
        ];
        vec![table]
    }

    fn bars(&self) -> Vec<Bar> {
        let bar = |label: &str, value| Bar::new(label.into(), value, 6.0);
        let target = self.markov_order_5 - BETTER_BY;
        vec![
            bar("Markov of order 5, nats", self.markov_order_5),
            bar("phrase model, nats", self.phrase).target(target),
            bar("no chords told, nats", self.phrase_without_chords).target(target),
        ]
    }
}
