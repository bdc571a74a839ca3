//! Golden renders: every named scene at three rates against its record, and the same in blocks of any length. What changed
//! the sound on purpose writes the records anew by `cargo xtask render --bless`, and says why.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet_tests::golden::{self, Distance, RATES_HZ, Record, Take, measure};
use linnet_tests::offline::{self, PARTIALS, SCENES, Script, render_script};

/// Block lengths that follow each other.
const UNEVEN: [usize; 9] = [1, 7, 64, 333, 1024, 2, 16, 4096, 511];
/// How far the same sound may be in other blocks.
const SPLIT_MAX: f32 = 1e-5;
/// All records together.
const BYTES_MAX: u64 = 400_000;

fn record(name: &str) -> Record {
    let file = golden::file(name);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask render --bless` writes it", file.display())
    });
    Record::from_text(&text).unwrap()
}

fn script(name: &str) -> Script {
    (SCENES.iter().find(|scene| scene.name == name).unwrap().script)()
}

fn take(script: &Script, rate_hz: u32) -> Take {
    measure(&render_script(script, f64::from(rate_hz), &[512]).audio, rate_hz)
}

fn distance(name: &str, take: &Take) -> Distance {
    let record = record(name);
    let golden = record.takes.iter().find(|golden| golden.rate_hz == take.rate_hz).unwrap();
    take.distance(golden).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn check(name: &str) {
    let script = script(name);
    for rate_hz in RATES_HZ {
        let found = distance(name, &take(&script, rate_hz));
        println!("{name} at {rate_hz} Hz: {:.2} of what is allowed ({})", found.worst, found.place);
        assert!(
            found.failed == 0,
            "{name} at {rate_hz} Hz: {} of {} figures differ, most of all {}",
            found.failed,
            found.count,
            found.place
        );
    }
    let whole = render_script(&script, 48_000.0, &[usize::MAX]).audio;
    let split = render_script(&script, 48_000.0, &UNEVEN).audio;
    assert_eq!(whole.each_ref().map(Vec::len), split.each_ref().map(Vec::len), "{name}");
    assert!(whole.iter().chain(&split).flatten().all(|sample| sample.is_finite()), "{name}");
    let apart = |(one, other): (&f32, &f32)| (one - other).abs();
    let most = whole.iter().flatten().zip(split.iter().flatten()).map(apart).fold(0.0, f32::max);
    println!("{name} in other blocks: off by {most:.1e}");
    assert!(most <= SPLIT_MAX, "{name}: {most}");
}

/// One test a scene, so that they run side by side.
macro_rules! sounds_as_recorded {
    ($($scene:ident),*) => {
        mod sounds_as_recorded_in_any_blocks {
            $(#[test] fn $scene() { super::check(stringify!($scene)); })*
        }
        const TESTED: &[&str] = &[$(stringify!($scene)),*];
    };
}

sounds_as_recorded!(
    full_band,
    lead_glide,
    pad_morph,
    plucks,
    bass_drive,
    chords_eq_sweep,
    kits_first,
    kits_later,
    room,
    hall,
    plate,
    space,
    delay_in_tempo,
    limiter_driven,
    everything_moves,
    own_instruments
);

#[test]
fn every_scene_is_tested_and_the_records_stay_small() {
    assert_eq!(TESTED, SCENES.map(|scene| scene.name));
    let sizes: Vec<u64> =
        SCENES.iter().map(|scene| std::fs::metadata(golden::file(scene.name)).unwrap().len()).collect();
    println!("records: {} bytes, the largest {:?}", sizes.iter().sum::<u64>(), sizes.iter().max());
    assert!(sizes.iter().all(|size| *size <= 20_480) && sizes.iter().sum::<u64>() <= BYTES_MAX);
    let files = std::fs::read_dir(golden::folder()).unwrap().count();
    assert_eq!(files, SCENES.len(), "a record has no scene");
}

/// Renders `name` changed and says how far from the record it is.
fn changed(name: &str, what: &str, script: &Script) {
    let found = distance(name, &take(script, 48_000));
    println!("{name}, {what}: {} of {} figures differ, most {:.1}", found.failed, found.count, found.worst);
    assert!(found.failed > 0, "{name}: {what} was not seen");
}

#[test]
fn a_tenth_of_a_decibel_is_seen() {
    for name in ["lead_glide", "pad_morph", "plucks", "hall", "kits_first"] {
        let mut script = script(name);
        let before = script.settings;
        script.settings = Box::new(move |beat| {
            let mut settings = before(beat);
            settings.output_db += 0.1;
            settings
        });
        changed(name, "0.1 dB louder", &script);
    }
    let mut band = script("full_band");
    let before = band.settings;
    band.settings = Box::new(move |beat| {
        let mut settings = before(beat);
        settings.parts[1].level_db -= 0.1;
        settings
    });
    changed("full_band", "the chords 0.1 dB softer", &band);
}

#[test]
fn a_note_that_is_a_tick_late_is_seen() {
    for (name, part) in [("full_band", 0), ("plucks", 1), ("bass_drive", 2), ("kits_first", 3)] {
        let mut script = script(name);
        script.parts[part][3].onset.0 += 1.0 / 960.0;
        changed(name, "a note 1/960 beat late", &script);
    }
}

#[test]
fn a_partial_that_is_missing_is_seen() {
    for missing in 1..PARTIALS.len() {
        let mut partials = PARTIALS;
        partials[missing] = 0.0;
        let what = format!("partial {} missing", missing + 1);
        changed("own_instruments", &what, &offline::with_partials(partials));
    }
    let mut script = script("lead_glide");
    let before = script.settings;
    script.settings = Box::new(move |beat| {
        let mut settings = before(beat);
        // The third partial of the first note.
        let bell = &mut settings.bands[3];
        (bell.on, bell.freq_hz, bell.gain_db, bell.q) = (true, 881.0, -24.0, 18.0);
        settings
    });
    changed("lead_glide", "its third partial taken out", &script);
}
