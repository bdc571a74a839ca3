//! Runs on the main thread. Notes, in good order and in bad.

use super::{Subject, USUAL, fade, play};
use crate::validator::finding::{Finding, Verdict, failed, warning};
use crate::validator::notes::{Manner, Notes, hanging};
use crate::validator::runner::{Signal, processing};

pub(super) fn basic(subject: &Subject) -> Verdict {
    let hanging = run(subject, Manner::Orderly, 1)?;
    if hanging == 0 {
        return Ok(());
    }
    Err(failed(format!("every note was lifted, and {hanging} notes that it sent hang")))
}

pub(super) fn inconsistent(subject: &Subject) -> Verdict {
    for seed in 0..4 {
        run(subject, Manner::Disorderly, seed)?;
    }
    Ok(())
}

pub(super) fn wildcard(subject: &Subject) -> Verdict {
    let hanging = (0..4).map(|seed| run(subject, Manner::Wildcards, seed)).collect::<Result<Vec<_>, _>>()?;
    match hanging.into_iter().max().unwrap_or(0) {
        0 => Ok(()),
        some => {
            Err(warning(format!("every note was lifted by wildcards, and {some} notes that it sent hang")))
        }
    }
}

/// Plays in a manner and lifts everything; how many outgoing notes hang.
fn run(subject: &Subject, manner: Manner, seed: u64) -> Result<usize, Finding> {
    let (plugin, layout) = subject.open()?;
    layout.needs_notes()?;
    processing::<f32, _>(&plugin, &layout, USUAL, |runner| {
        let mut notes = Notes::new(manner, runner.layout, seed);
        runner.signal = Signal::Silence { flagged: false };
        let mut events = play(runner, &mut notes, 150, 512)?.events;
        events.extend(fade(runner, &mut notes, 200, 512)?.events);
        Ok(hanging(&events))
    })
}
