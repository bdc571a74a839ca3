//! The idea's notes that sound, each with the end that it will get.
//!
//! Runs on the audio thread.

use crate::clock::segment::Segment;
use crate::note_bus::{NoteBus, NoteEvent, NoteEventKind};
use linnet_music::Part;

/// Notes of the idea that sound at most. A further one is not begun, so that no end can be lost.
const NOTES: usize = 256;

/// A note that sounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActiveNote {
    /// Whose.
    pub(crate) part: Part,
    /// The key it began with.
    pub(crate) key: u8,
    /// The number it began with.
    pub(crate) note: u32,
    /// The MIDI channel it began on.
    pub(crate) channel: Option<u8>,
    /// Where it ends, in beats.
    pub(crate) end: f64,
}

/// The notes that sound.
#[derive(Debug)]
pub(crate) struct ActiveNotes {
    notes: [ActiveNote; NOTES],
    len: usize,
    dropped: u64,
}

impl ActiveNotes {
    /// None.
    pub(crate) fn new() -> Self {
        let silent = ActiveNote { part: Part::Lead, key: 0, note: 0, channel: None, end: 0.0 };
        Self { notes: [silent; NOTES], len: 0, dropped: 0 }
    }

    /// How many notes were not begun because too many sounded.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Begins `note` at `frame`, where there is room.
    pub(crate) fn begin(&mut self, note: ActiveNote, velocity: f32, frame: u32, bus: &mut NoteBus) {
        let Some(place) = self.notes.get_mut(self.len) else {
            self.dropped += 1;
            return;
        };
        let kind = NoteEventKind::NoteOn { key: note.key, velocity, note: note.note };
        let event = NoteEvent { frame, part: note.part, channel: note.channel, sounds: true, kind };
        if bus.push(event) {
            *place = note;
            self.len += 1;
        }
    }

    /// Ends the notes whose end falls on `frame` or before.
    pub(crate) fn end_until(&mut self, frame: u32, segment: &Segment, bus: &mut NoteBus) {
        self.end_where(bus, |note| Some(segment.frame_near(note.end)).filter(|end| *end <= frame));
    }

    /// Ends the notes whose end lies before `beat`.
    pub(crate) fn end_before(&mut self, beat: f64, segment: &Segment, bus: &mut NoteBus) {
        self.end_where(bus, |note| (note.end < beat).then(|| segment.frame_at(note.end)));
    }

    /// Ends the notes of the parts that `which` chooses, at `frame`.
    pub(crate) fn release(&mut self, frame: u32, bus: &mut NoteBus, which: impl Fn(Part) -> bool) {
        self.end_where(bus, |note| which(note.part).then_some(frame));
    }

    /// Forgets every note; their ends are the business of the voices' and of MIDI out's own reset.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// The order of the others stays, so that notes that end together always end in the same order.
    fn end_where(&mut self, bus: &mut NoteBus, end_frame: impl Fn(&ActiveNote) -> Option<u32>) {
        let mut kept = 0;
        for index in 0..self.len {
            let note = self.notes[index];
            if let Some(frame) = end_frame(&note) {
                let kind = NoteEventKind::NoteOff { key: note.key, note: note.note };
                bus.push(NoteEvent { frame, part: note.part, channel: note.channel, sounds: true, kind });
            } else {
                self.notes[kept] = note;
                kept += 1;
            }
        }
        self.len = kept;
    }
}

impl Default for ActiveNotes {
    fn default() -> Self {
        Self::new()
    }
}
