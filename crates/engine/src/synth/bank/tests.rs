//! What the bank promises, by rendering every preset.

mod phrases;

use super::{Category, NUMBER_MAX, OWN_INSTRUMENT, auto, choices, name, preset_at, presets, sound};
use crate::synth::sound::{FilterKind, MAX_OSCILLATORS, Playing};
use crate::{VoiceEvent, VoiceEventKind};
use linnet_music::{Part, Style};
use phrases::{Heard, RATE_HZ, all, part_of, render};
use realfft::RealFftPlanner;
use std::fmt::Write;

/// The loudness to which the presets of a category are brought, in LUFS.
fn target_lufs(category: Category) -> f64 {
    match category {
        Category::Lead | Category::Bass => -14.4,
        Category::Keys => -13.45,
        Category::Pluck | Category::Bell => -16.5,
        Category::Pad => -15.5,
        Category::Strings => -16.1,
        Category::Kit => -24.0,
    }
}

#[test]
fn presets_of_a_category_are_equally_loud_within_2_db() {
    let mut off = String::new();
    for category in Category::ALL {
        for heard in all().iter().filter(|heard| heard.category == category) {
            let away = heard.lufs - target_lufs(category);
            println!(
                "{:9} {:16} {:6.1} LUFS {away:+5.1} peak {:.2}",
                category.name(),
                heard.name,
                heard.lufs,
                heard.peak
            );
            if away.abs() > 2.0 {
                let _ = writeln!(off, "{}: {away:+.1} dB", heard.name);
            }
        }
    }
    assert!(off.is_empty(), "further than 2 dB from the middle:\n{off}");
}

#[test]
fn no_preset_clips_alone_at_the_loudest_default_level() {
    // Of the strips of a new instance the lead's is the highest, at −6 dB.
    for heard in all() {
        let peak = 0.501 * heard.peak;
        assert!((0.03..0.98).contains(&peak), "{}: {peak}", heard.name);
    }
}

#[test]
fn no_two_presets_sound_alike() {
    let distance = |one: &Heard, other: &Heard| {
        let squares = one.shape.iter().zip(&other.shape).map(|(a, b)| (a - b).powi(2));
        (squares.sum::<f64>() / one.shape.len() as f64).sqrt()
    };
    let mut nearest = f64::MAX;
    for (place, one) in all().iter().enumerate() {
        let others =
            all().iter().enumerate().filter(|(other, of)| *other != place && of.category == one.category);
        let near = others.map(|(_, other)| (distance(one, other), other.name));
        if let Some((away, other)) = near.min_by(|one, other| one.0.total_cmp(&other.0)) {
            println!("{:16} is {away:4.1} dB from {other}", one.name);
            nearest = nearest.min(away);
        }
    }
    assert!(nearest > 2.0, "the nearest two are {nearest:.2} dB apart");
}

fn on(part: Part, key: u8, velocity: f32) -> VoiceEvent {
    VoiceEvent { frame: 0, part, kind: VoiceEventKind::NoteOn { key, velocity, note: 1 } }
}

fn level_db(audio: &[Vec<f32>; 2]) -> f64 {
    let power: f64 = audio.iter().flatten().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * (power / audio[0].len() as f64).log10()
}

#[test]
fn every_preset_answers_to_velocity() {
    for (number, preset) in presets() {
        let part = part_of(preset.tags.category);
        let at = |velocity| level_db(&render(number, &[on(part, 48, velocity)], RATE_HZ / 2));
        let range = at(0.95) - at(0.35);
        println!("{:16} {range:4.1} dB from 0.35 to 0.95", preset.tags.name);
        assert!(range > 2.5, "{}: {range:.1} dB", preset.tags.name);
    }
    for (number, tags) in choices(Part::Drums) {
        let at = |velocity| level_db(&render(number, &[on(Part::Drums, 38, velocity)], RATE_HZ / 4));
        assert!(at(0.95) - at(0.35) > 6.0, "{}", tags.name);
    }
}

/// The frequency, near `freq_hz`, at which there is most, by parabola between the bins.
fn pitch_near(audio: &[f32], freq_hz: f64) -> f64 {
    let mut input: Vec<f64> = audio.iter().map(|x| f64::from(*x)).collect();
    let length = input.len() as f64;
    for (n, x) in input.iter_mut().enumerate() {
        *x *= 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / length).cos();
    }
    let transform = RealFftPlanner::new().plan_fft_forward(input.len());
    let mut output = transform.make_output_vec();
    transform.process(&mut input, &mut output).unwrap();
    let bin_hz = RATE_HZ as f64 / length;
    let range = (freq_hz * 0.8 / bin_hz) as usize..(freq_hz * 1.25 / bin_hz) as usize;
    let db = |bin: usize| output[bin].norm_sqr().log10();
    let most = range.max_by(|one, other| db(*one).total_cmp(&db(*other))).unwrap();
    let (below, at, above) = (db(most - 1), db(most), db(most + 1));
    (most as f64 + 0.5 * (below - above) / (below - 2.0 * at + above)) * bin_hz
}

#[test]
fn every_preset_is_at_pitch() {
    for (number, preset) in presets() {
        let part = part_of(preset.tags.category);
        let key = if part == Part::Bass { 40 } else { 69 };
        let freq_hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        let [left, _] = render(number, &[on(part, key, 0.8)], RATE_HZ);
        let heard = pitch_near(&left[RATE_HZ / 10..RATE_HZ * 6 / 10], freq_hz);
        let cents = 1200.0 * (heard / freq_hz).log2();
        println!("{:16} {cents:+5.1} cents", preset.tags.name);
        assert!(cents.abs() < 25.0, "{}: {cents:+.1} cents", preset.tags.name);
    }
}

#[test]
fn every_preset_ends_after_its_key_is_up_and_stays_finite() {
    for (number, preset) in presets() {
        let part = part_of(preset.tags.category);
        let off = VoiceEvent { frame: 9600, part, kind: VoiceEventKind::NoteOff { note: 1 } };
        let [left, right] = render(number, &[on(part, 52, 1.0), off], 7 * RATE_HZ);
        assert!(left.iter().chain(&right).all(|x| x.is_finite()), "{}", preset.tags.name);
        assert!(left[7 * RATE_HZ - 4800..].iter().all(|x| *x == 0.0), "{} rings on", preset.tags.name);
    }
}

#[test]
fn every_preset_fits_its_voice() {
    for (_, preset) in presets() {
        let oscillators: usize = preset.sound.layers.as_slice().iter().map(|layer| layer.unison).sum();
        assert!((1..=MAX_OSCILLATORS).contains(&oscillators), "{}", preset.tags.name);
    }
}

#[test]
fn the_bank_uses_what_the_synth_has() {
    let count = |uses: &dyn Fn(&crate::synth::sound::Sound) -> bool| {
        presets().filter(|(_, preset)| uses(&preset.sound)).count()
    };
    for kind in [FilterKind::Low, FilterKind::Band, FilterKind::High, FilterKind::Notch] {
        assert!(count(&|sound| sound.filter.kind == kind) > 0, "{kind:?}");
    }
    for playing in [Playing::Poly, Playing::Mono, Playing::Legato] {
        assert!(count(&|sound| sound.playing == playing) > 0, "{playing:?}");
    }
}

#[test]
fn numbers_are_frozen() {
    let line = |(number, tags): (usize, &'static super::Tags)| format!("{number} {}", tags.name);
    let listing = |part| choices(part).map(line).collect::<Vec<_>>().join("\n") + "\n";
    let found = listing(Part::Lead) + "\n" + &listing(Part::Drums);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/synth/bank/tests/numbers.txt");
    if std::env::var_os("LINNET_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    let frozen = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == frozen, "projects that name a preset by its number break:\n{found}");
}

#[test]
fn names_are_unlike_and_numbers_below_the_reserve() {
    for part in [Part::Lead, Part::Drums] {
        let mut names: Vec<_> = choices(part).map(|(_, tags)| tags.name.to_lowercase()).collect();
        let count = names.len();
        assert!(count < OWN_INSTRUMENT && OWN_INSTRUMENT <= NUMBER_MAX);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
    let presets = choices(Part::Lead).count() + choices(Part::Drums).count();
    println!("{presets} presets");
    assert!(presets >= 64);
}

#[test]
fn numbers_that_stand_for_nothing_sound_as_the_classic_preset() {
    for number in [0, choices(Part::Lead).count() + 1, OWN_INSTRUMENT, usize::MAX] {
        assert!(preset_at(number).is_none());
        assert_eq!(sound(Part::Bass, number), sound(Part::Bass, 7));
    }
    assert_eq!(name(Part::Lead, 1), Some("Tine piano"));
    assert_eq!(name(Part::Drums, 3), Some("Electric kit"));
}

#[test]
fn every_style_has_presets_that_suit_the_part() {
    for style in Style::ALL {
        let names = Part::ALL.map(|part| name(part, auto(part, Some(style))).unwrap());
        println!("{:13} {names:?}", style.name());
        let of = |part: Part| preset_at(auto(part, Some(style))).unwrap().tags;
        assert_eq!(of(Part::Bass).category, Category::Bass, "{}", style.name());
        assert_ne!(of(Part::Lead).category, Category::Bass, "{}", style.name());
        assert_ne!(of(Part::Chords).category, Category::Lead, "{}", style.name());
    }
    assert_eq!(Part::ALL.map(|part| auto(part, None)), [1, 4, 7, 1]);
}
