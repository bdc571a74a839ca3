//! Records as text, one line a tenth of a second.

use super::{Record, Row, Take};
use crate::offline::Scene;
use std::fmt::{self, Write};

impl Record {
    /// The text of the record of `scene`.
    pub fn to_text(&self, scene: &Scene) -> String {
        let mut text = format!("# {}: {}\n", scene.name, scene.what);
        text.push_str("# each 100 ms: left, right, peak (dB × 100) | bands from 20, 100, 300, 1000, 3000, 8000 Hz (dB × 10) | traces (‰)\n");
        for take in &self.takes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{take}");
        }
        text
    }

    /// Reads it again.
    ///
    /// # Errors
    /// Which line is not understood.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let mut takes: Vec<Take> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let wrong = || format!("The line “{line}” is not understood.");
            let numbers: Vec<i32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            if line.starts_with("rate") {
                let [rate_hz, frames] = numbers[..] else { return Err(wrong()) };
                takes.push(Take { rate_hz: rate_hz as u32, frames: frames as usize, rows: Vec::new() });
            } else {
                let row = Row::from_numbers(&numbers).ok_or_else(wrong)?;
                takes.last_mut().ok_or_else(wrong)?.rows.push(row);
            }
        }
        Ok(Self { takes })
    }
}

impl Row {
    fn from_numbers(numbers: &[i32]) -> Option<Self> {
        let [left, right, peak, rest @ ..] = numbers else { return None };
        let (bands, traces) = rest.split_at_checked(6)?;
        Some(Self {
            levels: [*left, *right],
            peak: *peak,
            bands: bands.try_into().ok()?,
            traces: traces.try_into().ok()?,
        })
    }
}

impl fmt::Display for Take {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "rate {} frames {}", self.rate_hz, self.frames)?;
        let words = |numbers: &[i32]| numbers.iter().map(i32::to_string).collect::<Vec<_>>().join(" ");
        for Row { levels, peak, bands, traces } in &self.rows {
            writeln!(out, "{} {peak} | {} | {}", words(levels), words(bands), words(traces))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::measure;
    use crate::offline::SCENES;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let sine: Vec<f32> = (0..9600).map(|n| 0.5 * (n as f32 * 0.1).sin()).collect();
        let record = Record { takes: vec![measure(&[sine.clone(), vec![0.0; 9600]], 48_000)] };
        let row = record.takes[0].rows[0];
        assert_eq!((row.levels, row.peak), ([-903, -12_000], -602), "{row:?}");
        assert_eq!((row.bands[2], row.traces[2]), (-90, 0), "{row:?}");
        let text = record.to_text(&SCENES[0]);
        assert_eq!(Record::from_text(&text), Ok(record));
        assert!(Record::from_text("1 2 3").is_err() && Record::from_text("rate 3\n").is_err());
    }
}
