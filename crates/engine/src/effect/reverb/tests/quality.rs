//! How good the reverb is, in figures.

use super::*;
use realfft::RealFftPlanner;

/// When the echoes are as dense as in noise, in seconds: the share of frames beyond one standard deviation of their
/// surroundings, of 20 ms, reaches that of Gaussian noise (J. S. Abel, P. Huang, "A simple, robust measure of
/// reverberation echo density", 121st AES Convention, 2006).
fn dense_after_s(response: &[f32]) -> f64 {
    const WINDOW: usize = 960;
    let density = |start: usize| {
        let window = &response[start..start + WINDOW];
        let deviation = (energy(window) / WINDOW as f64).sqrt() as f32;
        let beyond = window.iter().filter(|sample| sample.abs() > deviation).count();
        beyond as f64 / WINDOW as f64 / 0.3173
    };
    let first = response.iter().position(|sample| *sample != 0.0).unwrap();
    let dense = (first..response.len() - WINDOW).step_by(48).find(|start| density(*start) >= 0.9);
    (dense.unwrap_or(response.len()) + WINDOW / 2 - first) as f64 / 48_000.0
}

#[test]
fn echoes_are_as_dense_as_noise_soon() {
    let cases = KINDS.map(|kind| settings(kind, 2.0)).into_iter().chain(SpaceType::ALL.map(in_space));
    for settings in cases {
        let [left, _] = impulse_response(&settings, 48_000);
        let found = dense_after_s(&left);
        println!("{:?} {:?}: dense after {:.0} ms", settings.kind, settings.space, 1000.0 * found);
        assert!(found <= 0.08, "{settings:?}: {found}");
    }
}

#[test]
fn every_octave_decays_in_the_time_asked() {
    for kind in KINDS {
        for asked_s in [0.8, 2.0, 4.0] {
            let [left, _] = impulse_response(&settings(kind, asked_s), (2.0 * asked_s * 48_000.0) as usize);
            let found = [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0]
                .map(|freq_hz| decay_s(&octave(&left, freq_hz)) / f64::from(asked_s));
            println!("{kind:?} {asked_s} s, by octave from 125 Hz: {found:.3?} of it");
            assert!(found.iter().all(|share| (share - 1.0).abs() < 0.1), "{kind:?} {asked_s} {found:.3?}");
        }
    }
}

/// How flat the tail is: the geometric mean of its power spectrum over the arithmetic one, averaged over stretches. Of
/// white noise, exp(−0.5772) = 0.561.
#[test]
fn the_tail_is_as_flat_as_noise() {
    const FRAMES: usize = 4096;
    for kind in KINDS {
        let [left, _] = impulse_response(&settings(kind, 4.0), 96_000);
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FRAMES);
        let mut flatness = Vec::new();
        for stretch in left[9600..].chunks_exact(FRAMES).take(16) {
            let (mut input, mut spectrum) = (stretch.to_vec(), fft.make_output_vec());
            fft.process(&mut input, &mut spectrum).unwrap();
            // From 250 Hz to 4 kHz, where nothing is damped yet.
            let power: Vec<f64> = spectrum[21..341].iter().map(|bin| f64::from(bin.norm_sqr())).collect();
            let logarithms = power.iter().map(|power| power.ln()).sum::<f64>() / power.len() as f64;
            flatness.push(logarithms.exp() / (power.iter().sum::<f64>() / power.len() as f64));
        }
        let mean = flatness.iter().sum::<f64>() / flatness.len() as f64;
        println!("{kind:?}: flatness {mean:.3} (noise 0.561)");
        assert!(mean > 0.4, "{kind:?} {mean}");
    }
}
