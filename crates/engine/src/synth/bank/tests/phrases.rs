//! A phrase for every preset, and what is measured of it.

use super::super::{Category, choices};
use crate::synth::Voices;
use crate::{Settings, VoiceEvent, VoiceEventKind};
use linnet_music::Part;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::sync::OnceLock;

pub(super) const RATE_HZ: usize = 48_000;
const FRAMES: usize = 3 * RATE_HZ;

/// What a phrase comes to.
pub(super) struct Heard {
    pub(super) name: &'static str,
    pub(super) category: Category,
    /// Integrated, as by BS.1770-4, in LUFS.
    pub(super) lufs: f64,
    pub(super) peak: f32,
    /// Levels of bands in segments, in dB, their mean taken out.
    pub(super) shape: Vec<f64>,
}

/// Every preset.
pub(super) fn all() -> &'static [Heard] {
    static ALL: OnceLock<Vec<Heard>> = OnceLock::new();
    ALL.get_or_init(|| {
        let tonal = choices(Part::Lead).map(|(number, tags)| (tags, number));
        let kits = choices(Part::Drums).map(|(number, tags)| (tags, number));
        let heard = |(tags, number): (&'static super::super::Tags, usize)| {
            let audio = phrase(tags.category, number);
            Heard {
                name: tags.name,
                category: tags.category,
                lufs: loudness(&audio),
                peak: audio.iter().flatten().fold(0.0, |most, sample| most.max(sample.abs())),
                shape: shape(&audio),
            }
        };
        tonal.chain(kits).map(heard).collect()
    })
}

pub(super) fn settings(number: usize) -> Settings {
    Settings::dry([number; 4])
}

/// The part that plays presets of `category` here.
pub(super) fn part_of(category: Category) -> Part {
    match category {
        Category::Kit => Part::Drums,
        Category::Bass => Part::Bass,
        Category::Lead => Part::Lead,
        _ => Part::Chords,
    }
}

/// Onset and length in seconds, keys and velocity.
type Stroke = (f64, f64, &'static [u8], f32);

fn strokes(category: Category) -> Vec<Stroke> {
    let line = |step: f64, length: f64, keys: &'static [u8]| {
        let strokes = keys.chunks(1).enumerate();
        strokes.map(|(n, key)| (step * n as f64, length, key, [0.85, 0.65, 0.75, 0.6][n % 4])).collect()
    };
    match category {
        Category::Lead => line(0.3, 0.26, &[60, 64, 67, 72, 71, 67, 69, 65]),
        Category::Pluck | Category::Bell => {
            line(0.2, 0.18, &[60, 64, 67, 72, 76, 72, 67, 64, 65, 69, 72, 77])
        }
        Category::Bass => line(0.3, 0.26, &[36, 36, 43, 34, 41, 36, 31, 38]),
        Category::Keys | Category::Pad | Category::Strings => {
            vec![(0.0, 1.1, &[48, 60, 64, 67], 0.7), (1.25, 1.2, &[53, 60, 65, 69], 0.75)]
        }
        Category::Kit => (0..10)
            .map(|n| {
                let keys: &'static [u8] = [&[36, 42][..], &[42], &[38, 42], &[46], &[36, 42]][n % 5];
                (0.25 * n as f64, 0.1, keys, [0.85, 0.6, 0.8, 0.65][n % 4])
            })
            .collect(),
    }
}

pub(super) fn phrase(category: Category, number: usize) -> [Vec<f32>; 2] {
    let part = part_of(category);
    let mut events = Vec::new();
    let mut note = 0;
    for (onset, length, keys, velocity) in strokes(category) {
        for key in keys {
            note += 1;
            let at = |seconds: f64, kind| VoiceEvent { frame: (seconds * RATE_HZ as f64) as u32, part, kind };
            events.push(at(onset, VoiceEventKind::NoteOn { key: *key, velocity, note }));
            events.push(at(onset + length, VoiceEventKind::NoteOff { note }));
        }
    }
    events.sort_by_key(|event| event.frame);
    render(number, &events, FRAMES)
}

pub(super) fn render(number: usize, events: &[VoiceEvent], frames: usize) -> [Vec<f32>; 2] {
    let mut voices = Voices::new();
    voices.prepare(RATE_HZ as f64);
    let mut audio = [(); 6].map(|()| vec![0.0; frames]);
    let [left, right, sends @ ..] = &mut audio;
    let [reverb_left, reverb_right, delay_left, delay_right] = sends;
    voices.render(
        events,
        &settings(number),
        [left, right],
        [[reverb_left, reverb_right], [delay_left, delay_right]],
    );
    let [left, right, ..] = audio;
    [left, right]
}

/// Integrated loudness by ITU-R BS.1770-4, with both gates, in LUFS.
fn loudness(audio: &[Vec<f32>; 2]) -> f64 {
    let weighted = audio.each_ref().map(|channel| {
        let shelf = biquad(
            channel.iter().map(|sample| f64::from(*sample)),
            [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
            [-1.690_659_293_182_41, 0.732_480_774_215_85],
        );
        biquad(shelf.into_iter(), [1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21])
    });
    let block = RATE_HZ * 2 / 5;
    let power = |from: usize| {
        let of = |channel: &Vec<f64>| {
            channel[from..from + block].iter().map(|x| x * x).sum::<f64>() / block as f64
        };
        weighted.iter().map(of).sum::<f64>()
    };
    let powers: Vec<f64> = (0..=FRAMES - block).step_by(RATE_HZ / 10).map(power).collect();
    let lufs = |power: f64| -0.691 + 10.0 * power.log10();
    let mean_above = |gate: f64| {
        let above: Vec<f64> = powers.iter().copied().filter(|power| lufs(*power) > gate).collect();
        above.iter().sum::<f64>() / above.len().max(1) as f64
    };
    lufs(mean_above(lufs(mean_above(-70.0)) - 10.0))
}

fn biquad(input: impl Iterator<Item = f64>, b: [f64; 3], a: [f64; 2]) -> Vec<f64> {
    let [mut first, mut second] = [0.0; 2];
    let step = |x: f64| {
        let y = b[0] * x + first;
        first = b[1] * x - a[0] * y + second;
        second = b[2] * x - a[1] * y;
        y
    };
    input.map(step).collect()
}

/// The levels of 24 bands a third of an octave wide from 50 Hz up, in 8 segments of the first two seconds, in dB, no more
/// than 40 dB below the highest.
fn shape(audio: &[Vec<f32>; 2]) -> Vec<f64> {
    const SEGMENT: usize = RATE_HZ / 4;
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(SEGMENT);
    let mut levels = Vec::new();
    for segment in 0..8 {
        let of = |n: usize| f64::from(audio[0][segment * SEGMENT + n] + audio[1][segment * SEGMENT + n]);
        let mut input: Vec<f64> = (0..SEGMENT).map(of).collect();
        let mut output = transform.make_output_vec();
        transform.process(&mut input, &mut output).unwrap();
        for band in 0..24 {
            let edge = |n: usize| (50.0 * (n as f64 / 3.0).exp2() / 4.0) as usize;
            let (from, to) = (edge(band), edge(band + 1).max(edge(band) + 1).min(output.len()));
            let power: f64 = output[from..to].iter().map(Complex::norm_sqr).sum();
            levels.push(10.0 * (power + 1e-12).log10());
        }
    }
    let highest = levels.iter().copied().fold(f64::MIN, f64::max);
    levels.into_iter().map(|level| level.max(highest - 40.0) - highest).collect()
}
