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

/// A band. Its settings glide from tick to tick; within a tick, its coefficients go in a straight line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    shape: Shape,
    filter: Svf,
    /// None until the first tick.
    position: Option<Position>,
    now: Coefficients,
    step: Coefficients,
    end: Coefficients,
}

impl Band {
    /// Time constant of all moves.
    const GLIDE_S: f32 = 0.02;

    /// Off, at rest.
    pub(super) fn new(shape: Shape) -> Self {
        let (now, step) = (Coefficients::THROUGH, Coefficients::STILL);
        Self { shape, filter: Svf::default(), position: None, now, step, end: now }
    }

    /// Begins a tick. The first after a reset takes the settings as they are.
    pub(super) fn tick(&mut self, settings: &BandSettings, sample_rate_hz: f32) {
        let target = Position::of(settings);
        let share = share_per_tick(Self::GLIDE_S, sample_rate_hz);
        let position = self.position.map_or(target, |position| position.approach(target, share));
        let is_first = self.position.is_none();
        let was = self.position.replace(position);
        self.now = self.end;
        if was != self.position {
            self.end = position.coefficients(self.shape, sample_rate_hz);
            self.now = if is_first { self.end } else { self.now };
        }
        self.step = self.now.step_to(self.end, TICK_FRAMES);
        self.filter.flush();
        if self.is_through() {
            self.filter = Svf::default();
        }
    }

    /// Whether the output is the input throughout this tick.
    pub(super) fn is_through(&self) -> bool {
        self.position.is_none_or(|position| position.presence == 0.0) && self.step == Coefficients::STILL
    }

    /// Whether it stays as it is while `settings` do.
    pub(super) fn is_settled(&self, settings: &BandSettings) -> bool {
        self.step == Coefficients::STILL && self.position == Some(Position::of(settings))
    }

    /// What a band that is settled multiplies with: twice its solution, the share of the input in the output, and half of
    /// those of band-pass and low-pass.
    pub(super) fn coefficients(&self) -> [f32; 6] {
        let Coefficients { g, k, input, band, low } = self.now;
        if self.is_through() {
            return [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        }
        let [a1, a2, a3] = Solution::new(g, k).doubled();
        [a1, a2, a3, input, 0.5 * band, 0.5 * low]
    }

    /// The state of its filter.
    pub(super) fn currents(&self) -> [[f32; 2]; 2] {
        self.filter.currents()
    }

    /// Sets the state of its filter; what has died away, or is not finite, becomes 0.
    pub(super) fn set_currents(&mut self, currents: [[f32; 2]; 2]) {
        self.filter.set_currents(currents);
        self.filter.flush();
    }

    /// Filters one chunk in place. Both sides are equally long.
    pub(super) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
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
        let Coefficients { input: dry, band, low, .. } = self.now;
        std::array::from_fn(|channel| {
            dry * input[channel] + band * outputs.band[channel] + low * outputs.low[channel]
        })
    }
}
