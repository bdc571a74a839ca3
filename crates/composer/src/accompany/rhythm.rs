//! Runs on the composer thread. When the chords are struck, and when the bass may step.

use super::Accompaniment;
use crate::listen::chords::segment_length;
use linnet_music::{Beats, Chord, TimeSignature};

/// Two onsets nearer than this, in beats, are one.
const SAME_BEATS: f64 = 0.2;
/// The share of a stroke's time that it sounds, so that strokes are heard apart.
const SOUNDING: f64 = 0.95;

/// One stroke of the comping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) onset: f64,
    pub(super) end: f64,
    pub(super) chord: Chord,
}

/// The felt beat, in quarters: the counted one, dotted in compound metres; never shorter than an eighth.
pub(super) fn pulse(metre: TimeSignature) -> f64 {
    let unit = 4.0 / f64::from(metre.denominator());
    (if metre.is_compound() { 3.0 * unit } else { unit }).max(0.5)
}

/// The part of a felt beat that an off-beat note comes late or early by.
pub(super) fn half_pulse(metre: TimeSignature) -> f64 {
    pulse(metre) / if metre.is_compound() { 3.0 } else { 2.0 }
}

/// The strokes over the whole length: one rhythm for every bar, plain in the last, and one at each change of chord.
pub(super) fn strokes(to: &Accompaniment, unit: &mut dyn FnMut() -> f64) -> Vec<Stroke> {
    let bar = to.metre.bar().0;
    let pattern = bar_pattern(to, unit);
    let bars = (to.length.0 / bar - 1e-6).ceil().max(1.0) as usize;
    let mut onsets: Vec<f64> = to.harmony.iter().map(|span| span.onset.0).collect();
    for number in 0..bars {
        let is_last = number + 1 == bars && bars > 1;
        let here = pattern.iter().filter(|at| !is_last || is_multiple(**at, segment_length(to.metre).0));
        onsets.extend(here.map(|at| number as f64 * bar + at));
    }
    let onsets = distinct(onsets, to.length.0);
    let ends: Vec<f64> = onsets.iter().skip(1).copied().chain([to.length.0]).collect();
    let push = half_pulse(to.metre) + 1e-6;
    let mut strokes: Vec<Stroke> = Vec::with_capacity(onsets.len());
    for (onset, next) in onsets.into_iter().zip(ends) {
        // A stroke just before a change of chord anticipates it, and the change itself is not struck again.
        let change =
            to.harmony.iter().find(|span| onset < span.onset.0 - 1e-9 && span.onset.0 - onset <= push);
        let Some(chord) = change.map(|span| span.chord).or_else(|| to.chord_at(onset)) else { continue };
        let end = onset + (next - onset) * SOUNDING;
        match strokes.last_mut() {
            Some(last) if last.chord == chord && is_anticipated(to, last.onset, onset, push) => {
                last.end = end;
            }
            _ => strokes.push(Stroke { onset, end, chord }),
        }
    }
    strokes
}

/// Whether the chord that begins at `onset` was already struck at `before`.
fn is_anticipated(to: &Accompaniment, before: f64, onset: f64, push: f64) -> bool {
    onset - before <= push && to.harmony.iter().any(|span| (span.onset.0 - onset).abs() < 1e-9)
}

/// The onsets inside a bar: more with the density, some pushed ahead of the beat.
fn bar_pattern(to: &Accompaniment, unit: &mut dyn FnMut() -> f64) -> Vec<f64> {
    let (bar, pulse, half) = (to.metre.bar().0, pulse(to.metre), half_pulse(to.metre));
    let step = match to.density {
        density if density < 0.3 => bar,
        density if density < 0.6 => segment_length(to.metre).0,
        density if density < 0.8 => pulse * if unit() < 0.5 { 1.0 } else { 2.0 },
        _ => pulse,
    };
    let pushed_share = if to.density < 0.4 { 0.0 } else { 0.45 * f64::from(to.density) };
    let mut pattern = vec![0.0];
    let mut at = step;
    while at < bar - SAME_BEATS {
        let pushed = unit() < pushed_share && at - half > SAME_BEATS;
        pattern.push(if pushed { at - half } else { at });
        if to.density > 0.85 && unit() < 0.3 && at + pulse - half < bar {
            pattern.push(at + pulse - half);
        }
        at += step;
    }
    pattern
}

/// `onsets` sorted, in [0, length), none nearer than [`SAME_BEATS`] to the one before.
pub(super) fn distinct(mut onsets: Vec<f64>, length: f64) -> Vec<f64> {
    onsets.retain(|onset| (0.0..length - SAME_BEATS).contains(onset));
    onsets.sort_by(f64::total_cmp);
    onsets.dedup_by(|later, earlier| *later - *earlier < SAME_BEATS);
    onsets
}

/// `at` on the nearest sixteenth or triplet eighth.
pub(super) fn on_grid(at: Beats) -> f64 {
    let places = [0.0, 0.25, 1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75, 1.0];
    let (beat, rest) = (at.0.floor(), at.0 - at.0.floor());
    let nearest = places.into_iter().min_by(|a, b| (a - rest).abs().total_cmp(&(b - rest).abs()));
    beat + nearest.unwrap_or(rest)
}

fn is_multiple(at: f64, of: f64) -> bool {
    let rest = at.rem_euclid(of);
    rest < 1e-6 || of - rest < 1e-6
}
