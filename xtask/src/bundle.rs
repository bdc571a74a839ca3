//! `cargo xtask bundle`, `install` and `run`: the plug-ins as hosts load them, and the standalone program.

mod layout;
mod licences;

use crate::command::{DATA, Failure, cargo, root, run as run_command, target};
use crate::setup::{self, For};
use layout::{Bundle, Names, System};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the bundles are.
pub(crate) fn folder() -> PathBuf {
    target().join("bundled")
}

/// Builds the release bundles: CLAP, VST3 and, on macOS, AU.
pub(crate) fn bundle() -> Result<(), Failure> {
    setup::prepare(For::Build)?;
    let mut build = cargo(&["build", "--release", "--package", "linnet", "--lib"]);
    silence_wrapper(&mut build);
    run_command(&mut build)?;
    let system = System::here()?;
    let names = Names::read(include_str!("../../bundler.toml"))?;
    let library = target().join("release").join(system.library("linnet"));
    for bundle in system.bundles(&names) {
        lay_out(&bundle, &library)?;
        println!("{}", folder().join(&bundle.name).display());
    }
    licences::write_all(&folder().join("licences"))
}

/// Has the VST3 wrapper print nothing into the host. Not with Microsoft's compiler, which takes other options.
fn silence_wrapper(build: &mut Command) {
    if cfg!(target_env = "msvc") {
        return;
    }
    let header = root().join("xtask").join("quiet.h");
    let flags = std::env::var("CXXFLAGS").unwrap_or_default();
    build.env("CXXFLAGS", format!("{flags} -include '{}'", header.display()));
    // The path may hold spaces.
    build.env("CC_SHELL_ESCAPED_FLAGS", "1");
}

/// Bundles, and copies the bundles into the user's plug-in folders.
pub(crate) fn install() -> Result<(), Failure> {
    bundle()?;
    let names = Names::read(include_str!("../../bundler.toml"))?;
    for bundle in System::here()?.bundles(&names) {
        let place = bundle.installed_in.as_ref().ok_or("There is no home folder to install into.")?;
        copy_tree(&folder().join(&bundle.name), &place.join(&bundle.name))?;
        println!("Installed {}", place.join(&bundle.name).display());
    }
    Ok(())
}

/// Builds and starts the standalone program.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    setup::prepare(For::Standalone)?;
    let mut command = cargo(&["run", "--release", "--package", "linnet", "--features", "standalone", "--"]);
    run_command(command.args(arguments).env_remove(DATA))
}

/// Puts the library and the texts of `bundle` where hosts look for them.
fn lay_out(bundle: &Bundle, library: &Path) -> Result<(), Failure> {
    let place = folder().join(&bundle.name);
    copy(library, &bundle.library_in(&place))?;
    for (path, text) in &bundle.texts {
        write(&place.join(path), text)?;
    }
    if bundle.is_folder() {
        licences::write_texts(&place.join("Contents/Resources"))?;
    }
    Ok(())
}

/// Copies `from` to `to` in one step, so that a host that has `to` loaded keeps what it loaded.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        format!("{} could not be copied to {}: {error}.", from.display(), to.display())
    };
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    let beside = to.with_extension("new");
    fs::copy(from, &beside).map_err(failed)?;
    fs::rename(&beside, to).map_err(failed)
}

fn write(to: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| format!("{} could not be written: {error}.", to.display());
    fs::create_dir_all(to.parent().unwrap_or(to)).map_err(failed)?;
    fs::write(to, text).map_err(failed)
}

/// Copies a file, or a folder with all that is in it.
fn copy_tree(from: &Path, to: &Path) -> Result<(), Failure> {
    if !from.is_dir() {
        return copy(from, to);
    }
    let failed = |error: std::io::Error| format!("{} could not be read: {error}.", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        copy_tree(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
