//! What the equaliser promises: that it does what its response says.

use super::{Equalizer, response_db};
use crate::random::Random;
use crate::settings::BandSettings;
use proptest::prelude::*;
use realfft::RealFftPlanner;

const FREQUENCIES_HZ: [f64; 8] = [30.0, 100.0, 300.0, 1000.0, 3000.0, 6000.0, 12_000.0, 18_000.0];

fn band(on: bool, freq_hz: f32, gain_db: f32, q: f32) -> BandSettings {
    BandSettings { on, freq_hz, gain_db, q }
}

/// All bands off, at their usual places.
fn flat() -> [BandSettings; 8] {
    [30.0, 100.0, 200.0, 500.0, 1200.0, 3000.0, 8000.0, 18_000.0]
        .map(|freq_hz| band(false, freq_hz, 0.0, 0.71))
}

fn only(index: usize, settings: BandSettings) -> [BandSettings; 8] {
    let mut bands = flat();
    bands[index] = settings;
    bands
}

/// All bands at work.
fn busy() -> [BandSettings; 8] {
    [
        band(true, 60.0, 0.0, 0.7),
        band(true, 150.0, 5.0, 0.7),
        band(true, 300.0, -6.0, 1.2),
        band(true, 900.0, 4.0, 3.0),
        band(true, 2500.0, -9.0, 0.5),
        band(true, 5000.0, 12.0, 8.0),
        band(true, 7000.0, -4.0, 0.9),
        band(true, 14_000.0, 0.0, 1.1),
    ]
}

fn process(equalizer: &mut Equalizer, left: &[f32], bands: &[BandSettings; 8]) -> Vec<f32> {
    let (mut left, mut right) = (left.to_vec(), left.to_vec());
    equalizer.process([&mut left, &mut right], bands);
    assert!(left.iter().zip(&right).all(|(left, right)| left.to_bits() == right.to_bits()));
    left
}

/// The response in dB at a frequency, from the rendered impulse.
fn measured_db(bands: &[BandSettings; 8], freq_hz: f64) -> f64 {
    const LENGTH: usize = 1 << 16;
    let mut impulse = vec![0.0; LENGTH];
    impulse[0] = 1.0;
    let mut equalizer = Equalizer::new();
    equalizer.prepare(48_000.0);
    let response = process(&mut equalizer, &impulse, bands);
    let mut input: Vec<f64> = response.into_iter().map(f64::from).collect();
    let transform = RealFftPlanner::new().plan_fft_forward(LENGTH);
    let mut output = transform.make_output_vec();
    transform.process(&mut input, &mut output).unwrap();
    20.0 * output[(freq_hz / 48_000.0 * LENGTH as f64).round() as usize].norm().log10()
}

/// The response at [`FREQUENCIES_HZ`], in whole tenths of a dB, as text.
fn snapshot(bands: &[BandSettings; 8]) -> String {
    let tenths = |freq_hz| (10.0 * response_db(bands, 48_000.0, freq_hz)).round() as i64;
    FREQUENCIES_HZ.map(|freq_hz| tenths(freq_hz).to_string()).join(" ")
}

#[test]
fn the_responses_are_these() {
    let check = |index: usize, settings: BandSettings, expect: &str| {
        assert_eq!(snapshot(&only(index, settings)), expect, "band {index}");
    };
    check(0, band(true, 100.0, 0.0, 0.71), "-209 -30 0 0 0 0 0 0");
    check(1, band(true, 300.0, 6.0, 0.71), "60 59 30 0 0 0 0 0");
    check(2, band(true, 1000.0, 12.0, 2.0), "0 0 4 120 5 1 0 0");
    check(3, band(true, 1000.0, -12.0, 2.0), "0 0 -4 -120 -5 -1 0 0");
    check(4, band(true, 3000.0, 6.0, 0.5), "0 0 2 22 60 36 9 2");
    check(5, band(true, 12_000.0, -6.0, 1.0), "0 0 0 0 -3 -12 -60 -12");
    check(6, band(true, 3000.0, -6.0, 0.71), "0 0 0 -1 -30 -57 -60 -60");
    check(7, band(true, 6000.0, 0.0, 0.71), "0 0 0 0 -2 -30 -154 -306");
    assert_eq!(snapshot(&busy()), "-74 29 -62 -18 -82 -34 -33 -137");
}

#[test]
fn what_is_rendered_is_what_is_drawn() {
    for bands in (0..8).map(|index| only(index, band(true, 800.0, 9.0, 1.5))).chain([busy()]) {
        for freq_hz in FREQUENCIES_HZ {
            let (drawn, rendered) = (response_db(&bands, 48_000.0, freq_hz), measured_db(&bands, freq_hz));
            // The nearest bin lies up to 0.4 Hz away.
            assert!((drawn - rendered).abs() < 0.15, "{freq_hz} Hz: drawn {drawn}, rendered {rendered}");
        }
    }
}

#[test]
fn a_bell_or_shelf_gives_its_gain_where_it_says() {
    let at = |index, gain_db, freq_hz| {
        response_db(&only(index, band(true, 1000.0, gain_db, 0.71)), 48_000.0, freq_hz)
    };
    for gain_db in [-24.0, -6.0, 3.0, 24.0] {
        assert!((at(2, gain_db, 1000.0) - f64::from(gain_db)).abs() < 0.01);
        assert!((at(1, gain_db, 10.0) - f64::from(gain_db)).abs() < 0.05);
        assert!((at(1, gain_db, 1000.0) - 0.5 * f64::from(gain_db)).abs() < 0.1);
        assert!((at(6, gain_db, 23_000.0) - f64::from(gain_db)).abs() < 0.05);
        assert!((at(6, gain_db, 1000.0) - 0.5 * f64::from(gain_db)).abs() < 0.1);
    }
}

#[test]
fn cuts_fall_by_12_db_an_octave() {
    let at = |index, freq_hz| response_db(&only(index, band(true, 1000.0, 0.0, 0.71)), 48_000.0, freq_hz);
    assert!((at(0, 62.5) - at(0, 31.25) - 12.0).abs() < 0.2);
    assert!((at(7, 2000.0) - at(7, 4000.0) - 12.0).abs() < 1.0);
}

#[test]
fn all_off_changes_no_bit() {
    let mut random = Random::new(3);
    let noise: Vec<f32> = (0..1000).map(|_| random.next_bipolar()).collect();
    assert_eq!(process(&mut Equalizer::new(), &noise, &flat()), noise);
}

#[test]
fn moves_do_not_click() {
    let sine: Vec<f32> = (0..48_000).map(|n| (0.01 * f64::from(n)).sin() as f32).collect();
    let roughness =
        |audio: &[f32]| audio.windows(3).fold(0.0_f32, |most, x| most.max((x[2] - 2.0 * x[1] + x[0]).abs()));
    let jumps = [
        only(2, band(true, 80.0, 12.0, 1.0)),
        only(2, band(true, 80.0, -24.0, 1.0)),
        only(2, band(true, 8000.0, -24.0, 6.0)),
        only(0, band(true, 400.0, 0.0, 0.7)),
        flat(),
        only(7, band(true, 500.0, 0.0, 0.7)),
        flat(),
    ];
    let mut equalizer = Equalizer::new();
    process(&mut equalizer, &sine[..4800], &flat());
    for (number, bands) in (1..).zip(jumps) {
        let audio = process(&mut equalizer, &sine[4800 * number..4800 * (number + 1)], &bands);
        assert!(roughness(&audio) < 4.0 * roughness(&sine) + 1e-3, "{number}: {}", roughness(&audio));
    }
}

#[test]
fn silence_returns_exactly_and_what_is_not_a_number_does_not_stay() {
    let mut equalizer = Equalizer::new();
    process(&mut equalizer, &[1.0; 100], &busy());
    process(&mut equalizer, &[f32::INFINITY, -f32::INFINITY, 1e38], &busy());
    let quiet = process(&mut equalizer, &vec![0.0; 96_000], &busy());
    assert!(quiet[100..].iter().all(|sample| sample.is_finite()));
    assert!(quiet[95_000..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn every_sample_rate_and_setting_is_stable() {
    for sample_rate_hz in [1000.0, 11_025.5, 44_100.0, 768_000.0] {
        let mut equalizer = Equalizer::new();
        equalizer.prepare(sample_rate_hz);
        let mut random = Random::new(1);
        let noise: Vec<f32> = (0..20_000).map(|_| random.next_bipolar()).collect();
        for (freq_hz, q) in [(20.0, 18.0), (20_000.0, 0.1), (f32::NAN, f32::NAN), (1e9, -1.0)] {
            let bands = flat().map(|_| band(true, freq_hz, 6.0, q));
            let audio = process(&mut equalizer, &noise, &bands);
            assert!(audio.iter().all(|sample| sample.abs() < 1e6), "{sample_rate_hz} {freq_hz} {q}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_split_into_blocks_gives_the_same_sound(blocks in prop::collection::vec(1_usize..700, 1..20)) {
        let mut random = Random::new(5);
        let noise: Vec<f32> = (0..blocks.iter().sum()).map(|_| random.next_bipolar()).collect();
        let whole = process(&mut Equalizer::new(), &noise, &busy());
        let (mut equalizer, mut rest, mut split) = (Equalizer::new(), &noise[..], Vec::new());
        for frames in blocks {
            let (now, later) = rest.split_at(frames);
            split.extend(process(&mut equalizer, now, &busy()));
            rest = later;
        }
        prop_assert_eq!(split, whole);
    }
}
