//! The minimum of the last values.
//!
//! Runs on the audio thread, but for `new`.

/// The minimum over a window, in constant time a value on average: a queue of those values that may still become it.
#[derive(Debug)]
pub(super) struct SlidingMinimum {
    window: u64,
    /// Candidates with their times, rising in both; a ring.
    candidates: Box<[(u64, f32)]>,
    first: usize,
    count: usize,
    time: u64,
}

impl SlidingMinimum {
    /// Over the last `window` ≥ 1 values. Allocates.
    pub(super) fn new(window: usize) -> Self {
        let window = window.max(1);
        Self { window: window as u64, candidates: vec![(0, 0.0); window].into(), first: 0, count: 0, time: 0 }
    }

    /// Forgets all values.
    pub(super) fn reset(&mut self) {
        (self.first, self.count, self.time) = (0, 0, 0);
    }

    /// The same as [`Self::next`] of `value` so many times, where the minimum is that already.
    pub(super) fn skip(&mut self, times: usize, value: f32) {
        self.time += times as u64;
        (self.first, self.count) = (0, 1);
        self.candidates[0] = (self.time - 1, value);
    }

    /// The minimum of `value` and of those before it in the window.
    pub(super) fn next(&mut self, value: f32) -> f32 {
        let size = self.candidates.len();
        if self.count > 0 && self.candidates[self.first].0 + self.window <= self.time {
            self.first = (self.first + 1) % size;
            self.count -= 1;
        }
        while self.count > 0 && self.candidates[(self.first + self.count - 1) % size].1 >= value {
            self.count -= 1;
        }
        self.candidates[(self.first + self.count) % size] = (self.time, value);
        self.count += 1;
        self.time += 1;
        self.candidates[self.first].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn it_is_the_minimum_of_the_window() {
        for window in [1, 2, 7, 48] {
            let (mut minimum, mut random) = (SlidingMinimum::new(window), Random::new(window as u32));
            let values: Vec<f32> = (0..500).map(|_| (8.0 * random.next_bipolar()).round()).collect();
            for end in 1..=values.len() {
                let last = &values[end.saturating_sub(window)..end];
                let expect = last.iter().copied().fold(f32::INFINITY, f32::min);
                assert_eq!(minimum.next(values[end - 1]), expect, "{window} {end}");
            }
        }
    }
}
