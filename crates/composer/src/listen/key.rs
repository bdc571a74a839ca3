//! Runs on the composer thread. Finds the key of what was heard.
//!
//! Krumhansl and Schmuckler's correlation of pitch-class durations with key profiles (C. L. Krumhansl, "Cognitive
//! Foundations of Musical Pitch", 1990, ch. 4), with the profiles of J. Albrecht and D. Shanahan, "The Use of Large
//! Corpora to Train a New Type of Key-Finding Algorithm", Music Perception 31 (2013). The first and the last note and the
//! notes that open bars at the bottom break near-ties. The scale is then read off the sixth and seventh degrees.

use linnet_music::{Key, Note, PitchClass, Scale};

/// Shares of the durations of the pitch classes above the tonic, major and minor.
const MAJOR: [f64; 12] = [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081];
const MINOR: [f64; 12] = [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052];

/// How the method is called in records.
pub const METHOD: &str =
    "key by profile correlation (Krumhansl–Schmuckler, profiles of Albrecht and Shanahan 2013)";
/// Notes below which no key is named.
const NOTES_MIN: usize = 3;
/// Notes from which on the count no longer lowers the confidence.
const NOTES_ENOUGH: f64 = 8.0;
/// One note weighs at most as much as this, in beats.
const LENGTH_MAX: f64 = 4.0;
/// What the last note, the first note, and the share of lowest notes at bar lines add to a correlation.
const LAST_BONUS: f64 = 0.10;
const FIRST_BONUS: f64 = 0.04;
const BASS_BONUS: f64 = 0.08;
/// The share of the durations from which on a degree outside the plain scale counts.
const DEGREE_MIN: f64 = 0.02;
/// The difference of scores that makes one key e times as likely as another.
const SCORE_SCALE: f64 = 0.08;

/// What the user set, and so is not to be found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GivenKey {
    /// The tonic.
    pub tonic: Option<PitchClass>,
    /// The scale.
    pub scale: Option<Scale>,
}

/// A key, and how sure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyGuess {
    /// The key.
    pub key: Key,
    /// In [0, 1]; 1 where the user set it whole.
    pub confidence: f32,
}

/// The key of `notes`, within what is `given`; none where fewer than three notes were heard and the user did not set it
/// whole.
pub fn find(notes: &[Note], given: GivenKey) -> Option<KeyGuess> {
    if let (Some(tonic), Some(scale)) = (given.tonic, given.scale) {
        return Some(KeyGuess { key: Key { tonic, scale }, confidence: 1.0 });
    }
    if notes.len() < NOTES_MIN {
        return None;
    }
    let durations = pitch_class_durations(notes);
    let bonus = position_bonus(notes);
    let mut candidates = Vec::with_capacity(24);
    for tonic in (0..12).map(PitchClass::new).filter(|tonic| given.tonic.is_none_or(|given| given == *tonic))
    {
        let above = rotated(&durations, tonic);
        for minor in [false, true] {
            let Some(scale) = scale_within(&above, minor, given.scale) else { continue };
            let fit = correlation(&above, if minor { &MINOR } else { &MAJOR });
            let covered = given.scale.map_or(0.0, |scale| share_within(&above, scale));
            let score = fit + covered + bonus[usize::from(tonic.semitones())];
            candidates.push((score, Key { tonic, scale }));
        }
    }
    let (best, key) = candidates.iter().copied().reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    let rivals: f64 = candidates.iter().map(|(score, _)| ((score - best) / SCORE_SCALE).exp()).sum();
    let evidence = (notes.len() as f64 / NOTES_ENOUGH).min(1.0);
    Some(KeyGuess { key, confidence: (evidence / rivals) as f32 })
}

/// The scale to report for a major or minor key: the given one if it is of that kind, else the one that fits.
fn scale_within(above: &[f64; 12], minor: bool, given: Option<Scale>) -> Option<Scale> {
    match given {
        Some(scale) => (scale.is_minor() == minor).then_some(scale),
        None => Some(if minor { minor_scale(above) } else { major_scale(above) }),
    }
}

/// Mixolydian and lydian only where their degree is heard more than the plain one.
fn major_scale(above: &[f64; 12]) -> Scale {
    let outweighs = |degree: usize, plain: usize| above[degree] > DEGREE_MIN && above[degree] > above[plain];
    match (outweighs(10, 11), outweighs(6, 5)) {
        (true, false) => Scale::Mixolydian,
        (false, true) => Scale::Lydian,
        _ => Scale::Major,
    }
}

/// A leading tone makes minor harmonic, with the raised sixth melodic; the raised sixth alone makes it dorian.
fn minor_scale(above: &[f64; 12]) -> Scale {
    let outweighs = |degree: usize, plain: usize| above[degree] > DEGREE_MIN && above[degree] > above[plain];
    match (outweighs(11, 10), outweighs(9, 8), outweighs(1, 2)) {
        (true, true, _) => Scale::MelodicMinor,
        (true, false, _) => Scale::HarmonicMinor,
        (false, true, _) => Scale::Dorian,
        (false, false, true) => Scale::Phrygian,
        _ => Scale::Minor,
    }
}

/// Shares of the sounding time by pitch class, from C; sums to 1 where anything sounds.
fn pitch_class_durations(notes: &[Note]) -> [f64; 12] {
    let mut durations = [0.0; 12];
    for note in notes {
        durations[usize::from(note.pitch.class().semitones())] += note.length.0.clamp(0.0, LENGTH_MAX);
    }
    let total: f64 = durations.iter().sum();
    durations.map(|duration| duration / total.max(f64::MIN_POSITIVE))
}

/// What first, last and lowest notes add to each tonic's score.
fn position_bonus(notes: &[Note]) -> [f64; 12] {
    let mut bonus = [0.0; 12];
    let class = |note: &Note| usize::from(note.pitch.class().semitones());
    if let (Some(first), Some(last)) =
        (notes.first(), notes.iter().rev().min_by_key(|n| last_and_lowest(n, notes)))
    {
        bonus[class(first)] += FIRST_BONUS;
        bonus[class(last)] += LAST_BONUS;
    }
    let lowest = notes.iter().map(|note| note.pitch).min();
    let bass: Vec<&Note> =
        notes.iter().filter(|note| lowest.is_some_and(|low| note.pitch.midi() < low.midi() + 12)).collect();
    let total: f64 = bass.iter().map(|note| note.length.0).sum();
    for note in bass {
        bonus[class(note)] += BASS_BONUS * note.length.0 / total.max(f64::MIN_POSITIVE);
    }
    bonus
}

/// Orders the notes of the last onset first, the lowest of them first of all.
fn last_and_lowest(note: &Note, notes: &[Note]) -> (bool, u8) {
    let last = notes.last().map_or(0.0, |last| last.onset.0);
    (note.onset.0 < last - 0.05, note.pitch.midi())
}

fn rotated(durations: &[f64; 12], tonic: PitchClass) -> [f64; 12] {
    std::array::from_fn(|degree| durations[(degree + usize::from(tonic.semitones())) % 12])
}

fn share_within(above: &[f64; 12], scale: Scale) -> f64 {
    (0..12).filter(|degree| scale.mask() & (1 << degree) != 0).map(|degree| above[degree]).sum()
}

/// Pearson's correlation.
fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let mean = |x: &[f64; 12]| x.iter().sum::<f64>() / 12.0;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        product += (a - mean_a) * (b - mean_b);
        square_a += (a - mean_a).powi(2);
        square_b += (b - mean_b).powi(2);
    }
    product / (square_a * square_b).sqrt().max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests;
