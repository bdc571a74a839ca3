//! Golden renders: what a scene sounds like, as figures in a small text file, and how far a render is from them.
//!
//! Every tenth of a second has its levels, those of bands, and traces: sums of the samples with signs that look random, by
//! which a shift of a fraction of a millisecond or a partial far below the others shows.

mod figures;
mod text;

pub use figures::{Row, measure};

use std::path::{Path, PathBuf};

/// The rates of the record.
pub const RATES_HZ: [u32; 3] = [44_100, 48_000, 96_000];
/// How far a level may be from the record, as a share: 0.017 dB, of which rounding takes 0.01.
const LEVEL_SHARE: f64 = 0.002;
/// The same of a band, which is written in tenths of a dB.
const BAND_SHARE: f64 = 0.012;
/// What of a band may differ, as a share of all: what lies far below the others is not heard.
const BAND_FLOOR: f64 = 3e-4;
/// How far a trace may be from the record, in thousandths of the level.
const TRACE: i32 = 6;
/// Below this level, in hundredths of a dB, traces do not count.
const TRACE_LEVEL: i32 = -9000;
/// What is silence to all figures: −110 dB.
const SILENCE: f64 = 3e-6;

/// One rate's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// Frames a second.
    pub rate_hz: u32,
    /// How long it is.
    pub frames: usize,
    /// Tenths of a second.
    pub rows: Vec<Row>,
}

/// A scene's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// By rate.
    pub takes: Vec<Take>,
}

/// How far a render is from the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distance {
    /// Of all figures, as a share of what is allowed; more than 1 is a failure.
    pub worst: f64,
    /// Figures that are further than allowed.
    pub failed: usize,
    /// All figures.
    pub count: usize,
    /// Where and what the furthest is.
    pub place: String,
}

impl Distance {
    fn add(&mut self, far: f64, place: impl FnOnce() -> String) {
        self.count += 1;
        self.failed += usize::from(far > 1.0);
        if far > self.worst {
            (self.worst, self.place) = (far, place());
        }
    }
}

impl Take {
    /// How far this render is from `golden`.
    ///
    /// # Errors
    /// Where they are not of the same rate and length.
    pub fn distance(&self, golden: &Self) -> Result<Distance, String> {
        let shape = |take: &Self| (take.rate_hz, take.frames, take.rows.len());
        if shape(self) != shape(golden) {
            return Err(format!(
                "it has {:?} (rate, frames, rows) in place of {:?}",
                shape(self),
                shape(golden)
            ));
        }
        let mut distance = Distance::default();
        for (place, (row, expect)) in self.rows.iter().zip(&golden.rows).enumerate() {
            let at = |what: &str, found: i32, expected: i32| {
                let second = place as f64 / 10.0;
                format!("{what} at {second:.1} s, {} Hz: {found} in place of {expected}", self.rate_hz)
            };
            row.compare(expect, |far, what, found, expected| distance.add(far, || at(what, found, expected)));
        }
        Ok(distance)
    }
}

impl Row {
    /// Calls `found` with how far each figure is, as a share of what is allowed, its name, and both values.
    fn compare(&self, golden: &Self, mut found: impl FnMut(f64, &'static str, i32, i32)) {
        let linear = |level: i32, unit: f64| 10.0_f64.powf(f64::from(level) / unit / 20.0);
        let far = |one: i32, other: i32, unit: f64, share: f64, floor: f64| {
            let (one, other) = (linear(one, unit), linear(other, unit));
            (one - other).abs() / (share * one.max(other) + floor + SILENCE)
        };
        for (name, one, other) in [
            ("left", self.levels[0], golden.levels[0]),
            ("right", self.levels[1], golden.levels[1]),
            ("peak", self.peak, golden.peak),
        ] {
            found(far(one, other, 100.0, LEVEL_SHARE, 0.0), name, one, other);
        }
        let floor = BAND_FLOOR * linear(golden.levels[0].max(golden.levels[1]), 100.0);
        for (one, other) in self.bands.iter().zip(golden.bands) {
            found(far(*one, other, 10.0, BAND_SHARE, floor), "a band", *one, other);
        }
        for (place, (one, other)) in self.traces.iter().zip(golden.traces).enumerate() {
            if golden.levels[place / 2] > TRACE_LEVEL {
                let far = f64::from((one - other).abs()) / f64::from(TRACE);
                found(far, "a trace", *one, other);
            }
        }
    }
}

/// Where the records lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens")
}

/// The file of the scene `name`.
pub fn file(name: &str) -> PathBuf {
    folder().join(format!("{name}.txt"))
}
