//! Runs on every thread. What the validator offers plug-ins as their host, and the calls of theirs that break the rules.
//!
//! A process runs one test, so the list of misuses is the process's.

use super::library::text;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_host_audio_ports};
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency};
use clap_sys::ext::log::{CLAP_EXT_LOG, CLAP_LOG_HOST_MISBEHAVING, clap_host_log, clap_log_severity};
use clap_sys::ext::note_ports::{
    CLAP_EXT_NOTE_PORTS, CLAP_NOTE_DIALECT_CLAP, CLAP_NOTE_DIALECT_MIDI, clap_host_note_ports,
    clap_note_dialect,
};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_host_tail};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::ext::timer_support::{CLAP_EXT_TIMER_SUPPORT, clap_host_timer_support};
use clap_sys::ext::voice_info::{CLAP_EXT_VOICE_INFO, clap_host_voice_info};
use clap_sys::host::clap_host;
use clap_sys::version::CLAP_VERSION;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

static MISUSES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Calls of the plug-in that CLAP does not allow, and complaints of it about this host.
pub(crate) fn misuses() -> Vec<String> {
    guard(&MISUSES).clone()
}

fn misuse(what: String) {
    let mut all = guard(&MISUSES);
    if !all.contains(&what) {
        all.push(what);
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A timer of the plug-in.
struct Timer {
    id: u32,
    period: Duration,
    due: Instant,
}

/// The host of one plug-in.
pub(crate) struct Host {
    raw: clap_host,
    main: ThreadId,
    audio: Mutex<Option<ThreadId>>,
    timers: Mutex<Vec<Timer>>,
    next_timer: AtomicU32,
    /// Whether the plug-in was initialised: before, it may not call.
    pub(crate) is_known: AtomicBool,
    /// Whether the plug-in is active.
    pub(crate) is_active: AtomicBool,
    /// Whether a call of `activate` is running.
    pub(crate) is_activating: AtomicBool,
    /// Whether calls from the wrong thread count.
    pub(crate) is_strict: AtomicBool,
    callback: AtomicBool,
    flush: AtomicBool,
}

impl Host {
    /// A host whose main thread is this one.
    pub(crate) fn new() -> Box<Self> {
        let mut host = Box::new(Self {
            raw: clap_host {
                clap_version: CLAP_VERSION,
                host_data: ptr::null_mut(),
                name: c"Linnet's validator".as_ptr(),
                vendor: c"Linnet".as_ptr(),
                url: c"".as_ptr(),
                version: c"1".as_ptr(),
                get_extension: Some(get_extension),
                request_restart: Some(request_restart),
                request_process: Some(request_process),
                request_callback: Some(request_callback),
            },
            main: thread::current().id(),
            audio: Mutex::new(None),
            timers: Mutex::default(),
            next_timer: AtomicU32::new(0),
            is_known: AtomicBool::new(false),
            is_active: AtomicBool::new(false),
            is_activating: AtomicBool::new(false),
            is_strict: AtomicBool::new(true),
            callback: AtomicBool::new(false),
            flush: AtomicBool::new(false),
        });
        host.raw.host_data = ptr::from_mut(host.as_mut()).cast();
        host
    }

    /// As CLAP wants it. It points into `self`.
    pub(crate) fn raw(&self) -> *const clap_host {
        &raw const self.raw
    }

    /// Says that this thread is the audio thread, or that there is none.
    pub(crate) fn set_audio_thread(&self, is_here: bool) {
        *guard(&self.audio) = is_here.then(|| thread::current().id());
    }

    /// Whether the plug-in asked for a call on the main thread since the last time.
    pub(crate) fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }

    /// Whether the plug-in asked for its parameters to be flushed since the last time.
    pub(crate) fn take_flush(&self) -> bool {
        self.flush.swap(false, Ordering::AcqRel)
    }

    /// The timers that are due.
    pub(crate) fn due_timers(&self) -> Vec<u32> {
        let now = Instant::now();
        let mut timers = guard(&self.timers);
        let due = timers.iter_mut().filter(|timer| timer.due <= now);
        due.map(|timer| {
            timer.due = now + timer.period;
            timer.id
        })
        .collect()
    }

    /// Whether this is the main thread.
    pub(crate) fn is_main(&self) -> bool {
        thread::current().id() == self.main
    }

    fn is_audio(&self) -> bool {
        *guard(&self.audio) == Some(thread::current().id())
    }

    fn on_main(&self, function: &str) {
        if !self.is_main() && self.is_strict.load(Ordering::Acquire) {
            misuse(format!("it called `{function}` from another thread than the main thread"));
        }
    }

    fn on_audio(&self, function: &str) {
        if !self.is_audio() {
            misuse(format!("it called `{function}` from another thread than the audio thread"));
        }
    }
}

/// The host behind a pointer that a plug-in gives back.
///
/// # Safety
/// `raw` is null or comes from [`Host::raw`] of a host that lives.
unsafe fn host<'a>(raw: *const clap_host, function: &str) -> Option<&'a Host> {
    // SAFETY: the caller says so.
    let host = unsafe { raw.as_ref().and_then(|raw| raw.host_data.cast::<Host>().as_ref()) };
    match host {
        None => misuse(format!("it called `{function}` without its host")),
        Some(host) if !host.is_known.load(Ordering::Acquire) => {
            misuse(format!("it called `{function}` before it was initialised"));
        }
        Some(_) => {}
    }
    host
}

/// Calls `$check` with the host behind `$raw`.
macro_rules! with_host {
    ($raw:expr, $name:literal, |$host:ident| $check:expr) => {{
        // SAFETY: the plug-in gives back the pointer that it got, and its host outlives it.
        if let Some($host) = unsafe { host($raw, $name) } {
            $check
        }
    }};
}

unsafe extern "C" fn get_extension(raw: *const clap_host, id: *const c_char) -> *const c_void {
    with_host!(raw, "get_extension", |_host| ());
    if id.is_null() {
        return ptr::null();
    }
    // SAFETY: it is not null, so it is a C string.
    let id = unsafe { CStr::from_ptr(id) };
    let known: [(&CStr, *const c_void); 11] = [
        (CLAP_EXT_LOG, (&raw const LOG).cast()),
        (CLAP_EXT_THREAD_CHECK, (&raw const THREAD_CHECK).cast()),
        (CLAP_EXT_PARAMS, (&raw const PARAMS).cast()),
        (CLAP_EXT_STATE, (&raw const STATE).cast()),
        (CLAP_EXT_LATENCY, (&raw const LATENCY).cast()),
        (CLAP_EXT_TAIL, (&raw const TAIL).cast()),
        (CLAP_EXT_AUDIO_PORTS, (&raw const AUDIO_PORTS).cast()),
        (CLAP_EXT_NOTE_PORTS, (&raw const NOTE_PORTS).cast()),
        (CLAP_EXT_TIMER_SUPPORT, (&raw const TIMERS).cast()),
        (CLAP_EXT_GUI, (&raw const GUI).cast()),
        (CLAP_EXT_VOICE_INFO, (&raw const VOICE_INFO).cast()),
    ];
    known.iter().find(|(name, _)| *name == id).map_or(ptr::null(), |(_, table)| *table)
}

unsafe extern "C" fn request_restart(raw: *const clap_host) {
    with_host!(raw, "request_restart", |_host| ());
}

unsafe extern "C" fn request_process(raw: *const clap_host) {
    with_host!(raw, "request_process", |_host| ());
}

unsafe extern "C" fn request_callback(raw: *const clap_host) {
    with_host!(raw, "request_callback", |host| host.callback.store(true, Ordering::Release));
}

static LOG: clap_host_log = clap_host_log { log: Some(log) };

unsafe extern "C" fn log(raw: *const clap_host, severity: clap_log_severity, message: *const c_char) {
    with_host!(raw, "log", |_host| ());
    if severity == CLAP_LOG_HOST_MISBEHAVING {
        // SAFETY: the message is a C string or null.
        let said = unsafe { text(message) }.unwrap_or_default();
        misuse(format!("it says that the host misbehaves: {said}"));
    }
}

static THREAD_CHECK: clap_host_thread_check =
    clap_host_thread_check { is_main_thread: Some(is_main_thread), is_audio_thread: Some(is_audio_thread) };

unsafe extern "C" fn is_main_thread(raw: *const clap_host) -> bool {
    // SAFETY: the plug-in gives back the pointer that it got, and its host outlives it.
    unsafe { host(raw, "is_main_thread") }.is_some_and(Host::is_main)
}

unsafe extern "C" fn is_audio_thread(raw: *const clap_host) -> bool {
    // SAFETY: the plug-in gives back the pointer that it got, and its host outlives it.
    unsafe { host(raw, "is_audio_thread") }.is_some_and(Host::is_audio)
}

static PARAMS: clap_host_params = clap_host_params {
    rescan: Some(params_rescan),
    clear: Some(params_clear),
    request_flush: Some(request_flush),
};

unsafe extern "C" fn params_rescan(raw: *const clap_host, _flags: u32) {
    with_host!(raw, "params.rescan", |host| host.on_main("params.rescan"));
}

unsafe extern "C" fn params_clear(raw: *const clap_host, _id: u32, _flags: u32) {
    with_host!(raw, "params.clear", |host| host.on_main("params.clear"));
}

unsafe extern "C" fn request_flush(raw: *const clap_host) {
    with_host!(raw, "params.request_flush", |host| {
        if host.is_audio() {
            misuse("it called `params.request_flush` from the audio thread".into());
        }
        host.flush.store(true, Ordering::Release);
    });
}

static STATE: clap_host_state = clap_host_state { mark_dirty: Some(mark_dirty) };

unsafe extern "C" fn mark_dirty(raw: *const clap_host) {
    with_host!(raw, "state.mark_dirty", |host| host.on_main("state.mark_dirty"));
}

static LATENCY: clap_host_latency = clap_host_latency { changed: Some(latency_changed) };

unsafe extern "C" fn latency_changed(raw: *const clap_host) {
    with_host!(raw, "latency.changed", |host| {
        host.on_main("latency.changed");
        if host.is_active.load(Ordering::Acquire) && !host.is_activating.load(Ordering::Acquire) {
            misuse("it called `latency.changed` while it was active".into());
        }
    });
}

static TAIL: clap_host_tail = clap_host_tail { changed: Some(tail_changed) };

unsafe extern "C" fn tail_changed(raw: *const clap_host) {
    with_host!(raw, "tail.changed", |host| host.on_audio("tail.changed"));
}

static AUDIO_PORTS: clap_host_audio_ports = clap_host_audio_ports {
    is_rescan_flag_supported: Some(is_rescan_flag_supported),
    rescan: Some(audio_ports_rescan),
};

unsafe extern "C" fn is_rescan_flag_supported(raw: *const clap_host, _flag: u32) -> bool {
    with_host!(raw, "audio_ports.is_rescan_flag_supported", |host| {
        host.on_main("audio_ports.is_rescan_flag_supported");
    });
    true
}

unsafe extern "C" fn audio_ports_rescan(raw: *const clap_host, _flags: u32) {
    with_host!(raw, "audio_ports.rescan", |host| host.on_main("audio_ports.rescan"));
}

static NOTE_PORTS: clap_host_note_ports =
    clap_host_note_ports { supported_dialects: Some(supported_dialects), rescan: Some(note_ports_rescan) };

unsafe extern "C" fn supported_dialects(raw: *const clap_host) -> clap_note_dialect {
    with_host!(raw, "note_ports.supported_dialects", |host| host.on_main("note_ports.supported_dialects"));
    CLAP_NOTE_DIALECT_CLAP | CLAP_NOTE_DIALECT_MIDI
}

unsafe extern "C" fn note_ports_rescan(raw: *const clap_host, _flags: u32) {
    with_host!(raw, "note_ports.rescan", |host| host.on_main("note_ports.rescan"));
}

static TIMERS: clap_host_timer_support = clap_host_timer_support {
    register_timer: Some(register_timer),
    unregister_timer: Some(unregister_timer),
};

unsafe extern "C" fn register_timer(raw: *const clap_host, period_ms: u32, id: *mut u32) -> bool {
    with_host!(raw, "timer_support.register_timer", |host| {
        host.on_main("timer_support.register_timer");
        let number = host.next_timer.fetch_add(1, Ordering::Relaxed);
        let period = Duration::from_millis(u64::from(period_ms.max(1)));
        guard(&host.timers).push(Timer { id: number, period, due: Instant::now() + period });
        // SAFETY: the plug-in says where the number goes.
        if let Some(id) = unsafe { id.as_mut() } {
            *id = number;
        }
        return true;
    });
    false
}

unsafe extern "C" fn unregister_timer(raw: *const clap_host, id: u32) -> bool {
    with_host!(raw, "timer_support.unregister_timer", |host| {
        host.on_main("timer_support.unregister_timer");
        let mut timers = guard(&host.timers);
        let before = timers.len();
        timers.retain(|timer| timer.id != id);
        return timers.len() < before;
    });
    false
}

static VOICE_INFO: clap_host_voice_info = clap_host_voice_info { changed: Some(voice_info_changed) };

unsafe extern "C" fn voice_info_changed(raw: *const clap_host) {
    with_host!(raw, "voice_info.changed", |host| host.on_main("voice_info.changed"));
}

static GUI: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(gui_told),
    request_resize: Some(request_resize),
    request_show: Some(gui_asked),
    request_hide: Some(gui_asked),
    closed: Some(gui_closed),
};

unsafe extern "C" fn gui_told(raw: *const clap_host) {
    with_host!(raw, "gui.resize_hints_changed", |_host| ());
}

unsafe extern "C" fn request_resize(raw: *const clap_host, _width: u32, _height: u32) -> bool {
    with_host!(raw, "gui.request_resize", |_host| ());
    // The window keeps its size.
    false
}

unsafe extern "C" fn gui_asked(raw: *const clap_host) -> bool {
    with_host!(raw, "gui.request_show or gui.request_hide", |_host| ());
    true
}

unsafe extern "C" fn gui_closed(raw: *const clap_host, _was_destroyed: bool) {
    with_host!(raw, "gui.closed", |_host| ());
}
