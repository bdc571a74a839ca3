//! Any text is an instrument or a fault in words, and an instrument can be played. What lies behind the first zero byte is a
//! file that the text may name, beside some that are always there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_fuzz::player::Player;
use linnet_library::sfz;
use std::cell::RefCell;
use std::sync::atomic::AtomicBool;

const MONO: &[u8] = include_bytes!("../corpus/wav/mono");
const LOOPED: &[u8] = include_bytes!("../corpus/wav/looped");
const STEREO: &[u8] = include_bytes!("../corpus/wav/stereo_float");

thread_local! {
    static PLAYER: RefCell<Player> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(&bytes[..end]);
    let own = bytes.get(end + 1..).unwrap_or_default();
    let mut files = |path: &str| match path {
        "a.wav" => Some(MONO.to_vec()),
        "b.wav" => Some(LOOPED.to_vec()),
        "c.wav" => Some(STEREO.to_vec()),
        "d.wav" => Some(own.to_vec()),
        _ => None,
    };
    match sfz::from_text(&text, "a.sfz", &mut files, &AtomicBool::new(false)) {
        Ok(loaded) => {
            assert!(loaded.remarks.iter().all(|remark| remark.len() < 1000));
            let keys = loaded.instrument.zones().first().map_or([60, 61], |zone| zone.keys);
            PLAYER.with_borrow_mut(|player| player.play(loaded.instrument, &keys));
        }
        Err(fault) => assert!(fault.to_string().contains("a.sfz")),
    }
});
