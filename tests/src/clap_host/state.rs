//! The plug-in's state, through streams that give and take a few bytes at a time.

use super::{HostFailure, Instance};
use clack_extensions::state::PluginState;
use std::io::{Read, Result, Write};

const NO_STATE: HostFailure = HostFailure::Refused("it offers no state");

impl Instance {
    /// The plug-in's state, as a project saves it.
    pub fn save_state(&mut self) -> std::result::Result<Vec<u8>, HostFailure> {
        self.save_state_in(usize::MAX)
    }

    /// The same, where the host takes no more than `chunk` bytes at a time.
    pub fn save_state_in(&mut self, chunk: usize) -> std::result::Result<Vec<u8>, HostFailure> {
        let handle = self.plugin.plugin_handle();
        let state: PluginState = handle.get_extension().ok_or(NO_STATE)?;
        let mut stream = Chunks { inner: Vec::new(), chunk };
        state.save(&handle, &mut stream).map_err(|_| HostFailure::Refused("its state could not be saved"))?;
        Ok(stream.inner)
    }

    /// Restores what [`Instance::save_state`] gave.
    pub fn load_state(&mut self, bytes: &[u8]) -> std::result::Result<(), HostFailure> {
        self.load_state_in(bytes, usize::MAX)
    }

    /// The same, where the host gives no more than `chunk` bytes at a time.
    pub fn load_state_in(&mut self, bytes: &[u8], chunk: usize) -> std::result::Result<(), HostFailure> {
        let handle = self.plugin.plugin_handle();
        let state: PluginState = handle.get_extension().ok_or(NO_STATE)?;
        let mut stream = Chunks { inner: bytes, chunk };
        state.load(&handle, &mut stream).map_err(|_| HostFailure::Refused("it would not load the state"))?;
        self.answer_requests();
        Ok(())
    }
}

/// A stream that moves at most `chunk` bytes in one call.
struct Chunks<S> {
    inner: S,
    chunk: usize,
}

impl Read for Chunks<&[u8]> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = buffer.len().min(self.chunk);
        self.inner.read(&mut buffer[..length])
    }
}

impl Write for Chunks<Vec<u8>> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.inner.write(&bytes[..bytes.len().min(self.chunk)])
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
