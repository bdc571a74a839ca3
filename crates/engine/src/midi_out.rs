//! MIDI out: the notes of the bus, so that a receiver hears each key go down and up in turn.
//!
//! Runs on the audio thread. Where several notes hold one key of one channel (an idea's and a live one), a new one
//! strikes the key again, and the key goes up when the last of them ends.

use crate::note_bus::{NoteBus, NoteEvent, NoteEventKind};
use crate::{OutEvent, OutEvents, OutKind};

const CHANNELS: usize = 16;
const KEYS: usize = 128;
const SUSTAIN: u8 = 64;

/// What a receiver was told, so that it can be told the end of it.
#[derive(Debug)]
pub(crate) struct MidiOut {
    /// Notes that hold each key, by channel.
    holders: [[u16; KEYS]; CHANNELS],
    sustained: [bool; CHANNELS],
    bent: [bool; CHANNELS],
    /// Whether the next block has to end everything first.
    release_due: bool,
}

impl MidiOut {
    /// Nothing held.
    pub(crate) fn new() -> Self {
        Self {
            holders: [[0; KEYS]; CHANNELS],
            sustained: [false; CHANNELS],
            bent: [false; CHANNELS],
            release_due: false,
        }
    }

    /// Lets the next block begin with the end of all that was sent: between blocks nothing can be sent.
    pub(crate) fn reset(&mut self) {
        self.release_due = true;
    }

    /// Sends the events of the bus.
    pub(crate) fn send(&mut self, notes: &NoteBus, out: &mut OutEvents) {
        if std::mem::take(&mut self.release_due) {
            self.release_all(out);
        }
        for event in notes.events() {
            if let Some(channel) = event.channel {
                self.send_one(event, channel & 15, out);
            }
        }
    }

    fn send_one(&mut self, event: &NoteEvent, channel: u8, out: &mut OutEvents) {
        let mut push = |kind: OutKind| out.push(OutEvent { frame: event.frame, channel, kind });
        let place = usize::from(channel);
        match event.kind {
            NoteEventKind::NoteOn { key, velocity, .. } => {
                let pitch = key & 127;
                let holders = &mut self.holders[place][usize::from(pitch)];
                if *holders > 0 {
                    push(OutKind::NoteOff { pitch });
                }
                // The bus never holds more than fits; were a note-on refused all the same, its key is up.
                *holders = if push(OutKind::NoteOn { pitch, velocity }) { *holders + 1 } else { 0 };
            }
            NoteEventKind::NoteOff { key, .. } | NoteEventKind::Choke { key, .. } => {
                let pitch = key & 127;
                let holders = &mut self.holders[place][usize::from(pitch)];
                if *holders == 1 {
                    push(OutKind::NoteOff { pitch });
                }
                *holders = holders.saturating_sub(1);
            }
            NoteEventKind::Controller { number, value } => {
                if push(OutKind::Controller { number, value }) && number == SUSTAIN {
                    self.sustained[place] = value > 0.0;
                }
            }
            NoteEventKind::PitchBend { value } => {
                if push(OutKind::PitchBend { value }) {
                    self.bent[place] = value != 0.0;
                }
            }
            NoteEventKind::AllOff => {}
        }
    }

    fn release_all(&mut self, out: &mut OutEvents) {
        for channel in 0..CHANNELS {
            let mut push = |kind: OutKind| out.push(OutEvent { frame: 0, channel: channel as u8, kind });
            for (pitch, holders) in self.holders[channel].iter_mut().enumerate() {
                if std::mem::take(holders) > 0 {
                    push(OutKind::NoteOff { pitch: pitch as u8 });
                }
            }
            if std::mem::take(&mut self.sustained[channel]) {
                push(OutKind::Controller { number: SUSTAIN, value: 0.0 });
            }
            if std::mem::take(&mut self.bent[channel]) {
                push(OutKind::PitchBend { value: 0.0 });
            }
        }
    }
}

impl Default for MidiOut {
    fn default() -> Self {
        Self::new()
    }
}
