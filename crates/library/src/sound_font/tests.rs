//! What the reader of a SoundFont promises, on fonts made in code.

use super::fixture::{Font, SampleRow};
use super::*;
use linnet_engine::sampler::Looping;
use proptest::prelude::*;
use std::io::Cursor;

fn load(font: &Font, bank: u16, program: u16) -> Result<Loaded, Fault> {
    SoundFont::open(Cursor::new(font.bytes()), "test.sf2")?.load(bank, program, &AtomicBool::new(false))
}

fn zone(font: &Font) -> Zone {
    load(font, 0, 0).unwrap().instrument.zones()[0]
}

#[test]
fn a_sample_its_loop_and_its_pitch_are_read() {
    let loaded = load(&Font::sine(), 0, 0).unwrap();
    let (zone, sample) = (&loaded.instrument.zones()[0], &loaded.instrument.samples()[0]);
    assert_eq!((loaded.name.as_str(), zone.frames, zone.loop_frames), ("Preset 0", [0, 2000], [500, 1500]));
    assert_eq!((zone.looping, zone.root_key, zone.keys), (Looping::Continuous, 69.0, [0, 127]));
    assert!((sample.left[25] - 30_000.0 / 32_768.0).abs() < 1e-4 && sample.sample_rate_hz == 44_100.0);
}

#[test]
fn a_presets_generators_are_added_and_global_ones_are_replaced() {
    let mut font = Font::sine();
    // Global: 300 cents of tuning, release 1 s; the zone: 2 s. The preset: an octave, and half the time.
    font.instruments[0] = vec![vec![(51, 3), (38, 0)], vec![(38, 1200), (43, 0x4020), (53, 0)]];
    font.presets[0].2 = vec![vec![(51, 12)], vec![(38, -1200), (43, 0x3010), (41, 0)]];
    let zone = zone(&font);
    assert!((zone.envelope.release_s - 1.0).abs() < 1e-5, "{}", zone.envelope.release_s);
    assert_eq!((zone.tuning_cents, zone.keys), (1500.0, [0x20, 0x30]));
}

#[test]
fn generators_mean_what_the_specification_says() {
    let mut font = Font::sine();
    let list = [
        (8, 6900),
        (9, 60),
        (17, -250),
        (33, -1200),
        (34, 0),
        (35, 1200),
        (36, 2400),
        (37, 200),
        (39, 50),
        (48, 100),
        (52, 12),
        (54, 3),
        (56, 50),
        (57, 4),
        (58, 64),
        (0, 100),
        (1, -200),
        (2, 10),
        (3, -10),
        (11, 1200),
        (29, 250),
        (53, 0),
    ];
    font.instruments[0] = vec![list.to_vec()];
    let zone = zone(&font);
    let filter = zone.filter.unwrap();
    let envelope = zone.envelope;
    assert!((filter.cutoff_hz - 440.0).abs() < 0.1 && (filter.resonance_db - 6.0).abs() < 1e-5);
    let times = [envelope.delay_s, envelope.attack_s, envelope.hold_s, envelope.decay_s, envelope.sustain_db];
    for (time, expect) in times.iter().zip([0.5, 1.0, 2.0, 4.0, 20.0]) {
        assert!((time - expect).abs() < 1e-4, "{times:?}");
    }
    assert_eq!((zone.pan, zone.level_db, zone.hold_cents_per_key), (-0.5, -4.0, 50.0));
    assert_eq!((zone.tuning_cents, zone.cents_per_key, zone.root_key), (12.0, 50.0, 64.0));
    assert_eq!((zone.group, zone.ended_by, zone.looping), (4, 4, Looping::UntilRelease));
    assert_eq!((zone.frames, zone.loop_frames), ([100, 1800], [510, 1490]));
    let modulation = zone.modulation.unwrap();
    assert_eq!((modulation.cutoff_cents, modulation.times.sustain_db), (1200.0, 25.0));
}

#[test]
fn presets_are_listed_by_bank_and_program() {
    let mut font = Font::sine();
    font.presets =
        [(128, 0), (0, 40), (0, 5)].map(|(bank, program)| (bank, program, vec![vec![(41, 0)]])).to_vec();
    let presets = SoundFont::open(Cursor::new(font.bytes()), "test.sf2").unwrap().presets();
    let found: Vec<_> = presets.iter().map(|preset| (preset.bank, preset.program)).collect();
    assert_eq!(found, [(0, 5), (0, 40), (128, 0)]);
}

fn fault(font: &Font) -> String {
    let sentence = load(font, 0, 0).unwrap_err().to_string();
    println!("{sentence}");
    sentence
}

#[test]
fn every_fault_is_a_sentence_that_names_the_file_and_the_sample() {
    let font = Font::sine();
    assert!(load(&font, 0, 9).unwrap_err().to_string().contains("no preset 9 in bank 0"));
    assert!(fault(&Font { major: 3, ..font.clone() }).contains("SoundFont 3"));
    let with = |row: SampleRow| Font { samples: vec![row], ..font.clone() };
    let row = font.samples[0];
    assert!(fault(&with(SampleRow { kind: 0x11, ..row })).contains("compressed"));
    assert!(fault(&with(SampleRow { kind: 0x8001, ..row })).contains("sound card"));
    let behind = fault(&with(SampleRow { places: [0, 3000, 0, 10], ..row }));
    assert!(behind.contains("“Sample 0”") && behind.contains("test.sf2"));
    assert!(fault(&with(SampleRow { places: [0, u32::MAX, 0, 10], ..row })).contains("1 GiB"));
    assert!(
        fault(&Font { instruments: vec![vec![vec![(53, 7)]]], ..font.clone() }).contains("plays no sample")
    );
    let no_font = SoundFont::open(Cursor::new(b"RIFF....WAVE".to_vec()), "a.sf2").map(|_| ()).unwrap_err();
    assert!(no_font.to_string().contains("not a SoundFont"));
}

#[test]
fn modulators_that_are_not_used_are_counted() {
    let font = Font { modulators: 3, ..Font::sine() };
    assert_eq!(load(&font, 0, 0).unwrap().remarks, ["3 modulators of the file are not used."]);
}

fn tries(bytes: Vec<u8>) {
    let Ok(mut font) = SoundFont::open(Cursor::new(bytes), "wild.sf2") else { return };
    for preset in font.presets() {
        if let Err(fault) = font.load(preset.bank, preset.program, &AtomicBool::new(false)) {
            assert!(!fault.to_string().is_empty());
        }
    }
}

#[test]
fn a_font_cut_off_anywhere_is_a_sentence_or_a_sound() {
    let bytes = Font::sine().bytes();
    for length in 0..bytes.len() {
        tries(bytes[..length].to_vec());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_font_with_wrong_bytes_is_a_sentence_or_a_sound(
        changes in prop::collection::vec((0_usize..800, any::<u8>()), 1..12),
        in_tables: bool,
    ) {
        let mut bytes = Font { modulators: 1, ..Font::sine() }.bytes();
        let first = if in_tables { bytes.len() - 500 } else { 0 };
        for (place, byte) in changes {
            if let Some(found) = bytes.get_mut(first + place) {
                *found = byte;
            }
        }
        tries(bytes);
    }

    #[test]
    fn any_bytes_are_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        tries([b"RIFF\xff\xff\xff\xffsfbk".to_vec(), bytes].concat());
    }
}
