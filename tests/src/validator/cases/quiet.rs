//! Runs on the main thread. Silence, numbers that are nearly nothing, and what a plug-in says of both.

use super::{Subject, USUAL, distance, fade, needs_ports, peak, play};
use crate::validator::events::Inputs;
use crate::validator::finding::{Finding, Verdict, expect, failed, skipped, warning};
use crate::validator::notes::{Manner, Notes};
use crate::validator::ports::Layout;
use crate::validator::runner::{Runner, Signal, processing};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::process::{CLAP_PROCESS_SLEEP, CLAP_PROCESS_TAIL};

/// From this factor on, denormal numbers cost too much.
const FAILS: f64 = 2.0;
/// From this factor on, they cost more than they should.
const WARNS: f64 = 1.5;
/// −120 dB.
const SILENCE: f64 = 1e-6;

pub(super) fn denormal_input(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    if cpu_time_ns().is_none() {
        return Err(skipped("this system does not say how long a thread has computed"));
    }
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let ratio = processing(&plugin, &layout, USUAL, |runner| {
            if runner.layout.inputs.is_empty() { tail_ratio(runner) } else { input_ratio(runner) }
        })?;
        least = least.min(ratio);
        if least < WARNS {
            break;
        }
    }
    let what = if layout.inputs.is_empty() { "its tail" } else { "denormal input" };
    println!("{what} takes {least:.2} times the time");
    expect(least < FAILS, || format!("{what} takes {least:.1} times the usual time"))?;
    if least < WARNS { Ok(()) } else { Err(warning(format!("{what} takes {least:.1} times the usual time"))) }
}

/// How much longer blocks of denormal input take than noise.
fn input_ratio(runner: &mut Runner<'_, f32>) -> Result<f64, Finding> {
    let mut costs = [u64::MAX; 2];
    for _ in 0..5 {
        for (cost, signal) in costs.iter_mut().zip([Signal::Noise, Signal::Denormal]) {
            runner.signal = signal;
            *cost = (*cost).min(cost_of(runner, 60)?);
        }
    }
    Ok(costs[1] as f64 / costs[0].max(1) as f64)
}

/// How much longer blocks of a tail take than those in which notes sound.
fn tail_ratio(runner: &mut Runner<'_, f32>) -> Result<f64, Finding> {
    let mut notes = Notes::new(Manner::Orderly, runner.layout, 3);
    play(runner, &mut notes, 40, 512)?;
    let sounding = cost_of(runner, 30)?;
    fade(runner, &mut notes, 1, 512)?;
    let mut dearest = 0;
    for _ in 0..40 {
        dearest = dearest.max(cost_of(runner, 50)?);
    }
    Ok(dearest as f64 / sounding.max(1) as f64)
}

/// The median cost of `blocks` blocks without events, in nanoseconds.
fn cost_of(runner: &mut Runner<'_, f32>, blocks: u32) -> Result<u64, Finding> {
    let mut costs = Vec::new();
    for _ in 0..blocks {
        let start = cpu_time_ns();
        runner.block(512, &Inputs::default(), None)?;
        costs.push(cpu_time_ns().unwrap_or(0).saturating_sub(start.unwrap_or(0)));
    }
    costs.sort_unstable();
    Ok(costs[costs.len() / 2])
}

/// How long this thread has computed, in nanoseconds.
#[cfg(unix)]
fn cpu_time_ns() -> Option<u64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the place to write to is alive.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    (result == 0).then(|| time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

#[cfg(not(unix))]
fn cpu_time_ns() -> Option<u64> {
    None
}

pub(super) fn constant_mask(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    let take = |flagged: bool| {
        processing::<f32, _>(&plugin, &layout, USUAL, |runner| {
            let mut notes = Notes::new(Manner::Orderly, runner.layout, 3);
            runner.rewind();
            play(runner, &mut notes, 20, 512)?;
            runner.signal = Signal::Silence { flagged };
            fade(runner, &mut notes, 100, 512)
        })
    };
    let (plain, again, flagged) = (take(false)?, take(false)?, take(true)?);
    if distance(&plain, &again) > SILENCE {
        // A free running plug-in; the masks of its outputs were still compared with the samples.
        return Ok(());
    }
    let apart = distance(&plain, &flagged);
    expect(apart <= SILENCE, || {
        format!("silence that is said to be constant gives another output than silence: {apart:.6} apart")
    })
}

pub(super) fn process_status(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    // SAFETY: the id and the layout belong together.
    let has_tail = unsafe { plugin.extension::<clap_plugin_tail>(CLAP_EXT_TAIL) }.is_some();
    processing::<f32, ()>(&plugin, &layout, USUAL, |runner| {
        let loud = wake(runner)?;
        let mut asleep = false;
        for _ in 0..1500 {
            let heard = runner.block(512, &Inputs::default(), None)?;
            expect(heard.status != CLAP_PROCESS_TAIL || has_tail, || {
                "it refers to its tail, and has no such extension".into()
            })?;
            let level = peak(&heard.audio);
            expect(!asleep || level <= SILENCE, || format!("it sounds in its sleep, at {level:.6}"))?;
            asleep |= heard.status == CLAP_PROCESS_SLEEP;
        }
        let again = if asleep { wake(runner)? } else { loud };
        let woke = loud <= SILENCE || again > SILENCE;
        if woke { Ok(()) } else { Err(failed("it slept, and did not wake up at what it woke up at before")) }
    })
}

/// Notes and noise, and then silence; how loud it became.
fn wake(runner: &mut Runner<'_, f32>) -> Result<f64, Finding> {
    let layout: &Layout = runner.layout;
    let mut notes = Notes::new(Manner::Orderly, layout, 3);
    runner.signal = Signal::Noise;
    let take = play(runner, &mut notes, 40, 512)?;
    runner.signal = Signal::Silence { flagged: false };
    fade(runner, &mut notes, 1, 512)?;
    Ok(peak(&take.audio))
}
