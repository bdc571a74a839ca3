//! Runs on the composer thread. The bass line: the root where a chord begins, roots and fifths after it, and a step
//! towards the next root before it changes.

use super::rhythm::{distinct, on_grid, pulse};
use super::{Accompaniment, BASS_RANGE};
use crate::listen::chords::segment_length;
use linnet_music::{ChordSpan, Note};

/// The share of its time that a note sounds.
const SOUNDING: f64 = 0.92;
/// Below this density the bass only marks the chords.
const STEPPING_DENSITY: f32 = 0.35;

/// One place of the line before pitches are chosen.
struct Place {
    onset: f64,
    next: f64,
    span: ChordSpan,
    /// The chord of the next note, where it is another.
    coming: Option<ChordSpan>,
}

pub(super) fn line(to: &Accompaniment, unit: &mut dyn FnMut() -> f64) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut before: Option<u8> = None;
    for place in places(to) {
        let Some(pitch) = pitch(to, &place, before, unit) else { continue };
        let velocity = if to.is_bar_line(place.onset) { 96 } else { 86 };
        let end = place.onset + (place.next - place.onset) * SOUNDING;
        notes.push(to.note(place.onset, end, pitch, velocity));
        before = Some(pitch);
    }
    notes
}

fn places(to: &Accompaniment) -> Vec<Place> {
    let onsets = distinct(onsets(to), to.length.0);
    let spans: Vec<Option<ChordSpan>> = onsets.iter().map(|at| to.span_at(*at).copied()).collect();
    let next = onsets.iter().skip(1).copied().chain([to.length.0]);
    let coming = spans.iter().skip(1).copied().chain([to.harmony.first().copied()]);
    onsets
        .iter()
        .zip(next)
        .zip(&spans)
        .zip(coming)
        .filter_map(|(((onset, next), span), coming)| {
            let span = (*span)?;
            let coming = coming.filter(|coming| coming.chord != span.chord);
            Some(Place { onset: *onset, next, span, coming })
        })
        .collect()
}

/// Where notes begin: with every chord and bar, with the kick where drums play, and else on the beats that the density
/// allows.
fn onsets(to: &Accompaniment) -> Vec<f64> {
    let grid = |step: f64| {
        let count = (to.length.0 / step).ceil() as u32;
        (0..count).map(move |number| f64::from(number) * step)
    };
    let mut onsets: Vec<f64> = to.harmony.iter().map(|span| span.onset.0).collect();
    onsets.extend(grid(to.metre.bar().0));
    if to.density < STEPPING_DENSITY {
        return onsets;
    }
    if to.kicks.is_empty() {
        let step = if to.density < 0.65 { segment_length(to.metre).0 } else { pulse(to.metre) };
        onsets.extend(grid(step));
    } else {
        onsets.extend(to.kicks.iter().map(|kick| on_grid(*kick)));
    }
    onsets
}

fn pitch(to: &Accompaniment, place: &Place, before: Option<u8>, unit: &mut dyn FnMut() -> f64) -> Option<u8> {
    let chance = unit();
    let near = before.unwrap_or(BASS_RANGE.0 + 7);
    let root = tone(to, &place.span, 0, near);
    let opens_chord = (place.onset - place.span.onset.0).abs() < 1e-6 || to.is_bar_line(place.onset);
    if opens_chord || before.is_none() {
        return root;
    }
    if let Some(coming) = place.coming.filter(|_| place.next - place.onset <= pulse(to.metre) + 1e-6) {
        return approach(to, &coming, near, chance).or(root);
    }
    match chance {
        chance if chance < 0.5 => root,
        chance if chance < 0.85 => tone(to, &place.span, 2, near).or(root),
        _ => root.map(|root| if root + 12 <= BASS_RANGE.1 { root + 12 } else { root }),
    }
}

/// The chord's tone of this number (0 the root, 2 the fifth) nearest to `near`, or the first of its tones that may sound.
fn tone(to: &Accompaniment, span: &ChordSpan, number: usize, near: u8) -> Option<u8> {
    let intervals = span.chord.quality.intervals();
    let wanted = intervals.get(number).copied().into_iter();
    let place = |interval: u8| {
        let class = (span.chord.root.semitones() + interval) % 12;
        let places = (BASS_RANGE.0..=BASS_RANGE.1).filter(|pitch| pitch % 12 == class && to.allows(*pitch));
        places.min_by_key(|pitch| pitch.abs_diff(near))
    };
    wanted.chain(intervals.iter().copied()).find_map(place)
}

/// A note a step from the root to come: of the scale, or a semitone where nothing binds the bass to it.
fn approach(to: &Accompaniment, coming: &ChordSpan, near: u8, chance: f64) -> Option<u8> {
    let target = i32::from(tone(to, coming, 0, near)?);
    let chromatic = !to.in_scale && chance < 0.3;
    let steps: [i32; 4] = if chance < 0.6 { [-1, -2, 1, 2] } else { [2, 1, -2, -1] };
    steps.into_iter().map(|step| target + step).find_map(|pitch| {
        let pitch = u8::try_from(pitch).ok().filter(|pitch| (BASS_RANGE.0..=BASS_RANGE.1).contains(pitch))?;
        let in_key = to.key.contains(linnet_music::Pitch::new(i32::from(pitch)));
        (in_key || chromatic).then_some(pitch)
    })
}
