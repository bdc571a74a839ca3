//! From a region's opcodes to a zone of the engine.
//!
//! Never runs on the audio thread. The opcodes as sfzformat.com describes them.

use crate::wav::Wav;
use linnet_engine::sampler::{EnvelopeTimes, Filter, Looping, ModulationEnvelope, Zone};
use std::collections::BTreeMap;

/// The opcodes of a region with those of the headers above it.
pub(super) type Opcodes = BTreeMap<String, String>;

/// The opcodes that are used.
const KNOWN: [&str; 53] = [
    "sample",
    "lokey",
    "hikey",
    "key",
    "pitch_keycenter",
    "pitch_keytrack",
    "lovel",
    "hivel",
    "loop_mode",
    "loopmode",
    "loop_start",
    "loopstart",
    "loop_end",
    "loopend",
    "offset",
    "end",
    "volume",
    "amplitude",
    "pan",
    "tune",
    "transpose",
    "amp_veltrack",
    "ampeg_delay",
    "ampeg_attack",
    "ampeg_hold",
    "ampeg_decay",
    "ampeg_sustain",
    "ampeg_release",
    "cutoff",
    "resonance",
    "fil_type",
    "fileg_delay",
    "fileg_attack",
    "fileg_hold",
    "fileg_decay",
    "fileg_sustain",
    "fileg_release",
    "fileg_depth",
    "pitcheg_delay",
    "group",
    "off_by",
    "trigger",
    "seq_position",
    "seq_length",
    "lorand",
    "hirand",
    "sw_last",
    "sw_default",
    "sw_lokey",
    "sw_hikey",
    "default_path",
    "note_offset",
    "octave_offset",
];

/// Whether an opcode changes what is heard here; names and colours count as such.
pub(super) fn is_known(opcode: &str) -> bool {
    let is_word = opcode.ends_with("_label") || opcode.ends_with("_name") || opcode.starts_with("set_cc");
    KNOWN.contains(&opcode) || is_word || opcode.starts_with("label_cc")
}

fn number(opcodes: &Opcodes, name: &str) -> Option<f32> {
    let text = opcodes.get(name)?;
    text.split_whitespace().next()?.parse::<f32>().ok().filter(|value| value.is_finite())
}

fn whole(opcodes: &Opcodes, name: &str) -> Option<u32> {
    number(opcodes, name).filter(|value| *value >= 0.0).map(|value| value as u32)
}

/// A key by its number or its name: "c4" is 60, "f#3", "db2". None where it is neither, or no key.
pub(super) fn key(text: &str) -> Option<i32> {
    if let Ok(number) = text.trim().parse::<i32>() {
        return Some(number);
    }
    let text = text.trim().to_lowercase();
    let letter = text.chars().next()?;
    let step = [('c', 0), ('d', 2), ('e', 4), ('f', 5), ('g', 7), ('a', 9), ('b', 11)]
        .into_iter()
        .find_map(|(name, step)| (name == letter).then_some(step))?;
    let rest = &text[letter.len_utf8()..];
    let (shift, octave) = match rest.chars().next()? {
        '#' | '♯' => (1, rest.trim_start_matches(['#', '♯'])),
        'b' | '♭' => (-1, rest.trim_start_matches(['b', '♭'])),
        _ => (0, rest),
    };
    Some(12 * (octave.parse::<i32>().ok()? + 1) + step + shift)
}

/// Whether the region sounds when a key is struck and nothing else has happened: the first of those that take turns, the
/// key switch that is set at first, no release samples.
pub(super) fn is_struck(opcodes: &Opcodes) -> bool {
    let trigger = opcodes.get("trigger").map_or("attack", String::as_str);
    let is_turn =
        whole(opcodes, "seq_position").unwrap_or(1) <= 1 && number(opcodes, "lorand").unwrap_or(0.0) <= 0.0;
    let switch = |name: &str| opcodes.get(name).and_then(|text| key(text));
    let is_switched =
        switch("sw_last").is_none_or(|last| switch("sw_default").is_none_or(|default| default == last));
    let is_played = !opcodes.keys().any(|name| name.starts_with("on_locc") || name.starts_with("on_hicc"));
    matches!(trigger, "attack" | "first") && is_turn && is_switched && is_played
}

/// The keys, shifted by the file's offset; none where no key is left.
fn keys(opcodes: &Opcodes) -> Option<[u8; 2]> {
    let offset = |name: &str| number(opcodes, name).unwrap_or(0.0) as i32;
    let shift = offset("note_offset").saturating_add(offset("octave_offset").saturating_mul(12));
    let get = |name: &str| opcodes.get(name).and_then(|text| key(text));
    let low = get("lokey").or(get("key")).unwrap_or(0).saturating_add(shift);
    let high = get("hikey").or(get("key")).unwrap_or(127).saturating_add(shift);
    // −1 says that keys do not play it.
    let is_some = low <= high && high >= 0 && low <= 127;
    is_some.then(|| [low.clamp(0, 127) as u8, high.clamp(0, 127) as u8])
}

/// The zone of a region, playing `wav` as the first sample; none where no key plays it.
pub(super) fn zone(opcodes: &Opcodes, wav: &Wav) -> Option<Zone> {
    let keys = keys(opcodes)?;
    // −1 says that the region does not play.
    if number(opcodes, "end").is_some_and(|end| end < 0.0) {
        return None;
    }
    let percent = |name: &str, default: f32| number(opcodes, name).unwrap_or(default) / 100.0;
    let velocity =
        |name: &str, default: f32| number(opcodes, name).unwrap_or(default).clamp(0.0, 127.0) as u8;
    let velocities = [velocity("lovel", 0.0).max(1), velocity("hivel", 127.0)];
    let length = wav.sample.left.len().min(u32::MAX as usize) as u32;
    let end = whole(opcodes, "end").map_or(length, |end| end.saturating_add(1).min(length));
    let (looping, is_one_shot, loop_frames) = looping(opcodes, wav, length);
    let root_key = opcodes.get("pitch_keycenter").or(opcodes.get("key")).and_then(|text| key(text));
    let amplitude = percent("amplitude", 100.0).max(1e-7);
    let zone = Zone {
        keys,
        velocities,
        frames: [whole(opcodes, "offset").unwrap_or(0), end],
        looping,
        loop_frames,
        is_one_shot,
        root_key: root_key.map_or_else(|| f32::from(wav.root_key.unwrap_or(60)), |root| root as f32),
        tuning_cents: number(opcodes, "tune").unwrap_or(0.0)
            + 100.0 * number(opcodes, "transpose").unwrap_or(0.0),
        cents_per_key: number(opcodes, "pitch_keytrack").unwrap_or(100.0),
        level_db: number(opcodes, "volume").unwrap_or(0.0) + 20.0 * amplitude.log10(),
        pan: percent("pan", 0.0),
        velocity_tracking: percent("amp_veltrack", 100.0),
        envelope: envelope(opcodes, "ampeg", EnvelopeTimes::default()),
        filter: filter(opcodes),
        modulation: modulation(opcodes),
        group: whole(opcodes, "group").unwrap_or(0),
        ended_by: whole(opcodes, "off_by").unwrap_or(0),
        ..Zone::default()
    };
    (velocities[0] <= velocities[1]).then_some(zone)
}

fn looping(opcodes: &Opcodes, wav: &Wav, length: u32) -> (Looping, bool, [u32; 2]) {
    let mode = opcodes.get("loop_mode").or(opcodes.get("loopmode")).map(String::as_str);
    let own = wav.loop_frames;
    let looping = match mode {
        Some("loop_continuous") => Looping::Continuous,
        Some("loop_sustain") => Looping::UntilRelease,
        None if own.is_some() => Looping::Continuous,
        _ => Looping::None,
    };
    let get = |one: &str, other: &str| whole(opcodes, one).or(whole(opcodes, other));
    let start = get("loop_start", "loopstart").or(own.map(|frames| frames[0])).unwrap_or(0);
    let end = get("loop_end", "loopend").map(|last| last.saturating_add(1)).or(own.map(|frames| frames[1]));
    (looping, mode == Some("one_shot"), [start, end.unwrap_or(length)])
}

fn envelope(opcodes: &Opcodes, prefix: &str, default: EnvelopeTimes) -> EnvelopeTimes {
    let get = |name: &str| number(opcodes, &format!("{prefix}_{name}"));
    let sustain = (get("sustain").unwrap_or(100.0) / 100.0).clamp(0.0, 1.0);
    let is_level = prefix == "ampeg";
    let sustain_db =
        if is_level { (-20.0 * sustain.max(1e-5).log10()).min(100.0) } else { 100.0 * (1.0 - sustain) };
    EnvelopeTimes {
        delay_s: get("delay").unwrap_or(default.delay_s),
        attack_s: get("attack").unwrap_or(default.attack_s),
        hold_s: get("hold").unwrap_or(default.hold_s),
        decay_s: get("decay").unwrap_or(default.decay_s),
        sustain_db,
        // Shorter ones would click.
        release_s: get("release").unwrap_or(default.release_s).max(0.01),
    }
}

fn filter(opcodes: &Opcodes) -> Option<Filter> {
    let kind = opcodes.get("fil_type").map_or("lpf_2p", String::as_str);
    let cutoff_hz = number(opcodes, "cutoff")?;
    let resonance_db = number(opcodes, "resonance").unwrap_or(0.0);
    kind.starts_with("lpf").then_some(Filter { cutoff_hz, resonance_db })
}

fn modulation(opcodes: &Opcodes) -> Option<ModulationEnvelope> {
    let cutoff_cents = number(opcodes, "fileg_depth").filter(|depth| *depth != 0.0)?;
    let times = envelope(opcodes, "fileg", EnvelopeTimes::default());
    Some(ModulationEnvelope { times, pitch_cents: 0.0, cutoff_cents })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_numbers_and_names() {
        for (text, expect) in [
            ("60", Some(60)),
            ("c4", Some(60)),
            ("C#4", Some(61)),
            ("db4", Some(61)),
            ("b3", Some(59)),
            ("bb-1", Some(10)),
            ("a-1", Some(9)),
            ("-1", Some(-1)),
            ("h4", None),
            ("", None),
            ("é4", None),
        ] {
            assert_eq!(key(text), expect, "{text}");
        }
    }
}
