//! `windows BLOCKS [--misbehave]`: runs the callback with a call of the system before and after each block, by which one
//! who traces this program can tell what the callback itself calls. Meanwhile the composer composes, and the main thread
//! saves the state. Prints how many ideas were made.
//!
//! With `--misbehave`, one call of the system stands within a window, to show that it is seen.

use linnet_tests::clap_host::{Bundle, bundle_path};
use linnet_tests::scene::{BLOCK_FRAMES, INSTRUMENT, RATE_HZ};
use linnet_tests::session_loop;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

/// From one ask to the next: more than an idea takes, also in a debug build.
const ASK_BLOCKS: usize = 500;
/// Files that do not exist: asking for them is a call that a tracer can tell from others.
const BEGIN: &str = "/linnet/window/begin";
const END: &str = "/linnet/window/end";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(ideas) => {
            println!("{ideas} ideas");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<usize, Box<dyn Error>> {
    let count = arguments.first().ok_or("Say how many blocks to run.")?.parse()?;
    let misbehaves = arguments.iter().any(|argument| argument == "--misbehave");
    let mut instance = Bundle::load(&bundle_path())?.open(INSTRUMENT, RATE_HZ, BLOCK_FRAMES)?;
    session_loop::begin(&mut instance)?;
    let blocks = session_loop::blocks(&instance, count, BLOCK_FRAMES, Some(ASK_BLOCKS));
    let mut number = 0;
    let watch = |block: &mut dyn FnMut()| {
        let window = [BEGIN, END].map(Path::new);
        // Whether a file exists costs exactly one call, and nothing else.
        let _ = window[0].exists();
        block();
        if misbehaves && number == count / 2 {
            let _ = Path::new("/linnet/misbehaviour").exists();
        }
        let _ = window[1].exists();
        number += 1;
        sleep(Duration::from_micros(500));
    };
    instance.process_beside(&blocks, watch, |main| {
        sleep(Duration::from_millis(3));
        main.save_state().map(|_| ())
    })?;
    Ok(linnet_tests::player::session(&instance.save_state()?)?.ideas().len())
}
