//! Runs on the composer thread. Voices a chord near the one before it.

use super::{Accompaniment, CHORDS_RANGE};
use linnet_music::Chord;

/// Where a first voicing lies: around G3–E4.
const CENTRE: f64 = 60.0;
/// The widest voicing, in semitones.
const SPAN_MAX: u8 = 16;
/// The span of a close voicing, in semitones.
const CLOSE_SPAN: u8 = 10;
/// Below this pitch, thirds and seconds sound muddy.
const MUDDY_BELOW: u8 = 52;

/// The voicing of `chord` that moves least from the one `before`, sorted upwards. A tone that may not sound is left out,
/// so it may be empty.
pub(super) fn nearest(to: &Accompaniment, chord: Chord, before: Option<&[u8]>) -> Vec<u8> {
    let tones: Vec<Vec<u8>> = chord
        .quality
        .intervals()
        .iter()
        .map(|interval| (chord.root.semitones() + interval) % 12)
        .map(|class| {
            (CHORDS_RANGE.0..=CHORDS_RANGE.1)
                .filter(|pitch| pitch % 12 == class && to.allows(*pitch))
                .collect()
        })
        .filter(|places: &Vec<u8>| !places.is_empty())
        .collect();
    let mut best: Option<(f64, Vec<u8>)> = None;
    for voicing in combinations(&tones) {
        let cost = cost(&voicing, before);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, voicing));
        }
    }
    best.map_or_else(Vec::new, |(_, voicing)| voicing)
}

/// Every choice of one place a tone, sorted upwards, no wider than allowed.
fn combinations(tones: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut voicings = vec![Vec::new()];
    for places in tones {
        voicings = voicings
            .iter()
            .flat_map(|voicing: &Vec<u8>| {
                places.iter().map(move |pitch| [voicing.as_slice(), &[*pitch]].concat())
            })
            .collect();
    }
    for voicing in &mut voicings {
        voicing.sort_unstable();
    }
    voicings.retain(|voicing| match (voicing.first(), voicing.last()) {
        (Some(low), Some(high)) => high - low <= SPAN_MAX,
        _ => false,
    });
    voicings
}

fn cost(voicing: &[u8], before: Option<&[u8]>) -> f64 {
    let mean = voicing.iter().map(|pitch| f64::from(*pitch)).sum::<f64>() / voicing.len() as f64;
    let muddy = voicing.windows(2).filter(|pair| pair[0] < MUDDY_BELOW && pair[1] - pair[0] < 5).count();
    let seconds = voicing.windows(2).filter(|pair| pair[1] - pair[0] < 2).count();
    let still = before.map_or(0.0, |before| movement(before, voicing));
    let centre_pull = if before.is_some() { 0.15 } else { 1.0 };
    let span = voicing.last().zip(voicing.first()).map_or(0, |(high, low)| high - low);
    let open = 0.4 * f64::from(span.saturating_sub(CLOSE_SPAN));
    still + open + centre_pull * (mean - CENTRE).abs() + 3.0 * muddy as f64 + 1.5 * seconds as f64
}

/// Semitones that the voices move: each to its counterpart, or, where a voice comes or goes, to the nearest.
fn movement(from: &[u8], to: &[u8]) -> f64 {
    if from.len() == to.len() {
        return from.iter().zip(to).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    }
    let way =
        |pitch: &u8, others: &[u8]| others.iter().map(|other| pitch.abs_diff(*other)).min().unwrap_or(0);
    let there: u8 = to.iter().map(|pitch| way(pitch, from)).sum();
    let back: u8 = from.iter().map(|pitch| way(pitch, to)).sum();
    0.5 * (f64::from(there) + f64::from(back))
}
