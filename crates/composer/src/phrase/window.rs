//! Runs on the composer thread. The bars that a part fills, everything that is known about them, and the inputs of the
//! phrase model for one step, as `models/TOKENS.md` defines them.

use super::line::Line;
use crate::attributes::{ATTRIBUTES, Attribute, Running};
use crate::tokens::{Grid, TICKS_PER_QUARTER, position_tick};
use crate::vocabulary::{COLUMN_TICKS, MEMORY, PHRASE_FEATURES, Role};
use linnet_music::{Chord, ChordSpan, Key, PitchClass, STYLES};
use std::f32::consts::TAU;

/// Values of a chord vector: twelve pitch classes and twelve roots, relative to the tonic.
pub const CHORD_VALUES: usize = 24;

/// The features that are weights of the styles.
const STYLE_FEATURES: std::ops::Range<usize> = 133..133 + STYLES;

/// What is asked for, in the units of [`crate::attributes`]; none leaves it to the model.
pub type Asked = [Option<f32>; ATTRIBUTES];

/// How many bars of what kind a window has, of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Bars before those to compose.
    pub context: usize,
    /// Bars to compose.
    pub target: usize,
    /// Bars after them that are known.
    pub future: usize,
}

/// The bars that a part fills, and everything that is known about them.
#[derive(Clone, Debug)]
pub struct Window {
    /// How the bars are divided.
    pub grid: Grid,
    /// The home note that pitches are relative to.
    pub tonic: PitchClass,
    /// What is composed.
    pub role: Role,
    /// Its bars.
    pub span: Span,
    /// What is asked for.
    pub asked: Asked,
    /// Weights of the styles, their sum 1; all 0 leaves it to the model. `f32[20]`.
    pub style: [f32; STYLES],
    pub(super) scale: u16,
    /// For each tick of the window the place of its chord in `chords`.
    chord_at: Vec<u16>,
    chords: Vec<(Option<Chord>, [f32; CHORD_VALUES])>,
    /// What the encoder made of the canvas. `f32[columns, 128]`, `f32[128]`.
    memory: Vec<f32>,
    summary: Vec<f32>,
}

impl Window {
    /// A window over `span` in `key`, with `chords` from its first bar line.
    pub fn new(grid: Grid, key: Key, role: Role, span: Span, chords: &[ChordSpan]) -> Self {
        let bars = span.context + span.target + span.future;
        let mut window = Self {
            grid,
            tonic: key.tonic,
            role,
            span,
            asked: [None; ATTRIBUTES],
            style: [0.0; STYLES],
            scale: key.scale.mask(),
            chord_at: vec![0; bars * grid.bar_ticks as usize],
            chords: vec![(None, [0.0; CHORD_VALUES])],
            memory: Vec::new(),
            summary: Vec::new(),
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

    /// The same window with a target of `bars` bars, at most its own; the others count as future.
    pub(crate) fn cut(&self, bars: usize) -> Self {
        let mut cut = self.clone();
        cut.span.target = bars.min(self.span.target);
        cut.span.future += self.span.target - cut.span.target;
        cut
    }

    /// The bars that events cover: context and target.
    pub fn bars(&self) -> usize {
        self.span.context + self.span.target
    }

    /// The bars that the canvas covers.
    pub fn all_bars(&self) -> usize {
        self.bars() + self.span.future
    }

    /// The tick from the window's start at which the target begins.
    pub fn begin(&self) -> u32 {
        self.span.context as u32 * self.grid.bar_ticks
    }

    /// The columns of the canvas.
    pub fn columns(&self) -> usize {
        self.all_bars() * self.bar_columns()
    }

    /// The columns of a bar.
    pub fn bar_columns(&self) -> usize {
        (self.grid.bar_ticks / COLUMN_TICKS).max(1) as usize
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

    /// The scale's pitch classes above the tonic, as a mask.
    pub fn scale(&self) -> u16 {
        self.scale
    }

    /// Whether any chord is known.
    pub fn has_chords(&self) -> bool {
        self.chords.len() > 1
    }

    /// Takes what the encoder made of the canvas.
    pub fn remember(&mut self, memory: Vec<f32>, summary: Vec<f32>) {
        (self.memory, self.summary) = (memory, summary);
    }

    /// The encoder's memory at `tick` from the window's start, or of the last column. `f32[128]`.
    pub fn memory(&self, tick: u32) -> &[f32] {
        let column = ((tick / COLUMN_TICKS) as usize).min(self.columns().saturating_sub(1));
        &self.memory[column * MEMORY..(column + 1) * MEMORY]
    }

    /// The encoder's summary. `f32[128]`.
    pub fn summary(&self) -> &[f32] {
        &self.summary
    }

    /// The ticks of now, of the event before the next, and of its bar line, from the window's start.
    fn now(&self, line: &Line) -> (u32, u32) {
        let bar_line = line.bar() as u32 * self.grid.bar_ticks;
        (bar_line + position_tick(line.previous().position), bar_line)
    }

    /// Writes the memory of now, of a quarter later and of the next bar line. `f32[384]`.
    pub fn memories(&self, line: &Line, out: &mut [f32]) {
        let (now, bar_line) = self.now(line);
        let ticks = [now, now + TICKS_PER_QUARTER, bar_line + self.grid.bar_ticks];
        for (values, tick) in out.chunks_exact_mut(MEMORY).zip(ticks) {
            values.copy_from_slice(self.memory(tick));
        }
    }

    /// Writes the features of the step that predicts the event after `line`; `written` holds the notes of the target so
    /// far. `f32[155]`.
    pub fn features(&self, line: &Line, written: &Running, out: &mut [f32; PHRASE_FEATURES]) {
        let previous = line.previous();
        let (now, bar_line) = self.now(line);
        out.fill(0.0);
        for (class, value) in out[..12].iter_mut().enumerate() {
            *value = f32::from(self.scale >> class & 1);
        }
        let ticks = [now, now + TICKS_PER_QUARTER, bar_line + self.grid.bar_ticks];
        for (values, tick) in out[12..84].chunks_exact_mut(CHORD_VALUES).zip(ticks) {
            values.copy_from_slice(self.chord_values(tick));
        }
        self.metre_features(now - bar_line, !previous.is_note(), &mut out[84..97]);
        self.place_features(line.bar(), &mut out[97..105]);
        self.wish_features(line, written, &mut out[105..129]);
        out[129 + self.role.index()] = 1.0;
        out[STYLE_FEATURES].copy_from_slice(&self.style);
        out[153] = line.stack().min(8) as f32 / 4.0;
        out[154] = self.span.future.min(4) as f32 / 4.0;
    }

    /// Leaves the style in `features` to the model.
    pub(crate) fn hide_style(features: &mut [f32; PHRASE_FEATURES]) {
        features[STYLE_FEATURES].fill(0.0);
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
        let from_target = bar as i64 - self.span.context as i64;
        out[from_target.rem_euclid(4) as usize] = 1.0;
        let left = self.bars().saturating_sub(bar + 1);
        out[4] = left.min(8) as f32 / 8.0;
        out[5] = f32::from(u8::from(left == 0));
        out[if from_target < 0 { 6 } else { 7 }] = 1.0;
    }

    /// What is asked for, whether it is, and what of it is still to come.
    fn wish_features(&self, line: &Line, written: &Running, out: &mut [f32]) {
        let so_far = written.so_far(self.begin());
        let begun = line.bar() >= self.span.context && written.notes() > 0;
        for (index, asked) in self.asked.iter().enumerate() {
            let Some(asked) = *asked else { continue };
            out[index] = asked;
            out[ATTRIBUTES + index] = 1.0;
            if begun && index != Attribute::Repetition.index() {
                out[2 * ATTRIBUTES + index] = asked - so_far[index];
            }
        }
    }
}

/// Pitch classes and root of `chord`, relative to `tonic`.
pub fn chord_vector(chord: Chord, tonic: PitchClass) -> [f32; CHORD_VALUES] {
    let mut values = [0.0; CHORD_VALUES];
    for class in 0..12 {
        if chord.mask() & (1 << class) != 0 {
            values[usize::from(PitchClass::new(class).above(tonic))] = 1.0;
        }
    }
    values[12 + usize::from(chord.root.above(tonic))] = 1.0;
    values
}
