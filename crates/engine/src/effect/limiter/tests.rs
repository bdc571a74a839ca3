//! What the output stage promises.

use super::{Limiter, TruePeak};
use crate::random::Random;
use crate::synth::Voices;
use crate::windowed_sinc::{kaiser, sinc};
use crate::{Settings, VoiceEvent, VoiceEventKind};
use linnet_music::Part;
use proptest::prelude::*;
use std::f64::consts::TAU;

/// The left side, and the reduction in dB; the right side gets the left one's opposite.
fn process(limiter: &mut Limiter, audio: &[f32], output_db: f32, on: bool) -> (Vec<f32>, f32) {
    let (mut left, mut right) = (audio.to_vec(), audio.iter().map(|sample| -sample).collect::<Vec<_>>());
    let reduction_db = limiter.process([&mut left, &mut right], output_db, on);
    assert!(left.iter().zip(&right).all(|(left, right)| *left == -right));
    (left, reduction_db)
}

fn sine(frames: usize, gain: f32, step: f64) -> Vec<f32> {
    (0..frames).map(|n| gain * (step * n as f64).sin() as f32).collect()
}

fn peak(audio: &[f32]) -> f32 {
    audio.iter().fold(0.0, |most, sample| most.max(sample.abs()))
}

#[test]
fn what_stays_below_the_ceiling_only_comes_later() {
    let audio = sine(4800, 0.88, 0.05);
    let mut limiter = Limiter::new();
    let latency = limiter.latency_frames();
    assert_eq!(latency, 64);
    let (limited, reduction_db) = process(&mut limiter, &audio, 0.0, true);
    assert_eq!(reduction_db, 0.0);
    assert!(limited[..latency].iter().all(|sample| *sample == 0.0));
    assert_eq!(limited[latency..], audio[..audio.len() - latency]);
}

#[test]
fn loud_sine_comes_out_at_the_ceiling_without_distortion() {
    let mut limiter = Limiter::new();
    let audio = sine(48_000, 4.0, 0.05);
    let (limited, reduction_db) = process(&mut limiter, &audio, 0.0, true);
    assert!((reduction_db - 20.0 * (4.0_f32 / Limiter::TARGET).log10()).abs() < 0.1, "{reduction_db}");
    let steady = &limited[24_000..];
    assert!(peak(steady) > 0.88 && peak(steady) <= Limiter::CEILING);
    // Against the same sine at the same level.
    let gain = peak(steady) / 4.0;
    let clean = &audio[24_000 - 64..];
    let error = steady.iter().zip(clean).map(|(out, dry)| (out - gain * dry).powi(2)).sum::<f32>();
    assert!(error / (steady.len() as f32) < 1e-3, "{error}");
}

#[test]
fn a_sudden_tone_is_turned_down_before_it_arrives_and_not_clipped() {
    for step in [0.02, 0.05, 0.3] {
        let (limited, _) = process(&mut Limiter::new(), &sine(400, 4.0, step), 0.0, true);
        let at_the_ceiling =
            limited.windows(2).filter(|pair| pair.iter().all(|x| x.abs() >= Limiter::CEILING));
        assert_eq!(at_the_ceiling.count(), 0, "{step}");
    }
}

#[test]
fn the_gain_returns_to_exactly_1_after_a_peak() {
    for sample_rate_hz in [44_100.0, 768_000.0] {
        let mut limiter = Limiter::new();
        limiter.prepare(sample_rate_hz);
        process(&mut limiter, &[5.0; 100], 0.0, true);
        process(&mut limiter, &vec![0.0; 2 * sample_rate_hz as usize], 0.0, true);
        let audio = sine(4800, 0.88, 0.05);
        let (limited, _) = process(&mut limiter, &audio, 0.0, true);
        let latency = limiter.latency_frames();
        assert_eq!(limited[latency..], audio[..audio.len() - latency], "{sample_rate_hz}");
    }
}

#[test]
fn off_is_only_the_output_level() {
    let audio = sine(4800, 3.0, 0.05);
    let (output, reduction_db) = process(&mut Limiter::new(), &audio, 6.0, false);
    let gain = 10.0_f32.powf(0.3);
    assert_eq!(reduction_db, 0.0);
    assert!(output[64..].iter().zip(&audio).all(|(out, dry)| (out - gain * dry).abs() < 1e-5));
}

#[test]
fn switching_and_level_jumps_do_not_click() {
    let audio = sine(48_000, 0.7, 0.01);
    let roughness =
        |audio: &[f32]| audio.windows(3).fold(0.0_f32, |most, x| most.max((x[2] - 2.0 * x[1] + x[0]).abs()));
    let mut limiter = Limiter::new();
    process(&mut limiter, &audio[..4800], 0.0, true);
    for (number, (output_db, on)) in (1..).zip([(12.0, false), (-60.0, false), (0.0, true), (0.0, false)]) {
        let (output, _) = process(&mut limiter, &audio[4800 * number..4800 * (number + 1)], output_db, on);
        assert!(
            // The level before is up to 12 dB higher.
            roughness(&output) < 4.0 * roughness(&audio) + 5e-3,
            "{output_db} {on} {}",
            roughness(&output)
        );
    }
}

#[test]
fn what_is_not_a_number_is_silence_and_does_not_stay() {
    let mut limiter = Limiter::new();
    let (output, _) = process(&mut limiter, &[f32::NAN, f32::INFINITY, -f32::INFINITY, 1e38], f32::NAN, true);
    assert!(output.iter().all(|sample| *sample == 0.0));
    process(&mut limiter, &vec![0.0; 96_000], 0.0, true);
    let audio = sine(4800, 0.5, 0.05);
    let (limited, _) = process(&mut limiter, &audio, 0.0, true);
    assert_eq!(limited[64..], audio[..audio.len() - 64]);
}

#[test]
fn silence_stays_silence() {
    let mut limiter = Limiter::new();
    process(&mut limiter, &[2.0; 500], 12.0, true);
    let (output, _) = process(&mut limiter, &[0.0; 500], 12.0, true);
    assert!(output[64..].iter().all(|sample| *sample == 0.0));
}

/// What [`Limiter::process`] does, but never by the short way.
fn process_long(limiter: &mut Limiter, left: &mut [f32], right: &mut [f32], output_db: f32) {
    for (left, right) in left.chunks_mut(TruePeak::CHUNK_FRAMES).zip(right.chunks_mut(TruePeak::CHUNK_FRAMES))
    {
        limiter.take([left, right], output_db, true);
        limiter.look(left.len());
        let frames = left.len();
        limiter.limit([left, right], true);
        limiter.input.keep(frames);
    }
}

#[test]
fn the_short_way_gives_the_same_to_the_bit() {
    let mut random = Random::new(11);
    // It takes a second until nothing at all is reduced after a peak.
    let loudness = |n: usize| if n % 100_000 < 3000 { 3.0 } else { 0.5 };
    let audio: Vec<f32> = (0..200_000).map(|n| loudness(n) * random.next_bipolar()).collect();
    let (mut short, mut long) = (Limiter::new(), Limiter::new());
    let (mut passed, mut blocks) = (0, 0);
    for block in audio.chunks(240) {
        let (found, _) = process(&mut short, block, -1.0, true);
        passed += usize::from(short.is_open());
        blocks += 1;
        let mut expect = (block.to_vec(), block.iter().map(|sample| -sample).collect::<Vec<_>>());
        process_long(&mut long, &mut expect.0, &mut expect.1, -1.0);
        assert!(found.iter().zip(&expect.0).all(|(one, other)| one.to_bits() == other.to_bits()));
        assert_eq!((short.quiet_frames, short.place), (long.quiet_frames, long.place));
    }
    println!("{passed} of {blocks} blocks went the short way");
    assert!(passed > 20 && passed < blocks);
}

/// The largest value of the wave, eight points a frame, by a filter four times as long as the limiter's.
fn true_peak(audio: &[f32]) -> f64 {
    const HALF: usize = 64;
    let filters: Vec<Vec<f64>> = (1..8)
        .map(|point| {
            let way = |tap: usize| tap as f64 + 1.0 - HALF as f64 - f64::from(point) / 8.0;
            (0..2 * HALF).map(|tap| sinc(way(tap)) * kaiser(9.0, way(tap) / HALF as f64)).collect()
        })
        .collect();
    let padded: Vec<f64> = std::iter::repeat_n(0.0, 2 * HALF)
        .chain(audio.iter().map(|sample| f64::from(*sample)))
        .chain(std::iter::repeat_n(0.0, 2 * HALF))
        .collect();
    let point = |frames: &[f64]| {
        let near = frames[HALF - 1].abs();
        filters.iter().fold(near, |most, filter| {
            most.max(filter.iter().zip(frames).map(|(tap, sample)| tap * sample).sum::<f64>().abs())
        })
    };
    padded.windows(2 * HALF).map(point).fold(0.0, f64::max)
}

fn db(gain: f64) -> f64 {
    20.0 * gain.log10()
}

/// Prints the true peak of `audio`, limited, and returns it in dB.
fn limited_db(what: &str, sample_rate_hz: f64, audio: &[f32], output_db: f32) -> f64 {
    let mut limiter = Limiter::new();
    limiter.prepare(sample_rate_hz);
    // All of it comes out: a wave that is cut off is another one.
    let audio: Vec<f32> = audio.iter().copied().chain(vec![0.0; limiter.latency_frames()]).collect();
    let (limited, _) = process(&mut limiter, &audio, output_db, true);
    let [before, after] = [db(true_peak(&audio)) + f64::from(output_db), db(true_peak(&limited))];
    println!("{what} at {sample_rate_hz} Hz: {before:+.2} dBTP in, {after:+.3} out");
    assert!(after <= db(f64::from(Limiter::CEILING)), "{what} at {sample_rate_hz} Hz: {after:+.3} dBTP");
    after
}

const RATES_HZ: [f64; 3] = [44_100.0, 48_000.0, 96_000.0];

fn seconds(length_s: f64, sample_rate_hz: f64, wave: impl FnMut(usize) -> f64) -> Vec<f32> {
    (0..(length_s * sample_rate_hz) as usize).map(wave).map(|sample| sample as f32).collect()
}

#[test]
fn no_true_peak_of_a_sine_is_above_the_ceiling() {
    for rate_hz in RATES_HZ {
        // The classic case: no sample is louder than −3 dB, and the wave between them is at 0.
        let audio = seconds(0.2, rate_hz, |n| (TAU * (n as f64 + 0.5) / 4.0).sin());
        assert!(peak(&audio) < 0.708);
        assert!(limited_db("a quarter of the rate, between samples", rate_hz, &audio, 0.0) > -1.3);
        for freq_hz in [997.0, 5000.0, 11_990.0, 15_000.0, 18_000.0, 20_000.0] {
            let audio = seconds(0.2, rate_hz, |n| (TAU * freq_hz * n as f64 / rate_hz + 0.3).sin());
            for output_db in [0.0, 12.0] {
                let what = format!("sine of {freq_hz} Hz, {output_db:+} dB");
                assert!(limited_db(&what, rate_hz, &audio, output_db) > -1.6);
            }
        }
    }
}

#[test]
fn no_true_peak_of_noise_or_bursts_is_above_the_ceiling() {
    for rate_hz in RATES_HZ {
        let mut random = Random::new(4);
        let mut noise = || f64::from(random.next_bipolar());
        let white = seconds(0.5, rate_hz, |_| noise());
        let extreme = seconds(0.5, rate_hz, |_| noise().signum());
        let sparse = seconds(0.5, rate_hz, |_| if noise() > 0.97 { 1.0 } else { 0.02 } * noise());
        let bursts = seconds(0.5, rate_hz, |n| if n % 2000 < 700 { noise() } else { 0.02 * noise() });
        let square = seconds(0.5, rate_hz, |n| {
            let level = if n % 3000 < 1000 { 1.0 } else { 0.05 };
            level * (TAU * 1237.0 * n as f64 / rate_hz).sin().signum()
        });
        // As the last octave of a filter that sings: each sample the opposite of the one before, in pairs.
        let pairs =
            seconds(
                0.5,
                rate_hz,
                |n| {
                    if n % 900 < 450 { if n / 2 % 2 == 0 { 1.0 } else { -1.0 } } else { 0.1 }
                },
            );
        let kinds = [
            ("white noise", white),
            ("noise of two values", extreme),
            ("sparse noise", sparse),
            ("bursts of noise", bursts),
            ("bursts of a square", square),
            ("pairs", pairs),
        ];
        for (what, audio) in kinds {
            for output_db in [-6.0, 0.0, 6.0, 12.0, 24.0] {
                limited_db(&format!("{what}, {output_db:+} dB"), rate_hz, &audio, output_db);
            }
        }
    }
}

#[test]
fn no_true_peak_of_the_instruments_is_above_the_ceiling() {
    for rate_hz in RATES_HZ {
        let (mut voices, mut settings) = (Voices::new(), Settings::dry([0, 12, 5, 0]));
        voices.prepare(rate_hz);
        let (mut audio, mut note) = (Vec::new(), 0);
        for bar in 0..6 {
            settings.parts.iter_mut().for_each(|part| part.sound = 3 * bar % 8);
            let events: Vec<VoiceEvent> = Part::ALL
                .into_iter()
                .flat_map(|part| [36, 43, 48].map(|key| (part, key + bar as u8)))
                .map(|(part, key)| {
                    note += 1;
                    VoiceEvent { frame: 0, part, kind: VoiceEventKind::NoteOn { key, velocity: 1.0, note } }
                })
                .collect();
            let mut buffers = vec![vec![0.0; (0.3 * rate_hz) as usize]; 6];
            let [left, right, a, b, c, d] = &mut buffers[..] else { unreachable!() };
            voices.render(&events, &settings, [left, right], [[a, b], [c, d]]);
            audio.extend_from_slice(left);
        }
        for output_db in [0.0, 12.0] {
            limited_db(&format!("all parts, {output_db:+} dB"), rate_hz, &audio, output_db);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_exceeds_the_ceiling_whatever_the_split(
        seed: u32,
        gain in 0.1_f32..40.0,
        output_db in -20.0_f32..12.0,
        blocks in prop::collection::vec(1_usize..400, 1..20),
    ) {
        let mut random = Random::new(seed);
        let burst = |random: &mut Random| if random.next_bipolar() > 0.9 { gain } else { 0.3 };
        let audio: Vec<f32> =
            (0..blocks.iter().sum()).map(|_| burst(&mut random) * random.next_bipolar()).collect();
        let (whole, _) = process(&mut Limiter::new(), &audio, output_db, true);
        prop_assert!(peak(&whole) <= Limiter::CEILING);
        let (mut limiter, mut rest, mut split) = (Limiter::new(), &audio[..], Vec::new());
        for frames in blocks {
            let (now, later) = rest.split_at(frames);
            split.extend(process(&mut limiter, now, output_db, true).0);
            rest = later;
        }
        prop_assert_eq!(split, whole);
    }
}
