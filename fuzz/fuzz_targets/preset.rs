//! Any text is a preset or an error in words, and a preset that was read is written and read again the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_fuzz as _;
use linnet_library::preset::Preset;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Preset::from_toml(text) {
        Ok(read) => {
            let written = read.preset.to_toml();
            let again = Preset::from_toml(&written).expect("what was written is read");
            assert!(again.unknown.is_empty());
            assert_eq!(again.preset, read.preset);
            assert_eq!(again.preset.to_toml(), written);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
