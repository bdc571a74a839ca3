//! The plug-in's editor, embedded in a window of X11.

use super::{HostFailure, Instance, Requests};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, HostGuiImpl, PluginGui, Window};
use clack_host::prelude::HostError;

/// A host whose windows keep their size.
impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        Err(HostError::Message("the window keeps its size"))
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _: bool) {}
}

impl Instance {
    /// Has the plug-in make its editor; returns its width and height in pixels.
    pub fn open_editor(&mut self) -> Result<(u32, u32), HostFailure> {
        let handle = self.plugin.plugin_handle();
        let gui: PluginGui = handle.get_extension().ok_or(HostFailure::Refused("it has no editor"))?;
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        if !gui.is_api_supported(&handle, configuration) {
            return Err(HostFailure::Refused("its editor knows no X11"));
        }
        gui.create(&handle, configuration).map_err(|_| HostFailure::Refused("its editor would not open"))?;
        let size = gui.get_size(&handle).ok_or(HostFailure::Refused("its editor has no size"))?;
        Ok((size.width, size.height))
    }

    /// Puts the editor into a window, by the window's number, and shows it.
    pub fn embed_editor(&mut self, window: u32) -> Result<(), HostFailure> {
        let handle = self.plugin.plugin_handle();
        let gui: PluginGui = handle.get_extension().ok_or(HostFailure::Refused("it has no editor"))?;
        // SAFETY: the window stays open until the editor is closed: callers hold the frame that long.
        unsafe { gui.set_parent(&handle, Window::from_x11_handle(window.into())) }
            .map_err(|_| HostFailure::Refused("its editor would not go into the window"))?;
        // Some editors show themselves at once, and refuse this.
        gui.show(&handle).ok();
        Ok(())
    }

    /// Closes the editor.
    pub fn close_editor(&mut self) {
        let handle = self.plugin.plugin_handle();
        if let Some(gui) = handle.get_extension::<PluginGui>() {
            gui.destroy(&handle);
        }
    }
}
