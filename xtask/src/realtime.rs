//! The checks of the callback: RealtimeSanitizer, the wild numbers, the system calls, and the queues under Miri.

use crate::command::{program, target};
use crate::steps::Steps;
use crate::test::whole_product;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The toolchain that has Miri.
const NIGHTLY: &str = "+nightly";

/// Runs the callback's checks; `runner` makes a command that runs tests, `clap` is the bundle.
pub(crate) fn check(steps: &mut Steps, runner: impl Fn(&[&str]) -> Command, clap: &Path) {
    let mut command = whole_product(&["--test", "numbers", "--test", "system_calls"]);
    steps.tests("wild numbers and system calls in the bundle", command.env("LINNET_CLAP", clap));
    if cfg!(target_os = "linux") {
        sanitizer(steps, runner);
    } else {
        println!("\nThe callback is checked by RealtimeSanitizer on Linux only.");
    }
    miri(steps);
}

/// The engine's tests, the CLAP host's and the wild numbers, where the first call of the system in the callback ends them.
fn sanitizer(steps: &mut Steps, runner: impl Fn(&[&str]) -> Command) {
    let name = "the callback under RealtimeSanitizer";
    let Some(library) = sanitizer_library() else {
        return steps.skip(name, "this Rust toolchain brings no RealtimeSanitizer");
    };
    let switched_on = |command: &mut Command| {
        command.env("RTSAN_ENABLE", "1").env("RTSAN_LIB_PATH", &library);
    };
    let mut engine = runner(&["--package", "linnet-engine", "--features", "rtsan", "--tests"]);
    switched_on(&mut engine);
    steps.tests(&format!("{name}: the engine"), &mut engine);
    let mut product = runner(&["--package", "linnet-tests", "--features", "rtsan"]);
    // The library's own tests play the named scenes.
    product.args(["--lib", "--test", "clap", "--test", "numbers"]);
    switched_on(&mut product);
    steps.tests(&format!("{name}: the plug-in in a host"), &mut product);
}

/// The sanitizer's runtime, which Rust's toolchain for Linux brings.
fn sanitizer_library() -> Option<PathBuf> {
    let output = program("rustc", &["--print", "target-libdir"]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let is_sanitizer = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("librustc-") && name.ends_with("_rt.rtsan.a")
    };
    std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).find(is_sanitizer)
}

/// The queues' tests with Miri, which finds data races and wrong orderings of memory. Miri comes with the nightly
/// toolchain alone, which no package registry serves: where it is missing, that is said and nothing more.
fn miri(steps: &mut Steps) {
    let name = "the queues under Miri";
    let found = program("cargo", &[NIGHTLY, "miri", "--version"]).env_remove("RUSTUP_TOOLCHAIN").output();
    if !found.is_ok_and(|output| output.status.success()) {
        let remedy = "`rustup toolchain install nightly --component miri,rust-src`";
        return steps.omit(name, &format!("Miri is missing; {remedy} installs it"));
    }
    let folder = target().join("miri");
    // Not the cargo that runs this, which is the stable toolchain's own and knows no other.
    let arguments = [NIGHTLY, "miri", "test", "--quiet", "--package", "linnet-handover", "--test", "queues"];
    let mut command = program("cargo", &arguments);
    command.env_remove("RUSTUP_TOOLCHAIN").arg("--target-dir").arg(folder);
    steps.tests(name, &mut command);
}
