//! An in-process CLAP host: it loads a bundle, runs it block by block, and reads what comes out with exact offsets.
//!
//! One thread plays both the main and the audio thread, so that a run is the same every time.

mod editor;
mod event;
mod prepared;
mod state;

pub use event::{Input, Output, Timed};
pub use prepared::{MainThread, Prepared, prepare_block};

use crate::transport::Transport;
use clack_extensions::gui::HostGui;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_host::events::event_types::TransportEvent;
use clack_host::prelude::*;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Events that the room for one block's output holds.
const EVENTS_OUT: usize = 16_384;

/// Why the host could not go on.
#[derive(Debug, thiserror::Error)]
pub enum HostFailure {
    /// The file is no CLAP bundle, or is missing.
    #[error("The CLAP bundle {path} could not be loaded: {why}. Build it with `cargo xtask bundle`.")]
    Bundle {
        /// The file.
        path: String,
        /// What the loader said.
        why: String,
    },
    /// The bundle holds no plug-in of this id, or it would not start.
    #[error("The plug-in {id} could not be opened: {why}.")]
    Plugin {
        /// Its CLAP id.
        id: String,
        /// What it said.
        why: String,
    },
    /// A call of the plug-in failed.
    #[error("The plug-in refused: {0}.")]
    Refused(&'static str),
}

/// The plug-in's requests to the host.
#[derive(Default)]
pub struct Requests {
    callback: AtomicBool,
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

/// The types of this host's handlers.
pub struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Requests;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Self::Shared<'_>) {
        builder.register::<HostGui>();
    }
}

/// The bundle that `cargo xtask bundle` makes, or the one that `LINNET_CLAP` names.
pub fn bundle_path() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from);
    let built = target.join("bundled").join("Linnet.clap");
    std::env::var_os("LINNET_CLAP").map_or(built, PathBuf::from)
}

#[cfg(not(feature = "rtsan"))]
fn entry(path: &Path) -> Result<PluginEntry, String> {
    if !path.exists() {
        return Err("there is no such file".into());
    }
    // SAFETY: the bundle is the one that this workspace builds; its entry point follows CLAP.
    unsafe { PluginEntry::load(path) }.map_err(|error| error.to_string())
}

/// The plug-in in this very program: a sanitizer must be there before anything else is.
#[cfg(feature = "rtsan")]
fn entry(_path: &Path) -> Result<PluginEntry, String> {
    let entry = std::ptr::from_ref(&linnet::clap_entry).cast::<clack_host::entry::EntryDescriptor>();
    // SAFETY: both types are CLAP's `clap_plugin_entry`, as two crates write it down, and the static lives for ever.
    unsafe { PluginEntry::load_from_raw(&*entry, c"/linked/Linnet.clap") }.map_err(|error| error.to_string())
}

/// A loaded bundle.
pub struct Bundle {
    entry: PluginEntry,
}

impl Bundle {
    /// Loads the bundle at `path`. It stays loaded until the process ends, as in most hosts.
    pub fn load(path: &Path) -> Result<Self, HostFailure> {
        let bundle = Self::load_to_unload(path)?;
        std::mem::forget(bundle.entry.clone());
        Ok(bundle)
    }

    /// Loads the bundle at `path`. It is unloaded with this value, or with the last of its instances.
    pub fn load_to_unload(path: &Path) -> Result<Self, HostFailure> {
        let failed = |why: String| HostFailure::Bundle { path: path.display().to_string(), why };
        let entry = entry(path).map_err(failed)?;
        Ok(Self { entry })
    }

    /// The ids of the plug-ins in the bundle.
    pub fn ids(&self) -> Vec<String> {
        let Some(factory) = self.entry.get_plugin_factory() else { return Vec::new() };
        let id = |descriptor: &clack_host::plugin::PluginDescriptor| {
            descriptor.id().map(|id| id.to_string_lossy().into_owned())
        };
        factory.plugin_descriptors().filter_map(id).collect()
    }

    /// Opens one plug-in and activates it for blocks of up to `max_frames`.
    pub fn open(&self, id: &str, sample_rate_hz: f64, max_frames: usize) -> Result<Instance, HostFailure> {
        let failed = |why: String| HostFailure::Plugin { id: id.into(), why };
        let info = HostInfo::new("Linnet's test host", "Linnet", "", env!("CARGO_PKG_VERSION"))
            .map_err(|error| failed(error.to_string()))?;
        let c_id = CString::new(id).map_err(|error| failed(error.to_string()))?;
        let plugin =
            PluginInstance::<Handlers>::new(|()| Requests::default(), |_| (), &self.entry, &c_id, &info)
                .map_err(|error| failed(error.to_string()))?;
        let mut opened = Instance::inactive(plugin, sample_rate_hz, max_frames);
        opened.activate()?;
        Ok(opened)
    }
}

/// Calls the plug-in as an audio thread does: under the sanitizer, where there is one, the framework's part included.
#[cfg_attr(feature = "rtsan", rtsan_standalone::nonblocking)]
fn realtime<T>(call: impl FnOnce() -> T) -> T {
    call()
}

/// One block's result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// Left and right.
    pub audio: [Vec<f32>; 2],
    /// Sorted by frame.
    pub events: Vec<Timed<Output>>,
}

/// An open plug-in.
pub struct Instance {
    processor: Option<StartedPluginAudioProcessor<Handlers>>,
    plugin: PluginInstance<Handlers>,
    sample_rate_hz: f64,
    max_frames: usize,
    steady: u64,
    inputs: AudioPorts,
    outputs: AudioPorts,
    /// Has room for all that a block may bring: the plug-in must not pay for what a host allocates.
    events_out: EventBuffer,
}

impl Instance {
    fn inactive(plugin: PluginInstance<Handlers>, sample_rate_hz: f64, max_frames: usize) -> Self {
        Self {
            processor: None,
            plugin,
            sample_rate_hz,
            max_frames,
            steady: 0,
            inputs: AudioPorts::with_capacity(2, 1),
            outputs: AudioPorts::with_capacity(2, 1),
            events_out: EventBuffer::with_capacity(EVENTS_OUT),
        }
    }

    /// Activates the plug-in and starts processing; nothing happens where it is active.
    pub fn activate(&mut self) -> Result<(), HostFailure> {
        if self.processor.is_some() {
            return Ok(());
        }
        let configuration = PluginAudioConfiguration {
            sample_rate: self.sample_rate_hz,
            min_frames_count: 1,
            max_frames_count: self.max_frames as u32,
        };
        let stopped = self
            .plugin
            .activate(|_, ()| (), configuration)
            .map_err(|_| HostFailure::Refused("it would not activate"))?;
        let started =
            stopped.start_processing().map_err(|_| HostFailure::Refused("it would not start to process"))?;
        self.processor = Some(started);
        Ok(())
    }

    /// Stops processing and deactivates the plug-in.
    pub fn deactivate(&mut self) {
        if let Some(processor) = self.processor.take() {
            self.plugin.deactivate(processor.stop_processing());
        }
    }

    /// Frames a second.
    pub fn sample_rate_hz(&self) -> f64 {
        self.sample_rate_hz
    }

    /// Frames in a block at most.
    pub fn max_frames(&self) -> usize {
        self.max_frames
    }

    /// Runs one block of `frames` (at most [`Instance::max_frames`]). `inputs` are sorted by frame, frames within the block.
    pub fn process(
        &mut self,
        frames: usize,
        transport: Option<Transport>,
        inputs: &[Timed<Input>],
    ) -> Result<Rendered, HostFailure> {
        let mut events_in = EventBuffer::with_capacity(inputs.len());
        for input in inputs {
            event::push_input(&mut events_in, input);
        }
        self.process_events(frames, transport.map(Transport::to_event).as_ref(), &events_in)
    }

    /// The same with CLAP's own events and transport, which need not make sense; `frames` may be 0, or more than announced.
    pub fn process_events(
        &mut self,
        frames: usize,
        transport: Option<&TransportEvent>,
        events_in: &EventBuffer,
    ) -> Result<Rendered, HostFailure> {
        let processor = self.processor.as_mut().ok_or(HostFailure::Refused("it is not active"))?;
        self.events_out.clear();
        let mut silence = [vec![0.0_f32; frames], vec![0.0_f32; frames]];
        let mut audio = [vec![0.0_f32; frames], vec![0.0_f32; frames]];
        let input_audio = self.inputs.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                silence.iter_mut().map(|channel| InputChannel::constant(channel.as_mut_slice())),
            ),
        }]);
        let mut output_audio = self.outputs.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(audio.iter_mut().map(Vec::as_mut_slice)),
        }]);
        let (events_in, mut events_out) = (events_in.as_input(), self.events_out.as_output());
        let steady = Some(self.steady);
        realtime(|| {
            processor.process(&input_audio, &mut output_audio, &events_in, &mut events_out, steady, transport)
        })
        .map_err(|_| HostFailure::Refused("a block could not be processed"))?;
        self.steady += frames as u64;
        self.answer_requests();
        Ok(Rendered { audio, events: self.events_out.iter().filter_map(event::read_output).collect() })
    }

    /// Ends every voice and forgets all tails, as a host does after a jump.
    pub fn reset(&mut self) {
        if let Some(processor) = self.processor.as_mut() {
            realtime(|| processor.reset());
        }
    }

    /// Every parameter.
    pub fn parameters(&mut self) -> Vec<Parameter> {
        let handle = self.plugin.plugin_handle();
        let Some(params) = handle.get_extension::<PluginParams>() else { return Vec::new() };
        let mut buffer = ParamInfoBuffer::new();
        let mut all = Vec::new();
        for index in 0..params.count(&handle) {
            if let Some(info) = params.get_info(&handle, index, &mut buffer) {
                all.push(Parameter {
                    id: info.id,
                    name: String::from_utf8_lossy(info.name).into_owned(),
                    module: String::from_utf8_lossy(info.module).into_owned(),
                    min: info.min_value,
                    max: info.max_value,
                    default: info.default_value,
                });
            }
        }
        all
    }

    /// The value of the parameter with this id of ours, in CLAP's range of it.
    pub fn value(&mut self, id: &str) -> Option<f64> {
        let handle = self.plugin.plugin_handle();
        handle.get_extension::<PluginParams>()?.get_value(&handle, parameter_id(id))
    }

    /// The value that `text` means for a parameter.
    pub fn parse(&mut self, id: ClapId, text: &str) -> Option<f64> {
        let handle = self.plugin.plugin_handle();
        let text = CString::new(text).ok()?;
        handle.get_extension::<PluginParams>()?.text_to_value(&handle, id, &text)
    }

    /// What `value` reads for a parameter.
    pub fn print(&mut self, id: ClapId, value: f64) -> Option<String> {
        let handle = self.plugin.plugin_handle();
        let mut buffer = [0_u8; 256];
        let params = handle.get_extension::<PluginParams>()?;
        let text = params.value_to_text(&handle, id, value, &mut buffer).ok()?;
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// An input that sets the parameter with this id of ours to what `text` means.
    pub fn setting(&mut self, id: &str, text: &str) -> Result<Input, HostFailure> {
        let value = self
            .parse(parameter_id(id), text)
            .ok_or(HostFailure::Refused("a parameter's text was not understood"))?;
        Ok(Input::Parameter { id: parameter_id(id), value })
    }

    /// Does what the plug-in asked the host's main thread for. Processing does so after each block.
    pub fn answer_requests(&mut self) {
        let asked = self.plugin.access_shared_handler(|shared| shared.callback.swap(false, Ordering::AcqRel));
        if asked {
            self.plugin.call_on_main_thread_callback();
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.deactivate();
    }
}

/// What a host sees of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// CLAP's number.
    pub id: ClapId,
    /// What users read.
    pub name: String,
    /// Its group.
    pub module: String,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
    /// The value at first.
    pub default: f64,
}

/// CLAP's number of the parameter with this id of ours: the framework's hash of the text.
pub fn parameter_id(id: &str) -> ClapId {
    let hash = id.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    ClapId::new(hash & !(1 << 31))
}
