//! Runs on the host's main thread. The entry of the CLAP file: the framework's plug-ins, mended.
//!
//! The framework's own entry hands its plug-ins out as they are. This one puts a [`Mended`] around each.

mod mended;
mod moved;
mod sorted;

use crate::guard::{Place, guard};
use crate::{Linnet, LinnetNotes};
use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use mended::Mended;
use nice_plug::prelude::ClapPlugin;
use nice_plug::wrapper::clap::{PluginDescriptor, Wrapper};
use nice_plug::wrapper::setup_logger;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

/// What a host looks for in the file.
#[unsafe(no_mangle)]
#[used]
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(init),
    deinit: Some(deinit),
    get_factory: Some(get_factory),
};

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(count),
    get_plugin_descriptor: Some(descriptor),
    create_plugin: Some(create),
};

fn descriptors() -> &'static [PluginDescriptor; 2] {
    static DESCRIPTORS: OnceLock<[PluginDescriptor; 2]> = OnceLock::new();
    DESCRIPTORS.get_or_init(|| {
        [PluginDescriptor::for_plugin::<Linnet>(), PluginDescriptor::for_plugin::<LinnetNotes>()]
    })
}

unsafe extern "C" fn init(_path: *const c_char) -> bool {
    setup_logger::<Linnet>();
    setup_logger::<LinnetNotes>();
    true
}

unsafe extern "C" fn deinit() {}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: the host gives a C string or null.
    let is_ours = !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID;
    if is_ours { (&raw const FACTORY).cast() } else { ptr::null() }
}

unsafe extern "C" fn count(_factory: *const clap_plugin_factory) -> u32 {
    descriptors().len() as u32
}

unsafe extern "C" fn descriptor(
    _factory: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    descriptors()
        .get(index as usize)
        .map_or(ptr::null(), |descriptor| ptr::from_ref(descriptor.clap_plugin_descriptor()))
}

unsafe extern "C" fn create(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    if host.is_null() || id.is_null() {
        return ptr::null();
    }
    // SAFETY: it is not null, so it is a C string.
    let id = unsafe { CStr::from_ptr(id) };
    let made = guard(Place::Create, || {
        let [instrument, notes] = descriptors();
        if id == instrument.clap_id() {
            new::<Linnet>(host)
        } else if id == notes.clap_id() {
            new::<LinnetNotes>(host)
        } else {
            ptr::null()
        }
    });
    made.unwrap_or(ptr::null())
}

/// An instance of the framework's, mended. Its `destroy` frees both.
fn new<P: ClapPlugin>(host: *const clap_host) -> *const clap_plugin {
    // SAFETY: the host is not null, and outlives its plug-ins.
    let wrapper = Arc::into_raw(unsafe { Wrapper::<P>::new(host) });
    // SAFETY: the instance lives until `destroy` takes it back.
    let framework: *const clap_plugin = unsafe { (*wrapper).clap_plugin.as_ptr() };
    // SAFETY: the instance is new and nobody else has it.
    unsafe { Mended::around(framework) }
}
