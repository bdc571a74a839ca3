//! The parameters as hosts see them: ids and ranges are frozen, texts read back.

use linnet::PluginKind;
use linnet::params::LinnetParams;
use linnet::state::SavedState;
use nice_plug::params::internals::ParamPtr;
use nice_plug::prelude::{ParamFlags, Params};
use proptest::prelude::*;

fn params(kind: PluginKind) -> LinnetParams {
    let (_, worker, editor) = linnet_handover::connect();
    LinnetParams::new(kind, SavedState::new(worker.view, editor.orders))
}

fn text(param: ParamPtr, normalised: f32) -> String {
    // SAFETY: every caller keeps the parameters alive.
    unsafe { param.normalized_value_to_string(normalised, true) }
}

fn value(param: ParamPtr, text: &str) -> Option<f32> {
    // SAFETY: every caller keeps the parameters alive.
    unsafe { param.string_to_normalized_value(text) }
}

/// One line a parameter: id, name, group, what it says at the ends and by default, its steps and its flags.
fn listing(params: &LinnetParams) -> String {
    let mut lines = String::new();
    for (id, param, group) in params.param_map() {
        // SAFETY: `params` outlives the loop.
        let (name, default, steps, flags) =
            unsafe { (param.name(), param.default_normalized_value(), param.step_count(), param.flags()) };
        let steps = steps.map_or("continuous".to_owned(), |steps| format!("{steps} steps"));
        let hidden = if flags.contains(ParamFlags::HIDDEN) { " | hidden" } else { "" };
        let (low, high, default) = (text(param, 0.0), text(param, 1.0), text(param, default));
        let range = format!("{low} … {high} | {default} | {steps}{hidden}");
        lines.extend([id.as_str(), " | ", name, " | ", &group, " | ", &range, "\n"]);
    }
    lines
}

fn check_snapshot(kind: PluginKind, file: &str) {
    let path = format!("{}/tests/snapshots/{file}", env!("CARGO_MANIFEST_DIR"));
    let listing = listing(&params(kind));
    if std::env::var_os("LINNET_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &listing).expect("the snapshot is writable");
    }
    let frozen = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(listing == frozen, "{file} no longer holds; saved projects break:\n{listing}");
}

#[test]
fn the_parameters_of_linnet_are_frozen() {
    check_snapshot(PluginKind::Instrument, "linnet.txt");
}

#[test]
fn the_parameters_of_linnet_notes_are_frozen() {
    check_snapshot(PluginKind::Notes, "linnet_notes.txt");
}

#[test]
fn ids_are_unique_also_as_the_hash_that_hosts_see() {
    let params = params(PluginKind::Instrument);
    let hash =
        |id: &str| id.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let mut hashes: Vec<u32> = params.param_map().iter().map(|(id, ..)| hash(id) & 0x7FFF_FFFF).collect();
    let all = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), all);
}

#[test]
fn linnet_notes_has_no_parameter_of_the_sound() {
    let of = |kind| params(kind).param_map().into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    let (linnet, notes) = (of(PluginKind::Instrument), of(PluginKind::Notes));
    assert!(notes.iter().all(|id| linnet.contains(id)));
    let sound = |id: &String| {
        ["eq", "reverb", "delay", "output", "limiter"].iter().any(|start| id.starts_with(start))
            || [
                "_level_db",
                "_pan",
                "_reverb_send_db",
                "_delay_send_db",
                "_sound",
                "_width",
                "_low_cut",
                "_tune",
                "_decay",
            ]
            .iter()
            .any(|end| id.ends_with(end))
    };
    assert!(!notes.iter().any(sound));
    assert!(linnet.iter().filter(|id| !sound(id)).all(|id| notes.contains(id)));
}

/// What the parameter `id` says once it has taken what is `typed`.
fn read(id: &str, typed: &str) -> Option<String> {
    let params = params(PluginKind::Instrument);
    let map = params.param_map();
    let (_, param, _) = map.iter().find(|(other, ..)| other == id).expect("a parameter of this id");
    value(*param, typed).map(|value| text(*param, value))
}

fn check(id: &str, typed: &str, expect: &str) {
    assert_eq!(read(id, typed).as_deref(), Some(expect), "{id}: {typed:?}");
}

#[test]
fn values_are_read_as_people_type_them() {
    for typed in ["-6 dB", "−6", "-6,0", " – 6 DB "] {
        check("lead_level_db", typed, "−6.0 dB");
    }
    for typed in ["-inf", "−∞ dB", "off", "-200"] {
        check("lead_level_db", typed, "−∞ dB");
    }
    check("lead_level_db", "0", "0.0 dB");
    check("eq3_gain_db", "3", "+3.0 dB");
    for typed in ["2.5 k", "2.5kHz", "2500", "2500 Hz"] {
        check("eq3_freq_hz", typed, "2.50 kHz");
    }
    check("eq3_freq_hz", "999.97", "1.00 kHz");
    check("reverb_decay_s", "1500 ms", "1.50 s");
    check("reverb_pre_delay_ms", "0.02 s", "20.0 ms");
    for typed in ["50 %", "50", "50.2"] {
        check("density", typed, "50 %");
    }
    for (typed, expect) in [("c", "C"), ("AUTO", "auto"), ("Db", "D♭"), ("c#", "D♭"), ("g♭", "F♯")] {
        check("key", typed, expect);
    }
    assert_eq!(read("key", "H"), None);
    check("scale", "harm", "harmonic minor");
    check("mode", "accomp", "Accompany");
    for typed in ["lo-fi", "LO-FI", "lo"] {
        check("style_a", typed, "Lo-fi");
    }
    check("style_b", "bossa  nova", "Bossa nova");
    for typed in ["dark", "-100", "−100 % dark", "-250 %"] {
        check("valence", typed, "−100 % dark");
    }
    check("valence", "-30 %", "−30 %");
    check("valence", "bright", "+100 % bright");
    check("energy", "calm", "0 % calm");
    check("energy", "24", "24 %");
    check("chords_role", "counter", "counter-line");
    check("bars", "1", "1 bar");
    check("bars", "8 bars", "8 bars");
    check("auto", "4", "4 bars");
    check("lead_octave", "-1", "−1 oct");
    check("lead_pan", "L50", "L 50");
    check("lead_pan", "30 r", "R 30");
    check("lead_pan", "centre", "C");
    check("lead_midi_channel", "1", "1");
    check("drums_midi_channel", "10", "10");
    check("register", "12 st", "+1.00 oct");
    check("limiter", "ON", "on");
    check("lead_sound", "auto", "Auto");
    check("lead_sound", "concert", "Concert grand");
    check("bass_sound", "ACID BASS", "Acid bass");
    check("drums_sound", "boom", "Boom machine");
    check("chords_sound", "own", "Own instrument");
    check("delay_time", "1/8", "1/8");
    check("delay_time", "1/8 dot", "1/8 dotted");
    check("lead_delay_send_db", "off", "−∞ dB");
    check("drums_low_cut", "0.5 k", "500.0 Hz");
    check("drums_low_cut", "Off", "off");
    check("reverb_type", "SPACE", "space");
}

#[test]
fn values_of_a_kits_pieces_are_read_as_people_type_them() {
    for typed in ["2", "+2 st", "2 semitones", "200 cents", "2,0 ST"] {
        check("kick_tune", typed, "+2.00 st");
    }
    check("toms_tune", "-1 oct", "−12.00 st");
    check("snare_tune", "−90", "−24.00 st");
    check("open_hat_decay", "150", "150 %");
    check("open_hat_decay", "1 %", "25 %");
    check("side_stick_level_db", "off", "−∞ dB");
    check("percussion_level_db", "+3", "3.0 dB");
    check("reverb_space", "wooden", "wooden room");
}

#[test]
fn lists_name_what_their_places_stand_for() {
    use linnet::params::{CHORDS_ROLES, MODES, SPACES, STYLES};
    assert_eq!(SPACES.len(), linnet_engine::settings::SpaceType::ALL.len() + 1, "the last is the user's own");
    assert_eq!(MODES, linnet_music::Mode::ALL.map(linnet_music::Mode::name));
    assert_eq!(STYLES[1..], linnet_music::Style::ALL.map(linnet_music::Style::name));
    assert_eq!(CHORDS_ROLES.len(), linnet_music::ChordsRole::ALL.len());
}

#[test]
fn a_saved_mode_is_the_same_mode_whatever_the_number_of_modes() {
    let params = params(PluginKind::Instrument);
    let (_, mode, _) = params.param_map().into_iter().find(|(id, ..)| id == "mode").unwrap();
    // A project saves the place itself, 2 for Groove, and not its share of the range.
    // SAFETY: `params` outlives the call.
    let groove = unsafe { mode.preview_normalized(2.0) };
    assert_eq!(text(mode, groove), "Groove");
}

#[test]
fn nonsense_is_refused() {
    let params = params(PluginKind::Instrument);
    for (id, param, _) in params.param_map() {
        for typed in ["", "banana", "--3", "NaN", "inf", "3 bananas", "1e999"] {
            // "NaN", "inf" and the like are no numbers here either; an empty text is no choice.
            assert_eq!(value(param, typed), None, "{id}: {typed:?}");
        }
    }
}

proptest! {
    #[test]
    fn every_text_reads_back_as_what_it_shows(normalised in 0.0_f32..=1.0) {
        let params = params(PluginKind::Instrument);
        for (id, param, _) in params.param_map() {
            let shown = text(param, normalised);
            let read = value(param, &shown);
            prop_assert!(read.is_some(), "{}: {:?} cannot be read", id, shown);
            let again = read.map(|value| text(param, value));
            prop_assert_eq!(again.as_ref(), Some(&shown), "{} at {}", id, normalised);
        }
    }
}
