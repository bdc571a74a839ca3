//! What preset files promise.

use super::{Preset, PresetError};
use linnet_engine::synth::bank;

fn factory() -> Vec<Preset> {
    bank::presets().map(|(number, _)| Preset::factory(number).expect("it is in the bank")).collect()
}

#[test]
fn every_preset_of_the_bank_is_written_and_read_back_equal() {
    let mut longest = 0;
    for preset in factory() {
        let text = preset.to_toml();
        longest = longest.max(text.len());
        let read =
            Preset::from_toml(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", preset.name));
        assert_eq!(read.preset, preset, "{text}");
        assert!(read.unknown.is_empty(), "{}: {:?}", preset.name, read.unknown);
        assert_eq!(read.preset.to_toml(), text);
    }
    println!("{} presets, of {longest} bytes at most", factory().len());
}

/// The text of a preset in which `from` is replaced.
fn changed(from: &str, to: &str) -> String {
    let text = Preset::factory(12).expect("it is in the bank").to_toml();
    assert!(text.contains(from), "{text}");
    text.replacen(from, to, 1)
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let check = |text: &str, expect: &str| {
        let error = Preset::from_toml(text).expect_err("it is broken").to_string();
        assert!(error.contains(expect), "{error}");
    };
    check("", "no preset of Linnet");
    check("linnet_preset = \"one\"", "no preset of Linnet");
    check("linnet_preset = 7", "needs a newer Linnet");
    check("linnet_preset = 1", "missing field");
    check("[[", "cannot be read");
    check(&"#".repeat(70_000), "too large");
    check(&changed("slope_db_per_octave = 12", "slope_db_per_octave = 13"), "must be 12 or 24");
    check(&changed("glide_s = 0.0", "glide_s = 99.0"), "glide_s is 99; it must lie between 0 and 5.");
    check(&changed("glide_s = 0.0", "glide_s = nan"), "glide_s is NaN");
    check(&changed("unison = 6", "unison = 7"), "layers[0].unison is 7");
    check(&changed("wave = \"saw\"", "wave = \"sew\""), "unknown variant `sew`");
}

#[test]
fn fields_of_a_newer_version_are_named_and_do_no_harm() {
    let text =
        changed("[filter]", "[filter]\nwarmth = 3").replace("[[layers]]", "[[layers]]\nwarp_share = 0.5");
    let read = Preset::from_toml(&text).expect("it can be read");
    assert_eq!(read.unknown, ["filter.warmth", "layers[0].warp_share"]);
    assert_eq!(Some(read.preset), Preset::factory(12));
}

#[test]
fn too_many_of_anything_is_refused() {
    let text = Preset::factory(12).expect("it is in the bank").to_toml();
    let lfo = "\n[[lfos]]\nwave = \"sine\"\nrate_hz = 1.0\ndelay_s = 0.0\nfade_s = 0.0\n";
    let error = Preset::from_toml(&(text + lfo)).expect_err("there are three");
    assert_eq!(error, PresetError::Count { what: "lfos", found: 3, min: 0, max: 2 });
}
