//! Any text is settings or an error, and settings that were read are written and read again unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet::settings::UserSettings;
use linnet_fuzz as _;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match UserSettings::from_toml(text) {
        Ok(settings) => {
            let written = settings.to_toml();
            let again = UserSettings::from_toml(&written).expect("what was written is read");
            assert_eq!(again.to_toml(), written);
            assert_eq!((again.models, again.onnxruntime), (settings.models, settings.onnxruntime));
        }
        Err(error) => assert!(!error.is_empty()),
    }
});
