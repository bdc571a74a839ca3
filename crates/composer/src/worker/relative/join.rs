//! Runs on the composer thread. Notes that stay and new notes in one part.

use linnet_music::Note;

/// The shortest note that is left, in beats.
const LENGTH_MIN: f64 = 0.02;

/// `kept` and `new` notes together. A kept note ends where the next new one begins, but for those that `is_frozen` names:
/// nothing changes in them, and a new note that would strike a sounding one of them is left out.
pub(super) fn join(mut kept: Vec<Note>, mut new: Vec<Note>, is_frozen: impl Fn(&Note) -> bool) -> Vec<Note> {
    let clashes = |note: &Note| {
        let frozen = kept.iter().filter(|kept| is_frozen(kept) && kept.pitch == note.pitch);
        let mut over = frozen.filter(|kept| (kept.onset.0..kept.end().0).contains(&note.onset.0));
        over.next().is_some()
    };
    new.retain(|note| !clashes(note));
    for note in kept.iter_mut().filter(|note| !is_frozen(note)) {
        let onsets = new.iter().map(|new| new.onset.0).filter(|onset| *onset > note.onset.0 + LENGTH_MIN);
        let room = onsets.fold(f64::INFINITY, f64::min) - note.onset.0;
        note.length.0 = note.length.0.min(room);
    }
    for note in &mut new {
        let again = kept.iter().filter(|kept| kept.pitch == note.pitch && kept.onset.0 >= note.onset.0);
        let room = again.map(|kept| kept.onset.0).fold(f64::INFINITY, f64::min) - note.onset.0;
        note.length.0 = note.length.0.min(room);
    }
    new.retain(|note| note.length.0 >= LENGTH_MIN);
    kept.extend(new);
    kept
}
