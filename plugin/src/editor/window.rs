//! Runs on the host's main thread. The window around the editor, as the framework wants it.

use super::embedding::{PluginEditor, ThreadId};
use super::quitting::{self, OpenWindow};
use super::{Editor, keys, layout, watcher};
use crate::PluginKind;
use crate::guard::{Place, guard};
use crate::params::LinnetParams;
use egui::{Ui, ViewportCommand, vec2};
use linnet_handover::EditorPorts;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, Size};
use nice_plug::prelude::ResizeHint;
use nice_plug_egui::baseview::{HandlerError, WindowSize};
use nice_plug_egui::{
    EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier, create_egui_editor,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use watcher::Watcher;

/// Frames after opening in which the window is asked to take its saved size.
const FRAMES_TO_SETTLE: u8 = 4;
/// How long after opening a size may be the host's: some give the window several of their own, the last of them late.
const OPENING: Duration = Duration::from_secs(1);

/// What the window shows; a clone shows the same.
#[derive(Clone)]
pub(super) struct App {
    contents: Arc<Mutex<Contents>>,
    course: Arc<Course>,
}

/// How far the window is, for those who must not wait until a frame is drawn.
#[derive(Default)]
struct Course {
    /// Whether the window is about to close: what would be drawn now nobody would see.
    is_closing: AtomicBool,
    /// Whether the window has drawn its first frame.
    is_drawn: AtomicBool,
    /// The thread that draws the open window.
    thread: Mutex<Option<ThreadId>>,
}

impl Course {
    fn thread(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Contents {
    params: Arc<LinnetParams>,
    ports: Arc<Mutex<EditorPorts>>,
    editor: Editor,
    notifier: RepaintNotifier,
    host: Option<GuiContext>,
    watcher: Option<Watcher>,
    settling: u8,
    opened_at: Instant,
    /// Whether drawing panicked: nothing more is drawn then, and the host lives on.
    is_broken: bool,
    open: Option<OpenWindow>,
}

impl App {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called before a window opens.
    pub(super) fn open(&self) {
        self.course.is_closing.store(false, Ordering::Release);
        self.course.is_drawn.store(false, Ordering::Release);
    }

    /// Whether the window has drawn its first frame. Before, none may be asked for: on X11, baseview 0.4 asks the server
    /// when to draw, and hears no answer until the window is on the screen. It would wait for that answer for ever.
    pub(super) fn is_drawn(&self) -> bool {
        self.course.is_drawn.load(Ordering::Acquire)
    }

    /// Draws nothing from now on, so that the window comes to its end sooner.
    pub(super) fn begin_to_close(&self) {
        self.course.is_closing.store(true, Ordering::Release);
    }

    /// The thread that draws the open window.
    pub(super) fn thread(&self) -> Option<ThreadId> {
        *self.course.thread()
    }

    /// Ends what runs while the window is open. The framework calls nothing when a window closes.
    pub(super) fn close(&self) {
        *self.course.thread() = None;
        let mut contents = self.contents();
        contents.watcher = None;
        contents.open = None;
        if let Some(host) = contents.host.take() {
            guard(Place::CloseEditor, || contents.editor.close(&host));
        }
    }
}

impl Contents {
    /// Asks for the saved size until the window has it; a host may first set one of its own.
    fn settle(&mut self, ui: &Ui) {
        if self.settling == 0 {
            return;
        }
        self.settling -= 1;
        let wanted = {
            let preferences = self.params.saved.editor();
            vec2(preferences.width, preferences.height).max(layout::MIN_SIZE)
        };
        if (ui.max_rect().size() - wanted).abs().max_elem() > 1.0 {
            ui.send_viewport_cmd(ViewportCommand::InnerSize(wanted));
        }
        ui.ctx().request_repaint();
    }
}

impl Contents {
    fn build(&mut self, egui_ctx: &egui::Context, host: GuiContext) {
        Editor::prepare(egui_ctx);
        egui_ctx.set_zoom_factor(self.params.saved.editor().zoom.clamp(0.75, 2.0));
        self.host = Some(host);
        self.is_broken = false;
        self.settling = FRAMES_TO_SETTLE;
        self.opened_at = Instant::now();
        self.open = Some(OpenWindow::new(self.notifier.clone()));
    }

    /// Begins to look for what is to be drawn: with the first frame, see [`App::is_drawn`].
    fn watch(&mut self) {
        let ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
        let (audio, worker) = (Arc::clone(&ports.audio), Arc::clone(&ports.worker));
        drop(ports);
        self.watcher = Some(Watcher::start(audio, worker, self.notifier.clone()));
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        let Some(host) = self.host.clone() else { return };
        if self.watcher.is_none() {
            self.watch();
        }
        if self.is_broken {
            guard(Place::End, || apologise(ui));
            return;
        }
        let ports = Arc::clone(&self.ports);
        let drawn = guard(Place::DrawEditor, || {
            self.settle(ui);
            let mut ports = ports.lock().unwrap_or_else(PoisonError::into_inner);
            self.editor.frame(ui, &host, &mut ports);
            frame.set_key_capture(self.editor.key_capture(ui));
        });
        self.is_broken = drawn.is_none();
    }

    fn resized(&mut self, new_size: WindowSize) {
        if self.settling == 0 && self.opened_at.elapsed() > OPENING {
            let mut preferences = self.params.saved.editor();
            preferences.width = (new_size.logical.width as f32).round().max(layout::MIN_SIZE.x);
            preferences.height = (new_size.logical.height as f32).round().max(layout::MIN_SIZE.y);
        }
    }
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_ctx: egui::Context,
        nice_gui_ctx: GuiContext,
        _frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        *self.course.thread() = Some(ThreadId::current());
        // A window whose contents could not be made stays empty: without a host it draws nothing.
        guard(Place::OpenEditor, || self.contents().build(&egui_ctx, nice_gui_ctx));
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        quitting::begin_frame();
        if !self.course.is_closing.load(Ordering::Acquire) {
            self.contents().ui(ui, frame);
        }
        self.course.is_drawn.store(true, Ordering::Release);
    }

    fn resized(&mut self, new_size: WindowSize) {
        guard(Place::ResizeEditor, || self.contents().resized(new_size));
    }
}

/// What stands in the window where drawing it stopped at a defect.
fn apologise(ui: &Ui) {
    let words = format!(
        "The editor stopped at an error inside Linnet. Sound and ideas go on.\n\
         Close this window and open it again. If it stays so, please report it with the log:\n{}",
        crate::report::log_folder()
    );
    let area = ui.max_rect();
    ui.painter().rect_filled(area, 0.0, egui::Color32::BLACK);
    let font = egui::FontId::proportional(14.0);
    let galley = ui.painter().layout(words, font, egui::Color32::WHITE, area.width() - 64.0);
    ui.painter().galley(area.min + vec2(32.0, 32.0), galley, egui::Color32::WHITE);
}

impl Editor {
    /// Which keys the host does not get.
    fn key_capture(&self, ui: &Ui) -> nice_plug_egui::KeyCapture {
        let modifiers = ui.input(|input| input.modifiers);
        keys::capture(&self.desk, modifiers, self.is_typing(ui))
    }
}

/// The editor of one instance.
pub fn create(
    params: Arc<LinnetParams>,
    ports: Arc<Mutex<EditorPorts>>,
    kind: PluginKind,
) -> Option<PluginEditor> {
    let size = layout::DEFAULT_SIZE;
    let state =
        EguiEditorState::from_size(Size::Logical(LogicalSize::new(size.x.into(), size.y.into())), 1.0);
    let least = LogicalSize::new(layout::MIN_SIZE.x, layout::MIN_SIZE.y);
    let settings = EguiNiceSettings::new()
        .with_tile(kind.name())
        // The first of these looks comes before the first frame, and may be too early as well.
        .with_repaint_poll_interval(watcher::INTERVAL)
        .with_resize_hint(ResizeHint::RESIZABLE.with_min_logical_size(least));
    let notifier = RepaintNotifier::new();
    let contents = Contents {
        editor: Editor::new(Arc::clone(&params)),
        params,
        ports,
        notifier: notifier.clone(),
        host: None,
        watcher: None,
        settling: 0,
        opened_at: Instant::now(),
        is_broken: false,
        open: None,
    };
    let app = App { contents: Arc::new(Mutex::new(contents)), course: Arc::default() };
    create_egui_editor(state, notifier, settings, app.clone()).map(|window| PluginEditor::new(window, app))
}
