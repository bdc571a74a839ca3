//! Runs on the main thread. The rates, block sizes and ports that a host may choose.

use super::{Subject, USUAL, needs_ports, play};
use crate::validator::events::Inputs;
use crate::validator::finding::{Finding, Verdict, expect, failed, function, skipped, warning};
use crate::validator::notes::{Manner, Notes};
use crate::validator::plugin::{Activation, Plugin};
use crate::validator::ports::Layout;
use crate::validator::random::Random;
use crate::validator::runner::processing;
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_audio_ports_config, clap_plugin_audio_ports_config,
};

/// Frames a second, from 1 kHz to 768 kHz.
const RATES_HZ: [f64; 18] = [
    1000.0,
    1234.5678,
    8000.0,
    11_025.0,
    12_345.678,
    16_000.0,
    22_050.0,
    44_100.0,
    44_117.647_058_8,
    45_678.901,
    48_000.0,
    88_200.0,
    96_000.0,
    123_456.78,
    176_400.0,
    192_000.0,
    384_000.0,
    768_000.0,
];
/// Frames a block.
const SIZES: [u32; 23] = [
    1, 2, 3, 5, 16, 31, 32, 33, 64, 127, 128, 255, 256, 480, 511, 512, 1000, 1024, 2048, 4096, 8191, 8192,
    16_384,
];
/// The longest block, in frames.
const LONGEST: u32 = 16_384;

pub(super) fn lifecycle(subject: &Subject) -> Verdict {
    // Hosts create an instance only to look at it, and keep several at once.
    let (first, layout) = subject.open()?;
    drop(subject.open()?);
    for round in 0..5 {
        let how = Activation { max_frames: 64 << round, ..USUAL };
        first.activate(how)?;
        first.deactivate();
        let (second, _) = subject.open()?;
        some_blocks(&second, &layout, how)?;
        some_blocks(&first, &layout, how)?;
    }
    first.activate(USUAL)?;
    first.on_audio_thread(
        |audio| {
            for _ in 0..3 {
                audio.start()?;
                audio.reset()?;
                audio.stop()?;
            }
            Ok::<(), Finding>(())
        },
        || (),
    )?;
    first.deactivate();
    Ok(())
}

fn some_blocks(plugin: &Plugin, layout: &Layout, how: Activation) -> Verdict {
    processing::<f32, ()>(plugin, layout, how, |runner| {
        let mut notes = Notes::new(Manner::Orderly, runner.layout, 5);
        play(runner, &mut notes, 12, how.max_frames).map(|_| ())
    })
}

fn at<T: std::fmt::Display>(finding: Finding, what: &str, value: T) -> Finding {
    match finding {
        Finding::Failed(why) => failed(format!("{what} {value}: {why}")),
        other => other,
    }
}

pub(super) fn sample_rates(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    let mut refused = Vec::new();
    for rate_hz in RATES_HZ {
        let how = Activation { rate_hz, ..USUAL };
        if plugin.activate(how).is_err() {
            refused.push(rate_hz);
            continue;
        }
        plugin.deactivate();
        some_blocks(&plugin, &layout, how).map_err(|found| at(found, "at a rate in hertz of", rate_hz))?;
    }
    if refused.is_empty() { Ok(()) } else { Err(warning(format!("it refuses the rates {refused:?} Hz"))) }
}

pub(super) fn block_sizes(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    for max_frames in SIZES {
        let how = Activation { max_frames, ..USUAL };
        some_blocks(&plugin, &layout, how).map_err(|found| at(found, "blocks of", max_frames))?;
    }
    Ok(())
}

pub(super) fn random_block_sizes(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    let how = Activation { max_frames: LONGEST, ..USUAL };
    processing::<f32, ()>(&plugin, &layout, how, |runner| {
        let mut random = Random::new(9);
        let mut notes = Notes::new(Manner::Orderly, runner.layout, 5);
        for _ in 0..150 {
            let longest = if random.chance(25) { LONGEST } else { 300 };
            let frames = 1 + random.below(longest);
            let inputs = Inputs::new(notes.events(frames, 6));
            runner.block(frames, &inputs, None).map_err(|found| at(found, "a block of", frames))?;
        }
        Ok(())
    })
}

pub(super) fn port_configurations(subject: &Subject) -> Verdict {
    let (plugin, _) = subject.open()?;
    // SAFETY: the id and the layout belong together.
    let table = unsafe { plugin.extension::<clap_plugin_audio_ports_config>(CLAP_EXT_AUDIO_PORTS_CONFIG) };
    let table = table.ok_or_else(|| skipped("it has one configuration of ports"))?;
    // SAFETY: the plug-in is initialised and not active, and this is the main thread.
    let count = unsafe { function!(table, count)?(plugin.raw()) };
    for index in 0..count {
        // SAFETY: numbers and null pointers may be zero.
        let mut config: clap_audio_ports_config = unsafe { std::mem::zeroed() };
        // SAFETY: the index is below the count, and the place to write to alive.
        let is_there = unsafe { function!(table, get)?(plugin.raw(), index, &raw mut config) };
        expect(is_there, || format!("configuration {index} of {count} cannot be read"))?;
        // SAFETY: the plug-in is not active, and this is the main thread.
        let is_set = unsafe { function!(table, select)?(plugin.raw(), config.id) };
        expect(is_set, || format!("configuration {index} cannot be selected"))?;
        let layout = Layout::of(&plugin)?;
        check(&config, &layout).map_err(|found| at(found, "configuration", index))?;
        some_blocks(&plugin, &layout, USUAL).map_err(|found| at(found, "configuration", index))?;
    }
    if count == 0 { Err(skipped("it has no configuration of ports")) } else { Ok(()) }
}

fn check(config: &clap_audio_ports_config, layout: &Layout) -> Verdict {
    let said = (config.input_port_count as usize, config.output_port_count as usize);
    let found = (layout.inputs.len(), layout.outputs.len());
    expect(said == found, || format!("it says {said:?} inputs and outputs, and has {found:?}"))?;
    let channels = |ports: &[crate::validator::ports::Port]| ports.first().map_or(0, |port| port.channels);
    let main = (config.main_input_channel_count as usize, config.main_output_channel_count as usize);
    let found = (channels(&layout.inputs), channels(&layout.outputs));
    let fits =
        (!config.has_main_input || main.0 == found.0) && (!config.has_main_output || main.1 == found.1);
    expect(fits, || format!("it says {main:?} channels in its main ports, and has {found:?}"))
}
