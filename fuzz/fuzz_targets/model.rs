//! Any bytes are a network of the signature or are refused, within the bounds on memory and time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linnet_composer::inference::Graph;
use linnet_composer::inference::rten::Rten;
use linnet_composer::models::signatures::{CHORD_LENGTH, DRUM_TOUCH, GROOVE, PHRASE_DURATION};
use linnet_fuzz as _;
use std::sync::LazyLock;

static ENGINE: LazyLock<Rten> = LazyLock::new(|| {
    // The engine's own panics are caught by `Graph::load`; a panic that reaches the fuzzer is a finding all the same.
    std::panic::set_hook(Box::new(|_| {}));
    Rten::new()
});

fuzz_target!(|bytes: &[u8]| {
    for signature in [&DRUM_TOUCH, &PHRASE_DURATION, &CHORD_LENGTH, &GROOVE] {
        match Graph::load(&*ENGINE, bytes, signature) {
            Ok(graph) => assert!(graph.hidden() <= 4096),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});
