//! Whether the controls do what they say: proposals over held-out contexts, with knobs turned.

use super::EvaluationError;
use super::statistics::{quantile, spearman};
use linnet_composer::bench::compose_lead;
use linnet_composer::evaluation::Piece;
use linnet_composer::models::LeadModel;
use linnet_composer::originality::Originality;
use linnet_music::{Controls, Note};
use serde::Serialize;
use std::sync::Arc;

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
    let fits = |piece: &&Piece| piece.request(Controls::default()).is_some();
    let fitting: Vec<&Piece> = pieces.iter().filter(fits).collect();
    let step = (fitting.len() / contexts.max(1)).max(1);
    let (mut density, mut register) = (Vec::new(), Vec::new());
    let (mut inside, mut all, mut runs) = (0_usize, 0_usize, Vec::new());
    for (index, piece) in fitting.into_iter().step_by(step).take(contexts).enumerate() {
        for setting in SETTINGS {
            let seed = index as u16;
            let turned = [
                (&mut density, Controls { density: setting, seed, ..Controls::default() }),
                (&mut register, Controls { register: setting * 4.0 - 2.0, seed, ..Controls::default() }),
            ];
            for (rows, controls) in turned {
                let Some(request) = piece.request(controls) else { continue };
                let lines = compose_lead(model, &request)?;
                let Some(best) = lines.first() else { continue };
                all += best.notes.len();
                inside += best.notes.iter().filter(|note| request.key.contains(note.pitch)).count();
                runs.push(f64::from(originality.longest_shared_run(&best.notes).notes));
                let beats = f64::from(request.bars) * request.metre.bar().0;
                rows.push(Row {
                    asked: setting.into(),
                    density: best.notes.len() as f64 / beats,
                    pitch: mean_pitch(&best.notes) - f64::from(request.register_centre),
                });
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
        in_scale_share: inside as f64 / all.max(1) as f64,
        shared_run_notes: [quantile(&runs, 0.5), quantile(&runs, 0.95)],
    })
}

fn mean_pitch(notes: &[Note]) -> f64 {
    notes.iter().map(|note| f64::from(note.pitch.midi())).sum::<f64>() / notes.len().max(1) as f64
}
