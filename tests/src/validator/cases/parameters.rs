//! Runs on the main thread. Parameters: set in time and out of place, to anything, and as text.

use super::{Subject, USUAL, needs_ports};
use crate::validator::events::{Event, Inputs};
use crate::validator::finding::{Finding, Verdict, expect, failed, skipped, warning};
use crate::validator::notes::{Manner, Notes};
use crate::validator::parameters::{Parameter, Parameters};
use crate::validator::random::Random;
use crate::validator::runner::processing;
use crate::validator::transports;

/// A name space that is not CLAP's.
const ELSEWHERE: u16 = 0xb33f;

pub(super) fn set_events(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    let parameters = Parameters::of(&plugin)?;
    let mut random = Random::new(11);
    let (mut lost, all) = (Vec::new(), parameters.settable()?);
    for (place, parameter) in all.iter().enumerate() {
        let value = parameter.random(&mut random);
        // With the plug-in's own pointer, and without.
        let event = if place % 2 == 0 {
            parameter.event(0, value)
        } else {
            Event::value(0, parameter.id, std::ptr::null_mut(), value)
        };
        let inputs = Inputs::new(vec![event]);
        if place % 3 == 0 {
            let sent = plugin.flush(&inputs)?;
            expect(sent.faults.is_empty(), || sent.faults.join("; "))?;
        } else {
            processing::<f32, ()>(&plugin, &layout, USUAL, |runner| {
                runner.block(512, &inputs, None).map(|_| ())
            })?;
        }
        let now = parameters.value(parameter)?;
        if (now - value).abs() > (parameter.max - parameter.min).abs() * 1e-3 + 1e-9 {
            lost.push(format!("\"{}\" set to {value:.4} stands at {now:.4}", parameter.name));
        }
    }
    report(&lost, all.len())
}

fn report(lost: &[String], of: usize) -> Verdict {
    let Some(first) = lost.first() else { return Ok(()) };
    let why = format!("{} of {of} parameters do not take their value: {first}", lost.len());
    if lost.len() == of { Err(failed(why)) } else { Err(warning(why)) }
}

pub(super) fn wrong_namespace(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    let parameters = Parameters::of(&plugin)?;
    let all = parameters.settable()?;
    let values = || all.iter().map(|one| parameters.value(one)).collect::<Result<Vec<_>, _>>();
    let before = values()?;
    let mut random = Random::new(12);
    let event = |parameter: &Parameter| {
        let mut event = parameter.event(0, parameter.random(&mut random));
        event.header_mut().space_id = ELSEWHERE;
        event
    };
    let inputs = Inputs::new(all.iter().map(event).collect());
    plugin.flush(&inputs)?;
    processing::<f32, ()>(&plugin, &layout, USUAL, |runner| runner.block(512, &inputs, None).map(|_| ()))?;
    let changed = before.iter().zip(values()?).position(|(before, after)| *before != after);
    let name = changed.map_or("", |place| &all[place].name);
    expect(changed.is_none(), || format!("an event that is not CLAP's changed \"{name}\""))
}

/// What a fuzz does in each block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fuzz {
    /// All parameters, at its start.
    Values,
    /// The same, each at one of its ends.
    Bounds,
    /// Some parameters, at any frame.
    SampleAccurate,
    /// Values and modulations, at any frame.
    Modulation,
}

pub(super) fn fuzz_basic(subject: &Subject) -> Verdict {
    fuzz(subject, Fuzz::Values)
}

pub(super) fn fuzz_bounds(subject: &Subject) -> Verdict {
    fuzz(subject, Fuzz::Bounds)
}

pub(super) fn fuzz_sample_accurate(subject: &Subject) -> Verdict {
    fuzz(subject, Fuzz::SampleAccurate)
}

pub(super) fn fuzz_modulation(subject: &Subject) -> Verdict {
    fuzz(subject, Fuzz::Modulation)
}

fn fuzz(subject: &Subject, how: Fuzz) -> Verdict {
    let (plugin, layout) = subject.open()?;
    needs_ports(&layout)?;
    let parameters = Parameters::of(&plugin)?;
    let all = parameters.settable()?;
    if how == Fuzz::Modulation && !all.iter().any(Parameter::is_modulatable) {
        return Err(skipped("no parameter of it can be modulated"));
    }
    processing::<f32, ()>(&plugin, &layout, USUAL, |runner| {
        let mut random = Random::new(13);
        let mut notes = Notes::new(Manner::Orderly, runner.layout, 13);
        for round in 0..100_u32 {
            let mut events = match how {
                Fuzz::Values => all.iter().map(|one| one.event(0, one.random(&mut random))).collect(),
                Fuzz::Bounds => all.iter().map(|one| one.event(0, one.bound(&mut random))).collect(),
                Fuzz::SampleAccurate => scattered(&all, &mut random, false),
                Fuzz::Modulation => scattered(&all, &mut random, true),
            };
            for block in 0..3 {
                let beat = f64::from(round * 3 + block) * 512.0 / 24_000.0;
                events.extend(notes.events(512, 6));
                let inputs = Inputs::new(std::mem::take(&mut events));
                runner
                    .block(512, &inputs, Some(&transports::at(beat, true)))
                    .map_err(|found| after(found, round))?;
            }
        }
        Ok(())
    })?;
    parameters.check_ranges()
}

/// Some parameters at any frame; with modulations, every other event is one.
fn scattered(all: &[Parameter], random: &mut Random, modulates: bool) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..40 {
        let one = &all[random.below(all.len() as u32) as usize];
        let time = random.below(512);
        if modulates && one.is_modulatable() && random.chance(50) {
            let range = one.max - one.min;
            events.push(Event::modulation(time, one.id, one.cookie(), random.between(-range, range)));
        } else {
            events.push(one.event(time, one.random(random)));
        }
    }
    events
}

fn after(finding: Finding, round: u32) -> Finding {
    match finding {
        Finding::Failed(why) => failed(format!("after {} random settings: {why}", round + 1)),
        other => other,
    }
}

pub(super) fn conversions(subject: &Subject) -> Verdict {
    let (plugin, _) = subject.open()?;
    let parameters = Parameters::of(&plugin)?;
    let mut random = Random::new(14);
    let (mut printed, mut parsed, mut tried) = (0, 0, 0);
    for parameter in &parameters.all {
        let some = (0..10).map(|_| parameter.random(&mut random));
        let values: Vec<f64> =
            [parameter.min, parameter.default, parameter.max].into_iter().chain(some).collect();
        for value in values {
            tried += 1;
            let Some(text) = parameters.print(parameter, value)? else { continue };
            printed += 1;
            let Some(read) = parameters.parse(parameter, &text)? else { continue };
            parsed += 1;
            expect(parameter.is_whole(read), || {
                format!("\"{}\" is stepped, and \"{text}\" is read as {read}", parameter.name)
            })?;
            let again = parameters.print(parameter, read)?.unwrap_or_default();
            expect(again == text, || {
                format!(
                    "\"{}\": {value} prints \"{text}\", which reads {read}, which prints \"{again}\"",
                    parameter.name
                )
            })?;
            // What no plug-in means must do no harm.
            for garbage in ["", "🎵", "1e999", "-", "%n%s%p"] {
                parameters.parse(parameter, garbage)?;
            }
        }
    }
    match (printed, parsed) {
        (0, _) | (_, 0) => Err(skipped("it prints no value as text, or reads none")),
        both if both == (tried, tried) => Ok(()),
        _ => Err(failed(format!("of {tried} values it prints {printed} and reads {parsed} back"))),
    }
}

pub(super) fn defaults(subject: &Subject) -> Verdict {
    let (plugin, _) = subject.open()?;
    let parameters = Parameters::of(&plugin)?;
    for parameter in &parameters.all {
        if let Some(fraction) = parameter.fraction() {
            return Err(failed(format!("\"{}\" is stepped, and has {fraction}", parameter.name)));
        }
        let value = parameters.value(parameter)?;
        let apart = (value - parameter.default).abs();
        expect(apart <= (parameter.max - parameter.min).abs() * 1e-6 + 1e-9, || {
            format!("a new instance has \"{}\" at {value}, by default {}", parameter.name, parameter.default)
        })?;
    }
    Ok(())
}
