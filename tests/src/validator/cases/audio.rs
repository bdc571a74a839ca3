//! Runs on the main thread. Audio in and out, in the forms in which hosts hand it over.

use super::{Subject, Take, USUAL, distance, needs_ports, peak, play};
use crate::validator::finding::{Finding, Verdict, expect, skipped};
use crate::validator::notes::{Manner, Notes};
use crate::validator::runner::{Runner, Sample, processing};
use clap_sys::ext::audio_ports::CLAP_AUDIO_PORT_SUPPORTS_64BITS;

/// Half a second and more.
const BLOCKS: u32 = 60;

pub(super) fn out_of_place(subject: &Subject) -> Verdict {
    run::<f32>(subject, false)
}

pub(super) fn in_place(subject: &Subject) -> Verdict {
    let (_, layout) = subject.open()?;
    if layout.outputs.iter().all(|port| layout.pair_of(port).is_none()) {
        return Err(skipped("none of its outputs shares memory with an input"));
    }
    run::<f32>(subject, true)
}

pub(super) fn double(subject: &Subject) -> Verdict {
    let (_, layout) = subject.open()?;
    let mut ports = layout.inputs.iter().chain(&layout.outputs).peekable();
    let is_double = ports.peek().is_some();
    if !is_double || ports.any(|port| port.flags & CLAP_AUDIO_PORT_SUPPORTS_64BITS == 0) {
        return Err(skipped("it does not process samples of 64 bits"));
    }
    run::<f64>(subject, false)
}

fn run<S: Sample>(subject: &Subject, in_place: bool) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    processing::<S, ()>(&plugin, &layout, USUAL, |runner| {
        runner.in_place = in_place;
        take(runner).map(|_| ())
    })
}

fn take<S: Sample>(runner: &mut Runner<'_, S>) -> Result<Take<S>, Finding> {
    runner.rewind();
    let mut notes = Notes::new(Manner::Orderly, runner.layout, 3);
    play(runner, &mut notes, BLOCKS, 512)
}

/// A take of an instance of its own, whose outputs hold `stale` before each block.
fn fresh(subject: &Subject, stale: f32) -> Result<Take<f32>, Finding> {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    processing(&plugin, &layout, USUAL, |runner| {
        runner.stale = stale;
        take(runner)
    })
}

/// How far takes may be apart that should be the same: rounding, of what is this loud.
fn tolerance(take: &Take<f32>) -> f64 {
    1e-5 * peak(&take.audio).max(1e-3)
}

fn needs_repeatable(a: &Take<f32>, b: &Take<f32>) -> Verdict {
    if distance(a, b) <= tolerance(a) {
        return Ok(());
    }
    Err(skipped("two new instances of it differ anyway: it is random or modulated freely"))
}

pub(super) fn stale_outputs(subject: &Subject) -> Verdict {
    let first = fresh(subject, f32::STALE)?;
    needs_repeatable(&first, &fresh(subject, f32::STALE)?)?;
    let other = fresh(subject, 0.75)?;
    let apart = distance(&first, &other);
    expect(apart <= tolerance(&first), || {
        format!("its output depends on what the output buffers held before: {apart:.6} apart")
    })
}

pub(super) fn reset(subject: &Subject) -> Verdict {
    needs_repeatable(&fresh(subject, f32::STALE)?, &fresh(subject, f32::STALE)?)?;
    let (plugin, layout) = subject.open()?;
    let first = processing(&plugin, &layout, USUAL, take)?;
    let again = processing(&plugin, &layout, USUAL, take)?;
    if distance(&first, &again) > tolerance(&first) {
        return Err(skipped("activated again it differs anyway: it is random or modulated freely"));
    }
    let reset = processing(&plugin, &layout, USUAL, |runner| {
        take(runner)?;
        runner.audio.reset()?;
        take(runner)
    })?;
    let apart = distance(&first, &reset);
    expect(apart <= tolerance(&first), || {
        format!("after a reset it does not sound as after an activation: {apart:.6} apart")
    })
}
