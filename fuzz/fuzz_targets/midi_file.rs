//! Any bytes are a tune or an error, and a tune keeps its bounds and can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_fuzz as _;
use linnet_music::midi_file::{BARS_MAX, NOTES_MAX, read};

fuzz_target!(|bytes: &[u8]| {
    let Ok(tune) = read(bytes) else { return };
    assert!(!tune.notes.is_empty() && tune.notes.len() <= NOTES_MAX);
    assert!(tune.bars() <= f64::from(BARS_MAX));
    assert!(tune.notes.is_sorted_by(|a, b| a.note.onset.0 <= b.note.onset.0));
    for note in &tune.notes {
        let (onset, length) = (note.note.onset.0, note.note.length.0);
        assert!(onset.is_finite() && onset >= 0.0 && length.is_finite() && length > 0.0);
    }
    assert!(tune.tempo().bpm().is_finite() && tune.metre().bar().0 > 0.0);
    assert!(tune.pitched().notes().len() <= tune.notes.len());
});
