//! What the engine plays that comes from files: sounds, sampled instruments, impulse responses; and recordings.
//!
//! Never runs on the audio thread: files are read, checked and made ready here, and cross to the engine in a box.
#![forbid(unsafe_code)]

pub mod audio_edit;
mod fault;
pub mod file_error;
pub mod heard;
pub mod impulse_response;
pub mod instrument_file;
pub mod preset;
pub mod preset_files;
pub mod recording;
mod resample;
mod riff;
pub mod sfz;
pub mod sound_font;
pub mod take_file;
pub mod user_kit;

mod wav;

pub use fault::{Fault, Loaded};
