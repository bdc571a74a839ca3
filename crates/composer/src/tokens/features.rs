//! Runs on the composer thread. The inputs of the lead network for one step, as `models/TOKENS.md` defines them.

use super::line::Line;
use super::{Grid, LEAD_FEATURES, TICKS_PER_QUARTER, position_tick};
use linnet_music::{Chord, ChordSpan, Key, PitchClass};
use std::f32::consts::TAU;

/// Values of a chord vector: twelve pitch classes and twelve roots, relative to the tonic.
pub const CHORD_VALUES: usize = 24;

/// The wished-for measures of the target, each only where the user asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wish {
    /// Notes per quarter / 4.
    pub density: Option<f32>,
    /// (Mean MIDI key − 60) / 24.
    pub register: Option<f32>,
    /// (Highest − lowest MIDI key) / 24.
    pub range: Option<f32>,
    /// Share of onsets off the beat that sound across the next one.
    pub syncopation: Option<f32>,
}

/// The bars that a line fills, and everything that is known about them.
#[derive(Clone, Debug)]
pub struct Window {
    /// How the bars are divided.
    pub grid: Grid,
    /// The home note that pitches are relative to.
    pub tonic: PitchClass,
    /// Bars of the grid that were heard.
    pub context_bars: usize,
    /// All bars of the grid, the composed ones included.
    pub bars: usize,
    /// The wished-for measures.
    pub wish: Wish,
    scale: u16,
    /// For each tick of the window the place of its chord in `chords`.
    chord_at: Vec<u16>,
    chords: Vec<(Option<Chord>, [f32; CHORD_VALUES])>,
}

impl Window {
    /// A window of `context_bars + target_bars` bars of `grid` in `key`, with `chords` from its first bar line.
    pub fn new(grid: Grid, key: Key, context_bars: usize, target_bars: usize, chords: &[ChordSpan]) -> Self {
        let bars = context_bars + target_bars;
        let mut window = Self {
            grid,
            tonic: key.tonic,
            context_bars,
            bars,
            wish: Wish::default(),
            scale: key.scale.mask(),
            chord_at: vec![0; bars * grid.bar_ticks as usize],
            chords: vec![(None, [0.0; CHORD_VALUES])],
        };
        for span in chords.iter().take(usize::from(u16::MAX)) {
            window.place(span);
        }
        window
    }

    fn place(&mut self, span: &ChordSpan) {
        let tick = |beats: f64| (beats * f64::from(TICKS_PER_QUARTER)).round().max(0.0) as usize;
        let end = tick(span.onset.0 + span.length.0).min(self.chord_at.len());
        let Some(ticks) = self.chord_at.get_mut(tick(span.onset.0)..end) else { return };
        ticks.fill(self.chords.len() as u16);
        self.chords.push((Some(span.chord), chord_vector(span.chord, self.tonic)));
    }

    /// The chord at `tick` from the window's start, where there is one.
    pub fn chord(&self, tick: u32) -> Option<Chord> {
        self.entry(tick).0
    }

    /// The chord vector at `tick` from the window's start; zeros where there is no chord. `f32[24]`.
    pub fn chord_values(&self, tick: u32) -> &[f32; CHORD_VALUES] {
        &self.entry(tick).1
    }

    fn entry(&self, tick: u32) -> &(Option<Chord>, [f32; CHORD_VALUES]) {
        let place = self.chord_at.get(tick as usize).map_or(0, |place| usize::from(*place));
        &self.chords[place]
    }

    /// The tick from the window's start at which the bar that `line` grows begins.
    pub fn bar_start(&self, line: &Line) -> u32 {
        line.bar() as u32 * self.grid.bar_ticks
    }

    /// Writes the features of the step that predicts the event after `line`. `f32[113]`.
    pub fn features(&self, line: &Line, out: &mut [f32; LEAD_FEATURES]) {
        let previous = line.previous();
        let now = position_tick(previous.position);
        let bar_start = self.bar_start(line);
        out.fill(0.0);
        for (class, value) in out[..12].iter_mut().enumerate() {
            *value = f32::from(self.scale >> class & 1);
        }
        out[12..36].copy_from_slice(self.chord_values(bar_start + now));
        out[36..60].copy_from_slice(self.chord_values(bar_start + now + TICKS_PER_QUARTER));
        out[60..84].copy_from_slice(self.chord_values(bar_start + self.grid.bar_ticks));
        self.metre_features(now, !previous.is_note(), &mut out[84..97]);
        self.place_features(line.bar(), &mut out[97..105]);
        self.wish_features(&mut out[105..113]);
    }

    fn metre_features(&self, now: u32, after_bar: bool, out: &mut [f32]) {
        out[self.grid.metre_class] = 1.0;
        out[7] = self.grid.bar_ticks as f32 / 96.0;
        for (at, period) in [(8, self.grid.bar_ticks), (10, self.grid.beat_ticks)] {
            let (sin, cos) = (TAU * now as f32 / period as f32).sin_cos();
            out[at] = sin;
            out[at + 1] = cos;
        }
        out[12] = f32::from(u8::from(after_bar));
    }

    fn place_features(&self, bar: usize, out: &mut [f32]) {
        let from_target = bar as i64 - self.context_bars as i64;
        out[from_target.rem_euclid(4) as usize] = 1.0;
        let left = self.bars.saturating_sub(bar + 1);
        out[4] = left.min(8) as f32 / 8.0;
        out[5] = f32::from(u8::from(left == 0));
        out[if from_target < 0 { 6 } else { 7 }] = 1.0;
    }

    fn wish_features(&self, out: &mut [f32]) {
        let wish = &self.wish;
        for (index, value) in
            [wish.density, wish.register, wish.range, wish.syncopation].into_iter().enumerate()
        {
            out[index] = value.unwrap_or(0.0);
            out[4 + index] = f32::from(u8::from(value.is_some()));
        }
    }
}

/// Pitch classes and root of `chord`, relative to `tonic`.
fn chord_vector(chord: Chord, tonic: PitchClass) -> [f32; CHORD_VALUES] {
    let mut values = [0.0; CHORD_VALUES];
    for class in 0..12 {
        if chord.mask() & (1 << class) != 0 {
            values[usize::from(PitchClass::new(class).above(tonic))] = 1.0;
        }
    }
    values[12 + usize::from(chord.root.above(tonic))] = 1.0;
    values
}
