//! What is saved beside the parameters: the session of ideas, and how the editor looks.
//!
//! Runs on the host's main thread; while the host loads a state during playback, on the audio thread, where only
//! texts are moved and nothing is parsed. What this build cannot read is kept and written back.

use linnet_handover::to_worker::{Order, Sender};
use linnet_handover::worker_view::WorkerView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The key of the session.
const SESSION: &str = "session";
/// The key of the editor's preferences.
const EDITOR: &str = "editor";

/// How the editor looks. Saved with the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditorPreferences {
    /// The layout that wrote this; 1.
    pub version: u32,
    /// Width at 100 % zoom, in logical pixels.
    pub width: f32,
    /// Height at 100 % zoom, in logical pixels.
    pub height: f32,
    /// Zoom, in [0.75, 2].
    pub zoom: f32,
    /// Whether the light palette is used.
    pub light: bool,
    /// Whether hover and page animations are left out.
    pub reduce_motion: bool,
    /// Fields of a newer version, kept and written back.
    #[serde(flatten)]
    pub unread: serde_json::Map<String, serde_json::Value>,
}

impl Default for EditorPreferences {
    fn default() -> Self {
        Self {
            version: 1,
            width: 1000.0,
            height: 640.0,
            zoom: 1.0,
            light: false,
            reduce_motion: false,
            unread: serde_json::Map::new(),
        }
    }
}

/// Everything that is saved beside the parameters.
pub struct SavedState {
    worker: Arc<WorkerView>,
    orders: Sender,
    editor: Mutex<EditorPreferences>,
    /// Fields that this build does not know, written back as they came.
    unread: Mutex<BTreeMap<String, String>>,
    loads: AtomicU32,
}

impl SavedState {
    /// The state around the session in `worker`; `orders` tells the composer thread when another is loaded.
    pub fn new(worker: Arc<WorkerView>, orders: Sender) -> Self {
        Self { worker, orders, editor: Mutex::default(), unread: Mutex::default(), loads: AtomicU32::new(0) }
    }

    /// How the editor looks.
    pub fn editor(&self) -> MutexGuard<'_, EditorPreferences> {
        self.editor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often a state was loaded. The audio thread compares it, so that no parameter of a loaded state counts as
    /// a key pressed.
    pub fn loads(&self) -> u32 {
        self.loads.load(Ordering::Relaxed)
    }

    /// The fields as they are written. The same state gives the same bytes.
    pub fn to_fields(&self) -> BTreeMap<String, String> {
        let mut fields = self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone();
        fields.insert(SESSION.to_owned(), self.worker.session().to_json());
        fields.insert(EDITOR.to_owned(), serde_json::to_string(&*self.editor()).unwrap_or_default());
        fields
    }

    /// Takes the fields of a saved state.
    pub fn load_fields(&self, fields: &BTreeMap<String, String>) {
        self.loads.fetch_add(1, Ordering::Relaxed);
        if let Some(text) = fields.get(SESSION)
            && let Ok(session) = linnet_music::Session::from_json(text)
        {
            *self.worker.session() = session;
            self.worker.touch();
            let _ = self.orders.send(Order::SessionReplaced);
        }
        if let Some(text) = fields.get(EDITOR)
            && let Ok(preferences) = serde_json::from_str(text)
        {
            *self.editor() = preferences;
        }
        let known = [SESSION, EDITOR];
        let others = fields.iter().filter(|(key, _)| !known.contains(&key.as_str()));
        let others = others.map(|(key, text)| (key.clone(), text.clone())).collect();
        *self.unread.lock().unwrap_or_else(PoisonError::into_inner) = others;
    }
}
