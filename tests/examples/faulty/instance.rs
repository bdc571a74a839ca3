//! One instance: what it does in a block, and what it does wrong.

use crate::extensions::extension;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_NOTE_CHOKE, CLAP_EVENT_NOTE_ON, CLAP_EVENT_PARAM_VALUE,
    clap_event_header, clap_event_note, clap_event_param_value, clap_input_events, clap_output_events,
};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::process::{
    CLAP_PROCESS_CONTINUE_IF_NOT_QUIET, CLAP_PROCESS_TAIL, clap_process, clap_process_status,
};
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

/// The state of an instance.
pub(crate) struct Instance {
    plugin: clap_plugin,
    _descriptor: Box<clap_plugin_descriptor>,
    host: *const clap_host,
    fault: &'static CStr,
    pub(crate) gain: f64,
    rate_hz: f64,
    echo: [f32; 2],
    pub(crate) saves: u8,
}

pub(crate) fn create(
    host: *const clap_host,
    fault: &'static CStr,
    descriptor: clap_plugin_descriptor,
) -> *const clap_plugin {
    let descriptor = Box::new(descriptor);
    let plugin = clap_plugin {
        desc: &raw const *descriptor,
        plugin_data: ptr::null_mut(),
        init: Some(init),
        destroy: Some(destroy),
        activate: Some(activate),
        deactivate: Some(nothing),
        start_processing: Some(init),
        stop_processing: Some(nothing),
        reset: Some(reset),
        process: Some(process),
        get_extension: Some(get_extension),
        on_main_thread: Some(nothing),
    };
    let gain = if fault == c"default" { 0.25 } else { 1.0 };
    let instance = Instance {
        plugin,
        _descriptor: descriptor,
        host,
        fault,
        gain,
        rate_hz: 48_000.0,
        echo: [0.0; 2],
        saves: 0,
    };
    let instance = Box::into_raw(Box::new(instance));
    // SAFETY: it was just made.
    unsafe {
        (*instance).plugin.plugin_data = instance.cast();
        &raw const (*instance).plugin
    }
}

/// The instance behind a plug-in.
///
/// # Safety
/// `plugin` was made by [`create`] and not destroyed, and no other reference to its instance is in use.
pub(crate) unsafe fn instance<'a>(plugin: *const clap_plugin) -> &'a mut Instance {
    // SAFETY: the caller says so.
    unsafe { &mut *(*plugin).plugin_data.cast::<Instance>() }
}

impl Instance {
    /// Whether this is the plug-in with this fault.
    pub(crate) fn is(&self, fault: &CStr) -> bool {
        self.fault == fault
    }

    /// # Safety
    /// The lists are alive.
    pub(crate) unsafe fn take_events(
        &mut self,
        events: *const clap_input_events,
        out: *const clap_output_events,
        frames: u32,
    ) {
        // SAFETY: the validator gives whole lists.
        unsafe {
            let count = (*events).size.map_or(0, |size| size(events));
            for index in 0..count {
                let Some(event) = (*events).get.map(|get| get(events, index)) else { continue };
                self.take(event);
                self.pass_on(event, out, frames);
            }
        }
    }

    unsafe fn take(&mut self, event: *const clap_event_header) {
        // SAFETY: the caller hands over an event that is alive.
        let header = unsafe { &*event };
        let is_ours = header.space_id == CLAP_CORE_EVENT_SPACE_ID || self.is(c"namespace");
        if is_ours && header.type_ == CLAP_EVENT_PARAM_VALUE {
            // SAFETY: its type says so.
            let event: clap_event_param_value = unsafe { *event.cast() };
            self.gain = event.value;
        }
    }

    unsafe fn pass_on(&self, event: *const clap_event_header, out: *const clap_output_events, frames: u32) {
        // SAFETY: the caller hands over an event that is alive.
        let header = unsafe { &*event };
        let is_note = header.space_id == CLAP_CORE_EVENT_SPACE_ID && header.type_ <= CLAP_EVENT_NOTE_CHOKE;
        if !is_note || (self.is(c"hanging-note") && header.type_ != CLAP_EVENT_NOTE_ON) {
            return;
        }
        // SAFETY: its type says that it is a note.
        let mut note: clap_event_note = unsafe { *event.cast() };
        if self.is(c"late-event") {
            note.header.time = frames;
        }
        // SAFETY: the list is whole, and the event alive during the call.
        unsafe { (*out).try_push.map(|push| push(out, &raw const note.header)) };
    }

    unsafe fn channel(&mut self, block: &clap_process, channel: usize) {
        let frames = block.frames_count as usize;
        // SAFETY: the validator gives two channels of so many frames.
        let (input, output) = unsafe {
            let from = *(*block.audio_inputs).data32.add(channel);
            let to = *(*block.audio_outputs).data32.add(channel);
            (std::slice::from_raw_parts_mut(from, frames), to)
        };
        for (frame, sample) in input.iter_mut().enumerate() {
            // SAFETY: the frame lies within the block.
            let place = unsafe { &mut *output.add(frame) };
            let before = *place;
            let heard = *sample;
            *place = heard * self.gain as f32 + self.echo[channel] * 0.5;
            self.echo[channel] = heard;
            self.spoil(place, before, heard, frame);
            if self.is(c"input") {
                *sample = 0.0;
            }
        }
        if self.is(c"beyond") {
            // SAFETY: it is not; that is the fault. The validator has a guard there.
            unsafe { *output.add(frames) = 0.5 };
        }
    }

    fn spoil(&self, place: &mut f32, before: f32, heard: f32, frame: usize) {
        match self.fault.to_bytes() {
            b"nan" if frame == 3 => *place = f32::NAN,
            b"adds" => *place += before,
            b"stale" if before.is_finite() => *place += before * 0.1,
            b"rate" => *place /= (self.rate_hz / 2000.0).floor() as f32,
            b"denormal" if heard.is_subnormal() => {
                let slow = (0..200).fold(heard, |sum, n| std::hint::black_box(sum * (1.0 + n as f32)));
                *place += slow.min(0.0);
            }
            _ => {}
        }
    }
}

unsafe extern "C" fn init(_plugin: *const clap_plugin) -> bool {
    true
}

unsafe extern "C" fn nothing(_plugin: *const clap_plugin) {}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the validator destroys what it got, once.
    drop(unsafe { Box::from_raw((*plugin).plugin_data.cast::<Instance>()) });
}

unsafe extern "C" fn activate(plugin: *const clap_plugin, rate_hz: f64, _min: u32, _max: u32) -> bool {
    // SAFETY: the validator gives back what it got.
    let this = unsafe { instance(plugin) };
    (this.rate_hz, this.echo) = (rate_hz, [0.0; 2]);
    true
}

unsafe extern "C" fn reset(plugin: *const clap_plugin) {
    // SAFETY: the validator gives back what it got.
    let this = unsafe { instance(plugin) };
    if !this.is(c"reset") {
        this.echo = [0.0; 2];
    }
}

unsafe extern "C" fn process(plugin: *const clap_plugin, block: *const clap_process) -> clap_process_status {
    // SAFETY: the validator gives back what it got, and a whole block.
    let (this, block) = unsafe { (instance(plugin), &*block) };
    match this.fault.to_bytes() {
        // SAFETY: it is not; that is the fault.
        b"crash" => unsafe { ptr::write_volatile(ptr::without_provenance_mut::<u8>(8), 1) },
        b"hang" => loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
        },
        // SAFETY: it is not without a transport; that is the fault.
        b"transport" => _ = unsafe { ptr::read_volatile(&raw const (*block.transport).tempo) },
        // SAFETY: the host is alive.
        b"thread" => unsafe { rescan(this.host) },
        _ => {}
    }
    // SAFETY: the lists and the channels are alive.
    unsafe {
        this.take_events(block.in_events, block.out_events, block.frames_count);
        this.channel(block, 0);
        this.channel(block, 1);
        if this.is(c"constant") {
            (*block.audio_outputs).constant_mask = 1;
        }
    }
    if this.is(c"sleep") { CLAP_PROCESS_TAIL } else { CLAP_PROCESS_CONTINUE_IF_NOT_QUIET }
}

/// Calls what only the main thread may call.
unsafe fn rescan(host: *const clap_host) {
    // SAFETY: the host is alive, and a table of this id has this layout.
    unsafe {
        let table = (*host).get_extension.map(|get| get(host, CLAP_EXT_PARAMS.as_ptr()));
        let params = table.and_then(|table| table.cast::<clap_host_params>().as_ref());
        if let Some(rescan) = params.and_then(|params| params.rescan) {
            rescan(host, 1);
        }
    }
}

unsafe extern "C" fn get_extension(_plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: the validator gives C strings.
    extension(unsafe { CStr::from_ptr(id) })
}
