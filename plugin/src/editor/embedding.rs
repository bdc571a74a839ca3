//! Runs on the host's main thread. The editor as the framework holds it: closing returns when nothing of it runs.
//!
//! On X11 the window has a thread of its own. Where that thread ends of itself in the moment in which the window is
//! dropped, baseview 0.4 does not wait for it: it would still be inside this library, or inside the OpenGL driver, when
//! the host unloads the one or ends the other.

use super::window::App;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{Editor, EditorHandle, HostMethods, SpawnedEditor};
use nice_plug::plugin::TrackInfo;
use nice_plug::prelude::{Modifiers, ParentWindowHandle, ResizeHint, VirtualKeyCode};
use nice_plug_egui::baseview;
use nice_plug_egui::{EguiEditor, EguiEditorHandle};
use std::error::Error;
use std::time::{Duration, Instant};

/// What a window's thread is given to end in.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks at a thread that is ending.
const LOOK: Duration = Duration::from_millis(1);

/// The editor of one instance, open or not.
pub struct PluginEditor {
    editor: EguiEditor<App>,
    app: App,
}

impl PluginEditor {
    pub(super) fn new(editor: EguiEditor<App>, app: App) -> Self {
        Self { editor, app }
    }
}

impl Editor for PluginEditor {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        super::quitting::watch_main_thread();
        self.app.open();
        let spawned = self.editor.spawn(parent, wait_for_parent, fallback_scale_factor, gui_context, host)?;
        let window = Window { inner: Some(spawned.window), app: self.app.clone() };
        Ok(SpawnedEditor { handle: Handle { inner: spawned.handle, app: self.app.clone() }, window })
    }

    fn size(&self) -> NativeSize<u32> {
        self.editor.size()
    }

    fn resize_hint(&self) -> ResizeHint {
        self.editor.resize_hint()
    }

    fn track_info_updated(&self, info: TrackInfo) {
        self.editor.track_info_updated(info);
    }
}

/// An open window. It closes when this is dropped.
pub struct Window {
    /// None while it closes.
    inner: Option<baseview::Window>,
    app: App,
}

impl Window {
    fn with<T>(
        &self,
        act: impl FnOnce(&baseview::Window) -> Result<T, baseview::Error>,
    ) -> Result<T, baseview::Error>
    where
        T: Default,
    {
        self.inner.as_ref().map_or_else(|| Ok(T::default()), act)
    }

    /// Closes by `end`, and waits for the window's thread.
    fn close<T>(&mut self, end: impl FnOnce(baseview::Window) -> T) -> Option<T> {
        let window = self.inner.take()?;
        super::quitting::close();
        let thread = self.app.thread();
        let ended = end(window);
        if let Some(thread) = thread {
            thread.wait(PATIENCE);
        }
        self.app.close();
        Some(ended)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.app.begin_to_close();
        self.close(drop);
    }
}

/// The framework's handle of an open window.
pub struct Handle {
    inner: EguiEditorHandle,
    app: App,
}

impl Handle {
    /// Tells the editor that something it shows has changed. The first frame shows it anyway.
    fn tell(&self, what: impl FnOnce(&EguiEditorHandle)) {
        if self.app.is_drawn() {
            what(&self.inner);
        }
    }
}

impl EditorHandle for Handle {
    type Window = Window;
    type Error = baseview::Error;

    fn run_until_closed(mut window: Window) -> Result<(), baseview::Error> {
        window.close(EguiEditorHandle::run_until_closed).unwrap_or(Ok(()))
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), baseview::Error> {
        window.with(|inner| self.inner.set_parent(parent, inner))
    }

    fn show(&self, window: &Window) -> Result<(), baseview::Error> {
        window.with(|inner| self.inner.show(inner))
    }

    fn hide(&self, window: &Window) -> Result<(), baseview::Error> {
        window.with(|inner| self.inner.hide(inner))
    }

    fn host_main_thread_callback(&self, window: &Window) {
        if let Some(inner) = &window.inner {
            self.inner.host_main_thread_callback(inner);
        }
    }

    fn set_size(&self, new_size: NativeSize<u32>, window: &Window) -> Result<(), baseview::Error> {
        window.with(|inner| self.inner.set_size(new_size, inner))
    }

    fn set_fallback_scale_factor(&self, scale_factor: f64, window: &Window) -> Result<(), baseview::Error> {
        window.with(|inner| self.inner.set_fallback_scale_factor(scale_factor, inner))
    }

    fn adjust_size(&self, new_size: NativeSize<u32>, window: &Window) -> Option<NativeSize<u32>> {
        self.inner.adjust_size(new_size, window.inner.as_ref()?)
    }

    fn on_virtual_key_from_host(
        &self,
        key_code: VirtualKeyCode,
        is_down: bool,
        modifiers: Modifiers,
    ) -> bool {
        self.inner.on_virtual_key_from_host(key_code, is_down, modifiers)
    }

    fn state_changed(&self) {
        self.tell(EguiEditorHandle::state_changed);
    }

    fn param_value_changed(&self, id: &str, normalized_value: f32) {
        self.tell(|inner| inner.param_value_changed(id, normalized_value));
    }

    fn param_modulation_changed(&self, id: &str, modulation_offset: f32) {
        self.tell(|inner| inner.param_modulation_changed(id, modulation_offset));
    }
}

/// A thread, as the kernel numbers it on Linux; elsewhere windows have no threads of their own, and all are this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ThreadId(i32);

impl ThreadId {
    /// The calling thread.
    pub(super) fn current() -> Self {
        #[cfg(target_os = "linux")]
        // SAFETY: the call takes nothing and cannot fail.
        let number = unsafe { libc::gettid() };
        #[cfg(not(target_os = "linux"))]
        let number = 0;
        Self(number)
    }

    /// Waits until the kernel has no such thread in this process, so that no destructor of it runs any more. Returns
    /// whether it has ended within the time.
    pub(super) fn wait(self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        while self.runs() {
            if Instant::now() >= end {
                return false;
            }
            std::thread::sleep(LOOK);
        }
        true
    }

    fn runs(self) -> bool {
        cfg!(target_os = "linux") && std::path::Path::new(&format!("/proc/self/task/{}", self.0)).exists()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_thread_is_waited_for_until_it_has_ended() {
        let (numbers, number) = mpsc::channel();
        let (go, gone) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            numbers.send(ThreadId::current()).ok();
            gone.recv().ok();
        });
        let id = number.recv().expect("the thread has a number");
        assert!(!id.wait(Duration::from_millis(20)), "it still runs");
        drop(go);
        assert!(id.wait(PATIENCE));
        assert!(thread.is_finished());
    }
}
