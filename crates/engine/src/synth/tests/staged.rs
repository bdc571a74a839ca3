//! What width and low cut of a part promise.

use super::*;
use crate::random::Random;

/// A chord on lead and chords, a bass note, and three hits.
fn chord() -> Vec<VoiceEvent> {
    let keys = [(Part::Lead, 72), (Part::Lead, 79), (Part::Chords, 60), (Part::Bass, 33)];
    let hits = [36, 38, 46].map(|key| (Part::Drums, key));
    (1..).zip(keys.into_iter().chain(hits)).map(|(note, (part, key))| on(5, part, key, note)).collect()
}

/// Only `part` is heard, so wide and cut so low.
fn staged(part: Part, width: f32, low_cut_hz: f32) -> Settings {
    let mut settings = settings(1);
    for (index, strip) in settings.parts.iter_mut().enumerate() {
        strip.reverb_send_db = 0.0;
        if index == part.index() {
            (strip.width, strip.low_cut_hz) = (width, low_cut_hz);
        } else {
            strip.level_db = -60.0;
        }
    }
    settings
}

fn heard(part: Part, width: f32, low_cut_hz: f32) -> Rendered {
    render(&mut prepared(48_000.0), &chord(), &staged(part, width, low_cut_hz), 12_000)
}

#[test]
fn width_turns_the_side_up_and_down_and_leaves_the_middle() {
    for part in Part::ALL {
        let [[left, right, ..], mono, double] = [1.0, 0.0, 2.0].map(|width| heard(part, width, 20.0));
        let difference = |one: &[f32], other: &[f32], gain: f32| {
            one.iter().zip(other).map(|(one, other)| gain * (one - other)).collect::<Vec<_>>()
        };
        let sum = |one: &[f32], other: &[f32]| {
            one.iter().zip(other).map(|(one, other)| one + other).collect::<Vec<_>>()
        };
        assert!(peak(&left) > 0.01 && mono[0] == mono[1] && mono[2] == mono[3], "{part:?}");
        let side = difference(&difference(&double[0], &double[1], 1.0), &difference(&left, &right, 2.0), 1.0);
        let middle = difference(&sum(&double[0], &double[1]), &sum(&left, &right), 1.0);
        let middle_of_mono = difference(&sum(&mono[0], &mono[1]), &sum(&left, &right), 1.0);
        let errors = [&side, &middle, &middle_of_mono].map(|error| peak(error));
        println!("{part:?}: side {} dB, errors {errors:?}", rms_db(&difference(&left, &right, 1.0)));
        assert!(errors.iter().all(|error| *error < 2e-6), "{part:?}: {errors:?}");
    }
}

#[test]
fn the_low_cut_falls_by_12_db_an_octave_and_leaves_what_is_above() {
    let level_db = |key: u8, low_cut_hz: f32| {
        let settings = staged(Part::Bass, 1.0, low_cut_hz);
        let [left, ..] = render(&mut prepared(48_000.0), &[on(0, Part::Bass, key, 1)], &settings, 30_000);
        // The power at the note itself.
        let spectrum = spectrum(&left[4096..4096 + 16_384]);
        let freq_hz = 440.0 * ((f64::from(key) - 69.0) / 12.0).exp2();
        let bin = (freq_hz / 48_000.0 * 16_384.0).round() as usize;
        10.0 * spectrum[bin - 3..=bin + 3].iter().sum::<f64>().log10()
    };
    // 65 Hz, and its gain by the analogue model of two poles.
    for low_cut_hz in [65.4_f64, 130.8, 261.6, 523.3] {
        let ratio = 65.4 / low_cut_hz;
        let expect = 10.0 * (ratio.powi(4) / (1.0 + ratio.powi(4))).log10();
        let found = level_db(36, low_cut_hz as f32) - level_db(36, 20.0);
        println!("65.4 Hz through {low_cut_hz} Hz: {found:.2} dB, by the model {expect:.2}");
        assert!((found - expect).abs() < 0.3);
    }
    assert!((level_db(84, 100.0) - level_db(84, 20.0)).abs() < 0.05);
}

#[test]
fn moves_of_width_and_low_cut_do_not_click_and_leave_no_trace() {
    let roughness =
        |audio: &[f32]| audio.windows(3).fold(0.0_f32, |most, x| most.max((x[2] - 2.0 * x[1] + x[0]).abs()));
    let (mut moved, mut still) = (prepared(48_000.0), prepared(48_000.0));
    let rest = staged(Part::Chords, 1.0, 20.0);
    let events = [on(0, Part::Chords, 48, 1)];
    render(&mut moved, &events, &rest, 9600);
    render(&mut still, &events, &rest, 9600);
    let moves = [(0.0, 20.0), (2.0, 20.0), (2.0, 400.0), (1.0, 90.0), (0.3, 1000.0), (1.0, 20.0)];
    for (width, low_cut_hz) in moves {
        let [left, ..] = render(&mut moved, &[], &staged(Part::Chords, width, low_cut_hz), 9600);
        let [expect, ..] = render(&mut still, &[], &rest, 9600);
        let [found, expect] = [roughness(&left), roughness(&expect)];
        println!("width {width}, low cut {low_cut_hz}: {found:.5}, without {expect:.5}");
        assert!(found < 3.0 * expect + 1e-4, "{width} {low_cut_hz}: {found} {expect}");
    }
    render(&mut moved, &[], &rest, 48_000);
    render(&mut still, &[], &rest, 48_000);
    let bits =
        |audio: Rendered| audio.map(|channel| channel.into_iter().map(f32::to_bits).collect::<Vec<_>>());
    let [found, expect] = [&mut moved, &mut still].map(|voices| bits(render(voices, &[], &rest, 4800)));
    assert!(found == expect, "it sounds as if it never moved");
}

#[test]
fn every_part_rings_out_behind_its_low_cut_and_rests() {
    let settings = Settings {
        parts: settings(1).parts.map(|part| crate::settings::PartSettings { low_cut_hz: 40.0, ..part }),
        ..settings(1)
    };
    let mut voices = prepared(48_000.0);
    render(&mut voices, &chord(), &settings, 4800);
    let ends: Vec<VoiceEvent> = Part::ALL.into_iter().map(|part| at(0, part, AllOff)).collect();
    render(&mut voices, &ends, &settings, 600);
    assert!(!voices.is_silent(), "the filter still rings");
    render(&mut voices, &[], &settings, 48_000);
    assert!(voices.is_silent() && voices.is_at_rest(&settings));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn with_width_and_low_cut_any_split_gives_the_same_sound(
        seed: u32,
        blocks in prop::collection::vec(1_usize..500, 2..14),
    ) {
        let mut random = Random::new(seed);
        let mut settings = settings(2);
        for part in &mut settings.parts {
            part.width = 1.0 + random.next_bipolar();
            part.low_cut_hz = 200.0 + 180.0 * random.next_bipolar();
        }
        let frames = blocks.iter().sum();
        let whole = render(&mut prepared(48_000.0), &chord(), &settings, frames);
        let (mut voices, mut split) = (prepared(48_000.0), [(); 4].map(|()| Vec::new()));
        let mut start = 0;
        for frames in blocks {
            let is_now = |event: &&VoiceEvent| (start..start + frames).contains(&(event.frame as usize));
            let events: Vec<VoiceEvent> = chord()
                .iter()
                .filter(is_now)
                .map(|event| VoiceEvent { frame: event.frame - start as u32, ..*event })
                .collect();
            let audio = render(&mut voices, &events, &settings, frames);
            split.iter_mut().zip(audio).for_each(|(split, audio)| split.extend(audio));
            start += frames;
        }
        prop_assert_eq!(split, whole);
    }
}
