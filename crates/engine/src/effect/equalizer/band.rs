//! One running band.
//!
//! Runs on the audio thread.

use super::shape::{Coefficients, Shape};
use crate::settings::BandSettings;
use crate::svf::{Solution, Svf};
use crate::tick::{TICK_FRAMES, approach, ranged, share_per_tick};

/// Settings as they glide: in the steps that one hears.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Position {
    freq_octaves: f32,
    gain_db: f32,
    q_octaves: f32,
    /// How much of the band is in, in [0, 1].
    presence: f32,
}

impl Position {
    fn of(settings: &BandSettings) -> Self {
        Self {
            freq_octaves: ranged(settings.freq_hz, 1.0, 1e6).log2(),
            gain_db: ranged(settings.gain_db, -48.0, 48.0),
            q_octaves: ranged(settings.q, 0.05, 40.0).log2(),
            presence: if settings.on { 1.0 } else { 0.0 },
        }
    }

    fn approach(self, target: Self, share: f32) -> Self {
        Self {
            freq_octaves: approach(self.freq_octaves, target.freq_octaves, share),
            gain_db: approach(self.gain_db, target.gain_db, share),
            q_octaves: approach(self.q_octaves, target.q_octaves, share),
            presence: approach(self.presence, target.presence, share),
        }
    }

    fn coefficients(self, shape: Shape, sample_rate_hz: f32) -> Coefficients {
        let settings = BandSettings {
            on: true,
            freq_hz: self.freq_octaves.exp2(),
            gain_db: self.gain_db,
            q: self.q_octaves.exp2(),
        };
        Coefficients::of(shape, &settings, sample_rate_hz).blended(self.presence)
    }
}

/// A band. Its settings glide in steps, within which its coefficients go in a straight line. A step is a tick, at high sample
/// rates several: matching them to the analogue model takes longer than all else, and so it is done as often in any second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Band {
    shape: Shape,
    filter: Svf,
    /// What came out of the filter one frame ago, and two.
    recent: [[f32; 2]; 2],
    /// None until the first tick.
    position: Option<Position>,
    now: Coefficients,
    step: Coefficients,
    end: Coefficients,
    /// How many more ticks the step takes.
    ticks_left: usize,
}

impl Band {
    /// Time constant of all moves.
    const GLIDE_S: f32 = 0.02;
    /// Up to this sample rate, a step is one tick.
    const RATE_OF_ONE_TICK_HZ: f32 = 96_000.0;

    /// Off, at rest.
    pub(crate) fn new(shape: Shape) -> Self {
        let (now, step) = (Coefficients::THROUGH, Coefficients::STILL);
        Self {
            shape,
            filter: Svf::default(),
            recent: [[0.0; 2]; 2],
            position: None,
            now,
            step,
            end: now,
            ticks_left: 0,
        }
    }

    /// Begins a tick. The first after a reset takes the settings as they are.
    pub(crate) fn tick(&mut self, settings: &BandSettings, sample_rate_hz: f32) {
        if self.ticks_left == 0 {
            self.begin_step(settings, sample_rate_hz);
        } else {
            self.ticks_left -= 1;
        }
        self.flush();
        if self.is_through() {
            self.filter = Svf::default();
        }
    }

    /// Sets a state that has died away, or is not finite, to 0. Called once a tick where [`Self::tick`] is not.
    pub(crate) fn flush(&mut self) {
        self.filter.flush();
        let is_finite = self.recent.iter().flatten().all(|sample| sample.is_finite());
        if self.is_through() || !is_finite {
            self.recent = [[0.0; 2]; 2];
        }
    }

    /// How many ticks a step takes.
    fn ticks(sample_rate_hz: f32) -> usize {
        (sample_rate_hz / Self::RATE_OF_ONE_TICK_HZ).ceil().clamp(1.0, 16.0) as usize
    }

    fn begin_step(&mut self, settings: &BandSettings, sample_rate_hz: f32) {
        let target = Position::of(settings);
        let ticks = Self::ticks(sample_rate_hz);
        let share = share_per_tick(Self::GLIDE_S / ticks as f32, sample_rate_hz);
        let position = self.position.map_or(target, |position| position.approach(target, share));
        let is_first = self.position.is_none();
        let was = self.position.replace(position);
        self.now = self.end;
        if was != self.position {
            self.end = position.coefficients(self.shape, sample_rate_hz);
            self.now = if is_first { self.end } else { self.now };
        }
        self.step = self.now.step_to(self.end, ticks * TICK_FRAMES);
        // What stands still takes the next settings at once.
        self.ticks_left = if self.step == Coefficients::STILL { 0 } else { ticks - 1 };
    }

    /// Whether the output is the input throughout this tick.
    pub(crate) fn is_through(&self) -> bool {
        self.position.is_none_or(|position| position.presence == 0.0) && self.step == Coefficients::STILL
    }

    /// Whether nothing comes out where nothing comes in.
    pub(crate) fn is_silent(&self) -> bool {
        self.state() == [[0.0; 2]; 4]
    }

    /// Whether it stays as it is while `settings` do.
    pub(crate) fn is_settled(&self, settings: &BandSettings) -> bool {
        self.step == Coefficients::STILL && self.position == Some(Position::of(settings))
    }

    /// What a band that is settled multiplies with. The next currents of the filter, from the first one now and from what
    /// the second one lacks of the input: two numbers each; to the second, itself is added. What comes out of the filter,
    /// from the input and both currents: three. And the taps.
    pub(super) fn coefficients(&self) -> [f32; 9] {
        let Coefficients { g, k, input, band, low, taps } = self.now;
        if self.is_through() {
            return [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
        }
        let [a1, a2, a3] = Solution::new(g, k).doubled();
        let [half1, half2, half3] = [a1, a2, a3].map(|doubled| 0.5 * f64::from(doubled));
        let [input, band, low] = [input, band, low].map(f64::from);
        let through = input + band * half2 + low * half3;
        let (from1, from2) = (band * half1 + low * half2, input + low - through);
        [a1 - 1.0, a2, a2, a3, through as f32, from1 as f32, from2 as f32, taps[0], taps[1]]
    }

    /// Its state: both currents of its filter, and what came out of that one frame ago and two.
    pub(super) fn state(&self) -> [[f32; 2]; 4] {
        let ([one, two], [last, before]) = (self.filter.currents(), self.recent);
        [one, two, last, before]
    }

    /// Sets its state.
    pub(super) fn set_state(&mut self, [one, two, last, before]: [[f32; 2]; 4]) {
        self.filter.set_currents([one, two]);
        self.recent = [last, before];
    }

    /// Filters one chunk in place. Both sides are equally long.
    pub(crate) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.is_through() {
            return;
        }
        if self.step == Coefficients::STILL {
            let solution = Solution::new(self.now.g, self.now.k);
            for (left, right) in left.iter_mut().zip(right) {
                [*left, *right] = self.frame([*left, *right], solution);
            }
        } else {
            for (left, right) in left.iter_mut().zip(right) {
                let solution = Solution::new(self.now.g, self.now.k);
                [*left, *right] = self.frame([*left, *right], solution);
                self.now.advance(&self.step);
            }
        }
    }

    #[inline]
    fn frame(&mut self, input: [f32; 2], solution: Solution) -> [f32; 2] {
        let outputs = self.filter.step(input, solution);
        let Coefficients { input: dry, band, low, taps, .. } = self.now;
        let filtered = std::array::from_fn(|channel| {
            dry * input[channel] + band * outputs.band[channel] + low * outputs.low[channel]
        });
        let [last, before] = self.recent;
        self.recent = [filtered, last];
        std::array::from_fn(|channel| filtered[channel] + taps[0] * last[channel] + taps[1] * before[channel])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glide_is_matched_as_often_in_a_second_at_any_rate_and_takes_as_long() {
        let from = BandSettings { on: true, freq_hz: 300.0, gain_db: -6.0, q: 0.7 };
        let to = BandSettings { on: true, freq_hz: 5000.0, gain_db: 9.0, q: 4.0 };
        let mut durations_s = Vec::new();
        for rate_hz in [44_100.0, 96_000.0, 100_000.0, 192_000.0, 384_000.0, 768_000.0] {
            let mut band = Band::new(Shape::Bell);
            band.tick(&from, rate_hz);
            let (mut ticks, mut fits, mut before) = (0, 0, band.end);
            while !band.is_settled(&to) {
                band.tick(&to, rate_hz);
                fits += usize::from(band.end != before);
                (ticks, before) = (ticks + 1, band.end);
                for _ in 0..TICK_FRAMES {
                    band.now.advance(&band.step);
                }
            }
            let seconds = (ticks * TICK_FRAMES) as f32 / rate_hz;
            println!("{rate_hz} Hz: {fits} fits in {:.0} ms", 1e3 * seconds);
            assert!(fits as f32 <= seconds * 6001.0, "{rate_hz} Hz: {fits} in {seconds} s");
            durations_s.push(seconds);
        }
        let [shortest, longest] =
            [f32::min, f32::max].map(|pick| durations_s.iter().copied().reduce(pick).unwrap());
        assert!(longest < 1.1 * shortest, "{durations_s:?}");
    }
}
