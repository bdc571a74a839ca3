//! Runs on the main thread. Beats to pixels in the roll, and the height of pitches in a lane.

use egui::Rect;
use linnet_music::{Note, TimeSignature};

/// Semitones that a lane shows at least.
const SPAN_MIN: i32 = 12;

/// The time axis of the roll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) left: f32,
    pub(crate) width: f32,
    /// Where the roll begins in beats of the transport.
    pub(crate) start_beats: f64,
    /// > 0.
    pub(crate) length_beats: f64,
    pub(crate) metre: TimeSignature,
}

impl Axis {
    /// An axis over the width of `area`.
    pub(crate) fn new(area: Rect, start_beats: f64, length_beats: f64, metre: TimeSignature) -> Self {
        let bar = metre.bar().0;
        let length =
            if length_beats.is_finite() && length_beats > 0.0 { length_beats.min(4096.0) } else { bar };
        Self { left: area.left(), width: area.width(), start_beats, length_beats: length, metre }
    }

    /// Where `beats` from the roll's start lie.
    pub(crate) fn x(&self, beats: f64) -> f32 {
        self.left + (beats / self.length_beats) as f32 * self.width
    }

    /// The bar lines, in beats from the roll's start.
    pub(crate) fn bars(&self) -> impl Iterator<Item = f64> + use<> {
        let (bar, length) = (self.metre.bar().0, self.length_beats);
        (0..=(length / bar).ceil() as usize)
            .map(move |i| i as f64 * bar)
            .filter(move |at| *at <= length + 1e-6)
    }

    /// The beats between the bar lines, where they are at least 8 px apart.
    pub(crate) fn beats(&self) -> Vec<f64> {
        let beat = self.metre.bar().0 / f64::from(self.metre.numerator());
        let apart = (beat / self.length_beats) as f32 * self.width;
        if apart < 8.0 {
            return Vec::new();
        }
        let in_bar = usize::from(self.metre.numerator());
        let count = (self.length_beats / beat).ceil() as usize;
        (0..count).filter(|i| i % in_bar != 0).map(|i| i as f64 * beat).collect()
    }

    /// How many bars there are, the last one perhaps not whole.
    pub(crate) fn whole_bars(&self) -> usize {
        (self.length_beats / self.metre.bar().0 - 1e-6).ceil().max(1.0) as usize
    }

    /// The stretch of `area` over the bar at `place`, from 0.
    pub(crate) fn bar_area(&self, area: Rect, place: usize) -> Rect {
        let bar = self.metre.bar().0;
        let (from, to) = (place as f64 * bar, ((place + 1) as f64 * bar).min(self.length_beats));
        Rect::from_x_y_ranges(self.x(from)..=self.x(to.max(from)), area.y_range())
    }

    /// The bar under `x`, from 0.
    pub(crate) fn bar_at(&self, x: f32) -> usize {
        let beats = f64::from((x - self.left) / self.width.max(1.0)) * self.length_beats;
        ((beats / self.metre.bar().0).max(0.0) as usize).min(self.whole_bars() - 1)
    }

    /// The width of a bar in pixels.
    pub(crate) fn bar_width(&self) -> f32 {
        (self.metre.bar().0 / self.length_beats) as f32 * self.width
    }
}

/// The pitches that a lane shows: the lowest, and how many semitones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) low: i32,
    pub(crate) span: i32,
}

impl Window {
    /// A window fitted to `notes`, at least an octave.
    pub(crate) fn fitted<'a>(notes: impl Iterator<Item = &'a Note>) -> Self {
        let (low, high) = notes.fold((i32::MAX, i32::MIN), |(low, high), note| {
            let pitch = i32::from(note.pitch.midi());
            (low.min(pitch), high.max(pitch))
        });
        if low > high {
            return Self { low: 60, span: SPAN_MIN };
        }
        let missing = (SPAN_MIN - (high - low)).max(0);
        Self { low: low - missing / 2, span: (high - low).max(SPAN_MIN) }
    }

    /// The middle of `pitch`'s row in `area`.
    pub(crate) fn y(self, area: Rect, pitch: i32) -> f32 {
        let row = area.height() / (self.span + 1) as f32;
        area.bottom() - (pitch - self.low) as f32 * row - row / 2.0
    }

    /// The height of a row in `area`.
    pub(crate) fn row(self, area: Rect) -> f32 {
        area.height() / (self.span + 1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};
    use linnet_music::{Beats, Pitch, Velocity};

    fn area() -> Rect {
        Rect::from_min_size(pos2(320.0, 124.0), vec2(424.0, 96.0))
    }

    fn note(pitch: i32) -> Note {
        Note { onset: Beats(0.0), length: Beats(1.0), pitch: Pitch::new(pitch), velocity: Velocity::new(80) }
    }

    #[test]
    fn four_bars_of_four_are_106_px_each() {
        let axis = Axis::new(area(), 32.0, 16.0, TimeSignature::COMMON);
        assert_eq!(
            axis.bars().map(|beats| axis.x(beats)).collect::<Vec<_>>(),
            [320.0, 426.0, 532.0, 638.0, 744.0]
        );
        assert_eq!(axis.beats().len(), 12);
        assert_eq!((axis.whole_bars(), axis.bar_at(431.0), axis.bar_at(9999.0)), (4, 1, 3));
        assert_eq!(axis.bar_area(area(), 1).x_range(), egui::Rangef::new(426.0, 532.0));
    }

    #[test]
    fn odd_lengths_neither_panic_nor_divide_by_nothing() {
        for length in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            let axis = Axis::new(area(), 0.0, length, TimeSignature::COMMON);
            assert!(axis.x(1.0).is_finite() && axis.bars().count() < 2000 && axis.beats().len() < 20_000);
        }
    }

    #[test]
    fn a_lane_shows_at_least_an_octave_around_its_notes() {
        assert_eq!(Window::fitted([].iter()), Window { low: 60, span: 12 });
        assert_eq!(Window::fitted([note(60), note(64)].iter()), Window { low: 56, span: 12 });
        assert_eq!(Window::fitted([note(40), note(80)].iter()), Window { low: 40, span: 40 });
        let window = Window { low: 60, span: 12 };
        assert!(area().contains(pos2(330.0, window.y(area(), 60))));
        assert!(area().contains(pos2(330.0, window.y(area(), 72))));
    }
}
