//! One patch: rendered by both, and how far the renders lie apart.

use crate::estimate::{Energies, Stereo, correlation, peak, shift_cents};
use crate::tune::{NOTE_MS, Note, RATE_HZ, frames};

/// The stretches of a note whose pitch is compared, in ms from its onset on: behind the attack, and while the key is down;
/// the second one where the note does not last to the end of the first.
const PITCH_MS: [[u32; 2]; 2] = [[250, 1250], [50, 300]];
/// By how much the end of a stretch may lie below the note's loudest, in dB: of what is fainter no pitch is told.
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
    /// The same of a single note with what follows it up to the next: the least.
    pub least_level: Least,
    /// How far the reference lies from itself at another rate, likewise.
    pub own_least_level: Option<Least>,
    /// By how many ms the reference was later.
    pub lag_ms: i32,
    /// The greatest sample of both.
    pub peaks: [f32; 2],
}

/// The least correlation of a note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Least {
    /// In [−1, 1].
    pub level: f64,
    /// MIDI key.
    pub key: u8,
}

/// What a render is compared with.
pub struct Reference {
    /// At [`RATE_HZ`].
    pub audio: Stereo,
    /// The same from the same player at another rate in Hz, where there is one: what its own steps in time leave to chance.
    pub again: Option<(Stereo, u32)>,
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
    reference: &Reference,
    notes: &[Note],
    length_ms: u32,
    is_pitched: bool,
) -> Difference {
    let energies = [ours, &reference.audio].map(|audio| Energies::new(audio, RATE_HZ));
    let [own, other] = &energies;
    let lag_ms = own.lag_ms(other, length_ms);
    let again = reference.again.as_ref().map(|(audio, rate_hz)| Energies::new(audio, *rate_hz));
    let level = correlation(&own.envelope(0, length_ms), &other.envelope(lag_ms, length_ms));
    let pitched = if is_pitched { notes } else { &[] };
    let lasts = |note: &Note, stretch: &[u32; 2]| {
        lasts(own, note.on_ms as i32, stretch) && lasts(other, note.on_ms as i32 + lag_ms, stretch)
    };
    let told = pitched.iter().filter_map(|note| {
        let stretch = PITCH_MS.iter().find(|stretch| lasts(note, stretch))?;
        pitch(ours, &reference.audio, note, (lag_ms, *stretch))
    });
    let told: Vec<Pitch> = told.collect();
    Difference {
        pitch: told.iter().copied().max_by(|one, other| one.cents.abs().total_cmp(&other.cents.abs())),
        told: [told.len(), pitched.len()],
        level,
        least_level: least(own, other, lag_ms, notes),
        own_least_level: again.map(|again| least(other, &again, other.lag_ms(&again, length_ms), notes)),
        lag_ms,
        peaks: [peak(ours), peak(&reference.audio)],
    }
}

/// The note whose envelopes are the least alike where `other` is `lag_ms` late.
fn least(one: &Energies, other: &Energies, lag_ms: i32, notes: &[Note]) -> Least {
    let of_note = |note: &Note| {
        let start_ms = note.on_ms as i32;
        let (one, other) = (one.envelope(start_ms, NOTE_MS), other.envelope(start_ms + lag_ms, NOTE_MS));
        Least { level: correlation(&one, &other), key: note.key }
    };
    let all = notes.iter().map(of_note);
    all.min_by(|one, other| one.level.total_cmp(&other.level)).unwrap_or(Least { level: 0.0, key: 0 })
}

/// Whether the note that begins at `on_ms` is loud enough in the last tenth of a second of the stretch.
fn lasts(energies: &Energies, on_ms: i32, [_, end_ms]: &[u32; 2]) -> bool {
    let levels = energies.envelope(on_ms, *end_ms);
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    let last = levels.iter().rev().take(10).sum::<f64>() / 10.0;
    last > loudest * 10.0_f64.powf(FAINTEST_DB / 20.0)
}

fn pitch(
    ours: &Stereo,
    reference: &Stereo,
    note: &Note,
    (lag_ms, [start_ms, end_ms]): (i32, [u32; 2]),
) -> Option<Pitch> {
    let stretch = |audio: &Stereo, lag_ms: i32| {
        let start = u32::try_from((note.on_ms + start_ms) as i32 + lag_ms).ok()?;
        let (start, length) = (frames(start), frames(end_ms - start_ms));
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
    use crate::tune::{HELD_MS, length_ms, notes};
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
        let reference = Reference { audio: sines(&notes, 21, 0.0), again: None };
        let found = compare(&sines(&notes, 0, 5.0), &reference, &notes, length_ms(2), true);
        let pitch = found.pitch.unwrap();
        assert!((pitch.cents - 5.0).abs() < 0.2 && pitch.key == 67 && pitch.velocity == 110, "{found:?}");
        assert!(found.lag_ms == 21 && found.level > 0.99 && found.told == [4, 4], "{found:?}");
    }

    #[test]
    fn a_note_that_soon_dies_away_has_a_pitch_too() {
        let notes = notes(&[60, 67]);
        let short = |cents| {
            let mut audio = sines(&notes, 0, cents);
            let silence = notes.iter().flat_map(|note| note.on() + frames(350)..note.off());
            silence.for_each(|frame| audio.iter_mut().for_each(|channel| channel[frame] = 0.0));
            audio
        };
        let reference = Reference { audio: short(0.0), again: None };
        let found = compare(&short(-4.0), &reference, &notes, length_ms(2), true);
        let pitch = found.pitch.unwrap();
        assert!((pitch.cents + 4.0).abs() < 0.2 && found.told == [4, 4], "{found:?}");
    }

    #[test]
    fn a_note_that_is_missing_is_the_least_alike() {
        let notes = notes(&[60, 67]);
        let (all, some) = (sines(&notes, 0, 0.0), sines(&notes[..2], 0, 0.0));
        let twice = some.each_ref().map(|channel| channel.iter().flat_map(|value| [*value; 2]).collect());
        let reference = Reference { audio: some, again: Some((twice, 2 * RATE_HZ)) };
        let found = compare(&all, &reference, &notes, length_ms(2), true);
        let least = Least { level: 0.0, key: 67 };
        assert!(found.told == [2, 4] && found.least_level == least && found.level < 0.9, "{found:?}");
        // What is silent is like nothing.
        assert_eq!(found.own_least_level, Some(least));
        let own = compare(&all, &reference, &notes[..2], length_ms(1), true).own_least_level;
        assert!(own.is_some_and(|own| own.level > 0.999), "{own:?}");
    }
}
