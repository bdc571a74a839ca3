//! An editor without a window: scripted ports, a host that sets parameters at once, frames into memory.

use crate::raster::Canvas;
use egui::{Context, Event, FullOutput, RawInput, Rect, Vec2};
use linnet::PluginKind;
use linnet::editor::Editor;
use linnet::params::LinnetParams;
use linnet::state::SavedState;
use linnet_handover::{AudioPorts, EditorPorts, WorkerPorts};
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::prelude::{ParamPtr, PluginApi, PluginState};
use std::sync::{Arc, Mutex};

/// What the host saw of a gesture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Touch {
    Begin,
    Set(f32),
    End,
}

/// A host that takes every value at once and remembers the gestures.
#[derive(Default)]
pub(crate) struct Host {
    pub(crate) touches: Mutex<Vec<Touch>>,
}

impl Host {
    fn note(&self, touch: Touch) {
        self.touches.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(touch);
    }
}

impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    unsafe fn raw_begin_set_parameter(&self, _param: ParamPtr) {
        self.note(Touch::Begin);
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        self.note(Touch::Set(normalized));
        // SAFETY: the stage holds the parameters as long as the host.
        unsafe { param._internal_set_normalized_value(normalized) };
    }

    unsafe fn raw_end_set_parameter(&self, _param: ParamPtr) {
        self.note(Touch::End);
    }

    fn get_state(&self) -> PluginState {
        unreachable!("the editor asks for no state")
    }

    fn set_state(&self, _state: PluginState) {}

    fn request_restart(&self) {}
}

/// The editor and everything around it.
pub(crate) struct Stage {
    pub(crate) params: Arc<LinnetParams>,
    pub(crate) host: Arc<Host>,
    pub(crate) ports: EditorPorts,
    pub(crate) audio: AudioPorts,
    /// The composer thread's ends: what the editor orders arrives here.
    #[allow(dead_code, reason = "the pictures need no orders, the tests read them")]
    pub(crate) worker: WorkerPorts,
    editor: Editor,
    context: Context,
    canvas: Canvas,
    shapes: Vec<egui::epaint::ClippedShape>,
    size: Vec2,
    scale: f32,
    time: f64,
    modifiers: egui::Modifiers,
}

impl Stage {
    /// An editor of `size` at 100 %, zoomed by `scale`.
    pub(crate) fn new(kind: PluginKind, size: Vec2, scale: f32) -> Self {
        let (audio, worker, ports) = linnet_handover::connect();
        let saved = SavedState::new(Arc::clone(&ports.worker), ports.orders.clone());
        let params = Arc::new(LinnetParams::new(kind, saved));
        params.saved.editor().zoom = scale;
        let context = Context::default();
        Editor::prepare(&context);
        let pixels = size * scale;
        Self {
            editor: Editor::new(Arc::clone(&params)),
            params,
            host: Arc::default(),
            ports,
            audio,
            worker,
            context,
            canvas: Canvas::new(pixels.x as usize, pixels.y as usize),
            shapes: Vec::new(),
            size,
            scale,
            time: 0.0,
            modifiers: egui::Modifiers::NONE,
        }
    }

    /// Draws a frame after `events`, `seconds` after the last one.
    pub(crate) fn frame(&mut self, events: Vec<Event>, seconds: f64) -> FullOutput {
        self.time += seconds;
        self.context.set_zoom_factor(self.scale);
        let mut events = events;
        let held = modifiers_of(&events);
        if held != self.modifiers {
            self.modifiers = held;
            events.insert(0, Event::ModifiersChanged(held));
        }
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, self.size)),
            time: Some(self.time),
            events,
            max_texture_side: Some(4096),
            focused: true,
            ..RawInput::default()
        };
        let host = GuiContext::new(Arc::clone(&self.host) as Arc<dyn GuiContextInner>);
        let mut output = self.context.run_ui(input, |ui| self.editor.frame(ui, &host, &mut self.ports));
        self.shapes = std::mem::take(&mut output.shapes);
        let mut textures = std::mem::take(&mut output.textures_delta);
        self.canvas.take_textures(&textures);
        textures.clear();
        output
    }

    /// The picture of the last frame.
    pub(crate) fn picture(&mut self) -> (usize, usize, Vec<u8>) {
        let primitives = self.context.tessellate(self.shapes.clone(), self.scale);
        self.canvas.paint(&primitives, self.scale);
        (self.canvas.width, self.canvas.height, self.canvas.rgba())
    }
}

fn modifiers_of(events: &[Event]) -> egui::Modifiers {
    let held = events.iter().rev().find_map(|event| match event {
        Event::PointerButton { modifiers, .. }
        | Event::Key { modifiers, .. }
        | Event::MouseWheel { modifiers, .. } => Some(*modifiers),
        _ => None,
    });
    held.unwrap_or_default()
}
