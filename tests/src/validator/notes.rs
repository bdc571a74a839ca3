//! Runs on the audio thread. Notes that a host may send: in order, in disorder, and meant for several at once.

use super::events::{ANY, Address, Event};
use super::ports::Layout;
use super::random::Random;
use clap_sys::events::{
    CLAP_EVENT_NOTE_CHOKE, CLAP_EVENT_NOTE_END, CLAP_EVENT_NOTE_OFF, CLAP_EVENT_NOTE_ON, clap_note_expression,
};
use clap_sys::ext::note_ports::{CLAP_NOTE_DIALECT_CLAP, CLAP_NOTE_DIALECT_MIDI};

/// How a player behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Every note-off follows its note-on.
    Orderly,
    /// Anything at any time.
    Disorderly,
    /// Every note-off follows its note-on, and names it by id, by key, by channel or not at all.
    Wildcards,
}

/// Somebody who plays.
pub(crate) struct Notes {
    manner: Manner,
    dialects: u32,
    random: Random,
    held: Vec<Address>,
    next_id: i32,
}

impl Notes {
    /// A player for the first note input of `layout`; silent where there is none.
    pub(crate) fn new(manner: Manner, layout: &Layout, seed: u64) -> Self {
        let dialects = layout.note_inputs.first().copied().unwrap_or(0);
        Self { manner, dialects, random: Random::new(seed), held: Vec::new(), next_id: 0 }
    }

    /// Up to `count` events within a block.
    pub(crate) fn events(&mut self, frames: u32, count: u32) -> Vec<Event> {
        let mut times: Vec<u32> =
            (0..self.random.below(count + 1)).map(|_| self.random.below(frames)).collect();
        times.sort_unstable();
        times.into_iter().filter_map(|time| self.event(time)).collect()
    }

    /// Lifts everything at frame 0.
    pub(crate) fn lift(&mut self) -> Vec<Event> {
        let held = std::mem::take(&mut self.held);
        held.into_iter().map(|address| self.off(0, address, 0.0)).collect()
    }

    fn event(&mut self, time: u32) -> Option<Event> {
        if self.dialects & (CLAP_NOTE_DIALECT_CLAP | CLAP_NOTE_DIALECT_MIDI) == 0 {
            return None;
        }
        if self.manner == Manner::Disorderly {
            return Some(self.disorderly(time));
        }
        let full = self.held.len() >= 8;
        if !self.held.is_empty() && (full || self.random.chance(45)) {
            let place = self.random.below(self.held.len() as u32) as usize;
            let address = self.held.swap_remove(place);
            return Some(self.off(time, address, 0.5));
        }
        let address = self.address();
        // A key is struck once until it is lifted.
        let is_held = |held: &Address| (held.channel, held.key) == (address.channel, address.key);
        if self.held.iter().any(is_held) {
            return None;
        }
        self.held.push(address);
        let velocity = self.random.between(0.1, 1.0);
        Some(self.on(time, address, velocity))
    }

    fn disorderly(&mut self, time: u32) -> Event {
        let address = self.address();
        let velocity = self.random.unit();
        if self.dialects & CLAP_NOTE_DIALECT_CLAP == 0 || self.random.chance(20) && self.speaks_midi() {
            let status = 0x80 + self.random.below(0x70) as u8;
            return Event::midi(time, [status, self.random.below(128) as u8, self.random.below(128) as u8]);
        }
        match self.random.below(8) {
            0..3 => Event::note(time, CLAP_EVENT_NOTE_ON, address, velocity),
            3..6 => Event::note(time, CLAP_EVENT_NOTE_OFF, address, velocity),
            6 => Event::note(time, CLAP_EVENT_NOTE_CHOKE, address, 0.0),
            _ => {
                let kind = self.random.below(7) as clap_note_expression;
                Event::expression(time, kind, address, self.random.unit())
            }
        }
    }

    fn speaks_midi(&self) -> bool {
        self.dialects & CLAP_NOTE_DIALECT_MIDI != 0
    }

    fn address(&mut self) -> Address {
        self.next_id += 1;
        let (channel, key) = (self.random.below(16) as i16, self.random.below(128) as i16);
        Address { id: self.next_id, channel, key }
    }

    fn on(&self, time: u32, address: Address, velocity: f64) -> Event {
        if self.dialects & CLAP_NOTE_DIALECT_CLAP != 0 {
            return Event::note(time, CLAP_EVENT_NOTE_ON, address, velocity);
        }
        let loud = (velocity * 127.0).max(1.0) as u8;
        Event::midi(time, [0x90 | address.channel as u8, address.key as u8, loud])
    }

    fn off(&mut self, time: u32, mut address: Address, velocity: f64) -> Event {
        if self.dialects & CLAP_NOTE_DIALECT_CLAP == 0 {
            return Event::midi(time, [0x80 | address.channel as u8, address.key as u8, 0]);
        }
        if self.manner == Manner::Wildcards {
            match self.random.below(5) {
                0 => address.id = -1,
                1 => (address.channel, address.key) = (ANY, ANY),
                2 => (address.id, address.channel) = (-1, ANY),
                3 => (address.id, address.key) = (-1, ANY),
                _ => {
                    address = Address { id: -1, channel: ANY, key: ANY };
                    self.held.clear();
                }
            }
        }
        let choke = self.manner == Manner::Wildcards && self.random.chance(20);
        let kind = if choke { CLAP_EVENT_NOTE_CHOKE } else { CLAP_EVENT_NOTE_OFF };
        Event::note(time, kind, address, velocity)
    }
}

/// How many notes that the plug-in began it has not ended.
pub(crate) fn hanging(events: &[Event]) -> usize {
    let mut sounding = std::collections::BTreeSet::new();
    for event in events {
        match event {
            Event::Note(note) if note.header.type_ == CLAP_EVENT_NOTE_ON => {
                sounding.insert((note.channel, note.key));
            }
            Event::Note(note) if note.header.type_ != CLAP_EVENT_NOTE_END => {
                let fits = |asked: i16, is: i16| asked == ANY || asked == is;
                sounding.retain(|(channel, key)| !(fits(note.channel, *channel) && fits(note.key, *key)));
            }
            Event::Midi(midi) => {
                let (kind, channel, key) = (midi.data[0] & 0xf0, midi.data[0] & 0x0f, midi.data[1]);
                let address = (i16::from(channel), i16::from(key));
                if kind == 0x90 && midi.data[2] > 0 {
                    sounding.insert(address);
                } else if kind == 0x80 || kind == 0x90 {
                    sounding.remove(&address);
                }
            }
            _ => {}
        }
    }
    sounding.len()
}
