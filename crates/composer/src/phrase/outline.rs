//! Runs on the composer thread. A part that is drawn already, on which the one that is written leans.
//!
//! Sketch's textures are drawn all at once and know little of voice leading and of variety from bar to bar. The phrase
//! model plays them anew: what they draw gains at every choice, and the network may depart from it. The gains were found
//! on the validation split (`models/SCORECARD.md`).

use super::rules::{PositionMask, Progress};
use super::window::Window;
use crate::tokens::line::GridNote;
use crate::tokens::{BAR, duration_class, pitch_token, position_of_tick};
use linnet_music::PitchClass;

/// What the place of the next strike gains, in nats, and its duration.
const PLACE_GAIN: f32 = 1.6;
const DURATION_GAIN: f32 = 0.2;
/// What the drawn pitch gains, in nats, and how many semitones away that has sunk to 0.6 of it.
const PITCH_GAIN: f32 = 1.5;
const PITCH_WIDTH: f32 = 3.0;

/// The notes that begin together.
#[derive(Clone, Debug, PartialEq)]
struct Strike {
    /// From the window's start.
    tick: u32,
    /// The class of the longest note's duration.
    duration: u8,
    /// Pitch tokens, ascending.
    pitches: Vec<u8>,
}

/// What is drawn already.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outline(Vec<Strike>);

impl Outline {
    /// The outline of `notes`, sorted by onset and key, in a key on `tonic`.
    pub(crate) fn new(notes: &[GridNote], tonic: PitchClass) -> Self {
        let mut strikes: Vec<Strike> = Vec::new();
        for note in notes {
            let (pitch, duration) =
                (pitch_token(note.midi, tonic), duration_class(f64::from(note.length), None));
            match strikes.last_mut().filter(|last| last.tick == note.onset) {
                Some(last) => {
                    last.duration = last.duration.max(duration);
                    last.pitches.push(pitch);
                }
                None => strikes.push(Strike { tick: note.onset, duration, pitches: vec![pitch] }),
            }
        }
        Self(strikes)
    }

    /// The strike to which the next note belongs, in the bar that begins at `bar_start` or later: that of the last note,
    /// while it lacks notes and `joins` allows one more, or else the next. What an earlier bar left out is past.
    fn next(&self, progress: &Progress, bar_start: u32, joins: bool) -> Option<&Strike> {
        let last = progress.last_onset();
        let lacks = |strike: &Strike| joins && strike.pitches.len() > progress.stack() as usize;
        let comes = |tick: u32| last.is_none_or(|last| tick > last);
        let mut strikes = self.0.iter().filter(|strike| strike.tick >= bar_start);
        strikes.find(|strike| comes(strike.tick) || last == Some(strike.tick) && lacks(strike))
    }

    /// Adds to the position logits `f32[97]`, of which the rules have `allowed` some.
    pub(crate) fn positions(
        &self,
        window: &Window,
        progress: &Progress,
        allowed: &PositionMask,
        logits: &mut [f32],
    ) {
        let bar_ticks = window.grid.bar_ticks;
        let bar_start = progress.bar() as u32 * bar_ticks;
        let place = |tick: u32| tick.checked_sub(bar_start).and_then(position_of_tick).map(usize::from);
        let last = progress.last_onset().and_then(place);
        let next = self.next(progress, bar_start, last.is_some_and(|last| allowed[last]));
        let in_bar = next.filter(|strike| strike.tick < bar_start + bar_ticks);
        let position = in_bar.and_then(|strike| place(strike.tick)).unwrap_or(usize::from(BAR));
        logits[position] += PLACE_GAIN;
    }

    /// The strike at `tick`.
    fn at(&self, tick: u32) -> Option<&Strike> {
        self.0.iter().find(|strike| strike.tick == tick)
    }

    /// Adds to the duration logits `f32[24]` of a note at `tick`.
    pub(crate) fn durations(&self, tick: u32, logits: &mut [f32]) {
        if let Some(strike) = self.at(tick) {
            logits[usize::from(strike.duration)] += DURATION_GAIN;
        }
    }

    /// Adds to the pitch logits `f32[64]` of the next note at `tick`.
    pub(crate) fn pitches(&self, progress: &Progress, tick: u32, logits: &mut [f32]) {
        let Some(strike) = self.at(tick) else { return };
        let place = if progress.last_onset() == Some(tick) { progress.stack() as usize } else { 0 };
        let Some(drawn) = strike.pitches.get(place).or(strike.pitches.last()) else { return };
        for (token, logit) in logits.iter_mut().enumerate() {
            let apart = (token as f32 - f32::from(*drawn)) / PITCH_WIDTH;
            *logit += PITCH_GAIN * (-0.5 * apart * apart).exp();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::candidate::Candidate;
    use crate::phrase::rules::{Bounds, Rules};
    use crate::phrase::window::Span;
    use crate::tokens::{DURATIONS, Event, Grid, PITCHES, POSITIONS, position_tick};
    use crate::vocabulary::Role;
    use linnet_music::{Key, Scale, TimeSignature};

    /// The places, durations and pitches that gain most, where each is followed.
    fn followed(notes: &[GridNote]) -> Vec<(u32, u32, u8)> {
        let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
        let span = Span { context: 0, target: 2, future: 0 };
        let window = Window::new(Grid::new(TimeSignature::COMMON), key, Role::Chords, span, &[]);
        let bounds = Bounds { lowest: 36, highest: 84, range: 40, chromatic: false };
        let rules = Rules::new(&window, key, bounds, &[], false);
        let outline = Outline::new(notes, key.tonic);
        let mut progress = Candidate::new(&window).progress;
        let greatest = |logits: &[f32]| {
            (0..logits.len()).max_by(|one, other| logits[*one].total_cmp(&logits[*other])).unwrap()
        };
        let (mut found, mut bar): (Vec<_>, Vec<Event>) = (Vec::new(), Vec::new());
        while progress.bar() < 2 {
            let mut allowed = [false; POSITIONS + 1];
            rules.positions(&window, &progress, &bar, &mut allowed);
            let mut logits = [0.0; POSITIONS + 1];
            outline.positions(&window, &progress, &allowed, &mut logits);
            let position = greatest(&logits) as u8;
            if position == BAR {
                rules.push(&window, &mut progress, Event::BAR);
                bar.clear();
                continue;
            }
            let tick = progress.tick(&window, position);
            let (mut pitches, mut durations) = ([0.0; PITCHES], [0.0; DURATIONS.len()]);
            outline.pitches(&progress, tick, &mut pitches);
            outline.durations(tick, &mut durations);
            let event =
                Event { position, pitch: greatest(&pitches) as u8, duration: greatest(&durations) as u8 };
            found.push((tick, DURATIONS[usize::from(event.duration)], event.pitch));
            assert_eq!(position_tick(position), tick % 96);
            rules.push(&window, &mut progress, event);
            bar.push(event);
        }
        found
    }

    #[test]
    fn who_follows_every_gain_plays_what_is_drawn() {
        let drawn = [(0, 48, 60), (0, 48, 64), (0, 48, 67), (48, 12, 62), (96, 96, 59), (96, 96, 65)];
        let notes = drawn.map(|(onset, length, midi)| GridNote { onset, length, midi });
        let expected =
            drawn.map(|(tick, length, midi)| (tick, length, pitch_token(midi, PitchClass::new(0))));
        assert_eq!(followed(&notes), expected);
    }

    #[test]
    fn what_a_bar_left_out_does_not_hold_up_the_next() {
        let span = Span { context: 0, target: 2, future: 0 };
        let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
        let window = Window::new(Grid::new(TimeSignature::COMMON), key, Role::Bass, span, &[]);
        let rules = Rules::new(
            &window,
            key,
            Bounds { lowest: 28, highest: 60, range: 30, chromatic: false },
            &[],
            false,
        );
        let notes = [0, 72, 108].map(|onset| GridNote { onset, length: 12, midi: 40 });
        let outline = Outline::new(&notes, key.tonic);
        let mut progress = Candidate::new(&window).progress;
        let gains = |progress: &Progress| {
            let mut logits = [0.0; POSITIONS + 1];
            outline.positions(&window, progress, &[true; POSITIONS + 1], &mut logits);
            logits.iter().position(|logit| *logit > 0.0).unwrap() as u8
        };
        let first = Event { position: gains(&progress), pitch: 16, duration: 8 };
        rules.push(&window, &mut progress, first);
        assert_eq!(position_tick(gains(&progress)), 72);
        // The network ends the bar all the same.
        rules.push(&window, &mut progress, Event::BAR);
        assert_eq!(position_tick(gains(&progress)), 12);
    }

    #[test]
    fn bars_without_anything_drawn_stay_empty() {
        let notes = [GridNote { onset: 120, length: 24, midi: 60 }];
        assert_eq!(followed(&notes), [(120, 24, pitch_token(60, PitchClass::new(0)))]);
    }
}
