//! One instance, with five of the framework's answers set right:
//!
//! - The values of stepped parameters are whole. The framework computes them in 32 bits, and gives 0.999 999 999 77 for 1;
//!   CLAP has hosts cut the decimals off.
//! - A parameter beyond the last is refused. The framework's check lets the first one beyond through, and panics.
//! - A transport event within a block stands where it says. The framework adds the time since the block's start to it once
//!   more. See [`Moved`].
//! - Values are printed in ASCII. The VST3 wrapper reads text as 8 bits: what a host read back of "−24 dB" was +24 dB.
//! - Events go out in the order of their frames. See [`Sorted`].
//!
//! Each function runs on the thread that CLAP says; `process` never allocates.

use super::moved::{Moved, Reader};
use super::sorted::Sorted;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_IS_STEPPED, clap_param_info, clap_plugin_params};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use std::collections::HashSet;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::OnceLock;

/// Further from a whole number than this, a value is none.
const ROUNDING: f64 = 1e-2;

/// What hosts get instead of the framework's instance. It is not used after `destroy`.
#[repr(C)]
pub(super) struct Mended {
    /// The framework's, with some functions replaced; its data is the same. Hosts hold a pointer to this first field.
    plugin: clap_plugin,
    framework: clap_plugin,
    params: OnceLock<Params>,
    moved: Moved,
}

/// The framework's parameters and what is put in their place.
struct Params {
    framework: clap_plugin_params,
    mended: clap_plugin_params,
    stepped: HashSet<clap_id>,
}

impl Mended {
    /// An instance around one of the framework's, which `destroy` of the new one frees.
    ///
    /// # Safety
    /// `framework` points to a new instance that nobody else uses.
    pub(super) unsafe fn around(framework: *const clap_plugin) -> *const clap_plugin {
        // SAFETY: the caller says so. The framework's functions find their data by `plugin_data`, which is kept.
        let framework = unsafe { *framework };
        let plugin = clap_plugin {
            destroy: Some(destroy),
            activate: Some(activate),
            process: Some(process),
            get_extension: Some(get_extension),
            ..framework
        };
        let whole = Self { plugin, framework, params: OnceLock::new(), moved: Moved::default() };
        Box::into_raw(Box::new(whole)).cast_const().cast()
    }
}

/// The instance that a host means.
///
/// # Safety
/// `plugin` is null or comes from [`Mended::around`], and was not destroyed.
unsafe fn mended<'a>(plugin: *const clap_plugin) -> Option<&'a Mended> {
    // SAFETY: the field `plugin` stands first, so the pointer is one to the whole.
    unsafe { plugin.cast::<Mended>().as_ref() }
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the host gives back what it got.
    let Some(whole) = (unsafe { mended(plugin) }) else { return };
    if let Some(destroy) = whole.framework.destroy {
        // SAFETY: the host does so once, and the data is the framework's.
        unsafe { destroy(plugin) };
    }
    // SAFETY: it was made by `Box::into_raw`, and nobody uses it any more.
    drop(unsafe { Box::from_raw(plugin.cast_mut().cast::<Mended>()) });
}

unsafe extern "C" fn activate(plugin: *const clap_plugin, rate_hz: f64, min: u32, max: u32) -> bool {
    // SAFETY: the host gives back what it got.
    let Some(whole) = (unsafe { mended(plugin) }) else { return false };
    whole.moved.prepare(rate_hz);
    // SAFETY: the host calls as CLAP says.
    whole.framework.activate.is_some_and(|activate| unsafe { activate(plugin, rate_hz, min, max) })
}

unsafe extern "C" fn process(plugin: *const clap_plugin, block: *const clap_process) -> clap_process_status {
    // SAFETY: the host gives back what it got, and a block that is alive during the call.
    let (whole, block) = unsafe { (mended(plugin), block.as_ref()) };
    let (Some(whole), Some(block)) = (whole, block) else { return CLAP_PROCESS_ERROR };
    let Some(process) = whole.framework.process else { return CLAP_PROCESS_ERROR };
    // SAFETY: the lists are null or alive during the call.
    let (events_in, events_out) = unsafe { (block.in_events.as_ref(), block.out_events.as_ref()) };
    let reader = events_in.map(|events| whole.moved.reader(events));
    let sorted = events_out.map(Sorted::new);
    let (list_in, list_out) = (reader.as_ref().map(Reader::events), sorted.as_ref().map(Sorted::events));
    let block = clap_process {
        in_events: list_in.as_ref().map_or(ptr::null(), ptr::from_ref),
        out_events: list_out.as_ref().map_or(ptr::null(), ptr::from_ref),
        ..*block
    };
    // SAFETY: the host calls as CLAP says, and the lists outlive the call.
    unsafe { process(plugin, &raw const block) }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: the host gives back what it got.
    let Some(whole) = (unsafe { mended(plugin) }) else { return ptr::null() };
    let Some(get) = whole.framework.get_extension else { return ptr::null() };
    // SAFETY: the host calls as CLAP says.
    let table = unsafe { get(plugin, id) };
    // SAFETY: the id is a C string or null.
    let is_params = !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_EXT_PARAMS;
    // SAFETY: a table of this id has this layout.
    match unsafe { table.cast::<clap_plugin_params>().as_ref() } {
        Some(framework) if is_params => {
            // SAFETY: the plug-in is initialised where hosts ask for extensions.
            let params = whole.params.get_or_init(|| unsafe { Params::new(plugin, framework) });
            (&raw const params.mended).cast()
        }
        _ => table,
    }
}

impl Params {
    /// # Safety
    /// `plugin` is initialised, and `framework` its table.
    unsafe fn new(plugin: *const clap_plugin, framework: &clap_plugin_params) -> Self {
        let mended = clap_plugin_params {
            get_info: Some(get_info),
            get_value: Some(get_value),
            value_to_text: Some(value_to_text),
            text_to_value: Some(text_to_value),
            ..*framework
        };
        let mut params = Self { framework: *framework, mended, stepped: HashSet::new() };
        // SAFETY: the caller says so.
        let count = framework.count.map_or(0, |count| unsafe { count(plugin) });
        for index in 0..count {
            // SAFETY: numbers and null pointers may be zero.
            let mut info: clap_param_info = unsafe { std::mem::zeroed() };
            // SAFETY: the index lies below the count, and the place to write to is alive.
            let is_there = framework.get_info.is_some_and(|get| unsafe { get(plugin, index, &raw mut info) });
            if is_there && info.flags & CLAP_PARAM_IS_STEPPED != 0 {
                params.stepped.insert(info.id);
            }
        }
        params
    }
}

unsafe extern "C" fn get_info(plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    // SAFETY: the host gives back what it got.
    let whole = unsafe { mended(plugin) };
    let Some(params) = whole.and_then(|whole| whole.params.get()) else { return false };
    let (Some(count), Some(get)) = (params.framework.count, params.framework.get_info) else { return false };
    // SAFETY: the host calls as CLAP says.
    if info.is_null() || index >= unsafe { count(plugin) } || !unsafe { get(plugin, index, info) } {
        return false;
    }
    // SAFETY: it is not null, and the framework wrote to it.
    let info = unsafe { &mut *info };
    if params.stepped.contains(&info.id) {
        info.default_value = whole_number(info.default_value);
    }
    true
}

unsafe extern "C" fn get_value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    // SAFETY: the host gives back what it got.
    let whole = unsafe { mended(plugin) };
    let Some(params) = whole.and_then(|whole| whole.params.get()) else { return false };
    let Some(get) = params.framework.get_value else { return false };
    // SAFETY: the host calls as CLAP says.
    if value.is_null() || !unsafe { get(plugin, id, value) } {
        return false;
    }
    if params.stepped.contains(&id) {
        // SAFETY: it is not null, and the framework wrote to it.
        unsafe { *value = whole_number(*value) };
    }
    true
}

unsafe extern "C" fn value_to_text(
    plugin: *const clap_plugin,
    id: clap_id,
    value: f64,
    text: *mut c_char,
    capacity: u32,
) -> bool {
    // SAFETY: the host gives back what it got.
    let whole = unsafe { mended(plugin) };
    let Some(params) = whole.and_then(|whole| whole.params.get()) else { return false };
    let Some(print) = params.framework.value_to_text else { return false };
    // SAFETY: the host calls as CLAP says.
    if text.is_null() || capacity == 0 || !unsafe { print(plugin, id, value, text, capacity) } {
        return false;
    }
    // SAFETY: the framework wrote a C string into it, and the host says how many bytes there are.
    let length = unsafe { CStr::from_ptr(text) }.count_bytes().min(capacity as usize - 1);
    // SAFETY: so many bytes and the zero after them were just read.
    plain(unsafe { std::slice::from_raw_parts_mut(text.cast::<u8>(), length + 1) });
    true
}

unsafe extern "C" fn text_to_value(
    plugin: *const clap_plugin,
    id: clap_id,
    text: *const c_char,
    value: *mut f64,
) -> bool {
    // SAFETY: the host gives back what it got.
    let whole = unsafe { mended(plugin) };
    let Some(params) = whole.and_then(|whole| whole.params.get()) else { return false };
    let Some(read) = params.framework.text_to_value else { return false };
    // SAFETY: the host calls as CLAP says.
    if value.is_null() || !unsafe { read(plugin, id, text, value) } {
        return false;
    }
    if params.stepped.contains(&id) {
        // SAFETY: it is not null, and the framework wrote to it.
        unsafe { *value = whole_number(*value) };
    }
    true
}

/// Signs of the values' texts, and what stands for them where only ASCII is sure to pass; none is longer than its sign.
const PLAIN: [(&str, &str); 4] = [("−", "-"), ("∞", "inf"), ("♭", "b"), ("♯", "#")];

/// Puts ASCII in the place of the signs of a C string, whose zero is the last byte.
fn plain(text: &mut [u8]) {
    let (mut from, mut to) = (0, 0);
    while from < text.len() {
        let sign = PLAIN.iter().find(|(sign, _)| text[from..].starts_with(sign.as_bytes()));
        let (read, written) = sign.map_or((1, 1), |(sign, ascii)| (sign.len(), ascii.len()));
        match sign {
            Some((_, ascii)) => text[to..to + written].copy_from_slice(ascii.as_bytes()),
            None => text[to] = text[from],
        }
        (from, to) = (from + read, to + written);
    }
}

/// The whole number that a value stands for. A modulated value may lie between two.
fn whole_number(value: f64) -> f64 {
    let whole = value.round();
    if (value - whole).abs() < ROUNDING { whole } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hosts_read_is_ascii() {
        for (text, ascii) in
            [("−∞ dB\0", "-inf dB\0"), ("E♭\0", "Eb\0"), ("−24.5 dB\0", "-24.5 dB\0"), ("\0", "\0")]
        {
            let mut bytes = text.as_bytes().to_vec();
            plain(&mut bytes);
            assert!(bytes.starts_with(ascii.as_bytes()), "{text} became {bytes:?}");
        }
    }

    #[test]
    fn what_32_bits_left_of_a_whole_number_is_made_whole() {
        let nearly = f64::from(1.0_f32 / 65_535.0) * 65_535.0;
        assert_ne!(nearly, 1.0);
        assert_eq!(whole_number(nearly), 1.0);
        assert_eq!(whole_number(54_376.998_385_190_964), 54_377.0);
        assert_eq!(whole_number(2.4), 2.4, "a modulated value stays");
    }
}
