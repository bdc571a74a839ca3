//! Everything that the audio callback runs. No host types, no threads.
//!
//! Runs on the audio thread. `prepare` allocates; `reset` and `process` never do, and never wait.
//!
//! capture → sequencer → voices → EQ → reverb → limiter
#![forbid(unsafe_code)]

pub mod block;
pub mod settings;
pub mod synth;
pub mod voice_event;

pub use block::{Block, LiveEvent, LiveKind, OutEvent, OutEvents, OutKind, Transport};
pub use settings::Settings;
pub use voice_event::{VoiceEvent, VoiceEventKind};
