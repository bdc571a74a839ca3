//! Linnet's commands: `cargo xtask <command>`.

mod bundle;
mod command;
mod fuzz;
mod measure;
mod python;
mod realtime;
mod setup;
mod steps;
mod test;
mod torture;
mod validate;

use command::Failure;
use std::process::ExitCode;

const HELP: &str = "\
Linnet's commands: cargo xtask <command>

  demo [--input tune.mid] [--mode M] [--style S] [--bars N] [--seed N] [--set CONTROL=VALUE] [--out DIR]
                    play a tune into the real plug-in in a host, let it propose, and write
                    demo.wav, demo.mid, demo.png and demo.json
  bundle            build the CLAP and VST3 bundles into target/bundled
  install           bundle, and copy into your plug-in folders
  run               build and start the standalone program
  test [--training] everything that CI runs; --training adds the training pipeline
  validate [FILE.clap] [--json FILE] [--only TEST] [--plugin ID] [--time-limit SECONDS] [--strict]
                    what hosts do to plug-ins, one test each; without a file: ours
  torture [--minutes M] [--only NAME]
                    the long runs: a million steps, a simulated day, thousands of instances
  render SCENE      render a named scene to a WAV file, with a picture; without a name: list the scenes
  render --bless [SCENE…]
                    write the golden records of the scenes anew
  bench             measure speed, with peers side by side
  fuzz [TARGET…] [--seconds N]
                    throw mutated files at everything that reads one, N seconds (60) a target
  eval [--contexts N] [--only NAME] [--mode M] [--reference FOLDER] [--out DIR]
                    measure the composing against held-out music: a scorecard as eval.md,
                    eval.json and eval.png; `eval --help` says more
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    };
    match dispatch(name, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_empty() {
                eprintln!("{failure}");
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(name: &str, rest: &[String]) -> Result<(), Failure> {
    match name {
        "demo" => measure::with_bundle("demo", rest),
        "bench" => measure::bench(rest),
        "render" => measure::program("render", rest),
        "eval" => measure::eval(rest),
        "fuzz" => fuzz::fuzz(rest),
        "test" => test::test(rest),
        "validate" => validate::validate(rest),
        "torture" => torture::torture(rest),
        "bundle" => bundle::bundle(),
        "install" => bundle::install(),
        "run" => bundle::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("There is no command `{other}`.\n\n{HELP}")),
    }
}
