//! The commands that listen and measure: they build what they need and hand over to a program of the `linnet-tests` crate.

use crate::command::{Failure, cargo, root, run, target};
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
    program("callback_load", &[])?;
    sound(arguments)
}

/// Measures what the sound costs beside other people's engines, as the product is built and once more with SSE2 alone. They
/// are no dependency of ours, so that it is a crate of its own, outside the workspace.
fn sound(arguments: &[String]) -> Result<(), Failure> {
    const SSE2_ALONE: &str =
        "--cfg disable_dispatch_avx512 --cfg disable_dispatch_avx2 --cfg disable_dispatch_sse4_2";
    run(&mut sound_into("benchmarks", arguments))?;
    if cfg!(target_arch = "x86_64") {
        run(sound_into("benchmarks-sse2", arguments).env("RUSTFLAGS", SSE2_ALONE))?;
    }
    Ok(())
}

fn sound_into(folder: &str, arguments: &[String]) -> std::process::Command {
    let manifest = root().join("benchmarks/sound/Cargo.toml");
    let mut command = cargo(&["run", "--quiet", "--release", "--locked", "--manifest-path"]);
    command.arg(manifest).arg("--target-dir").arg(target().join(folder)).arg("--").args(arguments);
    command
}

/// Measures the composing. The engines are compared where `LINNET_ONNXRUNTIME` names a library or the wheel can be had;
/// where not, the scorecard says so.
pub(crate) fn eval(arguments: &[String]) -> Result<(), Failure> {
    let mut command = built("eval", arguments);
    let only: Vec<&String> =
        arguments.windows(2).filter(|pair| pair[0] == "--only").map(|pair| &pair[1]).collect();
    let compares = only.is_empty() || only.iter().any(|name| *name == "engines");
    let asks_for_help = arguments.iter().any(|argument| argument == "--help" || argument == "-h");
    if compares && !asks_for_help && std::env::var_os("LINNET_ONNXRUNTIME").is_none() {
        match python::environment("hosts", "tests/requirements.txt") {
            Ok(hosts) => {
                command.envs(python::onnxruntime(&hosts).map(|library| ("LINNET_ONNXRUNTIME", library)));
            }
            Err(failure) => eprintln!("No onnxruntime to compare with: {failure}"),
        }
    }
    run(&mut command)
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
