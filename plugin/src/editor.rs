//! The editor's window.
//!
//! Runs on the host's main thread.

use crate::PluginKind;
use crate::params::LinnetParams;
use linnet_handover::EditorPorts;
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp, RepaintNotifier, create_egui_editor,
};
use std::sync::{Arc, Mutex};

/// The editor as the framework holds it.
pub type PluginEditor = EguiEditor<App>;

/// What the window shows.
pub struct App {
    params: Arc<LinnetParams>,
    ports: Arc<Mutex<EditorPorts>>,
}

impl NiceEguiApp for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        let revision = self.ports.lock().map(|ports| ports.worker.revision()).unwrap_or_default();
        ui.label(format!("{:?} {revision}", self.params.mode()));
    }
}

/// The editor of one instance.
pub fn create(
    params: Arc<LinnetParams>,
    ports: Arc<Mutex<EditorPorts>>,
    kind: PluginKind,
) -> Option<PluginEditor> {
    let (width, height) = (params.saved.editor().width, params.saved.editor().height);
    let state = EguiEditorState::from_size(
        nice_plug::editor::dpi::Size::Logical(nice_plug::editor::dpi::LogicalSize::new(
            width.into(),
            height.into(),
        )),
        1.0,
    );
    let settings = EguiNiceSettings::new().with_tile(kind.name());
    create_egui_editor(state, RepaintNotifier::new(), settings, App { params, ports })
}
