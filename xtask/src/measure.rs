//! The commands that listen and measure: they build what they need and hand over to a program of the `linnet-tests` crate.

use crate::command::{Failure, cargo, run};
use crate::setup::{self, For};
use crate::{bundle, python};

/// Builds the bundle and runs the program of this name on it.
pub(crate) fn with_bundle(name: &str, arguments: &[String]) -> Result<(), Failure> {
    setup::prepare(For::Build)?;
    bundle::bundle()?;
    program(name, arguments)
}

/// Measures speed, the built-in engine beside onnxruntime: that of `LINNET_ONNXRUNTIME`, or the wheel's.
pub(crate) fn bench(arguments: &[String]) -> Result<(), Failure> {
    setup::prepare(For::Peers)?;
    bundle::bundle()?;
    let mut command = built("bench", arguments);
    if std::env::var_os("LINNET_ONNXRUNTIME").is_none() {
        let hosts = python::environment("hosts", "tests/requirements.txt")?;
        command.envs(python::onnxruntime(&hosts).map(|library| ("LINNET_ONNXRUNTIME", library)));
    }
    run(&mut command)?;
    program("callback_load", &[])
}

/// Runs the program of this name.
pub(crate) fn program(name: &str, arguments: &[String]) -> Result<(), Failure> {
    run(&mut built(name, arguments))
}

fn built(name: &str, arguments: &[String]) -> std::process::Command {
    let mut command =
        cargo(&["run", "--quiet", "--release", "--package", "linnet-tests", "--bin", name, "--"]);
    command.args(arguments);
    command
}
