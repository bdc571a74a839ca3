//! Runs on the main thread. States: saved, loaded, broken and cut into pieces.

use super::{Subject, USUAL, play};
use crate::validator::events::Inputs;
use crate::validator::finding::{Finding, Verdict, expect, failed};
use crate::validator::notes::{Manner, Notes};
use crate::validator::parameters::Parameters;
use crate::validator::plugin::Plugin;
use crate::validator::ports::Layout;
use crate::validator::random::Random;
use crate::validator::runner::{processing, processing_while};
use crate::validator::stream::{Pieces, load, save};

pub(super) fn empty(subject: &Subject) -> Verdict {
    let (plugin, _) = subject.open()?;
    let is_taken = load(&plugin, &[], Pieces::Whole)?;
    expect(!is_taken, || "it says that it loaded an empty state".into())
}

pub(super) fn random_bytes(subject: &Subject) -> Verdict {
    let (plugin, layout) = subject.open()?;
    let good = save(&plugin, Pieces::Whole)?;
    let mut random = Random::new(21);
    for round in 0..150 {
        let bad = match round % 3 {
            0 => (0..random.below(20_000)).map(|_| random.bits() as u8).collect(),
            1 => good[..random.below(good.len() as u32) as usize].to_vec(),
            _ => damaged(&good, &mut random),
        };
        load(&plugin, &bad, Pieces::Whole)?;
    }
    blocks(&plugin, &layout)?;
    let is_taken = load(&plugin, &good, Pieces::Whole)?;
    expect(is_taken, || "after broken states it does not load a good one".into())
}

fn damaged(good: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bad = good.to_vec();
    for _ in 0..=random.below(8) {
        let place = random.below(bad.len() as u32) as usize;
        bad[place] = random.bits() as u8;
    }
    bad
}

fn blocks(plugin: &Plugin, layout: &Layout) -> Verdict {
    processing::<f32, ()>(plugin, layout, USUAL, |runner| {
        let mut notes = Notes::new(Manner::Orderly, runner.layout, 5);
        play(runner, &mut notes, 20, 512).map(|_| ())
    })
}

/// An instance whose parameters are somewhere, set in a block, or flushed where `flushed`.
pub(super) fn set<'a>(subject: &Subject<'a>, seed: u64, flushed: bool) -> Result<Plugin<'a>, Finding> {
    let (plugin, layout) = subject.open()?;
    let mut random = Random::new(seed);
    let events = match Parameters::of(&plugin) {
        Ok(all) => {
            let some = all.settable().unwrap_or_default();
            some.iter().map(|one| one.event(0, one.random(&mut random))).collect()
        }
        Err(Finding::Skipped(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    let inputs = Inputs::new(events);
    if flushed && Parameters::of(&plugin).is_ok() {
        plugin.flush(&inputs)?;
    } else {
        processing::<f32, ()>(&plugin, &layout, USUAL, |runner| {
            runner.block(512, &inputs, None).map(|_| ())
        })?;
    }
    Ok(plugin)
}

fn values(plugin: &Plugin) -> Result<Vec<(String, f64)>, Finding> {
    let parameters = Parameters::of(plugin)?;
    let names = parameters.all.iter().map(|parameter| parameter.name.clone());
    Ok(names.zip(parameters.values()?).collect())
}

fn reload<'a>(subject: &Subject<'a>, bytes: &[u8], pieces: Pieces) -> Result<Plugin<'a>, Finding> {
    let (plugin, _) = subject.open()?;
    expect(load(&plugin, bytes, pieces)?, || "it does not load the state that it saved".into())?;
    Ok(plugin)
}

fn same_values(first: &Plugin, second: &Plugin) -> Verdict {
    for ((name, a), (_, b)) in values(first)?.into_iter().zip(values(second)?) {
        expect((a - b).abs() <= 1e-6 * a.abs().max(1.0), || {
            format!("\"{name}\" was saved at {a} and loads at {b}")
        })?;
    }
    Ok(())
}

pub(super) fn reproducible_values(subject: &Subject) -> Verdict {
    for seed in 0..6 {
        let first = set(subject, seed, seed % 2 == 1)?;
        let bytes = save(&first, Pieces::Whole)?;
        let second = reload(subject, &bytes, Pieces::Whole)?;
        same_values(&first, &second)?;
    }
    Ok(())
}

pub(super) fn reproducible_binary(subject: &Subject) -> Verdict {
    for seed in 0..6 {
        let first = set(subject, seed, seed % 2 == 1)?;
        let bytes = save(&first, Pieces::Whole)?;
        expect(save(&first, Pieces::Whole)? == bytes, || "saved twice, its state has other bytes".into())?;
        let second = reload(subject, &bytes, Pieces::Whole)?;
        let again = save(&second, Pieces::Whole)?;
        same_bytes(&bytes, &again, "saved, loaded and saved")?;
    }
    Ok(())
}

fn same_bytes(a: &[u8], b: &[u8], how: &str) -> Verdict {
    if a == b {
        return Ok(());
    }
    let place = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    Err(failed(format!("{how}, its state differs from byte {place} on ({} and {} bytes)", a.len(), b.len())))
}

pub(super) fn buffered_streams(subject: &Subject) -> Verdict {
    for seed in 0..3 {
        let first = set(subject, seed, false)?;
        let whole = save(&first, Pieces::Whole)?;
        same_bytes(&whole, &save(&first, Pieces::Primes)?, "written in small pieces")?;
        let second = reload(subject, &whole, Pieces::Primes)?;
        same_bytes(&whole, &save(&second, Pieces::Whole)?, "read in small pieces")?;
    }
    Ok(())
}

pub(super) fn while_processing(subject: &Subject) -> Verdict {
    let states =
        (0..4).map(|seed| save(&set(subject, seed, false)?, Pieces::Whole)).collect::<Result<Vec<_>, _>>()?;
    let (plugin, layout) = subject.open()?;
    let (mut turn, mut refused) = (0, None);
    processing_while::<f32, ()>(
        &plugin,
        &layout,
        USUAL,
        |runner| {
            let mut notes = Notes::new(Manner::Orderly, runner.layout, 5);
            play(runner, &mut notes, 400, 512).map(|_| ())
        },
        || {
            turn += 1;
            let loaded = load(&plugin, &states[turn % states.len()], Pieces::Whole);
            let saved = save(&plugin, Pieces::Whole);
            if loaded != Ok(true) || saved.is_err() {
                refused = Some(turn);
            }
        },
    )?;
    expect(refused.is_none(), || "while it plays, it does not load or save its state".into())
}
