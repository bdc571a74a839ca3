//! Any bytes that are a state for the framework are brought to this build, loaded and saved, and saved the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet::Linnet;
use linnet::state::SavedState;
use linnet_fuzz as _;
use nice_plug::prelude::{Plugin, PluginState};
use std::collections::BTreeMap;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut state) = serde_json::from_slice::<PluginState>(bytes) else { return };
    Linnet::filter_state(&mut state);
    let saved = after(&state.fields);
    assert_eq!(after(&saved), saved);
});

/// What an instance saves that has loaded `fields`.
fn after(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let (_, worker, editor) = linnet_handover::connect();
    let state = SavedState::new(worker.view, editor.orders);
    state.load_fields(fields);
    state.to_fields()
}
