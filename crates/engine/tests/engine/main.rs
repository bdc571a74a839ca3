//! The engine, driven by a scripted host.

mod asking;
mod harness;
mod hearing;
mod live_notes;
mod playing;
mod replacing;
mod tempo_and_metre;
