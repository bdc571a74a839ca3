//! Runs on the composer thread. A row of chords as `models/TOKENS.md` has it, what the chord model is told at each, and
//! the attributes of a row.

use crate::tokens::TICKS_PER_QUARTER;
use crate::tokens::drum::write_wishes;
use linnet_music::{ChordQuality, STYLES, TimeSignature};

/// Values that describe a step of the chord model.
pub const CHORD_FEATURES: usize = 106;
/// Roots above the tonic.
pub const DEGREES: usize = 12;
/// Length classes, in beats.
pub const LENGTHS: [u32; 8] = [1, 2, 3, 4, 6, 8, 12, 16];
/// The event before the first.
pub const START: [i64; 3] = [DEGREES as i64, ChordQuality::ALL.len() as i64, LENGTHS.len() as i64];
/// Half bars of melody that are shown.
const MELODY_SPANS: usize = 4;
const MELODY_AT: usize = 57;

/// A chord relative to the tonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Degree {
    /// Semitones above the tonic, in [0, 11].
    pub root: u8,
    /// What stands on it.
    pub quality: ChordQuality,
    /// How long it lasts, in beats, > 0.
    pub beats: u32,
}

impl Degree {
    /// Its pitch classes above the tonic: bit 0 the tonic.
    pub fn mask(self) -> u16 {
        let tones = self.quality.intervals().iter();
        tones.fold(0, |mask, interval| mask | 1 << ((self.root + interval) % 12))
    }

    /// How bright it is by itself, in [−1, 1].
    fn brightness(self) -> f32 {
        match self.quality {
            ChordQuality::Major => 1.0,
            ChordQuality::Sixth => 0.8,
            ChordQuality::Major7 => 0.6,
            ChordQuality::Dominant7 => 0.5,
            ChordQuality::Suspended2 => 0.3,
            ChordQuality::Suspended4 => 0.2,
            ChordQuality::Minor7 => -0.4,
            ChordQuality::Augmented => -0.5,
            ChordQuality::Minor => -0.8,
            ChordQuality::HalfDiminished7 | ChordQuality::Diminished | ChordQuality::Diminished7 => -1.0,
        }
    }

    fn is_of_four(self) -> bool {
        self.quality.intervals().len() == 4 && self.quality != ChordQuality::Sixth
    }
}

/// How a metre is counted in chords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Ticks of a beat: the metre's, or an eighth where a bar is no whole number of those.
    pub beat_ticks: u32,
    /// Beats of a bar, ≥ 1.
    pub bar_beats: u32,
    /// Ticks of a bar.
    pub bar_ticks: u32,
    is_compound: bool,
}

impl Count {
    /// The count of `metre`. Where a bar is no whole number of eighths either, it is one beat.
    pub fn new(metre: TimeSignature) -> Self {
        let (numerator, denominator) = (u32::from(metre.numerator()), u32::from(metre.denominator()));
        let bar_ticks = 4 * TICKS_PER_QUARTER * numerator / denominator;
        let is_compound = matches!(denominator, 8 | 16) && numerator.is_multiple_of(3) && numerator > 3;
        let beats = [if is_compound { 36 } else { TICKS_PER_QUARTER }, TICKS_PER_QUARTER / 2];
        let fits = |beat: &u32| bar_ticks.is_multiple_of(*beat);
        let beat_ticks = beats.into_iter().find(fits).unwrap_or(bar_ticks);
        Self { beat_ticks, bar_beats: bar_ticks / beat_ticks, bar_ticks, is_compound }
    }

    /// Quarters of a beat.
    pub fn beat(&self) -> f64 {
        f64::from(self.beat_ticks) / f64::from(TICKS_PER_QUARTER)
    }
}

/// The features that are weights of the styles.
const STYLE_FEATURES: std::ops::Range<usize> = 33..33 + STYLES;

/// What is known of the bars to fill.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The scale's pitch classes above the tonic; 0 where it is unknown.
    pub mask: u16,
    /// How they are counted.
    pub count: Count,
    /// How many.
    pub bars: u32,
    /// Weights of the styles, their sum 1; all 0 leaves it to the model. `f32[20]`.
    pub style: [f32; STYLES],
    /// How bright, by [`valence`]; none leaves it to the model.
    pub valence: Option<f32>,
    /// How rich, by [`complexity`]; none leaves it to the model.
    pub complexity: Option<f32>,
    /// The melody that the chords go with.
    pub melody: Option<Melody>,
}

impl Setting {
    /// Beats to fill.
    pub fn beats(&self) -> u32 {
        self.bars * self.count.bar_beats
    }

    /// Writes the features of the chord that begins at beat `now`. `f32[106]`.
    pub fn features(&self, now: u32, out: &mut [f32]) {
        let bar_beats = self.count.bar_beats;
        out.fill(0.0);
        for (class, value) in out[..12].iter_mut().enumerate() {
            *value = f32::from(self.mask >> class & 1);
        }
        out[12] = bar_beats as f32 / 4.0;
        out[13] = f32::from(u8::from(self.count.is_compound));
        out[14 + (now % bar_beats).min(7) as usize] = 1.0;
        out[22 + (now / bar_beats % 8) as usize] = 1.0;
        let left = self.beats().saturating_sub(now) as f32 / bar_beats as f32;
        out[30] = left.min(16.0) / 16.0;
        out[31] = f32::from(u8::from(left <= 1.0));
        out[32] = f32::from(u8::from(left <= 2.0));
        out[STYLE_FEATURES].copy_from_slice(&self.style);
        write_wishes(&[self.valence, self.complexity], &mut out[53..MELODY_AT]);
        if let Some(melody) = &self.melody {
            let half = self.count.bar_ticks / 2;
            for span in 0..MELODY_SPANS {
                let begin = now * self.count.beat_ticks + span as u32 * half;
                let at = MELODY_AT + 12 * span;
                melody.shares(begin, half, &mut out[at..at + 12]);
            }
            out[CHORD_FEATURES - 1] = 1.0;
        }
    }

    /// Leaves the style in `features` to the model.
    pub(crate) fn hide_style(features: &mut [f32]) {
        features[STYLE_FEATURES].fill(0.0);
    }
}

/// How long each pitch class has sounded before each tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Melody {
    sums: Vec<[u32; 12]>,
}

impl Melody {
    /// The melody of notes (onset, length and pitch class above the tonic) in a window of `ticks`.
    pub fn new(notes: impl Iterator<Item = (u32, u32, usize)>, ticks: u32) -> Self {
        let mut sounds = vec![0u16; ticks as usize];
        for (onset, length, class) in notes {
            let end = onset.saturating_add(length).min(ticks);
            for tick in sounds.get_mut(onset as usize..end as usize).into_iter().flatten() {
                *tick |= 1 << (class % 12);
            }
        }
        let mut sums = vec![[0; 12]];
        let mut sum = [0; 12];
        for tick in sounds {
            for (class, sum) in sum.iter_mut().enumerate() {
                *sum += u32::from(tick >> class & 1);
            }
            sums.push(sum);
        }
        Self { sums }
    }

    /// Ticks that each pitch class sounds between two ticks.
    fn between(&self, begin: u32, end: u32) -> [u32; 12] {
        let last = self.sums.len() - 1;
        let at = |tick: u32| self.sums[(tick as usize).min(last)];
        let (before, after) = (at(begin), at(end));
        std::array::from_fn(|class| after[class] - before[class])
    }

    fn shares(&self, begin: u32, length: u32, out: &mut [f32]) {
        let sounding = self.between(begin, begin + length);
        for (out, ticks) in out.iter_mut().zip(sounding) {
            *out = ticks as f32 / length.max(1) as f32;
        }
    }

    /// The share of the melody's time in which it has a tone of the chord under it; none where it is silent.
    pub fn fits(&self, row: &[Degree], count: &Count) -> Option<f32> {
        let (mut all, mut inside, mut now) = (0, 0, 0);
        for chord in row {
            let end = now + chord.beats * count.beat_ticks;
            for (class, ticks) in self.between(now, end).into_iter().enumerate() {
                all += ticks;
                inside += ticks * u32::from(chord.mask() >> class & 1);
            }
            now = end;
        }
        (all > 0).then(|| inside as f32 / all as f32)
    }
}

/// Neighbours of one chord made one.
pub fn joined(row: &[Degree]) -> Vec<Degree> {
    let mut out: Vec<Degree> = Vec::with_capacity(row.len());
    for chord in row.iter().filter(|chord| chord.beats > 0) {
        match out.last_mut() {
            Some(last) if (last.root, last.quality) == (chord.root, chord.quality) => {
                last.beats += chord.beats;
            }
            _ => out.push(*chord),
        }
    }
    out
}

fn beats_of(row: &[Degree], counts: impl Fn(&Degree) -> bool) -> f32 {
    row.iter().filter(|chord| counts(chord)).map(|chord| chord.beats).sum::<u32>() as f32
}

/// How bright a joined row is, in [−1, 1], in the scale `mask`.
pub fn valence(row: &[Degree], mask: u16) -> f32 {
    let beats = beats_of(row, |_| true).max(1.0);
    let bright = row.iter().map(|chord| chord.brightness() * chord.beats as f32).sum::<f32>() / beats;
    let has = |class: u32| f32::from(mask >> class & 1);
    let moves = row.windows(2);
    let home = moves.clone().filter(|pair| pair[1].root == 0 && matches!(pair[0].root, 5 | 7)).count();
    let home = home as f32 / moves.count().max(1) as f32;
    (0.55 * bright + 0.3 * (has(4) - has(3)) + 0.3 * home).clamp(-1.0, 1.0)
}

/// How rich a joined row is, in [0, 1], in the scale `mask`.
pub fn complexity(row: &[Degree], mask: u16, bar_beats: u32) -> f32 {
    let beats = beats_of(row, |_| true).max(1.0);
    let four = beats_of(row, |chord| chord.is_of_four()) / beats;
    let outside = beats_of(row, |chord| mask != 0 && chord.mask() & !mask != 0) / beats;
    let rate = (row.len() as f32 * bar_beats as f32 / beats / 2.0).min(1.0);
    0.4 * four + 0.4 * outside + 0.2 * rate
}

/// The length classes of a chord of `beats` beats: the longest that fits, then the rest.
pub fn length_classes(mut beats: u32) -> Vec<usize> {
    let mut classes = Vec::new();
    while beats > 0 {
        let class = LENGTHS.partition_point(|length| *length <= beats) - 1;
        classes.push(class);
        beats -= LENGTHS[class];
    }
    classes
}
