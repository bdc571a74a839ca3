//! Runs on the main thread. How the editor looks, as it is saved.

use serde::{Deserialize, Serialize};

/// How the editor looks. Saved with the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditorPreferences {
    /// The layout that wrote this; 1.
    pub version: u32,
    /// Width at 100 % zoom, in logical pixels, in [760, 4000].
    pub width: f32,
    /// Height at 100 % zoom, in logical pixels, in [480, 3000].
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

impl EditorPreferences {
    /// The sizes within their ranges, whatever was saved.
    pub(super) fn within_ranges(self) -> Self {
        let within = |value: f32, min: f32, max: f32, default: f32| {
            if value.is_finite() { value.clamp(min, max) } else { default }
        };
        Self {
            width: within(self.width, 760.0, 4000.0, 1000.0),
            height: within(self.height, 480.0, 3000.0, 640.0),
            zoom: within(self.zoom, 0.75, 2.0, 1.0),
            ..self
        }
    }
}
