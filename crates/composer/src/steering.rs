//! Runs on the composer thread. What the knobs add to a network's logits.
//!
//! Each bias is the sum of an open part, which grows with the knob, and a closed part, which answers the difference
//! between what was asked for and what the line holds so far. At density 0.5 and register 0 nothing is added.

use crate::constraint::{Progress, degree};
use crate::tokens::features::{Window, Wish};
use crate::tokens::{BAR, DURATIONS, PITCHES, POSITIONS, TICKS_PER_QUARTER, position_tick, signed_tonic};
use linnet_music::{Controls, PitchClass};

/// Notes per quarter that density 0.5 stands for where nothing was heard, and octaves of it to either end of the knob.
const DENSITY_MIDDLE: f32 = 1.3;
const DENSITY_OCTAVES: f32 = 1.8;
/// Notes per quarter that can be asked for, at least and at most.
const DENSITY_BOUNDS: (f32, f32) = (0.2, 7.0);
/// Semitones from the wished mean at which the pull on a pitch is a half nat.
const REGISTER_WIDTH: f32 = 5.0;
/// The mean MIDI key of a lead where nothing else is known.
const CENTRE: f32 = 67.0;
/// What a chord tone gains on a beat, and off it, in nats.
const CHORD_ON_BEAT: f32 = 0.5;
const CHORD_OFF_BEAT: f32 = 0.15;
/// What each semitone beyond an octave costs a leap, in nats.
const LEAP_COST: f32 = 0.35;

/// Notes per quarter that a density control asks for, in [0.2, 7], after `heard` notes per quarter: the middle of the
/// knob lies halfway, in octaves, between what was heard and what is usual.
pub fn asked_density(density: f32, heard: Option<f32>) -> f32 {
    let from_middle = 2.0 * density.clamp(0.0, 1.0) - 1.0;
    let heard = heard.filter(|heard| *heard > 0.0).map_or(DENSITY_MIDDLE, |heard| heard.clamp(0.5, 3.0));
    let asked = (DENSITY_MIDDLE * heard).sqrt() * (DENSITY_OCTAVES * from_middle).exp2();
    asked.clamp(DENSITY_BOUNDS.0, DENSITY_BOUNDS.1)
}

/// What the knobs ask of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Steering {
    /// The density knob from its middle, in [−1, 1].
    density: f32,
    /// Notes per quarter asked for.
    density_wish: f32,
    /// How strongly the mean pitch is held, in [0, 1].
    register: f32,
    /// The mean pitch token asked for.
    pitch_wish: f32,
    follow_chords: bool,
}

/// Where the register knob puts a line: the octaves by which the finished line is moved, and what the network is
/// asked for before that, as a MIDI key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Register {
    /// Whole octaves up, or down.
    pub octaves: i32,
    /// The mean MIDI key asked for, before the line is moved.
    pub centre: f32,
}

impl Register {
    /// The register `control` octaves from `centre`, a MIDI key. The network writes where it learnt to, near the
    /// centre; whole octaves are added afterwards.
    pub fn new(centre: f32, control: f32) -> Self {
        let centre = if centre.is_finite() { centre } else { CENTRE };
        let control = if control.is_finite() { control.clamp(-2.0, 2.0) } else { 0.0 };
        let octaves = control.round();
        Self { octaves: octaves as i32, centre: centre + 12.0 * (control - octaves) }
    }
}

impl Steering {
    /// The steering of `controls` after `heard` notes per quarter, with the register before it is moved.
    pub fn new(controls: &Controls, heard: Option<f32>, register: Register, tonic: PitchClass) -> Self {
        let density = 2.0 * controls.density.clamp(0.0, 1.0) - 1.0;
        Self {
            density,
            density_wish: asked_density(controls.density, heard),
            register: (controls.register.abs() * 4.0).min(1.0),
            pitch_wish: register.centre - 60.0 - signed_tonic(tonic) as f32
                + crate::tokens::PITCH_OFFSET as f32,
            follow_chords: controls.follow_chords,
        }
    }

    /// The wishes that the network itself is told: those that the user moved.
    pub fn wish(controls: &Controls, heard: Option<f32>, register: Register) -> Wish {
        let moved_range = controls.range != Controls::default().range;
        Wish {
            density: (controls.density != 0.5).then(|| asked_density(controls.density, heard) / 4.0),
            register: (controls.register != 0.0).then_some((register.centre - 60.0) / 24.0),
            range: moved_range.then(|| f32::from(controls.range) / 24.0),
            syncopation: None,
        }
    }

    /// How much more than by itself the line should hurry, in nats for an onset half as far away.
    fn hurry(&self, window: &Window, progress: &Progress) -> f32 {
        let quarter = TICKS_PER_QUARTER as f32;
        let begin = (window.context_bars as u32 * window.grid.bar_ticks) as f32;
        let now = (progress.bar() as u32 * window.grid.bar_ticks) as f32;
        let elapsed = (progress.last_onset().map_or(now, |onset| now.max(onset as f32)) - begin) / quarter;
        // Two quarters at the wished density are assumed before the first, so that the first notes do not swing it.
        let realised = (progress.notes() as f32 + 2.0 * self.density_wish) / (elapsed + 2.0);
        let gain = (4.0 * self.density.abs()).min(1.0);
        1.2 * self.density + gain * 2.6 * (self.density_wish / realised).ln().clamp(-1.0, 1.0)
    }

    /// Adds to the position logits `f32[97]`.
    pub fn positions(&self, window: &Window, progress: &Progress, logits: &mut [f32]) {
        let hurry = self.hurry(window, progress);
        if self.density == 0.0 {
            return;
        }
        let bar_ticks = window.grid.bar_ticks;
        let bar_start = progress.bar() as u32 * bar_ticks;
        let begin = (window.context_bars as u32 * bar_ticks) as i64 - i64::from(TICKS_PER_QUARTER);
        let last = progress.last_onset().map_or(begin, i64::from);
        for (position, logit) in logits.iter_mut().enumerate().take(POSITIONS + 1) {
            let tick = if position == usize::from(BAR) { bar_ticks } else { position_tick(position as u8) };
            let gap = (i64::from(bar_start + tick) - last).max(3) as f32;
            *logit -= hurry * (gap / TICKS_PER_QUARTER as f32).ln();
        }
    }

    /// Adds to the pitch logits `f32[64]` of a note at `position`.
    pub fn pitches(&self, window: &Window, progress: &Progress, position: u8, logits: &mut [f32]) {
        let held = progress.mean_pitch().map_or(0.0, |mean| (self.pitch_wish - mean).clamp(-8.0, 8.0));
        let goal = self.pitch_wish + 0.6 * held;
        let tick = progress.bar() as u32 * window.grid.bar_ticks + position_tick(position);
        let chord = window.chord(tick).filter(|_| self.follow_chords).map_or(0, |chord| {
            let mask = u32::from(chord.mask());
            let tonic = u32::from(window.tonic.semitones());
            (mask >> tonic | mask << (12 - tonic)) & 0xFFF
        });
        let on_beat = position_tick(position).is_multiple_of(window.grid.beat_ticks);
        let gain = if on_beat { CHORD_ON_BEAT } else { CHORD_OFF_BEAT };
        for (token, logit) in logits.iter_mut().enumerate().take(PITCHES) {
            let distance = (token as f32 - goal) / REGISTER_WIDTH;
            *logit -= self.register * 0.5 * distance * distance;
            if chord >> degree(token) & 1 == 1 {
                *logit += gain;
            }
            let leap = progress.last_pitch().map_or(0, |last| (token as i32 - i32::from(last)).abs());
            *logit -= LEAP_COST * (leap - 12).max(0) as f32;
        }
    }

    /// Adds to the duration logits `f32[24]`.
    pub fn durations(&self, window: &Window, progress: &Progress, logits: &mut [f32]) {
        if self.density == 0.0 {
            return;
        }
        let hurry = self.hurry(window, progress);
        for (logit, length) in logits.iter_mut().zip(DURATIONS) {
            *logit -= 0.6 * hurry * (length as f32 / TICKS_PER_QUARTER as f32).ln();
        }
    }

    /// How far from the wishes a line is, ≥ 0: the density's distance in octaves and the register's in units of six
    /// semitones, each by how far its knob was moved.
    pub fn distance(&self, density: f32, mean_pitch: f32) -> f32 {
        let octaves = (density.max(0.01) / self.density_wish).log2().abs();
        let register = (mean_pitch - self.pitch_wish).abs() / 6.0;
        (4.0 * self.density.abs()).min(1.0) * octaves + self.register * register
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraint::Rules;
    use crate::tokens::{Event, Grid};
    use linnet_music::{Key, Scale, TimeSignature};

    fn window() -> Window {
        let key = Key { tonic: PitchClass::new(0), scale: Scale::Major };
        Window::new(Grid::new(TimeSignature::COMMON), key, 0, 4, &[])
    }

    fn steering(controls: &Controls) -> Steering {
        Steering::new(controls, None, Register::new(67.0, controls.register), PitchClass::new(0))
    }

    #[test]
    fn nothing_is_added_while_the_knobs_stand_in_the_middle() {
        let (window, steering) = (window(), steering(&Controls::default()));
        let progress = Progress::new(&window);
        let (mut positions, mut pitches, mut durations) = ([0.5; 97], [0.5; 64], [0.5; 24]);
        steering.positions(&window, &progress, &mut positions);
        steering.pitches(&window, &progress, 0, &mut pitches);
        steering.durations(&window, &progress, &mut durations);
        assert_eq!((positions, pitches, durations), ([0.5; 97], [0.5; 64], [0.5; 24]));
        assert_eq!(
            Steering::wish(&Controls::default(), Some(2.0), Register::new(67.0, 0.0)),
            Wish::default()
        );
    }

    #[test]
    fn a_higher_density_favours_earlier_onsets_and_shorter_notes() {
        let window = window();
        let progress = Progress::new(&window);
        let shift = |density| {
            let steering = steering(&Controls { density, ..Controls::default() });
            let (mut positions, mut durations) = ([0.0; 97], [0.0; 24]);
            steering.positions(&window, &progress, &mut positions);
            steering.durations(&window, &progress, &mut durations);
            (positions[3] - positions[36], durations[4] - durations[12])
        };
        let (few, many) = (shift(0.1), shift(0.9));
        assert!(few.0 < 0.0 && few.1 < 0.0 && many.0 > 0.0 && many.1 > 0.0);
    }

    #[test]
    fn the_density_asked_for_grows_with_the_knob_and_with_what_was_heard() {
        for heard in [None, Some(0.0), Some(0.7), Some(2.0), Some(9.0)] {
            let asked: Vec<f32> = (0..=8).map(|step| asked_density(step as f32 / 8.0, heard)).collect();
            assert!(asked.windows(2).all(|pair| pair[0] < pair[1]), "{heard:?} {asked:?}");
        }
        assert!(asked_density(0.5, Some(0.7)) < asked_density(0.5, Some(2.0)));
    }

    #[test]
    fn a_line_that_is_too_busy_is_slowed() {
        let window = window();
        let rules = Rules::new(Key { tonic: window.tonic, scale: Scale::Major }, 48, 96, 19, 4);
        let steering = steering(&Controls { density: 0.7, ..Controls::default() });
        let mut progress = Progress::new(&window);
        let before = steering.hurry(&window, &progress);
        for position in [0, 1, 3, 5, 6, 7, 9, 10] {
            rules.push(&window, &mut progress, Event { position, pitch: 40, duration: 0 });
        }
        assert!(steering.hurry(&window, &progress) < before);
    }

    #[test]
    fn register_pulls_towards_its_wish_and_moves_by_whole_octaves() {
        assert_eq!(Register::new(67.0, 1.25), Register { octaves: 1, centre: 70.0 });
        assert_eq!(Register::new(67.0, -2.0), Register { octaves: -2, centre: 67.0 });
        let window = window();
        let steering = steering(&Controls { register: 0.4, ..Controls::default() });
        let mut logits = [0.0; 64];
        steering.pitches(&window, &Progress::new(&window), 0, &mut logits);
        let greatest = (0..64).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap();
        assert_eq!(greatest as f32, (67.0f32 + 4.8 - 24.0).round());
    }
}
