//! Any list of events decodes in order or is refused, and a line grows from any events.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_composer::tokens::line::{Line, decode, encode};
use linnet_composer::tokens::{Event, Grid};
use linnet_fuzz as _;
use linnet_music::{PitchClass, TimeSignature, Velocity};

fuzz_target!(|bytes: &[u8]| {
    let Some((&[numerator, power, bars, tonic], events)) = bytes.split_first_chunk() else { return };
    let Some(metre) = TimeSignature::new(i32::from(numerator), 1 << (power % 8)) else { return };
    let grid = Grid::new(metre);
    let tonic = PitchClass::new(i32::from(tonic));
    let event = |bytes: &[u8]| Event { position: bytes[0], pitch: bytes[1], duration: bytes[2] };
    let events: Vec<Event> = events.chunks_exact(3).map(event).collect();
    let bars = usize::from(bars);
    let mut line = Line::default();
    for event in &events {
        line.push(*event);
        assert!(line.look_ahead().into_iter().chain(line.look_at(event.position)).all(|id| id >= 0));
    }
    let Ok(notes) = decode(&events, &grid, tonic, bars) else { return };
    let end = bars as u32 * grid.bar_ticks;
    assert!(notes.iter().all(|note| note.onset < end && note.length > 0));
    assert!(notes.windows(2).all(|pair| pair[0].onset + pair[0].length <= pair[1].onset));
    let heard: Vec<_> = notes.iter().map(|note| note.to_note(Velocity::new(80))).collect();
    let again = encode(&heard, &grid, tonic, bars);
    decode(&again, &grid, tonic, bars).expect("what was encoded decodes");
});
