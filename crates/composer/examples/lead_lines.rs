//! Prints what the lead model proposes after the first bars of held-out tunes, with what it was judged by, and how
//! likely it finds those tunes. An argument sets the seed.

use linnet_composer::bench::compose_lead;
use linnet_composer::evaluation::{Knob, Piece, knob_effect, log_likelihood, read_held_out, spearman};
use linnet_composer::inference::rten::Rten;
use linnet_composer::lead::LeadRequest;
use linnet_composer::models::{ModelSource, Models};
use linnet_music::{Controls, Note};
use std::error::Error;
use std::fmt::Write;

const HELD_OUT: &[u8] = include_bytes!("../../../models/corpus/heldout.json.gz");

fn main() -> Result<(), Box<dyn Error>> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let models = Models::load(&ModelSource::BuiltIn, &Rten::new())?;
    let pieces = read_held_out(HELD_OUT)?;
    let controls = Controls { seed, ..Controls::default() };
    let long: Vec<&Piece> = pieces.iter().filter(|piece| piece.request(controls).is_some()).collect();
    for piece in long.iter().step_by(long.len() / 8) {
        let Some(request) = piece.request(controls) else { continue };
        let bar = piece.metre.bar().0;
        println!("\n{} ({}), {}, {}", piece.title, piece.set, piece.key, piece.metre);
        println!("  heard  {}", text(&request.context, bar));
        for candidate in compose_lead(&models.lead, &request)?.iter().take(2) {
            println!("  {:6.2} {}", candidate.scores.total, text(&candidate.notes, bar));
            println!("         {:?}", candidate.scores);
        }
        let invented = LeadRequest { context: Vec::new(), ..request };
        for candidate in compose_lead(&models.lead, &invented)?.iter().take(1) {
            println!("  invented {}", text(&candidate.notes, bar));
        }
    }
    print_means(&models, &long, controls)?;
    for knob in [Knob::Density, Knob::Register] {
        let pairs = knob_effect(&models.lead, &long, knob)?;
        println!("\n{knob:?}: Spearman {:.3} over {} proposals", spearman(&pairs), pairs.len());
    }
    let (mut nats, mut notes) = (0.0, 0);
    for piece in &long {
        let (of_piece, count) = log_likelihood(&models.lead, piece, 16)?;
        nats -= of_piece;
        notes += count;
    }
    println!("held-out tunes: {:.3} nats a note over {notes} notes", nats / notes as f32);
    Ok(())
}

/// The means of what the best lines were judged by.
fn print_means(models: &Models, pieces: &[&Piece], controls: Controls) -> Result<(), Box<dyn Error>> {
    let mut sums = [0.0; 5];
    for piece in pieces {
        let Some(request) = piece.request(controls) else { continue };
        let Some(best) = compose_lead(&models.lead, &request)?.into_iter().next() else { continue };
        let scores = best.scores;
        let chord_tones = scores.chord_tones.unwrap_or(0.0);
        for (sum, value) in
            sums.iter_mut().zip([scores.density, scores.returning, scores.leaps, scores.repeats, chord_tones])
        {
            *sum += value / pieces.len() as f32;
        }
    }
    let [density, returning, leaps, repeats, chord_tones] = sums;
    println!(
        "\nbest lines: density {density:.2}, returning {returning:.3}, leaps {leaps:.3}, repeats {repeats:.3},"
    );
    println!("  chord tones on beats {chord_tones:.3}");
    Ok(())
}

/// Notes by name with their lengths in beats, bars apart.
fn text(notes: &[Note], bar: f64) -> String {
    let mut line = String::new();
    let mut at = 0.0;
    for note in notes {
        while note.onset.0 >= at + bar - 1e-6 {
            line.push_str("| ");
            at += bar;
        }
        let pitch = note.pitch;
        let octave = i32::from(pitch.midi()) / 12 - 1;
        let _ = write!(line, "{}{octave}:{:.2} ", pitch.class().name(), note.length.0);
    }
    line
}
