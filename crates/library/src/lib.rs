//! What the engine plays that comes from files: sounds, sampled instruments, impulse responses; and recordings.
//!
//! Never runs on the audio thread: files are read, checked and made ready here, and cross to the engine in a box.
#![forbid(unsafe_code)]

pub mod impulse_response;
mod resample;
