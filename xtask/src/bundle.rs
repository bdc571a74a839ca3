//! `cargo xtask bundle`, `install` and `run`: the plug-ins as hosts load them, and the standalone program.

use crate::command::{Failure, cargo, run as run_command, target};
use crate::setup::{self, For};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the bundles are.
pub(crate) fn folder() -> PathBuf {
    target().join("bundled")
}

/// Builds the release bundles, CLAP and VST3.
pub(crate) fn bundle() -> Result<(), Failure> {
    setup::prepare(For::Build)?;
    run_command(&mut cargo(&["build", "--release", "--package", "linnet", "--lib"]))?;
    let built = target().join("release").join("liblinnet.so");
    copy(&built, &folder().join("Linnet.clap"))?;
    copy(&built, &folder().join("Linnet.vst3/Contents/x86_64-linux/Linnet.so"))
}

/// Bundles, and copies the bundles into the user's plug-in folders.
pub(crate) fn install() -> Result<(), Failure> {
    bundle()?;
    let home = std::env::var_os("HOME").map(PathBuf::from).ok_or("HOME is not set.")?;
    copy(&folder().join("Linnet.clap"), &home.join(".clap/Linnet.clap"))?;
    let inside = "Linnet.vst3/Contents/x86_64-linux/Linnet.so";
    copy(&folder().join(inside), &home.join(".vst3").join(inside))
}

/// Builds and starts the standalone program.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    setup::prepare(For::Standalone)?;
    let mut command = cargo(&["run", "--release", "--package", "linnet", "--features", "standalone", "--"]);
    run_command(command.args(arguments))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        format!("{} could not be copied to {}: {error}.", from.display(), to.display())
    };
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    fs::copy(from, to).map_err(failed)?;
    println!("{}", to.display());
    Ok(())
}
