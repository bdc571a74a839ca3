//! Blocks that are prepared beforehand, run on an audio thread of their own while the main thread goes on with its work:
//! between two blocks the host's audio thread does nothing, so that what is measured there is the plug-in's.

use super::event::{Input, Timed, push_input};
use super::{EVENTS_OUT, Handlers, HostFailure, Instance, realtime};
use crate::transport::Transport;
use clack_extensions::gui::{GuiSize, PluginGui};
use clack_extensions::state::PluginState;
use clack_host::events::event_types::TransportEvent;
use clack_host::prelude::*;
use std::sync::atomic::Ordering;
use std::thread;

/// A block to run.
pub struct Prepared {
    /// Its length in frames.
    pub frames: usize,
    /// The transport at its start.
    pub transport: TransportEvent,
    /// What goes in, sorted by frame.
    pub events: EventBuffer,
}

/// A block of `frames` with these inputs, sorted by frame.
pub fn prepare_block(frames: usize, transport: Transport, inputs: &[Timed<Input>]) -> Prepared {
    let mut events = EventBuffer::with_capacity(inputs.len());
    for input in inputs {
        push_input(&mut events, input);
    }
    Prepared { frames, transport: transport.to_event(), events }
}

/// What the main thread may do while blocks run.
pub struct MainThread<'a> {
    plugin: &'a mut PluginInstance<Handlers>,
}

impl MainThread<'_> {
    /// Has the plug-in save its state; returns its length in bytes.
    pub fn save_state(&mut self) -> Result<usize, HostFailure> {
        let handle = self.plugin.plugin_handle();
        let state: PluginState = handle.get_extension().ok_or(HostFailure::Refused("it offers no state"))?;
        let mut bytes = Vec::new();
        state.save(&handle, &mut bytes).map_err(|_| HostFailure::Refused("its state could not be saved"))?;
        Ok(bytes.len())
    }

    /// Gives the editor this size in pixels, where it takes it.
    pub fn resize_editor(&mut self, width: u32, height: u32) -> Result<(), HostFailure> {
        let handle = self.plugin.plugin_handle();
        let gui: PluginGui = handle.get_extension().ok_or(HostFailure::Refused("it has no editor"))?;
        gui.set_size(&handle, GuiSize { width, height })
            .map_err(|_| HostFailure::Refused("its editor keeps its size"))
    }

    /// Does what the plug-in asked the main thread for.
    pub fn answer_requests(&mut self) {
        if self.plugin.access_shared_handler(|shared| shared.callback.swap(false, Ordering::AcqRel)) {
            self.plugin.call_on_main_thread_callback();
        }
    }
}

impl Instance {
    /// Runs `blocks` on a thread of their own, each through `watch`, which must call what it is given once; meanwhile calls
    /// `beside` here again and again, and once at least.
    pub fn process_beside(
        &mut self,
        blocks: &[Prepared],
        mut watch: impl FnMut(&mut dyn FnMut()) + Send,
        mut beside: impl FnMut(&mut MainThread) -> Result<(), HostFailure>,
    ) -> Result<(), HostFailure> {
        let processor = self.processor.as_mut().ok_or(HostFailure::Refused("it is not active"))?;
        let mut main = MainThread { plugin: &mut self.plugin };
        let ports = (&mut self.inputs, &mut self.outputs);
        let steady = self.steady;
        self.steady += blocks.iter().map(|block| block.frames as u64).sum::<u64>();
        thread::scope(|scope| {
            let audio = scope.spawn(move || run(processor, ports, steady, blocks, &mut watch));
            loop {
                beside(&mut main)?;
                main.answer_requests();
                if audio.is_finished() {
                    let ended =
                        audio.join().map_err(|_| HostFailure::Refused("the audio thread panicked"))?;
                    return ended;
                }
            }
        })
    }
}

fn run(
    processor: &mut StartedPluginAudioProcessor<Handlers>,
    (inputs, outputs): (&mut AudioPorts, &mut AudioPorts),
    mut steady: u64,
    blocks: &[Prepared],
    watch: &mut dyn FnMut(&mut dyn FnMut()),
) -> Result<(), HostFailure> {
    let longest = blocks.iter().map(|block| block.frames).max().unwrap_or(0);
    let mut silence = [vec![0.0_f32; longest], vec![0.0_f32; longest]];
    let mut audio = [vec![0.0_f32; longest], vec![0.0_f32; longest]];
    let mut events_out = EventBuffer::with_capacity(EVENTS_OUT);
    for block in blocks {
        events_out.clear();
        let inputs = inputs.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                silence.iter_mut().map(|channel| InputChannel::constant(&mut channel[..block.frames])),
            ),
        }]);
        let mut outputs = outputs.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                audio.iter_mut().map(|channel| &mut channel[..block.frames]),
            ),
        }]);
        let (events, mut events_out) = (block.events.as_input(), events_out.as_output());
        let mut succeeded = false;
        watch(&mut || {
            let call = || {
                processor.process(
                    &inputs,
                    &mut outputs,
                    &events,
                    &mut events_out,
                    Some(steady),
                    Some(&block.transport),
                )
            };
            succeeded = realtime(call).is_ok();
        });
        if !succeeded {
            return Err(HostFailure::Refused("a block could not be processed"));
        }
        steady += block.frames as u64;
    }
    Ok(())
}
