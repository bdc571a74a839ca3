//! Runs on the main thread, [`Audio`] on the audio thread. One instance of a plug-in, in CLAP's order of calls.

use super::events::{Inputs, Outputs};
use super::finding::{Finding, Verdict, failed, function};
use super::host::Host;
use super::library::Library;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::ext::timer_support::{CLAP_EXT_TIMER_SUPPORT, clap_plugin_timer_support};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use std::ffi::{CStr, CString};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

/// How a plug-in is activated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Activation {
    /// Frames a second.
    pub(crate) rate_hz: f64,
    /// The longest block, in frames.
    pub(crate) max_frames: u32,
}

/// One instance, initialised. It is destroyed with this value.
pub(crate) struct Plugin<'a> {
    raw: &'a clap_plugin,
    host: Box<Host>,
    _library: &'a Library,
}

/// The calls of the audio thread.
#[derive(Clone, Copy)]
pub(crate) struct Audio<'a> {
    raw: &'a clap_plugin,
}

impl<'a> Plugin<'a> {
    /// Creates and initialises the plug-in named `id`.
    pub(crate) fn create(library: &'a Library, id: &str) -> Result<Self, Finding> {
        let factory = library.factory()?;
        let id = CString::new(id).map_err(|_| failed("its id holds a zero byte"))?;
        let host = Host::new();
        // SAFETY: factory, host and id are alive; the host outlives the plug-in.
        let raw = unsafe { function!(factory, create_plugin)?(factory, host.raw(), id.as_ptr()) };
        // SAFETY: the plug-in lives until it is destroyed, in `drop`.
        let raw = unsafe { raw.as_ref() }.ok_or_else(|| failed("it could not be created"))?;
        host.is_known.store(true, Ordering::Release);
        let plugin = Self { raw, host, _library: library };
        // SAFETY: it was created and not initialised before.
        if !unsafe { function!(raw, init)?(raw) } {
            return Err(failed("it refused to initialise"));
        }
        plugin.answer();
        Ok(plugin)
    }

    /// The plug-in, for calls of its extensions.
    pub(crate) fn raw(&self) -> *const clap_plugin {
        self.raw
    }

    /// The descriptor that the instance points to.
    pub(crate) fn descriptor(&self) -> Option<super::library::Descriptor> {
        // SAFETY: a plug-in's descriptor lives as long as it.
        unsafe { self.raw.desc.as_ref() }.map(super::library::Descriptor::read)
    }

    /// The extension `id`, whose table has the layout `T`.
    ///
    /// # Safety
    /// CLAP says that the table of this id has this layout.
    pub(crate) unsafe fn extension<T>(&self, id: &CStr) -> Option<&T> {
        let get = self.raw.get_extension?;
        // SAFETY: the plug-in is initialised.
        let table = unsafe { get(self.raw, id.as_ptr()) };
        // SAFETY: the caller knows the layout; a table lives as long as the plug-in.
        unsafe { table.cast::<T>().as_ref() }
    }

    /// Activates it.
    pub(crate) fn activate(&self, how: Activation) -> Verdict {
        self.host.is_activating.store(true, Ordering::Release);
        // SAFETY: it is initialised and not active.
        let is_active = unsafe { function!(self.raw, activate)?(self.raw, how.rate_hz, 1, how.max_frames) };
        self.host.is_activating.store(false, Ordering::Release);
        self.host.is_active.store(is_active, Ordering::Release);
        self.answer();
        if is_active {
            return Ok(());
        }
        Err(failed(format!(
            "it would not activate at {} Hz with blocks of up to {} frames",
            how.rate_hz, how.max_frames
        )))
    }

    /// Deactivates it, where it is active.
    pub(crate) fn deactivate(&self) {
        if let (true, Some(deactivate)) =
            (self.host.is_active.swap(false, Ordering::AcqRel), self.raw.deactivate)
        {
            // SAFETY: it is active and does not process.
            unsafe { deactivate(self.raw) };
        }
        self.answer();
    }

    /// Runs `work` on an audio thread; meanwhile this one, the main thread, answers requests and does `meanwhile` again
    /// and again.
    pub(crate) fn on_audio_thread<R: Send>(
        &self,
        work: impl FnOnce(Audio<'_>) -> R + Send,
        mut meanwhile: impl FnMut(),
    ) -> R {
        let (host, audio) = (&self.host, Audio { raw: self.raw });
        thread::scope(|scope| {
            let worker = scope.spawn(move || {
                host.set_audio_thread(true);
                let result = work(audio);
                host.set_audio_thread(false);
                result
            });
            while !worker.is_finished() {
                self.answer();
                meanwhile();
                thread::sleep(Duration::from_millis(1));
            }
            match worker.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// Runs `work` on a thread of its own, where CLAP has the main thread; this one answers requests. What the plug-in calls from
    /// there is no fault of it.
    pub(crate) fn on_background_thread<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        let host = &self.host;
        let result = thread::scope(|scope| {
            let worker = scope.spawn(|| {
                host.is_strict.store(false, Ordering::Release);
                let result = work();
                host.is_strict.store(true, Ordering::Release);
                result
            });
            while !worker.is_finished() {
                self.answer();
                thread::sleep(Duration::from_millis(1));
            }
            worker.join()
        });
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Does what the plug-in asked for. Only the main thread may, so that nothing happens on others.
    pub(crate) fn answer(&self) {
        if !self.host.is_main() {
            return;
        }
        if let (true, Some(call)) = (self.host.take_callback(), self.raw.on_main_thread) {
            // SAFETY: this is the main thread, and the plug-in is initialised.
            unsafe { call(self.raw) };
        }
        if !self.host.is_active.load(Ordering::Acquire) && self.host.take_flush() {
            self.flush(&Inputs::default()).ok();
        }
        for id in self.host.due_timers() {
            // SAFETY: the id and the layout belong together.
            let timers = unsafe { self.extension::<clap_plugin_timer_support>(CLAP_EXT_TIMER_SUPPORT) };
            if let Some(call) = timers.and_then(|timers| timers.on_timer) {
                // SAFETY: this is the main thread, and the plug-in registered this timer.
                unsafe { call(self.raw, id) };
            }
        }
    }

    /// Hands parameter events over without a block. The plug-in is not active.
    pub(crate) fn flush(&self, inputs: &Inputs) -> Result<Outputs, Finding> {
        // SAFETY: the id and the layout belong together.
        let params = unsafe { self.extension::<clap_plugin_params>(CLAP_EXT_PARAMS) };
        let params = params.ok_or_else(|| failed("it asked for a flush without having parameters"))?;
        let mut outputs = Outputs::new(0);
        let (raw_in, raw_out) = (inputs.raw(), outputs.raw());
        // SAFETY: both lists are alive, and this is the thread for a plug-in that is not active.
        unsafe { function!(params, flush)?(self.raw, &raw const raw_in, &raw const raw_out) };
        Ok(outputs)
    }
}

impl Drop for Plugin<'_> {
    fn drop(&mut self) {
        self.deactivate();
        if let Some(destroy) = self.raw.destroy {
            // SAFETY: it is not active, and nothing uses it afterwards.
            unsafe { destroy(self.raw) };
        }
    }
}

impl Audio<'_> {
    /// Before the first block.
    pub(crate) fn start(self) -> Verdict {
        // SAFETY: the plug-in is active, and this is the audio thread.
        let started = unsafe { function!(self.raw, start_processing)?(self.raw) };
        if started { Ok(()) } else { Err(failed("it would not start to process")) }
    }

    /// After the last block.
    pub(crate) fn stop(self) -> Verdict {
        // SAFETY: the plug-in processes, and this is the audio thread.
        unsafe { function!(self.raw, stop_processing)?(self.raw) };
        Ok(())
    }

    /// Forgets what sounds.
    pub(crate) fn reset(self) -> Verdict {
        // SAFETY: the plug-in is active, and this is the audio thread.
        unsafe { function!(self.raw, reset)?(self.raw) };
        Ok(())
    }

    /// One block.
    pub(crate) fn process(self, block: &clap_process) -> Result<clap_process_status, Finding> {
        // SAFETY: the plug-in processes, this is the audio thread, and what `block` points to is alive.
        Ok(unsafe { function!(self.raw, process)?(self.raw, block) })
    }
}
