//! The engine, driven by a scripted host.

mod asking;
mod harness;
mod hearing;
mod live_notes;
mod playing;
mod random_hosts;
mod replacing;
mod splits;
mod tempo_and_metre;
