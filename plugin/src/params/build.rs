//! Builds single parameters: the name, the range and the text in both directions.

use super::text;
use nice_plug::prelude::*;
use std::sync::Arc;

type Write = fn(f32) -> String;
type Read = fn(&str) -> Option<f32>;

/// A continuous parameter whose text `write` prints and `read` reads.
fn continuous(name: &str, default: f32, range: FloatRange, write: Write, read: Read) -> FloatParam {
    FloatParam::new(name, default, range)
        .with_value_to_string(Arc::new(write))
        .with_string_to_value(Arc::new(read))
}

/// A range whose middle lies at `min + (max − min) · 0.5^(1 / factor)`.
fn skewed(min: f32, max: f32, factor: f32) -> FloatRange {
    FloatRange::Skewed { min, max, factor }
}

/// A level in dB in [−60, `max_db`]; 0 dB lies at about four fifths.
pub(super) fn level(name: &str, default_db: f32, max_db: f32) -> FloatParam {
    let range = skewed(text::SILENCE_DB, max_db, 2.0);
    continuous(name, default_db, range, text::write_level, text::read_level)
}

/// A gain in dB in [−24, 24].
pub(super) fn gain(name: &str) -> FloatParam {
    let range = FloatRange::Linear { min: -24.0, max: 24.0 };
    continuous(name, 0.0, range, text::write_gain, text::read_gain)
}

/// A frequency in hertz.
pub(super) fn frequency(name: &str, default_hz: f32, min_hz: f32, max_hz: f32) -> FloatParam {
    continuous(name, default_hz, skewed(min_hz, max_hz, 0.25), text::write_frequency, text::read_frequency)
}

/// A low cut in hertz in [20, 1,000], off at the bottom and by default.
pub(super) fn low_cut(name: &str) -> FloatParam {
    let range = skewed(text::LOW_CUT_OFF_HZ, 1000.0, 0.25);
    continuous(name, text::LOW_CUT_OFF_HZ, range, text::write_low_cut, text::read_low_cut)
}

/// A quality factor in [0.1, 18].
pub(super) fn quality(name: &str, default: f32) -> FloatParam {
    continuous(name, default, skewed(0.1, 18.0, 0.3), text::write_ratio, text::read_ratio)
}

/// A time in milliseconds in [0, `max_ms`].
pub(super) fn milliseconds(name: &str, default_ms: f32, max_ms: f32) -> FloatParam {
    continuous(name, default_ms, skewed(0.0, max_ms, 0.5), text::write_milliseconds, text::read_milliseconds)
}

/// A time in seconds.
pub(super) fn seconds(name: &str, default_s: f32, min_s: f32, max_s: f32) -> FloatParam {
    continuous(name, default_s, skewed(min_s, max_s, 0.35), text::write_seconds, text::read_seconds)
}

/// A share in [0, `max`], shown in percent.
pub(super) fn percent(name: &str, default: f32, max: f32) -> FloatParam {
    let range = FloatRange::Linear { min: 0.0, max };
    continuous(name, default, range, text::write_percent, text::read_percent)
}

/// How many times as long, in [1/4, 4], shown in percent; 1 lies in the middle.
pub(super) fn times(name: &str) -> FloatParam {
    // From a quarter to four times, once lies at a fifth of the way.
    let range = skewed(0.25, 4.0, -0.2_f32.log2().recip());
    continuous(name, 1.0, range, text::write_percent, text::read_percent)
}

/// Semitones in [−24, 24].
pub(super) fn semitones(name: &str) -> FloatParam {
    let range = FloatRange::Linear { min: -24.0, max: 24.0 };
    continuous(name, 0.0, range, text::write_semitones, text::read_semitones)
}

/// A share in [`min`, 1], shown in percent, with a word at each end: "−100 % dark".
pub(super) fn between(name: &str, default: f32, min: f32, words: [&'static str; 2]) -> FloatParam {
    FloatParam::new(name, default, FloatRange::Linear { min, max: 1.0 })
        .with_value_to_string(Arc::new(move |value| text::write_between(value, min, words)))
        .with_string_to_value(Arc::new(move |typed| text::read_between(typed, min, words)))
}

/// Octaves in [−2, 2].
pub(super) fn octaves(name: &str) -> FloatParam {
    let range = FloatRange::Linear { min: -2.0, max: 2.0 };
    continuous(name, 0.0, range, text::write_octaves, text::read_octaves)
}

/// A place between left (−1) and right (1).
pub(super) fn pan(name: &str, default: f32) -> FloatParam {
    let range = FloatRange::Linear { min: -1.0, max: 1.0 };
    continuous(name, default, range, text::write_pan, text::read_pan)
}

/// A whole number in [`min`, `max`], with its unit in the singular and the plural.
pub(super) fn whole(
    name: &str,
    default: i32,
    (min, max): (i32, i32),
    units: &'static [&'static str; 2],
) -> IntParam {
    let write = |value: i32| {
        let unit = units[usize::from(value.abs() != 1)];
        let sign = if value < 0 { "−" } else { "" };
        format!("{sign}{} {unit}", value.abs()).trim_end().to_owned()
    };
    IntParam::new(name, default, IntRange::Linear { min, max })
        .with_value_to_string(Arc::new(write))
        .with_string_to_value(Arc::new(|text| text::read_whole(text, units)))
}

/// One of `names`, by its place. Names are only ever added at the end, so that saved states keep their meaning.
pub(super) fn choice(name: &str, names: &'static [&'static str], default: i32) -> IntParam {
    let last = names.len() as i32 - 1;
    IntParam::new(name, default, IntRange::Linear { min: 0, max: last })
        .with_value_to_string(Arc::new(|place| {
            names.get(place as usize).copied().unwrap_or_default().to_owned()
        }))
        .with_string_to_value(Arc::new(|text| text::read_choice(text, names)))
}

/// On or off.
pub(super) fn switch(name: &str, default: bool) -> BoolParam {
    BoolParam::new(name, default)
        .with_value_to_string(Arc::new(|on| if on { "on" } else { "off" }.to_owned()))
        .with_string_to_value(Arc::new(text::read_switch))
}
