//! The extensions of every instance: ports, one parameter, and a state.

use crate::instance::instance;
use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::audio_ports::{
    CLAP_AUDIO_PORT_IS_MAIN, CLAP_EXT_AUDIO_PORTS, CLAP_PORT_STEREO, clap_audio_port_info,
    clap_plugin_audio_ports,
};
use clap_sys::ext::note_ports::{
    CLAP_EXT_NOTE_PORTS, CLAP_NOTE_DIALECT_CLAP, clap_note_port_info, clap_plugin_note_ports,
};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_AUTOMATABLE, CLAP_PARAM_IS_MODULATABLE, clap_param_info,
    clap_plugin_params,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use clap_sys::stream::{clap_istream, clap_ostream};
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

static AUDIO_PORTS: clap_plugin_audio_ports =
    clap_plugin_audio_ports { count: Some(one), get: Some(audio_port) };
static NOTE_PORTS: clap_plugin_note_ports = clap_plugin_note_ports { count: Some(one), get: Some(note_port) };
static PARAMS: clap_plugin_params = clap_plugin_params {
    count: Some(params),
    get_info: Some(info),
    get_value: Some(value),
    value_to_text: Some(print),
    text_to_value: Some(parse),
    flush: Some(flush),
};
static STATE: clap_plugin_state = clap_plugin_state { save: Some(save), load: Some(load) };

/// The table of an extension, null where there is none.
pub(crate) fn extension(id: &CStr) -> *const c_void {
    if id == CLAP_EXT_AUDIO_PORTS {
        (&raw const AUDIO_PORTS).cast()
    } else if id == CLAP_EXT_NOTE_PORTS {
        (&raw const NOTE_PORTS).cast()
    } else if id == CLAP_EXT_PARAMS {
        (&raw const PARAMS).cast()
    } else if id == CLAP_EXT_STATE {
        (&raw const STATE).cast()
    } else {
        ptr::null()
    }
}

fn write(to: &mut [c_char], text: &str) {
    for (place, letter) in to.iter_mut().zip(text.bytes().chain([0])) {
        *place = letter as c_char;
    }
}

unsafe extern "C" fn one(_plugin: *const clap_plugin, _is_input: bool) -> u32 {
    1
}

unsafe extern "C" fn audio_port(
    _plugin: *const clap_plugin,
    _index: u32,
    is_input: bool,
    info: *mut clap_audio_port_info,
) -> bool {
    // SAFETY: the validator says where to write.
    let info = unsafe { &mut *info };
    write(&mut info.name, "main");
    info.id = u32::from(is_input);
    info.flags = CLAP_AUDIO_PORT_IS_MAIN;
    info.channel_count = 2;
    info.port_type = CLAP_PORT_STEREO.as_ptr();
    info.in_place_pair = u32::from(!is_input);
    true
}

unsafe extern "C" fn note_port(
    _plugin: *const clap_plugin,
    _index: u32,
    _is_input: bool,
    info: *mut clap_note_port_info,
) -> bool {
    // SAFETY: the validator says where to write.
    let info = unsafe { &mut *info };
    write(&mut info.name, "notes");
    (info.id, info.supported_dialects, info.preferred_dialect) =
        (0, CLAP_NOTE_DIALECT_CLAP, CLAP_NOTE_DIALECT_CLAP);
    true
}

unsafe extern "C" fn params(_plugin: *const clap_plugin) -> u32 {
    1
}

unsafe extern "C" fn info(_plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    if index > 0 {
        return false;
    }
    // SAFETY: the validator says where to write.
    let info = unsafe { &mut *info };
    write(&mut info.name, "Gain");
    write(&mut info.module, "");
    (info.id, info.flags) = (7, CLAP_PARAM_IS_AUTOMATABLE | CLAP_PARAM_IS_MODULATABLE);
    (info.min_value, info.max_value, info.default_value) = (0.0, 1.0, 1.0);
    true
}

unsafe extern "C" fn value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    // SAFETY: the validator gives back what it got, and says where to write.
    unsafe { *value = instance(plugin).gain };
    id == 7
}

unsafe extern "C" fn print(
    _plugin: *const clap_plugin,
    id: clap_id,
    value: f64,
    to: *mut c_char,
    length: u32,
) -> bool {
    // SAFETY: the validator says where to write, and how much fits.
    write(unsafe { std::slice::from_raw_parts_mut(to, length as usize) }, &format!("{value:.3}"));
    id == 7
}

unsafe extern "C" fn parse(
    plugin: *const clap_plugin,
    _id: clap_id,
    text: *const c_char,
    value: *mut f64,
) -> bool {
    // SAFETY: the validator gives a C string.
    let Ok(read) = unsafe { CStr::from_ptr(text) }.to_string_lossy().parse::<f64>() else { return false };
    // SAFETY: the validator gives back what it got, and says where to write.
    unsafe { *value = if instance(plugin).is(c"text") { read / 2.0 } else { read } };
    true
}

unsafe extern "C" fn flush(
    plugin: *const clap_plugin,
    events: *const clap_input_events,
    out: *const clap_output_events,
) {
    // SAFETY: the validator gives back what it got, and whole lists.
    unsafe { instance(plugin).take_events(events, out, 1) };
}

unsafe extern "C" fn save(plugin: *const clap_plugin, stream: *const clap_ostream) -> bool {
    // SAFETY: the validator gives back what it got.
    let this = unsafe { instance(plugin) };
    this.saves = this.saves.wrapping_add(1);
    let mut bytes = this.gain.to_le_bytes().to_vec();
    bytes.push(if this.is(c"bytes") { this.saves } else { 0 });
    // SAFETY: the stream is whole.
    let Some(write) = (unsafe { (*stream).write }) else { return false };
    let mut left = bytes.as_slice();
    while !left.is_empty() {
        // SAFETY: so many bytes are there.
        let count = unsafe { write(stream, left.as_ptr().cast(), left.len() as u64) };
        if count <= 0 {
            return false;
        }
        left = &left[count as usize..];
    }
    true
}

unsafe extern "C" fn load(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
    // SAFETY: the validator gives back what it got.
    let this = unsafe { instance(plugin) };
    // SAFETY: the stream is whole.
    let Some(read) = (unsafe { (*stream).read }) else { return false };
    let (mut bytes, mut count) = ([0_u8; 9], 0);
    while count < bytes.len() {
        let left = &mut bytes[count..];
        // SAFETY: so many bytes fit there.
        let now = unsafe { read(stream, left.as_mut_ptr().cast(), left.len() as u64) };
        if now <= 0 || (this.is(c"pieces") && now < 9) {
            return this.is(c"empty-state");
        }
        count += now as usize;
    }
    let gain =
        f64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]);
    let is_gain = (0.0..=1.0).contains(&gain);
    if is_gain {
        this.gain = gain;
    }
    is_gain
}
