//! `callback_load [ROUNDS]`: what the callback costs while nothing else goes on, and while the composer composes flat out,
//! models are loaded, the state is saved and the editor resized, as percentiles of CPU time.
//!
//! Quiet and loaded stretches alternate and play the same, so that what the machine does otherwise meets both alike. Time is
//! that of the audio thread's processor: a thread that waits for its turn is not slower for it.

use linnet_composer::inference::rten::Rten;
use linnet_composer::models::{ModelSource, Models};
use linnet_tests::clap_host::{Bundle, HostFailure, Instance, bundle_path};
use linnet_tests::scene::{INSTRUMENT, RATE_HZ};
use linnet_tests::screen::{Frame, Server};
use linnet_tests::session_loop;
use std::error::Error;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread::{self, sleep};
use std::time::Duration;

const ROUNDS: usize = 120;
/// Blocks in a stretch: short, so that what the machine does otherwise meets quiet and loaded ones alike. With all rounds,
/// enough for one in a thousand to be seen thirty times.
const BLOCKS: usize = 250;
/// What a loaded stretch leaves to be composed is over by then.
const PAUSE_AFTER_LOAD: Duration = Duration::from_millis(400);
/// A block of 10.7 ms, as many hosts have it.
const BLOCK_FRAMES: usize = 512;
/// Less than an idea takes, so that the composer is never at rest.
const ASK_BLOCKS: usize = 25;
/// What lies between two blocks: less than in real time, enough to sleep and wake up as an audio thread does.
const PAUSE: Duration = Duration::from_micros(1500);
/// By how much the dearest blocks may grow under load, in percent.
const GROWTH_PERCENT_MAX: f64 = 10.0;
/// Shares of the blocks that are cheaper.
const SHARES: [(&str, f64); 4] = [("median", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("99.9 %", 0.999)];

fn main() -> ExitCode {
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let strict = std::env::args().any(|argument| argument == "--strict");
    let result = if std::env::var_os("DISPLAY").is_some() { measure(rounds, strict) } else { on_a_screen() };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs this program again with an X server, for the editor.
fn on_a_screen() -> Result<(), Box<dyn Error>> {
    let server = Server::start().map_err(|error| format!("Xvfb could not be started: {error}."))?;
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args().skip(1)).env("DISPLAY", &server.display).env("LIBGL_ALWAYS_SOFTWARE", "1");
    let status = again.status()?;
    if status.success() { Ok(()) } else { Err(format!("the measurement ended with {status}").into()) }
}

fn measure(rounds: usize, strict: bool) -> Result<(), Box<dyn Error>> {
    let mut instance = Bundle::load(&bundle_path())?.open(INSTRUMENT, RATE_HZ, BLOCK_FRAMES)?;
    session_loop::begin(&mut instance)?;
    let (width, height) = instance.open_editor()?;
    let frame = Frame::open(width as u16, height as u16)?;
    instance.embed_editor(frame.window())?;
    let (mut quiet, mut loaded) = (Vec::new(), Vec::new());
    let mut work = Work::default();
    for _ in 0..rounds {
        stretch_quiet(&mut instance, &mut quiet)?;
        stretch_loaded(&mut instance, (width, height), &mut loaded, &mut work)?;
        sleep(PAUSE_AFTER_LOAD);
    }
    instance.close_editor();
    let [growth, noise] = report(&quiet, &loaded);
    println!(
        "Meanwhile: {} model loads, {} saves, {} sizes of the editor.",
        work.loads, work.saves, work.sizes
    );
    if strict && noise.abs() > GROWTH_PERCENT_MAX {
        return Err(
            "The machine varies more by itself than what is to be shown: repeat it on a quiet one.".into()
        );
    }
    if strict && growth > GROWTH_PERCENT_MAX {
        return Err(
            format!("The callback takes {growth:.1} % more under load, of {GROWTH_PERCENT_MAX} %.").into()
        );
    }
    Ok(())
}

/// What went on besides.
#[derive(Default)]
struct Work {
    loads: usize,
    saves: usize,
    sizes: usize,
}

fn stretch_quiet(instance: &mut Instance, times_us: &mut Vec<f64>) -> Result<(), HostFailure> {
    let blocks = session_loop::blocks(instance, BLOCKS, BLOCK_FRAMES, None);
    times_us.reserve(BLOCKS);
    instance.process_beside(&blocks, timed(times_us), |_| {
        sleep(Duration::from_millis(10));
        Ok(())
    })
}

fn stretch_loaded(
    instance: &mut Instance,
    (width, height): (u32, u32),
    times_us: &mut Vec<f64>,
    work: &mut Work,
) -> Result<(), HostFailure> {
    let blocks = session_loop::blocks(instance, BLOCKS, BLOCK_FRAMES, Some(ASK_BLOCKS));
    times_us.reserve(BLOCKS);
    let (is_over, loads) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Relaxed) && Models::load(&ModelSource::BuiltIn, &Rten::new()).is_ok() {
                loads.fetch_add(1, Relaxed);
            }
        });
        let result = instance.process_beside(&blocks, timed(times_us), |main| {
            main.save_state()?;
            work.saves += 1;
            let smaller = (work.saves % 8) as u32 * 20;
            work.sizes += usize::from(main.resize_editor(width - smaller, height - smaller).is_ok());
            sleep(Duration::from_millis(2));
            Ok(())
        });
        is_over.store(true, Relaxed);
        result
    })?;
    work.loads += loads.load(Relaxed);
    Ok(())
}

/// Notes the CPU time of each block, in microseconds. There must be room for all.
fn timed(times_us: &mut Vec<f64>) -> impl FnMut(&mut dyn FnMut()) + Send {
    move |block| {
        sleep(PAUSE);
        let before = thread_cpu_us();
        block();
        times_us.push(thread_cpu_us() - before);
    }
}

/// The processor's time that this thread has had, in microseconds.
fn thread_cpu_us() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value of the type that the call fills.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

fn at_share(times_us: &[f64], share: f64) -> f64 {
    let mut sorted = times_us.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.get(place - 1).copied().unwrap_or(0.0)
}

/// Prints all shares; returns the growth of the last, and how far the machine itself varies there, in percent.
fn report(quiet: &[f64], loaded: &[f64]) -> [f64; 2] {
    let stretches =
        |odd: usize| -> Vec<f64> { quiet.chunks(BLOCKS).skip(odd).step_by(2).flatten().copied().collect() };
    let halves = [stretches(0), stretches(1)];
    println!("CPU time of the callback for {BLOCK_FRAMES} frames, {} blocks each:", quiet.len());
    println!("{:<8} {:>10} {:>10} {:>8}   quiet against quiet", "", "quiet µs", "loaded µs", "growth");
    let mut last = [0.0; 2];
    for (name, share) in SHARES {
        let [before, under] = [quiet, loaded].map(|times| at_share(times, share));
        let [one, other] = [&halves[0], &halves[1]].map(|times| at_share(times, share));
        let growth = |from: f64, to: f64| (to / from - 1.0) * 100.0;
        last = [growth(before, under), growth(one, other)];
        println!("{name:<8} {before:>10.1} {under:>10.1} {:>+7.1} %   {:>+7.1} %", last[0], last[1]);
    }
    println!(
        "Target: the 99.9 % row grows by at most {GROWTH_PERCENT_MAX} %. The last column is how much the machine itself \
         varies."
    );
    last
}
