//! `cargo xtask eval [--contexts N] [--out DIR]`: the scorecard, as a table, as `eval.json` and as `eval.png`.

use linnet_composer::evaluation::Piece;
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{ModelSource, Models};
use linnet_composer::originality::Originality;
use linnet_tests::chart::{self, Bar};
use linnet_tests::evaluation::EvaluationError;
use linnet_tests::evaluation::controls::{self, ControlScores};
use linnet_tests::evaluation::corpus;
use linnet_tests::evaluation::likelihood::Lead;
use linnet_tests::evaluation::markov::Markov;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Contexts that proposals are made for, unless told otherwise.
const CONTEXTS: usize = 60;

#[derive(Serialize)]
struct Scorecard {
    /// Held-out pieces and notes.
    pieces: usize,
    notes: usize,
    /// Nats a note: the events' log loss, bar lines included, over the notes.
    nats_per_note: Likelihoods,
    /// Nats a note below the baseline; the target is 0.3.
    int8_better_than_markov_by: f64,
    /// What quantising costs, in nats a note.
    int8_worse_than_fp32_by: f64,
    controls: ControlScores,
}

#[derive(Serialize)]
struct Likelihoods {
    markov_order_5: f64,
    lead_fp32: f64,
    lead_int8: f64,
    /// Most chords of the held-out tunes were inferred from their notes; this is without them.
    lead_int8_without_chords: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result =
        options(&arguments).and_then(|(contexts, out)| run(contexts, &out).map_err(|e| e.to_string()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn options(arguments: &[String]) -> Result<(usize, PathBuf), String> {
    let (mut contexts, mut out) = (CONTEXTS, PathBuf::from("out"));
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--contexts" => {
                contexts = value.parse().map_err(|_| format!("--contexts {value} is not a number."))?;
            }
            [name, value] if name == "--out" => out = value.into(),
            _ => return Err("eval knows --contexts N and --out DIR.".into()),
        }
    }
    Ok((contexts, out))
}

fn run(contexts: usize, out: &Path) -> Result<(), EvaluationError> {
    let pieces = corpus::held_out()?;
    let notes = pieces.iter().flat_map(|piece| &piece.events).filter(|event| event.is_note()).count();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lead");
    println!("{} held-out pieces, {notes} notes.", pieces.len());
    let markov = Markov::new(&corpus::training()?);
    let markov_nats: f64 = pieces.iter().flat_map(|piece| markov.nats(&piece.events)).sum();
    let engine = Rten::new();
    let (fp32, int8) = (Lead::load(&engine, &models.join("fp32"))?, Lead::load(&engine, &models)?);
    let per_note = |lead: &Lead, with_chords| Ok(nats(lead, &pieces, with_chords)? / notes as f64);
    let nats_per_note = Likelihoods {
        markov_order_5: shown("order-5 Markov", Ok(markov_nats / notes as f64))?,
        lead_fp32: shown("lead, fp32", per_note(&fp32, true))?,
        lead_int8: shown("lead, int8", per_note(&int8, true))?,
        lead_int8_without_chords: shown("lead, int8, no chords told", per_note(&int8, false))?,
    };
    let index = Originality::built_in().map_err(|error| EvaluationError::Corpus {
        file: "the originality index".into(),
        why: error.to_string(),
    })?;
    let model = Models::load(&ModelSource::BuiltIn, &engine)?;
    let controls = controls::measure(&model.lead, index, &pieces, contexts)?;
    let card = Scorecard {
        pieces: pieces.len(),
        notes,
        int8_better_than_markov_by: nats_per_note.markov_order_5 - nats_per_note.lead_int8,
        int8_worse_than_fp32_by: nats_per_note.lead_int8 - nats_per_note.lead_fp32,
        nats_per_note,
        controls,
    };
    report(&card);
    write(&card, out)
}

fn shown(name: &str, nats: Result<f64, EvaluationError>) -> Result<f64, EvaluationError> {
    if let Ok(nats) = &nats {
        println!("{name:<28} {nats:.3} nats a note");
    }
    nats
}

fn nats(lead: &Lead, pieces: &[Piece], with_chords: bool) -> Result<f64, EvaluationError> {
    pieces.iter().map(|piece| lead.nats(piece, with_chords)).sum()
}

fn report(card: &Scorecard) {
    let controls = &card.controls;
    println!(
        "The lead (int8) beats the Markov model by {:.3} nats a note (target 0.3); quantising costs {:.3}.",
        card.int8_better_than_markov_by, card.int8_worse_than_fp32_by
    );
    println!(
        "{} proposals. Asked against realised (Spearman, target 0.8): density {:.3}, register {:.3}.",
        controls.proposals, controls.density_rho, controls.register_rho
    );
    println!(
        "What leaks: density into register {:.3}, register into density {:.3}. In scale: {:.2} %.",
        controls.density_to_register_rho,
        controls.register_to_density_rho,
        controls.in_scale_share * 100.0
    );
    let [median, p95] = controls.shared_run_notes;
    println!("Longest run shared with a training piece: median {median} notes, 95th percentile {p95}.");
}

fn write(card: &Scorecard, out: &Path) -> Result<(), EvaluationError> {
    let failed =
        |error: &dyn std::fmt::Display| EvaluationError::Write(out.display().to_string(), error.to_string());
    std::fs::create_dir_all(out).map_err(|error| failed(&error))?;
    let json = serde_json::to_string_pretty(card).unwrap_or_default() + "\n";
    std::fs::write(out.join("eval.json"), json).map_err(|error| failed(&error))?;
    let (nats, controls) = (&card.nats_per_note, &card.controls);
    let bars = [
        Bar { label: "order-5 Markov, nats a note", value: nats.markov_order_5, full: 6.0, target: None },
        Bar { label: "lead fp32, nats a note", value: nats.lead_fp32, full: 6.0, target: None },
        Bar {
            label: "lead int8, nats a note",
            value: nats.lead_int8,
            full: 6.0,
            target: Some(nats.markov_order_5 - 0.3),
        },
        Bar {
            label: "lead int8, no chords told",
            value: nats.lead_int8_without_chords,
            full: 6.0,
            target: Some(nats.markov_order_5 - 0.3),
        },
        Bar { label: "density, Spearman", value: controls.density_rho, full: 1.0, target: Some(0.8) },
        Bar { label: "register, Spearman", value: controls.register_rho, full: 1.0, target: Some(0.8) },
        Bar { label: "in scale, share", value: controls.in_scale_share, full: 1.0, target: Some(1.0) },
    ];
    let picture = chart::draw("Linnet's lead on held-out music", &bars).map_err(|error| failed(&error))?;
    std::fs::write(out.join("eval.png"), picture).map_err(|error| failed(&error))?;
    println!("Written to {}: eval.json, eval.png.", out.display());
    Ok(())
}
