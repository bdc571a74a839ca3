//! Runs one of these programs under an X server without a screen: `on-screen PROGRAM ARGUMENTS…`.

use linnet_tests::screen::Server;
use std::error::Error;
use std::process::{Command, ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().ok_or("Name the program to run.")?;
    let program = std::env::current_exe()?.with_file_name(name);
    let server = Server::start()?;
    let status = Command::new(program).args(arguments).env("DISPLAY", &server.display).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
