//! What the delay promises.

use super::Delay;
use crate::random::Random;
use crate::settings::{DelaySettings, NOTE_VALUES};
use proptest::prelude::*;

fn settings(note: &str) -> DelaySettings {
    DelaySettings {
        time: NOTE_VALUES.iter().position(|(name, _)| *name == note).unwrap(),
        feedback: 0.5,
        ping_pong: false,
        low_cut_hz: 20.0,
        high_cut_hz: 20_000.0,
        mix: 1.0,
    }
}

fn process(delay: &mut Delay, send: &[Vec<f32>; 2], settings: &DelaySettings, bpm: f32) -> [Vec<f32>; 2] {
    let mut audio = [vec![0.0; send[0].len()], vec![0.0; send[0].len()]];
    let [left, right] = &mut audio;
    delay.process([&send[0], &send[1]], [left, right], settings, bpm);
    audio
}

fn impulse(frames: usize) -> [Vec<f32>; 2] {
    let mut send = [vec![0.0; frames], vec![0.0; frames]];
    (send[0][0], send[1][0]) = (1.0, 1.0);
    send
}

fn noise(frames: usize) -> [Vec<f32>; 2] {
    let mut random = Random::new(7);
    [(); 2].map(|()| (0..frames).map(|_| random.next_bipolar()).collect())
}

/// Where the loudest frame of `audio` from `from` on is.
fn peak(audio: &[f32], from: usize) -> usize {
    let largest = |a: &(usize, &f32), b: &(usize, &f32)| a.1.abs().total_cmp(&b.1.abs());
    audio.iter().enumerate().skip(from).max_by(largest).unwrap().0
}

#[test]
fn echoes_come_in_time_with_the_tempo() {
    for (note, bpm, expect) in [
        ("1/8", 120.0, 12_000),
        ("1/8 dotted", 120.0, 18_000),
        ("1/8 triplet", 120.0, 8000),
        ("1/4", 90.0, 32_000),
        ("1/32", 174.0, 2068),
        // Six beats at 60 a minute are six seconds, which is too long; half of them are not.
        ("1/1 dotted", 60.0, 144_000),
    ] {
        let [left, _] = process(&mut Delay::new(), &impulse(expect + 2000), &settings(note), bpm);
        let found = peak(&left, 0);
        println!("{note} at {bpm}: frame {found} for {expect}");
        // The filters push the peak by less than a fifth of a millisecond.
        assert!(found.abs_diff(expect) < 10, "{note} {bpm} {found}");
    }
}

#[test]
fn each_echo_is_softer_by_the_feedback() {
    let [left, right] = process(&mut Delay::new(), &impulse(50_000), &settings("1/8"), 120.0);
    let energy = |echo: usize| -> f32 {
        left[echo * 12_000 - 100..echo * 12_000 + 3000].iter().map(|sample| sample * sample).sum()
    };
    let ratio = (energy(2) / energy(1)).sqrt();
    println!("second echo: {ratio:.3} of the first");
    assert!((ratio - 0.5).abs() < 0.04, "{ratio}");
    assert_eq!(left, right);
}

#[test]
fn ping_pong_goes_from_side_to_side() {
    let crossing = DelaySettings { ping_pong: true, ..settings("1/8") };
    let [left, right] = process(&mut Delay::new(), &impulse(40_000), &crossing, 120.0);
    let energy = |side: &[f32], echo: usize| -> f32 {
        side[echo * 12_000 - 100..echo * 12_000 + 3000].iter().map(|sample| sample * sample).sum()
    };
    assert!(energy(&left, 1) > 0.5 && energy(&right, 1) < 1e-6);
    assert!(energy(&right, 2) > 0.1 && energy(&left, 2) < 1e-6);
}

#[test]
fn tempo_changes_and_moves_do_not_click() {
    let sine: Vec<f32> = (0..500_000).map(|n| 0.3 * (0.03 * f64::from(n)).sin() as f32).collect();
    let roughness = |audio: &[Vec<f32>; 2]| {
        let bends = audio.iter().flat_map(|side| side.windows(3));
        bends.fold(0.0_f32, |most, x| most.max((x[2] - 2.0 * x[1] + x[0]).abs()))
    };
    let section =
        |from: usize, frames: usize| [sine[from..from + frames].to_vec(), sine[from..from + frames].to_vec()];
    let (mut delay, start) = (Delay::new(), settings("1/16"));
    process(&mut delay, &section(0, 96_000), &start, 120.0);
    let steady = roughness(&process(&mut delay, &section(96_000, 24_000), &start, 120.0));
    let moves = [
        (start, 133.0),
        (start, 60.0),
        (settings("1/8 triplet"), 60.0),
        (DelaySettings { ping_pong: true, feedback: 0.9, ..start }, 60.0),
        (DelaySettings { low_cut_hz: 1000.0, high_cut_hz: 2000.0, mix: 0.0, ..start }, 240.0),
    ];
    for (number, (moved, bpm)) in moves.iter().enumerate() {
        let now = roughness(&process(&mut delay, &section(120_000 + 24_000 * number, 24_000), moved, *bpm));
        println!("move {number}: bend {now:.5}, steady {steady:.5}");
        assert!(now < 4.0 * steady + 1e-3, "move {number}: {now} after {steady}");
    }
}

#[test]
fn silence_returns_exactly_and_a_reset_starts_anew() {
    let (mut delay, settings) = (Delay::new(), settings("1/16"));
    let first = process(&mut delay, &noise(4800), &settings, 120.0);
    process(&mut delay, &[vec![0.0; 400_000], vec![0.0; 400_000]], &settings, 120.0);
    assert!(delay.is_at_rest(&settings, 120.0));
    let rest = process(&mut delay, &[vec![0.0; 100], vec![0.0; 100]], &settings, 120.0);
    assert!(rest.iter().flatten().all(|sample| sample.to_bits() == 0));
    delay.reset();
    assert_eq!(first, process(&mut delay, &noise(4800), &settings, 120.0));
}

#[test]
fn denormal_input_is_silence_and_no_echo_ends_in_denormal_numbers() {
    let (mut delay, settings) = (Delay::new(), settings("1/16"));
    delay.prepare(48_000.0);
    let faint = |frames: usize| noise(frames).map(|side| side.iter().map(|sample| 1e-39 * sample).collect());
    let audio = process(&mut delay, &faint(4800), &settings, 120.0);
    assert!(audio.iter().flatten().all(|sample| sample.to_bits() == 0));
    process(&mut delay, &noise(4800), &settings, 120.0);
    let tail = process(&mut delay, &faint(600_000), &settings, 120.0);
    let heard = tail.iter().flatten().filter(|sample| **sample != 0.0).count();
    let subnormal = tail.iter().flatten().filter(|sample| sample.is_subnormal()).count();
    println!("{heard} samples of echoes, {subnormal} of them denormal");
    assert!(heard > 50_000 && subnormal == 0);
    assert!(tail.iter().all(|side| side[599_000..].iter().all(|sample| sample.to_bits() == 0)));
}

#[test]
fn every_setting_is_stable() {
    let odd = DelaySettings {
        time: 999,
        feedback: f32::INFINITY,
        ping_pong: true,
        low_cut_hz: f32::NAN,
        high_cut_hz: f32::NAN,
        mix: 7.0,
    };
    for sample_rate_hz in [1000.0, 44_100.0, 768_000.0] {
        let mut delay = Delay::new();
        delay.prepare(sample_rate_hz);
        for (settings, bpm) in [(odd, f32::NAN), (settings("1/32 triplet"), 999.0), (settings("1/1"), 0.0)] {
            let mut send = noise(20_000);
            send[0][7] = f32::NAN;
            let audio = process(&mut delay, &send, &settings, bpm);
            assert!(audio.iter().flatten().all(|sample| sample.abs() < 100.0), "{sample_rate_hz}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_split_into_blocks_gives_the_same_echoes(blocks in prop::collection::vec(1_usize..900, 1..30)) {
        let (send, settings) = (noise(blocks.iter().sum()), settings("1/32"));
        let whole = process(&mut Delay::new(), &send, &settings, 140.0);
        let (mut delay, mut start) = (Delay::new(), 0);
        for frames in blocks {
            let block = [0, 1].map(|side: usize| send[side][start..start + frames].to_vec());
            let part = process(&mut delay, &block, &settings, 140.0);
            for (part, whole) in part.iter().zip(&whole) {
                for (one, other) in part.iter().zip(&whole[start..]) {
                    prop_assert!((one - other).abs() <= 1e-6, "{one} {other}");
                }
            }
            start += frames;
        }
    }
}
