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
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use watcher::Watcher;

/// Frames after opening in which the window is asked to take its saved size.
const FRAMES_TO_SETTLE: u8 = 4;

/// What the window shows; a clone shows the same.
#[derive(Clone)]
pub(super) struct App {
    contents: Arc<Mutex<Contents>>,
}

struct Contents {
    params: Arc<LinnetParams>,
    ports: Arc<Mutex<EditorPorts>>,
    editor: Editor,
    notifier: RepaintNotifier,
    host: Option<GuiContext>,
    watcher: Option<Watcher>,
    settling: u8,
    /// Whether drawing panicked: nothing more is drawn then, and the host lives on.
    is_broken: bool,
    /// The thread that draws the open window.
    thread: Option<ThreadId>,
    open: Option<OpenWindow>,
}

impl App {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what runs while the window is open. The framework calls nothing when a window closes.
    pub(super) fn close(&self) {
        let mut contents = self.contents();
        contents.watcher = None;
        contents.thread = None;
        contents.open = None;
        if let Some(host) = contents.host.take() {
            guard(Place::CloseEditor, || contents.editor.close(&host));
        }
    }

    /// The thread that draws the open window.
    pub(super) fn thread(&self) -> Option<ThreadId> {
        self.contents().thread
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
        let ports = self.ports.lock().unwrap_or_else(PoisonError::into_inner);
        let (audio, worker) = (Arc::clone(&ports.audio), Arc::clone(&ports.worker));
        drop(ports);
        self.watcher = Some(Watcher::start(audio, worker, self.notifier.clone()));
        self.host = Some(host);
        self.is_broken = false;
        self.settling = FRAMES_TO_SETTLE;
        self.thread = Some(ThreadId::current());
        self.open = Some(OpenWindow::new(self.notifier.clone()));
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        let Some(host) = self.host.clone() else { return };
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
        if self.settling == 0 {
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
        // A window whose contents could not be made stays empty: without a host it draws nothing.
        guard(Place::OpenEditor, || self.contents().build(&egui_ctx, nice_gui_ctx));
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        quitting::begin_frame();
        self.contents().ui(ui, frame);
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
        is_broken: false,
        thread: None,
        open: None,
    };
    let app = App { contents: Arc::new(Mutex::new(contents)) };
    create_egui_editor(state, notifier, settings, app.clone()).map(|window| PluginEditor::new(window, app))
}
