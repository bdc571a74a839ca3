//! The commands that listen and measure: they build what they need and hand over to a program of the `linnet-tests` crate.

use crate::bundle;
use crate::command::{Failure, cargo, run};
use crate::setup::{self, For};

/// Builds the bundle and runs the program of this name on it.
pub(crate) fn with_bundle(name: &str, arguments: &[String]) -> Result<(), Failure> {
    setup::prepare(For::Build)?;
    bundle::bundle()?;
    program(name, arguments)
}

/// Runs the program of this name.
pub(crate) fn program(name: &str, arguments: &[String]) -> Result<(), Failure> {
    let mut command =
        cargo(&["run", "--quiet", "--release", "--package", "linnet-tests", "--bin", name, "--"]);
    run(command.args(arguments))
}
