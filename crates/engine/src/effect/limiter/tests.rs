//! What the output stage promises.

use super::Limiter;
use crate::random::Random;
use proptest::prelude::*;

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
    let audio = sine(4800, 0.9, 0.05);
    let mut limiter = Limiter::new();
    let latency = limiter.latency_frames();
    assert_eq!(latency, 48);
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
    assert!((reduction_db - 20.0 * (4.0_f32 / Limiter::CEILING).log10()).abs() < 0.1, "{reduction_db}");
    let steady = &limited[24_000..];
    assert!(peak(steady) > 0.9 && peak(steady) <= Limiter::CEILING);
    // Against the same sine at the same level.
    let gain = peak(steady) / 4.0;
    let clean = &audio[24_000 - 48..];
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
        let audio = sine(4800, 0.9, 0.05);
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
    assert!(output[48..].iter().zip(&audio).all(|(out, dry)| (out - gain * dry).abs() < 1e-5));
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
    assert_eq!(limited[48..], audio[..audio.len() - 48]);
}

#[test]
fn silence_stays_silence() {
    let mut limiter = Limiter::new();
    process(&mut limiter, &[2.0; 500], 12.0, true);
    let (output, _) = process(&mut limiter, &[0.0; 500], 12.0, true);
    assert!(output[48..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn the_short_way_gives_the_same_to_the_bit() {
    let mut random = Random::new(11);
    // It takes a second until nothing at all is reduced after a peak.
    let loudness = |n: usize| if n % 100_000 < 3000 { 3.0 } else { 0.9 };
    let audio: Vec<f32> = (0..200_000).map(|n| loudness(n) * random.next_bipolar()).collect();
    let (mut short, mut long) = (Limiter::new(), Limiter::new());
    let (mut passed, mut frames) = (0, 0);
    for block in audio.chunks(240) {
        let (found, _) = process(&mut short, block, -1.0, true);
        passed += usize::from(short.passes([block, block], -1.0, true));
        frames += 1;
        let mut expect = (block.to_vec(), block.iter().map(|sample| -sample).collect::<Vec<_>>());
        long.limit([&mut expect.0, &mut expect.1], -1.0, true);
        assert!(found.iter().zip(&expect.0).all(|(one, other)| one.to_bits() == other.to_bits()));
        assert_eq!((short.quiet_frames, short.place), (long.quiet_frames, long.place));
    }
    println!("{passed} of {frames} blocks went the short way");
    assert!(passed > 20 && passed < frames);
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
