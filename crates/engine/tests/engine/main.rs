//! The engine, driven by a scripted host.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests run on no audio thread"
)]

mod asking;
mod edges;
mod exact_host;
mod extremes;
mod harness;
mod hearing;
mod live_notes;
mod model;
mod playing;
mod random_hosts;
mod reference;
mod replacing;
mod sounding;
mod splits;
mod tempo_and_metre;
mod wild;
