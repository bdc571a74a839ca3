//! A host whose time is counted in whole ticks, so that no position is rounded: what the reference reckons with.

use linnet_engine::Transport;
use linnet_music::{Beats, Tempo, TimeSignature};

/// Ticks in a beat: many enough that a frame is a whole number of them at every rate and tempo used here.
pub(crate) const BEAT: i64 = 84_672_000_000_000;
/// Every position is a multiple of this, but for loops, which lie [`LOOP_OFFSET`] beside: so none ever falls on the border
/// between two frames, where rounding would decide.
pub(crate) const LATTICE: i64 = 5000;
/// By how much a loop's start and end lie beside the lattice, 3e-11 beats.
pub(crate) const LOOP_OFFSET: i64 = LATTICE / 2;
/// The sample rates, in Hz.
pub(crate) const RATES_HZ: [i64; 8] = [48_000, 44_100, 96_000, 48_000, 22_050, 88_200, 8_000, 192_000];
/// The tempo of a host that does not say, in tenths of a beat a minute.
pub(crate) const DEFAULT_TENTHS: i64 = 1200;

/// Ticks as beats.
pub(crate) fn beats(ticks: i64) -> f64 {
    ticks as f64 / BEAT as f64
}

/// Ticks in a frame.
pub(crate) fn frame_ticks(tenths_of_bpm: i64, rate_hz: i64) -> i64 {
    BEAT / 600 / rate_hz * tenths_of_bpm
}

/// Half a frame, and a ten-thousandth more: a note midway between two frames falls to the later.
pub(crate) fn half(frame: i64) -> i64 {
    frame * 5001 / 10_000
}

/// Whether no border between frames comes near a multiple of [`LATTICE`] or a loop's end, at any rate.
pub(crate) fn is_clear(tenths_of_bpm: i64) -> bool {
    RATES_HZ.iter().all(|rate_hz| {
        let border = half(frame_ticks(tenths_of_bpm, *rate_hz)) % LATTICE;
        (200..=LATTICE - 200).contains(&border) && (border - LOOP_OFFSET).abs() >= 200
    })
}

/// A stretch of a block in which the host's time runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    /// First frame, and the frame behind the last.
    pub(crate) frames: (u32, u32),
    /// Position at the first, in ticks.
    pub(crate) position: i64,
    /// Whether it ends where the loop wraps.
    pub(crate) wraps: bool,
}

/// The host.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the host's own")]
pub(crate) struct ExactHost {
    pub(crate) rate_hz: i64,
    pub(crate) present: bool,
    pub(crate) playing: bool,
    pub(crate) says_bar_start: bool,
    pub(crate) position: i64,
    pub(crate) tenths_of_bpm: i64,
    /// Numerator and denominator.
    pub(crate) metre: (i64, i64),
    pub(crate) looped: Option<(i64, i64)>,
    /// Whether the position is not where the last block ended.
    pub(crate) jumped: bool,
    /// The position given with the last block, and its tempo.
    given: Option<i64>,
    before: i64,
    /// Where the last block ended.
    ended: i64,
    target: Option<i64>,
}

impl ExactHost {
    /// Playing from 0 at 120 bpm in 4/4.
    pub(crate) fn new() -> Self {
        Self {
            rate_hz: RATES_HZ[0],
            present: true,
            playing: true,
            says_bar_start: true,
            position: 0,
            tenths_of_bpm: DEFAULT_TENTHS,
            metre: (4, 4),
            looped: None,
            jumped: true,
            given: None,
            before: DEFAULT_TENTHS,
            ended: 0,
            target: None,
        }
    }

    /// Ticks in a frame.
    pub(crate) fn frame(&self) -> i64 {
        frame_ticks(self.tenths_of_bpm, self.rate_hz)
    }

    /// Whether the host's time runs.
    pub(crate) fn runs(&self) -> bool {
        self.present && self.playing
    }

    /// Goes to `position` with the next block.
    pub(crate) fn seek(&mut self, position: i64) {
        self.target = Some(position);
    }

    /// Plays on for `frames` without giving a block.
    pub(crate) fn skip(&mut self, frames: u32) {
        let from = self.target.unwrap_or(self.position);
        self.target = Some(from + i64::from(frames) * self.frame()).filter(|_| self.runs()).or(self.target);
    }

    /// Takes the position for the next block: the one sought, or a beat and more beside where nobody could tell this from
    /// running on: a little off, or given twice in a row.
    pub(crate) fn settle(&mut self) {
        let Some(target) = self.target.take() else { return };
        let nearest = if self.before == self.tenths_of_bpm { BEAT / 100 } else { 6 * BEAT / 10 };
        let is_near = |position: i64| (position - self.ended).abs() < nearest || Some(position) == self.given;
        let aside = (0..).map(|n| target + n * (BEAT + BEAT / 3));
        self.position = aside.into_iter().find(|position| !is_near(*position)).unwrap_or(target);
        self.jumped = true;
    }

    /// The bar, in ticks.
    pub(crate) fn bar(&self) -> i64 {
        BEAT * 4 * self.metre.0 / self.metre.1
    }

    /// What the host says at the first frame of a block.
    pub(crate) fn transport(&self) -> Transport {
        if !self.present {
            return Transport::default();
        }
        let bar_start = self.position.div_euclid(self.bar()) * self.bar();
        let (numerator, denominator) = (self.metre.0 as i32, self.metre.1 as i32);
        Transport {
            playing: self.playing,
            present: true,
            position: Some(Beats(beats(self.position))),
            bar_start: self.says_bar_start.then_some(Beats(beats(bar_start))),
            tempo: Some(Tempo::new(self.tenths_of_bpm as f64 / 10.0)),
            metre: TimeSignature::new(numerator, denominator),
            looped: self.looped.map(|(start, end)| (Beats(beats(start)), Beats(beats(end)))),
        }
    }

    /// `frames`, or fewer: up to where the loop wraps.
    pub(crate) fn cut(&self, frames: u32) -> u32 {
        let after = self.frames_to_wrap(self.position).filter(|_| self.runs());
        after.map_or(frames, |after| frames.min(after.min(i64::from(u32::MAX)) as u32))
    }

    /// The loop wraps at the first frame at its end, or a twentieth of a frame before: frames until then, at least one.
    fn frames_to_wrap(&self, position: i64) -> Option<i64> {
        let frame = self.frame();
        let to_end = self.looped.map(|(_, end)| end - frame / 20 - position).filter(|to_end| *to_end > 0)?;
        Some(to_end.div_euclid(frame) + i64::from(to_end % frame != 0))
    }

    /// Runs through a block of `frames` > 0, and gives its passes.
    pub(crate) fn run(&mut self, frames: u32) -> Vec<Pass> {
        let (frame, mut passes) = (self.frame(), Vec::new());
        let length = self.looped.map_or(0, |(start, end)| end - start);
        (self.given, self.before, self.jumped) = (Some(self.position), self.tenths_of_bpm, false);
        let (mut first, mut position) = (0, self.position);
        while !self.jumped && first < frames {
            let left = i64::from(frames - first);
            let wrap = self.frames_to_wrap(position).filter(|after| *after <= left);
            let end = first + wrap.unwrap_or(left) as u32;
            passes.push(Pass { frames: (first, end), position, wraps: wrap.is_some() });
            self.ended = position + i64::from(end - first) * frame;
            position = if wrap.is_some() { self.ended - length } else { self.ended };
            // A wrap between two blocks is a jump; one within is the engine's to see.
            self.jumped = wrap.is_some() && end == frames;
            first = end;
        }
        self.position = position;
        passes
    }
}
