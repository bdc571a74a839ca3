//! Runs on the main thread. The tests, one for each behaviour that a host relies on.

mod audio;
mod configuration;
mod editor;
mod noting;
mod parameters;
mod quiet;
mod scan;
mod state;
mod transport;

use super::events::{Event, Inputs};
use super::finding::{Finding, Verdict, skipped};
use super::library::{Descriptor, Library};
use super::notes::Notes;
use super::plugin::{Activation, Plugin};
use super::ports::Layout;
use super::runner::{Runner, Sample};
use super::transports;
use std::path::Path;

/// How a plug-in is activated where nothing else is asked for.
const USUAL: Activation = Activation { rate_hz: 48_000.0, max_frames: 512 };

/// What a test takes.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// The file.
    File(fn(&Path) -> Verdict),
    /// One plug-in of it.
    Plugin(fn(&Subject) -> Verdict),
}

/// A test.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) run: Run,
}

/// A plug-in that is tested.
pub(crate) struct Subject<'a> {
    pub(crate) library: &'a Library,
    pub(crate) id: &'a str,
    pub(crate) descriptor: Descriptor,
}

const fn file(name: &'static str, run: fn(&Path) -> Verdict) -> Case {
    Case { name, run: Run::File(run) }
}

const fn plugin(name: &'static str, run: fn(&Subject) -> Verdict) -> Case {
    Case { name, run: Run::Plugin(run) }
}

/// All tests, in the order in which they run.
pub(crate) const CASES: &[Case] = &[
    file("scan-time", scan::time),
    file("query-nonexistent-factory", scan::nonexistent_factory),
    file("create-id-with-trailing-garbage", scan::trailing_garbage),
    plugin("descriptor-consistency", scan::descriptor_consistency),
    plugin("features", scan::features),
    plugin("lifecycle", configuration::lifecycle),
    plugin("process-audio-out-of-place", audio::out_of_place),
    plugin("process-audio-in-place", audio::in_place),
    plugin("process-audio-double", audio::double),
    plugin("stale-output-buffers", audio::stale_outputs),
    plugin("denormal-input", quiet::denormal_input),
    plugin("sleep-constant-mask", quiet::constant_mask),
    plugin("process-status", quiet::process_status),
    plugin("notes-basic", noting::basic),
    plugin("notes-inconsistent", noting::inconsistent),
    plugin("notes-wildcard", noting::wildcard),
    plugin("varying-sample-rates", configuration::sample_rates),
    plugin("varying-block-sizes", configuration::block_sizes),
    plugin("random-block-sizes", configuration::random_block_sizes),
    plugin("reset-is-reactivate", audio::reset),
    plugin("port-configurations", configuration::port_configurations),
    plugin("param-set-events", parameters::set_events),
    plugin("param-set-wrong-namespace", parameters::wrong_namespace),
    plugin("param-fuzz-basic", parameters::fuzz_basic),
    plugin("param-fuzz-bounds", parameters::fuzz_bounds),
    plugin("param-fuzz-sample-accurate", parameters::fuzz_sample_accurate),
    plugin("param-fuzz-modulation", parameters::fuzz_modulation),
    plugin("param-conversions", parameters::conversions),
    plugin("param-defaults", parameters::defaults),
    plugin("state-empty", state::empty),
    plugin("state-random-bytes", state::random_bytes),
    plugin("state-reproducible-values", state::reproducible_values),
    plugin("state-reproducible-binary", state::reproducible_binary),
    plugin("state-buffered-streams", state::buffered_streams),
    plugin("state-while-processing", state::while_processing),
    plugin("transport-null", transport::null),
    plugin("transport-fuzz", transport::fuzz),
    plugin("transport-fuzz-sample-accurate", transport::fuzz_sample_accurate),
    plugin("editor-cold", editor::cold),
    plugin("editor-warm", editor::warm),
    plugin("editor-while-processing", editor::while_processing),
    plugin("editor-automation", editor::automation),
    plugin("editor-state-from-background", editor::state_from_background),
    plugin("editor-reopened", editor::reopened),
    plugin("editor-resized-and-rescaled", editor::resized_and_rescaled),
];

impl<'a> Subject<'a> {
    /// A new instance and its ports.
    fn open(&self) -> Result<(Plugin<'a>, Layout), Finding> {
        let plugin = Plugin::create(self.library, self.id)?;
        let layout = Layout::of(&plugin)?;
        Ok((plugin, layout))
    }
}

/// Fails where a plug-in neither takes nor gives anything.
fn needs_ports(layout: &Layout) -> Verdict {
    let has_audio = !layout.inputs.is_empty() || !layout.outputs.is_empty();
    if has_audio || !layout.note_inputs.is_empty() { Ok(()) } else { Err(skipped("it has no ports")) }
}

/// What came out of several blocks.
struct Take<S> {
    audio: Vec<Vec<S>>,
    events: Vec<Event>,
}

/// Plays `blocks` blocks of `frames` with notes, the transport running from the song's start.
fn play<S: Sample>(
    runner: &mut Runner<'_, S>,
    notes: &mut Notes,
    blocks: u32,
    frames: u32,
) -> Result<Take<S>, Finding> {
    let mut take = Take { audio: Vec::new(), events: Vec::new() };
    for block in 0..blocks {
        let transport = transports::at(f64::from(block * frames) / 24_000.0, true);
        let inputs = Inputs::new(notes.events(frames, 6));
        add(&mut take, runner.block(frames, &inputs, Some(&transport))?);
    }
    Ok(take)
}

/// Lifts every note and waits, the transport standing still.
fn fade<S: Sample>(
    runner: &mut Runner<'_, S>,
    notes: &mut Notes,
    blocks: u32,
    frames: u32,
) -> Result<Take<S>, Finding> {
    let mut take = Take { audio: Vec::new(), events: Vec::new() };
    let transport = transports::at(8.0, false);
    let mut inputs = Inputs::new(notes.lift());
    for _ in 0..blocks {
        add(&mut take, runner.block(frames, &inputs, Some(&transport))?);
        inputs = Inputs::default();
    }
    Ok(take)
}

fn add<S: Sample>(take: &mut Take<S>, heard: super::runner::Heard<S>) {
    take.audio.resize(heard.audio.len(), Vec::new());
    for (channel, samples) in take.audio.iter_mut().zip(heard.audio) {
        channel.extend(samples);
    }
    take.events.extend(heard.events);
}

/// How far two takes are apart at most.
fn distance<S: Sample>(a: &Take<S>, b: &Take<S>) -> f64 {
    let samples = a.audio.iter().flatten().zip(b.audio.iter().flatten());
    samples.map(|(a, b)| (a.to_f64() - b.to_f64()).abs()).fold(0.0, f64::max)
}

/// The loudest sample.
fn peak<S: Sample>(audio: &[Vec<S>]) -> f64 {
    audio.iter().flatten().map(|sample| sample.to_f64().abs()).fold(0.0, f64::max)
}
