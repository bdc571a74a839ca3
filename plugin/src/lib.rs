//! Linnet and Linnet Notes: the plug-ins, as hosts see them.
//!
//! The only crate that knows hosts and pixels.

mod clap_entry;
mod composer;
mod date;
pub mod editor;
mod eq_response;
mod errands;
pub mod file_list;
mod folder;
mod guard;
mod held;
pub mod instruments;
mod keeper;
pub mod kits;
mod live_events;
mod lock_file;
pub mod log;
mod note_output;
pub mod params;
mod patience;
pub mod presets;
mod process;
pub mod recorder;
pub mod recordings;
pub mod recovery;
mod report;
pub mod settings;
mod shell;
pub mod state;
mod transport;

pub use clap_entry::clap_entry;
pub use shell::{Instrument, Kind, NoteEffect, PluginKind, Shell};

/// The instrument.
pub type Linnet = Shell<Instrument>;
/// The note effect.
pub type LinnetNotes = Shell<NoteEffect>;

clap_wrapper::export_vst3!();
#[cfg(target_os = "macos")]
clap_wrapper::export_auv2!();
