//! Runs on the audio thread. Events into a plug-in, and the list that takes the events out of it and checks them.

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_MIDI, CLAP_EVENT_NOTE_END, CLAP_EVENT_NOTE_EXPRESSION,
    CLAP_EVENT_NOTE_ON, CLAP_EVENT_PARAM_MOD, CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_TRANSPORT,
    clap_event_header, clap_event_midi, clap_event_note, clap_event_note_expression, clap_event_param_mod,
    clap_event_param_value, clap_event_transport, clap_event_type, clap_input_events, clap_note_expression,
    clap_output_events,
};
use std::ffi::c_void;
use std::ptr;

/// Every id, channel or key.
pub(crate) const ANY: i16 = -1;

/// An event of the core space.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// A note begins, ends, is choked or has ended.
    Note(clap_event_note),
    /// A note is bent or shaped.
    Expression(clap_event_note_expression),
    /// A parameter takes a value.
    Value(clap_event_param_value),
    /// A parameter is modulated.
    Modulation(clap_event_param_mod),
    /// Three bytes.
    Midi(clap_event_midi),
    /// The transport changes.
    Transport(clap_event_transport),
}

/// Which note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The host's number of the note, or −1.
    pub(crate) id: i32,
    /// In [0, 15], or −1.
    pub(crate) channel: i16,
    /// In [0, 127], or −1.
    pub(crate) key: i16,
}

/// A header of the core space for an event of type `T`.
pub(crate) fn header<T>(time: u32, type_: clap_event_type) -> clap_event_header {
    clap_event_header {
        size: size_of::<T>() as u32,
        time,
        space_id: CLAP_CORE_EVENT_SPACE_ID,
        type_,
        flags: 0,
    }
}

impl Event {
    /// A note event of this type.
    pub(crate) fn note(time: u32, type_: clap_event_type, address: Address, velocity: f64) -> Self {
        Self::Note(clap_event_note {
            header: header::<clap_event_note>(time, type_),
            note_id: address.id,
            port_index: 0,
            channel: address.channel,
            key: address.key,
            velocity,
        })
    }

    /// A note expression of kind `id`.
    pub(crate) fn expression(time: u32, id: clap_note_expression, address: Address, value: f64) -> Self {
        Self::Expression(clap_event_note_expression {
            header: header::<clap_event_note_expression>(time, CLAP_EVENT_NOTE_EXPRESSION),
            expression_id: id,
            note_id: address.id,
            port_index: 0,
            channel: address.channel,
            key: address.key,
            value,
        })
    }

    /// A parameter takes `value`.
    pub(crate) fn value(time: u32, param_id: u32, cookie: *mut c_void, value: f64) -> Self {
        Self::Value(clap_event_param_value {
            header: header::<clap_event_param_value>(time, CLAP_EVENT_PARAM_VALUE),
            param_id,
            cookie,
            note_id: -1,
            port_index: ANY,
            channel: ANY,
            key: ANY,
            value,
        })
    }

    /// A parameter is modulated by `amount`.
    pub(crate) fn modulation(time: u32, param_id: u32, cookie: *mut c_void, amount: f64) -> Self {
        Self::Modulation(clap_event_param_mod {
            header: header::<clap_event_param_mod>(time, CLAP_EVENT_PARAM_MOD),
            param_id,
            cookie,
            note_id: -1,
            port_index: ANY,
            channel: ANY,
            key: ANY,
            amount,
        })
    }

    /// Three bytes of MIDI 1.0.
    pub(crate) fn midi(time: u32, data: [u8; 3]) -> Self {
        let header = header::<clap_event_midi>(time, CLAP_EVENT_MIDI);
        Self::Midi(clap_event_midi { header, port_index: 0, data })
    }

    /// The transport as it is from `time` on.
    pub(crate) fn transport(time: u32, mut transport: clap_event_transport) -> Self {
        transport.header = header::<clap_event_transport>(time, CLAP_EVENT_TRANSPORT);
        Self::Transport(transport)
    }

    /// The header, from which a plug-in reads the rest.
    fn raw(&self) -> *const clap_event_header {
        match self {
            Self::Note(event) => ptr::from_ref(event).cast(),
            Self::Expression(event) => ptr::from_ref(event).cast(),
            Self::Value(event) => ptr::from_ref(event).cast(),
            Self::Modulation(event) => ptr::from_ref(event).cast(),
            Self::Midi(event) => ptr::from_ref(event).cast(),
            Self::Transport(event) => ptr::from_ref(event).cast(),
        }
    }

    /// The header, to change it.
    pub(crate) fn header_mut(&mut self) -> &mut clap_event_header {
        match self {
            Self::Note(event) => &mut event.header,
            Self::Expression(event) => &mut event.header,
            Self::Value(event) => &mut event.header,
            Self::Modulation(event) => &mut event.header,
            Self::Midi(event) => &mut event.header,
            Self::Transport(event) => &mut event.header,
        }
    }
}

/// The events of one block.
#[derive(Clone, Default)]
pub(crate) struct Inputs(Vec<Event>);

impl Inputs {
    /// The events, sorted by time.
    pub(crate) fn new(mut events: Vec<Event>) -> Self {
        events.sort_by_key(|event| {
            // SAFETY: the header of an event of ours is alive.
            unsafe { (*event.raw()).time }
        });
        Self(events)
    }

    /// As CLAP wants it. It points into `self`.
    pub(crate) fn raw(&self) -> clap_input_events {
        clap_input_events { ctx: ptr::from_ref(self).cast_mut().cast(), size: Some(size), get: Some(get) }
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the list is that of `Inputs::raw`, which is alive during the call.
    let inputs = unsafe { &*(*list).ctx.cast::<Inputs>() };
    inputs.0.len() as u32
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the list is that of `Inputs::raw`, which is alive during the call.
    let inputs = unsafe { &*(*list).ctx.cast::<Inputs>() };
    inputs.0.get(index as usize).map_or(ptr::null(), Event::raw)
}

/// What a plug-in sends during one call.
pub(crate) struct Outputs {
    frames: u32,
    last: u32,
    /// The events of kinds that are looked at.
    pub(crate) events: Vec<Event>,
    /// What is wrong with them.
    pub(crate) faults: Vec<String>,
}

impl Outputs {
    /// An empty list for a call of so many frames.
    pub(crate) fn new(frames: u32) -> Self {
        Self { frames, last: 0, events: Vec::new(), faults: Vec::new() }
    }

    /// As CLAP wants it. It points into `self`, which must not move while it is used.
    pub(crate) fn raw(&mut self) -> clap_output_events {
        clap_output_events { ctx: ptr::from_mut(self).cast(), try_push: Some(try_push) }
    }

    fn take(&mut self, raw: *const clap_event_header) {
        // SAFETY: the plug-in hands over an event that is alive during the call.
        let Some(header) = (unsafe { raw.as_ref() }) else {
            return self.faults.push("it sent a null pointer as an event".into());
        };
        if header.time >= self.frames.max(1) {
            self.faults.push(format!(
                "it sent an event at frame {} of a block of {} frames",
                header.time, self.frames
            ));
        }
        if header.time < self.last {
            self.faults.push(format!("it sent an event at frame {} after one at {}", header.time, self.last));
        }
        self.last = self.last.max(header.time);
        if header.space_id != CLAP_CORE_EVENT_SPACE_ID {
            return;
        }
        // SAFETY: an event of the core space has the layout of its type; sizes are checked first.
        match unsafe { copy(raw) } {
            Ok(Some(event)) => {
                self.faults.extend(fault_of(&event));
                self.events.push(event);
            }
            Ok(None) => {}
            Err(fault) => self.faults.push(fault),
        }
    }
}

unsafe extern "C" fn try_push(list: *const clap_output_events, event: *const clap_event_header) -> bool {
    // SAFETY: the list is that of `Outputs::raw`, alive during the call, and only the plug-in's call uses it.
    let outputs = unsafe { &mut *(*list).ctx.cast::<Outputs>() };
    outputs.take(event);
    true
}

/// Copies an event of a type that is looked at.
///
/// # Safety
/// `raw` points to an event of the core space.
unsafe fn copy(raw: *const clap_event_header) -> Result<Option<Event>, String> {
    // SAFETY: the caller says so.
    let header = unsafe { &*raw };
    let is_whole = |size: usize| {
        let fits = header.size as usize >= size;
        let fault = || format!("it sent an event of type {} with a size of {}", header.type_, header.size);
        if fits { Ok(()) } else { Err(fault()) }
    };
    match header.type_ {
        CLAP_EVENT_NOTE_ON..=CLAP_EVENT_NOTE_END => {
            is_whole(size_of::<clap_event_note>())?;
            // SAFETY: type and size say that it is a note.
            Ok(Some(Event::Note(unsafe { *raw.cast() })))
        }
        CLAP_EVENT_PARAM_VALUE => {
            is_whole(size_of::<clap_event_param_value>())?;
            // SAFETY: type and size say that it is a value.
            Ok(Some(Event::Value(unsafe { *raw.cast() })))
        }
        CLAP_EVENT_MIDI => {
            is_whole(size_of::<clap_event_midi>())?;
            // SAFETY: type and size say that it is MIDI.
            Ok(Some(Event::Midi(unsafe { *raw.cast() })))
        }
        _ => Ok(None),
    }
}

fn fault_of(event: &Event) -> Option<String> {
    match event {
        Event::Note(note) => {
            let lowest = if note.header.type_ == CLAP_EVENT_NOTE_ON { 0 } else { ANY };
            let is_placed = (lowest..16).contains(&note.channel) && (lowest..128).contains(&note.key);
            let is_loud = (0.0..=1.0).contains(&note.velocity);
            (!is_placed || !is_loud).then(|| {
                format!(
                    "it sent a note event with channel {}, key {} and velocity {}",
                    note.channel, note.key, note.velocity
                )
            })
        }
        Event::Value(value) if !value.value.is_finite() => {
            Some(format!("it set parameter {} to {}", value.param_id, value.value))
        }
        Event::Midi(midi) if midi.data[0] < 0x80 || midi.data[1..].iter().any(|byte| *byte > 0x7f) => {
            Some(format!("it sent the bytes {:02x?}, which are no MIDI message", midi.data))
        }
        _ => None,
    }
}
