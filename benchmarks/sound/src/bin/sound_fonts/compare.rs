//! One patch: rendered by both, and how far the renders lie apart.

use crate::estimate::{Energies, Stereo, correlation, peak, shift_cents};
use crate::tune::{NOTE_MS, Note, frames};

/// The stretch of a note whose pitch is compared, in ms from its onset on: behind the attack, and while the key is down.
const PITCH_MS: [u32; 2] = [250, 1250];
/// By how much that stretch may lie below the note's loudest, in dB: of what is fainter no pitch is told.
const FAINTEST_DB: f64 = -60.0;

/// How far two renders of the same notes lie apart.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The greatest difference in pitch of a note; none where no note has a pitch.
    pub pitch: Option<Pitch>,
    /// Of the notes that have a pitch, how many last long enough to tell it; and how many there are.
    pub told: [usize; 2],
    /// Pearson's correlation of the level envelopes over all notes, in [−1, 1].
    pub level: f64,
    /// The least of a single note with what follows it up to the next, and that note's key.
    pub least_level: (f64, u8),
    /// By how many ms the reference was later.
    pub lag_ms: i32,
    /// The greatest sample of both.
    pub peaks: [f32; 2],
}

/// How far a note lies from where it should.
#[derive(Clone, Copy, Debug)]
pub struct Pitch {
    /// Above the reference, in cents, in [−50, 50].
    pub cents: f64,
    /// MIDI key.
    pub key: u8,
    /// In [1, 127].
    pub velocity: u8,
}

/// Compares `ours` with `reference`.
pub fn compare(
    ours: &Stereo,
    reference: &Stereo,
    notes: &[Note],
    length_ms: u32,
    is_pitched: bool,
) -> Difference {
    let energies = [ours, reference].map(Energies::new);
    let [own, other] = &energies;
    let lag_ms = own.lag_ms(other, length_ms);
    let level = correlation(&own.envelope(0, length_ms), &other.envelope(lag_ms, length_ms));
    let of_note = |note: &Note| {
        let start_ms = note.on_ms as i32;
        let (one, other) = (own.envelope(start_ms, NOTE_MS), other.envelope(start_ms + lag_ms, NOTE_MS));
        (correlation(&one, &other), note.key)
    };
    let least_level = notes.iter().map(of_note).min_by(|one, other| one.0.total_cmp(&other.0));
    let pitched = if is_pitched { notes } else { &[] };
    let told: Vec<Pitch> = pitched
        .iter()
        .filter(|note| [(own, 0), (other, lag_ms)].iter().all(|(energies, lag)| lasts(energies, note, *lag)))
        .filter_map(|note| pitch(ours, reference, note, lag_ms))
        .collect();
    Difference {
        pitch: told.iter().copied().max_by(|one, other| one.cents.abs().total_cmp(&other.cents.abs())),
        told: [told.len(), pitched.len()],
        level,
        least_level: least_level.unwrap_or((0.0, 0)),
        lag_ms,
        peaks: [peak(ours), peak(reference)],
    }
}

/// Whether the note is loud enough at the end of [`PITCH_MS`].
fn lasts(energies: &Energies, note: &Note, lag_ms: i32) -> bool {
    let levels = energies.envelope(note.on_ms as i32 + lag_ms, PITCH_MS[1]);
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    let last = levels.iter().rev().take(10).sum::<f64>() / 10.0;
    last > loudest * 10.0_f64.powf(FAINTEST_DB / 20.0)
}

fn pitch(ours: &Stereo, reference: &Stereo, note: &Note, lag_ms: i32) -> Option<Pitch> {
    let stretch = |audio: &Stereo, lag_ms: i32| {
        let start = u32::try_from((note.on_ms + PITCH_MS[0]) as i32 + lag_ms).ok()?;
        let (start, length) = (frames(start), frames(PITCH_MS[1] - PITCH_MS[0]));
        let [left, right] = audio.each_ref().map(|channel| channel.get(start..start + length));
        Some([left?.to_vec(), right?.to_vec()])
    };
    let (one, other) = (stretch(ours, 0)?, stretch(reference, lag_ms)?);
    let [one, other] = [&one, &other].map(|audio| audio.each_ref().map(Vec::as_slice));
    let cents = shift_cents(one, other)?;
    Some(Pitch { cents, key: note.key, velocity: note.velocity })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::{HELD_MS, RATE_HZ, length_ms, notes};
    use std::f64::consts::TAU;

    /// The notes as sines, `late_ms` late; the last one `cents` too high.
    fn sines(notes: &[Note], late_ms: u32, cents: f64) -> Stereo {
        let mut mono = vec![0.0_f32; frames(length_ms(2) + 100)];
        for (index, note) in notes.iter().enumerate() {
            let sharp = if index + 1 == notes.len() { cents } else { 0.0 };
            let freq_hz = 440.0 * ((f64::from(note.key) - 69.0) / 12.0 + sharp / 1200.0).exp2();
            let place = frames(note.on_ms + late_ms);
            for (n, value) in mono[place..place + frames(HELD_MS)].iter_mut().enumerate() {
                *value = 0.2 * (TAU * freq_hz * n as f64 / f64::from(RATE_HZ)).sin() as f32;
            }
        }
        [mono.clone(), mono]
    }

    #[test]
    fn the_worst_note_is_named_though_the_reference_is_late() {
        let notes = notes(&[60, 67]);
        let found = compare(&sines(&notes, 0, 5.0), &sines(&notes, 21, 0.0), &notes, length_ms(2), true);
        let pitch = found.pitch.unwrap();
        assert!((pitch.cents - 5.0).abs() < 0.2 && pitch.key == 67 && pitch.velocity == 110, "{found:?}");
        assert!(found.lag_ms == 21 && found.level > 0.99 && found.told == [4, 4], "{found:?}");
    }

    #[test]
    fn a_note_that_is_missing_is_the_least_alike() {
        let notes = notes(&[60, 67]);
        let (all, some) = (sines(&notes, 0, 0.0), sines(&notes[..2], 0, 0.0));
        let found = compare(&all, &some, &notes, length_ms(2), true);
        assert!(found.told == [2, 4] && found.least_level == (0.0, 67) && found.level < 0.9, "{found:?}");
    }
}
