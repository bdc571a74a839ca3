//! Runs on the main thread. A plug-in's editor in a window of X11.

use super::finding::{Finding, Verdict, expect, failed, function, skipped, warning};
use super::plugin::Plugin;
use crate::screen::Frame;
use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_plugin_gui, clap_window, clap_window_handle,
};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// An open editor. It is closed with this value, before its window.
pub(crate) struct Editor<'a> {
    gui: &'a clap_plugin_gui,
    plugin: &'a Plugin<'a>,
    frame: Frame,
}

/// Fails where there is no screen, or no editor for it.
fn gui<'a>(plugin: &'a Plugin) -> Result<&'a clap_plugin_gui, Finding> {
    // SAFETY: the id and the layout belong together.
    let gui = unsafe { plugin.extension::<clap_plugin_gui>(CLAP_EXT_GUI) };
    let gui = gui.ok_or_else(|| skipped("it has no editor"))?;
    // SAFETY: the plug-in is initialised, this is the main thread, and the name a C string.
    let fits =
        unsafe { function!(gui, is_api_supported)?(plugin.raw(), CLAP_WINDOW_API_X11.as_ptr(), false) };
    if !fits {
        return Err(skipped("its editor does not go into a window of X11"));
    }
    if std::env::var_os("DISPLAY").is_none() {
        return Err(skipped("there is no screen: set DISPLAY, or install Xvfb"));
    }
    Ok(gui)
}

impl<'a> Editor<'a> {
    /// Opens the editor, at `scale` times its size where the plug-in takes a scale.
    pub(crate) fn open(plugin: &'a Plugin<'a>, scale: f64) -> Result<Self, Finding> {
        let gui = gui(plugin)?;
        // SAFETY: the plug-in is initialised, this is the main thread, and no editor is open.
        let made = unsafe { function!(gui, create)?(plugin.raw(), CLAP_WINDOW_API_X11.as_ptr(), false) };
        expect(made, || "its editor would not open".into())?;
        if let Some(set_scale) = gui.set_scale {
            // SAFETY: the editor was created. A plug-in may refuse a scale.
            unsafe { set_scale(plugin.raw(), scale) };
        }
        let (width, height) = size(plugin, gui)?;
        let frame =
            Frame::open(width as u16, height as u16).map_err(|failure| failed(failure.to_string()))?;
        let mut editor = Self { gui, plugin, frame };
        editor.embed()?;
        Ok(editor)
    }

    fn embed(&mut self) -> Verdict {
        let window = clap_window {
            api: CLAP_WINDOW_API_X11.as_ptr(),
            specific: clap_window_handle { x11: self.frame.window().into() },
        };
        // SAFETY: the window stays open until the editor is closed.
        let is_inside = unsafe { function!(self.gui, set_parent)?(self.plugin.raw(), &raw const window) };
        expect(is_inside, || "its editor would not go into the window".into())?;
        if let Some(show) = self.gui.show {
            // SAFETY: the editor was created. Some show themselves at once, and refuse this.
            unsafe { show(self.plugin.raw()) };
        }
        Ok(())
    }

    /// Lets the editor live for `ms` milliseconds.
    pub(crate) fn hold(&self, ms: u64) {
        let end = Instant::now() + Duration::from_millis(ms);
        while Instant::now() < end {
            self.plugin.answer();
            sleep(Duration::from_millis(3));
        }
    }

    /// The host's user pulls the window to another size; the editor may choose one near it.
    pub(crate) fn resize(&mut self, width: u32, height: u32) -> Verdict {
        let (mut wide, mut high) = (width, height);
        // SAFETY: the editor is open, and this is the main thread.
        let follows = unsafe { function!(self.gui, can_resize)?(self.plugin.raw()) };
        if follows {
            // SAFETY: the editor is open, and the places to write to are alive.
            unsafe {
                function!(self.gui, adjust_size)?(self.plugin.raw(), &raw mut wide, &raw mut high);
                function!(self.gui, set_size)?(self.plugin.raw(), wide, high);
            }
        }
        self.frame.resize(wide as u16, high as u16).map_err(|failure| failed(failure.to_string()))?;
        let mut now = size(self.plugin, self.gui)?;
        // The window's own thread may take the size a little later.
        for _ in 0..50 {
            if now == (wide, high) {
                break;
            }
            self.hold(20);
            now = size(self.plugin, self.gui)?;
        }
        if follows && now != (wide, high) {
            return Err(warning(format!(
                "its editor adjusted {width} × {height} to {wide} × {high}, and then took {now:?}"
            )));
        }
        Ok(())
    }

    /// The window comes to a screen of another scale.
    pub(crate) fn rescale(&self, scale: f64) {
        if let Some(set_scale) = self.gui.set_scale {
            // SAFETY: the editor is open. A plug-in may refuse a scale.
            unsafe { set_scale(self.plugin.raw(), scale) };
        }
        self.hold(40);
    }
}

impl Drop for Editor<'_> {
    fn drop(&mut self) {
        if let Some(destroy) = self.gui.destroy {
            // SAFETY: the editor is open, and its window is closed only afterwards.
            unsafe { destroy(self.plugin.raw()) };
        }
        self.plugin.answer();
    }
}

fn size(plugin: &Plugin, gui: &clap_plugin_gui) -> Result<(u32, u32), Finding> {
    let (mut width, mut height) = (0, 0);
    // SAFETY: the editor was created, and the places to write to are alive.
    let is_said = unsafe { function!(gui, get_size)?(plugin.raw(), &raw mut width, &raw mut height) };
    let fits = is_said && (1..10_000).contains(&width) && (1..10_000).contains(&height);
    expect(fits, || format!("its editor has a size of {width} × {height}"))?;
    Ok((width, height))
}
