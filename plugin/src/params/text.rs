//! How values read and how they are typed: every parameter prints its unit and reads back what it prints,
//! and takes the plain variants that a person types ("-6", "−6 dB", "2.5 k", "50", "c").
//!
//! Runs on the host's threads, never on the audio thread.

/// A number and the unit behind it, in lower case: "−6 dB" is (−6, "db").
fn number_and_unit(text: &str) -> Option<(f32, String)> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '−' | '–' | '—' => '-',
            ',' => '.',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    let end = plain.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(plain.len());
    let value: f32 = plain[..end].parse().ok()?;
    value.is_finite().then(|| (value, plain[end..].to_owned()))
}

/// Reads a number whose unit is one of `units`, each with the factor that it stands for.
fn read(text: &str, units: &[(&str, f32)]) -> Option<f32> {
    let (value, unit) = number_and_unit(text)?;
    units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| value * factor)
}

/// `value` with `digits` decimals, a typographic minus, never "−0", and a plus where `signed`.
fn write(value: f32, digits: usize, signed: bool) -> String {
    let text = format!("{:.digits$}", value.abs());
    let is_zero = !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    match (is_zero, value < 0.0, signed) {
        (true, ..) | (false, false, false) => text,
        (false, true, _) => format!("−{text}"),
        (false, false, true) => format!("+{text}"),
    }
}

/// The level that stands for silence, in dB.
pub(super) const SILENCE_DB: f32 = -60.0;

/// "−6.0 dB", or "−∞ dB" for silence.
pub(super) fn write_level(db: f32) -> String {
    if db < SILENCE_DB + 0.05 { "−∞ dB".to_owned() } else { format!("{} dB", write(db, 1, false)) }
}

/// Reads a level; "off" and "−∞" are silence.
pub(super) fn read_level(text: &str) -> Option<f32> {
    let word = text.replace('−', "-").to_lowercase().replace("db", "");
    match word.trim() {
        "off" | "-inf" | "-∞" | "silence" => Some(SILENCE_DB),
        _ => read_gain(text),
    }
}

/// "+3.0 dB".
pub(super) fn write_gain(db: f32) -> String {
    format!("{} dB", write(db, 1, true))
}

/// Reads decibels.
pub(super) fn read_gain(text: &str) -> Option<f32> {
    read(text, &[("", 1.0), ("db", 1.0)])
}

/// "440.0 Hz", "2.50 kHz".
pub(super) fn write_frequency(hz: f32) -> String {
    if (hz * 10.0).round() < 10_000.0 {
        format!("{} Hz", write(hz, 1, false))
    } else {
        format!("{} kHz", write(hz / 1000.0, 2, false))
    }
}

/// Reads hertz: "440", "440 Hz", "2.5 k", "2.5 kHz".
pub(super) fn read_frequency(text: &str) -> Option<f32> {
    read(text, &[("", 1.0), ("hz", 1.0), ("k", 1000.0), ("khz", 1000.0)])
}

/// Where a part's low cut is off.
pub(super) const LOW_CUT_OFF_HZ: f32 = linnet_engine::settings::LOW_CUT_OFF_HZ;

/// "120.0 Hz"; the lowest, and what reads like it, is "off".
pub(super) fn write_low_cut(hz: f32) -> String {
    if (hz * 10.0).round() <= LOW_CUT_OFF_HZ * 10.0 {
        "off".to_owned()
    } else {
        format!("{} Hz", write(hz, 1, false))
    }
}

/// Reads what [`read_frequency`] does, and "off".
pub(super) fn read_low_cut(text: &str) -> Option<f32> {
    if text.trim().eq_ignore_ascii_case("off") { Some(LOW_CUT_OFF_HZ) } else { read_frequency(text) }
}

/// "20 ms".
pub(super) fn write_milliseconds(ms: f32) -> String {
    format!("{} ms", write(ms, 1, false))
}

/// Reads milliseconds: "20", "20 ms", "0.02 s".
pub(super) fn read_milliseconds(text: &str) -> Option<f32> {
    read(text, &[("", 1.0), ("ms", 1.0), ("s", 1000.0)])
}

/// "1.80 s".
pub(super) fn write_seconds(seconds: f32) -> String {
    format!("{} s", write(seconds, 2, false))
}

/// Reads seconds: "1.8", "1.8 s", "1800 ms".
pub(super) fn read_seconds(text: &str) -> Option<f32> {
    read(text, &[("", 1.0), ("s", 1.0), ("ms", 0.001)])
}

/// "50 %" for 0.5.
pub(super) fn write_percent(unit: f32) -> String {
    format!("{} %", write(unit * 100.0, 0, false))
}

/// Reads percent: "50 %", "50"; a number without a unit is percent too.
pub(super) fn read_percent(text: &str) -> Option<f32> {
    read(text, &[("", 0.01), ("%", 0.01), ("percent", 0.01)])
}

/// "−30 %" or, at the ends of [`min`, 1], "−100 % dark". A plus stands where the range has a minus.
pub(super) fn write_between(unit: f32, min: f32, [low, high]: [&str; 2]) -> String {
    let share = format!("{} %", write(unit * 100.0, 0, min < 0.0));
    let is_at = |end: f32| (unit - end).abs() < 0.005;
    match (is_at(min), is_at(1.0)) {
        (true, _) => format!("{share} {low}"),
        (_, true) => format!("{share} {high}"),
        _ => share,
    }
}

/// Reads percent, with or without one of the words that stand at the ends, or such a word alone.
pub(super) fn read_between(typed: &str, min: f32, [low, high]: [&str; 2]) -> Option<f32> {
    let word = folded(typed);
    if word == low || word == high {
        return Some(if word == low { min } else { 1.0 });
    }
    let number = word.strip_suffix(low).or_else(|| word.strip_suffix(high));
    read_percent(number.unwrap_or(&word))
}

/// "+0.50 oct".
pub(super) fn write_octaves(octaves: f32) -> String {
    format!("{} oct", write(octaves, 2, true))
}

/// Reads octaves: "0.5", "+1 oct", "−12 st".
pub(super) fn read_octaves(text: &str) -> Option<f32> {
    let twelfth = 1.0 / 12.0;
    read(text, &[("", 1.0), ("oct", 1.0), ("octave", 1.0), ("octaves", 1.0), ("st", twelfth)])
}

/// "+2.00 st".
pub(super) fn write_semitones(semitones: f32) -> String {
    format!("{} st", write(semitones, 2, true))
}

/// Reads semitones: "2", "+2 st", "-7 semitones", "50 cents", "1 oct".
pub(super) fn read_semitones(text: &str) -> Option<f32> {
    let cent = 0.01;
    let units = [
        ("", 1.0),
        ("st", 1.0),
        ("semi", 1.0),
        ("semitone", 1.0),
        ("semitones", 1.0),
        ("ct", cent),
        ("cent", cent),
        ("cents", cent),
        ("oct", 12.0),
    ];
    read(text, &units)
}

/// "0.71".
pub(super) fn write_ratio(value: f32) -> String {
    write(value, 2, false)
}

/// Reads a bare number.
pub(super) fn read_ratio(text: &str) -> Option<f32> {
    read(text, &[("", 1.0)])
}

/// "L 50", "C", "R 50" for −0.5, 0, 0.5.
pub(super) fn write_pan(pan: f32) -> String {
    match (pan * 100.0).round() as i32 {
        0 => "C".to_owned(),
        left @ ..0 => format!("L {}", -left),
        right => format!("R {right}"),
    }
}

/// Reads a pan: "L 50", "50 L", "C", "centre", or a plain number in [−100, 100].
pub(super) fn read_pan(text: &str) -> Option<f32> {
    let word = text.trim().to_lowercase();
    if ["c", "center", "centre"].contains(&word.as_str()) {
        return Some(0.0);
    }
    let side = |c: char| word.strip_prefix(c).or_else(|| word.strip_suffix(c));
    match (side('l'), side('r')) {
        (Some(amount), _) => read_percent(amount).map(|amount| -amount),
        (_, Some(amount)) => read_percent(amount),
        _ => read_percent(&word),
    }
}

/// Reads a whole number, with or without one of `units` behind it.
pub(super) fn read_whole(text: &str, units: &[&str]) -> Option<i32> {
    let (value, unit) = number_and_unit(text)?;
    let known = unit.is_empty() || units.iter().any(|name| *name == unit);
    (known && value.abs() < 1e6).then(|| value.round() as i32)
}

/// A name in the form in which it is compared: lower case, ASCII accidentals, single spaces.
fn folded(name: &str) -> String {
    let plain = name.replace('♭', "b").replace('♯', "#").to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The place of `text` in `names`, whatever its case and accidentals; also of an enharmonic spelling, or of the
/// only name that begins like it.
pub(super) fn read_choice(text: &str, names: &[&str]) -> Option<i32> {
    let wanted = folded(text);
    let wanted = match wanted.as_str() {
        "c#" => "db",
        "d#" => "eb",
        "gb" => "f#",
        "g#" => "ab",
        "a#" => "bb",
        other => other,
    };
    let exact = names.iter().position(|name| folded(name) == wanted);
    let mut beginning = names.iter().enumerate().filter(|(_, name)| folded(name).starts_with(wanted));
    let only = match (beginning.next(), beginning.next()) {
        (Some((place, _)), None) if !wanted.is_empty() => Some(place),
        _ => None,
    };
    exact.or(only).map(|place| place as i32)
}

/// Reads a switch.
pub(super) fn read_switch(text: &str) -> Option<bool> {
    match folded(text).as_str() {
        "on" | "yes" | "true" | "1" => Some(true),
        "off" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}
