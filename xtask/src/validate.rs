//! `cargo xtask validate`: what hosts do to plug-ins, done to any CLAP file.

use crate::command::{Failure, cargo};
use crate::setup::{self, For};
use crate::{bundle, measure};
use std::path::Path;
use std::process::Command;

/// Validates the file that the first argument names; without one, our bundle, which is built before.
pub(crate) fn validate(arguments: &[String]) -> Result<(), Failure> {
    setup::prepare(For::Screen)?;
    if arguments.first().is_none_or(|first| first.starts_with("--")) {
        bundle::bundle()?;
    }
    measure::program("validate", arguments)
}

/// The validator on `file`, where a warning is a failure: what our own plug-ins must pass.
pub(crate) fn strictly(file: &Path) -> Command {
    // No package is named, so that what the tests have built serves.
    let mut command = cargo(&["run", "--quiet", "--bin", "validate", "--"]);
    command.arg(file).arg("--strict");
    command
}
