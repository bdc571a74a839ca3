//! The standalone program: `linnet-standalone` plays Linnet, `linnet-standalone --notes` plays Linnet Notes.

use linnet::{Linnet, LinnetNotes};

fn main() -> std::process::ExitCode {
    linnet::log::to_stderr();
    let mut arguments: Vec<String> = std::env::args().collect();
    let notes = arguments.iter().any(|argument| argument == "--notes");
    arguments.retain(|argument| argument != "--notes");
    let ended_well = if notes {
        nice_plug::wrapper::standalone::nice_export_standalone_with_args::<LinnetNotes, _>(arguments)
    } else {
        nice_plug::wrapper::standalone::nice_export_standalone_with_args::<Linnet, _>(arguments)
    };
    if ended_well { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
