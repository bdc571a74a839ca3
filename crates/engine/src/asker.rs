//! When a proposal is asked for from the audio thread: the `propose` parameter rises, or `auto` falls due.
//!
//! Runs on the audio thread.

use crate::Settings;
use crate::clock::Clock;
use crate::clock::grid::line_after;
use crate::clock::segment::Segment;
use linnet_handover::audio_to_worker::{FromAudio, Sender};
use linnet_handover::worker_to_audio::Start;
use linnet_music::Controls;

/// Asks for proposals.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// Where the `propose` parameter stood.
    proposing: bool,
    /// The `seed` parameter of the last ask.
    seed: u16,
    /// Asks that carried it.
    asked: u16,
}

/// What an ask depends on, besides time.
#[derive(Clone, Copy)]
pub(crate) struct Occasion<'a> {
    /// The parameters.
    pub(crate) settings: &'a Settings,
    /// The steering.
    pub(crate) controls: &'a Controls,
    /// Whether live notes were heard since the start.
    pub(crate) heard: bool,
    /// Whether the host renders offline: what plays then is what was heard, and nothing new is asked for.
    pub(crate) offline: bool,
}

impl Asker {
    /// An asker to whom the parameter stood at off.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sends what is asked for in the block. `idea_start` gives where the idea that plays in a stretch started.
    pub(crate) fn ask(
        &mut self,
        occasion: Occasion,
        clock: &Clock,
        idea_start: impl Fn(&Segment) -> Option<f64>,
        to: &mut Sender,
    ) {
        let Occasion { settings, controls, heard, offline } = occasion;
        let was_proposing = std::mem::replace(&mut self.proposing, settings.propose);
        if offline {
            return;
        }
        let rose = settings.propose && !was_proposing;
        if let Some(segment) = clock.segments().first().filter(|_| rose) {
            let at = segment.moment(segment.beat);
            to.send(FromAudio::Ask {
                controls: self.next_seed(settings, controls),
                start: settings.quantise,
                at,
            });
        }
        for segment in clock.segments().iter().filter(|segment| segment.plays) {
            let idea_start = idea_start(segment);
            if let Some(line) = auto_line(settings.auto_bars, idea_start, segment)
                .filter(|line| *line < segment.due.1 && (idea_start.is_some() || heard))
            {
                // An answer that comes within the bar starts on the multiple, not at once.
                let start =
                    if settings.quantise == Start::NextFourBars { settings.quantise } else { Start::NextBar };
                let controls = self.next_seed(settings, controls);
                to.send(FromAudio::Ask { controls, start, at: segment.moment(line) });
            }
        }
    }

    /// The steering with the seed of this ask: the parameter the first time, and counted up after, so that asking again
    /// gives another idea where the seed is not locked.
    fn next_seed(&mut self, settings: &Settings, controls: &Controls) -> Controls {
        if settings.seed_locked || controls.seed != self.seed {
            (self.seed, self.asked) = (controls.seed, 0);
        }
        let seed = controls.seed.wrapping_add(self.asked);
        self.asked = self.asked.wrapping_add(1);
        Controls { seed, ..*controls }
    }
}

/// The next bar line that lies one bar before a multiple of `bars` bars since the idea's start, or since the first bar.
fn auto_line(bars: u32, idea_start: Option<f64>, segment: &Segment) -> Option<f64> {
    let bar = segment.grid.bar();
    let anchor = idea_start.unwrap_or(segment.grid.origin());
    (bars > 0).then(|| line_after(anchor - bar, f64::from(bars) * bar, segment.due.0))
}
