//! Prints grooves of the drum model as step grids, what they were judged by, and how long they took. An argument sets
//! the seed.

use linnet_composer::compose_error::{ComposeError, JobStep};
use linnet_composer::drums::{DrumCandidate, DrumJob, DrumRequest};
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{DrumModel, ModelSource, Models};
use linnet_composer::tokens::drum::GENERAL_MIDI_OUT;
use linnet_music::{Controls, Note, Style, Tempo, TimeSignature};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

const NAMES: [&str; 9] = ["kick", "snare", "hat", "open", "low", "mid", "high", "crash", "ride"];

fn main() -> Result<(), Box<dyn Error>> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let models = Models::load(&ModelSource::BuiltIn, &Rten::new())?;
    for (metre, style, density, bpm) in [
        ((4, 4), None, 0.5, 110.0),
        ((4, 4), None, 0.1, 90.0),
        ((4, 4), None, 0.9, 90.0),
        ((4, 4), Some(Style::House), 0.5, 124.0),
        ((4, 4), Some(Style::BossaNova), 0.5, 124.0),
        ((4, 4), Some(Style::Swing), 0.5, 140.0),
        ((4, 4), Some(Style::DrumAndBass), 0.5, 172.0),
        ((3, 4), None, 0.5, 120.0),
        ((5, 4), None, 0.5, 120.0),
        ((6, 8), None, 0.5, 90.0),
        ((7, 8), None, 0.5, 120.0),
    ] {
        let metre = TimeSignature::new(metre.0, metre.1).ok_or("a metre out of range")?;
        let request = DrumRequest {
            metre,
            bars: 4,
            place: (0, 4),
            tempo: Tempo::new(bpm),
            context: Vec::new(),
            context_bars: 0,
            rhythm: Vec::new(),
            controls: Controls { seed, density, style_a: style, ..Controls::default() },
        };
        let begin = Instant::now();
        let grooves = play(&models.drums, &request)?;
        let style = style.map_or("any style", Style::name);
        println!(
            "\n{metre} at {bpm}, {style}, density {density}: {:.1} ms",
            begin.elapsed().as_secs_f64() * 1e3
        );
        for groove in &grooves {
            println!("  {:?}", groove.scores);
        }
        print(&grooves[0].notes, 4.0 * metre.bar().0, metre);
    }
    Ok(())
}

fn play(model: &Arc<DrumModel>, request: &DrumRequest) -> Result<Vec<DrumCandidate>, ComposeError> {
    let mut job = DrumJob::new(model, request)?;
    loop {
        if let JobStep::Done(grooves) = job.advance()? {
            return Ok(grooves);
        }
    }
}

/// A line a class and a digit a step: its velocity in tenths.
fn print(notes: &[Note], length: f64, metre: TimeSignature) {
    let step = if metre.is_compound() { 0.5 } else { 0.25 };
    for (key, name) in GENERAL_MIDI_OUT.into_iter().zip(NAMES) {
        let mut line = vec![b'.'; (length / step).round() as usize];
        for note in notes.iter().filter(|note| note.pitch.midi() == key) {
            let at = ((note.onset.0 / step).round() as usize).min(line.len() - 1);
            line[at] = b'0' + (note.velocity.unit() * 9.99) as u8;
        }
        if line.iter().any(|step| *step != b'.') {
            println!("  {name:<6}{}", String::from_utf8_lossy(&line));
        }
    }
}
