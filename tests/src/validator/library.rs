//! Runs on the main thread. A CLAP file: its entry, its factory and what it says about its plug-ins.

use super::finding::{Finding, failed, function};
use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::plugin::clap_plugin_descriptor;
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::{Path, PathBuf};

/// A loaded file. It is closed when this value goes.
pub(crate) struct Library {
    entry: &'static clap_plugin_entry,
    _code: libloading::Library,
}

/// What a plug-in says about itself. Absent texts are `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) version: (u32, u32, u32),
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) release: Option<String>,
    pub(crate) features: Option<Vec<String>>,
}

impl Library {
    /// Loads the file at `path`, or the program inside a bundle of macOS.
    pub(crate) fn open(path: &Path) -> Result<Self, Finding> {
        let file = program_of(path);
        // SAFETY: a validator must run foreign code; a crash of it ends only this test's process.
        let code = unsafe { libloading::Library::new(&file) }
            .map_err(|error| failed(format!("it could not be loaded: {}", cause(&error))))?;
        // SAFETY: CLAP says that this symbol is a `clap_plugin_entry`; it lives as long as the library, kept here.
        let entry: &'static clap_plugin_entry = unsafe {
            let symbol = code
                .get::<*const clap_plugin_entry>(b"clap_entry\0")
                .map_err(|_| failed("it has no symbol `clap_entry`, so it is no CLAP file"))?;
            symbol.as_ref().ok_or_else(|| failed("its `clap_entry` is null"))?
        };
        let text = CString::new(path.as_os_str().as_encoded_bytes())
            .map_err(|_| failed("its path holds a zero byte"))?;
        // SAFETY: the text outlives the call, and this is the main thread.
        if !unsafe { function!(entry, init)?(text.as_ptr()) } {
            return Err(failed("its entry refused to initialise"));
        }
        Ok(Self { entry, _code: code })
    }

    /// The factory named `id`, null where there is none.
    pub(crate) fn factory_of(&self, id: &CStr) -> Result<*const c_void, Finding> {
        // SAFETY: the entry was initialised, and the id is a C string.
        Ok(unsafe { function!(self.entry, get_factory)?(id.as_ptr()) })
    }

    /// The factory of plug-ins.
    pub(crate) fn factory(&self) -> Result<&clap_plugin_factory, Finding> {
        let factory = self.factory_of(CLAP_PLUGIN_FACTORY_ID)?.cast::<clap_plugin_factory>();
        // SAFETY: a factory of this id has this layout, and lives as long as the library.
        unsafe { factory.as_ref() }.ok_or_else(|| failed("it has no plug-in factory"))
    }

    /// The descriptors of all plug-ins.
    pub(crate) fn descriptors(&self) -> Result<Vec<Descriptor>, Finding> {
        let factory = self.factory()?;
        // SAFETY: the factory is alive.
        let count = unsafe { function!(factory, get_plugin_count)?(factory) };
        let read = |index| {
            // SAFETY: the factory is alive and the index below the count.
            let raw = unsafe { function!(factory, get_plugin_descriptor)?(factory, index) };
            // SAFETY: a descriptor lives as long as the library.
            unsafe { raw.as_ref() }
                .map(Descriptor::read)
                .ok_or_else(|| failed(format!("descriptor {index} of {count} is null")))
        };
        (0..count).map(read).collect()
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        if let Some(deinit) = self.entry.deinit {
            // SAFETY: the entry was initialised once, and no plug-in of it is left.
            unsafe { deinit() };
        }
    }
}

impl Descriptor {
    /// Copies what `raw` points to.
    pub(crate) fn read(raw: &clap_plugin_descriptor) -> Self {
        // SAFETY: the texts of a live descriptor are C strings or null.
        let text = |pointer| unsafe { text(pointer) };
        let version = (raw.clap_version.major, raw.clap_version.minor, raw.clap_version.revision);
        Self {
            version,
            id: text(raw.id),
            name: text(raw.name),
            vendor: text(raw.vendor),
            release: text(raw.version),
            features: features(raw.features),
        }
    }
}

fn features(list: *const *const c_char) -> Option<Vec<String>> {
    if list.is_null() {
        return None;
    }
    let mut all = Vec::new();
    for place in 0..1000 {
        // SAFETY: the list ends with a null pointer, at which this loop stops.
        let feature = unsafe { text(*list.add(place)) };
        match feature {
            Some(feature) => all.push(feature),
            None => break,
        }
    }
    Some(all)
}

/// The C string at `pointer`.
///
/// # Safety
/// `pointer` is null or points to a C string.
pub(crate) unsafe fn text(pointer: *const c_char) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the caller says so.
    Some(unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}

/// The text of an array that ends at its first zero, or nothing where it has no zero.
pub(crate) fn text_of(array: &[c_char]) -> Option<String> {
    let end = array.iter().position(|letter| *letter == 0)?;
    let bytes: Vec<u8> = array[..end].iter().map(|letter| *letter as u8).collect();
    String::from_utf8(bytes).ok()
}

/// What the system's loader says.
fn cause(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn program_of(path: &Path) -> PathBuf {
    let inside = std::fs::read_dir(path.join("Contents").join("MacOS")).ok();
    let first = inside.and_then(|files| files.flatten().next()).map(|file| file.path());
    // Without a slash the loader would search its own folders.
    let here = if path.is_relative() { Path::new(".").join(path) } else { path.to_path_buf() };
    first.unwrap_or(here)
}
