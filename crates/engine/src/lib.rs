//! Everything that the audio callback runs. No host types, no threads.
//!
//! Runs on the audio thread. `prepare` allocates; `reset` and `process` never do, and never wait.
//!
//! capture → sequencer → voices → EQ → delay, reverb → limiter
#![forbid(unsafe_code)]
#![expect(
    clippy::inline_always,
    reason = "only what is compiled into its caller is compiled for the caller's instructions"
)]
#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types))]

mod asker;
pub mod block;
mod capture;
mod clock;
pub mod effect;
mod engine;
mod fft;
mod lanes;
mod listening;
mod live;
mod meter;
mod midi_out;
mod note_bus;
mod random;
pub mod sampler;
mod sequencer;
pub mod settings;
mod sound;
mod strips;
mod svf;
pub mod synth;
mod tick;
pub mod voice_event;
pub mod windowed_sinc;

pub use block::{Block, LiveEvent, LiveKind, OutEvent, OutEvents, OutKind, Transport};
pub use engine::Engine;
pub use settings::Settings;
pub use voice_event::{VoiceEvent, VoiceEventKind};
