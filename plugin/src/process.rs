//! From the host's words to the engine's and back.
//!
//! Runs on the audio thread.

use crate::params::LinnetParams;
use linnet_handover::AudioPorts;
use nice_plug::prelude::*;

/// The audio side of one instance.
pub(crate) struct Processor {
    _ports: AudioPorts,
}

impl Processor {
    /// A processor that holds the audio thread's ends of the queues.
    pub(crate) fn new(ports: AudioPorts) -> Self {
        Self { _ports: ports }
    }

    /// One block.
    pub(crate) fn process<P: Plugin>(
        &mut self,
        _params: &LinnetParams,
        buffer: &mut Buffer,
        _context: &mut impl ProcessContext<P>,
    ) -> ProcessStatus {
        for channel in buffer.as_slice() {
            channel.fill(0.0);
        }
        ProcessStatus::KeepAlive
    }
}
