//! Runs on the composer thread. What is asked for, and what that adds to a network's logits.
//!
//! Each bias answers the difference between what was asked for and what the part holds so far. What was not asked for
//! adds nothing.

use super::candidate::Candidate;
use super::manner::Manner;
use super::quantiles::Quantiles;
use super::rules::degree;
use super::window::{Asked, Window};
use crate::attributes::{ATTRIBUTES, Attribute, Running, Values, is_syncopated};
use crate::tokens::{
    BAR, DURATIONS, LAGS_BARS, PITCHES, POSITIONS, TICKS_PER_QUARTER, position_tick, token_midi,
};
use crate::vocabulary::Role;

/// Semitones from the wished mean at which the pull on a pitch is a half nat.
const REGISTER_WIDTH: f32 = 5.0;
/// What each semitone beyond an octave costs a leap, in nats.
const LEAP_COST: f32 = 0.35;
/// Nats where an attribute is two and a half spreads of people's music, or more, off what was asked.
const SYNCOPATION_GAIN: f32 = 5.0;
const TIE_GAIN: f32 = 3.0;
const LEAPS_GAIN: f32 = 4.0;
const POLYPHONY_GAIN: f32 = 4.0;
const ARTICULATION_GAIN: f32 = 1.5;
/// Nats for an onset half as far away where a part has fewer than asked for by a factor of e.
const HURRY_GAIN: f32 = 4.0;
/// Nats for a repeated note where a spread of people's music, or more, is missing of them.
const REPEATS_GAIN: f32 = 2.0;
/// Nats for a place, or a pitch, that returns from an earlier bar, from the middle of the knob to its end.
const REPETITION_GAIN: f32 = 3.6;
/// Nats for a pitch beyond the extremes so far, at the start of a part that is asked to be wide.
const RANGE_GAIN: f32 = 2.6;

/// What is asked of one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Steering {
    asked: Asked,
    /// How strongly each attribute is held, in [0, 1].
    strength: Values,
    /// Where repetition stands in people's music, in [−1, 1] around the middle.
    repetition: f32,
    repeats: Option<WishedRepeats>,
    follow_chords: bool,
    manner: Manner,
    /// The middle and the spread of each attribute in people's music.
    usual: [(f32, f32); ATTRIBUTES],
}

impl Steering {
    /// The steering towards what `window` was asked for, by `strength`.
    pub fn new(
        window: &Window,
        quantiles: &Quantiles,
        strength: Values,
        repeats: Option<f32>,
        follow_chords: bool,
    ) -> Self {
        let repetition = window.asked[Attribute::Repetition.index()]
            .map_or(0.0, |asked| 2.0 * quantiles.share(window.role, Attribute::Repetition, asked) - 1.0);
        let usual = Attribute::ALL.map(|attribute| {
            (quantiles.value(window.role, attribute, 0.5), quantiles.spread(window.role, attribute))
        });
        Self {
            asked: window.asked,
            strength,
            repetition,
            repeats: repeats.map(|asked| WishedRepeats::new(asked, window.role, quantiles)),
            follow_chords,
            manner: Manner::of(window.role),
            usual,
        }
    }

    /// The degree of the root at `tick`, where no note stands on that chord yet.
    fn new_root(&self, window: &Window, candidate: &Candidate, tick: u32) -> Option<usize> {
        let chord = window.chord(tick).filter(|_| self.follow_chords)?;
        let before = candidate.progress.last_onset().and_then(|onset| window.chord(onset));
        (before != Some(chord)).then(|| usize::from(chord.root.above(window.tonic)))
    }

    /// What returns from an earlier bar gains, in nats.
    fn returning(&self, candidate: &Candidate) -> f32 {
        // Squared, so that the knob is heard and a seed's own character stays light.
        let asked = self.repetition * self.strength[Attribute::Repetition.index()].powi(2);
        let missing = candidate.repetition.map_or(0.0, |so_far| self.missing_repetition(so_far));
        self.manner.returning + REPETITION_GAIN * asked + self.manner.missing_repetition * missing
    }

    /// Whether it matters how much a part repeats so far.
    pub(crate) fn watches_repetition(&self) -> bool {
        self.manner.missing_repetition > 0.0 && self.of(Attribute::Repetition).is_some()
    }

    /// How much repetition is missing after bars with `so_far`, in [−1, 1], by its strength; 0 where none is asked.
    fn missing_repetition(&self, so_far: f32) -> f32 {
        let (_, spread) = self.usual[Attribute::Repetition.index()];
        self.of(Attribute::Repetition)
            .map_or(0.0, |(asked, strength)| strength * ((asked - so_far) / spread).clamp(-1.0, 1.0))
    }

    /// What is asked of `attribute`, and how strongly.
    fn of(&self, attribute: Attribute) -> Option<(f32, f32)> {
        self.asked[attribute.index()].map(|asked| (asked, self.strength[attribute.index()]))
    }

    /// How much is missing of `attribute`, in [−1, 1], by its strength; 0 where nothing is asked.
    fn missing(&self, attribute: Attribute, written: &Running, begin: u32) -> f32 {
        let Some((asked, strength)) = self.of(attribute) else { return 0.0 };
        // As if two onsets of what was asked for had come before, so that the first do not swing it.
        let known = written.onsets() as f32;
        let so_far = (written.so_far(begin)[attribute.index()] * known + 2.0 * asked) / (known + 2.0);
        let (middle, spread) = self.usual[attribute.index()];
        // Beyond what is missing, what is asked for lies off the middle of people's music.
        strength * ((0.4 * (asked - so_far) + 0.06 * (asked - middle)) / spread).clamp(-1.0, 1.0)
    }

    /// How much more than by itself the part should hurry, in nats for an onset half as far away.
    fn hurry(&self, window: &Window, candidate: &Candidate) -> f32 {
        let Some((asked, strength)) = self.of(Attribute::Density) else { return 0.0 };
        let wish = (4.0 * asked).max(0.05);
        let now = candidate.progress.bar() as u32 * window.grid.bar_ticks;
        let last = candidate.progress.last_onset().map_or(now, |onset| now.max(onset));
        let elapsed = last.saturating_sub(window.begin()) as f32 / TICKS_PER_QUARTER as f32;
        // Two quarters of what was asked for are assumed before the first.
        let realised = (candidate.written.onsets() as f32 + 2.0 * wish) / (elapsed + 2.0);
        strength
            * (0.9 * (wish / 1.2).ln().clamp(-1.3, 1.3)
                + HURRY_GAIN * (wish / realised).ln().clamp(-1.0, 1.0))
    }

    /// Adds to the position logits `f32[97]`.
    pub(crate) fn positions(&self, window: &Window, candidate: &Candidate, logits: &mut [f32]) {
        let hurry = self.hurry(window, candidate);
        let off_beat =
            SYNCOPATION_GAIN * self.missing(Attribute::Syncopation, &candidate.written, window.begin());
        let stack = POLYPHONY_GAIN * self.missing(Attribute::Polyphony, &candidate.written, window.begin());
        let returning = self.returning(candidate);
        let looks = candidate.line.look_ahead();
        let bar_start = candidate.progress.bar() as u32 * window.grid.bar_ticks;
        let begin = i64::from(window.begin()) - i64::from(TICKS_PER_QUARTER);
        let last = candidate.progress.last_onset().map_or(begin, i64::from);
        for (position, logit) in logits.iter_mut().enumerate().take(POSITIONS + 1) {
            let is_bar = position == usize::from(BAR);
            let tick = if is_bar { window.grid.bar_ticks } else { position_tick(position as u8) };
            let gap = i64::from(bar_start + tick) - last;
            if gap == 0 && !is_bar {
                *logit += stack;
                continue;
            }
            *logit -= hurry * (gap.max(3) as f32 / TICKS_PER_QUARTER as f32).ln();
            if !is_bar && !tick.is_multiple_of(window.grid.beat_ticks) {
                *logit += off_beat;
            }
            let found = looks
                .iter()
                .zip(LAGS_BARS)
                .filter(|(look, lag)| **look == position as i64 && candidate.line.bar() >= *lag)
                .count();
            *logit += returning * found as f32 / LAGS_BARS.len() as f32;
        }
    }

    /// Adds to the pitch logits `f32[64]` of a note at `position`.
    pub(crate) fn pitches(&self, window: &Window, candidate: &Candidate, position: u8, logits: &mut [f32]) {
        let tick = candidate.progress.tick(window, position);
        let chord = window.chord(tick).filter(|_| self.follow_chords).map_or(0, |chord| {
            let mask = u32::from(chord.mask());
            let tonic = u32::from(window.tonic.semitones());
            (mask >> tonic | mask << (12 - tonic)) & 0xFFF
        });
        let on_beat = position_tick(position).is_multiple_of(window.grid.beat_ticks);
        let gain = if on_beat { self.manner.chord_on_beat } else { 0.0 };
        let root = on_beat.then(|| self.new_root(window, candidate, tick)).flatten();
        let from = candidate.progress.step_from(tick).map(i32::from);
        let wide = LEAPS_GAIN * self.missing(Attribute::Leaps, &candidate.written, window.begin());
        let returning = self.returning(candidate);
        // A chord's first note is its lowest: which is kept, the top says.
        let is_top = !window.role.is_stacked() || candidate.progress.last_onset() == Some(tick);
        let wished = self.repeats.filter(|_| is_top).map_or(0.0, |wished| wished.gain(&candidate.written));
        let repeat = self.manner.repeat + wished;
        let looks = candidate.line.look_at(position, window);
        for (token, logit) in logits.iter_mut().enumerate().take(PITCHES) {
            if chord >> degree(token) & 1 == 1 {
                *logit += gain;
            }
            if root == Some(degree(token)) {
                *logit += self.manner.root;
            }
            let step = from.map_or(0, |from| (token as i32 - from).abs());
            *logit -= LEAP_COST * (step - 12).max(0) as f32;
            if step > 2 {
                *logit += wide;
            }
            if from.is_some() {
                match step {
                    0 => *logit += repeat,
                    1 | 2 => *logit += self.manner.step,
                    _ => {}
                }
            }
            let found = looks[..3].iter().filter(|look| **look == token as i64).count();
            *logit += returning * found as f32 / 3.0;
        }
        self.hold_register(window, &candidate.written, logits);
        self.widen(window, &candidate.written, logits);
    }

    fn hold_register(&self, window: &Window, written: &Running, logits: &mut [f32]) {
        let Some((asked, strength)) = self.of(Attribute::Register) else { return };
        let wish = 60.0 + 24.0 * asked;
        let held = written.mean_midi().map_or(0.0, |mean| (wish - mean).clamp(-8.0, 8.0));
        let goal = wish + 0.6 * held;
        for (token, logit) in logits.iter_mut().enumerate() {
            let distance = (token_midi(token as u8, window.tonic) as f32 - goal) / REGISTER_WIDTH;
            *logit -= strength * 0.5 * distance * distance;
        }
    }

    /// Towards the range asked for: pitches that widen it gain, those beyond it lose.
    fn widen(&self, window: &Window, written: &Running, logits: &mut [f32]) {
        let Some((asked, strength)) = self.of(Attribute::Range) else { return };
        let Some((lowest, highest)) = written.extremes() else { return };
        let wish = 24.0 * asked;
        let missing = (wish - (highest - lowest) as f32) / wish.max(1.0);
        for (token, logit) in logits.iter_mut().enumerate() {
            let midi = token_midi(token as u8, window.tonic);
            let width = (highest.max(midi) - lowest.min(midi)) as f32;
            if width > wish + 0.5 {
                *logit -= strength * 0.8 * (width - wish);
            } else if !(lowest..=highest).contains(&midi) {
                *logit += strength * RANGE_GAIN * missing.max(0.0);
            }
        }
    }

    /// Adds to the duration logits `f32[24]` of a note at `position`.
    pub(crate) fn durations(&self, window: &Window, candidate: &Candidate, position: u8, logits: &mut [f32]) {
        let hurry = 0.6 * self.hurry(window, candidate);
        let syncopated = TIE_GAIN * self.missing(Attribute::Syncopation, &candidate.written, window.begin());
        let longer =
            ARTICULATION_GAIN * self.missing(Attribute::Articulation, &candidate.written, window.begin());
        for (logit, length) in logits.iter_mut().zip(DURATIONS) {
            *logit += (longer - hurry) * (length as f32 / TICKS_PER_QUARTER as f32).ln();
            if is_syncopated(position_tick(position), length, &window.grid) {
                *logit += syncopated;
            }
        }
    }

    /// How far `values`, and the share of steps that are repeats, are from what was asked for: the sum over the attributes
    /// of their distance in spreads, at most four, by strength, and that of the repeats.
    pub fn distance(&self, window: &Window, quantiles: &Quantiles, values: &Values, repeats: f32) -> f32 {
        let of_repeats = self.repeats.map_or(0.0, |wished| wished.distance(repeats));
        let of_attributes: f32 = Attribute::ALL
            .into_iter()
            .filter_map(|attribute| {
                let (asked, strength) = self.of(attribute)?;
                Some(strength * quantiles.distance(window.role, attribute, values, asked).min(4.0))
            })
            .sum();
        of_attributes + of_repeats
    }
}

/// The share of steps that are to repeat a note.
#[derive(Clone, Copy, Debug, PartialEq)]
struct WishedRepeats {
    asked: f32,
    /// The middle and the spread of people's music.
    middle: f32,
    spread: f32,
}

impl WishedRepeats {
    fn new(asked: f32, role: Role, quantiles: &Quantiles) -> Self {
        Self { asked, middle: quantiles.repeats(role, 0.5), spread: quantiles.spread_of_repeats(role) }
    }

    /// What a repeated note gains after `written`, in nats.
    fn gain(self, written: &Running) -> f32 {
        let log_odds = |share: f32| {
            let share = share.clamp(0.03, 0.9);
            (share / (1.0 - share)).ln()
        };
        // As if two steps as asked for had come before.
        let (steps, repeats) = written.repeats();
        let so_far = (repeats as f32 + 2.0 * self.asked) / (steps as f32 + 2.0);
        let missing = ((self.asked - so_far) / self.spread).clamp(-1.0, 1.0);
        REPEATS_GAIN * missing + 0.5 * (log_odds(self.asked) - log_odds(self.middle))
    }

    /// How far a share of `repeats` is off, in spreads, at most four.
    fn distance(self, repeats: f32) -> f32 {
        ((repeats - self.asked).abs() / self.spread).min(4.0)
    }
}

/// No attribute is held.
pub const NO_STRENGTH: Values = [0.0; ATTRIBUTES];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::quantiles::even;
    use crate::phrase::window::Span;
    use crate::tokens::Grid;
    use crate::tokens::line::GridNote;
    use linnet_music::{Key, PitchClass, Scale, TimeSignature};

    #[test]
    fn who_asks_for_syncopation_gets_notes_held_over_beats() {
        let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
        let span = Span { context: 0, target: 4, future: 0 };
        let mut window = Window::new(Grid::new(TimeSignature::COMMON), key, Role::Lead, span, &[]);
        window.asked[Attribute::Syncopation.index()] = Some(0.9);
        let mut strength = NO_STRENGTH;
        strength[Attribute::Syncopation.index()] = 1.0;
        let steering = Steering::new(&window, &even(), strength, None, true);
        let candidate = Candidate::new(&window);
        let gained = |tick: u32| {
            let mut logits = [0.0; DURATIONS.len()];
            let position = (0..POSITIONS as u8).find(|position| position_tick(*position) == tick).unwrap();
            steering.durations(&window, &candidate, position, &mut logits);
            DURATIONS
                .into_iter()
                .zip(logits)
                .filter(|(_, logit)| *logit > 0.0)
                .map(|(length, _)| length)
                .min()
        };
        // On the beat nothing; on the second eighth what is longer than an eighth.
        assert_eq!(gained(0), None);
        assert!(gained(12).is_some_and(|length| (13..=18).contains(&length)), "{:?}", gained(12));
    }

    #[test]
    fn what_returns_gains_where_a_melody_repeats_too_little_and_loses_where_it_repeats_too_much() {
        let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
        let span = Span { context: 0, target: 4, future: 0 };
        let gain = |role: Role, repetition: Option<f32>| {
            let mut window = Window::new(Grid::new(TimeSignature::COMMON), key, role, span, &[]);
            window.asked[Attribute::Repetition.index()] = Some(0.5);
            let steering = Steering::new(&window, &even(), [1.0; ATTRIBUTES], None, true);
            let mut candidate = Candidate::new(&window);
            candidate.repetition = repetition;
            steering.returning(&candidate) - steering.returning(&Candidate::new(&window))
        };
        assert!(gain(Role::Lead, Some(0.1)) > 0.5 && gain(Role::Lead, Some(0.9)) < -0.5);
        assert_eq!((gain(Role::Lead, None), gain(Role::Chords, Some(0.1))), (0.0, 0.0));
    }

    #[test]
    fn repeats_gain_where_too_few_came_and_lose_where_too_many_did() {
        let wished = WishedRepeats::new(0.5, Role::Bass, &even());
        let after = |keys: &[i32]| {
            let mut written = Running::default();
            for (onset, midi) in (0..).step_by(24).zip(keys) {
                let note = GridNote { onset, length: 24, midi: *midi };
                written.push(note, &Grid::new(TimeSignature::COMMON));
            }
            wished.gain(&written)
        };
        assert_eq!(after(&[]), 0.0);
        assert!(after(&[40, 41, 42, 43, 44]) > 0.5 && after(&[40; 5]) < -0.5);
        assert!(wished.distance(0.9) > wished.distance(0.6));
        let silent = WishedRepeats { asked: 0.0, middle: 0.0, spread: 0.02 };
        assert!(silent.gain(&Running::default()).is_finite() && silent.distance(1.0) <= 4.0);
    }
}
