//! What the reader of SFZ files promises, on files made in code.

use super::*;
use crate::wav::fixture;
use linnet_engine::sampler::Looping;
use proptest::prelude::*;

fn sample(path: &str) -> SampleRead {
    match path {
        "a.wav" | "kit/a.wav" => wav::read(Cursor::new(fixture::wav(1, &[0.5; 1000])), 1 << 20),
        "loop.wav" => wav::read(Cursor::new(fixture::looped(&[0.5; 1000], 50, [100, 899])), 1 << 20),
        _ => Err("there is no such file".to_owned()),
    }
}

fn built(text: &str) -> Result<Loaded, Fault> {
    build(text, "test.sfz", &mut sample, &AtomicBool::new(false))
}

fn zones(text: &str) -> Vec<Zone> {
    built(text).unwrap().instrument.zones().to_vec()
}

#[test]
fn samples_need_not_lie_in_a_folder() {
    let mut files = |path: &str| (path == "a.wav").then(|| fixture::wav(1, &[0.5; 100]));
    let mut read = |text: &str| from_text(text, "test.sfz", &mut files, &AtomicBool::new(false));
    assert_eq!(read("<region> sample=a.wav").unwrap().instrument.bytes(), 400);
    let fault = read("<region> sample=b.wav").unwrap_err().to_string();
    assert!(fault.contains("b.wav") && fault.contains("no such file"), "{fault}");
}

#[test]
fn regions_inherit_from_all_headers_above_them() {
    let zones = zones(
        "<control> default_path=kit\\ <global> volume=-6 pan=50 <group> lokey=c4 hikey=e4 volume=-3
         <region> sample=a.wav <region> sample=a.wav hikey=d4 tune=20 <group> <region> sample=a.wav",
    );
    let found: Vec<_> =
        zones.iter().map(|zone| (zone.keys, zone.level_db, zone.pan, zone.tuning_cents)).collect();
    let expect = [([60, 64], -3.0, 0.5, 0.0), ([60, 62], -3.0, 0.5, 20.0), ([0, 127], -6.0, 0.5, 0.0)];
    assert_eq!(found, expect);
}

#[test]
fn opcodes_mean_what_they_say() {
    let zone = zones(
        "<region> sample=a.wav key=57 lovel=10 hivel=90 offset=5 end=899 loop_mode=loop_sustain loop_start=100 loop_end=799
         ampeg_attack=0.1 ampeg_decay=2 ampeg_sustain=50 ampeg_release=0.7 cutoff=800 resonance=3 amp_veltrack=70 group=2
         off_by=3 transpose=-12 pitch_keytrack=50 fileg_depth=1200 fileg_attack=0.2 fileg_sustain=25",
    )[0];
    assert_eq!((zone.keys, zone.root_key, zone.velocities), ([57, 57], 57.0, [10, 90]));
    assert_eq!((zone.frames, zone.loop_frames, zone.looping), ([5, 900], [100, 800], Looping::UntilRelease));
    assert_eq!((zone.group, zone.ended_by, zone.tuning_cents, zone.cents_per_key), (2, 3, -1200.0, 50.0));
    let envelope = zone.envelope;
    assert_eq!((envelope.attack_s, envelope.decay_s, envelope.release_s), (0.1, 2.0, 0.7));
    assert!((envelope.sustain_db - 6.02).abs() < 0.01 && (zone.velocity_tracking - 0.7).abs() < 1e-6);
    assert_eq!(zone.filter.map(|filter| (filter.cutoff_hz, filter.resonance_db)), Some((800.0, 3.0)));
    let modulation = zone.modulation.unwrap();
    assert_eq!((modulation.cutoff_cents, modulation.times.sustain_db), (1200.0, 75.0));
}

#[test]
fn a_region_that_ends_before_it_begins_does_not_play() {
    let zones = zones("<region> sample=a.wav end=-1 <region> sample=a.wav key=50 end=0");
    assert_eq!(zones.iter().map(|zone| (zone.keys, zone.frames)).collect::<Vec<_>>(), [([50, 50], [0, 1])]);
}

#[test]
fn the_loop_and_the_root_of_the_wav_count_where_the_text_says_nothing() {
    let zone = zones("<region> sample=loop.wav")[0];
    assert_eq!((zone.looping, zone.loop_frames, zone.root_key), (Looping::Continuous, [100, 900], 50.0));
    let zone = zones("<region> sample=loop.wav loop_mode=one_shot pitch_keycenter=60")[0];
    assert_eq!((zone.looping, zone.is_one_shot, zone.root_key), (Looping::None, true, 60.0));
}

#[test]
fn what_no_struck_key_plays_is_left_out_and_unused_opcodes_are_named() {
    let loaded = built(
        "<region> sample=a.wav xfin_lokey=3 <region> sample=a.wav trigger=release xfin_lokey=4 bend_up=100
         <region> sample=a.wav seq_length=2 seq_position=2 <region> sample=a.wav sw_last=30 sw_default=31
         #include \"more.sfz\"",
    );
    // The line with the include does not belong to the third region.
    let loaded = loaded.unwrap();
    println!("{:?}", loaded.remarks);
    assert_eq!(loaded.instrument.zones().len(), 1);
    assert_eq!(loaded.remarks[0], "3 opcodes are not used: xfin_lokey (2), bend_up (1).");
    assert!(loaded.remarks[1].starts_with("3 regions") && loaded.remarks[2].contains("includes"));
}

#[test]
fn a_missing_sample_is_named() {
    let sentence = built("<region> sample=deep/b c.wav key=3").unwrap_err().to_string();
    println!("{sentence}");
    assert!(sentence.contains("deep/b c.wav") && sentence.contains("test.sfz"));
    assert!(built("<region> key=3").unwrap_err().to_string().contains("no region"));
    assert!(built("").unwrap_err().to_string().contains("no region"));
}

#[test]
fn a_file_and_its_samples_are_read_from_the_disk() {
    let folder = std::env::temp_dir().join(format!("linnet-sfz-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("Samples")).unwrap();
    std::fs::write(folder.join("Samples/a 1.wav"), fixture::wav(2, &[0.5; 400])).unwrap();
    let file = folder.join("My sound.sfz");
    std::fs::write(&file, "<region> sample=Samples\\a 1.wav key=60").unwrap();
    let loaded = load(&file, &AtomicBool::new(false)).unwrap();
    assert_eq!((loaded.name.as_str(), loaded.instrument.bytes()), ("My sound", 1600));
    for (text, word) in [("x.flac", "convert it to WAV"), ("*sine", "built-in"), ("Samples", "folder")] {
        std::fs::write(&file, format!("<region> sample={text}")).unwrap();
        let sentence = load(&file, &AtomicBool::new(false)).unwrap_err().to_string();
        println!("{sentence}");
        assert!(sentence.contains(word) && sentence.contains(text), "{sentence}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_is_a_sentence_or_a_sound(
        words in prop::collection::vec(prop::sample::select(vec![
            "<region>", "<group>", "<global>", "<control>", "<", ">", "=", "sample=a.wav", "sample=loop.wav", "key=", "key=c#4",
            "lokey=-1", "hikey=999", "loop_end=-5", "offset=4000000000", "end=1e30", "tune=nan", "volume=inf", "ampeg_sustain=",
            "//", "/*", "*/", "\n", " ", "#define $a <region>", "$a", "#include \"x\"", "é=ü", "cutoff=0", "fileg_depth=1e9",
        ]), 0..40),
        blanks: bool,
    ) {
        let _ = built(&words.join(if blanks { " " } else { "" }));
    }

    #[test]
    fn any_letters_are_a_sentence(text in "\\PC*") {
        let _ = built(&text);
        let _ = built(&format!("<region>sample=a.wav {text}"));
    }
}
