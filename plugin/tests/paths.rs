//! A project that holds paths: nothing of it is opened, neither when it is loaded nor by the composer thread.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use linnet::Linnet;
use linnet::state::SavedState;
use linnet_composer::{Config, NextStep, Worker};
use linnet_handover::to_worker::Order;
use nice_plug::prelude::{Plugin, PluginState};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// A session in which every text is `path`, and the fields that a newer version might have are too.
fn session(path: &str) -> Value {
    let note = json!({"onset": 0.0, "length": 1.0, "pitch": 60, "velocity": 90, "sample": path});
    let idea = json!({
        "id": 1, "parent": null, "kept": true, "length": 4.0, "file": path,
        "metre": {"numerator": 4, "denominator": 4}, "key": {"tonic": 0, "scale": "major"}, "harmony": [],
        "phrases": [[note], [], [], []], "controls": {"models": path}, "started_at": 0.0,
        "provenance": {"models": [path, path], "engine": path, "longest_shared_run": {"notes": 3, "piece": path}},
    });
    let unread = json!({"id": path, "models": path});
    json!({"version": 1, "current": 1, "ideas": [idea, unread], "models": path, "onnxruntime": path, "import": path})
}

fn state(path: &str) -> PluginState {
    let editor = json!({"version": 1, "theme": path, "font": path, "zoom": 1.0}).to_string();
    let fields = json!({
        "session": session(path).to_string(), "editor": editor, "models": path, "onnxruntime": path, "log": path,
        "instruments": json!({"parts": [{"path": path, "sha256": path}, null, null, null], "space": {"path": path}}).to_string(),
        "presets": json!({"parts": [{"toml": path, "path": path}, null, null, null], "folder": path}).to_string(),
        "settings": path, "session_unread": path, "editor_unread": path, "params_unread": path, "recovery": path,
    });
    serde_json::from_value(json!({"version": path, "params": {path: {"string": path}}, "fields": fields}))
        .unwrap()
}

/// Whether somebody holds the pipe open for reading, or waits in opening it.
fn is_being_opened(pipe: &Path) -> bool {
    OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(pipe).is_ok()
}

#[test]
fn no_path_in_a_project_is_opened() {
    let folder = std::env::temp_dir().join(format!("linnet-paths-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = pipe.to_str().unwrap().to_owned();

    // Whoever opened the pipe would wait there, so the work is done on a thread of its own.
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut state = state(&path);
        Linnet::filter_state(&mut state);
        let (_audio, worker, editor) = linnet_handover::connect();
        let view = Arc::clone(&worker.view);
        let saved = SavedState::new(Arc::clone(&view), editor.orders.clone());
        saved.load_fields(&state.fields);
        assert_eq!(view.session().ideas().len(), 1, "the session was read");
        let mut worker = Worker::new(worker, Config::default());
        for order in [Order::SessionReplaced, Order::Prepare] {
            editor.orders.send(order).unwrap();
        }
        let mut waits = 0;
        while waits < 3 {
            waits += u32::from(worker.step() != NextStep::Continue);
        }
        let text = serde_json::to_string(&saved.to_fields()).unwrap();
        assert!(text.contains(&path), "what could not be read was kept");
        done.send(()).unwrap();
    });
    loop {
        assert!(!is_being_opened(&pipe), "a path in the project was opened");
        match ended.recv_timeout(std::time::Duration::from_millis(5)) {
            Ok(()) => break,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            Err(error) => panic!("the work failed: {error}"),
        }
    }
    assert!(!is_being_opened(&pipe), "a path in the project was opened");
    std::fs::remove_dir_all(&folder).unwrap();
}
