//! Runs on the main thread. The audio and note ports of a plug-in.

use super::finding::{Finding, Verdict, expect, failed, function, skipped};
use super::library::text_of;
use super::plugin::Plugin;
use clap_sys::ext::audio_ports::{
    CLAP_AUDIO_PORT_IS_MAIN, CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::note_ports::{
    CLAP_EXT_NOTE_PORTS, clap_note_dialect, clap_note_port_info, clap_plugin_note_ports,
};
use clap_sys::id::{CLAP_INVALID_ID, clap_id};

/// An audio port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) id: clap_id,
    pub(crate) flags: u32,
    pub(crate) channels: usize,
    pub(crate) pair: clap_id,
}

/// Everything that goes into a plug-in and comes out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
    /// What each note input understands.
    pub(crate) note_inputs: Vec<clap_note_dialect>,
    /// How many note outputs there are.
    pub(crate) note_outputs: usize,
}

impl Layout {
    /// The ports of `plugin`, which is not active.
    pub(crate) fn of(plugin: &Plugin) -> Result<Self, Finding> {
        // SAFETY: the id and the layout belong together.
        let audio = unsafe { plugin.extension::<clap_plugin_audio_ports>(CLAP_EXT_AUDIO_PORTS) };
        // SAFETY: the id and the layout belong together.
        let notes = unsafe { plugin.extension::<clap_plugin_note_ports>(CLAP_EXT_NOTE_PORTS) };
        let mut layout = Self::default();
        if let Some(ports) = audio {
            layout.inputs = audio_ports(plugin, ports, true)?;
            layout.outputs = audio_ports(plugin, ports, false)?;
        }
        if let Some(ports) = notes {
            layout.note_inputs = note_ports(plugin, ports, true)?;
            layout.note_outputs = note_ports(plugin, ports, false)?.len();
        }
        layout.check()?;
        Ok(layout)
    }

    /// Where the channels of an output lie in place of those of an input: the input's number.
    pub(crate) fn pair_of(&self, output: &Port) -> Option<usize> {
        let is_pair = |input: &Port| input.id == output.pair && input.channels == output.channels;
        if output.pair == CLAP_INVALID_ID { None } else { self.inputs.iter().position(is_pair) }
    }

    /// Fails where the plug-in takes no notes.
    pub(crate) fn needs_notes(&self) -> Verdict {
        if self.note_inputs.is_empty() { Err(skipped("it has no note input")) } else { Ok(()) }
    }

    fn check(&self) -> Verdict {
        for ports in [&self.inputs, &self.outputs] {
            for (place, port) in ports.iter().enumerate() {
                let is_main = port.flags & CLAP_AUDIO_PORT_IS_MAIN != 0;
                expect(!is_main || place == 0, || format!("its main port has the number {place}, not 0"))?;
                let is_twice = ports[..place].iter().any(|other| other.id == port.id);
                expect(!is_twice, || format!("two of its audio ports have the id {}", port.id))?;
            }
        }
        let pairs = |ports: &[Port], others: &[Port]| {
            let is_lost = |port: &&Port| {
                port.pair != CLAP_INVALID_ID && !others.iter().any(|other| other.id == port.pair)
            };
            ports.iter().find(is_lost).map(|port| port.id)
        };
        let lost = pairs(&self.inputs, &self.outputs).or_else(|| pairs(&self.outputs, &self.inputs));
        expect(lost.is_none(), || {
            format!("port {} is the in-place pair of a port that does not exist", lost.unwrap_or(0))
        })
    }
}

fn audio_ports(
    plugin: &Plugin,
    ports: &clap_plugin_audio_ports,
    is_input: bool,
) -> Result<Vec<Port>, Finding> {
    // SAFETY: the plug-in is initialised, and this is the main thread.
    let count = unsafe { function!(ports, count)?(plugin.raw(), is_input) };
    let read = |index| {
        // SAFETY: numbers and null pointers may be zero.
        let mut info: clap_audio_port_info = unsafe { std::mem::zeroed() };
        // SAFETY: the plug-in is initialised, the index below the count, and the place to write to alive.
        let is_there = unsafe { function!(ports, get)?(plugin.raw(), index, is_input, &raw mut info) };
        expect(is_there, || format!("its audio port {index} of {count} cannot be read"))?;
        check_port(&info)?;
        Ok(Port {
            id: info.id,
            flags: info.flags,
            channels: info.channel_count as usize,
            pair: info.in_place_pair,
        })
    };
    (0..count).map(read).collect()
}

fn check_port(info: &clap_audio_port_info) -> Verdict {
    let name =
        text_of(&info.name).ok_or_else(|| failed("an audio port's name does not end, or is no UTF-8"))?;
    expect(info.channel_count > 0, || format!("its audio port \"{name}\" has no channel"))?;
    // SAFETY: the type is a C string or null.
    let kind = unsafe { super::library::text(info.port_type) };
    let due = match kind.as_deref() {
        Some("mono") => 1,
        Some("stereo") => 2,
        _ => info.channel_count,
    };
    expect(info.channel_count == due, || {
        format!(
            "its audio port \"{name}\" is {} with {} channels",
            kind.unwrap_or_default(),
            info.channel_count
        )
    })
}

fn note_ports(
    plugin: &Plugin,
    ports: &clap_plugin_note_ports,
    is_input: bool,
) -> Result<Vec<clap_note_dialect>, Finding> {
    // SAFETY: the plug-in is initialised, and this is the main thread.
    let count = unsafe { function!(ports, count)?(plugin.raw(), is_input) };
    let read = |index| {
        // SAFETY: numbers may be zero.
        let mut info: clap_note_port_info = unsafe { std::mem::zeroed() };
        // SAFETY: the plug-in is initialised, the index below the count, and the place to write to alive.
        let is_there = unsafe { function!(ports, get)?(plugin.raw(), index, is_input, &raw mut info) };
        expect(is_there, || format!("its note port {index} of {count} cannot be read"))?;
        let name = text_of(&info.name).ok_or_else(|| failed("a note port's name does not end"))?;
        let (all, preferred) = (info.supported_dialects, info.preferred_dialect);
        expect(all & preferred != 0 && preferred.is_power_of_two(), || {
            format!("its note port \"{name}\" prefers the dialect {preferred:#b} of {all:#b}")
        })?;
        Ok(all)
    };
    (0..count).map(read).collect()
}
