//! Whether the controls do what they say: proposals over held-out contexts, with knobs turned.

use super::EvaluationError;
use super::corpus::Piece;
use super::statistics::{quantile, spearman};
use linnet_composer::lead::{JobStep, LeadCandidate, LeadJob, LeadRequest};
use linnet_composer::models::LeadModel;
use linnet_composer::originality::Originality;
use linnet_composer::tokens::Grid;
use linnet_composer::tokens::line::decode;
use linnet_music::{Beats, Controls, Note, Velocity};
use serde::Serialize;
use std::sync::Arc;

/// Bars heard, and bars proposed.
const BARS: u8 = 4;
/// Where a knob is set to, from low to high, in shares of its range.
const SETTINGS: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// What turning the knobs came to.
#[derive(Clone, Debug, Serialize)]
pub struct ControlScores {
    /// Proposals that were made.
    pub proposals: usize,
    /// Spearman between the density asked for and notes a beat.
    pub density_rho: f64,
    /// Spearman between the register asked for and the mean pitch's distance from that of the context.
    pub register_rho: f64,
    /// Spearman between the density asked for and the mean pitch's distance: what leaks.
    pub density_to_register_rho: f64,
    /// Spearman between the register asked for and notes a beat: what leaks.
    pub register_to_density_rho: f64,
    /// The share of notes in the given scale.
    pub in_scale_share: f64,
    /// Notes of the longest run shared with a training piece: median, and 95th percentile.
    pub shared_run_notes: [f64; 2],
}

struct Row {
    asked: f64,
    density: f64,
    pitch: f64,
}

/// Proposes over `contexts` pieces, each with five settings of either knob.
pub fn measure(
    model: &Arc<LeadModel>,
    originality: &Originality,
    pieces: &[Piece],
    contexts: usize,
) -> Result<ControlScores, EvaluationError> {
    let fitting: Vec<&Piece> = pieces.iter().filter(|piece| fits(piece)).collect();
    let step = (fitting.len() / contexts.max(1)).max(1);
    let chosen: Vec<&Piece> = fitting.into_iter().step_by(step).take(contexts).collect();
    let (mut density, mut register) = (Vec::new(), Vec::new());
    let (mut inside, mut all, mut runs) = (0, 0, Vec::new());
    for (index, piece) in chosen.iter().enumerate() {
        let mean = mean_pitch(&context(piece));
        for setting in SETTINGS {
            let seed = index as u16;
            let turned = [
                (&mut density, Controls { density: setting, seed, ..Controls::default() }),
                (&mut register, Controls { register: setting * 4.0 - 2.0, seed, ..Controls::default() }),
            ];
            for (rows, controls) in turned {
                let best = propose(model, piece, controls)?;
                all += best.notes.len();
                inside += best.notes.iter().filter(|note| piece.key.contains(note.pitch)).count();
                runs.push(f64::from(originality.longest_shared_run(&best.notes).notes));
                let beats = f64::from(BARS) * piece.metre.bar().0;
                let density = best.notes.len() as f64 / beats;
                rows.push(Row { asked: setting.into(), density, pitch: mean_pitch(&best.notes) - mean });
            }
        }
    }
    let rho = |rows: &[Row], realised: fn(&Row) -> f64| {
        let asked: Vec<f64> = rows.iter().map(|row| row.asked).collect();
        spearman(&asked, &rows.iter().map(realised).collect::<Vec<_>>())
    };
    Ok(ControlScores {
        proposals: density.len() + register.len(),
        density_rho: rho(&density, |row| row.density),
        register_rho: rho(&register, |row| row.pitch),
        density_to_register_rho: rho(&density, |row| row.pitch),
        register_to_density_rho: rho(&register, |row| row.density),
        in_scale_share: inside as f64 / f64::from(all.max(1) as u32),
        shared_run_notes: [quantile(&runs, 0.5), quantile(&runs, 0.95)],
    })
}

fn fits(piece: &Piece) -> bool {
    Grid::new(piece.metre).splits == 1 && piece.bars() >= usize::from(BARS) * 2 && context(piece).len() >= 6
}

/// What was heard: the first bars, without a pickup.
fn context(piece: &Piece) -> Vec<Note> {
    let first = usize::from(piece.has_pickup);
    let bars = usize::from(BARS);
    let events = piece.bars_of(first, first + bars);
    let notes = decode(events, &Grid::new(piece.metre), piece.key.tonic, bars).unwrap_or_default();
    notes.iter().map(|note| note.to_note(Velocity::new(90))).collect()
}

fn mean_pitch(notes: &[Note]) -> f64 {
    notes.iter().map(|note| f64::from(note.pitch.midi())).sum::<f64>() / notes.len().max(1) as f64
}

fn propose(
    model: &Arc<LeadModel>,
    piece: &Piece,
    controls: Controls,
) -> Result<LeadCandidate, EvaluationError> {
    let context = context(piece);
    let end = Beats(f64::from(2 * BARS) * piece.metre.bar().0);
    let mut chords = piece.chords_from(usize::from(piece.has_pickup));
    chords.retain(|span| span.onset < end);
    let request = LeadRequest {
        key: piece.key,
        metre: piece.metre,
        bars: BARS,
        register_centre: mean_pitch(&context) as f32,
        context,
        context_bars: BARS,
        chords,
        controls: Controls { key: Some(piece.key.tonic), scale: Some(piece.key.scale), ..controls },
    };
    let mut job = LeadJob::new(model, &request)?;
    loop {
        if let JobStep::Done(mut lines) = job.advance()? {
            return Ok(lines.swap_remove(0));
        }
    }
}
