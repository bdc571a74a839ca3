//! `cargo xtask eval`: see `linnet_tests::evaluation`, and `--help`.

use linnet_tests::evaluation::options::{HELP, Options};
use linnet_tests::evaluation::scorecard;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = match Options::parse(&arguments) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let command = [&["cargo xtask eval".to_owned()], arguments.as_slice()].concat().join(" ");
    let written = scorecard::measure(&options, command).and_then(|card| {
        card.write(&options.out)?;
        println!("{}", card.markdown());
        Ok(())
    });
    match written {
        Ok(()) => {
            eprintln!("Written to {}: eval.md, eval.json, eval.png.", options.out.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
