//! Any bytes are a SoundFont or a fault in words, and what a preset of it becomes can be played.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_fuzz::player::Player;
use linnet_library::sound_font::SoundFont;
use std::cell::RefCell;
use std::io::Cursor;
use std::sync::atomic::AtomicBool;

/// Presets of one file that are tried.
const PRESETS_MAX: usize = 4;

thread_local! {
    static PLAYER: RefCell<Player> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let stop = AtomicBool::new(false);
    let mut font = match SoundFont::open(Cursor::new(bytes), "a.sf2") {
        Ok(font) => font,
        Err(fault) => return assert!(fault.to_string().contains("a.sf2")),
    };
    let presets = font.presets();
    assert!(!presets.is_empty() && presets.is_sorted());
    for preset in presets.iter().take(PRESETS_MAX) {
        match font.load(preset.bank, preset.program, &stop) {
            Ok(loaded) => {
                let keys = loaded.instrument.zones().first().map_or([60, 61], |zone| zone.keys);
                PLAYER.with_borrow_mut(|player| player.play(loaded.instrument, &keys));
            }
            Err(fault) => assert!(fault.to_string().contains("a.sf2")),
        }
    }
});
