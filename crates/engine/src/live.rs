//! Live notes: they sound on the lead, and are passed on to MIDI out.
//!
//! Runs on the audio thread. They leave on the lead's channel, so that the instrument behind it plays them too; where
//! the lead has none, on the channel on which they came. The sustain pedal is passed on as it is, and holds the notes
//! for the voices here.

use crate::note_bus::{NoteBus, NoteEvent, NoteEventKind};
use crate::strips::Strip;
use crate::voice_event::MOD_WHEEL;
use crate::{LiveEvent, LiveKind};
use linnet_music::Part;

/// Live notes that sound at most; a further one is not played.
const NOTES: usize = 256;
/// The source of notes that are played in the editor; sources below are MIDI channels.
const EDITOR: u8 = 16;
const SOURCES: usize = 17;
const SUSTAIN: u8 = 64;
const ALL_SOUND_OFF: u8 = 120;
const ALL_CONTROLLERS_OFF: u8 = 121;
const ALL_NOTES_OFF: u8 = 123;

#[derive(Clone, Copy, Debug, Default)]
struct LiveNote {
    source: u8,
    key: u8,
    note: u32,
    /// Where its note-on went, until its note-off has gone there.
    channel: Option<u8>,
    /// The key is up, and the pedal holds it.
    pedalled: bool,
}

/// The notes that are played live.
#[derive(Debug)]
pub(crate) struct Live {
    notes: [LiveNote; NOTES],
    len: usize,
    pedal: [bool; SOURCES],
    strip: Strip,
    dropped: u64,
}

impl Live {
    /// Nothing played.
    pub(crate) fn new() -> Self {
        Self {
            notes: [LiveNote::default(); NOTES],
            len: 0,
            pedal: [false; SOURCES],
            strip: Strip::default(),
            dropped: 0,
        }
    }

    /// Forgets every note; their ends are the business of the voices' and of MIDI out's own reset.
    pub(crate) fn reset(&mut self) {
        self.len = 0;
        self.pedal = [false; SOURCES];
    }

    /// Notes that were not played because too many sounded.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes the lead's strip for the block: silences what it silences, and leaves a channel that is no longer its.
    pub(crate) fn follow(&mut self, strip: Strip, bus: &mut NoteBus) {
        if !strip.audible {
            self.end_all(0, bus);
        }
        if strip.channel != self.strip.channel {
            for index in 0..self.len {
                self.leave_channel(index, 0, bus);
            }
            for source in (0..EDITOR).filter(|source| self.pedal[usize::from(*source)]) {
                push(
                    bus,
                    0,
                    self.channel(source),
                    false,
                    NoteEventKind::Controller { number: SUSTAIN, value: 0.0 },
                );
            }
        }
        self.strip = strip;
    }

    /// Plays the block's events. A frame past the end counts as the last.
    pub(crate) fn play(&mut self, events: &[LiveEvent], frames: u32, bus: &mut NoteBus) {
        for event in events {
            let frame = event.frame.min(frames.saturating_sub(1));
            let source = event.channel & 15;
            match event.kind {
                LiveKind::NoteOn { pitch, velocity } if pitch < 128 => {
                    self.press(source, pitch, velocity, frame, bus);
                }
                LiveKind::NoteOff { pitch, .. } => self.lift(source, pitch, frame, bus),
                LiveKind::Choke { pitch } => self.choke(source, pitch, frame, bus),
                LiveKind::Controller { number, value } => self.control(source, number, value, frame, bus),
                LiveKind::PitchBend { value } => {
                    let value = if value.is_finite() { value.clamp(-1.0, 1.0) } else { 0.0 };
                    push(bus, frame, self.channel(source), true, NoteEventKind::PitchBend { value });
                }
                LiveKind::NoteOn { .. } => {}
            }
        }
    }

    /// A key of the editor goes down.
    pub(crate) fn press_in_editor(&mut self, key: u8, velocity: f32, bus: &mut NoteBus) {
        self.press(EDITOR, key, velocity, 0, bus);
    }

    /// A key of the editor goes up.
    pub(crate) fn lift_in_editor(&mut self, key: u8, bus: &mut NoteBus) {
        self.lift(EDITOR, key, 0, bus);
    }

    /// Ends everything, the pedal's hold included.
    pub(crate) fn panic(&mut self, bus: &mut NoteBus) {
        self.end_all(0, bus);
        for source in 0..EDITOR {
            if std::mem::take(&mut self.pedal[usize::from(source)]) {
                push(
                    bus,
                    0,
                    self.channel(source),
                    false,
                    NoteEventKind::Controller { number: SUSTAIN, value: 0.0 },
                );
            }
        }
    }

    /// The channel that what comes from `source` leaves on.
    fn channel(&self, source: u8) -> Option<u8> {
        self.strip.channel.or((source < EDITOR).then_some(source))
    }

    fn press(&mut self, source: u8, key: u8, velocity: f32, frame: u32, bus: &mut NoteBus) {
        // A key that goes down twice has gone up in between, whatever the host says.
        self.end_where(frame, bus, |note| note.source == source && note.key == key);
        if !self.strip.audible {
            return;
        }
        let Some(place) = self.notes.get_mut(self.len) else {
            self.dropped += 1;
            return;
        };
        let velocity = if velocity.is_finite() { velocity.clamp(1.0 / 127.0, 1.0) } else { 0.5 };
        let channel = self.strip.channel.or((source < EDITOR).then_some(source));
        let note = bus.number();
        if push(bus, frame, channel, true, NoteEventKind::NoteOn { key, velocity, note }) {
            *place = LiveNote { source, key, note, channel, pedalled: false };
            self.len += 1;
        }
    }

    fn lift(&mut self, source: u8, key: u8, frame: u32, bus: &mut NoteBus) {
        if !self.pedal[usize::from(source)] {
            self.end_where(frame, bus, |note| note.source == source && note.key == key);
            return;
        }
        for index in 0..self.len {
            if self.notes[index].source == source && self.notes[index].key == key {
                self.leave_channel(index, frame, bus);
                self.notes[index].pedalled = true;
            }
        }
    }

    fn choke(&mut self, source: u8, key: u8, frame: u32, bus: &mut NoteBus) {
        self.take_where(
            |note| note.source == source && note.key == key,
            |note| {
                let kind = NoteEventKind::Choke { key, note: note.note };
                push(bus, frame, note.channel, true, kind);
            },
        );
    }

    fn control(&mut self, source: u8, number: u8, value: f32, frame: u32, bus: &mut NoteBus) {
        let value = if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
        let kind = NoteEventKind::Controller { number, value };
        match number {
            SUSTAIN => {
                push(bus, frame, self.channel(source), false, kind);
                self.pedal[usize::from(source)] = value >= 0.5;
                if value < 0.5 {
                    self.end_where(frame, bus, |note| note.source == source && note.pedalled);
                }
            }
            // One by one, those that something here obeys (RP-015 of the MIDI Manufacturers Association).
            ALL_CONTROLLERS_OFF => {
                self.control(source, SUSTAIN, 0.0, frame, bus);
                self.control(source, MOD_WHEEL, 0.0, frame, bus);
                push(bus, frame, self.channel(source), true, NoteEventKind::PitchBend { value: 0.0 });
            }
            // These address one player; passed on, they would end the idea's notes as well.
            ALL_SOUND_OFF | ALL_NOTES_OFF => self.end_where(frame, bus, |note| note.source == source),
            0..ALL_SOUND_OFF => {
                push(bus, frame, self.channel(source), true, kind);
            }
            _ => {}
        }
    }

    fn end_all(&mut self, frame: u32, bus: &mut NoteBus) {
        self.end_where(frame, bus, |_| true);
    }

    fn end_where(&mut self, frame: u32, bus: &mut NoteBus, ends: impl Fn(&LiveNote) -> bool) {
        self.take_where(ends, |note| {
            let kind = NoteEventKind::NoteOff { key: note.key, note: note.note };
            push(bus, frame, note.channel, true, kind);
        });
    }

    /// Takes notes out, in the order in which they began.
    fn take_where(&mut self, which: impl Fn(&LiveNote) -> bool, mut taken: impl FnMut(LiveNote)) {
        let mut kept = 0;
        for index in 0..self.len {
            let note = self.notes[index];
            if which(&note) {
                taken(note);
            } else {
                self.notes[kept] = note;
                kept += 1;
            }
        }
        self.len = kept;
    }

    /// Ends the note for MIDI out alone.
    fn leave_channel(&mut self, index: usize, frame: u32, bus: &mut NoteBus) {
        let note = &mut self.notes[index];
        if let Some(channel) = note.channel.take() {
            let kind = NoteEventKind::NoteOff { key: note.key, note: note.note };
            push(bus, frame, Some(channel), false, kind);
        }
    }
}

fn push(bus: &mut NoteBus, frame: u32, channel: Option<u8>, sounds: bool, kind: NoteEventKind) -> bool {
    bus.push(NoteEvent { frame, part: Part::Lead, channel, sounds, kind })
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}
