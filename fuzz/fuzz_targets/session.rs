//! Any text is a session or an error, and a session that was read is saved, loaded and saved to the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_fuzz as _;
use linnet_music::Session;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(session) = Session::from_json(text) else { return };
    let saved = session.to_json();
    let loaded = Session::from_json(&saved).expect("what was saved is loaded");
    assert_eq!(loaded.to_json(), saved);
    assert_eq!(loaded.ideas().len(), session.ideas().len());
});
