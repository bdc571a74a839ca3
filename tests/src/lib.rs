//! Whole-product tests and measurements: hosts that load the real bundle, and the programs behind
//! `cargo xtask demo`, `render`, `bench` and `eval`.
#![expect(clippy::missing_errors_doc, reason = "the variants of each error say when it comes")]

pub mod chart;
pub mod clap_host;
pub mod demo;
pub mod drawn_editor;
pub mod evaluation;
pub mod golden;
pub mod lifetimes;
pub mod notation;
pub mod odd_tunes;
pub mod offline;
pub mod picture;
pub mod player;
mod plot;
pub mod portrait;
pub mod process;
pub mod saved;
pub mod scene;
pub mod screen;
pub mod session_loop;
pub mod soak;
pub mod sound;
mod spectra;
pub mod transport;
pub mod tunes;
pub mod validator;
