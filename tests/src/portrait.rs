//! A scene as a picture: its spectrogram, the response of its EQ, and how its energy decays when it has ended.

use crate::offline::{Scene, Script};
use crate::picture::PictureError;
use crate::picture::canvas::{Area, Canvas, Rgb, Style};
use crate::picture::palette::{ACCENT, LABEL, TEXT, WINDOW};
use crate::plot::{Axis, COLOURS, Plot, heat};
use crate::spectra::Spectra;
use linnet_engine::effect::equalizer::Response;
use std::f64::consts::SQRT_2;

const WIDTH: f32 = 1200.0;
const HEIGHT: f32 = 900.0;
const SPECTRUM: Area = Area { x: 72.0, y: 110.0, w: 1020.0, h: 360.0 };
const EQ: Area = Area { x: 72.0, y: 580.0, w: 500.0, h: 250.0 };
const DECAY: Area = Area { x: 670.0, y: 580.0, w: 490.0, h: 250.0 };
/// The levels that the spectrogram shows, in dB below full scale.
const LEVELS_DB: [f32; 2] = [-110.0, -20.0];
/// Of the spectrogram: frames of one transform, in seconds.
const WINDOW_S: f64 = 0.06;
/// The same for the decay.
const DECAY_WINDOW_S: f64 = 0.03;
/// The octaves whose decay is drawn, in hertz.
const OCTAVES_HZ: [f64; 7] = [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];
/// The part of a decay whose slope is told, in dB.
const SLOPE_DB: [f64; 2] = [-5.0, -35.0];
/// What the decay must reach for that.
const END_DB: f64 = -55.0;
const SMALL: Style = Style { size: 11.0, colour: LABEL, bold: false };

/// Draws `audio`, a render of `script`, as a PNG.
pub fn draw(
    scene: &Scene,
    script: &Script,
    audio: &[Vec<f32>; 2],
    rate_hz: f64,
) -> Result<Vec<u8>, PictureError> {
    let mut canvas = Canvas::new(WIDTH as u32, HEIGHT as u32, WINDOW)?;
    canvas.text(24.0, 34.0, scene.name, Style { size: 17.0, colour: TEXT, bold: true });
    let line = format!("{}; {:.1} s at {rate_hz} Hz", scene.what, audio[0].len() as f64 / rate_hz);
    canvas.text(24.0, 56.0, &line, Style { size: 12.0, colour: LABEL, bold: false });
    let end_s = script.frames(rate_hz).0 as f64 / rate_hz;
    spectrogram(&mut canvas, audio, rate_hz, end_s);
    equalizer(&mut canvas, script, rate_hz);
    decay(&mut canvas, audio, rate_hz, end_s);
    canvas.to_png()
}

fn spectrogram(canvas: &mut Canvas, audio: &[Vec<f32>; 2], rate_hz: f64, end_s: f64) {
    let spectra = Spectra::of(audio, rate_hz, WINDOW_S, WINDOW_S / 8.0);
    let seconds = audio[0].len() as f64 / rate_hz;
    let time = Axis::linear("Time (s)", 0.0, seconds, 1.0);
    let title = "Frequency (Hz), both sides together".to_owned();
    let frequency = Axis { title, ..Axis::frequency(20_000.0) };
    let plot = Plot::draw(canvas, "Spectrogram", SPECTRUM, time, frequency);
    let [low, high] = LEVELS_DB;
    plot.field(canvas, 2.0, |at_s, hz| (spectra.level_db(at_s, hz) as f32 - low) / (high - low));
    plot.grid(canvas);
    let x = SPECTRUM.x + SPECTRUM.w * plot.x.share(end_s);
    canvas.line((x, SPECTRUM.y), (x, SPECTRUM.y + SPECTRUM.h), ACCENT, 1.2, true);
    canvas.text(x - 90.0, SPECTRUM.y - 9.0, "the transport stops", Style { colour: ACCENT, ..SMALL });
    scale(canvas);
}

/// What the colours of the spectrogram mean.
fn scale(canvas: &mut Canvas) {
    let (x, y, h) = (SPECTRUM.x + SPECTRUM.w + 20.0, SPECTRUM.y, SPECTRUM.h);
    let [low, high] = LEVELS_DB;
    canvas.text(x, y - 9.0, "Level (dB)", SMALL);
    for row in 0..h as usize {
        let area = Area { x, y: y + row as f32, w: 14.0, h: 1.0 };
        canvas.fill(area, heat(1.0 - row as f32 / h), 1.0);
    }
    for tick in [-20, -50, -80, -110] {
        let at = y + h * (high - tick as f32) / (high - low);
        canvas.text(x + 20.0, at + 4.0, &tick.to_string(), SMALL);
    }
}

fn equalizer(canvas: &mut Canvas, script: &Script, rate_hz: f64) {
    let gain = Axis::linear("Gain (dB)", -24.0, 24.0, 6.0);
    let plot = Plot::draw(canvas, "Response of the EQ", EQ, Axis::frequency(20_000.0), gain);
    let mut moments: Vec<f64> = (0..5).map(|quarter| script.beats * f64::from(quarter) / 4.0).collect();
    moments.dedup_by_key(|beat| (script.settings)(*beat).bands);
    let mut names = Vec::new();
    for (place, beat) in moments.iter().enumerate() {
        let bands = (script.settings)(*beat).bands;
        let response = Response::new(&bands, rate_hz);
        let curve: Vec<(f64, f64)> = (0..=250)
            .map(|n| plot.x.at(f64::from(n) / 250.0))
            .map(|hz| (hz, response.db(hz.min(0.499 * rate_hz))))
            .collect();
        plot.curve(canvas, &curve, COLOURS[place]);
        let name = if moments.len() == 1 { "always".to_owned() } else { format!("at beat {beat}") };
        names.push((name, COLOURS[place]));
    }
    plot.legend(canvas, &names);
}

fn decay(canvas: &mut Canvas, audio: &[Vec<f32>; 2], rate_hz: f64, end_s: f64) {
    let end = ((end_s * rate_hz) as usize).min(audio[0].len());
    let tail = audio.each_ref().map(|side| side[end..].to_vec());
    let seconds = tail[0].len() as f64 / rate_hz;
    let spectra = Spectra::of(&tail, rate_hz, DECAY_WINDOW_S, DECAY_WINDOW_S / 4.0);
    let time = Axis::linear("Time after the transport stops (s)", 0.0, seconds, 0.5);
    let level = Axis::linear("Energy that is still to come (dB), with the time to 60 dB", -80.0, 0.0, 10.0);
    let plot = Plot::draw(canvas, "Decay by octaves", DECAY, time, level);
    let mut names: Vec<(String, Rgb)> = Vec::new();
    for (octave, colour) in OCTAVES_HZ.into_iter().zip(COLOURS) {
        let curve = decay_curve(&spectra, [octave / SQRT_2, octave * SQRT_2]);
        plot.curve(canvas, &curve, colour);
        let told = time_to_60_db(&curve).map_or("–".to_owned(), |seconds| format!("{seconds:.2} s"));
        names.push((format!("{octave} Hz: {told}"), colour));
    }
    plot.legend(canvas, &names);
}

/// The energy of a band from each moment on, in dB of all of it (M. R. Schroeder, "New Method of Measuring Reverberation
/// Time", 1965). Empty where there is none.
fn decay_curve(spectra: &Spectra, band_hz: [f64; 2]) -> Vec<(f64, f64)> {
    let mut powers: Vec<f64> = spectra.band_powers(band_hz);
    for place in (1..powers.len()).rev() {
        powers[place - 1] += powers[place];
    }
    let all = powers.first().copied().unwrap_or(0.0);
    if all < 1e-14 {
        return Vec::new();
    }
    let db = |power: f64| 10.0 * (power / all).max(1e-12).log10();
    powers.iter().enumerate().map(|(place, power)| (spectra.time_s(place), db(*power))).collect()
}

/// How long a decay of 60 dB takes by the part between 5 and 35 dB; none where what is heard ends too soon to tell.
fn time_to_60_db(curve: &[(f64, f64)]) -> Option<f64> {
    let at = |db: f64| curve.iter().find(|(_, level)| *level <= db).map(|(at_s, _)| *at_s);
    // Near its end the curve falls because the rest is missing.
    at(END_DB)?;
    Some((at(SLOPE_DB[1])? - at(SLOPE_DB[0])?) * 60.0 / (SLOPE_DB[0] - SLOPE_DB[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offline::{SCENES, render_script};

    #[test]
    fn the_decay_of_a_known_slope_is_told() {
        // Noise that falls by 60 dB within 0.8 s.
        let mut bits = 1_u32;
        let mut noise = || {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(bits >> 8) / f64::from(1 << 23) - 1.0
        };
        let tail: Vec<f32> =
            (0..72_000).map(|n| (noise() * 10.0_f64.powf(-3.0 * f64::from(n) / 38_400.0)) as f32).collect();
        let spectra = Spectra::of(&[tail.clone(), tail], 48_000.0, DECAY_WINDOW_S, DECAY_WINDOW_S / 4.0);
        for octave in OCTAVES_HZ {
            let found = time_to_60_db(&decay_curve(&spectra, [octave / SQRT_2, octave * SQRT_2]));
            println!("{octave} Hz: {found:?}");
            assert!(found.is_some_and(|seconds| (seconds - 0.8).abs() < 0.12), "{octave} {found:?}");
        }
    }

    #[test]
    fn a_scene_has_a_picture() {
        let scene = SCENES.iter().find(|scene| scene.name == "room").expect("it is among the scenes");
        let script = (scene.script)();
        let audio = render_script(&script, 48_000.0, &[512]).audio;
        let picture = draw(scene, &script, &audio, 48_000.0).expect("there is a font");
        assert!(picture.starts_with(b"\x89PNG") && picture.len() > 10_000, "{}", picture.len());
    }
}
