//! What goes into a plug-in and what comes out of it, at exact frames.

use clack_host::events::event_types::{MidiEvent, NoteOffEvent, NoteOnEvent, ParamValueEvent};
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{Match, Pckn};
use clack_host::prelude::{ClapId, EventBuffer, UnknownEvent};

/// What goes into a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input {
    /// A key goes down; velocity in (0, 1].
    NoteOn {
        /// MIDI channel in [0, 15].
        channel: u8,
        /// MIDI key in [0, 127].
        pitch: u8,
        /// How hard.
        velocity: f64,
    },
    /// A key goes up.
    NoteOff {
        /// MIDI channel in [0, 15].
        channel: u8,
        /// MIDI key in [0, 127].
        pitch: u8,
    },
    /// A parameter takes a value, in CLAP's range of that parameter.
    Parameter {
        /// Which.
        id: ClapId,
        /// The value.
        value: f64,
    },
    /// Three bytes of MIDI 1.0.
    Midi([u8; 3]),
}

/// What comes out of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output {
    /// A note begins; velocity in (0, 1].
    NoteOn {
        /// MIDI channel in [0, 15].
        channel: u8,
        /// MIDI key in [0, 127].
        pitch: u8,
        /// How hard.
        velocity: f64,
    },
    /// A note ends.
    NoteOff {
        /// MIDI channel in [0, 15].
        channel: u8,
        /// MIDI key in [0, 127].
        pitch: u8,
    },
    /// Three bytes of MIDI 1.0: a controller or a pitch bend.
    Midi([u8; 3]),
}

/// Something that happens at a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timed<T> {
    /// The frame, counted from the block's start or, in a recording, from the run's.
    pub frame: u64,
    /// What happens.
    pub event: T,
}

pub(super) fn push_input(events: &mut EventBuffer, input: &Timed<Input>) {
    let time = input.frame as u32;
    let key = |channel: u8, pitch: u8| Pckn::new(0_u16, u16::from(channel), u16::from(pitch), Match::All);
    match input.event {
        Input::NoteOn { channel, pitch, velocity } => {
            events.push(&NoteOnEvent::new(time, key(channel, pitch), velocity));
        }
        Input::NoteOff { channel, pitch } => events.push(&NoteOffEvent::new(time, key(channel, pitch), 0.5)),
        Input::Parameter { id, value } => {
            events.push(&ParamValueEvent::new(time, id, Pckn::match_all(), value));
        }
        Input::Midi(bytes) => events.push(&MidiEvent::new(time, 0, bytes)),
    }
}

pub(super) fn read_output(event: &UnknownEvent) -> Option<Timed<Output>> {
    let output = match event.as_core_event()? {
        CoreEventSpace::NoteOn(on) => Output::NoteOn {
            channel: *on.channel().as_specific()? as u8,
            pitch: *on.key().as_specific()? as u8,
            velocity: on.velocity(),
        },
        CoreEventSpace::NoteOff(off) => Output::NoteOff {
            channel: *off.channel().as_specific()? as u8,
            pitch: *off.key().as_specific()? as u8,
        },
        CoreEventSpace::Midi(midi) => Output::Midi(midi.data()),
        _ => return None,
    };
    Some(Timed { frame: u64::from(event.header().time()), event: output })
}
