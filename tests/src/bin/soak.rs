//! A long session, offline as fast as it goes: `soak [--minutes M]`, simulated minutes, 24 hours of them where nothing is said.

use linnet_tests::soak::soak;
use std::process::ExitCode;

const DAY: u64 = 24 * 60;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let minutes = match arguments.as_slice() {
        [] => Some(DAY),
        [name, minutes] if name == "--minutes" => minutes.parse().ok(),
        _ => None,
    };
    let result = minutes.ok_or_else(|| "soak knows --minutes M.".into()).and_then(soak);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
