//! Prints rows of the chord model in a few moods and styles, what they were judged by, and how long they took. An
//! argument sets the seed.

use linnet_composer::compose_error::{ComposeError, JobStep};
use linnet_composer::harmony::{ChordCandidate, ChordJob, HarmonyRequest};
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{ChordModel, ModelSource, Models};
use linnet_music::{Controls, Key, PitchClass, Scale, Style, TimeSignature};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let models = Models::load(&ModelSource::BuiltIn, &Rten::new())?;
    for (scale, style, valence, complexity, bars) in [
        (Scale::Major, None, 0.0, 0.5, 4),
        (Scale::Major, Some(Style::Pop), 1.0, 0.1, 8),
        (Scale::Minor, Some(Style::Pop), -1.0, 0.2, 8),
        (Scale::Major, Some(Style::Swing), 0.2, 0.9, 8),
        (Scale::Minor, Some(Style::BossaNova), 0.0, 0.8, 8),
        (Scale::Dorian, Some(Style::House), 0.0, 0.5, 4),
        (Scale::Major, Some(Style::Chorale), 0.0, 0.5, 4),
    ] {
        let key = Key { tonic: PitchClass::new(0), scale };
        let request = HarmonyRequest { key, metre: TimeSignature::COMMON, bars, in_scale: false };
        let controls = Controls { seed, style_a: style, valence, complexity, ..Controls::default() };
        let begin = Instant::now();
        let rows = draw(&models.chords, &request, &controls)?;
        let style = style.map_or("any style", Style::name);
        println!("\n{key}, {style}, {bars} bars: {:.1} ms", begin.elapsed().as_secs_f64() * 1e3);
        let chords = rows[0].spans.iter().map(|span| format!("{}×{}", span.chord, span.length.0));
        println!("  {}\n  {:?}", chords.collect::<Vec<_>>().join("  "), rows[0].scores);
    }
    Ok(())
}

fn draw(
    model: &Arc<ChordModel>,
    request: &HarmonyRequest,
    controls: &Controls,
) -> Result<Vec<ChordCandidate>, ComposeError> {
    let mut job = ChordJob::new(model, request, controls, None)?;
    loop {
        if let JobStep::Done(rows) = job.advance()? {
            return Ok(rows);
        }
    }
}
