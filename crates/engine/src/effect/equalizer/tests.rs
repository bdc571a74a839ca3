//! What the equaliser promises: that it does what its response says.

use super::shape::{Coefficients, Shape};
use super::{Equalizer, Response};
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

fn response_db(bands: &[BandSettings; 8], sample_rate_hz: f64, freq_hz: f64) -> f64 {
    Response::new(bands, sample_rate_hz).db(freq_hz)
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
    let found = [
        only(0, band(true, 100.0, 0.0, 0.71)),
        only(1, band(true, 300.0, 6.0, 0.71)),
        only(2, band(true, 1000.0, 12.0, 2.0)),
        only(3, band(true, 1000.0, -12.0, 2.0)),
        only(4, band(true, 3000.0, 6.0, 0.5)),
        only(5, band(true, 12_000.0, -6.0, 1.0)),
        only(6, band(true, 3000.0, -6.0, 0.71)),
        only(7, band(true, 6000.0, 0.0, 0.71)),
        busy(),
    ]
    .map(|bands| snapshot(&bands));
    let expect = [
        "-209 -30 0 0 0 0 0 0",
        "60 59 30 0 0 0 0 0",
        "0 0 4 120 5 1 0 0",
        "0 0 -4 -120 -5 -1 0 0",
        "0 0 3 22 60 38 14 7",
        "0 0 0 0 -4 -19 -60 -35",
        "0 0 0 -1 -30 -56 -60 -60",
        "0 0 0 0 -3 -30 -123 -191",
        "-74 29 -62 -19 -81 -32 -39 -74",
    ];
    assert_eq!(found.join("\n"), expect.join("\n"));
}

/// By how many dB a band differs at most from its analogue model up to 18 kHz, and where in Hz.
fn error_db(shape: Shape, settings: &BandSettings, sample_rate_hz: f32) -> (f64, f64) {
    let (analogue, digital) =
        (shape.analogue(settings, sample_rate_hz), Coefficients::of(shape, settings, sample_rate_hz));
    let near = (-40..=40).map(|step| f64::from(settings.freq_hz) * (f64::from(step) * 0.01).exp2());
    let everywhere = (0..=180).map(|step| 20.0 * 900.0_f64.powf(f64::from(step) / 180.0));
    near.chain(everywhere)
        .filter(|freq_hz| (20.0..18_001.0).contains(freq_hz))
        .map(|freq_hz| {
            let share = freq_hz / f64::from(sample_rate_hz);
            // What is softer than −120 dB does not count.
            let wanted = 10.0 * (analogue.response(share) + 1e-12).log10();
            let found = 10.0 * (10.0_f64.powf(digital.response_db(share) / 10.0) + 1e-12).log10();
            ((found - wanted).abs(), freq_hz)
        })
        .fold((0.0, 0.0), |worst, error| if error.0 > worst.0 { error } else { worst })
}

#[test]
fn every_band_is_as_its_analogue_model_up_to_18_khz() {
    let shapes = [Shape::LowCut, Shape::LowShelf, Shape::Bell, Shape::HighShelf, Shape::HighCut];
    let freqs_hz = [
        20.0, 50.0, 120.0, 400.0, 1000.0, 2500.0, 5000.0, 8000.0, 10_000.0, 12_500.0, 14_000.0, 16_000.0,
        18_000.0, 20_000.0,
    ];
    let gains_db = [-24.0, -20.0, -16.0, -12.0, -6.0, -3.0, -0.5, 0.5, 3.0, 6.0, 12.0, 16.0, 20.0, 24.0];
    let qs = [0.1, 0.2, 0.4, 0.71, 1.0, 1.5, 2.5, 4.0, 6.0, 10.0, 14.0, 18.0];
    let settings: Vec<BandSettings> = freqs_hz
        .into_iter()
        .flat_map(|freq_hz| gains_db.map(|gain_db| (freq_hz, gain_db)))
        .flat_map(|(freq_hz, gain_db)| qs.map(|q| band(true, freq_hz, gain_db, q)))
        .collect();
    for (sample_rate_hz, shape) in [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0]
        .into_iter()
        .flat_map(|sample_rate_hz| shapes.map(|shape| (sample_rate_hz, shape)))
    {
        let is_shelf = matches!(shape, Shape::LowShelf | Shape::HighShelf);
        // Those that ring are another matter.
        let worst = |ring: bool| {
            settings
                .iter()
                .filter(|band| (is_shelf && band.q > 2.0 && band.freq_hz > 8000.0) == ring)
                .map(|band| (error_db(shape, band, sample_rate_hz), band))
                .max_by(|one, other| one.0.0.total_cmp(&other.0.0))
        };
        let limits_db = match sample_rate_hz {
            44_100.0 if is_shelf => [0.3, 1.01],
            48_000.0 if is_shelf => [0.3, 0.5],
            44_100.0 => [0.16, 0.0],
            _ => [0.1, 0.1],
        };
        for (ring, limit_db) in [false, true].into_iter().zip(limits_db) {
            let Some(((error_db, at_hz), band)) = worst(ring) else { continue };
            let rings = if ring { ", above Q 2 and 8 kHz" } else { "" };
            println!("{shape:?} at {sample_rate_hz} Hz{rings}: {error_db:.3} dB at {at_hz:.0} Hz, {band:?}");
            assert!(error_db < limit_db);
        }
    }
}

#[test]
fn a_setting_that_moves_a_little_moves_the_filter_a_little() {
    let mut random = Random::new(12);
    let mut unit = || 0.5 + 0.5 * random.next_bipolar();
    let mut worst = 0.0_f32;
    for _ in 0..3000 {
        let shape = Shape::OF_BANDS[(8.0 * unit()) as usize % 8];
        let settings =
            band(true, 20.0 * 1000.0_f32.powf(unit()), 48.0 * unit() - 24.0, 0.1 * 180.0_f32.powf(unit()));
        let moved = BandSettings { freq_hz: 1.0005 * settings.freq_hz, q: 1.0005 * settings.q, ..settings };
        let [one, other] = [settings, moved].map(|settings| Coefficients::of(shape, &settings, 44_100.0));
        let step = one.step_to(other, 1);
        let size = |of: &Coefficients| of.input.abs().max(of.band.abs()).max(of.low.abs()).max(1.0);
        let moves = step.input.abs().max(step.band.abs()).max(step.low.abs()) / size(&one);
        worst = worst.max(moves.max(step.taps[0].abs()).max(step.taps[1].abs()));
        assert!(one.g > 0.0 && one.k > 0.0 && [one.input, one.band, one.low].iter().all(|x| x.is_finite()));
    }
    println!("0.05 % more frequency and Q: coefficients move by {worst:.4} at most");
    assert!(worst < 0.05, "{worst}");
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
    moves_do_not_click_at(48_000.0, 1);
    moves_do_not_click_at(768_000.0, 16);
}

/// At `times` 48,000 Hz.
fn moves_do_not_click_at(sample_rate_hz: f64, times: usize) {
    let step = 0.01 / times as f64;
    let sine: Vec<f32> = (0..48_000 * times).map(|n| (step * n as f64).sin() as f32).collect();
    // As far apart in time at every rate.
    let apart = times;
    let roughness = |audio: &[f32]| {
        audio
            .windows(2 * apart + 1)
            .fold(0.0_f32, |most, x| most.max((x[2 * apart] - 2.0 * x[apart] + x[0]).abs()))
    };
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
    equalizer.prepare(sample_rate_hz);
    let piece = 4800 * times;
    process(&mut equalizer, &sine[..piece], &flat());
    for (number, bands) in (1..).zip(jumps) {
        let audio = process(&mut equalizer, &sine[piece * number..piece * (number + 1)], &bands);
        let (found, most) = (roughness(&audio), 4.0 * roughness(&sine) + 1e-3);
        assert!(found < most, "{sample_rate_hz} Hz, {number}: {found} of {most}");
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

    #[test]
    fn any_split_of_a_glide_gives_the_same_sound_at_a_high_rate(
        blocks in prop::collection::vec((1_usize..700, any::<bool>()), 1..20),
    ) {
        let mut random = Random::new(5);
        let frames = blocks.iter().map(|(frames, _)| frames).sum();
        let noise: Vec<f32> = (0..frames).map(|_| random.next_bipolar()).collect();
        let prepared = || {
            let mut equalizer = Equalizer::new();
            equalizer.prepare(768_000.0);
            equalizer
        };
        let mut settings = blocks.iter().map(|(frames, is_busy)| (*frames, if *is_busy { busy() } else { flat() }));
        let (mut whole, mut split, mut rest) = (prepared(), prepared(), &noise[..]);
        for (frames, bands) in &mut settings {
            let (now, later) = rest.split_at(frames);
            let expect = process(&mut whole, now, &bands);
            let found: Vec<f32> = now.chunks(37).flat_map(|chunk| process(&mut split, chunk, &bands)).collect();
            prop_assert_eq!(found, expect);
            rest = later;
        }
    }
}
