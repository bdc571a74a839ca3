//! What the convolution promises.

use super::{Convolver, Response};
use crate::random::Random;
use fearless_simd::Level;
use proptest::prelude::*;

fn noise(frames: usize, seed: u32) -> [Vec<f32>; 2] {
    let mut random = Random::new(seed);
    [(); 2].map(|()| (0..frames).map(|_| random.next_bipolar()).collect())
}

/// Noise that decays by 60 dB.
fn decaying(taps: usize) -> [Vec<f32>; 2] {
    noise(taps, 5).map(|side| {
        let decay = |(tap, value): (usize, f32)| value * (-6.9 * tap as f32 / taps as f32).exp();
        side.into_iter().enumerate().map(decay).collect()
    })
}

fn process(convolver: &mut Convolver, response: &Response, input: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let mut output = [vec![0.0; input[0].len()], vec![0.0; input[0].len()]];
    let [left, right] = &mut output;
    convolver.process(response, [&input[0], &input[1]], [left, right]);
    output
}

/// One frame of the convolution, as it is defined.
fn exact(taps: &[f32], input: &[f32], frame: usize) -> f64 {
    let heard = taps.iter().take(frame + 1).enumerate();
    heard.map(|(delay, tap)| f64::from(*tap) * f64::from(input[frame - delay])).sum()
}

#[test]
fn it_is_the_convolution_from_the_first_frame_on() {
    for taps in [0, 1, 63, 64, 65, 200, 1024, 1500, 8192, 8193, 21_000] {
        let (taps, input) = (decaying(taps), noise(40_000, 9));
        let response = Response::new(&taps[0], &taps[1]);
        let output = process(&mut Convolver::new(30_000), &response, &input);
        let (mut worst, mut level) = (0.0_f64, 1e-9_f64);
        for side in 0..2 {
            for frame in (0..300).chain((300..40_000).step_by(173)) {
                let exact = exact(&taps[side], &input[side], frame);
                worst = worst.max((f64::from(output[side][frame]) - exact).abs());
                level = level.max(exact.abs());
            }
        }
        println!("{} taps: off by {:.1} dB of the peak", taps[0].len(), 20.0 * (worst / level).log10());
        assert!(worst < 3e-6 * level.max(1.0), "{}: {worst}", taps[0].len());
    }
}

#[test]
fn an_impulse_comes_back_as_the_response() {
    let taps = decaying(20_000);
    let response = Response::new(&taps[0], &taps[1]);
    let mut impulse = [vec![0.0; 20_000], vec![0.0; 20_000]];
    (impulse[0][0], impulse[1][0]) = (1.0, 1.0);
    let output = process(&mut Convolver::new(20_000), &response, &impulse);
    let worst = output.iter().flatten().zip(taps.iter().flatten()).map(|(a, b)| (a - b).abs());
    assert!(worst.fold(0.0, f32::max) < 1e-6);
}

#[test]
fn every_kind_of_processor_gives_the_same_convolution_to_the_bit() {
    let (taps, input) = (decaying(20_000), noise(20_000, 2));
    let response = Response::new(&taps[0], &taps[1]);
    let best = process(&mut Convolver::new(20_000), &response, &input);
    let mut convolver = Convolver::new(20_000);
    convolver.limit_to(Level::baseline());
    let least = process(&mut convolver, &response, &input);
    assert!(best.iter().flatten().zip(least.iter().flatten()).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn a_reset_is_silence_and_another_response_may_follow() {
    let (long, short) = (decaying(20_000), decaying(3000));
    let (long, short) = (Response::new(&long[0], &long[1]), Response::new(&short[0], &short[1]));
    let mut convolver = Convolver::new(20_000);
    process(&mut convolver, &long, &noise(30_011, 1));
    convolver.reset();
    let input = noise(30_000, 3);
    assert_eq!(process(&mut convolver, &short, &input), process(&mut Convolver::new(20_000), &short, &input));
}

/// Of all 64 frames, the ones with the most work have less than twice as much as the middle ones.
#[test]
fn the_work_is_spread_evenly() {
    let taps = decaying(96_000);
    let response = Response::new(&taps[0], &taps[1]);
    let mut convolver = Convolver::new(96_000);
    let silence = [vec![0.0; 64], vec![0.0; 64]];
    let mut spent = Vec::new();
    let mut before = 0;
    for block in 0..2048 {
        process(&mut convolver, &response, &silence);
        let now = convolver.work_done();
        if block > 1600 {
            spent.push(now - before);
        }
        before = now;
    }
    spent.sort_unstable();
    let (median, most) = (spent[spent.len() / 2], spent[spent.len() - 1]);
    println!("work in 64 frames: median {median}, most {most} steps");
    assert!(most < 2 * median, "{most} {median}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn any_split_into_blocks_gives_the_same_to_the_bit(blocks in prop::collection::vec(1_usize..900, 1..40)) {
        let (taps, input) = (decaying(9000), noise(blocks.iter().sum(), 7));
        let response = Response::new(&taps[0], &taps[1]);
        let whole = process(&mut Convolver::new(9000), &response, &input);
        let (mut convolver, mut start) = (Convolver::new(9000), 0);
        for frames in blocks {
            let block = [0, 1].map(|side: usize| input[side][start..start + frames].to_vec());
            let part = process(&mut convolver, &response, &block);
            for side in 0..2 {
                prop_assert_eq!(&part[side][..], &whole[side][start..start + frames]);
            }
            start += frames;
        }
    }
}
