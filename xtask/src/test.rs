//! `cargo xtask test`: everything that CI runs.

use crate::command::{Failure, cargo, data, is_installed, program, quickly_built, run, target};
use crate::setup::{self, For};
use crate::steps::Steps;
use crate::{bundle, fuzz, python, realtime, validate};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The size of the environment that `--training` makes, for the user to know beforehand.
const TRAINING_GB: f64 = 5.5;

/// Runs every check; with `--training` also the training pipeline.
pub(crate) fn test(arguments: &[String]) -> Result<(), Failure> {
    let training = match arguments {
        [] => false,
        [one] if one == "--training" => true,
        _ => return Err("`cargo xtask test` takes no argument but `--training`.".into()),
    };
    let mut steps = Steps::default();
    steps.check("system packages", || setup::prepare(For::Tests));
    // What a run that was broken off left behind is offered to nobody.
    std::fs::remove_dir_all(data()).ok();
    style(&mut steps);
    let hosts = python_hosts(&mut steps);
    units(&mut steps, hosts.as_deref());
    products(&mut steps, hosts.as_deref());
    steps.check("mutated files, 30 s a target", || fuzz::fuzz(&["--seconds".into(), "30".into()]));
    if training {
        pipeline(&mut steps);
    }
    steps.finish()
}

fn style(steps: &mut Steps) {
    steps.check("format", || {
        run(&mut cargo(&["fmt", "--all", "--check"]))?;
        run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
        run(&mut cargo(&["fmt", "--manifest-path", "benchmarks/sound/Cargo.toml", "--check"]))
    });
    steps.check("lints", || {
        run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]))
    });
    steps.check("lints and test of the sound's benchmark, which is outside the workspace", || {
        let lints = ["clippy", "--all-targets", "--quiet", "--locked"];
        run(sound_benchmark(&lints).args(["--", "--deny", "warnings"]))?;
        run(&mut sound_benchmark(&["test", "--quiet", "--locked"]))
    });
    steps.check("documentation", || {
        let mut command = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"]);
        // Private items are documented here, so links to them work.
        run(command.env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::private_intra_doc_links"))
    });
    steps.check("licences and sources of dependencies", deny);
}

/// Cargo on the crate that measures the sound beside other people's.
fn sound_benchmark(arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    command.args(["--manifest-path", "benchmarks/sound/Cargo.toml"]);
    command.arg("--target-dir").arg(target().join("benchmarks"));
    command
}

/// `cargo deny` without its advisories: these need a repository that no package registry serves.
fn deny() -> Result<(), Failure> {
    let tools = target().join("tools");
    let ours = tools.join("bin").join("cargo-deny");
    if !is_installed("cargo-deny") && !ours.exists() {
        println!("This needs cargo-deny: building it once.");
        let root = tools.to_string_lossy();
        let install = ["install", "cargo-deny", "--version", DENY_VERSION, "--locked", "--quiet"];
        run(quickly_built(&mut cargo(&install)).args(["--root", &root]))?;
    }
    let deny = if ours.exists() { ours } else { PathBuf::from("cargo-deny") };
    run(&mut program(
        deny,
        &["--all-features", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"],
    ))
}

/// The version of cargo-deny that is built where none is installed.
const DENY_VERSION: &str = "0.20.2";

fn python_hosts(steps: &mut Steps) -> Option<PathBuf> {
    let mut made = None;
    steps.check("third-party hosts, and an ONNX Runtime", || {
        let hosts = python::environment("hosts", "tests/requirements.txt")?;
        python::onnxruntime(&hosts).ok_or("The onnxruntime package holds no library.")?;
        made = Some(hosts);
        Ok(())
    });
    made
}

fn units(steps: &mut Steps, hosts: Option<&Path>) {
    let mut tests = of_workspace(&["--workspace", "--exclude", "linnet-tests"], "not package(linnet-tests)");
    if let Some(library) = hosts.and_then(python::onnxruntime) {
        tests.env("LINNET_ONNXRUNTIME", library);
    }
    steps.tests("unit and property tests", &mut tests);
    steps.tests("golden renders", &mut whole_product(&["--test", "golden"]));
    steps.tests("rules of the code", &mut whole_product(&["--lib", "--test", "architecture"]));
}

fn products(steps: &mut Steps, hosts: Option<&Path>) {
    let built = steps.check("bundles", bundle::bundle);
    if built {
        let mut command = whole_product(&["--test", "clap", "--test", "demo", "--test", "symbols"]);
        steps.tests("the CLAP bundle in a host", command.env("LINNET_CLAP", clap()));
        let mut command = whole_product(&["--test", "states"]);
        steps.tests("saved states of every version, and damaged ones", command.env("LINNET_CLAP", clap()));
        let mut command = whole_product(&["--test", "editor"]);
        steps.tests("the editor on a screen", command.env("LINNET_CLAP", clap()));
    } else {
        steps.skip("the CLAP bundle in a host", "there is no bundle");
        steps.skip("the editor on a screen", "there is no bundle");
    }
    let name = "the VST3 bundle in a third-party host";
    match hosts {
        Some(hosts) if built => vst3(steps, name, hosts),
        _ => steps.skip(name, "the bundle or the host is missing"),
    }
    lifetimes(steps, built);
    validation(steps, built);
    let name = "the callback under the allocation checker";
    on_debug_build(steps, "assert_process_allocs", name, &["clap", "numbers"]);
    on_debug_build(steps, "fault_injection", "hosts that live through every panic", &["faults"]);
    realtime::check(steps, runner, &clap());
}

/// What hosts do to plug-ins, done to ours; and the validator itself, on plug-ins with a known fault each.
fn validation(steps: &mut Steps, built: bool) {
    let name = "both plug-ins in the validator";
    if built {
        steps.tests(name, &mut validate::strictly(&clap()));
    } else {
        steps.skip(name, "there is no bundle");
    }
    steps.tests("the validator", &mut whole_product(&["--test", "validator"]));
}

/// Short versions of what `cargo xtask torture` does at length.
fn lifetimes(steps: &mut Steps, built: bool) {
    let name = "instances that come and go, and a session of minutes";
    if !built {
        return steps.skip(name, "there is no bundle");
    }
    let mut command = whole_product(&["--test", "lifetimes"]);
    steps.tests(name, command.env("LINNET_CLAP", clap()));
}

fn vst3(steps: &mut Steps, name: &str, hosts: &Path) {
    let reference = target().join("reference.wav");
    let path = reference.to_string_lossy();
    let written = steps.check("what the CLAP bundle gives, to compare", || {
        // No package is named: see `of_workspace`.
        let arguments = ["run", "--quiet", "--bin", "reference", "--"];
        run(cargo(&arguments).arg(path.as_ref()).env("LINNET_CLAP", clap()))
    });
    if !written {
        return steps.skip(name, "there is nothing to compare with");
    }
    let mut command = program(hosts, &["tests/vst3/hosts.py"]);
    command.env("LINNET_BUNDLES", bundle::folder()).env("LINNET_REFERENCE", &reference);
    steps.tests(name, &mut command);
}

/// Tests of the CLAP host on a debug build of the plug-in with `feature`.
fn on_debug_build(steps: &mut Steps, feature: &str, name: &str, tests: &[&str]) {
    let kept = target().join("checked").join(format!("{feature}.clap"));
    let built = steps.check(&format!("debug build with {feature}"), || {
        let feature = format!("linnet/{feature}");
        let arguments = ["build", "--workspace", "--exclude", "xtask", "--lib", "--quiet", "--features"];
        run(cargo(&arguments).arg(feature))?;
        let library = format!("{}linnet{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        keep(&target().join("debug").join(library), &kept)
    });
    if !built {
        return steps.skip(name, "the build failed");
    }
    let tests: Vec<&str> = tests.iter().flat_map(|test| ["--test", test]).collect();
    steps.tests(name, whole_product(&tests).env("LINNET_CLAP", kept));
}

/// Copies a build away, since the next one replaces it.
fn keep(built: &Path, kept: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| format!("{} could not be copied: {error}.", built.display());
    std::fs::create_dir_all(kept.parent().unwrap_or(kept)).map_err(failed)?;
    std::fs::copy(built, kept).map(|_| ()).map_err(failed)
}

fn pipeline(steps: &mut Steps) {
    println!(
        "\nThe training needs PyTorch: about {TRAINING_GB} GB in {}.",
        target().join("python").display()
    );
    let mut made = None;
    steps.check("environment for the training", || {
        made = Some(python::environment("training", "models/training/requirements.txt")?);
        Ok(())
    });
    match made {
        Some(python) => {
            let tests = ["-m", "pytest", "--quiet", "models/training/tests"];
            steps.tests("units of the training", &mut program(&python, &tests));
            steps.tests("the training, end to end", &mut program(&python, &["models/training/smoke.py"]));
        }
        None => steps.skip("the training, end to end", "PyTorch is missing"),
    }
}

/// The tests of `linnet-tests` that these arguments choose.
pub(crate) fn whole_product(targets: &[&str]) -> Command {
    let mut command = of_workspace(&["--package", "linnet-tests"], "package(linnet-tests)");
    command.args(targets);
    command
}

/// The tests of some packages: by nextest's `filter` over the whole workspace. Of fewer packages cargo would build what they
/// share with other features, anew, and that is most of what there is to build.
fn of_workspace(packages: &[&str], filter: &str) -> Command {
    if is_installed("cargo-nextest") {
        runner(&["--workspace", "--filterset", filter])
    } else {
        runner(packages)
    }
}

/// nextest where it is installed, else cargo's own runner.
fn runner(arguments: &[&str]) -> Command {
    let nextest = is_installed("cargo-nextest");
    let mut command = if nextest {
        cargo(&["nextest", "run", "--no-fail-fast", "--status-level", "fail", "--cargo-quiet"])
    } else {
        cargo(&["test", "--no-fail-fast", "--quiet"])
    };
    command.args(arguments);
    command
}

fn clap() -> PathBuf {
    bundle::folder().join("Linnet.clap")
}
