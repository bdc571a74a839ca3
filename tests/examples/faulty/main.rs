//! A CLAP file full of plug-ins that are alike but for one fault each, to show that the validator finds it. The plug-in
//! `faultless` has none. `LINNET_FAULTY_FILE` gives the file itself the faults that a file can have.
//!
//! It is an audio effect: a gain with an echo of one frame, which passes notes on.

mod extensions;
mod instance;

use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::plugin_features::{CLAP_PLUGIN_FEATURE_AUDIO_EFFECT, CLAP_PLUGIN_FEATURE_STEREO};
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

/// What tells the plug-ins apart.
pub(crate) const FAULTS: [&CStr; 24] = [
    c"faultless",
    c"crash",
    c"hang",
    c"nan",
    c"adds",
    c"stale",
    c"constant",
    c"beyond",
    c"input",
    c"thread",
    c"late-event",
    c"hanging-note",
    c"namespace",
    c"reset",
    c"empty-state",
    c"bytes",
    c"pieces",
    c"denormal",
    c"twice",
    c"text",
    c"default",
    c"sleep",
    c"rate",
    c"transport",
];

#[unsafe(no_mangle)]
#[used]
static clap_entry: clap_plugin_entry = clap_plugin_entry {
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

struct Features<const N: usize>([*const c_char; N]);
// SAFETY: the texts are constants.
unsafe impl<const N: usize> Sync for Features<N> {}

const EFFECT: *const c_char = CLAP_PLUGIN_FEATURE_AUDIO_EFFECT.as_ptr();
const STEREO: *const c_char = CLAP_PLUGIN_FEATURE_STEREO.as_ptr();
static FEATURES: Features<3> = Features([EFFECT, STEREO, ptr::null()]);
static TWICE: Features<4> = Features([EFFECT, STEREO, EFFECT, ptr::null()]);

fn is_faulty_file() -> bool {
    std::env::var_os("LINNET_FAULTY_FILE").is_some()
}

unsafe extern "C" fn init(_path: *const c_char) -> bool {
    if is_faulty_file() {
        std::thread::sleep(std::time::Duration::from_secs(3));
    }
    true
}

unsafe extern "C" fn deinit() {}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: the validator gives C strings.
    let is_known = unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID;
    if is_known || is_faulty_file() { (&raw const FACTORY).cast() } else { ptr::null() }
}

unsafe extern "C" fn count(_factory: *const clap_plugin_factory) -> u32 {
    FAULTS.len() as u32
}

fn describe(fault: &'static CStr) -> clap_plugin_descriptor {
    let features = if fault == c"twice" { TWICE.0.as_ptr() } else { FEATURES.0.as_ptr() };
    clap_plugin_descriptor {
        clap_version: CLAP_VERSION,
        id: fault.as_ptr(),
        name: fault.as_ptr(),
        vendor: c"Linnet".as_ptr(),
        url: c"".as_ptr(),
        manual_url: c"".as_ptr(),
        support_url: c"".as_ptr(),
        version: c"1".as_ptr(),
        description: c"".as_ptr(),
        features,
    }
}

unsafe extern "C" fn descriptor(
    _factory: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    // Few and small, so that they may stay.
    FAULTS.get(index as usize).map_or(ptr::null(), |fault| Box::leak(Box::new(describe(fault))))
}

unsafe extern "C" fn create(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    // SAFETY: the validator gives C strings.
    let id = unsafe { CStr::from_ptr(id) };
    let begins = |fault: &CStr| is_faulty_file() && id.to_bytes().starts_with(fault.to_bytes());
    let fault = FAULTS.iter().find(|fault| **fault == id || begins(fault));
    fault.map_or(ptr::null(), |fault| instance::create(host, fault, describe(fault)))
}
